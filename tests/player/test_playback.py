"""The player's rules, on real libmpv; by hand only what real libmpv can't be made to send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path

import pytest

from pptui import demo
from pptui.chapters.media import from_mpv
from pptui.models import Chapter, Episode, Progress, Source, State
from pptui.player.engine import NO_DEVICE
from pptui.player.events import (
    Buffered,
    Buffering,
    Device,
    Ended,
    EngineLost,
    Event,
    Missing,
    Opened,
    Paused,
    Reason,
    Started,
    Stayed,
    Ticked,
)
from pptui.player.playback import Player
from pptui.store.journal import Entry
from tests import audio
from tests.player.desk import Listener, MediaServer, Saved, Shelf, chapters, episode
from tests.server import Server

Make = Callable[..., Listener]
LENGTH = 24.0


@pytest.fixture(scope="module")
def tones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return audio.tones(tmp_path_factory.mktemp("audio") / "tones.wav", 8, 3)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return audio.silence(tmp_path_factory.mktemp("audio") / "silence.wav", 20)


class Hand:
    """An engine that only writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def load(
        self,
        number: int,
        source: str,
        *,
        start: float = 0.0,
        paused: bool = False,
        title: str = "",
        address: Callable[[], str] | None = None,
    ) -> None:
        self.told.append(("load", number, source, start, paused))

    def seek(self, number: int, position: float) -> None:
        self.told.append(("seek", number, position))

    def pause(self, paused: bool) -> None:
        self.told.append(("pause", paused))

    def set_speed(self, speed: float) -> None:
        self.told.append(("speed", speed))

    def set_volume(self, volume: float) -> None:
        self.told.append(("volume", volume))

    def set_mute(self, muted: bool) -> None:
        self.told.append(("mute", muted))

    def stop(self) -> None:
        self.told.append(("stop",))

    def close(self, timeout: float = 1.0) -> None:
        self.told.append(("close",))


class Desk:
    """A player on an engine played by hand."""

    def __init__(self, **rules: object) -> None:
        self.hand = Hand()
        self.saved: list[Saved] = []
        self.time = 0.0
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        self.player = Player(
            self.hand,
            save=self.save,
            changed=lambda playback: None,
            clock=lambda: self.time,
            later=lambda seconds, call: self.waiting.append((seconds, call)),
            **rules,  # type: ignore[arg-type]
        )

    def save(self, entry: Entry, *, urgent: bool) -> None:
        self.saved.append(Saved(entry, urgent))

    def playing(
        self, at: float = 0.0, duration: float | None = 3000.0, source: str = "http://x/a.mp3"
    ) -> int:
        """An episode that has begun; the number of its load."""
        self.player.play(episode(source), chapters(0, 600, 1200), at=at)
        load = self.load
        self.tell(Opened(load, duration, (), seekable=True, live=False), Started(load, load, at))
        return load

    @property
    def load(self) -> int:
        return [int(str(told[1])) for told in self.hand.told if told[0] == "load"][-1]

    def tell(self, *events: Event) -> None:
        for event in events:
            self.player.handle(event)

    def later(self) -> float:
        """What was asked for last for later comes now; for how many seconds later it was asked for."""
        seconds, call = self.waiting.pop()
        call()
        return seconds


def playing(listener: Listener) -> None:
    listener.until(lambda now: now.state is State.PLAYING)


# Where it goes on.


def test_an_episode_goes_on_where_it_stopped(listen: Make, tones: Path) -> None:
    one = listen()
    one.player.play(episode(tones), progress=Progress(12.5, heard=one.time - timedelta(minutes=59)))
    assert (one.now.state, one.now.position) == (State.LOADING, 12.5)
    playing(one)
    assert 12.5 <= one.now.position < 13.5


def test_after_a_break_of_an_hour_it_goes_on_five_seconds_earlier(listen: Make, tones: Path) -> None:
    one = listen()
    one.player.play(episode(tones), progress=Progress(12.5, heard=one.time - timedelta(hours=1)), paused=True)
    assert one.until(lambda now: now.state is State.PAUSED).position == 7.5


def test_a_break_right_after_the_beginning_goes_on_at_the_beginning(listen: Make, tones: Path) -> None:
    one = listen()
    one.player.play(episode(tones), progress=Progress(2, heard=one.time - timedelta(days=3)), paused=True)
    assert one.now.position == 0


@pytest.mark.parametrize("progress", [Progress(12, played=True), Progress(23.5, 24.0)])
def test_a_finished_episode_starts_from_the_beginning(listen: Make, tones: Path, progress: Progress) -> None:
    one = listen()
    one.player.play(episode(tones), progress=progress, paused=True)
    assert one.until(lambda now: now.state is State.PAUSED).position < 0.1


def test_a_chapter_is_played_from_exactly_its_start_before_anything_was_loaded(
    listen: Make, tones: Path
) -> None:
    one = listen()
    parts = chapters(0, 3, 6, 9.5, 15)
    one.player.play(episode(tones), parts, Progress(20, heard=one.time - timedelta(days=9)), at=9.5)
    assert (one.now.position, one.now.chapter) == (9.5, parts[3])
    playing(one)
    assert one.now.chapter == parts[3]
    assert one.saved[0].entry.position == pytest.approx(9.5, abs=0.3)
    assert all(shown.position >= 9.5 for shown in one.shown)


def test_a_place_behind_the_end_of_the_file_starts_it_from_the_beginning_and_says_so(
    listen: Make, tones: Path
) -> None:
    one = listen()
    one.player.play(episode(tones), progress=Progress(3000, 3600), paused=True)
    one.until(lambda now: now.state is State.PAUSED)
    assert one.now.position < 0.1
    assert "from the beginning" in one.now.notice


@pytest.mark.parametrize("place", [14.5, 15.5, 18.0, 40.0, 1081.0])
@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("remote", [False, True])
def test_a_file_that_became_shorter_than_the_place_starts_from_the_beginning_wherever_it_comes_from(
    listen: Make, server: MediaServer, tmp_path: Path, place: float, asked: bool, remote: bool
) -> None:
    path = audio.silent_mp3(tmp_path / "a.mp3", 14, [])
    source = server.put("/a.mp3", Shelf(path.read_bytes(), kind="audio/mpeg")) if remote else str(path)
    one = listen()
    one.player.play(
        episode(source, duration=1200),
        progress=None if asked else Progress(place, 1200),
        at=place if asked else None,
    )
    one.until(lambda now: now.state is not State.LOADING)
    assert (one.now.state, one.now.error) == (State.PLAYING, "")
    assert one.now.position < 2
    assert one.now.notice == "the file is shorter than the place asked for: from the beginning"
    assert one.saved == []
    one.until(lambda now: now.position > 0.2)
    one.player.close()
    assert 0 < one.saved[-1].entry.position < 5
    assert not any(saved.entry.played for saved in one.saved)


def test_the_last_moment_of_a_file_that_became_shorter_is_not_taken_for_the_place() -> None:
    desk = Desk()
    desk.player.play(episode("http://x/a.mp3", duration=1200), progress=Progress(1081, 1200), paused=True)
    load = desk.load
    desk.tell(Opened(load, 900.075, (), seekable=True, live=False), Started(load, load, 900.075))
    assert desk.player.playback.position == 1081
    desk.tell(Ended(load, Reason.EOF))
    assert desk.hand.told[-1][2:] == ("http://x/a.mp3", 0.0, True)
    load = desk.load
    desk.tell(Opened(load, 900.075, (), seekable=True, live=False), Started(load, load, 0.0))
    # Nothing of it was heard yet.
    desk.player.close()
    assert desk.saved == []


def test_a_stated_duration_that_is_too_short_does_not_keep_a_place_behind_it_from_playing() -> None:
    desk = Desk()
    desk.playing(at=3100, duration=3000)
    now = desk.player.playback
    assert (now.state, now.position, now.notice) == (State.PLAYING, 3100, "")


def test_playing_what_is_playing_already_only_moves_and_goes_on(listen: Make, tones: Path) -> None:
    one = listen()
    item, parts = episode(tones), chapters(0, 6, 12)
    one.player.play(item, parts, paused=True)
    one.until(lambda now: now.state is State.PAUSED)
    one.player.play(item, at=12.0)
    assert one.now.position == 12 and one.now.chapters == parts
    one.until(lambda now: now.state is State.PLAYING and now.position > 12.2)
    assert not [shown for shown in one.shown[3:] if shown.state is State.LOADING]
    one.player.play(item)
    assert one.now.position > 12.2


def test_another_chapter_asked_for_while_the_first_is_still_loading_is_the_one_that_sounds(
    listen: Make, tones: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.wav"
    one = listen({"ao": "pcm", "ao-pcm-file": str(out), "audio-format": "s16"})
    one.player.play(episode(tones), chapters(*range(0, 24, 3)), at=3)
    assert one.player.chapter(6) == ""
    one.until(lambda now: now.state is State.ENDED)
    one.player.close()
    assert [index for index, _ in audio.heard(out, 8)] == [6, 7]


def test_an_episode_without_audio_says_so_and_what_plays_goes_on(listen: Make, tones: Path) -> None:
    one = listen()
    one.player.play(episode(tones))
    playing(one)
    assert one.player.play(episode("", "two")) == "this episode has nothing to play"
    assert one.now.state is State.PLAYING


# What is recorded.


def test_nothing_is_recorded_before_it_has_begun_at_the_asked_place() -> None:
    desk = Desk()
    desk.player.play(episode("http://x/a.mp3"), progress=Progress(900.0))
    load = desk.load
    desk.tell(
        Opened(load, 3000, (), seekable=True, live=False), Ticked(load, load, 0.0), Ticked(load, 0, 1.5)
    )
    assert desk.player.playback.position == 900
    desk.player.toggle()
    desk.player.play(episode("http://x/b.mp3", "two"))
    desk.player.stop()
    desk.player.close()
    assert desk.saved == []


def test_what_is_heard_is_recorded_every_four_seconds_of_the_clock() -> None:
    desk = Desk()
    load = desk.playing(at=100)
    del desk.saved[:]
    for number in range(1, 41):
        desk.time += 0.25
        desk.tell(Ticked(load, load, 100 + number * 0.125))
    assert [saved.entry.position for saved in desk.saved] == [102, 104]
    assert not any(saved.urgent or saved.entry.paused for saved in desk.saved)


def test_what_is_suspended_is_not_said_to_be_heard_until_it_goes_on() -> None:
    desk = Desk()
    load = desk.playing(at=100)
    desk.player.keep()
    assert (desk.saved[-1].entry.position, desk.saved[-1].entry.paused) == (100, True)
    assert desk.saved[-1].urgent
    desk.time += 5
    desk.tell(Ticked(load, load, 100.25))
    assert not desk.saved[-1].entry.paused


def test_at_three_times_the_speed_no_more_than_four_seconds_of_it_are_at_risk(
    listen: Make, tones: Path
) -> None:
    one = listen()
    one.player.restore(speed=3)
    one.player.play(episode(tones))
    one.until(lambda now: now.position > 9)
    places = [saved.entry.position for saved in one.saved]
    assert len(places) >= 3
    assert all(later - earlier < 6 for earlier, later in pairwise(places))


def test_pausing_seeking_and_a_new_chapter_are_recorded_at_once(listen: Make, tones: Path) -> None:
    one = listen()
    one.player.play(episode(tones), chapters(0, 6, 12), at=5.8)
    one.until(lambda now: now.chapter_index == 1)
    assert (one.saved[-1].entry.chapter, one.saved[-1].urgent) == ("Part 2", True)
    one.player.toggle()
    assert (one.saved[-1].entry.paused, one.saved[-1].urgent) == (True, True)
    one.player.seek_to(13)
    # The bar shows it, so it is kept; the library hears of it when it is reached.
    last = one.saved[-1]
    assert (last.entry.position, last.entry.chapter, last.urgent) == (13, "Part 3", False)
    one.handle_next(Started)
    last = one.saved[-1]
    assert (last.entry.position, last.entry.chapter, last.urgent) == (13, "Part 3", True)


def test_switching_stopping_and_closing_record_the_last_place_first(
    listen: Make, tones: Path, other: Path
) -> None:
    one = listen()
    one.player.play(episode(tones), at=7)
    playing(one)
    one.player.play(episode(other, "two"), at=3)
    last = one.saved[-1]
    assert (last.entry.episode.id, last.entry.paused, last.urgent) == ("one", True, True)
    place = last.entry.position
    assert place == pytest.approx(7, abs=0.5)
    assert last.entry == Entry(episode(tones), place, LENGTH, paused=True, heard=one.time)
    playing(one)
    one.player.stop()
    assert (one.saved[-1].entry.episode.id, one.saved[-1].entry.paused) == ("two", True)
    assert (one.now.state, one.now.episode) == (State.IDLE, None)
    one.player.play(episode(tones), at=9)
    playing(one)
    one.player.close()
    assert one.saved[-1].entry.position == pytest.approx(9, abs=0.5)
    assert one.saved[-1].entry.paused


def test_a_server_that_only_sends_from_the_beginning_does_not_overwrite_the_place(
    listen: Make, server: MediaServer, tones: Path
) -> None:
    shelf = Shelf(tones.read_bytes(), ranges=False)
    one = listen({"ao": "null", "force-seekable": "no"})
    one.player.play(episode(server.put("/a.wav", shelf)), progress=Progress(18))
    playing(one)
    one.until(lambda now: now.position > 0.2)
    assert one.now.position < 10
    assert "from the beginning" in one.now.notice
    one.player.close()
    assert one.saved == []


def mixed_mp3(first: int, then: int) -> bytes:
    """Two minutes of silence at two bit rates, by their index in a frame's header."""
    kbits = {1: 32, 9: 128}
    frames = [
        bytes((0xFF, 0xFB, index << 4, 0xC0)) + bytes(144000 * kbits[index] // 44100 - 4)
        for index in (first, then)
    ]
    return frames[0] * 460 + frames[1] * (4600 - 460)


HERE = Path(__file__).parent
# What is on the server, and how long it is. Ogg of this size can't be read on to most places.
SENT = {
    "an MP3 that seems long": lambda: (mixed_mp3(1, 9), 120.0),
    "an MP3 that seems short": lambda: (mixed_mp3(9, 1), 120.0),
    "Ogg": lambda: ((Path(demo.__file__).parent / "episode-044.ogg").read_bytes(), 3120.0),
    "Opus": lambda: ((HERE / "silence.opus").read_bytes(), 60.0),
    "M4A": lambda: ((HERE / "silence.m4a").read_bytes(), 60.0),
}


@pytest.mark.parametrize("part", [0.2, 0.5, 0.95])
@pytest.mark.parametrize("length", [True, False])
@pytest.mark.parametrize("sent", SENT)
def test_a_place_on_a_server_that_only_sends_from_the_beginning_is_reached_or_kept_whatever_length_is_guessed(
    listen: Make, server: MediaServer, sent: str, length: bool, part: float
) -> None:
    body, duration = SENT[sent]()
    place = part * duration
    one = listen()
    source = server.put("/a", Shelf(body, ranges=False, length=length, kind="application/octet-stream"))
    one.player.play(episode(source, duration=duration), progress=Progress(place, duration))
    playing(one)
    begun = one.now.position
    one.until(lambda now: now.position > begun + 0.2)
    one.player.close()
    assert (one.now.duration, one.now.duration_known, one.now.live) == (duration, False, False)
    if sent not in ("Ogg", "Opus") or begun >= place - 0.5:
        assert (begun, one.now.notice) == (pytest.approx(place, abs=0.5), "")
        assert one.saved[-1].entry.position >= place
    else:
        assert begun < 0.5 and one.now.notice in (
            "this server only sends from the beginning",
            "the audio can't be played from the place asked for: from the beginning",
        )
    assert all(saved.entry.position >= place - 0.5 for saved in one.saved)
    assert {saved.entry.duration for saved in one.saved} <= {duration}
    assert not any(saved.entry.played for saved in one.saved)


@pytest.mark.parametrize(("first", "then", "behind"), [(1, 9, False), (9, 1, True)])
def test_of_an_mp3_that_can_only_be_read_on_the_guessed_length_is_wrong_both_ways(
    listen: Make, server: MediaServer, first: int, then: int, behind: bool
) -> None:
    one = listen()
    one.engine.load(1, server.put("/a.mp3", Shelf(mixed_mp3(first, then), ranges=False)), paused=True)
    opened = one.wait(Opened)
    assert not opened.seekable
    assert opened.duration is not None and (opened.duration < 0.9 * 120) == behind


def test_a_guessed_length_that_grows_neither_loses_the_place_nor_takes_the_place_of_the_feeds() -> None:
    desk = Desk()
    desk.player.play(episode("http://x/a.ogg", duration=3120), progress=Progress(602, 3120))
    # It was over before mpv had told anything, and is loaded from the beginning.
    desk.tell(Ended(desk.load, Reason.EOF))
    load = desk.load
    assert desk.hand.told[-1][3] == 0
    desk.tell(
        Opened(load, 224.8, (), seekable=False, live=False), Started(load, load, 0), Ticked(load, load, 1)
    )
    desk.tell(Opened(load, 1412.7, (), seekable=False, live=False), Ticked(load, load, 5))
    now = desk.player.playback
    assert (now.position, now.duration, now.duration_known) == (5, 3120, False)
    assert now.notice == "the audio can't be played from the place asked for: from the beginning"
    desk.player.close()
    assert desk.saved == []


def test_an_end_before_the_place_that_is_kept_neither_finishes_the_episode_nor_begins_it_again() -> None:
    desk = Desk()
    desk.player.play(episode("http://x/a.ogg", duration=3120), progress=Progress(602, 3120))
    load = desk.load
    desk.tell(
        Opened(load, 224.8, (), seekable=False, live=False), Started(load, load, 0), Ticked(load, load, 4)
    )
    asked = len(desk.waiting)
    desk.tell(Ended(load, Reason.EOF))
    now = desk.player.playback
    assert (now.state, now.error) == (State.FAILED, "it ended before the place that is kept")
    assert desk.saved == [] and len(desk.waiting) == asked
    desk.player.retry()
    assert desk.hand.told[-1][3] == 602


def test_a_file_that_is_over_at_once_behind_its_end_is_not_finished() -> None:
    desk = Desk()
    desk.player.play(episode("http://x/a.mp3", duration=3120), progress=Progress(602, 3120))
    load = desk.load
    opened = Opened(load, 300, (), seekable=False, live=False)
    desk.tell(opened, Started(load, load, 300), Ended(load, Reason.EOF))
    assert desk.player.playback.state is State.LOADING and desk.hand.told[-1][3] == 0
    assert desk.saved == []


def test_the_end_of_an_episode_that_went_on_where_it_stopped_finishes_it_without_a_known_length() -> None:
    desk = Desk()
    desk.player.play(episode("http://x/a.mp3", duration=3120), progress=Progress(3100, 3120))
    load = desk.load
    opened = Opened(load, 989, (), seekable=False, live=False)
    desk.tell(opened, Started(load, load, 3100), Ended(load, Reason.EOF))
    assert desk.player.playback.state is State.ENDED
    assert (desk.saved[-1].entry.played, desk.saved[-1].entry.duration) == (True, 3120)


def test_what_a_file_that_was_sought_said_of_its_length_holds_where_it_can_only_be_read_on_later() -> None:
    desk = Desk()
    load = desk.playing(at=600, duration=3200)
    desk.tell(Ended(load, Reason.ERROR, "the connection was cut"))
    desk.player.retry()
    load = desk.load
    desk.tell(Opened(load, 70, (), seekable=False, live=False), Started(load, load, 600))
    assert (desk.player.playback.duration, desk.player.playback.duration_known) == (3200, False)


def test_a_server_that_tells_no_length_does_not_make_a_place_one_of_a_live_stream() -> None:
    desk = Desk()
    desk.player.play(episode("http://x/a.mp3", duration=3120), progress=Progress(602, 3120))
    desk.tell(Opened(desk.load, None, (), seekable=False, live=True))
    now = desk.player.playback
    assert (now.live, now.duration) == (False, 3120)
    desk.tell(Ended(desk.load, Reason.ERROR, "the connection was cut"))
    desk.player.retry()
    assert desk.hand.told[-1][3] == 602


def test_moving_back_on_a_server_that_only_sends_from_the_beginning_does_not_lose_the_place(
    listen: Make, server: MediaServer, tones: Path
) -> None:
    one = listen({"ao": "null", "force-seekable": "no"})
    source = server.put("/a.wav", Shelf(tones.read_bytes(), ranges=False))
    one.player.play(episode(source), chapters(0, 12), progress=Progress(18))
    playing(one)
    one.until(lambda now: now.position > 0.2)
    before = one.now.position
    for move in (lambda: one.player.seek(-10), one.player.previous_chapter, lambda: one.player.seek(5)):
        move()
        one.handle_next(Stayed)
        assert before <= one.now.position < 5
    assert one.now.notice.endswith("this stream can't be moved about in")
    one.player.toggle()
    one.player.close()
    assert one.saved == []


def test_a_server_that_falls_back_to_the_beginning_after_a_moment_does_not_overwrite_the_place() -> None:
    desk = Desk()
    desk.player.play(episode("http://x/a.mp3"), progress=Progress(1800))
    load = desk.load
    desk.tell(Opened(load, 3000, (), seekable=False, live=False), Started(load, load, 1800))
    desk.tell(Started(load, load, 0), Ticked(load, load, 60))
    assert {saved.entry.position for saved in desk.saved} == {1800}


@pytest.mark.parametrize(("seekable", "kept"), [(True, [0, 2000, 60]), (False, [0, 60])])
def test_a_place_that_could_not_be_gone_to_is_not_kept(seekable: bool, kept: list[float]) -> None:
    desk = Desk()
    desk.player.play(episode("http://x/a.mp3"))
    load = desk.load
    desk.tell(Opened(load, 3000, (), seekable=seekable, live=False), Started(load, load, 0))
    desk.player.seek_to(2000)
    desk.tell(Stayed(load, load + 1, 60, "no"))
    assert [saved.entry.position for saved in desk.saved] == kept


def test_a_place_beyond_one_that_is_kept_is_not_recorded_before_it_is_reached() -> None:
    desk = Desk()
    desk.player.play(episode("http://x/a.mp3"), progress=Progress(1800))
    load = desk.load
    desk.tell(Opened(load, 3000, (), seekable=False, live=False), Started(load, load, 0))
    desk.player.seek_to(2500)
    desk.tell(Stayed(load, load + 1, 60, "no"))
    assert desk.saved == []


def test_a_place_that_is_reached_on_a_server_that_only_sends_from_the_beginning_is_recorded_again() -> None:
    desk = Desk()
    desk.player.play(episode("http://x/a.mp3"), progress=Progress(1800))
    load = desk.load
    desk.tell(Opened(load, 3000, (), seekable=False, live=False), Started(load, load, 0))
    desk.player.seek(-10)
    desk.tell(Stayed(load, load + 1, 60, "no"), Ticked(load, load + 1, 1799))
    assert desk.saved == []
    desk.tell(Ticked(load, load + 1, 1804))
    assert [saved.entry.position for saved in desk.saved] == [1804]


# How it ends.


def test_played_to_the_end_is_finished_and_starts_from_the_beginning_again(listen: Make, tones: Path) -> None:
    one = listen()
    one.player.play(episode(tones), at=23.6)
    one.until(lambda now: now.state is State.ENDED)
    last = one.saved[-1]
    assert (last.entry.played, last.entry.position, last.entry.paused) == (True, 0, True)
    assert one.now.position == LENGTH
    one.player.toggle()
    assert one.now.position == 0
    playing(one)
    assert one.now.position < 2


def test_seeking_behind_the_end_does_not_finish_the_episode(listen: Make, tones: Path) -> None:
    one = listen()
    one.player.play(episode(tones), paused=True)
    one.until(lambda now: now.state is State.PAUSED)
    one.player.seek(500)
    assert one.now.position == LENGTH - 2
    one.handle_next(Started)
    one.player.seek(10)
    one.handle_next(Started)
    assert (one.now.state, one.now.position) == (State.PAUSED, LENGTH - 2)
    assert not any(saved.entry.played for saved in one.saved)


def test_after_the_end_seeking_back_goes_on_there(listen: Make, tones: Path) -> None:
    one = listen()
    one.player.play(episode(tones), at=23.6)
    one.until(lambda now: now.state is State.ENDED)
    one.player.seek(-10)
    assert one.now.position == LENGTH - 10
    playing(one)
    assert one.now.position == pytest.approx(LENGTH - 10, abs=0.5)


def test_a_connection_cut_in_the_middle_is_not_the_end_and_can_be_taken_up_again(
    listen: Make, server: MediaServer, tones: Path
) -> None:
    body = tones.read_bytes()
    shelf = Shelf(body, cut=len(body) * 5 // 24)
    one = listen({"ao": "null", "stream-lavf-o": "reconnect=0"})
    one.player.restore(speed=3)
    one.player.play(episode(server.put("/a.wav", shelf)), at=3)
    failed = one.until(lambda now: now.state in (State.FAILED, State.ENDED))
    assert (failed.state, failed.error) == (State.FAILED, "the connection was cut")
    assert 3 < failed.position < 6
    assert not one.saved[-1].entry.played
    assert one.saved[-1].entry.position == failed.position
    shelf.cut = None
    assert one.player.retry() == ""
    one.until(lambda now: now.state is State.PLAYING)
    assert failed.position <= one.now.position < failed.position + 1
    assert one.now.error == ""
    one.player.seek_to(22)
    one.until(lambda now: now.state is State.ENDED)
    assert one.saved[-1].entry.played


def test_a_short_break_of_the_connection_is_not_even_noticed(
    listen: Make, server: MediaServer, tones: Path
) -> None:
    body = tones.read_bytes()
    shelf = Shelf(body, cut=len(body) // 2)
    one = listen()
    one.player.restore(speed=3)
    one.player.play(episode(server.put("/a.wav", shelf)), at=10)
    playing(one)
    shelf.cut = None
    one.until(lambda now: now.position > 13 or now.state is State.FAILED)
    assert one.now.state is State.PLAYING


@pytest.mark.parametrize("heard", [False, True])
def test_a_file_that_ends_where_it_was_cut_before_is_finished(heard: bool) -> None:
    # The stated duration may be wrong: an MP3 without a header only guesses it.
    desk = Desk()
    desk.tell(Ended(desk.playing(at=2000), Reason.EOF))
    failed = desk.player.playback
    assert (failed.state, desk.saved[-1].entry.position) == (State.FAILED, 2000)
    desk.player.retry()
    load = desk.load
    if heard:
        desk.tell(Started(load, load, 2000), Ticked(load, load, 2000.2))
    desk.tell(Ended(load, Reason.EOF))
    ended = desk.player.playback
    assert (ended.state, desk.saved[-1].entry.played) == (State.ENDED, True)


def test_a_connection_cut_twice_at_the_same_place_is_still_not_the_end() -> None:
    desk = Desk()
    desk.tell(Ended(desk.playing(at=2000), Reason.EOF, "the connection was cut"))
    desk.player.retry()
    load = desk.load
    desk.tell(Started(load, load, 2000), Ended(load, Reason.EOF, "the connection was cut"))
    assert desk.player.playback.state is State.FAILED
    assert not any(saved.entry.played for saved in desk.saved)


def test_an_end_far_before_an_earlier_cut_does_not_lose_the_rest_of_the_episode() -> None:
    desk = Desk()
    desk.tell(Ended(desk.playing(at=2000), Reason.EOF))
    desk.player.retry()
    load = desk.load
    desk.tell(Started(load, load, 2000))
    desk.player.seek_to(600)
    jump = load + 1
    desk.tell(Started(load, jump, 600), Ticked(load, jump, 660), Ended(load, Reason.EOF))
    assert desk.player.playback.state is State.FAILED
    assert (desk.saved[-1].entry.position, desk.saved[-1].entry.played) == (660, False)


def test_played_again_from_the_beginning_an_episode_is_not_finished_by_where_it_was_cut_before() -> None:
    desk = Desk()
    desk.tell(Ended(desk.playing(at=2000), Reason.EOF))
    desk.player.retry()
    desk.tell(Ended(desk.load, Reason.EOF))
    desk.player.toggle()
    load = desk.load
    desk.tell(Started(load, load, 0), Ticked(load, load, 2000), Ended(load, Reason.EOF))
    assert desk.player.playback.state is State.FAILED
    assert (desk.saved[-1].entry.position, desk.saved[-1].entry.played) == (2000, False)


def test_a_file_that_is_not_there_fails_with_the_reason_and_can_be_tried_again(
    listen: Make, tones: Path, tmp_path: Path
) -> None:
    one = listen()
    late = tmp_path / "late.wav"
    one.player.play(episode(late), at=6)
    one.until(lambda now: now.state is State.FAILED)
    assert one.now.error == "the file is not there any more"
    assert one.saved == []
    late.write_bytes(tones.read_bytes())
    one.player.toggle()
    playing(one)
    assert one.now.position == pytest.approx(6, abs=0.5)


@pytest.mark.parametrize("event", [EngineLost, Missing])
def test_when_the_engine_is_gone_the_place_is_kept_and_it_can_be_tried_again(
    event: type[EngineLost] | type[Missing],
) -> None:
    desk = Desk()
    load = desk.playing(at=700)
    desk.tell(Ticked(load, load, 705.0), event(load, "mpv has ended"))
    assert (desk.player.playback.state, desk.player.playback.error) == (State.FAILED, "mpv has ended")
    assert desk.saved[-1].entry.position == 705
    desk.player.retry()
    assert desk.hand.told[-1] == ("load", load + 1, "http://x/a.mp3", 705.0, False)
    assert desk.player.playback.state is State.LOADING


def test_trying_again_does_not_overwrite_the_place_on_a_server_that_only_sends_from_the_beginning() -> None:
    desk = Desk()
    desk.player.play(episode("http://x/a.mp3"), progress=Progress(1800))
    for _ in range(2):
        load = desk.load
        desk.tell(Opened(load, 3000, (), seekable=False, live=False), Started(load, load, 0))
        desk.tell(Ticked(load, load, 60), Ended(load, Reason.ERROR, "the connection was cut"))
        desk.player.retry()
        assert desk.hand.told[-1][3] == 1800
    assert desk.saved == []


def test_a_headset_plugged_in_later_is_found_by_trying_again(
    listen: Make, tones: Path, tmp_path: Path
) -> None:
    device = tmp_path / "device"
    one = listen({"ao": "pcm", "ao-pcm-file": str(device / "out.wav")})
    one.player.play(episode(tones), at=6, paused=True)
    one.until(lambda now: now.state is State.PAUSED)
    assert one.now.notice == NO_DEVICE
    device.mkdir()
    assert one.player.retry() == ""
    one.until(lambda now: now.state is State.PAUSED)
    assert one.now.notice == ""
    assert one.now.position == pytest.approx(6, abs=0.5)
    assert one.player.retry() == "nothing has failed"


# What breaks off, and what never comes.

CUT = "the connection was cut"


def breaks_off(desk: Desk) -> None:
    load = desk.load
    desk.tell(Started(load, load, 700.0), Ended(load, Reason.EOF, CUT, passing=True))


def test_what_breaks_off_is_tried_again_after_longer_and_longer_pauses_and_not_for_ever() -> None:
    desk = Desk()
    desk.playing(at=700)
    breaks_off(desk)
    pauses = []
    while desk.player.playback.again:
        pauses.append(desk.later())
        assert (desk.player.playback.state, desk.player.playback.error) == (State.LOADING, CUT)
        assert desk.hand.told[-1] == ("load", desk.load, "http://x/a.mp3", 700.0, False)
        desk.tell(Ended(desk.load, Reason.ERROR, CUT, passing=True))
    assert pauses[:8] == [1, 2, 5, 10, 20, 30, 30, 30]
    assert 3000 < sum(pauses) < 4000
    assert (desk.player.playback.state, desk.player.playback.error) == (State.FAILED, CUT)
    desk.player.retry()
    breaks_off(desk)
    assert desk.player.playback.again


def test_what_has_played_on_for_a_while_is_tried_again_soon_when_it_breaks_off_anew() -> None:
    desk = Desk()
    desk.playing(at=700)
    for _ in range(4):
        breaks_off(desk)
        pause = desk.later()
    assert pause == 10
    load = desk.load
    desk.tell(Started(load, load, 700.0), Ticked(load, load, 710.0))
    desk.tell(Ended(load, Reason.EOF, CUT, passing=True))
    assert desk.later() == 1


@pytest.mark.parametrize("meanwhile", ["stop", "retry", "play another", "seek"])
def test_what_the_listener_does_meanwhile_counts_and_not_what_was_to_be_tried_again(meanwhile: str) -> None:
    desk = Desk()
    desk.playing(at=700)
    breaks_off(desk)
    match meanwhile:
        case "stop":
            desk.player.stop()
        case "retry":
            desk.player.retry()
        case "play another":
            desk.player.play(episode("http://x/b.mp3", "two"))
        case _:
            desk.player.seek_to(900)
    told = list(desk.hand.told)
    for _, call in desk.waiting[2:3]:
        call()
    assert desk.hand.told == told


def test_what_can_not_be_had_in_the_first_place_is_for_the_listener_to_try_again() -> None:
    desk = Desk()
    desk.player.play(episode("http://x/a.mp3"), at=700)
    desk.tell(Ended(desk.load, Reason.ERROR, "the network can't be reached", passing=True))
    assert (desk.player.playback.state, desk.player.playback.again) == (State.FAILED, False)


def test_what_does_not_pass_by_itself_is_not_tried_again() -> None:
    desk = Desk()
    desk.playing(at=700)
    desk.tell(Ended(desk.load, Reason.ERROR, "the audio is not on the server any more (404)"))
    assert (desk.player.playback.state, desk.player.playback.again) == (State.FAILED, False)


@pytest.mark.parametrize(("opened", "seconds"), [(False, 60), (True, 600)])
def test_what_never_begins_is_given_up(opened: bool, seconds: float) -> None:
    desk = Desk()
    desk.player.play(episode("http://x/a.mp3"), at=700)
    if opened:
        desk.tell(Opened(desk.load, 3000, (), seekable=False, live=False))
    for asked, call in list(desk.waiting):
        assert desk.player.playback.state is State.LOADING
        call()
        if asked == seconds:
            break
    failed = desk.player.playback
    assert (failed.state, failed.error) == (State.FAILED, f"it did not begin within {seconds} s")
    assert desk.hand.told[-1] == ("stop",)
    assert desk.player.retry() == "" and desk.hand.told[-1][3] == 700


def test_a_slow_connection_is_not_taken_for_a_dead_one() -> None:
    desk = Desk()
    load = desk.playing(at=700)
    desk.tell(Buffered(load, 701.0), Buffering(load, True))
    for second in (702.0, 703.0):
        desk.tell(Buffered(load, second))
        assert desk.later() == 20
        assert desk.player.playback.state is State.BUFFERING
    desk.later()
    assert (desk.player.playback.state, desk.player.playback.error) == (State.FAILED, "nothing came for 20 s")
    assert desk.player.playback.again


def test_a_live_stream_that_breaks_off_goes_on_with_what_is_sent_now() -> None:
    desk = Desk()
    load = desk.playing(at=0, duration=None)
    desk.tell(Opened(load, None, (), seekable=False, live=True), Ticked(load, load, 300.0))
    desk.tell(Ended(load, Reason.EOF, CUT, passing=True))
    desk.later()
    assert desk.hand.told[-1][3] == 0.0


def test_a_pause_that_was_asked_for_is_not_ended_by_a_device_that_comes_back() -> None:
    desk = Desk()
    load = desk.playing(at=700)
    desk.player.toggle()
    desk.tell(Device(load, there=False))
    assert (desk.player.playback.error, desk.player.playback.again) == ("the audio device is gone", False)
    desk.tell(Device(load, there=True))
    assert (desk.player.playback.state, desk.player.playback.error) == (State.PAUSED, "")


def test_what_was_paused_after_the_device_came_back_stays_so_when_it_is_loaded_again() -> None:
    desk = Desk()
    load = desk.playing(at=700)
    desk.tell(Device(load, there=False), Device(load, there=True))
    desk.player.toggle()
    assert desk.player.retry() == ""
    assert desk.hand.told[-1] == ("load", desk.load, "http://x/a.mp3", 700.0, True)


def test_a_dead_connection_is_noticed_also_where_mpv_itself_ended_the_pause() -> None:
    desk = Desk()
    load = desk.playing(at=700)
    desk.player.toggle()
    desk.tell(Buffering(load, True), Paused(load, False))
    assert desk.later() == 20
    assert desk.player.playback.error == "nothing came for 20 s"


# Moving about.


def test_quick_seeks_add_up_and_are_shown_at_once(listen: Make, tones: Path) -> None:
    one = listen()
    one.player.play(episode(tones), at=1)
    playing(one)
    start = one.now.position
    for _ in range(4):
        one.player.seek(4)
    assert one.now.position == pytest.approx(start + 16)
    one.until(lambda now: now.position > start + 16.2)
    assert all(later.position >= earlier.position for earlier, later in pairwise(one.shown))


def test_late_news_of_an_earlier_place_or_file_are_ignored() -> None:
    desk = Desk()
    load = desk.playing(at=100)
    desk.player.seek(500)
    desk.player.seek(500)
    jump = load + 2
    desk.tell(Ticked(load, load, 101.0), Started(load, jump - 1, 600.0), Ticked(load, jump - 1, 600.5))
    assert desk.player.playback.position == 1100
    desk.tell(Started(load, jump, 1100.0))
    desk.player.play(episode("http://x/b.mp3", "two"), at=50)
    desk.tell(
        Ticked(load, jump, 1101.0),
        Ended(load, Reason.EOF),
        Opened(load, 9.0, (), seekable=True, live=False),
        Started(load, load, 1.0),
    )
    now = desk.player.playback
    assert (now.state, now.position, now.duration) == (State.LOADING, 50, None)


def test_next_and_previous_chapter_go_where_a_music_player_would(listen: Make, tones: Path) -> None:
    one = listen()
    one.player.play(episode(tones), chapters(0, 5, 10, 15), at=11, paused=True)
    one.until(lambda now: now.state is State.PAUSED)
    steps: list[float] = []
    for step in (
        one.player.previous_chapter,
        one.player.previous_chapter,
        one.player.next_chapter,
        one.player.next_chapter,
        one.player.next_chapter,
    ):
        step()
        steps.append(one.now.position)
    # Less than three seconds into the third: to the second at once.
    assert steps == [5, 0, 5, 10, 15]
    assert one.player.next_chapter() == "this is the last chapter"
    assert one.now.position == 15
    one.player.seek(4)
    one.player.previous_chapter()
    assert one.now.position == 15
    one.until(lambda now: now.state is State.PAUSED)
    assert one.player.chapter(2) == ""
    assert one.now.position == 10
    assert one.player.chapter(7) == "there is no chapter 8"


def test_without_chapters_their_keys_say_why_they_do_nothing(listen: Make, tones: Path) -> None:
    one = listen()
    assert one.player.next_chapter() == one.player.previous_chapter() == "nothing is playing"
    one.player.play(episode(tones), at=4, paused=True)
    assert one.player.next_chapter() == one.player.previous_chapter() == "this episode has no chapters"
    assert one.now.position == 4


def test_the_last_chapter_can_be_reached_however_short_it_is(listen: Make, tones: Path) -> None:
    one = listen()
    one.player.play(episode(tones), chapters(0, 10, 23.5), paused=True)
    one.until(lambda now: now.state is State.PAUSED)
    one.player.chapter(2)
    one.handle_next(Started)
    assert (one.now.position, one.now.chapter_index) == (23.5, 2)


# What is shown.


def test_the_feeds_duration_stands_until_the_files_own_is_known(listen: Make, tones: Path) -> None:
    one = listen()
    one.player.play(episode(tones, duration=3120), paused=True)
    assert (one.now.duration, one.now.duration_known) == (3120, False)
    one.until(lambda now: now.duration_known)
    assert one.now.duration == LENGTH


def test_chapters_of_the_file_are_taken_where_none_were_given(listen: Make, tmp_path: Path) -> None:
    path = audio.silent_mp3(tmp_path / "a.mp3", 30, [(0, "Hello"), (12, "Goodbye")])
    one = listen()
    one.player.play(episode(path), paused=True)
    one.until(lambda now: now.state is State.PAUSED)
    assert [chapter.title for chapter in one.now.chapters] == ["Hello", "Goodbye"]
    given = chapters(0, 4)
    one.player.set_chapters(given)
    assert one.now.chapters == given


def test_which_chapters_count_is_for_the_layer_above_to_say() -> None:
    def in_file(playing: Episode, embedded: tuple[Chapter, ...]) -> tuple[Chapter, ...]:
        return tuple(one._replace(title=f"{one.title} {playing.title}") for one in embedded[:1])

    desk = Desk(in_file=in_file)
    desk.player.play(episode("http://x/a.mp3"), chapters(0, 10))
    assert desk.player.playback.chapters == chapters(0, 10)
    desk.tell(Opened(desk.load, 60, (), seekable=True, live=False))
    assert desk.player.playback.chapters == chapters(0, 10)
    embedded = from_mpv([{"time": 1.0, "title": "Inside"}, {"time": 9.0, "title": "Later"}], 60)
    desk.tell(Opened(desk.load, 60, embedded, seekable=True, live=False))
    assert desk.player.playback.chapters == (Chapter(1, "Inside Episode one", 9, Source.FILE),)


def test_a_live_stream_is_shown_as_such_and_leaves_no_place_behind() -> None:
    desk = Desk()
    desk.player.play(episode("http://x/live", duration=3600))
    load = desk.load
    desk.tell(
        Opened(load, None, (), seekable=False, live=True), Started(load, load, 0), Ticked(load, load, 9)
    )
    now = desk.player.playback
    assert (now.live, now.duration, now.position) == (True, None, 9)
    assert desk.player.seek(10) == "this is live: there is only now"
    desk.player.toggle()
    desk.player.close()
    assert desk.saved == []


@contextmanager
def unmeasured(*pieces: bytes, **headers: str) -> Iterator[str]:
    """The address of an MP3 that comes in pieces, two each second, from a server that tells no length."""
    with Server() as server:
        server.add(
            "/a",
            chunks=pieces,
            pace=0.5,
            length=False,
            ranges=False,
            content_type="audio/mpeg",
            headers=headers,
        )
        yield server.url("/a")


SOUND = mixed_mp3(1, 1)
SECOND = len(SOUND) // 120
# More than plays meanwhile, as a station sends it: some of it at once.
LIVE = (SOUND[: 10 * SECOND], *(SOUND[:SECOND],) * 60)


def until_more_has_come(one: Listener) -> None:
    playing(one)
    first = one.until(lambda now: now.buffered is not None).buffered or 0.0
    one.until(lambda now: (now.buffered or 0.0) > first + 2)


@pytest.mark.parametrize(("headers", "told"), [({"icy-name": "Radio"}, 3600.0), ({}, None)])
def test_a_live_stream_stays_live_and_leaves_no_place_however_long_it_plays(
    listen: Make, headers: dict[str, str], told: float | None
) -> None:
    one = listen()
    with unmeasured(*LIVE, **headers) as source:
        one.player.play(episode(source, duration=told))
        until_more_has_come(one)
        one.player.close()
    assert (one.now.live, one.now.duration) == (True, None)
    assert one.saved == []


def test_an_episode_whose_length_only_its_feed_tells_is_never_taken_for_live_and_keeps_its_place(
    listen: Make,
) -> None:
    one = listen()
    with unmeasured(*LIVE) as source:
        one.player.play(episode(source, duration=3600))
        until_more_has_come(one)
        one.player.close()
    assert not any(shown.live for shown in one.shown)
    assert one.now.duration == 3600
    assert one.saved[-1].entry.position > 0


def test_an_episode_whose_length_nobody_tells_keeps_its_place_once_more_has_come_than_can_be_live(
    listen: Make,
) -> None:
    one = listen()
    with unmeasured(SOUND) as source:
        one.player.play(episode(source))
        one.until(lambda now: now.position > 1)
        one.player.close()
    assert not one.now.live
    assert one.saved[-1].entry.position == pytest.approx(1, abs=0.5)


def test_a_short_episode_whose_length_nobody_tells_is_finished_at_its_end(listen: Make) -> None:
    def chunked(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.wfile.write(b"%x\r\n%b\r\n0\r\n\r\n" % (SECOND, SOUND[:SECOND]))

    one = listen()
    with Server() as server:
        server.add("/a.mp3", handler=chunked)
        one.player.play(episode(server.url("/a.mp3")))
        one.until(lambda now: now.state in (State.ENDED, State.FAILED))
    assert (one.now.state, one.saved[-1].entry.played) == (State.ENDED, True)


@pytest.mark.parametrize("told", [120.0, None])
def test_an_episode_that_only_the_end_of_its_connection_ends_is_finished(
    listen: Make, told: float | None
) -> None:
    one = listen()
    one.haste = 5
    with unmeasured(SOUND) as source:
        one.player.play(episode(source, duration=told), at=119.3)
        one.until(lambda now: now.state is State.ENDED)
    assert (one.now.error, one.saved[-1].entry.played) == ("", True)


@pytest.mark.parametrize("told", [3120.0, None])
def test_a_connection_that_is_cut_twice_in_the_middle_does_not_finish_the_episode(told: float | None) -> None:
    desk = Desk()
    desk.player.play(episode("http://x/a.mp3", duration=told), progress=Progress(700, told))
    for cut in (701, 702):
        load = desk.load
        desk.tell(Opened(load, told and 705, (), seekable=False, live=False), Started(load, load, cut - 1))
        desk.tell(Ticked(load, load, cut), Ended(load, Reason.EOF, CUT, passing=True))
        assert desk.player.playback.again
        desk.later()
    assert desk.hand.told[-1][3] == 702
    assert (desk.saved[-1].entry.position, desk.saved[-1].entry.played) == (702, False)


def test_what_broke_off_before_it_could_be_told_from_a_live_stream_is_tried_again_where_it_was(
    listen: Make,
) -> None:
    one = listen()
    with unmeasured(SOUND[:SECOND]) as source:
        one.player.play(episode(source))
        one.until(lambda now: now.again)
    assert one.saved[-1].entry.position == one.now.position > 0.5


def test_a_pause_asked_for_while_it_loads_holds(listen: Make, tones: Path) -> None:
    one = listen()
    one.player.play(episode(tones), at=6)
    one.player.toggle()
    one.until(lambda now: now.state is State.PAUSED)
    assert one.now.position == pytest.approx(6, abs=0.5)
    one.player.toggle()
    one.until(lambda now: now.state is State.PLAYING and now.position > 6.2)


def test_a_pause_from_outside_is_shown_and_recorded() -> None:
    desk = Desk()
    load = desk.playing(at=10)
    desk.tell(Paused(load, True))
    assert desk.player.playback.state is State.PAUSED
    assert desk.saved[-1].entry.paused
    desk.player.toggle()
    assert desk.hand.told[-1] == ("pause", False)


def test_waiting_for_the_network_is_shown(listen: Make, server: MediaServer, tones: Path) -> None:
    body = tones.read_bytes()
    shelf = Shelf(body, cut=len(body) * 6 // 24)
    one = listen()
    one.player.restore(speed=3)
    one.player.play(episode(server.put("/a.wav", shelf)), at=3)
    playing(one)
    one.until(lambda now: now.buffered is not None and now.buffered > 5)
    # mpv takes up a broken connection again by itself, after longer and longer waits.
    one.until(lambda now: now.state is State.BUFFERING)
    shelf.cut = None
    one.until(lambda now: now.state is State.PLAYING and now.position > 6.5)


def test_speed_and_volume_stay_within_bounds_and_go_on_with_the_next_episode(
    listen: Make, tones: Path, other: Path
) -> None:
    one = listen()
    one.player.restore(speed=1.2, volume=90)
    one.player.play(episode(tones), paused=True)
    for _ in range(30):
        one.player.faster()
        one.player.louder()
    assert (one.now.speed, one.now.volume) == (3.0, 100)
    for _ in range(40):
        one.player.slower()
        one.player.quieter()
    assert (one.now.speed, one.now.volume) == (0.5, 0)
    one.player.faster()
    one.player.louder()
    one.player.toggle_mute()
    one.player.play(episode(other, "two"), paused=True)
    one.until(lambda now: now.state is State.PAUSED)
    assert (one.now.speed, one.now.volume, one.now.muted) == (0.6, 5, True)
    one.player.louder()
    one.player.normal_speed()
    assert (one.now.speed, one.now.volume, one.now.muted) == (1, 10, False)


def test_every_key_has_an_answer_while_nothing_is_loaded(listen: Make) -> None:
    player = listen().player
    for ask in (player.toggle, player.stop, player.next_chapter):
        assert ask() == "nothing is playing"
    assert player.seek(10) == player.seek_to(3) == "nothing is playing"
    assert player.retry() == "nothing has failed"


def test_a_chapter_behind_the_end_of_the_file_does_not_count_as_having_heard_it(
    listen: Make, tones: Path
) -> None:
    one = listen()
    one.player.play(episode(tones), chapters(0, 6, 4000))
    one.until(lambda now: now.state is State.PLAYING and now.duration_known)
    assert one.player.chapter(2) == "the file ends before that"
    assert one.player.play(episode(tones), at=4000.0) == ""
    one.until(lambda now: now.position > 0.1)
    assert one.now.state is State.PLAYING and not any(saved.entry.played for saved in one.saved)
