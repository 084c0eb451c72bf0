"""Chapter lists as files: what was written is read again, and what others have written is understood."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pptui.chapters import formats, notes
from pptui.feeds.source import decode
from pptui.models import Chapter, Source
from pptui.text import line, safe_url

ODD = [
    "a=b; c#d \\ e\\",
    "--> here & <b>there</b> &amp;",
    '"quoted" and "again"',
    '"',
    "\\",
    "[CHAPTER]",
    "TITLE=x",
    "NOTE Kind: captions",
    "WEBVTT",
    "0:00 Intro",
    "Größe 目次 👩🏽",
    "{}",
    "'x'",
    "]]>",
    "- Intro",
]

titles = st.one_of(st.sampled_from(ODD), st.text(max_size=40)).map(line).filter(bool)
links = st.sampled_from(["", "https://example.org/a?b=1&c=%22x%22#t=3", "http://example.org/'<é>"])


@st.composite
def lists(draw: st.DrawFn) -> tuple[Chapter, ...]:
    """Chapters as readers give them: to the millisecond, each ending where the next begins or before.

    None ends at 99:59:59.999, which WebVTT is given for one whose end is not known."""
    starts = sorted(draw(st.sets(st.integers(0, 98 * 3600 * 1000), max_size=12)))
    found = []
    for start, after in zip(starts, [*starts[1:], None], strict=False):
        room = after if after is not None else start + 3_600_000
        end = draw(st.one_of(st.just(after), st.integers(start + 1, room)))
        title, link, image = draw(titles), draw(links), draw(links)
        found.append(
            Chapter(start / 1000, title, None if end is None else end / 1000, link=link, image=image)
        )
    return tuple(found)


def read(data: str | bytes) -> tuple[Chapter, ...]:
    """The chapters of a file as the command reads it: in no format that is known, it is show notes."""
    found = formats.recognised(data)
    if found is not None:
        return found
    return notes.from_notes(decode(data) if isinstance(data, bytes) else data)


def bare(chapters: tuple[Chapter, ...], *, ends: bool) -> list[tuple[float, str, float | None]]:
    """Starts, titles and ends; without `ends`, each ends where the next begins."""
    following = [*(one.start for one in chapters[1:]), None]
    return [
        (one.start, one.title, one.end if ends else after)
        for one, after in zip(chapters, following, strict=False)
    ]


def odd() -> tuple[Chapter, ...]:
    return tuple(Chapter(at * 10_001 / 1000, title, (at + 1) * 10_001 / 1000) for at, title in enumerate(ODD))


@given(lists(), titles)
@example(odd(), ODD[0])
def test_what_was_written_is_read_back_the_same(chapters: tuple[Chapter, ...], title: str) -> None:
    for name in ("json", "ffmetadata", "webvtt"):
        found = read(formats.write(chapters, name, title=title).encode())
        assert bare(found, ends=True) == bare(chapters, ends=True), name
    found = read(formats.write(chapters, "psc", title=title).encode())
    found = tuple(one._replace(start=round(one.start, 3)) for one in found)
    assert bare(found, ends=False) == bare(chapters, ends=False)


@given(lists())
def test_links_and_pictures_are_kept_where_the_format_has_them(chapters: tuple[Chapter, ...]) -> None:
    chapters = tuple(one._replace(link=safe_url(one.link), image=safe_url(one.image)) for one in chapters)
    for name, source in (("json", Source.JSON), ("psc", Source.PODLOVE)):
        found = read(formats.write(chapters, name))
        assert [(one.link, one.image) for one in found] == [(one.link, one.image) for one in chapters]
        assert {one.source for one in found} <= {source}


@given(lists(), titles)
@example(odd(), ODD[2])
def test_a_cue_sheet_keeps_titles_and_starts_to_a_frame(chapters: tuple[Chapter, ...], title: str) -> None:
    # Two starts in one frame are one track's.
    apart = [one for one, after in pairwise(chapters) if after.start - one.start > 0.02]
    wanted = (*apart, *chapters[-1:])
    found = read(formats.write(wanted, "cue", title=title))
    assert [one.title for one in found] == [one.title for one in wanted]
    assert all(abs(one.start - two.start) <= 0.5 / 75 + 0.001 for one, two in zip(found, wanted, strict=True))


WORDS = st.lists(st.text("abcdefgh", min_size=2, max_size=9), min_size=1, max_size=4)


@given(st.lists(st.tuples(st.integers(20_000, 900_000), WORDS), min_size=4, max_size=12))
def test_text_is_read_back_as_show_notes_are(rows: list[tuple[int, list[str]]]) -> None:
    at, chapters = 0, []
    for number, (length, words) in enumerate(rows):
        chapters.append(Chapter(at / 1000, f"Part {number}x " + " ".join(words)))
        at += length
    written = formats.write(chapters, "text")
    assert written.startswith("0:00 Part 0x ")
    found = read(written)
    assert [(one.start, one.title) for one in found] == [(one.start, one.title) for one in chapters]
    assert {one.source for one in found} == {Source.NOTES}


def test_hidden_chapters_stay_hidden_and_untitled_ones_get_a_number() -> None:
    chapters = (
        Chapter(0, "Intro"),
        Chapter(10, "", image="https://example.org/a.png", hidden=True),
        Chapter(20, ""),
    )
    found = read(formats.write(chapters, "json"))
    assert [(one.start, one.title, one.hidden) for one in found] == [
        (0, "Intro", False),
        (10, "", True),
        (20, "Chapter 3", False),
    ]
    for name in ("psc", "ffmetadata", "webvtt", "cue"):
        again = read(formats.write(chapters, name))
        assert [(one.start, one.title) for one in again] == [(0, "Intro"), (20, "Chapter 3")]


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="'mp3'"):
        formats.write((), "mp3")


@pytest.mark.parametrize("name", formats.FORMATS)
def test_an_empty_list_is_an_empty_document(name: str) -> None:
    assert read(formats.write((), name)) == ()


def test_a_json_document_is_what_the_specification_says() -> None:
    chapters = (Chapter(0, "A", 90.5, link="https://example.org/", image="https://example.org/a"),)
    assert json.loads(formats.write(chapters, "json", title="Talk")) == {
        "version": "1.2.0",
        "title": "Talk",
        "chapters": [
            {
                "startTime": 0,
                "endTime": 90.5,
                "title": "A",
                "url": "https://example.org/",
                "img": "https://example.org/a",
            }
        ],
    }


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffprobe is not here")
def test_ffmpeg_reads_the_metadata_file_as_we_meant_it(tmp_path: Path) -> None:
    chapters = odd()
    path = tmp_path / "talk"
    path.write_text(formats.write(chapters, "ffmetadata", title=ODD[0]), encoding="utf-8")
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-f", "ffmetadata", "-show_chapters", "-of", "json", path],
        capture_output=True,
        check=True,
        timeout=30,
    )
    found = json.loads(told.stdout)["chapters"]
    # FFmpeg joins a line that ends in an escaped backslash to the next, which is why that one is blank.
    assert [(float(one["start_time"]), one["tags"]["title"].rstrip("\n")) for one in found] == [
        (one.start, one.title) for one in chapters
    ]


FIVE = [6.202, 131.762, 231.002, 376.882, 542.002]


@pytest.mark.parametrize(
    ("name", "starts", "last"),
    [
        ("FFMetadata.txt", FIVE, "Chapter 5 of 5"),
        ("webvtt.txt", FIVE, "Chapter 5 of 26"),
        ("mkvmerge.xml", FIVE, "Chapter 5 of 26"),
        ("mkvmerge.simple.txt", FIVE, "Chapter 5 of 5"),
        ("vorbiscomment.txt", FIVE, "Chapter 5 of 5"),
        ("matroska.xml", FIVE, "Chapter 5 of 5"),
        ("applechapters.xml", [39.706, 69.703, 88.288, 168.311], "chapter-4"),
        ("podlove.json", [1.234, 754, 3723], "Later"),
        ("podigee.json", [0, 112, 316, 429, 527], "Das Magnetband"),
        ("podlove-simple-chapters.xml", [0, 187, 506.25, 762], "Resumée"),
        ("youtube-chapters.txt", [0, 131, 231, 376, 542], "Chapter 5 of 5"),
        ("transistorfm-chapters.txt", [0, 30, 60, 90, 3690], "Chapter 5"),
        ("podigeetext-chapters.txt", [0, 30, 60, 90, 3723], "Chapter 5"),
        ("podcastpage-chapters.txt", [0, 30, 60, 90, 3690], "Chapter 5"),
        ("spotifyb-chapters.txt", [0, 30, 60, 90, 3690], "Chapter 5"),
        ("shownotes-chapters.txt", [0, 45, 90, 135, 180, 225], "The fourth topic of discussion"),
        ("mp4chaps.txt", [0, 706.612, 1375.525, 2482.67, 4157.337], "Chapter 5"),
    ],
)
def test_files_of_other_programs_are_read(cases: Path, name: str, starts: list[float], last: str) -> None:
    found = read((cases / "chapters/formats" / name).read_bytes())
    assert ([one.start for one in found], found[-1].title) == (starts, last)


@pytest.mark.parametrize("name", ["example.vtt", "example.srt", "example.json"])
def test_a_transcript_is_no_chapter_list(cases: Path, name: str) -> None:
    assert read((cases / "chapters/podcast-namespace/transcripts" / name).read_bytes()) == ()


def test_subtitles_are_no_chapters_but_close_chapters_are() -> None:
    cues = "".join(f"\n00:{at:02}.000 --> 00:{at + 4:02}.000\nand so on\n" for at in range(0, 40, 4))
    assert read(f"WEBVTT\n{cues}") == ()
    assert len(read(f"WEBVTT\nKind: chapters\n{cues}")) == 10
    assert read("WEBVTT\nKind: captions\n\n00:01.000 --> 09:00.000\nA\n") == ()
    assert read("WEBVTT\n\n00:01.000 --> 09:00.000\n<v Ann>Hello\n") == ()


def test_a_windows_file_with_another_encoding_is_read() -> None:
    sheet = 'FILE "a.mp3" MP3\r\n  TRACK 01 AUDIO\r\n    TITLE "Größe"\r\n    INDEX 01 00:02:37\r\n'
    for encoded in (sheet.encode("cp1252"), sheet.encode("utf-8-sig"), sheet.encode("utf-16")):
        assert [(one.start, one.title) for one in read(encoded)] == [(2.493, "Größe")]


def test_only_the_first_file_of_a_cue_sheet_counts() -> None:
    track = '  TRACK {0:02} AUDIO\n    TITLE "{0}"\n    INDEX 00 01:00:00\n    INDEX 01 0{0}:00:00\n'
    sheet = f'FILE "a" MP3\n{track.format(1)}{track.format(2)}FILE "b" MP3\n{track.format(3)}'
    assert [(one.start, one.title) for one in read(sheet)] == [(60, "1"), (120, "2")]


def test_ffmetadata_in_other_time_bases_and_with_comments_is_read() -> None:
    written = (
        ";FFMETADATA1\ntitle=Talk\n; a comment\n[CHAPTER]\nSTART=1500000000\nEND=3000000000\ntitle=one\\\ntwo"
        "\n#x\n[CHAPTER]\nTIMEBASE=1/0\nSTART=4000000000\n[STREAM]\nSTART=9\ntitle=none\n"
    )
    assert [(one.start, one.end, one.title) for one in read(written)] == [
        (1.5, 3, "one two"),
        (4, None, "Chapter 2"),
    ]


HEADS = [
    "",
    "{",
    "[",
    "[" * 100_000,
    "<Chapters><EditionEntry><ChapterAtom>",
    "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><TextStream><TextSample sampleTime='0:00'>&a;",
    ";FFMETADATA1\n[CHAPTER]\nSTART=99999999999999999999\n",
    ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=9999999999/1\nSTART=9999999999999999999\ntitle=",
    "WEBVTT\n\n00:00.000 --> 00:00.000\n",
    "WEBVTT\n\n999999:99.999 --> x\n",
    "CHAPTER01=00:00:01\nCHAPTER01NAME=",
    'TRACK 01 AUDIO\nINDEX 01 00:00:00\nTITLE "',
]


@given(st.sampled_from(HEADS), st.one_of(st.text(), st.binary()))
def test_no_file_stops_playback_or_reaches_the_terminal(head: str, rest: str | bytes) -> None:
    data = head + rest if isinstance(rest, str) else head.encode() + rest
    found = read(data)
    starts = [one.start for one in found]
    assert starts == sorted(set(starts))
    assert all(one.start >= 0 and (one.title or one.hidden) and one.title == line(one.title) for one in found)
    assert all(one.end is None or one.end > one.start for one in found)
    assert "root:" not in "".join(one.title for one in found)


@pytest.mark.parametrize(
    "unit",
    [
        ";FFMETADATA1\n" + "\\",
        ";FFMETADATA1\n[CHAPTER]\na",
        "WEBVTT\n\n00:00.000 --> 00:01.000\n<",
        "WEBVTT\n\n" + "\n \n",
        "CHAPTER01=0:00:01\n",
        "TRACK 01 AUDIO\nINDEX 01 00:00:00\n",
        " TRACK ",
        "INDEX 01 00:00:00 ",
    ],
)
def test_megabytes_of_hostile_lists_do_not_hold_anything_up(unit: str) -> None:
    data = unit + unit[-1] * 1_000_000 + unit * (1_000_000 // len(unit))
    began = time.process_time()
    found = formats.recognised(data)
    assert time.process_time() - began < 2
    assert found is None or len(found) <= 10_000


def test_a_sheet_made_to_be_slow_is_read_at_once() -> None:
    began = time.process_time()
    read("TRACK " + " " * 9_000 + "x\n" + ("TITLE " + " " * 9_000 + "\n") * 20)
    assert time.process_time() - began < 1
