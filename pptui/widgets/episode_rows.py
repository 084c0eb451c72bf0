"""What lists of episodes share: one of them may be playing."""

from __future__ import annotations

from pptui.models import EpisodeRow, Playback
from pptui.widgets.cells import heard
from pptui.widgets.rows import Part, RowList


class EpisodeRows(RowList):
    """Marks the episode that plays, and how far each of the others was heard."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._playing = ""

    def playing(self, playback: Playback) -> None:
        """Mark the episode that is playing."""
        playing = playback.episode.id if playback.episode and playback.active else ""
        if playing != self._playing:
            self._playing = playing
            self.redraw()

    def sign(self, row: EpisodeRow) -> Part:
        """What a row begins with."""
        glyph, look = ("▶", "accent") if row.episode.id == self._playing else heard(row.progress)
        return f" {glyph} ", look
