"""pptui with a heartbeat in the thread that draws: `python -m benching.heartbeat FILE`.

A timer of the event loop is due every 5 ms. Where it comes late, nothing else of the screen could be
done either: no key, no frame. Each time that it is late by more than a millisecond is a line in FILE:
the moment it was due (`time.monotonic`) and how late it came, in seconds. The product knows nothing of
it. Where FILE.stacks exists, what that thread was at when a beat was overdue by 30 ms is written there.
With `bare` after FILE it is an app that does nothing, which shows the machine's
own delays.
"""

from __future__ import annotations

import asyncio
import sys
import traceback
from pathlib import Path
from threading import Thread, get_ident
from time import monotonic, sleep
from typing import Any

from textual.app import App

BEAT = 0.005
_LATE = 0.001
_OVERDUE = 0.030
_DEPTH = 12


def beat(path: Path) -> None:
    """Begin, in the running event loop."""
    loop = asyncio.get_running_loop()
    file = path.open("w", buffering=1)

    stacks = path.with_suffix(".stacks")
    watched = [monotonic()]
    if stacks.exists():
        Thread(target=_watch, args=(stacks, watched, get_ident()), daemon=True).start()

    def again(due: float) -> None:
        now = monotonic()
        if now - due > _LATE:
            file.write(f"{due} {now - due}\n")
        watched[0] = now + BEAT
        loop.call_later(BEAT, again, now + BEAT)

    again(monotonic())


def _watch(path: Path, watched: list[float], thread: int) -> None:
    """Write down what the drawing thread is at, once for each beat that is overdue by much."""
    told = 0.0
    with path.open("w", buffering=1) as file:
        while True:
            sleep(BEAT)
            due, now = watched[0], monotonic()
            if now - due > _OVERDUE and due != told:
                told = due
                frame = sys._current_frames().get(thread)
                at = "".join(traceback.format_stack(frame)[-_DEPTH:])
                file.write(f"{now} overdue by {now - due:.3f} s\n{at}\n")


def beating(kind: type[App[Any]], path: Path) -> type[App[Any]]:
    class Beating(kind):  # type: ignore[valid-type, misc]
        # Textual calls this one and the one of the class above.
        def on_mount(self) -> None:
            beat(path)

    return Beating


def main() -> int:
    path, rest = Path(sys.argv[1]), sys.argv[2:]
    if rest == ["bare"]:
        from benching.bare import Bare

        beating(Bare, path)().run()
        return 0
    from pptui import app, cli

    app.PptuiApp = beating(app.PptuiApp, path)  # type: ignore[misc, assignment]
    return cli.main(rest)


def latest(path: Path, since: float, until: float) -> float:
    """The longest that it was late between two moments, in seconds."""
    longest = 0.0
    for line in path.read_text().splitlines():
        due, late = map(float, line.split())
        if due + late > since and due < until:
            longest = max(longest, late - max(since - due, 0.0))
    return longest


if __name__ == "__main__":
    sys.exit(main())
