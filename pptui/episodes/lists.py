"""The lists of the library screen: what is in each, in which order, and what the user chose for it.

A list is read as the keys of its episodes, and its rows as they come into sight: `pptui.store.keys`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast

from pptui.models import Episode, EpisodeRow, Podcast, Progress
from pptui.store.catalogue import Catalogue
from pptui.store.library import Library
from pptui.store.selection import Filter, Kind, Selection, Sort, downloaded, title_order

CONTINUE, NEW = "continue", "new"
"""The places that are no podcast's; a podcast's is its id."""

SORTS = {
    Sort.HEARD: "last heard first",
    Sort.NEWEST: "newest first",
    Sort.OLDEST: "oldest first",
    Sort.LONGEST: "longest first",
    Sort.SHORTEST: "shortest first",
    Sort.TITLE: "by title",
}
FILTERS = {
    Filter.ALL: "all",
    Filter.UNPLAYED: "unplayed",
    Filter.IN_PROGRESS: "in progress",
    Filter.DOWNLOADED: "downloaded",
    Filter.CHAPTERS: "with chapters",
}
"""In words, as the screens have them."""

_CHUNK, _GLANCE = 500, 1_000
_FEW, _SEVERAL = 5_000, 300
"""Episodes and podcasts of which an overview is read within a frame."""
_EPOCH = datetime.fromtimestamp(0, UTC)

Key = int | str
"""The catalogue's own key of an episode, or its id in a list that is made from the library."""

Reader = Callable[[Sequence[Any]], list[EpisodeRow | None]]
"""Gives the rows of keys; None for an episode that has gone."""


class View(NamedTuple):
    """How a list is shown."""

    sort: Sort = Sort.NEWEST
    filter: Filter = Filter.ALL


class Listing(NamedTuple):
    """A list as it was when it was opened. `total` is how many episodes it has without its filter.

    Not `complete`: only the first of them, or none where the order can't be told from a part."""

    place: str
    view: View
    keys: Sequence[Key]
    total: int
    complete: bool
    read: Reader

    def rows(self, offset: int, limit: int) -> list[EpisodeRow | None]:
        """A part of it; None for an episode that has gone meanwhile."""
        return self.read(self.keys[offset : offset + limit])

    def every(self) -> Iterator[EpisodeRow]:
        """All there are; a part at a time, so that it holds up nobody."""
        return _every(self.keys, self.read)


class Overview(NamedTuple):
    """The library screen: how many episodes were begun, how many are new (None: not known yet), the
    podcasts, and the list that is open. `touched` is how many the library knows anything of."""

    podcasts: tuple[Podcast, ...]
    continuing: int
    new: int | None
    listing: Listing
    touched: int

    @property
    def complete(self) -> bool:
        return self.new is not None and self.listing.complete

    @property
    def small(self) -> bool:
        """Whether reading it once more takes a few milliseconds at the most."""
        largest = max(self.new or 0, self.listing.total, self.touched)
        return self.complete and largest <= _FEW and len(self.podcasts) <= _SEVERAL


class Lists:
    """Opens lists. `new_days` is how long an episode that nobody has begun counts as new."""

    def __init__(self, library: Library, catalogue: Catalogue, new_days: int) -> None:
        self._library = library
        self._catalogue = catalogue
        self._new_days = new_days

    # How a list is shown.

    def sorts(self, place: str) -> tuple[Sort, ...]:
        """The orders that a list can have, its usual one first."""
        return tuple(one for one in SORTS if one is not Sort.HEARD or place == CONTINUE)

    def filters(self, place: str) -> tuple[Filter, ...]:
        """What may be asked of a list's episodes: not what is true of all or none by its nature."""
        states = (Filter.UNPLAYED, Filter.IN_PROGRESS)
        return tuple(one for one in FILTERS if one not in states or place not in (CONTINUE, NEW))

    def usual(self, place: str) -> View:
        """How a list is shown as long as the user did not choose."""
        return View(self.sorts(place)[0])

    def view(self, place: str) -> View:
        """How a list is shown: what was chosen and can still be had, else the usual."""
        chosen: dict[str, object] = self._library.setting(_setting(place), {})
        usual = self.usual(place)
        sort = next((one for one in self.sorts(place) if one == chosen.get("sort")), usual.sort)
        kept = next((one for one in self.filters(place) if one == chosen.get("filter")), usual.filter)
        return View(sort, kept)

    def arrange(self, place: str, view: View) -> None:
        """Show a list so from now on."""
        usual = self.usual(place)
        chosen = {name: str(getattr(view, name)) for name in ("sort", "filter")}
        kept = {name: value for name, value in chosen.items() if value != getattr(usual, name)}
        self._library.set_setting(_setting(place), kept or None)

    # What is in it.

    def open(self, place: str, within: int | None = None) -> Listing:
        """A list, as it is shown.

        With `within` no more than so many episodes are looked at: a millisecond or two for a thousand.
        Without, it may take a second: for a thread of its own where there are very many."""
        view = self.view(place)
        if place == CONTINUE:
            return self._continuing(view)
        found = self._catalogue.keys(self.selection(place, view), within)
        keys = cast(Sequence[Key], found.keys)
        return Listing(place, view, keys, found.total, found.complete, self._by_key)

    def every(self, selection: Selection, limit: int | None = None) -> Iterator[EpisodeRow]:
        """The episodes of a selection, a part at a time; at most `limit`."""
        return _every(self._catalogue.first(selection, limit), self._by_key)

    def any(self, place: str) -> bool:
        """Whether there is anything in a list, whatever its filter; a long one is not read to its end."""
        if place == CONTINUE:
            return bool(self._library.continuing())
        return bool(self._catalogue.keys(self.selection(place, View()), _GLANCE).keys)

    def total(self, place: str, within: int | None = None) -> int | None:
        """How many episodes a list has without its filter; None where that takes looking at more."""
        if place == CONTINUE:
            return len(self._library.continuing())
        found = self._catalogue.keys(self.selection(place, View()), within)
        return found.total if found.complete else None

    def selection(self, place: str, view: View) -> Selection:
        """What to ask the catalogue for."""
        if place == NEW:
            since = datetime.now(UTC) - timedelta(days=self._new_days)
            return Selection(Kind.NEW, None, since, view.sort, view.filter)
        return Selection(Kind.PODCAST, place, None, view.sort, view.filter)

    def _by_key(self, keys: Sequence[int]) -> list[EpisodeRow | None]:
        return [
            None if found is None else EpisodeRow(found[0], self._library.progress(found[0].id), found[1])
            for found in self._catalogue.by_key(keys)
        ]

    def _continuing(self, view: View) -> Listing:
        # From the library alone: it outlives its feed, its subscription and the catalogue.
        begun = self._library.continuing()
        counts = self._catalogue.chapter_counts([episode.id for episode, _ in begun])
        shown = [one for one in begun if _belongs(*one, view.filter, counts)]
        if view.sort is not Sort.HEARD:
            shown.sort(key=lambda one: one[0].published or _EPOCH, reverse=view.sort is not Sort.OLDEST)
        if view.sort in _VALUES:
            shown.sort(key=lambda one: _VALUES[view.sort](*one))

        def read(identifiers: Sequence[str]) -> list[EpisodeRow | None]:
            return [
                EpisodeRow(episode, self._library.progress(one), counts.get(one))
                if (episode := self._library.episode(one))
                else None
                for one in identifiers
            ]

        return Listing(CONTINUE, view, [episode.id for episode, _ in shown], len(begun), True, read)


def _every(
    keys: Sequence[Any], read: Callable[[Sequence[Any]], list[EpisodeRow | None]]
) -> Iterator[EpisodeRow]:
    for offset in range(0, len(keys), _CHUNK):
        yield from (row for row in read(keys[offset : offset + _CHUNK]) if row is not None)


def _belongs(episode: Episode, progress: Progress, wanted: Filter, counts: Mapping[str, int]) -> bool:
    if wanted is Filter.DOWNLOADED:
        return downloaded(episode)
    if wanted is Filter.CHAPTERS:
        # What is in no feed any more has chapters if it was left in one.
        return bool(counts.get(episode.id, progress.chapter))
    return True


_VALUES: dict[Sort, Callable[[Episode, Progress], Any]] = {
    Sort.LONGEST: lambda *one: -(EpisodeRow(*one).duration or 0.0),
    Sort.SHORTEST: lambda *one: EpisodeRow(*one).duration or float("inf"),
    Sort.TITLE: lambda episode, _: title_order(episode.title),
}


def _setting(place: str) -> str:
    return f"list {place}"
