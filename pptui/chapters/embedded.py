"""Chapters in an audio file, read without playing it: ID3v2, MP4 and M4B, Ogg, Opus and FLAC.

Only the parts that can hold chapters are read and everything else is skipped by seeking, so that a file
may be on a server (`pptui.feeds.ranges`). What is not read here, Matroska above all, mpv reads once the
file is open (`pptui.chapters.media`), and lists that both can read are the same in both.
"""

from __future__ import annotations

from collections.abc import Iterable

from pptui.chapters import MOST, id3, mp4, vorbis
from pptui.chapters.ended import ended
from pptui.chapters.octets import Octets, at
from pptui.models import Chapter
from pptui.times import LONGEST

_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"})


def read(file: Octets, size: int | None = None) -> tuple[Chapter, ...]:
    """The chapters in a file that can be sought in; `size` in bytes, None where it is not known.

    What the file is shows in its first bytes: names and media types are often wrong. A chapter without a
    title is called by its number, but a single one is the whole file and no chapter. A file that is damaged
    or has none gives (); nothing is raised but what `file` itself raises, an OSError.
    """
    magic = at(file, 0, 12)
    found: Iterable[Chapter] = ()
    if magic.startswith(b"ID3"):
        found = id3.read(file)
    elif magic.startswith(b"OggS"):
        found = vorbis.read_ogg(file)
    elif magic.startswith(b"fLaC"):
        found = vorbis.read_flac(file)
    elif magic[4:8] in _BOXES:
        found = mp4.read(file, size)
    return _ordered(found)


def _ordered(found: Iterable[Chapter]) -> tuple[Chapter, ...]:
    starts: dict[float, Chapter] = {}
    for chapter in found:
        start = round(chapter.start, 3)
        if not 0 <= start < LONGEST:
            continue
        # Of several at one moment the first is kept, but one that is shown goes before one that is not.
        kept = starts.get(start)
        if kept is None or (kept.hidden and not chapter.hidden):
            starts[start] = chapter._replace(start=start)
        if len(starts) >= MOST:
            break
    if len(starts) < 2 and not any(chapter.title for chapter in starts.values()):
        return ()
    ordered = (starts[start] for start in sorted(starts))
    return ended(
        one._replace(title=one.title or f"Chapter {number}") for number, one in enumerate(ordered, 1)
    )
