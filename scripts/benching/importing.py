"""The first import of all feeds, against castero's and, once, against all other players'."""

from __future__ import annotations

import re
from statistics import median

from benching import lines, peers
from benching.bench import Bench, Trouble, say
from benching.lines import Line
from benching.peers import Peer
from benching.places import Home
from benching.running import Ran
from benching.terminal import Silence, Terminal


def add_with(bench: Bench, peer: Peer, home: Home) -> Ran:
    """The peer's import. Raises Trouble where it did not get everything."""
    bench.server.mode("etag")
    ran = peer.add(bench, home)
    try:
        found = peer.count(home)
    except Exception as problem:
        raise Trouble(
            f"{peer.name} imported nothing that can be counted ({problem})\n{ran.output[-600:]}"
        ) from None
    if found < bench.total:
        raise Trouble(f"{peer.name} has {found} of {bench.total} episodes\n{ran.output[-600:]}")
    return ran


def measure(bench: Bench) -> list[Line]:
    castero = peers.castero(bench)
    ours: list[Ran] = []
    theirs: list[Ran] = []
    for time in range(bench.times.imports):
        say(f"import: pptui, castero ({time + 1} of {bench.times.imports})")
        ours.append(bench.imported(bench.scratch()))
        theirs.append(add_with(bench, castero, bench.scratch("castero")))
    wall = median(one.wall for one in ours) / median(one.wall for one in theirs)
    cpu = median(one.cpu for one in ours) / median(one.cpu for one in theirs)
    what = f"first import of the {bench.podcasts} feeds"
    return [
        Line(
            f"{what}, wall",
            f"{lines.seconds([one.wall for one in ours])};"
            f" castero {lines.seconds([one.wall for one in theirs])}: {wall:.2f} ×",
            "≤ 0.6 × castero's",
            wall <= 0.6,
        ),
        Line(
            f"{what}, CPU",
            f"{lines.seconds([one.cpu for one in ours])};"
            f" castero {lines.seconds([one.cpu for one in theirs])}: {cpu:.2f} ×",
            "≤ 1.2 × castero's",
            cpu <= 1.2,
        ),
        Line(f"{what}, most memory", f"{lines.megabytes(max(one.peak for one in ours))}"),
    ]


def compare(bench: Bench) -> list[Line]:
    """Every other player once: import, refresh with nothing changed, and several starts."""
    found: list[Line] = []
    for name, make in peers.ALL.items():
        say(f"peers: {name}")
        try:
            peer = make(bench)
            home = bench.scratch(name)
            added = add_with(bench, peer, home)
        except Trouble as problem:
            say(str(problem))
            found.append(Line(f"{name}", str(problem).splitlines()[0]))
            continue
        title = f"{name} {peer.version}".strip()
        found.append(Line(f"{title}: import", f"{lines.span(added.wall)}, {lines.span(added.cpu)} of CPU"))
        if peer.refresh is not None:
            again = peer.refresh(bench, home)
            found.append(
                Line(
                    f"{title}: refresh, nothing changed, 304",
                    f"{lines.span(again.wall)}, {lines.span(again.cpu)} of CPU",
                )
            )
        found.append(_starts(bench, peer, home, title))
    return found


def _starts(bench: Bench, peer: Peer, home: Home, title: str) -> Line:
    wanted = "|".join(map(re.escape, bench.titles))
    took = []
    try:
        for time in range(max(bench.times.starts // 4, 1) + 1):
            with Terminal(peer.start(home), home.environment) as terminal:
                seconds = terminal.wait(wanted) - terminal.began
            if time:
                took.append(seconds)
    except Silence as problem:
        say(str(problem))
        return Line(f"{title}: start to its list", "never on the screen")
    return Line(
        f"{title}: start to its list{f' ({peer.remark})' if peer.remark else ''}", lines.seconds(took)
    )
