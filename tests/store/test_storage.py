"""TinyDB on a file that stays whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tinydb import TinyDB

from pptui.store.storage import AtomicStorage
from pptui.store.tables import Database, NamedTable

WHOLE = b'{"_schema": {"1": {"version": 1}}, "things": {"a": {"n": 1}}}'

DAMAGES = {
    "truncated": WHOLE[:30],
    "empty": b"",
    "zeros": b"\0" * 4096,
    "half a document": WHOLE[:-12] + b"\0" * 12,
    "a list": b"[1, 2]",
    "a table that is a list": b'{"things": [1]}',
    "a document that is text": b'{"things": {"a": "b"}}',
    "odd version": b'{"_schema": {"1": {"version": "two"}}, "things": {}}',
    "version 0": b'{"_schema": {"1": {"version": 0}}, "things": {}}',
    "deep": b"[" * 200_000,
    "not UTF-8": b'{"things": {"a": {"n": "\xff\xfe"}}}',
}


def database(path: Path, told: list[str] | None = None) -> Database:
    return Database(path, (told if told is not None else []).append, storage=AtomicStorage)


def put(base: Database, identifier: str, number: int) -> None:
    table = base.table("things")
    assert isinstance(table, NamedTable)
    table.change(lambda rows: rows.update({identifier: {"n": number}}))


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_library_is_kept_and_its_last_good_copy_used(tmp_path: Path, name: str) -> None:
    path = tmp_path / "library.json"
    with database(path) as base:
        put(base, "a", 1)
    path.write_bytes(DAMAGES[name])
    told: list[str] = []
    with database(path, told) as base:
        assert base.storage.read() == {"things": {"a": {"n": 1}}}
    assert len(told) == 1 and told[0].startswith("library.json was damaged (")
    kept = list(tmp_path.glob("library.json.damaged-*"))
    assert [one.read_bytes() for one in kept] == [DAMAGES[name]]


def test_a_new_user_has_no_file_and_no_message(tmp_path: Path) -> None:
    told: list[str] = []
    with database(tmp_path / "library.json", told) as base:
        assert base.storage.read() is None
        assert base.tables() == set()
    assert told == []
    assert list(tmp_path.iterdir()) == []


def test_the_file_can_be_read_by_people_and_compared_by_lines(tmp_path: Path) -> None:
    path = tmp_path / "library.json"
    with database(path) as base:
        put(base, "a", 1)
        put(base, "ü", 2)
    assert path.read_text("utf-8").splitlines() == [
        "{",
        '"_schema": {',
        '"1": {"version": 1}',
        "},",
        '"things": {',
        '"a": {"n": 1},',
        '"ü": {"n": 2}',
        "}",
        "}",
    ]
    assert json.loads(path.read_bytes())["things"]["ü"] == {"n": 2}


def test_half_a_character_from_a_feed_does_not_keep_the_library_from_being_saved(tmp_path: Path) -> None:
    path = tmp_path / "library.json"
    with database(path) as base:
        base.storage.write({"things": {"a": {"title": "\ud83d"}}})
    with database(path) as base:
        assert base.storage.read() == {"things": {"a": {"title": "\ud83d"}}}


def test_many_operations_in_a_batch_are_one_write_and_none_when_one_fails(tmp_path: Path) -> None:
    path = tmp_path / "library.json"
    with database(path) as base:
        storage = base.storage
        assert isinstance(storage, AtomicStorage)
        with storage.batch():
            put(base, "a", 1)
            assert not path.exists()
            put(base, "b", 2)
        assert storage.read() == {"things": {"a": {"n": 1}, "b": {"n": 2}}}
        before = path.read_bytes()

        def put_and_fail() -> None:
            with storage.batch():
                put(base, "c", 3)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            put_and_fail()
        assert path.read_bytes() == before
        assert storage.read() == {"things": {"a": {"n": 1}, "b": {"n": 2}}}


def test_plain_tinydb_can_open_the_library(tmp_path: Path) -> None:
    path = tmp_path / "library.json"
    with database(path) as base:
        put(base, "a", 1)
    with TinyDB(path) as plain:
        assert plain.tables() == {"_schema", "things"}
