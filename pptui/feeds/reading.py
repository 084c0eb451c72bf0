"""Feeds read in a process of their own, which is begun when the first is to be read.

So the next is read while the last is stored, the screen shares the interpreter with storing alone, and what a
stranger's bytes do to the libraries that read them, they do to a process that can be done without.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from types import TracebackType

from pptui.child import Child
from pptui.feeds import packing
from pptui.feeds.failures import megabytes
from pptui.feeds.parsed import FeedError, ParsedFeed
from pptui.store.feed import Known

SECONDS = 60.0
"""The longest that one feed may take: twice what the patient reader (`lenient`) gives itself."""
START = 30.0
"""The longest that the process may take to begin."""
LONGEST = 256 * 1024 * 1024
"""Bytes that a feed's answer may have: four times what a feed may have."""

_MOMENT = 0.1
_NICENESS = 5


class Reading:
    """Reads feeds, one at a time, in a process of its own; any thread may ask.

    Setting `cancel` ends what is being read within a moment, and so does `close`. Where no process can be
    had, feeds are read in this one."""

    def __init__(self, cancel: threading.Event | None = None) -> None:
        self.apart = True
        """Whether there is a process, or will be when the first feed is to be read."""
        self._cancel = cancel or threading.Event()
        self._seconds = SECONDS
        self._closed = False
        self._turn = threading.Lock()
        self._process: _Process | None = None

    def __enter__(self) -> Reading:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._closed = True
        with self._turn:
            self._end()

    def read(
        self, body: bytes, url: str, content_type: str = "", known: Sequence[Known] = ()
    ) -> Callable[[], ParsedFeed]:
        """Have a feed read; what is returned gives what `parse` does, and raises FeedError as that does.

        Until then it takes little more memory than what came."""
        by_digest = {one.digest: one for one in known if one.digest is not None}
        with self._turn:
            answer = self._answer(packing.request(url, content_type, by_digest, len(body)), body)
        if answer is None:
            from pptui.feeds.parse import parse  # lxml and more, which the process has

            return partial(parse, body, url, content_type, known)
        return partial(_taken, *answer, by_digest)

    def _answer(self, request: bytes, body: bytes) -> tuple[bytes, bytes] | None:
        """As it was packed; None where there is no process that could read."""
        process: _Process | None = None
        try:
            process = self._begun()
            if process is None:
                return None
            return process.ask((request, body), time.monotonic() + self._seconds)
        except _StoppedError:
            line = "cancelled"
        except TimeoutError:
            line = f"not a feed: it can't be read in {self._seconds:g} seconds"
        except (OSError, EOFError, ValueError):
            assert process is not None
            line = f"not a feed: {process.why()}"
        except BaseException:
            # Half of its answer may still be on the way.
            self._end()
            raise
        self._end()
        return packing.refused(line)

    def _begun(self) -> _Process | None:
        if self._stopped():
            raise _StoppedError
        if self._process is None and self.apart:
            try:
                self._process = _Process(self._stopped)
                self._process.greeted(time.monotonic() + START)
            except (OSError, EOFError, ValueError):
                self.apart = False
                self._end()
        return self._process

    def _stopped(self) -> bool:
        return self._closed or self._cancel.is_set()

    def _end(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None


def _taken(head: bytes, text: bytes, known: dict[int, Known]) -> ParsedFeed:
    try:
        return packing.unpacked(head, text, known)
    except FeedError:
        raise
    except Exception as problem:
        raise FeedError("not a feed: it can't be read") from problem


class _StoppedError(Exception):
    """What was asked for is not wanted any more."""


class _Process:
    """The other end of `reader`. Raises OSError where it can't be begun."""

    def __init__(self, stopped: Callable[[], bool]) -> None:
        self._stopped = stopped
        self._child = Child(_NICENESS, "pptui.feeds.reader")
        self._to, self._from = self._child.stdin.fileno(), self._child.stdout.fileno()
        for descriptor in (self._to, self._from):
            os.set_blocking(descriptor, False)
            # Each part that does not fit is a time to wait, also for the interpreter's lock.
            with suppress(OSError, AttributeError):
                fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, packing.PIPE)

    def greeted(self, until: float) -> None:
        """Wait until it is ready. Raises as `ask` does."""
        if self._received(len(packing.GREETING), until) != packing.GREETING:
            raise ValueError("another version")

    def ask(self, parts: Sequence[bytes], until: float) -> tuple[bytes, bytes]:
        """Send what is asked, and wait for the answer; `until` is monotonic.

        Raises TimeoutError, EOFError or OSError where the process has ended, ValueError for what is no
        answer, and _StoppedError."""
        for part in parts:
            self._send(part, until)
        size = packing.ANSWER.size
        answer = self._received(size, until)
        head, text = packing.ANSWER.unpack_from(answer)
        if head + text > LONGEST:
            raise ValueError("too long")
        answer += self._received(size + head + text - len(answer), until)
        view = memoryview(answer)[size:]
        return bytes(view[:head]), bytes(view[head:])

    def _send(self, part: bytes, until: float) -> None:
        left = memoryview(part)
        while left:
            try:
                left = left[os.write(self._to, left) :]
            except BlockingIOError:
                self._wait(self._to, select.POLLOUT, until)

    def _received(self, least: int, until: float) -> bytearray:
        """What has come, when it is so many bytes."""
        found = bytearray()
        while len(found) < least:
            try:
                part = os.read(self._from, packing.PIPE)
            except BlockingIOError:
                self._wait(self._from, select.POLLIN, until)
                continue
            if not part:
                raise EOFError
            found += part
        return found

    def _wait(self, descriptor: int, event: int, until: float) -> None:
        ready = select.poll()
        ready.register(descriptor, event)
        while True:
            # First, for something may always be ready, a byte at a time.
            if self._stopped():
                raise _StoppedError
            if time.monotonic() > until:
                raise TimeoutError
            if ready.poll(_MOMENT * 1000):
                return

    def why(self) -> str:
        """Why it has ended, or as good as."""
        with suppress(subprocess.TimeoutExpired):
            self._child.process.wait(1.0)
        code = self._child.process.returncode
        if code == packing.SPENT:
            return f"it can't be read in {megabytes(packing.MEMORY)} of memory"
        with suppress(ValueError, TypeError):
            return f"what reads feeds has died of it ({signal.Signals(-code).name})"
        return "what reads feeds has failed at it"

    def end(self) -> None:
        """End it at once."""
        self._child.close()
