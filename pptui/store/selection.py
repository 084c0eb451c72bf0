"""The lists there are, in which order, and what of them is shown."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pptui.models import Episode


class Kind(StrEnum):
    """Which list."""

    PODCAST = "podcast"
    NEW = "new"
    ALL = "all"


class Sort(StrEnum):
    """In which order. Among equals the newest is first; `oldest` is `newest` turned round.

    `heard` is for what is in the library alone: the last listened to first."""

    HEARD = "heard"
    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST = "longest"
    SHORTEST = "shortest"
    TITLE = "title"


class Filter(StrEnum):
    """Which episodes of a list. `in-progress`: begun and not played; `chapters`: the feed has chapters
    for it, in its notes or otherwise."""

    ALL = "all"
    UNPLAYED = "unplayed"
    IN_PROGRESS = "in-progress"
    DOWNLOADED = "downloaded"
    CHAPTERS = "chapters"


class Selection(NamedTuple):
    """Which episodes, and in which order.

    podcast: of one podcast; all: of every podcast; new: neither begun nor played, published after
    `since`. `podcast` narrows each of them to one podcast, `since` only concerns new."""

    kind: Kind = Kind.ALL
    podcast: str | None = None
    since: datetime | None = None
    sort: Sort = Sort.NEWEST
    filter: Filter = Filter.ALL


# What is downloaded, said twice: of an episode in the library, and in SQL of the table `episode`. Until
# pptui fetches audio by itself, it is what was a file on this machine from the first.


def downloaded(episode: Episode) -> bool:
    """Whether an episode can be heard without a network."""
    return episode.enclosure.startswith("/")


DOWNLOADED = "substr(enclosure, 1, 1) = '/'"

_NUMBER = re.compile(r"\d+")


def title_order(title: str) -> str:
    """What titles are compared by: their words, without case, accents and signs; numbers by their value."""
    from pptui.text.folding import folded  # the first screen compares nothing

    return _NUMBER.sub(lambda found: found[0].zfill(9), folded(title))
