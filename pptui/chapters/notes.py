"""Chapters out of show notes, in whatever form their author wrote the list.

Each step is one pass: `text.markup` makes lines of the notes, `text.stamps` finds the times in them,
three readings of the layout (time first, time last, title above) propose rows, and `judging` says
whether they hold as a chapter list. The reading with the most rows wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from pptui.chapters import titles, words
from pptui.chapters.ended import ended
from pptui.chapters.judging import Row, held
from pptui.models import Chapter, Source
from pptui.text import TEXT_LIMIT, markup, stamps
from pptui.text.stamps import Stamp
from pptui.times import clock, parse_time

_RARE = 100_000  # characters in which notations other than 12:34 are looked for
_ROWS = 1_000  # more times than this is a transcript or worse
_MARGIN = 24  # characters that may stand beside a time which is alone on its line
_PREFIX = 48  # … and in front of one that begins its line

_RARELY = re.compile(r"\d(?: ?[hmHM分時时시小]|['’′.:：∶﹕]\d)")
_ALONE = re.compile(r"[\W_]*(?:\d{1,3}[.)\]:\W_]+)?")
_NOTHING = re.compile(r"[\W_]*")
_PARTED = re.compile(r"(?:[,;|•→/·]\s?|\s\s)\Z")
_INTRODUCED = re.compile(r"[:：]\s*(?=\S)")
_LINKED = re.compile(r"!?\[([^\[\]\n]{1,500})\]\((?:https?:|mailto:|[#/.])[^()\s]{0,3000}\)")
_FRAGMENT = re.compile(r"#t=(?:npt:)?([\dhms:.]{1,16})")
_MARKER = re.compile("\x02([^\x02\x03\n]*)\x03")
_INVISIBLE = re.compile("[\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
# A cue of a transcript (SubRip, WebVTT): a line of its own, always with thousandths.
_CUE = re.compile(r"(?m)^[ \t]*(?:\d{1,3}:)?\d\d:\d\d[.,]\d{3}[ \t]*-->[ \t]*(?:\d{1,3}:)?\d\d:\d\d[.,]\d{3}")
# Entities that may stand in or beside a time; the others are decoded in the titles alone.
_LAYOUT = (
    "&nbsp;",
    "&#160;",
    "&#xA0;",
    "&#58;",
    "&#x3a;",
    "&#x3A;",
    "&colon;",
    "&ndash;",
    "&mdash;",
    "&#8211;",
    "&#8212;",
)


def from_notes(
    text: str, *, is_html: bool | None = None, duration: float | None = None
) -> tuple[Chapter, ...]:
    """The chapter list in an episode's show notes, empty where there is none.

    `is_html` None lets the text decide; `duration` is the episode's length in seconds where known: rows
    that begin beyond it are left out. Starts ascend; each chapter ends where the next begins, the last at
    `duration`. Raises nothing, and takes time linear in the text's length.
    """
    text = text[:TEXT_LIMIT]
    if not _may_have(text) or len(_CUE.findall(text, 0, _RARE)) > 1:
        return ()
    length = duration if duration and duration > 0 else None
    for reading in _readings(text, is_html):
        if rows := _best(reading, length):
            return ended(Chapter(row.start, row.title, length, Source.NOTES) for row in rows)
    return ()


def best_of(texts: Iterable[tuple[str, bool | None]], duration: float | None = None) -> tuple[Chapter, ...]:
    """The longest chapter list among several texts of one episode (with `is_html`), the first of equals."""
    found = [from_notes(text, is_html=is_html, duration=duration) for text, is_html in texts]
    return max(found, key=len, default=())


def _may_have(text: str) -> bool:
    """Whether there may be two times in the notes, in any notation: in most there are none."""
    return (
        stamps.several(text)
        or bool(_RARELY.search(text, 0, _RARE))
        or any(sign in text for sign in ("&#58;", "&#x3a;", "&#x3A;", "&colon;"))
        or bool(_FRAGMENT.search(text))
    )


def _readings(text: str, is_html: bool | None) -> Iterator[str]:
    """The notes as lines; a second time with the source's own line breaks where tags make others."""
    if is_html is None:
        is_html = markup.is_html(text)
    if not is_html:
        yield _plain(_moments(text))
        return
    text = _moments(markup.unescaped(text))
    blocks = markup.has_blocks(text)
    yield _plain(markup.lines(text, blocks=blocks, breaks=not blocks))
    if blocks and "\n" in text.strip():
        yield _plain(markup.lines(text, blocks=True, breaks=True))


def _plain(text: str) -> str:
    if not text.isascii():
        text = _INVISIBLE.sub("", text).replace("\xa0", " ").replace("\u2028", "\n").replace("\u2029", "\n")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text:
        for entity in _LAYOUT:
            text = text.replace(entity, markup.decode(entity).replace("\xa0", " "))
    if "\x02" in text:
        text = "\n".join(_told(each) for each in text.split("\n"))
    if "](" in text:
        text = _LINKED.sub(lambda found: found[1], text)
    return text


def _moments(text: str) -> str:
    """Links to a moment of the episode (Media Fragments URI 1.0, 4.2.1) marked with its time."""
    if "#t=" not in text:
        return text
    text = text.replace("\x02", "").replace("\x03", "")
    kept: list[str] = []
    done = 0
    for found in islice(_FRAGMENT.finditer(text), _ROWS):
        begin = max(done, found.start() - 1000)
        tag, bracket = text.rfind("<", begin, found.start()), text.rfind("[", begin, found.start())
        if tag > bracket:
            is_link = text[tag : tag + 2].lower() == "<a" and text[tag + 2].isspace()
            at = text.find(">", found.end(), found.end() + 1000) + 1 if is_link else 0
        else:
            at = bracket if "](" in text[max(bracket, begin) : found.start()] else 0
        if at > done:
            kept += [text[done:at], f"\x02{found[1]}\x03"]
            done = at
    return "".join([*kept, text[done:]])


def _told(text: str) -> str:
    """A line's marked moments written out, unless a time that can be read says them already."""
    if next(stamps.clocks(_MARKER.sub(" ", text), 1), None):
        return _MARKER.sub("", text)
    return _MARKER.sub(lambda found: f" {_written(found[1])} ", text)


def _written(moment: str) -> str:
    try:
        return clock(parse_time(moment.strip(".:")))
    except ValueError:
        return ""


class _Line(NamedTuple):
    """A line with at least one time: `start`…`end` in the text, and its stamps."""

    start: int
    end: int
    marks: list[Stamp]


def _best(text: str, duration: float | None) -> list[Row]:
    """The rows of the layout that gives most, in the first notation that gives any; of equals the one whose
    titles stand nearer to their times."""
    for scan in (stamps.clocks, stamps.units, stamps.frames, stamps.primes, stamps.dots):
        usual = scan in (stamps.clocks, stamps.units)
        marks = list(islice(scan(text if scan is stamps.clocks else text[:_RARE]), _ROWS + 1))
        if len(marks) > _ROWS:
            return []
        if len(marks) < 2:
            continue
        lines = _lines(text, marks)
        best: list[Row] = []
        nearest = 0
        for layout in (_time_first, _time_last, _title_above) if usual else (_time_first,):
            proposed, gap = layout(text, lines)
            rows = held(text, proposed, duration, trailing=layout is _time_last)
            if layout is _time_last:
                rows = _unbulleted(rows)
            # The other notations are also those of prices, heights and dates.
            if not usual and rows and not (rows[0].start == 0 and len(rows) == len(proposed) >= 3):
                continue
            if len(rows) > len(best) or (len(rows) == len(best) and gap < nearest):
                best, nearest = rows, gap
        if best:
            return best
    return []


def _lines(text: str, marks: Sequence[Stamp]) -> list[_Line]:
    found: list[_Line] = []
    for mark in marks:
        if found and mark.first < found[-1].end:
            found[-1].marks.append(mark)
        else:
            end = text.find("\n", mark.first)
            found.append(_Line(text.rfind("\n", 0, mark.first) + 1, end if end >= 0 else len(text), [mark]))
    return found


def _begins(text: str, row: _Line) -> bool:
    prefix = text[row.start : row.marks[0].start]
    return len(prefix) <= _PREFIX and bool(words.LEADING.fullmatch(prefix))


def _ends(text: str, row: _Line) -> bool:
    tail = text[row.marks[-1].end : row.end]
    return len(tail) <= _MARGIN and bool(_NOTHING.fullmatch(tail))


def _alone(text: str, row: _Line) -> bool:
    """Whether the line is nothing but one time."""
    prefix = text[row.start : row.marks[0].start]
    return (
        len(row.marks) == 1 and len(prefix) <= _MARGIN and bool(_ALONE.fullmatch(prefix)) and _ends(text, row)
    )


def _time_first(text: str, lines: Sequence[_Line]) -> tuple[list[Row], int]:
    """`12:34 Title`, one a line or run on; the title on the next line where the time stands alone."""
    leading = [_begins(text, row) for row in lines]
    listed = sum(first and len(row.marks) == 1 for row, first in zip(lines, leading, strict=True)) >= 3
    found: list[Row] = []
    usual_gap = -1
    for number, row in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else None
        marks = row.marks
        if not leading[number]:
            # In prose only the beginning of a list counts: the time zero, or the first of several.
            zero = next((index for index, mark in enumerate(marks) if mark.seconds == 0), None)
            if zero is None and len(marks) < 2:
                continue
            marks = marks[zero or 0 :]
        limit = following.marks[0].seconds if following and leading[number + 1] else None
        kept = [marks[0], *_breaks(text, marks, listed and leading[number], limit)]
        for index, mark in enumerate(kept):
            own = index == 0 and leading[number]
            after = kept[index + 1] if index + 1 < len(kept) else None
            raw = text[mark.end : min(after.start if after else row.end, mark.end + titles.LOOKED_AT)]
            title = titles.parted(raw, mark.opener) if after else titles.title(raw, mark.opener)
            if not title and own and len(kept) == 1 and _alone(text, row):
                below, gap = _below(text, row.end, following.start if following else len(text))
                usual_gap = gap if usual_gap < 0 else usual_gap
                title = titles.title(below) if gap == usual_gap else ""
            found.append(Row(mark.seconds, title, mark, own, _elsewhere(text, row, mark, own=own)))
    if len(found) > 1 and not found[-1].own:
        cut = titles.last(found[-1].title, [row.title for row in found[:-1]])
        found[-1] = Row(found[-1].start, cut, found[-1].mark, own=False, bad=found[-1].bad)
    return found, max(usual_gap, 0)


def _breaks(text: str, marks: Sequence[Stamp], listed: bool, limit: float | None) -> Iterator[Stamp]:
    """The times in a line, after its first, that begin a row; the others are part of a title.

    In a list that has a line for each row (`listed`) a time must look exactly like the beginning of one
    and be smaller than the next line's (`limit`)."""
    last = marks[0]
    for mark in marks[1:]:
        before = text[max(last.end, mark.start - 24) : mark.start]
        alike = mark.opener == marks[0].opener
        if mark.seconds < last.seconds or (not mark.opener and _last_word(before) in words.AT):
            continue
        if listed:
            begins = (alike and mark.opener) or _PARTED.search(before)
            if not begins or (limit is not None and mark.seconds >= limit):
                continue
        elif not alike and marks[0].opener not in "*_`~":
            continue
        last = mark
        yield mark


def _below(text: str, position: int, end: int) -> tuple[str, int]:
    """The next line that is not blank, before `end`, and how many line breaks lie between."""
    region = text[position : min(end, position + titles.LOOKED_AT)]
    stripped = region.lstrip()
    return stripped.split("\n", 1)[0], region[: len(region) - len(stripped)].count("\n")


def _above(text: str, position: int, start: int) -> tuple[str, int]:
    """The line before that is not blank, after `start`, and how many line breaks lie between."""
    region = text[max(start, position - titles.LOOKED_AT) : position]
    stripped = region.rstrip()
    return stripped.rsplit("\n", 1)[-1], region[len(stripped) :].count("\n")


def _title_above(text: str, lines: Sequence[_Line]) -> tuple[list[Row], int]:
    """The title on the line above a time that stands alone."""
    found: list[Row] = []
    usual_gap = -1
    start = 0
    for row in lines:
        if _alone(text, row):
            mark = row.marks[0]
            above, gap = _above(text, row.start, start)
            usual_gap = gap if usual_gap < 0 else usual_gap
            title = titles.title(above) if gap == usual_gap else ""
            found.append(Row(mark.seconds, title, mark, bad=_elsewhere(text, row, mark, own=True)))
        start = row.end
    return found, max(usual_gap, 0)


def _time_last(text: str, lines: Sequence[_Line]) -> tuple[list[Row], int]:
    """`Title 12:34` and `Title (12:34)`, one a line or run on."""
    found: list[Row] = []
    for row in lines:
        if not _ends(text, row):
            continue
        single = len(row.marks) == 1
        begin = row.start
        for index, mark in enumerate(row.marks):
            raw = text[max(begin, mark.start - titles.LOOKED_AT) : mark.start]
            bad = _elsewhere(text, row, mark, own=False) or bool(words.FACT.fullmatch(raw[:60]))
            if not single:
                # Between two times of a paragraph stands a title, not a sentence about the moment.
                raw = (
                    _INTRODUCED.split(words.SENTENCE.split(raw)[-1])[-1]
                    if index == 0
                    else raw.lstrip(" .,;)/")
                )
                bad = bad or len(raw) > 90 or bool(words.SENTENCE.search(raw.strip()))
            found.append(Row(mark.seconds, titles.before_time(raw), mark, single, bad))
            begin = mark.end
    return found, 0


def _unbulleted(rows: list[Row]) -> list[Row]:
    cut = len(titles.bullet([row.title for row in rows]))
    return [Row(row.start, row.title[cut:], row.mark, row.own, row.bad) for row in rows] if cut else rows


def _elsewhere(text: str, row: _Line, mark: Stamp, *, own: bool) -> bool:
    """Whether the words around a time make it a time of day, a date's, a verse, or prose about a moment."""
    if stamps.of_day(text, mark, before=not own):
        return True
    if own:
        return False
    word = _last_word(text[max(row.start, mark.start - 28) : mark.start])
    if word in words.BOOKS or words.VERSE_AFTER.match(text, mark.end, mark.end + 8):
        return True
    return not mark.opener and word in words.PREPOSITIONS


def _last_word(before: str) -> str:
    found = before.rstrip(" \t\n.:~@").rsplit(None, 1)
    return found[-1].lower().lstrip("([\"'") if found else ""
