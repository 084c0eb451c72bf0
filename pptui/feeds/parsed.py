"""What is in a feed, whoever has read it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from pptui.models import Chapter
from pptui.store.feed import Known

TOO_LARGE = "it is too large for the memory that there is here"


class FeedError(Exception):
    """What was fetched is no feed; str() is one plain line for the user."""


class ParsedEpisode(NamedTuple):
    """An episode as its feed has it, made safe: titles are one line, links are http(s), moments are UTC.

    `enclosure` is an http(s) address, or an absolute path inside the folder of a local feed, or ""
    where there is nothing to play; `size` is in bytes, `duration` in seconds. `notes` is the text
    with most in it, HTML if `notes_is_html` says so; the feed's other texts about the episode, in
    which a chapter list may be, are in `other_notes`. `chapters` are Podlove Simple Chapters;
    `chapters_url` is where a list in a file of its own is. `digest` is the same only for an item that
    is written the same in the same feed; None where that can't be told.
    """

    guid: str
    title: str
    published: datetime | None = None
    duration: float | None = None
    enclosure: str = ""
    media_type: str = ""
    size: int | None = None
    link: str = ""
    notes: str = ""
    notes_is_html: bool = False
    other_notes: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    chapters_url: str = ""
    digest: int | None = None


class ParsedFeed(NamedTuple):
    """A feed, its items in its own order. `description` is text or HTML as it came, control characters
    removed; `new_url` is where the feed says that it has moved to (`itunes:new-feed-url`), `ttl_minutes` how
    long it asks to be left alone (RSS 2.0, `ttl`, or RSS 1.0's module syndication). What is not `whole` broke
    off: it was more."""

    title: str
    author: str = ""
    description: str = ""
    link: str = ""
    new_url: str = ""
    ttl_minutes: int | None = None
    items: tuple[ParsedEpisode | Known, ...] = ()
    whole: bool = True

    @property
    def episodes(self) -> tuple[ParsedEpisode, ...]:
        """The items that were read: all but those that `parse` was told are known."""
        return tuple(item for item in self.items if isinstance(item, ParsedEpisode))
