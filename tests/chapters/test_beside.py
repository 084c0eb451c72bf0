"""Chapter files beside an audio file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pptui.chapters import beside, formats
from pptui.models import Chapter, Source

WRITTEN = {
    ".chapters.json": "json",
    ".psc": "psc",
    ".cue": "cue",
    ".ffmetadata": "ffmetadata",
    ".ffmeta": "ffmetadata",
    ".chapters.vtt": "webvtt",
    ".vtt": "webvtt",
}
SOURCES = {".chapters.json": Source.JSON, ".psc": Source.PODLOVE}


def put(audio: Path, ending: str, content: str | None = None) -> None:
    chapters = (Chapter(0, f"in {ending}"), Chapter(300, "then"))
    path = audio.with_name(audio.stem + ending)
    path.write_text(formats.write(chapters, WRITTEN[ending]) if content is None else content)


@pytest.fixture
def audio(tmp_path: Path) -> Path:
    return tmp_path / "a talk v1.2.mp3"


@pytest.mark.parametrize("ending", beside.ENDINGS)
def test_a_chapter_file_beside_the_audio_is_found(audio: Path, ending: str) -> None:
    put(audio, ending)
    found = beside.beside(audio)
    assert [(one.start, one.title) for one in found] == [(0, f"in {ending}"), (300, "then")]
    assert {one.source for one in found} == {SOURCES.get(ending, Source.FILE)}


def test_the_first_that_gives_chapters_is_taken(audio: Path) -> None:
    for ending in beside.ENDINGS:
        put(audio, ending)
    put(audio, ".chapters.json", "{")
    put(audio, ".psc", "")
    put(audio, ".cue", "0:00 this is\n5:00 no sheet\n9:00 but notes")
    assert beside.beside(audio)[0].title == "in .ffmetadata"


def test_subtitles_and_files_of_another_name_are_not_taken(audio: Path) -> None:
    cues = "".join(f"\n00:{at:02}.000 --> 00:{at + 4:02}.000\nand so on\n" for at in range(0, 40, 4))
    put(audio, ".vtt", f"WEBVTT\n{cues}")
    put(audio.with_name("another.mp3"), ".cue")
    assert beside.beside(audio) == ()


def test_what_cannot_be_read_is_passed_over(audio: Path) -> None:
    os.mkfifo(audio.with_name(audio.stem + ".chapters.json"))
    audio.with_name(audio.stem + ".psc").mkdir()
    audio.with_name(audio.stem + ".cue").symlink_to("nowhere")
    put(audio, ".ffmetadata", ";FFMETADATA1\n[CHAPTER]\nSTART=0\ntitle=" + "x" * beside.LIMIT)
    assert beside.beside(audio) == ()
    put(audio, ".vtt")
    assert len(beside.beside(audio)) == 2


@pytest.mark.parametrize("name", ["", "/", "..", "x" * 5000, "a\0b", "\udcff.mp3"])
def test_an_odd_path_has_no_chapters(name: str) -> None:
    assert beside.beside(Path(name)) == ()
