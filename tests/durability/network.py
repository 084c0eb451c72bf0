"""A file on a server whose network goes away and comes back, on the same port."""

from __future__ import annotations

import contextlib
import socket
import threading

_HEAD = (
    "HTTP/1.1 206 Partial Content\r\nContent-Type: audio/x-wav\r\nAccept-Ranges: bytes\r\n"
    "Content-Range: bytes {first}-{last}/{size}\r\nContent-Length: {length}\r\n\r\n"
)


class Network:
    """Serves `body`. `away` ends that, `back` takes it up again."""

    def __init__(self, body: bytes) -> None:
        self.until = len(body)
        self.silent = False
        self.body = body
        self._refusing = False
        self._open: list[socket.socket] = []
        self._listening = self._listen(0)
        self.port = int(self._listening.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/talk.wav"

    def away(self, until: int, *, silent: bool = False) -> None:
        """From now on no byte from `until` on gets through. Connections end there, and new ones are refused;
        with `silent` they stay, and nothing comes."""
        self.until, self.silent = until, silent
        if not silent:
            _end(self._listening)
            self._refusing = True

    def back(self) -> None:
        """All gets through again, on new connections."""
        self.until = len(self.body)
        self.silent = False
        if self._refusing:
            self._listening = self._listen(self.port)
            self._refusing = False

    def close(self) -> None:
        for one in (self._listening, *self._open):
            _end(one)

    def _listen(self, port: int) -> socket.socket:
        listening = socket.create_server(("127.0.0.1", port), backlog=50)
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()
        return listening

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            request = b""
            while b"\r\n\r\n" not in request:
                data = connection.recv(4096)
                if not data:
                    return
                request += data
            first = _first(request.decode("latin-1"))
            last = len(self.body) - 1
            if first < self.until or not self.silent:
                head = _HEAD.format(first=first, last=last, size=last + 1, length=last + 1 - first)
                connection.sendall(head.encode())
                connection.sendall(self.body[first : self.until])
            if not self.silent:
                _end(connection)


def _first(request: str) -> int:
    for line in request.lower().splitlines():
        if line.startswith("range: bytes="):
            return int(line.removeprefix("range: bytes=").partition("-")[0])
    return 0


def _end(one: socket.socket) -> None:
    # Closed alone, a socket that a thread waits for stays open until the wait is over.
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
