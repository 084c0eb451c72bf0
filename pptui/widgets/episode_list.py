"""The episodes of one list, read a page at a time as they come into sight."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol

from rich.cells import cell_len

from pptui.models import EpisodeRow
from pptui.times import clock, span
from pptui.widgets.cells import date, fit, fit_right, gauge
from pptui.widgets.episode_rows import EpisodeRows
from pptui.widgets.rows import Part

PAGE = 50
"""Episodes that are read at once: some more than most screens show, for each costs the first frame."""
GAUGE = 8


class Listing(Protocol):
    """What is shown: a list by the keys of its episodes."""

    @property
    def keys(self) -> Sequence[Any]: ...

    @property
    def complete(self) -> bool:
        """Whether this is the whole list, or only its beginning."""

    def rows(self, offset: int, limit: int) -> Sequence[EpisodeRow | None]:
        """A part of it; None for an episode that has gone."""


class EpisodeList(EpisodeRows):
    """Shows whatever `show` was given last. Two lines a row where the chapter is the point: "Continue"."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._listing: Listing | None = None
        self._pages: dict[int, Sequence[EpisodeRow | None]] = {}
        self._with_podcast = True
        self._this_year = 0

    def show(
        self, listing: Listing, *, with_podcast: bool, with_chapter: bool, cursor: int | None = None
    ) -> None:
        """Show another list, or the same one changed; `cursor` None leaves it on its row."""
        self._listing = listing
        self._pages.clear()
        self._with_podcast = with_podcast
        self._this_year = datetime.now().astimezone().year
        self.row_height = 2 if with_chapter else 1
        self.set_count(len(listing.keys), cursor=cursor)

    def same_in(self, listing: Listing) -> int | None:
        """Where the cursor's episode is in another list, or the next one below it that is still there."""
        before = self._listing
        if before is None or not self.count:
            return None
        if not before.complete and self.cursor == self.count - 1:
            return len(listing.keys) - 1  # whoever went to the end of a beginning meant the end
        start, stop = max(0, self.cursor - PAGE), self.cursor + PAGE
        near = {key: at for at, key in enumerate(listing.keys[start:stop], start)}
        here, *below = before.keys[self.cursor : stop]
        if here not in near:
            with suppress(ValueError):
                return listing.keys.index(here)
        return next((near[key] for key in (here, *below) if key in near), None)

    def reread(self) -> None:
        """The same episodes, and how far they were heard by now."""
        self._pages.clear()
        self.redraw()

    def row(self, index: int) -> EpisodeRow | None:
        """The row at `index`, None where there is none any more."""
        number, offset = divmod(index, PAGE)
        if number not in self._pages and self._listing is not None:
            if len(self._pages) > 20:
                self._pages.clear()
            self._pages[number] = self._listing.rows(number * PAGE, PAGE)
        page = self._pages.get(number, ())
        return page[offset] if 0 <= offset < len(page) else None

    @property
    def here(self) -> EpisodeRow | None:
        """The row under the cursor."""
        return self.row(self.cursor) if self.count else None

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
        title_look = "dim" if progress.played else ""
        columns: list[Part] = []
        if self._with_podcast and width >= 92:
            columns.append(("  " + fit(episode.podcast_title, min(28, width // 5)), "dim"))
        if width >= 44:
            columns.append(("  " + date(episode.published, self._this_year, short=width < 60), "dim"))
        if width >= 84:
            columns.append((fit_right(_chapters(row.chapters), 5), "dim"))
        if width >= 28:
            columns.append((fit_right(span(row.duration), 8), "dim"))
        if width >= 64:
            columns += [("  ", ""), *self._gauge(row)]
        columns.append((" ", ""))
        used = sum(cell_len(value) for value, _ in columns)
        return [self.sign(row), (fit(episode.title, width - 3 - used), title_look), *columns]

    def _second(self, row: EpisodeRow, width: int) -> list[Part]:
        progress, duration = row.progress, row.duration
        left = f"{clock(duration - progress.position)} left" if duration else f"at {clock(progress.position)}"
        said = " · ".join(part for part in (progress.chapter, left) if part)
        return [(fit(f"     ▸ {said}", width), "dim")]

    @staticmethod
    def _gauge(row: EpisodeRow) -> list[Part]:
        if not row.progress.begun or not row.duration:
            return [(" " * GAUGE, "")]
        done, left = gauge(row.progress.position / row.duration, GAUGE)
        return [(done, "accent"), (left, "dim")]


def _chapters(number: int | None) -> str:
    """How many there are; below 0: some."""
    if not number:
        return ""
    return f"≡{number}" if number > 0 else "≡"
