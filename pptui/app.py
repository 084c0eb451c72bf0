"""The app: joins what happens below to what is shown above, and has no rules of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.color import ColorSystem
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.reactive import Initialize, Reactive
from textual.screen import Screen

from pptui import faults, keys, looks, startup, terminal
from pptui.listening import Listening
from pptui.models import Episode, Hold, Login, Playback, Podcast, Progress
from pptui.screens.counting import Counting
from pptui.screens.library import LibraryScreen
from pptui.screens.refreshing import Refreshing
from pptui.screens.room import Room
from pptui.screens.sheets import LATER, sheet
from pptui.services import Added, Services
from pptui.times import clock

if TYPE_CHECKING:
    from textual.driver import Driver as TextualDriver

_LOOK_ABROAD = 2.0
"""Seconds between looks whether another pptui has changed the library."""
_AT_ONCE = 100
"""Episodes that are marked within a frame; more are marked behind the screen."""


class PptuiApp(Listening):
    """One library screen below, other screens above it, one player for all of them."""

    TITLE = "pptui"
    CSS_PATH: ClassVar = [sheet("app"), sheet("library")]
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play_pause", "Play/pause", id="toggle"),
        Binding("left", "seek(-10)", "Back 10 s", show=False, id="back_10"),
        Binding("right", "seek(10)", "Forward 10 s", show=False, id="forward_10"),
        Binding("shift+left", "seek(-60)", "Back 60 s", show=False, id="back_60"),
        Binding("shift+right", "seek(60)", "Forward 60 s", show=False, id="forward_60"),
        Binding(
            "comma,less_than_sign",
            "previous_chapter",
            "Previous chapter",
            show=False,
            key_display=",",
            id="chapter_previous",
        ),
        Binding(
            "full_stop,greater_than_sign", "next_chapter", "Next chapter", key_display=".", id="chapter_next"
        ),
        Binding("left_square_bracket", "slower", "Slower", show=False, key_display="[", id="slower"),
        Binding("right_square_bracket", "faster", "Faster", show=False, key_display="]", id="faster"),
        Binding("minus", "quieter", "Quieter", show=False, key_display="-", id="quieter"),
        Binding("equals_sign", "louder", "Louder", show=False, key_display="=", id="louder"),
        Binding("0", "mute", "Mute", show=False, id="mute"),
        Binding("t", "retry", "Try again", show=False, id="retry"),
        Binding("slash", "search", "Search", key_display="/", id="search"),
        Binding("a", "add", "Add", id="add"),
        Binding("R", "refresh_all", "Refresh all", show=False, id="refresh_all"),
        Binding(
            "exclamation_mark",
            "news",
            "What the last refresh brought",
            show=False,
            key_display="!",
            id="news",
        ),
        Binding("u", "undo", "Undo", show=False, id="undo"),
        Binding("question_mark", "help", "Help", key_display="?", id="help"),
        # Also where a window has the keys.
        Binding("ctrl+z", "suspend", "To the shell; fg comes back", show=False, priority=True, id="suspend"),
        Binding("ctrl+p", "command_palette", "Every action by name", show=False, priority=True),
        Binding("q,ctrl+c", "quit", "Quit", key_display="q", id="quit"),
    ]

    def _first_theme(self) -> str:
        for theme in looks.themes(self.colours):
            self.register_theme(theme)
        return self._chosen_theme()[0]

    # From the beginning, and not set after another: that would have every sheet read twice.
    theme: Reactive[str] = Reactive(Initialize(_first_theme))

    def __init__(
        self,
        services: Services,
        *,
        play: Episode | None = None,
        at: float | None = None,
    ) -> None:
        self.services = services
        self.colours = looks.system()
        super().__init__()
        self._reduced: list[LineFilter] = []
        if self.colours is not ColorSystem.TRUECOLOR:
            from pptui.palette import Reduced

            self._reduced.append(Reduced(self.colours))
        self._start = (play, at)
        self.said_before: list[str] = []
        self._refreshing = Refreshing(self)
        self._looking = False
        self._settled = True
        self._counting = Counting(self)
        services.on_problem = lambda line: self.post(lambda: self._say_problem(line))
        _, problem = self._chosen_theme()
        keymap, problems = keys.checked(type(self), services.config.keys)
        self.set_keymap(keymap)
        self.mistakes = [*services.config.problems, *([problem] if problem else []), *problems]
        """Of the user's in the config, each in a line."""
        self.said_before += self.mistakes
        if (more := len(self.mistakes) - 1) > 1:
            self.said_before = [f"{self.mistakes[0]}. {more} more mistakes are named by: pptui doctor"]

    # Starting and ending.

    def get_driver_class(self) -> type[TextualDriver]:
        from textual.drivers.linux_driver import LinuxDriver

        from pptui.screens.driver import Driver

        found = super().get_driver_class()
        return Driver if found is LinuxDriver else found

    def _chosen_theme(self) -> tuple[str, str]:
        """The theme that the config asks for, and a line for the user if there is none so called."""
        return looks.choose(self.services.config.theme, self.available_themes)

    def get_css_variables(self) -> dict[str, str]:
        return looks.variables(self.current_theme, super().get_css_variables())

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *self._reduced]

    def action_suspend(self) -> None:
        """Stop until the shell has it go on. First the place is saved: what is stopped may be killed."""
        self.keep_place()
        self.behind(lambda: self.services.save_all(1.0), lambda _: self._suspend(), hold=True)

    def _suspend(self) -> None:
        from pptui.screens.driver import Driver

        # What was typed behind it is the shell's, and lost as with any program.
        self.forget_keys()
        self._title.show("")
        kept = self._progress()
        if isinstance(self._driver, Driver) and self._driver.suspend():
            self.behind(self.services.keeping.look_abroad, lambda _: self._catch_up(kept), hold=True)
        else:
            self.say("There is no shell to go back to")
        self._show_title()

    def _progress(self) -> Progress:
        """What is kept of the episode that is loaded."""
        episode = self.playback.episode if self.playback.active else None
        return self.services.library.progress(episode.id) if episode else Progress()

    def _catch_up(self, kept: Progress) -> None:
        """Go on where another pptui has come to meanwhile: the next place to be kept would be behind that."""
        self.refill()
        now = self._progress()
        if now.begun and now != kept:
            self.say(self.player.seek_to(now.position) or f"Another pptui was at {clock(now.position)}")

    def get_default_screen(self) -> Screen[None]:
        self.services.open()
        self.playback = self.services.playback()
        library = self._prepared(LibraryScreen())
        library.call_after_refresh(self._after_first_frame)
        return library

    def on_mount(self) -> None:
        self.expect_the_end()
        play, at = self._start
        if play is not None:
            self.open_episode(play)
            self.listen(play, at=at)
        else:
            self.remember()
        self._see_to_saving()
        self.set_interval(_LOOK_ABROAD, self._look_abroad)

    def _after_first_frame(self) -> None:
        startup.over()
        self.stylesheet.read_all([sheet(name) for name in LATER])
        for line in self.said_before:
            self.say(line, failed=True)
        stale = self.services.stale()
        if stale:
            from pptui.feeds.schedule import Asking

            self._refreshing.start(stale, Asking.AUTOMATIC)

    # What can't be saved.

    def _say_problem(self, line: str) -> None:
        self._see_to_saving()
        if line != self.unsaved:
            self.say(line, failed=True)

    def _see_to_saving(self) -> None:
        """Have it stand on the screen as long as something can't be saved, and say when it is."""
        before, self.unsaved = self.unsaved, self.services.unsaved
        if before and not self.unsaved:
            self.say("Saved again: nothing is missing on the disk")

    def watch_unsaved(self, unsaved: str) -> None:
        for room in self._rooms():
            room.unsaved = unsaved

    def on_unmount(self) -> None:
        self.stop_refreshing()
        self._counting.stop()

    # Screens.

    def watch_playback(self, playback: Playback) -> None:
        for room in self._rooms():
            room.playback = playback

    def watch_preview(self, preview: Playback) -> None:
        for room in self._rooms():
            room.preview = preview

    def _rooms(self) -> list[Room]:
        return [screen for screen in self.screen_stack if isinstance(screen, Room)]

    def _prepared(self, room: Room) -> Room:
        """A screen to be opened, told what plays."""
        room.playback, room.preview, room.unsaved = self.playback, self.preview, self.unsaved
        return room

    # Episodes and podcasts.

    def open_episode(self, episode: Episode, at: float | None = None) -> None:
        from pptui.screens.episode import EpisodeScreen

        def closed(_: None) -> None:
            self.refill()

        self.push_screen(self._prepared(EpisodeScreen(episode, at)), closed)

    def mark(self, episodes: list[Episode], played: bool) -> None:
        if not episodes:
            return
        playing = self.playback.episode
        if playing is not None and any(episode.id == playing.id for episode in episodes):
            # Its next position would say that it is being listened to, and take the mark away.
            self.player.stop()
        state = "played" if played else "not played"
        what = episodes[0].title if len(episodes) == 1 else f"{len(episodes)} episodes"

        def marked(_: None = None) -> None:
            self.say_kept(f"{state}: {what} (u takes it back)")
            self.refill()

        if len(episodes) > _AT_ONCE:
            self.behind(lambda: self.services.keeping.mark(episodes, played), marked, hold=True)
        else:
            self.services.keeping.mark(episodes, played)
            marked()

    def action_search(self) -> None:
        from pptui.screens.search import SearchScreen

        if not any(isinstance(screen, SearchScreen) for screen in self.screen_stack):
            self.push_screen(self._prepared(SearchScreen(self.sought)))
            return
        while not isinstance(self.screen, SearchScreen):
            self.pop_screen()
        self.screen.ask_again()

    def action_undo(self) -> None:
        def undone(words: str | None) -> None:
            if words:
                self.say_kept(f"Taken back: {words}")
            else:
                self.say("Nothing to take back")
            self.refill()

        if self.services.keeping.undo_size > _AT_ONCE:
            self.behind(self.services.keeping.undo, undone, hold=True)
        else:
            undone(self.services.keeping.undo())

    def refill(self) -> None:
        for room in self._rooms():
            room.refill()

    def _look_abroad(self) -> None:
        self._see_to_saving()
        if not self._looking:
            self._looking = True
            self.behind(self.services.keeping.look_abroad, self._looked_abroad, self._not_looked)

    def _not_looked(self, problem: Exception) -> None:
        self._looking = False
        self.failed(problem)

    def _looked_abroad(self, changed: bool) -> None:
        self._looking = False
        if changed:
            self.refill()
        elif not self._settled:
            # Not while feeds come in, one after the other.
            self.count_chapters()
        self._settled = not changed

    def count_chapters(self) -> None:
        self._counting.start()

    def counted(self, done: int, total: int) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, LibraryScreen):
                screen.counted(done, total)

    def action_add(self) -> None:
        from pptui.screens.add import AddScreen

        def closed(added: Added | None) -> None:
            if added is None:
                return
            self.say_kept(f"{'Added' if added.new else 'Subscribed already'}: {added.podcast.title}")
            while not isinstance(self.screen, LibraryScreen) and len(self.screen_stack) > 1:
                self.pop_screen()
            if isinstance(self.screen, LibraryScreen):
                self.screen.added(added)

        self.open_window(AddScreen(), closed)

    def unsubscribe(self, podcast: Podcast) -> None:
        self.services.remove(podcast.id)
        self.say_kept(f"Unsubscribed from {podcast.title} (u takes it back)")
        self.refill()

    def action_refresh_all(self) -> None:
        self.refresh_podcasts(None)

    def refresh_podcasts(self, podcast_ids: list[str] | None) -> None:
        self._refreshing.start(podcast_ids)

    def action_news(self) -> None:
        if self._refreshing.last is None:
            self.say("Nothing was refreshed yet (R refreshes all)")
            return
        from pptui.screens.news import NewsScreen

        if not isinstance(self.screen, NewsScreen):
            self.open_window(NewsScreen(self._refreshing.last, stopped=self._refreshing.stopped))

    def log_in(self, podcast: Podcast) -> None:
        from pptui.screens.login import LoginScreen

        def typed(login: Login | None) -> None:
            if login is not None:
                # The keyring may ask its user for a password of its own first.
                self.behind(
                    lambda: self.services.log_in(podcast.id, login),
                    lambda _: self.refresh_podcasts([podcast.id]),
                )

        asked = podcast.plan.hold is Hold.LOGIN
        said = podcast.error if asked else "For a feed that only some may read."
        user = self.services.logins.user(podcast)
        self.open_window(LoginScreen(podcast.title, said, failed=asked, user=user), typed)

    def stop_refreshing(self) -> bool:
        return self._refreshing.stop()

    def show_status(self, line: str) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, LibraryScreen):
                screen.show_status(line)

    # Help and palette.

    def action_help(self) -> None:
        from pptui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.open_window(HelpScreen(keys.active(self, self.screen)))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        for said, shown, run in keys.commands(self, screen):
            yield SystemCommand(said, shown, run)
        if isinstance(screen, LibraryScreen):
            yield SystemCommand("Unsubscribe", "from the podcast under the cursor", screen.unsubscribe)
        yield SystemCommand("Change theme", "light, dark and others", self.action_change_theme)


_TURN = 0.001
"""Seconds after which a thread that reads feeds lets the screen's thread go on. For one frame it has to wait
several times, and Python's own 5 ms for each of them can be seen."""


def run(
    services: Services, *, play: Episode | None = None, at: float | None = None, told: Iterable[str] = ()
) -> int:
    """Open the app, playing an episode at once if one is given, `at` this second; the exit code.

    `told` is what is to be said at the start."""
    app = PptuiApp(services, play=play, at=at)
    app.said_before += told
    sys.setswitchinterval(_TURN)
    code: int | None = None
    with terminal.own_screen(services.paths.log) as leave, faults.watched(app.stumbled):
        app.leave = leave
        try:
            code = app.run()
        except Exception as problem:
            app.fail(problem)
            app.stop_drawing()
        app.ended.set()
    if app.fault:
        print(f"pptui: ended by {app.fault}", file=sys.stderr)  # noqa: T201
        return 1
    return app.return_code or 0 if code is None else code
