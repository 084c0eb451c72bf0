"""Audio made with the standard library alone, and an ear for it.

Each chapter of a `tones` file is its own sine tone, so that what comes out of mpv says where in the
file it is from.
"""

from __future__ import annotations

import math
import struct
import wave
from array import array
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

RATE = 16000
SILENT = -1


def pitch(index: int) -> int:
    """The frequency of chapter `index`, in whole hertz, so that one second of it can be repeated."""
    return 400 + 170 * index


def tones(path: Path, count: int, seconds: int, rate: int = RATE) -> Path:
    """A mono WAV file of `count` chapters of `seconds` whole seconds each."""
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        for index in range(count):
            step = 2 * math.pi * pitch(index) / rate
            second = array("h", (int(12000 * math.sin(step * n)) for n in range(rate))).tobytes()
            out.writeframes(second * seconds)
    return path


def silence(path: Path, seconds: float, rate: int = 8000) -> Path:
    """A mono WAV file without a sound."""
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes(bytes(2 * int(rate * seconds)))
    return path


def silent_mp3(
    path: Path, seconds: float, chapters: Sequence[tuple[float, str]] = (), *, delay: int = 0
) -> Path:
    """A mono MP3 of silence with ID3v2.4 CHAP and CTOC frames (id3v2-chapters-1.0).

    `delay` is the encoder delay in samples of 44.1 kHz that its LAME header states; 0 writes no header.
    """
    # MPEG-1 layer III, 32 kbit/s, 44.1 kHz, mono: 104 bytes a frame; all zeros decodes to silence.
    header = bytes((0xFF, 0xFB, 0x10, 0xC0))
    size, samples = 104, 1152
    count = math.ceil(seconds * 44100 / samples)
    info = b""
    if delay:
        frame = bytearray(208)
        frame[:4] = bytes((0xFF, 0xFB, 0x30, 0xC0))
        frame[21:29] = b"Info" + struct.pack(">I", 1)
        frame[29:33] = struct.pack(">I", count)
        frame[33:42] = b"LAME3.100"
        frame[54:57] = (delay << 12).to_bytes(3, "big")
        info = bytes(frame)
    path.write_bytes(_id3(seconds, chapters) + info + (header + bytes(size - 4)) * count)
    return path


def _id3(seconds: float, chapters: Sequence[tuple[float, str]]) -> bytes:
    if not chapters:
        return b""
    frames = b""
    ends = [*(start for start, _ in chapters[1:]), seconds]
    for number, ((start, title), end) in enumerate(zip(chapters, ends, strict=True)):
        times = struct.pack(">IIII", round(start * 1000), round(end * 1000), 0xFFFFFFFF, 0xFFFFFFFF)
        name = _frame(b"TIT2", b"\x03" + title.encode()) if title else b""
        frames += _frame(b"CHAP", b"chp%d\0" % number + times + name)
    children = b"".join(b"chp%d\0" % number for number in range(len(chapters)))
    frames += _frame(b"CTOC", b"toc\0\x03" + bytes((len(chapters),)) + children)
    return b"ID3\x04\0\0" + _synchsafe(len(frames)) + frames


def _frame(name: bytes, body: bytes) -> bytes:
    return name + _synchsafe(len(body)) + b"\0\0" + body


def _synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def heard(path: Path, count: int, window: float = 0.05) -> list[tuple[int, int]]:
    """What mpv wrote with `ao=pcm` sounds like: (chapter, windows in a row), in order.

    A window is given to the chapter whose tone holds most of its energy, SILENT where it holds none and
    `count` where it is no one tone of ours. A file without a WAV header is mono at RATE.
    """
    rate, samples = _samples(path)
    size = int(rate * window)
    found = [_tone(samples[at : at + size], rate, count) for at in range(0, len(samples) - size + 1, size)]
    return [(index, len(list(group))) for index, group in groupby(found)]


def _samples(path: Path) -> tuple[int, array[int]]:
    data = path.read_bytes()
    if not data.startswith(b"RIFF"):
        return RATE, array("h", data[: len(data) // 2 * 2])
    at = data.index(b"fmt ")
    form, channels, rate = struct.unpack_from("<HHI", data, at + 8)
    bits = struct.unpack_from("<H", data, at + 22)[0]
    if form not in (1, 0xFFFE) or bits != 16:
        raise ValueError(f"not 16 bit PCM: format {form}, {bits} bits")
    body = data[data.index(b"data", at) + 8 :]
    samples = array("h", body[: len(body) // (2 * channels) * 2 * channels])
    return rate, samples[::channels]


def _tone(samples: array[int], rate: int, count: int) -> int:
    total = sum(value * value for value in samples)
    if total < 100 * len(samples):
        return SILENT
    powers = [_power(samples, pitch(index) / rate) for index in range(count)]
    best = max(range(count), key=powers.__getitem__)
    # A pure tone gives all its energy to its own frequency: power = total * length / 2.
    return best if powers[best] > 0.7 * total * len(samples) / 2 else count


def _power(samples: array[int], frequency: float) -> float:
    """Goertzel's algorithm: the energy of one frequency, in cycles a sample."""
    factor = 2 * math.cos(2 * math.pi * frequency)
    one = two = 0.0
    for value in samples:
        one, two = value + factor * one - two, one
    return one * one + two * two - factor * one * two
