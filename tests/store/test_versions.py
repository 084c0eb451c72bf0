"""A library of any version that was ever released opens, and that of a version to come is left alone."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pptui.models import Progress, Subscription
from pptui.store import versions
from pptui.store.files import Newer
from pptui.store.journal import Journal
from pptui.store.library import Library
from pptui.store.selection import Filter, Sort
from pptui.store.versions import Tables
from tests import material

RELEASED = Path(__file__).parent / "released"
LIBRARIES = sorted(RELEASED.glob("library-*.json"))
POSITIONS = sorted(RELEASED.glob("position-*.json"))


def check(library: Library) -> None:
    """What is in each of the released libraries."""
    assert [(one.id, one.url, one.title, one.login) for one in library.subscriptions()] == [
        ("0b5a1c2d3e4f", "https://example.org/feed.xml", "Talks in the Evening", False),
        ("1c6b2d3e4f50", "/home/somebody/feeds/bread.xml", "Brot & Käse", False),
        ("2d7c3e4f5061", "https://example.org/private.xml", "For members", True),
    ]
    when = datetime(2024, 4, 1, 20, 15, 30, 250_000, tzinfo=UTC)
    assert library.progress("e1") == Progress(946.25, 3120.5, False, when, "Distillation token")
    assert library.progress("e2") == Progress(heard=datetime(2024, 4, 2, tzinfo=UTC))
    assert library.progress("e3").played
    episode = library.episode("e2")
    assert episode is not None and episode.title == "日本のパン屋さんと話す" and episode.duration == 3120
    assert (library.setting("speed", 1.0), library.setting("volume", 100.0)) == (1.25, 80.0)


def test_each_version_has_a_released_library() -> None:
    assert [one.name for one in LIBRARIES] == [
        f"library-{version}.json" for version in range(1, versions.newest() + 1)
    ]


@pytest.mark.parametrize("released", LIBRARIES, ids=lambda path: path.name)
def test_a_released_library_is_all_there_before_and_after_it_is_written_anew(
    tmp_path: Path, released: Path
) -> None:
    path = tmp_path / "library.json"
    shutil.copy(released, path)
    told: list[str] = []
    for number in range(2):
        library = Library(path, on_problem=told.append, backups=tmp_path / "backups")
        check(library)
        library.set_setting("touched", number)
        assert library.close(30)
    assert told == []
    assert not list(tmp_path.glob("*.damaged*"))


@pytest.mark.parametrize("released", LIBRARIES, ids=lambda path: path.name)
def test_orders_of_lists_and_chapters_that_were_pulled_right_are_as_they_were_released(
    tmp_path: Path, released: Path
) -> None:
    where = material.paths(tmp_path)
    where.data.mkdir()
    shutil.copy(released, where.library)
    services = material.services(tmp_path)
    view = services.lists.view("0b5a1c2d3e4f")
    assert (view.sort, view.filter) == (Sort.OLDEST, Filter.UNPLAYED)
    assert services.library.setting("chapters of e1", {}) == {"source": "notes", "shifts": {"notes": 5.0}}
    services.close()


@pytest.mark.parametrize("released", POSITIONS, ids=lambda path: path.name)
def test_a_released_position_is_where_it_was(tmp_path: Path, released: Path) -> None:
    shutil.copy(released, tmp_path / "position.json")
    entry = Journal(tmp_path / "position.json").read()
    assert entry is not None
    found = entry.episode.id, entry.position, entry.paused, entry.chapter
    assert found == ("e1", 1000.5, True, "Conclusion")


def rename(table: str, old: str, new: str) -> Callable[[Tables], Tables]:
    """A step as one might be: a field of a table gets another name."""

    def step(tables: Tables) -> Tables:
        rows = tables.get(table, {})
        changed: dict[str, Any] = {
            key: {new if name == old else name: value for name, value in row.items()}
            for key, row in rows.items()
        }
        return {**tables, table: changed}

    return step


def test_an_older_library_goes_through_the_steps_in_turn_once_and_is_kept_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, backups = tmp_path / "library.json", tmp_path / "backups"
    shutil.copy(RELEASED / "library-1.json", path)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    before = path.read_bytes()
    steps = (rename("episodes", "heard", "moment"), rename("episodes", "moment", "when"))
    monkeypatch.setattr(versions, "STEPS", steps)
    told: list[str] = []
    library = Library(path, on_problem=told.append, backups=backups)
    assert path.read_bytes() == before, "it is only looked at"
    for number in range(3):
        library.subscribe(Subscription(f"p{number}", "https://example.org/", "New", datetime.now(UTC)))
        assert library.flush(30)
    assert library.close(30)
    raw = json.loads(path.read_bytes())
    assert raw["_schema"] == {"1": {"version": 3}}
    assert raw["episodes"]["e1"]["when"] == "2024-04-01T20:15:30.250000Z"
    assert len(raw["subscriptions"]) == 6
    day = datetime.fromtimestamp(1_700_000_000).astimezone().date()
    kept = backups / f"library-{day}-version-1.json"
    packed = kept.with_name(f"{kept.name}.gz")
    assert (kept.read_bytes() if kept.exists() else gzip.decompress(packed.read_bytes())) == before
    assert told == []


def test_a_step_that_fails_leaves_the_library_as_it_is_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(tables: Tables) -> Tables:
        raise ZeroDivisionError

    path = tmp_path / "library.json"
    shutil.copy(RELEASED / "library-1.json", path)
    before = path.read_bytes()
    monkeypatch.setattr(versions, "STEPS", (fault,))
    told: list[str] = []
    library = Library(path, on_problem=told.append)
    library.subscribe(Subscription("p", "https://example.org/", "New", datetime.now(UTC)))
    assert not library.close(30)
    assert "of which 2 can't be made" in library.problem and "of which 2 can't be made" in told[0]
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir() if not one.name.startswith(".")] == ["library.json"]


@pytest.mark.parametrize("shape", [b'{"p": {"feed": "https://example.org/"}}', b'["https://example.org/"]'])
def test_a_library_of_a_newer_pptui_is_neither_read_nor_replaced(tmp_path: Path, shape: bytes) -> None:
    path = tmp_path / "library.json"
    newer = b'{"_schema": {"1": {"version": 99}}, "subscriptions": %s}' % shape
    path.write_bytes(newer)
    path.with_name("library.json.bak").write_bytes(newer)
    with pytest.raises(Newer, match=r"library\.json was written by a newer pptui: its version is 99, .* 1$"):
        Library(path, backups=tmp_path / "backups")
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {
        "library.json": newer,
        "library.json.bak": newer,
    }


def test_a_newer_pptui_that_takes_over_while_this_one_is_open_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "library.json"
    told: list[str] = []
    library = Library(path, on_problem=told.append)
    library.subscribe(Subscription("p", "https://example.org/", "Old", datetime.now(UTC)))
    assert library.flush(30)
    newer = path.with_name("newer")
    newer.write_bytes(b'{"_schema": {"1": {"version": 99}}, "feeds": {}}')
    os.replace(newer, path)
    assert not library.reload()
    library.subscribe(Subscription("q", "https://example.org/", "Lost", datetime.now(UTC)))
    assert not library.close(30)
    assert "written by a newer pptui" in library.problem and len(told) == 1
    assert json.loads(path.read_bytes()) == {"_schema": {"1": {"version": 99}}, "feeds": {}}
    assert [one.title for one in library.subscriptions()] == ["Old", "Lost"], "in memory it is all there"


def test_the_position_of_a_newer_pptui_is_neither_read_nor_replaced(tmp_path: Path) -> None:
    path = tmp_path / "position.json"
    shutil.copy(RELEASED / "position-1.json", path)
    told: list[str] = []
    journal = Journal(path, on_problem=told.append)
    entry = journal.read()
    assert entry is not None
    journal.write(entry)
    assert journal.sync(30)
    for known in (journal, Journal(path, on_problem=told.append)):
        newer = tmp_path / "newer"
        newer.write_bytes(b'{"version": 99, "id": "e1", "place": 1}')
        os.replace(newer, path)
        told.clear()
        if known is not journal:
            assert known.read() is None
        known.write(entry)
        assert not known.sync(30)
        assert all("written by a newer pptui: its version is 99" in line for line in told) and told
        assert path.read_bytes() == b'{"version": 99, "id": "e1", "place": 1}'
        assert not list(tmp_path.glob("*damaged*"))
        known.close(0.1)
