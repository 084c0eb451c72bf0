"""What rows are made of: text cut and padded to a number of terminal cells, where a wide glyph takes two."""

from __future__ import annotations

from datetime import datetime

from rich.cells import cell_len, set_cell_size

from pptui.models import Progress


def fit(value: str, width: int) -> str:
    """Exactly `width` cells: padded on the right, or cut with `…`."""
    if width <= 0:
        return ""
    if value.isascii():  # a cell each; a screen has a hundred of them
        return (value if len(value) <= width else value[: width - 1].rstrip() + "…").ljust(width)
    if cell_len(value) <= width:
        return set_cell_size(value, width)
    return set_cell_size(set_cell_size(value, width - 1).rstrip() + "…", width)


def fit_right(value: str, width: int) -> str:
    """Exactly `width` cells, flush right."""
    length = len(value) if value.isascii() else cell_len(value)
    return " " * (width - length) + value if length <= width else fit(value, width)


def heard(progress: Progress) -> tuple[str, str]:
    """The sign that tells how far an episode was heard, the same in every list, and its look."""
    if progress.played:
        return "○", "dim"
    return ("◐" if progress.begun else "●"), "accent"


def gauge(fraction: float, width: int) -> tuple[str, str]:
    """A bar of `width` cells in two parts: what is done (`fraction`, 0 to 1) and what is left."""
    done = round(min(max(fraction, 0.0), 1.0) * width)
    return "━" * done, "─" * (width - done)


def date(published: datetime | None, this_year: int, *, short: bool) -> str:
    """The day in 11 cells, or in 7 without the day where it was not this year; spaces for None."""
    width = 7 if short else 11
    if published is None:
        return " " * width
    local = published.astimezone()
    if local.year == this_year:
        return f"{local:%b} {local.day}".ljust(width)
    return f"{local:%b ’%y}" if short else f"{local:%b} {local.day} {local.year}".ljust(width)
