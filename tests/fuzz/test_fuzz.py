"""Readers of what strangers write, on odd input: a short run of what `scripts/fuzz` does at length."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.durability.conftest import tally
from tests.durability.tally import Tally
from tests.fuzz.mutating import inputs
from tests.fuzz.targets import TARGETS, Target

__all__ = ["tally"]

_LONGEST = 20_000


def _name(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


@pytest.fixture(params=list(TARGETS))
def target(request: pytest.FixtureRequest) -> Target:
    return TARGETS[request.param]


def test_what_is_as_it_should_be_is_read(target: Target) -> None:
    for seed in target.seeds:
        target(seed)


@pytest.mark.parametrize("case", [path for one in TARGETS.values() for path in one.cases], ids=_name)
def test_what_once_failed_does_so_no_more(case: Path, tally: Tally) -> None:
    tally.add(inputs=1)
    TARGETS[case.parent.name](case.read_bytes())


def test_odd_input_is_read_or_refused_in_time_and_nothing_of_it_reaches_the_screen(
    target: Target, tally: Tally
) -> None:
    target(target.seeds[0])  # what is imported by need

    @settings(
        max_examples=target.examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs(target, _LONGEST))
    def tried(data: bytes) -> None:
        tally.add(inputs=1)
        target(data)

    tried()
