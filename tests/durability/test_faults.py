"""A fault of pptui's own: what the user sees of it, what is kept, and what is written down."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests import audio
from tests.durability.tally import Tally
from tests.terminal import Terminal, home, pptui_with

SECRET = "swordfish"


class Faulty(Terminal):
    """pptui with something in it replaced by `code`, which stands before its start."""

    def __init__(self, folder: Path, code: str, arguments: tuple[str, ...] = ()) -> None:
        fault = (
            "from pptui.app import PptuiApp\ndef fault(*_, **__):\n"
            f"    raise LookupError('https://me:{SECRET}@example.org/{SECRET}?key={SECRET}')\n"
        )
        super().__init__(arguments, home(folder), program=pptui_with(fault + code, folder))


@pytest.fixture
def episode(tmp_path: Path) -> str:
    return str(audio.silence(tmp_path / "talk.wav", 600))


def reports(folder: Path) -> list[Path]:
    return sorted((folder / "state" / "pptui").glob("fault-*.txt"))


def ended_plainly(terminal: Terminal, folder: Path) -> str:
    """The app has ended by a fault as it should; its report."""
    assert terminal.wait_end() == 1
    (report,) = reports(folder)
    after = bytes(terminal.raw).rpartition(b"\x1b[?1049l")[2].decode()
    shown = re.sub(r"\x1b\[[0-9;?<>]*[a-zA-Z]", "", after).strip()
    said = r"pptui: \w+ by a fault of pptui's own \(LookupError\); what happened is in "
    assert re.fullmatch(said + re.escape(str(report)), shown), after
    assert b"Traceback" not in terminal.raw and SECRET.encode() not in terminal.raw
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    content = report.read_text()
    assert SECRET not in content
    assert str(folder) not in content.replace(str(folder / "program.py"), "")
    return content


def position(folder: Path) -> float:
    """What a later pptui knows of how far it was heard."""
    done = subprocess.run(
        [sys.executable, "-m", "pptui", "status", "--json"],
        env=home(folder),
        capture_output=True,
        timeout=30,
        check=True,
    )
    return float(json.loads(done.stdout)["position"])


WHILE_PLAYING = {
    "a key": ("PptuiApp.action_help = fault", "?"),
    "drawing": (
        "from pptui.widgets.player_bar import PlayerBar\n"
        "def broken(self):\n"
        "    PlayerBar.render_line = fault\n"
        "    for bar in self.screen.query(PlayerBar): bar.refresh()\n"
        "PptuiApp.action_help = broken",
        "?",
    ),
    "quitting": ("PptuiApp.exit = fault", "q"),
}


@pytest.mark.parametrize("where", WHILE_PLAYING)
def test_a_fault_keeps_the_place_and_leaves_the_terminal_as_it_was(
    tmp_path: Path, episode: str, tally: Tally, where: str
) -> None:
    code, key = WHILE_PLAYING[where]
    with Faulty(tmp_path, code, ("play", episode)) as terminal:
        before = terminal.settings()
        terminal.wait(r"0:0[1-9] .*10:00")
        terminal.press("right")
        terminal.wait(r"0:1\d .*10:00")
        terminal.press(key)
        content = ended_plainly(terminal, tmp_path)
        assert terminal.settings() == before
    kept = position(tmp_path)
    tally.add(faults=1, losses=not 10 < kept < 60)
    assert 10 < kept < 60
    assert "LookupError: https://example.org/…" in content
    assert "LibraryScreen seek" in content or "EpisodeScreen seek" in content


OTHER = {
    "a timer": ("PptuiApp.action_help = lambda self: self.set_timer(0.01, fault)", "?"),
    "what comes from behind": ("PptuiApp.action_help = lambda self: self.behind(lambda: 1, fault)", "?"),
    "the last moment": ("PptuiApp.on_unmount = fault", "q"),
    "what Textual does last": ("PptuiApp._shutdown = fault", "q"),
    "an end that never comes": (
        "import asyncio, pptui.screens.ending\n"
        "pptui.screens.ending._LAST_CHANCE = 1.0\n"
        "async def never(self): await asyncio.sleep(1000)\n"
        "PptuiApp.action_help, PptuiApp._shutdown = fault, never",
        "?",
    ),
    "before the first frame": ("PptuiApp.get_default_screen = fault", ""),
    "before the app": ("PptuiApp.__init__ = fault", ""),
    "both ends": ("PptuiApp.get_default_screen = PptuiApp._shutdown = fault", ""),
}


@pytest.mark.parametrize("where", OTHER)
def test_wherever_a_fault_is_it_ends_in_a_line_and_a_report(tmp_path: Path, tally: Tally, where: str) -> None:
    code, key = OTHER[where]
    with Faulty(tmp_path, code) as terminal:
        before = terminal.settings()
        if key:
            terminal.wait("Your library is empty")
            terminal.press(key)
        content = ended_plainly(terminal, tmp_path)
        assert terminal.settings() == before
    tally.add(faults=1)
    assert "LookupError: https://example.org/…" in content


BEHIND = {
    "a thread": "import threading\ndef broken(self): threading.Thread(target=fault).start()",
    "work behind the screen": "def broken(self): self.behind(fault, print)",
    "the loop": "import asyncio\ndef broken(self): asyncio.get_running_loop().call_soon(fault)",
}


@pytest.mark.parametrize("where", BEHIND)
def test_a_fault_behind_the_screen_is_said_and_the_app_goes_on(
    tmp_path: Path, tally: Tally, where: str
) -> None:
    with Faulty(tmp_path, f"{BEHIND[where]}\nPptuiApp.action_help = broken") as terminal:
        terminal.wait("Your library is empty")
        terminal.press("?")
        terminal.wait(r"A fault of pptui's own \(LookupError\)")
        terminal.press("q")
        assert terminal.wait_end() == 0
    tally.add(faults=1)
    assert reports(tmp_path) == []
    log = (tmp_path / "state" / "pptui" / "pptui.log").read_text()
    assert "Traceback" in log and "in fault" in log and SECRET not in log


def test_a_report_that_can_not_be_written_is_said_too(tmp_path: Path, tally: Tally) -> None:
    (tmp_path / "state").write_text("not a folder")
    with Faulty(tmp_path, "PptuiApp.get_default_screen = fault") as terminal:
        assert terminal.wait_end() == 1
    tally.add(faults=1)
    assert b"pptui: ended by a fault of pptui's own (LookupError); no report could be written" in terminal.raw
    assert b"Traceback" not in terminal.raw and SECRET.encode() not in terminal.raw


def test_a_crash_inside_a_library_leaves_a_trace_in_the_log(tmp_path: Path, tally: Tally) -> None:
    code = "import ctypes\nPptuiApp.action_help = lambda self: ctypes.string_at(0)"
    with Faulty(tmp_path, code) as terminal:
        terminal.wait("Your library is empty")
        terminal.press("?")
        assert terminal.wait_end() < 0
    tally.add(faults=1)
    assert "Segmentation fault" in (tmp_path / "state" / "pptui" / "pptui.log").read_text()
