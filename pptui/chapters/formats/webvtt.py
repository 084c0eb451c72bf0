"""WebVTT with a cue for each chapter (W3C WebVTT, 4 "Syntax": chapter title text).

The same format has subtitles and transcripts in it, which are no chapters: a `Kind:` line in the header
or in a comment decides, else how long the cues are, how dense their text is, and voices.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from statistics import median

from pptui.chapters import MOST
from pptui.chapters.formats.rows import Row, listed, seconds, stamp
from pptui.models import Chapter

_OPEN = 100 * 3600 - 0.001
"""A cue must end: so late (99:59:59.999) it is one whose end is not known."""

_SHORT = 8.0  # seconds that the cues of subtitles last, at most
_SPEECH = 7.0  # characters a second: people speak some 15, chapters have fewer than 4

_TIMING = re.compile(r"([\d:.,]{5,20})[ \t]+-->[ \t]+([\d:.,]{5,20})(?=[ \t]|\Z)")
_KIND = re.compile(r"(?:NOTE\s+)?kind:\s*(\w+)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,200}>")
_VOICE = re.compile(r"<v[ .]")
_BLANK = re.compile(r"\n[ \t]*\n\s*")


def is_one(text: str) -> bool:
    return bool(re.match(r"WEBVTT(?=\s|\Z)", text))


def read(text: str) -> tuple[Chapter, ...]:
    """The chapters; () for subtitles and transcripts."""
    kind, spoken = "", False
    rows: list[Row] = []
    for block in _BLANK.split(text.strip()):
        lines = block.split("\n")
        at = next((number for number, row in enumerate(lines[:2]) if "-->" in row), None)
        timing = _TIMING.match(lines[at].strip()) if at is not None else None
        if at is None or timing is None:
            found = next(filter(None, map(_KIND.match, lines)), None)
            kind = kind or (found[1].lower() if found else "")
            continue
        payload = " ".join(lines[at + 1 :])
        spoken = spoken or bool(_VOICE.search(payload))
        end = seconds(timing[2])
        title = html.unescape(_TAG.sub("", payload))
        rows.append(Row(seconds(timing[1]), title, None if end is None or end >= _OPEN else end))
        if len(rows) >= MOST:
            break
    if kind != "chapters" and (kind or spoken or _subtitles(rows)):
        return ()
    return listed(rows)


def _subtitles(rows: Sequence[Row]) -> bool:
    if len(rows) < 4:
        return False
    timed = [
        (row.end - row.start, len(row.title))
        for row in rows
        if row.start is not None and row.end is not None and row.end > row.start
    ]
    return bool(timed) and (
        median(length for length, _ in timed) < _SHORT
        or median(signs / length for length, signs in timed) > _SPEECH
    )


def write(chapters: Sequence[Chapter], title: str) -> str:
    """The file's text; a chapter whose end is not known lasts very long."""
    parts = [f"WEBVTT{f' - {_escaped(title)}' if title else ''}\n\nNOTE Kind: chapters\n"]
    for one in chapters:
        end = max(_OPEN, one.start + 1) if one.end is None else one.end
        parts.append(f"\n{stamp(one.start)} --> {stamp(end)}\n{_escaped(one.title)}\n")
    return "".join(parts)


def _escaped(value: str) -> str:
    return html.escape(value, quote=False)
