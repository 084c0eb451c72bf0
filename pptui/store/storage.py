"""Crash-safe JSON for TinyDB: `{table: {id: document}}`, one document a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pptui import text
from pptui.store import versions
from pptui.store.backups import Backups
from pptui.store.files import Damaged, Newer, SafeFile
from pptui.store.versions import Tables

_SCHEMA_TABLE = "_schema"


class Parsed(NamedTuple):
    """A file's tables as this version has them, and the version in which they were written."""

    tables: Tables
    version: int


class AtomicStorage:
    """Where TinyDB keeps its tables: a file that is the old one or the new one, never a mixture.

    Several operations inside one `batch` are one write, with other processes kept out. A file that
    is damaged is set aside and its last good copy used, or the newest of the `backups`, with a line to
    `on_problem` that has what `describe` says of it. One that a newer version wrote is left alone (Newer);
    one of an older version is kept as a backup before it is written anew. `generation` grows each time the
    tables were read from the disk. Reading and writing raise OSError; use it from one thread at a time."""

    def __init__(
        self,
        path: Path,
        on_problem: Callable[[str], None],
        backups: Backups | None = None,
        describe: Callable[[Tables], str] = lambda tables: "",
    ) -> None:
        self._file = SafeFile(path, on_problem, backups.copies if backups else tuple)
        self._backups = backups
        self._describe = describe
        self._read_version: int | None = None
        self._tables: Tables | None = None
        self._batch = False
        self._dirty = False
        self.generation = 0

    @property
    def name(self) -> str:
        return self._file.path.name

    def changed(self) -> bool:
        """Whether another process has written the file since it was last read or written here."""
        return self._tables is None or self._file.changed()

    def read(self) -> Tables | None:
        """The tables as they are on disk now; inside a batch, as they are in the batch."""
        if self._tables is None or (not self._batch and self._file.changed()):
            found = self._file.read(parse, lambda parsed: self._describe(parsed.tables))
            self._tables = found.tables if found else {}
            self._read_version = found.version if found else None
            self.generation += 1
        return dict(self._tables) or None

    def write(self, data: Tables) -> None:
        """Replace everything; inside a batch, at its end."""
        if self._batch:
            self._tables, self._dirty = data, True
            return
        with self._file.locked():
            self._save(data)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Start from what is on disk now, with other processes kept out, and write once at the end.

        When anything raises, nothing is written."""
        with self._file.locked():
            self.read()
            self._batch, self._dirty = True, False
            try:
                yield
                if self._dirty:
                    self._save(self._tables or {})
            except BaseException:
                self._tables = None
                raise
            finally:
                self._batch = False

    def close(self) -> None:
        self._file.close()

    def _save(self, tables: Tables) -> None:
        self._tables = None
        before, self._read_version = self._read_version, None
        if self._backups is not None:
            older = before if before is not None and before < versions.newest() else None
            self._backups.before_writing(self._file.path, older)
        self._file.write(serialise(tables))
        self._tables = tables


def parse(data: bytes) -> Parsed:
    """The tables in a file's bytes. Raises Damaged when the shape is not ours; odd fields are let pass.

    Raises Newer for a version that is not known here."""
    if not data.strip(b"\0 \t\r\n"):
        raise Damaged("empty" if not data.strip(b" \t\r\n") else "nothing but zeros")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as problem:
        place = f", line {problem.lineno}" if isinstance(problem, json.JSONDecodeError) else ""
        raise Damaged(f"not whole JSON{place}") from None
    version, newest = _version(value), versions.newest()
    # First of all: a newer one may have any shape.
    if version > newest:
        said = text.line(version, 20)
        raise Newer(f"written by a newer pptui: its version is {said}, this pptui knows {newest}")
    if not isinstance(value, dict) or not all(
        isinstance(table, dict) and all(isinstance(document, dict) for document in table.values())
        for table in value.values()
    ):
        raise Damaged("not in the shape of a library")
    value.pop(_SCHEMA_TABLE, None)
    try:
        return Parsed(versions.migrated(value, version), version)
    except Exception as problem:  # a fault of our own, and no reason to take the file for a damaged one
        raise OSError(f"of version {version}, of which {newest} can't be made: {problem!r}") from problem


def _version(value: object) -> int:
    """The version that a file's JSON says it has. Raises Damaged."""
    for key in (_SCHEMA_TABLE, "1"):
        value = value.get(key, {}) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        raise Damaged("not in the shape of a library")
    version = value.get("version", 1)
    if not isinstance(version, int) or version < 1:
        raise Damaged("its version is none")
    return version


def serialise(tables: Tables) -> bytes:
    """Tables as they are in the file, in the newest version."""
    # A line at a time: one dump of the whole would keep every other thread waiting until it ends.
    lines = []
    schema: Tables = {_SCHEMA_TABLE: {"1": {"version": versions.newest()}}}
    for name, documents in {**schema, **tables}.items():
        rows = [f"{_json(identifier)}: {_json(document)}" for identifier, document in documents.items()]
        lines.append(f"{_json(name)}: {{\n" + ",\n".join(rows) + "\n}")
    # Lone surrogates, which UTF-8 can't hold, become the escapes that JSON has for them.
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8", "backslashreplace")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
