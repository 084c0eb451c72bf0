"""What the library, a search and an episode share: the player at the bottom, and playback told to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import var
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from pptui import text
from pptui.models import Episode, Playback
from pptui.screens.host import Host
from pptui.times import clock
from pptui.widgets.key_line import KeyLine
from pptui.widgets.player_bar import PlayerBar


class Room(Screen[None]):
    """A screen with the player's bar. The app keeps `playback` and `preview` up to date."""

    app: Host
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (150, "-wide")]  # noqa: RUF012 - as in Screen

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "play", "Play this", show=False, id="play"),
        Binding("m", "mark", "Played or not", show=False, id="mark"),
        Binding("y", "copy_link", "Copy the episode's link", show=False, id="copy_link"),
        Binding("Y", "copy_moment", "Copy the link at this moment", show=False, id="copy_moment"),
        Binding("o", "open_link", "Open the link in a browser", show=False, id="browse"),
        # Textual's, in our words: where nothing is selected it is the app that has the key.
        Binding("ctrl+c", "screen.copy_text", "Copy the selected text; quit where none is", show=False),
        Binding("super+c", "screen.copy_text", show=False),
    ]

    playback: var[Playback] = var(Playback)
    preview: var[Playback] = var(Playback)
    unsaved: var[str] = var("")

    @property
    def is_open(self) -> bool:
        """Whether it has what stands on it: Textual takes that away first, and then the screen itself."""
        return self.is_attached and self.display

    def bottom(self) -> Iterator[Widget]:
        """The bottom of the screen, for `compose`: what stands until it is mended, the player, the keys."""
        yield Static(id="unsaved")
        yield PlayerBar(id="player").data_bind(playback=Room.playback, preview=Room.preview)
        yield KeyLine()

    def key_of(self, identifier: str) -> str:
        """The key that a binding has now, as it is shown."""
        bindings = (active.binding for active in self.active_bindings.values())
        found = next((one for one in bindings if one.id == identifier), None)
        return self.app.get_key_display(found) if found else ""

    def put(self, selector: str, line: str) -> None:
        """Show a line in one of the screen's texts; nothing is laid out again where it is there already."""
        static = self.query_one(selector, Static)
        if str(static.content) != line:
            static.update(Content(line))

    def watch_playback(self) -> None:
        if self.is_mounted:
            self.follow(self.playback)

    def watch_unsaved(self) -> None:
        if self.is_mounted:
            self._show_unsaved()

    def on_mount(self) -> None:
        self._show_unsaved()

    def _show_unsaved(self) -> None:
        self.put("#unsaved", self.unsaved)
        self.query_one("#unsaved").set_class(bool(self.unsaved), "shown")

    def follow(self, playback: Playback) -> None:
        """Playback went on; the bar has been told already."""

    def refill(self) -> None:
        """Something that may be shown here was stored, or heard."""

    @property
    def chosen(self) -> Episode | None:
        """The episode that the keys are about."""
        raise NotImplementedError

    def action_play(self) -> None:
        if self.chosen is not None:
            self.app.listen(self.chosen)

    def action_mark(self) -> None:
        episode = self.chosen
        if episode is not None:
            self.app.mark([episode], not self.app.services.library.progress(episode.id).played)

    def action_copy_link(self) -> None:
        if link := self._link():
            self.app.copy(link)
            self.app.say(f"Link copied: {link}")

    def action_copy_moment(self) -> None:
        episode, link = self.chosen, self._link()
        if episode is None or not link:
            return
        playing = self.playback.episode is not None and self.playback.episode.id == episode.id
        at = self.playback.position if playing else self.app.services.library.progress(episode.id).position
        # Media Fragments URI 1.0, section 4.2.1: the dimension of time, in seconds.
        link = f"{link.partition('#')[0]}#t={int(at)}"
        self.app.copy(link)
        self.app.say(f"Link at {clock(at)} copied: {link}")

    def action_open_link(self) -> None:
        if link := self._link():
            self.app.browse(link)

    def _link(self) -> str:
        """The chosen episode's page, or its audio where the feed names no page; says so where neither is."""
        episode = self.chosen
        if episode is None:
            return ""
        link = text.shown_url(episode.link or (episode.enclosure if "://" in episode.enclosure else ""))
        if not link:
            self.app.say("This episode has no link")
        return link
