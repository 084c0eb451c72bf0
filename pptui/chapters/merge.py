"""One chapter list out of the several that an episode can have."""

from __future__ import annotations

from collections.abc import Iterable

from pptui.models import Chapter, Source

# The file's own starts are right even where advertisements were put in; a list made for players says
# what it means; notes are read by rules and come last.
_TRUST = (Source.FILE, Source.PODLOVE, Source.JSON, Source.NOTES)


def choose(lists: Iterable[tuple[Chapter, ...]]) -> tuple[Chapter, ...]:
    """The list to show: the most trusted source that has at least two chapters, else the longest.

    A single chapter that spans the whole file is what encoders write when they know of none."""
    found = sorted((one for one in lists if one), key=lambda one: _TRUST.index(one[0].source))
    for one in found:
        if len(one) > 1:
            return one
    return found[0] if found else ()
