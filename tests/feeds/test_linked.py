"""Chapter files that a feed points to: few requests, and never a reason not to play."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pptui.feeds import linked
from pptui.feeds.fetch import Fetcher
from pptui.models import Source
from pptui.store.catalogue import Catalogue
from pptui.store.links import StoredLink
from tests.server import Server

JSON = (
    b'{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "Intro"}, {"startTime": 9, "title": "%b"}]}'
)
FIRST = JSON % b"Dough"
PODLOVE = (
    b'<psc:chapters version="1.2" xmlns:psc="http://podlove.org/simple-chapters">'
    b'<psc:chapter start="0:09" title="Dough" image="dough.png"/></psc:chapters>'
)
PATH = "/show/chapters.json"
MODIFIED = "Mon, 01 Jan 2024 00:00:00 GMT"


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(tmp_path / "catalogue.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    made = linked.fetcher("pptui/test")
    yield made
    made.close()


def titles(url: str, catalogue: Catalogue, fetcher: Fetcher) -> list[str]:
    return [one.title for one in linked.linked(url, catalogue, fetcher)]


def grow_old(catalogue: Catalogue, url: str, by: timedelta = timedelta(minutes=61)) -> StoredLink:
    """As if it had been fetched so long ago."""
    stored = catalogue.linked(url)
    assert stored is not None
    old = replace(stored, fetched=datetime.now(UTC) - by)
    catalogue.save_linked(url, old)
    return old


def test_opening_an_episode_again_within_the_hour_asks_nobody(
    server: Server, catalogue: Catalogue, fetcher: Fetcher, tmp_path: Path
) -> None:
    server.add(PATH, FIRST)
    url = server.url(PATH)
    for _ in range(3):
        assert titles(url, catalogue, fetcher) == ["Intro", "Dough"]
    grow_old(catalogue, url, timedelta(minutes=59))
    assert titles(url, catalogue, fetcher) == ["Intro", "Dough"]
    another = Catalogue(tmp_path / "catalogue.sqlite")  # as after a restart
    assert titles(url, another, fetcher) == ["Intro", "Dough"]
    another.close()
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("validators", "header"),
    [({"etag": '"1"'}, ("if-none-match", '"1"')), ({"modified": MODIFIED}, ("if-modified-since", MODIFIED))],
    ids=["etag", "modified"],
)
def test_a_file_that_did_not_change_is_not_sent_again(
    server: Server,
    catalogue: Catalogue,
    fetcher: Fetcher,
    validators: dict[str, str],
    header: tuple[str, str],
) -> None:
    server.add(PATH, FIRST, **validators)  # type: ignore[arg-type]
    url = server.url(PATH)
    titles(url, catalogue, fetcher)
    for requests in (2, 3):
        grow_old(catalogue, url)
        assert titles(url, catalogue, fetcher) == ["Intro", "Dough"]
        assert titles(url, catalogue, fetcher) == ["Intro", "Dough"]  # 304 makes it new for an hour
        assert len(server.requests) == requests
        assert server.requests[-1].headers[header[0]] == header[1]


def test_chapters_that_the_author_has_mended_are_shown(
    server: Server, catalogue: Catalogue, fetcher: Fetcher
) -> None:
    server.add(PATH, FIRST, etag='"1"')
    url = server.url(PATH)
    titles(url, catalogue, fetcher)
    server.add(PATH, JSON % b"Better", etag='"2"')
    grow_old(catalogue, url)
    assert titles(url, catalogue, fetcher) == ["Intro", "Better"]
    stored = catalogue.linked(url)
    assert stored is not None and stored.etag == '"2"'


def test_a_clock_that_was_set_back_does_not_keep_old_chapters(
    server: Server, catalogue: Catalogue, fetcher: Fetcher
) -> None:
    server.add(PATH, FIRST)
    url = server.url(PATH)
    catalogue.save_linked(url, StoredLink(JSON % b"Old", url, datetime.now(UTC) + timedelta(days=300)))
    assert titles(url, catalogue, fetcher) == ["Intro", "Dough"]


@pytest.mark.parametrize("content_type", ["application/json+chapters", "text/html", "audio/mpeg", ""])
@pytest.mark.parametrize(("body", "source"), [(FIRST, Source.JSON), (PODLOVE, Source.PODLOVE)], ids=str)
def test_what_a_file_is_called_does_not_matter(
    server: Server, catalogue: Catalogue, fetcher: Fetcher, content_type: str, body: bytes, source: Source
) -> None:
    server.add("/file", body, content_type=content_type)
    found = linked.linked(server.url("/file"), catalogue, fetcher)
    assert (found[-1].start, found[-1].title, found[-1].source) == (9, "Dough", source)


def test_pictures_are_looked_for_where_the_file_came_from_in_the_end(
    server: Server, catalogue: Catalogue, fetcher: Fetcher
) -> None:
    server.add("/old", status=301, headers={"Location": "/new/place/chapters.psc"})
    server.add("/new/place/chapters.psc", PODLOVE)
    for _ in range(2):  # from the network, and as stored
        (found,) = linked.linked(server.url("/old"), catalogue, fetcher)
        assert found.image == server.url("/new/place/dough.png")
    assert len(server.requests) == 2


def broken(server: Server, how: str) -> None:
    large = b'[{"start": 9, "title": "Large"}' + b" " * linked.LIMIT + b"]"
    answers = {
        "not found": {"body": b"", "status": 404},
        "a fault": {"body": FIRST, "status": 500},
        "a page instead": {"body": b"<!doctype html><title>Not found</title><p>Sorry.</p>"},
        "nothing": {"body": b""},
        "cut": {"body": JSON % b"Cut", "cut": 50},
        "too large": {"body": large},
        "too large, packed": {"body": large, "encoding": "gzip"},
        "a circle": {"status": 302, "headers": {"Location": PATH}},
        "another scheme": {"status": 302, "headers": {"Location": "file:///etc/passwd"}},
        "not asked for": {"status": 304},
    }
    server.add(PATH, **answers[how])  # type: ignore[arg-type]


_BROKEN = (
    *("not found", "a fault", "a page instead", "nothing", "cut", "too large", "too large, packed"),
    *("a circle", "another scheme", "not asked for"),
)


@pytest.mark.parametrize("how", _BROKEN)
def test_a_bad_answer_gives_the_chapters_there_were(
    server: Server, catalogue: Catalogue, fetcher: Fetcher, how: str
) -> None:
    url = server.url(PATH)
    broken(server, how)
    assert titles(url, catalogue, fetcher) == []
    assert catalogue.linked(url) is None
    server.add(PATH, FIRST)
    assert titles(url, catalogue, fetcher) == ["Intro", "Dough"]
    old = grow_old(catalogue, url)
    broken(server, how)
    assert titles(url, catalogue, fetcher) == ["Intro", "Dough"]
    assert catalogue.linked(url) == old, "the next time is another try"


def test_without_a_network_the_chapters_there_were_are_shown(catalogue: Catalogue, fetcher: Fetcher) -> None:
    with Server() as server:
        server.add(PATH, FIRST)
        url = server.url(PATH)
        titles(url, catalogue, fetcher)
    grow_old(catalogue, url)
    assert titles(url, catalogue, fetcher) == ["Intro", "Dough"]


@pytest.mark.parametrize("url", ["", "/etc/passwd", "file:///etc/passwd", "http://", "http://[", "nonsense"])
def test_an_address_that_is_none_gives_no_chapters(catalogue: Catalogue, fetcher: Fetcher, url: str) -> None:
    assert linked.linked(url, catalogue, fetcher) == ()


def test_a_server_that_never_answers_is_given_up(server: Server, catalogue: Catalogue) -> None:
    server.add(PATH, FIRST, gate=threading.Event())
    impatient = Fetcher(timeout=0.1, total=0.2, user_agent="pptui/test")
    assert titles(server.url(PATH), catalogue, impatient) == []
    impatient.close()


def test_a_catalogue_that_cannot_be_written_to_costs_no_chapters(
    server: Server, catalogue: Catalogue, fetcher: Fetcher
) -> None:
    server.add(PATH, FIRST)
    catalogue.close()
    assert titles(server.url(PATH), catalogue, fetcher) == ["Intro", "Dough"]
