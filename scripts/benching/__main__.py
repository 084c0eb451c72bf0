"""`scripts/bench`: what to measure and how, the order of it, and where the table goes."""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from benching import (
    answering,
    importing,
    keying,
    material,
    playing,
    refreshing,
    searching,
    starting,
)
from benching.bench import QUICK, Bench, Times, Trouble, say
from benching.lines import Line, table
from benching.places import ROOT, Places, default_work
from benching.serving import Server
from benching.terminal import Silence

PARTS: dict[str, tuple[str, Callable[[Bench], list[Line]]]] = {
    "start": ("start to the library on the screen", starting.measure),
    "import": ("the first import, against castero's", importing.measure),
    "refresh": ("refreshing", refreshing.measure),
    "answer": ("the longest time the screen doesn't answer", answering.measure),
    "keys": ("a key in a long list and in a short one", keying.measure),
    "search": ("search, each letter", searching.measure),
    "memory": ("memory while playing", playing.memory),
    "idle": ("CPU while playing, above mpv's", playing.idle),
    "peers": ("import, refresh and start of the other players", importing.compare),
}
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- bench: begin -->\n", "<!-- bench: end -->\n"

FULL = (200, 300)
SMALL = (50, 300)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measure pptui, against a bare Textual app and other players, and print a table.",
        epilog="Parts: " + "; ".join(f"{name}: {words}" for name, (words, _) in PARTS.items()) + ".",
    )
    parser.add_argument("--only", metavar="PART,…", type=_parts, default=list(PARTS), help="only these parts")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="few repetitions and a quarter of the library: no limits in seconds",
    )
    parser.add_argument("--podcasts", type=int, metavar="N", help=f"how many (default: {FULL[0]})")
    parser.add_argument("--episodes", type=int, metavar="N", help=f"of each (default: {FULL[1]})")
    parser.add_argument("--gzip", action="store_true", help="the server compresses for those who ask")
    parser.add_argument(
        "--delay",
        type=float,
        default=0.0,
        metavar="MS",
        help="the server waits before each answer (default: 0)",
    )
    parser.add_argument(
        "--work",
        type=Path,
        default=default_work(),
        metavar="DIR",
        help="for feeds, libraries and other players",
    )
    parser.add_argument(
        "--stacks", action="store_true", help="with answer: say where the drawing thread was when it was late"
    )
    parser.add_argument(
        "--write", action="store_true", help=f"put the table into {PAGE.relative_to(ROOT)}, too"
    )
    return parser.parse_args()


def _parts(value: str) -> list[str]:
    chosen = [name for name in value.replace(",", " ").split() if name]
    for name in chosen:
        if name not in PARTS:
            raise argparse.ArgumentTypeError(f"there is no part {name!r}: {', '.join(PARTS)}")
    return [name for name in PARTS if name in chosen]


def main() -> int:
    chosen = arguments()
    usual = SMALL if chosen.quick else FULL
    places = Places(chosen.work.absolute(), chosen.podcasts or usual[0], chosen.episodes or usual[1])
    with places.held():
        if not places.feeds.is_dir():
            say(f"writing {places.podcasts} feeds …")
        material.make(places.feeds, places.podcasts, places.episodes)
        with Server(places.feeds, places.port, chosen.delay / 1000, compress=chosen.gzip) as server:
            if server.port != places.port:
                places.forget_port(server.port)
            full = (places.podcasts, places.episodes) == FULL
            bench = Bench(places, QUICK if chosen.quick else Times(), server, full, chosen.stacks)
            page = f"{machine(bench, chosen)}\n\n{table(measured(bench, chosen.only))}\n"
    print(page)
    if chosen.write:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n{page}\n{END}{after}", "utf-8")
    return 0


def measured(bench: Bench, parts: list[str]) -> list[Line]:
    found: list[Line] = []
    for name in parts:
        words, measure = PARTS[name]
        try:
            lines = measure(bench)
        except (Trouble, Silence) as problem:
            say(f"{name}: {problem}")
            lines = [Line(words, f"not measured: {str(problem).splitlines()[0]}")]
        for line in lines:
            say(table([line]).splitlines()[-1])
        found += lines
    return found


def machine(bench: Bench, chosen: argparse.Namespace) -> str:
    """What the figures are of, in a few lines."""
    size = sum(file.stat().st_size for file in bench.places.feeds.iterdir())
    feeds = f"{bench.podcasts} podcasts × {bench.places.episodes} episodes, {size / 1e6:.0f} MB of feeds"
    load = os.getloadavg()[0]
    return "\n".join(
        [
            f"- {_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()};"
            f" load before: {load:.1f}",
            f"- Python {platform.python_version()}, Textual {version('textual')},"
            f" lxml {version('lxml')}, SQLite {sqlite3.sqlite_version}",
            f"- {feeds}{', sent compressed' if chosen.gzip else ''}, from a server on the same machine"
            f"{f' that answers after {chosen.delay:g} ms' if chosen.delay else ''}",
        ]
    )


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    sys.exit(main())
