"""Keeping subscriptions up to date: which feeds are asked now, which are left alone and why."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from pptui.feeds.fetch import Fetcher
from pptui.feeds.outcome import Outcome
from pptui.feeds.refresh import refresh_many
from pptui.feeds.schedule import Asking, held
from pptui.models import Plan, Subscription
from pptui.store.catalogue import Catalogue
from pptui.store.library import Library
from pptui.subscriptions.logins import Logins


def refresh(
    subscriptions: Iterable[Subscription],
    asking: Asking,
    catalogue: Catalogue,
    library: Library,
    fetcher: Fetcher,
    logins: Logins,
    report: Callable[[Outcome], None],
    cancel: threading.Event,
) -> list[Outcome]:
    """Bring these up to date but for those that are to be left alone, which are reported first."""
    now = datetime.now(UTC)
    plans = {one.id: one.plan for one in catalogue.podcasts()}
    left: list[Outcome] = []
    wanted: list[Subscription] = []
    for one in subscriptions:
        plan = plans.get(one.id, Plan())
        if held(plan, asking, now):
            left.append(Outcome(one.id, one.title, plan=plan, asked=False))
        else:
            wanted.append(one)
    for outcome in left:
        report(outcome)
    bare = logins.take_out(wanted)
    return left + refresh_many(bare, catalogue, library, fetcher, logins.passwords, report, cancel)
