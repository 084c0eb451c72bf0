"""A pptui that was stopped from outside takes its terminal up again and can still be quit."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.terminal import Terminal, home


def threads(terminal: Terminal) -> int:
    return len(os.listdir(f"/proc/{terminal.pid}/task"))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
def test_after_a_stop_from_outside_the_screen_is_drawn_again_keys_work_and_it_ends(tmp_path: Path) -> None:
    with Terminal([], home(tmp_path)) as terminal:
        before = terminal.settings()
        terminal.wait("Quit")
        at_first = threads(terminal)
        for _ in range(3):
            terminal.kill(signal.SIGSTOP)
            os.waitpid(terminal.pid, os.WUNTRACED)
            terminal.screen.reset()
            terminal.kill(signal.SIGCONT)
            terminal.wait("Nothing playing(.|\\n)*Quit")
            terminal.press("?")
            terminal.wait("Play/pause(.|\n)*esc")
            terminal.press("escape")
            terminal.wait("Add(.|\n)*Quit")
        assert threads(terminal) == at_first
        terminal.press("q")
        assert terminal.wait_end() == 0
        assert terminal.settings() == before
