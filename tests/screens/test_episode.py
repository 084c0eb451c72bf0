"""The episode screen through Textual's Pilot, on real services; what plays is the built-in episode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Static

from pptui import demo
from pptui.app import PptuiApp
from pptui.models import Episode, State
from pptui.screens.episode import EpisodeScreen
from pptui.services import Services
from pptui.widgets.chapter_list import ChapterList
from pptui.widgets.show_notes import ShowNotes
from pptui.widgets.similar_list import SimilarList
from tests import material
from tests.screens.test_library import until


@asynccontextmanager
async def opened(
    services: Services, size: tuple[int, int] = (120, 36), episode: Episode | None = None
) -> AsyncIterator[tuple[PptuiApp, Pilot[int]]]:
    """An episode's screen, of the built-in one if of no other, with its chapters read."""
    app = PptuiApp(services)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        app.open_episode(episode or demo.episode())
        await until(pilot, lambda: isinstance(app.screen, EpisodeScreen) and app.screen.detail is not None)
        yield app, pilot
        app.player.close()


async def test_the_bar_shows_the_chapters_before_anything_plays(services: Services) -> None:
    async with opened(services) as (app, _):
        assert app.playback.episode is None
        assert app.preview.duration == 3120
        assert len(app.preview.chapters) == 19


async def test_the_list_follows_what_plays_unless_the_user_is_moving_in_it(services: Services) -> None:
    async with opened(services) as (app, pilot):
        chapters = app.screen.query_one(ChapterList)
        await pilot.press("5")
        await until(pilot, lambda: app.playback.state is State.PLAYING)
        assert chapters.cursor == 4
        await pilot.press("full_stop")
        await until(pilot, lambda: app.playback.chapter_index == 5)
        assert chapters.cursor == 5
        await pilot.press("g", "full_stop")
        await until(pilot, lambda: app.playback.chapter_index == 6)
        assert chapters.cursor == 0


async def test_a_time_in_the_notes_can_be_followed_by_keyboard(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await pilot.press("h", "G")
        notes = app.screen.query_one(ShowNotes)
        assert app.screen.focused is notes
        await pilot.press("tab")
        target = notes._targets[notes.here]
        assert target.at is not None
        await pilot.press("enter")
        assert target.at <= app.playback.position < target.at + 1


async def test_tab_goes_on_to_the_next_pane_behind_the_last_link(services: Services) -> None:
    async with opened(services, (200, 50)) as (app, pilot):
        await pilot.press("h")
        notes = app.screen.query_one(ShowNotes)
        for _ in range(len(notes._targets)):
            await pilot.press("tab")
            assert app.screen.focused is notes
        await pilot.press("tab")
        assert app.screen.focused is app.screen.query_one(ChapterList)


async def test_a_narrow_terminal_stacks_the_panes_and_a_wide_one_sets_them_side_by_side(
    services: Services,
) -> None:
    async with opened(services, (80, 24)) as (app, pilot):
        left, right = app.screen.query_one("#left").region, app.screen.query_one("#right").region
        assert left.bottom <= right.y and left.x == right.x
        await pilot.resize_terminal(120, 36)
        await pilot.pause()
        left, right = app.screen.query_one("#left").region, app.screen.query_one("#right").region
        assert left.right <= right.x and left.y == right.y


async def test_without_chapters_the_notes_have_the_room_of_a_narrow_terminal(
    services: Services, tmp_path: Path
) -> None:
    one = material.item(1, "No chapters", notes="A paragraph. " * 200)
    material.add(services, tmp_path, "talks.xml", material.feed("Talks", [one]))
    episode = material.nth(services, services.podcast("Talks").id, 1)
    async with opened(services, (80, 24), episode) as (app, pilot):
        await pilot.pause()
        assert app.screen.query_one(ShowNotes).region.height >= 14
        head = app.screen.query_one("#chapters-head").region
        assert head.height == 1 and head.bottom <= app.screen.query_one("PlayerBar").region.y


async def test_a_second_click_on_a_chapter_plays_it(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await pilot.click(ChapterList, offset=(10, 4))
        assert app.playback.episode is None
        await pilot.click(ChapterList, offset=(10, 4))
        assert demo_chapter(app, 4) <= app.playback.position < demo_chapter(app, 4) + 1


def demo_chapter(app: PptuiApp, index: int) -> float:
    return app.screen.query_one(ChapterList).chapters[index].start


async def test_a_chapter_that_is_not_there_is_said_and_nothing_plays(services: Services) -> None:
    async with opened(services) as (app, pilot):
        app.screen.query_one(ChapterList).show(app.screen.query_one(ChapterList).chapters[:3])
        await pilot.press("8")
        assert app.playback.episode is None


async def test_an_episode_heard_to_the_end_begins_anew(services: Services) -> None:
    async with opened(services) as (app, pilot):
        app.listen(demo.episode(), at=3119.0)
        await until(pilot, lambda: app.playback.state is State.ENDED)
        assert services.library.progress(demo.EPISODE_ID).played
        await pilot.press("space")
        await until(pilot, lambda: app.playback.state is State.PLAYING)
        assert app.playback.position < 5


async def test_similar_episodes_of_other_podcasts_are_a_key_away(services: Services, tmp_path: Path) -> None:
    words = "Humpback whales sing for hours; a biologist follows their migration with hydrophones."
    for name in ("Sea Life", "Field Notes"):
        items = [
            material.item(1, f"Whales, says {name}", notes=words),
            material.item(2, "Two", notes="Other."),
        ]
        material.add(services, tmp_path, f"{name}.xml", material.feed(name, items))
    episode = material.nth(services, services.podcast("Sea Life").id, 2)
    app = PptuiApp(services)
    async with app.run_test(size=(120, 36), notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        app.open_episode(episode)
        await until(pilot, lambda: isinstance(app.screen, EpisodeScreen) and app.screen.detail is not None)
        screen = app.screen
        assert isinstance(screen, EpisodeScreen)
        similar = screen.query_one(SimilarList)
        await until(pilot, lambda: similar.count == 1)
        screen.set_focus(similar)
        assert screen.chosen is not None and screen.chosen.title == "Whales, says Field Notes"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EpisodeScreen) and app.screen is not screen)
        assert isinstance(app.screen, EpisodeScreen)
        assert app.screen.episode.podcast_title == "Field Notes"
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        app.player.close()


async def test_where_nothing_is_similar_it_says_so(services: Services) -> None:
    async with opened(services) as (app, pilot):
        head = app.screen.query_one("#similar-head", Static)
        await until(pilot, lambda: "none found" in str(head.content))
        assert not app.screen.query_one(SimilarList).display
