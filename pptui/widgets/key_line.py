"""The keys that work now, in one line at the bottom."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.keys import REPLACED_KEYS, key_to_character
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from pptui.widgets.tint import tint


class KeyLine(Widget):
    """What Textual's Footer shows. That has a widget for each key, which are a third of those on a screen:
    it cost 40 ms before the first frame, and each change of the focus builds them anew."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[tuple[str, str, str]] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        # A terminal without the focus gives it to no widget: the line would lose most of its keys.
        if not self.app.app_focus:
            return
        shown: dict[str, Binding] = {}
        focused = screen.focused
        for key, (_, binding, enabled, _) in screen.active_bindings.items():
            if focused is not None and focused.check_consume_key(
                key, key_to_character(REPLACED_KEYS.get(key, key))
            ):
                continue  # it is typed
            if binding.show and enabled:
                shown.setdefault(binding.action, binding)
        keys = [(one.key, self.app.get_key_display(one), one.description) for one in shown.values()]
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def render_line(self, y: int) -> Strip:
        base = self.rich_style
        key, said = base + tint(self, "$primary"), base + tint(self, "$foreground 65%")
        segments: list[Segment] = []
        room = self.size.width
        for _, shown, words in self._keys:
            room -= _cells(shown, words)
            if room < 0:
                break  # half a key tells nothing
            segments += Segment(f" {shown} ", key), Segment(f"{words} ", said)
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        end = 0
        for key, shown, words in self._keys:
            end += _cells(shown, words)
            if event.x < end <= self.size.width:
                event.stop()
                self.app.simulate_key(key)
                return


def _cells(shown: str, words: str) -> int:
    return cell_len(shown) + cell_len(words) + 3
