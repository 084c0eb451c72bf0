"""The terminal goes away beneath it: a window closed, an ssh connection cut, tmux ended."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from pptui.store.journal import Journal
from tests.durability.tally import Tally
from tests.terminal import PATIENCE, Terminal, home, pptui_with

PLACE = 15 * 60 + 46.0
ARGUMENTS = ["play", "demo-044", "--at", "15:46"]


def kept(folder: Path) -> float:
    entry = Journal(folder / "data" / "pptui" / "position.json").read()
    return entry.position if entry else -1.0


def test_the_place_is_kept_and_pptui_ends_where_no_signal_tells_that_the_terminal_has_gone(
    tmp_path: Path, tally: Tally
) -> None:
    # It looks sooner, and ends by itself: there is no last chance.
    sooner = "from pptui.screens import ending\nending._LOOK_FOR_TERMINAL, ending._LAST_CHANCE = 0.5, 300.0"
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})  # the new process has it so too
    try:
        terminal = Terminal(ARGUMENTS, home(tmp_path), program=pptui_with(sooner, tmp_path))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    with terminal:
        terminal.wait("▶ #044.*Distillation token")
        terminal.hang_up()
        assert terminal.wait_end() == 128 + signal.SIGHUP
    place = kept(tmp_path)
    tally.add(faults=1, losses=int(place < PLACE))
    assert PLACE <= place < PLACE + 60


def tmux(environment: Mapping[str, str], folder: Path, *words: str) -> str:
    command = ["tmux", "-S", str(folder / "tmux"), "-f", "/dev/null", *words]
    return subprocess.run(command, env=dict(environment), capture_output=True, text=True, timeout=30).stdout


@pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here")
def test_in_tmux_it_plays_on_without_anybody_attached_and_keeps_the_place_when_tmux_ends(
    tmp_path: Path, tally: Tally
) -> None:
    environment = {**home(tmp_path, ao_null_speed="4"), "TERM": "xterm-256color"}
    command = [sys.executable, "-m", "pptui", *ARGUMENTS]
    tmux(environment, tmp_path, "new-session", "-d", "-x", "100", "-y", "30", *command)
    try:
        end = time.monotonic() + PATIENCE
        while kept(tmp_path) < PLACE + 4:  # written again by itself, while nobody looks
            assert time.monotonic() < end, tmux(environment, tmp_path, "capture-pane", "-p")
            time.sleep(0.05)
        assert "▶ #044" in tmux(environment, tmp_path, "capture-pane", "-p")
        reached = kept(tmp_path)
    finally:
        tmux(environment, tmp_path, "kill-server")
    tally.add(faults=1, losses=int(kept(tmp_path) < reached))
    assert reached <= kept(tmp_path) < PLACE + 120
