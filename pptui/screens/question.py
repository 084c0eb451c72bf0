"""A question before what can't be taken back."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from pptui.screens.sheets import sheet


class QuestionScreen(ModalScreen[bool]):
    """Closes with whether it is to be done. `said` is what would be lost, `keys` what the two keys do."""

    CSS_PATH = sheet("dialogs")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "dismiss(True)", "Yes", id="answer_yes"),
        Binding("escape,n", "dismiss(False)", "No", id="answer_no"),
    ]

    def __init__(self, title: str, said: str, keys: str) -> None:
        super().__init__()
        self._title = title
        self._said = said
        self._keys = keys

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(Content(self._title), id="dialog-title")
            yield Static(Content(self._said), id="dialog-said", classes="failed")
            yield Static(Content(self._keys), id="dialog-keys")
