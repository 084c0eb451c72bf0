"""What a search found: two lines each, with what it was found by highlighted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from rich.cells import cell_len

from pptui.models import Hit, Marks
from pptui.times import clock, span
from pptui.widgets.cells import date, fit, fit_right
from pptui.widgets.episode_rows import EpisodeRows
from pptui.widgets.rows import Part


class HitList(EpisodeRows):
    """Shows whatever `show` was given last; rows whose hits are still to come are empty."""

    row_height = 2

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._hits: Sequence[Hit] = ()
        self._this_year = 0

    def show(self, hits: Sequence[Hit], count: int, *, cursor: int | None = None) -> None:
        """Show these, the first of `count`; `cursor` None leaves it where it is."""
        self._hits = hits
        self._this_year = datetime.now().astimezone().year
        self.set_count(count, cursor=cursor)

    def show_nothing(self, lines: Sequence[Sequence[Part]]) -> None:
        self._hits = ()
        super().show_nothing(lines)

    @property
    def hits(self) -> Sequence[Hit]:
        return self._hits

    @property
    def here(self) -> Hit | None:
        """The hit under the cursor."""
        return self._hits[self.cursor] if self.cursor < len(self._hits) else None

    def parts(self, index: int, width: int, here: bool) -> list[list[Part]]:
        if index >= len(self._hits):
            return [[], []]
        hit = self._hits[index]
        return [self._first(hit, width), self._second(hit, width)]

    def _first(self, hit: Hit, width: int) -> list[Part]:
        episode = hit.row.episode
        columns: list[Part] = []
        if width >= 60:
            room = min(40, width // 4)
            columns += [("  ", ""), *marked(episode.podcast_title, hit.podcast_marks, room, "dim")]
        if width >= 44:
            short = width < 100
            columns.append(("  " + date(episode.published, self._this_year, short=short), "dim"))
        columns += [(fit_right(span(hit.row.duration), 8), "dim"), (" ", "")]
        room = width - 3 - sum(cell_len(value) for value, _ in columns)
        look = "dim" if hit.row.progress.played else ""
        return [self.sign(hit.row), *marked(episode.title, hit.title_marks, room, look), *columns]

    @staticmethod
    def _second(hit: Hit, width: int) -> list[Part]:
        time = "" if hit.at is None else f"{clock(hit.at)}  "
        room = width - 6 - len(time)
        return [("     ", ""), (time, "accent"), *marked(hit.line, hit.line_marks, room, "dim"), (" ", "")]


def marked(value: str, marks: Marks, width: int, look: str) -> list[Part]:
    """A text of exactly `width` cells, with its marks highlighted as far as they are seen."""
    shown = fit(value, width)
    seen = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(value, shown, strict=False)))
    parts: list[Part] = []
    done = 0
    for start, end in marks:
        if start < seen:
            parts += [(shown[done:start], look), (shown[start : min(end, seen)], "mark")]
            done = min(end, seen)
    return [part for part in (*parts, (shown[done:], look)) if part[0]]
