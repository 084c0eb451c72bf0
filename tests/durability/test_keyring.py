"""A keyring that never answers, as a Secret Service whose dialog nobody sees: it costs the podcasts with a
password one wait together and the others nothing, and what it can not forget is told."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pptui.feeds.passwords import PATIENCE
from tests import material
from tests.server import Server
from tests.shell import Shell
from tests.terminal import Terminal

LOGIN = "me:secret"
WITHHELD = "the keyring does not answer"

# The command line with a limit that a test can wait for.
HURRIED = """
import sys
from pptui.cli import main
from pptui.feeds import passwords
passwords.PATIENCE = 0.3
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def keyring(shell: Shell) -> Path:
    """The file of a keyring that the shell's processes have."""
    path = shell.folder / "keyring"
    chosen = {"PYTHON_KEYRING_BACKEND": "tests.keys.Filed", "TEST_KEYRING": str(path)}
    shell.environment = {**shell.environment, **chosen}
    return path


def run(shell: Shell, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", HURRIED, *arguments],
        env=shell.environment,
        cwd=shell.folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def held(keyring: Path) -> int:
    return len(json.loads(keyring.read_text()))


@pytest.fixture
def podcasts(shell: Shell, keyring: Path) -> Iterator[list[Server]]:
    """Ten podcasts with a password, on five servers: more than are fetched at once. And two without."""
    with ExitStack() as stack:
        servers = [stack.enter_context(Server(address=f"127.0.0.{number}")) for number in range(1, 6)]
        addresses = []
        for number in range(10):
            server = servers[number % 5]
            feed = material.feed(f"Locked {number}", [material.item(1, "One")])
            server.add(f"/{number}.xml", feed, login=LOGIN)
            addresses.append(server.url(f"/{number}.xml", user=LOGIN))
        for name in ("a", "b"):
            servers[0].add(f"/{name}.xml", material.feed(f"Open {name}", [material.item(1, "One")]))
            addresses.append(servers[0].url(f"/{name}.xml"))
        added = run(shell, "add", *addresses)
        assert (added.returncode, added.stderr) == (0, "")
        assert held(keyring) == 10
        for name in ("a", "b"):
            items = [material.item(number, f"Part {number}") for number in (1, 2)]
            servers[0].add(f"/{name}.xml", material.feed(f"Open {name}", items))
        for server in servers:
            server.requests.clear()
        yield servers


def test_it_is_waited_for_once_and_the_others_are_refreshed(
    shell: Shell, keyring: Path, podcasts: list[Server]
) -> None:
    Path(f"{keyring}.hangs").touch()
    done = run(shell, "refresh", "--json")
    assert (done.returncode, done.stderr) == (1, "")
    ended = {one["title"]: one for one in json.loads(done.stdout)}
    assert [ended[f"Open {name}"]["new"] for name in "ab"] == [1, 1]
    locked = [one for title, one in ended.items() if "Locked" in title]
    assert {(one["ending"], one["error"]) for one in locked} == {("login", WITHHELD)}
    asked = sorted(request.path for server in podcasts for request in server.requests)
    assert asked == ["/a.xml", "/b.xml"], "a server is not asked without the password that it wants"
    said = run(shell, "refresh")
    assert (said.returncode, said.stderr.count(WITHHELD)) == (1, 10)
    assert said.stdout == "2 podcasts refreshed, 0 new episodes, 10 without a password\n"
    Path(f"{keyring}.hangs").unlink()
    again = run(shell, "refresh")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == "12 podcasts refreshed, 0 new episodes\n"


def test_while_it_is_waited_for_the_others_are_through_and_ctrl_c_ends_it(
    shell: Shell, keyring: Path, podcasts: list[Server]
) -> None:
    Path(f"{keyring}.hangs").touch()
    with Terminal(["refresh"], shell.environment) as refreshing:
        for name in "ab":
            refreshing.wait(f"Open {name}: 1 new")
        refreshing.wait("2 of 12 refreshed")
        begun = time.monotonic()
        refreshing.kill(signal.SIGINT)
        assert refreshing.wait_end() == 130
        assert time.monotonic() - begun < PATIENCE / 2


def test_the_player_refreshes_the_others_and_ends_at_once(
    shell: Shell, keyring: Path, podcasts: list[Server]
) -> None:
    Path(f"{keyring}.hangs").touch()
    with Terminal([], shell.environment) as player:
        player.wait("Open b")
        player.press("R")
        player.wait("2 of 12 refreshed")
        begun = time.monotonic()
        player.press("q")
        assert player.wait_end() == 0
        assert time.monotonic() - begun < PATIENCE / 2


def test_while_one_is_added_with_its_password_the_others_are_taken_in(
    shell: Shell, keyring: Path, server: Server
) -> None:
    for name in ("locked", "a", "b"):
        server.add(f"/{name}.xml", material.feed(name, [material.item(1, "One")]))
    Path(f"{keyring}.hangs").touch()
    addresses = [server.url("/locked.xml", user=LOGIN), server.url("/a.xml"), server.url("/b.xml")]
    with shell.start("add", *addresses) as adding:
        end = time.monotonic() + PATIENCE / 2
        while len(shell.json("podcasts")) < 3:
            assert time.monotonic() < end
        assert adding.poll() is None
        Path(f"{keyring}.hangs").unlink()
        out, err = adding.communicate(timeout=30)
    assert (adding.returncode, err) == (0, b"")
    assert out.decode().splitlines() == [f"added: {name} (1 episode)" for name in ("locked", "a", "b")]
    assert held(keyring) == 1


def test_podcasts_with_a_password_have_it_also_where_adding_them_was_broken_off(
    shell: Shell, keyring: Path, server: Server
) -> None:
    for name in "ab":
        server.add(f"/{name}.xml", material.feed(name, [material.item(1, "One")]), login=LOGIN)
    Path(f"{keyring}.hangs").touch()
    with shell.start("add", *(server.url(f"/{name}.xml", user=LOGIN) for name in "ab")) as adding:
        end = time.monotonic() + PATIENCE / 2
        while len(shell.json("podcasts")) < 2:
            assert time.monotonic() < end
        adding.send_signal(signal.SIGINT)
        adding.communicate(timeout=PATIENCE / 2)
    assert adding.returncode == 130
    server.requests.clear()
    done = json.loads(run(shell, "refresh", "--json").stdout)
    assert [one["error"] for one in done] == [WITHHELD, WITHHELD]
    assert server.requests == [], "a server is not asked without the password that it wants"


def test_a_password_that_can_not_be_forgotten_is_told_of(
    shell: Shell, keyring: Path, podcasts: list[Server]
) -> None:
    Path(f"{keyring}.hangs").touch()
    removed = run(shell, "remove", "Locked 1", "Locked 2")
    still = "the password of Locked {} may still be in the keyring: " + WITHHELD
    assert [line.partition(": ")[2] for line in removed.stderr.splitlines()] == list(map(still.format, "12"))
    assert removed.returncode == 0 and "removed: Locked 1 (what was heard is kept" in removed.stdout
    Path(f"{keyring}.hangs").unlink()
    assert run(shell, "remove", "Locked 3").stderr == ""
    assert held(keyring) == 9
