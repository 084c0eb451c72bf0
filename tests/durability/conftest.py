"""What the tests of durability share: what they count."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.durability.tally import Tally


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """Counts kills, crash points, hostile inputs, faults and losses for the report at the end."""
    counting = Tally()
    counting.begin(request.node)
    yield counting
    sys.stdout.write(f"{counting}\n")
