"""A small, real HTTP server on the loopback interface, for the tests that fetch or play over HTTP.

with Server() as server:
    server.add("/feed.xml", body, etag='"1"')
    fetch(server.url("/feed.xml"))
    assert server.requests[0].headers["user-agent"]
"""

from __future__ import annotations

import base64
import gzip
import select
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

_PATIENCE = 30.0
"""Seconds after which a body that waits for an event goes on without it, so that no test hangs."""


@dataclass(frozen=True)
class Request:
    """A request as it came; header names are in lower case. `path` has its query."""

    method: str
    path: str
    headers: Mapping[str, str]


Handler = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Resource:
    """What a path answers. See `Server.add`."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/rss+xml"
    etag: str = ""
    modified: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    gate: threading.Event | None = None
    chunks: tuple[bytes | threading.Event, ...] = ()
    pace: float = 0.0
    cut: int | None = None
    length: bool = True
    ranges: bool = True
    login: str = ""
    handler: Handler | None = None


class Server:
    """Serves what it is told to, and keeps what it was asked for in `requests`.

    `tls` makes it speak https. `address` is where it listens: "127.0.0.1", or "::1".
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1") -> None:
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self._resources: dict[str, Resource] = {}
        self._scheme = "https" if tls else "http"
        self._http = _Http(self, address, tls)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="test-server")

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._http.shutdown()
        self._thread.join()
        self._http.end_connections()
        self._http.server_close()

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    def url(self, path: str = "/", *, user: str = "") -> str:
        """The address of a path; `user` is `name:password`, percent-encoded."""
        host = str(self._http.server_address[0])
        host = f"[{host}]" if ":" in host else host
        return f"{self._scheme}://{user + '@' if user else ''}{host}:{self.port}{path}"

    def add(
        self,
        path: str,
        body: bytes | str = b"",
        *,
        status: int = 200,
        content_type: str = "application/rss+xml",
        etag: str = "",
        modified: str = "",
        headers: Mapping[str, str] | None = None,
        gate: threading.Event | None = None,
        chunks: Iterable[bytes | threading.Event] = (),
        pace: float = 0.0,
        cut: int | None = None,
        length: bool = True,
        ranges: bool = True,
        encoding: str = "",
        login: str = "",
        handler: Handler | None = None,
    ) -> None:
        """Answer `path` (without query) from now on.

        A request with a matching `etag` or `modified` gets 304. `gate`: nothing is answered before
        it is set. `chunks` is the body in pieces; at an event in it sending stops until it is set.
        `pace`: seconds between the pieces. `cut`: the connection ends after so many bytes of the
        body, whatever was promised. `length=False`: no Content-Length; the end of the connection is
        the end. `ranges`: whether a Range is answered with 206. `encoding`: gzip or deflate (what else
        there is goes into `body` and `headers` ready-made). `login`: `name:password`, without which the
        answer is 401.
        `handler`: does it all, with the request handler of the standard library.
        """
        data = body.encode() if isinstance(body, str) else body
        pieces = tuple(chunks)
        if pieces:
            data = b"".join(piece for piece in pieces if isinstance(piece, bytes))
        extra = dict(headers or {})
        if encoding:
            data = gzip.compress(data) if encoding == "gzip" else zlib.compress(data)
            extra["Content-Encoding"] = encoding
        self._resources[path] = Resource(
            body=data,
            status=status,
            content_type=content_type,
            etag=etag,
            modified=modified,
            headers=extra,
            gate=gate,
            chunks=pieces,
            pace=pace,
            cut=cut,
            length=length,
            ranges=ranges,
            login=login,
            handler=handler,
        )

    def redirect(self, path: str, location: str, status: int = 302) -> None:
        """Answer `path` with a redirect to `location`, which is sent as it is."""
        self.add(path, status=status, headers={"Location": location})

    def remove(self, path: str) -> None:
        """Answer `path` with 404 from now on."""
        del self._resources[path]

    def close(self) -> None:
        """Stop listening and end all connections at once, as a server that goes away does."""
        self.__exit__(None, None, None)

    def resource(self, path: str) -> Resource | None:
        return self._resources.get(path.partition("?")[0])

    def wait(self, event: threading.Event) -> None:
        """Wait until the event is set or the server is closed."""
        for _ in range(int(_PATIENCE / 0.02)):
            if event.wait(0.02) or self.closing.is_set():
                return


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, owner: Server, address: str, tls: ssl.SSLContext | None) -> None:
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.owner = owner
        self.tls = tls
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((address, 0), _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        # The handshake in the connection's own thread: a client that never makes it holds up no other.
        if self.tls is not None:
            request = self.tls.wrap_socket(request, server_side=True)
        with self._lock:
            self._open.add(request)
        try:
            super().finish_request(request, client_address)
        finally:
            with self._lock:
                self._open.discard(request)
            try:
                request.close()
            except OSError:
                pass

    def end_connections(self) -> None:
        with self._lock:
            still_open = list(self._open)
        for connection in still_open:
            try:
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
            except OSError:
                pass

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away, or don't like a certificate, are what many tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http
    # Nagle's algorithm and delayed acknowledgements would cost 40 ms an answer.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_CONNECT(self) -> None:
        """What a proxy does for https (RFC 9110, 9.3.6): bytes to and fro until one side ends."""
        owner = self.server.owner
        headers = {name.lower(): value for name, value in self.headers.items()}
        owner.requests.append(Request(self.command, self.path, headers))
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host.strip("[]"), int(port))) as there:
            self.send_response(200)
            self.end_headers()
            self.close_connection = True
            ends = {self.connection: there, there: self.connection}
            while not owner.closing.is_set():
                for ready in select.select(list(ends), [], [], 0.05)[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    ends[ready].sendall(data)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _serve(self) -> None:
        owner = self.server.owner
        headers = {name.lower(): value for name, value in self.headers.items()}
        owner.requests.append(Request(self.command, self.path, headers))
        found = owner.resource(self.path)
        if found is None:
            found = Resource(b"not found", status=404, content_type="text/plain")
        if found.gate is not None:
            owner.wait(found.gate)
        if found.login and not _may(headers, found.login):
            found = Resource(b"", status=401, headers={"WWW-Authenticate": 'Basic realm="members"'})
        if found.handler is not None:
            found.handler(self)
            return
        if found.status == 200 and self._unchanged(found, headers):
            self.send_response(304)
            self._validators(found)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.end_headers()
            return
        self._send(found, headers)

    def _unchanged(self, found: Resource, headers: Mapping[str, str]) -> bool:
        if "if-none-match" in headers:
            return bool(found.etag) and headers["if-none-match"] == found.etag
        return bool(found.modified) and headers.get("if-modified-since") == found.modified

    def _validators(self, found: Resource) -> None:
        if found.etag:
            self.send_header("ETag", found.etag)
        if found.modified:
            self.send_header("Last-Modified", found.modified)

    def _send(self, found: Resource, headers: Mapping[str, str]) -> None:
        body, status = found.body, found.status
        first, last = 0, len(body) - 1
        wanted = headers.get("range", "") if found.ranges and status == 200 else ""
        if wanted:
            span = _span(wanted, len(body))
            if span is None:
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(body)}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            (first, last), status = span, 206
        self.send_response(status)
        self.send_header("Content-Type", found.content_type)
        self._validators(found)
        if found.ranges:
            self.send_header("Accept-Ranges", "bytes")
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(body)}")
        if found.length:
            self.send_header("Content-Length", str(last - first + 1))
        else:
            self.send_header("Connection", "close")
        for name, value in found.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        pieces = found.chunks if found.chunks and status != 206 else (body[first : last + 1],)
        self._pieces(pieces, found)
        if not found.length or found.cut is not None:
            self.close_connection = True

    def _pieces(self, pieces: Iterable[bytes | threading.Event], found: Resource) -> None:
        owner = self.server.owner
        left = found.cut
        for piece in pieces:
            if owner.closing.is_set():
                return
            if isinstance(piece, threading.Event):
                self.wfile.flush()
                owner.wait(piece)
                continue
            part = piece if left is None else piece[:left]
            self.wfile.write(part)
            if left is not None:
                left -= len(part)
                if not left:
                    return
            if found.pace:
                owner.closing.wait(found.pace)


def _may(headers: Mapping[str, str], login: str) -> bool:
    given = headers.get("authorization", "").removeprefix("Basic ")
    return base64.b64decode(given).decode() == login


def _span(value: str, size: int) -> tuple[int, int] | None:
    """The first and last byte of a Range with one part (RFC 9110, 14.1.2)."""
    unit, _, span = value.partition("=")
    begin, _, end = span.strip().partition("-")
    if unit.strip() != "bytes" or not (begin or end):
        return None
    if not begin:
        return max(0, size - int(end)), size - 1
    first, last = int(begin), min(int(end), size - 1) if end else size - 1
    return (first, last) if first <= last else None
