"""Whether times with titles are a chapter list: ascending, within the episode, and neither a schedule nor
a transcript, scores, verses or prose."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pptui.chapters import words
from pptui.text.stamps import Stamp

_SHORT_GAP = 4.0  # seconds between chapters: half of them being shorter is not a list for listeners
_SPEECH = 7.0  # characters a second: people speak some 15, notes with chapters stay below 4
_ASCENDING = 0.6  # of the rows must be in order; the others are slips of the pen
_MORNING, _MIDNIGHT = 6 * 60, 24 * 60  # as minutes and seconds: 6:00 and 24:00


@dataclass(frozen=True, slots=True)
class Row:
    """A proposed chapter. `own` when its time or title begins the line; `bad` when the words around it
    speak of something else than a moment of the episode."""

    start: float
    title: str
    mark: Stamp
    own: bool = True
    bad: bool = False


def held(text: str, rows: Sequence[Row], duration: float | None, *, trailing: bool) -> list[Row]:
    """The longest ascending list among the rows, if it holds as one; `trailing` when the times stand behind
    the titles. `text` is what the rows' stamps were found in."""
    titled = [row for row in rows if row.title]
    if len(titled) < 2 or 2 * len(titled) < len(rows) or 2 * sum(row.bad for row in titled) >= len(titled):
        return []
    if trailing:
        # Prose that ends in a time is no row of a list whose titles are shorter.
        longest = max((len(row.title) for row in titled if not row.bad), default=0)
        titled = [row for row in titled if not row.bad or len(row.title) <= longest or not longest]
    best: list[Row] = []
    for run in _runs(titled):
        kept = _ascending(run)
        inside = [row for row in kept if duration is None or row.start < duration]
        orderly = len(kept) >= _ASCENDING * len({row.start for row in run})
        if (
            len(inside) > len(best)
            and 2 * len(inside) >= len(kept)
            and orderly
            and _holds(text, inside, trailing)
        ):
            best = inside
    return best


def _runs(rows: Sequence[Row]) -> list[list[Row]]:
    """A list that starts again from its beginning is a second list."""
    runs: list[list[Row]] = [[]]
    for row in rows:
        run = runs[-1]
        if run and row.start < run[-1].start and row.start <= run[0].start:
            runs.append([])
        runs[-1].append(row)
    return runs


def _ascending(rows: Sequence[Row]) -> list[Row]:
    """The longest strictly ascending part in order (patience sorting), the first of equal starts."""
    tops: list[float] = []
    chosen: list[int] = []
    before = [-1] * len(rows)
    seen: set[float] = set()
    for index, row in enumerate(rows):
        if row.start in seen:
            continue
        seen.add(row.start)
        place = bisect_right(tops, row.start)
        before[index] = chosen[place - 1] if place else -1
        tops[place : place + 1] = [row.start]
        chosen[place : place + 1] = [index]
    kept: list[Row] = []
    index = chosen[-1] if chosen else -1
    while index >= 0:
        kept.append(rows[index])
        index = before[index]
    return kept[::-1]


def _holds(text: str, kept: Sequence[Row], trailing: bool) -> bool:
    if len(kept) < 2 or 2 * sum(row.bad for row in kept) >= len(kept):
        return False
    first = kept[0].mark.start
    headed = bool(words.HEADINGS.search(text, max(0, first - 160), first))
    return (
        _enough(kept, trailing=trailing, headed=headed)
        and not _is_schedule(kept, trailing=trailing, headed=headed)
        and not _is_transcript(kept)
    )


def _enough(kept: Sequence[Row], *, trailing: bool, headed: bool) -> bool:
    """Whether this looks like a list on purpose: the less the layout says, the more rows it takes."""
    own = 2 * sum(row.own for row in kept) >= len(kept)
    if headed or kept[0].start <= 5:
        return own or not trailing or len(kept) >= 3
    if len(kept) < 3:
        return own and not trailing and all(row.mark.ranged for row in kept)
    if trailing:
        # Numbers behind titles that are all of one size are the lengths of tracks.
        return own and kept[0].start < min(600, kept[-1].start - kept[0].start)
    return own or (len(kept) >= 4 and all(_capital(row.title) and not row.bad for row in kept))


def _capital(title: str) -> bool:
    letter = next((character for character in title if character.isalnum()), "")
    return not letter.islower() and title[0] not in ",.);"


def _is_schedule(kept: Sequence[Row], *, trailing: bool, headed: bool) -> bool:
    """Times of day: whole five minutes between morning and midnight, or days and dates beside them."""
    if trailing and 2 * sum(bool(words.DATED.search(row.title)) for row in kept) >= len(kept):
        return True
    return not headed and all(
        _MORNING <= row.start < _MIDNIGHT and row.start % 5 == 0 and not row.mark.hours for row in kept
    )


def _is_transcript(kept: Sequence[Row]) -> bool:
    """Text as dense as speech, times as close as lines of it, or a few speakers in turn."""
    if len(kept) < 4:
        return False
    gaps = [after.start - row.start for row, after in pairwise(kept)]
    density = [(after.mark.start - row.mark.end) / (after.start - row.start) for row, after in pairwise(kept)]
    few = 2 * len({row.title for row in kept}) <= len(kept)
    return few or median(gaps) < _SHORT_GAP or median(density) > _SPEECH
