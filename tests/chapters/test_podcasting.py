"""JSON chapters of the podcast namespace: what the specification has, and files as they are written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pptui.chapters import podcasting
from pptui.models import Chapter, Source


def file(*rows: object) -> bytes:
    return json.dumps({"version": "1.2.0", "chapters": rows}).encode()


def listed(data: bytes) -> list[tuple[float, str]]:
    return [(one.start, one.title) for one in podcasting.from_json(data) if not one.hidden]


def test_a_file_with_everything_in_it_is_read() -> None:
    found = podcasting.from_json(
        file(
            {"startTime": 0, "title": "Intro", "endTime": 80.5},
            {"startTime": 94.25, "title": "Dough", "img": "a.jpg", "url": "https://example.org/dough"},
            {
                "startTime": 120,
                "img": "https://example.org/b.jpg",
                "toc": False,
                "location": {"name": "Oven"},
            },
            {"startTime": 200.5, "title": "End", "toc": True},
        ),
        "https://show.example/1/chapters.json",
    )
    assert found == (
        Chapter(0.0, "Intro", 80.5, Source.JSON),
        Chapter(
            94.25, "Dough", 200.5, Source.JSON, "https://example.org/dough", "https://show.example/1/a.jpg"
        ),
        Chapter(120.0, "", 200.5, Source.JSON, "", "https://example.org/b.jpg", hidden=True),
        Chapter(200.5, "End", None, Source.JSON),
    )


def test_files_that_others_test_their_readers_with_are_read(cases: Path) -> None:
    rows = json.loads((cases / "chapters/extra/json_cases.json").read_text(encoding="utf-8"))
    assert len(rows) > 15
    for row in rows:
        found = [[start, title] for start, title in listed(row["body"].encode())]
        assert found == row["expected"], row["id"]


def test_the_same_chapters_in_the_json_of_other_tools_are_the_same(cases: Path) -> None:
    folder = cases / "chapters"
    many = listed((folder / "formats/chapters.json").read_bytes())
    assert len(many) == 26 and many[1] == (131.762, "Chapter 2 of 26")
    podlove = podcasting.from_json((folder / "formats/podlove.json").read_bytes())
    assert [(one.start, one.title) for one in podlove] == [
        (1.234, "Intro"),
        (754, "About us"),
        (3723, "Later"),
    ]
    assert (podlove[0].link, podlove[2].image) == ("http://example.com", "http://example.com/foo.jpg")
    assert listed((folder / "formats/podigee.json").read_bytes())[1] == (112, "Diskettenlyrik")
    complex_one = podcasting.from_json(
        (folder / "podcast-namespace/chapters/exampleComplex.json").read_bytes()
    )
    assert [one.start for one in complex_one if one.hidden] == [4826]


def test_chapters_in_any_order_come_sorted() -> None:
    rows = {"startTime": 60, "title": "b"}, {"startTime": 0, "title": "a"}
    assert listed(file(*rows)) == [(0, "a"), (60, "b")]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (61, 61),
        (61.5, 61.5),
        ("61.5", 61.5),
        (" 61 ", 61),
        ("1:01:01.5", 3661.5),
        (-0.0, 0),
        (-1, None),
        ("-1", None),
        (True, None),
        (None, None),
        ("soon", None),
        ([1], None),
        (1e300, None),
        (10**400, None),
    ],
)
def test_a_start_is_taken_as_it_was_meant_or_its_chapter_left_out(
    written: object, seconds: float | None
) -> None:
    expected = [] if seconds is None else [(seconds, "a")]
    assert listed(file({"startTime": written, "title": "a"}, "nothing", 7, None)) == expected


@pytest.mark.parametrize(
    ("row", "hidden"),
    [
        ({"title": "a"}, False),
        ({"title": "a", "toc": None}, False),
        ({"title": "a", "toc": "true"}, False),
        ({"title": "a", "toc": False}, True),
        ({"title": "a", "toc": "false"}, True),
        ({"title": " ", "img": "https://example.org/a.png"}, True),
        ({"url": "https://example.org/", "toc": True}, True),
    ],
)
def test_what_is_not_for_the_list_is_hidden_and_kept(row: dict[str, object], hidden: bool) -> None:
    (found,) = podcasting.from_json(file({"startTime": 1} | row))
    assert found.hidden == hidden


def test_a_chapter_with_nothing_to_show_is_left_out() -> None:
    rows = (
        {"startTime": 1, "title": {"a": 1}, "img": ["x"], "url": "javascript:x"},
        {"startTime": 2, "toc": False},
    )
    assert podcasting.from_json(file(*rows), "https://example.org/") == ()


def test_of_two_chapters_at_one_moment_the_one_in_the_list_is_kept() -> None:
    rows = (
        {"startTime": 5, "title": "silent", "toc": False},
        {"startTime": 5, "title": "a"},
        {"startTime": "5.0", "title": "b"},
    )
    assert [one.title for one in podcasting.from_json(file(*rows))] == ["a"]


@pytest.mark.parametrize(
    ("written", "end"),
    [(4, 4), ("4.5", 4.5), (10.01, 10), (99, 10), (1, 10), (0, 10), ("soon", 10), (None, 10)],
)
def test_a_chapter_ends_where_it_says_but_not_after_the_next_has_begun(written: object, end: float) -> None:
    first = {"startTime": 1, "title": "a", "endTime": written}
    assert podcasting.from_json(file(first, {"startTime": 10, "title": "b"}))[0].end == end


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_title_is_readable_however_the_file_was_encoded(encoding: str) -> None:
    assert listed('[{"start":1,"title":"Brötchen"}]'.encode(encoding)) == [(1, "Brötchen")]


def test_titles_and_links_are_safe() -> None:
    (found,) = podcasting.from_json(
        b'[{"start": 0, "title": "a\\u001b[31m\n \\ud800 b\\u202e", "url": "file:///x", "img": "data:x"}]'
    )
    assert (found.title, found.link, found.image) == ("a b", "", "")


_NO_FILES = [
    *(b"", b"{", b"<html>", b"null", b"7", b'"chapters"', b'{"chapters": {}}', b'{"chapters": 7}'),
    *(b"\0", b"\xff\xfe", b"[" * 1_000_000, b'{"chapters":' * 100_000, b"[" + b"9" * 1_000_000 + b"]"),
]


@pytest.mark.parametrize("data", _NO_FILES, ids=lambda data: str(data[:20]))
def test_what_is_no_chapter_file_gives_none(data: bytes) -> None:
    assert podcasting.from_json(data) == ()


def test_a_file_with_chapters_without_end_is_cut() -> None:
    assert (
        len(podcasting.from_json(file(*({"startTime": at, "title": "a"} for at in range(12_000))))) == 10_000
    )


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_NAMES = st.sampled_from(["startTime", "start", "title", "endTime", "img", "url", "toc", "location"])


@given(st.lists(st.dictionaries(_NAMES, _VALUES) | _VALUES, max_size=8) | _VALUES)
def test_whatever_is_in_the_file_the_chapters_are_in_order(rows: object) -> None:
    found = podcasting.from_json(json.dumps({"chapters": rows}).encode(), "https://example.org/")
    starts = [one.start for one in found]
    assert starts == sorted(set(starts))
    assert all(one.start >= 0 and (one.end is None or one.end > one.start) for one in found)
    assert all(one.title or (one.hidden and (one.link or one.image)) for one in found)
