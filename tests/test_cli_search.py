"""Searching from the shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shell import Shell, item, rss

NOTES = "<p>A sourdough starter</p><p>0:00 Hello<br>2:30 The <b>oven</b> &amp; salt<br>9:00 Goodbye</p>"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path)
    shell.environment = {**shell.environment, "TZ": "UTC"}
    items = [
        item("Rye", 1, notes=NOTES, length="52:00"),
        item("An oven", 2, notes="Built of clay"),
        item("Salt", 3),
    ]
    (tmp_path / "bread.xml").write_bytes(rss("The Bread Podcast", *items))
    assert shell("add", "bread.xml").code == 0
    return shell


def test_hits_come_with_the_line_they_were_found_by_the_best_first(shell: Shell) -> None:
    done = shell("search", "oven")
    assert (done.code, done.err) == (0, "")
    first, first_line, second, second_line = done.out.splitlines()
    assert "An oven" in first and "(The Bread Podcast)" in first
    assert first_line == "    Built of clay"
    assert "Rye" in second
    assert second_line == "    2:30  The oven & salt"


def test_json_tells_where_each_was_found(shell: Shell) -> None:
    (found,) = shell.json("search", "oven", "sal")
    (rye,) = [one for one in shell.json("episodes") if one["title"] == "Rye"]
    assert found == {
        **rye,
        "podcast_title": "The Bread Podcast",
        "where": "chapter",
        "line": "The oven & salt",
        "start": 150,
    }
    assert [(one["title"], one["where"], one["start"]) for one in shell.json("search", "oven")] == [
        ("An oven", "title", None),
        ("Rye", "chapter", 150),
    ]
    assert [one["where"] for one in shell.json("search", "bread")] == ["podcast"] * 3
    assert [one["line"] for one in shell.json("search", '"sourdough sta')] == ["A sourdough starter"]


def test_nothing_found_is_no_failure(shell: Shell) -> None:
    assert shell("search", "wheat") == (0, "", "nothing found for wheat\n")
    assert shell.json("search", "wheat") == []


def test_what_has_no_words_in_it_is_said_to_be_nothing_to_look_for(shell: Shell) -> None:
    for words in (["--", "???"], [""], ["☕️"]):
        done = shell("search", *words)
        assert (done.code, done.out) == (0, "")
        assert done.err == "nothing to look for: what is searched is made of letters and figures\n"


def test_words_that_look_like_options_are_told_where_to_go(shell: Shell) -> None:
    done = shell("search", "-x")
    assert done.code == 2 and "unrecognized arguments: -x (words that begin with - go behind --)" in done.err
    assert shell("search", "--", "-oven").out == shell("search", "oven").out
    assert shell("search").err.endswith("WORDS are missing\n")


def test_more_than_the_limit_is_said(shell: Shell) -> None:
    done = shell("search", "bread", "--limit", "2")
    assert done.code == 0 and "the first 2" in done.err
    assert [one["title"] for one in shell.json("search", "bread", "--limit", "2")] == ["Salt", "An oven"]
    assert shell("search").code == 2


def test_what_was_unsubscribed_is_not_found(shell: Shell) -> None:
    assert shell("remove", "bread").code == 0
    assert shell.json("search", "oven") == []
