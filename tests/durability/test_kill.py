"""kill -9 at any moment: what the screen or the shell has said is there afterwards, and the place too."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from tests.durability.living import Life
from tests.durability.tally import SEED, Tally, size
from tests.server import Server

LIVES, KILLS = size((1, 3), (13, 20))
ONE_BY_ONE = size(2, 40)


@pytest.mark.parametrize("life", range(LIVES))
def test_kill_9_at_any_moment_of_listening_loses_nothing_that_was_seen(
    tmp_path: Path, server: Server, tally: Tally, life: int
) -> None:
    chance = random.Random(f"{SEED} {life}")
    one = Life(tmp_path, server, chance, tally)
    one.add("Bread", "Rivers", "Whales")
    while tally.figures["kills"] < KILLS:
        one.live_and_die()
    assert one.lost == []


def test_kill_9_while_listening_costs_no_more_than_five_seconds(
    tmp_path: Path, server: Server, tally: Tally
) -> None:
    one = Life(tmp_path, server, random.Random(SEED), tally)
    one.add("Bread", "Stones")
    for _ in range(ONE_BY_ONE):
        one.listen_and_die()
    sys.stdout.write(f"at most {one.furthest_behind:.1f} s behind the bar\n")
    assert one.lost == []


def test_kill_9_at_any_moment_of_a_command_undoes_nothing_that_it_said(
    tmp_path: Path, server: Server, tally: Tally
) -> None:
    one = Life(tmp_path, server, random.Random(SEED), tally)
    for _ in range(size(6, 90)):
        one.command_and_die()
    assert one.lost == []
