"""User names and passwords of feeds: in the system's keyring, and nowhere else.

`keyring` is imported when the first one is asked for. Without a keyring that can be used they are
known until pptui ends. All but `user` may wait, also for a user who is asked to unlock the keyring, but no
longer than `PATIENCE`: a keyring that has not answered by then is left alone until it does.
"""

from __future__ import annotations

import json
import threading
from typing import Any

from pptui import text
from pptui.feeds.address import address_of, goes_along
from pptui.feeds.failures import FetchError
from pptui.models import Login

PATIENCE = 30.0
"""Seconds that the keyring may take for an answer: it may have to ask its user for a password of its own."""

NO_KEYRING = "this system has no keyring"
SILENT = "the keyring does not answer"


class Withheld(FetchError):
    """Whether a login is kept is not known: the keyring does not answer, or was not unlocked."""


class Passwords:
    """Logins by subscription and the origin of its feed: for another server there is none."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Login] = {}
        self._backend: Any = None
        self._lock = threading.Lock()  # one call at a time, and the others wait for the same answer
        self._answering = threading.Lock()  # guards `problem` where an answer comes as we give up
        self.problem = ""
        """Why the keyring can't be used, in a line; "" while it can, or was not needed yet."""

    @property
    def backend(self) -> str:
        """What the keyring is called, "" where there is none; nothing is unlocked for it."""
        with self._lock:
            return text.line(self._ask("name") or "", 100)

    def get(self, podcast_id: str, url: str) -> Login | None:
        """The login for a subscription's feed at this address, None where there is none. Raises Withheld.

        The keyring is asked until it has one."""
        if not (key := _key(podcast_id, url)):
            return None
        if login := self._known.get(key):
            return login
        with self._lock:
            login = self._known.get(key) or _read(self._ask("get_password", *key))
            if login is not None:
                self._known[key] = login
            elif self.problem and self.problem != NO_KEYRING:
                raise Withheld(self.problem)
            return login

    def user(self, podcast_id: str, url: str) -> str:
        """The user name for a subscription's feed, "" where it is not known yet; the keyring is not asked."""
        login = self._known.get(key) if (key := _key(podcast_id, url)) else None
        return login.user if login else ""

    def put(self, podcast_id: str, url: str, login: Login) -> bool:
        """Keep a login; False where that is only until pptui ends, and `problem` says why."""
        if not (key := _key(podcast_id, url)):
            return False
        self._known[key] = login
        with self._lock:
            self._ask("set_password", *key, json.dumps([login.user, login.password]))
            return not self.problem

    def forget(self, podcast_id: str, url: str) -> bool:
        """Drop the login for a subscription's feed at this address, if there is one; False where the keyring
        may still have it."""
        if not (key := _key(podcast_id, url)):
            return True
        with self._lock:
            self._known.pop(key, None)
            if self._ask("get_password", *key) is not None:
                self._ask("delete_password", *key)
            return self.problem in ("", NO_KEYRING)

    def move(self, podcast_id: str, old: str, new: str) -> None:
        """The feed has another address: the login goes along to the same server, and is forgotten else."""
        if _key(podcast_id, old) == _key(podcast_id, new):
            return
        try:
            login = self.get(podcast_id, old)
        except Withheld:
            return
        if login is None:
            return
        if goes_along(old, new):
            self.put(podcast_id, new, login)
        self.forget(podcast_id, old)

    def _ask(self, what: str, *arguments: str) -> Any:
        """One call of the keyring's; None where it can't be used. After a failure it is left alone: it
        may ask its user for a password each time. What comes too late is dropped, but for that it came:
        the next call is made again."""
        if self.problem:
            return None
        answered = threading.Event()
        answer: Any = None

        def call() -> None:
            nonlocal answer
            problem = ""
            try:
                answer = self._call(what, *arguments)
            except _NoKeyring:
                problem = NO_KEYRING
            except BaseException as raised:  # backends are other people's, and raise what they like
                # Not their words, in which there might be what they were given.
                problem = f"the keyring can't be used ({text.line(type(raised).__name__)})"
            with self._answering:
                self.problem = problem
                answered.set()

        # A daemon: what never answers holds up no end.
        threading.Thread(target=call, name="keyring", daemon=True).start()
        if not answered.wait(PATIENCE):
            with self._answering:
                if not answered.is_set():
                    self.problem = SILENT
                    return None
        return answer

    def _call(self, what: str, *arguments: str) -> Any:
        if self._backend is None:
            self._backend = _backend()
        return _asked(self._backend, what, *arguments)


class _NoKeyring(Exception):
    """Only the backends that keep nothing."""


def _backend() -> Any:
    import keyring
    from keyring.backends import fail, null

    backend = keyring.get_keyring()
    if isinstance(backend, fail.Keyring | null.Keyring):
        raise _NoKeyring
    return backend


def _asked(backend: Any, what: str, *arguments: str) -> Any:
    from keyring.errors import PasswordDeleteError

    found = getattr(backend, what)
    try:
        return found(*arguments) if arguments else found
    except PasswordDeleteError:  # another process has deleted it first
        return None


def _key(podcast_id: str, url: str) -> tuple[str, str] | None:
    """What the keyring calls a service and a user; None for what is no web address."""
    try:
        scheme, host, port = address_of(url).origin
    except FetchError:
        return None
    return f"pptui {scheme}://{host}:{port}", podcast_id


def _read(kept: object) -> Login | None:
    try:
        user, password = json.loads(str(kept))
    except (ValueError, TypeError):
        return None
    return Login(str(user), str(password))
