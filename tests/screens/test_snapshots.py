"""What both screens look like.

After a wanted change: `./scripts/test --snapshot-update`, and look at the pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from pptui.app import PptuiApp
from pptui.screens.arrange import ArrangeScreen
from pptui.screens.episode import EpisodeScreen
from pptui.screens.question import QuestionScreen
from pptui.screens.search import SearchScreen
from pptui.services import Services
from pptui.widgets.hit_list import HitList
from tests import material
from tests.screens.test_library import until

SIZES = [(80, 24), (120, 36), (200, 50)]
Compare = Callable[..., bool]

pytestmark = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


@pytest.fixture
def app(services: Services) -> PptuiApp:
    return PptuiApp(services)


def test_the_library_shows_lists_podcasts_and_episodes(
    app: PptuiApp, size: tuple[int, int], snap_compare: Compare
) -> None:
    async def go(pilot: Pilot[Any]) -> None:
        await pilot.pause()
        app.screen.set_focus(app.screen.query_one("#sidebar"))
        await pilot.press("G", "l", "j")

    assert snap_compare(app, terminal_size=size, run_before=go)


def test_a_podcast_that_failed_says_why_and_what_to_press(
    app: PptuiApp, size: tuple[int, int], snap_compare: Compare
) -> None:
    async def go(pilot: Pilot[Any]) -> None:
        await pilot.pause()
        app.screen.set_focus(app.screen.query_one("#sidebar"))
        await pilot.press("G", "k")

    assert snap_compare(app, terminal_size=size, run_before=go)


def test_the_order_and_the_filter_of_a_list_are_beside_it(
    app: PptuiApp, size: tuple[int, int], snap_compare: Compare
) -> None:
    async def go(pilot: Pilot[Any]) -> None:
        await pilot.pause()
        app.screen.set_focus(app.screen.query_one("#sidebar"))
        await pilot.press("G", "k", "k", "l", "f")
        await until(pilot, lambda: isinstance(app.screen, ArrangeScreen))
        await pilot.press("j", "j", "enter", "j", "j", "j", "j", "enter")

    assert snap_compare(app, terminal_size=size, run_before=go)


def test_what_can_not_be_saved_stands_above_the_player(
    app: PptuiApp, services: Services, size: tuple[int, int], snap_compare: Compare
) -> None:
    async def go(pilot: Pilot[Any]) -> None:
        assert services.library.flush()
        services.paths.library.with_name(".library.json.new").mkdir()
        app.services.library.set_setting("volume", 80.0)
        assert not services.library.flush()
        await until(pilot, lambda: app.unsaved != "")
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
        await until(pilot, lambda: "enter" in str(app.screen.query_one("#dialog-keys", Static).content))

    try:
        assert snap_compare(app, terminal_size=size, run_before=go)
    finally:
        services.paths.library.with_name(".library.json.new").rmdir()


def test_an_empty_library_says_how_to_begin(
    tmp_path: Path, size: tuple[int, int], snap_compare: Compare
) -> None:
    empty = material.services(tmp_path)
    try:
        assert snap_compare(PptuiApp(empty), terminal_size=size)
    finally:
        empty.close()


def test_an_episode_shows_its_notes_and_chapters_before_it_is_played(
    app: PptuiApp, services: Services, size: tuple[int, int], snap_compare: Compare
) -> None:
    async def go(pilot: Pilot[Any]) -> None:
        bread = services.podcast("The Bread Podcast")
        episode = material.nth(services, bread.id, 5)
        app.open_episode(episode)
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, EpisodeScreen)
        await until(pilot, lambda: screen.detail is not None)
        await pilot.press("j")

    assert snap_compare(app, terminal_size=size, run_before=go)


def test_a_search_shows_where_it_found_the_words(
    app: PptuiApp, size: tuple[int, int], snap_compare: Compare
) -> None:
    async def go(pilot: Pilot[Any]) -> None:
        await pilot.press("slash", *"water")
        await until(pilot, lambda: isinstance(app.screen, SearchScreen))
        hits = app.screen.query_one(HitList)
        await until(pilot, lambda: any(hit.at is not None for hit in hits.hits))
        *_, last = app.services.search("water")
        await until(pilot, lambda: tuple(hits.hits) == last.hits)
        await pilot.press("down")

    assert snap_compare(app, terminal_size=size, run_before=go)
