"""Chapters from several sources on the episode screen, from real servers and files."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from pptui import demo
from pptui.app import PptuiApp
from pptui.episodes.detail import EpisodeDetail
from pptui.models import Chapter, Episode, Progress, Source, State
from pptui.screens.episode import EpisodeScreen
from pptui.services import Services
from pptui.widgets.chapter_list import ChapterList
from tests import audio, material, media
from tests.screens.test_library import last_said, until
from tests.server import Server

PODCAST = 'xmlns:podcast="https://podcastindex.org/namespace/1.0"'


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = material.services(tmp_path)
    yield made
    made.close()


def subscribe(services: Services, folder: Path, item: str) -> Episode:
    feed = material.feed("Talks", [item]).replace("<rss ", f"<rss {PODCAST} ")
    material.add(services, folder, "feed.xml", feed)
    return material.nth(services, services.podcast("Talks").id, 1)


@asynccontextmanager
async def opened(services: Services, episode: Episode) -> AsyncIterator[tuple[EpisodeScreen, Pilot[int]]]:
    app = PptuiApp(services)
    async with app.run_test(size=(120, 36), notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        app.open_episode(episode)
        await until(pilot, lambda: isinstance(app.screen, EpisodeScreen) and app.screen.detail is not None)
        assert isinstance(app.screen, EpisodeScreen)
        yield app.screen, pilot
        app.player.close()


def head(screen: EpisodeScreen) -> str:
    return str(screen.query_one("#chapters-head", Static).content)


def titles(screen: EpisodeScreen) -> list[str]:
    return [chapter.title for chapter in screen.query_one(ChapterList).chapters]


async def test_the_publishers_chapters_are_there_before_play_and_c_goes_through_the_others(
    services: Services, server: Server, tmp_path: Path
) -> None:
    chapters = [{"startTime": start, "title": f"Scene at {start}"} for start in (0, 600, 1200)]
    chapters.append({"startTime": 900, "title": "Not listed", "toc": False})
    server.add(
        "/c", json.dumps({"version": "1.2.0", "chapters": chapters}).encode(), content_type="text/plain"
    )
    linked = f'<podcast:chapters url="{server.url("/c")}" type="application/json+chapters"/></item>'
    item = (
        material.item(1, "A talk")
        .replace("</item>", linked)
        .replace("https://example.org/audio", server.url("/no"))
    )
    episode = subscribe(services, tmp_path, item)
    async with opened(services, episode) as (screen, pilot):
        await until(pilot, lambda: "from the publisher" in head(screen))
        assert titles(screen) == ["Scene at 0", "Scene at 600", "Scene at 1200"]
        await pilot.press("c")
        await until(pilot, lambda: "from show notes" in head(screen))
        assert titles(screen)[0] == "Welcome"
    assert sum(request.path == "/c" for request in server.requests) == 1
    assert services.library.flush()
    again = Services(services.paths)
    async with opened(again, episode) as (screen, pilot):
        await until(pilot, lambda: len(screen.choice.lists) == 2)
        assert "from show notes" in head(screen)
        await pilot.press("c")
        await until(pilot, lambda: "from the publisher" in head(screen))
    again.close()


async def test_a_fault_while_chapters_are_looked_for_is_said_and_logged_and_the_others_are_shown(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fault() -> list[tuple[Chapter, ...]]:
        raise LookupError

    found = (Chapter(0.0, "From elsewhere", source=Source.JSON), Chapter(9.0, "Also", source=Source.JSON))
    episode = subscribe(services, tmp_path, material.item(1, "A talk", notes="None in here."))
    monkeypatch.setattr(services.chapter_sources, "of", lambda *_: [fault, lambda: [found]])
    async with opened(services, episode) as (screen, pilot):
        await until(pilot, lambda: "(LookupError): the log has it" in last_said(pilot.app))
        await until(pilot, lambda: titles(screen) == ["From elsewhere", "Also"])
    assert "Traceback" in capfd.readouterr().err


async def test_a_list_can_be_pulled_right_and_stays_so(services: Services, tmp_path: Path) -> None:
    episode = subscribe(
        services, tmp_path, material.item(1, "A talk").replace("https://example.org", "http://127.0.0.1:9")
    )
    async with opened(services, episode) as (screen, pilot):
        before = [chapter.start for chapter in screen.query_one(ChapterList).chapters]
        await pilot.press("right_curly_bracket", "right_curly_bracket")
        after = [chapter.start for chapter in screen.query_one(ChapterList).chapters]
        assert after == [start + 10 for start in before]
        assert "0:10 later" in head(screen)
    assert services.library.flush()
    again = Services(services.paths)
    async with opened(again, episode) as (screen, pilot):
        assert [chapter.start for chapter in screen.query_one(ChapterList).chapters] == after
        await pilot.press("left_curly_bracket", "left_curly_bracket")
        assert [chapter.start for chapter in screen.query_one(ChapterList).chapters] == before
    again.close()


async def test_a_file_longer_than_the_feed_says_warns_that_the_times_may_be_off(
    services: Services, server: Server, tmp_path: Path
) -> None:
    server.add("/talk.ogg", demo.audio_path().read_bytes(), content_type="audio/ogg")
    item = material.item(1, "A talk", duration="50:30").replace(
        "https://example.org/audio/1.mp3", server.url("/talk.ogg")
    )
    episode = subscribe(services, tmp_path, item)
    async with opened(services, episode) as (screen, pilot):
        assert "may be off" not in head(screen)
        await pilot.press("2")
        await until(pilot, lambda: screen.app.playback.state is State.PLAYING)
        await until(pilot, lambda: "may be off by up to 1:30" in head(screen))


async def test_a_length_that_is_only_guessed_does_not_warn_that_the_times_may_be_off(
    services: Services, server: Server, tmp_path: Path
) -> None:
    server.add("/talk.ogg", demo.audio_path().read_bytes(), content_type="audio/ogg", ranges=False)
    item = material.item(1, "A talk", duration="52:00").replace(
        "https://example.org/audio/1.mp3", server.url("/talk.ogg")
    )
    episode = subscribe(services, tmp_path, item)
    async with opened(services, episode) as (screen, pilot):
        await pilot.press("1")
        await until(pilot, lambda: screen.app.playback.buffered is not None)
        await pilot.press("space")
        await until(pilot, lambda: screen.app.playback.state is State.PAUSED)
        assert "may be off" not in head(screen)
        assert screen.app.playback.duration == 3120
        assert services.library.progress(episode.id).duration == 3120


async def test_that_a_file_has_no_chapters_either_is_said_where_its_length_is_only_guessed(
    services: Services, server: Server, tmp_path: Path
) -> None:
    path = audio.silence(tmp_path / "talk.wav", 20)
    server.add("/talk.wav", path.read_bytes(), content_type="audio/wav", ranges=False)
    item = material.item(1, "A talk", notes="Nothing").replace(
        "https://example.org/audio/1.mp3", server.url("/talk.wav")
    )
    episode = subscribe(services, tmp_path, item)
    async with opened(services, episode) as (screen, pilot):
        assert head(screen) == "No chapters in the feed; the file is asked once it plays"
        await pilot.press("space")
        await until(pilot, lambda: head(screen) == "No chapters, neither in the feed nor in the file")


PSC = (
    '<psc:chapters xmlns:psc="http://podlove.org/simple-chapters" version="1.2">'
    '<psc:chapter start="0" title="Anfang"/><psc:chapter start="10:00" title="Mitte"/>'
    '<psc:chapter start="20:00.5" title="Ende"/></psc:chapters>'
)


def sound(server: Server, kind: str) -> str:
    """The address of a file with chapters in it, or of none."""
    if kind == "mp3":
        frames = [
            media.ctoc("toc", ["a", "b", "c"]),
            media.chap("a", 0, 600, "Anfang"),
            media.chap("b", 600, 1200.5, "Mitte"),
            media.chap("c", 1200.5, 3000, "Ende"),
            media.cover(2_000_000),
        ]
        server.add("/talk.mp3", media.mp3(*frames), content_type="audio/mpeg")
        return server.url("/talk.mp3")
    if kind == "m4a":
        rows = [(0.0, "Anfang"), (600.0, "Mitte"), (1200.5, "Ende")]
        server.add("/talk.m4a", media.mp4(rows, nero=rows, sound=3_000_000), content_type="audio/mp4")
        return server.url("/talk.m4a")
    return server.url("/nothing.mp3")


@pytest.mark.parametrize(
    ("source", "said", "asked"),
    [
        ("psc", "from the feed", {"/nothing.mp3": 1}),
        ("psc file", "from the feed", {"/nothing.mp3": 1, "/chapters": 1}),
        ("json", "from the publisher", {"/nothing.mp3": 1, "/chapters": 1}),
        ("mp3", "from the file", {"/talk.mp3": 4}),
        ("m4a", "from the file", {"/talk.m4a": 4}),
    ],
)
async def test_chapters_of_every_source_are_there_before_play_at_the_cost_of_a_few_small_requests(
    services: Services, server: Server, tmp_path: Path, source: str, said: str, asked: dict[str, int]
) -> None:
    starts = {"Anfang": 0.0, "Mitte": 600.0, "Ende": 1200.5}
    if source == "psc file":
        server.add("/chapters", PSC.encode(), content_type="application/xml")
    elif source == "json":
        rows = [{"startTime": start, "title": title} for title, start in starts.items()]
        server.add("/chapters", json.dumps({"version": "1.2.0", "chapters": rows}).encode())
    more = (
        PSC
        if source == "psc"
        else f'<podcast:chapters url="{server.url("/chapters")}"/>'
        if asked.get("/chapters")
        else ""
    )
    item = material.item(1, "A talk", notes="No list here.").replace("</item>", f"{more}</item>")
    item = item.replace("https://example.org/audio/1.mp3", sound(server, source))
    episode = subscribe(services, tmp_path, item)
    async with opened(services, episode) as (screen, pilot):
        await until(pilot, lambda: said in head(screen))
        shown = screen.query_one(ChapterList).chapters
        assert {chapter.title: chapter.start for chapter in shown} == starts
        assert screen.app.playback.episode is None
    for path, most in asked.items():
        requests = [request for request in server.requests if request.path == path]
        assert 0 < len(requests) <= most, path
        assert all("range" in request.headers for request in requests if path != "/chapters")


def late_list(services: Services, server: Server, folder: Path) -> tuple[Episode, threading.Event]:
    """An episode with chapters in its notes, and more from the publisher once the event is set."""
    gate = threading.Event()
    rows = [{"startTime": start, "title": f"Scene at {start}"} for start in range(0, 2400, 240)]
    server.add("/c", json.dumps({"version": "1.2.0", "chapters": rows}).encode(), gate=gate)
    more = f'<podcast:chapters url="{server.url("/c")}"/></item>'
    item = material.item(1, "A talk").replace("</item>", more)
    episode = subscribe(services, folder, item.replace("https://example.org/audio", server.url("/no")))
    return episode, gate


async def test_the_cursor_stays_at_its_moment_when_a_better_list_arrives(
    services: Services, server: Server, tmp_path: Path
) -> None:
    episode, gate = late_list(services, server, tmp_path)
    async with opened(services, episode) as (screen, pilot):
        await pilot.press("j", "j")
        chapters = screen.query_one(ChapterList)
        assert chapters.chapters[chapters.cursor].start == 720
        gate.set()
        await until(pilot, lambda: "from the publisher" in head(screen))
        assert chapters.chapters[chapters.cursor].start == 720


async def test_a_list_that_was_pulled_right_is_not_replaced_by_one_that_comes_later(
    services: Services, server: Server, tmp_path: Path
) -> None:
    episode, gate = late_list(services, server, tmp_path)
    async with opened(services, episode) as (screen, pilot):
        await pilot.press("right_curly_bracket")
        gate.set()
        await until(pilot, lambda: "c: 1 more" in head(screen))
        assert "from show notes · 0:05 later" in head(screen)


async def test_the_chapters_of_the_file_that_plays_stay_when_the_notes_are_read_later(
    services: Services, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = audio.silent_mp3(tmp_path / "talk.mp3", 30, [(0, "Hello"), (12, "Goodbye")])
    server.add("/talk.mp3", path.read_bytes(), content_type="audio/mpeg")
    item = material.item(1, "A talk").replace("https://example.org/audio/1.mp3", server.url("/talk.mp3"))
    episode = subscribe(services, tmp_path, item)
    services.library.record(episode, Progress(5.0, heard=datetime.now(UTC)))
    read, gate, detail = threading.Event(), threading.Event(), services.detail

    def late(episode: Episode) -> EpisodeDetail:
        found = detail(episode)
        read.set()
        assert gate.wait(30)
        return found

    monkeypatch.setattr(services, "detail", late)
    app = PptuiApp(services)

    def playing() -> list[str]:
        return [chapter.title for chapter in app.playback.chapters]

    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, read.is_set)
        await pilot.press("space")
        await until(pilot, lambda: playing() == ["Hello", "Goodbye"])
        looked, look_at = threading.Event(), app.look_at

        def looked_at(episode: Episode, chapters: tuple[Chapter, ...]) -> None:
            look_at(episode, chapters)
            looked.set()

        monkeypatch.setattr(app, "look_at", looked_at)
        gate.set()
        await until(pilot, looked.is_set)
        assert playing() == ["Hello", "Goodbye"]
        app.player.close()
