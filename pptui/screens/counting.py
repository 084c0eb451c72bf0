"""Chapters counted behind the screen, for lists that show what has any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pptui.screens.host import Host

if TYPE_CHECKING:
    from pptui.episodes.counting import Counter


class Counting:
    """One count at a time; the top line tells how far it is where a list waits for it."""

    def __init__(self, app: Host) -> None:
        self._app = app
        self._counter: Counter | None = None

    def start(self) -> None:
        """Count what was not counted yet; nothing happens where nothing is to be done."""
        from pptui.episodes.counting import Counter

        if self._counter is not None:
            return
        app, counter = self._app, Counter()
        self._counter = counter

        def report(done: int, total: int) -> None:
            app.post(lambda: app.counted(done, total))

        def count() -> None:
            catalogue = app.services.catalogue
            if catalogue.uncounted():
                counter.run(catalogue.path, report)

        app.behind(count, self._ended, self._failed)

    def stop(self) -> None:
        """End it; what was counted stays."""
        if self._counter is not None:
            self._counter.stop()

    def _ended(self, _: None) -> None:
        self._counter = None
        self._app.counted(0, 0)

    def _failed(self, problem: Exception) -> None:
        self._ended(None)
        self._app.failed(problem)
