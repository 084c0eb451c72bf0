"""What the readers and writers of all formats share: rows made a chapter list, and times written out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from pptui.chapters import MOST
from pptui.chapters.ended import ended
from pptui.models import Chapter, Source
from pptui.text import line
from pptui.times import LONGEST

_CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,6}):(\d{1,2})(?:[.,](\d{1,9}))?")


@dataclass(frozen=True, slots=True)
class Row:
    """A chapter as a file has it: nothing is checked yet. A start that can't be read is None."""

    start: float | None
    title: str = ""
    end: float | None = None
    link: str = ""
    hidden: bool = False


def listed(rows: Iterable[Row]) -> tuple[Chapter, ...]:
    """The rows as chapters, to the millisecond: sorted, one for each start, the first of several.

    One without a title is called by its number; they end as `ended` says."""
    found: dict[float, Chapter] = {}
    for row in islice(rows, MOST):
        if row.start is None or not 0 <= row.start < LONGEST:
            continue
        start = round(row.start, 3)
        end = None if row.end is None else round(row.end, 3)
        if start not in found:
            found[start] = Chapter(start, line(row.title), end, Source.FILE, row.link, hidden=row.hidden)
    ordered = (found[start] for start in sorted(found))
    return ended(
        one._replace(title=one.title or f"Chapter {number}") for number, one in enumerate(ordered, 1)
    )


def seconds(value: str) -> float | None:
    """Seconds of `01:02:03.456`, hours left out or not; None for anything else."""
    found = _CLOCK.fullmatch(value.strip())
    if not found:
        return None
    hours, minutes, whole, fraction = found.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(whole) + float(f"0.{fraction or 0}")


def stamp(value: float) -> str:
    """`01:02:03.456`."""
    whole, thousandths = divmod(milliseconds(value), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{thousandths:03}"


def milliseconds(value: float) -> int:
    return round(value * 1000)
