"""Episodes that are about the same as another: a few rows, each with the podcast it is from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len

from pptui.models import EpisodeRow
from pptui.times import span
from pptui.widgets.cells import fit, fit_right
from pptui.widgets.episode_rows import EpisodeRows
from pptui.widgets.rows import Part


class SimilarList(EpisodeRows):
    """Given its rows once."""

    # One looks at it without going there; a cursor would say that something was chosen.
    LOOKS: ClassVar[dict[str, str]] = {**EpisodeRows.LOOKS, "cursor-left": ""}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[EpisodeRow] = ()

    def show(self, rows: Sequence[EpisodeRow]) -> None:
        """Show these episodes."""
        self.rows = rows
        self.display = bool(rows)
        self.set_count(len(rows), cursor=0)

    @property
    def here(self) -> EpisodeRow | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def parts(self, index: int, width: int, here: bool) -> list[list[Part]]:
        row = self.rows[index]
        episode = row.episode
        length = fit_right(span(row.duration), 8) + " "
        podcast = "  " + fit(episode.podcast_title, min(26, width // 3)) if width >= 40 else ""
        room = width - 3 - cell_len(podcast) - cell_len(length)
        title_look = "dim" if row.progress.played else ""
        return [[self.sign(row), (fit(episode.title, room), title_look), (podcast + length, "dim")]]
