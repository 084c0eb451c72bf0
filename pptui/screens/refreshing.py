"""A refresh under way: what the user sees of it, and how it is stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pptui.screens.host import Host

if TYPE_CHECKING:
    from pptui.feeds.refresh import Outcome


class Refreshing:
    """One refresh at a time, behind the screen: the top line counts, a remark at the end sums up."""

    def __init__(self, app: Host) -> None:
        self._app = app
        self._cancel: threading.Event | None = None

    def start(self, podcast_ids: Iterable[str] | None) -> None:
        """Refresh these podcasts; None: all that are subscribed to."""
        app = self._app
        if self._cancel is not None:
            app.say("A refresh is under way (esc stops it).")
            return
        if podcast_ids is None:
            podcast_ids = [one.id for one in app.services.library.subscriptions()]
        wanted = list(podcast_ids)
        if not wanted:
            app.say("There is nothing to refresh: add a podcast first.")
            return
        cancel = self._cancel = threading.Event()
        done = 0

        def report(outcome: Outcome) -> None:
            nonlocal done
            done += 1
            said = f"{done} of {len(wanted)} refreshed "
            app.post(lambda: app.show_status(said))

        app.show_status(f"0 of {len(wanted)} refreshed ")
        app.behind(lambda: app.services.refresh(wanted, report, cancel), self._ended, self._failed)

    def stop(self) -> bool:
        """Stop the refresh; False where none is under way."""
        if self._cancel is None or self._cancel.is_set():
            return False
        self._cancel.set()
        return True

    def _ended(self, outcomes: list[Outcome]) -> None:
        stopped = self._cancel is not None and self._cancel.is_set()
        self._cancel = None
        self._app.show_status("")
        new = sum(outcome.new for outcome in outcomes)
        failed = [outcome for outcome in outcomes if outcome.error]
        said = [f"{new} new {'episode' if new == 1 else 'episodes'}"]
        if stopped:
            said.append("stopped")
        if len(failed) == 1:
            said.append(f"{failed[0].title}: {failed[0].error}")
        elif failed:
            said.append(f"{len(failed)} podcasts failed (marked !)")
        self._app.say(" · ".join(said), failed=bool(failed))
        self._app.refill()

    def _failed(self, problem: Exception) -> None:
        self._cancel = None
        self._app.show_status("")
        self._app.failed(problem)
