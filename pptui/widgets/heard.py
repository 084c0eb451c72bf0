"""The sign that tells how far an episode was heard, the same in every list."""

from __future__ import annotations

from pptui.models import Progress
from pptui.widgets.rows import Part


def heard(progress: Progress) -> Part:
    """New, in progress or played."""
    if progress.played:
        return "○", "dim"
    return ("◐" if progress.begun else "●"), "accent"
