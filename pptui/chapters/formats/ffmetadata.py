"""FFmpeg's metadata files: `;FFMETADATA1` and a `[CHAPTER]` section for each chapter.

ffmpeg-formats(1), "Metadata": `=`, `;`, `#`, `\\` and a newline in keys and values stand behind a
backslash; lines that begin with `;` or `#` are comments; TIMEBASE is a fraction of a second,
nanoseconds where it is absent. START and END are whole numbers of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pptui.chapters.formats.rows import Row, listed, milliseconds
from pptui.models import Chapter

_SPECIAL = re.compile(r"([=;#\\\n])")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_LINE = re.compile(r"(?:[^\\\n]|\\.)++", re.DOTALL)
_PAIR = re.compile(r"((?:[^\\=]|\\.)*+)=(.*)", re.DOTALL)
_NUMBER = re.compile(r"-?\d{1,19}")
_TIMEBASE = re.compile(r"(\d{1,10})/(\d{1,10})")


def is_one(text: str) -> bool:
    return text.startswith(";FFMETADATA")


def read(text: str) -> tuple[Chapter, ...]:
    """The chapters; an END that is not behind its START says nothing."""
    return listed(_rows(text))


def _rows(text: str) -> Iterator[Row]:
    section: dict[str, str] | None = None
    for found in _LINE.finditer(text):
        written = found[0].strip()
        if written.startswith((";", "#")):
            continue
        if written.startswith("["):
            if section is not None:
                yield _row(section)
            section = {} if written.upper() == "[CHAPTER]" else None
        elif section is not None and (pair := _PAIR.match(found[0])):
            section.setdefault(_plain(pair[1]).strip().lower(), _plain(pair[2]))
    if section is not None:
        yield _row(section)


def _row(section: dict[str, str]) -> Row:
    base = _TIMEBASE.fullmatch(section.get("timebase", "").strip())
    above, below = (int(base[1]), int(base[2])) if base and int(base[2]) else (1, 10**9)

    def moment(name: str) -> float | None:
        value = section.get(name, "").strip()
        return int(value) * above / below if _NUMBER.fullmatch(value) else None

    return Row(moment("start"), section.get("title", ""), moment("end"))


def write(chapters: Sequence[Chapter], title: str) -> str:
    """The file's text. An end that is not known is written as the start, as FFmpeg wants one."""
    parts = [";FFMETADATA1\n"]
    if title:
        parts.append(f"title={_escaped(title)}\n")
    for one in chapters:
        end = one.start if one.end is None else one.end
        parts.append(
            f"\n[CHAPTER]\nTIMEBASE=1/1000\nSTART={milliseconds(one.start)}\nEND={milliseconds(end)}\n"
            f"title={_escaped(one.title)}\n"
        )
    return "".join(parts)


def _plain(value: str) -> str:
    return _ESCAPED.sub(r"\1", value)


def _escaped(value: str) -> str:
    return _SPECIAL.sub(r"\\\1", value)
