"""A file is the old one or the new one, whatever fails, and a damaged one is never the end."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pptui.store import files
from pptui.store.files import Damaged, SafeFile

CALLS = ("open", "write", "fsync", "replace", "close")


def parse(data: bytes) -> bytes:
    if not data.startswith(b"good"):
        raise Damaged("not good")
    return data


def safe(path: Path, told: list[str] | None = None) -> SafeFile:
    return SafeFile(path, (told if told is not None else []).append)


def failing_at(number: int, calls: list[str], *, half: bool = False) -> SimpleNamespace:
    """The module `os`, in which the call with this number fails; `half`: after writing a part."""

    def wrap(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            calls.append(name)
            if len(calls) == number and name != "close":
                if half and name == "write":
                    real(args[0], bytes(args[1])[:3])
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*args, **kwargs)

        return call

    return SimpleNamespace(**{**vars(os), **{name: wrap(name) for name in CALLS}})


@pytest.mark.parametrize("half", [False, True])
def test_a_write_that_fails_at_any_system_call_leaves_the_old_file_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, half: bool
) -> None:
    outcomes = set()
    for number in range(1, 100):
        path = tmp_path / str(number) / "file"
        told: list[str] = []
        safe(path).write(b"good old")
        calls: list[str] = []
        with monkeypatch.context() as patch:
            patch.setattr(files, "os", failing_at(number, calls, half=half))
            try:
                safe(path).write(b"good new")
                returned = True
            except OSError:
                returned = False
        found = safe(path, told).read(parse)
        assert found in (b"good old", b"good new")
        assert found == b"good new" or not returned
        assert told == []
        assert not list(path.parent.glob(".file.new"))
        outcomes.add((returned, found))
        if len(calls) < number:
            break
    assert {(False, b"good old"), (False, b"good new"), (True, b"good new")} == outcomes


def test_a_file_cut_off_by_a_stop_in_the_middle_of_a_write_is_not_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "file"
    safe(path).write(b"good old")
    (tmp_path / ".file.new").write_bytes(b"goo")
    assert safe(path).read(parse) == b"good old"
    safe(path).write(b"good new")
    assert safe(path).read(parse) == b"good new"


def test_only_the_user_can_read_what_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "data" / "pptui" / "file"
    safe(path).write(b"good")
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", [b"", b"bad", b"\0" * 100])
def test_a_damaged_file_is_kept_with_its_date_and_the_copy_is_used(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "file"
    safe(path).write(b"good")
    path.write_bytes(damage)
    os.utime(path, (0, 0))
    told: list[str] = []
    assert safe(path, told).read(parse) == b"good"
    assert (tmp_path / "file.damaged-1970-01-01T000000Z").read_bytes() == damage
    assert len(told) == 1 and "damaged" in told[0] and "restored the copy of" in told[0]
    assert path.read_bytes() == b"good"
    again: list[str] = []
    assert safe(path, again).read(parse) == b"good"
    assert again == []


def test_two_files_damaged_in_the_same_second_are_both_kept(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for damage in (b"bad 1", b"bad 2"):
        safe(path).write(b"good")
        path.write_bytes(damage)
        os.utime(path, (0, 0))
        safe(path).read(parse)
    assert {one.read_bytes() for one in tmp_path.glob("file.damaged-*")} == {b"bad 1", b"bad 2"}


def test_a_file_that_vanished_comes_back_from_its_copy(tmp_path: Path) -> None:
    path = tmp_path / "file"
    safe(path).write(b"good")
    path.unlink()
    told: list[str] = []
    assert safe(path, told).read(parse) == b"good"
    assert "missing" in told[0]


def test_file_and_copy_both_damaged_are_both_kept(tmp_path: Path) -> None:
    path = tmp_path / "file"
    safe(path).write(b"good")
    path.write_bytes(b"bad file")
    path.with_name("file.bak").write_bytes(b"bad copy")
    told: list[str] = []
    assert safe(path, told).read(parse) is None
    assert "starting empty" in told[0]
    safe(path).write(b"good again")
    assert {one.read_bytes() for one in tmp_path.glob("*.damaged-*")} == {b"bad file", b"bad copy"}


def test_a_file_that_may_not_be_read_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.mkdir()
    with pytest.raises(OSError):
        safe(path).read(parse)
    assert path.is_dir()


@pytest.mark.parametrize("name", ["file", "file.bak"])
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"bad")
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)
    with pytest.raises(OSError, match="Not a regular file"):
        safe(tmp_path / "file").read(parse)
    assert (tmp_path / name).is_fifo()


def test_a_link_to_a_file_kept_elsewhere_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "synchronised" / "real"
    link = tmp_path / "file"
    safe(real).write(b"good old")
    link.symlink_to(real)
    safe(link).write(b"good new")
    assert link.is_symlink()
    assert real.read_bytes() == b"good new"


def test_what_another_process_wrote_is_noticed_even_when_it_looks_the_same(tmp_path: Path) -> None:
    path = tmp_path / "file"
    ours = safe(path)
    ours.write(b"good 1")
    assert not ours.changed()
    when = path.stat().st_mtime_ns
    for number in range(20):
        other = safe(path)
        other.write(b"good %d" % (number % 10))
        other.close()
        os.utime(path, ns=(when, when))
        assert ours.changed()
        ours.read(parse)
        assert not ours.changed()


def edit_in_place(path: Path, before: bytes, after: bytes) -> None:
    """As an editor does that keeps the file and writes into it."""
    status = path.stat()
    with path.open("r+b") as file:
        data = file.read().replace(before, after)
        file.seek(0)
        file.truncate()
        file.write(data)
    # Two writes within one tick of the clock would have the same time.
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))


@pytest.mark.parametrize("after", ["reading", "writing"])
def test_an_edit_by_hand_in_the_file_itself_is_noticed(tmp_path: Path, after: str) -> None:
    path = tmp_path / "file"
    safe(path).write(b"good 1")
    ours = safe(path)
    if after == "writing":
        ours.write(b"good 1")
    else:
        ours.read(parse)
    assert not ours.changed()
    edit_in_place(path, b"1", b"2")
    assert ours.changed()
    assert ours.read(parse) == b"good 2"
    assert not ours.changed()


def test_a_process_that_holds_the_lock_for_ever_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LOCK_WAIT", 0.05)
    code = (
        "import sys, pathlib\n"
        "from pptui.store.files import SafeFile\n"
        "with SafeFile(pathlib.Path(sys.argv[1]), print).locked():\n"
        "    print('locked', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "file")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout and other.stdin
        other.stdout.readline()
        with pytest.raises(TimeoutError), safe(tmp_path / "file").locked():
            pass
        other.stdin.close()
        other.wait()
    with safe(tmp_path / "file").locked():
        pass
