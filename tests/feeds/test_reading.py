"""Feeds read in a process of their own: as `parse` reads them, whatever becomes of the process."""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from pptui.feeds import packing, reading
from pptui.feeds.parse import parse
from pptui.feeds.parsed import FeedError, ParsedFeed
from pptui.feeds.reading import Reading
from pptui.services import Services
from pptui.store.feed import Known
from tests import material
from tests.durability.tally import size
from tests.server import Server

URL = "https://example.org/feed.xml"
BODY = material.feed("Talks", [material.item(1, "One"), material.item(2, "Two")]).encode()
FEED = parse(BODY, URL)
FEEDS = ("*.xml", "*.rss", "*.atom", "*.rdf")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at the process as Linux tells of it")

OTHER = """
import signal, sys
from pptui.feeds.reading import Reading
signal.signal(signal.SIGINT, lambda *_: None)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
item = b"<item><title>a & b</title><description>x & y</description></item>"
with Reading() as reading:
    reading.read(b"<rss><channel><title>T</title></channel></rss>", "https://example.org/")
    body = b"<rss><channel><title>T</title>" + item * int(sys.argv[1])
    print(reading._process._child.process.pid, len(body), flush=True)
    input()
    found = reading.read(body, "https://example.org/")
print(len(found().items))
"""


@pytest.fixture(autouse=True)
def _processes_that_read() -> None:
    """Here there are some."""


def pid(one: Reading) -> int:
    assert one._process is not None
    return one._process._child.process.pid


@contextmanager
def held(one: Reading, seconds: float = 60.0) -> Iterator[Future[Callable[[], ParsedFeed]]]:
    """A feed that is being read, and not finished: the process is stopped."""
    one.read(BODY, URL)
    one._seconds = seconds
    os.kill(pid(one), signal.SIGSTOP)
    found: Future[Callable[[], ParsedFeed]] = Future()
    thread = threading.Thread(target=lambda: found.set_result(one.read(BODY, URL)))
    thread.start()
    try:
        yield found
    finally:
        thread.join(30)


def told(read: Callable[[], ParsedFeed]) -> ParsedFeed | str:
    """The feed, or why there is none."""
    try:
        return read()
    except FeedError as problem:
        return str(problem)


def test_feeds_of_others_are_read_as_in_this_process(cases: Path) -> None:
    paths = sorted(path for form in FEEDS for path in (cases / "feeds").rglob(form))
    assert paths
    with Reading() as one:
        for path in paths:
            body = path.read_bytes()
            for url in (URL, str(path)):
                expected = told(partial(parse, body, url))
                assert told(one.read(body, url)) == expected, path
            if isinstance(expected, ParsedFeed):
                known = [Known(str(n), digest=item.digest) for n, item in enumerate(expected.episodes)]
                assert one.read(body, url, "", known[::2])() == parse(body, url, "", known[::2]), path
        assert one.apart


@pytest.mark.parametrize("address", [URL, "/tmp/\udcff/feed.xml"])
def test_what_only_some_feeds_have_comes_through(address: str) -> None:
    body = """<rss xmlns:psc='http://podlove.org/simple-chapters' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'
     xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>Ünï ♫ 𝄞</title><ttl>7</ttl>
     <itunes:new-feed-url>https://example.org/new</itunes:new-feed-url>
     <item><title>One</title><description>Erster „Text“</description><content:encoded>Ein längerer
     𝄞 Text</content:encoded><pubDate>Thu, 4 Feb 2021 12:00:00 +0130</pubDate>
     <psc:chapters><psc:chapter start='0' title='Ä'/><psc:chapter start='1.5' title='B' href='https://example.org/'/>
     </psc:chapters></item><item><title>Two</title></item></channel></rss>""".encode()
    expected = parse(body, address)
    assert len(expected.episodes[0].chapters) == 2 and expected.episodes[0].other_notes
    with Reading() as one:
        assert one.read(body, address)() == expected
        assert one.read(body[:-60], address)() == parse(body[:-60], address)


def test_no_process_is_begun_where_nothing_has_changed(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[object] = []
    popen = subprocess.Popen

    def watched(*arguments: object, **how: object) -> object:
        begun.append(arguments)
        return popen(*arguments, **how)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", watched)
    with Server() as server:
        server.add("/one.xml", BODY)
        services.add(server.url("/one.xml"))
        assert len(begun) == 1
        assert [one.changed for one in services.refresh()] == [False]
        assert len(begun) == 1
        server.add("/one.xml", material.feed("Talks", [material.item(3, "Three")]).encode())
        assert [one.new for one in services.refresh()] == [1]
        assert len(begun) == 2


def test_several_may_ask_at_once_and_one_process_is_enough() -> None:
    bodies = [material.feed(f"Show {n}", [material.item(n, f"One {n}")]).encode() for n in range(12)]
    found: dict[int, ParsedFeed] = {}
    seen: set[int] = set()
    with Reading() as one:

        def ask(number: int) -> None:
            read = one.read(bodies[number], URL)
            seen.add(pid(one))
            found[number] = read()

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert {number: feed.title for number, feed in found.items()} == {n: f"Show {n}" for n in range(12)}
    assert len(seen) == 1


@on_linux
@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGSEGV])
def test_a_feed_that_kills_the_process_fails_and_the_next_is_read(death: signal.Signals) -> None:
    with Reading() as one:
        with held(one) as found:
            os.kill(pid(one), death)
            os.kill(pid(one), signal.SIGCONT)
            assert told(found.result(30)) == f"not a feed: what reads feeds has died of it ({death.name})"
        assert one.read(BODY, URL)() == FEED
        assert one.apart


def test_a_feed_that_takes_too_long_is_given_up_and_the_next_is_read() -> None:
    with Reading() as one:
        with held(one, seconds=0.4) as found:
            before = pid(one)
            assert told(found.result(30)) == "not a feed: it can't be read in 0.4 seconds"
        one._seconds = 60.0
        assert one.read(BODY, URL)() == FEED
        assert pid(one) != before


@on_linux
def test_a_feed_that_takes_too_much_memory_is_given_up_and_the_next_is_read() -> None:
    with Reading() as one:
        one.read(BODY, URL)
        pages = int(Path(f"/proc/{pid(one)}/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + 30_000_000
        _, hard = resource.prlimit(pid(one), resource.RLIMIT_AS)
        assert hard <= packing.MEMORY or hard == resource.RLIM_INFINITY
        resource.prlimit(pid(one), resource.RLIMIT_AS, (limit, hard))
        body = material.feed("Talks", [material.item(1, "x" * 20_000_000)]).encode()
        with pytest.raises(FeedError, match=r"^not a feed: it can't be read in 2048 MiB of memory$"):
            one.read(body, URL)()
        assert one.read(BODY, URL)() == FEED


@on_linux
def test_the_process_has_a_limit_of_memory_and_leaves_no_core() -> None:
    with Reading() as one:
        one.read(BODY, URL)
        assert resource.prlimit(pid(one), resource.RLIMIT_AS)[0] == packing.MEMORY
        assert resource.prlimit(pid(one), resource.RLIMIT_CORE)[0] == 0


@pytest.mark.parametrize("by", ["cancel", "close"])
def test_what_is_not_wanted_any_more_ends_within_a_moment(by: str) -> None:
    cancel = threading.Event()
    with Reading(cancel) as one, held(one) as found:
        process = one._process
        began = time.monotonic()
        (cancel.set if by == "cancel" else one.close)()
        assert told(found.result(30)) == "cancelled"
        assert time.monotonic() - began < 10
        assert process is not None and process._child.process.returncode == -signal.SIGKILL
        with pytest.raises(FeedError, match=r"^cancelled$"):
            one.read(BODY, URL)()


@pytest.mark.parametrize("executable", ["/nowhere/python", "/bin/false", ""])
def test_where_there_can_be_no_process_feeds_are_read_in_this_one(
    executable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    with Reading() as one:
        assert one.read(BODY, URL)() == FEED
        assert not one.apart
        with pytest.raises(FeedError, match="empty"):
            one.read(b"", URL)()


def test_a_process_of_another_version_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "GREETING", b"another"[: len(packing.GREETING)])
    with Reading() as one:
        assert one.read(BODY, URL)() == FEED
        assert not one.apart


HEAD, TEXT = packing.packed(FEED)


@pytest.mark.parametrize(
    ("head", "text"),
    [
        (b"[]", b""),
        (b"{}", b""),
        (b'{"title": "T", "items": [1], "columns": {}}', b""),
        (HEAD.replace(b"[null, null]", b"[null, null, null]"), TEXT),
        (HEAD, TEXT[: TEXT.rindex(b"\0")]),
        (HEAD, b"\0" + TEXT),
        (HEAD, b"\xff" + TEXT),
        (b'{"title": 1', b""),
        (b"\xff", b""),
    ],
)
def test_an_answer_that_is_none_fails_in_words(
    head: bytes, text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading._Process, "ask", lambda *_: (head, text))
    with Reading() as one, pytest.raises(FeedError, match=r"^not a feed: it can't be read$"):
        one.read(BODY, URL)()


TRICKLE = """
import os, time
os.write(1, {greeting!r})
os.read(0, 65536)
os.write(1, {header!r})
while True:
    os.write(1, b"x")
    time.sleep(0.02)
"""


def test_an_answer_that_comes_a_byte_at_a_time_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = TRICKLE.format(greeting=packing.GREETING, header=packing.ANSWER.pack(100_000_000, 0))
    (tmp_path / "trickle.py").write_text(script)
    instead = tmp_path / "python"
    instead.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{tmp_path / 'trickle.py'}'\n")
    instead.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(instead))
    with Reading() as one:
        one._seconds = 0.5
        with pytest.raises(FeedError, match=r"can't be read in 0\.5 seconds"):
            one.read(BODY, URL)()
        assert one.apart


def test_the_folder_that_one_is_in_offers_no_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("json", "lxml", "pptui", "sqlite3"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    with Reading() as one:
        assert one.read(BODY, URL)() == FEED
        assert one.apart


def taken_in(process: int) -> int:
    """How many bytes it has read."""
    return int(Path(f"/proc/{process}/io").read_text().split()[1])


@contextmanager
def another(items: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A program that has a feed read, and the process that is in the middle of that."""
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(items)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as program:
        try:
            assert program.stdin is not None and program.stdout is not None
            child, length = map(int, program.stdout.readline().split())
            until, before = time.monotonic() + 30, taken_in(child)
            program.stdin.write("\n")
            program.stdin.flush()
            while taken_in(child) < before + length:
                assert time.monotonic() < until
            yield program, child
        finally:
            program.kill()


def test_no_feed_is_lost_however_many_are_read_one_after_the_other() -> None:
    with Reading() as one:
        assert all(one.read(BODY, URL)() == FEED for _ in range(size(1_000, 200_000)))


@on_linux
def test_the_process_ends_when_pptui_is_killed_also_in_the_middle_of_a_feed() -> None:
    with another(200_000) as (program, child):
        ended = select.poll()
        ended.register(os.pidfd_open(child), select.POLLIN)
        assert not ended.poll(0)
        program.kill()
        assert ended.poll(10_000)


@on_linux
def test_ctrl_c_and_a_closed_terminal_are_for_pptui_to_decide_about() -> None:
    with another(3_000) as (program, _):
        os.killpg(program.pid, signal.SIGINT)
        os.killpg(program.pid, signal.SIGHUP)
        assert program.communicate(timeout=60)[0] == "3000\n"
