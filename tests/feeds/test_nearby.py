"""The local network stays closed to feeds that are not on it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pptui.feeds import linked, nearby, ranges
from pptui.feeds.failures import FetchError
from pptui.feeds.fetch import Fetcher
from pptui.models import Episode
from pptui.player.events import Ended, Reason
from pptui.services import Services
from pptui.store.catalogue import Catalogue
from tests import material
from tests.player.desk import Ear
from tests.server import Server

PUBLIC = "http://93.184.216.34/feed.xml"
CHAPTERS = b'{"chapters": [{"startTime": 0, "title": "One"}]}'


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    made = Fetcher(user_agent="test", timeout=5)
    yield made
    made.close()


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server on the local network; 127.0.0.1, where the other servers of a test are, counts as public."""
    monkeypatch.setattr(nearby, "is_near_address", lambda address: address == "::1")
    with Server(address="::1") as serving:
        serving.add("/secret", CHAPTERS)
        yield serving


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("0.0.0.0", True),
        ("10.1.2.3", True),
        ("172.16.0.1", True),
        ("172.32.0.1", False),
        ("192.168.0.1", True),
        ("169.254.169.254", True),
        ("100.64.0.1", True),
        ("224.0.0.251", True),
        ("255.255.255.255", True),
        ("93.184.216.34", False),
        ("198.18.0.7", False),
        ("::", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("fd00:ec2::254", True),
        ("fec0::1", True),
        ("ff02::fb", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:192.168.1.1", True),
        ("::ffff:93.184.216.34", False),
        ("64:ff9b::10.0.0.1", True),
        ("64:ff9b::93.184.216.34", False),
        ("2002:c0a8:0101::1", True),
        ("2606:2800:220:1::1", False),
    ],
)
def test_what_is_not_of_the_internet_is_near(address: str, near: bool) -> None:
    assert nearby.is_near_address(address) is near


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[fe80::1%25lo]",
        "localhost",
        "LOCALHOST.",
        "me:secret@localhost",
        "93.184.216.34@127.0.0.1",
        "printer.local",
        "metadata.google.internal",
        "１２７.0.0.1",
        "127。0。0。1",
    ],
)
def test_however_it_is_spelled_a_feed_elsewhere_may_not_name_it(host: str) -> None:
    assert nearby.astray(f"http://{host}/x", PUBLIC)
    assert nearby.astray(f"https://{host}:8080/x", "")


def test_a_feed_on_the_local_network_or_this_machine_may() -> None:
    for home in (
        "http://192.168.1.5/feed.xml",
        "https://[fd00::5]/",
        "http://nas.local/",
        "/home/me/feed.xml",
    ):
        assert not nearby.astray("http://192.168.1.6/audio.mp3", home)
    assert not nearby.astray("http://93.184.216.35/a.mp3", PUBLIC)
    assert not nearby.astray("/home/me/a.mp3", PUBLIC)


def test_a_feed_that_is_also_elsewhere_is_not_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 0)) for ip in ("127.0.0.1", "93.184.216.34")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert not nearby.is_home("http://both.example/")
    assert nearby.astray("http://both.example/", "")


def test_a_redirect_from_outside_does_not_lead_in(server: Server, inside: Server, fetcher: Fetcher) -> None:
    server.redirect("/feed.xml", inside.url("/secret"), 301)
    with pytest.raises(FetchError, match=r"^::1 is in the local network, where its feed is not: refused$"):
        fetcher.fetch(server.url("/feed.xml"))
    assert inside.requests == []
    inside.redirect("/feed.xml", inside.url("/secret"))
    assert fetcher.fetch(inside.url("/feed.xml")).body == CHAPTERS


def test_a_chapters_file_and_an_enclosure_are_not_asked_for_in_there(
    tmp_path: Path, server: Server, inside: Server, fetcher: Fetcher
) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    server.redirect("/detour", inside.url("/secret"))
    for url in (inside.url("/secret"), server.url("/detour")):
        assert linked.linked(url, catalogue, fetcher, asker=server.url("/feed.xml")) == ()
        assert ranges.embedded_at(url, asker=server.url("/feed.xml")) == ()
    assert inside.requests == []
    assert linked.linked(inside.url("/secret"), catalogue, fetcher, asker=inside.url("/feed.xml"))
    assert inside.requests
    catalogue.close()


def test_a_name_that_changes_its_address_in_time_does_not_get_in(
    monkeypatch: pytest.MonkeyPatch, server: Server, inside: Server, fetcher: Fetcher
) -> None:
    real = socket.getaddrinfo
    answers = iter(["127.0.0.1", "::1"])

    def changing(host: str, *arguments: Any, **named: Any) -> Any:
        return real(next(answers) if host == "evil.example" else host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    with pytest.raises(FetchError, match="local network"):
        fetcher.fetch(f"http://evil.example:{inside.port}/secret", asker=server.url("/feed.xml"))
    assert inside.requests == []


def test_a_connection_that_the_user_has_opened_is_not_there_for_others(
    server: Server, inside: Server, fetcher: Fetcher
) -> None:
    fetcher.fetch(inside.url("/secret"))
    with pytest.raises(FetchError, match="local network"):
        fetcher.fetch(inside.url("/secret"), asker=server.url("/feed.xml"))
    assert len(inside.requests) == 1


def test_by_a_proxy_what_can_be_seen_to_be_near_is_refused(
    monkeypatch: pytest.MonkeyPatch, server: Server, fetcher: Fetcher
) -> None:
    monkeypatch.setenv("http_proxy", server.url())
    server.add("http://show.example/chapters", CHAPTERS)
    assert fetcher.fetch("http://show.example/chapters", asker=PUBLIC).body == CHAPTERS
    for host in ("10.0.0.1", "localhost", "router.lan", "[::ffff:10.0.0.1]"):
        with pytest.raises(FetchError, match="local network"):
            fetcher.fetch(f"http://{host}/chapters", asker=PUBLIC)
    assert len(server.requests) == 1


def test_a_feed_can_not_say_that_it_has_moved_in_there(
    server: Server, inside: Server, services: Services
) -> None:
    moved = f"<itunes:new-feed-url>{inside.url('/feed.xml')}</itunes:new-feed-url>"
    feed = material.feed("Show", [material.item(1, "One")])
    inside.add("/feed.xml", feed)
    server.add("/feed.xml", feed.replace("<link>", moved + "<link>", 1))
    added = services.add(server.url("/feed.xml")).podcast
    services.refresh([added.id])
    assert services.podcast(added.id).url == server.url("/feed.xml")
    assert inside.requests == []


def test_the_feed_that_a_page_names_is_not_looked_for_in_there(
    server: Server, inside: Server, services: Services
) -> None:
    link = f'<link rel="alternate" type="application/rss+xml" href="{inside.url("/feed.xml")}">'
    server.add("/", f"<html><head>{link}</head></html>", content_type="text/html")
    with pytest.raises(Exception, match="local network"):
        services.add(server.url("/"))
    assert inside.requests == []


def test_an_episode_in_there_is_not_opened_by_mpv(
    tmp_path: Path, server: Server, inside: Server, services: Services
) -> None:
    server.add("/feed.xml", material.feed("Show", [material.item(1, "One")]))
    added = services.add(server.url("/feed.xml")).podcast
    episode = Episode("e", added.id, "One", enclosure=inside.url("/secret"))
    ear = Ear()
    try:
        ear.engine.load(1, episode.enclosure, address=lambda: services.address(episode))
        ended = ear.wait(Ended)
        assert ended == Ended(1, Reason.ERROR, "::1 is in the local network, where its feed is not: refused")
        assert inside.requests == []
        # What is in no feed was named by the user.
        stray = Episode("audio-1", "", "One", enclosure=inside.url("/secret"))
        ear.engine.load(2, stray.enclosure, address=lambda: services.address(stray))
        ear.wait(Ended)
        assert inside.requests
    finally:
        ear.engine.close()
