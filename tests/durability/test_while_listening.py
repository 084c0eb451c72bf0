"""While listening: the network goes away, the audio device, and mpv itself. Real libmpv, a real server."""

from __future__ import annotations

import json
import shutil
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pptui.models import Playback, State
from pptui.player import engine
from tests import audio
from tests.durability.network import Network
from tests.durability.tally import Tally, size
from tests.player.desk import SILENT, Listener, episode
from tests.terminal import Terminal, home, pptui_with

PARTS, SECONDS = 8, 3
DIRECT = {**SILENT, "stream-lavf-o": "reconnect=0"}
"""Without ffmpeg's own attempts, which take 11 s before pptui's begin."""


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return audio.tones(tmp_path_factory.mktemp("audio") / "tones.wav", PARTS, SECONDS).read_bytes()


@pytest.fixture
def network(body: bytes) -> Iterator[Network]:
    one = Network(body)
    yield one
    one.close()


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    made: list[Listener] = []

    def make(options: dict[str, str]) -> Listener:
        made.append(Listener(options))
        return made[-1]

    yield make
    for one in made:
        one.player.close()


Make = Callable[..., Listener]


MIDDLE = PARTS * SECONDS / 2


def play_into_the_middle(one: Listener, network: Network, *, silent: bool = False) -> None:
    """It plays, and from the middle of the file on nothing gets through."""
    network.until = len(network.body) // 2
    one.player.play(episode(network.url), at=MIDDLE - 1)
    one.until(lambda now: now.state is State.PLAYING)
    one.haste = 40 if silent else 10
    network.away(network.until, silent=silent)


def goes_on(one: Listener, network: Network, tally: Tally, place: float) -> None:
    """The network comes back, and so does what plays, where it was."""
    network.back()
    on = one.until(lambda now: now.state is State.PLAYING)
    kept = one.saved[-1].entry.position
    tally.add(faults=1, losses=max(abs(on.position - place), abs(kept - place)) >= 1)
    assert on.position == pytest.approx(place, abs=0.3)
    assert kept == pytest.approx(place, abs=0.5)
    assert (on.error, on.again) == ("", False)
    one.until(lambda now: now.position > place + 1)


def test_a_network_that_goes_away_and_comes_back_is_gone_on_with_at_the_same_second(
    listen: Make, network: Network, tally: Tally
) -> None:
    one = listen(DIRECT)
    play_into_the_middle(one, network)
    # What is buffered plays to its end.
    failed = one.until(lambda now: now.state is State.FAILED)
    assert failed.position == pytest.approx(MIDDLE, abs=0.4)
    assert failed.again and failed.error == "the connection was cut"
    assert one.saved[-1].entry.position == failed.position
    one.until(lambda now: now.error == "the server refuses the connection")
    tries = [now for now in one.shown if now.state is State.LOADING and now.again]
    assert tries and all(now.position == failed.position and now.error for now in tries)
    goes_on(one, network, tally, failed.position)


def test_a_network_that_swallows_everything_is_given_up_and_gone_on_with_at_the_same_second(
    listen: Make, network: Network, tally: Tally
) -> None:
    one = listen(SILENT)
    play_into_the_middle(one, network, silent=True)
    waiting = one.until(lambda now: now.state is State.BUFFERING)
    failed = one.until(lambda now: now.state is State.FAILED)
    assert failed.position == pytest.approx(waiting.position, abs=0.5)
    assert failed.again and failed.error == "nothing came for 20 s"
    goes_on(one, network, tally, failed.position)


def test_a_break_that_ffmpeg_gets_over_itself_is_not_even_a_remark(
    listen: Make, network: Network, tally: Tally
) -> None:
    one = listen(SILENT)
    play_into_the_middle(one, network)
    one.until(lambda now: now.position > MIDDLE - 0.5)
    network.back()
    one.until(lambda now: now.position > MIDDLE + 1)
    tally.add(faults=1)
    assert not any(now.error for now in one.shown)


def test_what_is_paused_while_nothing_comes_goes_on_there_when_it_is_wanted_again(
    listen: Make, network: Network, tally: Tally
) -> None:
    one = listen(SILENT)
    play_into_the_middle(one, network, silent=True)
    waiting = one.until(lambda now: now.state is State.BUFFERING)
    one.player.toggle()
    network.back()
    assert one.now.state is State.PAUSED
    one.player.toggle()
    goes_on(one, network, tally, waiting.position)


@pytest.mark.parametrize("times", [size(2, 40)])
def test_a_network_that_comes_and_goes_loses_nothing_of_what_was_said(
    listen: Make, network: Network, tally: Tally, times: int
) -> None:
    one = listen(DIRECT)
    one.player.restore(speed=3)
    network.until = len(network.body) // 8
    one.player.play(episode(network.url), at=1)
    one.until(lambda now: now.state is State.PLAYING)
    one.haste = 10
    for number in range(times):
        part = 1 + number % (PARTS - 2)
        if part == 1:
            one.player.seek_to(1)
        network.away(len(network.body) * part // PARTS)
        failed = one.until(lambda now: now.state is State.FAILED)
        network.back()
        network.until = len(network.body) * (part + 1) // PARTS
        on = one.until(lambda now: now.state is State.PLAYING)
        tally.add(faults=1, losses=abs(on.position - failed.position) >= 1)
        assert on.position == pytest.approx(failed.position, abs=0.3)


# The audio device.


class Sound:
    """A device for mpv that can be taken away: a file in a folder, for `ao=pcm`, which plays as fast as it
    can. mpv is told of it as its drivers tell it, by having its output made anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "device"
        self._line = folder / "mpv"
        self.options = {
            "ao": "pcm",
            "ao-pcm-file": str(self.folder / "out.wav"),
            "input-ipc-server": str(self._line),
        }
        self.folder.mkdir()

    def pull(self) -> None:
        shutil.rmtree(self.folder)
        self.tell("ao-reload")

    def plug(self) -> None:
        self.folder.mkdir()

    def tell(self, command: str) -> None:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self._line))
            line.sendall(json.dumps({"command": [command]}).encode() + b"\n")
            line.recv(1)


@pytest.fixture
def sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sound:
    monkeypatch.setattr(engine, "_LISTEN", 0.2)
    return Sound(tmp_path)


@pytest.fixture(scope="module")
def hours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Long enough for `ao=pcm`, which plays an hour in some seconds; on the disk it is nearly nothing."""
    path = audio.silence(tmp_path_factory.mktemp("audio") / "hours.wav", 0)
    head = bytearray(path.read_bytes())
    length = 2 * 8000 * 3600 * 8
    struct.pack_into("<I", head, 4, length + 36)
    struct.pack_into("<I", head, 40, length)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + length)
    return path


def without_device(one: Listener, sound: Sound, hours: Path) -> Playback:
    one.player.play(episode(hours))
    one.until(lambda now: now.state is State.PLAYING and now.position > 1)
    sound.pull()
    return one.until(lambda now: now.state is State.PAUSED)


def test_when_the_device_is_gone_it_pauses_says_so_and_goes_on_when_it_is_back(
    listen: Make, sound: Sound, hours: Path, tally: Tally
) -> None:
    one = listen(sound.options)
    gone = without_device(one, sound, hours)
    assert (gone.position > 1, one.saved[-1].entry.paused) == (True, True)
    gone = one.until(lambda now: bool(now.error))
    assert (gone.error, gone.again) == ("the audio device is gone", True)
    sound.plug()
    on = one.until(lambda now: now.state is State.PLAYING)
    # In silence it had gone on for a moment, until pptui knew.
    tally.add(faults=1, losses=not 0 <= on.position - gone.position < 5)
    assert 0 <= on.position - gone.position < 5
    assert (on.error, on.again) == ("", False)
    one.until(lambda now: now.position > on.position)


def test_without_a_device_space_says_whether_it_goes_on_by_itself(
    listen: Make, sound: Sound, hours: Path, tally: Tally
) -> None:
    one = listen(sound.options)
    without_device(one, sound, hours)
    one.until(lambda now: now.again)
    assert one.player.toggle() == "it stays paused"
    assert not one.now.again and one.now.error
    sound.plug()
    back = one.until(lambda now: not now.error)
    tally.add(faults=1)
    assert back.state is State.PAUSED
    assert one.player.toggle() == ""
    one.until(lambda now: now.state is State.PLAYING and now.position > back.position)


def test_what_is_loaded_while_the_device_is_gone_is_not_played_in_silence(
    listen: Make, sound: Sound, hours: Path, tally: Tally
) -> None:
    one = listen(sound.options)
    without_device(one, sound, hours)
    one.until(lambda now: now.again)
    one.player.retry()
    one.until(lambda now: now.state is State.PAUSED and now.again)
    one.player.play(episode(hours, "two"), at=600)
    waiting = one.until(lambda now: now.state is State.PAUSED and now.again)
    assert waiting.position == pytest.approx(600, abs=1)
    sound.plug()
    one.until(lambda now: now.state is State.PLAYING and now.position > 601)
    tally.add(faults=2)


# mpv itself.


def test_when_mpv_ends_from_inside_trying_again_starts_another_at_the_same_second(
    listen: Make, hours: Path, tally: Tally
) -> None:
    one = listen({"ao": "null"})
    for number in range(size(1, 20)):
        one.player.play(episode(hours), at=600.0 * (number + 1))
        one.until(lambda now: now.state is State.PLAYING)
        # Not by its socket: the one that ends may take the next one's name away.
        one.engine._core._mpv.command("quit")
        failed = one.until(lambda now: now.state is State.FAILED)
        assert (failed.error, failed.again) == ("mpv has ended", False)
        assert one.player.retry() == ""
        on = one.until(lambda now: now.state is State.PLAYING)
        tally.add(faults=1, losses=abs(on.position - failed.position) >= 1)
        assert on.position == pytest.approx(failed.position, abs=0.3)


# In the app.


def test_the_bar_says_that_the_network_is_away_and_the_app_goes_on_when_it_is_back(
    tmp_path: Path, network: Network, tally: Tally
) -> None:
    environment = home(tmp_path, stream_lavf_o="reconnect=0", ao_null_speed="3")
    sooner = pptui_with("from pptui.player import retries\nretries._WAITS = (0.5,)", tmp_path)
    with Terminal(["play", network.url, "--at", "0:11"], environment, program=sooner) as terminal:
        network.until = len(network.body) // 2
        terminal.wait(r"0:1\d .*0:24")
        network.away(network.until)
        terminal.wait(r"! .*refuses the connection · trying again …")
        terminal.wait(r"0:1[12] .*0:24")
        network.back()
        terminal.wait(r"▶ ")
        terminal.wait(r"0:(1[3-9]|2\d) .*0:24")
        terminal.press("q")
        assert terminal.wait_end() == 0
    tally.add(faults=1)


def test_when_mpv_ends_the_app_stays_and_t_starts_it_again(
    tmp_path: Path, hours: Path, sound: Sound, tally: Tally
) -> None:
    environment = home(tmp_path, input_ipc_server=sound.options["input-ipc-server"], ao_null_speed="3")
    with Terminal(["play", str(hours), "--at", "1:00:00"], environment) as terminal:
        terminal.wait(r"1:0\d:\d[1-9]")
        sound.tell("quit")
        terminal.wait(r"! .*mpv has ended")
        terminal.press("t")
        terminal.wait(r"▶ ")
        terminal.wait(r"1:0\d:\d[2-9]")
        terminal.press("q")
        assert terminal.wait_end() == 0
    tally.add(faults=1)
