"""JSON chapters 1.2: the file that `podcast:chapters` in a feed points to.

github.com/Podcastindex-org/podcast-namespace, docs/examples/chapters/jsonChapters.md
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from pptui import text
from pptui.chapters import MOST
from pptui.chapters.ended import ended
from pptui.chapters.podlove import parse_start
from pptui.models import Chapter, Source
from pptui.times import LONGEST

# The first name is the specification's, the others are those of Podlove's and Podigee's JSON.
_START = ("startTime", "start", "start_time")
_IMAGE = ("img", "image")
_LINK = ("url", "href", "link")


def from_json(data: bytes, base: str = "") -> tuple[Chapter, ...]:
    """Chapters of a JSON file; () for what is none. `base`, its address, resolves relative links.

    They come sorted; one without a start is left out. Hidden are those with `toc: false`, and those
    without a title that have a link or picture; without either there is nothing to keep. Of several
    at one moment the first is kept, a listed one rather than a hidden one. They end as `ended` says.
    """
    try:
        document = json.loads(_decoded(data), strict=False)
    except (ValueError, RecursionError):
        return ()
    rows = document.get("chapters") if isinstance(document, dict) else document
    if not isinstance(rows, list):
        return ()
    read = [_chapter(row, base) for row in rows[:MOST] if isinstance(row, dict)]
    kept: dict[float, Chapter] = {}
    for chapter in sorted((one for one in read if one), key=lambda one: (one.start, one.hidden)):
        kept.setdefault(chapter.start, chapter)
    return ended(kept.values())


def _decoded(data: bytes) -> str:
    try:
        return data.decode(json.detect_encoding(data))
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _chapter(row: Mapping[str, object], base: str) -> Chapter | None:
    start = _seconds(_first(row, _START))
    title, toc = row.get("title"), row.get("toc")
    title = text.line(title) if isinstance(title, str | int | float) else ""
    link, image = (_address(_first(row, names), base) for names in (_LINK, _IMAGE))
    if start is None or not (title or link or image):
        return None
    hidden = not title or str(toc).lower() in ("false", "0")
    return Chapter(start, title, _seconds(_first(row, ("endTime", "end"))), Source.JSON, link, image, hidden)


def _address(value: object, base: str) -> str:
    return text.safe_url(value, base) if isinstance(value, str) else ""


def _first(row: Mapping[str, object], names: Iterable[str]) -> object:
    return next((row[name] for name in names if row.get(name) is not None), None)


def _seconds(value: object) -> float | None:
    if isinstance(value, str):
        return parse_start(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # False for NaN too. Compared first: an integer may be too large for a float.
    return abs(float(value)) if 0 <= value < LONGEST else None
