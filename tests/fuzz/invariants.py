"""What holds for whatever the readers make of strangers' bytes; each raises AssertionError if it does not."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from pptui.models import Chapter
from pptui.text import TEXT_LIMIT, URL_LIMIT
from pptui.text.blocks import Notes

LONGEST = 1e10
"""Seconds; a time beyond (three centuries) can't be meant, and is too wide for any list."""

_BIDI = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_HIDDEN = frozenset("\u00ad\u061c\u180e\u200b\u200e\u200f\u2060\ufeff\ufff9\ufffa\ufffb")
_EASTERN, _WESTERN = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))


def clean(text: str, limit: int = TEXT_LIMIT) -> None:
    """Nothing that a terminal obeys or that hides: told by Unicode's own tables, not by `pptui.text`."""
    assert len(text) <= limit, f"{len(text)} characters"
    if text.isascii() and text.isprintable():
        return
    marks = 0
    for sign in text:
        code, kind = ord(sign), unicodedata.category(sign)
        assert kind not in ("Cc", "Cs") or sign in "\n\t", f"U+{code:04X}"
        assert unicodedata.bidirectional(sign) not in _BIDI, f"U+{code:04X}"
        assert sign not in _HIDDEN and not 0xE0000 <= code <= 0xE0FFF, f"U+{code:04X}"
        assert code & 0xFFFE != 0xFFFE and not 0xFDD0 <= code <= 0xFDEF, f"U+{code:04X}"
        marks = marks + 1 if kind[0] == "M" else 0
        assert marks <= 4, "a pile of marks"


def line(text: str, limit: int = 500) -> None:
    """The same, without line breaks and with no white space around it."""
    clean(text, limit)
    assert "\n" not in text and "\t" not in text and text == text.strip(), repr(text[:80])


def address(url: str) -> None:
    """Nothing, or an address on the web that is one word."""
    if url:
        clean(url, URL_LIMIT * 12)
        assert not any(sign.isspace() for sign in url), repr(url[:80])
        parts = urlsplit(url)
        assert parts.scheme in ("http", "https") and parts.hostname, repr(url[:80])


def length(seconds: float | None) -> None:
    """Nothing, or a time that an episode may have."""
    assert seconds is None or (math.isfinite(seconds) and 0 <= seconds < LONGEST), seconds


def moment(at: datetime | None) -> None:
    """Nothing, or a moment that can be shown wherever somebody lives."""
    if at is not None:
        assert at.utcoffset() == timedelta(0), at
        at.astimezone(_EASTERN), at.astimezone(_WESTERN)


def chapters(found: Iterable[Chapter]) -> None:
    """In order, with titles of a line, and each ending behind its beginning."""
    last = -1.0
    count = 0
    for one in found:
        count += 1
        length(one.start)
        length(one.end)
        assert one.start > last, f"{one.start} after {last}"
        assert one.end is None or one.end > one.start, f"{one.start} to {one.end}"
        last = one.start
        line(one.title)
        assert one.title or one.hidden
        address(one.link)
        address(one.image)
    assert count <= 10_000


def notes(rendered: Notes) -> None:
    """Blocks that can be laid out: safe text, links to the web, times that an episode may have."""
    for block in rendered.blocks:
        clean(block.text)
        assert 0 <= block.depth <= 9
        line(block.marker, 20)
        for span in block.spans:
            assert span.text
            address(span.link)
            length(span.at)
