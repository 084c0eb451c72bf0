"""The app ends while something is still under way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from textual.worker import Worker, WorkerFailed

from pptui.app import PptuiApp
from pptui.screens.episode import EpisodeScreen
from pptui.services import Services
from pptui.widgets.show_notes import ShowNotes
from tests import material
from tests.screens.test_library import library, opened, until


def when_taken_down(
    app: PptuiApp, monkeypatch: pytest.MonkeyPatch, call: Callable[[], Awaitable[None]]
) -> None:
    """Have this done when the screens have gone and the app still takes messages."""
    closing = app._close_all

    async def closed() -> None:
        await closing()
        await call()

    monkeypatch.setattr(app, "_close_all", closed)


async def test_what_comes_from_behind_while_the_app_ends_is_no_fault(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(services) as (app, _):
        screen = library(app)

        async def answered() -> None:
            app.post(screen.refill)

        when_taken_down(app, monkeypatch, answered)
    assert not app.fault


async def test_quitting_while_the_palette_looks_for_commands_is_no_fault(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(services) as (app, _):
        screen = library(app)

        async def look() -> None:
            screen.query_one("#gone")

        async def looked() -> None:
            looking = Worker(screen, look())
            looking._start(app)
            with pytest.raises(WorkerFailed):
                await looking.wait()

        when_taken_down(app, monkeypatch, looked)
    assert not app.fault


async def test_a_new_speed_is_kept_also_where_the_engine_does_not_let_go(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise RuntimeError

    async with opened(services) as (app, pilot):
        await pilot.press("right_square_bracket")
        assert app.playback.speed > 1.0
        with monkeypatch.context() as patch:
            patch.setattr(app.player, "close", fails)
            with pytest.raises(RuntimeError):
                app.save_place()
        assert services.playback().speed == app.playback.speed


async def test_what_comes_from_behind_while_an_episode_is_closed_is_no_fault(services: Services) -> None:
    async with opened(services) as (app, pilot):
        app.open_episode(material.nth(services, services.podcast("The Bread Podcast").id))
        await until(pilot, lambda: isinstance(app.screen, EpisodeScreen) and app.screen.detail is not None)
        screen = app.screen
        assert isinstance(screen, EpisodeScreen) and screen.detail is not None
        app.pop_screen()
        while screen.query(ShowNotes):  # noqa: ASYNC110 - there is no event between the two
            await asyncio.sleep(0)
        assert screen.is_attached
        screen._opened(screen.detail)
        screen._similar([])
        assert app.screen is not screen
