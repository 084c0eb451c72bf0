"""The keys are listed once each, as the README writes them, and work in their own list too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from pptui import demo
from pptui.app import PptuiApp
from pptui.feeds.outcome import Outcome
from pptui.screens.episode import EpisodeScreen
from pptui.screens.news import NewsScreen
from pptui.services import Services
from pptui.widgets.page import Page
from tests.screens.test_library import opened, until

README = Path(__file__).parents[2] / "README.md"


async def listed(app: PptuiApp, pilot: Pilot[int]) -> list[tuple[str, str]]:
    """The lines of the help: keys, and what they do."""
    await pilot.press("question_mark")
    await until(pilot, lambda: bool(app.screen.query(Page)))
    lines = str(app.screen.query_one("#help Static", Static).content).splitlines()
    return [(line[2:24].strip(), line[24:]) for line in lines if line.startswith("  ")]


async def test_help_lists_each_action_once_in_the_words_of_the_readme(services: Services) -> None:
    rows = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    written = {key for row in rows for key in re.findall(r"`([^`]+)`", row)}
    async with opened(services) as (app, pilot):
        library = await listed(app, pilot)
        await pilot.press("escape")
        app.open_episode(demo.episode())
        await until(pilot, lambda: isinstance(app.screen, EpisodeScreen))
        for shown in (library, await listed(app, pilot)):
            said = [what for _, what in shown]
            assert len(set(said)) == len(said)
            assert not {"Focus Next", "palette"} & set(said)
            assert {"ctrl+d", "enter", "PgDn", "tab", "ctrl+p", "q ctrl+q"} <= {keys for keys, _ in shown}
            unknown = {key for keys, _ in shown for key in keys.split()} - written
            assert unknown <= {"home", "end", "ctrl+q", *"2345678"}


@pytest.mark.parametrize("key", ["?", "!"])
async def test_the_keys_of_every_list_move_about_in_long_texts(services: Services, key: str) -> None:
    async with opened(services, size=(80, 24)) as (app, pilot):
        if key == "?":
            await pilot.press("question_mark")
        else:
            outcomes = [Outcome(str(n), f"Podcast {n}", error="gone") for n in range(90)]
            app.open_window(NewsScreen(outcomes))
        await until(pilot, lambda: bool(app.screen.query(Page)))
        page = app.screen.query_one(Page)
        await until(pilot, lambda: page.max_scroll_y > 20)

        async def at(key: str) -> float:
            await pilot.press(key)
            await pilot.pause()
            return page.scroll_offset.y

        half = page.size.height // 2
        assert [await at(key) for key in ("j", "k", "ctrl+d", "ctrl+u")] == [1, 0, half, 0]
        assert [await at(key) for key in ("G", "g")] == [page.max_scroll_y, 0]
        assert [await at(key) for key in ("pagedown", "pageup")] == [page.size.height, 0]


async def test_ctrl_c_quits_where_what_the_mouse_went_over_can_not_be_copied(services: Services) -> None:
    async with opened(services) as (app, pilot):
        app.copy_to_clipboard("mine")
        await pilot.mouse_down("#episodes", offset=(3, 1))
        await pilot.hover("#episodes", offset=(20, 3))
        await pilot.mouse_up("#episodes", offset=(20, 3))
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert app.return_code == 0 and app.clipboard == "mine"
