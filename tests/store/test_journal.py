"""The position is never lost by more than a few seconds, and never becomes 0."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pptui.models import Episode, Progress
from pptui.store.journal import Entry, Journal, fold
from pptui.store.library import Library

ROOT = Path(__file__).parents[2]
WHEN = datetime(2024, 5, 1, 12, 30, tzinfo=UTC)
EPISODE = Episode("e1", "p1", "An episode", "A podcast", WHEN, 3120.0, "https://example.org/1.mp3")
ENTRY = Entry(EPISODE, 946.5, 3121.0, paused=True, played=False, chapter="Distillation token", heard=WHEN)


def journal(folder: Path, told: list[str] | None = None) -> Journal:
    return Journal(folder / "position.json", on_problem=(told if told is not None else []).append)


def test_what_was_playing_is_known_after_a_restart(tmp_path: Path) -> None:
    ours = journal(tmp_path)
    ours.write(ENTRY)
    assert ours.read() == ENTRY
    assert ours.close()
    assert journal(tmp_path).read() == ENTRY


def test_nothing_was_ever_played(tmp_path: Path) -> None:
    told: list[str] = []
    ours = journal(tmp_path, told)
    assert ours.read() is None
    assert ours.sync() and ours.close()
    assert told == [] and list(tmp_path.iterdir()) == []


def test_only_the_latest_of_many_positions_is_waited_for(tmp_path: Path) -> None:
    ours = journal(tmp_path)
    for second in range(5000):
        ours.write(ENTRY._replace(position=float(second)))
    assert ours.sync()
    assert journal(tmp_path).read() == ENTRY._replace(position=4999.0)
    ours.close()


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\0" * 300,
        b'{"id": "e1", "posi',
        b"[]",
        b'{"position": 5}',
        b"[" * 99999,
    ],
)
def test_a_damaged_position_file_gives_the_last_good_copy(tmp_path: Path, damage: bytes) -> None:
    ours = journal(tmp_path)
    ours.write(ENTRY)
    ours.close()
    (tmp_path / "position.json").write_bytes(damage)
    told: list[str] = []
    assert journal(tmp_path, told).read() == ENTRY
    assert len(told) == 1 and "restored" in told[0]
    assert [one.read_bytes() for one in tmp_path.glob("position.json.damaged-*")] == [damage]


def test_a_position_that_cannot_be_saved_is_told_once_and_saved_later(tmp_path: Path) -> None:
    told: list[str] = []
    ours = journal(tmp_path, told)
    (tmp_path / "position.json").mkdir()
    for second in range(3):
        ours.write(ENTRY._replace(position=float(second)))
        assert not ours.sync()
    (tmp_path / "position.json").rmdir()
    assert ours.close()
    assert ours.problem == ""
    assert told == ["position.json can't be saved: Is a directory; it is kept in memory and tried again"]
    assert journal(tmp_path).read() == ENTRY._replace(position=2.0)


def test_after_a_crash_the_later_of_journal_and_library_wins(tmp_path: Path) -> None:
    ours = journal(tmp_path)
    ours.write(ENTRY)
    library = Library(tmp_path / "library.json")
    assert fold(ours, library)
    assert library.progress("e1") == ENTRY.progress
    assert library.episode("e1") == EPISODE
    assert not fold(ours, library)
    later = Progress(position=0.0, played=True, heard=WHEN + timedelta(seconds=1))
    library.record(EPISODE, later)
    assert not fold(ours, library)
    assert library.progress("e1") == later
    ours.write(ENTRY._replace(position=1000.0, heard=WHEN + timedelta(seconds=5)))
    assert fold(ours, library)
    assert library.progress("e1").position == 1000.0
    ours.close()
    library.close()


def test_a_position_without_its_time_never_replaces_one_that_has_one(tmp_path: Path) -> None:
    (tmp_path / "position.json").write_text('{"id": "e1", "position": 5}')
    library = Library(tmp_path / "library.json")
    assert fold(journal(tmp_path), library)
    assert library.progress("e1").position == 5.0
    library.record(EPISODE, ENTRY.progress)
    assert not fold(journal(tmp_path), library)
    library.close()


def test_two_players_at_once_leave_a_position_that_can_be_read(tmp_path: Path) -> None:
    told: list[str] = []
    one, two = journal(tmp_path, told), journal(tmp_path, told)
    for second in range(200):
        one.write(ENTRY._replace(position=float(second)))
        two.write(ENTRY._replace(position=float(1000 + second)))
    assert one.close() and two.close()
    found = journal(tmp_path, told).read()
    assert found is not None and found.position in (199.0, 1199.0)
    assert told == []


def test_kill_9_while_playing_leaves_the_last_position_that_was_saved(tmp_path: Path) -> None:
    kills, chance = 10, random.Random(9)
    for _ in range(kills):
        with subprocess.Popen(
            [sys.executable, "-m", "tests.store.life", "keep_playing", str(tmp_path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as life:
            assert life.stdout
            last = 0
            for _ in range(chance.randrange(1, 40)):
                last = int(life.stdout.readline())
            life.kill()
            rest = life.stdout.read().split("\n")
        last = max([last, *(int(line) for line in rest if line)])
        told: list[str] = []
        found = journal(tmp_path, told).read()
        assert found is not None and last <= found.position <= last + 1
        assert told == []
