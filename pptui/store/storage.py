"""Crash-safe JSON for TinyDB: `{table: {id: document}}`, one document a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pptui.store.files import Damaged, SafeFile

Document = Mapping[str, Any]
"""A JSON object. It is never changed in place, so that it can be shared between threads."""

Documents = dict[str, Document]
"""One table: documents by id."""

Tables = dict[str, Documents]
"""Everything in the file."""

SCHEMA = 1
"""Version of what the tables hold, kept in the file as `{"_schema": {"1": {"version": 1}}}`."""

_SCHEMA_TABLE = "_schema"


class AtomicStorage:
    """Where TinyDB keeps its tables: a file that is the old one or the new one, never a mixture.

    Several operations inside one `batch` are one write, with other processes kept out. A file that
    is damaged or was written by a newer version is set aside and its last good copy used, with a
    line to `on_problem`. `generation` grows each time the tables were read from the disk. Reading
    and writing raise OSError; use it from one thread at a time."""

    def __init__(self, path: Path, on_problem: Callable[[str], None]) -> None:
        self._file = SafeFile(path, on_problem)
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
            self._tables = self._file.read(_parse) or {}
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
        self._file.write(_serialise(tables))
        self._tables = tables


def _parse(data: bytes) -> Tables:
    """The tables in a file's bytes. Raises Damaged when the shape is not ours; odd fields are let pass."""
    if not data.strip(b"\0 \t\r\n"):
        raise Damaged("empty" if not data.strip(b" \t\r\n") else "nothing but zeros")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as problem:
        place = f", line {problem.lineno}" if isinstance(problem, json.JSONDecodeError) else ""
        raise Damaged(f"not whole JSON{place}") from None
    if not isinstance(value, dict) or not all(
        isinstance(table, dict) and all(isinstance(document, dict) for document in table.values())
        for table in value.values()
    ):
        raise Damaged("not in the shape of a library")
    version = value.pop(_SCHEMA_TABLE, {}).get("1", {}).get("version", SCHEMA)
    if not isinstance(version, int):
        raise Damaged("its version is not a number")
    if version > SCHEMA:
        raise Damaged(f"written by a newer pptui: version {version}, this one knows {SCHEMA}")
    return value


def _serialise(tables: Tables) -> bytes:
    # A line at a time: one dump of the whole would keep every other thread waiting until it ends.
    lines = []
    schema: Tables = {_SCHEMA_TABLE: {"1": {"version": SCHEMA}}}
    for name, documents in {**schema, **tables}.items():
        rows = [f"{_json(identifier)}: {_json(document)}" for identifier, document in documents.items()]
        lines.append(f"{_json(name)}: {{\n" + ",\n".join(rows) + "\n}")
    # Lone surrogates, which UTF-8 can't hold, become the escapes that JSON has for them.
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8", "backslashreplace")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
