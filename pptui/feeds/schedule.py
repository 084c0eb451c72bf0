"""When a feed may be asked for next: what servers and feeds say about it, and what failures mean.

Nothing here looks at a clock: `now` is given, as an aware moment. Seconds are floats.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum, auto

from pptui.feeds.dates import moment
from pptui.models import Hold, Plan, Podcast

FIRST = timedelta(minutes=15)
"""How long a feed is left alone after a failure; twice as long after each further one in a row."""
LONGEST = timedelta(hours=24)
"""The longest such pause, and the longest that an answer holds, whatever was said."""
LONGEST_OFFLINE = timedelta(hours=1)
"""The longest pause where nothing answered: the fault may be on this side, and gone the next moment."""
LONGEST_WAIT = timedelta(days=7)
"""The longest that a server may ask to be left alone."""


class Asking(Enum):
    """Who wants a feed to be asked for: the program by itself, or a user, for all podcasts or for one."""

    AUTOMATIC = auto()
    ALL = auto()
    ONE = auto()


def held(plan: Plan, asking: Asking, now: datetime) -> bool:
    """Whether the feed is to be left alone now.

    A server that asks for it is left alone by everybody. A podcast that has ended is asked for only by
    itself. All else (an answer that still holds, a pause after a failure) binds the program, not the user."""
    if plan.hold is Hold.ENDED:
        return asking is not Asking.ONE
    # A moment that no rule can have set comes from a clock that was wrong.
    early = plan.due is not None and now < plan.due <= now + LONGEST_WAIT
    return early and (plan.hold is Hold.WAIT or asking is Asking.AUTOMATIC)


def stale(podcasts: Iterable[Podcast], minutes: int, now: datetime) -> list[str]:
    """Ids of those whose last answer is longer ago than that, and whose server may be asked unbidden."""
    limit = now - timedelta(minutes=minutes)
    return [
        one.id
        for one in podcasts
        if (one.refreshed is None or one.refreshed < limit) and not held(one.plan, Asking.AUTOMATIC, now)
    ]


def answered(now: datetime, *, fresh: float = 0.0, ttl: float = 0.0) -> Plan:
    """After an answer that the server says holds for `fresh` seconds, and the feed itself for `ttl`."""
    seconds = min(max(fresh, ttl), LONGEST.total_seconds())
    return Plan(now + timedelta(seconds=seconds), Hold.FRESH) if seconds > 0 else Plan()


def failed(
    before: Plan, now: datetime, *, status: int | None = None, retry_after: float | None = None
) -> Plan:
    """After a failure. `status` is the server's, None where there was no answer; `retry_after` seconds.

    What has ended (410) stays so until it is answered."""
    failures = before.failures + 1
    if status == 410 or before.hold is Hold.ENDED:
        return Plan(None, Hold.ENDED, failures)
    if retry_after is not None:
        wait = min(timedelta(seconds=retry_after), LONGEST_WAIT)
        return Plan(now + wait, Hold.WAIT, failures)
    longest = LONGEST if status is not None else LONGEST_OFFLINE
    pause = min(FIRST * 2 ** min(failures - 1, 10), longest)
    return Plan(now + pause, Hold.LOGIN if status == 401 else Hold.FAILED, failures)


def unasked(before: Plan) -> Plan:
    """After its password could not be had: the server was not asked, and may be as soon as it can."""
    return before if before.hold is Hold.ENDED else Plan(None, Hold.LOGIN, before.failures)


def lifetime(headers: Mapping[str, str], now: datetime) -> float:
    """For how many seconds an answer with these headers may be used unasked (RFC 9111, 4.2); 0 where
    nothing is said."""
    control = _directives(headers.get("Cache-Control", ""))
    if "no-cache" in control or "no-store" in control:
        return 0.0
    if "max-age" in control:
        age = _seconds(headers.get("Age", "")) or 0.0
        return max(0.0, (_seconds(control["max-age"]) or 0.0) - age)
    if (expires := moment(headers.get("Expires", ""))) is None:
        return 0.0
    sent = moment(headers.get("Date", "")) or now
    return max(0.0, (expires - sent).total_seconds())


def _directives(value: str) -> dict[str, str]:
    """By lower-case name, the first of each; with a value or "" (RFC 9111, 5.2)."""
    found: dict[str, str] = {}
    for name, quoted, bare in re.findall(r'([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,]*)))?', value[:2000]):
        found.setdefault(name.lower(), quoted or bare)
    return found


def _seconds(value: str) -> float | None:
    """Seconds as a header has them; what is too many to count is as many as can be (RFC 9111, 1.2.2)."""
    value = value.strip()
    return min(float(value), 2.0**31) if re.fullmatch("[0-9]+", value) else None
