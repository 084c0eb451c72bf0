"""The player's two lines, the same on every screen: what plays, and where it stands."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from pptui.models import Playback, State
from pptui.times import clock
from pptui.widgets import seek_bar
from pptui.widgets.cells import fit
from pptui.widgets.tint import tint

_GLYPHS = {
    State.IDLE: "·",
    State.LOADING: "…",
    State.PLAYING: "▶",
    State.PAUSED: "‖",
    State.BUFFERING: "…",
    State.ENDED: "■",
    State.FAILED: "!",
}

_LOOKS = {
    "title": "bold",
    "dim": "$foreground 65%",
    "error": "$error",
    "done": "$primary",
    "head": "bold $primary",
    "buffered": "$foreground 65%",
    "left": "$foreground 30%",
}


class PlayerBar(Widget, can_focus=True):
    """Shows `playback`, or `preview` while nothing has been played: the episode that space would start."""

    ALLOW_SELECT = False  # what is drawn by the line can't be: nothing would be copied in its place
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "app.previous_chapter", "Previous chapter", show=False, id="bar_previous_chapter"),
        Binding("pagedown", "app.next_chapter", "Next chapter", show=False, id="bar_next_chapter"),
        Binding("backspace", "app.normal_speed", "Normal speed", show=False, id="normal_speed"),
    ]

    playback: var[Playback] = var(Playback)
    preview: var[Playback] = var(Playback)

    class Sought(Message):
        """A click on the bar: go to this second."""

        def __init__(self, seconds: float) -> None:
            super().__init__()
            self.seconds = seconds

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[list[tuple[str, str]]] = []
        self._bar_at = 0
        self._bar_width = 0

    @property
    def shown(self) -> Playback:
        return self.playback if self.playback.episode is not None else self.preview

    def watch_playback(self) -> None:
        self._update()

    def watch_preview(self) -> None:
        self._update()

    def on_resize(self) -> None:
        self._update()

    def _update(self) -> None:
        # Ticks come several times a second; most change nothing that can be seen.
        lines = [self._head(self.size.width), self._foot(self.size.width)]
        if lines != self._lines:
            self._lines = lines
            self.refresh()

    def _head(self, width: int) -> list[tuple[str, str]]:
        shown = self.shown
        if shown.episode is None:
            return [(fit(" Nothing playing", width), "dim")]
        tail = f"{shown.speed:.1f}×  " + ("muted " if shown.muted else f"vol {shown.volume:.0f} ")
        room = max(0, width - cell_len(tail) - 1)
        said, look = self._remark(shown)
        lead = f" {_GLYPHS[shown.state]} "
        space = max(0, room - len(lead))
        rest = f" · {said}" if said else ""
        # Where there is not room for both, each gets half: the chapter is as good as the title.
        width = min(cell_len(shown.episode.title), max(space - cell_len(rest), space // 2))
        title = fit(shown.episode.title, width)
        rest = fit(rest, space - width)
        return [(lead, "head"), (title, "title"), (rest, look), (" " + tail, "dim")]

    @staticmethod
    def _remark(shown: Playback) -> tuple[str, str]:
        if shown.error:
            return shown.error + (" · trying again …" if shown.again else ""), "error"
        if shown.state is State.BUFFERING:
            return "buffering …", "dim"
        if shown.state is State.LOADING:
            return "opening …", "dim"
        if shown.state is State.ENDED:
            return "finished", "dim"
        if shown.chapter is not None:
            return shown.chapter.title, "dim"
        return (shown.episode.podcast_title if shown.episode is not None else ""), "dim"

    def _foot(self, width: int) -> list[tuple[str, str]]:
        shown = self.shown
        elapsed = clock(shown.position)
        if shown.live:
            total, remaining = "live", ""
        else:
            total = clock(shown.duration)
            # In whole seconds, so that both change at once, and add up.
            remaining = f"−{clock(int(shown.duration) - int(shown.position))}" if shown.duration else ""
        # Room for the longest that each can become, so that the bar's ends stand still.
        span = max(len(clock(shown.duration)) if shown.duration else 0, len(elapsed), 4)
        left = f" {elapsed:>{span}} "
        right = f" {total:<{span}}  {remaining:>{span + 1}} "
        if width < len(left) + len(right) + 8:
            right = f" {total} "
        self._bar_at = len(left)
        self._bar_width = max(0, width - len(left) - len(right))
        return [(left, "title"), *seek_bar.draw(shown, self._bar_width), (right, "dim")]

    def render_line(self, y: int) -> Strip:
        base = self.rich_style
        if y >= len(self._lines):
            return Strip.blank(self.size.width, base)
        segments = [Segment(value, base + tint(self, _LOOKS[look])) for value, look in self._lines[y]]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    async def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        event.stop()
        if offset.y == 0:
            await self.app.run_action("play_pause")
            return
        cell = offset.x - self._bar_at
        if 0 <= cell < self._bar_width:
            seconds = seek_bar.seconds_at(self.shown, cell, self._bar_width)
            if seconds is not None:
                self.post_message(self.Sought(seconds))
