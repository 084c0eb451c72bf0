"""Where a chapter ends, whoever wrote the list."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from pptui.chapters import embedded, formats
from pptui.chapters.ended import ended
from pptui.models import Chapter
from tests import media
from tests.media import chap, ctoc


def ends(*chapters: tuple[float, float | None, bool]) -> list[float | None]:
    return [one.end for one in ended(Chapter(start, "x", end, hidden=hide) for start, end, hide in chapters)]


def test_a_chapter_ends_where_the_next_begins_at_the_latest() -> None:
    listed = ((0, None, False), (60, 90, False), (120, 500, False), (300, None, False))
    assert ends(*listed) == [60, 90, 300, None]
    assert ends() == []


def test_an_end_that_says_nothing_is_as_if_it_were_not_there() -> None:
    assert ends((10, 10, False), (20, 3, False), (30, float("inf"), False)) == [20, 30, None]


def test_a_chapter_goes_on_through_those_that_are_in_no_list() -> None:
    listed, hidden = False, True
    without = ((0, None, listed), (60, None, hidden), (90, None, hidden), (300, None, listed))
    assert ends(*without) == [300, 90, 300, None]
    assert ends((0, 200, listed), (60, 400, hidden), (300, 320, listed)) == [200, 300, 320]


JSON = """{"chapters": [{"startTime": 0, "title": "One"},
{"startTime": 60, "title": "Not listed", "toc": false}, {"startTime": 300, "title": "Two"}]}"""

_ATOM = (
    "<ChapterAtom><ChapterTimeStart>00:0{}:00.000</ChapterTimeStart><ChapterFlagHidden>{}</ChapterFlagHidden>"
    "<ChapterDisplay><ChapterString>{}</ChapterString></ChapterDisplay></ChapterAtom>"
)
MKVMERGE = (
    f"<Chapters><EditionEntry>{_ATOM.format(0, 0, 'One')}{_ATOM.format(1, 1, 'Not listed')}"
    f"{_ATOM.format(5, 0, 'Two')}</EditionEntry></Chapters>"
)
ID3 = media.mp3(
    ctoc("toc", ["a", "b"]),
    chap("a", 0, 300, "One"),
    chap("x", 60, 300, "Not listed", link="https://show.example/"),
    chap("b", 300, 0, "Two"),
)


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (formats.recognised, JSON),
        (formats.recognised, MKVMERGE),
        (lambda data: embedded.read(io.BytesIO(data)), ID3),
    ],
    ids=["json", "mkvmerge", "id3"],
)
def test_every_reader_lets_a_chapter_go_on_through_one_that_is_not_listed(
    read: Callable[[str | bytes], tuple[Chapter, ...]], written: str | bytes
) -> None:
    assert [(one.start, one.end, one.title, one.hidden) for one in read(written)] == [
        (0, 300, "One", False),
        (60, 300, "Not listed", True),
        (300, None, "Two", False),
    ]
