"""Servers that misbehave, in all the ways there are: each has an end, and a line that says what it was."""

from __future__ import annotations

import re
import ssl
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pptui.feeds import linked, ranges
from pptui.feeds.failures import FetchError
from pptui.feeds.fetch import Fetcher
from pptui.models import Progress, State
from pptui.player import engine
from pptui.services import Services
from tests import audio, material, media
from tests.durability.misbehaviour import BOMB, MISBEHAVIOURS, PATH, Stopped
from tests.durability.tally import Tally, size
from tests.player.desk import Listener, episode
from tests.server import Server

SILENCE, WHOLE = 0.3, 0.6
"""Seconds that a server may be silent, and that all of it may take: in pptui 20 and 120 for a feed."""
SILENT, LATE = "no answer within 0.3 s", "took longer than 0.6 s"
LIMIT = 1024 * 1024
TOO_MUCH, BROKEN, STRANGE, CUT = (
    "sends more than 1 MiB",
    "sends what can't be decompressed",
    "does not answer as web servers do",
    "cut the connection",
)

COUNT = 20
FEED = material.feed("Talks", [material.item(number, f"Talk {number}") for number in range(COUNT)]).encode()

SAID = {
    "says nothing": SILENT,
    "hangs up": CUT,
    "half a status line": SILENT,
    "headers a byte at a time": LATE,
    "a body a byte at a time": LATE,
    "a body without end": TOO_MUCH,
    "a chunked body without end": TOO_MUCH,
    "a chunk without end": LATE,
    "trailers without end": LATE,
    "headers without end": STRANGE,
    "a header without end": STRANGE,
    "100 headers of 60 KB": STRANGE,
    "go on, for ever": LATE,
    "go on, slowly": "the server says 102",
    "a circle": "redirects in a circle",
    "a chain": "redirects more than 10 times",
    "a slow chain": LATE,
    "to a file": "redirects to file:",
    "to another protocol": "redirects to ftp:",
    "to nowhere": "redirects to nowhere",
    "a length too long": CUT,
    "a length too long, and open": SILENT,
    "two lengths": STRANGE,
    "half a page, and open": SILENT,
    "a gzip bomb": TOO_MUCH,
    "a deflate bomb": TOO_MUCH,
    "a br bomb": TOO_MUCH,
    "a zstd bomb": TOO_MUCH,
    "a bomb in a bomb": TOO_MUCH,
    "broken gzip": BROKEN,
    "broken br": BROKEN,
    "broken zstd": BROKEN,
    "gzip that is none": BROKEN,
    "a thousand encodings": BROKEN,
    "no HTTP": STRANGE,
    "zeros": STRANGE,
}
"""What is said of it. What is not here is an answer, by the rules of HTTP, and its reader has to see."""


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    one = Fetcher(timeout=SILENCE, total=WHOLE, limit=LIMIT, user_agent="pptui/test")
    yield one
    one.close()


@pytest.fixture
def services(tmp_path: Path, fetcher: Fetcher) -> Iterator[Services]:
    made = material.services(tmp_path)
    made.__dict__["fetcher"] = fetcher
    yield made
    made.close()


def in_time(began: float) -> bool:
    """A moment more than the whole, for a machine that is busy."""
    return time.monotonic() - began < WHOLE + 5


@pytest.mark.parametrize("how", SAID)
def test_it_is_said_plainly_and_in_time_what_a_server_does(
    server: Server, fetcher: Fetcher, tally: Tally, how: str
) -> None:
    MISBEHAVIOURS[how](server, FEED)
    began = time.monotonic()
    with pytest.raises(FetchError) as said:
        fetcher.fetch(server.url(PATH))
    tally.add(inputs=1)
    assert in_time(began)
    assert SAID[how] in str(said.value)
    assert "\n" not in str(said.value)


@pytest.mark.parametrize("kind", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_stopped_before_it_takes_the_memory(
    server: Server, fetcher: Fetcher, tally: Tally, kind: str
) -> None:
    MISBEHAVIOURS[f"a {kind} bomb"](server, b"")
    tracemalloc.start()
    try:
        with pytest.raises(FetchError, match="more than 1 MiB"):
            fetcher.fetch(server.url(PATH))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    tally.add(inputs=1)
    assert peak < 8 * LIMIT < BOMB / 4


def talks(services: Services) -> dict[str, float]:
    """The episodes by the titles of the podcast and of their own, and how far each was heard."""
    (podcast,) = services.podcasts()
    rows = services.lists.open(podcast.id).every()
    return {f"{podcast.title}: {row.episode.title}": row.progress.position for row in rows}


USUAL = size(
    (
        "says nothing",
        "headers a byte at a time",
        "a body without end",
        "headers without end",
        "a circle",
        "a length too long",
        "a length too short",
        "a page",
        "a gzip bomb",
        "half of a gzip",
        "broken br",
        "another encoding",
        "nothing",
        "zeros",
    ),
    tuple(MISBEHAVIOURS),
)
"""Those that a test tries in its short form, where the fetcher itself has met all of them."""


@pytest.mark.parametrize("how", USUAL)
def test_a_refresh_that_meets_it_loses_no_episode_and_the_next_one_is_as_before(
    server: Server, services: Services, tally: Tally, how: str
) -> None:
    server.add(PATH, FEED)
    added = services.add(server.url(PATH)).podcast
    heard = material.nth(services, added.id, COUNT)
    services.library.record(heard, Progress(946.0, 3120.0, heard=datetime.now(UTC)))
    before = talks(services)
    assert len(before) == COUNT and before[f"Talks: {heard.title}"] == 946.0
    MISBEHAVIOURS[how](server, FEED)
    began = time.monotonic()
    (outcome,) = services.refresh([added.id])
    assert in_time(began)
    during = talks(services)
    server.add(PATH, FEED)
    services.refresh([added.id])
    after = talks(services)
    tally.add(inputs=1, losses=len(before.items() - during.items()) + len(before.items() - after.items()))
    if how in SAID:
        assert SAID[how] in outcome.error
    assert during == before
    assert after == before


@pytest.mark.parametrize("packed", ["", "gzip"])
@pytest.mark.parametrize("length", [True, False])
def test_a_feed_cut_at_every_kilobyte_loses_no_episode(
    server: Server, services: Services, tally: Tally, length: bool, packed: str
) -> None:
    server.add(PATH, FEED)
    added = services.add(server.url(PATH)).podcast
    before = talks(services)
    for cut in range(1, len(FEED), size(3072, 1024) if not packed else 128):
        server.add(PATH, FEED, cut=cut, length=length, encoding=packed)
        services.refresh([added.id])
        during = talks(services)
        tally.add(inputs=1, losses=len(before.items() - during.items()))
        assert during == before, cut
        if packed and cut > 2000:
            break
    server.add(PATH, FEED)
    (outcome,) = services.refresh([added.id])
    assert not outcome.error
    assert talks(services) == before


JSON = b"""{"version": "1.2.0", "chapters": [
    {"startTime": 0, "title": "Intro"}, {"startTime": 9, "title": "Dough"}]}"""


@pytest.mark.parametrize("how", USUAL)
def test_a_chapter_file_that_meets_it_ends_in_time_and_gives_the_chapters_there_are(
    server: Server, services: Services, fetcher: Fetcher, tally: Tally, how: str
) -> None:
    MISBEHAVIOURS[how](server, JSON)
    began = time.monotonic()
    found = [one.title for one in linked.linked(server.url(PATH), services.catalogue, fetcher)]
    tally.add(inputs=1)
    assert in_time(began)
    assert found in ([], ["Intro", "Dough"])
    assert not found or how not in SAID


AUDIO = media.mp3(
    media.ctoc("toc", ["c0", "c1"]), media.chap("c0", 0, 60, "Intro"), media.chap("c1", 60, 120, "Dough")
)


@pytest.mark.parametrize("how", USUAL)
def test_reading_the_chapters_of_an_enclosure_that_meets_it_ends_in_time_with_none(
    server: Server, tally: Tally, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(ranges, "_TIMEOUT", SILENCE)
    monkeypatch.setattr(ranges, "_ANSWER", WHOLE)
    monkeypatch.setattr(ranges, "_TOTAL", WHOLE)
    MISBEHAVIOURS[how](server, AUDIO)
    began = time.monotonic()
    found = ranges.embedded_at(server.url(PATH))
    tally.add(inputs=1)
    assert in_time(began)
    # None of them sends a part when it is asked for one.
    assert found == ()
    assert server.requests


# Encryption.

EXPIRED = Path(__file__).with_name("expired.pem")
LOOPBACK = Path(__file__).parents[1] / "feeds" / "server.pem"


def encrypted(certificate: Path) -> Server:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return Server(tls=context)


def test_a_certificate_that_has_expired_is_refused(
    fetcher: Fetcher, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(EXPIRED))
    with encrypted(EXPIRED) as server:
        server.add(PATH, FEED)
        with pytest.raises(FetchError) as said:
            fetcher.fetch(server.url(PATH))
        tally.add(inputs=1)
        assert str(said.value) == (
            "127.0.0.1 can't be trusted: its certificate is not valid (certificate has expired)"
        )
        assert not server.requests


@pytest.mark.parametrize("first", [b"", b"\x16\x03\x03", b"\x16\x03\x03\x40\x00\x02\x00\x00\x10" + bytes(20)])
def test_encryption_that_stops_in_the_handshake_is_given_up(
    fetcher: Fetcher, tally: Tally, first: bytes
) -> None:
    with Stopped(first) as port:
        began = time.monotonic()
        with pytest.raises(FetchError) as said:
            fetcher.fetch(f"https://127.0.0.1:{port}/feed.xml")
        tally.add(inputs=1)
        assert in_time(began)
        assert re.search(f"{SILENT}|{LATE}", str(said.value))


def test_encryption_that_comes_a_byte_at_a_time_is_given_up(fetcher: Fetcher, tally: Tally) -> None:
    with Stopped(b"\x16\x03\x03\x40\x00" + bytes(10_000), pace=0.02) as port:
        began = time.monotonic()
        with pytest.raises(FetchError) as said:
            fetcher.fetch(f"https://127.0.0.1:{port}/feed.xml")
        tally.add(inputs=1)
        assert in_time(began), time.monotonic() - began
        assert re.search(f"{SILENT}|{LATE}", str(said.value))


# Audio, by mpv.

WAVES = {
    "says nothing": "no answer within 0.3 s",
    "half a status line": "no answer within 0.3 s",
    "headers a byte at a time": "it did not begin within 60 s",
    "go on, for ever": "it did not begin within 60 s",
    "a circle": "the audio can't be opened",
    "a chain": "the audio can't be opened",
    "to a file": "the audio can't be opened",
    "to another protocol": "the audio can't be opened",
    "a page": "this is not audio that mpv knows",
    "half a page, and open": "no audio within 0.3 s",
    "a br bomb": "this is not audio that mpv knows",
    "two lengths": "this is not audio that mpv knows",
    "no HTTP": "the audio can't be opened",
}


@pytest.mark.parametrize("how", WAVES)
def test_audio_from_a_server_that_misbehaves_is_given_up_and_said_to_be(
    server: Server, tally: Tally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(engine, "_LATE", 0.05)  # no line in the log tells of any of them
    MISBEHAVIOURS[how](server, audio.tones(tmp_path / "tones.wav", 2, 1).read_bytes())
    said = WAVES[how]
    # Each has its own time, and of what it does not wait for there is plenty.
    one = Listener({"ao": "null", "network-timeout": "0.3" if "within 0.3 s" in said else "20"})
    try:
        one.haste = 100 if "within 60 s" in said else 1
        one.player.play(episode(server.url(PATH)), at=0.5)
        failed = one.until(lambda now: now.state is not State.LOADING)
    finally:
        one.player.close()
    tally.add(inputs=1)
    assert (failed.state, failed.error) == (State.FAILED, said)
    assert not failed.again and one.saved == []


@pytest.mark.parametrize(
    ("certificate", "host"),
    [(EXPIRED, "127.0.0.1"), (LOOPBACK, "localhost")],
    ids=["expired", "another host"],
)
def test_audio_behind_a_certificate_that_does_not_fit_is_not_asked_for(
    tally: Tally, monkeypatch: pytest.MonkeyPatch, certificate: Path, host: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    one = Listener()
    with encrypted(certificate) as server:
        server.add(PATH, b"RIFF")
        try:
            one.player.play(episode(server.url(PATH).replace("127.0.0.1", host)))
            failed = one.until(lambda now: now.state is State.FAILED)
        finally:
            one.player.close()
        tally.add(inputs=1)
        assert failed.error == "the server's certificate is not valid"
        assert not server.requests
