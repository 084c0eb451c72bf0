"""A library of 60,000 episodes: what is read for it is counted, not timed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from pptui.app import PptuiApp
from pptui.episodes.lists import NEW, View
from pptui.models import Progress
from pptui.paths import Paths
from pptui.screens.library import LibraryScreen
from pptui.services import Services
from pptui.store.selection import Filter, Sort
from pptui.widgets.episode_list import EpisodeList
from pptui.widgets.sidebar import Sidebar
from tests import material
from tests.screens.test_library import library, opened, until

PODCASTS, EPISODES = 200, 300


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    services = material.big(tmp_path_factory.mktemp("big"), PODCASTS, EPISODES, "new_days = 100000")
    services.close()
    return services.paths


@pytest.fixture
def big(made: Paths) -> Iterator[Services]:
    services = Services(made)
    yield services
    services.lists.arrange(NEW, View())
    services.close()


@contextmanager
def read_by(reader: sqlite3.Connection) -> Iterator[list[int]]:
    """Statements, and hundreds of SQLite's own steps, that a connection takes."""
    counted = [0, 0]

    def statement(_: str) -> None:
        counted[0] += 1

    def step() -> int:
        counted[1] += 1
        return 0

    reader.set_trace_callback(statement)
    reader.set_progress_handler(step, 100)
    try:
        yield counted
    finally:
        reader.set_trace_callback(None)
        reader.set_progress_handler(None, 0)


def test_the_first_screen_reads_the_same_of_a_library_a_fifth_its_size(big: Services, tmp_path: Path) -> None:
    small = material.big(tmp_path, PODCASTS, EPISODES // 5, "new_days = 100000")
    try:
        taken = []
        for services in (small, big):
            services.open()
            with read_by(services.catalogue._reader) as counted:
                overview = services.overview(NEW, 1000)
                assert len(overview.listing.rows(0, 100)) == 100
            taken.append(counted)
        assert taken[0][0] == taken[1][0]
        assert abs(taken[0][1] - taken[1][1]) <= 0.02 * taken[1][1]
    finally:
        small.close()


@pytest.mark.parametrize(
    "view", [View(), View(Sort.TITLE), View(Sort.SHORTEST, Filter.UNPLAYED)], ids=lambda view: view.sort
)
async def test_a_key_reads_a_page_at_the_most_wherever_it_goes(big: Services, view: View) -> None:
    big.lists.arrange(NEW, view)
    async with opened(big) as (app, pilot):
        screen = library(app)
        screen.query_one(Sidebar).select(NEW)
        episodes = screen.query_one(EpisodeList)
        await until(pilot, lambda: episodes.count == PODCASTS * EPISODES)
        await until(pilot, lambda: not screen._filling)
        app._looking = True  # what it reads every other second is not of the keys
        screen.set_focus(episodes)
        steps = []
        for key in ("j", "pagedown", "G", "k", "g", "G", "ctrl+u", "pageup", "g"):
            with read_by(big.catalogue._reader) as counted:
                await pilot.press(key)
            assert counted[0] <= 1, f"{key}: {counted[0]} statements"
            steps.append(counted[1])
        assert max(steps) < 150, steps
        episodes.move_to(30_050, by_user=True)
        await pilot.pause()
        here = episodes.here
        with read_by(big.catalogue._reader) as counted:
            await pilot.resize_terminal(80, 24)
            await pilot.pause()
        assert counted[0] == 0
        assert here is not None and episodes.here is here


async def in_a_podcast(app: PptuiApp, pilot: Pilot[int]) -> LibraryScreen:
    screen = library(app)
    await until(pilot, lambda: not screen._filling)
    screen.query_one(Sidebar).select("p7")
    await until(pilot, lambda: screen._shown is not None and screen._shown.place == "p7")
    return screen


async def test_a_long_list_is_there_at_once_and_its_end_soon_after(big: Services) -> None:
    async with opened(big) as (app, pilot):
        screen = await in_a_podcast(app, pilot)
        sidebar, episodes = screen.query_one(Sidebar), screen.query_one(EpisodeList)
        screen.set_focus(episodes)
        sidebar.select(NEW)
        screen._follow_sidebar()
        begun = episodes.count
        assert 100 < begun < PODCASTS * EPISODES
        episodes.action_to(-1)  # before the rest is there
        assert episodes.cursor == begun - 1
        await until(pilot, lambda: episodes.count == PODCASTS * EPISODES)
        assert episodes.cursor == PODCASTS * EPISODES - 1
        assert episodes.here is not None and episodes.here.episode.title == "T 1"


async def test_rows_stay_until_a_long_list_is_sorted_and_keys_are_about_them(big: Services) -> None:
    big.lists.arrange(NEW, View(Sort.TITLE))
    async with opened(big) as (app, pilot):
        screen = await in_a_podcast(app, pilot)
        sidebar, episodes = screen.query_one(Sidebar), screen.query_one(EpisodeList)
        sidebar.select(NEW)
        screen._follow_sidebar()
        assert episodes.count == EPISODES and screen.chosen is not None
        assert screen.chosen.podcast == "p7"
        await until(pilot, lambda: episodes.count == PODCASTS * EPISODES)
        assert episodes.cursor == 0 and screen.chosen.title == "T 1"


async def test_a_long_list_that_has_to_be_sorted_is_awaited_at_the_start(big: Services) -> None:
    big.lists.arrange(NEW, View(Sort.TITLE))
    async with opened(big) as (app, pilot):
        screen = library(app)
        assert screen._place == NEW and not screen.query_one("#nothing").display
        await until(pilot, lambda: screen.query_one(EpisodeList).count == PODCASTS * EPISODES)
        assert screen.focused is screen.query_one(EpisodeList)
        assert screen.chosen is not None and screen.chosen.title == "T 1"


async def test_what_comes_in_above_moves_neither_cursor_nor_rows(big: Services) -> None:
    async with opened(big) as (app, pilot):
        screen = library(app)
        screen.query_one(Sidebar).select(NEW)
        episodes = screen.query_one(EpisodeList)
        await until(pilot, lambda: episodes.count == PODCASTS * EPISODES and not screen._filling)
        screen.set_focus(episodes)
        episodes.move_to(500, by_user=True)
        await pilot.pause()
        here, line = episodes.here, episodes.cursor - episodes.scroll_offset.y
        assert here is not None
        first = episodes.row(3)
        assert first is not None
        # One above is begun, by this or another process, and no longer new.
        big.catalogue.heard_changed({first.episode.id: Progress(position=9.0)})
        screen.refill()
        await until(pilot, lambda: episodes.count == PODCASTS * EPISODES - 1)
        assert episodes.here is not None and episodes.here.episode == here.episode
        assert episodes.cursor == 499 and episodes.cursor - episodes.scroll_offset.y == line


async def test_what_is_asked_for_while_a_list_is_read_is_not_forgotten(big: Services) -> None:
    async with opened(big) as (app, pilot):
        screen = library(app)
        await until(pilot, lambda: not screen._filling)
        sidebar, episodes = screen.query_one(Sidebar), screen.query_one(EpisodeList)
        for place in (NEW, "p3", NEW, "p4", NEW, "p5"):
            sidebar.select(place)
            screen._follow_sidebar()
            screen.refill()
        await until(pilot, lambda: not screen._filling)
        row = episodes.row(0)
        assert row is not None and row.episode.podcast == "p5" and episodes.count == EPISODES
