"""Why there is no answer, in words: what servers, networks and certificates do instead of sending a feed."""

from __future__ import annotations

import http
import http.client
import os
import re
import socket
import ssl
from datetime import UTC, datetime

from urllib3 import BaseHTTPResponse, exceptions

from pptui import text
from pptui.feeds.dates import moment


class FetchError(Exception):
    """Why there is no answer; str() is one plain line for the user, and no password is in it.

    `status` is the server's, None where there was none. `retry_after` is in seconds, where the server
    asks to be left alone so long; `reason` is the line without it, for when it is read later.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: str = "",
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(text.line(message))
        self.reason = text.line(reason or message)
        self.status = status
        self.retry_after = retry_after


def explained(problem: Exception, host: str, timeout: float, read: int) -> FetchError:
    """What went wrong between us and a host, `read` bytes into its answer; `timeout` is in seconds."""
    if isinstance(problem, exceptions.ProxyError):
        problem = problem.original_error
        host = f"the proxy for {host}"
    cause = problem
    while cause.__cause__ is not None and not isinstance(cause, (ssl.SSLError, socket.gaierror)):
        if not isinstance(cause.__cause__, Exception):
            break
        cause = cause.__cause__
    if isinstance(problem, exceptions.NameResolutionError) or isinstance(cause, socket.gaierror):
        return FetchError(f"{host} is not to be found: a wrong name, or no network")
    # A NewConnectionError is a ConnectTimeoutError by its class, whatever the reason was.
    if isinstance(cause, ConnectionRefusedError):
        return FetchError(f"{host} refuses the connection")
    if isinstance(problem, exceptions.NewConnectionError):
        return FetchError(f"{host} can't be reached: {system(cause)}")
    if isinstance(problem, (exceptions.ConnectTimeoutError, exceptions.ReadTimeoutError, TimeoutError)):
        return FetchError(f"{host}: no answer within {timeout:g} s")
    if isinstance(problem, exceptions.SSLError) or isinstance(cause, ssl.SSLError):
        return FetchError(f"{host} can't be trusted: {_tls(problem, cause)}")
    if isinstance(problem, exceptions.DecodeError):
        return FetchError(f"{host} sends what can't be decompressed")
    if isinstance(problem, (exceptions.LocationParseError, exceptions.LocationValueError, UnicodeError)):
        return FetchError(f"not an address: {host}")
    if any(isinstance(one, _ODD) and not isinstance(one, _CUT) for one in (problem, *problem.args)):
        return FetchError(f"{host} does not answer as web servers do")
    if read:
        return FetchError(f"{host} cut the connection after {read} bytes")
    return FetchError(f"{host} cut the connection without an answer")


# No status line, more than 100 headers, one of more than 64 KiB, lengths that contradict each other.
_ODD = (http.client.HTTPException, exceptions.InvalidHeader)
_CUT = (http.client.IncompleteRead, http.client.RemoteDisconnected)

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


def refused(response: BaseHTTPResponse, *, with_login: bool = False) -> FetchError:
    """What a server says that answers with an error, to a request `with_login` or without."""
    status = response.status
    meaning = _MEANINGS.get(status, "")
    if status == 401:
        kinds = response.headers.get("WWW-Authenticate", "")
        if kinds and not re.search(r"\bbasic\b", kinds, re.IGNORECASE):
            meaning = "it asks for a password in a way that pptui does not know"
        elif with_login:
            meaning = "the user name or the password is wrong"
    if not meaning:
        try:
            meaning = http.HTTPStatus(status).phrase.lower()
        except ValueError:
            meaning = "a fault of its own" if status >= 500 else "no feed"
    wait = _retry_after(response.headers.get("Retry-After", ""))
    later = ""
    if wait:
        later = f", try again in {wait / 60:.0f} min" if wait >= 90 else f", try again in {wait:.0f} s"
    reason = f"the server says {status}: {meaning}"
    return FetchError(reason + later, reason=reason, status=status, retry_after=wait)


def _retry_after(value: str) -> float | None:
    """Seconds of a Retry-After (RFC 9110, 10.2.3), a number or a date; at most a week."""
    stripped = value.strip()
    if re.fullmatch("[0-9]+", stripped):
        seconds = float(stripped)
    elif (until := moment(stripped)) is not None:
        seconds = (until - datetime.now(UTC)).total_seconds()
    else:
        return None
    return min(seconds, 7 * 86400.0) if seconds > 0 else None


def _tls(problem: Exception, cause: BaseException) -> str:
    for one in (cause, *problem.args, problem):
        if isinstance(one, ssl.SSLCertVerificationError):
            return f"its certificate is not valid ({text.line(one.verify_message, 150)})"
        if isinstance(one, ssl.SSLError) and one.reason:
            return f"no encrypted connection ({one.reason.replace('_', ' ').lower()})"
    return "no encrypted connection"


def system(cause: BaseException) -> str:
    """What the system says, in lower case: it comes after a colon."""
    if isinstance(cause, OSError) and cause.errno:
        return (cause.strerror or os.strerror(cause.errno)).lower()
    return "no connection"


def megabytes(size: int) -> str:
    """A limit in words."""
    return f"{size // (1024 * 1024)} MiB" if size >= 1024 * 1024 else f"{size} bytes"
