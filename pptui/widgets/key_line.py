"""The keys that work now, in one line at the bottom."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from pptui.widgets.tint import tint


class KeyLine(Widget):
    """What Textual's Footer shows. That has a widget for each key, which are a third of those on a screen:
    it cost 40 ms before the first frame, and each change of the focus builds them anew."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--said"}

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
        for _, binding, enabled, _ in screen.active_bindings.values():
            if binding.show and enabled:
                shown.setdefault(binding.action, binding)
        keys = [(one.key, self.app.get_key_display(one), one.description) for one in shown.values()]
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def render_line(self, y: int) -> Strip:
        base = self.rich_style
        key, said = base + tint(self, "keys--key"), base + tint(self, "keys--said")
        segments = [
            segment
            for _, shown, words in self._keys
            for segment in (Segment(f" {shown} ", key), Segment(f"{words} ", said))
        ]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        end = 0
        for key, shown, words in self._keys:
            end += cell_len(shown) + cell_len(words) + 3
            if event.x < end:
                event.stop()
                self.app.simulate_key(key)
                return
