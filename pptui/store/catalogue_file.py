"""The file of the catalogue: opened, read and written by whom, and what is done where it can't be used."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pptui.store.files import make_folder, reason
from pptui.store.schema import connect, migrate, of_rows

T = TypeVar("T")

_BUSY = 10.0  # seconds to wait for another process's transaction
_BUSY_READING = 1.0  # a reader only waits while another process opens or closes the file
_NO_FILE = (0, 0)

# Result codes (https://sqlite.org/rescode.html) after which the file is of no use any more. All
# others (busy, full, read-only, …) are the world's trouble and leave the file as it is.
_UNUSABLE = (
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_CORRUPT_VTAB,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY_DBMOVED,
)

_OUT_OF_REACH = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
)


class StoreError(Exception):
    """The catalogue can't be written to; the text is one plain line that says why."""


class CatalogueFile:
    """A connection for reading and one for writing, to a file that any thread may use.

    A damaged file, or one of another version, is set aside and begun anew; one that was deleted or replaced
    is followed; where there can be none, a temporary one does until the end."""

    def __init__(self, path: Path, on_problem: Callable[[str], None]) -> None:
        self._path = path
        self._tell = on_problem
        self._scratch: Path | None = None
        self._file = _NO_FILE
        self._told: set[str] = set()
        self._reading = threading.RLock()
        self._writing = threading.RLock()  # taken before `_reading`, never inside it
        self._closed = False
        try:
            self._open()
        except OSError as problem:
            self._go_elsewhere(problem)
        except sqlite3.Error as problem:
            # Not ours, damaged, or newer; but a file that is only busy or out of reach is left alone.
            if _code(problem) & 0xFF in _OUT_OF_REACH:
                self._go_elsewhere(problem)
            else:
                self._begin_anew(problem)

    def _opened(self) -> None:
        """Another file is open now: what was known of the one before does not hold. Both locks are held."""
        raise NotImplementedError

    def _replaced(self) -> None:
        """The file is another than a moment ago, and has to be told again what the first was told."""
        raise NotImplementedError

    @property
    def path(self) -> Path:
        """The file that is in use."""
        return self._scratch or self._path

    def close(self) -> None:
        """Let go of the file. Reading gives nothing afterwards."""
        with self._writing, self._reading:
            self._closed = True
            self._reader.close()
            self._writer.close()
            self._drop_scratch()

    # Reading and writing.

    def _select(
        self,
        query: str,
        values: Sequence[object] | Mapping[str, object] = (),
        make: Callable[[Sequence[Any]], Any] = tuple,
    ) -> list[Any]:
        """What is made of the rows a statement gives; nothing where they could not be read."""
        rows: list[Any] = []
        with self._read() as reader, of_rows():
            rows += map(make, reader.execute(query, values))
        return rows

    def _all(
        self,
        query: str,
        values: Collection[int] | Collection[str],
        make: Callable[[Sequence[Any]], Any],
    ) -> list[Any]:
        """The same of a statement that gives them in one."""
        rows: list[Any] = []
        with self._read() as reader, of_rows():
            rows += map(make, in_one(reader, query, values))
        return rows

    def _aside(self, read: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """Read on a connection of its own, which holds up nobody however long it takes."""
        with self._reading:
            reader, closed = self._reader, self._closed
        if closed:
            return otherwise
        self._follow()
        try:
            with closing(connect(self.path, _BUSY_READING)) as own, of_rows():
                return read(own)
        except sqlite3.Error as problem:
            self._mend(problem, reader)
        return otherwise

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        """The reading connection. What goes wrong ends the block and is told, not raised."""
        with self._reading:
            reader = self._reader
            try:
                yield reader
            except sqlite3.Error as problem:
                failed = problem
            else:
                return
        # Outside, because mending needs the writing lock and that one comes first.
        self._mend(failed, reader)

    @contextmanager
    def _write(self, trouble: str = "can't be saved") -> Iterator[sqlite3.Connection]:
        """The writing connection. Raises StoreError."""
        self._follow()
        with self._writing:
            if self._closed:
                raise StoreError("the catalogue is closed")
            writer = self._writer
            try:
                yield writer
                self._told.clear()  # the disk is well again
            except sqlite3.Error as problem:
                self._mend(problem, writer, tell=False)
                raise StoreError(f"the catalogue {trouble}: {problem}") from problem
            except UnicodeEncodeError as problem:  # half a surrogate pair, of an id that was edited by hand
                raise StoreError(f"the catalogue {trouble}: an id is no text") from problem

    # What goes wrong with it.

    def _mend(self, problem: sqlite3.Error, connection: sqlite3.Connection, *, tell: bool = True) -> None:
        with self._writing, self._reading:
            if self._closed or connection not in (self._reader, self._writer):
                return
            if self._is_gone():
                return  # what is wrong with it is nobody's trouble any more: see `_follow`
            if _is_of_no_use(problem):
                self._reopen(partial(self._begin_anew, problem))
                return
            if tell:
                self._tell_once(f"the catalogue can't be read: {problem}")

    def _tell_once(self, line: str) -> None:
        """Lists are read every few seconds, and one trouble is one line however often they are."""
        if line not in self._told:
            self._told.add(line)
            self._tell(line)

    def _is_gone(self) -> bool:
        try:
            found = os.stat(self.path)
        except OSError as problem:
            return isinstance(problem, FileNotFoundError) or self._file == _NO_FILE
        return (found.st_dev, found.st_ino) != self._file

    def _follow(self) -> None:
        """Open the file that is there now, where the one that is open was deleted or replaced.

        SQLite would go on with the old one until the end, and new connections would be to another."""
        if not self._is_gone():
            return
        with self._writing, self._reading:
            if self._closed or not self._is_gone():
                return
            if not self._reopen(self._open_somewhere):
                return
        self._tell("the catalogue was deleted or replaced while pptui was open: refresh to fill it again")
        self._replaced()

    def _reopen(self, opening: Callable[[], None]) -> bool:
        """Let go of the file and do `opening`. False where there can be none anywhere: then reading gives
        nothing, and `_follow` tries again. Both locks are held."""
        self._reader.close()
        self._writer.close()
        self._file = _NO_FILE
        try:
            opening()
        except (OSError, sqlite3.Error) as problem:
            self._tell_once(f"there is no catalogue, and no room for one: {_said(problem)}")
            return False
        return True

    def _open_somewhere(self) -> None:
        self._drop_scratch()
        try:
            self._open()
        except (OSError, sqlite3.Error) as problem:
            self._go_elsewhere(problem)

    def _begin_anew(self, problem: Exception) -> None:
        path = self.path
        self._tell(f"the catalogue could not be used ({problem}) and is begun anew: refresh to fill it again")
        try:
            with suppress(FileNotFoundError):
                os.replace(path, path.with_name(f"{path.name}.damaged"))
            _unlink(path)
            self._open()
        except (OSError, sqlite3.Error) as again:
            self._go_elsewhere(again)

    def _go_elsewhere(self, problem: Exception) -> None:
        """Where the folder can't be used, there is still a catalogue until the program ends."""
        import tempfile

        self._drop_scratch()
        self._scratch = Path(tempfile.mkdtemp(prefix="pptui-")) / self._path.name
        try:
            self._open()
        except (OSError, sqlite3.Error):
            self._drop_scratch()
            raise
        self._tell(
            f"the catalogue can't be kept as {self._path} ({_said(problem)}): it lasts until pptui is closed"
        )

    def _drop_scratch(self) -> None:
        if self._scratch is None:
            return
        import shutil

        shutil.rmtree(self._scratch.parent, ignore_errors=True)
        self._scratch = None

    def _open(self) -> None:
        path = self.path
        make_folder(path.parent)
        # SQLite would let others read it. Its -wal and -shm get the mode of the file itself.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        found = os.fstat(descriptor)
        os.close(descriptor)
        with ExitStack() as opened:
            writer = opened.enter_context(closing(connect(path, _BUSY)))
            migrate(writer)
            reader = opened.enter_context(closing(connect(path, _BUSY_READING)))
            opened.pop_all()
        self._writer, self._reader = writer, reader
        self._file = found.st_dev, found.st_ino
        self._opened()


def in_one(
    reader: sqlite3.Connection, query: str, values: Collection[int] | Collection[str] = ()
) -> list[Any]:
    """What a statement gives that makes one JSON array of all its rows: see `pptui.store.keys`."""
    given = (json.dumps(list(values)),) if "?" in query else ()
    found: list[Any] = json.loads(reader.execute(query, given).fetchone()[0])
    return found


def _said(problem: Exception) -> str:
    return reason(problem) if isinstance(problem, OSError) else str(problem)


def _code(problem: sqlite3.Error) -> int:
    """The extended result code, 0 where the error is Python's own."""
    return getattr(problem, "sqlite_errorcode", 0)


def _is_of_no_use(problem: sqlite3.Error) -> bool:
    """Whether the file is damaged, or has other tables than its number says."""
    words = str(problem)  # of a missing table or column there is no code of its own
    return (
        _code(problem) in _UNUSABLE
        or words.startswith("Could not decode to UTF-8")  # Python's
        or (
            _code(problem) == sqlite3.SQLITE_ERROR
            and (words.startswith(("no such table", "no such column")) or "has no column named" in words)
        )
    )


def _unlink(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)
