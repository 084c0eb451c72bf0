"""Ask for the user name and the password of a feed."""

from __future__ import annotations

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

_KEYS = "enter goes on · esc cancels"


class LoginScreen(ModalScreen[Login | None]):
    """Closes with what was typed, or with None. `said` is why it is asked for, `failed` if that is not
    for the first time, `user` the name as it was then."""

    CSS_PATH = sheet("dialogs")
    app: Host
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Cancel", id="cancel_login")]

    def __init__(self, title: str, said: str, *, failed: bool = False, user: str = "") -> None:
        super().__init__()
        self._title = title
        self._said = said
        self._failed = failed
        self._user = user

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(Content(self._title), id="dialog-title")
            yield Input(self._user, placeholder="user name", id="user", compact=True)
            yield Input(placeholder="password", id="password", password=True, compact=True)
            yield Static(Content(self._said), id="dialog-said", classes="failed" if self._failed else "")
            yield Static(Content(_KEYS), id="dialog-keys")

    def on_mount(self) -> None:
        if self._user:
            self.query_one("#password").focus()
        logins = self.app.services.logins
        self.app.behind(lambda: logins.passwords.backend, self._say_where)

    def _say_where(self, keyring: str) -> None:
        kept = "kept in the system's keyring" if keyring else "no keyring: kept until pptui is closed"
        # None, where the window was closed meanwhile.
        for line in self.query("#dialog-keys").results(Static):
            line.update(Content(f"{_KEYS} · {kept}"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        user, password = (self.query_one(name, Input) for name in ("#user", "#password"))
        if event.input is user:
            password.focus()
        elif user.value:
            self.dismiss(Login(user.value, password.value))
        else:
            user.focus()
