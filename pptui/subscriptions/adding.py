"""From what a user typed to the feed that is meant: an address or a file, and what it delivers."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pptui import text
from pptui.models import Login, Subscription
from pptui.store.feed import FeedState
from pptui.store.keeping import Keeping

if TYPE_CHECKING:
    from pptui.feeds.answer import Answer
    from pptui.feeds.fetch import Fetched, Fetcher
    from pptui.feeds.reading import Reading
    from pptui.subscriptions.logins import Logins


class AddingError(Exception):
    """There is no feed where the user said; the text is one plain line that says why."""


class Locked(AddingError):
    """What is there wants a user name and a password, or others than were given."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came from `url`, which is the address to subscribe to if it is a feed."""

    url: str
    fetched: Fetched


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What was added; `new` is False where it was subscribed to already.

    That it has a `login` is known to the library, and the keyring is still to be given it."""

    subscription: Subscription
    new: bool
    login: Login | None = None


def address(source: str) -> str:
    """What to fetch for what a user typed: an http(s) address or an absolute path. Raises AddingError."""
    stripped = source.strip()
    if not stripped:
        raise AddingError("nothing to add: give the address of a feed, or a file")
    # "feed:" is what browsers once put in front of an address, or in place of its scheme.
    if stripped.startswith("feed:"):
        stripped = stripped.removeprefix("feed:")
        stripped = f"https:{stripped}" if stripped.startswith("//") else stripped
    if url := text.safe_url(stripped):
        return url
    scheme, separator, rest = stripped.partition("://")
    if separator and scheme in ("http", "https"):
        raise AddingError("this is not a whole address")
    if separator and scheme != "file":
        raise AddingError(f"{text.line(scheme)}: addresses can't be fetched, only http and https")
    path = Path(unquote(rest)) if separator else Path(os.path.expanduser(stripped))
    try:
        found = path.exists()
    except OSError:
        found = False  # a name too long for any file
    if found:
        return lasting(path)
    # People type addresses without their scheme; a file is tried first because it can be seen.
    host = stripped.partition("/")[0]
    if (
        "." in host
        and not stripped.startswith((".", "~", "/"))
        and (url := text.safe_url(f"https://{stripped}"))
    ):
        return url
    raise AddingError("no such file")


def fetch(
    url: str, fetcher: Fetcher, cancel: threading.Event | None = None, login: Login | None = None
) -> Delivered:
    """What is at an address or a path, or at the one that a web page there names. Raises AddingError.

    `login` is sent to that server alone."""
    from pptui.feeds.address import with_login, without_login
    from pptui.feeds.answer import get
    from pptui.feeds.failures import FetchError
    from pptui.feeds.fetch import Validators
    from pptui.feeds.source import markup

    try:
        fetched = get(url, fetcher, Validators(), cancel, login)
        body = fetched.body or b""
        is_page = not url.startswith("/") and not markup(body, fetched.content_type).is_feed
        # A show's home page names its feed in its head (RSS autodiscovery); follow it once.
        if is_page and (links := _named(body, fetched.url)):
            # A password in it is everybody's, and is left out: a user's own may not be changed by a page.
            first, url = url, without_login(links[0])[0]
            theirs = without_login(with_login(url, login, first))[1] if login else None
            fetched = get(url, fetcher, Validators(), cancel, theirs, asker=first)
    except FetchError as problem:
        # Whoever typed the path of a file need not be told it.
        words = str(problem).removeprefix(f"{text.line(url, 200)} ")
        raise (Locked if problem.status == 401 else AddingError)(words) from problem
    return Delivered(fetched.moved_to or url, fetched)


def _named(page: bytes, url: str) -> list[str]:
    from pptui.feeds.discover import discover  # lxml, and most of what is added is a feed

    return discover(page, url)


class Adding:
    """Subscribes to feeds. One may be used by many threads at once."""

    def __init__(self, keeping: Keeping, fetcher: Fetcher, logins: Logins) -> None:
        self._keeping = keeping
        self._library = keeping.library
        self._catalogue = keeping.catalogue
        self._fetcher = fetcher
        self._logins = logins

    def one(
        self, source: str, cancel: threading.Event | None = None, login: Login | None = None
    ) -> Subscribed:
        """Subscribe to what a user typed. Raises AddingError and StoreError."""
        from pptui.feeds.parsed import TOO_LARGE
        from pptui.feeds.reading import Reading

        cancel = cancel or threading.Event()
        try:
            with Reading(cancel) as reading:
                done = self._begin(source, reading, cancel, login)()
        except MemoryError:
            raise AddingError(TOO_LARGE) from None
        self._keep(done)
        return done

    def many(
        self,
        sources: Sequence[str],
        report: Callable[[str, Subscribed | Exception], None],
        cancel: threading.Event,
    ) -> None:
        """Subscribe to several at once; one that can't be added stops no other.

        `report` is called from this thread with each of `sources`, in their order, and what came of it."""
        from pptui.feeds.gather import gather
        from pptui.feeds.hosts import host
        from pptui.feeds.parsed import FeedError
        from pptui.feeds.reading import Reading

        ended: dict[int, Subscribed | Exception] = {}
        told = 0

        def fetch(number: int) -> Callable[[], tuple[int, Subscribed | Exception]]:
            take_in = self._begin(sources[number], reading, cancel)
            return lambda: (number, take_in())

        def failed(number: int, problem: Exception) -> tuple[int, Subscribed | Exception]:
            return number, AddingError(str(problem)) if isinstance(problem, FeedError) else problem

        def tell(one: tuple[int, Subscribed | Exception]) -> None:
            nonlocal told
            number, done = one
            if isinstance(done, Subscribed):
                self._keep(done)  # here it may wait for the keyring: the others are taken in meanwhile
            ended[number] = done
            while told in ended:
                report(sources[told], ended[told])
                told += 1

        numbers = range(len(sources))
        with Reading(cancel) as reading:
            gather(numbers, fetch, failed, tell, cancel, host=lambda number: host(sources[number]))

    def _begin(
        self, source: str, reading: Reading, cancel: threading.Event, login: Login | None = None
    ) -> Callable[[], Subscribed]:
        """Fetch what a user typed, and have it read; what is returned takes it in, and is for one thread.

        Both raise AddingError and StoreError."""
        from pptui.feeds.address import without_login
        from pptui.feeds.answer import have_read, state_of

        url = address(source)
        if not url.startswith("/"):
            url, typed = without_login(url)
            login = login or typed
        if login is None:
            for one in self._library.subscriptions():
                if one.url == url:
                    return partial(Subscribed, one, new=False)
        delivered = fetch(url, self._fetcher, cancel, login)
        state = state_of(delivered.fetched, FeedState())
        answer = have_read(delivered.fetched, state, (), reading)
        return partial(self._take_in, url, delivered.url, answer, login, cancel)

    def _take_in(
        self, asked: str, url: str, answer: Answer, login: Login | None, cancel: threading.Event
    ) -> Subscribed:
        from pptui.feeds import moving
        from pptui.feeds.address import with_login
        from pptui.feeds.answer import state_of, store
        from pptui.feeds.identity import podcast_id
        from pptui.feeds.parsed import FeedError

        if cancel.is_set():
            raise AddingError("cancelled")
        try:
            feed = answer.read()
        except FeedError as problem:
            raise AddingError(str(problem)) from problem
        named = with_login(url, login, asked) if login else url
        if named == url:
            login = None
        # What two users are served may differ: the user's name is part of the id.
        subscription = Subscription(
            podcast_id(named), url, feed.title or text.shown_url(url), datetime.now(UTC), login is not None
        )
        same = [
            one
            for one in self._library.subscriptions()
            if subscription.id == one.id or (url == one.url and login is None)
        ]
        new = not same
        subscription = same[0] if same else subscription
        # Where it has moved is found out at the first refresh.
        moves = not url.startswith("/") and moving.wanted(feed, url, answer.fetched.url) != ""
        state = state_of(answer.fetched, answer.state, feed, again=moves)
        known = self._catalogue.known(subscription.id)
        store(subscription, feed, known, self._catalogue, self._library, state)
        if new:
            self._keeping.subscribe(subscription)
        elif login:
            self._library.lock(subscription.id)
        return Subscribed(subscription, new, login)

    def _keep(self, done: Subscribed) -> None:
        if done.login:
            self._logins.keep(done.subscription, done.login)


def lasting(path: Path) -> str:
    """The absolute path that a file is known by from any folder. A link that is the file itself keeps
    its own name: what it points to may change."""
    return os.path.join(os.path.realpath(path.parent), path.name)
