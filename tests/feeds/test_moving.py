"""A feed that says that it is somewhere else: followed when the podcast is there, and else not."""

from __future__ import annotations

import pytest

from pptui.feeds.moving import is_same, wanted
from pptui.feeds.parsed import ParsedEpisode, ParsedFeed

HERE, THERE = "https://old.example/feed", "https://new.example/feed"


def feed(*guids: str, title: str = "Talks", new_url: str = "", retitled: str = "") -> ParsedFeed:
    episodes = tuple(ParsedEpisode(guid=guid, title=f"{retitled}Talk {guid}") for guid in guids)
    return ParsedFeed(title, new_url=new_url, items=episodes)


@pytest.mark.parametrize(
    ("new_url", "here", "looked_at"),
    [
        (THERE, HERE, THERE),
        ("", HERE, ""),
        (HERE, HERE, ""),
        ("http://old.example/feed/", HERE, ""),
        ("http://new.example/feed", HERE, ""),
        ("http://new.example/feed", "http://old.example/feed", "http://new.example/feed"),
    ],
)
def test_a_new_address_is_looked_at_unless_it_is_the_old_one_or_less_safe(
    new_url: str, here: str, looked_at: str
) -> None:
    assert wanted(feed("1", new_url=new_url), here) == looked_at


def test_the_same_episodes_make_the_same_podcast() -> None:
    old = feed("1", "2", "3", "4")
    assert is_same(old, feed("4", "5", "6", "3", "2"), HERE)
    assert is_same(old, feed("4"), HERE)
    assert is_same(feed("1", title="We have moved"), feed("1", "2", "3", title="Talks"), HERE)


def test_new_guids_are_no_hindrance_where_the_titles_are_the_same() -> None:
    renumbered = ParsedFeed("Talks", items=tuple(ParsedEpisode(f"new-{n}", f"Talk {n}") for n in (1, 2)))
    assert is_same(feed("1", "2"), renumbered, HERE)


def test_another_podcast_at_the_new_address_is_not_believed() -> None:
    assert not is_same(feed("1", "2", "3"), feed("7", "8", "9"), HERE)
    assert not is_same(feed(title="Talks"), feed("1", title="Adverts"), HERE)


def test_an_empty_feed_with_the_title_is_enough() -> None:
    assert is_same(feed(title="Talks"), feed("1", title="talks"), HERE)


def test_a_feed_that_sends_one_back_is_not_followed() -> None:
    assert not is_same(feed("1"), feed("1", new_url=HERE), HERE)
    assert is_same(feed("1"), feed("1", new_url=THERE), HERE)
