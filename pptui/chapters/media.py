"""Chapters in the audio file itself, as mpv lists them once the file is open.

mpv reads ID3v2 CHAP, MP4 (Nero and QuickTime), Ogg and Opus comments and Matroska. Its
`chapter-list` property is a list of maps with `time` in seconds and, where there is one, `title`.
"""

from __future__ import annotations

import math
import re

from pptui.chapters import MOST
from pptui.chapters.ended import ended
from pptui.models import Chapter, Source
from pptui.text import line

# A CHAP frame without a title comes with its element id in the title's place, such as `chp3`.
_ELEMENT_ID = re.compile(r"ch(?:ap|apter|p)?\d+", re.IGNORECASE)


def from_mpv(entries: object, duration: float | None = None, *, shift: float = 0.0) -> tuple[Chapter, ...]:
    """Chapters in order of their starts, each ending where the next one begins and the last at `duration`.

    `shift` seconds are added to each start. Entries that can't be read, that lie at or behind the end,
    or that repeat a start are left out; a start before 0 counts as 0. A chapter without a title is
    called by its number, but a single one is the whole file and no chapter at all.
    """
    starts: dict[float, str] = {}
    for entry in entries if isinstance(entries, list) else []:
        time = entry.get("time") if isinstance(entry, dict) else None
        if not isinstance(time, int | float) or not math.isfinite(time):
            continue
        start = max(0.0, round(time + shift, 3))
        if duration is not None and start >= duration > 0:
            continue
        title = entry.get("title")
        title = line(title) if isinstance(title, str) else ""
        starts[start] = starts.get(start) or ("" if _ELEMENT_ID.fullmatch(title) else title)
        if len(starts) >= MOST:
            break
    if not any(starts.values()) and len(starts) < 2:
        return ()
    return ended(
        Chapter(start, starts[start] or f"Chapter {number}", duration, Source.FILE)
        for number, start in enumerate(sorted(starts), 1)
    )
