"""What came from a feed's address: fetched, compared with the last, read, and put into the catalogue."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pptui import text
from pptui.feeds import identity, schedule
from pptui.feeds.failures import FetchError, megabytes, system
from pptui.feeds.fetch import LIMIT, Fetched, Fetcher, Validators
from pptui.feeds.parsed import ParsedEpisode, ParsedFeed
from pptui.feeds.reading import Reading
from pptui.models import Episode, Login, Plan, Podcast, Subscription
from pptui.paths import open_file
from pptui.store.catalogue import Catalogue
from pptui.store.feed import FeedState, Known, StoredEpisode, StoredNotes
from pptui.store.library import Library


def get(
    url: str,
    fetcher: Fetcher,
    validators: Validators,
    cancel: threading.Event | None,
    login: Login | None = None,
    asker: str | None = None,
) -> Fetched:
    """The feed at an http(s) address or an absolute path. Raises FetchError.

    `asker` is the address that named this one: see `Fetcher.fetch`."""
    if url.startswith("/"):
        return Fetched(url, read_local(Path(url)), Validators(), "")
    return fetcher.fetch(url, validators, login=login, cancel=cancel, asker=asker)


def read_local(path: Path, limit: int = LIMIT) -> bytes:
    """The bytes of a feed that is a file. Raises FetchError, also for what is no ordinary file or too big."""
    name = text.line(path, 200)
    try:
        with os.fdopen(open_file(path), "rb") as file:
            body = file.read(limit + 1)
    except FileNotFoundError:
        raise FetchError(f"{name} is not there") from None
    except (OSError, ValueError) as problem:
        raise FetchError(f"{name} can't be read: {system(problem)}") from None
    if len(body) > limit:
        raise FetchError(f"{name} has more than {megabytes(limit)}")
    return body


_BROKE_OFF = "the feed broke off: what came of it is here, and the next refresh asks for all of it"


def state_of(
    fetched: Fetched,
    before: FeedState,
    feed: ParsedFeed | None = None,
    *,
    remark: str = "",
    again: bool = False,
) -> FeedState:
    """What the next request and the next comparison need; `before` holds where nothing was modified.

    With `again` the feed is to be sent and read once more, changed or not; and so is one that was cut off,
    which is remarked too."""
    body = fetched.body
    ttl = before.ttl if feed is None else 60.0 * (feed.ttl_minutes or 0)
    local = fetched.url.startswith("/")
    broke_off = feed is not None and not feed.whole
    again = again or broke_off
    validators = Validators() if again else fetched.validators
    body_hash = before.body_hash if body is None else hashlib.blake2b(body, digest_size=16).hexdigest()
    return FeedState(
        etag=validators.etag,
        modified=validators.modified,
        body_hash="" if again else body_hash,
        ttl=ttl,
        plan=Plan() if local else schedule.answered(datetime.now(UTC), fresh=fetched.fresh, ttl=ttl),
        remark=" · ".join(filter(None, (remark, _BROKE_OFF * broke_off))),
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What came from an address, without its body: `read` gives what is in that, or raises FeedError.

    `state` is that of the feed before it is known what is in it, `known` are the podcast's episodes then."""

    fetched: Fetched
    state: FeedState
    known: Sequence[Known]
    read: Callable[[], ParsedFeed]


def have_read(fetched: Fetched, state: FeedState, known: Sequence[Known], reading: Reading) -> Answer:
    """Have the body read."""
    read = reading.read(fetched.body or b"", fetched.url, fetched.content_type, known)
    return Answer(replace(fetched, body=None), state, known, read)


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
