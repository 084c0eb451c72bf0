"""What servers do instead of answering: each by name, put on a path of a test's server."""

from __future__ import annotations

import contextlib
import functools
import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

import brotli

from tests.server import Server

try:
    from compression import zstd
except ImportError:
    from backports import zstd

PATH = "/it"
BOMB = 64 * 1024 * 1024
"""Bytes that come out of the bombs."""

Put = Callable[[Server, bytes], None]


def _drip(
    handler: BaseHTTPRequestHandler, server: Server, data: Iterator[bytes] | bytes, pace: float
) -> None:
    """Send one piece (of bytes: one byte) after the other, slowly, as long as anybody listens."""
    pieces = (bytes([one]) for one in data) if isinstance(data, bytes) else data
    for piece in pieces:
        handler.wfile.write(piece)
        if server.closing.wait(pace):
            return


def _answers(make: Callable[[BaseHTTPRequestHandler, Server, bytes], None]) -> Put:
    """Answered by hand, down to the status line; the connection ends afterwards."""

    def put(server: Server, body: bytes) -> None:
        def handle(handler: BaseHTTPRequestHandler) -> None:
            handler.close_connection = True
            make(handler, server, body)

        server.add(PATH, handler=handle)

    return put


def _raw(answer: Callable[[bytes], bytes]) -> Put:
    return _answers(lambda handler, _, body: handler.wfile.write(answer(body)) and None)


def _slow(answer: Callable[[bytes], bytes], pace: float = 0.01) -> Put:
    return _answers(lambda handler, server, body: _drip(handler, server, answer(body), pace))


def _endless(first: bytes, more: bytes, pace: float = 0.0) -> Put:
    def pieces() -> Iterator[bytes]:
        yield first
        while True:
            yield more

    return _answers(lambda handler, server, _: _drip(handler, server, pieces(), pace))


def _kept_open(answer: Callable[[bytes], bytes]) -> Put:
    def make(handler: BaseHTTPRequestHandler, server: Server, body: bytes) -> None:
        handler.wfile.write(answer(body))
        server.wait(threading.Event())

    return _answers(make)


def _packed(encoding: str, data: Callable[[bytes], bytes]) -> Put:
    return lambda server, body: server.add(PATH, data(body), headers={"Content-Encoding": encoding})


@functools.cache
def _bomb(encoding: str) -> bytes:
    nothing = bytes(BOMB)
    if encoding == "gzip":
        return gzip.compress(nothing, 9)
    if encoding == "deflate":
        return zlib.compress(nothing, 9)
    return brotli.compress(nothing, quality=2) if encoding == "br" else zstd.compress(nothing, 3)


def _led(location: str) -> Put:
    return lambda server, _: server.redirect(PATH, location)


def _chain(server: Server, _: bytes) -> None:
    for number in range(100):
        server.redirect(f"/{number}", f"/{number + 1}")
    server.redirect(PATH, "/0")


def _slow_chain(server: Server, _: bytes) -> None:
    def handle(handler: BaseHTTPRequestHandler) -> None:
        server.closing.wait(0.1)  # ten of them are too much, one is not
        handler.send_response(302)
        handler.send_header("Location", f"{PATH}?{time.monotonic()}")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.add(PATH, handler=handle)


_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"


def _whole(body: bytes, length: int | None = None) -> bytes:
    return _OK + b"Content-Length: %d\r\n\r\n" % (len(body) if length is None else length) + body


MISBEHAVIOURS: dict[str, Put] = {
    "says nothing": _kept_open(lambda _: b""),
    "hangs up": _raw(lambda _: b""),
    "half a status line": _kept_open(lambda _: b"HTTP/1.1 20"),
    "headers a byte at a time": _slow(lambda body: _OK + b"X: " + b"x" * 10_000 + b"\r\n\r\n" + body),
    "a body a byte at a time": _answers(
        lambda handler, server, body: (
            handler.wfile.write(_whole(b"", len(body) + 10_000)),
            _drip(handler, server, body + b" " * 10_000, 0.01),
        )[1]
    ),
    "a body without end": _endless(_OK + b"\r\n", b" " * 65536),
    "a chunked body without end": _endless(
        _OK + b"Transfer-Encoding: chunked\r\n\r\n", b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    ),
    "a chunk without end": _endless(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0", 0.01),
    "trailers without end": _endless(_OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\n \r\n0\r\n", b"X: y\r\n"),
    "headers without end": _endless(_OK, b"X: y\r\n"),
    "a header without end": _endless(_OK + b"X: ", b"y" * 65536),
    "100 headers of 60 KB": _raw(
        lambda body: _OK + (b"X: " + b"y" * 60_000 + b"\r\n") * 100 + b"\r\n" + body
    ),
    "go on, for ever": _endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.001),
    "go on, slowly": _endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n", 0.05),
    "a circle": _led(PATH),
    "a chain": _chain,
    "a slow chain": _slow_chain,
    "to a file": _led("file:///etc/passwd"),
    "to another protocol": _led("ftp://127.0.0.1/it"),
    "to nowhere": _led(""),
    "a length too long": _raw(lambda body: _whole(body, len(body) + 1000)),
    "a length too long, and open": _kept_open(lambda body: _whole(body, len(body) + 1000)),
    "a length too short": _raw(lambda body: _whole(body, len(body) // 2)),
    "a length that is none": _raw(lambda body: _OK + b"Content-Length: -5\r\n\r\n" + body),
    "two lengths": _raw(lambda body: _OK + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n" + body),
    "a page": lambda server, _: server.add(
        PATH, b"<!doctype html><title>Log in</title><p>Hotel" * 100, content_type="text/html"
    ),
    "half a page, and open": _kept_open(lambda _: _whole(b"<p>Hotel", 1000)),
    "a gzip bomb": _packed("gzip", lambda _: _bomb("gzip")),
    "a deflate bomb": _packed("deflate", lambda _: _bomb("deflate")),
    "a br bomb": _packed("br", lambda _: _bomb("br")),
    "a zstd bomb": _packed("zstd", lambda _: _bomb("zstd")),
    "a bomb in a bomb": _packed("gzip, gzip", lambda _: gzip.compress(_bomb("gzip"), 9)),
    "broken gzip": _packed("gzip", lambda body: gzip.compress(body)[:20] + bytes(100)),
    "half of a gzip": _packed("gzip", lambda body: gzip.compress(body)[:-20]),
    "broken br": _packed("br", lambda body: b"\xff" * 100),
    "broken zstd": _packed("zstd", lambda body: zstd.compress(body)[:12] + b"\xff" * 50),
    "gzip that is none": _packed("gzip", lambda body: body),
    "a thousand encodings": _packed(", ".join(["gzip"] * 1000), lambda body: gzip.compress(body)),
    "another encoding": _packed("x-unknown", lambda body: bytes(range(256))),
    "nothing": lambda server, _: server.add(PATH, b""),
    "no HTTP": _raw(lambda _: b"220 ready\r\n" * 100),
    "zeros": _endless(b"", bytes(65536)),
}
"""How a server may misbehave. What it would have sent otherwise is given to each."""


class Stopped:
    """A port where somebody listens who says `first`, a byte each `pace` seconds, and then nothing."""

    def __init__(self, first: bytes, pace: float = 0.0) -> None:
        self._first = first
        self._pace = pace
        self._over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=50)

    def __enter__(self) -> int:
        threading.Thread(target=self._accept, daemon=True).start()
        return int(self._listening.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._speak, args=(connection,), daemon=True).start()

    def _speak(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            pieces = [self._first] if not self._pace else [bytes([one]) for one in self._first]
            for piece in pieces:
                connection.sendall(piece)
                if self._over.wait(self._pace):
                    return
            self._over.wait()
