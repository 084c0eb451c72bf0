"""Refreshing like a good citizen, on real services and a real server: one test for each thing it may say."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from pptui.feeds.outcome import Ending, Outcome
from pptui.feeds.schedule import Asking
from pptui.models import Hold, Login, Progress
from pptui.services import LoginNeeded, Services
from tests import material
from tests.keys import Keys
from tests.server import Server

SECRET = "s3cr:t/@"
LOGIN = Login("me@home", SECRET)
TYPED = "me%40home:s3cr%3At%2F%40"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = material.services(tmp_path, "").paths
    made.config_file.write_text("refresh_after = 1\n", encoding="utf-8")
    opened = Services(made)
    yield opened
    opened.close()


def talks(*numbers: int, title: str = "Talks", head: str = "") -> bytes:
    made = material.feed(title, [material.item(number, f"Talk {number}") for number in numbers or (1,)])
    return made.replace("<itunes:author>", f"{head}<itunes:author>", 1).encode()


def refresh(services: Services, asking: Asking = Asking.ONE) -> Outcome:
    ids = [one.id for one in services.podcasts()]
    return services.refresh(None if asking is Asking.ALL else ids, asking=asking)[0]


def asked(server: Server, path: str = "/feed.xml") -> int:
    return sum(request.path == path for request in server.requests)


def age(services: Services) -> None:
    """Let the last answer be long ago, for `refresh_after`."""
    services.config = type(services.config)(refresh_after=60)
    with services.catalogue._write() as writer:
        writer.execute("UPDATE podcast SET refreshed = 0")


# --- what servers and feeds say about asking again


@pytest.mark.parametrize("said", ["Cache-Control", "Expires", "ttl"])
def test_at_the_start_nothing_is_asked_for_that_still_holds(
    services: Services, server: Server, said: str
) -> None:
    headers = {
        "Cache-Control": {"Cache-Control": "max-age=7200"},
        "Expires": {"Expires": format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)},
    }.get(said, {})
    head = "<ttl>120</ttl>" if said == "ttl" else ""
    server.add("/feed.xml", talks(head=head), etag='"1"', headers=headers)
    services.add(server.url("/feed.xml"))
    age(services)
    assert services.stale() == []
    # Whoever asks by hand is answered; and a 304 says anew for how long it holds.
    assert refresh(services).ending is Ending.UNCHANGED
    age(services)
    assert services.stale() == []
    assert asked(server) == 2


def test_what_no_longer_holds_is_asked_for_at_the_start(services: Services, server: Server) -> None:
    server.add("/feed.xml", talks(), headers={"Cache-Control": "no-cache, max-age=7200"})
    services.add(server.url("/feed.xml"))
    age(services)
    assert len(services.stale()) == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_server_that_asks_to_be_left_alone_is_left_alone_also_by_the_next_pptui(
    services: Services, server: Server, status: int, form: str
) -> None:
    then = datetime.now(UTC) + timedelta(hours=1)
    wait = "3600" if form == "seconds" else format_datetime(then, usegmt=True)
    server.add("/feed.xml", talks())
    services.add(server.url("/feed.xml"))
    server.add("/feed.xml", status=status, headers={"Retry-After": wait})
    told = refresh(services)
    assert told.ending is Ending.FAILED and told.plan.hold is Hold.WAIT
    assert "try again" not in told.error
    assert told.plan.due is not None and abs(told.plan.due - then) < timedelta(minutes=1)
    services.close()
    again = Services(services.paths)
    age(again)
    assert again.stale() == []
    for asking in Asking:
        left = refresh(again, asking)
        assert left.ending is Ending.LEFT and "left alone: its server asks for that until" in left.words()
    again.close()
    assert asked(server) == 2


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_failures_put_off_what_pptui_asks_by_itself_and_nothing_else(
    services: Services, server: Server, status: int
) -> None:
    server.add("/feed.xml", talks())
    services.add(server.url("/feed.xml"))
    server.add("/feed.xml", status=status)
    for failures in (1, 2):
        told = refresh(services, Asking.ALL)
        assert (told.ending, told.plan.failures) == (Ending.FAILED, failures)
    age(services)
    assert services.stale() == []
    server.add("/feed.xml", talks(1, 2))
    assert refresh(services).new == 1
    age(services)
    assert len(services.stale()) == 1
    assert services.podcast("Talks").plan.failures == 0


def test_a_server_that_is_gone_is_not_asked_at_each_start(services: Services, server: Server) -> None:
    server.add("/feed.xml", talks())
    services.add(server.url("/feed.xml"))
    server.add("/feed.xml", cut=0, body=talks())
    assert refresh(services).plan.hold is Hold.FAILED
    age(services)
    assert services.stale() == []


def test_a_file_is_read_whenever_it_is_looked_at(services: Services, tmp_path: Path) -> None:
    file = Path(material.add(services, tmp_path, "feed.xml", talks(head="<ttl>120</ttl>").decode()))
    age(services)
    assert len(services.stale()) == 1
    file.unlink()
    refresh(services)
    assert len(services.stale()) == 1


# --- what has ended, and what has moved


def test_a_podcast_that_has_ended_keeps_all_it_had_and_comes_back_when_it_is_asked_for(
    services: Services, server: Server
) -> None:
    server.add("/feed.xml", talks(1, 2))
    services.add(server.url("/feed.xml"))
    heard = material.nth(services, services.podcast("Talks").id)
    services.library.record(heard, Progress(946.0, 3120.0, heard=datetime.now(UTC)))
    server.add("/feed.xml", status=410)
    assert refresh(services).ending is Ending.ENDED
    age(services)
    assert services.stale() == []
    left = refresh(services, Asking.ALL)
    assert (left.asked, left.words()) == (False, "left alone: it has ended")
    assert (services.podcast("Talks").episodes, services.podcast("Talks").plan.hold) == (2, Hold.ENDED)
    assert services.library.progress(heard.id).position == 946.0
    assert asked(server) == 2
    server.add("/feed.xml", talks(1, 2, 3))
    assert refresh(services).new == 1
    assert services.podcast("Talks").plan.hold is Hold.NONE


@pytest.mark.parametrize("status", [301, 308])
def test_a_feed_that_has_moved_is_said_to_have_until_it_is_asked_again(
    services: Services, server: Server, status: int
) -> None:
    server.add("/feed.xml", talks())
    services.add(server.url("/feed.xml"))
    server.add("/new.xml", talks(), etag='"1"')
    server.redirect("/feed.xml", "/new.xml", status)
    told = refresh(services)
    assert told.moved_to == services.podcast("Talks").url == server.url("/new.xml")
    assert services.podcast("Talks").remark == told.remark == f"moved to {server.url('/new.xml')}"
    assert refresh(services).remark == services.podcast("Talks").remark == ""
    assert asked(server) == 2


def test_a_feed_that_is_elsewhere_for_now_is_not_moved(services: Services, server: Server) -> None:
    server.add("/feed.xml", talks())
    services.add(server.url("/feed.xml"))
    server.add("/new.xml", talks())
    server.redirect("/feed.xml", "/new.xml", 302)
    assert (refresh(services).moved_to, services.podcast("Talks").url) == ("", server.url("/feed.xml"))


def naming(url: str) -> str:
    return f"<itunes:new-feed-url>{url}</itunes:new-feed-url>"


def test_a_feed_that_names_its_new_address_is_followed_when_the_podcast_is_there(
    services: Services, server: Server
) -> None:
    server.add("/feed.xml", talks(1, 2))
    services.add(server.url("/feed.xml"))
    kept = services.podcast("Talks").id
    there = naming(server.url("/new.xml"))
    server.add("/feed.xml", talks(1, 2, head=there))
    server.add("/new.xml", talks(1, 2, 3, head=there))
    told = refresh(services)
    assert (told.moved_to, told.new) == (server.url("/new.xml"), 1)
    assert (services.podcast("Talks").url, services.podcast("Talks").id) == (server.url("/new.xml"), kept)
    refresh(services)
    assert asked(server) == 2


def test_a_feed_that_moved_twice_is_followed_as_far_as_the_podcast_is_there(
    services: Services, server: Server
) -> None:
    server.add("/feed.xml", talks(1))
    services.add(server.url("/feed.xml"))
    server.add("/feed.xml", talks(1, head=naming(server.url("/new.xml"))))
    server.add("/new.xml", talks(1, head=naming(server.url("/newest.xml"))))
    server.add("/newest.xml", talks(1, 2, head=naming(server.url("/gone.xml"))))
    told = refresh(services)
    assert (told.moved_to, told.new, told.error) == (server.url("/newest.xml"), 1, "")
    for number in range(10):
        server.add(f"/{number}.xml", talks(1, number + 3, head=naming(server.url(f"/{number + 1}.xml"))))
    server.add("/newest.xml", talks(1, 2, head=naming(server.url("/0.xml"))), etag='"2"')
    assert refresh(services).moved_to == server.url("/2.xml")


def test_a_feed_that_had_moved_before_it_was_added_is_followed(services: Services, server: Server) -> None:
    server.add("/feed.xml", talks(1, head=naming(server.url("/new.xml"))), etag='"1"')
    server.add("/new.xml", talks(1, 2))
    services.add(server.url("/feed.xml"))
    assert refresh(services).moved_to == server.url("/new.xml")


@pytest.mark.parametrize("there", [None, b"<html><body>Back in a minute</body></html>"])
def test_a_new_address_that_gives_no_feed_yet_is_tried_again_although_the_old_one_stays_as_it_is(
    there: bytes | None, services: Services, server: Server
) -> None:
    server.add("/feed.xml", talks(1))
    services.add(server.url("/feed.xml"))
    if there:
        server.add("/new.xml", there)
    server.add("/feed.xml", talks(1, head=naming(server.url("/new.xml"))), etag='"1"')
    assert refresh(services).moved_to == ""
    server.add("/new.xml", talks(1, 2))
    assert refresh(services).moved_to == server.url("/new.xml")


def test_a_feed_that_was_cut_off_is_asked_for_once_more_although_its_server_has_nothing_new(
    services: Services, server: Server
) -> None:
    whole = talks(1, 2, 3)
    server.add("/feed.xml", whole, etag='"1"', length=False, cut=whole.index(b"<title>Talk 3"))
    services.add(server.url("/feed.xml"))
    server.add("/feed.xml", whole, etag='"1"')
    refresh(services)
    assert services.podcast("Talks").episodes == 3
    assert refresh(services).changed is False
    assert "if-none-match" in server.requests[-1].headers


def brotli_of(body: bytes) -> bytes:
    return bytes(pytest.importorskip("brotli").compress(body))


@pytest.mark.parametrize("packed", [gzip.compress, brotli_of, bytes])
def test_a_feed_that_broke_off_says_so_until_it_comes_whole(
    services: Services, server: Server, packed: Callable[[bytes], bytes]
) -> None:
    headers = {"Content-Encoding": {gzip.compress: "gzip", brotli_of: "br"}.get(packed, "identity")}
    whole = talks(*range(1, 500))
    sent = packed(whole)
    server.add("/feed.xml", sent, length=False, cut=len(sent) * 9 // 10, headers=headers)
    added = services.add(server.url("/feed.xml")).podcast
    assert 0 < added.episodes < 499 and "broke off" in added.remark
    again = refresh(services)
    assert "broke off" in again.remark and again.remark in again.words()
    assert services.podcast("Talks").remark == again.remark
    server.add("/feed.xml", sent, headers=headers)
    assert refresh(services).remark == ""
    assert (services.podcast("Talks").episodes, services.podcast("Talks").remark) == (499, "")


@pytest.mark.parametrize("where", ["its feed", "a page"])
def test_a_password_that_a_publisher_puts_into_an_address_is_kept_nowhere(
    services: Services, server: Server, where: str
) -> None:
    address = server.url("/new.xml", user=TYPED)
    server.add("/new.xml", talks(1, 2))
    server.add("/feed.xml", talks(1, head=naming(address)))
    link = f'<link rel="alternate" type="application/rss+xml" href="{address}">'
    server.add("/", f"<html><head>{link}</head></html>", content_type="text/html")
    services.add(server.url("/feed.xml" if where == "its feed" else "/"))
    refresh(services)
    found = services.podcast("Talks")
    assert (found.url, found.episodes) == (server.url("/new.xml"), 2)
    assert not any(one.login for one in services.library.subscriptions())
    assert all("authorization" not in request.headers for request in server.requests)


def test_of_two_podcasts_that_move_to_the_same_place_only_one_does(
    services: Services, server: Server
) -> None:
    for name in ("a", "b"):
        server.add(f"/{name}.xml", talks(title=f"Talks {name}"))
        services.add(server.url(f"/{name}.xml"))
    server.add("/new.xml", talks(1, 2))
    for name in ("a", "b"):
        server.redirect(f"/{name}.xml", "/new.xml", 301)
    outcomes = services.refresh()
    assert sorted(bool(one.moved_to) for one in outcomes) == [False, True]
    assert sum("one of the two can go" in one.remark for one in outcomes) == 1
    assert len(services.podcasts()) == 2


@pytest.mark.parametrize("there", ["nothing", "another podcast", "a web page", "a way back"])
def test_a_feed_that_names_an_address_without_the_podcast_stays(
    services: Services, server: Server, there: str
) -> None:
    server.add("/feed.xml", talks(1))
    services.add(server.url("/feed.xml"))
    server.add("/feed.xml", talks(1, 2, head=naming(server.url("/new.xml"))))
    body = {
        "another podcast": talks(7, 8),
        "a web page": b"<html><body>Hello</body></html>",
        "a way back": talks(1, 2, head=naming(server.url("/feed.xml"))),
    }.get(there)
    if body:
        server.add("/new.xml", body)
    told = refresh(services)
    assert (told.error, told.moved_to, told.new) == ("", "", 1)
    assert services.podcast("Talks").url == server.url("/feed.xml")
    assert asked(server, "/new.xml") == 1


@pytest.mark.parametrize("how", ["a redirect", "its feed"])
def test_a_podcast_does_not_move_onto_another_one_that_is_subscribed_to(
    services: Services, server: Server, how: str
) -> None:
    server.add("/feed.xml", talks(1))
    server.add("/new.xml", talks(1, title="The same talks"))
    services.add(server.url("/feed.xml"))
    services.add(server.url("/new.xml"))
    if how == "a redirect":
        server.redirect("/feed.xml", "/new.xml", 301)
    else:
        server.add("/feed.xml", talks(1, 2, head=naming(server.url("/new.xml"))))
    told = next(one for one in services.refresh() if "The same" not in one.title or one.remark)
    assert told.moved_to == ""
    assert "moved to where your podcast The same talks is" in told.remark
    assert sorted(one.url for one in services.podcasts()) == [
        server.url("/feed.xml"),
        server.url("/new.xml"),
    ]


# --- how many at once


def test_one_host_is_asked_for_two_feeds_at_once_while_others_go_on(services: Services) -> None:
    gate, done = threading.Event(), threading.Event()
    with Server() as slow, Server(address="127.0.0.2") as quick:
        for number in range(4):
            for one in (slow, quick):
                one.add(f"/{number}.xml", talks(title=f"{number} on {one.port}"))
                services.add(one.url(f"/{number}.xml"))
        for number in range(4):
            slow.add(f"/{number}.xml", talks(title=f"{number} on {slow.port}"), gate=gate)
        slow.requests.clear()
        quick.requests.clear()
        at_the_end: list[int] = []

        def report(outcome: Outcome) -> None:
            assert not outcome.error
            if str(quick.port) in outcome.title and len(quick.requests) == 4 and not at_the_end:
                at_the_end.append(len(slow.requests))
                gate.set()
                done.set()

        assert len(services.refresh(report=report)) == 8
        assert done.is_set() and at_the_end[0] <= 2
        assert len(slow.requests) == 4


# --- passwords


def everything(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_a_feed_behind_a_password_says_so_and_is_added_with_it(
    services: Services, server: Server, keys: type[Keys], tmp_path: Path
) -> None:
    server.add("/feed.xml", talks(), login=f"{LOGIN.user}:{SECRET}")
    with pytest.raises(LoginNeeded, match="a user name and a password are needed"):
        services.add(server.url("/feed.xml"))
    with pytest.raises(LoginNeeded, match="wrong"):
        services.add(server.url("/feed.xml"), login=Login("me@home", "guess"))
    added = services.add(server.url("/feed.xml"), login=LOGIN)
    assert (added.podcast.title, added.podcast.url) == ("Talks", server.url("/feed.xml"))
    assert refresh(services).ending is Ending.UNCHANGED
    services.close()
    again = Services(services.paths)
    assert refresh(again).ending is Ending.UNCHANGED
    again.close()
    assert SECRET.encode() not in everything(tmp_path)


def test_a_password_in_an_address_goes_into_the_keyring_and_not_into_a_file(
    services: Services, server: Server, keys: type[Keys], tmp_path: Path
) -> None:
    server.add("/feed.xml", talks(), login=f"{LOGIN.user}:{SECRET}")
    services.add(server.url("/feed.xml", user=TYPED))
    assert services.podcast("Talks").url == server.url("/feed.xml")
    assert list(keys.held) == [
        (f"pptui http://127.0.0.1:{server.port}", services.podcast("Talks").id),
    ]
    assert refresh(services).ending is Ending.UNCHANGED
    assert not services.add(server.url("/feed.xml", user=TYPED)).new
    services.close()
    assert SECRET.encode() not in everything(tmp_path)
    assert TYPED.encode() not in everything(tmp_path)


def test_a_password_in_an_address_of_an_old_library_is_taken_out_at_the_next_refresh(
    services: Services, server: Server, keys: type[Keys], tmp_path: Path
) -> None:
    server.add("/feed.xml", talks(), login=f"{LOGIN.user}:{SECRET}")
    services.add(server.url("/feed.xml", user=TYPED))
    kept = services.podcast("Talks").id
    keys.held.clear()
    services.library.move(kept, server.url("/feed.xml", user=TYPED))
    services.close()
    again = Services(services.paths)
    assert refresh(again).ending is Ending.UNCHANGED
    assert (again.podcast("Talks").url, again.podcast("Talks").id) == (server.url("/feed.xml"), kept)
    again.close()
    assert len(keys.held) == 1
    assert TYPED.encode() not in everything(tmp_path)


def test_without_a_keyring_the_password_lasts_until_pptui_ends_and_that_is_said(
    services: Services, server: Server
) -> None:
    said: list[str] = []
    services.on_problem = said.append
    server.add("/feed.xml", talks(), login=f"{LOGIN.user}:{SECRET}")
    services.add(server.url("/feed.xml"), login=LOGIN)
    assert said == ["the password of Talks is known until pptui is closed: this system has no keyring"]
    assert refresh(services).ending is Ending.UNCHANGED
    services.close()
    again = Services(services.paths)
    told = refresh(again)
    assert told.ending is Ending.LOGIN and "a user name and a password are needed" in told.error
    again.log_in(told.podcast, LOGIN)
    assert refresh(again).ending is Ending.UNCHANGED
    again.close()


def test_a_password_that_was_changed_is_asked_for_and_not_tried_at_each_start(
    services: Services, server: Server, keys: type[Keys]
) -> None:
    server.add("/feed.xml", talks(), login=f"{LOGIN.user}:{SECRET}")
    services.add(server.url("/feed.xml"), login=LOGIN)
    server.add("/feed.xml", talks(1, 2), login=f"{LOGIN.user}:new")
    told = refresh(services)
    assert told.ending is Ending.LOGIN and "wrong" in told.error
    age(services)
    assert services.stale() == []
    services.log_in(told.podcast, Login(LOGIN.user, "new"))
    assert refresh(services).new == 1


def test_no_other_server_gets_the_password(services: Services, server: Server, keys: type[Keys]) -> None:
    with Server(address="127.0.0.2") as other:
        other.add("/there.xml", talks(1, 2))
        server.add("/feed.xml", talks(), login=f"{LOGIN.user}:{SECRET}")
        services.add(server.url("/feed.xml"), login=LOGIN)
        server.add("/feed.xml", talks(1, 2, head=naming(other.url("/there.xml"))))
        assert refresh(services).moved_to == other.url("/there.xml")
        refresh(services)
        assert other.requests
        assert all("authorization" not in request.headers for request in other.requests)
    assert keys.held == {}


def test_a_password_is_forgotten_with_its_podcast_but_not_before_that_can_no_longer_be_taken_back(
    services: Services, server: Server, keys: type[Keys]
) -> None:
    server.add("/feed.xml", talks(), login=f"{LOGIN.user}:{SECRET}")
    services.add(server.url("/feed.xml"), login=LOGIN)
    podcast = services.podcast("Talks").id
    services.remove(podcast)
    services.keeping.undo()
    assert refresh(services).ending is Ending.UNCHANGED
    services.remove(podcast)
    assert len(keys.held) == 1
    services.close()
    assert keys.held == {}


def test_a_keyring_that_waits_for_its_user_holds_up_neither_the_others_nor_the_end(
    services: Services, server: Server, keys: type[Keys]
) -> None:
    for name in ("locked", "open"):
        server.add(f"/{name}.xml", talks(title=name))
        services.add(server.url(f"/{name}.xml"), login=LOGIN if name == "locked" else None)
    services.close()
    keys.answer = threading.Event()
    again = Services(services.paths)
    cancel = threading.Event()

    def report(outcome: Outcome) -> None:
        assert outcome.title == "open"
        cancel.set()

    assert [one.title for one in again.refresh(report=report, cancel=cancel)] == ["open"]
    again.remove(again.podcast("locked").id)
    assert again.close(0.2)
    keys.answer.set()


def test_a_server_is_not_left_alone_because_the_keyring_was_locked(
    services: Services, server: Server, keys: type[Keys]
) -> None:
    server.add("/feed.xml", talks(), login=f"{LOGIN.user}:{SECRET}")
    podcast = services.add(server.url("/feed.xml"), login=LOGIN).podcast.id
    services.close()
    keys.locked = True
    again = Services(services.paths)
    server.requests.clear()
    told = refresh(again)
    assert (told.ending, told.error) == (Ending.LOGIN, "the keyring can't be used (KeyringLocked)")
    assert server.requests == []
    again.close()
    keys.locked = False
    last = Services(services.paths)
    age(last)
    assert last.stale() == [podcast]
    assert refresh(last).ending is Ending.UNCHANGED
    last.close()


def test_a_password_that_has_to_move_along_holds_up_no_other_podcast(
    services: Services, server: Server, keys: type[Keys], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answer = threading.Event(), threading.Event()

    def hang(_: Keys) -> None:
        asked.set()
        answer.wait(30)

    through: list[str] = []

    def report(outcome: Outcome) -> None:
        through.append(outcome.title)
        if len(through) == 2:
            answer.set()

    server.add("/locked.xml", talks(title="locked"))
    services.add(server.url("/locked.xml"), login=LOGIN)
    with Server(address="127.0.0.2") as other, Server(address="127.0.0.3") as third:
        other.add("/locked.xml", talks(1, 2, title="locked"))
        server.redirect("/locked.xml", other.url("/locked.xml"), 301)
        for name in "ab":
            third.add(f"/{name}.xml", talks(title=name))
            services.add(third.url(f"/{name}.xml"))
            third.add(f"/{name}.xml", talks(1, 2, title=name), gate=asked)
        monkeypatch.setattr(keys, "_open", hang)
        services.refresh(report=report)
        assert (sorted(through[:2]), through[2:]) == (["a", "b"], ["locked"])
        assert services.podcast("locked").url == other.url("/locked.xml")
    assert keys.held == {}


def test_two_users_of_one_server_have_two_podcasts(
    services: Services, server: Server, keys: type[Keys]
) -> None:
    server.add("/feed.xml", talks())
    for user in ("ann", "bob"):
        assert services.add(server.url("/feed.xml"), login=Login(user, "x")).new
    assert len(services.podcasts()) == 2


# --- the catalogue


def test_a_catalogue_that_was_deleted_comes_back_by_a_refresh_with_every_position(
    services: Services, server: Server
) -> None:
    for name in ("One", "Two"):
        server.add(f"/{name}.xml", talks(1, 2, 3, title=name), etag='"1"')
        services.add(server.url(f"/{name}.xml"))
    places = {}
    for seconds, name in ((100.0, "One"), (200.0, "Two")):
        episode = material.nth(services, services.podcast(name).id, 2)
        services.library.record(episode, Progress(seconds, 3120.0, heard=datetime.now(UTC)))
        places[episode.id] = seconds
    services.close()
    for left in services.paths.cache.iterdir():
        left.unlink()
    again = Services(services.paths)
    assert len(again.stale()) == 2
    assert [one.error for one in again.refresh(again.stale(), asking=Asking.AUTOMATIC)] == ["", ""]
    for name in ("One", "Two"):
        rows = list(again.lists.open(again.podcast(name).id).every())
        assert len(rows) == 3
        found = {row.episode.id: row.progress.position for row in rows if row.progress.position}
        assert found.items() <= places.items() and len(found) == 1
    assert len(again.library.continuing()) == 2
    again.close()
