"""What never comes: when a load that does not begin, or does not go on, is given up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pptui.models import Playback, State

# Seconds without a byte after which a connection is given up, and another made.
_STALLED = 20.0
# Seconds until a file is open; and until it plays, where all of it up to the place has to be read first.
_OPENING = 60.0
_BEGINNING = 600.0

Later = Callable[[float, Callable[[], None]], object]
"""Has something called after so many seconds."""


class Waiting:
    """Looks whether what playback waits for has come meanwhile.

    `give_up` is called with why, in a plain line, where it has not. It has to be shown every snapshot."""

    def __init__(self, later: Later, give_up: Callable[[str], None]) -> None:
        self._later = later
        self._give_up = give_up
        self._load = 0
        self._opened = False
        self._looking = False
        self._seen = Playback()

    def begin(self, load: int) -> None:
        """This load has been asked for, and no other any more."""
        self._load = load
        self._opened = False
        for seconds in (_OPENING, _BEGINNING):
            self._later(seconds, partial(self._overdue, load, seconds))

    def opened(self) -> None:
        """Its file is open: it may take longer now."""
        self._opened = True

    def see(self, playback: Playback) -> None:
        """Where playback stands now."""
        self._seen = playback
        if playback.state is State.BUFFERING and not self._looking:
            self._looking = True
            self._later(_STALLED, partial(self._look, self._load, playback.buffered))

    def end(self) -> None:
        """Nothing is waited for any more."""
        self._load = 0
        self._seen = Playback()

    def _look(self, load: int, buffered: float | None) -> None:
        self._looking = False
        waits = self._seen.state is State.BUFFERING
        if waits and load == self._load and buffered == self._seen.buffered:
            self._give_up(f"nothing came for {_STALLED:g} s")
        else:
            self.see(self._seen)

    def _overdue(self, load: int, seconds: float) -> None:
        waits = load == self._load and self._seen.state is State.LOADING
        if waits and (seconds >= _BEGINNING or not self._opened):
            self._give_up(f"it did not begin within {seconds:g} s")
