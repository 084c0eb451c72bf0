"""A password in an address is nowhere to be seen: not printed, logged, stored in the open, or copied."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pptui import desktop
from pptui.app import PptuiApp
from pptui.services import Services
from pptui.store.selection import Kind, Selection
from tests import material
from tests.durability.tally import Tally
from tests.keys import Keys
from tests.server import Server
from tests.shell import Shell

SECRET = "hunter2secret"
USER = f"listener:{SECRET}"


def with_password(address: str) -> str:
    return address.replace("://", f"://{USER}@")


def test_no_command_and_no_file_of_ours_has_it(
    shell: Shell, server: Server, keys: type[Keys], tmp_path: Path, tally: Tally
) -> None:
    """The user's own, typed with the address of a feed."""
    feed = material.feed("Show", [material.item(1, "One")])
    server.add("/feed.xml", feed, login=USER)
    server.add("/wrong.xml", b"no feed", content_type="text/plain", login=USER)
    server.redirect("/moved.xml", with_password(server.url("/feed.xml")), 301)
    own = [server.url(path, user=USER) for path in ("/feed.xml", "/wrong.xml", "/none.xml", "/moved.xml")]
    commands = [
        ["add", *own],
        ["add", f"ftp://{USER}@127.0.0.1/", f"https://{USER}@[broken/", f"http://{USER}@127.0.0.1:1/"],
        ["podcasts"],
        ["podcasts", "--json"],
        ["episodes", "--json"],
        ["refresh"],
        ["refresh", "--json"],
        ["chapters", own[0]],
        ["chapters", own[1]],
        ["chapters", own[2]],
        ["play", own[0]],
        ["play", own[2]],
        ["search", SECRET],
        ["remove", own[2]],
        ["status", "--json"],
        ["paths"],
    ]
    for command in commands:
        done = shell(*command)
        # What was searched for is the one thing that is repeated.
        assert command[0] == "search" or SECRET not in done.out + done.err, command
        tally.add(inputs=1)
    assert any(SECRET in str(one) for one in keys.held.values())
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "library.json" for path in written)
    assert [path.name for path in written if SECRET.encode() in path.read_bytes()] == []


def test_what_a_feed_has_in_its_addresses_is_not_shown(shell: Shell, tmp_path: Path, tally: Tally) -> None:
    """A publisher's, which is everybody's, but may be one that was meant for somebody."""
    place = with_password("https://example.org/x")
    rows = json.dumps({"chapters": [{"startTime": 0, "title": "A", "url": place, "img": place}]})
    (tmp_path / "chapters.json").write_text(rows)
    item = material.item(1, "One", notes=f"See {place} or <a href='{place}'>there</a>. (00:00) A (10:00) B")
    item = item.replace("https://example.org/episodes/1", place).replace(
        "https://example.org/audio/1.mp3", place
    )
    (tmp_path / "feed.xml").write_text(
        material.feed("Show", [item]).replace("https://example.org/<", f"{place}<")
    )
    shell("add", "feed.xml")
    for command in (
        ["podcasts", "--json"],
        ["episodes"],
        ["episodes", "--json"],
        ["chapters", "chapters.json"],
        ["chapters", "chapters.json", "--json"],
        *(
            ["chapters", "chapters.json", "--format", name]
            for name in ("text", "json", "psc", "webvtt", "cue")
        ),
        ["chapters", "chapters.json", "--format", "ffmetadata"],
        ["chapters", "feed.xml", "--json"],
        ["play", place],
    ):
        done = shell(*command)
        assert SECRET not in done.out + done.err, command
        tally.add(inputs=1)


@pytest.mark.parametrize("key", ["y", "Y", "o"])
async def test_the_clipboard_and_the_remarks_have_none(
    key: str, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    monkeypatch.setattr(desktop, "open_link", lambda link: False)
    monkeypatch.setattr(desktop, "copy", copied.append)
    item = material.item(1, "One").replace(
        "https://example.org/episodes/1", with_password("https://example.org/x")
    )
    material.add(services, tmp_path, "feed.xml", material.feed("Show", [item]))
    app = PptuiApp(services)
    said: list[str] = []
    monkeypatch.setattr(app, "notify", lambda line, **_: said.append(line))
    async with app.run_test() as pilot:
        selection = Selection(Kind.PODCAST, services.podcasts()[0].id)
        app.open_episode(services.catalogue.episodes(selection, 0, 1)[0])
        await pilot.pause()
        await pilot.press(key)
        for _ in range(100):
            if said and copied:
                break
            await pilot.pause(0.02)
        assert "example.org/x" in app.clipboard + "".join(copied)
        assert SECRET not in app.clipboard + "".join(copied) + "".join(said)
