"""One chapter list out of the several that an episode can have; the rule is told in docs/chapters.md."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pptui.models import Chapter, Source

_TRUST = (Source.FILE, Source.PODLOVE, Source.JSON, Source.NOTES)
_NEAR = 1.0
"""Seconds by which two lists may differ at each start and still be one list."""

# What encoders and editors write where nobody gave a title.
_GENERIC = re.compile(
    r"(?i)(?:chapter|kapitel|chapitre|cap[ií]tulo|capitolo|track|part|section|marker)?[\s_#.:-]*\d*\Z"
)


def arrange(lists: Iterable[tuple[Chapter, ...]]) -> list[tuple[Chapter, ...]]:
    """The lists worth showing, the one to show first; what two lists say of the same chapters is in one."""
    by_source: dict[Source, tuple[Chapter, ...]] = {}
    for one in lists:
        if one and len(one) > len(by_source.get(one[0].source, ())):
            by_source[one[0].source] = one
    found = sorted(by_source.values(), key=_rank)
    distinct: list[tuple[Chapter, ...]] = []
    for one in found:
        same = next((at for at, other in enumerate(distinct) if one_list(other, one)), None)
        if same is None:
            distinct.append(one)
        else:
            distinct[same] = _enriched(distinct[same], one)
    return distinct


def _rank(one: tuple[Chapter, ...]) -> tuple[bool, bool, int]:
    shown = [chapter for chapter in one if not chapter.hidden]
    # A single chapter over the whole file is what encoders write when they know of none.
    return (
        len(shown) < 2,
        all(_GENERIC.match(chapter.title) for chapter in shown),
        _TRUST.index(one[0].source),
    )


def one_list(one: tuple[Chapter, ...], other: tuple[Chapter, ...]) -> bool:
    """Whether two lists have the same chapters, as far as their starts tell."""
    return len(one) == len(other) and all(
        abs(first.start - second.start) <= _NEAR for first, second in zip(one, other, strict=True)
    )


def _enriched(trusted: tuple[Chapter, ...], other: tuple[Chapter, ...]) -> tuple[Chapter, ...]:
    """The trusted list, with what it lacks from the other; its starts stay."""
    return tuple(
        one._replace(
            title=two.title if _GENERIC.match(one.title) and not _GENERIC.match(two.title) else one.title,
            link=one.link or two.link,
            image=one.image or two.image,
            hidden=one.hidden and two.hidden,
        )
        for one, two in zip(trusted, other, strict=True)
    )
