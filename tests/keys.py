"""Keyrings for tests: in memory, or in a file for processes (`PYTHON_KEYRING_BACKEND=tests.keys.Filed`)."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any, ClassVar

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class Keys(KeyringBackend):
    """`held` is what all of them keep, `locked` whether its user refuses to unlock
    it; until `answer` is set, if there is one, the user has not answered. `asked` counts."""

    priority = 1
    asked: ClassVar[int] = 0
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
        Keys.asked += 1
        if self.answer is not None:
            self.answer.wait(30)
        if self.locked:
            raise KeyringLocked("not unlocked, and the secret is secret")


class Filed(KeyringBackend):
    """Keeps them in the file that the environment calls `TEST_KEYRING`, and does not answer while there is
    `NAME.hangs` beside it."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        return self._open().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**self._open(), f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        held = self._open()
        if held.pop(f"{service} {username}", None) is None:
            raise PasswordDeleteError
        self._write(held)

    @property
    def _path(self) -> Path:
        return Path(os.environ["TEST_KEYRING"])

    def _open(self) -> dict[str, Any]:
        while Path(f"{self._path}.hangs").exists():
            time.sleep(0.01)
        return dict(json.loads(self._path.read_text())) if self._path.exists() else {}

    def _write(self, held: dict[str, Any]) -> None:
        self._path.write_text(json.dumps(held))
