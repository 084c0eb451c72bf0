"""`pptui restore`, as a shell runs it."""

from __future__ import annotations

import errno
import json
import os
import time
from datetime import datetime
from pathlib import Path

import pytest

from tests.shell import Shell, item, rss
from tests.terminal import Terminal


@pytest.fixture
def library(shell: Shell) -> Path:
    """A library that had one podcast yesterday and has two today."""
    for name in ("Morning", "Evening"):
        (shell.folder / f"{name}.xml").write_bytes(rss(name, item("One", 1)))
    shell("add", "Morning.xml")
    paths = {one["name"]: one["path"] for one in shell.json("paths")}
    library = Path(paths["library"])
    assert Path(paths["backups"]) == library.parent / "backups"
    yesterday = time.time() - 86400
    os.utime(library, (yesterday, yesterday))
    shell("add", "Evening.xml")
    return library


def titles(shell: Shell) -> list[str]:
    return [one["title"] for one in shell.json("podcasts")]


def test_backups_are_listed_and_gone_back_to(shell: Shell, library: Path) -> None:
    (listed,) = shell.json("restore")
    yesterday = datetime.fromtimestamp(time.time() - 86400).astimezone()
    assert (listed["date"], listed["subscriptions"], listed["positions"]) == (f"{yesterday:%Y-%m-%d}", 1, 0)
    assert listed["problem"] is None and listed["size"] > 0
    assert abs(datetime.fromisoformat(listed["written"]) - yesterday).total_seconds() < 60
    now, before = shell("restore").out.splitlines()
    assert now.startswith("now ") and now.endswith("2 subscriptions and 0 positions")
    assert before.startswith(listed["date"]) and before.endswith("1 subscription and 0 positions")

    done = shell("restore", listed["date"], "--yes")
    assert (done.code, done.err) == (0, "")
    assert titles(shell) == ["Morning"]
    back = done.out.rpartition("pptui restore ")[2].rstrip(")\n")
    assert shell("restore", back, "--yes").code == 0
    assert titles(shell) == ["Evening", "Morning"]


def test_without_an_answer_nothing_is_gone_back_to(shell: Shell, library: Path) -> None:
    (listed,) = shell.json("restore")
    done = shell("restore", listed["date"])
    assert done.code == 1 and "say --yes" in done.err
    done = shell("restore", "2001-01-01", "--yes")
    assert done.code == 1 and "no backup is called 2001-01-01" in done.err
    assert titles(shell) == ["Evening", "Morning"]


def test_on_a_full_disk_it_is_said_that_the_library_is_as_it_was(shell: Shell, library: Path) -> None:
    (listed,) = shell.json("restore")
    before = library.read_bytes()
    library.with_name(".library.json.new").symlink_to("/dev/full")
    done = shell("restore", listed["date"], "--yes")
    said = f"the library of {listed['date']} was not restored; yours is as it was"
    assert (done.code, done.out, done.err) == (1, "", f"pptui: {said}: No space left on device\n")
    assert library.read_bytes() == before


def test_of_a_disk_that_does_not_confirm_it_the_truth_is_said(
    shell: Shell, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (listed,) = shell.json("restore")
    folder, sync = library.parent.stat().st_ino, os.fsync

    def fsync(descriptor: int) -> None:
        if os.fstat(descriptor).st_ino == folder:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        sync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        done = shell("restore", listed["date"], "--yes")
    assert done.code == 1 and "is as it was" not in done.err
    assert f"the library of {listed['date']} is restored, but the disk does not confirm it" in done.err
    assert "Input/output error" in done.err
    assert titles(shell) == ["Morning"]
    back = done.out.rpartition("pptui restore ")[2].rstrip(")\n")
    assert shell("restore", back, "--yes").code == 0
    assert titles(shell) == ["Evening", "Morning"]


def test_on_a_terminal_it_is_asked_first(shell: Shell, library: Path) -> None:
    (listed,) = shell.json("restore")
    for answer, left in (("n", ["Evening", "Morning"]), ("y", ["Morning"])):
        with Terminal(["restore", listed["date"]], shell.environment) as terminal:
            terminal.wait("with 1 subscription and 0 positions")
            terminal.wait(r"now: 2 subscriptions and 0 positions\)\? \[y/N\]")
            terminal.press(answer, "enter")
            assert terminal.wait_end() == (0 if answer == "y" else 1)
        assert titles(shell) == left


def test_on_the_first_day_it_is_said_that_there_is_nothing_yet(shell: Shell) -> None:
    done = shell("restore")
    assert (done.code, done.out) == (0, "") and "no backups yet" in done.err
    assert shell.json("restore") == []
    assert not list(shell.folder.rglob("library*")), "looking makes nothing"


def test_from_a_library_of_a_newer_pptui_one_can_go_back(shell: Shell, library: Path) -> None:
    (listed,) = shell.json("restore")
    newer = json.dumps({"_schema": {"1": {"version": 99}}, "feeds": {}})
    library.write_text(newer)
    for arguments in (["podcasts"], ["add", "Morning.xml"], ["doctor"]):
        done = shell(*arguments)
        assert done.code == 1 and "Traceback" not in done.err
        assert "library.json was written by a newer pptui" in done.err + done.out
    assert library.read_text() == newer
    assert "written by a newer pptui" in shell("restore").out
    done = shell("restore", listed["date"], "--yes")
    assert done.code == 0
    assert titles(shell) == ["Morning"]
    back = done.out.rpartition("pptui restore ")[2].rstrip(")\n")
    assert shell("restore", back, "--yes").code == 1, "this pptui can't read it, and it is kept"
    assert len(shell.json("restore")) == 2


def test_the_player_does_not_open_a_library_of_a_newer_pptui(shell: Shell, library: Path) -> None:
    library.write_text('{"_schema": {"1": {"version": 99}}}')
    with Terminal([], shell.environment) as terminal:
        assert terminal.wait_end() == 1
        assert "pptui: library.json was written by a newer pptui" in terminal.text
        assert b"\x1b[?1049h" not in terminal.raw
    assert library.read_text() == '{"_schema": {"1": {"version": 99}}}'
