"""The terminal's driver: Textual's, which also survives a stop that it was not told of, and tells escape from
what comes with it."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Collection, Iterator
from contextlib import suppress

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from pptui.screens.host import Host

_ESCAPE = "\x1b"
_AFTER_ESCAPE = re.compile(r"(?<=\x1b)[^\x1b\x7f\[O]")
"""What follows escape and is not the beginning of a key's code (CSI and SS3, as xterm has them); delete after
escape is alt and backspace."""


class Parser(XTermParser):
    """Takes escape and another key that come at once for these two.

    Textual makes of them one key with alt, loses the escape where the other is no letter, or has `^` in its
    place. `meant`: the names of such keys that are one (`alt+j`). What stands alone and is in Textual's table
    stays what it says: on a Mac, alt and f go on by a word."""

    def __init__(self, meant: Collection[str]) -> None:
        super().__init__()
        self._meant = meant
        self._escaped = False

    def feed(self, data: str) -> Iterator[Message]:
        before = _ESCAPE if self._escaped else ""
        start = 0
        for found in _AFTER_ESCAPE.finditer(before + data):
            sign = found[0]
            if len(before + data) == 2 and _ESCAPE + sign in ANSI_SEQUENCES_KEYS:
                break
            one = f"alt+{'shift+' * sign.isupper()}{sign.lower()}" in self._meant
            at = (found.end() if one else found.start()) - len(before)
            if at > start:
                yield from super().feed(data[start:at])
            start = at
            if self._timeout_time is not None:
                # As if nothing more had come for so long that this must be all.
                self._timeout_time = 0.0
                yield from self.tick()
        self._escaped = data.endswith(_ESCAPE)
        yield from super().feed(data[start:])


class Driver(LinuxDriver):
    """Takes the terminal up again after SIGSTOP as Textual does after SIGTSTP.

    Textual takes each SIGCONT for the end of a suspension that it has prepared. After one that it has not, it
    would start its threads a second time: the first ones stay, may keep the process from ending, and the
    settings it gives back at the end would be its own."""

    def run_input_thread(self) -> None:
        keys = self._app.services.config.keys.values() if isinstance(self._app, Host) else ()
        meant = {name.strip() for value in keys for name in value.split(",")}
        # There is no other way to tell which parser is to be used.
        vars(linux_driver)["XTermParser"] = lambda _: Parser(meant)
        super().run_input_thread()

    def suspend(self) -> bool:
        """Give the terminal back and stop, with whatever else the shell began as one job, until it goes on.

        False, at once: no shell has this job in its care. The system says so by not stopping it, since nobody
        could have it go on (POSIX.1-2017, General Information 2.4.3: orphaned process groups)."""
        self.suspend_application_mode()
        self._must_signal_resume = True
        before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.killpg(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, before)
        if stopped := not self._must_signal_resume:
            return stopped
        self._must_signal_resume = False
        self.resume_application_mode()
        self._draw_again()
        return stopped

    def _sigcont_application(self, *_: object) -> None:
        # Set from Textual's own suspension on until it is over.
        if self._must_signal_resume:
            super()._sigcont_application()
            self._draw_again()
            return
        # Not here: a second stop in the middle of it would have this called within itself, and a thread that
        # is waited for twice at once is waited for without end.
        with suppress(RuntimeError):  # pptui is at its end
            self._loop.call_soon_threadsafe(self._take_up)

    def _take_up(self) -> None:
        reader = self._key_thread
        if reader is not None and reader.is_alive():
            before = self.attrs_before
            self.exit_event.set()
            reader.join()
            self.exit_event.clear()
            self.close()
            self.resume_application_mode()
            self.attrs_before = before
        self._draw_again()

    def _draw_again(self) -> None:
        # Whoever had the terminal meanwhile may have left anything on it.
        self._app.call_later(self._app.refresh, layout=True)
