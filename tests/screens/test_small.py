"""Terminals with hardly any room: what one chooses from is what is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.geometry import Region

from pptui import demo
from pptui.screens.episode import EpisodeScreen
from pptui.services import Services
from pptui.widgets.chapter_list import ChapterList
from pptui.widgets.choices import Choices
from pptui.widgets.episode_list import EpisodeList
from pptui.widgets.show_notes import ShowNotes
from tests import material
from tests.screens.test_library import opened, until


@pytest.mark.parametrize(("size", "lines"), [((40, 10), 2), ((20, 6), 1)])
async def test_an_empty_library_shows_how_to_begin(tmp_path: Path, size: tuple[int, int], lines: int) -> None:
    services = material.services(tmp_path)
    async with opened(services, size=size) as (app, pilot):
        offers = app.screen.query_one(Choices)
        bar = app.screen.query_one("#player")

        def seen() -> Region:
            return offers.region.intersection(Region(0, 0, size[0], bar.region.y))

        await until(pilot, lambda: seen().height >= lines and seen().width >= 7)
        await pilot.press("G")
        assert offers.cursor == 1 and 0 <= offers.cursor - offers.scroll_offset.y < seen().height
    services.close()


async def test_in_a_tiny_terminal_the_chapters_are_there_and_the_notes_when_one_goes_to_them(
    services: Services,
) -> None:
    async with opened(services, size=(20, 6)) as (app, pilot):
        app.open_episode(demo.episode())
        await until(pilot, lambda: isinstance(app.screen, EpisodeScreen) and app.screen.detail is not None)
        chapters, notes = app.screen.query_one(ChapterList), app.screen.query_one(ShowNotes)
        await until(pilot, lambda: chapters.region.height == 2)
        assert "Intro" in chapters.render_line(0).text
        await pilot.press("h")
        await until(pilot, lambda: notes.region.height > 0)


async def test_in_a_tiny_terminal_no_scroll_bar_takes_room_from_lists_and_keys(services: Services) -> None:
    async with opened(services, size=(20, 6)) as (app, pilot):
        assert app.screen.scrollable_content_region.width == 20
        episodes = app.screen.query_one(EpisodeList)
        assert episodes.region.width >= 7 and episodes.render_line(0).text.strip(" ●…")
        await pilot.press("a")
        await until(pilot, lambda: bool(app.screen.query("#dialog")))
        assert app.screen.scrollable_content_region.width == 20
