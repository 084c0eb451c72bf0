"""A library of 60,000 episodes in a real terminal: walked through by lists and keys."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pptui.models import Progress
from tests import material
from tests.terminal import Terminal, home


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    made = material.big(tmp_path / "made", config="new_days = 100000")
    episode = made.episode("e59999")
    assert episode is not None
    made.library.record(episode, Progress(position=155.0, chapter="Flour"))
    made.close()
    found = home(tmp_path)
    (tmp_path / "config" / "pptui" / "config.toml").unlink()
    (tmp_path / "config" / "pptui").rmdir()
    for name in ("config", "data", "cache", "state"):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / "made" / name).mkdir(exist_ok=True)
        (tmp_path / "made" / name).rename(tmp_path / name / "pptui")
    return found


def arrange(terminal: Terminal, *keys: str) -> None:
    """Choose in the menu, and leave it."""
    terminal.press("f")
    terminal.wait(r"enter chooses")
    terminal.press(*keys)
    terminal.press("escape")
    terminal.wait(r"enter chooses", gone=True)


def test_sixty_thousand_episodes_are_walked_through(environment: Mapping[str, str]) -> None:
    with Terminal([], environment) as terminal:
        terminal.wait(r"T 299 .*\n.* ▸ Flour")
        terminal.press("h", "j", "l")
        terminal.wait(r"New  59999\b")
        terminal.wait(r"● T 300 +Podcast 200 ")
        terminal.press("G")
        terminal.wait(r"● T 1 +Podcast 1 ")
        terminal.press("k", "enter")
        terminal.wait(r"No chapters|Chapters ·")
        terminal.press("escape")
        terminal.wait(r"New  59999\b")
        arrange(terminal, "j", "j", "j", "enter")
        terminal.wait(r"59999 · shortest first")
        terminal.press("g")
        terminal.wait(r"● T \d+ .* 1m\b")
        arrange(terminal, "G", "enter")
        terminal.wait(r"[1-9]\d* of 59999 · with chapters · shortest first")
        terminal.wait(r"chapters of \d+ of 60000 episodes looked for")
        terminal.press("g")
        terminal.wait(r"● T \d+ .*≡")
        arrange(terminal, "G", "k", "k", "enter")
        terminal.wait(r"59999 · shortest first")
        terminal.wait(r"looked for", gone=True)
        terminal.press("h", "j", "l")
        terminal.wait(r"Podcast 1  Somebody · 300 episodes")
        terminal.press("q")
        assert terminal.wait_end() == 0
