"""The place that was asked for, held against what a file and its server turn out to have.

Positions are seconds. `playback` is the snapshot as it stands.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pptui.models import Playback, Progress

_LONG_BREAK = timedelta(hours=1)
_REMIND = 5.0
# Seeking stops short of the end: only listening finishes an episode.
_BEFORE_END = 2.0
# A position this near the end is the end.
_AT_END = 1.0
# The part of an episode behind which it may have ended, where its length is only the feed's.
_LATE = 0.9
# Two ends no further apart are one end, where nothing else tells which it is.
_SAME_END = 0.3
# mpv reports a place to within the audio that is still on its way to the device.
_NEAR = 1.0


def resumed(progress: Progress, now: datetime) -> float:
    """Where an episode goes on: five seconds before the place after a break of an hour, so that one knows
    what it was about; from the beginning where it was finished."""
    position, duration = progress.position, progress.duration
    if progress.played or (duration is not None and position >= duration - _AT_END):
        return 0.0
    if progress.heard is not None and now - progress.heard >= _LONG_BREAK:
        position -= _REMIND
    return max(0.0, position)


def short_of_end(seconds: float, playback: Playback) -> float:
    """This second, or the furthest that can be sought."""
    if not playback.duration_known or playback.duration is None:
        return seconds
    return min(seconds, max(playback.duration - _BEFORE_END, playback.position, 0.0))


class Place:
    """What was asked for last, and what is kept of it where it can't be had.

    No place before `floor` is to be recorded: it was reached earlier, and playing started over below it."""

    def __init__(self) -> None:
        self.asked = 0.0
        self.floor = 0.0
        self._behind = 0.0
        self._heard = False
        self._cut: float | None = None

    @property
    def wanted(self) -> float:
        """The place to get to, be it another one that plays."""
        return max(self.asked, self.floor)

    def load(self, start: float, *, behind: float = 0.0) -> None:
        """A file is loaded from `start` on, because `behind`, if any, may be behind its end."""
        self.asked = start
        self._heard = False
        self._behind = self.floor = behind

    def move(self, seconds: float) -> None:
        """Something loaded is sought, or has stayed, there."""
        self.asked = seconds

    def chosen(self) -> None:
        """The listener chose what is loaded next: where the connection was cut before tells nothing now."""
        self._cut = None

    def cut(self, position: float) -> None:
        """The connection was cut there."""
        self._cut = position

    def began(self, position: float, playback: Playback, *, started: bool, sought: bool) -> str:
        """It plays from `position` on; what there is to remark on that, or "".

        `started` says that this load has played before, `sought` that a seek led there."""
        if not started and self._behind:
            self.floor = self._behind
            if self._beyond_end(self._behind, playback):
                return "the file is shorter than the place asked for: from the beginning"
            self._behind = 0.0
            return "the audio can't be played from the place asked for: from the beginning"
        if position >= self.asked - _REMIND:
            self.floor = 0.0
        elif not sought:
            # A server may only send a file from its beginning. The place that was reached before is
            # kept until it is reached again.
            self.floor = self.asked
            return "this server only sends from the beginning"
        return ""

    def went_on(self) -> None:
        """A place that the file does not have is kept until something else really plays: now it does."""
        self._heard = True
        if self._behind:
            self._behind = self.floor = 0.0

    def steady(self, position: float) -> float:
        """The place to show for what mpv reports."""
        return self.asked if self.asked - _NEAR <= position < self.asked else max(0.0, position)

    def reached(self, playback: Playback) -> float:
        """Where to go on when it is loaded again: not below a place that is kept; what is live, now."""
        return 0.0 if playback.live else max(playback.position, self.floor)

    def is_over(self, position: float, playback: Playback) -> bool:
        """Whether this is the end of a file that was asked for a place behind it."""
        if not playback.duration_known or playback.duration is None:
            return False
        # A duration may be a guess, or how far it was read: at the asked place it is not the end.
        short = max(playback.duration, position + 0.1) < self.asked
        return short and abs(position - playback.duration) <= _AT_END

    def is_ahead(self, playback: Playback) -> bool:
        """Whether a place is kept that has not been reached again."""
        return playback.position < self.floor

    def may_be_behind(self, message: str, playback: Playback, *, started: bool) -> bool:
        """Whether a file of which nothing was heard when it ended, with that `message`, may have been asked
        for a place behind its end; `started` as above."""
        if self.asked <= 0 or self._cut is not None:
            return False
        if started and (self._heard or not self.is_ahead(playback)):
            return False
        # It can be over before mpv has told how long it is: loading it from the beginning tells.
        return self._beyond_end(self.asked, playback) or not (playback.duration_known or message)

    def is_end(self, message: str, playback: Playback, *, started: bool) -> bool:
        """Whether an end of file is the end of the episode, and not of the connection; `started` as above."""
        # Of a file that came without its length, ffmpeg says at its end too that it was cut.
        late = playback.position >= _LATE * (playback.duration or 0.0)
        said = message and not (started and late and not playback.duration_known and not playback.live)
        near = _BEFORE_END if playback.duration else _SAME_END
        if self._cut is not None and abs(playback.position - self._cut) < near and not said:
            # Tried again, and nothing came after the place where it was cut: the stated duration is wrong.
            return True
        if not started or playback.live or playback.episode is None:
            return False
        if playback.episode.enclosure.startswith("/"):
            return True
        if playback.duration is None or not playback.duration_known:
            return not message and not self.is_ahead(playback)
        return playback.position >= playback.duration - max(_REMIND, playback.duration * 0.01)

    def _beyond_end(self, place: float, playback: Playback) -> bool:
        return (
            playback.duration_known and playback.duration is not None and place >= playback.duration - _AT_END
        )
