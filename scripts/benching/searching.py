"""Search as one types: from each letter to the rows on the screen."""

from __future__ import annotations

from statistics import median
from time import monotonic

from benching import lines, material
from benching.bench import Bench, say
from benching.lines import Line
from benching.places import PPTUI
from benching.starting import ROW
from benching.terminal import Silence, Terminal

LIMIT = 0.050
_AFTER = 0.4
"""Seconds for which further rows are waited for after the last that came."""
_MOST = 4.0


def measure(bench: Bench) -> list[Line]:
    took: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for time in range(bench.times.words):
        say(f"search: {', '.join(material.search_words())} ({time + 1} of {bench.times.words})")
        with Terminal(PPTUI, bench.whole.environment) as terminal:
            terminal.wait(material.first_title(bench.podcasts), ROW)
            terminal.settle(0.6)
            for word in material.search_words():
                terminal.write("/")
                terminal.settle(0.6, patience=2.0)  # a cursor may blink for ever
                for at in range(1, len(word) + 1):
                    rows = _letter(terminal, word[at - 1])
                    if rows is not None:
                        took.setdefault((word, at), []).append(rows)
                    elif at == 1:
                        raise Silence(f"no rows came for {word[0]!r}")
                terminal.write("\x1b")
                terminal.settle(0.6, patience=2.0)
                terminal.write("\x1b")
                terminal.settle(0.6, patience=2.0)
    return [_line(bench, took)]


def _letter(terminal: Terminal, letter: str) -> tuple[float, float] | None:
    """Seconds from the letter to the first rows and to the last; None where it changed none."""
    mark, began = terminal.mark, monotonic()
    terminal.write(letter)
    rows: list[float] = []
    while True:
        last = rows[-1] + _AFTER if rows else began + _MOST
        left = last - monotonic()
        if left <= 0:
            break
        terminal.pump(left)
        rows = terminal.rows(ROW, mark)
    return (rows[0] - began, rows[-1] - began) if rows else None


def _line(bench: Bench, took: dict[tuple[str, int], list[tuple[float, float]]]) -> Line:
    first = {key: median(one for one, _ in values) for key, values in took.items()}
    last = {key: median(one for _, one in values) for key, values in took.items()}
    slowest = max(first, key=lambda key: first[key])
    word, at = slowest
    return bench.judged(
        f"search in titles, notes and chapters of {bench.total:,} episodes, each letter typed",
        f"{lines.span(median(first.values()))} in the middle; the slowest {lines.span(first[slowest])}"
        f" (`{word[:at]}`). Drawn for the last time after {lines.span(median(last.values()))}, at the most"
        f" {lines.span(max(last.values()))}",
        "≤ 50 ms to rows on the screen",
        first[slowest] <= LIMIT,
    )
