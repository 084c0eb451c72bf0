"""The main job, in a real terminal with real libmpv: listen by chapters, and find the place again."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pptui import demo
from tests.server import Server
from tests.terminal import Terminal, home

FIFTH = 15 * 60 + 46
"""Where chapter 5 of the built-in episode begins, in seconds."""


@pytest.fixture
def feed() -> Iterator[str]:
    """The address of a feed with the built-in episode's audio and notes, on a server of its own."""
    with Server() as server:
        server.add("/talk.opus", demo.audio_path().read_bytes(), content_type="audio/ogg")
        notes = demo.notes().replace("&", "&amp;").replace("<", "&lt;")
        server.add(
            "/feed.xml",
            f"""<?xml version="1.0"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
<title>Long Talks</title>
<item><title>The long talk</title><guid>talk-1</guid>
<link>{server.url("/talks/1")}</link>
<pubDate>Thu, 25 Feb 2021 12:00:00 GMT</pubDate>
<itunes:duration>52:00</itunes:duration>
<description>{notes}</description>
<enclosure url="{server.url("/talk.opus")}" type="audio/ogg" length="1"/></item>
</channel></rss>""".encode(),
            content_type="application/rss+xml",
        )
        yield server.url("/feed.xml")


def add_and_play_chapter_5(terminal: Terminal, feed: str) -> None:
    terminal.wait("Your library is empty")
    terminal.press("a")
    terminal.wait("enter adds")
    terminal.press(*feed)
    terminal.press("enter")
    terminal.wait("The long talk")
    terminal.press("enter")
    terminal.wait("Chapters · 19 · from show notes")
    terminal.wait(r"0:00 .* 52:00")
    terminal.press("j", "j", "j", "j", "enter")
    terminal.wait(r"▶ The long talk · Distillation token")
    terminal.wait(r"15:(4[6-9]|5\d) .*52:00")


def shown_position(terminal: Terminal) -> int:
    """Seconds on the player's bar."""
    found = terminal.wait(r"\n +(\d+):(\d\d) [━┿●─┼]{8}")
    assert found is not None
    return int(found[1]) * 60 + int(found[2])


def status(environment: dict[str, str]) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "pptui", "status", "--json"],
        env=environment,
        capture_output=True,
        timeout=30,
        check=True,
    )
    return dict(json.loads(done.stdout))


def test_an_episode_goes_on_where_it_was_quit(tmp_path: Path, feed: str) -> None:
    environment = home(tmp_path)
    with Terminal([], environment) as terminal:
        add_and_play_chapter_5(terminal, feed)
        reached = shown_position(terminal)
        terminal.press("q")
        assert terminal.wait_end() == 0
    kept = float(str(status(environment)["position"]))
    assert FIFTH <= reached <= kept + 1 < FIFTH + 60
    with Terminal([], environment) as terminal:
        terminal.wait("Continue +1")
        terminal.wait("Distillation token")
        terminal.press("space")
        terminal.wait("▶ The long talk · Distillation token")
        assert kept - 1 <= shown_position(terminal) < kept + 20
        terminal.press("q")
        assert terminal.wait_end() == 0


def test_an_episode_goes_on_at_most_five_seconds_before_where_it_was_killed(
    tmp_path: Path, feed: str
) -> None:
    environment = home(tmp_path, ao_null_speed="2")
    with Terminal([], environment) as terminal:
        add_and_play_chapter_5(terminal, feed)
        terminal.wait(r"15:5\d .*52:00")
        reached = shown_position(terminal)
        terminal.kill(signal.SIGKILL)
        assert terminal.wait_end() == -signal.SIGKILL
    with Terminal([], environment) as terminal:
        terminal.wait("Continue +1")
        terminal.press("space")
        terminal.wait("▶ The long talk · Distillation token")
        assert reached - 5 <= shown_position(terminal) < reached + 20


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda number: number.name
)
def test_the_position_is_kept_when_a_signal_ends_pptui(tmp_path: Path, number: signal.Signals) -> None:
    environment = home(tmp_path)
    with Terminal(["play", "demo-044", "--at", "15:46"], environment) as terminal:
        terminal.wait("▶ #044.*Distillation token")
        terminal.kill(number)
        assert terminal.wait_end() == 128 + number
    assert FIFTH <= float(str(status(environment)["position"])) < FIFTH + 60


def test_the_position_is_kept_when_the_terminal_is_closed(tmp_path: Path) -> None:
    environment = home(tmp_path)
    with Terminal(["demo"], environment) as terminal:
        terminal.wait("▶ #044.*Introduction")
        terminal.press("5")
        terminal.wait("▶ #044.*Distillation token")
        terminal.hang_up()
        terminal.wait_end()
    assert FIFTH <= float(str(status(environment)["position"])) < FIFTH + 60


def test_the_terminal_is_as_before_when_pptui_has_ended(tmp_path: Path) -> None:
    with Terminal(["demo"], home(tmp_path)) as terminal:
        terminal.wait("▶ #044.*Introduction")
        terminal.press("q")
        assert terminal.wait_end() == 0
        for on, off in (("1049h", "1049l"), ("1003h", "1003l"), ("25l", "25h")):
            assert terminal.raw.rfind(f"\x1b[?{off}".encode()) > terminal.raw.rfind(f"\x1b[?{on}".encode())


def test_every_key_of_the_player_does_what_it_says(tmp_path: Path) -> None:
    with Terminal(["demo"], home(tmp_path)) as terminal:
        terminal.wait("▶ #044.*Introduction")
        terminal.press("space")
        terminal.wait("‖ ")
        terminal.press(".")
        terminal.wait("Data augmentation is all you need .*1.0×")
        terminal.wait(r"\n +6:33 ")
        terminal.press("right")
        terminal.wait(r"\n +6:43 ")
        terminal.press(",")
        terminal.wait(r"\n +6:33 ")
        terminal.press(",")
        terminal.wait(r"\n +0:00 ")
        terminal.press("]", "]", "[")
        terminal.wait("1.1×")
        terminal.press("-")
        terminal.wait("vol 95")
        terminal.press("0")
        terminal.wait("muted")
        terminal.press("0", "=")
        terminal.wait("vol 100")
        terminal.press("9")
        terminal.wait(r"\n +28:2\d ")
        terminal.wait("▶ ")


def test_the_link_at_this_moment_reaches_the_clipboard_of_the_terminal(tmp_path: Path, feed: str) -> None:
    import base64

    with Terminal([], home(tmp_path)) as terminal:
        add_and_play_chapter_5(terminal, feed)
        terminal.press("space", "Y")
        terminal.wait(r"Link at 15:\d\d copied")
        copied = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", bytes(terminal.raw))
        link = base64.b64decode(copied[-1]).decode()
        assert re.fullmatch(r"http://.*/talks/1#t=9[45]\d", link)


def test_a_click_on_the_bar_seeks(tmp_path: Path) -> None:
    with Terminal(["demo"], home(tmp_path)) as terminal:
        terminal.wait("▶ #044.*Introduction")
        bar = terminal.wait(r"\n +0:\d\d [━●─┼]{8}")
        assert bar is not None
        row = terminal.text[: bar.end()].count("\n")
        terminal.click(60, row)
        terminal.wait(r"\n +2[0-9]:\d\d ")
