"""What can be fetched again: feeds as last fetched, their episodes, notes and chapters. SQLite.

Nothing of the user's is in it: deleting it loses nothing but the time of a refresh.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pptui.models import Episode, Hold, Plan, Podcast, Progress
from pptui.store.feed import (
    PLAN,
    STATE,
    FeedState,
    Known,
    StoredEpisode,
    StoredNotes,
    chapters_from,
    plan_values,
    save_episodes,
    save_podcast,
)
from pptui.store.files import make_folder, nobody
from pptui.store.links import LINK, StoredLink, link_from, save_link
from pptui.store.schema import HEARD, connect, migrate, transaction
from pptui.store.selection import Kind, Selection, keys_query, source_of

__all__ = [
    "Catalogue",
    "FeedState",
    "Kind",
    "Known",
    "Selection",
    "StoreError",
    "StoredEpisode",
    "StoredLink",
    "StoredNotes",
]


class StoreError(Exception):
    """The catalogue can't be written to; the text is one plain line that says why."""


T = TypeVar("T")

_UNPLANNED = Plan()
_EPOCH = datetime.fromtimestamp(0, UTC)
_CHUNK = 500  # keys in one statement; SQLite has allowed 999 variables at the least
_FAR = 1000  # rows from which on it pays to look from which side of a list a page is nearer
_BUSY = 10.0  # seconds to wait for another process's transaction
_BUSY_READING = 1.0  # a reader only waits while another process opens or closes the file

# Result codes (https://sqlite.org/rescode.html) after which the file is of no use any more. All
# others (busy, full, read-only, …) are the world's trouble and leave the file as it is.
_UNUSABLE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_READONLY_DBMOVED)

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


class Catalogue:
    """The catalogue file. Any thread may use it.

    Reading never waits for writing: there is a connection for each (SQLite in WAL mode). The methods
    that belong to a refresh (`known`, `state`, `save_feed`, `save_linked`, `touch`, `set_error`,
    `remove`) use the writing one and may wait for each other: they are not for the user interface's
    thread, and raise StoreError. The others answer in a few milliseconds at any size and don't raise.
    A damaged file, or one of another version, is set aside and the catalogue begun anew, with a line
    to `on_problem`."""

    def __init__(self, path: Path, *, on_problem: Callable[[str], None] = nobody) -> None:
        self._path = path
        self._tell = on_problem
        self._scratch: Path | None = None
        self._progress: dict[str, Progress] = {}
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

    # Lists.

    def podcasts(self) -> list[Podcast]:
        """All podcasts by title. One whose feed was never fetched may have no title yet."""
        found = [_podcast(row) for row in self._select(_PODCASTS)]
        return sorted(found, key=lambda one: one.title.casefold())

    def episodes(self, selection: Selection, offset: int = 0, limit: int = 100) -> list[Episode]:
        """One page of a list; a `limit` below 0 gives all from `offset` on."""
        return self._episodes(self._keys(selection, max(offset, 0), limit))

    def count(self, selection: Selection) -> int:
        """How many episodes a list has."""
        source, values = source_of(selection)
        query = f"SELECT count(*) FROM {source}"
        if selection.kind is not Kind.NEW:
            where = " WHERE key NOT IN (SELECT podcast FROM temp.dropped)"
            if selection.podcast is not None:
                where = " WHERE id = :podcast"
            query = f"SELECT coalesce(sum(episodes), 0) FROM podcast{where}"
        return next((int(found) for (found,) in self._select(query, values)), 0)

    def episode(self, episode_id: str) -> Episode | None:
        keys = [key for (key,) in self._select("SELECT key FROM episode WHERE id = ?", (episode_id,))]
        return next(iter(self._episodes(keys)), None)

    def find(self, podcast_id: str, number: int = 1) -> Episode | None:
        """The episode that is `number` in its podcast's list, 1 being the newest."""
        if number < 1:
            return None
        return next(iter(self.episodes(Selection(Kind.PODCAST, podcast_id), number - 1, 1)), None)

    def notes(self, episode_id: str) -> StoredNotes:
        """The show notes of an episode; empty ones for one that is not in the catalogue."""
        rows = self._select(
            "SELECT text, is_html, others, chapters, chapters_url FROM notes"
            " WHERE episode = (SELECT key FROM episode WHERE id = ?)",
            (episode_id,),
        )
        for text, is_html, others, chapters, url in rows:
            return StoredNotes(text, bool(is_html), tuple(json.loads(others)), chapters_from(chapters), url)
        return StoredNotes()

    def linked(self, url: str) -> StoredLink | None:
        """A file that a feed points to, as saved with `save_linked`; None where there is none."""
        return next((link_from(row) for row in self._select(LINK, (url,))), None)

    @property
    def version(self) -> int:
        """Another number whenever something was saved, by this process or another."""
        return next((int(found) for (found,) in self._select("PRAGMA data_version")), 0)

    # What was heard.

    def heard(self, progress: Mapping[str, Progress]) -> None:
        """Tell the catalogue everything that was heard: lists and counts are made with it.

        Again when another process has changed the library or the catalogue."""
        with self._read() as reader:
            self._progress = dict(progress)
            with transaction(reader, "BEGIN"):
                reader.execute("DELETE FROM temp.heard")
                reader.executemany(_HEARD, [_heard(*one) for one in self._progress.items()])

    def heard_changed(self, progress: Mapping[str, Progress]) -> None:
        """Tell the catalogue what was heard of these episodes; all others stay as they are."""
        with self._read() as reader:
            self._progress.update(progress)
            with transaction(reader, "BEGIN"):
                reader.executemany(_HEARD, [_heard(*one) for one in progress.items()])

    def subscribed(self, podcast_ids: Iterable[str]) -> None:
        """Tell the catalogue which podcasts are subscribed to: of others it lists nothing under all and new.

        They stay, so that taking an unsubscribing back costs no refresh, until `remove`."""
        with self._read() as reader, transaction(reader, "BEGIN"):
            reader.execute("DELETE FROM temp.dropped")
            reader.execute(
                "INSERT INTO temp.dropped SELECT key FROM podcast"
                " WHERE id NOT IN (SELECT value FROM json_each(?))",
                (json.dumps(list(podcast_ids)),),
            )

    # Refreshing.

    def known(self, podcast_id: str) -> list[Known]:
        """All stored episodes of a podcast, for telling which of a feed's are new."""
        with self._write("can't be read") as writer:
            rows = writer.execute(
                "SELECT id, guid, enclosure, link, title, published FROM episode"
                " WHERE podcast = (SELECT key FROM podcast WHERE id = ?) ORDER BY published DESC, place DESC",
                (podcast_id,),
            )
            return [
                Known(identifier, guid, enclosure, link, title, _moment(published))
                for identifier, guid, enclosure, link, title, published in rows
            ]

    def state(self, podcast_id: str) -> FeedState:
        """As saved with the feed; an empty one for a podcast never fetched."""
        with self._write("can't be read") as writer:
            row = writer.execute(
                f"SELECT {', '.join(STATE)} FROM podcast WHERE id = ?", (podcast_id,)
            ).fetchone()
            if row is None:
                return FeedState()
            etag, modified, body_hash, ttl, remark, *plan = row
            return FeedState(etag, modified, body_hash, ttl, _plan(*plan), remark)

    def save_feed(self, podcast: Podcast, episodes: Sequence[StoredEpisode], state: FeedState) -> int:
        """Store a feed as fetched, as one transaction; returns how many episodes are new.

        Episodes come in the feed's order, each with its lasting id. Those no longer in the feed are
        kept. `podcast.episodes` and `podcast.unplayed` are not looked at; `refreshed` None means now."""
        with self._write() as writer, transaction(writer):
            key = save_podcast(writer, podcast, state)
            new = save_episodes(writer, key, episodes)
        with self._read() as reader:
            touched = [(one, self._progress[one]) for one in new if one in self._progress]
            reader.executemany(_HEARD, [_heard(*one) for one in touched])
        return len(new)

    def save_linked(self, url: str, link: StoredLink) -> None:
        """Keep a file that a feed points to. Those not fetched for a year before it are dropped."""
        with self._write() as writer, transaction(writer):
            save_link(writer, url, link)

    def touch(self, podcast_id: str, state: FeedState) -> None:
        """A refresh found nothing changed."""
        with self._write() as writer:
            writer.execute(
                f"UPDATE podcast SET {', '.join(f'{one} = ?' for one in STATE)}, refreshed = ?, error = ''"
                " WHERE id = ?",
                (*state.values, datetime.now(UTC).timestamp(), podcast_id),
            )

    def set_error(self, podcast_id: str, message: str, plan: Plan = _UNPLANNED) -> None:
        """A refresh failed; everything else about the podcast stays, and it need not be known yet."""
        columns = ("error", *PLAN)
        with self._write() as writer:
            writer.execute(
                f"INSERT INTO podcast (id, {', '.join(columns)}) VALUES (?{', ?' * len(columns)})"
                f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{one} = excluded.{one}' for one in columns)}",
                (podcast_id, message, *plan_values(plan)),
            )

    def remove(self, podcast_id: str) -> None:
        """Forget a podcast and its episodes."""
        with self._write() as writer, transaction(writer):
            of_podcast = "(SELECT key FROM podcast WHERE id = ?)"
            writer.execute(
                f"DELETE FROM notes WHERE episode IN (SELECT key FROM episode WHERE podcast = {of_podcast})",
                (podcast_id,),
            )
            writer.execute(f"DELETE FROM episode WHERE podcast = {of_podcast}", (podcast_id,))
            writer.execute("DELETE FROM podcast WHERE id = ?", (podcast_id,))

    def close(self) -> None:
        """Let go of the file. Reading gives nothing afterwards."""
        with self._writing, self._reading:
            self._closed = True
            self._reader.close()
            self._writer.close()
            if self._scratch is not None:
                _unlink(self._scratch)
                with suppress(OSError):
                    self._scratch.parent.rmdir()

    # How lists are read: keys in order from an index, then the rows of those keys.

    def _keys(self, selection: Selection, offset: int, limit: int) -> list[int]:
        backwards = False
        if offset > _FAR or limit < 0:
            left = max(self.count(selection) - offset, 0)
            limit = left if limit < 0 else min(limit, left)
            # The end of a long list is near when one comes from its other side.
            if left - limit < offset:
                offset, backwards = left - limit, True
        query, values = keys_query(selection, backwards=backwards)
        keys = [key for (key,) in self._select(query, {**values, "limit": limit, "offset": offset})]
        return keys[::-1] if backwards else keys

    def _episodes(self, keys: list[int]) -> list[Episode]:
        found: dict[int, Episode] = {}
        for part in _parts(keys):
            query = (
                f"SELECT e.key, {_EPISODE} FROM episode e CROSS JOIN podcast p ON p.key = e.podcast"
                f" WHERE e.key IN ({_marks(part)})"
            )
            for key, identifier, podcast, title, podcast_title, published, *rest in self._select(query, part):
                found[key] = Episode(identifier, podcast, title, podcast_title, _moment(published), *rest)
        return [found[key] for key in keys if key in found]

    # The file.

    def _select(self, query: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[Any]:
        """The rows a statement gives; none where it could not be read."""
        rows: list[Any] = []
        with self._read() as reader:
            rows += reader.execute(query, values)
        return rows

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

    def _mend(self, problem: sqlite3.Error, connection: sqlite3.Connection, *, tell: bool = True) -> None:
        with self._writing, self._reading:
            if self._closed or connection not in (self._reader, self._writer):
                return
            if _code(problem) in _UNUSABLE:
                self._reader.close()
                self._writer.close()
                self._begin_anew(problem)
                return
            line = f"the catalogue can't be read: {problem}"
            # Lists are read every few seconds, and one trouble is one line however often they are.
            tell = tell and line not in self._told
            self._told.add(line)
        if tell:
            self._tell(line)

    def _begin_anew(self, problem: Exception) -> None:
        path = self._scratch or self._path
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

        what = problem.strerror if isinstance(problem, OSError) else problem
        self._tell(
            f"the catalogue can't be kept in {self._path.parent} ({what}): it lasts until pptui is closed"
        )
        self._scratch = Path(tempfile.mkdtemp(prefix="pptui-")) / self._path.name
        self._open()

    def _open(self) -> None:
        path = self._scratch or self._path
        make_folder(path.parent)
        # SQLite would let others read it. Its -wal and -shm get the mode of the file itself.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with ExitStack() as opened:
            writer = opened.enter_context(closing(connect(path, _BUSY)))
            migrate(writer)
            reader = opened.enter_context(closing(connect(path, _BUSY_READING)))
            for statement in HEARD:
                reader.execute(statement)
            reader.executemany(_HEARD, [_heard(*one) for one in self._progress.items()])
            opened.pop_all()
        self._writer, self._reader = writer, reader


_PODCASTS = (
    "SELECT p.id, p.url, p.title, p.author, p.description, p.link, p.episodes,"
    " p.episodes - (SELECT count(*) FROM temp.heard h WHERE h.played AND h.podcast = p.key),"
    " p.refreshed, p.error, p.remark, p.due, p.hold, p.failures FROM podcast p"
)
_EPISODE = (
    "e.id, p.id, e.title, p.title, e.published, e.duration, e.enclosure, e.media_type, e.size, e.link, e.guid"
)
_HEARD = (
    "INSERT OR REPLACE INTO temp.heard (position, played, key, podcast)"
    " SELECT ?, ?, key, podcast FROM episode WHERE id = ?"
)


def _heard(episode_id: str, progress: Progress) -> tuple[object, ...]:
    return progress.position, progress.played, episode_id


def _moment(stored: float | None) -> datetime | None:
    return None if stored is None else _EPOCH + timedelta(seconds=stored)


def _podcast(row: Sequence[Any]) -> Podcast:
    *said, refreshed, error, remark, due, hold, failures = row
    return Podcast(*said, _moment(refreshed), error, remark, _plan(due, hold, failures))  # type: ignore[call-arg]


def _plan(due: float | None, hold: str, failures: int) -> Plan:
    return Plan(_moment(due), Hold(hold), failures)


def _parts(values: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _code(problem: sqlite3.Error) -> int:
    """The extended result code, 0 where the error is Python's own."""
    return getattr(problem, "sqlite_errorcode", 0)


def _unlink(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)
