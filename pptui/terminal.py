"""The terminal itself: its title, that nobody but the app draws on it, and that it is left as it was."""

from __future__ import annotations

import faulthandler
import io
import os
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pptui import text
from pptui.paths import open_log


class Title:
    """The window's title while something plays; the user's own comes back afterwards."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._shown = ""

    def show(self, title: str) -> None:
        """Show a title; with "" the one from before pptui."""
        if title == self._shown:
            return
        # XTWINOPS 22 and 23 keep the title from before on the terminal's own stack meanwhile.
        if title:
            keep = "" if self._shown else "\x1b[22;2t"
            self._write(f"{keep}\x1b]2;{text.line(title, 200)}\x07")
        else:
            self._write("\x1b[23;2t")
        self._shown = title


# What Textual switches on, switched off: the mouse, pasting in brackets, news of the focus and of the size,
# kitty's keys, the other screen; lines wrap again, and the cursor is to be seen (xterm: DECSET).
_AS_BEFORE = b"".join(
    b"\x1b[?%dl" % mode for mode in (1000, 1002, 1003, 1006, 1015, 1016, 2004, 1004, 2048)
) + (b"\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h")


class _Drawing(io.TextIOWrapper):
    """Draws on a terminal, and nothing on one that has gone.

    Textual's thread that writes would end there, and the app wait for it for ever."""

    def write(self, drawn: str, /) -> int:
        with suppress(OSError):
            super().write(drawn)
        return len(drawn)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


@contextmanager
def own_screen(log: Path) -> Iterator[Callable[[], None]]:
    """Keep libraries from writing over the screen: what they say on standard error goes to the log.

    ALSA, JACK and PipeWire write to file descriptor 2 itself; Textual draws on `sys.__stderr__`, which
    therefore gets a descriptor of its own. What is given leaves the app's screen, if that has not been done
    in the usual way: at the end, or from any thread when there is none."""
    before = sys.__stderr__
    terminal = os.dup(2)
    os.set_inheritable(terminal, False)
    # Another program may have left it otherwise: then what does not fit at once would be lost.
    os.set_blocking(terminal, True)
    try:
        target = open_log(log)
    except OSError:
        target = os.open(os.devnull, os.O_WRONLY)
    os.dup2(target, 2)
    os.close(target)
    settings = _settings()

    def leave() -> None:
        if settings is None or settings == _settings():
            return
        with suppress(termios.error):
            termios.tcsetattr(0, termios.TCSANOW, settings)
        with suppress(OSError):
            os.write(terminal, _AS_BEFORE)

    # A library that crashes takes Python with it: where it did so is in the log.
    faulthandler.enable(2)
    screen = _Drawing(io.BufferedWriter(io.FileIO(terminal, "w")), encoding="utf-8", errors="replace")
    sys.__stderr__ = screen  # type: ignore[misc]
    try:
        yield leave
    finally:
        faulthandler.disable()
        leave()
        sys.__stderr__ = before  # type: ignore[misc]
        screen.flush()
        os.dup2(terminal, 2)
        with suppress(OSError):
            screen.close()


def _settings() -> list[Any] | None:
    try:
        return termios.tcgetattr(0)
    except termios.error:
        return None
