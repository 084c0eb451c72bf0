"""Documents in memory, changed at once, written behind, shared with other processes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pptui.store.behind import Writer
from pptui.store.files import Newer, reason
from pptui.store.storage import AtomicStorage
from pptui.store.versions import Document, Tables
from pptui.store.versions import Documents as Rows

if TYPE_CHECKING:
    from pptui.store.tables import Database

_NOTHING: Document = {}


class Change(NamedTuple):
    """What is to become of one document: these fields put in (None takes a field out), the rest left.

    It says what was meant and not what the whole document shall be, so that it can be made again on a
    document that another process has changed. `fields` None removes the document; `fresh` forgets what
    was there before; `existing` leaves a document alone that is not there."""

    fields: Document | None
    fresh: bool = False
    existing: bool = False

    def apply(self, rows: Rows, identifier: str) -> None:
        """Make the change in a table. The old document object stays as it was."""
        if self.fields is None:
            rows.pop(identifier, None)
        elif identifier in rows or not self.existing:
            before = _NOTHING if self.fresh else rows.get(identifier, _NOTHING)
            merged = {**before, **self.fields}
            rows[identifier] = {key: value for key, value in merged.items() if value is not None}


Changes = tuple[Change, ...]
"""Changes to one document, to be made in this order."""


def followed_by(earlier: Changes, later: Change) -> Changes:
    """Changes that do the same as these and then a later one, in as few as possible."""
    if not earlier or later.fields is None or later.fresh:
        return (later,)
    *before, last = earlier
    if last.fields is not None and (last.fresh or last.existing == later.existing):
        return (*before, Change({**last.fields, **later.fields}, last.fresh, last.existing))
    return (*earlier, later)


Key = tuple[str, str]
"""Table and id of a document."""


class DocumentStore:
    """The tables of one file. Reading and changing never wait for the disk; use it from any thread.

    `storage` is left to it, and closed with it. A change is in memory at once and on disk as soon as `flush`
    says so. A write that fails is told to `on_problem` (from the writer's thread) and tried again; until then
    `problem` says why. What other processes write is taken up with each write
    and by `reload`. Raises Newer for a file of a newer version."""

    def __init__(self, storage: AtomicStorage, on_problem: Callable[[str], None]) -> None:
        self._storage = storage
        self._disk = threading.Lock()  # guards the storage; taken before `_state`, never inside it
        self._state = threading.RLock()  # guards all below
        self._tables: Tables = {}
        self._adopted = 0
        self._version = 0
        self._pending: dict[Key, Changes] = {}
        self._batch: dict[Key, Changes] = {}  # what is being written, no longer in `_pending`
        self._unread = ""
        self._news = False  # something was taken up that nobody was told of yet
        self._writer = Writer(self._storage.name, self._put, on_problem)
        try:
            self._adopt(self._storage.read() or {})
            self._news = False
        except Newer as trouble:
            raise Newer(f"{self._storage.name} was {trouble}") from None
        except OSError as trouble:
            self._unread = f"{self._storage.name} can't be read: {reason(trouble)}"
            on_problem(self._unread)

    @property
    def problem(self) -> str:
        """Why the last write failed, or the first reading; "" when all is well."""
        return self._writer.problem or self._unread

    def get(self, table: str, identifier: str) -> Document | None:
        """One document, not to be changed."""
        with self._state:
            return self._tables.get(table, {}).get(identifier)

    def rows(self, table: str) -> Rows:
        """All documents of a table by id, in a dictionary of their own."""
        with self._state:
            return dict(self._tables.get(table, {}))

    @property
    def version(self) -> int:
        """Another number whenever something may have changed."""
        with self._state:
            return self._version

    def size(self, table: str) -> int:
        """How many documents a table has."""
        with self._state:
            return len(self._tables.get(table, _NOTHING))

    def change(self, changes: Iterable[tuple[Key, Change]]) -> None:
        """Make changes in memory now, all at once, and have them written."""
        with self._state:
            self._version += 1
            for key, change in changes:
                change.apply(self._tables.setdefault(key[0], {}), key[1])
                self._pending[key] = followed_by(self._pending.get(key, ()), change)
        self._writer.due()

    def reload(self) -> bool:
        """Take up what another process has written; True when something was, also by a write meanwhile.

        It reads the file only when it has changed, and returns at once while a write is under way: that
        takes up the same, and the next call tells of it."""
        if not self._disk.acquire(blocking=False):
            return False
        try:
            if self._storage.changed():
                self._adopt(self._storage.read() or {})
        except OSError:
            pass  # the next write meets the same trouble and says so
        finally:
            self._disk.release()
        with self._state:
            news, self._news = self._news, False
        return news

    def flush(self, timeout: float) -> bool:
        """Wait until all changes made so far are on disk: False when that failed or took too long."""
        return self._writer.flush(timeout)

    def when_saved(self, call: Callable[[bool], None], *, hurry: bool = True) -> None:
        """Have `call` told, once, whether all changes made so far are on disk or could not be written.

        At once where they are, else from the writer's thread; without `hurry` they may wait for others to be
        written with them. It must not raise."""
        self._writer.when_written(call, hurry=hurry)

    def close(self, timeout: float) -> bool:
        """Write what is left and let go of the file; the answer is that of `flush`."""
        saved = self._writer.close(timeout)
        if self._disk.acquire(blocking=False):
            self._storage.close()
            self._disk.release()
        return saved

    def _put(self) -> None:
        """Write what is pending on top of what is on disk now; pending it is again when that fails."""
        with self._state:
            self._batch, self._pending = self._pending, {}
        by_table: dict[str, dict[str, Changes]] = {}
        for (table, identifier), changes in self._batch.items():
            by_table.setdefault(table, {})[identifier] = changes
        try:
            with self._disk:
                with self._storage.batch():
                    for name, documents in by_table.items():
                        self._change_table(name, documents)
                    tables = self._storage.read() or {}
                with self._state:
                    self._batch = {}
                    self._adopt(tables)
        finally:
            with self._state:
                self._pending, self._batch = _joined(self._batch, self._pending), {}

    @cached_property
    def _database(self) -> Database:
        from pptui.store.tables import Database

        return Database(storage=lambda: self._storage)

    def _change_table(self, name: str, documents: dict[str, Changes]) -> None:
        def update(rows: Rows) -> None:
            for identifier, changes in documents.items():
                for change in changes:
                    change.apply(rows, identifier)

        self._database.named(name).change(update)

    def _adopt(self, tables: Tables) -> None:
        """Make memory what was read from the disk, with our own changes on top (holding `_disk`)."""
        if self._storage.generation == self._adopted:
            return
        with self._state:
            self._news = True
            self._adopted = self._storage.generation
            self._version += 1
            self._unread = ""
            self._tables = {name: dict(rows) for name, rows in tables.items()}
            for (table, identifier), changes in _joined(self._batch, self._pending).items():
                for change in changes:
                    change.apply(self._tables.setdefault(table, {}), identifier)


def _joined(earlier: dict[Key, Changes], later: dict[Key, Changes]) -> dict[Key, Changes]:
    joined = dict(earlier)
    for key, changes in later.items():
        for change in changes:
            joined[key] = followed_by(joined.get(key, ()), change)
    return joined
