"""The library screen through Textual's Pilot, on real services."""

from __future__ import annotations

import errno
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input, Static

from pptui import demo
from pptui.app import PptuiApp
from pptui.episodes.lists import NEW
from pptui.models import Playback, State
from pptui.screens.add import AddScreen
from pptui.screens.episode import EpisodeScreen
from pptui.screens.help import HelpScreen
from pptui.screens.library import LibraryScreen
from pptui.services import Services
from pptui.widgets.episode_list import EpisodeList
from pptui.widgets.key_line import KeyLine
from pptui.widgets.player_bar import PlayerBar
from pptui.widgets.sidebar import Sidebar
from tests import material
from tests.server import Server


@asynccontextmanager
async def opened(
    services: Services, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[tuple[PptuiApp, Pilot[int]]]:
    app = PptuiApp(services)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await until(pilot, lambda: bool(app.screen.query(EpisodeList)))
        yield app, pilot


async def until(pilot: Pilot[Any], true: Callable[[], bool]) -> None:
    """Let the app go on until something is so."""
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end, (
            f"never so; last said: {[note.message for note in pilot.app._notifications]}"
        )
        await pilot.pause(0.01)


def last_said(app: PptuiApp) -> str:
    return next((note.message for note in reversed(list(app._notifications))), "")


def library(app: PptuiApp) -> LibraryScreen:
    assert isinstance(app.screen, LibraryScreen)
    return app.screen


async def go_to(app: PptuiApp, pilot: Pilot[Any], title: str) -> EpisodeList:
    """The list of a podcast, with the focus in it."""
    screen = library(app)
    screen.query_one(Sidebar).select(app.services.podcast(title).id)
    await pilot.pause()
    await pilot.press("l")
    return screen.query_one(EpisodeList)


async def test_marking_all_played_can_be_taken_back(services: Services) -> None:
    async with opened(services) as (app, pilot):
        episodes = await go_to(app, pilot, "The Bread Podcast")
        await pilot.press("M")
        await until(pilot, lambda: "5 episodes" in last_said(app))
        rows = [episodes.row(at) for at in range(episodes.count)]
        assert all(row is not None and row.progress.played for row in rows)
        assert services.podcast("The Bread Podcast").unplayed == 0
        await pilot.press("u")
        rows = [episodes.row(at) for at in range(episodes.count)]
        assert not any(row is not None and row.progress.played for row in rows)
        assert services.podcast("The Bread Podcast").unplayed == 5


async def test_one_episode_is_marked_played_and_unplayed(services: Services) -> None:
    async with opened(services) as (app, pilot):
        episodes = await go_to(app, pilot, "The Bread Podcast")
        await pilot.press("j", "m")
        played = [row.progress.played for at in range(5) if (row := episodes.row(at))]
        assert played == [False, True, False, False, False]
        await pilot.press("m")
        assert services.podcast("The Bread Podcast").unplayed == 5


async def test_a_podcast_that_was_never_fetched_says_what_fetches_it(tmp_path: Path) -> None:
    services = material.services(tmp_path)
    material.add(services, tmp_path, "a.xml", material.feed("Talks", [material.item(1, "One")]))
    services.close()
    for left in services.paths.cache.iterdir():
        left.unlink()
    services = Services(services.paths)
    async with opened(services) as (app, pilot):
        library(app).query_one(Sidebar).select(services.podcast("Talks").id)
        nothing = app.screen.query_one("#nothing", Static)
        await until(
            pilot, lambda: str(nothing.content) == "Nothing was fetched yet. r refreshes this podcast."
        )
        await pilot.press("r")
        await until(pilot, lambda: last_said(app) == "0 new episodes · 1 list filled again")
        await until(pilot, lambda: not nothing.display)
    services.close()


async def test_unsubscribing_can_be_taken_back(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await go_to(app, pilot, "The Bread Podcast")
        library(app).unsubscribe()
        assert [podcast.title for podcast in services.podcasts()] == [
            "One Talk [/] with 漢字 in its name",
            "Podcast That Failed",
        ]
        await pilot.press("u")
        assert services.podcast("The Bread Podcast").episodes == 5


async def test_episodes_of_a_dropped_podcast_are_not_new(tmp_path: Path) -> None:
    services = material.services(tmp_path, "new_days = 100000")
    material.add(services, tmp_path, "a.xml", material.feed("Dropped", [material.item(1, "One")]))
    try:
        async with opened(services) as _:
            assert services.lists.total(NEW) == 1
            services.remove(services.podcast("Dropped").id)
            assert services.lists.total(NEW) == 0
            assert list(services.lists.open(NEW).every()) == []
            services.keeping.undo()
            assert services.lists.total(NEW) == 1
    finally:
        services.close()


async def test_a_refresh_shows_how_far_it_is_and_what_failed(tmp_path: Path) -> None:
    services = material.services(tmp_path)
    with Server() as server:
        for number in range(3):
            server.add(
                f"/{number}.xml", material.feed(f"Podcast {number}", [material.item(1, "One")]).encode()
            )
            services.add(server.url(f"/{number}.xml"))
        items = [material.item(1, "One"), material.item(2, "Two")]
        server.add("/1.xml", material.feed("Podcast 1", items).encode())
        server.add("/2.xml", b"gone", status=404)
        try:
            async with opened(services) as (app, pilot):
                status: list[str] = []
                show = app.show_status
                app.show_status = lambda line: (status.append(line), show(line))[1]  # type: ignore[method-assign]
                await pilot.press("R")
                await until(pilot, lambda: bool(services.podcast("Podcast 2").error))
                await until(pilot, lambda: "1 new episode" in last_said(app))
                assert [line.strip() for line in status] == [
                    *(f"{done} of 3 refreshed" for done in range(4)),
                    "",
                ]
                assert services.podcast("Podcast 1").episodes == 2
                assert "404" in services.podcast("Podcast 2").error
                await go_to(app, pilot, "Podcast 2")
                assert "r tries again" in str(library(app).query_one("#head", Static).content)
                server.add("/2.xml", material.feed("Podcast 2", [material.item(1, "One")]).encode())
                await pilot.press("r")
                await until(pilot, lambda: not services.podcast("Podcast 2").error)
        finally:
            services.close()


async def test_a_feed_that_cannot_be_added_says_why_and_keeps_what_was_typed(services: Services) -> None:
    async with opened(services) as (app, pilot):
        with Server() as server:
            server.add("/feed.xml", b"<html><body>No feed here</body></html>", content_type="text/html")
            await pilot.press("a")
            await until(pilot, lambda: isinstance(app.screen, AddScreen))
            field = app.screen.query_one(Input)
            field.value = server.url("/feed.xml")
            await pilot.press("enter")
            said = app.screen.query_one("#dialog-said", Static)
            await until(pilot, lambda: said.has_class("failed"))
            assert "web page" in str(said.content)
            assert field.value == server.url("/feed.xml")
            await pilot.press("escape")
            assert isinstance(app.screen, LibraryScreen)


async def test_a_fault_while_a_podcast_is_added_is_said_in_a_line_and_logged(
    services: Services, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fault(*_: object) -> NoReturn:
        raise LookupError("here")

    monkeypatch.setattr(services, "add", fault)
    async with opened(services) as (app, pilot):
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, AddScreen))
        app.screen.query_one(Input).value = "https://example.org/feed.xml"
        await pilot.press("enter")
        said = app.screen.query_one("#dialog-said", Static)
        await until(pilot, lambda: said.has_class("failed"))
        assert str(said.content) == "a fault of pptui's own (LookupError): the log has it"
    told = capfd.readouterr().err
    assert "Traceback" in told and "LookupError: here" in told


async def test_what_another_pptui_adds_appears_by_itself(services: Services, tmp_path: Path) -> None:
    async with opened(services) as (app, pilot):
        other = Services(services.paths)
        material.add(other, tmp_path, "late.xml", material.feed("A Late One", [material.item(1, "One")]))
        other.close()
        places = library(app).query_one(Sidebar)
        await until(pilot, lambda: "A Late One" in [place.label for place in places._places])
        assert services.podcast("A Late One").episodes == 1


async def test_what_another_pptui_does_is_looked_for_again_where_that_failed(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[bool] = []
    look_abroad = services.keeping.look_abroad

    def fails_once() -> bool:
        looked.append(True)
        if len(looked) == 1:
            raise OSError(errno.EIO, "Input/output error")
        return look_abroad()

    async with opened(services) as (app, pilot):
        monkeypatch.setattr(services.keeping, "look_abroad", fails_once)
        app._look_abroad()
        await until(pilot, lambda: "OSError" in last_said(app))
        app._look_abroad()
        await until(pilot, lambda: len(looked) > 1)


async def test_a_new_volume_is_kept_a_moment_later(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pptui.listening._KEEP_AFTER", 0.01)
    async with opened(services) as (_, pilot):
        await pilot.press("-")
        await until(pilot, lambda: services.playback().volume == 95.0)
        await pilot.press("-")
        await until(pilot, lambda: services.playback().volume == 90.0)


async def test_many_presses_for_the_volume_are_kept_as_one_also_where_quitting_comes_at_once(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pptui.listening._KEEP_AFTER", 3600)
    kept: list[tuple[str, object]] = []
    keep = services.library.set_setting

    def counted(key: str, value: object) -> None:
        kept.append((key, value))
        keep(key, value)

    monkeypatch.setattr(services.library, "set_setting", counted)
    async with opened(services) as (_, pilot):
        await pilot.press(*"----]")
        assert kept == []
        await pilot.press("q")
    assert kept == [("speed", services.playback().speed), ("volume", 80.0)]
    assert services.playback().speed > 1.0 and services.playback().volume == 80.0


async def test_titles_that_look_like_markup_are_shown_as_they_are(services: Services) -> None:
    async with opened(services) as (app, pilot):
        episodes = await go_to(app, pilot, "The Bread Podcast")
        strange = next(
            at for at in range(5) if (row := episodes.row(at)) and row.episode.title.startswith("[/]")
        )
        episodes.move_to(strange, by_user=True)
        await pilot.press("m", "y", "p", "enter")
        await until(pilot, lambda: isinstance(app.screen, EpisodeScreen))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("escape", "ctrl+p")
        await pilot.pause()
        assert app.is_running


async def test_every_key_named_in_the_documentation_exists(services: Services) -> None:
    from pptui import keys

    documented = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", documented, re.MULTILINE))
    assert rows == keys.names(PptuiApp)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('nothing = "x"', "there is no such action"),
        ('help = "no_such_key"', "is not a key"),
        ('help = "a"', "a is both"),
    ],
)
async def test_a_mistake_in_the_key_settings_is_reported(tmp_path: Path, line: str, said: str) -> None:
    services = material.services(tmp_path, f"[keys]\n{line}")
    try:
        app = PptuiApp(services)
        assert any(said in problem for problem in app.said_before)
    finally:
        services.close()


async def test_a_key_can_be_changed(tmp_path: Path) -> None:
    services = material.services(tmp_path, '[keys]\nhelp = "f1,H"')
    try:
        async with opened(services) as (app, pilot):
            await pilot.press("H")
            await until(pilot, lambda: isinstance(app.screen, HelpScreen))
    finally:
        services.close()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('retry = "m"', ["m is both retry and mark"]),  # which a screen would swallow
        ('chapter_next = "n,?"', ["? is both chapter_next and help"]),
        ('refresh = "p"', ["p is both play and refresh"]),
        ('louder = "J,down"', ["down is both louder and down", "down is both louder and search_down"]),
        ('help = "a"\nadd = "question_mark"', []),
        ('toggle = "z,space"\npane_left = "left,h"', ["left is both back_10 and pane_left"]),
        ('suspend = "z"', ["suspend: z is needed for typing"]),
        # Never at the same time: while it is asked, only yes and no can be pressed.
        ('chapter_next = "full_stop,n"\nanswer_yes = "m"', []),
    ],
)
def test_each_two_that_one_key_would_do_are_named_and_no_others(
    tmp_path: Path, settings: str, said: list[str]
) -> None:
    services = material.services(tmp_path, f"[keys]\n{settings}")
    try:
        assert sorted(PptuiApp(services).mistakes) == [f"[keys] {line}" for line in said]
    finally:
        services.close()


async def test_many_mistakes_in_the_settings_leave_the_screen_to_be_seen(tmp_path: Path) -> None:
    services = material.services(tmp_path, 'one = 1\ntwo = 2\nthree = 3\n[keys]\nhelp = "a"')
    try:
        async with opened(services) as (app, pilot):
            await until(pilot, lambda: bool(app._notifications))
            (said,) = (note.message for note in app._notifications)
            assert "'one' is not a setting" in said and "3 more" in said and "pptui doctor" in said
            assert len(app.mistakes) == 4
    finally:
        services.close()


async def test_a_click_on_what_plays_pauses_it_whatever_its_key_is(tmp_path: Path) -> None:
    services = material.services(tmp_path, '[keys]\ntoggle = "z"')
    try:
        async with opened(services) as (app, pilot):
            app.listen(demo.episode(), at=946.0)
            await until(pilot, lambda: app.playback.state is State.PLAYING)
            await pilot.click(PlayerBar, offset=(10, 0))
            await until(pilot, lambda: app.playback.state is State.PAUSED)
            app.player.close()
    finally:
        services.close()


async def test_marking_what_plays_as_played_lasts(services: Services) -> None:
    async with opened(services) as (app, pilot):
        app.listen(demo.episode(), at=946.0)
        await until(pilot, lambda: app.playback.state is State.PLAYING)
        app.mark([demo.episode()], True)
        await pilot.press("space")
        await pilot.pause()
        assert services.library.progress(demo.EPISODE_ID).played
        app.player.close()
    assert services.library.progress(demo.EPISODE_ID).played


def test_unsubscribing_and_quitting_is_no_fault(services: Services) -> None:
    services.remove(services.podcast("The Bread Podcast").id)
    assert services.close()
    assert services.close()


async def test_the_cursor_stays_on_its_episode_when_a_new_one_comes(tmp_path: Path) -> None:
    services = material.services(tmp_path)
    try:
        items = [material.item(number, f"Talk {number}") for number in (1, 2, 3)]
        file = material.add(services, tmp_path, "a.xml", material.feed("Talks", items))
        async with opened(services) as (app, pilot):
            episodes = await go_to(app, pilot, "Talks")
            await pilot.press("j")
            assert episodes.here is not None and episodes.here.episode.title == "Talk 2"
            with open(file, "w", encoding="utf-8") as feed:  # noqa: ASYNC230 - a moment
                feed.write(material.feed("Talks", [*items, material.item(9, "Talk 9")]))
            await pilot.press("r")
            await until(pilot, lambda: episodes.count == 4)
            assert episodes.here is not None and episodes.here.episode.title == "Talk 2"
    finally:
        services.close()


async def test_while_an_episode_plays_only_its_bar_is_drawn(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    for kind in (EpisodeList, Sidebar, PlayerBar, KeyLine):
        draw = kind.render_line

        def noted(self: Any, y: int, draw: Callable[..., Strip] = draw) -> Strip:
            drawn.append(type(self).__name__)
            return draw(self, y)

        monkeypatch.setattr(kind, "render_line", noted)
    async with opened(services) as (app, pilot):
        episode = demo.episode()
        app.playback = Playback(
            episode=episode, state=State.PLAYING, position=60.0, duration=episode.duration
        )
        await until(pilot, lambda: set(drawn) == {"EpisodeList", "Sidebar", "PlayerBar", "KeyLine"})
        while drawn:
            drawn.clear()
            await pilot.pause(0.05)
        app.playback = app.playback._replace(position=60.5)
        await pilot.pause()
        assert drawn == []
        app.playback = app.playback._replace(position=61.25)
        await pilot.pause()
        assert set(drawn) == {"PlayerBar"}
