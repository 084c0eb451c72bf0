"""Bring podcasts up to date: fetch, skip what has not changed, parse, store; each feed on its own."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pptui import text
from pptui.feeds import identity
from pptui.feeds.failures import FetchError, megabytes, system
from pptui.feeds.fetch import LIMIT, Fetched, Fetcher, Validators
from pptui.feeds.gather import Rest, gather
from pptui.feeds.parse import FeedError, ParsedEpisode, ParsedFeed, parse
from pptui.models import Episode, Podcast, Subscription
from pptui.store.catalogue import Catalogue, FeedState, Known, StoredEpisode, StoredNotes, StoreError
from pptui.store.library import Library


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a refresh of one podcast brought. `error` is one plain line, empty when all went well."""

    podcast: str
    title: str
    new: int = 0
    changed: bool = False
    moved_to: str = ""
    error: str = ""


def get(url: str, fetcher: Fetcher, validators: Validators, cancel: threading.Event | None) -> Fetched:
    """The feed at an http(s) address or an absolute path. Raises FetchError."""
    if url.startswith("/"):
        return Fetched(url, read_local(Path(url)), Validators(), "")
    return fetcher.fetch(url, validators, cancel=cancel)


def read_local(path: Path, limit: int = LIMIT) -> bytes:
    """The bytes of a feed that is a file. Raises FetchError, also for what is no ordinary file or too big."""
    name = text.line(path, 200)
    try:
        # A pipe or a device would be waited for: O_NONBLOCK opens it, and fstat tells.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FetchError(f"{name} is not a file")
            body = file.read(limit + 1)
    except FileNotFoundError:
        raise FetchError(f"{name} is not there") from None
    except IsADirectoryError:
        raise FetchError(f"{name} is not a file") from None
    except (OSError, ValueError) as problem:
        raise FetchError(f"{name} can't be read: {system(problem)}") from None
    if len(body) > limit:
        raise FetchError(f"{name} has more than {megabytes(limit)}")
    return body


def state_of(fetched: Fetched, before: FeedState) -> FeedState:
    """What the next request and the next comparison need; `before` holds where nothing was modified."""
    body = fetched.body
    return FeedState(
        etag=fetched.validators.etag,
        modified=fetched.validators.modified,
        body_hash=before.body_hash if body is None else hashlib.blake2b(body, digest_size=16).hexdigest(),
    )


def store(
    subscription: Subscription,
    feed: ParsedFeed,
    known: Sequence[Known],
    catalogue: Catalogue,
    library: Library,
    state: FeedState,
) -> int:
    """Put a parsed feed into the catalogue, where `known` are its episodes; how many of them are new."""
    title = feed.title or subscription.title
    podcast = Podcast(
        id=subscription.id,
        url=subscription.url,
        title=title,
        author=feed.author,
        description=feed.description,
        link=feed.link,
        refreshed=datetime.now(UTC),
    )
    pairs = identified(subscription.id, feed.items, known, library)
    episodes = [
        one if isinstance(one, Known) else stored(identifier, one, subscription.id, title)
        for identifier, one in pairs
    ]
    return catalogue.save_feed(podcast, episodes, state)


def identified(
    podcast_id: str, items: Sequence[identity.Item], known: Sequence[Known], library: Library
) -> list[tuple[str, identity.Item]]:
    """The items of a feed in its order, each with the id it has or will have in the catalogue."""
    # What was heard outlives the catalogue, which may be deleted and filled again bit by bit.
    heard = [episode for episode, _ in library.touched(podcast_id)]
    return identity.assign(podcast_id, items, known, heard)


def stored(identifier: str, parsed: ParsedEpisode, podcast: str, podcast_title: str) -> StoredEpisode:
    """An episode of a feed as the catalogue keeps it."""
    return StoredEpisode(
        Episode(
            id=identifier,
            podcast=podcast,
            podcast_title=podcast_title,
            title=parsed.title,
            published=parsed.published,
            duration=parsed.duration,
            enclosure=parsed.enclosure,
            media_type=parsed.media_type,
            size=parsed.size,
            link=parsed.link,
            guid=parsed.guid,
        ),
        StoredNotes(
            text=parsed.notes,
            is_html=parsed.notes_is_html,
            others=parsed.other_notes,
            chapters=parsed.chapters,
            chapters_url=parsed.chapters_url,
        ),
        parsed.digest,
    )


def refresh_many(
    subscriptions: Sequence[Subscription],
    catalogue: Catalogue,
    library: Library,
    fetcher: Fetcher,
    report: Callable[[Outcome], None],
    cancel: threading.Event,
    workers: int = 8,
) -> list[Outcome]:
    """Refresh several podcasts at once; `report` is called from this thread as each one ends.

    Setting `cancel` ends it within a moment: what is done stays done, the rest is left as it was.
    Whatever goes wrong with one is in its outcome and kept with the podcast."""

    def fetch(subscription: Subscription) -> Rest[Outcome]:
        state = catalogue.state(subscription.id)
        fetched = get(subscription.url, fetcher, Validators(state.etag, state.modified), cancel)
        return partial(_take_in, subscription, fetched, state, state_of(fetched, state), catalogue, library)

    def failed(subscription: Subscription, problem: Exception) -> Outcome:
        line = str(problem)
        if isinstance(problem, FetchError | FeedError):
            if not cancel.is_set():
                with suppress(StoreError):
                    catalogue.set_error(subscription.id, line)
        elif not isinstance(problem, StoreError):
            line = f"failed inside pptui: {problem!r}"
        return Outcome(subscription.id, subscription.title, error=line)

    return gather(subscriptions, fetch, failed, report, cancel, workers)


def _take_in(
    subscription: Subscription,
    fetched: Fetched,
    before: FeedState,
    state: FeedState,
    catalogue: Catalogue,
    library: Library,
) -> Outcome:
    """What is done with an answer. Raises FeedError and StoreError."""
    if fetched.body is None or state.body_hash == before.body_hash:
        catalogue.touch(subscription.id, state)
        return Outcome(subscription.id, subscription.title, moved_to=fetched.moved_to)
    known = catalogue.known(subscription.id)
    feed = parse(fetched.body, fetched.url, fetched.content_type, known)
    new = store(subscription, feed, known, catalogue, library, state)
    title = feed.title or subscription.title
    return Outcome(subscription.id, title, new=new, changed=True, moved_to=fetched.moved_to)
