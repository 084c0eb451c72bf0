"""Reports of faults: what is in them, and how many there are."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from pptui import __version__, faults


def fault(words: str = "by the test") -> LookupError:
    try:
        raise LookupError(words)
    except LookupError as problem:
        return problem


def test_only_the_last_reports_are_kept_and_what_else_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "pptui.log").write_text("a log")
    for number in range(faults.KEPT + 3):
        faults.report(tmp_path, f"report {number}")
    kept = [path.read_text() for path in sorted(tmp_path.glob("fault-*.txt"))]
    assert kept == [f"report {number}" for number in range(3, faults.KEPT + 3)]
    assert (tmp_path / "pptui.log").exists()


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("at https://me:secret@example.org:80/feed.xml?key=1 now", "at https://example.org:80/… now"),
        ("http://me:se/cret@example.org", "http://example.org/…"),
        ("['https://example.org/private/1234', 2]", "['https://example.org/…', 2]"),
        ("\x1b]0;title\x07red", "red"),
    ],
)
def test_a_report_has_no_address_password_or_escape_sequence_in_it(words: str, left: str) -> None:
    content = faults.described(fault(words), "a test")
    assert f"LookupError: {left}\n" in content
    assert "\x1b" not in content and "secret" not in content


def test_a_report_tells_what_is_needed_to_find_the_fault() -> None:
    steps = faults.Steps()
    for number in range(100):
        steps.take(f"LibraryScreen step_{number}")
    content = faults.described(fault(), "a test", steps)
    assert content.startswith(f"pptui {__version__} · a test\n")
    for part in ("Python 3.", "Traceback (most recent call last)", "step_99", "step_60"):
        assert part in content
    assert "step_59\n" not in content
    for name in faults.LIBRARIES:
        assert f"\n{name} {metadata.version(name)}\n" in content
