"""The library as it was on other days is there to go back to."""

from __future__ import annotations

import gzip
import json
import os
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pptui.models import Subscription
from pptui.store import backups as module
from pptui.store import files
from pptui.store.backups import DAYS, Backups, content
from pptui.store.library import Contents, Library
from pptui.store.restoring import Restoring, backup
from tests.store.test_files import failing_at

NOW = datetime.now().astimezone().replace(hour=12)


def subscribe(path: Path, name: str, told: list[str] | None = None) -> None:
    """One change, by a pptui that is opened and closed for it."""
    library = Library(path, on_problem=(told if told is not None else []).append, backups=folder(path))
    library.subscribe(Subscription(name, f"https://example.org/{name}", name, datetime.now(UTC)))
    assert library.close(30)
    settle()


def settle() -> None:
    """Compressing is done behind."""
    for thread in threading.enumerate():
        if thread.name == "backups":
            thread.join(30)


def folder(path: Path) -> Path:
    return path.with_name("backups")


def age(path: Path, days: int) -> str:
    """Have the library left so many days ago; that day."""
    when = NOW - timedelta(days=days)
    os.utime(path, (when.timestamp(), when.timestamp()))
    return f"{when.date()}"


def names(path: Path) -> list[str]:
    return sorted(one.name for one in folder(path).iterdir())


def test_the_last_seven_days_libraries_are_kept_one_a_day_small_and_for_the_user_only(
    tmp_path: Path,
) -> None:
    path = tmp_path / "library.json"
    days = []
    for number in range(12, 0, -1):
        for change in range(3):
            subscribe(path, f"day{number}-{change}")
        days.append(age(path, number))
    subscribe(path, "today")
    assert names(path) == [f"library-{day}.json.gz" for day in days[-DAYS:]]
    for file in folder(path).iterdir():
        raw = content(file)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.stat().st_size < len(raw) / 2
    assert stat.S_IMODE(folder(path).stat().st_mode) == 0o700
    oldest, *_, newest = (folder(path) / name for name in names(path))
    # As each day left it: three podcasts a day, since the twelfth day before.
    assert backup("", oldest).contents == Contents(18, 0)
    assert backup("", newest).contents == Contents(36, 0)
    assert backup("", newest).written.date() == NOW.date() - timedelta(days=1)


def test_backups_of_days_to_come_by_a_wrong_clock_drop_none_of_the_last_seven(tmp_path: Path) -> None:
    path = tmp_path / "library.json"
    subscribe(path, "0")
    days = []
    for number in [*range(-400, -400 - DAYS, -1), *range(DAYS, 0, -1)]:
        days.append(age(path, number))
        subscribe(path, f"{number}")
    assert names(path) == [f"library-{day}.json.gz" for day in sorted(days)]


def test_a_first_change_of_the_day_waits_for_no_compressing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "library.json"
    subscribe(path, "before")
    day, before = age(path, 1), path.read_bytes()
    gate = threading.Event()
    monkeypatch.setattr(Backups, "tidy", lambda self: gate.wait(30))
    library = Library(path, backups=folder(path))
    library.subscribe(Subscription("p", "https://example.org/", "New", datetime.now(UTC)))
    assert library.close(10), "and pptui ends"
    # What was not compressed then is a backup all the same, and compressed with the next one.
    assert names(path) == [f"library-{day}.json"]
    assert (folder(path) / f"library-{day}.json").read_bytes() == before
    assert Backups(folder(path)).names() == {day: folder(path) / f"library-{day}.json"}
    monkeypatch.undo()
    gate.set()
    settle()
    Backups(folder(path)).tidy()
    assert names(path) == [f"library-{day}.json.gz"]
    assert gzip.decompress((folder(path) / names(path)[0]).read_bytes()) == before


def test_where_there_are_no_links_a_backup_is_made_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "library.json"
    subscribe(path, "before")
    day, before = age(path, 1), path.read_bytes()

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(module.os, "link", refuse)
    subscribe(path, "after")
    assert names(path) == [f"library-{day}.json.gz"]
    assert content(folder(path) / names(path)[0]) == before


def test_a_backup_that_can_not_be_made_is_told_once_and_keeps_nothing_from_being_saved(
    tmp_path: Path,
) -> None:
    path = tmp_path / "library.json"
    subscribe(path, "before")
    folder(path).write_text("a file where the folder should be")
    told: list[str] = []
    library = Library(path, on_problem=told.append, backups=folder(path))
    for number in range(3):
        age(path, 1)
        library.subscribe(Subscription(f"p{number}", "https://example.org/", "New", datetime.now(UTC)))
        assert library.flush(30)
    assert library.close(30)
    assert len(told) == 1 and told[0].startswith("the library can't be backed up in ")
    assert len(json.loads(path.read_bytes())["subscriptions"]) == 4


def test_going_back_can_be_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "library.json"
    subscribe(path, "one")
    day = age(path, 1)
    subscribe(path, "two")
    kept = Backups(folder(path))
    before = Restoring(path, kept).restore(day).before
    assert set(json.loads(path.read_bytes())["subscriptions"]) == {"one"}
    again = Restoring(path, kept).restore(before).before
    assert set(json.loads(path.read_bytes())["subscriptions"]) == {"one", "two"}
    assert set(kept.names()) == {day, before, again} and before != again


def test_of_what_was_kept_before_going_back_the_last_seven_are_left_and_no_day_for_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "library.json"
    subscribe(path, "one")
    day = age(path, 1)
    subscribe(path, "two")
    kept = Backups(folder(path))
    made = [Restoring(path, kept).restore(day).before for _ in range(10)]
    assert set(kept.names()) == {day, *made[-DAYS:]}


def test_a_restore_that_fails_at_any_system_call_has_changed_nothing_or_says_that_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = set()
    for number in range(1, 200):
        path = tmp_path / str(number) / "library.json"
        subscribe(path, "one")
        day, old = age(path, 1), path.read_bytes()
        subscribe(path, "two")
        new = path.read_bytes()
        calls: list[str] = []
        with monkeypatch.context() as patch:
            for system in (files, module):
                patch.setattr(system, "os", failing_at(number, calls))
            try:
                doubtful = Restoring(path, Backups(folder(path))).restore(day).doubt != ""
                done = True
            except OSError:
                done = doubtful = False
        assert path.read_bytes() == (old if done else new)
        listed = [backup(name, file) for name, file in Backups(folder(path)).names().items()]
        assert all(one.contents is not None for one in listed), "a backup is whole or it is not there"
        assert day in {one.name for one in listed}
        ends.add((done, doubtful))
        if len(calls) < number:
            break
    assert ends == {(False, False), (True, True), (True, False)}


def test_an_open_pptui_takes_up_what_was_restored_and_does_not_write_its_own_over_it(tmp_path: Path) -> None:
    path = tmp_path / "library.json"
    subscribe(path, "one")
    day = age(path, 1)
    opened = Library(path, backups=folder(path))
    for number in range(20):
        opened.subscribe(Subscription(f"two{number}", "https://example.org/", "Two", datetime.now(UTC)))
    assert opened.flush(30)
    settle()
    Restoring(path, Backups(folder(path))).restore(day)
    # It may change something before it has looked.
    opened.subscribe(Subscription("three", "https://example.org/", "Three", datetime.now(UTC)))
    assert opened.flush(30)
    assert {one.id for one in opened.subscriptions()} == {"one", "three"}
    Restoring(path, Backups(folder(path))).restore(day)
    assert opened.reload()
    assert {one.id for one in opened.subscriptions()} == {"one"}
    assert opened.close(30)
    assert set(json.loads(path.read_bytes())["subscriptions"]) == {"one"}


@pytest.mark.parametrize(
    "damage",
    [b"", b"\x1f\x8b nothing that gzip made", gzip.compress(b'{"subscriptions"')],
    ids=("empty", "not gzip", "not whole"),
)
def test_a_damaged_backup_is_called_so_and_gone_back_to_by_nobody(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "library.json"
    subscribe(path, "one")
    day = age(path, 1)
    subscribe(path, "two")
    file = folder(path) / f"library-{day}.json.gz"
    file.write_bytes(damage)
    listed = backup(day, file)
    assert listed.contents is None and listed.problem
    before = path.read_bytes()
    with pytest.raises(OSError):
        Restoring(path, Backups(folder(path))).restore(day)
    assert path.read_bytes() == before and names(path) == [file.name]


@pytest.mark.parametrize(
    "damage",
    [b"", bytes(300), b'{"subscriptions": {"one": {"url": "https'],
    ids=("empty", "zeros", "half"),
)
def test_where_library_and_copy_are_damaged_the_newest_good_backup_is_used_and_told_of(
    tmp_path: Path, damage: bytes
) -> None:
    path = tmp_path / "library.json"
    for number, name in ((3, "one"), (2, "two"), (1, "three")):
        subscribe(path, name)
        day = age(path, number)
    subscribe(path, "four")
    (folder(path) / f"library-{day}.json.gz").write_bytes(b"damaged too")
    path.write_bytes(damage)
    path.with_name("library.json.bak").write_bytes(damage)
    told: list[str] = []
    library = Library(path, on_problem=told.append, backups=folder(path))
    assert {one.id for one in library.subscriptions()} == {"one", "two"}
    when = NOW - timedelta(days=2)
    (line,) = told
    assert line.startswith("library.json was damaged (")
    assert f"restored the copy of {when:%Y-%m-%d %H:%M} with 2 subscriptions and 0 positions" in line
    kept = list(tmp_path.glob("library.json*.damaged-*"))
    assert len(kept) == 2 and all(one.name in line and one.read_bytes() == damage for one in kept)
    assert library.close(30)
