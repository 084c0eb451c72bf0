"""Seconds as people write them, and back: `15:46`, `1:02:03`, `2h 15m`; and moments."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

LONGEST = 1e9
"""Seconds; a number beyond is no time of an episode."""

# There is no local time for the very first and last days in every time zone.
_FIRST, _LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)

# Strings, which Python compiles when they are used: the first frame needs none of them.
_CLOCK = r"(?:(\d{1,6}):)?(\d{1,6}):(\d{1,2})(?:[.,](\d{1,9}))?\Z"
_UNITS = r"(?i)(?:(\d{1,6})\s*h)?\s*(?:(\d{1,6})\s*m)?\s*(?:(\d{1,6})(?:[.,](\d{1,9}))?\s*s)?\Z"
_SECONDS = r"\d{1,9}(?:\.\d{1,9})?\Z"


def clock(seconds: float | None) -> str:
    """`0:00`, `15:46`, `1:02:03`; `–:––` where unknown. Fractions are cut, as on every player."""
    if seconds is None or not math.isfinite(seconds):
        return "–:––"
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def span(seconds: float | None) -> str:
    """A length for a list: `52m`, `2h 15m`, `40s`; empty where unknown."""
    if seconds is None or not math.isfinite(seconds) or seconds <= 0:
        return ""
    if seconds < 60:
        return f"{int(seconds)}s"
    minutes = int(seconds / 60 + 0.5)
    return f"{minutes // 60}h {minutes % 60:02}m" if minutes >= 60 else f"{minutes}m"


def moment(at: datetime, now: datetime | None = None) -> str:
    """A moment near now, in the user's own time: `14:30`, on another day `5 March, 14:30`."""
    local, today = at.astimezone(), (now or datetime.now(UTC)).astimezone()
    day = "" if local.date() == today.date() else f"{local.day} {local:%B}, "
    return f"{day}{local:%H:%M}"


def sayable(at: datetime) -> bool:
    """Whether an aware moment can be shown wherever its reader lives."""
    return _FIRST <= at <= _LAST


def parse_time(text: str) -> float:
    """Seconds from `946`, `946.5`, `15:46`, `1:02:03`, `75:00`, `1h02m03s`, `15m46s`.

    Raises ValueError with a line for the user when it is none of these.
    """
    value = text.strip()
    if re.match(_SECONDS, value):
        return float(value)
    if found := re.match(_CLOCK, value):
        hours, minutes, seconds, fraction = found.groups()
        if int(seconds) < 60 and (hours is None or int(minutes) < 60):
            return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction or 0}")
    elif value and (found := re.match(_UNITS, value)):
        hours, minutes, seconds, fraction = found.groups()
        return (
            int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{fraction or 0}")
        )
    raise ValueError(f"not a time: {text!r} (write 15:46, 1:02:03 or 1h02m03s)")
