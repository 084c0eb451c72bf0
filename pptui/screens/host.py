"""What a screen may ask of the app that shows it, so that no screen need know the app."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from textual import on
from textual.message import Message
from textual.notifications import Notify
from textual.reactive import var
from textual.screen import Screen

from pptui import desktop, faults, text
from pptui.models import Chapter, Episode, Playback, Podcast
from pptui.screens.turns import InTurn
from pptui.services import ServiceError, Services

Result = TypeVar("Result")

_LOW = 16
"""Lines of a terminal that has room for one remark at a time."""


class Answered(Message):
    """Something done behind has ended; `call` takes its result from there on the app's own thread."""

    bubble = False

    def __init__(self, call: Callable[[], None]) -> None:
        super().__init__()
        self.call = call


class Host(InTurn):
    """Work behind the screen, remarks and the clipboard; and, left to the app, listening and the library."""

    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (8, "-low"), (_LOW, "-high")]  # noqa: RUF012 - as in App

    services: Services
    sought: str = ""
    """What was searched for last."""
    playback: var[Playback] = var(Playback)
    preview: var[Playback] = var(Playback)
    unsaved: var[str] = var("")
    """Why something of the user's can't be put on disk now, "" where all is well."""

    # Work behind the screen.

    def behind(
        self,
        work: Callable[[], Result],
        then: Callable[[Result], None],
        failed: Callable[[Exception], None] | None = None,
        *,
        hold: bool = False,
    ) -> None:
        """Do `work` on a thread of its own, and then `then` (or `failed`) here with what came of it.

        `hold`: what it is for depends on no server, and what is typed meanwhile waits for it."""
        over = self.hold_keys() if hold else None

        def answer(call: Callable[[], None]) -> None:
            call()
            if over is not None:
                over()

        def run() -> None:
            try:
                result = work()
            except Exception as problem:
                self.post(partial(answer, partial(failed or self.failed, problem)))
            else:
                self.post(partial(answer, partial(then, result)))

        threading.Thread(target=run, daemon=True).start()

    def post(self, call: Callable[[], None]) -> None:
        """Have something done on the app's thread; from any thread, and never waits."""
        self.post_message(Answered(call))

    @on(Answered)
    def _answer(self, message: Answered) -> None:
        # At the end screens lose what is on them one by one, while answers still come in.
        if self.is_running:
            message.call()

    def failed(self, problem: Exception) -> None:
        """Say what went wrong behind the screen."""
        self.say(self.said_of(problem, "behind the screen"), failed=True)

    @staticmethod
    def said_of(problem: Exception, doing: str) -> str:
        """What to say of a problem; what nobody foresaw goes to the log, as what came of `doing`."""
        return str(problem) if isinstance(problem, ServiceError) else faults.log(problem, doing)

    # Windows, remarks, links.

    def open_window(
        self, window: Screen[Result], then: Callable[[Result | None], None] | None = None
    ) -> None:
        """Open what lies over a screen; the remarks there are go, since they would lie over it."""
        self.clear_notifications()
        self.push_screen(window, then)

    def action_command_palette(self) -> None:
        self.clear_notifications()
        super().action_command_palette()

    def say(self, line: str, *, failed: bool = False) -> None:
        """A remark in a corner that goes by itself; what failed stays longer.

        It begins with a capital, but where the name of a file does, and ends without a full stop."""
        line = text.line(line)
        if line.partition(" ")[0].rstrip(":,").isalpha():
            line = line[:1].upper() + line[1:]
        self.notify(
            line,
            severity="error" if failed else "information",
            timeout=12 if failed else 4,
            markup=False,
        )

    def on_notify(self, event: Notify) -> None:
        """What is said again is shown once, anew; beside a window or in a low terminal the last alone."""
        narrow = self.screen.is_modal or self.size.height < _LOW
        for one in list(self._notifications):
            if narrow or one.message == event.notification.message:
                self._unnotify(one, refresh=False)

    def say_kept(self, line: str) -> None:
        """A remark on a change to the library, when the disk has it: so it is true whatever comes next.

        Where it can't be saved yet, that is said with it."""

        def told(saved: bool) -> None:
            self.post(lambda: self.say(line if saved else f"{line} · not saved yet"))

        self.services.library.when_saved(told)

    def browse(self, link: str) -> None:
        """Open an address in the browser; where there is none to be seen, copy it and say so."""

        def opened(done: bool) -> None:
            if done:
                self.say(f"Opened in the browser: {text.shown_url(link)}")
            else:
                self.copy(text.shown_url(link))
                self.say(f"No browser here; the link is copied: {text.shown_url(link)}")

        self.behind(lambda: desktop.open_link(link), opened)

    def copy(self, value: str) -> None:
        """Put text on the clipboard, by way of the terminal (OSC 52) and of the desktop."""
        self.copy_to_clipboard(value)
        self.behind(lambda: desktop.copy(value), lambda _: None)

    # Left to the app.

    def listen(
        self, episode: Episode, chapters: tuple[Chapter, ...] | None = None, at: float | None = None
    ) -> None:
        """Play an episode: from `at` seconds, or from where it was left. `chapters` None: find them out."""
        raise NotImplementedError

    def look_at(self, episode: Episode, chapters: tuple[Chapter, ...]) -> None:
        """An episode was opened: while nothing has been played, the bar shows it and space starts it."""
        raise NotImplementedError

    def open_episode(self, episode: Episode, at: float | None = None) -> None:
        """Open an episode's screen, with the cursor on the chapter at this second."""
        raise NotImplementedError

    def mark(self, episodes: list[Episode], played: bool) -> None:
        """Mark episodes played or not, say so, and say how to take it back."""
        raise NotImplementedError

    def unsubscribe(self, podcast: Podcast) -> None:
        """Drop a podcast; what was heard of it is kept, and undo brings it back."""
        raise NotImplementedError

    def refresh_podcasts(self, podcast_ids: list[str] | None) -> None:
        """Refresh podcasts behind the screen; None: all of them."""
        raise NotImplementedError

    def log_in(self, podcast: Podcast) -> None:
        """Ask for the user name and the password of a podcast's feed, and refresh it with them."""
        raise NotImplementedError

    def stop_refreshing(self) -> bool:
        """Stop a refresh; False where none is under way."""
        raise NotImplementedError

    def show_status(self, line: str) -> None:
        """The right end of the library's top line."""
        raise NotImplementedError

    def counted(self, done: int, total: int) -> None:
        """Of so many episodes whose chapters were not counted yet, these are done."""
        raise NotImplementedError

    def count_chapters(self) -> None:
        """Have the chapters counted of episodes where they were not yet."""
        raise NotImplementedError

    def refill(self) -> None:
        """Have the library read again what may have changed."""
        raise NotImplementedError

    def action_add(self) -> None:
        """Ask for a podcast and add it."""
        raise NotImplementedError
