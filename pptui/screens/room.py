"""What the library and an episode have in common: the player at the bottom, and playback told to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer

from pptui.models import Playback
from pptui.widgets.player_bar import PlayerBar

if TYPE_CHECKING:
    from pptui.app import PptuiApp


class Room(Screen[None]):
    """A screen with the player's bar. The app keeps `playback` and `preview` up to date."""

    app: PptuiApp
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]]] = [(0, "-narrow"), (100, "-normal"), (150, "-wide")]

    playback: reactive[Playback] = reactive(Playback)
    preview: reactive[Playback] = reactive(Playback)

    def player(self) -> Iterator[Widget]:
        """The bottom of the screen, for `compose`."""
        with Vertical(id="bottom"):
            yield PlayerBar(id="player").data_bind(playback=Room.playback, preview=Room.preview)
            yield Footer(show_command_palette=False)

    def watch_playback(self) -> None:
        if self.is_mounted:
            self.follow(self.playback)

    def follow(self, playback: Playback) -> None:
        """Playback went on; the bar has been told already."""
