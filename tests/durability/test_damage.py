"""Files that were damaged, or edited by hand with a mistake: what is good is used, what isn't is kept."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from pptui.episodes.lists import CONTINUE, NEW
from pptui.services import Services
from pptui.store.files import Damaged
from pptui.store.journal import Journal
from pptui.store.library import Library
from pptui.store.storage import parse
from tests import material
from tests.durability.tally import SEED, Tally, size

RELEASED = Path(__file__).parents[1] / "store" / "released"
LIBRARY = (RELEASED / "library-1.json").read_bytes()
POSITION = (RELEASED / "position-1.json").read_bytes()


def cut(data: bytes, chance: random.Random) -> Iterator[bytes]:
    """Cut off at every so many bytes."""
    for end in range(0, len(data) - 2, size(61, 1)):
        yield data[:end]


def zeros(data: bytes, chance: random.Random) -> Iterator[bytes]:
    """As a file system leaves it after a power cut: its size is right, and from somewhere on it is zeros."""
    for end in range(0, len(data) - 2, size(61, 1)):
        yield data[:end] + bytes(len(data) - end)


def mixed(data: bytes, chance: random.Random) -> Iterator[bytes]:
    """Half of it, and then the half of another; and a part that is there twice."""
    for _ in range(size(20, 2000)):
        one, other = sorted(chance.sample(range(1, len(data) - 2), 2))
        yield data[:one] + data[other:]
        yield data[:other] + data[one:]


def slips(data: bytes, chance: random.Random) -> Iterator[bytes]:
    """A slip of the hand in an editor."""
    for sign in b'{}":,':
        for _ in range(size(4, 100)):
            places = [at for at, found in enumerate(data) if found == sign]
            at = chance.choice(places)
            yield data[:at] + data[at + 1 :]
            yield data[:at] + b"\n" + data[at:] + b"x"
            yield data.replace(bytes([sign]), b"'" if sign == 34 else b";", 1)


DAMAGES: dict[str, Callable[[bytes, random.Random], Iterator[bytes]]] = {
    one.__name__: one for one in (cut, zeros, mixed, slips)
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_library_costs_nothing_and_what_was_restored_is_told(
    tmp_path: Path, tally: Tally, kind: str
) -> None:
    path = tmp_path / "library.json"
    for data in DAMAGES[kind](LIBRARY, random.Random(SEED)):
        try:
            parse(data)
        except Damaged:
            pass
        else:
            continue  # it is whole all the same
        for file in tmp_path.iterdir():
            file.unlink()
        path.write_bytes(data)
        path.with_name("library.json.bak").write_bytes(LIBRARY)
        told: list[str] = []
        library = Library(path, on_problem=told.append)
        lost = len(library.subscriptions()) != 3 or library.progress("e1").position != 946.25
        tally.add(faults=1, losses=lost)
        assert not lost, data
        (line,) = told
        assert (
            line.startswith("library.json was damaged (") and "with 3 subscriptions and 3 positions" in line
        )
        (kept,) = tmp_path.glob("library.json.damaged-*")
        assert kept.read_bytes() == data and line.endswith(f"it is kept as {kept.name}")
        assert path.read_bytes() == LIBRARY
        assert library.close()
    assert tally.figures["faults"] >= 20


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_position_file_costs_no_position(tmp_path: Path, tally: Tally, kind: str) -> None:
    path = tmp_path / "position.json"
    for data in DAMAGES[kind](POSITION, random.Random(SEED)):
        try:
            json.loads(data)
        except ValueError:
            pass
        else:
            continue
        for file in tmp_path.iterdir():
            file.unlink()
        path.write_bytes(data)
        path.with_name("position.json.bak").write_bytes(POSITION)
        told: list[str] = []
        journal = Journal(path, on_problem=told.append)
        entry = journal.read()
        lost = entry is None or entry.position != 1000.5
        tally.add(faults=1, losses=lost)
        assert not lost, data
        (line,) = told
        assert line.startswith("position.json was damaged (")
        assert "with 16:40 of Data-efficient image transformers" in line
        (kept,) = tmp_path.glob("position.json.damaged-*")
        assert kept.read_bytes() == data
        assert journal.close()
    assert tally.figures["faults"] > 5


ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 10**400, float("nan"), float("inf"), 1e308),
    *("", "odd", "\x1b[2J", "9999-99-99T99:99:99Z", "0001-01-01T00:00:00+23:59", [], [[]], {}, {"value": []}),
)


def edited() -> Iterator[dict[str, Any]]:
    """The library with one thing in it that is not what it should be, and the file is whole."""
    whole = json.loads(LIBRARY)
    for table in ("subscriptions", "episodes", "settings"):
        rows = whole[table]
        for identifier, document in rows.items():
            for field in (*document, "value"):
                for odd in ODD:
                    one = deepcopy(whole)
                    one[table][identifier][field] = odd
                    yield one
            if "value" in document and isinstance(document["value"], dict):
                for field in document["value"]:
                    for odd in ODD:
                        one = deepcopy(whole)
                        one[table][identifier]["value"][field] = odd
                        yield one


def look_at_everything(services: Services) -> None:
    """What the screens ask for at the start."""
    services.open()
    services.podcasts()
    for place in (CONTINUE, NEW, *(one.id for one in services.library.subscriptions())):
        services.lists.view(place)
        list(services.overview(place).listing.every())
    services.last()
    services.playback()
    for episode, _ in services.library.touched():
        services.detail(episode)


def test_a_field_that_was_edited_wrongly_costs_no_more_than_itself(tmp_path: Path, tally: Tally) -> None:
    where = material.paths(tmp_path)
    material.services(tmp_path).close()
    every = list(edited())
    chosen = every if size(0, 1) else random.Random(SEED).sample(every, 60)
    for one in chosen:
        shutil.rmtree(where.data, ignore_errors=True)
        where.data.mkdir()
        where.library.write_text(json.dumps(one))
        services = Services(where)
        look_at_everything(services)
        # A subscription whose address is no address is none; everything else is there.
        assert len(services.library.subscriptions()) >= 2
        assert len(services.library.touched()) == 3
        services.library.set_setting("touched", 1)
        assert services.close()
        kept = json.loads(where.library.read_bytes())
        kept["settings"].pop("touched")
        tally.add(faults=1, losses=json.dumps(kept) != json.dumps(one))
    assert tally.figures["losses"] == 0
