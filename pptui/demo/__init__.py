"""The built-in episode: what `pptui demo` plays, and what an empty library offers, without a network.

Its chapters are in the show notes alone, run on in one paragraph, so that it goes the way of a
feed's episode. `scripts/make_demo_audio` makes the sound from the same JSON file.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pptui.models import Episode

PODCAST_ID = "demo"
EPISODE_ID = "demo-044"


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_name("episode-044.json").read_text("utf-8"))
    return data


def audio_path() -> Path:
    """The sound, an absolute path: Ogg Vorbis of 52:00 without chapters of its own."""
    return Path(__file__).resolve().with_name("episode-044.ogg")


def episode() -> Episode:
    """The built-in episode; its `enclosure` is `audio_path()`."""
    data = _data()
    audio = audio_path()
    return Episode(
        id=EPISODE_ID,
        podcast=PODCAST_ID,
        title=data["title"],
        podcast_title=data["podcast"],
        published=datetime.fromisoformat(data["published"]).replace(tzinfo=UTC),
        duration=float(data["duration"]),
        enclosure=str(audio),
        media_type="audio/ogg",
        size=audio.stat().st_size,
        guid=EPISODE_ID,
    )


def notes() -> str:
    """The show notes as plain text: paragraphs between blank lines, the last one the chapter list run on."""
    data = _data()
    chapters = " ".join(f"{_hms(one['start'])} {one['title']}" for one in data["chapters"])
    return "\n\n".join([*data["about"], chapters])


def _hms(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
