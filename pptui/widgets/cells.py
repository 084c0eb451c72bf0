"""Text cut and padded to a number of terminal cells; a wide glyph takes two."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

EIGHTHS = " ▏▎▍▌▋▊▉█"


def fit(value: str, width: int) -> str:
    """Exactly `width` cells: padded on the right, or cut with `…`."""
    if width <= 0:
        return ""
    if cell_len(value) <= width:
        return set_cell_size(value, width)
    return set_cell_size(set_cell_size(value, width - 1).rstrip() + "…", width)


def fit_right(value: str, width: int) -> str:
    """Exactly `width` cells, flush right."""
    length = cell_len(value)
    return " " * (width - length) + value if length <= width else fit(value, width)


def gauge(fraction: float, width: int) -> str:
    """A bar of `width` cells, filled to `fraction` (0 to 1) in steps of an eighth of a cell."""
    eighths = round(min(max(fraction, 0.0), 1.0) * width * 8)
    whole, part = divmod(eighths, 8)
    return ("█" * whole + (EIGHTHS[part] if part else "")).ljust(width)
