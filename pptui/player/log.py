"""What mpv and ffmpeg have logged lately, for telling why something ended."""

from __future__ import annotations

import threading
import time
from collections import deque

from pptui.player.failures import Remark, remark

_LINES = 16


class Log:
    """The last lines of mpv's log. `timeout` is its network's, in seconds, as it is told to the listener."""

    def __init__(self, timeout: str) -> None:
        self._timeout = timeout
        self._lines: deque[str] = deque(maxlen=_LINES)
        self._came = threading.Event()

    def note(self, level: str, prefix: str, text: str | bytes) -> None:
        """Keep a line. mpv's event thread calls this for each: nothing is read before something ends."""
        if isinstance(text, str):
            self._lines.append(text)
            self._came.set()

    def clear(self) -> None:
        """Something else is opened."""
        self._lines.clear()

    def remark(self, patience: float) -> Remark:
        """What is said about an end. mpv hands out its log after its events: so many seconds are waited."""
        until = time.monotonic() + patience
        while not (said := remark(list(self._lines), self._timeout)).text:
            left = until - time.monotonic()
            if left <= 0:
                break
            self._came.clear()
            self._came.wait(left)
        return said
