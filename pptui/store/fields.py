"""Models into JSON documents and back; what a hand-edited one lacks or has wrong is left at its default."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from pptui import text
from pptui.models import Episode, Progress, Subscription
from pptui.store.versions import Document
from pptui.times import LONGEST, sayable

_MOST = 1e15
"""What is beyond was not written by this program."""


def moment(value: datetime | None) -> str | None:
    """ISO 8601 in UTC: `2021-02-25T12:00:00Z`."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None


def string(document: Document, key: str) -> str:
    """A field as one line that is safe for a terminal, `""` where it is not a string."""
    value = document.get(key)
    if not isinstance(value, str):
        return ""
    if value.isprintable():  # a path may have spaces that a line of text has not
        return value if value.isascii() else text.clean(value, len(value))
    return text.line(value, limit=len(value))


def number(document: Document, key: str) -> float | None:
    """A field as a number from 0 to `_MOST`."""
    value = document.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if 0 <= found <= _MOST else None


def seconds(document: Document, key: str) -> float | None:
    """A field as a time that an episode may have."""
    found = number(document, key)
    return found if found is not None and found < LONGEST else None


def time(document: Document, key: str) -> datetime | None:
    """A field as a moment; one without a zone is taken as UTC."""
    value = document.get(key)
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if sayable(found) else None


def episode_fields(episode: Episode) -> Document:
    """Enough of an episode to show and play it when its feed is gone. None takes a field out."""
    return {
        "podcast": episode.podcast,
        "podcast_title": episode.podcast_title or None,
        "title": episode.title,
        "published": moment(episode.published),
        "duration": _finite(episode.duration),
        "enclosure": episode.enclosure or None,
        "media_type": episode.media_type or None,
        "size": episode.size,
        "link": episode.link or None,
        "guid": episode.guid or None,
    }


def episode(identifier: str, document: Document) -> Episode:
    """The episode in a document."""
    enclosure = string(document, "enclosure")
    size = number(document, "size")
    return Episode(
        id=identifier,
        podcast=string(document, "podcast"),
        podcast_title=string(document, "podcast_title"),
        title=string(document, "title"),
        published=time(document, "published"),
        duration=seconds(document, "duration"),
        # The same three kinds that a feed may name: the file may have come from another machine.
        enclosure=enclosure if enclosure.startswith(("http://", "https://", "/")) else "",
        media_type=string(document, "media_type"),
        size=int(size) if size is not None else None,
        link=string(document, "link"),
        guid=string(document, "guid"),
    )


def progress_fields(progress: Progress) -> Document:
    """`position` and `file_duration` in seconds, the latter as the file itself says."""
    return {
        "position": round(_finite(progress.position) or 0.0, 3),
        "file_duration": _finite(progress.duration),
        "played": progress.played,
        "heard": moment(progress.heard),
        "chapter": progress.chapter or None,
    }


def progress(document: Document) -> Progress:
    """What was heard, from a document."""
    return Progress(
        position=seconds(document, "position") or 0.0,
        duration=seconds(document, "file_duration"),
        played=document.get("played") is True,
        heard=time(document, "heard"),
        chapter=string(document, "chapter"),
    )


def subscription_fields(subscription: Subscription) -> Document:
    return {
        "url": subscription.url,
        "title": subscription.title,
        "added": moment(subscription.added),
        "login": subscription.login or None,
    }


def subscription(identifier: str, document: Document) -> Subscription | None:
    """The subscription in a document, None where there is no address."""
    url = string(document, "url").strip()
    if not url:
        return None
    added = time(document, "added") or datetime.fromtimestamp(0, UTC)
    login = document.get("login") is True
    return Subscription(identifier, url, string(document, "title") or url, added, login)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) and value >= 0 else None
