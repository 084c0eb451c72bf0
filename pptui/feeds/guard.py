"""Connections that can be ended from outside: after a time, or when they are no longer wanted; and that are
not made into the local network for strangers."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, connection

from pptui.feeds import nearby
from pptui.feeds.failures import FetchError

_current = threading.local()


class _Guarded:
    """What both kinds of connection do besides."""

    sock: socket.socket | None
    host: str
    proxy: Any

    def _new_conn(self) -> socket.socket:
        guard = self._judge()
        if guard is not None:
            guard.admit(self.host)
        made: socket.socket = super()._new_conn()  # type: ignore[misc]
        if guard is not None:
            try:
                # The name may have had another address a moment ago.
                guard.admit(self.host, made)
            except FetchError:
                made.close()
                raise
        return made

    def request(self, *arguments: Any, **named: Any) -> None:
        # One that was kept open may have been made for somebody who may go there.
        if self.sock is not None and (guard := self._judge()) is not None:
            guard.admit(self.host, self.sock)
        super().request(*arguments, **named)  # type: ignore[misc]

    def getresponse(self) -> Any:
        guard: Guard | None = getattr(_current, "guard", None)
        if guard is not None:
            guard.sock = self.sock
        return super().getresponse()  # type: ignore[misc]

    def _judge(self) -> Guard | None:
        """The guard of this fetch, if it is to be asked where this connection may lead."""
        guard: Guard | None = getattr(_current, "guard", None)
        return guard if guard is not None and guard.asker is not None and self.proxy is None else None


class _Plain(_Guarded, connection.HTTPConnection):
    pass


class _Secure(_Guarded, connection.HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


POOLS = {"http": _PlainPool, "https": _SecurePool}


class Guard:
    """Ends a fetch that takes too long or is cancelled, whatever it is waiting for.

    A time-out of a socket starts anew with each byte, so a server that sends one now and then could
    hold a thread for ever; and nothing but the end of the connection wakes a thread that reads. `sock`
    is the connection that this thread reads from, as the pools of `POOLS` tell, None where it has none.

    `asker` is on whose behalf a connection is made, as `nearby.astray` takes it; None where it is the
    asker's own host that is asked.
    """

    def __init__(self, total: float, cancel: threading.Event | None) -> None:
        self.sock: socket.socket | None = None
        self.asker: str | None = None
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

    def admit(self, host: str, made: socket.socket | None = None) -> None:
        """Refuse a host, or the connection that was made to it, if the asker may not lead there.

        Raises FetchError."""
        if made is None:
            near = nearby.is_near(host.strip("[]"))
        else:
            near = nearby.is_near_address(str(made.getpeername()[0]))
        if near and not nearby.is_home(self.asker or ""):
            raise FetchError(nearby.refusal(host))

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
