"""The index that is searched: which texts are in it, and how it is kept like the episodes.

It holds no text, only which episodes have which words, so what is taken out must be given to it once
more as it was: `change` comes before anything that a text is made of is written. Where texts would now be
made otherwise (`MADE`), that can't be done, and the index is begun anew. What is new waits until
some thousands have come or a refresh ends, because many episodes at once cost half as much as one feed
after the other, and are found as quickly.
"""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Iterable

FORMAT = 4
"""To be counted up with every change to what the index is given: `text.folding`, `plain`, `_write`."""

MADE = f"{FORMAT} {unicodedata.unidata_version}"
"""What decides which words are made of a text: our own rules, and what Python knows of Unicode."""

BATCH = 4000
"""Episodes that may wait for more before they are indexed; some 15 MB of memory at once."""

_TEXTS = (
    "SELECT e.key, coalesce(n.text, ''), coalesce(n.is_html, 0), coalesce(n.chapters, '[]'),"
    " coalesce(l.chapters, '[]'), e.title, p.title"
    " FROM json_each(?) wanted CROSS JOIN episode e ON e.key = wanted.value"
    " JOIN podcast p ON p.key = e.podcast"
    " LEFT JOIN notes n ON n.episode = e.key LEFT JOIN learnt l ON l.episode = e.key"
)
_INDEX = (
    (
        "INSERT INTO words (rowid, notes, chapters, title, podcast) VALUES (?1, ?2, ?3, ?4, ?5)",
        "INSERT INTO names (rowid, chapters, title, podcast) VALUES (?1, ?3, ?4, ?5)",
    ),
    (
        "INSERT INTO words (words, rowid, notes, chapters, title, podcast)"
        " VALUES ('delete', ?1, ?2, ?3, ?4, ?5)",
        "INSERT INTO names (names, rowid, chapters, title, podcast) VALUES ('delete', ?1, ?3, ?4, ?5)",
    ),
)


# One row where there is something to do.
PENDING = "SELECT 1 FROM unindexed UNION ALL SELECT 1 WHERE ? NOT IN (SELECT made FROM indexing) LIMIT 1"


def wait(writer: sqlite3.Connection, keys: Iterable[int]) -> None:
    """These episodes are new, or have left the index: they are indexed with the next ones."""
    wanted = json.dumps(list(keys))
    writer.execute("INSERT OR IGNORE INTO unindexed (episode) SELECT value FROM json_each(?)", (wanted,))


def change(writer: sqlite3.Connection, keys: Iterable[int]) -> None:
    """These episodes are about to change: they leave the index as they are, and wait to come back."""
    keys = sorted(keys)
    if not keys:
        return
    _made_so(writer)
    indexed = writer.execute(
        "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT episode FROM unindexed)",
        (json.dumps(keys),),
    )
    _write(writer, [key for (key,) in indexed], leaving=True)
    wait(writer, keys)


def forget(writer: sqlite3.Connection, keys: Iterable[int]) -> None:
    """These episodes are about to be removed."""
    keys = list(keys)
    change(writer, keys)
    wanted = (json.dumps(keys),)
    writer.execute("DELETE FROM unindexed WHERE episode IN (SELECT value FROM json_each(?))", wanted)
    writer.execute("DELETE FROM learnt WHERE episode IN (SELECT value FROM json_each(?))", wanted)


def waiting(connection: sqlite3.Connection) -> int:
    """How many episodes are not indexed yet, counted no further than to `BATCH`."""
    query = "SELECT count(*) FROM (SELECT 1 FROM unindexed LIMIT ?)"
    return int(connection.execute(query, (BATCH,)).fetchone()[0])


def index_batch(writer: sqlite3.Connection) -> None:
    """Index the episodes that wait, the newest `BATCH` of them."""
    _made_so(writer)
    query = "SELECT episode FROM unindexed ORDER BY episode DESC LIMIT ?"
    # Rising, or FTS5 would write a segment for each.
    keys = sorted(key for (key,) in writer.execute(query, (BATCH,)))
    _write(writer, keys, leaving=False)
    writer.execute(
        "DELETE FROM unindexed WHERE episode IN (SELECT value FROM json_each(?))", (json.dumps(keys),)
    )


def learn(writer: sqlite3.Connection, episode_id: str, chapters: str) -> None:
    """Chapters of an episode that are not in its feed, as stored. It need not be in the catalogue."""
    row = writer.execute("SELECT key FROM episode WHERE id = ?", (episode_id,)).fetchone()
    if row is None:
        return
    known = writer.execute("SELECT chapters FROM learnt WHERE episode = ?", row).fetchone()
    if known is None or known[0] != chapters:
        change(writer, row)
        writer.execute("INSERT OR REPLACE INTO learnt (episode, chapters) VALUES (?, ?)", (*row, chapters))


def _made_so(writer: sqlite3.Connection) -> None:
    """Where the index was made otherwise than now, by another version or on another Python, begin it anew."""
    # Looked up each time: another process may be that other version.
    if writer.execute("SELECT made FROM indexing").fetchone() == (MADE,):
        return
    for table in ("words", "names"):
        writer.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
    writer.execute("INSERT OR IGNORE INTO unindexed (episode) SELECT key FROM episode")
    writer.execute("DELETE FROM indexing")
    writer.execute("INSERT INTO indexing (made) VALUES (?)", (MADE,))


def _write(writer: sqlite3.Connection, keys: list[int], *, leaving: bool) -> None:
    if not keys:
        return
    from pptui.text.folding import indexable  # the first screen searches nothing

    rows = [
        (
            key,
            indexable(plain(notes) if is_html else notes),
            indexable("\n".join([*_titles(chapters), *_titles(learnt)])),
            indexable(title),
            indexable(podcast),
        )
        for key, notes, is_html, chapters, learnt, title, podcast in writer.execute(
            _TEXTS, (json.dumps(keys),)
        )
    ]
    for statement in _INDEX[leaving]:
        writer.executemany(statement, rows)


def _titles(chapters: str) -> list[str]:
    return [chapter[1] for chapter in json.loads(chapters)] if len(chapters) > 2 else []


def plain(source: str) -> str:
    """The words of HTML, cheaply: as they are shown, but not in lines."""
    import html  # as above

    from pptui.text import markup

    text = markup.unescaped(source)
    text = markup.untagged(text) if "<" in text else text
    return html.unescape(text) if "&" in text else text
