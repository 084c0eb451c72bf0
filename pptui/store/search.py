"""What is searched for, found: the episodes whose texts have all of the terms, the best first.

"Best" is where they were found: all in the title, with the podcast's, in a chapter's title, anywhere. Of
each kind the newest come first, so that nothing has to be weighed that is not shown.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pptui.models import Where
from pptui.store.schema import connect

if TYPE_CHECKING:
    from pptui.text.folding import Term

_FEW = 2000
"""Episodes that are sorted by date sooner than found by walking down a list of all by date."""
_LETTERS = 3
"""Bytes that the beginning of a word must have to be looked for in notes: one letter begins thousands."""
_PATIENCE = 1.0

_TEMPORARY = (
    "CREATE TEMP TABLE matched (key INTEGER PRIMARY KEY)",
    "CREATE TEMP TABLE dropped (podcast INTEGER PRIMARY KEY)",
)
_LISTED = (
    "podcast NOT IN (SELECT podcast FROM temp.dropped) ORDER BY published DESC, place DESC, podcast LIMIT ?"
)
_SORTED = f"SELECT key FROM temp.matched CROSS JOIN episode USING (key) WHERE {_LISTED}"
_WALKED = f"SELECT key FROM episode INDEXED BY episode_newest WHERE +key IN temp.matched AND {_LISTED}"
_ARRAY = "SELECT json_group_array(key) FROM ({})"
"""In one row: see `pptui.store.keys`."""


@dataclass(frozen=True, slots=True)
class Match:
    """An episode's key, and where its terms were found."""

    key: int
    where: Where


class Finder:
    """Searches on a connection of its own. Any thread may ask; the search before is given up for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._asking = threading.Lock()
        self._finding = threading.Lock()
        self._asked = 0
        self._closed = False

    def find(self, wanted: Sequence[Term], limit: int, dropped: Iterable[int] = ()) -> list[Match] | None:
        """At most `limit` episodes, none of the podcasts `dropped`; or None where this was given up.

        Raises sqlite3.Error."""
        number = self._next()
        with self._finding:
            try:
                return self._matches(number, wanted, limit, dropped)
            except sqlite3.Error:
                if number == self._asked:
                    raise
                return None

    def close(self) -> None:
        """Give up what is being looked for, and let go of the file. Nothing is found afterwards."""
        self._closed = True
        self._next()
        with self._finding:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _next(self) -> int:
        # In one, so that a search is only interrupted by one that was asked for after it.
        with self._asking:
            self._asked += 1
            if self._connection is not None:
                with suppress(sqlite3.ProgrammingError):  # closed meanwhile
                    self._connection.interrupt()
            return self._asked

    def _matches(
        self, number: int, wanted: Sequence[Term], limit: int, dropped: Iterable[int]
    ) -> list[Match] | None:
        if self._closed:
            return []
        connection = self._connection
        if connection is None:
            connection = connect(self._path, _PATIENCE)
            for statement in _TEMPORARY:
                connection.execute(statement)
            # Not before: what is half made must not be interrupted.
            self._connection = connection
        connection.execute("DELETE FROM temp.dropped")
        connection.executemany("INSERT INTO temp.dropped (podcast) VALUES (?)", [(key,) for key in dropped])
        found: dict[int, Where] = {}
        for where, table, query in _queries(wanted):
            # An interruption only ends a statement that runs.
            if number != self._asked:
                return None
            if len(found) < limit:
                for key in _newest(connection, table, query, limit + len(found)):
                    found.setdefault(key, where)
        return [Match(*one) for one in found.items()][:limit]


def _newest(connection: sqlite3.Connection, table: str, query: str, limit: int) -> list[int]:
    connection.execute("DELETE FROM temp.matched")
    matched = connection.execute(
        f"INSERT INTO temp.matched SELECT rowid FROM {table} WHERE {table} MATCH ?", (query,)
    ).rowcount
    newest = _ARRAY.format(_SORTED if matched < _FEW else _WALKED)
    keys: list[int] = json.loads(connection.execute(newest, (limit,)).fetchone()[0])
    return keys


def _queries(wanted: Sequence[Term]) -> Iterator[tuple[Where, str, str]]:
    """What is asked of which table, the best places first (https://sqlite.org/fts5.html, section 3)."""
    if not wanted:
        return
    begun = " AND ".join(_quoted(term, 0) for term in wanted)
    yield Where.TITLE, "names", f"{{title}} : ({begun})"
    yield Where.PODCAST, "names", f"{{title podcast}} : ({begun})"
    yield Where.CHAPTER, "names", f"{{chapters}} : ({begun})"
    yield Where.NOTES, "words", " AND ".join(_quoted(term, _LETTERS) for term in wanted)


def _quoted(term: Term, letters: int) -> str:
    # Folded words have no quotes in them, nor anything else but letters and figures.
    begun = term.prefix and len(term.words[-1].encode()) >= letters
    return f'"{" ".join(term.words)}"{" *" if begun else ""}'
