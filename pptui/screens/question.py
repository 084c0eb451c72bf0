"""A question before what can't be taken back."""

from __future__ import annotations

import math
from time import monotonic
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Static

from pptui.screens.sheets import sheet

_READ = 0.5
"""Seconds that the question stands before it says how to answer yes, and takes it."""


class QuestionScreen(ModalScreen[bool]):
    """Closes with whether it is to be done. `said` is what would be lost, `keys` what the two keys do.

    A yes that was typed before the question could be seen is none: it may have been meant for what was there
    before, or be the rest of a paste. A no is always one."""

    CSS_PATH = sheet("dialogs")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "yes", "Yes", id="answer_yes"),
        Binding("escape,n", "dismiss(False)", "No", id="answer_no"),
    ]

    def __init__(self, title: str, said: str, keys: str) -> None:
        super().__init__()
        self._title = title
        self._said = said
        self._keys = keys
        self._answerable = math.inf
        self._early = False

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(Content(self._title), id="dialog-title")
            yield Static(Content(self._said), id="dialog-said", classes="failed")
            yield Static(Content(" "), id="dialog-keys")

    def on_mount(self) -> None:
        self.call_after_refresh(self.set_timer, _READ, self._take_answers)

    def _take_answers(self) -> None:
        self.query_one("#dialog-keys", Static).update(Content(self._keys))
        self._answerable = monotonic()

    def on_key(self, event: Key) -> None:
        # When it was read, which may be long before it is its turn.
        self._early = event.time < self._answerable

    def action_yes(self) -> None:
        if not self._early:
            self.dismiss(True)
