"""Chapters in the file, as mpv lists them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pptui.chapters import MOST
from pptui.chapters.media import from_mpv
from pptui.models import Source
from pptui.player.events import Ended, Opened
from tests.player.conftest import ear  # noqa: F401  (a fixture)
from tests.player.desk import Ear


def starts(entries: object, duration: float | None = None, shift: float = 0.0) -> list[tuple[float, str]]:
    return [(chapter.start, chapter.title) for chapter in from_mpv(entries, duration, shift=shift)]


def test_chapters_come_in_order_and_each_ends_where_the_next_begins() -> None:
    found = from_mpv([{"time": 60.0, "title": "Two"}, {"time": 0, "title": " One "}], 90)
    assert [(c.start, c.end, c.title, c.source) for c in found] == [
        (0, 60, "One", Source.FILE),
        (60, 90, "Two", Source.FILE),
    ]


def test_a_start_a_little_before_the_beginning_is_the_beginning() -> None:
    assert starts([{"time": -0.025, "title": "One"}, {"time": 9.975, "title": "Two"}]) == [
        (0, "One"),
        (9.975, "Two"),
    ]


def test_an_encoder_delay_is_put_right() -> None:
    assert starts(
        [{"time": -0.025057, "title": "One"}, {"time": 9.974943, "title": "Two"}], 60, 0.025057
    ) == [
        (0, "One"),
        (10, "Two"),
    ]


def test_titles_lose_what_a_terminal_must_not_be_given() -> None:
    assert starts([{"time": 1.0, "title": "\x1b]52;c;eA==\x07\n Hot \t news\u202e"}]) == [(1, "Hot news")]


def test_chapters_without_titles_are_numbered_and_a_single_one_is_none() -> None:
    assert starts([{"time": 0.0}, {"time": 30.0, "title": ""}]) == [(0, "Chapter 1"), (30, "Chapter 2")]
    assert starts([{"time": 0.0, "title": "chp0"}, {"time": 5.0, "title": "Real"}]) == [
        (0, "Chapter 1"),
        (5, "Real"),
    ]
    assert starts([{"time": 0.0}]) == []
    assert starts([{"time": 0.0, "title": "Whole"}]) == [(0, "Whole")]


@pytest.mark.parametrize(
    "entries",
    [
        None,
        "x",
        7,
        [],
        [None, 3, "x"],
        [{}],
        [{"time": "0"}],
        [{"time": float("nan"), "title": "x"}],
        {"time": 1},
    ],
)
def test_what_is_no_chapter_list_is_none(entries: object) -> None:
    assert from_mpv(entries) == ()


def test_what_lies_behind_the_end_or_repeats_a_start_is_left_out() -> None:
    entries = [
        {"time": 0.0, "title": ""},
        {"time": 0.0, "title": "One"},
        {"time": 50.0, "title": "Two"},
        {"time": 100.0, "title": "At the end"},
        {"time": 900.0, "title": "Behind it"},
    ]
    assert starts(entries, 100.0) == [(0, "One"), (50, "Two")]


def test_a_list_without_end_is_cut() -> None:
    assert len(from_mpv([{"time": float(n), "title": str(n)} for n in range(MOST + 100)])) == MOST


def test_files_of_every_kind_say_their_chapters(cases: Path, ear: Callable[..., Ear]) -> None:  # noqa: F811
    one = ear()
    lists: dict[str, int] = {}
    for number, path in enumerate(sorted((cases / "media").rglob("*")), 1):
        if path.suffix.lower() in {".mp3", ".m4a", ".m4b", ".mp4", ".opus", ".ogg"}:
            one.engine.load(number, str(path), paused=True)
            while True:
                event = one.arrived.get(timeout=15)
                if event.load != number:
                    continue
                if isinstance(event, Opened):
                    found = event.chapters
                    assert list(found) == sorted(found, key=lambda chapter: chapter.start)
                    assert all(chapter.start >= 0 and chapter.title for chapter in found)
                    lists[path.name] = len(found)
                if isinstance(event, Opened | Ended):
                    break
    # There is no sound in it: mpv may have closed it again before it can be asked.
    assert lists.get("nero-chapters.m4b", 112) == 112
    assert sum(1 for count in lists.values() if count) >= 5, lists
