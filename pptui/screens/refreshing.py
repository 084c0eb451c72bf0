"""A refresh under way: what the user sees of it, and how it is stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pptui.screens.host import Host

if TYPE_CHECKING:
    from pptui.feeds.outcome import Outcome
    from pptui.feeds.schedule import Asking


class Refreshing:
    """One refresh at a time, behind the screen: the top line counts, a remark at the end sums up.

    `last` is what the last one brought, None before the first; `stopped` whether it was stopped."""

    def __init__(self, app: Host) -> None:
        self._app = app
        self._cancel: threading.Event | None = None
        self.last: list[Outcome] | None = None
        self.stopped = False

    def start(self, podcast_ids: Iterable[str] | None, asking: Asking | None = None) -> None:
        """Refresh these podcasts; None: all that are subscribed to. `asking` None: the user asks."""
        app = self._app
        if self._cancel is not None:
            app.say("A refresh is under way (esc stops it)")
            return
        everything = podcast_ids is None
        if podcast_ids is None:
            podcast_ids = [one.id for one in app.services.library.subscriptions()]
        wanted = list(podcast_ids)
        if not wanted:
            app.say("There is nothing to refresh: add a podcast first")
            return
        cancel = self._cancel = threading.Event()
        done = 0

        def report(outcome: Outcome) -> None:
            nonlocal done
            done += 1
            said = f"{done} of {len(wanted)} refreshed "
            app.post(lambda: app.show_status(said))

        app.show_status(f"0 of {len(wanted)} refreshed ")
        app.behind(
            lambda: app.services.refresh(None if everything else wanted, report, cancel, asking),
            self._ended,
            self._failed,
        )

    def stop(self) -> bool:
        """Stop the refresh; False where none is under way."""
        if self._cancel is None or self._cancel.is_set():
            return False
        self._cancel.set()
        return True

    def _ended(self, outcomes: list[Outcome]) -> None:
        from pptui.feeds.outcome import summary

        self.stopped = self._cancel is not None and self._cancel.is_set()
        self._cancel = None
        self.last = outcomes
        self._app.show_status("")
        said = summary(outcomes, stopped=self.stopped)
        told = [one for one in outcomes if one.error or one.remark or not one.asked]
        if len(told) == 1:
            said = f"{said} · {told[0].title}: {told[0].words()}"
        elif told:
            said = f"{said} (! tells which)"
        self._app.say(said, failed=any(one.failed for one in outcomes))
        self._app.refill()

    def _failed(self, problem: Exception) -> None:
        self._cancel = None
        self._app.show_status("")
        self._app.failed(problem)
