"""How many chapters each episode's feed has for it, found out behind.

Reading the notes of a whole library takes half a minute, so it is not done while feeds come in. In the app
it is a process of its own (`child`): as a thread it would hold up the screen at each key. It is the first to
wait when the machine has something else to do.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pptui.child import Child
from pptui.episodes import detail
from pptui.store.catalogue import Catalogue, StoreError
from pptui.store.feed import StoredNotes

ELSEWHERE = -1
"""The feed names a file with chapters, which is not fetched for this; there are some, then."""

_BATCH = 250
_NICENESS = 19

Report = Callable[[int, int], None]
"""Is told how many are done, and of how many."""


def chapters_in(stored: StoredNotes, duration: float | None) -> int:
    """How many chapters an episode's screen shows from the feed alone; `ELSEWHERE` as above."""
    lists = [one for one in detail.written_lists(stored, duration) if one]
    shown = next(iter(detail.arranged(lists, duration)), ())
    return sum(not one.hidden for one in shown) or (ELSEWHERE if stored.chapters_url else 0)


def count(catalogue: Catalogue, report: Report = lambda done, total: None) -> None:
    """Count where it was not done yet, in many small transactions. Raises StoreError."""
    keys = catalogue.uncounted()
    for start in range(0, len(keys), _BATCH):
        report(start, len(keys))
        catalogue.save_chapter_counts(
            [
                (one.key, one.digest, _counted(one.notes, one.duration))
                for one in catalogue.to_count(keys[start : start + _BATCH])
            ]
        )


def _counted(stored: StoredNotes, duration: float | None) -> int:
    try:
        return chapters_in(stored, duration)
    except Exception:  # whatever is wrong with these notes, they are not to be read again for ever
        return 0


class Counter:
    """A process that counts. `run` is for a thread of its own."""

    def __init__(self) -> None:
        self._state = threading.Lock()
        self._child: Child | None = None
        self._stopped = False

    def run(self, catalogue: Path, report: Report) -> None:
        """Count, and come back when all is counted or `stop` was called. Raises OSError."""
        with self._state:
            if self._stopped:
                return
            child = self._child = Child(_NICENESS, __name__, os.fspath(catalogue))
        try:
            for line in child.stdout:
                report(*map(int, line.split()))
        finally:
            child.close()

    def stop(self) -> None:
        """End it, for good; what it has counted stays."""
        with self._state:
            self._stopped = True
            if self._child is not None:
                self._child.kill()


def main(path: str) -> None:
    def told(done: int, total: int) -> None:
        print(done, total, flush=True)  # noqa: T201 - to the app, and a sign of life: no reader, no need

    catalogue = Catalogue(Path(path))
    with suppress(StoreError, BrokenPipeError):
        count(catalogue, told)
    catalogue.close()
