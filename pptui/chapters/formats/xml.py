"""Chapters in XML: Podlove Simple Chapters, Matroska's (mkvmerge) and Apple's text streams.

Nothing outside the document is ever read, and entities are not resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from pptui.chapters import MOST, podlove
from pptui.chapters.formats.rows import Row, listed, seconds, stamp
from pptui.models import Chapter

if TYPE_CHECKING:
    from lxml.etree import _Element

_NANOSECONDS = re.compile(r"\d{1,19}(?:\.\d{1,19})?")


def read(data: bytes) -> tuple[Chapter, ...] | None:
    """The chapters; None where the document has none of these kinds. Of a feed, those that come first."""
    try:
        root = podlove.tree(data)
        return None if root is None else _read(root)
    except UnicodeDecodeError:
        return None


def _read(root: _Element) -> tuple[Chapter, ...] | None:
    if str(root.tag) == "Chapters":
        return listed(_matroska(root))
    if str(root.tag) == "TextStream":
        return listed(_apple(root))
    lists = (element for element in root.iter() if podlove.is_list(element))
    return next(map(podlove.from_element, lists), None)


def _matroska(root: _Element) -> Iterator[Row]:
    """Of the first edition: others are other cuts of the film. A chapter in a chapter stands beside it."""
    edition = root.find("EditionEntry")
    for atom in [] if edition is None else edition.iter("ChapterAtom"):
        if _said(atom, "ChapterFlagEnabled") == "0":
            continue
        display = atom.find("ChapterDisplay")
        title = "" if display is None else _said(display, "ChapterString") or _said(display, "ChapString")
        yield Row(
            _moment(_said(atom, "ChapterTimeStart")),
            title,
            _moment(_said(atom, "ChapterTimeEnd")),
            hidden=_said(atom, "ChapterFlagHidden") == "1",
        )


def _apple(root: _Element) -> Iterator[Row]:
    for sample in root.iter("TextSample"):
        yield Row(seconds(sample.get("sampleTime") or ""), sample.get("text") or sample.text or "")


def _said(element: _Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _moment(value: str) -> float | None:
    return float(value) / 10**9 if _NANOSECONDS.fullmatch(value) else seconds(value)


def write_podlove(chapters: Sequence[Chapter]) -> str:
    """A file of Podlove Simple Chapters 1.2; the format has no ends."""
    rows = [
        "".join(
            f" {name}={quoteattr(value)}"
            for name, value in (
                ("start", stamp(one.start)),
                ("title", one.title),
                ("href", one.link),
                ("image", one.image),
            )
            if value
        )
        for one in chapters[:MOST]
    ]
    body = "".join(f"  <psc:chapter{row}/>\n" for row in rows)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<psc:chapters version="1.2" xmlns:psc="{podlove.NAMESPACE}">\n{body}</psc:chapters>\n'
    )
