"""What an engine is asked and what it tells: frozen events, each with the number of its load.

Positions and durations are seconds. `load` is the number that `Engine.load` was given; `jump` is
the number of the last load or seek that had been carried out when the event was made. Whoever
counts both can tell a late event from one that answers what was asked last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pptui.models import Chapter


class Reason(StrEnum):
    """Why a file is no longer playing."""

    EOF = "eof"
    ERROR = "error"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Opened:
    """The file is open and these are its own facts; comes again when one of them changes.

    `duration` is None where the file does not say. Of what is not `seekable` it is a guess, or how far it
    was read, and may grow. `live` means a stream without an end: None where only time will tell, since its
    server tells no length and sends no more than it would of what is live."""

    load: int
    duration: float | None
    chapters: tuple[Chapter, ...]
    seekable: bool
    live: bool | None


@dataclass(frozen=True, slots=True)
class Started:
    """Sound comes from `position` on, or would if it were not paused: after a load and after each seek."""

    load: int
    jump: int
    position: float


@dataclass(frozen=True, slots=True)
class Stayed:
    """The seek `jump` was not carried out, and playback goes on at `position`; `text` says why."""

    load: int
    jump: int
    position: float
    text: str


@dataclass(frozen=True, slots=True)
class Ticked:
    """Where playback is, about four times a second while it plays."""

    load: int
    jump: int
    position: float


@dataclass(frozen=True, slots=True)
class Paused:
    """Paused or resumed by something else than a command to the engine."""

    load: int
    paused: bool


@dataclass(frozen=True, slots=True)
class Buffering:
    """Playback waits for the network, or no longer does."""

    load: int
    active: bool


@dataclass(frozen=True, slots=True)
class Buffered:
    """The network has delivered up to this second."""

    load: int
    until: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The file is no longer playing. `message` is one plain line: with ERROR why, with EOF what the
    network had to say, if anything, so that an end that came too early can be explained. `passing`:
    loading it again in a while may put it right."""

    load: int
    reason: Reason
    message: str = ""
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark for the user; playback goes on. `again`: loading the file again may put it right."""

    load: int
    text: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """The audio device that played is gone, and playback was paused for it; or `there` is one again."""

    load: int
    there: bool


@dataclass(frozen=True, slots=True)
class EngineLost:
    """mpv is gone; the next load starts it again."""

    load: int
    message: str


@dataclass(frozen=True, slots=True)
class Missing:
    """libmpv can't be loaded; `message` says what to install. The next load looks for it again."""

    load: int
    message: str


Event = (
    Opened
    | Started
    | Stayed
    | Ticked
    | Paused
    | Buffering
    | Buffered
    | Ended
    | Notice
    | Device
    | EngineLost
    | Missing
)


class Engine(Protocol):
    """What plays one file at a time. No method waits; what comes of it is told by events."""

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
        """Play `source`, an http(s) address or an absolute path, from `start` seconds on. Ends what plays.

        `address` gives what is opened in its place, with a password in it; it may take its time. Where it
        raises PermissionError, nothing is opened, and its text is why."""

    def seek(self, number: int, position: float) -> None:
        """Go to this second exactly. Of several in a row only the last need be carried out."""

    def pause(self, paused: bool) -> None: ...

    def set_speed(self, speed: float) -> None: ...

    def set_volume(self, volume: float) -> None: ...

    def set_mute(self, muted: bool) -> None: ...

    def stop(self) -> None:
        """End what plays, without an event."""

    def close(self, timeout: float = 1.0) -> None:
        """No event comes after this. Waits at most `timeout` seconds for mpv to end."""
