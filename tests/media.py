"""Audio files with chapters in them, as far as readers of chapters look: tags, boxes and headers."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence

from mutagen.id3 import APIC, CHAP, CTOC, ID3, TIT2, WXXX, CTOCFlags, Encoding

Row = tuple[float, str]

SOUND = b"\xff\xfb\x90\x64" + bytes(413)
"""A silent frame of MPEG audio; many of them are an MP3 file."""


def chap(
    name: str,
    start: float,
    end: float,
    title: str = "",
    *,
    link: str = "",
    picture: bytes = b"",
    picture_url: str = "",
    encoding: Encoding = Encoding.UTF8,
) -> CHAP:
    inside: list[object] = []
    if title:
        inside.append(TIT2(encoding=encoding, text=[title]))
    if picture:
        inside.append(APIC(encoding=0, mime="image/jpeg", type=0, desc="", data=picture))
    if picture_url:
        inside.append(APIC(encoding=0, mime="-->", type=0, desc="", data=picture_url.encode()))
    if link:
        inside.append(WXXX(encoding=0, desc="", url=link))
    times = {"start_time": round(start * 1000), "end_time": round(end * 1000)}
    return CHAP(element_id=name, **times, start_offset=0xFFFFFFFF, end_offset=0xFFFFFFFF, sub_frames=inside)


def ctoc(name: str, children: Sequence[str], *, top: bool = True) -> CTOC:
    flags = CTOCFlags.ORDERED | (CTOCFlags.TOP_LEVEL if top else CTOCFlags(0))
    return CTOC(element_id=name, flags=flags, child_element_ids=list(children), sub_frames=[])


def cover(size: int) -> APIC:
    return APIC(encoding=0, mime="image/png", type=3, desc="cover", data=b"\x89PNG" + bytes(size))


def mp3(*frames: object, version: int = 4, sound: int = 1000) -> bytes:
    """A tag with these frames, as mutagen writes it, and so many frames of silence."""
    from io import BytesIO

    tag = ID3()
    for frame in frames:
        tag.add(frame)
    if version == 3:
        tag.update_to_v23()
    out = BytesIO()
    tag.save(out, v2_version=version)
    return out.getvalue() + SOUND * sound


def box(kind: str, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind.encode("ascii")) + body


def table(kind: str, layout: str, rows: Sequence[tuple[int, ...]]) -> bytes:
    """A box of version, flags, a count and so many rows."""
    return box(kind, struct.pack(">II", 0, len(rows)), *(struct.pack(layout, *row) for row in rows))


def chpl(rows: Sequence[Row], version: int = 1) -> bytes:
    head = struct.pack(">IxI", 0x01000000, len(rows)) if version else struct.pack(">IB", 0, len(rows))
    names = [(start, title.encode()[:255]) for start, title in rows]
    return box(
        "chpl", head, *(struct.pack(">QB", round(start * 1e7), len(name)) + name for start, name in names)
    )


def mp4(
    rows: Sequence[Row],
    *,
    duration: float = 3600,
    nero: Sequence[Row] | None = None,
    track: bool = True,
    sound: int = 1_000_000,
    frames: int = 150_000,
    front: bool = False,
    together: bool = True,
    titles: Sequence[bytes] | None = None,
) -> bytes:
    """An M4A with a text track of `rows`, a `chpl` list, or both.

    `sound` is the bytes of the audio, `frames` how many the audio's table of sizes has. `front` puts
    `moov` before them. The titles are one behind the other in the middle of the audio, unless not
    `together`: then they are far apart.
    """
    names = [title.encode() for _, title in rows] if titles is None else list(titles)
    samples = [struct.pack(">H", len(name)) + name for name in names]
    gap = bytes(sound // (len(samples) + 1)) if not together else b""
    mdat = bytes(sound // 2)
    inside: list[int] = []
    for sample in samples:
        mdat += gap
        inside.append(len(mdat))
        mdat += sample
    mdat += bytes(sound // 2)
    starts = [*(start for start, _ in rows), duration]
    ftyp = box("ftyp", b"M4A \0\0\2\0M4A mp42isom")

    def moov(base: int) -> bytes:
        lengths = [(1, round((end - start) * 1000)) for start, end in itertools.pairwise(starts)]
        stbl = box(
            "stbl",
            table("stts", ">II", lengths),
            table("stsc", ">III", [(1, 1, 1)]),
            box("stsz", bytes(8), struct.pack(f">{len(samples) + 1}I", len(samples), *map(len, samples))),
            table("stco", ">I", [(base + place,) for place in inside]),
        )
        text = box(
            "trak",
            box("tkhd", struct.pack(">IIII", 0, 0, 0, 2) + bytes(68)),
            box("mdia", mdhd(1000, 0), hdlr("text"), box("minf", box("gmhd"), stbl)),
        )
        audio = box(
            "trak",
            box("tkhd", struct.pack(">IIII", 0, 0, 0, 1) + bytes(68)),
            box("tref", box("chap", struct.pack(">I", 2))) if track else b"",
            box(
                "mdia", mdhd(44100, 0), hdlr("soun"), box("minf", box("stbl", box("stsz", bytes(4 * frames))))
            ),
        )
        listed = box("udta", box("meta", bytes(200)), chpl(nero)) if nero is not None else b""
        return box("moov", mvhd(duration), audio, text if track else b"", listed)

    length = len(moov(0))
    if front:
        return ftyp + moov(len(ftyp) + length + 8) + box("mdat", mdat)
    return ftyp + box("mdat", mdat) + moov(len(ftyp) + 8)


def mvhd(duration: float) -> bytes:
    return box("mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, round(duration * 1000)) + bytes(80))


def mdhd(scale: int, length: int) -> bytes:
    return box("mdhd", struct.pack(">IIIII", 0, 0, 0, scale, length) + bytes(4))


def hdlr(kind: str) -> bytes:
    return box("hdlr", bytes(8), kind.encode("ascii"), bytes(13))


def comments(*pairs: tuple[str, str]) -> bytes:
    lines = [f"{key}={value}".encode() for key, value in pairs]
    return (
        struct.pack("<I", 4)
        + b"test"
        + struct.pack("<I", len(lines))
        + b"".join(struct.pack("<I", len(one)) + one for one in lines)
    )


def ogg(*packets: bytes, page: int = 200) -> bytes:
    """The packets of one stream, each beginning a page, `page` segments to a page at most."""
    out: list[bytes] = []
    for packet in packets:
        lacing = [255] * (len(packet) // 255) + [len(packet) % 255]
        for begin in range(0, len(lacing), page):
            some = lacing[begin : begin + page]
            out.append(b"OggS" + bytes(10) + b"\7\0\0\0" + bytes(8) + bytes([len(some), *some]))
            out.append(packet[begin * 255 : begin * 255 + sum(some)])
    return b"".join(out)


def opus(*pairs: tuple[str, str]) -> bytes:
    return ogg(b"OpusHead" + bytes(11), b"OpusTags" + comments(*pairs), bytes(5000))


def flac(*pairs: tuple[str, str], picture: int = 0) -> bytes:
    blocks = [(0, bytes(34)), (6, bytes(picture)), (4, comments(*pairs)), (0x81, bytes(100))]
    return b"fLaC" + b"".join(bytes([kind]) + len(body).to_bytes(3, "big") + body for kind, body in blocks)
