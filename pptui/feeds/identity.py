"""Which episode of a feed is which: an id that outlives a new order, a new title or a new address."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from pptui.feeds.parsed import ParsedEpisode
    from pptui.models import Episode
    from pptui.store.feed import Known


class Traits(Protocol):
    """What an episode is recognised by, in a feed and among those known."""

    @property
    def guid(self) -> str: ...
    @property
    def enclosure(self) -> str: ...
    @property
    def link(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def published(self) -> datetime | None: ...


Item = TypeVar("Item", bound="ParsedEpisode | Known")

_PORTS = {"http": 80, "https": 443}


def podcast_id(url: str) -> str:
    """12 hexadecimal digits for a feed's address (http, https or an absolute path).

    The same for http and https, any case of the host, a standard port and a trailing slash; a
    password is no part of it, a user name is: what two users are served may differ.
    """
    return _digest(_normal(url), 6)


def _normal(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url.strip()
    if parts.scheme.lower() not in _PORTS or not parts.hostname:
        return url.strip()
    host = parts.hostname.rstrip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            pass
    if port and port not in _PORTS.values():
        host = f"{host}:{port}"
    user = f"{unquote(parts.username)}@" if parts.username else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{user}{host}{parts.path.rstrip('/')}{query}"


def _digest(key: str, size: int) -> str:
    return hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=size).hexdigest()


def assign(
    podcast: str,
    episodes: Sequence[Item],
    known: Sequence[Known],
    heard: Sequence[Episode] = (),
) -> list[tuple[str, Item]]:
    """Each episode of a feed with its id, in the feed's order.

    One that was known keeps its id. So does one that is not, and is recognised as one of `heard`: those
    that the user has listened to, which outlive what is known of the feed. A new one gets 16 hexadecimal
    digits, the first 4 made of the podcast's id and all others of that and what identifies it now, so that
    the same feed gives the same ids on another day or machine.
    An item that stands in the feed twice, the same in all that identifies it, comes once.
    """
    unique = _without_repeats(episodes)
    taken = {one.id for one in known}
    forgotten = [one for one in heard if one.id not in taken]
    taken.update(one.id for one in forgotten)
    ids = _written_the_same(unique, known)
    kept = set(ids.values())
    ids = _recognised(unique, [one for one in known if one.id not in kept], ids)
    ids = _recognised(unique, forgotten, ids)
    guids = Counter(episode.guid for episode in unique)
    # A podcast's ids stand together in the catalogue's index: else each new one has a page of it written.
    start = _digest(podcast, 2)
    result: list[tuple[str, Item]] = []
    for index, episode in enumerate(unique):
        identifier = ids.get(index) or _new_id(podcast, start, episode, guids[episode.guid] == 1, taken)
        taken.add(identifier)
        result.append((identifier, episode))
    return result


def _without_repeats(episodes: Sequence[Item]) -> list[Item]:
    first: dict[Hashable, Item] = {}
    for episode in episodes:
        first.setdefault(_by_all(episode), episode)
    return list(first.values())


def _new_id(podcast: str, start: str, episode: Traits, guid_is_unique: bool, taken: set[str]) -> str:
    for key in _keys_of(episode, guid_is_unique):
        identifier = start + _digest(f"{podcast}\n{key}", 6)
        if identifier not in taken:
            return identifier
    raise AssertionError("the keys never end")


def _keys_of(episode: Traits, guid_is_unique: bool) -> Iterator[str]:
    """What a new episode may be named after, the most lasting first; endless."""
    if episode.guid and guid_is_unique:
        yield f"guid {episode.guid}"
    for name, value in (("enclosure", _bare(episode.enclosure)), ("link", episode.link)):
        if value:
            yield f"{name} {value}" if not episode.guid else f"guid {episode.guid} {name} {value}"
    stamp = episode.published.isoformat() if episode.published else ""
    every = f"{episode.guid}\n{episode.enclosure}\n{episode.link}\n{episode.title}\n{stamp}"
    yield every
    number = 2
    while True:
        yield f"{every}\n{number}"
        number += 1


# --- recognising

_Key = Callable[[Traits], Hashable]


def _by_all(one: Traits) -> Hashable:
    return one.guid, one.enclosure, one.link, one.title, one.published


def _by_guid(one: Traits) -> Hashable:
    return one.guid or None


def _with_guid(other: _Key) -> _Key:
    def key(one: Traits) -> Hashable:
        second = other(one)
        return (one.guid, second) if one.guid and second is not None else None

    return key


def _by_enclosure(one: Traits) -> Hashable:
    return one.enclosure or None


def _by_bare_enclosure(one: Traits) -> Hashable:
    return _bare(one.enclosure) or None


def _by_link(one: Traits) -> Hashable:
    return one.link or None


def _by_title(one: Traits) -> Hashable:
    return one.title.casefold() or None


def _by_title_and_date(one: Traits) -> Hashable:
    return (one.title.casefold(), one.published) if one.title else None


def _by_date(one: Traits) -> Hashable:
    return one.published


# The strongest first. Each pairs only what it finds exactly once on either side, among those that
# no stronger one has paired.
_WAYS: tuple[_Key, ...] = (
    _by_all,
    _by_guid,
    _with_guid(_by_enclosure),
    _with_guid(_by_bare_enclosure),
    _with_guid(_by_link),
    _with_guid(_by_date),
    _with_guid(_by_title),
    _by_enclosure,
    _by_bare_enclosure,
    _by_link,
    _by_title_and_date,
    _by_date,
)


def _written_the_same(episodes: Sequence[ParsedEpisode | Known], known: Sequence[Known]) -> dict[int, str]:
    """The ids of those that stand in the feed as they did, by their place in it."""
    if not known:
        return {}
    old = _once((index, one.digest) for index, one in enumerate(known))
    new = _once((index, one.digest) for index, one in enumerate(episodes))
    return {index: known[old[digest]].id for digest, index in new.items() if digest in old}


def _recognised(
    episodes: Sequence[Traits], known: Sequence[Known | Episode], before: Mapping[int, str]
) -> dict[int, str]:
    """The ids of the episodes that were known, by their place in the feed; those `before` have theirs."""
    found = dict(before)
    if not known:
        return found
    open_episodes = set(range(len(episodes))) - found.keys()
    open_known = set(range(len(known)))
    repeated = {guid for guid, count in Counter(one.guid for one in episodes).items() if count > 1}
    for way in _WAYS:
        if not open_episodes or not open_known:
            break
        new = _once((index, way(episodes[index])) for index in open_episodes)
        old = _once((index, way(known[index])) for index in open_known)
        for key, index in new.items():
            if key in old and _may_be_one(episodes[index], known[old[key]], way, repeated):
                found[index] = known[old[key]].id
                open_episodes.discard(index)
                open_known.discard(old[key])
    return found


def _once(pairs: Iterator[tuple[int, Hashable]]) -> dict[Hashable, int]:
    """The places by key, of the keys that are there once."""
    places: dict[Hashable, int] = {}
    double: set[Hashable] = set()
    for index, key in pairs:
        if key is None:
            continue
        if key in places:
            double.add(key)
        places[key] = index
    return {key: index for key, index in places.items() if key not in double}


_SAME_DAY = timedelta(hours=12)


def _may_be_one(new: Traits, old: Traits, way: _Key, repeated: set[str]) -> bool:
    """Whether what else is known of the two speaks against their being one episode."""
    if way in (_by_all, _by_guid):
        return True
    if new.guid and new.guid == old.guid:
        # Items that share a guid are told apart by the rest.
        return True
    same_title = new.title.casefold() == old.title.casefold()
    dated = new.published is not None and old.published is not None
    same_date = dated and new.published == old.published
    if new.guid and old.guid and new.guid not in repeated:
        # A feed that renames all its guids (a move to another host) keeps dates; a new episode
        # that shares an address with one that has left the feed does not.
        return same_date and (way is not _by_date or same_title)
    if way is _by_date:
        return not (new.guid or old.guid)
    if same_title or same_date or not dated:
        return True
    # One address that is given to a new recording each day, such as latest.mp3.
    assert new.published is not None and old.published is not None
    return abs(new.published - old.published) < _SAME_DAY


_HOST = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?::\d{1,5})?", re.IGNORECASE)


def _bare(url: str) -> str:
    """An enclosure's host and path, without scheme, query and the counting services in front of it.

    Those (podtrac.com, op3.dev, chrt.fm and the like) take the true address as the end of their
    own path: `https://op3.dev/e/show.example/1.mp3`.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if not parts.hostname:
        return url.partition("?")[0]
    segments = [parts.hostname, *unquote(parts.path).split("/")[1:]]
    start = max(
        index for index, part in enumerate(segments[:-1] or segments) if not index or _HOST.fullmatch(part)
    )
    return "/".join([segments[start].lower(), *segments[start + 1 :]])
