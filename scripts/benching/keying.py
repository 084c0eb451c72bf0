"""A key in a list of all episodes against the same key in a list of 20, in turn."""

from __future__ import annotations

from statistics import median

from benching import lines, material
from benching.bench import FEW, Bench, say
from benching.lines import Line
from benching.places import PPTUI, Home
from benching.starting import ROW
from benching.terminal import Terminal

SIZE, OTHER = (120, 18), (110, 16)
"""Low enough that a list of 20 has several pages, too."""

KEYS = {"j": "j", "page down": "\x1b[6~", "G": "G", "g": "g"}


def measure(bench: Bench) -> list[Line]:
    say(f"keys: {bench.times.keys} times each")
    with _open(bench, bench.whole) as many, _open(bench, bench.few) as few:
        took: dict[str, tuple[list[float], list[float]]] = {}
        for time in range(bench.times.keys + 1):
            for name, key in KEYS.items():
                _note(took, name, many.press(key), few.press(key), time)
            for columns, rows in (OTHER, SIZE):
                _note(took, "resize", many.resize(columns, rows), few.resize(columns, rows), time)
    ratios = {name: median(one) / median(other) for name, (one, other) in took.items()}
    worst = max(ratios.values())
    each = ", ".join(
        f"{name} {lines.span(median(one))} : {lines.span(median(other))} = {ratios[name]:.2f}"
        for name, (one, other) in took.items()
    )
    return [
        Line(
            f"a key in a list of {bench.total:,} : in one of {FEW}",
            f"{each}",
            "≤ 1.2 × the same in a list of 20",
            worst <= 1.2,
        )
    ]


def _note(
    took: dict[str, tuple[list[float], list[float]]], name: str, one: float, other: float, time: int
) -> None:
    ones, others = took.setdefault(name, ([], []))
    if time:  # the first time everything is drawn for the first time
        ones.append(one)
        others.append(other)


def _open(bench: Bench, home: Home) -> Terminal:
    terminal = Terminal(PPTUI, home.environment, SIZE)
    terminal.wait(material.first_title(bench.podcasts), ROW)
    terminal.settle(0.6)
    return terminal
