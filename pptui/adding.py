"""From what a user typed to the feed that is meant: an address or a file, and what it delivers."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pptui import text
from pptui.models import Login

if TYPE_CHECKING:
    from pptui.feeds.fetch import Fetched, Fetcher
    from pptui.feeds.parse import ParsedFeed


class AddingError(Exception):
    """There is no feed where the user said; the text is one plain line that says why."""


class Locked(AddingError):
    """What is there wants a user name and a password, or others than were given."""


@dataclass(frozen=True, slots=True)
class Found:
    """A feed as it was delivered; `url` is the address to subscribe to."""

    url: str
    fetched: Fetched
    feed: ParsedFeed


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


def find(
    url: str, fetcher: Fetcher, cancel: threading.Event | None = None, login: Login | None = None
) -> Found:
    """The feed at an address or a path, or the one that a web page there names. Raises AddingError.

    `login` is sent to that server alone."""
    from pptui.feeds.address import with_login, without_login
    from pptui.feeds.discover import discover
    from pptui.feeds.fetch import FetchError, Validators
    from pptui.feeds.parse import FeedError, parse
    from pptui.feeds.refresh import get

    try:
        fetched = get(url, fetcher, Validators(), cancel, login)
        body = fetched.body or b""
        try:
            feed = parse(body, fetched.url, fetched.content_type)
        except FeedError:
            # A show's home page names its feed in its head (RSS autodiscovery); follow it once.
            links = [] if url.startswith("/") else discover(body, fetched.url)
            if not links:
                raise
            first, url = url, links[0]
            theirs = without_login(with_login(url, login, first))[1] if login else None
            fetched = get(url, fetcher, Validators(), cancel, theirs)
            feed = parse(fetched.body or b"", fetched.url, fetched.content_type)
    except (FetchError, FeedError) as problem:
        locked = isinstance(problem, FetchError) and problem.status == 401
        raise (Locked if locked else AddingError)(str(problem)) from problem
    if cancel is not None and cancel.is_set():
        raise AddingError("cancelled")
    return Found(fetched.moved_to or url, fetched, feed)


def lasting(path: Path) -> str:
    """The absolute path that a file is known by from any folder. A link that is the file itself keeps
    its own name: what it points to may change."""
    return os.path.join(os.path.realpath(path.parent), path.name)
