"""The rules of playing: where an episode goes on, when it is finished, what is written down and when.

One thread, the screen's, calls everything here, `handle` included. Positions are seconds. What the
user asks for is shown at once; what is recorded is only what has truly begun to play.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import assert_never

from pptui.models import Chapter, Episode, Playback, Progress, State
from pptui.player.events import (
    Buffered,
    Buffering,
    Device,
    Ended,
    Engine,
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
from pptui.player.output import GONE, Output
from pptui.player.place import Place, resumed, short_of_end
from pptui.player.recorder import Recorder, Save
from pptui.player.retries import Retries
from pptui.player.waiting import Later, Waiting

SPEEDS = (0.5, 3.0)
VOLUMES = (0.0, 100.0)
_SPEED_STEP = 0.1
_VOLUME_STEP = 5.0

# "Previous" goes to the start of the chapter that it is in from here on, as music players do.
_INTO_CHAPTER = 3.0

_NOTHING = "nothing is playing"
_NO_CHAPTERS = "this episode has no chapters"


def _never(seconds: float, call: Callable[[], None]) -> None:
    """There is nobody who could call later."""


def _enclosure(episode: Episode) -> str:
    return episode.enclosure


def _as_they_are(episode: Episode, chapters: tuple[Chapter, ...]) -> tuple[Chapter, ...]:
    return chapters


class Player:
    """Plays one episode at a time on an engine.

    `save` and `changed` are called from within the methods and must not wait; `changed` only when
    the snapshot is another one. `in_file` is told the chapters that a file turns out to have, and
    gives those to show. `address` gives what an engine opens for an episode, on a thread of its own,
    which may wait. `later` has something called on this thread after so many seconds; without it, what
    breaks off is not tried again by itself. Methods that the user calls return "" or why they did nothing,
    in words for a toast.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        save: Save,
        changed: Callable[[Playback], None],
        in_file: Callable[[Episode, tuple[Chapter, ...]], tuple[Chapter, ...]] = _as_they_are,
        address: Callable[[Episode], str] = _enclosure,
        later: Later = _never,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._recorder = Recorder(save, clock, now)
        self._retries = Retries()
        self._place = Place()
        self._waiting = Waiting(later, self._give_up)
        self._output = Output()
        self._changed = changed
        self._in_file = in_file
        self._address = address
        self._later = later
        self._now = now
        self._playback = Playback()
        self._asks = 0
        self._load = 0
        self._jump = 0
        self._started = False
        self._paused = False
        self._mendable = False
        self._buffering = False
        self._length: float | None = None

    @property
    def playback(self) -> Playback:
        return self._playback

    def restore(self, *, speed: float = 1.0, volume: float = 100.0) -> None:
        """Begin with the speed and volume of last time; they stay from one episode to the next."""
        self._set_speed(speed)
        self._set_volume(volume)

    # What the user asks for.

    def play(
        self,
        episode: Episode,
        chapters: tuple[Chapter, ...] = (),
        progress: Progress | None = None,
        *,
        at: float | None = None,
        paused: bool = False,
    ) -> str:
        """Play from exactly `at`, or where `progress` says it stopped: five seconds before that after a
        break of an hour, from the beginning when it was finished.

        What is loaded already is not loaded again."""
        current = self._playback
        same = current.episode is not None and current.episode.id == episode.id
        if same and current.active:
            if chapters:
                self.set_chapters(chapters)
            if at is not None:
                self._go(at)
            self._pause(paused)
            return ""
        if not episode.enclosure:
            return "this episode has nothing to play"
        progress = progress or Progress()
        if at is not None:
            start = max(0.0, at)
        elif same and current.state is State.FAILED:
            start = self._place.reached(current)
        elif same:
            start = 0.0
        else:
            start = resumed(progress, self._now())
        self._record(urgent=True, final=True)
        self._place.chosen()
        self._retries.forget()
        self._length = duration = episode.duration or progress.duration
        self._playback = Playback(
            episode=episode,
            duration=duration,
            speed=current.speed,
            volume=current.volume,
            muted=current.muted,
            chapters=chapters,
        )
        self._begin(start, paused=paused)
        return ""

    def toggle(self) -> str:
        match self._playback.state:
            case State.IDLE:
                return _NOTHING
            case State.ENDED:
                self._place.chosen()
                self._begin(0.0)
            case State.FAILED:
                return self.retry()
            case _ if self._output.gone:
                self._hold(not self._output.held)
                return "" if self._output.held else "it stays paused"
            case _:
                self._pause(not self._paused)
        return ""

    def stop(self) -> str:
        """Let go of the episode: what was heard of it is saved, and nothing is loaded any more."""
        current = self._playback
        if current.episode is None:
            return _NOTHING
        self._record(urgent=True, final=True)
        self._leave()
        self._engine.stop()
        self._length = None
        self._show(Playback(speed=current.speed, volume=current.volume, muted=current.muted))
        return ""

    def retry(self) -> str:
        """Load what failed again, at the place where it failed; what plays too, where that may put right
        what was remarked on."""
        self._retries.afresh()
        if self._playback.state is State.FAILED:
            self._begin(self._place.reached(self._playback))
        elif self._mendable and self._started:
            self._record(urgent=True)
            paused = self._paused and not self._output.held
            self._begin(self._place.reached(self._playback), paused=paused)
        else:
            return "nothing has failed"
        return ""

    def seek(self, delta: float) -> str:
        """Go so many seconds on, or back; several in a row add up."""
        return self.seek_to(self._playback.position + delta)

    def seek_to(self, seconds: float) -> str:
        """Go to this second of the episode, to shortly before its end at the furthest."""
        return self._go(short_of_end(seconds, self._playback))

    def chapter(self, index: int) -> str:
        """Go to the start of this chapter, counted from 0."""
        chapters = self._playback.chapters
        if not chapters:
            return _NO_CHAPTERS
        if not 0 <= index < len(chapters):
            return f"there is no chapter {index + 1}"
        return self._go(chapters[index].start)

    def next_chapter(self) -> str:
        chapters = self._playback.chapters
        if not chapters:
            return _NO_CHAPTERS if self._playback.episode else _NOTHING
        following = self._last_begun() + 1
        if following >= len(chapters):
            return "this is the last chapter"
        return self.chapter(following)

    def previous_chapter(self) -> str:
        """To the start of this chapter, or of the one before when it has only just begun."""
        current = self._playback
        if not current.chapters:
            return _NO_CHAPTERS if current.episode else _NOTHING
        index = self._last_begun()
        if index >= 0 and current.position - current.chapters[index].start <= _INTO_CHAPTER:
            index -= 1
        return self.chapter(index) if index >= 0 else self._go(0.0)

    def _last_begun(self) -> int:
        """The last chapter whose start was reached, also in a gap behind its end; -1 before the first."""
        position = self._playback.position
        return sum(1 for chapter in self._playback.chapters if chapter.start <= position) - 1

    def faster(self) -> str:
        return self._set_speed(self._playback.speed + _SPEED_STEP)

    def slower(self) -> str:
        return self._set_speed(self._playback.speed - _SPEED_STEP)

    def normal_speed(self) -> str:
        return self._set_speed(1.0)

    def louder(self) -> str:
        return self._set_volume(self._playback.volume + _VOLUME_STEP)

    def quieter(self) -> str:
        return self._set_volume(self._playback.volume - _VOLUME_STEP)

    def toggle_mute(self) -> str:
        muted = not self._playback.muted
        self._engine.set_mute(muted)
        self._update(muted=muted)
        return ""

    def set_chapters(self, chapters: tuple[Chapter, ...]) -> None:
        """Show another list for the episode that is loaded."""
        self._update(chapters=chapters)

    def keep(self) -> None:
        """Save the place where it is now, as of what is stopped: while it goes on, the next place says so."""
        self._record(urgent=True, final=True)

    def close(self) -> None:
        """Save, then end the engine."""
        self._record(urgent=True, final=True)
        self._leave()
        self._engine.close()

    # What the engine tells.

    def handle(self, event: Event) -> None:
        """Take in what the engine's sink was given, in order. What belongs to an earlier load is ignored."""
        if not self._load or event.load != self._load:
            return
        match event:
            case Opened():
                self._on_opened(event)
            case Started():
                self._on_started(event)
            case Stayed():
                self._on_stayed(event)
            case Ticked():
                self._on_ticked(event)
            case Paused(paused=paused):
                self._on_paused(paused)
            case Buffering(active=active):
                if self._started:
                    self._buffering = active
                    self._update(state=self._state())
            case Buffered(until=until):
                self._update(buffered=until)
            case Ended():
                self._on_ended(event)
            case Notice(text=text, again=again):
                self._mendable |= again
                self._remark(text)
            case Device(there=there):
                self._on_device(there)
            case EngineLost(message=message) | Missing(message=message):
                self._fail(message)
            case _:
                assert_never(event)

    def _on_opened(self, event: Opened) -> None:
        known = event.seekable and event.duration is not None
        if known:
            self._length = event.duration
        # Where the server leaves it open, an episode has a length in its feed. And what is live has no
        # places: it was not when this one was reached, and is not now.
        live = (self._length is None if event.live is None else event.live) and not self._place.wanted
        duration = None if live else self._length
        episode, chapters = self._playback.episode, self._playback.chapters
        if episode is not None and event.chapters:
            chapters = self._in_file(episode, event.chapters)
        self._waiting.opened()
        self._update(duration=duration, duration_known=known, live=live, chapters=chapters)

    def _on_started(self, event: Started) -> None:
        if event.jump != self._jump:
            return
        if not self._started and self._place.is_over(event.position, self._playback):
            # mpv is at the end of a file that is shorter than that, and about to say so.
            return
        self._remark(
            self._place.began(
                event.position, self._playback, started=self._started, sought=event.jump != self._load
            )
        )
        self._started = True
        self._retries.started()
        self._update(state=self._state(), position=self._place.steady(event.position))
        if not self._output.gone:
            self._update(error="", again=False)
        self._record(urgent=True)

    def _on_stayed(self, event: Stayed) -> None:
        # Nothing moved: a place that is kept is kept.
        self._remark(event.text)
        if event.jump == self._jump:
            self._place.move(event.position)
            self._update(position=max(0.0, event.position))
            self._record()

    def _on_ticked(self, event: Ticked) -> None:
        if not self._started or event.jump != self._jump:
            return
        self._place.went_on()
        self._retries.reached(event.position)
        self._update(position=self._place.steady(event.position))
        self._recorder.tick(self._playback, paused=self._paused, floor=self._place.floor)

    def _on_paused(self, paused: bool) -> None:
        self._paused = paused
        if self._started:
            self._update(state=self._state())
            self._record(urgent=True)

    def _on_ended(self, event: Ended) -> None:
        current = self._playback
        if event.reason is Reason.STOPPED:
            self._fail("playing was stopped")
        elif event.reason is Reason.EOF and self._place.may_be_behind(
            event.message, current, started=self._started
        ):
            self._begin(0.0, paused=self._paused, behind=self._place.asked)
        elif event.reason is Reason.EOF and self._place.is_end(event.message, current, started=self._started):
            self._record(urgent=True, final=True, played=True)
            self._started = False
            self._update(state=State.ENDED, position=current.duration or current.position, error="")
        else:
            if self._started:
                self._place.cut(current.position)
            # An end that came too early and without a word is a connection that was closed in good order.
            early = event.reason is Reason.EOF and not event.message
            if early and self._place.is_ahead(current):
                # Trying again by itself would play the beginning over and over.
                self._fail("it ended before the place that is kept")
            else:
                self._fail(event.message or "the connection was cut", passing=event.passing or early)

    def _on_device(self, there: bool) -> None:
        if not there:
            self._output.lost(playing=not self._paused)
            self._mendable = True
            self._on_paused(True)
            self._update(error=GONE, again=self._output.held)
        elif self._output.gone:
            goes_on = self._output.found()
            self._update(error="", again=False)
            if goes_on:
                self._pause(False)

    def _hold(self, held: bool) -> None:
        """Go on when there is a device again, or stay paused."""
        self._output.hold(held)
        self._update(again=held)

    # What breaks off, and what never comes.

    def _try_again(self, load: int) -> None:
        if load == self._load and self._playback.state is State.FAILED:
            start = self._place.reached(self._playback)
            self._begin(start, paused=self._paused, error=self._playback.error)

    def _give_up(self, message: str) -> None:
        self._engine.stop()
        self._fail(message, passing=True)

    # Loading, moving about, pausing.

    def _state(self) -> State:
        if self._paused:
            return State.PAUSED
        return State.BUFFERING if self._buffering else State.PLAYING

    def _ask(self) -> int:
        self._asks += 1
        return self._asks

    def _leave(self) -> None:
        """Nothing is loaded any more: what is still told of it is ignored."""
        self._load = self._jump = 0
        self._started = False
        self._waiting.end()

    def _begin(self, start: float, *, paused: bool = False, error: str = "", behind: float = 0.0) -> None:
        episode = self._playback.episode
        if episode is None:
            return
        self._load = self._jump = self._ask()
        self._paused = paused
        self._started = self._mendable = self._buffering = False
        self._place.load(start, behind=behind)
        self._output.begin()
        self._recorder.begin()
        self._update(
            state=State.LOADING,
            position=start,
            buffered=None,
            notice="",
            error=error,
            again=bool(error),
        )
        self._engine.load(
            self._load,
            episode.enclosure,
            start=start,
            paused=paused,
            title=episode.title,
            address=partial(self._address, episode),
        )
        self._waiting.begin(self._load)

    def _go(self, seconds: float) -> str:
        current = self._playback
        if current.episode is None:
            return _NOTHING
        if current.live:
            return "this is live: there is only now"
        seconds = max(0.0, seconds)
        if self._started and current.duration_known and seconds >= (current.duration or 0.0):
            # Going there would end the episode, and count as having heard it.
            return "the file ends before that"
        if not current.active:
            self._place.chosen()
            self._begin(seconds)
        elif not self._started:
            # Sound of the place that was asked for first must not be heard.
            self._begin(seconds, paused=self._paused)
        else:
            self._jump = self._ask()
            self._place.move(seconds)
            self._update(position=seconds)
            if current.duration_known and not self._place.floor:
                # What the bar shows is kept from now on, however long a server takes to get there.
                self._record()
            self._engine.seek(self._jump, seconds)
        return ""

    def _pause(self, paused: bool) -> None:
        if self._output.gone:
            self._hold(not paused)
            return
        if paused == self._paused:
            return
        self._paused = paused
        self._engine.pause(paused)
        if self._started:
            self._update(state=self._state())
            self._record(urgent=True)

    def _set_speed(self, speed: float) -> str:
        speed = _within(round(speed, 1), SPEEDS)
        self._engine.set_speed(speed)
        self._update(speed=speed)
        return ""

    def _set_volume(self, volume: float) -> str:
        volume = _within(volume, VOLUMES)
        if self._playback.muted:
            self._engine.set_mute(False)
        self._engine.set_volume(volume)
        self._update(volume=volume, muted=False)
        return ""

    def _fail(self, message: str, *, passing: bool = False) -> None:
        self._record(urgent=True)
        self._started = False
        wait = self._retries.broke_off(self._place.reached(self._playback)) if passing else None
        self._update(state=State.FAILED, error=message, again=wait is not None)
        if wait is not None:
            self._later(wait, partial(self._try_again, self._load))

    def _remark(self, text: str) -> None:
        notice = self._playback.notice
        if text not in notice:
            self._update(notice=f"{notice} · {text}" if notice else text)

    def _record(self, *, urgent: bool = False, final: bool = False, played: bool = False) -> None:
        if self._started or played:
            self._recorder.record(
                self._playback,
                paused=self._paused,
                floor=self._place.floor,
                urgent=urgent,
                final=final,
                played=played,
            )

    def _update(self, **changes: object) -> None:
        self._show(self._playback._replace(**changes))  # type: ignore[arg-type]

    def _show(self, playback: Playback) -> None:
        if playback != self._playback:
            self._playback = playback
            self._waiting.see(playback)
            self._changed(playback)


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])
