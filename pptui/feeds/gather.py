"""Many feeds at once: servers are waited for by several threads, what they sent is taken in by one.

Storing needs the processor: several threads for it would be no quicker, and would leave less of it to the
screen.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pptui.feeds.hosts import Turns
from pptui.feeds.parsed import TOO_LARGE, FeedError

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Again(Generic[T]):
    """What an answer led to instead of a result: this has to be fetched too."""

    item: T


Rest = Callable[[], R | Again[T]]
"""What is left to do with one of them when its server has answered."""

_WAITING = 2
"""Answers in memory for which there was no time yet, beside one for each thread that fetches."""
_MOMENT = 0.1


def gather(
    items: Sequence[T],
    fetch: Callable[[T], Rest[R, T]],
    failed: Callable[[T, Exception], R],
    report: Callable[[R], None],
    cancel: threading.Event,
    workers: int = 8,
    host: Callable[[T], str] = str,
) -> list[R]:
    """`fetch` each on one of several threads, and do the rest of each on one; the results as they came.

    `host` names what must not be asked for many at once (see `hosts`), and is being asked until `fetch` is
    through. `failed` makes a result of what either raised, unless it was cancelled: for too little memory of
    a FeedError. `report` is called from this thread with each result. Setting `cancel` ends it within a
    moment: what is done stays done, the rest is left as it was."""
    turns = Turns(items, host)
    answered: queue.Queue[tuple[T, Rest[R, T]]] = queue.Queue(_WAITING)
    done: queue.SimpleQueue[R] = queue.SimpleQueue()
    over = threading.Event()

    def fail(item: T, problem: Exception) -> None:
        # What was cancelled has not failed.
        if not cancel.is_set():
            # A MemoryError has the frames, and so the memory, of what went wrong: the others need it.
            done.put(failed(item, FeedError(TOO_LARGE) if isinstance(problem, MemoryError) else problem))

    def fetch_each() -> None:
        while not over.is_set():
            item = turns.take(_MOMENT)
            if item is None:
                continue
            try:
                rest = fetch(item)
            except Exception as problem:  # one feed must never take the others with it
                fail(item, problem)
                continue
            finally:
                turns.done(item)
            while not over.is_set():
                try:
                    answered.put((item, rest), timeout=_MOMENT)
                    break
                except queue.Full:
                    continue

    def finish_each() -> None:
        while not over.is_set():
            try:
                item, rest = answered.get(timeout=_MOMENT)
            except queue.Empty:
                continue
            try:
                result = rest()
            except Exception as problem:
                fail(item, problem)
                continue
            if isinstance(result, Again):
                turns.put(result.item)
            else:
                done.put(result)

    # Daemons, and not a pool: a pool's threads are waited for at exit, however slow their server is.
    for number in range(min(workers, len(items))):
        threading.Thread(target=fetch_each, name=f"feeds-{number}", daemon=True).start()
    threading.Thread(target=finish_each, name="feeds-taken-in", daemon=True).start()
    results: list[R] = []
    try:
        while len(results) < len(items) and not cancel.is_set():
            try:
                result = done.get(timeout=_MOMENT)
            except queue.Empty:
                continue
            results.append(result)
            report(result)
    finally:
        over.set()
    return results
