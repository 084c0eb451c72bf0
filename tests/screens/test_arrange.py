"""The order of a list and what of it is shown, through Textual's Pilot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from pptui.app import PptuiApp
from pptui.episodes.counting import count
from pptui.episodes.lists import CONTINUE, NEW, View
from pptui.models import Progress
from pptui.screens.arrange import ArrangeScreen
from pptui.screens.library import LibraryScreen
from pptui.services import Services
from pptui.store.selection import Filter, Sort
from pptui.widgets.episode_list import EpisodeList
from pptui.widgets.options import Options
from pptui.widgets.sidebar import Sidebar
from tests import material
from tests.screens.test_library import go_to, last_said, library, opened, until


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = material.big(tmp_path, podcasts=3, episodes=40)
    for number in range(1, 11):
        episode = made.episode(f"e{number}")
        assert episode is not None
        made.library.record(episode, Progress(played=True))
        made.catalogue.heard_changed({episode.id: Progress(played=True)})
    yield made
    made.close()


def titles(episodes: EpisodeList) -> list[str]:
    return [row.episode.title for at in range(episodes.count) if (row := episodes.row(at))]


def text(app: PptuiApp, selector: str) -> str:
    return str(app.screen_stack[0].query_one(selector, Static).content)


async def choose(app: PptuiApp, pilot: Pilot[Any], label: str) -> None:
    """Open the menu, go to what it says with the keyboard, choose it, and leave."""
    await pilot.press("f")
    await until(pilot, lambda: isinstance(app.screen, ArrangeScreen))
    options = app.screen.query_one(Options)
    await pilot.press("g")
    while options._rows[options.cursor][2] != label:
        before = options.cursor
        await pilot.press("j")
        assert options.cursor != before, f"no {label}"
    await pilot.press("enter", "escape")
    await until(pilot, lambda: isinstance(app.screen, LibraryScreen))


async def test_a_list_is_ordered_and_filtered_at_once_and_says_so(services: Services) -> None:
    async with opened(services) as (app, pilot):
        episodes = await go_to(app, pilot, "Podcast 1")
        assert text(app, "#head") == "Podcast 1  Somebody · 40 episodes"
        await choose(app, pilot, "unplayed")
        await until(pilot, lambda: episodes.count == 30)
        assert text(app, "#head") == "Podcast 1  30 of 40 · unplayed"
        await choose(app, pilot, "longest first")
        assert text(app, "#head") == "Podcast 1  30 of 40 · unplayed · longest first"
        lengths = [row.episode.duration or 0 for at in range(30) if (row := episodes.row(at))]
        assert lengths == sorted(lengths, reverse=True)
        await go_to(app, pilot, "Podcast 2")
        assert text(app, "#head") == "Podcast 2  Somebody · 40 episodes"
        assert services.lists.view("p1") == View(Sort.LONGEST, Filter.UNPLAYED)


async def test_the_menu_shows_what_holds_and_each_choice_while_it_is_open(services: Services) -> None:
    services.lists.arrange("p1", View(Sort.OLDEST))
    async with opened(services) as (app, pilot):
        episodes = await go_to(app, pilot, "Podcast 1")
        assert titles(episodes)[:2] == ["T 1", "T 2"]
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, ArrangeScreen))
        options = app.screen.query_one(Options)
        assert options.option(options.cursor) == (0, Sort.OLDEST)
        assert [group.chosen for group in options._groups] == [Sort.OLDEST, Filter.ALL]
        await pilot.press("k", "space")
        assert isinstance(app.screen, ArrangeScreen)
        assert [group.chosen for group in options._groups] == [Sort.NEWEST, Filter.ALL]
        assert titles(episodes)[:2] == ["T 40", "T 39"]
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, LibraryScreen))


async def test_the_menu_is_used_with_the_mouse_alone(services: Services) -> None:
    async with opened(services) as (app, pilot):
        episodes = await go_to(app, pilot, "Podcast 1")
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, ArrangeScreen))
        options = app.screen.query_one(Options)
        oldest = next(at for at, row in enumerate(options._rows) if row[1] == Sort.OLDEST)
        await pilot.click(Options, offset=(6, oldest))
        assert titles(episodes)[0] == "T 1" and isinstance(app.screen, ArrangeScreen)
        await pilot.click(Options, offset=(3, 0))  # a heading is nothing to choose
        assert services.lists.view("p1") == View(Sort.OLDEST) and isinstance(app.screen, ArrangeScreen)
        await pilot.click(offset=(40, 28))
        await until(pilot, lambda: isinstance(app.screen, LibraryScreen))


async def test_the_cursor_stays_on_its_episode_in_another_order(services: Services) -> None:
    async with opened(services) as (app, pilot):
        episodes = await go_to(app, pilot, "Podcast 1")
        await pilot.press(*"jjj")
        assert episodes.here is not None and episodes.here.episode.title == "T 37"
        await choose(app, pilot, "oldest first")
        assert titles(episodes)[0] == "T 1"
        assert episodes.here.episode.title == "T 37" and episodes.cursor == 36
        await choose(app, pilot, "unplayed")
        assert episodes.here.episode.title == "T 37" and episodes.cursor == 26


async def test_a_filter_that_leaves_nothing_says_how_to_see_all_again(services: Services) -> None:
    async with opened(services) as (app, pilot):
        episodes = await go_to(app, pilot, "Podcast 1")
        await choose(app, pilot, "in progress")
        await until(pilot, lambda: not episodes.count)
        said = "Nothing in progress among 40 episodes. f, then enter, shows all again."
        assert text(app, "#nothing") == said and not app.screen.query_one("#beginnings").display
        assert app.screen.query_one("#nothing").region.y < 4
        await pilot.press("j", "G", "p", "m", "enter", "M")
        assert app.screen.focused is episodes and isinstance(app.screen, LibraryScreen)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, ArrangeScreen))
        await pilot.press("enter", "escape")
        await until(pilot, lambda: episodes.count == 40)
        assert episodes.display


async def test_the_key_that_is_named_is_the_one_that_is_bound(tmp_path: Path) -> None:
    services = material.big(tmp_path, 1, 3, config='[keys]\narrange = "v"')
    services.lists.arrange("p1", View(filter=Filter.DOWNLOADED))
    try:
        async with opened(services) as (app, pilot):
            library(app).query_one(Sidebar).select("p1")
            await pilot.pause()
            assert "v, then enter, shows all again" in text(app, "#nothing")
            await pilot.press("v")
            await until(pilot, lambda: isinstance(app.screen, ArrangeScreen))
            await pilot.press("v")
            await until(pilot, lambda: isinstance(app.screen, LibraryScreen))
    finally:
        services.close()


async def test_all_that_a_filtered_list_shows_is_marked_and_nothing_else(services: Services) -> None:
    for number in (45, 46):
        episode = services.episode(f"e{number}")
        assert episode is not None
        services.library.record(episode, Progress(position=9.0))
        services.catalogue.heard_changed({episode.id: Progress(position=9.0)})
    services.lists.arrange("p2", View(filter=Filter.IN_PROGRESS))
    async with opened(services) as (app, pilot):
        episodes = await go_to(app, pilot, "Podcast 2")
        assert titles(episodes) == ["T 6", "T 5"]
        await pilot.press("M")
        await until(pilot, lambda: "2 episodes" in last_said(app))
        assert services.podcast("Podcast 2").unplayed == 38
        await until(pilot, lambda: not episodes.count)
        await pilot.press("u")
        await until(pilot, lambda: episodes.count == 2)


async def test_what_is_marked_leaves_the_filtered_list_and_the_cursor_goes_to_the_next(
    services: Services,
) -> None:
    services.lists.arrange("p1", View(filter=Filter.UNPLAYED))
    async with opened(services) as (app, pilot):
        episodes = await go_to(app, pilot, "Podcast 1")
        await pilot.press("j", "m")
        await until(pilot, lambda: episodes.count == 29)
        assert episodes.here is not None and episodes.here.episode.title == "T 38"


async def test_episodes_with_chapters_are_found_out_behind(services: Services) -> None:
    async with opened(services) as (app, pilot):
        episodes = await go_to(app, pilot, "Podcast 1")
        await choose(app, pilot, "with chapters")
        await until(pilot, lambda: episodes.count == 13)
        assert text(app, "#head") == "Podcast 1  13 of 40 · with chapters"
        await until(pilot, lambda: text(app, "#status") == "")
        assert not services.catalogue.uncounted()


async def test_a_row_tells_how_many_chapters_there_are_where_there_is_room(services: Services) -> None:
    app = PptuiApp(services)
    async with app.run_test(size=(140, 30)) as pilot:
        episodes = await go_to(app, pilot, "Podcast 1")
        assert "≡" not in episodes.render_line(1).text
        count(services.catalogue)
        library(app).refill()
        assert "≡4" in episodes.render_line(1).text and "T 39" in episodes.render_line(1).text
        assert "≡" not in episodes.render_line(0).text
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert "≡" not in episodes.render_line(1).text


@pytest.mark.parametrize("place", [CONTINUE, NEW])
async def test_what_is_true_of_all_or_none_is_not_asked(services: Services, place: str) -> None:
    episode = services.episode("e40")
    assert episode is not None
    services.library.record(episode, Progress(position=3.0))
    async with opened(services) as (app, pilot):
        library(app).query_one(Sidebar).select(place)
        await pilot.pause()
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, ArrangeScreen))
        labels = [label for _, _, label in app.screen.query_one(Options)._rows]
        assert ("last heard first" in labels) == (place == CONTINUE)
        assert "downloaded" in labels and "unplayed" not in labels and "in progress" not in labels
