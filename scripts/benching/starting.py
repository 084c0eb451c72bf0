"""From exec to the library on the screen, against a bare Textual app, in turn."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from benching import lines, material
from benching.bench import LARGE, Bench, say
from benching.lines import Line
from benching.places import PPTUI
from benching.running import cpu_now
from benching.terminal import Terminal

ROW = r"#\d+ \w"
"""How an episode's row begins on the screen."""

BARE = (sys.executable, "-P", str(Path(__file__).with_name("bare.py")))


def started(command: tuple[str, ...], environment: Mapping[str, str], *patterns: str) -> tuple[float, float]:
    """Seconds from exec until the screen shows these, and of CPU until then (0 where that can't be told)."""
    with Terminal(command, environment) as terminal:
        shown = terminal.wait(*patterns)
        return shown - terminal.began, cpu_now(terminal.pid) or 0.0


def measure(bench: Bench) -> list[Line]:
    first = material.first_title(bench.podcasts)
    programs = {
        "bare": (BARE, bench.none, ("ready",)),
        "none": (PPTUI, bench.none, ("library is empty",)),
        "whole": (PPTUI, bench.whole, (first, ROW)),
        "large": (PPTUI, bench.large, (first, ROW)),
    }
    say("start: in turn " + ", ".join(programs))
    took: dict[str, list[float]] = {name: [] for name in programs}
    busy: dict[str, list[float]] = {name: [] for name in programs}
    for time in range(bench.times.starts + 1):
        for name, (command, home, patterns) in programs.items():
            seconds, cpu = started(command, home.environment, *patterns)
            if time:  # the first one warms the disk and writes compiled modules
                took[name].append(seconds)
                busy[name].append(cpu)
    middle = {name: median(values) for name, values in took.items()}
    ratio = middle["whole"] / middle["bare"]
    same = [middle[name] for name in ("none", "whole", "large")]
    apart = (max(same) - min(same)) / min(same)

    def said(name: str) -> str:
        return f"{lines.seconds(took[name])}, CPU {lines.span(median(busy[name]))}"

    large = LARGE if bench.full else bench.total * 5
    return [
        Line("start of a bare Textual app", said("bare")),
        Line(
            f"start to the library on the screen, {bench.total:,} episodes",
            f"{said('whole')}: {ratio:.2f} × bare",
            "≤ 1.25 × bare",
            ratio <= 1.25,
        ),
        Line(
            f"the same with {large:,} and with none",
            f"{said('large')} and {said('none')}: the three are {apart:.0%} apart",
            "within 10 % of each other",
            apart <= 0.10,
        ),
    ]
