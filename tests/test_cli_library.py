"""Subscriptions and episodes from the shell."""

from __future__ import annotations

import json
import select
import signal
import threading
from datetime import UTC, datetime

import pytest

from pptui.models import Episode, Progress
from pptui.paths import Paths
from pptui.services import Services
from pptui.store.journal import Entry, Journal
from tests.server import Server
from tests.shell import Shell, item, rss
from tests.terminal import Terminal

PODCAST_FIELDS = ["id", "title", "url", "episodes", "unplayed", "error", "remark"]
EPISODE_FIELDS = [
    "id",
    "podcast",
    "title",
    "published",
    "duration",
    "position",
    "played",
    "enclosure",
    "link",
]


def own_paths(shell: Shell) -> Paths:
    folders = [shell.folder / name / "pptui" for name in ("config", "data", "cache", "state")]
    return Paths(*folders)


def test_a_feed_is_subscribed_to_and_its_episodes_listed_newest_first(shell: Shell, server: Server) -> None:
    audio = server.url("/two.mp3")
    server.add("/feed.xml", rss("Talks", item("One", 1), item("Two", 2, audio=audio, length="52:00")))
    done = shell("add", server.url("/feed.xml"))
    assert (done.code, done.out, done.err) == (0, "added: Talks (2 episodes)\n", "")

    (podcast,) = shell.json("podcasts")
    assert list(podcast) == PODCAST_FIELDS
    assert podcast["title"] == "Talks"
    assert podcast["url"] == server.url("/feed.xml")
    assert (podcast["episodes"], podcast["unplayed"], podcast["error"]) == (2, 2, None)

    two, one = shell.json("episodes")
    assert list(two) == list(one) == EPISODE_FIELDS
    assert (two["title"], one["title"]) == ("Two", "One")
    assert two["podcast"] == one["podcast"] == podcast["id"]
    assert two["published"] == "2024-01-02T12:00:00+00:00"
    assert (two["duration"], two["position"], two["played"]) == (3120, 0, False)
    assert (two["enclosure"], one["enclosure"], one["duration"]) == (audio, None, None)


def test_a_feed_that_fails_says_why_and_the_others_are_added(shell: Shell, server: Server) -> None:
    server.add("/good.xml", rss("Good", item("One", 1)))
    (shell.folder / "local.xml").write_bytes(rss("Local", item("One", 1)))
    done = shell("add", server.url("/none.xml"), server.url("/good.xml"), "absent.xml", "local.xml")
    assert done.code == 1
    assert done.out == "added: Good (1 episode)\nadded: Local (1 episode)\n"
    complaints = done.err.splitlines()
    assert [line.split(": ")[0] for line in complaints] == ["pptui", "pptui"]
    assert "/none.xml" in complaints[0]
    assert "404" in complaints[0]
    assert "absent.xml" in complaints[1]
    assert {podcast["title"] for podcast in shell.json("podcasts")} == {"Good", "Local"}


def test_what_can_not_be_added_is_named_once_and_nothing_is_not_named(shell: Shell) -> None:
    (shell.folder / "folder").mkdir()
    done = shell("add", "folder", str(shell.folder / "folder"), "")
    assert done.err.splitlines() == [
        "pptui: folder: can't be read: is a directory",
        f"pptui: {shell.folder / 'folder'}: can't be read: is a directory",
        "pptui: nothing to add: give the address of a feed, or a file",
    ]


def test_adding_twice_is_said_and_harmless(shell: Shell) -> None:
    (shell.folder / "feed.xml").write_bytes(rss("Talks", item("One", 1)))
    shell("add", "feed.xml")
    done = shell("add", "feed.xml")
    assert (done.code, done.out) == (0, "already subscribed: Talks\n")
    assert len(shell.json("podcasts")) == 1


def test_a_subscription_that_cannot_be_saved_is_not_called_a_success(shell: Shell) -> None:
    (shell.folder / "feed.xml").write_bytes(rss("Talks", item("One", 1)))
    (shell.folder / "data").write_text("a file where the folder should be")
    done = shell("add", "feed.xml")
    assert done.code == 1
    assert "library.json" in done.err
    assert "Traceback" not in done.err


def test_the_password_in_an_address_is_never_printed(shell: Shell, server: Server) -> None:
    server.add("/feed.xml", rss("Private", item("One", 1, audio=server.url("/a.mp3"))))
    address = server.url("/feed.xml").replace("://", "://user:sesame@")
    missing = server.url("/none.xml").replace("://", "://user:sesame@")
    for arguments in (
        ["add", address, missing],
        ["refresh"],
        ["podcasts"],
        ["podcasts", "--json"],
        ["episodes", "--json"],
        ["chapters", missing],
    ):
        done = shell(*arguments)
        assert "sesame" not in done.out + done.err, arguments
    assert [podcast["url"] for podcast in shell.json("podcasts")] == [server.url("/feed.xml")]


def test_a_refresh_brings_new_episodes_and_names_what_failed(shell: Shell, server: Server) -> None:
    server.add("/a.xml", rss("Alpha", item("One", 1)))
    server.add("/b.xml", rss("Beta", item("One", 1)))
    shell("add", server.url("/a.xml"), server.url("/b.xml"))
    server.add("/a.xml", rss("Alpha", item("One", 1), item("Two", 2), item("Three", 3)))
    server.add("/b.xml", b"", status=503)
    done = shell("refresh")
    assert done.code == 1
    assert "Alpha: 2 new\n" in done.out
    assert done.out.endswith("1 podcast refreshed, 2 new episodes, 1 failed\n")
    assert done.err.startswith("pptui: Beta: ")
    assert done.err.count("\n") == 1
    beta = next(podcast for podcast in shell.json("podcasts") if podcast["title"] == "Beta")
    assert "503" in beta["error"]
    assert beta["error"] in shell("podcasts").out


def test_who_adds_or_refreshes_a_feed_that_broke_off_is_told(shell: Shell, server: Server) -> None:
    whole = rss("Talks", item("One", 1), item("Two", 2))
    server.add("/feed.xml", whole, length=False, cut=whole.index(b"<title>Two"))
    said = "the feed broke off: what came of it is here, and the next refresh asks for all of it"
    assert shell("add", server.url("/feed.xml")).out == f"added: Talks (1 episode) · {said}\n"
    assert f"Talks: nothing new · {said}\n" in shell("refresh").out
    assert [(one["ending"], one["remark"]) for one in shell.json("refresh")] == [("changed", said)]
    server.add("/feed.xml", whole)
    assert [(one["new"], one["remark"]) for one in shell.json("refresh")] == [(1, None)]


def test_a_refresh_of_one_podcast_leaves_the_others_alone(shell: Shell, server: Server) -> None:
    server.add("/a.xml", rss("Alpha", item("One", 1)))
    server.add("/b.xml", rss("Beta", item("One", 1)))
    shell("add", server.url("/a.xml"), server.url("/b.xml"))
    server.add("/a.xml", rss("Alpha", item("One", 1), item("Two", 2)))
    server.add("/b.xml", rss("Beta", item("One", 1), item("Two", 2)))
    done = shell("refresh", "alpha", "gamma")
    assert done.code == 1
    assert "gamma" in done.err
    assert {one["title"]: one["episodes"] for one in shell.json("podcasts")} == {"Alpha": 2, "Beta": 1}


def test_a_refresh_can_be_interrupted_though_a_server_does_not_answer(shell: Shell, server: Server) -> None:
    asked, never = threading.Event(), threading.Event()
    server.add("/a.xml", rss("Alpha", item("One", 1)))
    shell("add", server.url("/a.xml"))

    def wait(_: object) -> None:
        asked.set()
        server.wait(never)

    server.add("/a.xml", handler=wait)
    process = shell.start("refresh")
    assert asked.wait(60)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=10) == (b"", b"")
    assert process.returncode == 130
    never.set()


def test_who_reads_a_refresh_through_a_pipe_has_each_line_as_soon_as_it_is_true(
    shell: Shell, server: Server
) -> None:
    later = threading.Event()
    for name in ("Quick", "Slow"):
        server.add(f"/{name}", rss(name, item("One", 1)))
        shell("add", server.url(f"/{name}"))
    server.add("/Quick", rss("Quick", item("One", 1), item("Two", 2)))
    server.add("/Slow", rss("Slow", item("One", 1)), gate=later)
    process = shell.start("refresh")
    assert process.stdout is not None
    assert select.select([process.stdout], [], [], 20)[0]  # the server gives up after 30
    assert process.stdout.readline() == b"Quick: 1 new\n"
    later.set()
    rest, errors = process.communicate(timeout=60)
    assert (rest, errors) == (b"2 podcasts refreshed, 1 new episode\n", b"")


def test_a_refresh_whose_reader_goes_away_ends_quietly(shell: Shell, server: Server) -> None:
    gone = threading.Event()
    for name in ("Quick", "Slow"):
        server.add(f"/{name}", rss(name, item("One", 1)))
        shell("add", server.url(f"/{name}"))
    for name in ("Quick", "Slow"):
        server.add(f"/{name}", rss(name, item("One", 1), item("Two", 2)), gate=gone)
    process = shell.start("refresh")
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    gone.set()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 141


def test_the_progress_of_a_refresh_stays_out_of_pipes(shell: Shell, server: Server) -> None:
    server.add("/a.xml", rss("Alpha", item("One", 1)))
    shell("add", server.url("/a.xml"))
    done = shell("refresh")
    assert (done.out, done.err) == ("1 podcast refreshed, 0 new episodes\n", "")
    with Terminal(["refresh"], shell.environment) as terminal:
        assert terminal.wait_end() == 0
        assert b"0 of 1 refreshed" in terminal.raw
        assert terminal.text.split("\n")[0] == "1 podcast refreshed, 0 new episodes"


def test_removing_a_podcast_keeps_what_was_heard_of_it(shell: Shell) -> None:
    (shell.folder / "feed.xml").write_bytes(rss("Talks", item("One", 1), item("Two", 2)))
    shell("add", "feed.xml")
    two, _ = shell.json("episodes")
    services = Services(own_paths(shell))
    episode = services.episode(two["id"])
    assert episode is not None
    services.library.record(episode, Progress(position=946.0, duration=3120.5, heard=datetime.now(UTC)))
    services.close()

    done = shell("remove", "talks")
    assert (done.code, done.err) == (0, "")
    there = shell.folder / "feed.xml"
    assert done.out == f"removed: Talks (what was heard is kept; to have it back: pptui add {there})\n"
    assert shell.json("podcasts") == []
    assert shell.json("episodes") == []
    shell("add", "feed.xml")
    again = shell.json("episodes")[0]
    assert (again["id"], again["position"], again["duration"]) == (two["id"], 946, 3120.5)


def test_who_removes_a_podcast_with_a_password_is_told_that_it_will_be_asked_for_again(shell: Shell) -> None:
    (shell.folder / "my feed.xml").write_bytes(rss("Talks", item("One", 1)))
    shell("add", "my feed.xml")
    services = Services(own_paths(shell))
    services.library.lock(services.podcast("talks").id)
    services.close()
    done = shell("remove", "talks")
    assert "(what was heard is kept; to have it back, with its password typed again: pptui add '/" in done.out


def test_a_podcast_is_meant_by_part_of_its_title_only_if_no_other_has_it(shell: Shell) -> None:
    for name in ("Morning Talks", "Evening Talks"):
        (shell.folder / f"{name}.xml").write_bytes(rss(name, item(f"{name} One", 1)))
        assert shell("add", f"{name}.xml").code == 0
    assert [one["title"] for one in shell.json("episodes", "evening")] == ["Evening Talks One"]
    done = shell("episodes", "talks")
    assert done.code == 1
    assert "Evening Talks, Morning Talks" in done.err


def test_podcasts_that_moved_to_one_place_are_told_apart_and_either_can_be_removed(
    shell: Shell, server: Server
) -> None:
    for name in ("/a", "/b"):
        server.add(name, rss(f"Talks {name}", item("One", 1)))
        shell("add", server.url(name))
        server.redirect(name, "/new", 301)
    server.add("/new", rss("Joined", item("One", 1)))
    told = shell("refresh").out
    moved, stayed = sorted((one["url"] for one in shell.json("podcasts")), reverse=True)
    assert moved == server.url("/new")
    assert f"your podcast Joined is: one of the two can go ({moved} or {stayed})" in told

    done = shell("remove", "joined")
    assert done.code == 1
    names = done.err.strip().partition("'joined' could be any of: ")[2].split(", ")
    assert sorted(names) == sorted([f"Joined ({moved})", f"Joined ({stayed})"])
    assert shell("remove", stayed).code == 0
    assert [one["url"] for one in shell.json("podcasts")] == [moved]


@pytest.mark.parametrize("command", ["remove", "refresh"])
def test_a_name_of_no_podcast_or_of_several_is_said_once(shell: Shell, command: str) -> None:
    for name in ("Morning Talks", "Evening Talks"):
        (shell.folder / f"{name}.xml").write_bytes(rss(name, item("One", 1)))
        shell("add", f"{name}.xml")
    assert shell(command, "talks", "nobody").err.splitlines() == [
        "pptui: 'talks' could be any of: Evening Talks, Morning Talks",
        "pptui: no subscription is called 'nobody' (see: pptui podcasts)",
    ]


def test_podcasts_of_one_address_and_title_are_told_apart_by_what_removes_them(shell: Shell) -> None:
    (shell.folder / "feed.xml").write_bytes(rss("Talks", item("One", 1)))
    shell("add", "feed.xml")
    services = Services(own_paths(shell))
    (one,) = services.library.subscriptions()
    services.library.subscribe(one._replace(id="another"))
    services.close()
    names = [f"Talks ({one.id})", "Talks (another)"]
    for typed in ("talks", one.url):
        assert sorted(shell("remove", typed).err.strip().rpartition(": ")[2].split(", ")) == sorted(names)
    assert shell("remove", "another").code == 0
    assert [one["id"] for one in shell.json("podcasts")] == [one.id]


def test_a_long_list_is_whole_and_can_be_cut(shell: Shell) -> None:
    many = [item(f"Episode {number}", 1 + number % 28) for number in range(1234)]
    (shell.folder / "feed.xml").write_bytes(rss("Talks", *many))
    shell("add", "feed.xml")
    everything = shell.json("episodes")
    assert len({one["id"] for one in everything}) == 1234
    dates = [one["published"] for one in everything]
    assert dates == sorted(dates, reverse=True)
    assert shell.json("episodes", "--limit", "7") == everything[:7]
    assert shell.json("episodes", "--limit", "501") == everything[:501]


def test_lists_of_nothing_are_lists(shell: Shell) -> None:
    for command in ("podcasts", "episodes"):
        assert shell.json(command) == []
        done = shell(command)
        assert (done.code, done.out) == (0, "")


def test_titles_from_outside_cannot_write_to_the_terminal(shell: Shell) -> None:
    evil = "&#x9b;31m&#x202e;Talks &#x200b;\u009d52;c;ZXZpbA==\u009c"
    (shell.folder / "feed.xml").write_bytes(
        rss(evil, item(evil, 1, notes=f"0:00 {evil}\n1:00 Two\n2:00 Three"))
    )
    shell("add", "feed.xml")
    for arguments in (["podcasts"], ["episodes"], ["chapters", "feed.xml"], ["refresh"], ["remove", "talks"]):
        for option in ([], ["--json"]) if arguments[0] in ("podcasts", "episodes", "chapters") else ([],):
            done = shell(*arguments, *option)
            assert "Talks" in done.out or arguments[0] == "refresh", arguments
            for sign in done.out + done.err:
                assert sign.isprintable() or sign == "\n", (arguments, hex(ord(sign)))


def test_a_narrow_terminal_gets_lines_of_its_width_and_a_pipe_whole_ones(shell: Shell) -> None:
    title = "長い題名の番組についての長い長い話 " * 5
    (shell.folder / "feed.xml").write_bytes(rss("Ein Podcast", item(title, 1)))
    shell("add", "feed.xml")
    assert title.strip() in shell("episodes").out
    with Terminal(["episodes"], shell.environment, columns=60, rows=10) as terminal:
        assert terminal.wait_end() == 0
        first, second = terminal.text.split("\n")[:2]
    assert first.startswith("● 2024-01-01")
    assert "…" in first
    assert second == ""


def test_two_shells_add_at_once_and_neither_loses_its_podcast(shell: Shell) -> None:
    names = [f"Podcast {number}" for number in range(4)]
    for name in names:
        (shell.folder / f"{name}.xml").write_bytes(rss(name, item("One", 1)))
    started = [shell.start("add", f"{name}.xml") for name in names]
    ended = [(process.communicate(timeout=60), process.returncode) for process in started]
    assert ended == [((f"added: {name} (1 episode)\n".encode(), b""), 0) for name in names]
    assert [podcast["title"] for podcast in shell.json("podcasts")] == names
    assert len(shell.json("episodes")) == 4


def test_status_tells_what_is_playing_and_what_was(shell: Shell) -> None:
    assert shell.json("status") is None
    assert shell("status").out == "nothing was played yet\n"

    episode = Episode("e1", "p1", "The long talk", podcast_title="Talks", duration=3120.0)
    journal = Journal(own_paths(shell).position)
    now = datetime.now(UTC)
    journal.write(Entry(episode, 946.25, 3120.0, paused=False, chapter="Distillation token", heard=now))
    assert journal.sync()
    status = shell.json("status")
    assert list(status) == ["playing", "paused", "position", "duration", "chapter", "heard", "episode"]
    assert status["episode"]["id"] == "e1"
    assert list(status["episode"]) == EPISODE_FIELDS
    assert (status["playing"], status["paused"]) == (True, False)
    assert (status["position"], status["chapter"]) == (946.25, "Distillation token")
    assert shell("status").out.splitlines() == [
        "playing  The long talk",
        "podcast  Talks",
        "chapter  Distillation token",
        "at       15:46 / 52:00",
    ]

    journal.write(Entry(episode, 950.0, 3120.0, paused=True, heard=now))
    assert journal.sync()
    status = shell.json("status")
    assert (status["playing"], status["paused"], status["chapter"]) == (False, True, None)

    journal.write(Entry(episode, 950.0, 3120.0, paused=False, heard=datetime(2024, 1, 1, tzinfo=UTC)))
    assert journal.close()
    assert shell.json("status")["playing"] is False
    assert shell("status").out.startswith("stopped  The long talk\n")


def test_podcasts_are_listed_with_what_the_library_says_of_each(shell: Shell, server: Server) -> None:
    for name in ("ended", "locked", "moved", "waits", "well"):
        server.add(f"/{name}", rss(name, item("One", 1)))
        shell("add", server.url(f"/{name}"))
    server.add("/ended", status=410)
    server.add("/locked", status=401)
    server.redirect("/moved", "/there", 301)
    server.add("/there", rss("moved", item("One", 1)))
    server.add("/waits", status=429, headers={"Retry-After": "600"})
    shell("refresh")
    podcasts = {one["title"]: one for one in shell.json("podcasts")}
    there = f"moved to {server.url('/there')}"
    assert {title: one["remark"] for title, one in podcasts.items() if one["remark"]} == {"moved": there}
    ended, gone, locked, asks, moved, remark, waits, later, well = shell("podcasts").out.splitlines()
    titles = [line.split()[3] for line in (ended, locked, moved, waits, well)]
    assert titles == ["ended", "locked", "moved", "waits", "well"]
    assert gone.strip().startswith("× the server says that this podcast has ended")
    assert asks.strip() == f"! {podcasts['locked']['error']}"
    assert remark.strip() == f"· {there}"
    assert later.strip().startswith("! not before ") and later.endswith(f" · {podcasts['waits']['error']}")


def test_a_refresh_as_json_has_all_that_happened_to_each_podcast(shell: Shell, server: Server) -> None:
    for name in ("new", "same", "moved", "ended", "waits"):
        server.add(f"/{name}", rss(name, item("One", 1)))
        shell("add", server.url(f"/{name}"))
    server.add("/new", rss("new", item("One", 1), item("Two", 2)))
    server.redirect("/moved", "/there", 301)
    server.add("/there", rss("moved", item("One", 1)))
    server.add("/ended", status=410)
    server.add("/waits", status=429, headers={"Retry-After": "600"})
    first = shell("refresh", "--json")
    assert (first.code, first.err) == (1, "")
    found = {one["title"]: one for one in json.loads(first.out)}
    assert {title: one["ending"] for title, one in found.items()} == {
        "new": "new",
        "same": "unchanged",
        "moved": "unchanged",
        "ended": "ended",
        "waits": "failed",
    }
    assert (found["new"]["new"], found["moved"]["moved_to"]) == (1, server.url("/there"))
    assert "410" in found["ended"]["error"] and found["waits"]["not_before"]
    again = {one["title"]: one["ending"] for one in shell.json("refresh")}
    assert (again["ended"], again["waits"]) == ("left alone", "left alone")
    done = shell("refresh")
    assert done.out.endswith("3 podcasts refreshed, 0 new episodes, 2 left alone\n")
    assert "ended: left alone: it has ended\n" in done.out


def test_a_podcast_that_has_ended_is_told_and_is_no_failure(shell: Shell, server: Server) -> None:
    for name in ("Over", "Talks"):
        server.add(f"/{name}", rss(name, item("One", 1)))
        shell("add", server.url(f"/{name}"))
    server.add("/Over", status=410)
    for arguments, refreshed in ((["refresh"], "1 podcast"), (["refresh", "over"], "0 podcasts")):
        done = shell(*arguments)
        assert (done.code, done.err) == (0, "")
        assert done.out.startswith("Over: it has ended: the server says 410: gone for good\n")
        assert done.out.endswith(f"{refreshed} refreshed, 0 new episodes, 1 ended\n")


def test_episodes_of_a_catalogue_that_was_deleted_are_not_called_new(shell: Shell, server: Server) -> None:
    for name in ("Alpha", "Beta"):
        server.add(f"/{name}", rss(name, item("One", 1), item("Two", 2)))
        shell("add", server.url(f"/{name}"))
    for left in own_paths(shell).cache.iterdir():
        left.unlink()
    hint = "nothing was fetched yet: pptui refresh fills the lists\n"
    for arguments in (["episodes"], ["episodes", "beta"]):
        assert shell(*arguments) == (0, "", hint)
    server.add("/Beta", status=503)
    shell("refresh", "beta")
    assert shell("episodes", "beta").err == hint
    server.add("/Beta", rss("Beta", item("One", 1)))
    done = shell("refresh")
    assert "Alpha: its list is filled again: 2 episodes\n" in done.out
    assert done.out.endswith("2 podcasts refreshed, 0 new episodes, 2 lists filled again\n")
    assert (len(shell("episodes").out.splitlines()), shell("episodes").err) == (3, "")
    server.add("/Beta", rss("Beta", item("One", 1), item("Two", 2)))
    found = {one["title"]: (one["new"], one["filled"]) for one in shell.json("refresh")}
    assert found == {"Alpha": (0, 0), "Beta": (1, 0)}


def test_a_password_is_asked_for_on_the_terminal_and_not_shown(shell: Shell, server: Server) -> None:
    server.add("/a.xml", rss("Alpha", item("One", 1)), login="me:hidden")
    with Terminal(["add", server.url("/a.xml")], shell.environment) as terminal:
        for password in ("guess", "hidden"):
            terminal.wait(r"user name:\s*\Z")
            terminal.press("me", "enter")
            terminal.wait(r"password:\s*\Z")
            terminal.press(password, "enter")
        assert terminal.wait_end() == 0
        assert "added: Alpha (1 episode)" in terminal.text
        assert "until pptui is closed: this system has no keyring" in " ".join(terminal.text.split())
        assert b"hidden" not in terminal.raw
    done = shell("refresh", "alpha")
    assert done.code == 1
    assert "a user name and a password are needed" in done.err
    with Terminal(["refresh", "alpha"], shell.environment) as terminal:
        terminal.wait(r"user name:\s*\Z")
        terminal.press("me", "enter")
        terminal.wait(r"password:\s*\Z")
        terminal.press("hidden", "enter")
        assert terminal.wait_end() == 0
        assert "Alpha: nothing new" in terminal.text


def test_without_a_terminal_a_password_is_not_waited_for(shell: Shell, server: Server) -> None:
    server.add("/a.xml", rss("Alpha", item("One", 1)), login="me:hidden")
    done = shell("add", server.url("/a.xml"))
    assert (done.code, done.out) == (1, "")
    assert done.err.endswith("the server says 401: a user name and a password are needed\n")


SHELF = rss(
    "Shelf",
    item("Talk 10", 1, length="10:00", notes="Nothing to see."),
    item("Talk 9", 2, length="1:10:00", notes="0:00 Hello<br>1:30 Middle<br>5:00 End<br>8:00 Music"),
    item("“Éclair”", 3, notes="At 12:30."),
)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), ["“Éclair”", "Talk 9", "Talk 10"]),
        (("--sort", "oldest"), ["Talk 10", "Talk 9", "“Éclair”"]),
        (("--sort", "longest"), ["Talk 9", "Talk 10", "“Éclair”"]),
        (("--sort", "shortest"), ["Talk 10", "Talk 9", "“Éclair”"]),
        (("--sort", "title"), ["“Éclair”", "Talk 9", "Talk 10"]),
        (("--sort", "title", "--limit", "2"), ["“Éclair”", "Talk 9"]),
        (("--filter", "unplayed"), ["“Éclair”", "Talk 10"]),
        (("--filter", "in-progress"), ["Talk 10"]),
        (("--filter", "chapters"), ["Talk 9"]),
        (("--filter", "downloaded"), []),
        (("--filter", "unplayed", "--sort", "oldest", "--limit", "1"), ["Talk 10"]),
    ],
    ids=" ".join,
)
def test_episodes_are_sorted_and_filtered(
    shell: Shell, options: tuple[str, ...], expected: list[str]
) -> None:
    (shell.folder / "shelf.xml").write_bytes(SHELF)
    shell("add", "shelf.xml")
    services = Services(own_paths(shell))
    for row in services.lists.open(services.podcast("Shelf").id).every():
        if row.episode.title != "“Éclair”":
            played = row.episode.title == "Talk 9"
            services.library.record(row.episode, Progress(position=0.0 if played else 5.0, played=played))
    services.close()
    assert [one["title"] for one in shell.json("episodes", "shelf", *options)] == expected
    assert [one["title"] for one in shell.json("episodes", *options)] == expected


def test_an_order_that_does_not_exist_is_wrong_usage(shell: Shell) -> None:
    done = shell("episodes", "--sort", "sideways")
    assert done.code == 2 and "--sort" in done.err and done.out == ""
