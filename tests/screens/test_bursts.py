"""What is typed in one burst does what it would have done typed slowly, in its order."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.events import Event, Key, Paste
from textual.keys import key_to_character
from textual.pilot import Pilot
from textual.scroll_view import ScrollView
from textual.widgets import Input

from pptui.app import PptuiApp
from pptui.screens import turns
from pptui.screens.add import AddScreen
from pptui.screens.driver import Parser
from pptui.screens.help import HelpScreen
from pptui.screens.library import LibraryScreen
from pptui.screens.question import QuestionScreen
from pptui.services import Services
from pptui.widgets.rows import RowList
from tests import material
from tests.screens.test_library import opened, until
from tests.terminal import Terminal, home

TITLES = ("Foxes in the dark", "Food for owls", "Bread and salt", "Sourdough", "The oven", "Rye")


def fill(services: Services, folder: Path) -> None:
    """Twenty-four episodes of one podcast, which was heard of in one episode, and one of another."""
    items = [material.item(number, title) for number, title in enumerate(TITLES * 4, 1)]
    material.add(services, folder, "bread.xml", material.feed("The Bread Podcast", items))
    material.add(services, folder, "one.xml", material.feed("Alone", [material.item(1, "The only one")]))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    environment = home(tmp_path)
    made = Services(
        material.Paths(*(tmp_path / name / "pptui" for name in ("config", "data", "cache", "state")))
    )
    fill(made, tmp_path)
    (tmp_path / "more.xml").write_text(
        material.feed("Some More", [material.item(1, "Another")]), encoding="utf-8"
    )
    made.close()
    with Terminal([], environment) as one:
        one.wait("Quit")
        yield one


# In a real terminal, each burst in one write.


def test_enter_after_words_opens_the_first_that_was_found_by_all_of_them(terminal: Terminal) -> None:
    terminal.burst("/", "rye", "enter")
    terminal.wait(r"Rye\s*\n.*2021(.|\n)*Chapters · 5")


def test_backspace_arrows_and_words_are_one_after_the_other(terminal: Terminal) -> None:
    terminal.burst("/", "foxy", "backspace", "left", "left", "x", "backspace", "down", "enter")
    terminal.wait(r"Foxes in the dark\s*\n.*2021(.|\n)*Chapters · 5")
    terminal.burst("escape", "escape", "/", "brd", "left", "ea", "enter")
    terminal.wait(r"Bread and salt\s*\n.*2021(.|\n)*Chapters · 5")


def test_an_address_and_enter_add_a_podcast(terminal: Terminal, tmp_path: Path) -> None:
    terminal.burst("a", str(tmp_path / "more.xml"), "enter")
    terminal.wait("Added: Some More")
    terminal.wait("Another")


def test_a_paste_goes_into_the_line_that_was_opened_before_it(terminal: Terminal) -> None:
    terminal.burst("/", "\x1b[200~sour\x1b[201~", "dou", "enter")
    terminal.wait(r"Sourdough\s*\n.*2021(.|\n)*Chapters · 5")


def test_help_closed_in_the_same_burst_leaves_the_next_key_to_the_list(terminal: Terminal) -> None:
    terminal.burst("?", "escape", "l", "/", "slow", "escape", "?")
    terminal.wait("Play/pause(.|\n)*Half a page up")
    terminal.burst("escape", "/")
    terminal.wait("Finds words|Search *slow")


def test_a_filter_is_chosen_in_one_burst(terminal: Terminal) -> None:
    terminal.burst("f", "down", "enter", "escape", "?")
    terminal.wait("Half a page up")
    terminal.press("escape")
    terminal.wait("oldest first")


def test_a_slash_after_a_slash_is_typed(terminal: Terminal) -> None:
    terminal.burst("//")
    terminal.wait(r"Search */")


@pytest.mark.parametrize(
    ("parts", "keys"),
    [
        (["?\x1bj"], "question_mark escape j"),
        (["\x1b", "J"], "escape J"),
        (["a\x1b\r\x1b/\x1b\x1b[A"], "a escape enter escape slash escape up"),
        (["?\x1bf1"], "question_mark escape f 1"),
        (["?\x1b]j"], "question_mark escape right_square_bracket j"),
        (["\x1bf"], "ctrl+right"),
        (["\x1bxj\x1b[A"], "alt+x j up"),
        (["\x1bj" * 20], "escape j " * 20),
        (["\x1b[<35;1;1m\x1bOA\x1b[1;3A"], "up alt+up"),
    ],
)
def test_escape_and_what_comes_with_it_are_two_keys(parts: list[str], keys: str) -> None:
    parser = Parser({"alt+x"})
    events = [event for part in parts for event in parser.feed(part)]
    assert [event.key for event in events if isinstance(event, Key)] == keys.split()


# Questions, and what never comes.


async def unsaved(app: PptuiApp, pilot: Pilot[int]) -> None:
    services = app.services
    assert services.library.flush()
    services.paths.library.with_name(".library.json.new").mkdir()
    services.library.set_setting("volume", 80.0)
    assert not services.library.flush()
    await until(pilot, lambda: app.unsaved != "")


async def test_a_yes_typed_before_the_question_was_seen_is_none(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await unsaved(app, pilot)
        burst(app, "q", "y", "enter", "j", "y")
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
        await until(pilot, lambda: not busy(app))
        assert isinstance(app.screen, QuestionScreen) and app.return_value is None
        burst(app, "escape")
        await until(pilot, lambda: isinstance(app.screen, LibraryScreen))
        burst(app, "q", "n", "question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        burst(app, "escape", "q")
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
        await until(pilot, lambda: app.screen._answerable < time.monotonic())
        burst(app, "y")
        await until(pilot, lambda: app.return_value == 0)
    services.paths.library.with_name(".library.json.new").rmdir()


async def test_keys_are_not_kept_for_ever(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    longest = turns._LONGEST
    async with opened(services) as (app, pilot):
        monkeypatch.setattr(turns, "_LONGEST", 0.05)
        over = app.hold_keys()
        burst(app, "question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        monkeypatch.setattr(turns, "_LONGEST", longest)
        over()
        burst(app, "escape", "slash", "x", "y")
        await until(pilot, lambda: typed(app) == "xy")


async def test_an_episode_is_opened_and_its_third_chapter_played(services: Services) -> None:
    played: list[tuple[str, float | None]] = []
    async with opened(services) as (app, pilot):
        app.listen = lambda episode, _=None, at=None: played.append((episode.title, at))  # type: ignore[method-assign]
        burst(app, "h", "G", "l", "enter", "3", "escape", "question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
    assert [at for _, at in played] == [720.0]


async def test_a_screen_that_the_program_opens_is_typed_in_when_it_is_there(services: Services) -> None:
    async with opened(services) as (app, pilot):
        app.push_screen(AddScreen())
        burst(app, "a", "b", "left", "c")
        await until(pilot, lambda: typed(app) == "acb")


# Whatever is typed.

KEYS = (
    *((sign, sign) for sign in "jkgGhlmMucf3bred"),
    *(
        (name, None)
        for name in ("down", "up", "left", "right", "home", "end", "pagedown", "pageup", "shift+tab")
    ),
    *((("enter", "\r"),) * 3),
    *((("escape", "\x1b"),) * 3),
    *((("slash", "/"),) * 2),
    ("question_mark", "?"),
    ("exclamation_mark", "!"),
    ("L", "L"),
    ("backspace", "\x7f"),
    ("tab", "\t"),
    ("ctrl+d", "\x04"),
    ("ctrl+u", "\x15"),
    ("left_curly_bracket", "{"),
    ("a", "a"),
    ("space", " "),
    None,
)
"""Keys of every screen, and None for a paste; not those that quit or ask a server."""


def event(key: tuple[str, str | None] | None) -> Event:
    return Paste("bre") if key is None else Key(*key)


def burst(app: PptuiApp, *keys: str) -> None:
    for key in keys:
        app.post_message(Key(key, key_to_character(key)))


def typed(app: PptuiApp) -> str:
    lines = app.screen.query(Input)
    return lines.first().value if lines else ""


def busy(app: PptuiApp) -> bool:
    behind = [one for one in threading.enumerate() if "(run)" in one.name]
    return bool(app._kept or app._under_way or app._holds or behind)


async def idle(app: PptuiApp, pilot: Pilot[int]) -> None:
    for _ in range(2):
        await pilot.pause()
        await until(pilot, lambda: not busy(app))


def state(app: PptuiApp, done: list[Any]) -> list[Any]:
    """Screens, focus, cursors, what is typed and scrolled, what is marked and was done."""
    told: list[Any] = [app.playback.speed, app.playback.volume, *done]
    for screen in app.screen_stack:
        told.append((type(screen).__name__, screen.focused.id if screen.focused else None))
        for widget in screen.query("*"):
            if isinstance(widget, RowList):
                told.append((widget.id, widget.count, widget.cursor, widget.scroll_offset.y, widget.display))
            elif isinstance(widget, ScrollView):
                told.append((widget.id, widget.scroll_offset.y))
            elif isinstance(widget, Input):
                told.append((widget.id, widget.value, widget.cursor_position))
    for podcast in app.services.podcasts():
        rows = app.services.lists.open(podcast.id).every()
        told.append([row.episode.title for row in rows if row.progress.played])
    return told


async def after(folder: Path, keys: list[Any], *, at_once: bool) -> list[Any]:
    services = material.services(folder)
    fill(services, folder)
    done: list[Any] = []
    try:
        async with opened(services) as (app, pilot):
            app.listen = lambda episode, _=None, at=None: done.append((episode.title, at))  # type: ignore[method-assign]
            app.refresh_podcasts = lambda ids: done.append(ids and len(ids))  # type: ignore[method-assign]
            # How far the counting has come depends on time.
            app.count_chapters = lambda: None  # type: ignore[method-assign]
            await idle(app, pilot)
            for key in keys:
                app.post_message(event(key))
                if not at_once:
                    await idle(app, pilot)
            await idle(app, pilot)
            return state(app, done)
    finally:
        services.close()


@pytest.mark.parametrize("seed", range(1))
async def test_a_burst_of_any_keys_ends_where_the_same_keys_end_one_by_one(tmp_path: Path, seed: int) -> None:
    keys = random.Random(seed).choices(KEYS, k=20)
    assert await after(tmp_path / "burst", keys, at_once=True) == await after(
        tmp_path / "slow", keys, at_once=False
    )
