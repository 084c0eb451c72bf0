"""CUE sheets: a track for each chapter, `INDEX 01 mm:ss:ff` at 75 frames a second.

CDRWIN's manual, appendix A, has no way to write a double quote in a string. Other programs are shown an
apostrophe in its place, and a REM line, a comment to them, has the title as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pptui.chapters.formats.rows import Row, listed
from pptui.models import Chapter

FRAMES = 75

_COMMAND = re.compile(r"(\w+)\s+(.*)", re.DOTALL)
_INDEX = re.compile(r"0?1\s+(\d{1,6}):(\d{1,2}):(\d{1,2})\Z")
_SHEET = re.compile(r"^[ \t]*INDEX[ \t]+\d+[ \t]+\d+:\d\d?:\d\d?[ \t]*$", re.MULTILINE | re.IGNORECASE)
_TRACK = re.compile(r"^[ \t]*TRACK[ \t]+\d+[ \t]+\w", re.MULTILINE | re.IGNORECASE)


def is_one(text: str) -> bool:
    return bool(_TRACK.search(text) and _SHEET.search(text))


def read(text: str) -> tuple[Chapter, ...]:
    """The tracks of the first file that the sheet names, as chapters; the times of another start anew."""
    return listed(_rows(text))


def _rows(text: str) -> Iterator[Row]:
    files = 0
    track, start, title, exact = False, None, "", ""
    for line in text.split("\n"):
        if not (found := _COMMAND.match(line[:10_000].strip())):
            continue
        command, rest = found[1].upper(), found[2]
        if command in ("TRACK", "FILE"):
            if track:
                yield Row(start, exact or title)
            track, start, title, exact = command == "TRACK", None, "", ""
            files += command == "FILE"
            if files > 1:
                return
        elif command == "TITLE":
            title = _unquoted(rest)
        elif command == "REM" and rest.startswith("TITLE "):
            exact = rest.removeprefix("TITLE ").strip()
        elif command == "INDEX" and (index := _INDEX.match(rest)):
            start = int(index[1]) * 60 + int(index[2]) + int(index[3]) / FRAMES
    if track:
        yield Row(start, exact or title)


def _unquoted(value: str) -> str:
    # Many programs put quotes between the quotes all the same.
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def write(chapters: Sequence[Chapter], title: str) -> str:
    """The sheet. The audio's name is not known here: its title, if any, stands for it."""
    lines = [f"TITLE {_quoted(title)}"] if title else []
    lines.append(f"FILE {_quoted(title or 'audio')} MP3")
    for number, one in enumerate(chapters, 1):
        whole, frames = divmod(round(one.start * FRAMES), FRAMES)
        lines += [f"  TRACK {number:02} AUDIO", f"    TITLE {_quoted(one.title)}"]
        if '"' in one.title:
            lines.append(f"    REM TITLE {one.title}")
        lines.append(f"    INDEX 01 {whole // 60:02}:{whole % 60:02}:{frames:02}")
    return "".join(f"{line}\n" for line in lines)


def _quoted(value: str) -> str:
    return '"' + value.replace('"', "'") + '"'
