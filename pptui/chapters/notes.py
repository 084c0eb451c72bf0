"""Chapters out of show notes, in whatever form their author wrote the list.

Three steps, each a single pass: `pptui.markup` makes lines of the notes, `pptui.stamps` finds the times
in them, and a few readings of the layout (time first, time last, title below or above, all in one
paragraph) each propose rows. The reading with the most rows that hold as a chapter list wins; a list
that reads like a schedule, a transcript, scores or prose gives none at all.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median
from unicodedata import category

from pptui import markup, stamps
from pptui.models import Chapter, Source
from pptui.stamps import Stamp
from pptui.text import TEXT_LIMIT, line

_RARE = 100_000  # characters in which notations other than 12:34 are looked for
_ROWS = 1_000  # more times than this is a transcript or worse
_TITLE = 1_500  # characters of a title that are looked at; what is kept is shorter
_SHORT_GAP = 4.0  # seconds between chapters: half of them being shorter is not a list for listeners
_SPEECH = 7.0  # characters a second: people speak some 15, chapter titles stay below 4

_HEADINGS = re.compile(
    r"(?i)(?<!\w)(?:chapters?|time\W?(?:stamps?|codes?|line)|outline|topics?|contents?|rundown|segments?|highlights"
    r"|kapitel\w*|inhalt\w*|themen|zeitmarken|zeitstempel|sommaire|chapitr\w+|minutage|cap[ií]tulos?|capitoli|[ií]ndice"
    r"|minutaggio|hoofdstukken|tijdcodes|rozdział\w*|kapitler|bölümler|тайм\W?код\w*|содержание|темы|главы"
    r"|目录|目錄|章节|章節|时间[轴戳线]|時間[軸戳線]|目次|チャプター|タイムスタンプ|챕터|타임스탬프|목차|الفصول|פרקים)(?!\w)"
)
_LABEL = (
    r"(?:chapter|kapitel|chapitre|cap[ií]tulo|capitolo|part|teil|partie|parte|section|segment|topic|track|ch|ep|глава|часть)"
    r"\.?\s?\d{1,3}"
)
# What may stand in front of a time that begins its line: bullets, emoji, a number, a label.
_LEADING = re.compile(
    rf"(?i)[\W_]*(?:(?:no\.?\s?|nr\.?\s?)?\d{{1,3}}[\W_]+|{_LABEL}[\W_]+|(?:minuten?|min|time(?:stamp|code)?|start|ab|t)\b[\W_]*)?"
)
_BARE = re.compile(r"[\W_]*(?:\d{1,3}[.)\]:\W_]+)?")
_TAIL = re.compile(r"[\W_]{0,24}")
# Words after which a time is spoken of, in the languages that notes are mostly written in.
_PREPOSITIONS = frozenset(
    "at around about approx approximately circa ca by until till from to after before since of on is was see call page the and"
    " or um ab bis gegen von nach vor seit bei minute minuten à vers depuis de las às alle dalle ore kl om rond в во около с до"
    " после на".split()
)
_FACT = re.compile(
    r"(?i)[\W_]*(?:(?:episode |total |running |run|play|laufzeit|spiel|gesamt)?\s?(?:duration|length|time|dauer|länge|durée|duración)"
    r"|laufzeit|runtime|recorded|aufgenommen|aufnahme|released?|published|aired|veröffentlicht|date|datum)(?:\s\w{1,4})?[\W_]*"
)
_BOOKS = frozenset(
    "gen genesis exod exodus lev leviticus num numbers deut deuteronomy josh joshua judges ruth sam samuel kings chronicles ezra"
    " nehemiah esther job ps psa psalm psalms psalter salmo salmos psaume proverbs prov ecclesiastes isaiah isa jesaja jeremiah"
    " lamentations ezekiel daniel hosea joel amos obadiah jonah micah nahum habakkuk zephaniah haggai zechariah malachi matt"
    " matthew matthäus matthieu mateo mark markus luke lukas john johannes acts apostelgeschichte rom romans römer cor corinthians"
    " korinther gal galatians eph ephesians phil philippians col colossians thess thessalonians tim timothy titus philemon heb"
    " hebrews hebräer james jas peter pet petrus jude rev revelation revelations offenbarung mose surah sura sure koran quran".split()
)
_VERSE_AFTER = re.compile(r"[-–,;]\s?\d{1,3}(?=\s*(?:[,;.)\n]|\Z))")

_SEPARATORS = "-‐‑‒–—―−:|｜：•‣▪▫●○◦∙·・►▸▶▷»→⇒➔➜➡=~*+"
_LEAD_TRASH = re.compile(rf"(?:[{re.escape(_SEPARATORS)}\s\ufe0f]+|[.,;/>)\]]+(?=\s|\w{{2}}))+")
_END_TRASH = " ,:：→⇒，、"
_BEFORE_TIME = " \t,;，、；(（[{<" + _SEPARATORS
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,300}?)(?<=\S)\1")
_WRAPPED = re.compile(r"([*_`])([^*_`]+)\1\Z")
_LINKED = re.compile(r"!?\[([^\[\]\n]{1,500})\]\((?:https?:|mailto:|[#/.])[^()\s]{0,3000}\)")
_FRAGMENT = re.compile(r"#t=(?:npt:)?([\dhms:.]{1,16})")
_RARELY = re.compile(r"\d(?: ?[hm分時时시小]|['’′.:：∶﹕]\d)", re.I)
_MARKER = re.compile("\x02([^\x02\x03\n]*)\x03")
_INVISIBLE = re.compile("[\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
# Entities that may stand in or beside a time; the others are decoded in the titles alone.
_LAYOUT = (
    "&nbsp;",
    "&#160;",
    "&#xA0;",
    "&#58;",
    "&colon;",
    "&ndash;",
    "&mdash;",
    "&#8211;",
    "&#8212;",
    "&bull;",
    "&#8226;",
)
_SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+(?=[^\W\da-z_])")
_SECTION = re.compile(
    r"\s(?:[A-ZÄÖÜ][A-ZÄÖÜ&' ]{2,40}:\s|(?:https?://|www\.)\S|[^\W\da-z_]\w+(?: \w+){0,2}: ?(?:https?://|@)"
    r"|(?:Links?|Show ?notes|Sponsors?|Resources|References|Credits|Music|Follow|Subscribe|Support|Connect|Hosts?|Guests?|Musik|Quellen)\s?:)"
)
_SPEAKS = re.compile(
    r"\s(?=(?:This|These|Please|Follow|Subscribe|Thanks?|Join|Check|Support|Become|Find|Listen|Visit|Connect|Get|Our|We|For more|If you"
    r"|In this|You can|Learn|Sign up|Don['’]t|Watch|Read|Like|Share|Hosted|Produced|Music by|Links|Folgt|Mehr|Abonniert)\s)"
)
_WEEKDAY = re.compile(
    r"(?i)(?<!\w)(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?)(?!\w)"
    r"|\b\d{1,2}(?:st|nd|rd|th|\.)? (?:of )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*|"
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w* \d{1,2}\b|(?<!\w)(?:Mo|Di|Mi|Do|Fr|Sa|So|Mon|Tue|Wed|Thu|Fri|Sat|Sun)[.:,–-]"
    r"|\b\d{1,2}[./]\d{1,2}[./](?:\d{2}|\d{4})\b"
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
    if not _may_have(text):
        return ()
    length = duration if duration and duration > 0 else None
    for reading in _readings(text, is_html):
        if rows := _best(reading, length):
            ends = [*(row.start for row in rows[1:]), length]
            return tuple(
                Chapter(start=row.start, title=row.title, end=end, source=Source.NOTES)
                for row, end in zip(rows, ends, strict=True)
            )
    return ()


def _may_have(text: str) -> bool:
    """Whether there are two times in the notes at all, in any notation: most have none."""
    if any(sign in text for sign in ("#t=", "&#58;", "&colon;")):
        return True
    return stamps.several(text) or bool(_RARELY.search(text, 0, _RARE))


def _readings(text: str, is_html: bool | None) -> Iterator[str]:
    if is_html is None:
        is_html = markup.is_html(text)
    if is_html:
        text = markup.unescaped(text)
    if not is_html:
        yield _plain(_moments(text))
        return
    text = _moments(text)
    blocks = markup.has_blocks(text)
    yield _plain(markup.lines(text, breaks=not blocks))
    if blocks and "\n" in text.strip():
        yield _plain(markup.lines(text, breaks=True))


def _plain(text: str) -> str:
    if not text.isascii():
        text = _INVISIBLE.sub("", text).replace("\xa0", " ").replace("\u2028", "\n").replace("\u2029", "\n")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text:
        for entity in _LAYOUT:
            text = text.replace(entity, markup.decode(entity))
        text = text.replace("\xa0", " ")
    if "\x02" in text:
        text = "\n".join(_told(each) for each in text.split("\n"))
    if "](" in text:
        text = _LINKED.sub(r"\1", text)
    return text


def _moments(text: str) -> str:
    """Links to a moment of the episode (Media Fragments URI, 4.2.1) marked with its time."""
    if "#t=" not in text:
        return text
    text = text.replace("\x02", "").replace("\x03", "")
    kept: list[str] = []
    done = 0
    for found in islice(_FRAGMENT.finditer(text), _ROWS):
        begin = max(done, found.start() - 1000)
        tag, bracket = text.rfind("<", begin, found.start()), text.rfind("[", begin, found.start())
        if tag > bracket and text[tag : tag + 3].lower() in ("<a ", "<a\n"):
            at = text.find(">", found.end(), found.end() + 1000) + 1
        else:
            at = bracket if "](" in text[max(bracket, begin) : found.start()] else 0
        if at > done:
            kept += [text[done:at], f"\x02{found[1]}\x03"]
            done = at
    return "".join([*kept, text[done:]])


def _told(text: str) -> str:
    # A time that can be read says the same as the link around it.
    if any(True for _ in stamps.clocks(_MARKER.sub(" ", text), 1)):
        return _MARKER.sub("", text)
    return _MARKER.sub(lambda found: f" {_clock(found[1])} ", text)


def _clock(value: str) -> str:
    from pptui.times import clock, parse_time

    try:
        return clock(parse_time(value.strip(".:")))
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with at least one time: `start`…`end` in the text, and its stamps."""

    start: int
    end: int
    marks: tuple[Stamp, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A proposed chapter; `own` when the time or the title begins the line, `bad` when the words around it
    speak of something else than a moment of the episode."""

    start: float
    title: str
    mark: Stamp
    own: bool = True
    bad: bool = False


def _best(text: str, duration: float | None) -> list[_Row]:
    for scan, loose in (
        (stamps.clocks, True),
        (stamps.units, True),
        (stamps.frames, False),
        (stamps.primes, False),
        (stamps.dots, False),
    ):
        marks = list(islice(scan(text if scan is stamps.clocks else text[:_RARE]), _ROWS + 1))
        if len(marks) > _ROWS:
            return []
        if len(marks) < 2:
            continue
        rows = _lines(text, marks)
        best: list[_Row] = []
        for layout in (_time_first, _time_last, _title_above) if loose else (_time_first,):
            proposed = layout(text, rows)
            held = _held(text, proposed, duration, trailing=layout is _time_last)
            # These forms are also those of prices, heights and dates.
            if not loose and held and not (held[0].start == 0 and len(held) == len(proposed) >= 3):
                held = []
            if len(held) > len(best):
                best = held
        if best:
            return best
    return []


def _lines(text: str, marks: Sequence[Stamp]) -> list[_Line]:
    found: list[_Line] = []
    start = end = -1
    current: list[Stamp] = []
    for mark in marks:
        if mark.first >= end:
            if current:
                found.append(_Line(start, end, tuple(current)))
            start = text.rfind("\n", 0, mark.first) + 1
            end = text.find("\n", mark.first)
            end = len(text) if end < 0 else end
            current = []
        current.append(mark)
    return [*found, _Line(start, end, tuple(current))]


def _begins(text: str, row: _Line) -> bool:
    prefix = text[row.start : row.marks[0].start]
    return len(prefix) <= 48 and bool(_LEADING.fullmatch(prefix))


def _alone(text: str, row: _Line) -> bool:
    """Whether the line is nothing but one time."""
    mark = row.marks[0]
    return (
        len(row.marks) == 1
        and mark.start - row.start <= 24
        and row.end - mark.end <= 24
        and bool(_BARE.fullmatch(text[row.start : mark.start]))
        and bool(_TAIL.fullmatch(text[mark.end : row.end]))
    )


def _time_first(text: str, rows: Sequence[_Line]) -> list[_Row]:
    """`12:34 Title`, one a line or run on; the title on the next line where the time stands alone."""
    leading = [_begins(text, row) for row in rows]
    single = sum(1 for row, first in zip(rows, leading, strict=True) if first and len(row.marks) == 1)
    listed = single >= 3
    found: list[_Row] = []
    gap = -1
    for number, row in enumerate(rows):
        nearest = (
            rows[number + 1].marks[0].seconds if number + 1 < len(rows) and leading[number + 1] else None
        )
        marks = list(row.marks)
        if not leading[number]:
            # In prose only the beginning of a list counts: the time zero, or the first of several.
            zero = next((index for index, mark in enumerate(marks) if mark.seconds == 0), None)
            if zero is not None:
                marks = marks[zero:]
            elif len(marks) < 2:
                continue
        kept = [marks[0], *_breaks(text, marks, listed and leading[number], nearest)]
        for index, mark in enumerate(kept):
            following = kept[index + 1] if index + 1 < len(kept) else None
            own = index == 0 and leading[number]
            end = following.start if following else row.end
            raw = text[mark.end : min(end, mark.end + _TITLE)]
            title = _title(_parted(raw) if following else raw, mark)
            if not title and own and len(kept) == 1 and _alone(text, row):
                below, distance = _below(
                    text, row.end, rows[number + 1].start if number + 1 < len(rows) else len(text)
                )
                gap = distance if gap < 0 else gap
                title = _title(below) if distance == gap else ""
            found.append(_Row(mark.seconds, title, mark, own, _is_bad(text, row, mark, index == 0 and own)))
    return _trimmed(found, text)


def _breaks(text: str, marks: Sequence[Stamp], listed: bool, nearest: float | None) -> Iterator[Stamp]:
    """The times in a line, after its first, that begin a row; the others are part of a title."""
    last = marks[0]
    for mark in marks[1:]:
        before = text[max(last.end, mark.start - 24) : mark.start]
        if mark.seconds < last.seconds:
            continue
        if listed:
            # The list has a line for each row: another time must look exactly like the beginning of one.
            if nearest is not None and mark.seconds >= nearest:
                continue
            parted = mark.opener and mark.opener == marks[0].opener
            if not parted and not re.search(r"[,;|•→/·]\s*\Z|\s{2}\Z", before):
                continue
        elif mark.opener != marks[0].opener and marks[0].opener not in "*_`~":
            continue
        if not mark.opener and _last_word(before) in _PREPOSITIONS:
            continue
        last = mark
        yield mark


def _below(text: str, position: int, end: int) -> tuple[str, int]:
    """The next line that is not blank, before `end`, and how many blank ones are skipped."""
    region = text[position : min(end, position + _TITLE)]
    stripped = region.lstrip()
    blank = region[: len(region) - len(stripped)].count("\n")
    return stripped.split("\n", 1)[0], blank


def _above(text: str, position: int, start: int) -> tuple[str, int]:
    region = text[max(start, position - _TITLE) : position]
    stripped = region.rstrip()
    blank = region[len(stripped) :].count("\n")
    return stripped.rsplit("\n", 1)[-1], blank


def _title_above(text: str, rows: Sequence[_Line]) -> list[_Row]:
    """The title on the line above a time that stands alone."""
    found: list[_Row] = []
    gap = -1
    before = 0
    for row in rows:
        if _alone(text, row):
            above, distance = _above(text, row.start, before)
            gap = distance if gap < 0 else gap
            title = _title(above) if distance == gap else ""
            found.append(
                _Row(
                    row.marks[0].seconds,
                    title,
                    row.marks[0],
                    True,
                    stamps.of_day(text, row.marks[0], before=False),
                )
            )
        before = row.end
    return found


def _time_last(text: str, rows: Sequence[_Line]) -> list[_Row]:
    """`Title 12:34` and `Title (12:34)`, one a line or run on."""
    found: list[_Row] = []
    for row in rows:
        tail = text[row.marks[-1].end : row.end]
        if len(tail) > 24 or not _TAIL.fullmatch(tail):
            continue
        begin = row.start
        for index, mark in enumerate(row.marks):
            raw = text[max(begin, mark.start - _TITLE) : mark.start]
            bad = _is_bad(text, row, mark, False) or bool(_FACT.fullmatch(raw[:60]))
            if len(row.marks) > 1:
                raw = (
                    re.split(r"[:：]\s*(?=\S)|" + _SENTENCE.pattern, raw)[-1]
                    if index == 0
                    else raw.lstrip(" .,;)/")
                )
                bad = bad or len(raw) > 90 or bool(_SENTENCE.search(raw.strip()))
            title = _title(raw.rstrip(_BEFORE_TIME))
            found.append(_Row(mark.seconds, title, mark, index == 0 and len(row.marks) == 1, bad))
            begin = mark.end
    return _unbulleted(found)


def _parted(raw: str) -> str:
    """A run-on title without what parts it from the next row: `Intro / `, `Intro 🎤 `, `Intro 2. `."""
    raw = re.sub(r"\s#?\d{1,3}[.)]\Z", "", raw.rstrip()[-_TITLE:])
    end = len(raw)
    while end and (
        raw[end - 1] in _BEFORE_TIME or raw[end - 1] in "/\ufe0f" or category(raw[end - 1]) == "So"
    ):
        end -= 1
    return raw[:end]


def _unbulleted(rows: list[_Row]) -> list[_Row]:
    """The same emoji in front of every title is a bullet."""
    starts = [re.match(r"[^\w\s\"'“„«(\[¿¡#@$.]+\s*", row.title) for row in rows]
    first = starts[0] if starts else None
    if first is None or len(rows) < 3 or not all(each and each[0] == first[0] for each in starts):
        return rows
    cut = len(first[0])
    return [_Row(row.start, row.title[cut:], row.mark, row.own, row.bad) for row in rows]


def _last_word(before: str) -> str:
    words = before[-28:].rstrip(" \t\n.:~@").rsplit(None, 1)
    return words[-1].lower().lstrip("([\"'") if words else ""


def _is_bad(text: str, row: _Line, mark: Stamp, own: bool) -> bool:
    if stamps.of_day(text, mark, before=not own):
        return True
    if own:
        return False
    word = _last_word(text[max(row.start, mark.start - 28) : mark.start])
    if word in _BOOKS or _VERSE_AFTER.match(text, mark.end, mark.end + 8):
        return True
    return not mark.opener and word in _PREPOSITIONS


def _trimmed(rows: list[_Row], text: str) -> list[_Row]:
    """In a paragraph nothing says where the last title ends: it stops where something else begins."""
    if len(rows) < 2 or rows[-1].own:
        return rows
    last = rows[-1]
    others = [row.title for row in rows[:-1]]
    title = last.title
    if (section := _SECTION.search(f" {title}")) and section.start() > 0:
        title = title[: section.start() - 1]
    if not any(_SENTENCE.search(other) for other in others):
        parts = _SENTENCE.split(title, maxsplit=1)
        if len(parts) > 1 and parts[0].strip():
            title = parts[0]
            if (
                title.endswith(".")
                and not title.endswith("..")
                and not any(other.endswith(".") for other in others)
            ):
                title = title[:-1]
    longest = max(60, *(len(other) for other in others))
    if len(title) > longest:
        title = _SPEAKS.split(title, maxsplit=1)[0]
    if len(title) > 2 * longest:
        title = title[: 2 * longest].rsplit(" ", 1)[0] + "…"
    title = title.rstrip(_END_TRASH)
    return [*rows[:-1], _Row(last.start, title, last.mark, last.own, last.bad)]


def _title(raw: str, mark: Stamp | None = None) -> str:
    title = line(markup.strip_tags(markup.decode(raw)), 500)
    table = title.startswith("|") and title.endswith("|")
    if table:
        title = title.strip("| ")
    title = _LEAD_TRASH.sub("", title, count=1) if _LEAD_TRASH.match(title) else title
    if "*" in title or "_" in title or "`" in title:
        title = _EMPHASIS.sub(r"\2", title)
        if wrapped := _WRAPPED.match(title):
            title = wrapped[2]
    if (
        mark
        and mark.opener
        and title[-1:]
        and title[-1] == _PAIRS.get(mark.opener)
        and title[-1] not in _inside(title)
    ):
        title = title[:-1]
    return title.rstrip(_END_TRASH)


_PAIRS = {"(": ")", "[": "]", "{": "}", "【": "】", "（": "）", "〔": "〕", "「": "」", "<": ">"}


def _inside(title: str) -> str:
    """The closing brackets whose opening ones are in the title."""
    return "".join(
        closing for opening, closing in _PAIRS.items() if title.count(opening) >= title.count(closing)
    )


def _held(text: str, rows: Sequence[_Row], duration: float | None, *, trailing: bool) -> list[_Row]:
    """The longest ascending list among the proposed rows, if it holds as one."""
    titled = [row for row in rows if row.title]
    if len(titled) < 2 or 2 * len(titled) < len(rows):
        return []
    runs: list[list[_Row]] = [[]]
    for row in titled:
        run = runs[-1]
        if run and row.start < run[-1].start and row.start <= run[0].start:
            runs.append([])
        runs[-1].append(row)
    best: list[_Row] = []
    for run in runs:
        kept = _ascending(run)
        if len(kept) > len(best) and _holds(text, run, kept, duration, trailing):
            best = [row for row in kept if duration is None or row.start < duration]
    return best


def _ascending(rows: Sequence[_Row]) -> list[_Row]:
    """The longest strictly ascending part in order (patience sorting), the first of equal starts."""
    tops: list[float] = []
    chosen: list[int] = []
    before: list[int] = [-1] * len(rows)
    seen: set[float] = set()
    for index, row in enumerate(rows):
        if row.start in seen:
            continue
        seen.add(row.start)
        place = bisect_right(tops, row.start)
        before[index] = chosen[place - 1] if place else -1
        tops[place : place + 1] = [row.start]
        chosen[place : place + 1] = [index]
    kept: list[_Row] = []
    index = chosen[-1] if chosen else -1
    while index >= 0:
        kept.append(rows[index])
        index = before[index]
    return kept[::-1]


def _holds(
    text: str, run: Sequence[_Row], kept: Sequence[_Row], duration: float | None, trailing: bool
) -> bool:
    distinct = len({row.start for row in run})
    if len(kept) < 2 or len(kept) < 0.6 * distinct:
        return False
    if duration is not None and sum(1 for row in kept if row.start < duration) < max(2, len(kept) / 2):
        return False
    if 2 * sum(1 for row in kept if row.bad) >= len(kept):
        return False
    first = kept[0].mark.start
    headed = bool(_HEADINGS.search(text, max(0, first - 160), first))
    zero = kept[0].start <= 5
    return (
        _enough(kept, trailing, headed, zero)
        and not _is_schedule(text, kept, headed, trailing)
        and not _is_transcript(kept)
    )


def _enough(kept: Sequence[_Row], trailing: bool, headed: bool, zero: bool) -> bool:
    own = 2 * sum(1 for row in kept if row.own) >= len(kept)
    if zero or headed:
        return own or not trailing or len(kept) >= 3
    if len(kept) < 3:
        return own and not trailing and all(row.mark.ranged for row in kept)
    if trailing:
        return own and kept[0].start < 600
    # A paragraph that doesn't begin at zero and has no heading: its titles must at least look like some.
    return own or (
        len(kept) >= 4 and all(_capital(row.title) for row in kept) and not any(row.bad for row in kept)
    )


def _capital(title: str) -> bool:
    letter = next((character for character in title if character.isalnum()), "")
    return not letter.islower() and not title.startswith((",", ".", ")", ";"))


def _is_schedule(text: str, kept: Sequence[_Row], headed: bool, trailing: bool) -> bool:
    """Times of day: whole five minutes between morning and midnight, or days and dates beside them."""
    dated = sum(1 for row in kept if _WEEKDAY.search(row.title)) if trailing else 0
    if 2 * dated >= len(kept):
        return True
    return not headed and all(
        360 <= row.start < 24 * 60 and row.start % 5 == 0 and not row.mark.hours for row in kept
    )


def _is_transcript(kept: Sequence[_Row]) -> bool:
    if len(kept) < 4:
        return False
    pairs = list(zip(kept, kept[1:], strict=False))
    gaps = [after.start - row.start for row, after in pairs]
    if median(gaps) < _SHORT_GAP:
        return True
    if (
        median((after.mark.start - row.mark.end) / gap for (row, after), gap in zip(pairs, gaps, strict=True))
        > _SPEECH
    ):
        return True
    return 2 * len({row.title for row in kept}) <= len(kept)


def best_of(texts: Iterable[tuple[str, bool | None]], duration: float | None = None) -> tuple[Chapter, ...]:
    """The longest chapter list among several texts of one episode, the first of equals."""
    found = [from_notes(text, is_html=is_html, duration=duration) for text, is_html in texts]
    return max(found, key=len, default=())
