"""A program in a pseudo-terminal of its own, with the moment at which each byte of its output came."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType

SIZE = (120, 36)
PATIENCE = 40.0
"""Seconds after which something that never comes on the screen ends the bench's waiting for it."""

_CONTROL = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[P^_][^\x1b]*\x1b\\"
    rb"|\x1b[ -/]*[0-~]|[\x00-\x09\x0b-\x1a]"
)
# What a terminal of today answers when it is asked whether it can hold back half-drawn frames.
_ASKED, _ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"


class Silence(Exception):
    """What was waited for never came."""


class Terminal:
    """`began` is the moment before the program was started, in seconds of `time.monotonic`."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], size: tuple[int, int] = SIZE
    ) -> None:
        self._chunks: list[tuple[float, bytes]] = []
        self.cpu: float | None = None
        self.began = time.monotonic()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
                os.execve(command[0], list(command), dict(environment))
            finally:
                os._exit(127)

    # What comes.

    def pump(self, seconds: float) -> bool:
        """Take in what comes within so many seconds, up to one piece; False once the program has ended."""
        ready, _, _ = select.select([self._fd], [], [], max(seconds, 0.0))
        if not ready:
            return True
        try:
            data = os.read(self._fd, 65536)
        except OSError:
            return False
        self._chunks.append((time.monotonic(), data))
        if _ASKED in data:
            os.write(self._fd, _ANSWER)
        return bool(data)

    @property
    def mark(self) -> int:
        """Where the output stands now, for what is asked about later output."""
        return len(self._chunks)

    def text(self, mark: int = 0) -> str:
        """The output since `mark` without its control sequences."""
        raw = b"".join(data for _, data in self._chunks[mark:])
        return _CONTROL.sub(b"", raw).decode("utf-8", "replace")

    def wait(self, *patterns: str, mark: int = 0, patience: float = PATIENCE) -> float:
        """The moment at which the output since `mark` had all these patterns. Raises Silence."""
        end = time.monotonic() + patience
        wanted = [re.compile(pattern) for pattern in patterns]
        seen = -1
        while True:
            if len(self._chunks) != seen:
                seen = len(self._chunks)
                text = self.text(mark)
                wanted = [pattern for pattern in wanted if not pattern.search(text)]
                if not wanted:
                    return self._chunks[-1][0] if self._chunks else self.began
            left = end - time.monotonic()
            if left <= 0 or not self.pump(min(left, 1.0)):
                missing = ", ".join(pattern.pattern for pattern in wanted)
                raise Silence(f"never on the screen: {missing}\n{self.text(mark)[-600:]}")

    def settle(self, quiet: float = 0.3, patience: float = 20.0) -> None:
        """Until nothing has come for so many seconds."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            mark = self.mark
            if not self.pump(quiet) or self.mark == mark:
                return

    # What is done.

    def write(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def press(self, keys: str, quiet: float = 0.06, patience: float = 5.0) -> float:
        """Seconds from the key to the last of what was drawn for it. Raises Silence where nothing was."""
        began = time.monotonic()
        self.write(keys)
        return self._drawn(began, quiet, patience)

    def resize(self, columns: int, rows: int, quiet: float = 0.25, patience: float = 5.0) -> float:
        """The same for another size of the window."""
        began = time.monotonic()
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        return self._drawn(began, quiet, patience)

    def _drawn(self, began: float, quiet: float, patience: float) -> float:
        mark = self.mark
        end = began + patience
        while self.mark == mark:
            left = end - time.monotonic()
            if left <= 0 or not self.pump(left):
                raise Silence("a key had no effect on the screen")
        self.settle(quiet)
        return self._chunks[-1][0] - began

    def rows(self, pattern: str, mark: int) -> list[float]:
        """The moments at which pieces of output came, since `mark`, that hold this pattern."""
        wanted = re.compile(pattern)
        found = []
        for moment, data in self._chunks[mark:]:
            if wanted.search(_CONTROL.sub(b"", data).decode("utf-8", "replace")):
                found.append(moment)
        return found

    # The end.

    def end(self, patience: float = 10.0) -> float:
        """Ask the program to end, and see to it; the seconds of CPU that it took with its children."""
        if self.cpu is not None:
            return self.cpu
        limit = time.monotonic() + patience
        self._signal(signal.SIGTERM)
        while True:
            pid, _, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > limit:
                self._signal(signal.SIGKILL)
            if not self.pump(0.02):
                time.sleep(0.002)  # its output is closed, and it has yet to go
        os.close(self._fd)
        self.cpu = usage.ru_utime + usage.ru_stime
        return self.cpu

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            pass

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def pump_all(terminals: Sequence[Terminal], seconds: float) -> None:
    """Take in what these programs draw for so many seconds."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        for one in terminals:
            one.pump(min(left, 0.05))
