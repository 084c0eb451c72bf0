"""A disk in trouble: that is said while it lasts, what plays goes on, nothing is lost or written over."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pptui import demo
from tests.durability.disk import KINDS
from tests.durability.tally import LONG, Tally
from tests.shell import Shell
from tests.terminal import Terminal, home

ROOT = Path(__file__).parents[2]
NEEDS_ROOT = ("full", "read-only")
SAYS = {
    "full": errno.ENOSPC,
    "read-only": errno.EROFS,
    "permission": errno.EACCES,
    "file size": errno.EFBIG,
    "quota": errno.EDQUOT,
    "broken": errno.EIO,
}


@pytest.fixture
def own_disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own, in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root may mount a disk, and not everywhere")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("kind", [one for one in KINDS if LONG or one != "broken"])
def test_while_the_disk_is_in_trouble_it_is_said_and_afterwards_all_is_there(
    tmp_path: Path, request: pytest.FixtureRequest, tally: Tally, kind: str
) -> None:
    folder = request.getfixturevalue("own_disk") if kind in NEEDS_ROOT else tmp_path
    done = subprocess.run(
        [sys.executable, "-m", "tests.durability.disk", kind, str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    line = f"library.json can't be saved: {os.strerror(SAYS[kind])}; it is kept in memory and tried again"
    assert seen["said"] == seen["still said"] == line
    assert seen["asked"] == line, "quitting would lose it, and asks"
    assert seen["played on"] >= 1.0 and seen["error"] == ""
    assert seen["untouched"]
    assert seen["saved"], "by itself: nothing was pressed"
    assert seen["refreshed again"] == [""]
    tally.add(faults=1, losses=(seen["marked"] != 3) + (abs(seen["kept at"] - seen["position"]) > 1.0))
    assert seen["marked"] == 3
    assert seen["kept at"] == pytest.approx(seen["position"], abs=1.0)


def test_who_quits_all_the_same_is_told_what_was_lost(tmp_path: Path, tally: Tally) -> None:
    environment = home(tmp_path, ao_null_speed="4")
    obstacle = tmp_path / "data" / "pptui" / ".library.json.new"
    with Terminal(["play", demo.EPISODE_ID], environment) as terminal:
        terminal.wait(r"\d:(0[1-9]|[1-5]\d) .* 52:00")
        terminal.wait("▶")
        obstacle.mkdir(parents=True, exist_ok=True)
        terminal.press("m")
        terminal.wait("library.json can't be saved: Is a directory; it is kept in memory and tried again")
        terminal.press("q")
        terminal.wait("What has changed is not saved")
        terminal.press("escape")
        terminal.wait("What has changed is not saved", gone=True)
        terminal.wait("library.json can't be saved")
        terminal.press("q")
        terminal.wait("enter quits and loses it")
        terminal.press("enter")
        assert terminal.wait_end() == 1
        terminal.wait("pptui: library.json can't be saved: Is a directory")
    tally.add(faults=1)


def test_a_library_that_may_not_be_read_is_not_taken_for_an_empty_one(shell: Shell, tally: Tally) -> None:
    library = shell.folder / "data" / "pptui" / "library.json"
    library.mkdir(parents=True)
    with Terminal([], shell.environment) as terminal:
        terminal.wait("library.json can't be read: Is a directory")
        terminal.press("q")
        assert terminal.wait_end() in (0, 1)
    assert library.is_dir()
    done = shell("add", "nothing")
    assert done.code == 1 and "library.json can't be read: Is a directory" in done.err
    tally.add(faults=1)
