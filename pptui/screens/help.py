"""The keys that work here and now, as they are bound now."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from pptui.screens.sheets import sheet
from pptui.widgets.key_line import KeyLine
from pptui.widgets.page import Page

GROUPS = (
    (
        "Listening",
        "toggle play back forward chapter Chapter slower faster normal louder quieter mute retry bar",
    ),
    ("Moving", "down up half page first last open pane go_back next_pane previous_pane search_"),
    ("Podcasts and episodes", "search add refresh news login arrange mark copy_ browse undo"),
)
"""Titles, and how the ids begin of the bindings that come under each; the others come last."""


class HelpScreen(Screen[None]):
    """A list of keys by group; given the bindings of the screen that it was called from."""

    CSS_PATH = sheet("dialogs")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,backspace", "dismiss", "Close", key_display="esc", id="close_help"),
    ]

    def __init__(self, keys: list[tuple[str, str, str]]) -> None:
        """`keys`: a binding's id, its keys as shown, and what it does."""
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        with Page(id="help"):
            yield Static(self._page())
        yield KeyLine()

    def _page(self) -> Content:
        parts: list[Content | str | tuple[str, str]] = []
        left = list(self._keys)
        for name, prefixes in (*GROUPS, ("More", "")):
            rows = [row for row in left if row[0].startswith(tuple(prefixes.split()) or "")]
            left = [row for row in left if row not in rows]
            if not rows:
                continue
            parts.append((f"{name}\n", "bold $primary"))
            for _, keys, said in rows:
                parts.append((f"  {keys:<22}", "bold"))
                parts.append(f"{said}\n")
            parts.append("\n")
        return Content.assemble(*parts)
