"""Connections that can be ended from outside: after a time, or when they are no longer wanted."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

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


POOLS = {"http": _PlainPool, "https": _SecurePool}


def _watch(connected: socket.socket | None) -> None:
    guard: Guard | None = getattr(_current, "guard", None)
    if guard is not None:
        guard.sock = connected


class Guard:
    """Ends a fetch that takes too long or is cancelled, whatever it is waiting for.

    A time-out of a socket starts anew with each byte, so a server that sends one now and then could
    hold a thread for ever; and nothing but the end of the connection wakes a thread that reads. `sock`
    is the connection that this thread reads from, as the pools of `POOLS` tell, None where it has none.
    """

    def __init__(self, total: float, cancel: threading.Event | None) -> None:
        self.sock: socket.socket | None = None
        self.late = False
        self.cancelled = False
        self._until = time.monotonic() + total
        self._cancel = cancel
        self._done = threading.Event()

    def __enter__(self) -> Guard:
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
