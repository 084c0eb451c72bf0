"""TinyDB as the library has it: ids are its own strings. Needed for changes; reading goes without it."""

from __future__ import annotations

from collections.abc import Callable

from tinydb import TinyDB
from tinydb.table import Table

from pptui.store.versions import Documents


class NamedTable(Table):
    """A TinyDB table whose document ids are our own strings instead of running numbers."""

    document_id_class = str  # type: ignore[assignment]  # TinyDB is written for it, its annotation is not

    def change(self, updater: Callable[[Documents], None]) -> None:
        """Let `updater` add, replace and remove documents by id, as one operation."""
        self._update_table(updater)  # type: ignore[arg-type]  # as above: ids are strings


class Database(TinyDB):
    """TinyDB over an AtomicStorage, with NamedTables."""

    table_class = NamedTable

    def named(self, name: str) -> NamedTable:
        """The table of this name; it begins with its first document."""
        table = self.table(name)
        assert isinstance(table, NamedTable)
        return table
