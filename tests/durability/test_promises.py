"""Every promise of docs/reliability.md names the tests that would fail if it were broken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROMISES = [
    part
    for part in re.split(
        r"^(?=#+ |- \*\*)", (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    if part.startswith(("### ", "- **"))
]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda one: one.strip("#-* ").partition("\n")[0][:40])
def test_a_promise_names_tests_that_there_are(promise: str) -> None:
    named = re.findall(r"`(tests/[\w/.]+)`", promise)
    assert named
    assert [one for one in named if not (ROOT / one).exists()] == []
