"""What is to be on disk gets there, whatever comes at the same time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

import pytest

from pptui.store.behind import Writer


class Disk:
    """What is in memory and what of it was written. `trouble` makes writing fail, `gate` makes it wait."""

    def __init__(self) -> None:
        self.memory = 0
        self.written = 0
        self.writes = 0
        self.trouble: Exception | None = None
        self.gate: threading.Event | None = None
        self.begun = threading.Semaphore(0)
        self._busy = threading.Lock()

    def put(self) -> None:
        assert self._busy.acquire(blocking=False), "two writes at once"
        try:
            self.writes += 1
            taken = self.memory
            self.begun.release()
            if self.gate is not None:
                assert self.gate.wait(30)
            if self.trouble is not None:
                raise self.trouble
            self.written = taken
        finally:
            self._busy.release()


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def writer(disk: Disk, told: list[str]) -> Iterator[Writer]:
    made = Writer("file", disk.put, told.append, retry_after=60.0)
    yield made
    if disk.gate is not None:
        disk.gate.set()
    made.close(10)


@pytest.fixture
def change(disk: Disk, writer: Writer) -> Callable[[], None]:
    def made() -> None:
        disk.memory += 1
        writer.due()

    return made


def test_nothing_is_written_and_no_thread_started_where_nothing_changed(disk: Disk, writer: Writer) -> None:
    before = threading.active_count()
    assert writer.flush(0) and writer.close(0)
    assert disk.writes == 0 and threading.active_count() == before


@pytest.mark.parametrize("ask", ["flush", "when_written"])
def test_changes_one_after_the_other_are_one_write_and_at_once_when_asked_for(disk: Disk, ask: str) -> None:
    writer = Writer("file", disk.put, lambda line: None, together=60.0)
    heard: queue.SimpleQueue[bool] = queue.SimpleQueue()
    for _ in range(3):
        disk.memory += 1
        writer.due()
        writer.when_written(heard.put, hurry=False)
    assert heard.empty()
    if ask == "flush":
        assert writer.flush(30)
    else:
        writer.when_written(heard.put)
        assert heard.get(timeout=30)
    assert heard.get(timeout=30)
    assert (disk.written, disk.writes) == (3, 1)
    assert writer.close(30)


def test_many_changes_while_the_disk_is_slow_are_one_write_and_the_last_is_not_lost(
    disk: Disk, writer: Writer, change: Callable[[], None]
) -> None:
    disk.gate = threading.Event()
    change()
    assert disk.begun.acquire(timeout=30)
    for _ in range(100):
        change()
    assert not writer.flush(0.01)
    disk.gate.set()
    assert writer.flush(30)
    assert (disk.written, disk.writes) == (101, 2)


def test_a_flush_during_a_write_waits_for_the_write_that_has_its_change(
    disk: Disk, writer: Writer, change: Callable[[], None]
) -> None:
    disk.gate = threading.Event()
    change()
    assert disk.begun.acquire(timeout=30)
    change()
    threading.Timer(0.05, disk.gate.set).start()
    assert writer.flush(30)
    assert disk.written == 2


def test_who_waits_for_a_change_hears_of_the_write_that_has_it_and_of_no_earlier_one(
    disk: Disk, writer: Writer, change: Callable[[], None]
) -> None:
    heard: queue.SimpleQueue[tuple[bool, int]] = queue.SimpleQueue()
    disk.gate = threading.Event()
    change()
    assert disk.begun.acquire(timeout=30)
    change()
    writer.when_written(lambda saved: heard.put((saved, disk.written)))
    assert heard.empty()
    disk.gate.set()
    assert heard.get(timeout=30) == (True, 2)
    assert writer.flush(30) and heard.empty()
    writer.when_written(lambda saved: heard.put((saved, disk.written)))
    assert heard.get_nowait() == (True, 2)


def test_who_waits_for_a_change_hears_that_it_could_not_be_written(
    disk: Disk, writer: Writer, change: Callable[[], None]
) -> None:
    heard: queue.SimpleQueue[bool] = queue.SimpleQueue()
    disk.trouble = OSError(28, "No space left on device")
    for _ in range(2):
        change()
        writer.when_written(heard.put)
        assert heard.get(timeout=30) is False
    disk.trouble = None
    writer.when_written(heard.put)
    assert heard.get(timeout=30) is True
    assert heard.empty()


def test_many_threads_changing_at_once_lose_nothing(disk: Disk, writer: Writer) -> None:
    lock = threading.Lock()
    answers: list[bool] = []

    def work() -> None:
        for _ in range(100):
            with lock:
                disk.memory += 1
                mine = disk.memory
            writer.due()
            answers.append(writer.flush(30) and disk.written >= mine)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 400
    assert disk.written == 400


def test_trouble_is_told_once_stands_until_it_is_mended_and_is_told_again_when_it_comes_back(
    disk: Disk, writer: Writer, change: Callable[[], None], told: list[str]
) -> None:
    line = "file can't be saved: No space left on device; it is kept in memory and tried again"
    for time in (1, 2):
        disk.trouble = OSError(28, "No space left on device")
        for _ in range(3):
            change()
            assert not writer.flush(30)
        assert writer.problem == line
        disk.trouble = None
        assert writer.flush(30)
        assert writer.problem == ""
        assert writer.close(30)
        assert told == [line] * time


def test_a_fault_of_our_own_does_not_end_the_writing(
    disk: Disk, writer: Writer, change: Callable[[], None], told: list[str]
) -> None:
    disk.trouble = ValueError("odd")
    change()
    assert not writer.flush(30)
    disk.trouble = None
    change()
    assert writer.close(30)
    assert disk.written == 2 and told == ["file can't be saved: ValueError('odd')"]


def test_a_failed_write_is_tried_again_by_itself(disk: Disk) -> None:
    mended = threading.Event()

    def put() -> None:
        if disk.writes == 3:
            disk.trouble = None
        disk.put()
        mended.set()

    disk.trouble = OSError(28, "No space left on device")
    writer = Writer("file", put, lambda line: None, retry_after=0.001)
    disk.memory += 1
    writer.due()
    assert mended.wait(30)
    assert disk.written == 1
    assert writer.close(30)


def test_what_is_changed_after_closing_is_written_too(
    disk: Disk, writer: Writer, change: Callable[[], None]
) -> None:
    for number in range(1, 200):
        change()
        assert writer.close(30)
        assert disk.written == number


def test_a_disk_that_hangs_does_not_keep_the_program_from_ending(
    disk: Disk, writer: Writer, change: Callable[[], None]
) -> None:
    disk.gate = threading.Event()
    change()
    assert not writer.close(0.01)
    assert not disk.gate.is_set() and disk.written == 0
