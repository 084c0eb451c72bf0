"""The terminal's driver: Textual's, which also survives a stop that it was not told of."""

from __future__ import annotations

from contextlib import suppress

from textual.drivers.linux_driver import LinuxDriver


class Driver(LinuxDriver):
    """Takes the terminal up again after SIGSTOP as Textual does after SIGTSTP.

    Textual takes each SIGCONT for the end of a suspension that it has prepared. After one that it has not, it
    would start its threads a second time: the first ones stay, may keep the process from ending, and the
    settings it gives back at the end would be its own."""

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
