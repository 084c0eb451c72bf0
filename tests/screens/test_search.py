"""The search screen through Textual's Pilot, on real services."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from pptui.app import PptuiApp
from pptui.episodes.finding import Found
from pptui.models import Playback, State, Where
from pptui.screens.add import AddScreen
from pptui.screens.episode import EpisodeScreen
from pptui.screens.help import HelpScreen
from pptui.screens.library import LibraryScreen
from pptui.screens.search import SearchScreen, Words
from pptui.services import Services
from pptui.widgets.chapter_list import ChapterList
from pptui.widgets.hit_list import HitList, marked
from pptui.widgets.key_line import KeyLine
from tests import material
from tests.screens.test_library import opened, until


def searching(app: PptuiApp) -> SearchScreen:
    assert isinstance(app.screen, SearchScreen)
    return app.screen


def hits(app: PptuiApp) -> HitList:
    return searching(app).query_one(HitList)


def titles(app: PptuiApp) -> list[str]:
    return [hit.row.episode.title for hit in hits(app).hits]


def said(app: PptuiApp, selector: str) -> str:
    return str(app.screen.query_one(selector, Static).content)


async def search(app: PptuiApp, pilot: Pilot[Any], typed: str) -> None:
    """Search from wherever it is, and wait for what is found."""
    await pilot.press("slash")
    await until(pilot, lambda: isinstance(app.screen, SearchScreen))
    await pilot.press(*("space" if sign == " " else sign for sign in typed))
    await settled(app, pilot, typed)


async def settled(app: PptuiApp, pilot: Pilot[Any], typed: str) -> None:
    *_, last = app.services.search(typed)
    await until(
        pilot,
        lambda: (
            tuple(hits(app).hits) == last.hits if last.count else nothing(app).startswith("Nothing found")
        ),
    )


def nothing(app: PptuiApp) -> str:
    """What stands where there are no rows, "" where there are some."""
    hits = app.screen.query_one(HitList)
    lines = [] if hits.count else [hits.render_line(y).text.strip() for y in range(hits.size.height)]
    return "\n".join(lines).strip()


async def test_what_is_typed_is_found_with_each_letter(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, SearchScreen))
        assert nothing(app).startswith("Finds words")
        await pilot.press("b")
        await until(pilot, lambda: hits(app).count > 0)
        await pilot.press("a", "k")
        await settled(app, pilot, "bak")
        assert hits(app).count == len(titles(app)) == 6
        assert titles(app)[0] == "Bread, and how to bake it"
        assert said(app, "#found") == f"{hits(app).count} found"


async def test_letters_that_are_keys_elsewhere_are_typed(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await search(app, pilot, "jkq p")
        assert searching(app).query_one(Words).value == "jkq p"
        assert "Nothing found for jkq p" in nothing(app)
        line = searching(app).query_one(KeyLine).render_line(0).text
        assert "Open" in line and "Play/pause" not in line and "Search" not in line


async def test_arrows_move_in_the_rows_while_one_types(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await search(app, pilot, "bread")
        await pilot.press("down", "down", "up")
        assert hits(app).cursor == 1
        await pilot.press("pagedown")
        assert hits(app).cursor == hits(app).count - 1
        await pilot.press("backspace", "d")
        await settled(app, pilot, "bread")
        assert (searching(app).query_one(Words).value, hits(app).cursor) == ("bread", 0)


async def test_enter_opens_an_episode_and_coming_back_finds_the_search_as_it_was(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await search(app, pilot, "bread")
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, EpisodeScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SearchScreen))
        assert (searching(app).query_one(Words).value, hits(app).cursor) == ("bread", 1)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, LibraryScreen))


async def test_a_chapter_opens_its_episode_with_the_cursor_on_it(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await search(app, pilot, "resting")
        assert {(hit.where, hit.at) for hit in hits(app).hits} == {(Where.CHAPTER, 720.0)}
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EpisodeScreen) and bool(app.screen.detail))
        chapters = app.screen.query_one(ChapterList)
        assert chapters.chapters[chapters.cursor].title == "Resting"
        await pilot.pause()
        assert app.focused is chapters


async def test_a_chapter_that_was_found_keeps_the_cursor_while_another_plays(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await search(app, pilot, "resting")
        found = hits(app).hits[0].row.episode
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EpisodeScreen) and bool(app.screen.detail))
        chapters = app.screen.query_one(ChapterList)
        app.playback = Playback(
            found, State.PLAYING, 160.0, 3120.0, duration_known=True, chapters=chapters.chapters
        )
        await pilot.pause()
        assert chapters.chapters[chapters.cursor].title == "Resting"


async def test_p_plays_at_the_chapter_that_was_found(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(services) as (app, pilot):
        await search(app, pilot, "resting")
        played: list[object] = []
        monkeypatch.setattr(app, "listen", lambda episode, at: played.append((episode.title, at)))
        first = titles(app)[0]
        await pilot.press("tab", "p")
        assert played == [(first, 720.0)]


async def test_the_usual_keys_work_in_the_rows(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await search(app, pilot, "bread")
        await pilot.press("tab", "j", "m")
        await until(pilot, lambda: hits(app).hits[1].row.progress.played)
        assert [hit.row.progress.played for hit in hits(app).hits].count(True) == 1
        await pilot.press("u")
        await until(pilot, lambda: not hits(app).hits[1].row.progress.played)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("escape", "slash")
        assert app.focused is searching(app).query_one(Words)
        await pilot.press("tab", "tab")
        assert app.focused is searching(app).query_one(Words)


async def test_slash_in_an_episode_goes_back_to_the_search_and_its_words_can_be_typed_over(
    services: Services,
) -> None:
    async with opened(services) as (app, pilot):
        await search(app, pilot, "bread")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EpisodeScreen))
        await pilot.press("slash", "o", "l", "d")
        await settled(app, pilot, "old")
        assert searching(app).query_one(Words).value == "old"


async def test_the_last_search_is_offered_again(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await search(app, pilot, "bread")
        await pilot.press("escape", "slash")
        await until(pilot, lambda: isinstance(app.screen, SearchScreen))
        await settled(app, pilot, "bread")
        await pilot.press("o", "l", "d")
        await settled(app, pilot, "old")
        assert searching(app).query_one(Words).value == "old"


async def test_nothing_found_says_so_and_emptied_words_say_how_to_search(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await search(app, pilot, "zzz")
        assert nothing(app).startswith("Nothing found for zzz")
        assert not hits(app).count
        await pilot.press("enter", "tab", "down")
        assert isinstance(app.screen, SearchScreen)
        await pilot.press("backspace", "backspace", "backspace")
        await until(pilot, lambda: nothing(app).startswith("Finds words"))


async def test_without_podcasts_the_search_says_how_one_is_added(tmp_path: Path) -> None:
    services = material.services(tmp_path, '[keys]\nadd = "A"\n')
    async with opened(services) as (app, pilot):
        await search(app, pilot, "bread")
        assert nothing(app).splitlines() == [
            "Nothing found: there are no podcasts yet.",
            "esc leads back, where A adds one.",
        ]
        await pilot.press("escape", "A")
        await until(pilot, lambda: isinstance(app.screen, AddScreen))
    services.close()


async def test_signs_alone_are_said_to_be_nothing_to_look_for(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await search(app, pilot, "b")
        searching(app).query_one(Words).value = "☕️ ++"
        await until(pilot, lambda: nothing(app).startswith("Nothing to look for"))
        assert not hits(app).count


async def test_markup_that_is_typed_or_found_is_text(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await search(app, pilot, "markup")
        assert "[/] [@click=app.quit]markup[/]" in "".join(
            strip.text for strip in (hits(app).render_line(y) for y in range(20))
        )
        await pilot.press("left_square_bracket", "slash", "right_square_bracket", "z")
        await settled(app, pilot, "markup[/]z")
        assert "Nothing found for markup[/]z" in nothing(app)


async def test_an_answer_that_comes_late_does_not_replace_a_later_one(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, asked = threading.Event(), threading.Event()
    real = services.search

    def slow(typed: str, limit: int = 200) -> Iterator[Found]:
        if typed == "b":
            found = list(real("bread"))
            asked.set()
            assert go_on.wait(10)
            yield from found
        else:
            yield from real(typed)

    monkeypatch.setattr(services, "search", slow)
    async with opened(services) as (app, pilot):
        await pilot.press("slash", "b")
        await until(pilot, asked.is_set)
        await pilot.press("backspace", "o", "l", "d")
        await until(pilot, lambda: bool(hits(app).count))
        before = titles(app)
        go_on.set()
        await pilot.pause()
        assert titles(app) == before


async def test_a_search_that_an_earlier_one_stopped_is_done_again(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = services.search, []

    def given_up_once(typed: str, limit: int = 200) -> Iterator[Found]:
        asked.append(typed)
        yield from real(typed) if asked.count(typed) > 1 else ()

    monkeypatch.setattr(services, "search", given_up_once)
    async with opened(services) as (app, pilot):
        await pilot.press("slash", *"old")
        await until(pilot, lambda: titles(app) == ["Old"])


async def test_what_was_not_indexed_yet_is_found_once_it_is(tmp_path: Path) -> None:
    services = material.services(tmp_path)
    waiting, go_on = threading.Event(), threading.Event()
    real = services.catalogue.index_waiting

    def slow() -> bool:
        waiting.set()
        assert go_on.wait(10)
        return real()

    material.add(services, tmp_path, "bread.xml", material.feed("Bread", [material.item(1, "Rye")]))
    # As after an update from a version without an index.
    with services.catalogue._write() as writer:
        from pptui.store import index

        keys = [key for (key,) in writer.execute("SELECT key FROM episode")]
        index.change(writer, keys)
    services.catalogue.index_waiting = slow  # type: ignore[method-assign]
    async with opened(services) as (app, pilot):
        await pilot.press("slash", *"rye")
        await until(pilot, lambda: "still being read" in nothing(app))
        go_on.set()
        await until(pilot, lambda: titles(app) == ["Rye"])
    services.close()


@pytest.mark.parametrize(
    ("value", "marks", "width", "parts"),
    [
        ("sour dough", ((0, 4),), 11, ["<sour>", " dough "]),
        ("sour dough", ((5, 10),), 7, ["sour ", "<d>", "…"]),
        ("sour dough", ((0, 4), (5, 10)), 4, ["<sou>", "…"]),
        ("日本のパン", ((3, 5),), 12, ["日本の", "<パン>", "  "]),
        ("日本のパン", ((3, 5),), 9, ["日本の", "<パ>", "…"]),
        ("日本のパン", ((3, 5),), 8, ["日本の", "…", " "]),
    ],
)
def test_marks_are_cut_with_their_text(
    value: str, marks: tuple[tuple[int, int], ...], width: int, parts: list[str]
) -> None:
    shown = [f"<{part}>" if look else part for part, look in marked(value, marks, width, "")]
    assert "".join(shown) == "".join(parts)


async def test_keys_that_come_all_at_once_are_taken_in_their_order(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, SearchScreen))
        for key, sign in (
            ("b", "b"),
            ("x", "x"),
            ("backspace", "\x7f"),
            ("r", "r"),
            ("home", None),
            ("a", "a"),
        ):
            app.post_message(events.Key(key, sign))
        words = searching(app).query_one(Words)
        await until(pilot, lambda: len(words.value) == 3)
        assert words.value == "abr"


async def test_what_is_typed_in_one_go_with_the_slash_is_searched_for(services: Services) -> None:
    async with opened(services) as (app, pilot):
        for key in ("slash", *"bread"):
            app.post_message(events.Key(key, "/" if key == "slash" else key))
        await until(pilot, lambda: isinstance(app.screen, SearchScreen))
        await settled(app, pilot, "bread")
        assert searching(app).query_one(Words).value == "bread"


async def test_a_megabyte_pasted_by_mistake_is_not_searched_for(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await search(app, pilot, "br")
        app.post_message(events.Paste("bread " * 200_000))
        await pilot.press("o")
        assert searching(app).query_one(Words).value == "bro"
