"""What can be fetched again: feeds as last fetched, their episodes, notes and chapters. SQLite.

Nothing of the user's is in it: deleting it loses nothing but the time of a refresh.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

# What stores, searches and compares is loaded when it is used: the first screen only reads lists.
from pptui.models import Chapter, Episode, Hold, Plan, Podcast, Progress
from pptui.store.catalogue_file import CatalogueFile, StoreError, in_one
from pptui.store.files import nobody
from pptui.store.heard import Heard
from pptui.store.keys import Keys, read_keys
from pptui.store.schema import of_rows, transaction
from pptui.store.selection import Selection
from pptui.times import sayable

if TYPE_CHECKING:
    from pptui.store.feed import FeedState, Known, StoredEpisode, StoredNotes, Uncounted
    from pptui.store.links import StoredLink
    from pptui.store.search import Finder, Match
    from pptui.text.folding import Term

__all__ = ["Catalogue", "StoreError"]

_UNPLANNED = Plan()
_EPOCH = datetime.fromtimestamp(0, UTC)
_PART = 4096  # rows in one answer of many: reading it holds up all other threads
_FEW = 1000  # episodes of a list that may be looked at for a page of them


class Catalogue(CatalogueFile):
    """The catalogue file. Any thread may use it.

    Reading never waits for writing: there is a connection for each (SQLite in WAL mode). The methods
    that belong to a refresh (`known`, `state`, `touch`, `set_error`, `remove`, `index_waiting`) and all
    `save_…` use the writing one and may wait for each other: they are not for the interface's thread, and
    raise StoreError. The others don't raise, and answer in a few milliseconds at any size, but for `heard`,
    `similar`, `search`, `uncounted` and whole lists (`keys`, `first` and `episodes` without a limit), which
    are for a thread of their own. A damaged file, or one of another version, is set aside and the catalogue
    begun anew, with a line to `on_problem`."""

    def __init__(self, path: Path, *, on_problem: Callable[[str], None] = nobody) -> None:
        self._progress: dict[str, Progress] = {}
        self._heard = Heard()
        self._changes = 0  # to what was heard, and to the file that it is told to
        self._dropped: frozenset[int] = frozenset()
        self._all_heard: Callable[[], Mapping[str, Progress]] = dict
        self._subscribed: Callable[[], Iterable[str]] | None = None
        self._finder: Finder | None = None  # none was needed yet
        super().__init__(path, on_problem)

    def _opened(self) -> None:
        if self._finder is not None:
            self._finder.close()
        self._finder = None
        self._changes += 1  # who is finding out what was heard has the keys of the file before
        self._heard = Heard()
        self._dropped = frozenset()

    def _replaced(self) -> None:
        self.heard(self._all_heard)
        if self._subscribed is not None:
            self.subscribed(self._subscribed)

    # Lists.

    def podcasts(self) -> list[Podcast]:
        """All podcasts by title. One whose feed was never fetched may have no title yet."""
        found = self._select(_PODCASTS, make=self._podcast)
        return sorted(found, key=lambda one: one.title.casefold())

    def podcast(self, podcast_id: str) -> Podcast | None:
        return next(iter(self._select(f"{_PODCASTS} WHERE id = ?", (podcast_id,), self._podcast)), None)

    def _podcast(self, row: Sequence[Any]) -> Podcast:
        key, *texts, episodes, refreshed, error, remark, due, hold, failures = row
        unplayed = episodes - self._heard.played_of[key]
        _are_texts(*texts, error, remark)
        plan = _plan(due, hold, failures)
        columns = [*texts, episodes, unplayed, _moment(refreshed), error, remark, plan]
        return Podcast(*columns)

    def keys(self, selection: Selection, within: int | None = None) -> Keys:
        """A list as the keys of its episodes in their order, for `by_key`.

        With `within`, only so many episodes are looked at: a millisecond for thousands. Without, the
        whole list, on a connection of its own: for a thread of its own where there may be very many."""
        read = partial(
            read_keys, selection=selection, heard=self._heard, dropped=self._dropped, within=within
        )
        found = [Keys(array("q"), 0)]
        if within is None:
            return self._aside(read, *found)
        with self._read() as reader, of_rows():
            found.append(read(reader))
        return found[-1]

    def by_key(self, keys: Sequence[int]) -> list[tuple[Episode, int | None] | None]:
        """Episodes by the catalogue's own keys, each with the number of its chapters, None where not counted
        yet; None for an episode that has gone."""
        found = dict(self._all(_BY_KEY, keys, _row))
        return [found.get(key) for key in keys]

    def chapter_counts(self, episode_ids: Collection[str]) -> dict[str, int]:
        """How many chapters episodes have, of those where they were counted; -1: in a file of their own."""
        return dict(self._all(_COUNTS, episode_ids, lambda row: (row[0], int(row[1]))))

    def first(self, selection: Selection, number: int | None = None) -> Sequence[int]:
        """The keys of the first episodes of a list, or all; no more is looked at than need be."""
        found = self.keys(selection, None if number is None else max(number, _FEW))
        if number is not None and len(found.keys) < number and not found.complete:
            found = self.keys(selection)
        return found.keys[:number]

    def episodes(self, selection: Selection, offset: int = 0, limit: int = 100) -> list[Episode]:
        """A part of a list; a `limit` below 0 gives all from `offset` on."""
        start = max(offset, 0)
        keys = self.first(selection, None if limit < 0 else start + limit)[start:]
        return [one[0] for one in self.by_key(keys) if one is not None]

    def episode(self, episode_id: str) -> Episode | None:
        keys = [key for (key,) in self._select("SELECT key FROM episode WHERE id = ?", (episode_id,))]
        return next((one[0] for one in self.by_key(keys) if one is not None), None)

    def notes(self, episode_id: str) -> StoredNotes:
        """The show notes of an episode; empty ones for one that is not in the catalogue."""
        from pptui.store.feed import StoredNotes, notes_from

        rows = self._select(
            f"SELECT {_NOTES} FROM notes n WHERE episode = (SELECT key FROM episode WHERE id = ?)",
            (episode_id,),
            notes_from,
        )
        return next(iter(rows), StoredNotes())

    def similar(self, episode: Episode, notes: StoredNotes, limit: int) -> list[Episode]:
        """Episodes about the same as one, the likest first; it need not be in the catalogue. For a thread
        of its own: tens of milliseconds."""
        from pptui.store.similar import About, similar  # the first screen compares nothing

        known = next(
            (key for (key,) in self._select("SELECT key FROM episode WHERE id = ?", (episode.id,))), None
        )
        about = About(known, episode.title, notes.text, notes.is_html)
        keys: list[int] = self._aside(lambda reader: similar(reader, about, self._dropped, limit), [])
        return [one[0] for one in self.by_key(keys) if one is not None]

    def linked(self, url: str) -> StoredLink | None:
        """A file that a feed points to, as saved with `save_linked`; None where there is none."""
        from pptui.store.links import LINK, link_from

        return next(iter(self._select(LINK, (url,), link_from)), None)

    def search(self, wanted: Sequence[Term], limit: int) -> list[Match] | None:
        """Episodes of subscribed podcasts that have all the terms, the best first: see `pptui.store.search`.

        None where another search was asked for meanwhile. For a thread of its own."""
        from pptui.store.search import Finder

        self._follow()
        with self._reading:
            if self._closed:
                return []
            if self._finder is None:
                self._finder = Finder(self.path)
            finder, reader = self._finder, self._reader
        try:
            return finder.find(wanted, limit, self._dropped)
        except sqlite3.Error as problem:
            self._mend(problem, reader)
        return []

    def texts(self, keys: Sequence[int]) -> dict[int, tuple[StoredNotes, tuple[Chapter, ...]]]:
        """By episodes' keys: the show notes, and the chapters learnt from elsewhere than the feed."""
        from pptui.store.feed import chapters_from, notes_from

        def texts(row: Sequence[Any]) -> tuple[int, tuple[StoredNotes, tuple[Chapter, ...]]]:
            key, learnt, *rest = row
            return key, (notes_from(rest), chapters_from(learnt))

        return dict(self._all(_TEXTS, keys, texts))

    # Chapters, counted behind.

    def uncounted(self) -> Sequence[int]:
        """Keys of the episodes whose chapters were not counted since their notes changed, newest first."""
        return self._aside(lambda reader: in_one(reader, _UNCOUNTED), [])

    def to_count(self, keys: Sequence[int]) -> list[Uncounted]:
        """What tells their chapters."""
        from pptui.store.feed import Uncounted, notes_from

        def uncounted(row: Sequence[Any]) -> Uncounted:
            key, digest, duration, *notes = row
            return Uncounted(key, int(digest), _number(duration), notes_from(notes))

        return self._all(_TO_COUNT, keys, uncounted)

    def save_chapter_counts(self, counts: Iterable[tuple[int, int, int]]) -> None:
        """Keep counts by key and digest: of episodes that have changed meanwhile, none. Raises StoreError."""
        with self._write() as writer, transaction(writer):
            writer.executemany(
                "INSERT OR REPLACE INTO chapter_count (chapters, episode)"
                " SELECT ?3, key FROM episode WHERE key = ?1 AND digest = ?2",
                counts,
            )

    @property
    def version(self) -> int:
        """Another number whenever something was saved, by this process or another."""
        self._follow()
        return next((hash((self._file, found)) for (found,) in self._select("PRAGMA data_version")), 0)

    # What was heard.

    def heard(self, progress: Callable[[], Mapping[str, Progress]]) -> None:
        """Tell the catalogue everything that was heard: lists and counts are made with it.

        Again when another process has changed the library or the catalogue. `progress` is asked here, and
        again where something was heard meanwhile: for a thread of its own."""
        self._all_heard = progress
        while True:
            before = self._changes
            known = dict(progress())
            heard = self._aside(partial(_learnt, progress=known), None)
            with self._reading:
                if self._changes == before:
                    self._changes += 1
                    self._progress, self._heard = known, heard or self._heard
                    return

    def heard_changed(self, progress: Mapping[str, Progress]) -> None:
        """Tell the catalogue what was heard of these episodes; all others stay as they are."""
        with self._read() as reader:
            self._progress.update(progress)
            self._learn(reader, progress)

    def _learn(self, reader: sqlite3.Connection, progress: Mapping[str, Progress]) -> None:
        self._changes += len(progress)
        _learn(reader, self._heard, progress)

    def subscribed(self, podcast_ids: Callable[[], Iterable[str]]) -> None:
        """Tell the catalogue which podcasts are subscribed to: of others it lists nothing under all and new.

        They stay, so that taking an unsubscribing back costs no refresh, until `remove`. `podcast_ids` is
        asked while nobody else can tell."""
        with self._read() as reader:
            self._subscribed = podcast_ids
            known = json.dumps(list(podcast_ids()))
            query = "SELECT key FROM podcast WHERE id NOT IN (SELECT value FROM json_each(?))"
            self._dropped = frozenset(key for (key,) in reader.execute(query, (known,)))

    # Refreshing.

    def known(self, podcast_id: str) -> list[Known]:
        """All stored episodes of a podcast, for telling which of a feed's are new."""
        from pptui.store.feed import Known

        with self._write("can't be read") as writer:
            rows = writer.execute(
                "SELECT id, guid, enclosure, link, title, published, digest FROM episode"
                " WHERE podcast = (SELECT key FROM podcast WHERE id = ?) ORDER BY published DESC, place DESC",
                (podcast_id,),
            )
            with of_rows():
                return [
                    Known(identifier, guid, enclosure, link, title, _moment(published), digest)
                    for identifier, guid, enclosure, link, title, published, digest in rows
                ]

    def state(self, podcast_id: str) -> FeedState:
        """As saved with the feed; an empty one for a podcast never fetched."""
        from pptui.store.feed import STATE, FeedState

        with self._write("can't be read") as writer:
            row = writer.execute(
                f"SELECT {', '.join(STATE)} FROM podcast WHERE id = ?", (podcast_id,)
            ).fetchone()
            if row is None:
                return FeedState()
            etag, modified, body_hash, ttl, remark, *plan = row
            with of_rows():
                return FeedState(etag, modified, body_hash, float(ttl), _plan(*plan), remark)

    def save_feed(self, podcast: Podcast, episodes: Sequence[StoredEpisode | Known], state: FeedState) -> int:
        """Store a feed as fetched, as one transaction; returns how many episodes are new.

        Episodes come in the feed's order, each with its lasting id; those that are `Known` stay as they
        are, and so do those no longer in the feed. `podcast.episodes` and `podcast.unplayed` are not
        looked at; `refreshed` None means now."""
        from pptui.store import index
        from pptui.store.feed import save_episodes, save_podcast

        with self._write() as writer, transaction(writer):
            key = save_podcast(writer, podcast, state)
            new = save_episodes(writer, key, episodes)
            if index.waiting(writer) >= index.BATCH:
                index.index_batch(writer)
        with self._read() as reader:
            self._learn(reader, {one: self._progress[one] for one in new if one in self._progress})
        return len(new)

    def save_linked(self, url: str, link: StoredLink) -> None:
        """Keep a file that a feed points to. Those not fetched for a year before it are dropped."""
        from pptui.store.links import save_link

        with self._write() as writer, transaction(writer):
            save_link(writer, url, link)

    def save_chapters(self, episode_id: str, chapters: Iterable[Chapter]) -> None:
        """Have an episode found by chapters that are not in its feed, once they are indexed."""
        from pptui.store import index
        from pptui.store.feed import chapters_to

        with self._write() as writer, transaction(writer):
            index.learn(writer, episode_id, chapters_to(chapters))

    def index_waiting(self) -> bool:
        """Have everything found that was saved: seconds where a whole library is new. False where all was."""
        from pptui.store import index

        waited = False
        while self._select(index.PENDING, (index.MADE,)):
            waited = True
            with self._write() as writer, transaction(writer):
                index.index_batch(writer)
        return waited

    def touch(self, podcast_id: str, state: FeedState) -> None:
        """A refresh found nothing changed."""
        from pptui.store.feed import STATE

        with self._write() as writer:
            writer.execute(
                f"UPDATE podcast SET {', '.join(f'{one} = ?' for one in STATE)}, refreshed = ?, error = ''"
                " WHERE id = ?",
                (*state.values, datetime.now(UTC).timestamp(), podcast_id),
            )

    def set_error(self, podcast_id: str, message: str, plan: Plan = _UNPLANNED) -> None:
        """A refresh failed; everything else about the podcast stays, and it need not be known yet."""
        from pptui.store.feed import PLAN, plan_values

        columns = ("error", *PLAN)
        with self._write() as writer:
            writer.execute(
                f"INSERT INTO podcast (id, {', '.join(columns)}) VALUES (?{', ?' * len(columns)})"
                f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{one} = excluded.{one}' for one in columns)}",
                (podcast_id, message, *plan_values(plan)),
            )

    def remove(self, podcast_id: str) -> None:
        """Forget a podcast and its episodes."""
        from pptui.store import index

        with self._write() as writer, transaction(writer):
            of_podcast = "(SELECT key FROM podcast WHERE id = ?)"
            gone = writer.execute(f"SELECT key FROM episode WHERE podcast = {of_podcast}", (podcast_id,))
            index.forget(writer, [key for (key,) in gone])
            for table in ("notes", "chapter_count"):
                keys = f"SELECT key FROM episode WHERE podcast = {of_podcast}"
                writer.execute(f"DELETE FROM {table} WHERE episode IN ({keys})", (podcast_id,))
            writer.execute(f"DELETE FROM episode WHERE podcast = {of_podcast}", (podcast_id,))
            writer.execute("DELETE FROM podcast WHERE id = ?", (podcast_id,))

    def close(self) -> None:
        with self._writing, self._reading:
            if self._finder is not None:
                self._finder.close()
            super().close()


_PODCASTS = (
    "SELECT key, id, url, title, author, description, link, episodes, refreshed, error, remark, due, hold,"
    " failures FROM podcast"
)
_BY_KEY = (
    "SELECT json_group_array(json_array(e.key, c.chapters, e.id, p.id, e.title, p.title,"
    # JSON has fifteen digits of a number: enough for seconds, not for a moment.
    " CAST(round(e.published * 1000000) AS INTEGER), e.duration, e.enclosure, e.media_type, e.size,"
    " e.link, e.guid))"
    " FROM episode e CROSS JOIN podcast p ON p.key = e.podcast"
    " LEFT JOIN chapter_count c ON c.episode = e.key WHERE e.key IN (SELECT value FROM json_each(?))"
)
_COUNTS = (
    "SELECT json_group_array(json_array(e.id, c.chapters)) FROM json_each(?) given"
    " CROSS JOIN episode e ON e.id = given.value CROSS JOIN chapter_count c ON c.episode = e.key"
)
_UNCOUNTED = (
    "SELECT json_group_array(key) FROM (SELECT key FROM episode"
    " WHERE key NOT IN (SELECT episode FROM chapter_count) ORDER BY published DESC LIMIT -1)"
)
_TO_COUNT = (
    # As a text: a digest has more digits than JSON's numbers.
    "SELECT json_group_array(json_array(e.key, CAST(e.digest AS TEXT), e.duration,"
    " n.text, n.is_html, n.others, n.chapters, n.chapters_url))"
    " FROM episode e CROSS JOIN notes n ON n.episode = e.key WHERE e.key IN (SELECT value FROM json_each(?))"
)
_NOTES = "n.text, n.is_html, n.others, n.chapters, n.chapters_url"
_TEXTS = (
    f"SELECT json_group_array(json_array(n.episode, coalesce(l.chapters, '[]'), {_NOTES}))"
    " FROM json_each(?) given CROSS JOIN notes n ON n.episode = given.value"
    " LEFT JOIN learnt l ON l.episode = n.episode"
)
_BY_ID = (
    "SELECT json_group_array(json_array(e.id, e.key, e.podcast))"
    " FROM json_each(?) given CROSS JOIN episode e ON e.id = given.value"
)


def _learnt(reader: sqlite3.Connection, progress: Mapping[str, Progress]) -> Heard:
    heard = Heard()
    _learn(reader, heard, progress)
    return heard


def _learn(reader: sqlite3.Connection, heard: Heard, progress: Mapping[str, Progress]) -> None:
    identifiers = list(progress)
    for start in range(0, len(identifiers), _PART):
        for identifier, key, podcast in in_one(reader, _BY_ID, identifiers[start : start + _PART]):
            heard.put(key, podcast, progress[identifier])


def _are_texts(*values: object) -> None:
    for value in values:
        if not isinstance(value, str):
            raise TypeError(f"no text: {value!r}")


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _row(row: Sequence[Any]) -> tuple[int, tuple[Episode, int | None]]:
    key, chapters, *fields = row
    return key, (_episode(fields), None if chapters is None else int(chapters))


def _moment(stored: float | None) -> datetime | None:
    return None if stored is None else _sayable(timedelta(seconds=stored))


def _sayable(since: timedelta) -> datetime:
    at = _EPOCH + since
    if not sayable(at):
        raise ValueError(f"no date: {at}")
    return at


def _plan(due: float | None, hold: str, failures: int) -> Plan:
    return Plan(_moment(due), Hold(hold), failures)


def _episode(fields: Sequence[Any]) -> Episode:
    identifier, podcast, title, podcast_title, published, duration, enclosure, kind, size, *rest = fields
    moment = None if published is None else _sayable(timedelta(microseconds=published))
    _are_texts(identifier, podcast, title, podcast_title, enclosure, kind, *rest)
    size = None if size is None else int(size)
    return Episode(
        identifier, podcast, title, podcast_title, moment, _number(duration), enclosure, kind, size, *rest
    )
