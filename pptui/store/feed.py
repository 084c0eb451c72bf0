"""A feed on its way into the catalogue: what is kept of it, and only what changed is written."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pptui.models import Chapter, Episode, Plan, Podcast, Source
from pptui.store import index
from pptui.store.schema import of_rows


class StoredNotes(NamedTuple):
    """Show notes as the feed has them: the main text, others that may hold chapters, its chapters."""

    text: str = ""
    is_html: bool = False
    others: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    chapters_url: str = ""


class StoredEpisode(NamedTuple):
    """An episode on its way into the catalogue. `digest` (64 bits, signed) tells whether it has changed;
    None where that is told by what is stored."""

    episode: Episode
    notes: StoredNotes = StoredNotes()
    digest: int | None = None

    @property
    def id(self) -> str:
        return self.episode.id


@dataclass(frozen=True, slots=True)
class Uncounted:
    """What of a stored episode tells how many chapters it has; `key` and `digest` are the catalogue's."""

    key: int
    digest: int
    duration: float | None
    notes: StoredNotes


class Known(NamedTuple):
    """What an episode in a feed is recognised by as one that is stored, and the digest it was stored with."""

    id: str
    guid: str = ""
    enclosure: str = ""
    link: str = ""
    title: str = ""
    published: datetime | None = None
    digest: int | None = None


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the next request for a feed needs: the validators (RFC 9110, 8.8), a hash of the body, and when
    it is due. `ttl` is for how many seconds the feed itself says that it holds; `remark` is the podcast's."""

    etag: str = ""
    modified: str = ""
    body_hash: str = ""
    ttl: float = 0.0
    plan: Plan = field(default_factory=Plan)
    remark: str = ""

    @property
    def values(self) -> tuple[object, ...]:
        """What is written into the columns of `STATE`."""
        return (self.etag, self.modified, self.body_hash, self.ttl, self.remark, *plan_values(self.plan))


PLAN = ("due", "hold", "failures")
STATE = ("etag", "modified", "body_hash", "ttl", "remark", *PLAN)
"""Columns of a podcast."""


def plan_values(plan: Plan) -> tuple[object, ...]:
    """What is written into the columns of `PLAN`."""
    return (plan.due.timestamp() if plan.due else None, plan.hold, plan.failures)


def save_podcast(writer: sqlite3.Connection, podcast: Podcast, state: FeedState) -> int:
    """Write what a feed says of itself; returns the podcast's key."""
    columns = (
        "url",
        "title",
        "author",
        "description",
        "link",
        "refreshed",
        "error",
        *STATE,
    )
    refreshed = podcast.refreshed or datetime.now(UTC)
    # Its episodes are found by its title too.
    renamed = writer.execute(
        "SELECT e.key FROM podcast p JOIN episode e ON e.podcast = p.key WHERE p.id = ? AND p.title <> ?",
        (podcast.id, podcast.title),
    )
    index.change(writer, [key for (key,) in renamed])
    writer.execute(
        f"INSERT INTO podcast (id, {', '.join(columns)}) VALUES (?{', ?' * len(columns)})"
        f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{one} = excluded.{one}' for one in columns)}",
        (
            podcast.id,
            podcast.url,
            podcast.title,
            podcast.author,
            podcast.description,
            podcast.link,
            refreshed.timestamp(),
            podcast.error,
            *state.values,
        ),
    )
    return int(writer.execute("SELECT key FROM podcast WHERE id = ?", (podcast.id,)).fetchone()[0])


def save_episodes(
    writer: sqlite3.Connection, podcast: int, episodes: Sequence[StoredEpisode | Known]
) -> set[str]:
    """Write those that are new or changed; returns the ids of the new ones."""
    rows = writer.execute("SELECT id, key, digest, place FROM episode WHERE podcast = ?", (podcast,))
    with of_rows():
        stored = {identifier: (key, digest, int(place)) for identifier, key, digest, place in rows}
    new: dict[str, tuple[object, ...]] = {}
    new_notes: dict[str, tuple[object, ...]] = {}
    # From the last item to the first; of two with the same id the first in the feed counts.
    feed = {one.id: one for one in reversed(episodes)}
    # What is no longer in the feed comes after all that is.
    place = max((rest[2] for identifier, rest in stored.items() if identifier not in feed), default=-1)
    for identifier, one in feed.items():
        key, old_digest, old_place = stored.get(identifier, (None, None, -1))
        place = max(place + 1, old_place)
        digest = _digest(one)
        if isinstance(one, StoredEpisode) and digest != old_digest:
            fields, notes = _episode_values(one.episode), _notes_values(one.notes)
            if key is None:
                new[identifier] = (identifier, podcast, place, digest, *fields)
                new_notes[identifier] = notes
            else:
                index.change(writer, [key])
                writer.execute(_UPDATE, (place, digest, *fields, key))
                writer.execute(_NOTES, (key, *notes))
                writer.execute("DELETE FROM chapter_count WHERE episode = ?", (key,))
        elif key is None:
            raise sqlite3.IntegrityError("an episode is gone that was there when its feed was read")
        elif place != old_place:
            writer.execute("UPDATE episode SET place = ? WHERE key = ?", (place, key))
    keys = _insert(writer, podcast, new)
    writer.executemany(_NOTES, ((key, *new_notes[identifier]) for identifier, key in keys.items()))
    index.wait(writer, keys.values())
    writer.execute(
        "UPDATE podcast SET episodes = (SELECT count(*) FROM episode WHERE podcast = :key),"
        " newest = (SELECT max(published) FROM episode WHERE podcast = :key) WHERE key = :key",
        {"key": podcast},
    )
    return set(keys)


def _insert(
    writer: sqlite3.Connection, podcast: int, rows: Mapping[str, tuple[object, ...]]
) -> dict[str, int]:
    """Write new episodes, given by their ids; returns their keys."""
    if not rows:
        return {}
    writer.executemany(_INSERT, rows.values())
    # An id that another podcast has already stays with that one.
    found = writer.execute(
        "SELECT e.id, e.key FROM json_each(?) given CROSS JOIN episode e ON e.id = given.value"
        " WHERE e.podcast = ?",
        (json.dumps(list(rows)), podcast),
    )
    return dict(found)


def _digest(one: StoredEpisode | Known) -> int | None:
    if one.digest is not None or isinstance(one, Known):
        return one.digest
    from hashlib import blake2b

    content = repr((_episode_values(one.episode), _notes_values(one.notes)))
    encoded = content.encode("utf-8", "backslashreplace")
    return int.from_bytes(blake2b(encoded, digest_size=8).digest(), signed=True)


_FIELDS = ("title", "published", "duration", "enclosure", "media_type", "size", "link", "guid")
_INSERT = (
    f"INSERT INTO episode (id, podcast, place, digest, {', '.join(_FIELDS)})"
    f" VALUES (?, ?, ?, ?{', ?' * len(_FIELDS)}) ON CONFLICT (id) DO NOTHING"
)
_UPDATE = (
    f"UPDATE episode SET place = ?, digest = ?, {', '.join(f'{one} = ?' for one in _FIELDS)} WHERE key = ?"
)
_NOTES = (
    "INSERT OR REPLACE INTO notes (episode, text, is_html, others, chapters, chapters_url)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)


def _episode_values(episode: Episode) -> tuple[object, ...]:
    size = episode.size
    return (
        episode.title,
        episode.published.timestamp() if episode.published else None,
        episode.duration if episode.duration is not None and math.isfinite(episode.duration) else None,
        episode.enclosure,
        episode.media_type,
        size if size is not None and 0 <= size < 2**63 else None,  # what an INTEGER holds
        episode.link,
        episode.guid,
    )


def _notes_values(notes: StoredNotes) -> tuple[object, ...]:
    others = json.dumps(notes.others) if notes.others else "[]"
    chapters = chapters_to(notes.chapters) if notes.chapters else "[]"
    return (notes.text, notes.is_html, others, chapters, notes.chapters_url)


def chapters_to(chapters: Iterable[Chapter]) -> str:
    """Chapters as a column has them."""
    return json.dumps([[one.start, one.title, one.end, one.source, one.link, one.image] for one in chapters])


def notes_from(row: Sequence[Any]) -> StoredNotes:
    """What is in the columns of the table `notes` but the first."""
    text, is_html, others, chapters, url = row
    return StoredNotes(text, bool(is_html), tuple(map(str, json.loads(others))), chapters_from(chapters), url)


def chapters_from(stored: str) -> tuple[Chapter, ...]:
    """The chapters in a column of that name."""
    return tuple(
        Chapter(float(start), str(title), end and float(end), Source(source), str(link), str(image))
        for start, title, end, source, link, image in json.loads(stored)
    )
