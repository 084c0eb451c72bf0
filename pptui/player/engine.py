"""The engine made of mpv: commands in, events out.

Everything that touches libmpv happens on one thread of the engine's own. It is started, and libmpv
loaded, by the first load: that costs 0.1 to 0.2 s and may fail where libmpv is not installed. mpv's
own event thread only puts a note in that thread's queue, so it never waits for anybody, and mpv can
be shut down at any moment.
"""

from __future__ import annotations

import contextlib
import functools
import math
import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace

from pptui.player import failures, libmpv
from pptui.player.core import Changed, Closed, Core, End, Loaded, Note, Rerouted, Restarted, Shutdown
from pptui.player.events import (
    Buffered,
    Buffering,
    Device,
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
from pptui.player.log import Log

_ENDED = "mpv has ended"
NO_DEVICE = "no audio device: playing silently"

_TICK = 0.25
_IDLE_TICK = 1.0
_LISTEN = 2.0  # seconds between looks whether an audio device that went away is back
_LATE = 0.2  # seconds that the log's lines about a failure may come after the failure

# Seconds of a live stream that its server may send at once to begin with: Icecast 64 KiB, others more.
_BURST = 60.0


class MpvEngine:
    """An `Engine` made of libmpv.

    `options` are mpv's own, by name, on top of pptui's; one that mpv refuses is told as a Notice and
    the others count. `sink` is called on the engine's thread and must not wait.
    """

    def __init__(self, options: Mapping[str, str], sink: Callable[[Event], None]) -> None:
        self._options = {name.replace("_", "-"): value for name, value in options.items()}
        self._sink: Callable[[Event], None] | None = sink
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._newest = 0
        self._timeout = self._options.get("network-timeout", libmpv.TIMEOUT)
        self._log = Log(self._timeout)
        # What follows is the engine thread's own.
        self._values: dict[str, object] = {"pause": False, "speed": 1.0, "volume": 100.0, "mute": False}
        self._core: Core | None = None
        self._load = 0
        self._entry = 0
        self._start = 0.0
        self._started = False
        self._jump = 0
        self._flying = 0
        self._next: tuple[int, float] | None = None
        self._opened: Opened | None = None
        self._network = False
        self._address: Callable[[], str] = str
        self._forced = False
        self._position: float | None = None
        self._buffered: float | None = None
        self._due = math.inf
        self._begun = 0.0
        self._device = False
        self._deaf = False

    # Called by anybody.

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
        self._newest = number
        self._submit(self._do_load, number, source, start, paused, title, address or (lambda: source))
        if self._thread is None and self._sink is not None:
            self._thread = threading.Thread(target=self._run, name="pptui-engine", daemon=True)
            self._thread.start()

    def seek(self, number: int, position: float) -> None:
        self._submit(self._do_seek, number, position)

    def pause(self, paused: bool) -> None:
        self._submit(self._apply, "pause", paused)

    def set_speed(self, speed: float) -> None:
        self._submit(self._apply, "speed", speed)

    def set_volume(self, volume: float) -> None:
        self._submit(self._apply, "volume", volume)

    def set_mute(self, muted: bool) -> None:
        self._submit(self._apply, "mute", muted)

    def stop(self) -> None:
        self._newest = 0
        self._submit(self._do_stop)

    def close(self, timeout: float = 1.0) -> None:
        self._sink = None
        if self._thread is not None:
            self._jobs.put(_nothing)
            self._thread.join(timeout)

    def _submit(self, job: Callable[..., None], *arguments: object) -> None:
        # What is asked before the first load waits for it.
        if self._sink is not None:
            self._jobs.put(functools.partial(job, *arguments))

    # The engine's thread.

    def _run(self) -> None:
        while self._sink is not None:
            try:
                wait = self._due - time.monotonic()
                if wait <= 0 and self._core is not None:
                    self._tick(self._core)
                    continue
                job = self._jobs.get(timeout=None if wait == math.inf else wait)
                if self._sink is not None:
                    job()
            except queue.Empty:
                continue
            except Exception as error:  # whatever it is, the app goes on and says so
                # It may be gone before its last event is there.
                self._lose(_ENDED if libmpv.gone(error) else f"mpv failed: {error}")
        self._drop()

    def _emit(self, event: Event) -> None:
        if (sink := self._sink) is not None:
            sink(event)

    def _apply(self, name: str, value: object) -> None:
        self._values[name] = value
        if self._core is not None:
            self._core.set(name, value)
            self._schedule()

    def _schedule(self) -> None:
        if not self._started:
            self._due = math.inf
        elif self._deaf:
            self._due = time.monotonic() + _LISTEN
        elif not self._values["pause"]:
            self._due = time.monotonic() + _TICK
        else:
            # A paused download still fills its buffer.
            self._due = time.monotonic() + _IDLE_TICK if self._network else math.inf

    def _do_load(
        self,
        number: int,
        source: str,
        start: float,
        paused: bool,
        title: str,
        address: Callable[[], str],
    ) -> None:
        if number != self._newest:
            return
        self._forget()
        self._load = self._jump = number
        self._start = start
        self._values["pause"] = paused
        if problem := _refused(source):
            self._do_stop()
            self._emit(Ended(number, Reason.ERROR, problem))
            return
        core = self._core or self._open()
        if core is None:
            return
        core.set("pause", paused)
        core.set_title(title)
        # The file before is over, however long the address of this one takes.
        core.stop()
        self._address = address
        self._give(core)

    def _give(self, core: Core, *, force: bool = True) -> None:
        load, address = self._load, self._address

        def ask() -> None:
            answer: Future[str] = Future()
            try:
                answer.set_result(address())
            except Exception as problem:
                answer.set_exception(problem)
            self._submit(self._do_give, core, load, answer, force)

        # Keyring and name server are waited for here, and by nothing else that is asked of the engine.
        threading.Thread(target=ask, name="pptui-address", daemon=True).start()

    def _do_give(self, core: Core, load: int, answer: Future[str], force: bool) -> None:
        if load != self._load:
            return
        try:
            address = answer.result()
        except PermissionError as problem:
            self._do_stop()
            self._emit(Ended(load, Reason.ERROR, str(problem)))
            return
        self._log.clear()
        self._begun = time.monotonic()
        self._entry = core.load(address, self._start, force=force)

    def _do_seek(self, number: int, position: float) -> None:
        core = self._core
        if core is None or not self._load:
            return
        if not self._started or self._flying:
            # mpv merges seeks and announces the end of one without saying of which: one at a time.
            self._next = (number, position)
        elif self._forced and not core.cached(position):
            # Past what it has, mpv would read on in some formats and lose the stream in others.
            self._stay(core, number, "that place is not loaded: this server only sends from the beginning")
        elif core.seek(position):
            self._flying = number
        else:
            self._stay(core, number, "this stream can't be moved about in")

    def _do_stop(self) -> None:
        self._forget()
        if self._core is not None:
            self._core.stop()

    def _arrive(self, core: Core, jump: int) -> None:
        position = core.position
        # Over already: how it ended decides what is told.
        if position is not None:
            self._jump = jump
            self._position = position
            self._emit(Started(self._load, jump, position))

    def _stay(self, core: Core, jump: int, why: str) -> None:
        position = core.position
        if position is not None:
            self._jump = jump
            self._position = position
            self._emit(Stayed(self._load, jump, position, why))

    def _tick(self, core: Core) -> None:
        self._schedule()
        if self._deaf:
            # Not every system says that there is a device again.
            core.reload_output()
            return
        position = core.position
        if position is not None and position != self._position and not self._flying:
            self._position = position
            self._emit(Ticked(self._load, self._jump, position))
        if self._network:
            buffered = core.buffered
            if buffered is not None and buffered != self._buffered:
                self._buffered = buffered
                self._emit(Buffered(self._load, buffered))
        opened = self._opened
        if opened is not None and _differ(opened.duration, core.duration):
            self._inspect(core)

    def _inspect(self, core: Core) -> None:
        facts = core.facts()
        if facts is None:
            # How it ended is still to come.
            return
        self._network, self._forced = facts.network, facts.forced
        live = self._live(core, facts.duration) if facts.network and not facts.seekable else False
        self._opened = Opened(self._load, facts.duration, facts.chapters, facts.seekable, live)
        self._emit(self._opened)

    def _live(self, core: Core, duration: float | None) -> bool | None:
        """Whether what can't be sought is live, as `Opened` has it."""
        if self._opened is not None and self._opened.live is False:
            return False
        if (told := core.live()) is not None:
            return told
        # mpv calls duration what was read so far, where nothing else tells: of what is live, until now.
        now = time.monotonic() - self._begun
        return None if (duration or 0.0) < now + _BURST else False

    def _forget(self) -> None:
        self._load = self._entry = self._flying = 0
        self._next = self._opened = self._position = self._buffered = None
        self._started = self._network = self._forced = self._deaf = False
        self._due = math.inf

    def _open(self) -> Core | None:
        try:
            core = Core(self._options, self._log.note, functools.partial(self._submit, self._hear))
        except libmpv.Unusable as problem:
            self._emit(Missing(self._load, str(problem)))
            return None
        self._core, self._device = core, False
        for name, value in self._values.items():
            core.set(name, value)
        for name, why in core.refused:
            self._emit(Notice(self._load, f"config.toml, [mpv] {name}: {why}"))
        return core

    def _lose(self, message: str) -> None:
        load = self._load
        self._forget()
        self._drop()
        with contextlib.suppress(Exception):
            self._emit(EngineLost(load, message))

    def _drop(self) -> None:
        core, self._core = self._core, None
        if core is not None:
            with contextlib.suppress(Exception):
                core.close()

    def _hear(self, core: Core, note: Note) -> None:
        """What mpv tells; what belongs to an mpv or a file before is ignored."""
        if core is not self._core:
            return
        match note:
            case Loaded(entry) if entry == self._entry:
                self._inspect(core)
            case Restarted(entry) if entry == self._entry:
                self._on_restart(core)
            case Closed(entry, end, error) if entry == self._entry:
                self._on_end(core, end, error)
            case Changed() if self._started:
                self._on_change(core)
            case Rerouted() if self._started:
                self._on_device(core)
            case Shutdown():
                self._lose(_ENDED)

    def _on_restart(self, core: Core) -> None:
        if not self._started:
            self._started = True
            if core.audible is False and not self._device:
                self._emit(Notice(self._load, NO_DEVICE, again=True))
        jump, self._flying = self._flying or self._jump, 0
        self._schedule()
        if self._next is None:
            self._arrive(core, jump)
        else:
            following, self._next = self._next, None
            self._do_seek(*following)
        self._on_device(core)

    def _on_end(self, core: Core, end: End, error: int) -> None:
        load, start = self._load, self._start
        if end is End.ERROR and self._forced and start > 0:
            # Reading on to that place did not work out, as in Ogg of a known size: from the beginning, then.
            self._forget()
            self._load, self._start = load, 0.0
            self._give(core, force=False)
            return
        patience = _LATE if self._network or not self._started else 0.0
        remark = failures.Remark() if end is End.STOPPED else self._log.remark(patience)
        unheard = self._position is None
        soon = (self._position or 0.0) < _BURST
        # What mpv says of a start behind the end of the file; it may have been at that end for a moment.
        behind = start > 0 and error == failures.NOTHING_TO_PLAY and not remark.text
        opened = self._opened
        duration = opened.duration if opened is not None else None
        if opened is None and not remark.text:
            remark = failures.silence(self._timeout, time.monotonic() - self._begun, error)
        # A guessed duration does not tell whether the place was there.
        unheard &= self._started and not self._forced and (duration is None or start <= duration)
        self._forget()
        if behind:
            self._emit(Ended(load, Reason.EOF))
        elif end is End.EOF:
            # What ends in good order, or this soon, was an episode after all.
            if opened is not None and opened.live is None and (soon or not remark.text):
                self._emit(replace(opened, live=False))
            if unheard:
                self._emit(Started(load, self._jump, start))
            self._emit(Ended(load, Reason.EOF, remark.text, remark.passing))
        elif end is End.STOPPED:
            self._emit(Ended(load, Reason.STOPPED))
        elif end is End.PLAYLIST:
            self._do_stop()
            self._emit(Ended(load, Reason.ERROR, "it is a playlist, not audio"))
        else:
            why = remark if remark.text else failures.meaning(error)
            self._emit(Ended(load, Reason.ERROR, why.text, why.passing))

    def _on_change(self, core: Core) -> None:
        if (paused := core.paused) != self._values["pause"]:
            self._values["pause"] = paused
            self._schedule()
            self._emit(Paused(self._load, paused))
        self._emit(Buffering(self._load, core.waiting))

    def _on_device(self, core: Core) -> None:
        """mpv has another audio output. Where the device is gone it would go on in silence: it pauses."""
        audible = core.audible
        if audible:
            self._device = True
            if self._deaf:
                self._deaf = False
                self._schedule()
                self._emit(Device(self._load, there=True))
        elif audible is False and self._device and not self._deaf:
            self._deaf = True
            self._apply("pause", True)
            self._emit(Device(self._load, there=False))


def _nothing() -> None:
    return


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
