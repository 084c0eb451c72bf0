"""Chapters in the comments of Ogg Vorbis, Opus and FLAC: CHAPTER001, CHAPTER001NAME and CHAPTER001URL.

https://wiki.xiph.org/Chapter_Extension; the comments are those of Vorbis I, 5; RFC 7845, 5.2; RFC 9639, 8.6.
"""

from __future__ import annotations

import re
import struct

from pptui import text
from pptui.chapters.octets import Octets, at
from pptui.chapters.podlove import parse_start
from pptui.models import Chapter, Source

_LIMIT = 16 * 1024 * 1024
"""Bytes of the comments, which may have pictures in them."""

_COMMENTS = 100_000
_BLOCKS = 1_000
_PAGES = 10_000
_KEY = re.compile(r"CHAPTER(\d{1,6})(NAME|URL)?\Z", re.IGNORECASE)


def read_ogg(file: Octets) -> list[Chapter]:
    """The chapters of the first stream in an Ogg file."""
    # RFC 3533, 6: a packet ends with a segment of less than 255 bytes.
    position = 0
    serial = None
    packet: list[bytes] = []
    length = ended = 0
    for _ in range(_PAGES):
        head = at(file, position, 27)
        if len(head) < 27 or head[:4] != b"OggS":
            return []
        lacing = at(file, position + 27, head[26])
        body = position + 27 + len(lacing)
        position = body + sum(lacing)
        if serial is not None and head[14:18] != serial:
            continue
        serial = head[14:18]
        data = at(file, body, sum(lacing))
        used = 0
        for size in lacing:
            if ended == 1:
                packet.append(data[used : used + size])
                length += size
            used += size
            if size < 255:
                ended += 1
            if ended == 2:
                whole = b"".join(packet)
                for magic in (b"\x03vorbis", b"OpusTags"):
                    if whole.startswith(magic):
                        return _chapters(whole[len(magic) :])
                # Ogg FLAC: a block of metadata with its header.
                return _chapters(whole[4:]) if whole[:1] in (b"\x04", b"\x84") else []
        if length > _LIMIT:
            return []
    return []


def read_flac(file: Octets) -> list[Chapter]:
    """The chapters of a FLAC file."""
    position = 4
    for _ in range(_BLOCKS):
        head = at(file, position, 4)
        if len(head) < 4:
            return []
        length = int.from_bytes(head[1:], "big")
        if head[0] & 0x7F == 4:
            return _chapters(at(file, position + 4, length))
        if head[0] & 0x80:
            return []
        position += 4 + length
    return []


def _chapters(comments: bytes) -> list[Chapter]:
    starts: dict[int, float] = {}
    said: dict[tuple[int, str], str] = {}
    for comment in _comments(comments):
        key, _, value = comment[:4000].decode("utf-8", "replace").partition("=")
        found = _KEY.match(key.strip())
        if not found:
            continue
        number, what = int(found[1]), (found[2] or "").upper()
        if what:
            said.setdefault((number, what), value)
        elif (start := parse_start(value)) is not None:
            starts.setdefault(number, start)
    return [
        Chapter(
            starts[number],
            text.line(said.get((number, "NAME"), "")),
            source=Source.FILE,
            link=text.safe_url(said.get((number, "URL"), "")),
        )
        for number in sorted(starts)
    ]


def _comments(data: bytes) -> list[bytes]:
    """The comments up to where they are cut off."""
    found: list[bytes] = []
    try:
        (vendor,) = struct.unpack_from("<I", data)
        (count,) = struct.unpack_from("<I", data, 4 + vendor)
        position = 8 + vendor
        for _ in range(min(count, _COMMENTS)):
            (length,) = struct.unpack_from("<I", data, position)
            if position + 4 + length > len(data):
                break
            found.append(data[position + 4 : position + 4 + length])
            position += 4 + length
    except struct.error:
        pass
    return found
