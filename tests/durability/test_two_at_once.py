"""Several pptui at once, in terminals and from the shell: what each has done is there afterwards."""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from pptui import demo
from pptui.services import Services
from pptui.store.files import SafeFile, nobody
from tests.durability.tally import Tally, size
from tests.shell import Shell, item, rss
from tests.terminal import Terminal, pptui_with

A_MOMENT = 15.0
"""Seconds that a command may take on a machine that is busy with other tests; alone it is half of one."""
ROUNDS = size(4, 20)


def looking_often(shell: Shell) -> list[str]:
    """pptui, which looks more often whether another has changed the library."""
    return pptui_with("from pptui import app\napp._LOOK_ABROAD = 0.3", shell.folder)


def feed(shell: Shell, name: str) -> str:
    (shell.folder / f"{name}.xml").write_bytes(rss(name, item(f"{name} One", 1), item(f"{name} Two", 2)))
    return f"{name}.xml"


def run(shell: Shell, *arguments: str) -> float:
    """A command in a process of its own; the seconds that it took."""
    began = time.monotonic()
    process = shell.start(*arguments)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b""), out
    return time.monotonic() - began


def library_of(shell: Shell) -> Path:
    return shell.folder / "data" / "pptui" / "library.json"


def kept(shell: Shell) -> Services:
    """What is on the disk when all have ended."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in shell.environment.items():
            patch.setenv(name, value)
        return Services()


def test_a_second_pptui_and_commands_while_one_plays_all_keep_their_changes(
    shell: Shell, tally: Tally
) -> None:
    shell("add", feed(shell, "Bread"))
    took = []
    with (
        Terminal(
            ["play", demo.EPISODE_ID, "--at", "100"], shell.environment, program=looking_often(shell)
        ) as first,
        Terminal([], shell.environment, program=looking_often(shell)) as second,
    ):
        first.wait(r"1:4\d .* 52:00")
        second.wait("Bread Two")
        for number in range(ROUNDS):
            took.append(run(shell, "add", feed(shell, f"Podcast {number}")))
            second.press("m")
            second.wait(r"(Played|Not played): Bread Two \(u takes it back\)")
            first.press("right")
        first.press("escape")
        last = f"Podcast {ROUNDS - 1}"
        for terminal in (first, second):
            terminal.wait(last)
        took.append(run(shell, "remove", last))
        for terminal in (first, second):
            terminal.wait(last, gone=True)
            terminal.press("q")
            assert terminal.wait_end() == 0
    services = kept(shell)
    titles = {one.title for one in services.podcasts()}
    missing = {"Bread", *(f"Podcast {number}" for number in range(ROUNDS - 1))} - titles
    position = services.library.progress(demo.EPISODE_ID).position
    played = [episode.title for episode, progress in services.library.touched() if progress.played]
    tally.add(losses=len(missing) + (position < 110) + (played != ["Bread Two"] * (ROUNDS % 2)))
    assert not missing and last not in titles
    assert position >= 100 + 10 * ROUNDS
    assert played == ["Bread Two"] * (ROUNDS % 2)
    services.close()
    sys.stdout.write(f"commands took at the most {max(took):.1f} s\n")
    assert max(took) < A_MOMENT


def test_a_second_pptui_that_plays_says_that_another_does_and_one_alone_does_not(shell: Shell) -> None:
    said = r"Another pptui is playing, or was a moment ago: #044"
    shell("add", feed(shell, "Bread"))
    with Terminal(["play", demo.EPISODE_ID, "--at", "100"], shell.environment) as first:
        first.wait(r"1:4\d .* 52:00")
        first.press("space")
        first.wait("‖ #044")
        first.press("space")
        first.wait("▶ #044")
        first.press("right")
        first.wait(r"1:5\d .* 52:00")
        assert "Another pptui" not in first.text
        with Terminal(["play", demo.EPISODE_ID, "--at", "200"], shell.environment) as second:
            second.wait(said)
            second.wait(r"3:2\d .* 52:00")


def test_a_pptui_that_is_suspended_holds_up_nobody_and_takes_up_what_was_done_meanwhile(
    shell: Shell, tally: Tally
) -> None:
    shell("add", feed(shell, "Bread"))
    with Terminal(
        ["play", demo.EPISODE_ID, "--at", "100"], shell.environment, program=looking_often(shell)
    ) as terminal:
        terminal.wait(r"1:4\d .* 52:00")
        for number in range(ROUNDS):
            # In the middle of a write it would hold up others for as long as they wait for one another.
            with SafeFile(library_of(shell), nobody).locked():
                terminal.kill(signal.SIGSTOP)
            assert run(shell, "add", feed(shell, f"Podcast {number}")) < A_MOMENT
            terminal.kill(signal.SIGCONT)
            terminal.press("right")
        terminal.press("escape")
        terminal.wait(f"Podcast {ROUNDS - 1}")
        terminal.press("q")
        assert terminal.wait_end() == 0
    services = kept(shell)
    missing = ROUNDS + 1 - len(services.podcasts())
    position = services.library.progress(demo.EPISODE_ID).position
    tally.add(losses=missing + (position < 110))
    assert missing == 0
    assert position >= 100 + 10 * ROUNDS
    services.close()


def test_going_back_to_a_backup_while_one_plays_is_shown_there_and_not_written_over(
    shell: Shell, tally: Tally
) -> None:
    shell("add", feed(shell, "Bread"))
    library = library_of(shell)
    yesterday = time.time() - 86400
    os.utime(library, (yesterday, yesterday))
    day = f"{datetime.fromtimestamp(yesterday).astimezone().date()}"
    shell("add", feed(shell, "Cheese"))
    with Terminal(
        ["play", demo.EPISODE_ID, "--at", "100"], shell.environment, program=looking_often(shell)
    ) as terminal:
        terminal.wait(r"1:4\d .* 52:00")
        terminal.press("escape")
        terminal.wait("Cheese")
        run(shell, "restore", day, "--yes")
        terminal.wait("Cheese", gone=True)
        terminal.press("right")
        terminal.press("q")
        assert terminal.wait_end() == 0
    services = kept(shell)
    titles = [one.title for one in services.podcasts()]
    position = services.library.progress(demo.EPISODE_ID).position
    tally.add(losses=(titles != ["Bread"]) + (position < 110))
    assert titles == ["Bread"]
    assert position >= 110
    services.close()
