"""Ask for a feed and subscribe to it, without holding up the screen."""

from __future__ import annotations

import threading
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from pptui.models import Login
from pptui.screens.host import Host
from pptui.screens.sheets import sheet
from pptui.services import Added, LoginNeeded


class AddScreen(ModalScreen[Added | None]):
    """Closes with what was added; stays, with the reason and the text as typed, when it could not be."""

    CSS_PATH = sheet("dialogs")
    app: Host
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", id="cancel")]

    def __init__(self) -> None:
        super().__init__()
        self._cancel: threading.Event | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(Content("Add a podcast"), id="dialog-title")
            yield Input(
                placeholder="https://example.org/feed.xml, or the path of a feed file",
                id="source",
                compact=True,
            )
            yield Static(
                Content("The address of a feed or of a podcast's page, or a file."), id="dialog-said"
            )
            yield Static(Content("enter adds · esc cancels"), id="dialog-keys")

    def _say(self, line: str, *, failed: bool = False) -> None:
        said = self.query_one("#dialog-said", Static)
        said.set_class(failed, "failed")
        said.update(Content(line))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        source = event.value.strip()
        if self._cancel is not None or not source:
            return
        self._add(source)

    def _add(self, source: str, login: Login | None = None) -> None:
        cancel = self._cancel = threading.Event()
        self._say("Fetching …")

        def done(added: Added) -> None:
            if not cancel.is_set():
                self.dismiss(added)

        def failed(problem: Exception) -> None:
            if cancel.is_set():
                return
            self._cancel = None
            if isinstance(problem, LoginNeeded):
                self._ask(source, str(problem), login)
                return
            self._say(self.app.said_of(problem, "adding a podcast"), failed=True)
            self.query_one(Input).focus()

        services = self.app.services
        self.app.behind(lambda: services.add(source, cancel, login), done, failed)

    def _ask(self, source: str, why: str, before: Login | None) -> None:
        from pptui.screens.login import LoginScreen

        def answered(login: Login | None) -> None:
            if login is None:
                self._say(why, failed=True)
            else:
                self._add(source, login)

        title, user = "This feed is behind a password", before.user if before else ""
        self.app.open_window(LoginScreen(title, why, failed=before is not None, user=user), answered)

    def action_cancel(self) -> None:
        if self._cancel is not None:
            self._cancel.set()
        self.dismiss(None)
