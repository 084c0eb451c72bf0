"""Many at once: none takes the others with it, the rest is done one at a time, and it can be cancelled."""

from __future__ import annotations

import threading

import pytest

from pptui.feeds.gather import Again, Rest, gather


def failed(item: str, problem: Exception) -> str:
    return f"{item}: {problem}"


def test_one_that_fails_does_not_take_the_others_with_it() -> None:
    def fetch(item: str) -> Rest[str, str]:
        if item == "no server":
            raise OSError("gone")
        return lambda: {"good": "done"}[item]

    reported: list[str] = []
    found = gather(["no server", "good", "no feed"], fetch, failed, reported.append, threading.Event())
    assert sorted(found) == ["done", "no feed: 'no feed'", "no server: gone"]
    assert reported == found


def test_servers_are_waited_for_together_and_what_they_sent_is_taken_in_by_one_thread() -> None:
    together = threading.Barrier(4)
    threads: list[int] = []

    def fetch(item: int) -> Rest[int, int]:
        together.wait(10)

        def rest() -> int:
            threads.append(threading.get_ident())
            return item

        return rest

    found = gather(range(4), fetch, lambda item, problem: -1, lambda result: None, threading.Event(), 4)
    assert sorted(found) == [0, 1, 2, 3]
    assert len(set(threads)) == 1


@pytest.mark.parametrize("slow", ["fetch", "rest"])
def test_cancelling_does_not_wait_for_a_slow_one(slow: str) -> None:
    cancel, hold = threading.Event(), threading.Event()

    def wait() -> str:
        cancel.set()
        hold.wait(30)
        return "too late"

    def fetch(item: str) -> Rest[str, str]:
        return (lambda: "done") if slow == "fetch" and wait() else wait

    assert gather(["a", "b"], fetch, failed, lambda result: None, cancel) == []
    hold.set()


def test_what_was_cancelled_has_not_failed() -> None:
    cancel = threading.Event()
    asked: list[str] = []

    def fetch(item: str) -> Rest[str, str]:
        cancel.set()
        raise OSError("cancelled")

    def told(item: str, problem: Exception) -> str:
        asked.append(item)
        return item

    assert gather(["a", "b"], fetch, told, lambda result: None, cancel) == []
    assert asked == []


def test_a_server_that_is_slow_holds_up_no_other() -> None:
    done = threading.Event()

    def fetch(item: str) -> Rest[str, str]:
        if item == "slow":
            assert done.wait(10)
        return lambda: item

    def report(result: str) -> None:
        if result == "d":
            done.set()

    found = gather(["slow", "a", "b", "c", "d"], fetch, failed, report, threading.Event(), 2)
    assert found == ["a", "b", "c", "d", "slow"]


def test_what_leads_to_another_address_is_fetched_there_and_is_one_result() -> None:
    def fetch(item: str) -> Rest[str, str]:
        return lambda: Again("new") if item == "old" else item

    assert gather(["old"], fetch, failed, lambda result: None, threading.Event()) == ["new"]


def test_no_host_is_asked_for_more_than_two_things_at_once() -> None:
    asked, most, lock = 0, 0, threading.Lock()
    two = threading.Barrier(2)

    def fetch(item: str) -> Rest[str, str]:
        nonlocal asked, most
        with lock:
            asked += 1
            most = max(most, asked)
        two.wait(10)
        with lock:
            asked -= 1
        return lambda: item

    found = gather(
        "abcdef", fetch, failed, lambda result: None, threading.Event(), 6, lambda item: "one host"
    )
    assert sorted(found) == list("abcdef")
    assert most == 2
