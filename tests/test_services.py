"""The door downstairs: what a screen or a command asks for, on folders of the test's own."""

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from importlib import import_module
from pathlib import Path

import pytest

from pptui import demo
from pptui.models import Chapter, Episode, Progress, Source
from pptui.services import Added, ServiceError, Services
from pptui.store.feed import FeedState, StoredEpisode
from tests import material
from tests.server import Server


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "nothing to add"),
        ("x" * 5000, "no such file"),
        ("/nowhere/at/all.xml", "no such file"),
        ("http://", "not a whole address"),
        ("ftp://example.org/feed", "only http and https"),
        ("javascript:alert(1)", "no such file"),
    ],
)
def test_what_can_not_be_added_is_said_in_a_line(services: Services, source: str, said: str) -> None:
    with pytest.raises(ServiceError, match=said):
        services.add(source)


def test_a_file_can_be_added_by_its_file_address(services: Services, tmp_path: Path) -> None:
    feed = tmp_path / "a feed.xml"
    feed.write_text(material.feed("Talks", [material.item(1, "One")]), encoding="utf-8")
    added = services.add(feed.as_uri())
    assert added.new and added.podcast.title == "Talks"
    assert not services.add(str(feed)).new


def test_what_is_not_a_feed_is_called_what_it_is(services: Services) -> None:
    with pytest.raises(ServiceError, match="recording"):
        services.add(str(demo.audio_path()))
    with pytest.raises(ServiceError, match="not text"):
        services.add("/bin/sh")


def test_a_feed_that_can_not_be_added_is_not_subscribed_to(services: Services, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html><body>Hello</body></html>")
    with pytest.raises(ServiceError, match="web page"):
        services.add(str(tmp_path / "page.html"))
    assert services.podcasts() == []


def test_what_a_pptui_that_was_killed_had_still_to_forget_another_forgets(
    services: Services, tmp_path: Path
) -> None:
    for name in ("Talks", "News"):
        material.add(services, tmp_path, f"{name}.xml", material.feed(name, [material.item(1, "One")]))
    services.remove(services.podcast("Talks").id)
    assert services.library.close() and services.journal.close()  # and no more

    def left() -> list[str]:
        again = Services(services.paths)
        again.open()
        stored = [one.title for one in again.catalogue.podcasts()]
        again.close()
        return stored

    assert left() == ["News", "Talks"]
    assert left() == ["News", "Talks"], "it may be taken back in another pptui"
    with closing(sqlite3.connect(services.paths.catalogue)) as catalogue, catalogue:
        catalogue.execute("UPDATE podcast SET refreshed = refreshed - 31 * 86400")
    assert left() == ["News", "Talks"]
    assert left() == ["News"]


def test_space_goes_on_with_what_was_heard_before_the_episode_that_was_finished(
    services: Services, tmp_path: Path
) -> None:
    items = [material.item(number, f"Talk {number}") for number in (1, 2)]
    material.add(services, tmp_path, "feed.xml", material.feed("Talks", items))
    podcast = services.podcast("Talks").id
    first, second = material.nth(services, podcast, 1), material.nth(services, podcast, 2)
    assert services.last() is None
    services.library.record(first, Progress(100.0, heard=datetime(2026, 1, 1, tzinfo=UTC)))
    services.library.record(second, Progress(0.0, played=True, heard=datetime(2026, 1, 2, tzinfo=UTC)))
    assert services.last() == first


def test_a_podcast_is_found_by_part_of_its_title_and_asked_about_where_there_are_two(
    services: Services, tmp_path: Path
) -> None:
    for name in ("Bread Talk", "Bread Walk"):
        material.add(services, tmp_path, f"{name}.xml", material.feed(name, [material.item(1, "One")]))
    assert services.podcast("talk").title == "Bread Talk"
    with pytest.raises(ServiceError, match="could be any of: Bread Talk, Bread Walk"):
        services.podcast("bread")
    with pytest.raises(ServiceError, match="no subscription"):
        services.podcast("cheese")


def test_a_wrong_duration_in_the_feed_does_not_cost_the_chapters(services: Services, tmp_path: Path) -> None:
    # "45" for minutes, where the specification says seconds.
    items = [material.item(1, "Talk", duration="45")]
    material.add(services, tmp_path, "feed.xml", material.feed("Talks", items))
    episode = material.nth(services, services.podcast("Talks").id, 1)
    assert episode.duration == 45
    assert len(services.detail(episode).chapters) == 5


def test_the_chapters_of_a_matroska_file_are_there_before_it_is_played(services: Services) -> None:
    file = Path(__file__).parent / "chapters" / "chapters.mka"
    talk = Episode(id="mka", podcast="", title="A talk", enclosure=str(file))
    for ask in services.chapters.asking(talk):
        ask()
    found = services.chapters.choice(talk).chapters
    assert [(one.title, round(one.start, 2)) for one in found] == [
        ("Anfang", 0.0),
        ("Mitte", 1.0),
        ("Ende", 2.0),
    ]
    assert {one.source for one in found} == {Source.FILE}


def test_the_chapters_of_the_file_that_plays_win_over_those_of_another_listeners_file(
    services: Services,
) -> None:
    talk = Episode(id="ads", podcast="", title="A talk", enclosure="https://example.org/talk.mp3")

    def listed(*starts: float, link: str = "") -> tuple[Chapter, ...]:
        return tuple(Chapter(start, f"Scene {start}a", source=Source.FILE, link=link) for start in starts)

    services.chapters.found(talk, [listed(0, 90, 150, link="https://example.org/")])
    services.chapters.found_playing(talk, listed(0, 120, 180))
    assert [one.start for one in services.chapters.choice(talk).chapters] == [0, 120, 180]
    services.chapters.found_playing(talk, listed(0, 90.4, 150.2))
    assert {one.link for one in services.chapters.choice(talk).chapters} == {"https://example.org/"}


def test_a_list_that_was_pulled_right_stays_so_when_it_becomes_one_with_its_twin(services: Services) -> None:
    talk = Episode(id="twin", podcast="", title="A talk", enclosure="https://example.org/talk.mp3")

    def listed(source: Source, *starts: float) -> tuple[Chapter, ...]:
        return tuple(Chapter(start, f"Scene {start}a", source=source) for start in starts)

    services.chapters.found(talk, [listed(Source.NOTES, 0, 90, 150)])
    services.chapters.shift(talk, 5.0)
    services.chapters.found(talk, [listed(Source.FILE, 0, 60)])
    services.chapters.found(talk, [listed(Source.JSON, 0, 90, 150)])
    assert [one.start for one in services.chapters.choice(talk).chapters] == [5, 95, 155]


def test_many_are_added_at_once_and_told_in_the_order_they_were_named(services: Services) -> None:
    with Server() as server:
        gate = threading.Event()
        one, two = (material.feed(name, [material.item(1, "One")]) for name in ("First", "Second"))
        server.add("/first.xml", one, gate=gate)

        def second_is_asked(request: BaseHTTPRequestHandler) -> None:
            gate.set()
            _answer(request, two)

        # The first is answered when the second has been asked for.
        server.add("/second.xml", handler=second_is_asked)
        server.add("/page.xml", b"<html>no feed</html>", content_type="text/html")
        sources = [server.url(path) for path in ("/first.xml", "/page.xml", "/second.xml", "/first.xml")]
        told: list[tuple[str, Added | Exception]] = []
        services.add_many(sources, lambda source, outcome: told.append((source, outcome)))
    assert [source for source, _ in told] == sources
    first, page, second, again = (outcome for _, outcome in told)
    assert isinstance(first, Added) and isinstance(second, Added) and isinstance(again, Added)
    assert (first.podcast.title, second.podcast.title, second.podcast.episodes) == ("First", "Second", 1)
    assert sorted((first.new, again.new)) == [False, True]
    assert isinstance(page, ServiceError) and "web page" in str(page)
    assert len(services.podcasts()) == 2


def _answer(request: BaseHTTPRequestHandler, body: str) -> None:
    request.send_response(200)
    request.send_header("Content-Length", str(len(body.encode())))
    request.end_headers()
    request.wfile.write(body.encode())


def test_an_episode_is_found_by_the_chapters_that_its_file_has(services: Services, tmp_path: Path) -> None:
    file = Path(__file__).parent / "chapters" / "chapters.mka"
    material.add(services, tmp_path, "feed.xml", material.feed("Talks", [material.item(1, "Talk", notes="")]))
    podcast = services.podcast("Talks")
    stored = material.nth(services, podcast.id, 1)
    episode = stored._replace(enclosure=str(file))
    services.catalogue.save_feed(podcast, [StoredEpisode(episode)], FeedState())
    services.index()
    assert not list(services.search("mitte"))[-1].hits
    for ask in services.chapters.asking(episode):
        ask()
    (hit,) = list(services.search("mitte"))[-1].hits
    assert (hit.line, hit.at is not None and round(hit.at)) == ("Mitte", 1)


@pytest.mark.parametrize("part", ["feeds.passwords.Passwords", "subscriptions.logins.Logins"])
def test_a_password_that_only_pptui_knows_is_known_to_all_threads_that_ask_first(
    services: Services, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    module, _, name = f"pptui.{part}".rpartition(".")
    made = getattr(import_module(module), name)
    others: list[object] = []

    def make(*given: object) -> object:
        if not others:
            others.append(None)
            # Another thread is through while this one is at it.
            other = threading.Thread(target=lambda: others.append(services.logins.passwords), daemon=True)
            other.start()
            other.join(5)
        return made(*given)

    monkeypatch.setattr(f"{module}.{name}", make)
    assert services.logins.passwords is others[-1]
