"""What a refresh brought, podcast by podcast and in all, in words for the shell and the screens alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from pptui import text
from pptui.models import Hold, Plan
from pptui.times import moment


class Ending(StrEnum):
    """How it went with one podcast; the value is what `--json` prints."""

    FAILED = "failed"
    LOGIN = "login"
    ENDED = "ended"
    LEFT = "left alone"
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a refresh of one podcast brought.

    `new` are episodes that were not in its feed before, `filled` those of a feed that had never been read
    into this catalogue. `error` is one plain line, empty when all went well, and also there where it has
    ended, which is no failure; `moved_to` the address that it has from now on;
    `remark` whatever else was told. `plan` says when its server may be asked again. Where `asked` is
    False it was left alone, for the reason that is in the plan."""

    podcast: str
    title: str
    new: int = 0
    changed: bool = False
    moved_to: str = ""
    error: str = ""
    remark: str = ""
    plan: Plan = field(default_factory=Plan)
    asked: bool = True
    filled: int = 0

    @property
    def ending(self) -> Ending:
        if not self.asked:
            return Ending.LEFT
        if self.error:
            return {Hold.ENDED: Ending.ENDED, Hold.LOGIN: Ending.LOGIN}.get(self.plan.hold, Ending.FAILED)
        if self.new:
            return Ending.NEW
        return Ending.CHANGED if self.changed else Ending.UNCHANGED

    @property
    def failed(self) -> bool:
        """Whether something went wrong that may go well another time."""
        return self.ending in (Ending.FAILED, Ending.LOGIN)

    def words(self, now: datetime | None = None) -> str:
        """One line about this podcast, without its title."""
        said = []
        if not self.asked:
            said.append(f"left alone: {_why(self.plan, now or datetime.now(UTC))}")
        elif self.error:
            said.append(f"it has ended: {self.error}" if self.ending is Ending.ENDED else self.error)
            if self.plan.hold is Hold.WAIT and self.plan.due:
                said.append(f"to be left alone until {moment(self.plan.due, now or datetime.now(UTC))}")
        elif self.filled:
            said.append(f"its list is filled again: {text.amount(self.filled, 'episode')}")
        else:
            said.append(f"{self.new} new" if self.new else "nothing new")
        return " · ".join(filter(None, (*said, self.remark)))


def moved(address: str) -> str:
    """What is said of a podcast that has another address from now on."""
    return f"moved to {text.shown_url(address)}"


def _why(plan: Plan, now: datetime) -> str:
    if plan.hold is Hold.ENDED:
        return "it has ended"
    when = moment(plan.due, now) if plan.due else "later"
    if plan.hold is Hold.WAIT:
        return f"its server asks for that until {when}"
    return f"not due before {when}"


def summary(outcomes: Iterable[Outcome], *, stopped: bool = False, between: str = " · ") -> str:
    """All of them in a line; what happened to none is not spoken of."""
    found = list(outcomes)
    new = sum(one.new for one in found)

    def many(ending: Ending, words: str) -> str:
        count = sum(one.ending is ending for one in found)
        return f"{count} {words}" if count else ""

    moves = sum(bool(one.moved_to) for one in found)
    filled = sum(bool(one.filled) for one in found)
    return between.join(
        filter(
            None,
            (
                text.amount(new, "new episode"),
                "stopped" if stopped else "",
                f"{text.amount(filled, 'list')} filled again" if filled else "",
                f"{moves} moved" if moves else "",
                many(Ending.ENDED, "ended"),
                many(Ending.LOGIN, "without a password"),
                many(Ending.FAILED, "failed"),
                many(Ending.LEFT, "left alone"),
            ),
        )
    )


_ORDER = list(Ending)


def sorted_outcomes(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """What needs attention first, then what is new, each by title."""
    return sorted(outcomes, key=lambda one: (_ORDER.index(one.ending), one.title.casefold()))
