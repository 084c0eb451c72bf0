"""Podlove Simple Chapters: the times of the specification, and lists as they are really written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pptui.chapters import podlove
from pptui.models import Chapter, Source

XML = '<psc:chapters version="1.2" xmlns:psc="http://podlove.org/simple-chapters">{}</psc:chapters>'


def chapters(*rows: str) -> list[tuple[float, str]]:
    return [(one.start, one.title) for one in podlove.from_xml(XML.format("".join(rows)).encode())]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("0", 0),
        ("37", 37),
        ("7:48", 468),
        ("75:00", 4500),
        ("35:12.250", 2112.25),
        ("05:12:03.5", 18723.5),
        ("01:35:52", 5752),
        ("npt:12.5", 12.5),
        ("0:10,5", 10.5),
        ("12.", 12),
        ("100:00:00", 360000),
        ("", None),
        (":10", None),
        ("10:", None),
        ("1:2:3:4", None),
        ("1:60", None),
        ("1:60:00", None),
        ("-1", None),
        ("1e3", None),
        ("nan", None),
        ("9" * 5000, None),
    ],
)
def test_a_chapter_begins_where_its_author_meant(written: str, seconds: float | None) -> None:
    assert podlove.parse_start(written) == seconds


def test_times_of_other_implementations_are_read(cases: Path) -> None:
    vectors = json.loads((cases / "chapters/extra/time_vectors.json").read_text())
    times = [one for one in vectors if one["kind"] == "npt" and "conflicts" not in one]
    assert len(times) > 20
    for one in times:
        seconds = podlove.parse_start(one["input"])
        assert (None if seconds is None else int(seconds * 1000)) == one["ms"], one


def test_each_chapter_ends_where_the_next_begins() -> None:
    found = podlove.from_xml(
        XML.format(
            '<psc:chapter start="0" title="Welcome"/>'
            '<psc:chapter start="3:07" title="Podlove" href="http://podlove.org/" image="/a.png"/>'
        ).encode(),
        base="https://show.example/1/",
    )
    assert found == (
        Chapter(0, "Welcome", 187, Source.PODLOVE),
        Chapter(187, "Podlove", None, Source.PODLOVE, "http://podlove.org/", "https://show.example/a.png"),
    )


def test_chapters_in_any_order_come_sorted() -> None:
    rows = '<psc:chapter start="1:00" title="b"/>', '<psc:chapter start="0" title="a"/>'
    assert chapters(*rows) == [(0, "a"), (60, "b")]


def test_chapters_without_a_start_or_a_title_do_not_take_the_others_with_them() -> None:
    assert chapters(
        '<psc:chapter start="0" title="a"/>',
        '<psc:chapter title="no start"/>',
        '<psc:chapter start="soon" title="no time"/>',
        '<psc:chapter start="0:10"/>',
        '<psc:chapter start="0:20" title="  "/>',
        "<psc:chapter/>",
        '<psc:chapter start="60" title="b"/>',
    ) == [(0, "a"), (60, "b")]


def test_of_two_chapters_at_one_moment_the_first_is_kept() -> None:
    assert chapters(
        '<psc:chapter start="60" title="a"/>',
        '<psc:chapter start="1:00" title="a"/>',
        '<psc:chapter start="1:00.0" title="b"/>',
    ) == [(60, "a")]


def test_titles_and_links_are_safe() -> None:
    (found,) = podlove.from_xml(
        XML.format(
            '<psc:chapter start="0" title="a&#x9b;31m&#10; b" href="javascript:x" image="file:///x"/>'
        ).encode()
    )
    assert found.title.startswith("a") and found.title.endswith(" b") and found.title.isprintable()
    assert (found.link, found.image) == ("", "")


@pytest.mark.parametrize(
    "document",
    [
        '<chapters><chapter start="0" title="a"/></chapters>',
        '<psc:chapters><psc:chapter start="0" title="a"/></psc:chapters>',
        '<p:chapters xmlns:p="http://podlove.org/simple-chapters/">'
        '<p:chapter start="0" title="a"/></p:chapters>',
        '<item><x/><!-- c --><psc:chapters xmlns:psc="http://podlove.org/simple-chapters">'
        '<!-- c --><psc:chapter start="0" title="a"/></psc:chapters></item>',
        '<psc:chapters xmlns:psc="http://podlove.org/simple-chapters"><psc:chapter start="0" title="a"/>',
    ],
)
def test_a_list_is_found_however_it_is_wrapped(document: str) -> None:
    assert [(one.start, one.title) for one in podlove.from_xml(document.encode())] == [(0, "a")]


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"{}", b"<", b"<html/>", b"<chapters/>", b"\xff\xfe", b"WEBVTT"]
)
def test_what_has_no_chapters_gives_none(data: bytes) -> None:
    assert podlove.from_xml(data) == ()


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    bomb += ']><chapters><chapter start="0" title="&i;"/><chapter start="1" title="b"/></chapters>'
    assert sum(len(one.title) for one in podlove.from_xml(bomb.encode())) < 1000
    leak = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    leak += '<chapters><chapter start="0" title="x&a;"/></chapters>'
    assert all("root" not in one.title for one in podlove.from_xml(leak.encode()))


def test_a_list_published_with_podlove_publisher_is_read(cases: Path) -> None:
    found = podlove.from_xml((cases / "chapters/extra/psc_podlove-publisher-876.xml").read_bytes())
    assert [one.start for one in found] == [12.135, 76.135, 169.135, 549.135]
    assert found[0].title == "Begrüßung"
    assert found[3].link == "http://re-talk.de/re007/"
