"""The simple chapters of OGM tools, mkvmerge and Vorbis comments: `CHAPTER01=00:00:06.202`,
`CHAPTER01NAME=…`, and `CHAPTER001URL=…` (Xiph's Chapter Extension)."""

from __future__ import annotations

import re

from pptui.chapters.formats.rows import Row, listed, seconds
from pptui.models import Chapter
from pptui.text import safe_url

_LINE = re.compile(r"^[ \t]*CHAPTER(\d{1,6})(NAME|URL|)=(.*)$", re.MULTILINE | re.IGNORECASE)


def is_one(text: str) -> bool:
    return bool(re.match(r"CHAPTER\d{1,6}=", text, re.IGNORECASE))


def read(text: str) -> tuple[Chapter, ...]:
    """The chapters, in whatever order their lines are."""
    found: dict[int, dict[str, str]] = {}
    for row in _LINE.finditer(text):
        found.setdefault(int(row[1]), {}).setdefault(row[2].upper(), row[3])
    return listed(
        Row(seconds(one.get("", "")), one.get("NAME", ""), link=safe_url(one.get("URL", "")))
        for one in found.values()
    )
