"""The bar of a player: how far, where the chapters begin, how much is buffered."""

from __future__ import annotations

from pptui.models import Playback

Run = tuple[str, str]
"""Text and the name of its look: "done", "left", "buffered" or "head"."""


def draw(playback: Playback, width: int) -> list[Run]:
    """The bar in `width` cells; a line without a head where the duration is not known."""
    if width <= 0:
        return []
    duration = playback.duration
    if playback.live or not duration or duration <= 0:
        return [("─" * width, "left")]
    last = width - 1

    def cell(seconds: float) -> int:
        return min(last, max(0, int(seconds / duration * last + 0.5)))

    head = cell(playback.position)
    ready = cell(playback.buffered) if playback.buffered is not None else -1
    # The first chapter begins where the bar does: a tick there would only hide the start.
    ticks = {cell(chapter.start) for chapter in playback.chapters if 0 < chapter.start < duration}
    runs: list[Run] = []
    for at in range(width):
        if at == head:
            run = ("●", "head")
        elif at < head:
            run = ("┿" if at in ticks else "━", "done")
        else:
            run = ("┼" if at in ticks else "─", "buffered" if at <= ready else "left")
        if runs and runs[-1][1] == run[1]:
            runs[-1] = (runs[-1][0] + run[0], run[1])
        else:
            runs.append(run)
    return runs


def seconds_at(playback: Playback, cell: int, width: int) -> float | None:
    """The second that a click on a cell of the bar means; None where the duration is not known."""
    if playback.live or not playback.duration or width < 2:
        return None
    # A click on a chapter's tick means the chapter, not the nearest second that the cell can show.
    for chapter in playback.chapters:
        if 0 < chapter.start < playback.duration:
            at = min(width - 1, int(chapter.start / playback.duration * (width - 1) + 0.5))
            if at == cell:
                return chapter.start
    return min(max(cell / (width - 1), 0.0), 1.0) * playback.duration
