"""Where the sheets are that say what a screen looks like."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent.parent


def sheet(name: str) -> Path:
    """A sheet by its name: beside the package's modules once installed, at the top of a checkout before.

    The app has those of its first screen. The other screens name theirs (`CSS_PATH`), because reading a
    sheet takes milliseconds: the app reads them after the first frame, or Textual when they are needed
    sooner."""
    packaged = _PACKAGE / "styles"
    return (packaged if packaged.is_dir() else _PACKAGE.parent / "styles") / f"{name}.tcss"


LATER = ("dialogs", "episode", "search")
"""The sheets of the screens that are not there from the start."""
