"""The report at the end tells what was counted, over all processes."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytest_plugins = "pytester"


def test_what_tests_in_several_processes_counted_is_added_up_and_a_failure_is_no_silence(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # three processes start twice as fast
    pytester.makeini("[pytest]")
    pytester.makeconftest(
        "from tests.durability.conftest import tally\n"
        "from tests.durability.tally import pytest_terminal_summary\n"
    )
    pytester.makepyfile(
        "def test_one(tally): tally.add(kills=1200, inputs=1)\n"
        "def test_two(tally): tally.add(kills=34, losses=2); assert False\n"
        "def test_three(): pass\n"
    )
    ended = pytester.runpytest_subprocess("-v", "-p", "xdist", "-n", "2", "-p", "no:cacheprovider")
    ended.assert_outcomes(passed=2, failed=1)
    ended.stdout.fnmatch_lines(
        [
            "*= durability =*",
            "*test_one: kills survived: 1,200, hostile inputs tried: 1, losses: 0",
            "*test_two: kills survived: 34, losses: 2 FAILED",
            "kills survived: 1,234, crash points: 0, hostile inputs tried: 1, faults injected: 0, losses: 2 "
            "(at least: 1 tests failed)",
        ]
    )
