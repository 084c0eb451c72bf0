"""The terminal itself: its title, and that nobody but the app draws on it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

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


@contextmanager
def own_screen(log: Path) -> Iterator[None]:
    """Keep libraries from writing over the screen: what they say on standard error goes to the log.

    ALSA, JACK and PipeWire write to file descriptor 2 itself; Textual draws on `sys.__stderr__`, which
    therefore gets a descriptor of its own."""
    before = sys.__stderr__
    terminal = os.dup(2)
    os.set_inheritable(terminal, False)
    try:
        target = open_log(log)
    except OSError:
        target = os.open(os.devnull, os.O_WRONLY)
    os.dup2(target, 2)
    os.close(target)
    with open(terminal, "w", encoding="utf-8", errors="replace", closefd=False) as screen:
        sys.__stderr__ = screen  # type: ignore[misc]
        try:
            yield
        finally:
            sys.__stderr__ = before  # type: ignore[misc]
            screen.flush()
            os.dup2(terminal, 2)
    os.close(terminal)
