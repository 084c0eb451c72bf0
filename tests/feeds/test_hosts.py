"""Whose turn it is: no host is crowded, and none of the others waits for it."""

from __future__ import annotations

import threading

from pptui.feeds.hosts import Turns


def turns(*items: str) -> Turns[str]:
    return Turns(items, lambda item: item[0])


def test_a_host_is_asked_for_two_things_at_once_and_no_more() -> None:
    given = turns("a1", "a2", "a3")
    assert [given.take(0), given.take(0), given.take(0)] == ["a1", "a2", None]
    given.done("a1")
    assert given.take(0) == "a3"


def test_the_others_go_on_while_a_host_with_many_feeds_is_slow() -> None:
    given = turns("a1", "a2", "a3", "a4", "b1", "b2", "c1")
    taken = [given.take(0) for _ in range(6)]
    assert taken == ["a1", "b1", "c1", "a2", "b2", None]


def test_a_thread_that_has_nothing_to_do_is_woken_by_what_comes() -> None:
    given, got = turns(), []
    waiting = threading.Thread(target=lambda: got.append(given.take(30)))
    waiting.start()
    given.put("a1")
    waiting.join(30)
    assert got == ["a1"]


def test_a_thread_is_woken_when_its_host_is_free_again() -> None:
    given, got = turns("a1", "a2", "a3"), []
    given.take(0), given.take(0)
    waiting = threading.Thread(target=lambda: got.append(given.take(30)))
    waiting.start()
    given.done("a2")
    waiting.join(30)
    assert got == ["a3"]
