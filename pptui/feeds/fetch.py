"""Fetch a feed over HTTP: conditional, bounded in time and size, and plain about what went wrong."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

import urllib3
from urllib3 import BaseHTTPResponse, exceptions, make_headers
from urllib3.util.request import ACCEPT_ENCODING

from pptui import text
from pptui.feeds import nearby, schedule
from pptui.feeds.address import Address, address_of, redirected
from pptui.feeds.failures import FetchError, explained, megabytes, refused
from pptui.feeds.guard import POOLS, Guard
from pptui.models import Login

LIMIT = 64 * 1024 * 1024
"""Bytes of a feed, after decompression; the longest real ones have some 20 MiB."""

_CHUNK = 64 * 1024
_HEAD = 1024
_REDIRECTS = 10
_REDIRECT_CODES = frozenset({301, 302, 303, 307, 308})
_PERMANENT_CODES = frozenset({301, 308})
_SPAN = re.compile(r"bytes\s+(\d{1,18})-(\d{1,18})/(\d{1,18}|\*)\Z", re.IGNORECASE)
Enough = Callable[[str, bytes], bool]
_ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.8"


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server called its last answer, for asking whether there is another (RFC 9110, 8.8)."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `url` is where it came from in the end.

    `body` is None where nothing has changed (304). `moved_to` is the address to use from now on,
    "" unless the server said so (301 or 308 from the first address on). `fresh` is for how many
    seconds the server says that the answer holds. No user name and no password is in an address.
    """

    url: str
    body: bytes | None
    validators: Validators
    content_type: str
    moved_to: str = ""
    fresh: float = 0.0


_NONE = Validators()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a server: no more than is `enough`, while `guard` says that there is time."""

    guard: Guard
    validators: Validators
    enough: Enough | None


class Fetcher:
    """Fetches over HTTP with connections that are kept open; one may be used by many threads at once.

    `timeout` is how many seconds a server may be silent, at connecting and afterwards; `total` how
    many a whole fetch may take, redirects included (but for a name server that does not answer);
    `limit` how many bytes an answer may have, decompressed.
    """

    def __init__(
        self,
        *,
        timeout: float = 20.0,
        total: float = 120.0,
        limit: int = LIMIT,
        user_agent: str,
    ) -> None:
        self._timeout = timeout
        self._total = total
        self._limit = limit
        self._headers = {"User-Agent": user_agent, "Accept": _ACCEPT, "Accept-Encoding": ACCEPT_ENCODING}
        self._managers: dict[str, urllib3.PoolManager] = {}
        self._lock = threading.Lock()

    def fetch(
        self,
        url: str,
        validators: Validators = _NONE,
        *,
        login: Login | None = None,
        cancel: threading.Event | None = None,
        enough: Enough | None = None,
        asker: str | None = None,
    ) -> Fetched:
        """The answer of an http(s) address, or that it is what it was. Raises FetchError.

        `asker` is the address of the feed that names this one, as `nearby.astray` takes it, None where
        the user does: it decides whether a redirect, or `url` itself, may lead into the local network.
        `login` is sent at once (Basic, RFC 7617), and to no other server that this one redirects to.
        Setting `cancel` ends it within a moment, with a FetchError too. `enough` is asked once, with
        the content type and the first bytes of the answer: if it says so, they are all that is read.
        """
        address = address_of(url, login)
        with Guard(self._total, cancel) as guard:
            try:
                wanted = Wanted(guard, validators, enough)
                return self._follow(address, wanted, address.url if asker is None else asker)
            except (exceptions.HTTPError, OSError, ValueError) as problem:
                raise self._explained(problem, guard) from None

    def close(self) -> None:
        """Close the connections that are kept open."""
        with self._lock:
            managers, self._managers = self._managers, {}
        for manager in managers.values():
            manager.clear()

    def _follow(self, address: Address, wanted: Wanted, asker: str) -> Fetched:
        seen = {address.url}
        permanent = True
        moved_to = ""
        while True:
            own = nearby.host_of(address.url) == nearby.host_of(asker)
            wanted.guard.asker = None if own else asker
            response = self._request(address, wanted.validators, wanted.guard)
            try:
                if response.status not in _REDIRECT_CODES:
                    return self._answer(response, address, wanted, moved_to)
                target = redirected(address, response.headers.get("Location", ""))
            finally:
                # Whatever else the server would say is not waited for. Read to the end, the
                # connection has gone back to its pool by now and stays open.
                response.close()
            permanent = permanent and response.status in _PERMANENT_CODES
            moved_to = target.url if permanent else moved_to
            if target.url in seen:
                raise FetchError(f"{address.host} redirects in a circle")
            if len(seen) > _REDIRECTS:
                raise FetchError(f"{address.host} redirects more than {_REDIRECTS} times")
            seen.add(target.url)
            address = target

    def _request(self, address: Address, validators: Validators, guard: Guard) -> BaseHTTPResponse:
        # The connection before is no longer this fetch's to end.
        guard.sock = None
        headers = dict(self._headers)
        if address.login:
            headers["Authorization"] = address.authorization
        if validators.etag:
            headers["If-None-Match"] = validators.etag
        if validators.modified:
            headers["If-Modified-Since"] = validators.modified
        try:
            proxy = nearby.proxy_of(address.url)
            if proxy and guard.asker is not None and (why := nearby.astray(address.url, guard.asker)):
                raise FetchError(why)
            manager = self._manager(proxy)
            for attempt in (1, 2):
                try:
                    return manager.request(
                        "GET",
                        address.url,
                        headers=headers,
                        redirect=False,
                        retries=False,
                        preload_content=False,
                        timeout=urllib3.Timeout(connect=min(self._timeout, guard.left()), read=self._timeout),
                    )
                except exceptions.ProtocolError:
                    # A connection kept open may have been closed by the server just now.
                    if attempt == 2 or guard.over():
                        raise
        except (exceptions.HTTPError, OSError, ValueError) as problem:
            raise self._explained(problem, guard, address) from None
        raise AssertionError("the second attempt returns or raises")

    def _manager(self, proxy: str) -> urllib3.PoolManager:
        """The connections that are made by a proxy, or straight."""
        with self._lock:
            manager = self._managers.get(proxy)
            if manager is None:
                manager = self._managers[proxy] = _new_manager(proxy)
        return manager

    def _answer(self, response: BaseHTTPResponse, address: Address, wanted: Wanted, moved_to: str) -> Fetched:
        validators = wanted.validators
        if response.status == 304:
            if not (validators.etag or validators.modified):
                raise FetchError(
                    f"{address.host} says that nothing has changed, but was not asked", status=304
                )
            response.drain_conn()
            kept = _validators(response)
            kept = Validators(kept.etag or validators.etag, kept.modified or validators.modified)
            return Fetched(address.url, None, kept, "", moved_to, _fresh(response))
        if not 200 <= response.status < 300:
            raise refused(response, with_login=address.login is not None)
        if response.status == 206 and not _is_whole(response):
            # Nothing asks for a part here: what is missing would be taken for what the feed no longer has.
            raise FetchError(f"{address.host} sends only a part of what was asked for", status=206)
        body = self._read(response, address, wanted)
        content_type = text.line(response.headers.get("Content-Type", ""), 200)
        return Fetched(address.url, body, _validators(response), content_type, moved_to, _fresh(response))

    def _read(self, response: BaseHTTPResponse, address: Address, wanted: Wanted) -> bytes:
        guard, enough = wanted.guard, wanted.enough
        chunks: list[bytes] = []
        size = 0
        try:
            while chunk := response.read1(_CHUNK, decode_content=True):
                chunks.append(chunk)
                size += len(chunk)
                if size > self._limit:
                    raise FetchError(f"{address.host} sends more than {megabytes(self._limit)}")
                if guard.over():
                    raise self._explained(TimeoutError(), guard, address)
                if enough is not None and size >= _HEAD:
                    if enough(response.headers.get("Content-Type", ""), b"".join(chunks)):
                        break
                    enough = None
        except (exceptions.HTTPError, OSError, ValueError) as problem:
            raise self._explained(problem, guard, address, size) from None
        if guard.over():
            # A connection that the guard has ended looks like the end of an answer without a length.
            raise self._explained(TimeoutError(), guard, address)
        return b"".join(chunks)

    def _explained(
        self, problem: Exception, guard: Guard, address: Address | None = None, read: int = 0
    ) -> FetchError:
        host = address.host if address else "the server"
        if guard.over():
            return FetchError(
                "cancelled" if guard.cancelled else f"{host} took longer than {self._total:g} s"
            )
        return explained(problem, host, self._timeout, read)


def _new_manager(proxy: str) -> urllib3.PoolManager:
    manager: urllib3.PoolManager
    if proxy:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        if parts.scheme not in ("http", "https"):
            raise FetchError(f"a proxy of the kind {text.line(parts.scheme, 20)}: is not supported")
        userinfo, _, place = parts.netloc.rpartition("@")
        login = make_headers(proxy_basic_auth=unquote(userinfo)) if userinfo else None
        manager = urllib3.ProxyManager(
            f"{parts.scheme}://{place}", proxy_headers=login, num_pools=64, maxsize=4
        )
    else:
        manager = urllib3.PoolManager(num_pools=64, maxsize=4)
    manager.pool_classes_by_scheme = POOLS
    return manager


def span(response: BaseHTTPResponse) -> tuple[int, int, int | None] | None:
    """The first and the last byte that are sent of a file, and its size, where that is said; None where
    it is not said which (RFC 9110, 14.4)."""
    found = _SPAN.match(response.headers.get("Content-Range", "").strip())
    return found and (int(found[1]), int(found[2]), None if found[3] == "*" else int(found[3]))


def _is_whole(response: BaseHTTPResponse) -> bool:
    # Some servers call everything a part.
    sent = span(response)
    return sent is not None and sent[2] is not None and sent[:2] == (0, sent[2] - 1)


def _fresh(response: BaseHTTPResponse) -> float:
    return schedule.lifetime(response.headers, datetime.now(UTC))


def _validators(response: BaseHTTPResponse) -> Validators:
    def kept(name: str) -> str:
        value = response.headers.get(name, "")
        return value if len(value) <= 1000 and value.isprintable() else ""

    return Validators(kept("ETag"), kept("Last-Modified"))
