"""The table: what was measured, what it must be, and whether it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Line:
    """`holds` is None for what is told and not judged."""

    what: str
    measured: str
    must: str = ""
    holds: bool | None = None


def table(lines: Iterable[Line]) -> str:
    rows = ["| what | measured | must be | |", "|---|---|---|---|"]
    sign = {True: "✓", False: "✗", None: ""}
    rows += [f"| {one.what} | {one.measured} | {one.must} | {sign[one.holds]} |" for one in lines]
    return "\n".join(rows)


def seconds(values: Sequence[float]) -> str:
    """The median, and how far the values reach."""
    if len(values) == 1:
        return span(values[0])
    return f"{span(median(values))} ({span(min(values))} to {span(max(values))})"


def span(value: float) -> str:
    """Seconds in the unit that reads best."""
    if value < 0.0995:
        return f"{value * 1000:.1f} ms" if value < 0.00995 else f"{value * 1000:.0f} ms"
    return f"{value:.2f} s" if value < 99.5 else f"{value:.0f} s"


def megabytes(value: float) -> str:
    return f"{value / 1e6:.0f} MB"
