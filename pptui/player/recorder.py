"""What is written down of an episode while it plays, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from pptui.models import Playback
from pptui.store.journal import Entry

# At most so much is lost when the power goes, in seconds of the clock and of the episode alike.
_SAVE_EVERY = 4.0


class Save(Protocol):
    """Keeps what is written down; `urgent` asks for the disk at once, not with the next batch."""

    def __call__(self, entry: Entry, *, urgent: bool) -> None: ...


class Recorder:
    """Gives `save` the place of what plays. What has not begun yet is for the caller not to record.

    `clock` counts seconds, `now` is the moment that is written down. No place before `floor` is."""

    def __init__(self, save: Save, clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        self._save = save
        self._clock = clock
        self._now = now
        self._at = 0.0
        self._position = 0.0
        self._chapter = -1

    def begin(self) -> None:
        """Something is loaded: its first place is a new one."""
        self._chapter = -1

    def tick(self, playback: Playback, *, paused: bool, floor: float) -> None:
        """Record a new chapter at once, and a place that is some seconds from the last one recorded."""
        if playback.chapter_index != self._chapter:
            self.record(playback, paused=paused, floor=floor, urgent=True)
        elif (
            abs(playback.position - self._position) >= _SAVE_EVERY or self._clock() - self._at >= _SAVE_EVERY
        ):
            self.record(playback, paused=paused, floor=floor)

    def record(
        self,
        playback: Playback,
        *,
        paused: bool,
        floor: float,
        urgent: bool = False,
        final: bool = False,
        played: bool = False,
    ) -> None:
        """Write this place down; with `played`, that the episode is finished. A live stream leaves none.

        `final` is the last word about it before something else is played, or nothing."""
        if playback.episode is None or playback.live:
            return
        self._at = self._clock()
        self._position = playback.position
        self._chapter = playback.chapter_index
        if playback.position < floor and not played:
            return
        entry = Entry(
            playback.episode,
            0.0 if played else playback.position,
            playback.duration,
            paused=paused or final,
            played=played,
            chapter=playback.chapter.title if playback.chapter else "",
            heard=self._now(),
        )
        self._save(entry, urgent=urgent)
