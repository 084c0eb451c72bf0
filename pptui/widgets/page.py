"""A text that may be longer than its room."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll

from pptui.widgets.rows import MOVES


class Page(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Scrolled with the keys that move about in every list."""

    BINDINGS: ClassVar[list[BindingType]] = MOVES

    def action_move(self, lines: int) -> None:
        self.scroll_relative(y=lines, animate=False, immediate=True)

    def action_page(self, pages: float) -> None:
        self.scroll_relative(y=int(self.size.height * pages), animate=False, immediate=True)

    def action_to(self, line: int) -> None:
        y = line if line >= 0 else self.virtual_size.height
        self.scroll_to(y=y, animate=False, immediate=True)
