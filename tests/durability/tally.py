"""What was tried and what came of it, added up over all tests of durability, also over several processes."""

from __future__ import annotations

import os
from typing import Any, TypeVar

import pytest

T = TypeVar("T")

NAMES = {
    "kills": "kills survived",
    "crash_points": "crash points",
    "inputs": "hostile inputs tried",
    "faults": "faults injected",
    "losses": "losses",
}
LONG = os.environ.get("PPTUI_LONG") == "1"
"""Whether this is the long form (`scripts/endurance`)."""

SEED = int(os.environ.get("PPTUI_SEED", "1"))
"""What all chance begins from: the same number, the same tests."""

_KEY = "tally"


def size(short: T, long: T) -> T:
    """How much of something: `short` in the tests, `long` in `scripts/endurance`."""
    return long if LONG else short


class Tally:
    """What one test counts. It goes into the report as it stands when the test ends, also when it fails."""

    def __init__(self) -> None:
        self.figures = dict.fromkeys(NAMES, 0)

    def add(
        self, *, kills: int = 0, crash_points: int = 0, inputs: int = 0, faults: int = 0, losses: int = 0
    ) -> None:
        """Count what was survived, tried or lost; losses before they are asserted to be none."""
        new = (kills, crash_points, inputs, faults, losses)
        for name, number in zip(NAMES, new, strict=True):
            self.figures[name] += number

    def begin(self, node: pytest.Item) -> None:
        """Have the figures reported with that test."""
        node.user_properties.append((_KEY, self.figures))

    def __str__(self) -> str:
        return in_words({name: number for name, number in self.figures.items() if number or name == "losses"})


def in_words(figures: dict[str, int]) -> str:
    return ", ".join(f"{NAMES[name]}: {number:,}" for name, number in figures.items())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add up what the tests counted; with `-v`, and in the long form, a line for each of them too."""
    total = Tally()
    failed = 0
    lines = []
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            figures: dict[str, Any] | None = dict(report.user_properties).get(_KEY)
            if figures is not None and report.when == "call":
                one = Tally()
                for counted in (one, total):
                    counted.add(**figures)
                failed += report.failed
                lines.append(f"{report.nodeid.rpartition('/')[2]}: {one}" + " FAILED" * report.failed)
    if lines:
        terminalreporter.section("durability")
        if LONG or terminalreporter.verbosity > 0:
            terminalreporter.write_line("\n".join([*sorted(lines), ""]))
        terminalreporter.write_line(
            in_words(total.figures) + (f" (at least: {failed} tests failed)" if failed else "")
        )
