"""Usage, start and failure of the shell's commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from pptui import __version__
from pptui.chapters.formats import FORMATS
from pptui.cli import main
from pptui.models import Source
from pptui.store.selection import Filter, Sort
from tests.shell import Shell, item, rss

HEAVY = ("textual", "mpv", "tinydb", "sqlite3", "lxml", "urllib3", "feedparser")
COMMANDS = (
    "add",
    "remove",
    "refresh",
    "podcasts",
    "episodes",
    "chapters",
    "play",
    "demo",
    "restore",
    "status",
    "doctor",
    "paths",
)

# Runs a command and says on standard error which of the modules named first it loaded.
_LOADED = """
import json, sys
from pptui.cli import main
names = json.loads(sys.argv[1])
code = main(sys.argv[2:])
sys.stdout.flush()
print("LOADED", *[name for name in names if name in sys.modules], file=sys.stderr)
sys.exit(code)
"""


def loaded(shell: Shell, *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, json.dumps(HEAVY), *arguments],
        env=shell.environment,
        cwd=shell.folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    last = done.stderr.splitlines()[-1].split()
    assert last[0] == "LOADED", done.stderr
    return last[1:]


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_the_first_question_is_answered_before_anything_heavy_is_loaded(shell: Shell, option: str) -> None:
    assert loaded(shell, option) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "feed.xml"],
        ["remove", "talks"],
        ["refresh"],
        ["podcasts"],
        ["episodes"],
        ["chapters", "notes.txt"],
        ["restore"],
        ["status"],
        ["paths"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_no_command_but_the_player_waits_for_textual(shell: Shell, arguments: list[str]) -> None:
    (shell.folder / "feed.xml").write_bytes(rss("Talks", item("One", 1)))
    (shell.folder / "notes.txt").write_text("0:00 One\n1:00 Two\n2:00 Three\n")
    assert "textual" not in loaded(shell, *arguments)


def test_a_status_bar_that_asks_each_second_opens_neither_library_nor_catalogue(shell: Shell) -> None:
    assert not {"textual", "lxml", "urllib3", "feedparser", "mpv"} & set(loaded(shell, "status"))
    assert not list(shell.folder.rglob("library*")) + list(shell.folder.rglob("catalogue*"))


def test_the_version_is_told(shell: Shell) -> None:
    done = shell("--version")
    assert (done.code, done.out) == (0, f"pptui {__version__}\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert main([command, "--help"]) == 0
    assert f"usage: pptui {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["add"],
        ["remove"],
        ["play"],
        ["episodes", "--limit", "0"],
        ["episodes", "--limit", "-3"],
        ["chapters", "x", "--episode", "first"],
        ["play", "x", "--at", "25 o'clock"],
        ["play", "x", "--chapter", "0"],
        ["play", "x", "--at", "1:00", "--chapter", "2"],
        ["podcasts", "--jso"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told_apart_from_failure(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "usage: pptui" in told.err


def test_what_a_script_passes_on_cannot_write_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["\x1b]52;c;ZXZpbA==\x07"]) == 2
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "option", "known"),
    [
        # What was heard last is in no feed: that order is the library's alone.
        ("episodes", "--sort", set(Sort) - {Sort.HEARD}),
        ("episodes", "--filter", set(Filter)),
        ("chapters", "--format", set(FORMATS)),
        ("chapters", "--from", {*Source, "all"}),
    ],
)
def test_what_can_be_chosen_is_what_there_is(
    capsys: pytest.CaptureFixture[str], command: str, option: str, known: set[str]
) -> None:
    assert main([command, "x", option, "?"]) == 2
    offered = capsys.readouterr().err.partition("(choose from ")[2].strip().removesuffix(")")
    assert {one.strip("'") for one in offered.split(", ")} == known


@pytest.mark.parametrize("arguments", [[], ["demo"]], ids=["alone", "demo"])
def test_without_a_terminal_the_player_says_so_and_does_not_hang(shell: Shell, arguments: list[str]) -> None:
    process = shell.start(*arguments)
    out, told = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, b"")
    assert told == b"pptui: the player needs a terminal (for scripts there are commands: pptui --help)\n"


def test_a_reader_that_goes_away_gets_no_traceback(shell: Shell) -> None:
    many = [item(f"Episode {number}", 1) for number in range(3000)]
    (shell.folder / "feed.xml").write_bytes(rss("Talks", *many))
    assert shell("add", "feed.xml").code == 0
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as out:
        process = shell.start("episodes", stdout=out)
    os.read(reading, 100)
    os.close(reading)
    _, told = process.communicate(timeout=60)
    assert told == b""
    assert process.returncode == 141


def test_ctrl_c_ends_a_slow_command_without_a_traceback(shell: Shell) -> None:
    fifo = shell.folder / "never-ending"
    os.mkfifo(fifo)
    process = shell.start("chapters", str(fifo))
    # The other end opens once the command waits for it.
    with fifo.open("wb"):
        process.send_signal(signal.SIGINT)
        out, told = process.communicate(timeout=60)
    assert (process.returncode, out, told) == (130, b"", b"")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state folder of commands that are run in this process."""
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    return tmp_path / "state" / "pptui"


def broken(*_: object, **__: object) -> NoReturn:
    raise ZeroDivisionError("by the test")


def test_a_bug_is_one_line_and_its_details_are_in_a_report(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from pptui.commands import subscriptions

    monkeypatch.setattr(subscriptions, "podcasts", broken)
    assert main(["podcasts"]) == 1
    told = capsys.readouterr().err
    (report,) = state.glob("fault-*.txt")
    assert told.count("\n") == 1
    assert told.endswith(f"what happened is in {report}\n")
    assert "ZeroDivisionError: by the test" in report.read_text()


def test_a_bug_with_one_podcast_has_a_report_too_and_the_others_are_added(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from pptui.subscriptions import adding

    feed = tmp_path / "a.xml"
    feed.write_bytes(rss("Talks", item("One", 1)))
    there = adding.address
    monkeypatch.setattr(adding, "address", lambda source: broken() if source == "odd" else there(source))
    assert main(["add", "odd", str(feed)]) == 1
    told = capsys.readouterr()
    (report,) = state.glob("fault-*.txt")
    assert told.out == "added: Talks (1 episode)\n"
    assert told.err.startswith("pptui: odd: failed by a fault of pptui's own (ZeroDivisionError); ")
    assert told.err.endswith(f"what happened is in {report}\n")


def test_paths_follow_the_xdg_variables(shell: Shell) -> None:
    found = {row["name"]: row["path"] for row in shell.json("paths")}
    assert found["library"] == str(shell.folder / "data" / "pptui" / "library.json")
    assert found["settings"] == str(shell.folder / "config" / "pptui" / "config.toml")
    assert found["catalogue"] == str(shell.folder / "cache" / "pptui" / "catalogue.sqlite")
    assert found["log"] == str(shell.folder / "state" / "pptui" / "pptui.log")
    lines = shell("paths").out.splitlines()
    assert [line.split(maxsplit=1)[1] for line in lines] == list(found.values())


def test_doctor_tells_what_is_here_and_that_it_can_be_used(shell: Shell) -> None:
    done = shell("doctor")
    rows = [line.split(maxsplit=2) for line in done.out.splitlines()]
    assert done.code == 0, done.out
    assert {row[0] for row in rows} <= {"ok", "note"}
    assert {"pptui", "python", "textual", "audio", "terminal", "data", "library"} <= {row[1] for row in rows}
    assert ["ok", "audio", "the device opens"] in rows


def test_doctor_says_what_to_install_where_libmpv_is_missing(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pptui.player import libmpv

    def missing(name: str) -> None:
        raise OSError(f"cannot open {name}")

    # Neither the loader nor the search finds it, and what an earlier test loaded does not count.
    monkeypatch.setattr(libmpv.ctypes, "CDLL", missing)
    monkeypatch.setattr(libmpv.ctypes.util, "find_library", lambda name: None)
    monkeypatch.delitem(sys.modules, "mpv", raising=False)
    done = shell("doctor")
    assert done.code == 1
    (line,) = [one for one in done.out.splitlines() if one.startswith("bad")]
    assert line.split()[1] == "libmpv"
    assert "install" in line


def test_doctor_names_what_is_wrong(shell: Shell) -> None:
    config = shell.folder / "config" / "pptui" / "config.toml"
    config.write_text(
        'new_days = "many"\ntheme = "drak"\n[keys]\nmute = "no"\nquit = "?"\n'
        '[mpv]\nao = "null"\nno-such-option = "1"\n'
    )
    blocked = shell.folder / "data"
    blocked.write_text("a file where the folder should be")
    done = shell("doctor")
    assert done.code == 1
    rows = [line.split(maxsplit=2) for line in done.out.splitlines()]
    for mistake in ("new_days", "there is no theme 'drak'", "no is not a key", "? is both help and quit"):
        assert [row for row in rows if row[:2] == ["note", "settings"] and mistake in row[2]]
    assert [row for row in rows if row[:2] == ["note", "audio"] and "no-such-option" in row[2]]
    assert [row for row in rows if row[:2] == ["bad", "data"]]
