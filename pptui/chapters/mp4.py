"""Chapters in MP4, M4A and M4B: Nero's `chpl` list and QuickTime's text tracks.

ISO/IEC 14496-12 for the boxes; QuickTime File Format, "Chapter Lists", for the tracks; `chpl` as
FFmpeg and mp4v2 write it, since nobody has specified it. The list is read where there is one: it is in
one place, while the titles of a track may lie all over the file. A track that has more is preferred:
lists end after 255.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from pptui import text
from pptui.chapters import MOST
from pptui.chapters.octets import Octets, at
from pptui.models import Chapter, Source

_BOXES = 2_000
_TRACKS = 4
"""Tracks that are tried: besides the titles there may be one of pictures and one of links."""

_TITLE = 2_000
_NERO_UNITS = 10_000_000
_END = 1 << 62


@dataclass(frozen=True, slots=True)
class _Box:
    """A box's kind, and where its contents are."""

    kind: bytes
    begin: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class _Track:
    number: int
    chapters: tuple[int, ...]
    media: _Box | None


def read(file: Octets, size: int | None) -> list[Chapter]:
    """The chapters of a file, in the order they are written in; () where there are none."""
    moov = next((box for box in _boxes(file, 0, _END if size is None else size) if box.kind == b"moov"), None)
    if moov is None:
        return []
    tracks: list[_Track] = []
    duration: float | None = None
    nero: list[Chapter] = []
    for box in _boxes(file, moov.begin, moov.end):
        if box.kind == b"mvhd":
            duration = _clock(file, box)[1]
        elif box.kind == b"trak":
            tracks.append(_track(file, box))
        elif box.kind == b"udta":
            for inner in _boxes(file, box.begin, box.end):
                if inner.kind == b"chpl" and not nero:
                    nero = _nero(at(file, inner.begin, min(inner.length, MOST * 300)), duration)
    wanted = {number for track in tracks for number in track.chapters}
    media = [track.media for track in tracks if track.number in wanted and track.media is not None]
    for one in media[:_TRACKS]:
        if found := _text_track(file, one, len(nero)):
            return found
    return nero


def _boxes(file: Octets, position: int, end: int) -> Iterator[_Box]:
    for _ in range(_BOXES):
        if position + 8 > end:
            return
        head = at(file, position, 16)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head[:8])
        begin = position + 8
        if length == 1 and len(head) == 16:
            (length,) = struct.unpack(">Q", head[8:])
            begin += 8
        stop = end if length == 0 else position + length
        if stop < begin:
            return
        # A file that was cut off has what it has.
        yield _Box(kind, begin, min(stop, end))
        position = stop


def _children(file: Octets, box: _Box | None, *path: bytes) -> dict[bytes, _Box]:
    """The boxes in a box, or in the one that a path leads to; the first of each kind."""
    for step in path:
        box = _children(file, box).get(step)
    found: dict[bytes, _Box] = {}
    if box is not None:
        for child in _boxes(file, box.begin, box.end):
            found.setdefault(child.kind, child)
    return found


def _clock(file: Octets, box: _Box) -> tuple[int, float | None]:
    """Units a second and the duration in seconds, of an `mvhd` or `mdhd`."""
    data = at(file, box.begin, 32)
    try:
        scale, length = struct.unpack_from(*((">IQ", data, 20) if data[0] == 1 else (">II", data, 12)))
    except (struct.error, IndexError):
        return 0, None
    return scale, length / scale if scale and length not in (0, 0xFFFFFFFF, (1 << 64) - 1) else None


def _track(file: Octets, trak: _Box) -> _Track:
    number = 0
    chapters: tuple[int, ...] = ()
    media = None
    for box in _boxes(file, trak.begin, trak.end):
        if box.kind == b"tkhd":
            data = at(file, box.begin, 24)
            number = int.from_bytes(data[20:24] if data[:1] == b"\1" else data[12:16], "big")
        elif box.kind == b"tref":
            chap = _children(file, box).get(b"chap")
            if chap is not None:
                data = at(file, chap.begin, min(chap.length, 400))
                chapters = struct.unpack(f">{len(data) // 4}I", data[: len(data) // 4 * 4])
        elif box.kind == b"mdia":
            media = box
    return _Track(number, chapters, media)


def _nero(data: bytes, duration: float | None) -> list[Chapter]:
    """FFmpeg writes four reserved bytes and a count of one, mp4v2 one and four: the same while short."""
    if len(data) < 5:
        return []
    count, position = data[4], 5
    if data[0] == 1 and len(data) >= 9:
        count, position = int.from_bytes(data[5:9], "big"), 9
        if count * 9 > len(data):
            count = data[8]
    found: list[Chapter] = []
    for _ in range(min(count, MOST)):
        title = data[position + 9 : position + 9 + data[position + 8]] if position + 9 <= len(data) else None
        if title is None or len(title) < data[position + 8]:
            return []
        start = int.from_bytes(data[position : position + 8], "big") / _NERO_UNITS
        found.append(Chapter(start, _decoded(title), duration, Source.FILE))
        position += 9 + len(title)
    return found


def _text_track(file: Octets, media: _Box, more_than: int) -> list[Chapter]:
    """The samples of a text track as chapters; () if there are not more than so many, or it is damaged."""
    boxes = _children(file, media)
    if b"mdhd" not in boxes or b"hdlr" not in boxes or b"minf" not in boxes:
        return []
    scale, _ = _clock(file, boxes[b"mdhd"])
    if not scale or at(file, boxes[b"hdlr"].begin, 12)[8:12] not in (b"text", b"sbtl"):
        return []
    table = _children(file, boxes[b"minf"], b"stbl")
    durations: list[int] = []
    for count, delta in _entries(file, table.get(b"stts"), ">II"):
        durations += [delta] * min(count, MOST - len(durations))
    places = _places(file, table)
    if len(places) <= more_than:
        return []
    starts = accumulate(durations, initial=0)
    found: list[Chapter] = []
    for start, duration, (position, size) in zip(starts, durations, places, strict=False):
        data = at(file, position, min(size, _TITLE))
        if len(data) < min(size, _TITLE):
            return []
        title = _decoded(data[2 : 2 + int.from_bytes(data[:2], "big")])
        found.append(Chapter(start / scale, title, (start + duration) / scale, Source.FILE))
    return found


def _places(file: Octets, table: dict[bytes, _Box]) -> list[tuple[int, int]]:
    """Position and size of each sample of a track (ISO/IEC 14496-12, 8.7)."""
    sizes_box = table.get(b"stsz")
    head = at(file, sizes_box.begin, 12) if sizes_box else b""
    if sizes_box is None or len(head) < 12:
        return []
    same, count = struct.unpack(">II", head[4:])
    # The size that all have is where the count of entries otherwise is.
    each = _Box(b"stsz", sizes_box.begin + 4, sizes_box.end)
    sizes = [same] * min(count, MOST) if same else [size for (size,) in _entries(file, each, ">I")]
    chunks = [place for (place,) in _entries(file, table.get(b"stco"), ">I")]
    chunks = chunks or [place for (place,) in _entries(file, table.get(b"co64"), ">Q")]
    runs = [(first, each) for first, each, _ in _entries(file, table.get(b"stsc"), ">III")]
    found: list[tuple[int, int]] = []
    run = 0
    for number, position in enumerate(chunks, 1):
        while run + 1 < len(runs) and runs[run + 1][0] <= number:
            run += 1
        for size in sizes[len(found) : len(found) + (runs[run][1] if runs else 1)]:
            found.append((position, size))
            position += size
    return found


def _entries(file: Octets, box: _Box | None, layout: str) -> list[tuple[int, ...]]:
    """The rows of a table that begins with version, flags and their count."""
    if box is None:
        return []
    count = int.from_bytes(at(file, box.begin + 4, 4), "big")
    size = struct.calcsize(layout)
    data = at(file, box.begin + 8, min(count, MOST, (box.length - 8) // size) * size)
    return list(struct.iter_unpack(layout, data[: len(data) // size * size]))


def _decoded(raw: bytes) -> str:
    """A title: UTF-16 with a byte order mark, else UTF-8, else what Windows wrote."""
    if raw[:2] in (b"\xfe\xff", b"\xff\xfe"):
        return text.line(raw.decode("utf-16", "replace"))
    try:
        return text.line(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return text.line(raw.decode("cp1252", "replace"))
