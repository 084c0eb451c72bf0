"""Chapters in the file: ID3v2, MP4 and M4B, Ogg, Opus and FLAC, as they are written and as they break."""

from __future__ import annotations

import io
import itertools
import json
import shutil
import struct
import subprocess
import time
from pathlib import Path

import pytest
from mutagen.id3 import TIT2, Encoding

from pptui.chapters import MOST, embedded
from pptui.models import Chapter, Source
from tests import media
from tests.durability.tally import size
from tests.media import chap, ctoc

ROWS = [(0.0, "Welcome"), (61.5, "Grüße, 世界"), (3000.0, "The end")]
COMMENTS = (
    ("TITLE", "An episode"),
    ("CHAPTER001", "00:00:00.000"),
    ("CHAPTER001NAME", "Welcome"),
    ("Chapter002", "00:01:01.500"),
    ("chapter002name", "Grüße, 世界"),
    ("CHAPTER002URL", "https://show.example/2"),
    ("CHAPTER003", "00:50:00.000"),
    ("CHAPTER003NAME", "The end"),
)


def read(data: bytes) -> tuple[Chapter, ...]:
    return embedded.read(io.BytesIO(data), len(data))


def rows(data: bytes) -> list[tuple[float, str]]:
    return [(one.start, one.title) for one in read(data)]


def tagged(*extra: object, version: int = 4) -> bytes:
    found = [chap(f"c{n}", start, start + 60, title) for n, (start, title) in enumerate(ROWS)]
    return media.mp3(ctoc("toc", ["c0", "c1", "c2"]), *found, *extra, version=version, sound=20)


# --- other people's files ---------------------------------------------------------------------------


def test_files_of_other_programs_have_the_chapters_that_ffprobe_sees(cases: Path) -> None:
    if not (ffprobe := shutil.which("ffprobe")):
        pytest.skip("no ffprobe")
    checked = 0
    for path in sorted((cases / "media").glob("*/*.*")):
        asked = [ffprobe, "-v", "quiet", "-show_chapters", "-of", "json", str(path)]
        said = subprocess.run(asked, capture_output=True, timeout=30, check=False)
        if said.returncode:
            continue
        theirs = json.loads(said.stdout)["chapters"]
        with path.open("rb") as file:
            ours = embedded.read(file, path.stat().st_size)
        assert [one.title for one in ours] == [one["tags"]["title"].strip() for one in theirs], path.name
        for mine, other in zip(ours, theirs, strict=True):
            assert mine.start == pytest.approx(float(other["start_time"]), abs=0.03), path.name
        checked += 1
    assert checked >= 9


@pytest.mark.parametrize(
    ("name", "chapters"),
    [
        ("with_chapters", [(0, "Intro", 310, ""), (310, "Main topic", 600, "https://example.com/topic")]),
        ("partial_ctoc", [(0, "Intro", 310, ""), (310, "Main topic", 600, "")]),
        ("no_ctoc", [(0, "Intro", 310, ""), (310, "Main topic", 600, "")]),
        ("no_chap", []),
        ("raw", []),
    ],
)
def test_a_tag_is_read_whatever_its_table_of_contents_says(
    cases: Path, name: str, chapters: list[tuple[float, str, float, str]]
) -> None:
    with (cases / f"media/id3/{name}.mp3").open("rb") as file:
        found = embedded.read(file)
    assert [(one.start, one.title, one.end, one.link) for one in found] == chapters
    assert not any(one.hidden for one in found)


def test_all_chapters_of_an_audiobook_are_found(cases: Path) -> None:
    path = cases / "media/mutagen/nero-chapters.m4b"
    with path.open("rb") as file:
        found = embedded.read(file, path.stat().st_size)
    assert [one.title for one in found] == [f"{number:03}" for number in range(1, 113)]
    assert all(one.end == following.start for one, following in itertools.pairwise(found))
    assert found[-1].end == pytest.approx(169022.694)


# --- ID3v2 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [3, 4])
def test_chapters_of_an_mp3_come_with_title_link_and_picture(version: int) -> None:
    data = media.mp3(
        ctoc("toc", ["a", "b"]),
        chap("a", 0, 60, "Welcome", link="https://show.example/1", encoding=Encoding.LATIN1),
        chap(
            "b", 60, 90.25, "Grüße, 世界", picture_url="https://show.example/2.png", encoding=Encoding.UTF16
        ),
        version=version,
    )
    assert read(data) == (
        Chapter(0, "Welcome", 60, Source.FILE, link="https://show.example/1"),
        Chapter(60, "Grüße, 世界", 90.25, Source.FILE, image="https://show.example/2.png"),
    )


@pytest.mark.parametrize("version", [3, 4])
def test_pictures_are_skipped_and_what_is_behind_them_is_read(version: int) -> None:
    data = media.mp3(
        media.cover(300_000),
        *(chap(f"c{n}", n * 60, n * 60 + 60, f"Part {n}", picture=bytes(50_000)) for n in range(5)),
        version=version,
    )
    file = _Counting(data)
    found = embedded.read(file, len(data))
    assert [one.title for one in found] == [f"Part {n}" for n in range(5)]
    assert {one.image for one in found} == {""}
    assert file.read_bytes < 10_000


def test_a_change_of_picture_that_the_contents_leave_out_is_no_chapter_of_the_list() -> None:
    found = read(
        media.mp3(
            ctoc("toc", ["a", "b"]),
            chap("a", 0, 60, "Welcome"),
            chap("x", 20, 30, picture=b"a picture"),
            chap("y", 40, 50, "Look", link="https://show.example/look"),
            chap("b", 60, 90, "More"),
        )
    )
    assert [(one.start, one.end, one.hidden) for one in found] == [
        (0, 60, False),
        (20, 30, True),
        (40, 50, True),
        (60, 90, False),
    ]
    assert found[2].link == "https://show.example/look"


def test_chapters_in_a_table_within_the_table_are_in_the_list() -> None:
    link = "https://show.example/"
    parts = [chap(name, n * 60, n * 60 + 60, name, link=link) for n, name in enumerate("abc")]
    found = read(media.mp3(ctoc("toc", ["a", "more"]), ctoc("more", ["b", "toc"], top=False), *parts))
    assert [(one.title, one.hidden) for one in found] == [("a", False), ("b", False), ("c", True)]


def test_a_table_of_contents_that_names_nothing_there_is_hides_nothing() -> None:
    link = "https://show.example/"
    data = media.mp3(ctoc("toc", ["x", "y"]), chap("a", 0, 60, "a", link=link), chap("b", 60, 90, "b"))
    assert [one.hidden for one in read(data)] == [False, False]


def test_chapters_with_one_name_for_all_are_all_there() -> None:
    # mutagen keeps one frame of a name, so two tags are put together.
    first, second = (media.mp3(chap("chp", n, n + 60, f"Part {n}"), sound=0) for n in (0, 60))
    frames = [tag[10 : 20 + int.from_bytes(tag[14:18], "big")] for tag in (first, second)]
    body = b"".join(frames)
    assert rows(b"ID3\4\0\0" + bytes([0, 0, 0, len(body)]) + body) == [(0, "Part 0"), (60, "Part 60")]


def test_ends_that_writers_do_not_know_are_where_the_next_chapter_begins() -> None:
    data = media.mp3(chap("a", 0, 0, "a"), chap("b", 60, 4294967.295, "b"), chap("c", 90, 80, "c"))
    assert [one.end for one in read(data)] == [60, 90, None]


def test_chapters_out_of_order_come_sorted_and_once() -> None:
    data = media.mp3(chap("b", 60, 90, "b"), chap("a", 0, 60, "a"), chap("c", 60, 90, "again"))
    assert rows(data) == [(0, "a"), (60, "b")]


def test_chapters_without_a_title_are_called_by_their_number_but_one_alone_is_none() -> None:
    assert rows(media.mp3(chap("a", 0, 60), chap("b", 60, 90))) == [(0, "Chapter 1"), (60, "Chapter 2")]
    assert read(media.mp3(chap("a", 0, 60))) == ()


def test_titles_and_links_are_safe() -> None:
    title = "a\x1b[31m\u202e\nb" + "x" * 5000
    (found,) = read(media.mp3(chap("a", 0, 60, title, link="javascript:x", picture_url="file:///etc/passwd")))
    assert found.title.isprintable() and len(found.title) <= 500
    assert (found.link, found.image) == ("", "")


def test_a_tag_written_with_the_unsynchronisation_scheme_is_read() -> None:
    plain = media.mp3(
        chap("a", 0, 60, "Ÿÿ", encoding=Encoding.UTF16), chap("b", 255.255, 300, "b"), version=3, sound=0
    )
    body = plain[10:].replace(b"\xff", b"\xff\x00")
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    assert rows(b"ID3\3\0\x80" + size + body) == [(0, "Ÿÿ"), (255.255, "b")]

    inside = media.mp3(chap("a", 0, 255.255, "Ÿÿ", encoding=Encoding.UTF16), sound=0)
    body = inside[20 : 20 + int.from_bytes(inside[14:18], "big")].replace(b"\xff", b"\xff\x00")
    frame = b"CHAP" + len(body).to_bytes(4, "big") + b"\0\2" + body
    assert rows(b"ID3\4\0\0" + len(frame).to_bytes(4, "big") + frame) == [(0, "Ÿÿ")]


def test_an_extended_header_is_passed_over() -> None:
    data = media.mp3(chap("a", 0, 60, "a"), sound=0)
    frame = data[10 : 20 + int.from_bytes(data[14:18], "big")]
    for version, header in ((4, b"\0\0\0\6\1\0"), (3, b"\0\0\0\6\0\0\0\0\0\0")):
        body = header + frame
        assert rows(b"ID3" + bytes([version, 0, 0x40, 0, 0, 0, len(body)]) + body) == [(0, "a")]


def test_sizes_as_itunes_wrote_them_are_understood() -> None:
    data = media.mp3(chap("a", 0, 60, "a" * 200), chap("b", 60, 90, "b"), version=3, sound=0)
    assert rows(data[:3] + b"\4" + data[4:]) == [(0, "a" * 200), (60, "b")]


# --- MP4 --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("front", [True, False])
@pytest.mark.parametrize("kind", ["track", "nero", "both"])
def test_chapters_of_an_m4a_are_read_wherever_its_tables_are(kind: str, front: bool) -> None:
    nero = ROWS if kind != "track" else None
    data = media.mp4(ROWS, nero=nero, track=kind != "nero", front=front)
    found = read(data)
    assert [(one.start, one.title) for one in found] == ROWS
    assert [one.end for one in found] == [61.5, 3000, 3600]


def test_a_track_is_taken_where_the_list_ended_after_255() -> None:
    many = [(float(n * 10), f"Part {n}") for n in range(300)]
    assert rows(media.mp4(many, nero=many[:255], duration=3000)) == many
    assert rows(media.mp4(many[:3], nero=many[:200])) == many[:200]


def test_a_list_of_either_version_is_read() -> None:
    many = [(float(n), f"{n}") for n in range(300)]
    for rows_, version in ((ROWS, 0), (ROWS, 1), (many, 1)):
        data = media.box("ftyp", b"M4A ") + media.box(
            "moov", media.mvhd(3600), media.box("udta", media.chpl(rows_, version))
        )
        assert rows(data) == rows_


def test_titles_in_utf_16_and_in_no_encoding_at_all_are_read() -> None:
    titles = ["Grüße".encode("utf-16"), b"\xfe\xff" + "世界".encode("utf-16-be"), "Grüße".encode("cp1252")]
    assert [title for _, title in rows(media.mp4(ROWS, titles=titles))] == ["Grüße", "世界", "Grüße"]


def test_several_titles_in_a_chunk_are_told_apart() -> None:
    data = media.mp4(ROWS)
    # One chunk of three instead of three of one.
    apart = media.table("stsc", ">III", [(1, 1, 1)])
    assert data.count(apart) == 1
    at = data.index(b"stco") + 4
    first = data[at + 8 : at + 12]
    data = data.replace(apart, media.table("stsc", ">III", [(1, 3, 1)]))
    data = data[: at + 4] + struct.pack(">I", 1) + first + data[at + 12 :]
    assert rows(data) == ROWS


def test_boxes_with_long_sizes_and_to_the_end_of_the_file_are_followed() -> None:
    data = media.mp4(ROWS, nero=ROWS, track=False)
    at = data.index(b"moov") - 4
    front = data.index(b"mdat") - 4
    sound = data[front + 8 : at]
    long = struct.pack(">I4sQ", 1, b"mdat", 16 + len(sound)) + sound
    assert rows(data[:front] + long + struct.pack(">I", 0) + data[at + 4 :]) == ROWS


def test_a_track_whose_titles_are_not_there_falls_back_on_the_list() -> None:
    many = [*ROWS, (3300.0, "More")]
    data = media.mp4(many, nero=ROWS)
    at = data.index(b"stco") + 12
    assert rows(data[:at] + b"\xff\xff\xff\xf0" + data[at + 4 :]) == ROWS


# --- comments ---------------------------------------------------------------------------------------


def test_chapters_in_comments_are_read_in_opus_vorbis_and_flac() -> None:
    vorbis = media.ogg(b"\x01vorbis" + bytes(23), b"\x03vorbis" + media.comments(*COMMENTS), page=1)
    big = (("METADATA_BLOCK_PICTURE", "A" * 200_000), *COMMENTS)
    for data in (media.opus(*COMMENTS), media.opus(*big), vorbis, media.flac(*COMMENTS, picture=90_000)):
        found = read(data)
        assert [(one.start, one.title) for one in found] == ROWS
        assert [one.end for one in found] == [61.5, 3000, None]
        assert [one.link for one in found] == ["", "https://show.example/2", ""]


def test_comments_without_a_time_do_not_take_the_others_with_them() -> None:
    data = media.opus(
        ("CHAPTER001", "soon"),
        ("CHAPTER002NAME", "no time"),
        ("CHAPTER003", "00:01:00"),
        ("CHAPTER003NAME", "a"),
    )
    assert rows(data) == [(60, "a")]


# --- what is broken ---------------------------------------------------------------------------------


def good_files() -> list[bytes]:
    return [
        tagged(media.cover(500)),
        tagged(TIT2(encoding=3, text=["An episode"]), version=3),
        media.mp4(ROWS, nero=ROWS, sound=400, frames=50),
        media.mp4(ROWS, sound=400, frames=50, front=True),
        media.opus(*COMMENTS)[:1500],
        media.flac(*COMMENTS),
    ]


def test_a_file_that_was_cut_off_gives_chapters_that_are_in_order_or_none() -> None:
    for data in good_files():
        assert rows(data) == ROWS
        for end in range(0, len(data), size(13, 1)):
            found = read(data[:end])
            assert len(found) <= 3 and all(one.title for one in found)


def test_sizes_that_lie_give_no_exception_and_take_no_time() -> None:
    began = time.monotonic()
    lies = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\x7f\x7f\x7f")
    for data in good_files():
        for place in range(min(len(data), 2500)):
            for lie in size(lies[place % 3 :][:1], lies):
                found = read(data[:place] + lie + data[place + 4 :])
                starts = [one.start for one in found]
                assert starts == sorted(set(starts)) and all(one.title for one in found)
    assert time.monotonic() - began < 60


def test_what_is_no_audio_file_has_no_chapters() -> None:
    for data in (
        b"",
        b"I",
        b"ID3",
        b"ID3\4",
        b"OggS",
        b"fLaC",
        b"\0\0\0\x08moov",
        b"<html>" * 100,
        bytes(5000),
    ):
        assert read(data) == ()


def test_a_file_made_of_nothing_but_boxes_or_frames_is_given_up() -> None:
    empty = b"\0\0\0\x08free" * 200_000
    frames = b"ID3\4\0\0\x7f\x7f\x7f\x7f" + b"TXXX\0\0\0\0\0\0" * 200_000
    tracks = media.box("ftyp") + media.box("moov", *[media.mp4(ROWS, sound=0, frames=0)] * 2000)
    for data in (empty, media.box("moov", empty), frames, tracks, b"OggS" + bytes(22) + b"\0" * 5_000_000):
        began = time.monotonic()
        assert read(data) == ()
        assert time.monotonic() - began < 2


def test_ten_thousand_chapters_are_read_in_moments() -> None:
    many = [chap(f"c{n}", n, n + 1, f"Part {n}") for n in range(10_500)]
    data = media.mp3(*many)
    began = time.monotonic()
    assert len(read(data)) == MOST
    assert time.monotonic() - began < 5


class _Counting(io.BytesIO):
    """Counts what is read of it."""

    read_bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.read_bytes += len(data)
        return data
