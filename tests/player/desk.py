"""What the player's tests share: a player on real libmpv, and a server that can be told to misbehave."""

from __future__ import annotations

import contextlib
import fcntl
import heapq
import os
import queue
import select
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pptui.models import Chapter, Episode, Playback
from pptui.player.engine import MpvEngine
from pptui.player.events import Event
from pptui.player.playback import Player
from pptui.store.journal import Entry

SILENT = {"ao": "null"}
TIMEOUT = 15.0

Kind = TypeVar("Kind")


class Saved(NamedTuple):
    """What a player gave to be kept."""

    entry: Entry
    urgent: bool


class Ear:
    """An engine of its own and the events that came from it."""

    def __init__(self, options: Mapping[str, str] = SILENT) -> None:
        self.arrived: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.engine = MpvEngine(options, self.arrived.put)

    def wait(self, kind: type[Kind], accept: Callable[[Kind], bool] = lambda event: True) -> Kind:
        """The next event of this kind that is accepted; those before it are dropped."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            event = self.arrived.get(timeout=max(0.0, deadline - time.monotonic()))
            if isinstance(event, kind) and accept(event):
                return event

    def happened(self, kind: type[Kind], accept: Callable[[Kind], bool], within: float = 0.05) -> bool:
        """Whether such an event came, for a test that has something else to do meanwhile."""
        try:
            while True:
                event = self.arrived.get(timeout=within)
                if isinstance(event, kind) and accept(event):
                    return True
        except queue.Empty:
            return False


class Listener(Ear):
    """A player on a real engine; events reach it while `until` waits, and so does what it asks for later.

    What is asked for later comes so many times sooner as `haste` says."""

    def __init__(self, options: Mapping[str, str] = SILENT, **rules: Any) -> None:
        super().__init__(options)
        self.saved: list[Saved] = []
        self.shown: list[Playback] = []
        self.time = datetime(2026, 1, 1, 12, tzinfo=UTC)
        self.haste = 1.0
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        rules = {"now": lambda: self.time, "later": self.later} | rules
        self.player = Player(self.engine, save=self.save, changed=self.shown.append, **rules)

    def save(self, entry: Entry, *, urgent: bool) -> None:
        self.saved.append(Saved(entry, urgent))

    @property
    def now(self) -> Playback:
        return self.player.playback

    def until(self, accept: Callable[[Playback], bool]) -> Playback:
        deadline = time.monotonic() + TIMEOUT
        while not accept(self.now):
            now = time.monotonic()
            if self._later and self._later[0][0] <= now:
                heapq.heappop(self._later)[2]()
                continue
            until = min(deadline, self._later[0][0]) if self._later else deadline
            try:
                event = self.arrived.get(timeout=max(0.0, until - now))
            except queue.Empty:
                assert time.monotonic() < deadline, f"it stayed at {self.now}"
            else:
                self.player.handle(event)
        return self.now

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        due = time.monotonic() + seconds / self.haste
        heapq.heappush(self._later, (due, id(call), call))

    def handle_next(self, kind: type[Event]) -> None:
        self.player.handle(self.wait(kind))


def episode(source: str | Path, name: str = "one", duration: float | None = None) -> Episode:
    return Episode(id=name, podcast="p", title=f"Episode {name}", enclosure=str(source), duration=duration)


def chapters(*starts: float) -> tuple[Chapter, ...]:
    ends = [*starts[1:], None]
    return tuple(
        Chapter(start, f"Part {number}", end)
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    )


class Tape:
    """What mpv plays with `ao=pcm`, through a pipe: it plays only as fast as the tape turns."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "tape"
        self.data = b""
        os.mkfifo(self.path)
        self._end = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        fcntl.fcntl(self._end, fcntl.F_SETPIPE_SZ, 4096)

    def turn(self, size: int) -> None:
        """Take in at least so many bytes more."""
        goal = len(self.data) + size
        deadline = time.monotonic() + TIMEOUT
        while len(self.data) < goal:
            assert time.monotonic() < deadline, "nothing more is played"
            # Readable and empty: mpv is between two files.
            select.select([self._end], [], [], TIMEOUT)
            with contextlib.suppress(BlockingIOError):
                self.data += os.read(self._end, 2048)

    def close(self) -> Path:
        """Let go of mpv; a file with what was heard."""
        os.close(self._end)
        heard = self.path.with_suffix(".wav")
        heard.write_bytes(self.data)
        return heard


@dataclass
class Shelf:
    """One file on a server. `cut` is after how many bytes of it the connection breaks, while it is set."""

    body: bytes = b""
    status: int = 200
    ranges: bool = True
    length: bool = True
    cut: int | None = None
    kind: str = "audio/x-wav"
    asked: list[str] = field(default_factory=list)


class MediaServer:
    """A loopback HTTP server of the shelves by their paths; anything else is 404."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.shelves: dict[str, Shelf] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self._scheme = "https"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def put(self, path: str, shelf: Shelf) -> str:
        """Put a file there; its address."""
        self.shelves[path] = shelf
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}{path}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        shelves = self.shelves

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shelf = shelves.get(self.path, Shelf(status=404))
                wanted = self.headers.get("Range", "")
                shelf.asked.append(wanted)
                start, end = 0, len(shelf.body)
                partial = shelf.ranges and shelf.status == 200 and wanted.startswith("bytes=")
                if partial:
                    first, _, last = wanted.removeprefix("bytes=").partition("-")
                    start = int(first)
                    end = min(end, int(last) + 1) if last else end
                self.send_response(206 if partial else shelf.status)
                self.send_header("Content-Type", shelf.kind)
                if shelf.status == 401:
                    self.send_header("WWW-Authenticate", 'Basic realm="members"')
                if partial:
                    self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(shelf.body)}")
                if shelf.ranges:
                    self.send_header("Accept-Ranges", "bytes")
                if shelf.length:
                    self.send_header("Content-Length", str(end - start))
                self.end_headers()
                stop = end if shelf.cut is None else max(start, min(end, shelf.cut))
                try:
                    self.wfile.write(shelf.body[start:stop])
                except OSError:
                    pass
                self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                return

        return Handler
