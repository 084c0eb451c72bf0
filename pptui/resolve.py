"""What is meant by a SOURCE on the command line: its content decides, never its name.

An http(s) address or a file is a feed, audio, a chapters file or show notes; anything else is an
episode's id or a subscription. `-` is standard input.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TypeVar
from urllib.parse import unquote, urlsplit

from pptui import text
from pptui.chapters import formats, notes
from pptui.episodes import detail
from pptui.models import Chapter, Episode, Podcast, Source
from pptui.services import ServiceError, Services, UnknownPodcast
from pptui.shell import named
from pptui.store.feed import StoredEpisode
from pptui.store.selection import Kind, Selection
from pptui.subscriptions.adding import lasting

Item = TypeVar("Item")

HEAD = 64 * 1024
"""Bytes by which the kind of a file is told."""

LIMIT = 64 * 1024 * 1024
"""Bytes of a feed or of show notes."""

_LOOK_BACK = 100
"""So many of the newest episodes are looked at for one that has audio."""

_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))


@dataclass(frozen=True, slots=True)
class Audio:
    """Something for mpv: an absolute path or an http(s) address."""

    source: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that was read for this: its episodes, newest first, with their notes; `source` is where it is,
    an address or a path."""

    episodes: Sequence[StoredEpisode]
    source: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of chapters alone, in any of the formats that are known."""

    chapters: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """Show notes, HTML or not."""

    text: str


def find(services: Services, source: str) -> Audio | Feed | Listed | Prose | Podcast | Episode:
    """What `source` is. Raises ServiceError, and OSError for a file that can't be read."""
    if source == "-":
        return _read(services, sys.stdin.buffer, "")
    if address := text.safe_url(source):
        subscribed = next((one for one in services.podcasts() if one.url == address), None)
        return subscribed or _fetch(services, address)
    path = Path(os.path.expanduser(source))
    # A name may be too long to be asked for; then it is no file's.
    if source and "\0" not in source and len(os.fsencode(source)) < 4096 and os.path.exists(path):
        with path.open("rb") as file:
            return _read(services, file, lasting(path))
    if (episode := services.episode(source)) is not None:
        return episode
    try:
        return services.podcast(source)
    except UnknownPodcast:
        raise ServiceError(f"there is no file, episode or subscription {named(source)!r}") from None


@dataclass(frozen=True, slots=True)
class Chapters:
    """The chapter lists of something, none of them empty, the most trusted source first; `duration` is
    its length in seconds where known, and so where the last chapter of each ends."""

    title: str
    lists: tuple[tuple[Chapter, ...], ...]
    duration: float | None

    def best(self, origin: Source | None = None) -> tuple[Chapter, ...]:
        """The list to show, of this source alone if one is given; () where there is none."""
        chosen = [one for one in self.lists if origin is None or one[0].source is origin]
        return next(iter(detail.arranged(chosen, self.duration)), ())


def chapters(
    services: Services,
    source: str,
    *,
    episode: int | None = None,
    duration: float | None = None,
) -> Chapters:
    """The chapter lists of `source`, each with its ends where those can be known.

    `episode` counts from 1, the newest, where it is a feed; `duration` is in seconds, for what does
    not tell it. Waits for files and servers; raises ServiceError."""
    found = find(services, source)
    if isinstance(found, Feed):
        found = services.origins.visit(_nth(found.episodes, episode or 1), found.source)
    elif isinstance(found, Podcast):
        found = _nth(_newest(services, found, episode or 1), episode or 1)
    elif episode is not None:
        raise ServiceError(f"{named(source)} is not a feed: it has no episode {episode}")
    title = ""
    if isinstance(found, Audio):
        title = _stem(found.source)
        lists = _of_audio(services, found.source)
    elif isinstance(found, Listed):
        lists = [found.chapters]
    elif isinstance(found, Prose):
        lists = [notes.from_notes(found.text, duration=duration)]
    else:
        title, duration = found.title, duration or found.duration
        lists = services.chapter_lists(found._replace(duration=duration))
    ended = (arranged for one in lists for arranged in detail.arranged([one], duration))
    return Chapters(title, tuple(ended), duration)


def _of_audio(services: Services, source: str, asker: str | None = None) -> list[tuple[Chapter, ...]]:
    """What is in an audio file (absolute path) or at an address, then what lies beside the file.

    `asker` is the feed that names it, None where the user does. Raises ServiceError where it can't be
    opened and nothing lies beside it."""
    near: tuple[Chapter, ...] = ()
    if source.startswith("/"):
        from pptui.chapters.beside import beside

        near = beside(Path(source))
    inside = _read_inside(source, asker)
    if not inside:
        try:
            inside = embedded(services, source, asker)
        except ServiceError:
            if not near:
                raise
    return [inside, near]


def _read_inside(source: str, asker: str | None) -> tuple[Chapter, ...]:
    """What our own readers find in the file: with links and pictures, which mpv does not tell."""
    if not source.startswith("/"):
        from pptui.feeds.ranges import embedded_at

        return embedded_at(source, asker=asker)
    from pptui.chapters.embedded import read

    try:
        with open(source, "rb") as file:
            return read(file, os.fstat(file.fileno()).st_size)
    except OSError:
        return ()


def playable(services: Services, source: str) -> Episode:
    """The episode to play: of a feed the newest that has audio. Raises ServiceError where there is none."""
    found = find(services, source)
    if isinstance(found, Prose | Listed):
        raise ServiceError(f"{named(source)} is neither audio nor a feed")
    if isinstance(found, Audio):
        return _stray(services, found.source)
    if isinstance(found, Episode):
        candidates = [found]
    elif isinstance(found, Podcast):
        candidates = _newest(services, found, _LOOK_BACK)
    else:
        candidates = [services.origins.visit(one, found.source) for one in found.episodes[:_LOOK_BACK]]
    for episode in candidates:
        if episode.enclosure:
            return episode
    raise ServiceError(f"there is nothing to play in {named(source)}")


def starts(services: Services, episode: Episode) -> list[float]:
    """Seconds at which the episode's chapters begin, from the file itself where nothing else tells them.

    Raises ServiceError where the file can't be opened."""
    known = services.detail(episode).chapters
    if not known:
        known = Chapters(
            "",
            tuple(filter(None, _of_audio(services, episode.enclosure, services.origins.home(episode)))),
            None,
        ).best()
    return [one.start for one in known if not one.hidden]


def embedded(services: Services, source: str, asker: str | None = None) -> tuple[Chapter, ...]:
    """The chapters in an audio file (absolute path) or at an address. Waits; raises ServiceError."""
    from pptui.feeds import nearby
    from pptui.player import probe

    if asker is not None and (why := nearby.astray(source, asker)):
        raise ServiceError(why)
    try:
        return probe.opened(source, services.config.mpv).chapters
    except probe.ProbeError as problem:
        raise ServiceError(f"{named(source)}: {problem}") from problem


def is_media(head: bytes) -> bool:
    """Whether these first bytes of something are audio or video rather than text of any kind."""
    if head.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE + b"<", codecs.BOM_UTF16_BE + b"\0<")):
        return False
    if head.lstrip()[:1] == b"<" or head[:2] == b"\0<":
        return False
    return b"\0" in head or len(head.translate(None, _CONTROLS)) < len(head) * 0.98


def _nth(items: Sequence[Item], number: int) -> Item:
    if number > len(items):
        raise ServiceError(f"there is no episode {number}: the feed has {len(items)}")
    return items[number - 1]


def _newest(services: Services, podcast: Podcast, count: int) -> list[Episode]:
    """The newest episodes of a subscription; fetched now if the catalogue has none."""
    selection = Selection(Kind.PODCAST, podcast.id)
    if not podcast.episodes:
        for outcome in services.refresh([podcast.id]):
            if outcome.error or not outcome.asked:
                raise ServiceError(f"{podcast.title}: {outcome.words()}")
    return services.catalogue.episodes(selection, 0, count)


def _stray(services: Services, source: str) -> Episode:
    """Audio that is in no feed: known by where it is, so that it resumes."""
    identifier = (
        "audio-" + hashlib.blake2b(source.encode("utf-8", "surrogateescape"), digest_size=10).hexdigest()
    )
    known = services.episode(identifier)
    if known is not None:
        return known
    return Episode(id=identifier, podcast="", title=_stem(source) or named(source), enclosure=source)


def _stem(source: str) -> str:
    """The name of a file or in an address, without its ending."""
    path = source if source.startswith("/") else unquote(urlsplit(source).path)
    name = text.line(path.rstrip("/").rpartition("/")[2])
    return name.rpartition(".")[0] or name


def _read(services: Services, file: IO[bytes], path: str) -> Audio | Feed | Listed | Prose:
    head = file.read(HEAD)
    if is_media(head):
        if not path:
            raise ServiceError("audio can't be read from standard input: give the file")
        return Audio(path)
    body = head + file.read(LIMIT + 1 - len(head))
    if len(body) > LIMIT:
        raise ServiceError(f"{named(path or '-')} is larger than {LIMIT // 2**20} MiB")
    return _written(services, body, path, path)


def _fetch(services: Services, address: str) -> Audio | Feed | Listed | Prose:
    from pptui.feeds.failures import FetchError

    try:
        fetched = services.fetcher.fetch(address, enough=_is_audio)
    except FetchError as problem:
        raise ServiceError(f"{named(address)}: {problem}") from problem
    body = fetched.body or b""
    if _is_audio(fetched.content_type, body[:HEAD]):
        return Audio(address)
    return _written(services, body, fetched.moved_to or address, fetched.url, fetched.content_type)


def _is_audio(content_type: str, head: bytes) -> bool:
    return content_type.lower().startswith(("audio/", "video/")) or is_media(head)


def _written(
    services: Services, body: bytes, source: str, base: str, content_type: str = ""
) -> Feed | Listed | Prose:
    """`source` is what the feed would be subscribed to by, `base` where its relative addresses start."""
    from pptui.feeds.source import decode, markup

    if not markup(body, content_type).is_feed:
        listed = formats.recognised(body)
        return Prose(decode(body, content_type)) if listed is None else Listed(listed)
    from pptui.feeds.answer import identified, stored
    from pptui.feeds.identity import podcast_id
    from pptui.feeds.parsed import FeedError
    from pptui.feeds.reading import Reading

    try:
        with Reading() as reading:
            feed = reading.read(body, base, content_type)()
    except FeedError as problem:
        raise ServiceError(f"{named(source or '-')}: {problem}") from problem
    podcast = podcast_id(source)
    pairs = identified(podcast, feed.episodes, services.catalogue.known(podcast), services.library)
    found = [stored(identifier, one, podcast, feed.title) for identifier, one in pairs]
    never = datetime.min.replace(tzinfo=UTC)
    # The sort keeps what is equal in the feed's order; undated episodes come last.
    ordered = sorted(found, key=lambda one: one.episode.published or never, reverse=True)
    return Feed(ordered, source or "/")  # what comes by standard input is on this machine
