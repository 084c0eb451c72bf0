"""The one file that knows mpv: commands in, events out.

Everything that touches libmpv happens on one thread of the engine's own. It is started, and libmpv
loaded, by the first load: that costs 0.1 to 0.2 s and may fail where libmpv is not installed. mpv's
own event thread only puts a note in that thread's queue, so it never waits for anybody, and mpv can
be shut down at any moment.
"""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import functools
import locale
import math
import os
import queue
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from pptui import __version__
from pptui.chapters.media import from_mpv
from pptui.models import Chapter
from pptui.player.events import (
    Buffered,
    Buffering,
    Ended,
    EngineLost,
    Event,
    Missing,
    Notice,
    Opened,
    Paused,
    Reason,
    Started,
    Ticked,
)
from pptui.player.install import how_to_install
from pptui.text import line

NO_DEVICE = "no audio device: playing silently"

_TICK = 0.25
_IDLE_TICK = 1.0
_LATE = 0.2  # seconds that the log's lines about a failure may come after the failure

# An enclosure is audio and nothing else: mpv opens no file, address, playlist or script beside it,
# and reads no configuration of the user's mpv. What a version of libmpv does not know is left out.
_OPTIONS = {
    "config": "no",
    "terminal": "no",
    "idle": "yes",
    "video": "no",
    "sid": "no",
    "force-window": "no",
    "ytdl": "no",
    "osc": "no",
    "load-scripts": "no",
    "load-stats-overlay": "no",
    "load-osd-console": "no",
    "load-console": "no",
    "load-auto-profiles": "no",
    "load-select": "no",
    "load-positioning": "no",
    "load-commands": "no",
    "load-context-menu": "no",
    "input-default-bindings": "no",
    "input-media-keys": "no",
    "media-controls": "no",
    "resume-playback": "no",
    "save-position-on-quit": "no",
    "autoload-files": "no",
    "audio-file-auto": "no",
    "sub-auto": "no",
    "cover-art-auto": "no",
    "ordered-chapters": "no",
    "access-references": "no",
    "load-unsafe-playlists": "no",
    "directory-mode": "ignore",
    "demuxer-lavf-o": "protocol_whitelist=[http,https,tcp,tls]",
    "audio-client-name": "pptui",
    "user-agent": f"pptui/{__version__}",
    "audio-fallback-to-null": "yes",
    "audio-pitch-correction": "yes",
    "gapless-audio": "no",
    "hr-seek": "yes",
    # An MP3 frame borrows bits from those before it: without these its first 0.1 s would be silent.
    "hr-seek-demuxer-offset": "0.5",
    "volume-max": "100",
    "network-timeout": "20",
    "demuxer-max-bytes": "32MiB",
    "demuxer-max-back-bytes": "16MiB",
}
# Changing these in the config would take the screen or the engine's own footing away.
_RESERVED = frozenset(
    {"config", "force-window", "idle", "input-terminal", "keep-open", "pause", "start", "terminal"}
)

# mpv does not check certificates unless told to, and then needs the system's own list.
_CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)

_LIBRARIES = (
    (
        "libmpv.2.dylib",
        "libmpv.dylib",
        "/opt/homebrew/lib/libmpv.dylib",
        "/usr/local/lib/libmpv.dylib",
        "/opt/local/lib/libmpv.dylib",
    )
    if sys.platform == "darwin"
    else ("libmpv.so.2", "libmpv.so.1")
)

# Values of libmpv's enums (client.h: mpv_end_file_reason, mpv_error).
_END_EOF, _END_STOP, _END_QUIT, _END_REDIRECT = 0, 2, 3, 5
_NOTHING_TO_PLAY = -16
_ERRORS = {
    -14: "the audio device can't be opened",
    -15: "the audio device can't be opened",
    _NOTHING_TO_PLAY: "there is no audio in it",
    -17: "this is not audio that mpv knows",
    -18: "this system's mpv can't play it",
}
# What ffmpeg and mpv write to the log, in the order in which it is believed.
_REMARKS = (
    (re.compile(r"HTTP error (401|403)"), "the server does not allow it ({})"),
    (re.compile(r"HTTP error (404|410)"), "it is not on the server any more ({})"),
    (re.compile(r"HTTP error (429)"), "the server asks to come back later ({})"),
    (re.compile(r"HTTP error (\d{3})"), "the server failed ({})"),
    (re.compile(r"resolve hostname", re.IGNORECASE), "the server's name can't be found"),
    (re.compile(r"certificate|handshake", re.IGNORECASE), "the server's certificate is not valid"),
    (re.compile(r"connection refused", re.IGNORECASE), "the server refuses the connection"),
    (re.compile(r"unreachable|no route to host", re.IGNORECASE), "the network can't be reached"),
    (re.compile(r"timed out", re.IGNORECASE), "the server does not answer"),
    (
        re.compile(r"ends prematurely|connection reset|broken pipe|input/output error", re.IGNORECASE),
        "the connection was cut",
    ),
    (re.compile(r"permission denied", re.IGNORECASE), "pptui may not read it"),
)


class Engine(Protocol):
    """What plays one file at a time. No method waits; what comes of it is told by events."""

    def load(
        self, number: int, source: str, *, start: float = 0.0, paused: bool = False, title: str = ""
    ) -> None:
        """Play `source`, an http(s) address or an absolute path, from `start` seconds on. Ends what plays."""

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


class MpvEngine:
    """An `Engine` made of libmpv.

    `options` are mpv's own, by name, on top of pptui's; one that mpv refuses is told as a Notice and
    the others count. `sink` is called on the engine's thread and must not wait.
    """

    def __init__(self, options: Mapping[str, object], sink: Callable[[Event], None]) -> None:
        self._options = {name.replace("_", "-"): _value(value) for name, value in options.items()}
        self._sink: Callable[[Event], None] | None = sink
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._newest = 0
        self._wanted: dict[str, Any] = {"pause": False, "speed": 1.0, "volume": 100.0, "mute": False}
        self._remarks: deque[str] = deque(maxlen=16)
        self._remarked = threading.Event()
        # What follows is the engine thread's own.
        self._applied: dict[str, Any] = {}
        self._mpv: Any = None
        self._load = 0
        self._entry = 0
        self._start = 0.0
        self._started = False
        self._jump = 0
        self._flying = 0
        self._next: tuple[int, float] | None = None
        self._opened: Opened | None = None
        self._network = False
        self._position: float | None = None
        self._buffered: float | None = None
        self._due = math.inf

    # Called by anybody.

    def load(
        self, number: int, source: str, *, start: float = 0.0, paused: bool = False, title: str = ""
    ) -> None:
        self._newest = number
        self._wanted["pause"] = paused
        self._submit(functools.partial(self._do_load, number, source, start, title), begin=True)

    def seek(self, number: int, position: float) -> None:
        self._submit(functools.partial(self._do_seek, number, position))

    def pause(self, paused: bool) -> None:
        self._want("pause", paused)

    def set_speed(self, speed: float) -> None:
        self._want("speed", speed)

    def set_volume(self, volume: float) -> None:
        self._want("volume", volume)

    def set_mute(self, muted: bool) -> None:
        self._want("mute", muted)

    def stop(self) -> None:
        self._newest = 0
        self._submit(self._do_stop)

    def close(self, timeout: float = 1.0) -> None:
        self._sink = None
        if self._thread is not None:
            self._jobs.put(_nothing)
            self._thread.join(timeout)

    def _want(self, name: str, value: object) -> None:
        self._wanted[name] = value
        self._submit(functools.partial(self._apply, name))

    def _submit(self, job: Callable[[], None], *, begin: bool = False) -> None:
        if self._sink is None:
            return
        if self._thread is None:
            if not begin:
                return
            self._thread = threading.Thread(target=self._run, name="pptui-engine", daemon=True)
            self._thread.start()
        self._jobs.put(job)

    # The engine's thread.

    def _run(self) -> None:
        while self._sink is not None:
            try:
                wait = self._due - time.monotonic()
                if wait <= 0:
                    self._tick()
                    continue
                job = self._jobs.get(timeout=None if wait == math.inf else wait)
                if self._sink is not None:
                    job()
            except queue.Empty:
                continue
            except Exception as error:  # whatever it is, the app goes on and says so
                self._lose(f"mpv failed: {error}")
        self._drop()

    def _emit(self, event: Event) -> None:
        if (sink := self._sink) is not None:
            sink(event)

    def _apply(self, name: str) -> None:
        if self._mpv is not None:
            self._mpv[name] = self._applied[name] = self._wanted[name]
            self._schedule()

    def _schedule(self) -> None:
        if not self._started:
            self._due = math.inf
        elif not self._wanted["pause"]:
            self._due = time.monotonic() + _TICK
        else:
            # A paused download still fills its buffer.
            self._due = time.monotonic() + _IDLE_TICK if self._network else math.inf

    def _do_load(self, number: int, source: str, start: float, title: str) -> None:
        if number != self._newest:
            return
        self._forget()
        self._load = self._jump = number
        self._start = start
        if problem := _refused(source):
            self._do_stop()
            self._emit(Ended(number, Reason.ERROR, problem))
            return
        if self._mpv is None and not self._open():
            return
        mpv = self._mpv
        mpv["pause"] = self._applied["pause"] = self._wanted["pause"]
        mpv["force-media-title"] = title
        # Options of one file are joined with commas: nothing but a number may go in here.
        place = f"start={start:.3f}" if start > 0 else ""
        # libmpv 0.38 put an index in front of them.
        index = (-1,) if mpv.mpv_version_tuple >= (0, 38, 0) else ()
        self._remarks.clear()
        result = mpv.command("loadfile", source, "replace", *index, place)
        self._entry = result["playlist_entry_id"]

    def _do_seek(self, number: int, position: float) -> None:
        if self._mpv is None or not self._entry:
            return
        if not self._started or self._flying:
            # mpv merges seeks and announces the end of one without saying of which: one at a time.
            self._next = (number, position)
            return
        if not self._mpv.seekable:
            self._emit(Notice(self._load, "this stream can't be moved about in"))
            self._arrive(number)
            return
        self._flying = number
        try:
            self._mpv.command("seek", position, "absolute+exact")
        except SystemError:
            self._flying = 0
            self._arrive(number)

    def _do_stop(self) -> None:
        self._forget()
        if self._mpv is not None:
            self._mpv.command("stop")

    def _arrive(self, jump: int) -> None:
        position = self._mpv.time_pos
        # Over already: how it ended decides what is told.
        if position is not None:
            self._jump = jump
            self._position = position
            self._emit(Started(self._load, jump, position))

    def _tick(self) -> None:
        self._schedule()
        mpv = self._mpv
        position = mpv.time_pos
        if position is not None and position != self._position and not self._flying:
            self._position = position
            self._emit(Ticked(self._load, self._jump, position))
        if self._network:
            buffered = mpv.demuxer_cache_time
            if buffered is not None and buffered != self._buffered:
                self._buffered = buffered
                self._emit(Buffered(self._load, buffered))
        opened = self._opened
        if opened is not None and _differ(opened.duration, _length(mpv.duration)):
            self._inspect()

    def _inspect(self) -> None:
        mpv = self._mpv
        duration = _length(mpv.duration)
        self._network = bool(mpv.demuxer_via_network)
        chapters: tuple[Chapter, ...] = ()
        if entries := mpv.chapter_list:
            # mpv counts an MP3 from behind its encoder delay, and its ID3 chapters with it; the
            # chapters count from the first sound.
            shift = (mpv.demuxer_start_time or 0.0) if mpv.file_format == "mp3" else 0.0
            chapters = from_mpv(entries, duration, shift=shift)
        seekable = bool(mpv.seekable)
        live = self._network and duration is None and not seekable
        self._opened = Opened(self._load, duration, chapters, seekable, live)
        self._emit(self._opened)

    def _forget(self) -> None:
        self._load = self._entry = self._flying = 0
        self._next = self._opened = self._position = self._buffered = None
        self._started = self._network = False
        self._due = math.inf

    def _open(self) -> bool:
        try:
            mpv = _import()
        except OSError:
            self._emit(Missing(self._load, how_to_install()))
            return False
        except (ImportError, RuntimeError, AttributeError) as error:
            self._emit(Missing(self._load, f"this system's libmpv can't be used: {error}"))
            return False
        # mpv does not start under another one, and whoever set it meant other things than numbers.
        locale.setlocale(locale.LC_NUMERIC, "C")
        base = _OPTIONS | _certificates()
        accepted, _ = _accepted(mpv, base)
        theirs, refused = _accepted(mpv, {k: v for k, v in self._options.items() if k not in _RESERVED})
        refused += [(name, "pptui sets it itself") for name in self._options if name in _RESERVED]
        core = mpv.MPV(log_handler=self._note, loglevel="warn", **accepted | theirs)
        entry = 0

        def on_event(event: Any) -> None:
            nonlocal entry
            kind = event.event_id.value
            if kind == mpv.MpvEventID.START_FILE:
                entry = event.data.playlist_entry_id
            elif kind == mpv.MpvEventID.FILE_LOADED:
                self._jobs.put(functools.partial(self._on_loaded, core, entry))
            elif kind == mpv.MpvEventID.PLAYBACK_RESTART:
                self._jobs.put(functools.partial(self._on_restart, core, entry))
            elif kind == mpv.MpvEventID.END_FILE:
                data = event.data
                ended = (data.playlist_entry_id, data.reason, data.error)
                self._jobs.put(functools.partial(self._on_end, core, *ended))
            elif kind == mpv.MpvEventID.SHUTDOWN:
                self._jobs.put(functools.partial(self._on_shutdown, core))

        core.register_event_callback(on_event)
        for name in ("pause", "paused-for-cache", "cache-buffering-state"):
            core.observe_property(name, lambda *_: self._jobs.put(functools.partial(self._on_change, core)))
        self._mpv = core
        for name, value in self._wanted.items():
            core[name] = self._applied[name] = value
        for name, why in refused:
            self._emit(Notice(self._load, f"config.toml, [mpv] {name}: {why}"))
        return True

    def _lose(self, message: str) -> None:
        load = self._load
        self._forget()
        self._drop()
        with contextlib.suppress(Exception):
            self._emit(EngineLost(load, message))

    def _drop(self) -> None:
        core, self._mpv = self._mpv, None
        if core is not None:
            with contextlib.suppress(Exception):
                core.terminate()

    # What mpv's event thread noted, on the engine's thread.

    def _on_loaded(self, core: object, entry: int) -> None:
        if core is self._mpv and entry == self._entry:
            self._inspect()

    def _on_restart(self, core: Any, entry: int) -> None:
        if core is not self._mpv or entry != self._entry:
            return
        if not self._started:
            self._started = True
            if core.current_ao == "null" and "null" not in self._options.get("ao", "").split(","):
                self._emit(Notice(self._load, NO_DEVICE))
        jump, self._flying = self._flying or self._jump, 0
        self._schedule()
        if self._next is None:
            self._arrive(jump)
        else:
            following, self._next = self._next, None
            self._do_seek(*following)

    def _on_end(self, core: object, entry: int, reason: int, error: int) -> None:
        if core is not self._mpv or entry != self._entry or reason == _END_QUIT:
            return
        load, start = self._load, self._start
        remark = "" if reason == _END_STOP else self._late_remark()
        unheard = self._position is None
        # What mpv says of a start behind the end of the file.
        behind = unheard and start > 0 and error == _NOTHING_TO_PLAY and not remark
        unheard &= self._started
        self._forget()
        if behind:
            self._emit(Ended(load, Reason.EOF))
        elif reason == _END_EOF:
            if unheard:
                self._emit(Started(load, self._jump, start))
            self._emit(Ended(load, Reason.EOF, remark))
        elif reason == _END_STOP:
            self._emit(Ended(load, Reason.STOPPED))
        elif reason == _END_REDIRECT:
            self._do_stop()
            self._emit(Ended(load, Reason.ERROR, "it is a playlist, not audio"))
        else:
            self._emit(Ended(load, Reason.ERROR, remark or _ERRORS.get(error, "it can't be opened")))

    def _on_shutdown(self, core: object) -> None:
        if core is self._mpv:
            self._lose("mpv has ended")

    def _on_change(self, core: Any) -> None:
        if core is not self._mpv or not self._started:
            return
        # Held against what was last carried out: what is wanted may already be something newer.
        if (paused := core.pause) != self._applied["pause"]:
            self._wanted["pause"] = self._applied["pause"] = paused
            self._schedule()
            self._emit(Paused(self._load, paused))
        percent = core.cache_buffering_state
        self._emit(Buffering(self._load, bool(core.paused_for_cache), 100 if percent is None else percent))

    def _note(self, level: str, prefix: str, text: str | bytes) -> None:
        # On mpv's event thread, for each line of its log: only kept, and read when something ends.
        if isinstance(text, str):
            self._remarks.append(text)
            self._remarked.set()

    def _late_remark(self) -> str:
        """What the log says about the end of a file; mpv hands out its log after its events."""
        patience = time.monotonic() + (_LATE if self._network or not self._started else 0.0)
        while not (remark := self._remark()):
            left = patience - time.monotonic()
            if left <= 0:
                break
            self._remarked.clear()
            self._remarked.wait(left)
        return remark

    def _remark(self) -> str:
        lines = list(self._remarks)
        for pattern, words in _REMARKS:
            for text in lines:
                if found := pattern.search(text):
                    return words.format(*found.groups())
        return ""


def _nothing() -> None:
    return


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _length(value: object) -> float | None:
    if isinstance(value, int | float) and math.isfinite(value) and value > 0:
        return float(value)
    return None


def _differ(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) >= 0.5


def _refused(source: str) -> str:
    """Why this is not something to play; empty when it is."""
    if source.startswith(("http://", "https://")):
        return ""
    if not source:
        return "there is nothing to play"
    if not os.path.isabs(source):
        return "this kind of address is not played"
    if not os.path.exists(source):
        return "the file is not there any more"
    return "" if os.path.isfile(source) else "this is not a file"


def _certificates() -> dict[str, str]:
    for path in (os.environ.get("SSL_CERT_FILE", ""), *_CERTIFICATES):
        if path and os.path.isfile(path):
            return {"tls-verify": "yes", "tls-ca-file": path}
    return {}


@contextlib.contextmanager
def _library_found() -> Iterator[None]:
    # The standard library's search starts a compiler or two, and knows neither musl nor Homebrew;
    # asking the loader itself is quicker and finds more.
    search = ctypes.util.find_library

    def find(name: str) -> str | None:
        for candidate in _LIBRARIES if name == "mpv" else ():
            with contextlib.suppress(OSError):
                ctypes.CDLL(candidate)
                return candidate
        return search(name)

    ctypes.util.find_library = find
    try:
        yield
    finally:
        ctypes.util.find_library = search


def _import() -> Any:
    with _library_found():
        import mpv
    return mpv


def _accepted(mpv: Any, options: Mapping[str, str]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The options that this libmpv takes, and the others with the reason why not.

    python-mpv gives up at the first one that is wrong and leaves its core behind, so they are tried
    on a core that is never started; that costs 5 ms.
    """
    taken: dict[str, str] = {}
    refused: list[tuple[str, str]] = []
    handle = mpv._mpv_create()
    if not handle:
        raise RuntimeError("mpv can't be started")
    try:
        for name, value in options.items():
            try:
                mpv._mpv_set_option_string(handle, name.encode(), value.encode())
                taken[name] = value
            except AttributeError:
                refused.append((name, "mpv has no such option"))
            except (TypeError, ValueError, RuntimeError, SystemError):
                refused.append((name, f"{value!r} is not one of its values"))
    finally:
        mpv._mpv_terminate_destroy(handle)
    return taken, refused


def version() -> str:
    """What this system's mpv calls itself. Raises OSError where libmpv is missing or can't be used."""
    try:
        mpv = _import()
        locale.setlocale(locale.LC_NUMERIC, "C")
        core = mpv.MPV(video=False, audio=False)
    except (ImportError, RuntimeError, AttributeError) as error:
        raise OSError(str(error)) from error
    try:
        return line(core.mpv_version, 100)
    finally:
        core.terminate()
