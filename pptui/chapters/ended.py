"""Where a chapter ends: one rule for every list, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterable

from pptui.models import Chapter
from pptui.times import LONGEST


def ended(chapters: Iterable[Chapter]) -> tuple[Chapter, ...]:
    """Chapters in the order of their starts, no two at one moment, with their ends.

    One that doesn't say where it ends does so where the next begins, and none outlasts that; a listed one
    goes on through the hidden ones in it. An end that is not behind its start says nothing. The last may
    have none."""
    found: list[Chapter] = []
    following: float | None = None
    following_listed: float | None = None
    for one in reversed(list(chapters)):
        end = one.end if one.end is not None and one.start < one.end < LONGEST else None
        after = following if one.hidden else following_listed
        if after is not None:
            end = after if end is None else min(end, after)
        found.append(one._replace(end=end))
        following = one.start
        if not one.hidden:
            following_listed = one.start
    return tuple(reversed(found))
