"""mpv as it runs: what it is asked, in the engine's words, and what it tells, as notes.

The names and numbers are those of client.h and of mpv's manual (properties, `loadfile`). What is asked
of an mpv that has ended raises what `libmpv.gone` knows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from pptui.chapters.media import from_mpv
from pptui.models import Chapter
from pptui.player import libmpv

# mpv_event_id and mpv_end_file_reason.
_SHUTDOWN, _START_FILE, _END_FILE, _FILE_LOADED, _PLAYBACK_RESTART = 1, 6, 7, 8, 21
_END_EOF, _END_STOP, _END_QUIT, _END_REDIRECT = 0, 2, 3, 5

# How far before the place mpv begins to read: hr-seek-demuxer-offset, and a little.
_LEAD = 0.6


class End(Enum):
    """Why a file is no longer open. `PLAYLIST`: it named others, and mpv goes on to them."""

    EOF = auto()
    STOPPED = auto()
    PLAYLIST = auto()
    ERROR = auto()


_ENDS = {_END_EOF: End.EOF, _END_STOP: End.STOPPED, _END_REDIRECT: End.PLAYLIST}


@dataclass(frozen=True, slots=True)
class Loaded:
    """The file is open, and has its facts."""

    entry: int


@dataclass(frozen=True, slots=True)
class Restarted:
    """Sound comes, or would: the file begins, or a seek is done."""

    entry: int


@dataclass(frozen=True, slots=True)
class Closed:
    """The file is no longer open; `error` is an mpv_error. Not told where mpv itself ends."""

    entry: int
    end: End
    error: int


@dataclass(frozen=True, slots=True)
class Changed:
    """`paused` or `waiting` may be another."""


@dataclass(frozen=True, slots=True)
class Rerouted:
    """`audible` may be another."""


@dataclass(frozen=True, slots=True)
class Shutdown:
    """mpv ends, by itself or because somebody told it to."""


Note = Loaded | Restarted | Closed | Changed | Rerouted | Shutdown


@dataclass(frozen=True, slots=True)
class Facts:
    """What mpv knows of the file that is open. `forced`: only what was read of it can be moved about in.

    `duration` is None where the file does not say, `network` that it comes from there."""

    duration: float | None
    chapters: tuple[Chapter, ...]
    network: bool
    seekable: bool
    forced: bool


class Core:
    """An mpv with `options`, its own by name, on top of pptui's; `refused` are those that it does not take,
    each with the reason.

    `log` is `libmpv.start`'s. `tell` is given this core and each note, on mpv's event thread, which it must
    not hold up. Raises libmpv.Unusable."""

    def __init__(
        self, options: Mapping[str, str], log: libmpv.LogCall, tell: Callable[[Core, Note], None]
    ) -> None:
        self._mpv, self.refused = libmpv.start(options, log)
        self._silent = "null" in options.get("ao", "").split(",")
        self._tell = tell
        self._entry = 0  # mpv's event thread's own
        self._mpv.register_event_callback(self._on_event)
        for name in ("pause", "paused-for-cache"):
            self._mpv.observe_property(name, lambda *_: tell(self, Changed()))
        self._mpv.observe_property("current-ao", lambda *_: tell(self, Rerouted()))

    def _on_event(self, event: Any) -> None:
        kind = event.event_id.value
        if kind == _START_FILE:
            self._entry = event.data.playlist_entry_id
        elif kind == _FILE_LOADED:
            self._tell(self, Loaded(self._entry))
        elif kind == _PLAYBACK_RESTART:
            self._tell(self, Restarted(self._entry))
        elif kind == _END_FILE:
            data = event.data
            if data.reason != _END_QUIT:
                end = _ENDS.get(data.reason, End.ERROR)
                self._tell(self, Closed(data.playlist_entry_id, end, data.error))
        elif kind == _SHUTDOWN:
            self._tell(self, Shutdown())

    # What it does.

    def set(self, name: str, value: object) -> None:
        """Set a property: `pause`, `speed`, `volume` or `mute`."""
        self._mpv[name] = value

    def set_title(self, title: str) -> None:
        """What is loaded is called so, where the system shows what sounds."""
        self._mpv["force-media-title"] = title

    def load(self, address: str, start: float = 0.0, *, force: bool = True) -> int:
        """Open this from `start` seconds on, in place of what is open; the entry of its notes.

        Where its server only sends from the beginning, mpv reads on to that place if it may `force` it."""
        # Options of one file are joined with commas: nothing but a number may go in here.
        options = [f"start={start:.3f}"] if start > 0 else []
        if not force:
            options.append("force-seekable=no")
        # libmpv 0.38 put an index in front of them.
        index = (-1,) if self._mpv.mpv_version_tuple >= (0, 38, 0) else ()
        result = self._mpv.command("loadfile", address, "replace", *index, ",".join(options))
        entry: int = result["playlist_entry_id"]
        return entry

    def seek(self, position: float) -> bool:
        """Go to this second exactly: a Restarted will tell. False where that is not possible."""
        if not self._mpv.seekable:
            return False
        try:
            self._mpv.command("seek", position, "absolute+exact")
        except SystemError:
            return False
        return True

    def stop(self) -> None:
        """Close the file that is open."""
        self._mpv.command("stop")

    def reload_output(self) -> None:
        """Look for an audio device again. What comes of it is told by a Rerouted."""
        self._mpv.command("ao-reload")

    def close(self) -> None:
        """End mpv, and wait for that."""
        self._mpv.terminate()

    # What it says when asked.

    @property
    def position(self) -> float | None:
        """Seconds into the file; None where none is open."""
        position: float | None = self._mpv.time_pos
        return position

    @property
    def duration(self) -> float | None:
        """As in `Facts`."""
        value = self._mpv.duration
        if isinstance(value, int | float) and math.isfinite(value) and value > 0:
            return float(value)
        return None

    @property
    def buffered(self) -> float | None:
        """Up to which second there is something to play."""
        until: float | None = self._mpv.demuxer_cache_time
        return until

    @property
    def paused(self) -> bool:
        return bool(self._mpv.pause)

    @property
    def waiting(self) -> bool:
        """Whether playback waits for the network."""
        return bool(self._mpv.paused_for_cache)

    @property
    def audible(self) -> bool | None:
        """Whether there is a device to hear it by; None where none was looked for, or silence is wanted."""
        name = self._mpv.current_ao
        if name == "null":
            return None if self._silent else False
        return None if name is None else True

    def cached(self, position: float) -> bool:
        """Whether mpv can go to this second by what it has read."""
        state = self._mpv.demuxer_cache_state or {}
        return any(
            (span["start"] + _LEAD <= position or (state.get("bof-cached") and span["start"] < _LEAD))
            and position <= span["end"]
            for span in state.get("seekable-ranges", ())
        )

    def facts(self) -> Facts | None:
        """What the file that is open says of itself; None where none is."""
        mpv = self._mpv
        duration = self.duration
        network = bool(mpv.demuxer_via_network)
        chapters: tuple[Chapter, ...] = ()
        if entries := mpv.chapter_list:
            # mpv counts an MP3 from behind its encoder delay, and its ID3 chapters with it; the
            # chapters count from the first sound.
            shift = (mpv.demuxer_start_time or 0.0) if mpv.file_format == "mp3" else 0.0
            chapters = from_mpv(entries, duration, shift=shift)
        forced = bool(mpv.partially_seekable)
        seekable = bool(mpv.seekable) and not forced
        if mpv.file_format is None:
            # Closed meanwhile: what was read may be of no file at all.
            return None
        return Facts(duration, chapters, network, seekable, forced)

    def live(self) -> bool | None:
        """Whether what comes from the network has no end; None where its server does not tell."""
        if self._mpv.file_size is not None:
            return False
        # Headers of SHOUTcast and Icecast that describe a station, which ffmpeg gives as metadata.
        return True if any(name.startswith("icy-") for name in self._mpv.metadata or ()) else None
