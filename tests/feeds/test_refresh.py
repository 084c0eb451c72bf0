"""Refreshing on real services, files and servers: what changed is taken up, what is the user's stays."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pptui.feeds import refresh
from pptui.feeds.answer import read_local
from pptui.feeds.failures import FetchError
from pptui.feeds.reading import Reading
from pptui.models import EpisodeRow, Progress, Subscription
from pptui.services import Added, ServiceError, Services
from tests import material
from tests.server import Server


def rows(services: Services, name: str) -> list[EpisodeRow]:
    return list(services.lists.open(services.podcast(name).id).every())


def titles(services: Services, name: str) -> list[str]:
    return [row.episode.title for row in rows(services, name)]


def test_a_position_outlives_a_new_title_a_new_order_and_a_new_enclosure(
    services: Services, tmp_path: Path
) -> None:
    first = [material.item(number, f"Talk {number}") for number in (1, 2, 3)]
    file = Path(material.add(services, tmp_path, "feed.xml", material.feed("Talks", first)))
    heard = material.nth(services, services.podcast("Talks").id, 2)
    assert heard.title == "Talk 2"
    services.library.record(heard, Progress(946.0, 3120.0, heard=datetime.now(UTC)))
    moved = material.item(2, "Talk 2, with a new title").replace("/audio/2.mp3", "/elsewhere/two.m4a")
    file.write_text(material.feed("Talks", [first[2], moved, first[0]]), encoding="utf-8")
    services.refresh()
    talks = rows(services, "Talks")
    assert [row.progress.position for row in talks if row.episode.title.startswith("Talk 2,")] == [946.0]
    assert len(talks) == 3


def test_a_feed_that_there_is_too_little_memory_for_says_so_and_the_others_go_on(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    huge = material.add(services, tmp_path, "huge.xml", material.feed("Huge", [material.item(1, "One")]))
    good = material.add(services, tmp_path, "good.xml", material.feed("Good", [material.item(2, "One")]))
    Path(good).write_text(material.feed("Good", [material.item(n, f"{n}") for n in (2, 3)]), encoding="utf-8")

    def read(path: Path) -> bytes:
        return bytes(1 << 62) if path.name == "huge.xml" else read_local(path)

    monkeypatch.setattr("pptui.feeds.answer.read_local", read)
    assert {one.title: (one.new, one.error) for one in services.refresh()} == {
        "Huge": (0, "it is too large for the memory that there is here"),
        "Good": (1, ""),
    }
    assert services.podcast("Huge").error == "it is too large for the memory that there is here"
    services.remove(services.podcast("Huge").id)
    services.remove(services.podcast("Good").id)
    with pytest.raises(ServiceError, match="it is too large for the memory"):
        services.add(huge)
    added: list[Added | Exception] = []
    services.add_many([huge, good], lambda source, done: added.append(done))
    assert isinstance(added[0], ServiceError) and str(added[0]).startswith("it is too large")
    assert isinstance(added[1], Added)


def test_positions_are_recognised_again_after_the_catalogue_is_deleted(tmp_path: Path) -> None:
    services = material.services(tmp_path)
    bare = material.item(1, "No guid").replace('<guid isPermaLink="false">episode-1</guid>', "")
    bare = bare.replace("<link>https://example.org/episodes/1</link>", "")
    file = Path(material.add(services, tmp_path, "feed.xml", material.feed("Talks", [bare])))
    # The address changes, so that the id made for the episode today would be another one.
    file.write_text(material.feed("Talks", [bare.replace("/audio/1.mp3", "/new/1.mp3")]), encoding="utf-8")
    services.refresh()
    episode = material.nth(services, services.podcast("Talks").id, 1)
    services.library.record(episode, Progress(946.0, 3120.0, heard=datetime.now(UTC)))
    services.close()
    for left in services.paths.cache.iterdir():
        left.unlink()
    again = Services(services.paths)
    again.refresh()
    talks = rows(again, "Talks")
    assert [row.progress.position for row in talks] == [946.0]
    again.close()


def test_positions_are_recognised_again_though_the_first_answer_after_that_was_cut_short(
    tmp_path: Path,
) -> None:
    services = material.services(tmp_path)
    first, second = (
        material.item(number, f"Talk {number}").replace(
            f'<guid isPermaLink="false">episode-{number}</guid>', ""
        )
        for number in (1, 2)
    )
    first = first.replace("<link>https://example.org/episodes/1</link>", "")
    file = Path(material.add(services, tmp_path, "feed.xml", material.feed("Talks", [second, first])))
    moved = first.replace("/audio/1.mp3", "/new/1.mp3")
    file.write_text(material.feed("Talks", [second, moved]), encoding="utf-8")
    services.refresh()
    episode = material.nth(services, services.podcast("Talks").id, 2)
    assert episode.title == "Talk 1"
    services.library.record(episode, Progress(946.0, 3120.0, heard=datetime.now(UTC)))
    services.close()
    for left in services.paths.cache.iterdir():
        left.unlink()
    again = Services(services.paths)
    file.write_text(material.feed("Talks", [second]), encoding="utf-8")
    again.refresh()
    file.write_text(material.feed("Talks", [second, moved]), encoding="utf-8")
    again.refresh()
    talks = rows(again, "Talks")
    assert [(row.episode.title, row.progress.position) for row in talks] == [
        ("Talk 2", 0.0),
        ("Talk 1", 946.0),
    ]
    again.close()


def test_a_fault_at_one_feed_is_said_and_logged_and_the_others_go_on(
    services: Services,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def store(one: Subscription, *rest: Any) -> int:
        if one.title == "Bad":
            raise LookupError("here")
        return real(one, *rest)

    real = refresh.store
    for name in ("Bad", "Good"):
        text = material.feed(name, [material.item(1, "One")])
        file = Path(material.add(services, tmp_path, f"{name}.xml", text))
        file.write_text(material.feed(name, [material.item(1, "One"), material.item(2, "Two")]))
    monkeypatch.setattr(refresh, "store", store)
    found = {outcome.title: (outcome.new, outcome.error) for outcome in services.refresh()}
    assert found == {"Good": (1, ""), "Bad": (0, "a fault of pptui's own (LookupError): the log has it")}
    told = capfd.readouterr().err
    assert "Traceback" in told and "LookupError: here" in told


def test_a_broken_feed_says_why_and_the_others_go_on(services: Services) -> None:
    with Server() as server:
        for name in ("good", "gone", "page"):
            server.add(f"/{name}.xml", material.feed(name, [material.item(1, "One")]).encode())
            services.add(server.url(f"/{name}.xml"))
        both = material.feed("good", [material.item(1, "One"), material.item(2, "Two")])
        server.add("/good.xml", both.encode())
        server.add("/gone.xml", b"", status=500)
        server.add("/page.xml", b"<html><body>Hello</body></html>", content_type="text/html")
        outcomes = {outcome.title: outcome for outcome in services.refresh()}
    assert outcomes["good"].new == 1 and not outcomes["good"].error
    assert "500" in outcomes["gone"].error and "500" in services.podcast("gone").error
    assert "web page" in outcomes["page"].error
    assert titles(services, "gone") == ["One"]


def test_a_feed_that_has_not_changed_is_not_parsed_again(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server() as server:
        body = material.feed("Talks", [material.item(1, "One")]).encode()
        server.add("/etag.xml", body, etag='"1"')
        server.add("/plain.xml", body.replace(b"Talks", b"Plain"))
        services.add(server.url("/etag.xml"))
        services.add(server.url("/plain.xml"))
        monkeypatch.delattr(Reading, "read")
        outcomes = services.refresh()
        asked = {request.path: request.headers.get("if-none-match") for request in server.requests}
    assert [(outcome.error, outcome.changed) for outcome in outcomes] == [("", False), ("", False)]
    assert asked["/etag.xml"] == '"1"'


def test_a_feed_that_has_moved_for_good_is_fetched_from_there(services: Services) -> None:
    with Server() as server:
        server.add("/old.xml", material.feed("Talks", [material.item(1, "One")]).encode())
        services.add(server.url("/old.xml"))
        kept = services.podcast("Talks").id
        server.add("/new.xml", material.feed("Talks", [material.item(1, "One")]).encode())
        server.redirect("/old.xml", "/new.xml", status=301)
        services.refresh()
        assert services.podcast("Talks").url == server.url("/new.xml")
        assert services.podcast("Talks").id == kept
        assert not services.add(server.url("/new.xml")).new
        assert not services.add(server.url("/old.xml")).new
        assert len(services.podcasts()) == 1


def test_the_page_of_a_show_leads_to_its_feed(services: Services) -> None:
    with Server() as server:
        server.add("/feed.xml", material.feed("Talks", [material.item(1, "One")]).encode())
        head = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
        server.add("/show", f"<html><head>{head}</head></html>".encode(), content_type="text/html")
        assert services.add(server.url("/show")).podcast.url == server.url("/feed.xml")


def test_every_feed_of_others_is_added_or_says_why_not(services: Services, cases: Path) -> None:
    from pptui.services import ServiceError

    tried = added = 0
    said: list[str] = []
    for file in sorted((cases / "feeds").rglob("*")):
        if file.suffix in (".rss", ".xml", ".atom"):
            tried += 1
            try:
                services.add(str(file))
                added += 1
            except ServiceError as problem:
                said.append(str(problem))
    print(f"{added} of {tried} feeds added")  # noqa: T201 - the figure is the point
    assert all(line and "\n" not in line for line in said)
    assert tried > 100 and added > tried * 0.9


def test_a_local_feed_is_read(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(b"a feed")
    assert read_local(tmp_path / "feed.xml", 1000) == b"a feed"


def test_what_is_no_readable_file_is_a_message_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "big").write_bytes(b"a feed")
    for name, said in (
        ("missing", "is not there"),
        ("pipe", "can't be read: not a regular file"),
        (".", "can't be read: is a directory"),
        ("big", "has more than 5 bytes"),
        ("nul\0", "can't be read"),
        ("big/x", "can't be read: not a directory"),
    ):
        with pytest.raises(FetchError, match=said):
            read_local(tmp_path / name, 5)
