"""`pptui play`: which episode, and from where."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from pptui import demo
from pptui.models import Episode, Progress
from pptui.services import Services
from tests.audio import silence, silent_mp3
from tests.server import Server
from tests.shell import Done, Shell, item, rss
from tests.terminal import Terminal

NOTES = "0:00 One<br>5:00 Two<br>7:30 Three"


class Opened:
    """Stands where the app would be opened, and keeps what it was opened with."""

    def __init__(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        from pptui import app

        self._shell = shell
        self.episode: Episode | None = None
        self.at: float | None = None
        self.chapters: list[str] = []
        self.listened: Progress | None = None
        monkeypatch.setattr(app, "run", self._run)
        monkeypatch.setattr("pptui.shell.interactive", lambda: True)

    def _run(
        self,
        services: Services,
        *,
        play: Episode | None = None,
        at: float | None = None,
        told: Sequence[str] = (),
    ) -> int:
        self.episode, self.at = play, at
        if play is not None:
            self.chapters = [one.title for one in services.detail(play).chapters]
            if self.listened is not None:
                services.library.record(play, self.listened)
        return 0

    def __call__(self, *arguments: str) -> Done:
        self.episode = self.at = None
        return self._shell("play", *arguments)


@pytest.fixture
def play(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Opened:
    return Opened(shell, monkeypatch)


def title(play: Opened) -> str:
    assert play.episode is not None
    return play.episode.title


def test_of_a_subscription_the_newest_episode_that_has_audio_is_played(
    shell: Shell, server: Server, play: Opened
) -> None:
    audio = server.url("/a.mp3")
    server.add(
        "/feed.xml",
        rss(
            "Talks",
            item("Old", 1, audio=audio),
            item("News only", 9),
            item("New", 5, audio=audio, notes=NOTES),
        ),
    )
    shell("add", server.url("/feed.xml"))
    for source in ("talks", server.url("/feed.xml")):
        assert play(source) == Done(0, "", "")
        assert title(play) == "New"
    assert play.chapters == ["One", "Two", "Three"]


def test_an_episode_is_played_by_its_id(shell: Shell, server: Server, play: Opened) -> None:
    audio = server.url("/a.mp3")
    server.add("/feed.xml", rss("Talks", item("Old", 1, audio=audio), item("New", 5), item("Text", 6)))
    shell("add", server.url("/feed.xml"))
    ids = {one["title"]: one["id"] for one in shell.json("episodes")}
    assert play(ids["Old"]).code == 0
    assert title(play) == "Old"
    done = play(ids["Text"])
    assert (done.code, done.err) == (1, f"pptui: there is nothing to play in {ids['Text']}\n")


def test_a_feed_is_heard_before_it_is_subscribed_to_and_goes_on_there_afterwards(
    shell: Shell, server: Server, play: Opened
) -> None:
    server.add("/feed.xml", rss("Talks", item("New", 5, audio=server.url("/a.mp3"), notes=NOTES)))
    address = server.url("/feed.xml")
    play.listened = Progress(position=301.0)
    assert play(address, "--chapter", "2").code == 0
    assert (title(play), play.at, play.chapters) == ("New", 300, ["One", "Two", "Three"])
    assert shell.json("podcasts") == []
    shell("add", address)
    assert shell.json("episodes")[0]["position"] == 301


def test_a_local_feed_plays_the_file_beside_it(shell: Shell, play: Opened) -> None:
    silence(shell.folder / "one.wav", 1)
    (shell.folder / "feed.xml").write_bytes(rss("Talks", item("New", 5, audio="one.wav")))
    assert play("feed.xml").code == 0
    assert play.episode is not None
    assert play.episode.enclosure == str(shell.folder / "one.wav")


def test_an_audio_file_goes_on_where_it_was_left(shell: Shell, play: Opened) -> None:
    silence(shell.folder / "A talk.wav", 2)
    (shell.folder / "elsewhere").mkdir()
    assert play("A talk.wav", "--at", "0:01").code == 0
    first = play.episode
    assert (title(play), play.at) == ("A talk", 1)
    # The same file by another name.
    assert play("elsewhere/../A talk.wav").code == 0
    assert play.episode == first


def test_audio_at_an_address_is_played_without_being_fetched_first(server: Server, play: Opened) -> None:
    never = threading.Event()
    begin = b"ID3\x04\0\0\0\0\0\0" + bytes(4096)
    server.add("/The%20talk.mp3", chunks=[begin, never], content_type="application/octet-stream")
    assert play(server.url("/The%20talk.mp3")).code == 0
    assert play.episode is not None
    assert (title(play), play.episode.enclosure) == ("The talk", server.url("/The%20talk.mp3"))
    never.set()


@pytest.mark.parametrize(("at", "seconds"), [("15:46", 946), ("1:02:03", 3723), ("90", 90), ("1h02m", 3720)])
def test_a_moment_is_given_as_people_write_it(shell: Shell, play: Opened, at: str, seconds: float) -> None:
    assert play(demo.EPISODE_ID, "--at", at).code == 0
    assert play.at == seconds


def test_a_chapter_is_counted_from_one_and_must_be_there(shell: Shell, play: Opened) -> None:
    assert play(demo.EPISODE_ID, "--chapter", "5").code == 0
    assert play.at == 946
    done = play(demo.EPISODE_ID, "--chapter", "20")
    assert done.code == 1
    assert "there is no chapter 20" in done.err
    assert "19" in done.err
    assert play.episode is None


def test_a_chapter_that_only_the_file_knows_can_be_asked_for(shell: Shell, play: Opened) -> None:
    silent_mp3(shell.folder / "talk.mp3", 60, [(0, "Intro"), (20, "Middle"), (40.5, "End")])
    assert play("talk.mp3", "--chapter", "3").code == 0
    assert play.at == 40.5
    assert "has 3" in play("talk.mp3", "--chapter", "4").err
    silence(shell.folder / "talk.wav", 2)
    assert "has none" in play("talk.wav", "--chapter", "1").err


def test_what_is_nothing_to_play_is_said_before_the_player_opens(
    shell: Shell, server: Server, play: Opened
) -> None:
    (shell.folder / "notes.txt").write_text("0:00 One\n")
    (shell.folder / "empty.xml").write_bytes(rss("Empty"))
    server.add("/page", b"<html><title>A page</title></html>", content_type="text/html")
    failures: dict[str, Any] = {
        "notes.txt": "notes.txt is neither audio nor a feed",
        server.url("/page"): "is neither audio nor a feed",
        server.url("/none"): "404",
        "empty.xml": "there is nothing to play in empty.xml",
        "absent": "there is no file, episode or subscription 'absent'",
        "ftp://example.org/a.mp3": "there is no file, episode or subscription",
    }
    for source, words in failures.items():
        done = play(source)
        assert (done.code, done.out) == (1, ""), source
        assert words in done.err, source
        assert done.err.count("\n") == 1, source
        assert play.episode is None


def test_a_file_is_played_from_its_chapter_in_a_real_terminal(shell: Shell) -> None:
    silent_mp3(shell.folder / "A talk.mp3", 60, [(0, "Intro"), (20, "Middle"), (40.5, "End")])
    source = str(shell.folder / "A talk.mp3")
    with Terminal(["play", source, "--chapter", "2"], shell.environment) as terminal:
        terminal.wait("A talk · Middle")
        terminal.wait(r"0:2\d .*(0:59|1:00)")
        terminal.press("q")
        assert terminal.wait_end() == 0
    status = shell.json("status")
    assert (status["episode"]["title"], status["chapter"], status["playing"]) == ("A talk", "Middle", False)
    assert 20 <= status["position"] < 40


def test_the_built_in_episode_plays_in_a_real_terminal(shell: Shell) -> None:
    with Terminal(["demo", "--at", "15:46"], shell.environment) as terminal:
        terminal.wait("Data-efficient Image Transformers .*Distillation token")
        terminal.wait(r"15:4\d .*52:00")
        terminal.press("q")
        assert terminal.wait_end() == 0
