"""Passwords on the screen: asked for where they are needed, hidden while typed, never asked for in a loop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from keyring.backends import fail
from textual.pilot import Pilot
from textual.widgets import Input, Static

from pptui.app import PptuiApp
from pptui.feeds.passwords import Passwords
from pptui.models import Login
from pptui.screens.add import AddScreen
from pptui.screens.help import HelpScreen
from pptui.screens.library import LibraryScreen
from pptui.screens.login import LoginScreen
from pptui.services import Services
from pptui.widgets.sidebar import Sidebar
from tests import material
from tests.keys import Keys
from tests.screens.test_library import last_said, library, opened, until
from tests.server import Server


def said(app: PptuiApp) -> Static:
    return app.screen.query_one("#dialog-said", Static)


async def add(app: PptuiApp, pilot: Pilot[int], address: str) -> None:
    await pilot.press("a")
    await until(pilot, lambda: isinstance(app.screen, AddScreen))
    app.screen.query_one(Input).value = address
    await pilot.press("enter")


FEED = material.feed("Members only", [material.item(1, "One")]).encode()


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    one = material.services(tmp_path)
    yield one
    one.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as one:
        one.add("/feed.xml", FEED, login="me:secret")
        yield one


async def test_a_feed_behind_a_password_is_added_with_it_and_after_a_wrong_one_the_name_is_still_there(
    services: Services, server: Server, keys: type[Keys]
) -> None:
    async with opened(services) as (app, pilot):
        await add(app, pilot, server.url("/feed.xml"))
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))
        assert app.screen.query_one("#password", Input).password
        await pilot.press("m", "e", "enter", "n", "o", "enter")
        await until(pilot, lambda: isinstance(app.screen, LoginScreen) and said(app).has_class("failed"))
        assert "is wrong" in str(said(app).content)
        assert app.screen.query_one("#user", Input).value == "me"
        await pilot.press(*"secret", "enter")
        await until(pilot, lambda: isinstance(app.screen, LibraryScreen))
        assert last_said(app) == "Added: Members only"
    assert len(keys.held) == 1


async def test_who_does_not_know_the_password_gets_back_to_what_was_typed(
    services: Services, server: Server
) -> None:
    async with opened(services) as (app, pilot):
        await add(app, pilot, server.url("/feed.xml"))
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, AddScreen))
        assert "are needed" in str(said(app).content)
        assert app.screen.query_one(Input).value == server.url("/feed.xml")
    assert services.podcasts() == []


async def test_the_screen_answers_while_the_keyring_waits_for_its_user(
    services: Services, server: Server, keys: type[Keys]
) -> None:
    keys.answer = threading.Event()
    async with opened(services) as (app, pilot):
        await add(app, pilot, server.url("/feed.xml", user="me:secret"))
        await until(pilot, lambda: len(services.podcasts()) == 1)
        await pilot.press("escape", "question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        keys.answer.set()
        await until(pilot, lambda: len(keys.held) == 1)


async def test_a_podcast_whose_password_has_changed_says_which_key_asks_for_it(
    services: Services, server: Server, keys: type[Keys]
) -> None:
    added = services.add(server.url("/feed.xml"), login=Login("me", "secret"))
    server.add("/feed.xml", FEED.replace(b"One", b"Another"), login="me:new")
    async with opened(services) as (app, pilot):
        library(app).query_one(Sidebar).select(added.podcast.id)
        await pilot.press("r")
        head = library(app).query_one("#head", Static)
        await until(pilot, lambda: "L asks for the user name" in str(head.content))
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))
        assert app.screen.query_one("#user", Input).value == "me"
        await pilot.press("n", "e", "w", "enter")
        await until(pilot, lambda: "L asks" not in str(head.content))
        assert services.podcast("Members only").error == ""


@pytest.mark.parametrize("there", [True, False])
async def test_it_is_said_before_a_password_is_typed_how_long_it_will_be_kept(
    services: Services, server: Server, monkeypatch: pytest.MonkeyPatch, keys: type[Keys], there: bool
) -> None:
    if not there:
        monkeypatch.setattr("keyring.get_keyring", fail.Keyring)
    kept = "kept in the system's keyring" if there else "no keyring: kept until pptui is closed"
    async with opened(services) as (app, pilot):
        await add(app, pilot, server.url("/feed.xml"))
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))
        await until(pilot, lambda: kept in str(app.screen.query_one("#dialog-keys", Static).content))
    assert keys.asked == 0


async def test_the_window_can_be_closed_before_the_keyring_has_said_what_it_is(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, answered = threading.Event(), threading.Event()
    say_where = LoginScreen._say_where

    def held(_: Passwords) -> str:
        answer.wait(30)
        return "a keyring"

    def said_where(window: LoginScreen, keyring: str) -> None:
        answered.set()
        say_where(window, keyring)

    monkeypatch.setattr(Passwords, "backend", property(held))
    monkeypatch.setattr(LoginScreen, "_say_where", said_where)
    async with opened(services) as (app, pilot):
        window = LoginScreen("Members only", "It asks")
        app.push_screen(window)
        await until(pilot, lambda: window.is_mounted)
        await pilot.press("escape")
        await until(pilot, lambda: not window.is_attached)
        answer.set()
        await until(pilot, answered.is_set)
        await pilot.pause()
        assert app.is_running and app.fault == ""


async def test_no_password_is_asked_for_a_podcast_that_comes_from_a_file(
    services: Services, tmp_path: Path
) -> None:
    material.add(services, tmp_path, "feed.xml", FEED.decode())
    async with opened(services) as (app, pilot):
        library(app).query_one(Sidebar).select(services.podcasts()[0].id)
        await pilot.press("L")
        await until(pilot, lambda: "is read from a file" in last_said(app))
        assert isinstance(app.screen, LibraryScreen)
