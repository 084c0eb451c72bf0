"""Times as they stand in running text: `12:34`, `1:02:03`, `1h02m03s`, `00:00–05:12`.

Finding is one pass, and stops after `limit` of them. Whether a time is a moment of an episode is for
the reader to decide; `of_day` tells whether the words around it speak of the time of day instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

COLON = ":：∶﹕"
_C = f"[{COLON}]"
_TO = (
    r"(?:[ \t]?(?:-{1,3}>?|[‐‑‒–—―−~〜～→⇒]|=>|\.\.\.?|…|/)[ \t]?"
    r"|[ \t](?:to|until|till|bis|à|al?|até|hasta|до|tot|til)[ \t])"
)
_TIME = rf"\d{{1,3}}{_C}\d\d(?:{_C}\d\d)?(?:[.,]\d{{1,3}})?(?!\d)"
_ANCHOR = re.compile(rf"{_C}\d\d")
_BEFORE = re.compile(rf"(?:\d{{1,3}}{_C})?\d{{1,3}}\Z")
_CLOCK = re.compile(
    rf"(\d{{1,3}}){_C}(\d{{1,2}})(?:{_C}(\d\d))?(?:[.](\d{{1,3}})(?!\d)|,(\d{{3}})(?!\d))?(?!\d)(?!{_C}\d)"
)
_RANGE = re.compile(rf"[)\]]?(?:{_TO}|[ \t|]{{1,4}})[(\[]?{_TIME}")
_OPENERS = "([{<«【〖〔「『（［｛*_`~"
_OPEN = re.compile(rf"(?:[{re.escape(_OPENERS)}]{{1,4}} ?)+\Z")
_CLOSE = re.compile(r" ?[)\]}>»】〗〕」』）］｝]+[*_`~]{0,4}|[*_`~]{1,4}[)\]]?")

_UNITS = re.compile(
    r"(?:(?<![\w.:,])|(?<=[）】」]))(?:"
    r"(\d{1,2}) ?h(?:(?:ou)?rs?|)\.? ?(\d{1,2}) ?m(?:in(?:ute)?s?)?\.?(?: ?(\d{1,2}) ?s(?:ec(?:ond)?s?)?\.?)?"
    r"|(\d{1,3}) ?m(?:in(?:ute)?s?)?\.? ?(\d{1,2}) ?s(?:ec(?:ond)?s?)?\.?)(?!\w)"
    r"|(?<![\d.:,])(?:(\d{1,2}) ?(?:小时|小時|時間|시간) ?)?"
    r"(\d{1,3}) ?(?:分钟|分鐘|分|분) ?(\d{1,2}) ?(?:秒|초)",
    re.IGNORECASE,
)
_FRAMES = re.compile(rf"(?<![\w.:,])(\d{{1,2}}){_C}(\d\d){_C}(\d\d)[:;]\d\d(?![\d:;])")
_PRIMES = re.compile(r"(?<![\w.:,])(?:(\d{1,2})[h°] ?)?(\d{1,3})['’′] ?(\d\d)(?:[\"”″]|''|’’|′′)?(?!\w)")
_DOTS = re.compile(r"(?<![\w.:,])(?:(\d{1,2})\.)?(\d{1,3})\.(\d\d)(?![\d.:,]?\d)(?!\w)")

# Time of day: am/pm in one case only, since "Am Anfang" is German.
_OF_DAY = re.compile(
    r"\s{0,2}(?:(?:am|pm|AM|PM|[ap]\.\s?m\.?|[AP]\.\s?M\.?)(?!\w)|(?i:uhr|h|hrs|o['’]clock|noon|heures|часов|ч)(?!\w)"
    r"|(?:[ECMP][SD]?T|GMT|UTC|CES?T|BST|[IJ]ST|A[EWC][SD]?T|Eastern|Pacific|Central|Z)(?!\w)|[+-]\d\d:?\d\d(?!\d))"
)
# … and so plainly that it is no moment of an episode whatever stands around it.
_SURELY_OF_DAY = re.compile(r"\s?(?i:uhr|o['’]clock|heures|часов)(?!\w)|(?:[ap]m|[AP]M|[ap]\.m)(?!\w)")
_MONTHS = (
    r"(?:jan(?:uar[y]?|vier|eiro)?|feb(?:ruar[y]?|brero)?|févr(?:ier)?|mar(?:ch|s|zo)?|märz|apr(?:il)?|avril|abril|"
    r"ma[iy]o?|june?|juni|juin|junio|july?|juli|juillet|julio|aug(?:ust)?|août|agosto|sep(?:t(?:ember|embre|iembre)?)?|"
    r"o[ck]t(?:ober|obre|ubre)?|nov(?:ember|embre|iembre)?|de[cz](?:ember|embre|iembre)?|déc(?:embre)?)"
)
_DAYS = (
    r"(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)(?:day|nesday|urday|sday)?s?|wednesdays?|"
    r"(?:mo|di|mi|do|fr|sa|so)(?:ntag|enstag|ttwoch|nnerstag|eitag|mstag|nntag)s?|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
)
_DATED = re.compile(
    rf"(?i)(?:\d{{1,4}}[-/.]\d{{1,2}}(?:[-/.]\d{{0,4}})?|(?<!\w)(?:{_DAYS})"
    rf"|(?<!\w){_MONTHS}\.?(?: \d{{1,2}})?(?:,? \d{{4}})?"
    r")[,.]?\s{0,2}(?:at |um |à |around |@ ?|[-–|:] ?)?\Z|\dT\Z"
)
_MONEY = "$€£¥+=/\\&#_%^"


class Stamp(NamedTuple):
    """A time in a text: `first`…`last` are its digits, with the second time of a range; `start`…`end`
    take in the brackets and emphasis around it, `opener` being the innermost of those in front."""

    start: int
    first: int
    last: int
    end: int
    seconds: float
    opener: str = ""
    ranged: bool = False
    hours: bool = False


def of_day(text: str, stamp: Stamp, *, before: bool = True) -> bool:
    """Whether the words behind a time, and with `before` those in front, make it a time of day."""
    if _OF_DAY.match(text, stamp.end, stamp.end + 16):
        return True
    return before and stamp.start > 0 and bool(_DATED.search(text[max(0, stamp.start - 24) : stamp.start]))


def clocks(text: str, limit: int = 5000) -> Iterator[Stamp]:
    """Every `M:SS` and `H:MM:SS` outside addresses, dates with time zones, MAC addresses and the like.

    After `limit` colons with two digits behind them no more is read.
    """
    done = 0
    for number, anchor in enumerate(_ANCHOR.finditer(text)):
        if number >= limit:
            return
        if anchor.start() < done:
            continue
        before = _BEFORE.search(text, max(0, anchor.start() - 8), anchor.start())
        if before is None:
            continue
        first = before.start()
        found = _CLOCK.match(text, first)
        if found and found[3] and len(found[1]) == 3:
            # A title's last digit that the time was glued to: "Part 200:05:12".
            first += 1
            found = _CLOCK.match(text, first)
        elif first and text[first - 1].isdecimal():
            continue
        if found is None or found.end() <= anchor.start():
            continue
        done = found.end()
        left, middle, right, fraction, comma = found.groups()
        if (right is None and len(middle) != 2) or int(right or middle) > 59 or (right and int(middle) > 59):
            continue
        if (first and _belongs_elsewhere(text, first)) or _SURELY_OF_DAY.match(text, done):
            continue
        if right:
            seconds = float(int(left) * 3600 + int(middle) * 60 + int(right))
        else:
            seconds = float(int(left) * 60 + int(middle))
            done -= 4 if comma else 0
        if fraction or (comma and right):
            digits = fraction or comma
            seconds += int(digits) / 10 ** len(digits)
        stamp = _stamp(text, first, done, seconds, hours=bool(right))
        done = max(done, stamp.last)
        yield stamp


def several(text: str) -> bool:
    """Whether two or more times of the kind that `clocks` finds may be in the text."""
    return sum(1 for _ in islice(_ANCHOR.finditer(text), 2)) == 2


def _belongs_elsewhere(text: str, first: int) -> bool:
    """Whether the digits at `first` go on a number, a sum of money, an assignment or an address."""
    before = text[first - 1]
    if before.isspace():
        return False
    if before in COLON:
        # A heading that the time is glued to, "Chapters:00:00", is none of these.
        return first < 2 or not text[first - 2].isalpha()
    if before in _MONEY or (before in ".,-" and first > 1 and text[first - 2].isdecimal()):
        return True
    word = text[max(0, first - 300) : first].rsplit(None, 1)[-1]
    return "://" in word or word.startswith("www.")


def _stamp(text: str, first: int, last: int, seconds: float, *, hours: bool = False) -> Stamp:
    ranged = _RANGE.match(text, last)
    last = end = ranged.end() if ranged else last
    start = first
    opener = ""
    if first and text[first - (2 if text[first - 1] == " " and first > 1 else 1)] in _OPENERS:
        opened = _OPEN.search(text, max(0, first - 12), first)
        if opened:
            start = opened.start()
            opener = opened[0].strip()[-1:]
    closer = _CLOSE.match(text, end, end + 12)
    if closer and (opener or not closer[0].startswith(" ")):
        end = closer.end()
    return Stamp(start, first, last, end, seconds, opener, ranged is not None, hours)


def _others(pattern: re.Pattern[str]) -> Callable[[str], Iterator[Stamp]]:
    def scan(text: str, limit: int = 5000) -> Iterator[Stamp]:
        for number, found in enumerate(pattern.finditer(text)):
            if number >= limit:
                return
            parts = [int(part or 0) for part in found.groups()]
            if pattern is _UNITS:
                one, two, three = parts[:3], [0, *parts[3:5]], parts[5:]
                parts = one if found[2] else two if found[5] else three
            if parts[-1] < 60 and (parts[0] == 0 or parts[1] < 60):
                seconds = parts[0] * 3600 + parts[1] * 60 + parts[2]
                yield _stamp(text, found.start(), found.end(), seconds, hours=bool(parts[0]))

    return scan


units = _others(_UNITS)  # 1h02m03s, 12m30s, 1分30秒
frames = _others(_FRAMES)  # 00:05:12:10, the last part being frames
primes = _others(_PRIMES)  # 5'12"
dots = _others(_DOTS)  # 05.12, which may as well be a date or a price
