"""Chapter lists as files: written in the formats that other programs take, and read by their content.

What `write` has written, `recognised` reads back the same: starts to the millisecond (CUE: 1/75 s), titles,
and ends, links and pictures where the format has room for them. Text is for people, and read as show notes.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Sequence
from typing import Any

from pptui.chapters import MOST
from pptui.chapters.formats import cue, ffmetadata, ogm, webvtt, xml
from pptui.chapters.formats.rows import milliseconds
from pptui.models import Chapter
from pptui.text import line, shown_url
from pptui.times import clock

FORMATS = ("text", "json", "psc", "ffmetadata", "webvtt", "cue")

SIZE = 8 * 1024 * 1024
"""Bytes or characters of a chapters file that are looked at; a longer one is none."""


def write(chapters: Sequence[Chapter], format: str, *, title: str = "") -> str:
    """The list as a document; `title` is what it is about. ValueError for a format not in FORMATS.

    Chapters without a title are called by their number, and no address has a password in it. Hidden ones
    are only in the JSON document: no other format can keep them out of a reader's list."""
    title = line(title)
    named = [
        one._replace(
            title=line(one.title) or ("" if one.hidden else f"Chapter {number}"),
            link=shown_url(one.link),
            image=shown_url(one.image),
        )
        for number, one in enumerate(chapters, 1)
    ]
    shown = [one for one in named if not one.hidden]
    match format:
        case "text":
            return "".join(f"{_clock(one.start)} {one.title}\n" for one in shown)
        case "json":
            return _json(named, title)
        case "psc":
            return xml.write_podlove(shown)
        case "ffmetadata":
            return ffmetadata.write(shown, title)
        case "webvtt":
            return webvtt.write(shown, title)
        case "cue":
            return cue.write(shown, title)
    raise ValueError(f"no format is called {format!r}")


def _clock(value: float) -> str:
    thousandths = milliseconds(value) % 1000
    whole = clock(milliseconds(value) // 1000)
    return f"{whole}.{thousandths:03}" if thousandths else whole


def _json(chapters: Sequence[Chapter], title: str) -> str:
    """JSON Chapters 1.2 of the podcast namespace."""
    rows: list[dict[str, Any]] = []
    for one in chapters[:MOST]:
        row: dict[str, Any] = {"startTime": _number(one.start)}
        if one.end is not None:
            row["endTime"] = _number(one.end)
        row |= {
            name: value
            for name, value in (("title", one.title), ("url", one.link), ("img", one.image))
            if value
        }
        if one.hidden:
            row["toc"] = False
        rows.append(row)
    document: dict[str, Any] = {"version": "1.2.0"}
    if title:
        document["title"] = title
    document["chapters"] = rows
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _number(value: float) -> float | int:
    thousandths = milliseconds(value)
    return thousandths / 1000 if thousandths % 1000 else thousandths // 1000


def recognised(data: str | bytes) -> tuple[Chapter, ...] | None:
    """The chapters of a file whose content says that it is one, () if it has none; None for anything else.

    These are JSON chapters, Podlove Simple Chapters, FFmpeg's metadata, WebVTT, CUE sheets, the chapters
    of mkvmerge in XML and in lines, and Apple's text streams. Raises nothing."""
    if len(data) > SIZE:
        return None
    text = _decoded(data)
    if text.startswith(("{", "[")):
        return _from_json(text)
    if text.startswith("<"):
        return xml.read(data.lstrip() if isinstance(data, bytes) else text.encode("utf-8", "replace"))
    for format in (ffmetadata, webvtt, ogm, cue):
        if format.is_one(text):
            chapters: tuple[Chapter, ...] = format.read(text)
            return chapters
    return None


def _from_json(text: str) -> tuple[Chapter, ...] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict | list):
        return None
    from pptui.chapters import podcasting

    return podcasting.from_json(text.encode("utf-8", "replace"))


def _decoded(data: str | bytes) -> str:
    """Its text, line breaks as newlines, without a mark in front. What is not UTF-8 is Windows-1252."""
    text = data if isinstance(data, str) else _text(data)
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff \t\n")


def _text(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
