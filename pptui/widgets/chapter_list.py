"""The chapters of an episode, with the one that is playing marked and followed."""

from __future__ import annotations

import time

from rich.cells import cell_len

from pptui.models import Chapter, chapter_at
from pptui.times import clock
from pptui.widgets.cells import fit, fit_right
from pptui.widgets.rows import Part, RowList

HANDS_OFF = 8.0
"""Seconds after the user's last move in the list during which it does not follow playback."""


class ChapterList(RowList):
    """Given the chapters once, and then playback as it goes on."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._chapters: tuple[Chapter, ...] = ()
        self._current = -1
        self._position = 0.0
        self._moved = -HANDS_OFF

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        return self._chapters

    def show(self, chapters: tuple[Chapter, ...], *, cursor: int | None = None) -> None:
        """Show these chapters; `cursor` None keeps it at its moment of the episode."""
        if chapters == self._chapters and cursor is None:
            return
        if cursor is None and self.cursor < len(self._chapters):
            cursor = max(0, chapter_at(chapters, self._chapters[self.cursor].start))
        self._chapters = chapters
        self._current = -1
        self.set_count(len(chapters), cursor=cursor)

    def hold(self) -> None:
        """The cursor is where the user wants it: for a while it does not follow playback."""
        self._moved = time.monotonic()

    def playing(self, current: int, position: float) -> None:
        """The chapter that is playing (-1: none of these) and the second reached in the episode."""
        changed = current != self._current
        old, self._current = self._current, current
        second = int(position) != int(self._position)
        self._position = position
        if changed:
            self.redraw(old)
            self.redraw(current)
            if current >= 0 and time.monotonic() - self._moved > HANDS_OFF:
                self.move_to(current, by_user=False)
        elif second and current >= 0:
            self.redraw(current)

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        if event.by_user:
            self.hold()

    def parts(self, index: int, width: int, here: bool) -> list[list[Part]]:
        chapter = self._chapters[index]
        playing = index == self._current
        longest = max((len(clock(one.start)) for one in self._chapters[-1:]), default=4)
        length = clock(chapter.end - chapter.start) if chapter.end is not None else ""
        if playing:
            inside = clock(self._position - chapter.start)
            length = f"{inside}/{length}" if length else inside
        start = f" {'▶' if playing else ' '} {clock(chapter.start):>{longest}}  "
        tail = fit_right(length, max(8, len(length) + 1)) + " " if width >= 28 else ""
        room = width - cell_len(start) - cell_len(tail)
        look = "strong accent" if playing else ""
        title = f"{chapter.title} ↗" if chapter.link else chapter.title
        return [[(start, "accent" if playing else "dim"), (fit(title, room), look), (tail, "dim")]]
