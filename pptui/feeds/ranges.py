"""A file on a server, of which only the parts that are wanted are fetched (RFC 9110, 14)."""

from __future__ import annotations

import time
from dataclasses import dataclass

from urllib3 import BaseHTTPResponse

from pptui import __version__
from pptui.chapters import embedded
from pptui.feeds.address import Address, address_of
from pptui.feeds.failures import FetchError, refused
from pptui.feeds.fetch import Fetched, Fetcher, Validators, Wanted, span
from pptui.models import Chapter

BUDGET = 400 * 1024
"""Bytes that are fetched of one file at most."""

REQUESTS = 32
"""Requests that are made for one file at most, redirects of the first aside."""

_FIRST = 64 * 1024
_JUMP = 8 * 1024
_MOST = 128 * 1024
_TIMEOUT = 6.0
_ANSWER = 8.0
_TOTAL = 20.0


class RangeError(OSError):
    """The server does not send parts, or too many would be needed; str() says which."""


@dataclass(frozen=True, slots=True)
class _Part:
    begin: int
    data: bytes

    @property
    def end(self) -> int:
        return self.begin + len(self.data)


def embedded_at(url: str, *, asker: str | None = None) -> tuple[Chapter, ...]:
    """The chapters in an audio file on a server, read before it is played; () where that can't be done.

    `asker` is the address of the feed that names it: see `Fetcher.fetch`.
    Never raises. Takes up to 20 s with a slow server.
    """
    try:
        file = remote(url, asker=asker)
        try:
            return embedded.read(file, file.size)
        finally:
            file.close()
    except OSError:
        return ()


def remote(url: str, *, asker: str | None = None) -> RangeFile:
    """A file at an http(s) address, its beginning fetched already. Raises RangeError.

    Where the server answers with the whole file instead of a part, nothing of it is read.
    """
    file = RangeFile(url, asker)
    try:
        file.read(1)
    except RangeError:
        file.close()
        raise
    file.seek(0)
    return file


class RangeFile:
    """What `pptui.chapters.octets` needs of a file: made by `remote`. Reading raises RangeError.

    What was fetched is kept. `size` is None where the server does not say; `requests` and `fetched` are
    what was spent until now, in requests and bytes.
    """

    def __init__(self, url: str, asker: str | None = None) -> None:
        self.size: int | None = None
        self.requests = 0
        self.fetched = 0
        self._url = url
        self._fetcher = _PartFetcher(url if asker is None else asker)
        self._parts: list[_Part] = []
        self._position = 0
        self._until = time.monotonic() + _TOTAL

    def seek(self, offset: int, /) -> int:
        """Go to `offset` bytes from the beginning; nothing is fetched before it is read."""
        self._position = offset
        return offset

    def read(self, size: int, /) -> bytes:
        """As many bytes from here on, fewer only at the end of the file."""
        found: list[bytes] = []
        while size > 0 and (self.size is None or self._position < self.size):
            part = next((one for one in self._parts if one.begin <= self._position < one.end), None)
            if part is None:
                part = self._fetch(self._position, size)
            data = part.data[self._position - part.begin :][:size]
            found.append(data)
            self._position += len(data)
            size -= len(data)
        return b"".join(found)

    def close(self) -> None:
        """End the connection."""
        self._fetcher.close()

    def _fetch(self, begin: int, needed: int) -> _Part:
        length = _FIRST
        if self._parts:
            last = self._parts[-1]
            # Who reads on will go on reading; who has jumped looks for something small.
            length = min(2 * len(last.data), _MOST) if last.end == begin else _JUMP
        length = max(length, needed)
        if self.size is not None:
            length = min(length, self.size - begin)
        length = min(length, BUDGET - self.fetched)
        if self.requests >= REQUESTS or length < needed and (self.size is None or begin + length < self.size):
            raise RangeError("too much of the file would have to be fetched")
        self.requests += 1
        try:
            part = self._fetcher.part(self._url, begin, length, self._until - time.monotonic())
        except FetchError as problem:
            raise RangeError(str(problem)) from None
        if self._parts and self._fetcher.size != self.size:
            raise RangeError("the server does not send the same file each time")
        self.size = self._fetcher.size
        self._parts.append(part)
        self.fetched += len(part.data)
        return part


class _PartFetcher(Fetcher):
    """Fetches parts of one file, from where its address led the first time."""

    def __init__(self, asker: str) -> None:
        super().__init__(timeout=_TIMEOUT, user_agent=f"pptui/{__version__}")
        self._whole = dict(self._headers) | {"Accept": "*/*", "Accept-Encoding": "identity"}
        self._asker = asker
        self._begin = 0
        self._led_to = ""
        self._etag: str | None = None
        self.size: int | None = None

    def part(self, url: str, begin: int, length: int, left: float) -> _Part:
        """So many bytes from `begin` on, or fewer. `left` is in seconds. Raises FetchError."""
        self._begin = begin
        self._limit = length
        self._total = min(_ANSWER, max(left, 0.0))
        self._headers = self._whole | {"Range": f"bytes={begin}-{begin + length - 1}"}
        fetched = self.fetch(self._led_to or url, asker=self._asker)
        # An address with a login in it is asked again: only it knows who gets the login.
        self._led_to = "" if address_of(url).login else fetched.url
        if not fetched.body:
            raise FetchError("the server sends an empty part")
        return _Part(begin, fetched.body)

    def _answer(self, response: BaseHTTPResponse, address: Address, wanted: Wanted, moved_to: str) -> Fetched:
        if response.status >= 400:
            raise refused(response)
        sent = span(response)
        if response.status != 206 or sent is None or sent[0] != self._begin:
            raise FetchError(f"{address.host} does not send parts of a file")
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise FetchError(f"{address.host} sends parts of something else")
        etag = response.headers.get("ETag", "")
        if self._etag not in (None, etag):
            raise FetchError(f"{address.host} does not send the same file each time")
        self._etag = etag
        self.size = sent[2]
        return Fetched(address.url, self._read(response, address, wanted), Validators(), "", moved_to)
