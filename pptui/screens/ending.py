"""How the app ends: asked to, by a signal, or by a fault of pptui's own."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual.worker import WorkerFailed

from pptui import faults
from pptui.screens.host import Host

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode

_LAST_CHANCE = 4.0
"""Seconds that an end may take, after a signal or a fault, until the process ends whatever hangs."""

_LOOK_FOR_TERMINAL = 2.0
"""Seconds between looks whether the terminal is still there."""


def _hung_up() -> bool:
    """Whether the terminal on standard input has gone (poll(2): POLLHUP)."""
    asking = select.poll()
    asking.register(0, 0)
    return any(event & select.POLLHUP for _, event in asking.poll(0))


class Ending(Host):
    """Before it ends, what is the user's is put on disk; and it ends also where something hangs.

    Whoever runs it sets `ended` when it has, and gives as `leave` what leaves the app's screen (see
    `terminal.own_screen`)."""

    def __init__(self) -> None:
        super().__init__()
        self._steps = faults.Steps()
        self.fault = ""
        """What is said of a fault of our own, once the terminal is the shell's again."""
        self._hanging_up = False
        self.ended = threading.Event()
        self.leave: Callable[[], None] = lambda: None

    def save_place(self) -> None:
        """Save speed and volume and where playback stands, and let go of the engine. Left to the app."""
        raise NotImplementedError

    def expect_the_end(self) -> None:
        """From now on signals end the app in order, and what the loop leaves unhandled is said."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            loop.add_signal_handler(number, self._end, number)
        loop.set_exception_handler(self._loop_stumbled)
        if not self.is_headless:
            self.set_interval(_LOOK_FOR_TERMINAL, self._look_for_terminal)

    def _look_for_terminal(self) -> None:
        # SIGHUP only reaches who leads the terminal's session or stands in its foreground: without this,
        # pptui would play on with nobody to see or stop it.
        if _hung_up() and not self._hanging_up:
            self._hanging_up = True
            self._end(signal.SIGHUP)

    def _end(self, number: int) -> None:
        """A signal says to end: everything is put on disk first, then the terminal restored."""
        self._end_anyway(128 + number)
        self.save_place()
        self.services.close(1.0)
        self.exit(128 + number)

    def _end_anyway(self, code: int, said: str = "") -> None:
        """See to it that the process ends, saying this, where the app can't."""

        def last_chance() -> None:
            if not self.ended.wait(_LAST_CHANCE):
                self.leave()
                if said:
                    print(said, file=sys.__stderr__, flush=True)
                os._exit(code)

        if not self.is_headless:
            threading.Thread(target=last_chance, daemon=True).start()

    # Asked to.

    async def action_quit(self) -> None:
        if self.services.unsaved:
            # Once more, and only what then would be lost is asked about.
            self.behind(lambda: self.services.save_all(1.0), self._quit_unsaved, hold=True)
        else:
            self._quit()

    def _quit(self) -> None:
        self.save_place()
        self.exit(0)

    def _quit_unsaved(self, saved: bool) -> None:
        from pptui.screens.question import QuestionScreen

        def answered(sure: bool | None) -> None:
            if sure:
                self._quit()

        if saved:
            self._quit()
        elif not isinstance(self.screen, QuestionScreen):
            said, keys = self.services.unsaved, "enter quits and loses it · esc stays"
            self.open_window(QuestionScreen("What has changed is not saved", said, keys), answered)

    # Faults of our own.

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        name = action if isinstance(action, str) else action[1]
        self._steps.take(f"{type(self.screen).__name__} {name.partition('(')[0]}")
        return await super().run_action(action, default_namespace, namespaces)

    def _handle_exception(self, error: Exception) -> None:
        """In place of Textual's, which prints a traceback with the values of all variables."""
        if isinstance(error, WorkerFailed) and not self.is_running:
            return  # Textual's palette was still looking for commands when it was taken down
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self.fail(error)
        self._close_messages_no_wait()

    def fail(self, problem: Exception) -> None:
        """A fault of our own: save the place, write a report, and see to it that the app ends."""
        if self.fault:
            faults.log(problem, "after a fault")
            return
        self.fault = faults.told(self.services.paths.state, problem, "the player", self._steps)
        self._end_anyway(1, f"pptui: ended by {self.fault}")
        try:
            self.save_place()
        except Exception as other:
            faults.log(other, "saving the place after a fault")

    def stop_drawing(self) -> None:
        """End the threads that read from and write to the terminal, where the app could not."""
        if (driver := self._driver) is not None:
            with suppress(Exception):
                driver.stop_application_mode()
            with suppress(Exception):
                driver.close()

    def stumbled(self, line: str) -> None:
        """Say what a thread behind the screen has left unhandled; from any thread."""
        self.post(lambda: self.say(line, failed=True))

    def _loop_stumbled(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if isinstance(problem := context.get("exception"), Exception):
            self.failed(problem)
