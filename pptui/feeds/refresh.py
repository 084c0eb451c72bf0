"""Bring podcasts up to date: fetch, skip what has not changed, parse, store; each feed on its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from pptui import faults, text
from pptui.feeds import identity, moving, schedule
from pptui.feeds.address import goes_along
from pptui.feeds.answer import Answer, get, have_read, state_of, store
from pptui.feeds.failures import FetchError
from pptui.feeds.fetch import Fetched, Fetcher, Validators
from pptui.feeds.gather import Again, Rest, gather
from pptui.feeds.hosts import host
from pptui.feeds.outcome import Outcome, moved
from pptui.feeds.parsed import FeedError, ParsedFeed
from pptui.feeds.passwords import Passwords, Withheld
from pptui.feeds.reading import Reading
from pptui.models import Login, Plan, Subscription
from pptui.store.catalogue import Catalogue, StoreError
from pptui.store.feed import FeedState
from pptui.store.library import Library

_HOPS = 3
"""How many feeds in a row may say that they have moved."""


@dataclass(frozen=True, slots=True)
class _Errand:
    """A feed to fetch. `first` is what came from the address that said that the feed is here now, `hops`
    how many have said so. What is `locked` has something to ask the keyring: to give its login, or, where
    the feed is through and has moved to `url` with this `outcome`, to keep that login for there."""

    subscription: Subscription
    url: str
    first: tuple[Answer, ParsedFeed] | None = None
    hops: int = 0
    locked: bool = False
    login: Login | None = None
    outcome: Outcome | None = None


_KEYRING = "the keyring"
"""Whose turn those take that are locked: it is given no more threads than a host, however long it takes to
answer. No host is called so: in its name there is no space."""


def refresh_many(
    subscriptions: Sequence[Subscription],
    catalogue: Catalogue,
    library: Library,
    fetcher: Fetcher,
    passwords: Passwords,
    report: Callable[[Outcome], None],
    cancel: threading.Event,
) -> list[Outcome]:
    """Refresh several podcasts at once; `report` is called from this thread as each one ends.

    Setting `cancel` ends it within a moment: what is done stays done, the rest is left as it was.
    Whatever goes wrong with one is in its outcome and kept with the podcast."""
    taking = _Taking(catalogue, library)

    def fetch(errand: _Errand) -> Rest[Outcome, _Errand]:
        one = errand.subscription
        if outcome := errand.outcome:
            passwords.move(one.id, one.url, errand.url)
            return lambda: outcome
        if errand.locked:
            login = passwords.get(one.id, one.url)
            return partial(Again, replace(errand, locked=False, login=login))
        if errand.first is not None:
            found = _attempt(errand, fetcher, cancel)
            came = None if found is None else read(one, found, state_of(found, FeedState()))
            return partial(taking.moved, errand, came)
        before = catalogue.state(one.id)
        fetched = get(errand.url, fetcher, Validators(before.etag, before.modified), cancel, errand.login)
        state = state_of(fetched, before)
        if fetched.body is None or state.body_hash == before.body_hash:
            return partial(taking.unchanged, errand, fetched, state)
        return partial(taking.answer, errand, read(one, fetched, state))

    def read(one: Subscription, fetched: Fetched, state: FeedState) -> Answer:
        return have_read(fetched, state, catalogue.known(one.id), reading)

    def failed(errand: _Errand, problem: Exception) -> Outcome:
        return _failed(errand.subscription, problem, catalogue)

    def turn(errand: _Errand) -> str:
        return _KEYRING if errand.locked else host(errand.url)

    errands = [_Errand(one, one.url, locked=one.login) for one in subscriptions]
    with Reading(cancel) as reading:
        return gather(errands, fetch, failed, report, cancel, host=turn)


def _attempt(errand: _Errand, fetcher: Fetcher, cancel: threading.Event) -> Fetched | None:
    home = errand.subscription.url
    # A feed can name any address: the password goes to the server that it was given for.
    login = errand.login if goes_along(home, errand.url) else None
    try:
        return get(errand.url, fetcher, Validators(), cancel, login, asker=home)
    except FetchError:
        return None


def _failed(one: Subscription, problem: Exception, catalogue: Catalogue) -> Outcome:
    line = problem.reason if isinstance(problem, FetchError) else str(problem)
    if isinstance(problem, StoreError):
        return Outcome(one.id, one.title, error=line)
    if not isinstance(problem, FetchError | FeedError):
        return Outcome(one.id, one.title, error=faults.log(problem, "a refresh"))
    plan = Plan()
    with suppress(StoreError):
        if not one.url.startswith("/"):
            status: int | None = 200
            wait: float | None = None
            if isinstance(problem, FetchError):
                status, wait = problem.status, problem.retry_after
            before = catalogue.state(one.id).plan
            plan = (
                schedule.unasked(before)
                if isinstance(problem, Withheld)
                else schedule.failed(before, datetime.now(UTC), status=status, retry_after=wait)
            )
        catalogue.set_error(one.id, line, plan)
    return Outcome(one.id, one.title, error=line, plan=plan)


def _through(errand: _Errand, outcome: Outcome) -> Outcome | Again[_Errand]:
    """What came of it; where the feed has moved and there is a login, that goes along first."""
    if errand.login is None or not outcome.moved_to:
        return outcome
    return Again(replace(errand, url=outcome.moved_to, locked=True, outcome=outcome))


class _Taking:
    """What is done with answers, one at a time. All methods raise FeedError and StoreError."""

    def __init__(self, catalogue: Catalogue, library: Library) -> None:
        self._catalogue = catalogue
        self._library = library

    def unchanged(self, errand: _Errand, fetched: Fetched, state: FeedState) -> Outcome | Again[_Errand]:
        """What came is what came the last time."""
        one = errand.subscription
        moved_to, remark = self._move(one, fetched.moved_to, one.title)
        state = replace(state, remark=remark)
        self._catalogue.touch(one.id, state)
        outcome = Outcome(one.id, one.title, moved_to=moved_to, remark=remark, plan=state.plan)
        return _through(errand, outcome)

    def answer(self, errand: _Errand, answer: Answer) -> Outcome | Again[_Errand]:
        """What came from the address that the subscription has."""
        one = errand.subscription
        feed = answer.read()
        fetched = answer.fetched
        local = one.url.startswith("/")
        there = "" if local else moving.wanted(feed, one.url, fetched.url, fetched.moved_to)
        if there and not self._owner(one, there):
            return Again(replace(errand, url=there, first=(answer, feed), hops=1))
        return self._store(errand, answer, feed, fetched.moved_to or there)

    def moved(self, errand: _Errand, answer: Answer | None) -> Outcome | Again[_Errand]:
        """What came from the address that the feed named; None where nothing did."""
        assert errand.first is not None
        one, (old, old_feed) = errand.subscription, errand.first
        feed = None
        if answer is not None:
            with suppress(FeedError):
                feed = answer.read()
            if feed is not None and moving.is_same(old_feed, feed, one.url, old.fetched.url):
                moved_to = answer.fetched.moved_to or errand.url
                answer = replace(answer, fetched=replace(answer.fetched, moved_to=moved_to))
                here = (one.url, old.fetched.url, errand.url, answer.fetched.url, moved_to)
                there = moving.wanted(feed, *here)
                if there and errand.hops < _HOPS and not self._owner(one, there):
                    return Again(replace(errand, url=there, first=(answer, feed), hops=errand.hops + 1))
                return self._store(errand, answer, feed, moved_to)
        # What did not answer or could not be read is looked at again next time; another podcast is not.
        return self._store(errand, old, old_feed, old.fetched.moved_to, again=feed is None)

    def _store(
        self, errand: _Errand, answer: Answer, feed: ParsedFeed, moved_to: str, *, again: bool = False
    ) -> Outcome | Again[_Errand]:
        one = errand.subscription
        title = feed.title or one.title
        moved_to, remark = self._move(one, moved_to, title)
        if moved_to:
            one = one._replace(url=moved_to)
        state = state_of(answer.fetched, answer.state, feed, remark=remark, again=again)
        before = self._catalogue.podcast(one.id)
        stored = store(one, feed, answer.known, self._catalogue, self._library, state)
        # Where the catalogue was deleted, or the subscription restored, an archive of years is no news.
        new, filled = (stored, 0) if before and before.refreshed else (0, stored)
        self._library.retitle(one.id, title)
        outcome = Outcome(
            one.id,
            title,
            new,
            changed=True,
            filled=filled,
            moved_to=moved_to,
            remark=state.remark,
            plan=state.plan,
        )
        return _through(errand, outcome)

    def _move(self, one: Subscription, address: str, title: str) -> tuple[str, str]:
        """Give the subscription its new address, and say so; not one that another subscription has.

        `title` is what it is called from now on."""
        if not address or address == one.url:
            return "", ""
        if owner := self._owner(one, address):
            said = f"moved to where your podcast {owner.title} is: one of the two can go"
            if owner.title == title:
                said = f"{said} ({text.shown_url(owner.url)} or {text.shown_url(one.url)})"
            return "", said
        self._library.move(one.id, address)
        return address, moved(address)

    def _owner(self, one: Subscription, address: str) -> Subscription | None:
        there = identity.podcast_id(address)
        others = (other for other in self._library.subscriptions() if other.id != one.id)
        return next((o for o in others if there in (o.id, identity.podcast_id(o.url))), None)
