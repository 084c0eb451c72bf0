from datetime import UTC, datetime

import pytest

from pptui.models import Hold, Plan, Podcast
from pptui.subscriptions.standing import standing

SOON = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("error", ["", "gone for good (410)", "no answer"])
def test_a_podcast_that_has_ended_is_said_to_have_whatever_was_answered_last(error: str) -> None:
    found = standing(Podcast("1", "u", "t", error=error, plan=Plan(None, Hold.ENDED)))
    assert found == (Hold.ENDED, ("the server says that this podcast has ended",))


@pytest.mark.parametrize(
    ("plan", "hold"),
    [
        (Plan(SOON, Hold.LOGIN), Hold.LOGIN),
        (Plan(SOON, Hold.FAILED), Hold.FAILED),
        (Plan(None, Hold.WAIT), Hold.FAILED),
        (Plan(), Hold.FAILED),
    ],
)
def test_why_a_podcast_was_not_refreshed_is_said_before_that_it_has_moved(plan: Plan, hold: Hold) -> None:
    assert standing(Podcast("1", "u", "t", error="why", remark="moved", plan=plan)) == (hold, ("why",))


def test_when_a_server_may_be_asked_again_is_said_before_why() -> None:
    found = standing(Podcast("1", "u", "t", error="too many", plan=Plan(SOON, Hold.WAIT)))
    assert found is not None
    until, why = found.words
    assert (found.hold, until.split(" ", 2)[:2], why) == (Hold.WAIT, ["not", "before"], "too many")


def test_of_a_podcast_that_is_well_only_a_remark_is_said() -> None:
    assert standing(Podcast("1", "u", "t", plan=Plan(SOON, Hold.FRESH))) is None
    assert standing(Podcast("1", "u", "t", remark="moved")) == (Hold.NONE, ("moved",))
