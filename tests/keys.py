"""A keyring in memory for tests; another process has one by `PYTHON_KEYRING_BACKEND=tests.keys.Keys`."""

from __future__ import annotations

import threading
from typing import ClassVar

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class Keys(KeyringBackend):
    """`held` is what all of them keep, `locked` whether its user refuses to unlock
    it; until `answer` is set, if there is one, the user has not answered."""

    priority = 1
    held: ClassVar[dict[tuple[str, str], str]] = {}
    locked: ClassVar[bool] = False
    answer: ClassVar[threading.Event | None] = None

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        if (service, username) not in self.held:
            raise PasswordDeleteError
        del self.held[service, username]

    def _open(self) -> None:
        if self.answer is not None:
            self.answer.wait(30)
        if self.locked:
            raise KeyringLocked("not unlocked, and the secret is secret")
