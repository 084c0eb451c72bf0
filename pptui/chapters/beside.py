"""Chapter files that lie beside an audio file: `talk.chapters.json` beside `talk.mp3`."""

from __future__ import annotations

from pathlib import Path

from pptui.models import Chapter

ENDINGS = (".chapters.json", ".psc", ".cue", ".ffmetadata", ".ffmeta", ".chapters.vtt", ".vtt")
"""In the order in which they are looked for."""

LIMIT = 4 * 1024 * 1024
"""Bytes; no chapter list is as long."""


def beside(path: Path) -> tuple[Chapter, ...]:
    """The chapters of the first such file that has any, () where there is none. Reads files, raises nothing.

    The endings say where to look, the content what it is: subtitles called `talk.vtt` are no chapters."""
    from pptui.chapters import formats

    for ending in ENDINGS:
        if (data := _content(path, ending)) and (found := formats.recognised(data)):
            return found
    return ()


def _content(path: Path, ending: str) -> bytes:
    try:
        file = path.with_name(path.stem + ending)
        # Opening anything else, such as a pipe, might wait for ever.
        if file == path or not file.is_file():
            return b""
        with file.open("rb") as opened:
            data = opened.read(LIMIT + 1)
    except (OSError, ValueError):
        return b""
    return data if len(data) <= LIMIT else b""
