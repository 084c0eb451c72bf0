"""Documents in memory, changed at once, written behind by one thread, shared with other processes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pptui.store.files import reason
from pptui.store.storage import AtomicStorage, Database, Document, NamedTable, Tables
from pptui.store.storage import Documents as Rows

RETRY_AFTER = 10.0
"""Seconds until a failed write is tried again by itself; the next change and `flush` try it at once."""

_NOTHING: Document = {}


@dataclass(frozen=True, slots=True)
class Change:
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

    A change is in memory at once and on disk as soon as `flush` says so. A write that fails is told to
    `on_problem` (from the writer's thread) and tried again; until then `problem` says why and nothing
    on disk is touched. What other processes write is taken up with each write and by `reload`."""

    def __init__(self, path: Path, on_problem: Callable[[str], None]) -> None:
        self._tell = on_problem
        self._storage = AtomicStorage(path, on_problem)
        self._database = Database(storage=lambda: self._storage)
        self._disk = threading.Lock()  # guards the storage; taken before `_state`, never inside it
        self._state = threading.Condition()  # guards all below
        self._tables: Tables = {}
        self._adopted = 0
        self._pending: dict[Key, Changes] = {}
        self._batch: dict[Key, Changes] = {}  # what the writer has taken from `_pending`
        self._made = 0
        self._saved = 0
        self._attempts = 0
        self._writing = False
        self._hurry = False
        self._closing = False
        self._writer: threading.Thread | None = None
        self.version = 0
        self.problem = ""
        try:
            self._adopt(self._storage.read() or {})
        except OSError as trouble:
            self.problem = f"{self._storage.name} can't be read: {reason(trouble)}"
            self._tell(self.problem)

    def get(self, table: str, identifier: str) -> Document | None:
        """One document, not to be changed."""
        with self._state:
            return self._tables.get(table, {}).get(identifier)

    def rows(self, table: str) -> Rows:
        """All documents of a table by id, in a dictionary of their own."""
        with self._state:
            return dict(self._tables.get(table, {}))

    def change(self, changes: Iterable[tuple[Key, Change]]) -> None:
        """Make changes in memory now, all at once, and have them written."""
        with self._state:
            for key, change in changes:
                change.apply(self._tables.setdefault(key[0], {}), key[1])
                self._pending[key] = followed_by(self._pending.get(key, ()), change)
            self.version += 1
            self._made += 1
            self._hurry = True
            self._start()
            self._state.notify_all()

    def reload(self) -> bool:
        """Take up what another process has written; True when something did change.

        It reads the file only when it has changed, and returns at once while a write is under way
        (which takes up the same)."""
        if not self._disk.acquire(blocking=False):
            return False
        try:
            if not self._storage.changed():
                return False
            adopted = self._adopt(self._storage.read() or {})
            with self._state:
                if not self._pending and not self._batch:
                    self.problem = ""  # it was about reading
            return adopted
        except OSError:
            return False  # the next write meets the same trouble and says so
        finally:
            self._disk.release()

    def flush(self, timeout: float) -> bool:
        """Wait until all changes made so far are on disk: False when that failed or took too long."""
        with self._state:
            target = self._made
            if self._saved >= target:
                return True
            # A write already under way may be without the last changes: its end is not the answer.
            enough = self._attempts + (2 if self._writing else 1)
            self._hurry = True
            self._start()
            self._state.notify_all()
            self._state.wait_for(lambda: self._saved >= target or self._attempts >= enough, timeout)
            return self._saved >= target

    def close(self, timeout: float) -> bool:
        """Write what is left and end the writer; the answer is that of `flush`."""
        saved = self.flush(timeout)
        with self._state:
            self._closing = True
            writer = self._writer
            self._state.notify_all()
        if writer is not None:
            writer.join(timeout if saved else 0.1)
        if self._disk.acquire(blocking=False):
            self._storage.close()
            self._disk.release()
        return saved

    def _start(self) -> None:
        """Start the writer if there is none (holding `_state`)."""
        self._closing = False
        if self._writer is None or not self._writer.is_alive():
            # A daemon: a disk that hangs must not keep the program from ending.
            self._writer = threading.Thread(target=self._write_behind, name="library-writer", daemon=True)
            self._writer.start()

    def _write_behind(self) -> None:
        while True:
            with self._state:
                self._state.wait_for(lambda: self._pending or self._closing)
                if self.problem:
                    self._state.wait_for(lambda: self._hurry or self._closing, RETRY_AFTER)
                if self._closing:
                    return
                self._batch, self._pending = self._pending, {}
                made = self._made
                self._hurry = False
                self._writing = True
            trouble = self._write()
            with self._state:
                if trouble:
                    self._pending = _joined(self._batch, self._pending)
                    self._batch = {}
                else:
                    self._saved = made
                changed = trouble != self.problem
                self.problem = trouble
                self.version += changed
                self._attempts += 1
                self._writing = False
                self._state.notify_all()
            if trouble and changed:
                self._tell(trouble)

    def _write(self) -> str:
        """Write the batch on top of what is on disk now; returns what went wrong, in one line."""
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
        except OSError as trouble:
            name = self._storage.name
            return f"{name} can't be saved: {reason(trouble)}; it is kept in memory and tried again"
        except Exception as trouble:  # the writer must live: what it holds is nowhere else
            return f"{self._storage.name} can't be saved: {trouble!r}"
        return ""

    def _change_table(self, name: str, documents: dict[str, Changes]) -> None:
        def update(rows: Rows) -> None:
            for identifier, changes in documents.items():
                for change in changes:
                    change.apply(rows, identifier)

        table = self._database.table(name)
        assert isinstance(table, NamedTable)
        table.change(update)

    def _adopt(self, tables: Tables) -> bool:
        """Make memory what was read from the disk, with our own changes on top (holding `_disk`)."""
        if self._storage.generation == self._adopted:
            return False
        with self._state:
            self._adopted = self._storage.generation
            self._tables = {name: dict(rows) for name, rows in tables.items()}
            for (table, identifier), changes in _joined(self._batch, self._pending).items():
                for change in changes:
                    change.apply(self._tables.setdefault(table, {}), identifier)
            self.version += 1
        return True


def _joined(earlier: dict[Key, Changes], later: dict[Key, Changes]) -> dict[Key, Changes]:
    joined = dict(earlier)
    for key, changes in later.items():
        for change in changes:
            joined[key] = followed_by(joined.get(key, ()), change)
    return joined
