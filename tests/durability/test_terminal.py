"""What strangers send reaches neither the terminal as more than text, nor a program that reads our output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests import media
from tests.durability import hostile
from tests.durability.tally import LONG, Tally, size
from tests.server import Server
from tests.shell import Shell
from tests.terminal import Terminal

ATTACKS = hostile.STEERING | hostile.MARKUP


def audio() -> bytes:
    """An MP3 whose chapters are the attacks, a minute each."""
    names = [f"c{number}" for number in range(len(ATTACKS))]
    chapters = [
        media.chap(
            name, 60.0 * n, 60.0 * (n + 1), f"I{n} {attack[:400]} END", link="https://example.org/" + name
        )
        for n, (name, attack) in enumerate(
            (name, one.encode("utf-8", "ignore").decode())
            for name, one in zip(names, ATTACKS.values(), strict=True)
        )
    ]
    return media.mp3(media.ctoc("toc", names), *chapters, sound=60 * 38 * len(names))


def chapters_file() -> bytes:
    """The same as JSON: with the characters themselves, and escaped."""
    rows = [
        {"startTime": 60 * n, "title": f"J{n} {one} END", "url": "https://example.org/" + one, "img": one}
        for n, one in enumerate(ATTACKS.values())
    ]
    return json.dumps({"chapters": rows, "title": ATTACKS["title"]}).encode()


@pytest.fixture(scope="module")
def serving() -> Iterator[Server]:
    """A server with a feed for each attack, and one where they are gathered."""
    with Server() as server:
        sound, chapters = server.url("/a.mp3"), server.url("/c.json")
        server.add("/a.mp3", audio(), content_type="audio/mpeg")
        server.add("/c.json", chapters_file(), content_type="application/json")
        for number, (name, attack) in enumerate(ATTACKS.items()):
            spellings = [hostile.written(attack, how) for how in hostile.HOW]
            items = "".join(
                hostile.item(f"{how} {name}", one, audio=sound, chapters=chapters)
                for how, one in zip(hostile.HOW, spellings, strict=True)
            )
            server.add(f"/{number}.xml", hostile.feed(name, spellings[number % 3], items))
        for how in hostile.HOW:
            one = hostile.gathered(how, audio=sound, chapters=chapters if how == "html" else "")
            server.add(f"/{how}.xml", hostile.feed(f"Gathered {how}", "", one))
        yield server


def feeds(server: Server) -> list[str]:
    names = [*map(str, range(len(ATTACKS))), *hostile.HOW]
    return [server.url(f"/{name}.xml") for name in names]


def answers(attack: str) -> Iterator[bytes]:
    """An attack in each part of an answer that may come into a message."""
    raw = attack.encode("utf-8", "surrogatepass").replace(b"\r", b" ").replace(b"\n", b" ")
    end = b"Content-Length: 0\r\nConnection: close\r\n\r\n"
    yield b"HTTP/1.1 500 " + raw + b"\r\n" + end
    yield b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="' + raw + b'"\r\n' + end
    yield b"HTTP/1.1 401 No\r\nWWW-Authenticate: " + raw + b"\r\n" + end
    yield b"HTTP/1.1 302 Found\r\nLocation: " + raw + b"\r\n" + end
    yield b"HTTP/1.1 302 Found\r\nLocation: http://" + raw + b".invalid/\r\n" + end
    yield b"HTTP/1.1 302 Found\r\nLocation: " + raw + b"://x/\r\n" + end
    yield b"HTTP/1.1 429 Slow\r\nRetry-After: " + raw + b"\r\n" + end
    yield b"HTTP/1.1 200 OK\r\nContent-Type: " + raw + b"\r\n" + end
    body = b"<" + raw.replace(b" ", b"") + b">" + raw
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    yield b"HTTP/1.1 200 OK\r\nContent-Encoding: " + raw + b"\r\nContent-Length: 1\r\n\r\nx"
    yield b"HTTP/1.1 " + raw + b"\r\n" + end
    yield raw + b"\r\n\r\n"


def clean(out: str | bytes, *, terminal: bool = False) -> None:
    found = hostile.problems(out.encode() if isinstance(out, str) else out, terminal=terminal)
    assert found == []


def test_no_command_prints_what_steers_the_terminal(shell: Shell, serving: Server, tally: Tally) -> None:
    done = shell("add", *feeds(serving))
    clean(done.out + done.err)
    assert done.out.count("added: ") == len(ATTACKS) + 3, done.err
    for command in (
        ["podcasts"],
        ["podcasts", "--json"],
        ["episodes", "--limit", "1000"],
        ["episodes", "--limit", "1000", "--json"],
        ["search", "END"],
        ["search", "END", "--json"],
        ["search", "PWNED"],
        ["search", ATTACKS["clear"]],
        ["chapters", serving.url("/a.mp3")],
        ["chapters", serving.url("/a.mp3"), "--json"],
        *(["chapters", serving.url(f"/{how}.xml"), "--origin", "all"] for how in hostile.HOW),
        *(["chapters", serving.url(f"/{how}.xml"), "--json"] for how in hostile.HOW),
        *(["chapters", serving.url("/c.json"), "--format", one] for one in ("text", "json", "cue", "webvtt")),
        ["chapters", serving.url("/c.json"), "--format", "ffmetadata"],
        ["chapters", serving.url("/c.json"), "--format", "psc"],
        ["refresh"],
        ["refresh", "--json"],
        ["status"],
        ["remove", "F title "],
    ):
        done = shell(*command)
        clean(done.out + done.err)
        assert len(done.out + done.err) > 10, command
        if "--json" in command:
            json.loads(done.out)
        tally.add(inputs=len(ATTACKS))


def test_no_message_about_a_server_carries_what_it_said(shell: Shell, server: Server, tally: Tally) -> None:
    addresses = []
    for number, attack in enumerate(ATTACKS.values()):
        for kind, answer in enumerate(answers(attack)):

            def send(handler: BaseHTTPRequestHandler, answer: bytes = answer) -> None:
                handler.wfile.write(answer)
                handler.close_connection = True

            server.add(f"/{number}/{kind}", handler=send)
            addresses.append(server.url(f"/{number}/{kind}"))
    done = shell("add", *addresses)
    clean(done.out + done.err)
    assert done.code == 1 and done.out == ""
    assert done.err.count("pptui: ") >= len(addresses)
    tally.add(inputs=len(addresses))


def test_a_name_on_the_command_line_is_repeated_as_text(shell: Shell, tmp_path: Path, tally: Tally) -> None:
    commands = ("add", "play", "chapters", "refresh", "remove", "search", "episodes --podcast")
    for number, attack in enumerate(ATTACKS.values()):
        name = (
            attack.replace("\0", "")
            .replace("/", "")
            .encode("utf-8", "ignore")[:100]
            .decode("utf-8", "ignore")
        )
        (tmp_path / f"{name}.xml").write_bytes(hostile.feed("x", "", "<item><title>One</title></item>"))
        some = commands[number % 7 :][:1] if not LONG else commands
        for command, source in [*((one, name) for one in some), ("chapters", f"./{name}.xml")]:
            done = shell(*command.split(), *([] if "--podcast" in command else ["--"]), source)
            clean(done.out + done.err)
            tally.add(inputs=1)
    # Bytes that are no text in any encoding.
    done_raw = subprocess.run(
        [sys.executable, "-m", "pptui", "chapters", b"\xff\x9b2J\x1b[2J.mp3"],
        env=shell.environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    clean(done_raw.stdout + done_raw.stderr)
    assert done_raw.returncode == 1 and b"Traceback" not in done_raw.stderr


def test_no_screen_lets_it_through(shell: Shell, serving: Server, tally: Tally) -> None:
    assert shell("add", *feeds(serving)).out.count("added: ") == len(ATTACKS) + 3
    down = [b"HTTP/1.1 302 Found\r\nLocation: http://" + os.fsencode(ATTACKS["C1 OSC"]) + b"\r\n\r\n"]

    def broken(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(down[0])
        handler.close_connection = True

    serving.add("/refused", handler=broken)
    last = len(ATTACKS) - 1
    with Terminal([], shell.environment, 110, 100) as terminal:
        terminal.wait("F nul END")
        tally.add(inputs=3 * len(ATTACKS))
        terminal.press("f")
        terminal.wait("esc closes")
        terminal.press("escape")
        terminal.wait("esc closes", gone=True)
        terminal.press("j", "m")
        terminal.wait("Played: T")
        terminal.press("u")
        terminal.wait("Taken back")
        terminal.press("?")
        terminal.wait("Podcasts and episodes")
        terminal.press("escape")
        terminal.wait("Podcasts and episodes", gone=True)
        terminal.press("R")
        terminal.wait(r"\d of \d+ refreshed")
        terminal.wait(r"\d of \d+ refreshed", gone=True)
        terminal.press("!")
        terminal.wait("The last refresh")
        terminal.press("escape")
        terminal.wait("The last refresh", gone=True)
        terminal.press("a")
        terminal.wait("enter adds")
        terminal.press(*serving.url("/refused"), "enter")
        terminal.wait("redirects|not an address|not to be found")
        terminal.press("escape")
        terminal.wait("enter adds", gone=True)
        terminal.press("\x10")
        terminal.wait("Search for commands")
        terminal.press("escape")
        terminal.wait("Search for commands", gone=True)
        for how in size(hostile.HOW[-1:], hostile.HOW):
            terminal.press("/")
            terminal.wait("Finds words|found")
            terminal.press(*f'"gathered {how}"')
            terminal.wait(f"● Gathered {how}")
            terminal.press("down", "enter")
            terminal.wait(rf"[KJI]{last} ")
            terminal.wait("Similar episodes")  # which takes its room from the notes
            terminal.press("h", "G")
            terminal.wait(rf"N{last} ")
            tally.add(inputs=2 * len(ATTACKS))
            terminal.press("y")
            terminal.wait("Link copied")
            terminal.press("Y")
            terminal.wait("Link at .* copied")
            terminal.press("p")
            terminal.wait(f"▶ Gathered {how}")
            for _ in range(4):
                terminal.press(".")
            terminal.press("escape")
            terminal.wait("Similar episodes", gone=True)
            terminal.press("escape")
            terminal.wait("Continue")
        terminal.press("q")
        assert terminal.wait_end() == 0
        clean(bytes(terminal.raw), terminal=True)
