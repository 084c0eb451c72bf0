"""Stopped or failed at any system call of a write: what was before is there afterwards or what was to be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pptui.store import files
from pptui.store.files import Damaged, SafeFile
from pptui.store.journal import Journal
from pptui.store.library import Library
from tests.durability import crashing
from tests.durability.tally import Tally, size

ROOT = Path(__file__).parents[2]
WAYS = size(("kill half", "fail half"), ("kill", "kill half", "fail", "fail half"))
"""What happens at the call; `half`: where it writes, half of that is written first."""


# The real files of a real process, which is stopped by SIGKILL or meets a full disk at each call in turn.


def left(folder: Path) -> tuple[str, str, list[str]]:
    """What is found: the library, the position, and what was told of them."""
    told: list[str] = []
    library = Library(folder / "library.json", on_problem=told.append)
    journal = Journal(folder / "position.json", on_problem=told.append)
    titles = sorted(one.title for one in library.subscriptions())
    played = sum(progress.played for _, progress in library.touched())
    entry = journal.read()
    library.close()
    journal.close()
    states = {
        ((), 0): "nothing",
        (("A feed",), 0): "old",
        (("Older!",), 0): "backup",
        (("A feed", "Another"), 10): "new",
        (("Another",), 10): "new",
    }
    places = {None: "nothing", crashing.OLD: "old", crashing.NEW: "new"}
    kept = states.get((tuple(titles), played), f"{titles}, {played} played")
    place = entry.position if entry else None
    return kept, places.get(place, f"at {place}"), told


def prepared(folder: Path, scene: str) -> Path:
    """What is there before."""
    before = folder / "before"
    if scene == "the first change":
        return before
    crashing.begin(before)
    if scene == "a damaged library":
        (before / "library.json").write_bytes(bytes(500))
    os.utime(before / "library.json", (0, 0))  # so that it is today's first change
    return before


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scene", ["a change", "the first change", "a damaged library", "going back"])
def test_stopped_or_failed_at_any_system_call_the_files_are_the_old_ones_or_the_new(
    tmp_path: Path, tally: Tally, scene: str, way: str
) -> None:
    before = prepared(tmp_path, scene)
    old = "nothing" if scene == "the first change" else "old"
    new = "backup" if scene == "going back" else "new"
    did = "restore" if scene == "going back" else "change"
    command = [
        sys.executable,
        "-m",
        "tests.durability.crashing",
        did,
        way,
        str(before),
        str(tmp_path / "now"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    lost, met = [], set()
    for line in done.stdout.splitlines():
        number, *said = line.split()
        library, position, told = left(tmp_path / "now" / number)
        at_the_end = way.startswith("fail") or said[-1:] == ["end"]
        may = {"library": {old, new}, "position": {old, new if did == "change" else "old"}}
        for name, found in (("library", library), ("position", position)):
            if name in said or (at_the_end and did == "change"):
                may[name] = {new}
            if found not in may[name]:
                lost.append(f"call {number}: {name} {found}, said: {said}")
        if scene != "a damaged library":
            lost += [f"call {number}: {one}" for one in told]
        met.add((library, position))
    tally.add(crash_points=len(done.stdout.splitlines()), losses=len(lost))
    assert lost == []
    if way.startswith("kill"):
        assert {library for library, _ in met} == {old, new}
        assert did == "restore" or {position for _, position in met} == {old, new}


# The power fails: what no fsync was waited for is as it was, or is nothing but zeros.


class PowerCut(BaseException):
    """There is no more power: nothing is done any more."""


class Machine:
    """The module `os` for a SafeFile, on a machine whose power fails at the call with that number."""

    def __init__(self, number: int) -> None:
        self.calls = 0
        self._number = number
        self._paths: dict[int, Path] = {}
        self._loose: set[Path] = set()  # with content that may not be on the disk
        self._renamed: list[tuple[Path, bytes | None]] = []  # and what was there before

    def module(self) -> SimpleNamespace:
        names = ("open", "write", "fsync", "replace", "rename", "unlink", "close", "fstat")
        return SimpleNamespace(**{**vars(os), **{name: self._wrap(name) for name in names}})

    def _wrap(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            self.calls += 1
            if self.calls >= self._number:
                raise PowerCut
            getattr(self, f"_before_{name}", lambda *_: None)(*arguments)
            result = getattr(os, name)(*arguments, **options)
            if name == "open":
                self._paths[result] = Path(arguments[0])
                if arguments[1] & os.O_CREAT and not str(arguments[0]).endswith(".lock"):
                    self._loose.add(Path(arguments[0]))
            return result

        return call

    def _before_close(self, descriptor: int) -> None:
        self._paths.pop(descriptor, None)  # what was opened to be read is not here

    def _before_fsync(self, descriptor: int) -> None:
        path = self._paths[descriptor]
        if path.is_dir():
            self._renamed = [one for one in self._renamed if one[0].parent != path]
        self._loose.discard(path)

    def _before_replace(self, source: Path, target: Path) -> None:
        self._renamed.append((target, target.read_bytes() if target.exists() else None))
        if source in self._loose:
            self._loose.remove(source)
            self._loose.add(target)

    def _before_rename(self, source: Path, target: Path) -> None:
        self._renamed.append((source, source.read_bytes()))
        self._before_replace(source, target)

    def cut(self, lost: str) -> None:
        """What the disk has after it: `nothing` lost, `content` (the names are there), or `names` as well."""
        for descriptor in self._paths:
            os.close(descriptor)  # no process, no lock
        if lost == "nothing":
            return
        for path in self._loose:
            if path.exists():
                path.write_bytes(bytes(path.stat().st_size))
        if lost == "names":
            for path, before in reversed(self._renamed):
                if before is None:
                    path.unlink(missing_ok=True)
                else:
                    path.write_bytes(before)


def parse(data: bytes) -> bytes:
    if not data.startswith(b"good"):
        raise Damaged("not good")
    return data


def points(monkeypatch: pytest.MonkeyPatch, do: Callable[[], None]) -> Iterator[tuple[Machine, bool]]:
    """Do it with the power cut at each call in turn; the machine after it, and whether it was done."""
    number, finished = 1, False
    while not finished:
        machine = Machine(number)
        with monkeypatch.context() as patch:
            patch.setattr(files, "os", machine.module())
            try:
                do()
                finished = True
            except PowerCut:
                pass
        yield machine, finished
        number += 1


@pytest.mark.parametrize("lost", ["nothing", "content", "names"])
@pytest.mark.parametrize("before", [b"good old", None])
def test_after_a_power_cut_at_any_system_call_the_file_is_the_old_one_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally, lost: str, before: bytes | None
) -> None:
    path = tmp_path / "file"
    outcomes = set()

    def write() -> None:
        path.unlink(missing_ok=True)
        path.with_name("file.bak").unlink(missing_ok=True)
        if before is not None:
            for one in (path, path.with_name("file.bak")):
                one.write_bytes(before)
        SafeFile(path, lambda line: None).write(b"good new")

    for machine, returned in points(monkeypatch, write):
        machine.cut(lost)
        tally.add(crash_points=1)
        told: list[str] = []
        found = SafeFile(path, told.append).read(parse)
        right = found == b"good new" or (found == before and not returned)
        # Where there was no file, a copy without it is one that was saved: told, and right all the same.
        tally.add(losses=int(not right or (bool(told) and before is not None)))
        assert right and (not told or before is None), (machine.calls, found, told)
        outcomes.add((returned, found))
    assert {(False, before), (False, b"good new"), (True, b"good new")} == outcomes


@pytest.mark.parametrize("lost", ["nothing", "content", "names"])
def test_after_a_power_cut_while_a_copy_is_put_back_it_can_still_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally, lost: str
) -> None:
    path = tmp_path / "file"

    def recover() -> None:
        path.write_bytes(b"damaged")
        path.with_name("file.bak").write_bytes(b"good")
        assert SafeFile(path, lambda line: None).read(parse) == b"good"

    for machine, _ in points(monkeypatch, recover):
        machine.cut(lost)
        tally.add(crash_points=1)
        found = SafeFile(path, lambda line: None).read(parse)
        tally.add(losses=int(found != b"good"))
        assert found == b"good", machine.calls
        assert path.read_bytes() == b"good"
