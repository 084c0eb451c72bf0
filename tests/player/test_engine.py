"""The engine on real libmpv, without a sound card."""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pptui.player.engine import NO_DEVICE, MpvEngine
from pptui.player.events import (
    Buffered,
    Ended,
    EngineLost,
    Event,
    Missing,
    Notice,
    Opened,
    Paused,
    Reason,
    Started,
    Stayed,
    Ticked,
)
from tests import audio
from tests.player.desk import TIMEOUT, Ear, MediaServer, Shelf, Tape

Make = Callable[..., Ear]
PARTS = 8
SECONDS = 3


@pytest.fixture(scope="module")
def tones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return audio.tones(tmp_path_factory.mktemp("audio") / "tones.wav", PARTS, SECONDS)


LONG = 20


@pytest.fixture(scope="module")
def long_tones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For a tape: mpv writes four seconds at once, and answers one question of the engine in between."""
    return audio.tones(tmp_path_factory.mktemp("audio") / "long.wav", PARTS, LONG)


def pcm(path: Path, **more: str) -> dict[str, str]:
    """mpv writes what it would play to a file, as fast as it can."""
    return {"ao": "pcm", "ao-pcm-file": str(path), "audio-format": "s16", **more}


@pytest.mark.parametrize("part", range(PARTS))
def test_playing_from_a_chapter_before_anything_is_loaded_sounds_that_chapter_from_its_first_50_ms(
    ear: Make, tones: Path, tmp_path: Path, part: int
) -> None:
    out = tmp_path / "out.wav"
    one = ear(pcm(out))
    one.engine.load(1, str(tones), start=part * SECONDS)
    one.wait(Ended)
    one.engine.close(5)
    windows = audio.heard(out, PARTS)
    assert [index for index, _ in windows] == list(range(part, PARTS)), windows
    assert all(count == SECONDS * 20 for _, count in windows), windows


# Four tones of two seconds with a chapter each, made of `audio.tones` by ffmpeg and LAME (VBR), whose
# frames borrow bits from the ones before them.
MP3 = Path(__file__).parent / "tones.mp3"


@pytest.mark.parametrize("part", range(4))
def test_a_chapter_of_an_mp3_file_begins_with_its_own_sound_and_not_with_silence(
    ear: Make, tmp_path: Path, part: int
) -> None:
    out = tmp_path / "out.wav"
    one = ear(pcm(out))
    one.engine.load(1, str(MP3), paused=True)
    chapters = one.wait(Opened).chapters
    assert [chapter.title for chapter in chapters] == ["Tone 1", "Tone 2", "Tone 3", "Tone 4"]
    one.engine.load(2, str(MP3), start=chapters[part].start)
    one.wait(Ended, lambda event: event.load == 2)
    one.engine.close(5)
    windows = audio.heard(out, 4, window=0.025)
    assert [index for index, _ in windows] == list(range(part, 4)), windows


HALF_A_SECOND = audio.RATE


@pytest.mark.skipif(sys.platform != "linux", reason="needs a pipe of a known size")
@pytest.mark.parametrize(("before", "after"), [(1, 4), (3, 0), (0, 5)])
def test_jumping_to_a_chapter_while_playing_sounds_that_chapter_and_nothing_between(
    ear: Make, long_tones: Path, tmp_path: Path, before: int, after: int
) -> None:
    tape = Tape(tmp_path)
    one = ear(pcm(tape.path))
    one.engine.load(1, str(long_tones), start=before * LONG)
    tape.turn(HALF_A_SECOND)
    one.engine.seek(2, after * LONG)
    while not one.happened(Started, lambda event: event.jump == 2):
        tape.turn(8192)
    tape.turn(2 * HALF_A_SECOND)
    windows = audio.heard(tape.close(), PARTS, window=0.01)
    # mpv writes some seconds at once, so what played may have gone on a little; one window may hold
    # the end of the old and the beginning of the new.
    assert all(count == 1 for index, count in windows if index == PARTS), windows
    order = [index for index, _ in windows if index != PARTS]
    ways = [
        [*range(before, before + jump), *range(after, after + len(order) - jump)]
        for jump in range(1, len(order))
    ]
    assert order in ways, windows
    assert windows[0][1] >= 50 and dict(windows)[after] >= 40


@pytest.mark.skipif(sys.platform != "linux", reason="needs a pipe of a known size")
def test_loading_another_file_while_one_plays_sounds_the_asked_place_of_the_new_one(
    ear: Make, long_tones: Path, tmp_path: Path
) -> None:
    tape = Tape(tmp_path)
    one = ear(pcm(tape.path, **{"ao-pcm-waveheader": "no"}))
    one.engine.load(1, str(long_tones))
    tape.turn(HALF_A_SECOND)
    one.engine.load(2, str(long_tones), start=4 * LONG)
    while not one.happened(Started, lambda event: event.load == 2):
        tape.turn(8192)
    tape.turn(2 * HALF_A_SECOND)
    windows = audio.heard(tape.close(), PARTS, window=0.01)
    assert all(count == 1 for index, count in windows if index == PARTS), windows
    order = [index for index, _ in windows if index != PARTS]
    # How far the first file gets before the second is open is the machine's affair.
    ways = [[*range(jump), *range(4, 4 + len(order) - jump)] for jump in range(1, len(order))]
    assert order in ways, windows


def test_the_file_says_how_long_it_is_before_playback_starts_at_the_asked_place(
    ear: Make, tones: Path
) -> None:
    one = ear()
    one.engine.load(7, str(tones), start=10)
    opened = one.wait(Opened)
    assert opened == Opened(7, 24.0, (), seekable=True, live=False)
    started = one.wait(Started)
    assert (started.load, started.jump) == (7, 7)
    assert started.position == pytest.approx(10, abs=0.3)


def test_a_server_without_ranges_sounds_the_asked_place_all_the_same(
    ear: Make, server: MediaServer, tones: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.wav"
    one = ear(pcm(out))
    one.engine.load(1, server.put("/a.wav", Shelf(tones.read_bytes(), ranges=False)), start=5 * SECONDS)
    one.wait(Ended)
    one.engine.close(5)
    assert audio.heard(out, PARTS) == [(part, SECONDS * 20) for part in (5, 6, 7)]


def test_on_a_server_without_ranges_what_is_loaded_can_be_moved_about_in(
    ear: Make, server: MediaServer, tones: Path
) -> None:
    one = ear()
    shelf = Shelf(tones.read_bytes(), ranges=False)
    one.engine.load(1, server.put("/a.wav", shelf), paused=True)
    assert not one.wait(Opened).seekable
    one.wait(Buffered, lambda event: event.until > 23)
    for number, place in enumerate((20.0, 3.0, 0.0), 2):
        one.engine.seek(number, place)
        assert one.wait(Started).position == pytest.approx(place, abs=0.3)
    assert shelf.asked == ["bytes=0-"]


def test_on_a_server_without_ranges_what_is_not_loaded_leaves_playback_where_it_is(
    ear: Make, server: MediaServer, tones: Path
) -> None:
    one = ear({"ao": "null", "demuxer-max-bytes": "32KiB", "demuxer-max-back-bytes": "32KiB"})
    one.engine.load(1, server.put("/a.wav", Shelf(tones.read_bytes(), ranges=False)), start=12)
    place = one.wait(Started).position
    assert place == pytest.approx(12, abs=0.3)
    for number, other in enumerate((23.0, 2.0), 2):
        one.engine.seek(number, other)
        stayed = one.wait(Stayed)
        assert (stayed.jump, stayed.text.startswith("that place is not loaded")) == (number, True)
        assert stayed.position == pytest.approx(place, abs=1)
    assert one.wait(Ticked).position == pytest.approx(place, abs=2)


def test_where_reading_on_to_the_place_fails_it_plays_from_the_beginning(
    ear: Make, server: MediaServer, tones: Path
) -> None:
    body = tones.read_bytes()
    one = ear({"ao": "null", "stream-lavf-o": "reconnect=0"})
    source = server.put("/a.wav", Shelf(body, ranges=False, cut=len(body) // 4))

    def fell_back_or_ended(event: Event) -> bool:
        return isinstance(event, Ended) or (isinstance(event, Started) and event.position < 5)

    # From a server this near it may be over before mpv could be asked about it: tried again, then.
    for number in range(1, 20):
        one.engine.load(number, source, start=18)
        told = one.wait(Event, fell_back_or_ended)  # type: ignore[arg-type]
        if isinstance(told, Started):
            break
        # Where the log's line is late, it could as well be a place behind the end: that one is kept, too.
        assert isinstance(told, Ended) and told.message in ("the connection was cut", "")
    assert isinstance(told, Started)
    assert told.position < 5
    assert one.wait(Ticked).position < 5


def test_of_several_quick_seeks_the_last_one_is_where_it_goes_on(ear: Make, tones: Path) -> None:
    one = ear()
    one.engine.load(1, str(tones), paused=True)
    one.wait(Started)
    for number, place in enumerate((5.0, 9.0, 2.0, 15.0), 2):
        one.engine.seek(number, place)
    started = one.wait(Started, lambda event: event.jump == 5)
    assert started.position == pytest.approx(15, abs=0.5)


def test_of_several_quick_loads_only_the_last_one_is_opened(ear: Make, tones: Path) -> None:
    one = ear()
    for number in range(1, 20):
        one.engine.load(number, str(tones), start=number)
    started = one.wait(Started, lambda event: event.load == 19)
    assert started.position == pytest.approx(19, abs=0.3)
    one.engine.stop()


def test_an_address_that_takes_long_lets_nothing_sound_meanwhile_and_what_is_asked_for_then_is_done(
    ear: Make, tones: Path
) -> None:
    asked, answer = threading.Event(), threading.Event()

    def address() -> str:
        asked.set()
        answer.wait(TIMEOUT)
        return str(tones)

    one = ear()
    one.engine.load(1, str(tones))
    one.wait(Started)
    one.engine.load(2, str(tones), address=address)
    assert asked.wait(TIMEOUT)
    one.engine._core._mpv.wait_for_property("idle-active", timeout=TIMEOUT)
    one.engine.pause(True)
    one.engine.seek(3, 9.0)
    answer.set()
    started = one.wait(Started)
    assert (started.load, started.jump) == (2, 3)
    assert started.position == pytest.approx(9, abs=0.3)
    assert not one.happened(Ticked, lambda event: True, within=0.5), "it was paused"


def test_an_address_that_takes_long_does_not_hold_up_another_episode_nor_the_end(
    ear: Make, tones: Path
) -> None:
    asked, answer = threading.Event(), threading.Event()
    heard: list[int] = []

    def address(number: int) -> str:
        asked.set()
        answer.wait(TIMEOUT)
        heard.append(number)
        return str(tones)

    one = ear()
    one.engine.load(1, str(tones), address=lambda: address(1))
    assert asked.wait(TIMEOUT)
    one.engine.load(2, str(tones), start=5.0)
    assert one.wait(Started).load == 2
    answer.set()
    while not heard:
        time.sleep(0.001)
    one.engine.seek(3, 9.0)
    started = one.wait(Started)
    assert (started.load, started.jump) == (2, 3)
    assert started.position == pytest.approx(9, abs=0.3)
    answer.clear()
    asked.clear()
    one.engine.load(4, str(tones), address=lambda: address(4))
    assert asked.wait(TIMEOUT)
    begun = time.monotonic()
    one.engine.close(TIMEOUT)
    assert time.monotonic() - begun < TIMEOUT / 2
    answer.set()


def test_the_end_of_the_file_is_told_as_such(ear: Make, tones: Path) -> None:
    one = ear()
    one.engine.set_speed(3)
    one.engine.load(1, str(tones), start=23.2)
    assert one.wait(Ended) == Ended(1, Reason.EOF)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("/nowhere/at/all.mp3", "not there any more"),
        ("/", "not a file"),
        ("", "nothing to play"),
        ("relative.mp3", "this kind of address"),
        ("edl:///etc/passwd", "this kind of address"),
        ("lavf://file:/etc/passwd", "this kind of address"),
        ("av://lavfi:sine", "this kind of address"),
        ("file:///etc/passwd", "this kind of address"),
        ("ftp://127.0.0.1/x.mp3", "this kind of address"),
    ],
)
def test_what_is_no_file_and_no_web_address_is_never_given_to_mpv(ear: Make, source: str, words: str) -> None:
    one = ear()
    one.engine.load(1, source)
    ended = one.wait(Ended)
    assert ended.reason is Reason.ERROR
    assert words in ended.message


@pytest.mark.parametrize("kind", ["m3u", "m3u8", "pls", "cue", "edl", "ffconcat", "txt"])
@pytest.mark.parametrize("remote", [False, True])
def test_a_playlist_in_place_of_audio_opens_no_local_file(
    ear: Make, server: MediaServer, tones: Path, tmp_path: Path, kind: str, remote: bool
) -> None:
    text = {
        "m3u": "#EXTM3U\n{}\n",
        "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n",
        "pls": "[playlist]\nFile1={}\nNumberOfEntries=1\n",
        "cue": 'FILE "{}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n',
        "edl": "# mpv EDL v0\n{}\n",
        "ffconcat": "ffconcat version 1.0\nfile '{}'\n",
        "txt": "{}\n",
    }[kind].format(tones)
    path = tmp_path / f"episode.{kind}"
    path.write_text(text)
    one = ear()
    source = server.put(f"/episode.{kind}", Shelf(text.encode(), kind="audio/mpeg")) if remote else str(path)
    one.engine.load(1, source)
    ended = one.wait(Ended)
    assert ended.reason is Reason.ERROR
    assert ended.message in {"this is not audio that mpv knows", "it is a playlist, not audio"}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "the server does not allow it (401)"),
        (403, "the server does not allow it (403)"),
        (404, "the audio is not on the server any more (404)"),
        (410, "the audio is not on the server any more (410)"),
        (429, "the server asks to come back later (429)"),
        (500, "the server failed (500)"),
    ],
)
def test_what_the_server_answers_is_said_plainly(
    ear: Make, server: MediaServer, status: int, words: str
) -> None:
    one = ear()
    one.engine.load(1, server.put("/episode.mp3", Shelf(status=status)))
    assert one.wait(Ended) == Ended(1, Reason.ERROR, words, passing=status >= 500)


def test_a_server_that_is_not_there_is_said_plainly_and_without_the_password(ear: Make) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        one = ear()
        one.engine.load(1, f"http://me:secret@127.0.0.1:{taken.getsockname()[1]}/x.mp3")
        assert one.wait(Ended) == Ended(1, Reason.ERROR, "the server refuses the connection", passing=True)


def test_a_web_page_in_place_of_audio_is_said_plainly(ear: Make, server: MediaServer) -> None:
    page = Shelf(b"<!doctype html><title>Log in</title>" * 200, kind="text/html")
    one = ear()
    one.engine.load(1, server.put("/episode.mp3", page))
    assert one.wait(Ended) == Ended(1, Reason.ERROR, "this is not audio that mpv knows")


CERTIFICATE = Path(__file__).parent / "loopback.pem"


def test_a_certificate_that_nobody_vouches_for_is_refused(ear: Make, tones: Path) -> None:
    serving = MediaServer(CERTIFICATE)
    try:
        one = ear()
        one.engine.load(1, serving.put("/episode.wav", Shelf(tones.read_bytes())))
        assert one.wait(Ended) == Ended(1, Reason.ERROR, "the server's certificate is not valid")
    finally:
        serving.close()


def test_a_certificate_that_the_system_trusts_is_accepted(
    ear: Make, tones: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    serving = MediaServer(CERTIFICATE)
    try:
        one = ear()
        one.engine.load(1, serving.put("/episode.wav", Shelf(tones.read_bytes())), start=9)
        assert one.wait(Started).position == pytest.approx(9, abs=0.3)
    finally:
        serving.close()


def test_chapters_in_the_file_begin_where_its_author_put_them(ear: Make, tmp_path: Path) -> None:
    # Behind an encoder delay mpv itself puts them 25 ms early, the first one before the beginning.
    path = audio.silent_mp3(tmp_path / "e.mp3", 60, [(0, "One"), (10, " Two "), (20.5, "Three")], delay=576)
    one = ear()
    one.engine.load(1, str(path), paused=True)
    opened = one.wait(Opened)
    assert [(chapter.start, chapter.title) for chapter in opened.chapters] == [
        (0, "One"),
        (10, "Two"),
        (20.5, "Three"),
    ]
    assert opened.chapters[-1].end == opened.duration == pytest.approx(60, abs=0.1)


def test_without_an_audio_device_it_plays_silently_and_says_so(
    ear: Make, tones: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_SERVER", "/nowhere/at/all")
    one = ear({"ao": "pulse"})
    one.engine.load(1, str(tones), start=5)
    assert one.wait(Notice) == Notice(1, NO_DEVICE, again=True)
    assert one.wait(Started).position == pytest.approx(5, abs=0.3)
    assert one.wait(Ticked).position > 5


def test_silence_that_was_asked_for_is_no_reason_for_a_remark(ear: Make, tones: Path) -> None:
    one = ear({"ao": "null"})
    one.engine.load(1, str(tones), paused=True)
    seen: list[Event] = []
    while not isinstance(seen[-1] if seen else None, Started):
        seen.append(one.arrived.get(timeout=15))
    assert not [event for event in seen if isinstance(event, Notice)]


def test_a_wrong_mpv_option_is_named_and_the_others_count(ear: Make, tones: Path) -> None:
    one = ear({"nonsense": "1", "volume_max": "loud", "terminal": "yes", "ao": "null", "cache": "no"})
    one.engine.load(1, str(tones), start=5)
    remarks = [one.wait(Notice).text for _ in range(3)]
    assert remarks == [
        "config.toml, [mpv] nonsense: mpv has no such option",
        "config.toml, [mpv] volume-max: 'loud' is not one of its values",
        "config.toml, [mpv] terminal: pptui sets it itself",
    ]
    # ao=null counted: a remark about the missing device would come before this.
    assert isinstance(one.arrived.get(timeout=15), Opened)
    assert one.wait(Started).position == pytest.approx(5, abs=0.3)


def remote(address: Path) -> socket.socket:
    """A line to mpv itself, past the engine; mpv answers there shortly after its start."""
    deadline = time.monotonic() + TIMEOUT
    while True:
        line = socket.socket(socket.AF_UNIX)
        try:
            line.connect(str(address))
        except OSError:
            line.close()
            assert time.monotonic() < deadline, "mpv does not answer"
            threading.Event().wait(0.01)
        else:
            return line


def ask(line: socket.socket, name: str) -> object:
    line.sendall(json.dumps({"command": ["get_property", name]}).encode() + b"\n")
    with line.makefile() as lines:
        replies = (json.loads(reply) for reply in lines)
        return next(reply.get("data") for reply in replies if "event" not in reply)


def test_when_mpv_ends_by_itself_it_is_said_and_the_next_load_starts_it_again(
    ear: Make, tones: Path, tmp_path: Path
) -> None:
    address = tmp_path / "mpv"
    one = ear({"ao": "null", "input-ipc-server": str(address)})
    one.engine.set_volume(35)
    one.engine.load(1, str(tones))
    one.wait(Started)
    with remote(address) as line:
        line.sendall(b'{"command": ["quit"]}\n')
        assert one.wait(EngineLost) == EngineLost(1, "mpv has ended")
    one.engine.load(2, str(tones), start=12)
    assert one.wait(Started).position == pytest.approx(12, abs=0.3)
    with remote(address) as line:
        assert ask(line, "volume") == 35


def test_in_its_last_moment_a_file_does_not_lose_its_chapters_and_duration(tmp_path: Path) -> None:
    address = tmp_path / "mpv"
    path = audio.silent_mp3(tmp_path / "a.mp3", 30, [(0, "Hello"), (12, "Goodbye")])
    arrived: queue.SimpleQueue[Event] = queue.SimpleQueue()
    over = False

    def sink(event: Event) -> None:
        nonlocal over
        arrived.put(event)
        if isinstance(event, Ticked) and not over:
            # The engine's thread is held here until mpv has closed the file.
            with remote(address) as line:
                deadline = time.monotonic() + TIMEOUT
                while not over and time.monotonic() < deadline:
                    over = ask(line, "idle-active") is True

    engine = MpvEngine({"ao": "null", "input-ipc-server": str(address)}, sink)
    try:
        engine.load(1, str(path), start=29)
        told = [arrived.get(timeout=TIMEOUT)]
        while not isinstance(told[-1], Ended):
            told.append(arrived.get(timeout=TIMEOUT))
    finally:
        engine.close(5)
    assert over
    opened = [event for event in told if isinstance(event, Opened)]
    assert opened
    assert all(len(event.chapters) == 2 and event.duration for event in opened)


def test_a_pause_from_outside_at_the_same_moment_does_not_swallow_the_listeners_own(
    tones: Path, tmp_path: Path
) -> None:
    address = tmp_path / "mpv"
    held, go_on = threading.Event(), threading.Event()
    arrived: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def sink(event: Event) -> None:
        arrived.put(event)
        if isinstance(event, Ticked) and not held.is_set():
            held.set()
            assert go_on.wait(TIMEOUT)

    engine = MpvEngine({"ao": "null", "input-ipc-server": str(address)}, sink)
    try:
        engine.load(1, str(tones))
        assert held.wait(TIMEOUT)
        with remote(address) as line:
            line.sendall(b'{"command": ["set_property", "pause", true]}\n')
            # The engine's thread is held: what mpv tells of the pause waits in its queue.
            deadline = time.monotonic() + TIMEOUT
            while engine._jobs.empty() and time.monotonic() < deadline:
                threading.Event().wait(0.01)
        engine.pause(False)
        go_on.set()
        while arrived.get(timeout=TIMEOUT) != Paused(1, True):
            pass
        while not isinstance(arrived.get(timeout=TIMEOUT), Ticked):
            pass
    finally:
        go_on.set()
        engine.close(5)


def test_closing_while_playing_never_hangs(tones: Path) -> None:
    others = set(threading.enumerate())
    for number in range(20):
        one = Ear()
        one.engine.load(1, str(tones), start=number)
        if number % 4:
            one.wait(Started)
        if number % 3:
            one.engine.seek(2, 1)
        one.engine.close(30)
        assert not set(threading.enumerate()) - others
        one.engine.close(30)
        one.engine.load(3, str(tones))


def test_nothing_is_told_after_close(tones: Path) -> None:
    told: list[Event] = []
    one = MpvEngine({"ao": "null"}, told.append)
    one.load(1, str(tones))
    one.close(5)
    before = len(told)
    one.load(2, str(tones))
    one.close(5)
    assert len(told) == before


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    return done.stdout


def test_without_libmpv_it_says_what_to_install_and_trying_again_finds_it_once_it_is_there() -> None:
    out = run(
        """
        import ctypes, ctypes.util, queue
        real, search = ctypes.CDLL, ctypes.util.find_library
        def broken(name, *args, **kwargs):
            if name and "mpv" in str(name):
                raise OSError("no such library")
            return real(name, *args, **kwargs)
        ctypes.CDLL, ctypes.util.find_library = broken, lambda name: None
        from pptui.models import Episode
        from pptui.player.engine import MpvEngine
        from pptui.player.install import how_to_install
        from pptui.player.playback import Player
        arrived = queue.SimpleQueue()
        engine = MpvEngine({"ao": "null"}, arrived.put)
        player = Player(engine, save=lambda entry, *, urgent: print(entry), changed=lambda playback: None)
        player.play(Episode(id="e", podcast="p", title="E", enclosure=SOURCE), at=4)
        player.handle(arrived.get(timeout=20))
        now = player.playback
        print(now.state, now.position, now.error == how_to_install())
        ctypes.CDLL, ctypes.util.find_library = real, search
        player.retry()
        while player.playback.state == "loading":
            player.handle(arrived.get(timeout=20))
        print(player.playback.state, player.playback.position)
        engine.close(5)
        """.replace("SOURCE", repr(str(MP3)))
    )
    lines = out.splitlines()
    assert lines[0] == "failed 4 True"
    assert lines[-1].startswith("playing 4")


def test_libmpv_is_not_loaded_before_something_is_played() -> None:
    out = run(
        """
        import sys
        from pptui.player.engine import MpvEngine
        from pptui.player.playback import Player
        engine = MpvEngine({}, print)
        player = Player(engine, save=lambda entry, *, urgent: print(entry), changed=lambda playback: None)
        player.restore(speed=1.5, volume=50)
        player.toggle()
        player.close()
        print("mpv" in sys.modules, "textual" in sys.modules)
        """
    )
    assert out.split() == ["False", "False"]


def test_a_libmpv_that_is_too_old_is_said_plainly(
    ear: Make, tones: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mpv.py").write_text("raise RuntimeError('python-mpv requires libmpv 1.108 or higher')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "mpv", raising=False)
    one = ear()
    one.engine.load(1, str(tones))
    assert one.wait(Missing).message.startswith("this system's libmpv can't be used: python-mpv requires")


LOADING = """
import threading, time
from pptui.player import libmpv

began, gaps, over = threading.Event(), [], False

def beat():
    last = time.perf_counter()
    while not over:
        time.sleep(0.001)
        now = time.perf_counter()
        gaps.append(now - last)
        last = now
        began.set()

beating = threading.Thread(target=beat)
beating.start()
began.wait()
gaps.clear()
start = time.perf_counter()
libmpv.load()
took = time.perf_counter() - start
over = True
beating.join()
print(max(gaps), took)
"""


def test_loading_libmpv_does_not_hold_up_other_threads() -> None:
    longest, whole = map(float, run(LOADING).split())
    assert longest < 0.5 * whole
