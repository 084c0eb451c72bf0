"""The episodes of one list, read a page at a time as they come into sight."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rich.cells import cell_len

from pptui.models import EpisodeRow, Playback, Progress
from pptui.times import clock, span
from pptui.widgets.cells import fit, fit_right, gauge
from pptui.widgets.rows import Part, RowList

PAGE = 100
GAUGE = 8

Reader = Callable[[int, int], list[EpisodeRow]]
"""Given an offset and a limit, that part of the list."""


class EpisodeList(RowList):
    """Shows whatever `show` was given last. Two lines a row where the chapter is the point: "Continue"."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._read: Reader = lambda offset, limit: []
        self._pages: dict[int, list[EpisodeRow]] = {}
        self._with_podcast = True
        self._playing = ""
        self._this_year = 0

    def show(
        self, read: Reader, count: int, *, with_podcast: bool, with_chapter: bool, cursor: int | None = None
    ) -> None:
        """Show another list, or the same one changed: `cursor` None keeps it on its episode."""
        here = self.here
        self._read = read
        self._pages.clear()
        self._count = count
        if cursor is None and here is not None:
            near = range(max(0, self.cursor - PAGE), min(count, self.cursor + PAGE))
            same = (at for at in near if (row := self.row(at)) and row.episode.id == here.episode.id)
            cursor = next(same, None)
        self._with_podcast = with_podcast
        self._this_year = datetime.now().astimezone().year
        self.row_height = 2 if with_chapter else 1
        self.set_count(count, cursor=cursor)

    def row(self, index: int) -> EpisodeRow | None:
        """The row at `index`, None where the list has become shorter meanwhile."""
        number, offset = divmod(index, PAGE)
        if number not in self._pages:
            if len(self._pages) > 20:
                self._pages.clear()
            self._pages[number] = self._read(number * PAGE, PAGE)
        page = self._pages[number]
        return page[offset] if 0 <= offset < len(page) else None

    @property
    def here(self) -> EpisodeRow | None:
        """The row under the cursor."""
        return self.row(self.cursor) if self.count else None

    def playing(self, playback: Playback) -> None:
        """Mark the episode that is playing."""
        playing = playback.episode.id if playback.episode and playback.active else ""
        if playing != self._playing:
            self._playing = playing
            self.redraw()

    def parts(self, index: int, width: int, here: bool) -> list[list[Part]]:
        row = self.row(index)
        if row is None:
            return [[] for _ in range(self.row_height)]
        lines = [self._line(row, width)]
        if self.row_height == 2:
            lines.append(self._second(row, width))
        return lines

    def _line(self, row: EpisodeRow, width: int) -> list[Part]:
        episode, progress = row.episode, row.progress
        if episode.id == self._playing:
            glyph, look = "▶", "accent"
        elif progress.played:
            glyph, look = "○", "dim"
        elif progress.begun:
            glyph, look = "◐", "accent"
        else:
            glyph, look = "●", "accent"
        title_look = "dim" if progress.played else ""
        columns: list[Part] = []
        if self._with_podcast and width >= 92:
            columns.append(("  " + fit(episode.podcast_title, min(28, width // 5)), "dim"))
        if width >= 44:
            columns.append(("  " + self._date(episode.published, short=width < 60), "dim"))
        columns.append((fit_right(span(progress.duration or episode.duration), 8), "dim"))
        if width >= 64:
            columns += [("  ", ""), *self._gauge(progress, episode.duration)]
        columns.append((" ", ""))
        used = sum(cell_len(value) for value, _ in columns)
        return [(f" {glyph} ", look), (fit(episode.title, width - 3 - used), title_look), *columns]

    def _second(self, row: EpisodeRow, width: int) -> list[Part]:
        progress = row.progress
        duration = progress.duration or row.episode.duration
        left = f"{clock(duration - progress.position)} left" if duration else f"at {clock(progress.position)}"
        said = " · ".join(part for part in (progress.chapter, left) if part)
        return [(fit(f"     ▸ {said}", width), "dim")]

    def _date(self, published: datetime | None, *, short: bool) -> str:
        width = 7 if short else 11
        if published is None:
            return " " * width
        local = published.astimezone()
        if local.year == self._this_year:
            return f"{local:%b} {local.day}".ljust(width)
        return f"{local:%b ’%y}" if short else f"{local:%b} {local.day} {local.year}".ljust(width)

    @staticmethod
    def _gauge(progress: Progress, duration: float | None) -> list[Part]:
        whole = progress.duration or duration
        if not progress.begun or not whole:
            return [(" " * GAUGE, "")]
        done, left = gauge(progress.position / whole, GAUGE)
        return [(done, "accent"), (left, "dim")]
