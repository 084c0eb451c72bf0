"""The feeds on a loopback HTTP server, in a process of its own: its work is not the measured program's.

`python -m benching.serving FOLDER PORT DELAY [--gzip]` prints its port (0: any free one), then takes a mode
per line of its input and answers each with `ok`. DELAY is seconds before each answer.

    etag 0     ETags, and 304 where the client has the same; 3 instead of 0: three new episodes in each feed
    again 0    everything again with 200, no validators
"""

from __future__ import annotations

import gzip
import io
import shutil
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

from benching import material


class Server:
    """The server as the bench sees it; `with` ends its process."""

    def __init__(self, folder: Path, port: int, delay: float, *, compress: bool) -> None:
        command = [sys.executable, "-P", "-m", "benching.serving", str(folder), str(port), str(delay)]
        self._process = subprocess.Popen(
            [*command, "--gzip"] if compress else command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self._answer())

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        if not line:
            raise OSError("the server for the feeds did not start")
        return line

    def mode(self, name: str, later: int = 0) -> None:
        """From now on: `etag` or `again`, with so many episodes more at the top of each feed."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{name} {later}\n")
        self._process.stdin.flush()
        self._answer()

    def url(self, podcast: int) -> str:
        return f"http://127.0.0.1:{self.port}/{material.feed_name(podcast)}"

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()


class _Feeds:
    """All feeds in memory, in the mode that was asked for last."""

    def __init__(self, folder: Path, delay: float, *, compress: bool) -> None:
        self.delay = delay
        self._base = {file.name: file.read_bytes() for file in sorted(folder.glob("*.xml"))}
        self._compress = compress
        self._lock = threading.Lock()
        self.mode("etag", 0)

    def mode(self, name: str, later: int) -> None:
        bodies = {feed: self._body(feed, body, later) for feed, body in self._base.items()}
        with self._lock:
            self._bodies, self._name, self._later = bodies, name, later

    def _body(self, feed: str, body: bytes, later: int) -> tuple[bytes, bytes]:
        if later:
            podcast = int(feed.partition(".")[0])
            first, episodes = body.index(b"<item>"), body.count(b"<item>")
            numbers = range(episodes + later, episodes, -1)
            new = "".join(material.item(podcast, number, episodes) for number in numbers)
            body = body[:first] + new.encode() + body[first:]
        return body, gzip.compress(body, 6) if self._compress else b""

    def get(self, feed: str) -> tuple[tuple[bytes, bytes] | None, str]:
        """A feed plain and compressed (empty: never), and its ETag (empty: none)."""
        with self._lock:
            tag = f'"{feed}-{self._later}"' if self._name == "etag" else ""
            return self._bodies.get(feed), tag


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, feeds: _Feeds) -> None:
        self.feeds = feeds
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was stopped in the middle is nothing to tell of."""


class _Handler(BaseHTTPRequestHandler):
    # Everything else as the standard library's server of files has it: HTTP/1.0, one connection a file.
    server: _Http

    def do_GET(self) -> None:
        self._serve(body=True)

    def do_HEAD(self) -> None:
        self._serve(body=False)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _serve(self, *, body: bool) -> None:
        time.sleep(self.server.feeds.delay)
        found, tag = self.server.feeds.get(self.path.strip("/"))
        if found is None:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if tag and self.headers.get("If-None-Match", "") == tag:
            self.send_response(304)
            self.send_header("ETag", tag)
            self.end_headers()
            return
        plain, small = found
        compressed = bool(small) and "gzip" in self.headers.get("Accept-Encoding", "")
        data = small if compressed else plain
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
        if tag:
            self.send_header("ETag", tag)
        if compressed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body:
            shutil.copyfileobj(io.BytesIO(data), self.wfile)


def _listen(port: int, feeds: _Feeds) -> _Http:
    try:
        return _Http(port, feeds)
    except OSError:
        return _Http(0, feeds)  # somebody else has it by now


def main() -> None:
    folder, port, delay, *rest = sys.argv[1:]
    socket.setdefaulttimeout(60.0)
    feeds = _Feeds(Path(folder), float(delay), compress="--gzip" in rest)
    http = _listen(int(port), feeds)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    print(http.server_address[1], flush=True)
    for line in sys.stdin:
        name, later = line.split()
        feeds.mode(name, int(later))
        print("ok", flush=True)


if __name__ == "__main__":
    main()
