"""Tables of the catalogue, how a file is opened, and how an older one becomes a newer one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pptui import text

# Episodes are read by the page, so each list's order is an index and nothing is sorted. What a row
# doesn't show (notes, chapters) is in a table of its own, or a page of rows would be megabytes.
#
# `place` is the order in the feed, the first item having the highest. It decides among episodes
# without a date or with the same one. Highest first, so that a new item at the top leaves all others
# their number. NULL sorts below every date: descending, the undated come last.
#
# A key is never given a second time (AUTOINCREMENT): an open pptui remembers by key what was heard,
# while another process may remove a podcast.
#
# `digest` tells whether an episode in a fetched feed is the one stored, so that a refresh writes
# only what changed.
#
# `link` has what feeds point to, by address, as it was fetched: chapter lists in files of their own.
# An episode that is only visited is in no table, so it knows nothing of episodes: the old are dropped.
#
# `chapter_count` has an episode once somebody has counted its chapters: reading the notes of a whole
# library takes too long to do it while feeds come in. Its row goes when the notes change.
#
# `words` and `names` are searched (`index`): the notes come first in `words`, because FTS5 writes down
# which column a word is in for all but the first. In `names`, which is small, a letter or two find the
# words they begin at once.
# `learnt` has chapters that are not in the feed. What was stored before there was an index
# waits to be indexed like what is new, so that opening an old file takes no longer.
# `indexing` has one row, how the index was made, as soon as anything is in it.
_TOKENS = "tokenize = \"unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'\""

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE podcast (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            url TEXT NOT NULL DEFAULT '',
            title TEXT NOT NULL DEFAULT '',
            author TEXT NOT NULL DEFAULT '',
            description TEXT NOT NULL DEFAULT '',
            link TEXT NOT NULL DEFAULT '',
            episodes INTEGER NOT NULL DEFAULT 0,
            newest REAL,
            refreshed REAL,
            error TEXT NOT NULL DEFAULT '',
            etag TEXT NOT NULL DEFAULT '',
            modified TEXT NOT NULL DEFAULT '',
            body_hash TEXT NOT NULL DEFAULT ''
        )""",
        """CREATE TABLE episode (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            podcast INTEGER NOT NULL REFERENCES podcast (key),
            place INTEGER NOT NULL,
            published REAL,
            title TEXT NOT NULL,
            duration REAL,
            enclosure TEXT NOT NULL,
            media_type TEXT NOT NULL,
            size INTEGER,
            link TEXT NOT NULL,
            guid TEXT NOT NULL,
            digest INTEGER NOT NULL
        )""",
        "CREATE INDEX episode_of_podcast ON episode (podcast, published DESC, place DESC)",
        "CREATE INDEX episode_newest ON episode (published DESC, place DESC, podcast)",
        """CREATE TABLE notes (
            episode INTEGER PRIMARY KEY REFERENCES episode (key),
            text TEXT NOT NULL,
            is_html INTEGER NOT NULL,
            others TEXT NOT NULL,
            chapters TEXT NOT NULL,
            chapters_url TEXT NOT NULL
        )""",
    ),
    (
        """CREATE TABLE link (
            url TEXT PRIMARY KEY,
            base TEXT NOT NULL,
            etag TEXT NOT NULL,
            modified TEXT NOT NULL,
            fetched REAL NOT NULL,
            body BLOB NOT NULL
        )""",
    ),
    (
        "ALTER TABLE podcast ADD COLUMN ttl REAL NOT NULL DEFAULT 0",
        "ALTER TABLE podcast ADD COLUMN remark TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE podcast ADD COLUMN due REAL",
        "ALTER TABLE podcast ADD COLUMN hold TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE podcast ADD COLUMN failures INTEGER NOT NULL DEFAULT 0",
        # Passwords were once left in addresses. Nothing is lost: the library has the address.
        "UPDATE podcast SET url = '' WHERE instr(url, '@')",
    ),
    (
        """CREATE TABLE chapter_count (
            episode INTEGER PRIMARY KEY REFERENCES episode (key),
            chapters INTEGER NOT NULL
        )""",
    ),
    (
        f"CREATE VIRTUAL TABLE words USING fts5 (notes, chapters, title, podcast, content = '', {_TOKENS})",
        "CREATE VIRTUAL TABLE names USING fts5"
        f" (title, podcast, chapters, content = '', prefix = '1 2', {_TOKENS})",
        # A batch becomes one segment, and segments are merged late.
        *(
            f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', 33554432), ('automerge', 0),"
            " ('crisismerge', 64)"
            for table in ("words", "names")
        ),
        "CREATE TABLE learnt (episode INTEGER PRIMARY KEY REFERENCES episode (key), chapters TEXT NOT NULL)",
        "CREATE TABLE unindexed (episode INTEGER PRIMARY KEY REFERENCES episode (key))",
        "INSERT INTO unindexed (episode) SELECT key FROM episode",
    ),
    ("CREATE TABLE indexing (made TEXT NOT NULL)",),
)
"""`PRAGMA user_version` is the number of steps a file has been through."""


def connect(path: Path, patience: float) -> sqlite3.Connection:
    """A connection that waits `patience` seconds for others, and commits each statement by itself."""
    connection = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # The last commits may be lost when the power fails, never the file: a refresh brings them back.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of the block or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


class Unreadable(sqlite3.DatabaseError):
    """A row has what this program can't have written: damage that SQLite does not see."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


@contextmanager
def of_rows() -> Iterator[None]:
    """For making something of rows that were read. Raises Unreadable; where an id that is asked for can't be
    stored (half a surrogate pair), there are no rows."""
    try:
        yield
    except UnicodeEncodeError:
        pass
    except (ValueError, TypeError, OverflowError) as problem:
        raise Unreadable(f"a row is damaged: {text.line(problem, 100)}") from problem


def migrate(writer: sqlite3.Connection) -> None:
    """Take the file through the steps it has not been through. Raises sqlite3.DatabaseError."""
    if _schema_version(writer) < len(STEPS):
        with transaction(writer):
            # Another process may have done it while this one waited.
            for step in STEPS[_schema_version(writer) :]:
                for statement in step:
                    writer.execute(statement)
            writer.execute(f"PRAGMA user_version = {len(STEPS)}")
    version = _schema_version(writer)
    if version > len(STEPS):
        raise sqlite3.DatabaseError(
            f"written by a newer pptui: version {version}, this one knows {len(STEPS)}"
        )
    writer.execute(
        "SELECT 1 FROM podcast, episode, notes, link, chapter_count, learnt, unindexed, indexing LIMIT 0"
    )


def _schema_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
