"""What is said of a refresh: nothing that happened is left out, and what needs attention comes first."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pptui.feeds.outcome import Ending, Outcome, sorted_outcomes, summary
from pptui.models import Hold, Plan

NOW = datetime(2026, 3, 1, 12, 0).astimezone()
WAIT = Plan(NOW + timedelta(hours=2, minutes=30), Hold.WAIT)

ALL = [
    Outcome("a", "Quiet"),
    Outcome("b", "Busy", new=3, changed=True),
    Outcome(
        "c", "Moved", changed=True, moved_to="https://new.example/", remark="moved to https://new.example/"
    ),
    Outcome("j", "Filled", changed=True, filled=50),
    Outcome("d", "Waiting", plan=WAIT, asked=False),
    Outcome("e", "Over", plan=Plan(None, Hold.ENDED), asked=False),
    Outcome("f", "Just over", error="the server says 410: gone for good", plan=Plan(None, Hold.ENDED)),
    Outcome("g", "Private", error="a password", plan=Plan(NOW, Hold.LOGIN)),
    Outcome("i", "Busy server", error="the server says 503", plan=WAIT),
    Outcome("h", "Broken", error="the server says 500", plan=Plan(NOW, Hold.FAILED, 2)),
]


@pytest.mark.parametrize(
    ("outcome", "ending", "words"),
    zip(
        ALL,
        [
            Ending.UNCHANGED,
            Ending.NEW,
            Ending.CHANGED,
            Ending.CHANGED,
            Ending.LEFT,
            Ending.LEFT,
            Ending.ENDED,
            Ending.LOGIN,
            Ending.FAILED,
            Ending.FAILED,
        ],
        [
            "nothing new",
            "3 new",
            "nothing new · moved to https://new.example/",
            "its list is filled again: 50 episodes",
            "left alone: its server asks for that until 14:30",
            "left alone: it has ended",
            "it has ended: the server says 410: gone for good",
            "a password",
            "the server says 503 · to be left alone until 14:30",
            "the server says 500",
        ],
        strict=True,
    ),
    ids=lambda value: value.title if isinstance(value, Outcome) else "",
)
def test_each_podcast_has_its_words(outcome: Outcome, ending: Ending, words: str) -> None:
    assert (outcome.ending, outcome.words(NOW)) == (ending, words)


def test_the_summary_counts_everything_that_happened_and_nothing_else() -> None:
    said = "3 new episodes · 1 list filled again · 1 moved · 1 ended · 1 without a password"
    assert summary(ALL) == f"{said} · 2 failed · 2 left alone"
    assert summary([], stopped=True) == "0 new episodes · stopped"
    assert summary([Outcome("a", "A", new=1)], between=", ") == "1 new episode"


def test_what_needs_attention_comes_first() -> None:
    order = [one.title for one in sorted_outcomes(ALL)]
    assert order == [
        "Broken",
        "Busy server",
        "Private",
        "Just over",
        "Over",
        "Waiting",
        "Busy",
        "Filled",
        "Moved",
        "Quiet",
    ]
