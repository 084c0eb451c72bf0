"""Chapters in an ID3v2 tag: CHAP and CTOC frames (ID3v2 Chapter Frame Addendum 1.0; ID3v2.3, ID3v2.4).

The tag is walked from frame to frame and pictures, which make up most of it, are skipped unread; what a
chapter's own frames say, in whatever encoding, is mutagen's to read.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pptui import text
from pptui.chapters import MOST
from pptui.chapters.octets import Octets, at
from pptui.models import Chapter, Source

_FRAMES = 20_000
_WHOLE = 16 * 1024 * 1024
"""Bytes of a tag that has to be read as one because a synchronisation scheme runs through it."""

_SMALL = 16 * 1024
"""Bytes of a frame that is read: titles and addresses are shorter, pictures longer."""

_ADDRESS = 2048
_UNSET = 0xFFFFFFFF
_NAME = re.compile(rb"[A-Z][A-Z0-9]{3}\Z")


@dataclass(frozen=True, slots=True)
class _Frame:
    """A frame's name, its second byte of flags, and where its body is."""

    name: bytes
    flags: int
    begin: int
    end: int


@dataclass(slots=True)
class _Contents:
    """Tables of contents: what is in each, and which of them are at the top."""

    children: dict[bytes, list[bytes]] = field(default_factory=dict)
    top: list[bytes] = field(default_factory=list)

    def listed(self) -> set[bytes]:
        """The names of all that can be reached from the top."""
        seen: set[bytes] = set()
        waiting = list(self.top or self.children)
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += self.children.get(name, ())
        return seen


def read(file: Octets) -> list[Chapter]:
    """The chapters of the tag at the beginning of a file, in the order of the tag, ends as they are given.

    A chapter with a picture or a link that the table of contents does not name is `hidden`: that is how
    authors change the picture within a chapter. One that has only a title is shown whether it is named
    or not, and so are all where the table names none that there is.
    """
    head = at(file, 0, 10)
    if len(head) < 10 or head[3] not in (3, 4):
        return []
    version, unsynchronised = head[3], bool(head[5] & 0x80)
    begin, end = 10, 10 + _syncsafe(head[6:])
    if unsynchronised and version == 3:
        # The sizes of frames count from before the scheme was applied (ID3v2.3, 5).
        file = io.BytesIO(_synchronised(at(file, begin, min(end - begin, _WHOLE))))
        begin, end = 0, len(file.getbuffer())
    if head[5] & 0x40:
        size = at(file, begin, 4)
        # Some writers set the flag and have no extended header.
        if len(size) == 4 and not _NAME.match(size):
            begin += _syncsafe(size) if version == 4 else 4 + int.from_bytes(size, "big")
    contents = _Contents()
    chapters: list[tuple[bytes, Chapter, bool]] = []
    for frame in _frames(file, begin, end, version):
        if frame.name == b"CTOC":
            _table(at(file, frame.begin, min(frame.end - frame.begin, 256 * 256)), contents)
        elif frame.name == b"CHAP" and len(chapters) < MOST:
            found = _chapter(file, frame, version, unsynchronised)
            if found is not None:
                chapters.append(found)
    listed = contents.listed()
    if not any(name in listed for name, _, _ in chapters):
        return [chapter for _, chapter, _ in chapters]
    return [
        chapter._replace(hidden=True) if name not in listed and (pictured or chapter.link) else chapter
        for name, chapter, pictured in chapters
    ]


def _frames(file: Octets, position: int, end: int, version: int) -> Iterator[_Frame]:
    for _ in range(_FRAMES):
        head = at(file, position, 10)
        if len(head) < 10 or not _NAME.match(head[:4]):
            return
        begin = position + 10
        size = int.from_bytes(head[4:8], "big")
        if version == 4 and not any(byte & 0x80 for byte in head[4:8]):
            plain, size = size, _syncsafe(head[4:8])
            # iTunes wrote sizes of 128 and more as if this were ID3v2.3.
            if plain != size and not _follows(file, begin + size, end) and _follows(file, begin + plain, end):
                size = plain
        position = begin + size
        if position > end:
            return
        yield _Frame(head[:4], head[9], begin, position)


def _follows(file: Octets, position: int, end: int) -> bool:
    """Whether a frame, padding or the end of the tag is here."""
    if position >= end:
        return position == end
    name = at(file, position, min(4, end - position))
    return bool(name) and (not any(name) or bool(_NAME.match(name)))


def _chapter(
    file: Octets, frame: _Frame, version: int, unsynchronised: bool
) -> tuple[bytes, Chapter, bool] | None:
    """A chapter with the name of its element, and whether it has a picture."""
    begin, end = frame.begin, frame.end
    if frame.flags & (0x0C if version == 4 else 0xC0):
        return None  # compressed or encrypted, which no writer of chapters does
    if version == 4 and (unsynchronised or frame.flags & 0x03):
        body = at(file, begin, min(end - begin, _WHOLE))[4 if frame.flags & 0x01 else 0 :]
        file = io.BytesIO(_synchronised(body) if unsynchronised or frame.flags & 0x02 else body)
        begin, end = 0, len(file.getbuffer())
    name, stop, rest = at(file, begin, min(end - begin, 1024)).partition(b"\0")
    if not stop or len(rest) < 16:
        return None
    start, finish = struct.unpack(">II", rest[:8])
    if start == _UNSET:
        return None
    kept = b""
    pictured = False
    for inner in _frames(file, begin + len(name) + 17, end, version):
        length = inner.end - inner.begin
        picture = inner.name == b"APIC"
        pictured = pictured or picture
        if len(kept) > _SMALL:
            break
        if length > (_ADDRESS if picture else _SMALL) or not (picture or inner.name[:1] in (b"T", b"W")):
            continue
        body = at(file, inner.begin, length)
        kept += inner.name + _size(len(body), version) + bytes([0, inner.flags]) + body
    title, link, image = _described(kept, version) if kept else ("", "", "")
    # Writers that know no end write 0 or the highest number.
    until = finish / 1000 if start < finish < _UNSET else None
    return name, Chapter(start / 1000, title, until, Source.FILE, link, image), pictured


def _described(frames: bytes, version: int) -> tuple[str, str, str]:
    """Title, link and address of a picture in the frames of one chapter."""
    from mutagen.id3 import ID3

    reader: Callable[..., Any] = ID3  # it has no types
    tag = b"ID3" + bytes([version, 0, 0]) + _size(len(frames), 4) + frames
    try:
        found = reader(io.BytesIO(tag), translate=False)
        titles = [str(one) for frame in found.getall("TIT2") for one in frame.text]
        named = found.getall("WXXX") + [one for key, one in found.items() if key[:1] == "W"]
        links = [text.safe_url(getattr(one, "url", "")) for one in named]
        images = [
            text.safe_url(bytes(one.data).decode("latin-1").strip("\0"))
            for one in found.getall("APIC")
            if one.mime == "-->"
        ]
    except Exception:  # What a parser raises on hostile bytes is not to be foreseen.
        return "", "", ""
    return (
        text.line(next((one for one in titles if one.strip()), "")),
        next(filter(None, links), ""),
        next(filter(None, images), ""),
    )


def _table(body: bytes, contents: _Contents) -> None:
    name, stop, rest = body.partition(b"\0")
    if not stop or len(rest) < 2:
        return
    contents.children[name] = rest[2:].split(b"\0")[: rest[1]]
    if rest[0] & 0x02:
        contents.top.append(name)


def _syncsafe(raw: bytes) -> int:
    """Four bytes of seven bits each (ID3v2.4, 6.2)."""
    value = 0
    for byte in raw:
        value = value << 7 | byte & 0x7F
    return value


def _size(length: int, version: int) -> bytes:
    if version == 4:
        return bytes(length >> shift & 0x7F for shift in (21, 14, 7, 0))
    return length.to_bytes(4, "big")


def _synchronised(data: bytes) -> bytes:
    """The bytes before the unsynchronisation scheme was applied (ID3v2.4, 6.1)."""
    return data.replace(b"\xff\x00", b"\xff")
