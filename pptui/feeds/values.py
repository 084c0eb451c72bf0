"""Lengths, dates and sizes as feeds write them, in all their forms, into seconds, UTC moments and bytes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from pptui.times import sayable

_LONGEST = 1_000_000.0
"""Seconds (some 277 hours). What claims to be longer was not meant in seconds."""

_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,5}):(\d{1,5})(?:[.,](\d{1,9}))?\Z")
_SECONDS = re.compile(r"(\d{1,9})(?:[.,](\d{1,9}))?\s*(?:s|secs?|seconds?)?\Z", re.IGNORECASE)
_UNITS = re.compile(
    r"(?:P\s*T\s*)?"
    r"(?:(\d{1,4})(?:[.,](\d{1,9}))?\s*(?:h|hrs?|hours?|std|stunden?)\b\.?[\s,]*)?"
    r"(?:(?:and\s+)?(\d{1,5})(?:[.,](\d{1,9}))?\s*(?:m|mins?|minutes?|minuten?)\b\.?[\s,]*)?"
    r"(?:(?:and\s+)?(\d{1,6})(?:[.,](\d{1,9}))?\s*(?:s|secs?|seconds?|sek|sekunden?)\b\.?)?\Z",
    re.IGNORECASE,
)
_UNIT_BORDER = re.compile(r"(?<=[a-zA-Z])(?=\d)")


def duration(value: str) -> float | None:
    """Seconds from an `itunes:duration`: `7200`, `52:00`, `1:02:03.5`, `45 min`, `1h 5m`, `PT1H5M`.

    None for what is none of these, and for nothing at all (`0`, `00:00:00`), which in feeds means
    that the length was not known. Minutes and seconds over 59 count as what they say: in `90:00`
    and `00:90:00` they are meant.
    """
    stripped = value.strip()[:80]
    seconds: float | None = None
    if found := _CLOCK.match(stripped):
        hours, minutes, rest, fraction = found.groups()
        seconds = float(int(hours or 0) * 3600 + int(minutes) * 60 + int(rest))
        if fraction:
            seconds += float(f"0.{fraction}")
    elif found := _SECONDS.match(stripped):
        seconds = float(f"{found[1]}.{found[2] or 0}")
    elif found := _UNITS.match(_UNIT_BORDER.sub(" ", stripped)):
        parts = [float(f"{found[n] or 0}.{found[n + 1] or 0}") for n in (1, 3, 5)]
        seconds = parts[0] * 3600 + parts[1] * 60 + parts[2]
    return seconds if seconds is not None and 0 < seconds <= _LONGEST else None


_WHOLE = re.compile(r"[0-9]{1,15}")


def whole(value: str) -> int | None:
    """A whole number above zero, such as a length in bytes; None for anything else."""
    stripped = value.strip()
    return int(stripped) or None if _WHOLE.fullmatch(stripped) else None


_ISO = re.compile(
    r"(\d{4})-?(?:(\d{1,2})-?(?:(\d{1,2})"
    r"(?:[T\s]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d{1,12})?)?)?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?\Z",
    re.IGNORECASE,
)
# As RFC 822 (5.1) has it with RFC 1123's years; what is only a little different is read by searching.
_RFC_822 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) ((?:19|20)\d\d) ((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d) "
    r"(?:GMT|UTC|([+-](?:[01]\d|2[0-3])[0-5]\d))",
    re.ASCII,
)
_STAMP = re.compile(r"[1-9]\d{8,9}\Z")
_TIME = re.compile(
    r"\b(\d{1,2})[:h](\d{2})(?::(\d{2}))?(?:[.,]\d{1,9})?\s*([ap])?\.?(?:m\b\.?)?", re.IGNORECASE
)
_OFFSET = re.compile(r"(?:\b(?:GMT|UTC?|Z))?\s*([+-])(\d{1,2}):?(\d{2})?(?!\d)", re.IGNORECASE)
_YEAR = re.compile(r"\b((?:19|20)\d{2})\b")
_WORD = re.compile(r"[^\W\d_]+")
_DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\b", re.IGNORECASE)
_DIGITS = re.compile(r"\b(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})\b")

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan janv ene gen",
            "feb fév févr fev",
            "mar mär mrz mars maart",
            "apr avr abr",
            "may mai maj mag mei",
            "jun juin giu",
            "jul juil lug",
            "aug août aou ago",
            "sep sept set",
            "oct okt ott out",
            "nov",
            "dec dez déc dic des",
        ),
        1,
    )
    for name in names.split()
}
_WRITTEN = {name: f"{number:02}" for name, number in _MONTHS.items()}
# RFC 822 knows only the North American names; feeds use these too. Where a name means several
# zones (IST, CST) the North American or none is taken.
_ZONES = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "mez": 60, "cest": 120,
    "mesz": 120, "eet": 120, "eest": 180, "sast": 120, "msk": 180, "jst": 540, "kst": 540, "awst": 480,
    "hkt": 480, "sgt": 480, "acst": 570, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
    "ast": -240, "adt": -180, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360,
    "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600, "brt": -180,
}  # fmt: skip


def moment(value: str) -> datetime | None:
    """An aware UTC moment from a date in a feed, or None where there is none in it.

    Reads RFC 822 and RFC 3339 with the usual mistakes: no or a wrong weekday, names in full or in
    another language, two-digit years, missing zones (taken as UTC) and seconds, and Unix time.
    """
    stripped = value.strip()[:120]
    if not stripped:
        return None
    try:
        if found := _rfc_822(stripped):
            return found
        found = _iso(stripped) or _loose(stripped)
    except (ValueError, OverflowError):
        return None
    return found if found and sayable(found) else None


def _rfc_822(text: str) -> datetime | None:
    found = _RFC_822.fullmatch(text)
    if not found:
        return None
    day, name, year, time, zone = found.groups()
    month = _WRITTEN.get(name.lower())
    if not month:
        return None
    # Python's own reader of RFC 3339 takes a fifth of the time that its numbers one by one do.
    return datetime.fromisoformat(f"{year}-{month}-{day.zfill(2)}T{time}{zone or '+0000'}").astimezone(UTC)


def _iso(text: str) -> datetime | None:
    if _STAMP.match(text):
        return datetime.fromtimestamp(int(text), UTC)
    found = _ISO.match(text)
    if not found:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    offset = 0
    if zone and zone[0] in "+-":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if zone[0] == "-" else 1)
    date = (int(year), int(month or 1), int(day or 1))
    return _utc(*date, int(hour or 0), int(minute or 0), int(second or 0), offset)


def _loose(text: str) -> datetime | None:
    hour = minute = second = offset = 0
    rest = text
    if found := _TIME.search(rest):
        hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
        if found[4] and hour <= 12:
            hour = hour % 12 + (12 if found[4] in "pP" else 0)
        tail = rest[found.end() :]
        if zone := _OFFSET.search(tail):
            offset = (int(zone[2]) * 60 + int(zone[3] or 0)) * (-1 if zone[1] == "-" else 1)
            tail = tail[: zone.start()] + " " + tail[zone.end() :]
        else:
            named = (_ZONES[word.lower()] for word in _WORD.findall(tail) if word.lower() in _ZONES)
            offset = next(named, 0)
        rest = rest[: found.start()] + " " + tail
    date = _named_date(rest) or _numbered_date(rest)
    return _utc(*date, hour, minute, second, offset) if date else None


def _named_date(text: str) -> tuple[int, int, int] | None:
    """`Fri, 23 Mar 2012`, `March 23rd, 2012`, `23-Mar-12`."""
    for word in _WORD.finditer(text):
        lowered = word[0].lower()
        month = next((_MONTHS[lowered[:n]] for n in (5, 4, 3) if lowered[:n] in _MONTHS), None)
        if month is None:
            continue
        rest = text[: word.start()] + " " + text[word.end() :]
        year = _YEAR.search(rest)
        if year:
            rest = rest[: year.start()] + " " + rest[year.end() :]
        numbers = [int(number[1]) for number in _DAY.finditer(rest)]
        if year and numbers:
            return int(year[1]), month, numbers[0]
        if len(numbers) > 1:
            # RFC 2822, 4.3: two digits below 50 are of this century.
            return numbers[1] + (2000 if numbers[1] < 50 else 1900), month, numbers[0]
        if year:
            return int(year[1]), month, 1
    return None


def _numbered_date(text: str) -> tuple[int, int, int] | None:
    """`2012/03/23`, `23.03.2012`; with slashes the month comes first unless it can't (`3/23/2012`)."""
    found = _DIGITS.search(text)
    if not found:
        return None
    first, second, third = (int(part) for part in found.groups())
    if len(found[1]) == 4:
        return first, second, third
    if len(found[3]) != 4:
        return None
    slashed = "/" in found[0]
    if (slashed and first <= 12) or second > 12:
        return third, first, second
    return third, second, first


def _utc(year: int, month: int, day: int, hour: int, minute: int, second: int, offset: int) -> datetime:
    # 24:00 and leap seconds are legal where these dates come from, but not in datetime.
    later = timedelta()
    if hour == 24 and minute == 0:
        hour, later = 0, timedelta(days=1)
    zone = timezone(timedelta(minutes=offset))
    return (datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone) + later).astimezone(UTC)
