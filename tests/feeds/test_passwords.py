"""Passwords: kept in the keyring, given to one server alone, and forgotten when they should be."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import keyring
import pytest
from keyring.backends import fail, null

from pptui.feeds import passwords as module
from pptui.feeds.passwords import Passwords, Withheld
from pptui.models import Login
from tests.keys import Keys

LOGIN = Login("me", "secret")
FEED = "https://example.org/feed.xml"


def test_a_password_is_there_again_after_the_end_of_pptui(keys: type[Keys]) -> None:
    assert Passwords().put("one", FEED, LOGIN)
    again = Passwords()
    assert again.get("one", FEED) == LOGIN
    assert again.get("one", "https://example.org:443/elsewhere.xml") == LOGIN
    assert again.get("two", FEED) is None


@pytest.mark.parametrize("url", ["http://example.org/feed.xml", "https://example.net/", "/feed.xml", ""])
def test_no_other_server_is_given_it(keys: type[Keys], url: str) -> None:
    passwords = Passwords()
    passwords.put("one", FEED, LOGIN)
    assert passwords.get("one", url) is None


def test_a_password_that_is_forgotten_is_nowhere(keys: type[Keys]) -> None:
    passwords = Passwords()
    passwords.put("one", FEED, LOGIN)
    passwords.forget("one", FEED)
    passwords.forget("two", FEED)
    assert (passwords.get("one", FEED), keys.held, passwords.problem) == (None, {}, "")


def test_a_password_that_another_pptui_forgets_at_the_same_time_does_not_cost_the_others_theirs(
    keys: type[Keys], monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = Passwords()
    passwords.put("one", FEED, LOGIN)
    passwords.put("two", FEED, LOGIN)
    kept = Keys.delete_password

    def second(self: Keys, service: str, username: str) -> None:
        kept(self, service, username)
        kept(self, service, username)

    monkeypatch.setattr(keys, "delete_password", second)
    assert passwords.forget("one", FEED)
    assert (passwords.problem, len(keys.held)) == ("", 1)
    assert Passwords().get("two", FEED) == LOGIN


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
def test_without_a_keyring_a_password_is_known_until_the_end(
    keys: type[Keys], backend: type[fail.Keyring]
) -> None:
    keyring.set_keyring(backend())
    passwords = Passwords()
    assert not passwords.put("one", FEED, LOGIN)
    assert passwords.problem == "this system has no keyring"
    assert passwords.get("one", FEED) == LOGIN
    assert Passwords().get("one", FEED) is None


def test_a_keyring_that_stays_locked_is_asked_once_and_tells_nothing(keys: type[Keys]) -> None:
    keys.locked = True
    passwords = Passwords()
    for _ in range(2):
        with pytest.raises(Withheld, match=r"^the keyring can't be used \(KeyringLocked\)$"):
            passwords.get("one", FEED)
    keys.locked = False
    assert not passwords.put("one", FEED, LOGIN)
    assert passwords.problem == "the keyring can't be used (KeyringLocked)"
    assert keys.held == {}


def test_a_keyring_that_does_not_answer_is_waited_for_once_and_asked_again_when_it_did(
    keys: type[Keys], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    Passwords().put("one", FEED, LOGIN)
    keys.answer, keys.asked = threading.Event(), 0
    passwords = Passwords()
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(passwords.get, str(number), FEED) for number in range(20)]
    assert {str(one.exception()) for one in asked} == {"the keyring does not answer"}
    assert keys.asked == 1
    assert not passwords.forget("one", FEED)
    assert not passwords.put("two", FEED, LOGIN)
    assert passwords.get("two", FEED) == LOGIN, "what was typed is known all the same"
    assert (keys.asked, passwords.problem) == (1, "the keyring does not answer")
    keys.answer.set()
    while passwords.problem:
        time.sleep(0.001)
    assert passwords.get("one", FEED) == LOGIN


def test_a_password_that_is_known_does_not_wait_for_another(keys: type[Keys]) -> None:
    passwords = Passwords()
    passwords.put("one", FEED, LOGIN)
    keys.answer, keys.asked = threading.Event(), 0
    waiting = threading.Thread(target=passwords.get, args=("two", FEED), daemon=True)
    waiting.start()
    while not keys.asked:
        time.sleep(0.001)
    assert passwords.get("one", FEED) == LOGIN
    assert waiting.is_alive()
    keys.answer.set()
    waiting.join()


def test_what_something_else_put_there_is_no_password(keys: type[Keys]) -> None:
    for kept in ("secret", "{}", "[1]", "3", '["a", "b", "c"]'):
        keys.held["pptui https://example.org:443", "one"] = kept
        assert Passwords().get("one", FEED) is None


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        (FEED, "https://example.org/new.xml", True),
        ("http://example.org/feed.xml", "https://example.org/feed.xml", True),
        (FEED, "https://example.net/feed.xml", False),
        (FEED, "http://example.org/feed.xml", False),
    ],
)
def test_a_password_moves_along_on_its_server_and_is_forgotten_else(
    keys: type[Keys], old: str, new: str, kept: bool
) -> None:
    passwords = Passwords()
    passwords.put("one", old, LOGIN)
    passwords.move("one", old, new)
    assert Passwords().get("one", new) == (LOGIN if kept else None)
    assert len(keys.held) == kept


def test_the_keyring_is_named_without_being_unlocked(keys: type[Keys]) -> None:
    keys.locked = True
    assert "Keys" in Passwords().backend
    keyring.set_keyring(fail.Keyring())
    assert Passwords().backend == ""
