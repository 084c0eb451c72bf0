"""What is said of a podcast that was not refreshed well, or has moved."""

from __future__ import annotations

from typing import NamedTuple

from pptui.models import Hold, Podcast
from pptui.times import moment


class Standing(NamedTuple):
    """`hold` is what it is about: ENDED, LOGIN, WAIT, or FAILED for all other faults; NONE for a remark."""

    hold: Hold
    words: tuple[str, ...]


def standing(podcast: Podcast) -> Standing | None:
    """How a podcast stands; None where all is well."""
    (due, hold, _), error = podcast.plan, podcast.error
    if hold is Hold.ENDED:  # whatever was answered since
        return Standing(hold, ("the server says that this podcast has ended",))
    if error and hold is Hold.WAIT and due is not None:
        return Standing(hold, (f"not before {moment(due)}", error))
    if error:
        return Standing(Hold.LOGIN if hold is Hold.LOGIN else Hold.FAILED, (error,))
    return Standing(Hold.NONE, (podcast.remark,)) if podcast.remark else None
