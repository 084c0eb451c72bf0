"""A keyring in memory for tests; another process has one by `PYTHON_KEYRING_BACKEND=tests.keys.Keys`."""

from __future__ import annotations

from typing import ClassVar

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class Keys(KeyringBackend):
    """`held` is what all of them keep, `locked` whether its user refuses to unlock it."""

    priority = 1
    held: ClassVar[dict[tuple[str, str], str]] = {}
    locked: ClassVar[bool] = False

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
        if self.locked:
            raise KeyringLocked("not unlocked, and the secret is secret")
