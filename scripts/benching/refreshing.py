"""`pptui refresh`: nothing changed and the server says so, it sends everything again, one new in each."""

from __future__ import annotations

from statistics import median

from benching import lines
from benching.bench import Bench, Trouble, say
from benching.lines import Line
from benching.places import Home
from benching.running import Ran


def _refresh(bench: Bench, home: Home) -> Ran:
    ran = bench.pptui(home, "refresh")
    if ran.code:
        raise Trouble(f"pptui refresh failed: {ran.output[-600:]}")
    return ran


def measure(bench: Bench) -> list[Line]:
    home = bench.whole.copied(bench.scratch().folder)
    times = bench.times.refreshes
    bench.server.mode("etag")
    say(f"refresh: nothing changed ({times} times each)")
    _refresh(bench, home)
    unchanged = [_refresh(bench, home) for _ in range(times)]
    bench.server.mode("again")
    _refresh(bench, home)
    again = [_refresh(bench, home) for _ in range(times)]
    say("refresh: one new episode in each")
    new = []
    for later in range(1, times + 1):
        bench.server.mode("etag", later)
        new.append(_refresh(bench, home))
        found, wanted = bench.episodes(home), bench.total + bench.podcasts * later
        if found != wanted:
            raise Trouble(f"after a refresh there are {found} episodes, not {wanted}")
    bench.server.mode("etag")
    wall = median(one.wall for one in unchanged)
    cpu = median(one.cpu for one in again)
    cpu_new = median(one.cpu for one in new)
    return [
        bench.judged("refresh, nothing changed, server answers 304", _both(unchanged), "≤ 1 s", wall <= 1),
        bench.judged(
            "refresh, nothing changed, server sends everything again",
            _both(again),
            "CPU ≤ 1.5 s",
            cpu <= 1.5,
        ),
        bench.judged("refresh, one new episode in each", _both(new), "CPU ≤ 3 s", cpu_new <= 3),
    ]


def _both(ran: list[Ran]) -> str:
    return f"{lines.seconds([one.wall for one in ran])}; CPU {lines.seconds([one.cpu for one in ran])}"
