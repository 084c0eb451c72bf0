"""Fetch a feed over HTTP: conditional, bounded in time and size, and plain about what went wrong."""

from __future__ import annotations

import base64
import http
import os
import re
import socket
import ssl
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3 import exceptions as failures
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import BaseHTTPResponse
from urllib3.util.request import ACCEPT_ENCODING, make_headers

from pptui import text

LIMIT = 64 * 1024 * 1024
_CHUNK = 64 * 1024
_HEAD = 1024
_REDIRECTS = 10
_REDIRECT_CODES = frozenset({301, 302, 303, 307, 308})
_PERMANENT_CODES = frozenset({301, 308})
Enough = Callable[[str, bytes], bool]
_ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.8"


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server called its last answer, for asking whether there is another (RFC 9110, 8.8)."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `url` is where it came from in the end, without user name and password.

    `body` is None where nothing has changed (304). `moved_to` is the address to use from now on,
    "" unless the server said so (301 or 308 from the first address on); a user name and password
    are in it if they were in the address asked for and belong to the same server.
    """

    url: str
    body: bytes | None
    validators: Validators
    content_type: str
    moved_to: str = ""


_NONE = Validators()


class FetchError(Exception):
    """Why there is no answer; str() is one plain line for the user, and no password is in it.

    `status` is the server's, None where there was none. `gone` says that the feed was taken away
    for good (410). `retry_after` is in seconds, where the server asks to be left alone so long.
    """

    def __init__(
        self, message: str, *, status: int | None = None, gone: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(text.line(message))
        self.status = status
        self.gone = gone
        self.retry_after = retry_after


# --- connections that can be ended from outside

_current = threading.local()


class _Plain(HTTPConnection):
    def getresponse(self) -> Any:
        _watch(self.sock)
        return super().getresponse()


class _Secure(HTTPSConnection):
    def getresponse(self) -> Any:
        _watch(self.sock)
        return super().getresponse()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


_POOLS = {"http": _PlainPool, "https": _SecurePool}


def _watch(connected: socket.socket | None) -> None:
    guard: _Guard | None = getattr(_current, "guard", None)
    if guard is not None:
        guard.sock = connected


class _Guard:
    """Ends a fetch that takes too long or is cancelled, whatever it is waiting for.

    A time-out of a socket starts anew with each byte, so a server that sends one now and then could
    hold a thread for ever; and nothing but the end of the connection wakes a thread that reads.
    """

    def __init__(self, total: float, cancel: threading.Event | None) -> None:
        self.sock: socket.socket | None = None
        self.enough: Enough | None = None
        self.late = False
        self.cancelled = False
        self._until = time.monotonic() + total
        self._cancel = cancel
        self._done = threading.Event()

    def __enter__(self) -> _Guard:
        _current.guard = self
        threading.Thread(target=self._wait, name="fetch-guard", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        _current.guard = None

    def left(self) -> float:
        """Seconds until the end, at least a moment."""
        return max(0.05, self._until - time.monotonic())

    def over(self) -> bool:
        """Whether it is time to stop; then `late` or `cancelled` says why."""
        self.cancelled = self.cancelled or (self._cancel is not None and self._cancel.is_set())
        self.late = self.late or time.monotonic() >= self._until
        return self.cancelled or self.late

    def _wait(self) -> None:
        while not self._done.wait(0.1 if self._cancel else self.left()):
            if not self.over():
                continue
            if (sock := self.sock) is not None:
                try:
                    # Not SSLSocket.shutdown, which takes the TLS layer away from under the reader.
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
                except OSError:
                    pass
            self._done.wait(0.1)


# --- addresses


@dataclass(frozen=True, slots=True)
class _Address:
    """An address without its user name and password, and the header that they make."""

    url: str
    parts: SplitResult
    login: str = ""
    userinfo: str = ""

    @property
    def host(self) -> str:
        return text.line(self.parts.hostname or "", 100)

    @property
    def origin(self) -> tuple[str, str, int]:
        secure = self.parts.scheme == "https"
        return (
            self.parts.scheme,
            (self.parts.hostname or "").lower(),
            self.parts.port or (443 if secure else 80),
        )


def _address(url: str) -> _Address:
    try:
        parts = urlsplit(url.strip())
        if not parts.hostname or parts.port == 0:
            raise ValueError
    except ValueError:
        raise FetchError(f"not an address: {text.shown_url(url)}") from None
    if parts.scheme not in ("http", "https"):
        raise FetchError(f"only http and https addresses can be fetched, not {parts.scheme}:")
    if not url.strip().isprintable():
        raise FetchError("not an address: it has control characters in it")
    userinfo, _, place = parts.netloc.rpartition("@")
    bare = parts._replace(netloc=place, fragment="")
    login = ""
    if userinfo:
        user, _, password = userinfo.partition(":")
        # RFC 7617, 2.1: UTF-8 unless the server says otherwise, and none does.
        pair = f"{unquote(user)}:{unquote(password)}".encode()
        login = "Basic " + base64.b64encode(pair).decode("ascii")
    return _Address(bare.geturl(), bare, login, userinfo)


def _redirected(old: _Address, location: str) -> _Address:
    try:
        # http.client reads headers as Latin-1; many servers write UTF-8.
        location = location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        pass
    try:
        target = urljoin(old.url, location.strip())
        scheme = urlsplit(target).scheme
    except ValueError:
        raise FetchError(f"{old.host} redirects to what is not an address") from None
    if not location.strip():
        raise FetchError(f"{old.host} redirects to nowhere")
    if scheme not in ("http", "https"):
        raise FetchError(
            f"{old.host} redirects to {text.line(scheme, 20)}: addresses of that kind are refused"
        )
    new = _address(target)
    if old.parts.scheme == "https" and new.parts.scheme == "http":
        raise FetchError(f"{old.host} redirects to an address that is not encrypted (http): refused")
    if old.login and not new.login and _same_server(old, new):
        return _Address(new.url, new.parts, old.login, old.userinfo)
    return new


def _same_server(old: _Address, new: _Address) -> bool:
    """Whether a password for the one may be sent to the other: the same origin, or the same one encrypted."""
    if old.origin == new.origin:
        return True
    return (
        old.origin[1] == new.origin[1]
        and (old.origin[0], old.origin[2]) == ("http", 80)
        and ((new.origin[0], new.origin[2]) == ("https", 443))
    )


def _with_login(address: _Address) -> str:
    if not address.userinfo:
        return address.url
    return address.parts._replace(netloc=f"{address.userinfo}@{address.parts.netloc}").geturl()


# --- fetching


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
        cancel: threading.Event | None = None,
        enough: Enough | None = None,
    ) -> Fetched:
        """The answer of an http(s) address, or that it is what it was. Raises FetchError.

        Setting `cancel` ends it within a moment, with a FetchError too. `enough` is asked once, with
        the content type and the first bytes of the answer: if it says so, they are all that is read.
        """
        address = _address(url)
        with _Guard(self._total, cancel) as guard:
            guard.enough = enough
            try:
                return self._follow(address, validators, guard)
            except (failures.HTTPError, OSError, ValueError) as problem:
                raise self._explained(problem, guard) from None

    def close(self) -> None:
        """Close the connections that are kept open."""
        with self._lock:
            managers, self._managers = self._managers, {}
        for manager in managers.values():
            manager.clear()

    def _follow(self, address: _Address, validators: Validators, guard: _Guard) -> Fetched:
        seen = {address.url}
        permanent = True
        moved_to = ""
        while True:
            response = self._request(address, validators, guard)
            try:
                if response.status not in _REDIRECT_CODES:
                    return self._answer(response, address, validators, guard, moved_to)
                target = _redirected(address, response.headers.get("Location", ""))
            finally:
                # Whatever else the server would say is not waited for. Read to the end, the
                # connection has gone back to its pool by now and stays open.
                response.close()
            permanent = permanent and response.status in _PERMANENT_CODES
            moved_to = _with_login(target) if permanent else moved_to
            if target.url in seen:
                raise FetchError(f"{address.host} redirects in a circle")
            if len(seen) > _REDIRECTS:
                raise FetchError(f"{address.host} redirects more than {_REDIRECTS} times")
            seen.add(target.url)
            address = target

    def _request(self, address: _Address, validators: Validators, guard: _Guard) -> BaseHTTPResponse:
        headers = dict(self._headers)
        if address.login:
            headers["Authorization"] = address.login
        if validators.etag:
            headers["If-None-Match"] = validators.etag
        if validators.modified:
            headers["If-Modified-Since"] = validators.modified
        try:
            manager = self._manager(address)
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
                except failures.ProtocolError:
                    # A connection kept open may have been closed by the server just now.
                    if attempt == 2 or guard.over():
                        raise
        except (failures.HTTPError, OSError, ValueError) as problem:
            raise self._explained(problem, guard, address) from None
        raise AssertionError("the second attempt returns or raises")

    def _manager(self, address: _Address) -> urllib3.PoolManager:
        """The connections for an address: by the proxy that the environment names for it, or straight."""
        host = address.parts.hostname or ""
        proxies = getproxies()
        proxy = "" if proxy_bypass(host) else proxies.get(address.parts.scheme) or proxies.get("all") or ""
        with self._lock:
            manager = self._managers.get(proxy)
            if manager is None:
                manager = self._managers[proxy] = _new_manager(proxy)
        return manager

    def _answer(
        self,
        response: BaseHTTPResponse,
        address: _Address,
        validators: Validators,
        guard: _Guard,
        moved_to: str,
    ) -> Fetched:
        if response.status == 304:
            if not (validators.etag or validators.modified):
                raise FetchError(
                    f"{address.host} says that nothing has changed, but was not asked", status=304
                )
            response.drain_conn()
            kept = _validators(response)
            kept = Validators(kept.etag or validators.etag, kept.modified or validators.modified)
            return Fetched(address.url, None, kept, "", moved_to)
        if not 200 <= response.status < 300:
            raise _refused(response)
        body = self._read(response, address, guard)
        content_type = text.line(response.headers.get("Content-Type", ""), 200)
        return Fetched(address.url, body, _validators(response), content_type, moved_to)

    def _read(self, response: BaseHTTPResponse, address: _Address, guard: _Guard) -> bytes:
        chunks: list[bytes] = []
        size = 0
        try:
            while chunk := response.read1(_CHUNK, decode_content=True):
                chunks.append(chunk)
                size += len(chunk)
                if size > self._limit:
                    raise FetchError(f"{address.host} sends more than {_megabytes(self._limit)}")
                if guard.over():
                    raise self._explained(TimeoutError(), guard, address)
                if guard.enough is not None and size >= _HEAD:
                    if guard.enough(response.headers.get("Content-Type", ""), b"".join(chunks)):
                        break
                    guard.enough = None
        except (failures.HTTPError, OSError, ValueError) as problem:
            raise self._explained(problem, guard, address, size) from None
        if guard.over():
            # A connection that the guard has ended looks like the end of an answer without a length.
            raise self._explained(TimeoutError(), guard, address)
        return b"".join(chunks)

    def _explained(
        self, problem: Exception, guard: _Guard, address: _Address | None = None, read: int = 0
    ) -> FetchError:
        """What happened, in one line."""
        if isinstance(problem, FetchError):
            return problem
        guard.over()
        host = address.host if address else "the server"
        if guard.cancelled:
            return FetchError("cancelled")
        if guard.late:
            return FetchError(f"{host} took longer than {self._total:g} s")
        if isinstance(problem, failures.ProxyError):
            problem = problem.original_error
            host = f"the proxy for {host}"
        cause = problem
        while cause.__cause__ is not None and not isinstance(cause, (ssl.SSLError, socket.gaierror)):
            if not isinstance(cause.__cause__, Exception):
                break
            cause = cause.__cause__
        if isinstance(problem, failures.NameResolutionError) or isinstance(cause, socket.gaierror):
            return FetchError(f"{host} is not to be found: a wrong name, or no network")
        # A NewConnectionError is a ConnectTimeoutError by its class, whatever the reason was.
        if isinstance(cause, ConnectionRefusedError):
            return FetchError(f"{host} refuses the connection")
        if isinstance(problem, failures.NewConnectionError):
            return FetchError(f"{host} can't be reached: {_system(cause)}")
        if isinstance(problem, (failures.ConnectTimeoutError, failures.ReadTimeoutError, TimeoutError)):
            return FetchError(f"{host}: no answer within {self._timeout:g} s")
        if isinstance(problem, failures.SSLError) or isinstance(cause, ssl.SSLError):
            return FetchError(f"{host} can't be trusted: {_tls(problem, cause)}")
        if isinstance(problem, failures.DecodeError):
            return FetchError(f"{host} sends what can't be decompressed")
        if isinstance(problem, (failures.LocationParseError, failures.LocationValueError, UnicodeError)):
            return FetchError(f"not an address: {host}")
        if read:
            return FetchError(f"{host} cut the connection after {read} bytes")
        return FetchError(f"{host} cut the connection without an answer")


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
    manager.pool_classes_by_scheme = _POOLS
    return manager


def _validators(response: BaseHTTPResponse) -> Validators:
    def kept(name: str) -> str:
        value = response.headers.get(name, "")
        return value if len(value) <= 1000 and value.isprintable() else ""

    return Validators(kept("ETag"), kept("Last-Modified"))


_MEANINGS = {
    400: "it does not understand the request",
    401: "a user name and a password are needed",
    402: "this has to be paid for",
    403: "not allowed",
    404: "not found",
    408: "the request took too long",
    410: "gone for good",
    429: "too many requests",
    451: "withheld for legal reasons",
    500: "a fault of its own",
    502: "a fault behind it",
    503: "not available now",
    504: "a fault behind it",
}


def _refused(response: BaseHTTPResponse) -> FetchError:
    status = response.status
    meaning = _MEANINGS.get(status, "")
    if not meaning:
        try:
            meaning = http.HTTPStatus(status).phrase.lower()
        except ValueError:
            meaning = "a fault of its own" if status >= 500 else "no feed"
    wait = _retry_after(response.headers.get("Retry-After", ""))
    later = ""
    if wait:
        later = f", try again in {wait / 60:.0f} min" if wait >= 90 else f", try again in {wait:.0f} s"
    return FetchError(
        f"the server says {status}: {meaning}{later}", status=status, gone=status == 410, retry_after=wait
    )


def _retry_after(value: str) -> float | None:
    """Seconds of a Retry-After (RFC 9110, 10.2.3), a number or a date; at most a week."""
    stripped = value.strip()
    if re.fullmatch(r"[0-9]{1,9}", stripped):
        seconds = float(stripped)
    else:
        try:
            seconds = parsedate_to_datetime(stripped).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return None
    return min(seconds, 7 * 86400.0) if seconds > 0 else None


def _tls(problem: Exception, cause: BaseException) -> str:
    for one in (cause, *problem.args, problem):
        if isinstance(one, ssl.SSLCertVerificationError):
            return f"its certificate is not valid ({text.line(one.verify_message, 150)})"
        if isinstance(one, ssl.SSLError) and one.reason:
            return f"no encrypted connection ({one.reason.replace('_', ' ').lower()})"
    return "no encrypted connection"


def _system(cause: BaseException) -> str:
    if isinstance(cause, OSError) and cause.errno:
        return os.strerror(cause.errno).lower()
    return "no connection"


def _megabytes(size: int) -> str:
    return f"{size // (1024 * 1024)} MiB" if size >= 1024 * 1024 else f"{size} bytes"


def read_local(path: Path, limit: int = LIMIT) -> bytes:
    """The bytes of a feed that is a file. Raises FetchError, also for what is no ordinary file or too big."""
    name = text.line(path, 200)
    try:
        # A pipe or a device would be waited for: O_NONBLOCK opens it, and fstat tells.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FetchError(f"{name} is not a file")
            body = file.read(limit + 1)
    except FileNotFoundError:
        raise FetchError(f"{name} is not there") from None
    except IsADirectoryError:
        raise FetchError(f"{name} is not a file") from None
    except (OSError, ValueError) as problem:
        raise FetchError(f"{name} can't be read: {_system(problem)}") from None
    if len(body) > limit:
        raise FetchError(f"{name} has more than {_megabytes(limit)}")
    return body
