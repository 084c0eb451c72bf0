"""ctrl+z, as in any program of the terminal: to the shell and back, and nowhere where there is no shell."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from pptui import demo
from pptui.store.journal import Journal
from tests.terminal import Terminal, home

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="a shell with jobs is wanted")
PPTUI = f"{sys.executable} -m pptui"


def bash(folder: Path) -> Terminal:
    """A shell in a terminal of its own."""
    program = ("-c", "import os; os.execvp('bash', ['bash', '--norc', '-i'])")
    return Terminal([], {**home(folder), "PS1": "shell> "}, program=program)


def place(folder: Path) -> float:
    entry = Journal(folder / "data" / "pptui" / "position.json").read()
    assert entry is not None
    return entry.position


@needs_bash
@pytest.mark.parametrize("script", ["{}", "sh -c '{}; exit 7'"], ids=["by itself", "in a script"])
def test_ctrl_z_goes_to_the_shell_and_fg_goes_on_where_it_was(tmp_path: Path, script: str) -> None:
    with bash(tmp_path) as terminal:
        terminal.wait("shell>")
        at_first = terminal.settings()
        terminal.press(script.format(f"{PPTUI} play {demo.EPISODE_ID} --at 100"), "enter")
        terminal.wait(r"1:4\d .* 52:00")
        terminal.press("right")
        terminal.wait(r"1:5\d .* 52:00")
        terminal.press("\x1a")
        terminal.wait("Stopped(.|\n)*shell>")
        assert terminal.settings()[3] == at_first[3], "what is typed is to be seen"
        assert place(tmp_path) >= 110
        terminal.press("echo $((6 * 7))", "enter")
        terminal.wait(r"\n42")
        terminal.screen.reset()
        terminal.press("fg", "enter")
        terminal.wait(r"1:5\d .* 52:00")
        terminal.press("right")
        terminal.wait(r"2:0\d .* 52:00")
        terminal.screen.reset()
        terminal.press("q")
        terminal.wait("shell>")
        terminal.press('echo "=$?="', "enter")
        terminal.wait("=7=" if "exit" in script else "=0=")


@needs_bash
def test_what_was_heard_in_another_pptui_while_this_one_was_suspended_is_gone_on_with(tmp_path: Path) -> None:
    with bash(tmp_path) as terminal:
        terminal.wait("shell>")
        terminal.press(f"{PPTUI} play {demo.EPISODE_ID} --at 100", "enter")
        terminal.wait(r"1:4[1-9] .* 52:00")
        terminal.press("\x1a")
        terminal.wait("Stopped(.|\n)*shell>")
        terminal.press(f"{PPTUI} play {demo.EPISODE_ID} --at 1800", "enter")
        terminal.wait(r"30:0\d .* 52:00")
        terminal.press("right")
        terminal.wait(r"30:1\d .* 52:00")
        terminal.screen.reset()
        terminal.press("q")
        terminal.wait("shell>")
        terminal.screen.reset()
        terminal.press("fg", "enter")
        terminal.wait("Another pptui was at 30:1")
        terminal.wait(r"30:1\d .* 52:00")
        terminal.press("q")
        terminal.wait("shell>")
        assert place(tmp_path) >= 1810


@needs_bash
def test_ctrl_z_goes_to_the_shell_from_a_window_too_and_what_was_typed_is_there_after_it(
    tmp_path: Path,
) -> None:
    with bash(tmp_path) as terminal:
        terminal.wait("shell>")
        terminal.press(PPTUI, "enter")
        terminal.wait("Quit")
        terminal.press("a")
        terminal.wait("Add a podcast(.|\n)*esc cancels")
        terminal.press(*"example", "\x1a")
        terminal.wait("Stopped(.|\n)*shell>")
        terminal.screen.reset()
        terminal.press("fg", "enter")
        terminal.wait("example(.|\n)*esc cancels")


def test_where_there_is_no_shell_ctrl_z_says_so_and_nothing_stops(tmp_path: Path) -> None:
    with Terminal([], home(tmp_path)) as terminal:
        before = terminal.settings()
        terminal.wait("Quit")
        for _ in range(2):
            terminal.press("\x1a")
            terminal.wait("There is no shell to go back to")
            terminal.press("?")
            terminal.wait("Play/pause(.|\n)*esc")
            terminal.press("escape")
            terminal.wait("Quit")
        assert not re.search("Stopped", terminal.text)
        terminal.press("q")
        assert terminal.wait_end() == 0
        assert terminal.settings() == before
