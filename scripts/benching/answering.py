"""How long the screen doesn't answer at the most: while it starts, imports and refreshes (see heartbeat)."""

from __future__ import annotations

import shutil
import sys
from statistics import median
from time import monotonic

from benching import heartbeat, lines, material
from benching.bench import Bench, say
from benching.lines import Line
from benching.places import ROOT, Home
from benching.starting import ROW
from benching.terminal import Terminal

LIMIT = 0.050
_DONE = r"(?i)\b(\d+|no|nothing) new\b"
"""How the screen says that a refresh has ended."""
_SETTLED = 3.0
"""Seconds for which the screen is watched once it is there, and after a refresh has ended."""


def measure(bench: Bench) -> list[Line]:
    longest: dict[str, list[float]] = {}
    for time in range(bench.times.answers):
        say(f"answering: start, refreshes, import ({time + 1} of {bench.times.answers})")
        for name, seconds in _round(bench).items():
            longest.setdefault(name, []).append(seconds)
    middle = {name: median(values) for name, values in longest.items()}
    machine = middle.pop("machine")
    worst = max(middle.values())
    each = ", ".join(f"{name} {lines.span(value)}" for name, value in middle.items())
    return [
        Line(
            "longest time the screen doesn't answer during any of these",
            f"{lines.span(worst)}: {each} (a bare app on this machine: {lines.span(machine)})",
            "≤ 50 ms",
            worst <= LIMIT,
        )
    ]


def _round(bench: Bench) -> dict[str, float]:
    server, found = bench.server, {}
    found["machine"] = _still(bench)
    home = bench.whole.copied(bench.scratch().folder)
    server.mode("etag")
    found["start"] = _start(bench, home)
    found["refresh with 304"] = _refresh(bench, home)
    server.mode("again")
    found["with everything again"] = _refresh(bench, home)
    server.mode("etag", 1)
    found["with one new in each"] = _refresh(bench, home)
    shutil.rmtree(home.cache)
    server.mode("etag")
    found["first import"] = _refresh(bench, home, row=False)
    return found


def _beating(bench: Bench, home: Home, *arguments: str) -> Terminal:
    beats = home.folder / "beats"
    if bench.stacks:
        beats.with_suffix(".stacks").touch()
    command = [sys.executable, "-P", "-m", "benching.heartbeat", str(beats), *arguments]
    return Terminal(command, {**home.environment, "PYTHONPATH": str(ROOT / "scripts")})


def _still(bench: Bench) -> float:
    with _beating(bench, bench.none, "bare") as terminal:
        shown = terminal.wait("ready")
        _watch(terminal, _SETTLED)
    return heartbeat.latest(bench.none.folder / "beats", shown, monotonic())


def _longest(bench: Bench, home: Home, since: float, until: float) -> float:
    longest = heartbeat.latest(home.folder / "beats", since, until)
    if bench.stacks:
        say(f"== {lines.span(longest)}, where the drawing thread was:")
        for told in (home.folder / "beats.stacks").read_text().split("\n\n"):
            moment, _, rest = told.partition(" ")
            if moment and since < float(moment) < until:
                say(rest)
    return longest


def _start(bench: Bench, home: Home) -> float:
    with _beating(bench, home) as terminal:
        shown = terminal.wait(material.first_title(bench.podcasts))
        _watch(terminal, _SETTLED)
    return _longest(bench, home, shown, shown + _SETTLED)


def _refresh(bench: Bench, home: Home, *, row: bool = True) -> float:
    with _beating(bench, home) as terminal:
        terminal.wait(material.first_title(bench.podcasts), *([ROW] if row else []))
        terminal.settle()
        mark, began = terminal.mark, monotonic()
        terminal.write("R")
        terminal.wait(_DONE, mark=mark, patience=600)
        _watch(terminal, 1.0)
        ended = monotonic()
    return _longest(bench, home, began, ended)


def _watch(terminal: Terminal, seconds: float) -> None:
    end = monotonic() + seconds
    while (left := end - monotonic()) > 0:
        terminal.pump(left)
