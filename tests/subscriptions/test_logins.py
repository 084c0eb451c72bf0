"""Audio behind its feed's password is played, and the password goes nowhere else: to no other server, into
no message, into no title."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pptui.models import Episode, Login, Subscription
from pptui.player.events import Ended, Event, Opened, Reason, Started
from pptui.store.library import Library
from pptui.subscriptions.logins import Logins
from tests import audio
from tests.keys import Keys
from tests.player.desk import Ear
from tests.server import Server

SECRET = "s3cr:t/@ä"
LOGIN = Login("me@home", SECRET)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return audio.silence(tmp_path_factory.mktemp("audio") / "silence.wav", 5).read_bytes()


@pytest.fixture
def logins(tmp_path: Path, server: Server, keys: type[Keys]) -> Iterator[Logins]:
    library = Library(tmp_path / "library.json")
    feed = Subscription("talks", server.url("/feed.xml"), "Talks", datetime.now(UTC))
    library.subscribe(feed)
    made = Logins(library, lambda line: None)
    made.keep(feed, LOGIN)
    yield made
    library.close()


ROOT = Path(__file__).parents[2]


def played(logins: Logins, enclosure: str, podcast: str = "talks") -> list[Event]:
    """Everything that the engine tells until it plays or has failed."""
    episode = Episode("one", podcast, "A talk", enclosure=enclosure)
    ear = Ear()
    told: list[Event] = []
    try:
        ear.engine.load(
            1, enclosure, paused=True, title=episode.title, address=lambda: logins.address(episode)
        )
        while not told or not isinstance(told[-1], Started | Ended):
            told.append(ear.arrived.get(timeout=20))
    finally:
        ear.engine.close()
    assert "s3cr" not in repr(told)
    return told


def authorized(server: Server) -> list[str]:
    return [request.path for request in server.requests if "authorization" in request.headers]


def test_audio_on_the_feeds_server_is_played_with_its_password(
    logins: Logins, server: Server, sound: bytes
) -> None:
    server.add("/one.wav", sound, content_type="audio/wav", login=f"{LOGIN.user}:{SECRET}")
    told = played(logins, server.url("/one.wav"))
    assert isinstance(told[-1], Started)
    assert any(isinstance(event, Opened) for event in told)
    assert "/one.wav" in authorized(server)
    assert all("s3cr" not in request.path for request in server.requests)


def test_audio_is_asked_for_without_the_password_that_the_keyring_withholds_and_that_is_said_once(
    logins: Logins, server: Server, keys: type[Keys]
) -> None:
    said: list[str] = []
    keys.locked = True
    locked = Logins(logins._library, said.append)
    episode = Episode("one", "talks", "A talk", enclosure=server.url("/one.wav"))
    assert {locked.address(episode) for _ in range(3)} == {server.url("/one.wav")}
    assert said == ["the password of Talks can't be had: the keyring can't be used (KeyringLocked)"]


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2"])
@pytest.mark.parametrize("asked", [False, True], ids=["open", "asked for a password itself"])
def test_a_server_that_the_audio_is_redirected_to_never_sees_the_password(
    logins: Logins, server: Server, sound: bytes, address: str, asked: bool
) -> None:
    with Server(address=address) as other:
        other.add("/one.wav", sound, content_type="audio/wav", login="no:body" if asked else "")
        server.add(
            "/one.wav",
            status=302,
            headers={"Location": other.url("/one.wav")},
            login=f"{LOGIN.user}:{SECRET}",
        )
        told = played(logins, server.url("/one.wav"))
        assert isinstance(told[-1], Ended if asked else Started)
        assert other.requests and authorized(other) == []


def test_audio_of_another_podcast_or_on_another_server_is_asked_for_without(
    logins: Logins, server: Server, sound: bytes
) -> None:
    server.add("/one.wav", sound, content_type="audio/wav")
    assert isinstance(played(logins, server.url("/one.wav"), "another")[-1], Started)
    with Server(address="127.0.0.2") as other:
        other.add("/one.wav", sound, content_type="audio/wav")
        assert isinstance(played(logins, other.url("/one.wav"))[-1], Started)
        assert authorized(server) == authorized(other) == []


# A process of its own: ffmpeg tells its log to one instance of mpv in each, and another test's may be left.
_REFUSED = """
import sys
from tests.player.desk import Ear
from pptui.player.events import Ended
ear = Ear()
ear.engine.load(1, sys.argv[1], paused=True, title="A talk", address=lambda: sys.argv[2])
told = [ear.arrived.get(timeout=20)]
while not isinstance(told[-1], Ended):
    told.append(ear.arrived.get(timeout=20))
ear.engine.close()
print(told[-1].reason, told[-1].message, sep="|", end="")
assert "s3cr" not in repr(told)
"""


def test_a_wrong_password_is_said_without_it(logins: Logins, server: Server, sound: bytes) -> None:
    server.add("/one.wav", sound, content_type="audio/wav", login="me:another")
    url = server.url("/one.wav")
    address = logins.address(Episode("one", "talks", "A talk", enclosure=url))
    assert "s3cr" in address
    command = [sys.executable, "-c", _REFUSED, url, address]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True, timeout=60)
    assert ended.stdout == f"{Reason.ERROR}|the server does not allow it (401)"
