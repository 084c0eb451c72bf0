"""A feed that says where it has moved to (`itunes:new-feed-url`): whether that is believed."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from pptui.feeds.address import without_login
from pptui.feeds.identity import Traits, podcast_id
from pptui.feeds.parsed import ParsedFeed


def wanted(feed: ParsedFeed, *here: str) -> str:
    """The address to look at, "" where the feed names none or the one it has been read from.

    `here` are addresses that are this feed's already. One that is encrypted is not given up for one
    that is not. A password in it is not taken: the user's own may not be changed by a feed."""
    url = without_login(feed.new_url)[0]
    if not url or podcast_id(url) in {podcast_id(one) for one in here if one}:
        return ""
    if any(urlsplit(one).scheme == "https" for one in here) and urlsplit(url).scheme != "https":
        return ""
    return url


def is_same(old: ParsedFeed, new: ParsedFeed, *old_addresses: str) -> bool:
    """Whether what was found at the new address is this podcast, and does not send one back.

    Half of the episodes of the shorter feed have to be in the other, by guid or by title; where one
    has none at all, the podcast's title decides."""
    if new.new_url and podcast_id(new.new_url) in {podcast_id(one) for one in old_addresses if one}:
        return False
    if not old.items or not new.items:
        return bool(new.title) and old.title.casefold() == new.title.casefold()
    return any(_alike(old, new, trait) for trait in (_guid, _title))


def _alike(old: ParsedFeed, new: ParsedFeed, trait: Callable[[Traits], str]) -> bool:
    mine, theirs = ({value for one in feed.items if (value := trait(one))} for feed in (old, new))
    smaller = min(len(mine), len(theirs))
    return smaller > 0 and 2 * len(mine & theirs) >= smaller


def _guid(episode: Traits) -> str:
    return episode.guid


def _title(episode: Traits) -> str:
    return episode.title.casefold()
