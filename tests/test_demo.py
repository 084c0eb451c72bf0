"""The built-in episode: what it says of itself, what its notes give, and what can be heard in it."""

from __future__ import annotations

import json
import threading
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import mpv
import pytest

from pptui import demo
from pptui.chapters.notes import from_notes


@pytest.fixture
def seed() -> dict[str, object]:
    """The episode that the demo stands for, where that file is present."""
    path = Path(__file__).parents[2] / "shared" / "seed" / "episode-044.json"
    if not path.is_file():
        pytest.skip("the seed is not here")
    seed: dict[str, object] = json.loads(path.read_text("utf-8"))
    return seed


def test_the_built_in_episode_is_complete_without_a_network() -> None:
    episode = demo.episode()
    assert episode.title == "#044 - Data-efficient Image Transformers (Hugo Touvron)"
    assert episode.podcast_title == "Machine Learning Street Talk (MLST)"
    assert episode.published == datetime(2021, 2, 25, tzinfo=UTC)
    assert episode.duration == 52 * 60
    assert (episode.id, episode.podcast) == (demo.EPISODE_ID, demo.PODCAST_ID)
    assert Path(episode.enclosure) == demo.audio_path()
    assert demo.audio_path().is_absolute()
    assert 0 < demo.audio_path().stat().st_size == (episode.size or 0) <= 1_000_000


def test_the_chapters_stand_run_on_in_one_paragraph_of_the_notes() -> None:
    last = demo.notes().split("\n\n")[-1]
    assert last.startswith("00:00:00 Introduction 00:06:33 Data augmentation is all you need 00:09:53 Now ")
    chapters = from_notes(demo.notes(), duration=demo.episode().duration)
    assert len(chapters) == 19
    assert (chapters[4].start, chapters[4].title, chapters[4].end) == (946, "Distillation token", 1261)
    assert chapters[-1].end == 3120


def test_the_chapters_are_those_of_the_episode_it_stands_for(seed: dict[str, object]) -> None:
    chapters = from_notes(demo.notes(), duration=demo.episode().duration)
    assert [{"start": chapter.start, "title": chapter.title} for chapter in chapters] == seed["chapters"]
    assert demo.episode().title == seed["title"]
    assert str(seed["notes_run_on"]).endswith(demo.notes().split("\n\n")[-1])


def test_a_voice_begins_where_each_chapter_begins_and_nowhere_else(tmp_path: Path) -> None:
    for chapter in from_notes(demo.notes()):
        before = (
            heard(tmp_path / "before.wav", chapter.start - 1, chapter.start - 0.05) if chapter.start else []
        )
        after = heard(tmp_path / "after.wav", chapter.start, chapter.start + 0.2)
        assert max(map(abs, before), default=0) < 100, chapter
        assert max(map(abs, after)) > 1000, chapter


def test_the_file_is_as_long_as_the_episode_says_and_has_no_chapters_of_its_own() -> None:
    with playing("file-loaded", ao="null", pause=True) as player:
        assert player.duration == demo.episode().duration
        assert player.chapter_list == []


def heard(path: Path, start: float, end: float) -> array[int]:
    """The samples that libmpv plays from `start` to `end` seconds of the built-in episode."""
    raw = {"ao": "pcm", "ao_pcm_file": str(path), "ao_pcm_waveheader": "no", "audio_format": "s16"}
    with playing("end-file", start=start, end=end, **raw):
        pass
    return array("h", path.read_bytes())


@contextmanager
def playing(until: str, **options: Any) -> Iterator[Any]:
    """libmpv with the built-in episode, once the event `until` has come."""
    player = mpv.MPV(video=False, ytdl=False, config=False, **options)
    came = threading.Event()
    # Not python-mpv's own wait_for_…: in 1.0.8 an event that comes at the wrong moment makes them raise.
    player.event_callback(until)(lambda event: came.set())
    try:
        player.play(str(demo.audio_path()))
        assert came.wait(10)
        yield player
    finally:
        player.terminate()
