"""What both screens look like. After a wanted change: `./scripts/test --snapshot-update`, and look at the result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from pptui.app import PptuiApp
from pptui.screens.episode import EpisodeScreen
from pptui.services import Services
from tests import material

SIZES = [(80, 24), (120, 36), (200, 50)]
Compare = Callable[..., bool]

pytestmark = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def on_bread(app: PptuiApp) -> Callable[[Pilot[Any]], Any]:
    async def go(pilot: Pilot[Any]) -> None:
        await pilot.pause()
        app.screen.query_one("#sidebar").focus()
        await pilot.press("G", "k")
        await pilot.pause()

    return go


@pytest.fixture
def app(services: Services) -> PptuiApp:
    return PptuiApp(services)


def test_library(app: PptuiApp, size: tuple[int, int], snap_compare: Compare) -> None:
    async def go(pilot: Pilot[Any]) -> None:
        app.screen.query_one("#sidebar").focus()
        await pilot.press("g", "j", "j", "l", "j")

    assert snap_compare(app, terminal_size=size, run_before=go)


def test_library_of_a_failed_podcast(app: PptuiApp, size: tuple[int, int], snap_compare: Compare) -> None:
    async def go(pilot: Pilot[Any]) -> None:
        app.screen.query_one("#sidebar").focus()
        await pilot.press("G", "k", "j")
        await pilot.press("k")

    assert snap_compare(app, terminal_size=size, run_before=go)


def test_empty_library(tmp_path: Path, size: tuple[int, int], snap_compare: Compare) -> None:
    empty = material.services(tmp_path)
    try:
        assert snap_compare(PptuiApp(empty), terminal_size=size)
    finally:
        empty.close()


def test_episode(app: PptuiApp, services: Services, size: tuple[int, int], snap_compare: Compare) -> None:
    async def go(pilot: Pilot[Any]) -> None:
        bread = services.podcast("The Bread Podcast")
        episode = services.catalogue.find(bread.id, 5)
        assert episode is not None
        app.open_episode(episode)
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, EpisodeScreen)
        while screen.detail is None:
            await pilot.pause()
        await pilot.press("j")

    assert snap_compare(app, terminal_size=size, run_before=go)
