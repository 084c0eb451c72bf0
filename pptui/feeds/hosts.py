"""Whose turn it is: of all that is to be fetched, what may be asked for without crowding a server."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

EACH = 2
"""Requests at once to one host."""


def host(address: str) -> str:
    """The server in an address, or in what a user typed for one; "" where there is none."""
    try:
        return (urlsplit(address.strip()).hostname or "").lower()
    except ValueError:
        return ""


class Turns(Generic[T]):
    """Things to fetch, given out to threads so that never more than `EACH` are with one host at once.

    `host` says whose they are; hosts take turns. Who has fetched one says so with `done`."""

    def __init__(self, items: Iterable[T], host: Callable[[T], str]) -> None:
        self._host = host
        self._waiting: dict[str, deque[T]] = {}
        self._asked: Counter[str] = Counter()
        self._changed = threading.Condition()
        for item in items:
            self._waiting.setdefault(host(item), deque()).append(item)

    def put(self, item: T) -> None:
        """One more."""
        with self._changed:
            self._waiting.setdefault(self._host(item), deque()).append(item)
            self._changed.notify()

    def take(self, timeout: float) -> T | None:
        """The next; None where for `timeout` seconds there was none whose host may be asked."""
        with self._changed:
            self._changed.wait_for(lambda: self._free() is not None, timeout)
            host = self._free()
            if host is None:
                return None
            waiting = self._waiting.pop(host)
            item = waiting.popleft()
            if waiting:
                self._waiting[host] = waiting  # behind the others
            self._asked[host] += 1
            return item

    def done(self, item: T) -> None:
        """It has been fetched: its host may be asked for something else."""
        with self._changed:
            self._asked[self._host(item)] -= 1
            self._changed.notify()

    def _free(self) -> str | None:
        return next((host for host in self._waiting if self._asked[host] < EACH), None)
