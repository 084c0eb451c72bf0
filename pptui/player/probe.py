"""What a file says of itself, and what the audio device says, asked of mpv without a sound."""

from __future__ import annotations

import os
import queue
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager

from pptui.player.engine import MpvEngine
from pptui.player.events import (
    Ended,
    EngineLost,
    Event,
    Missing,
    Notice,
    Opened,
    Started,
)

_PATIENCE = 10.0


class ProbeError(Exception):
    """It can't be opened; the text is one plain line that says why."""


def opened(source: str, options: Mapping[str, str]) -> Opened:
    """Duration and chapters of an audio file (absolute path) or http(s) address.

    `options` are mpv's own, as in the config. Raises ProbeError, after 10 s at the latest."""
    with closing(_events(source, {**options, "ao": "null"})) as events:
        for event in events:
            if isinstance(event, Opened):
                return event
    raise ProbeError("mpv ended")


def audible(source: str, options: Mapping[str, str]) -> list[str]:
    """Open `source` on the audio device, paused, and return the engine's remarks: none when all is well.

    Raises ProbeError, after 10 s at the latest."""
    remarks = []
    with _quiet(), closing(_events(source, options)) as events:
        for event in events:
            if isinstance(event, Notice):
                remarks.append(event.text)
            elif isinstance(event, Started):
                return remarks
    raise ProbeError("mpv ended")


@contextmanager
def _quiet() -> Iterator[None]:
    """The libraries of ALSA, JACK and PipeWire write their complaints to standard error by themselves."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _events(source: str, options: Mapping[str, str]) -> Generator[Event]:
    arrived: queue.SimpleQueue[Event] = queue.SimpleQueue()
    engine = MpvEngine(options, arrived.put)
    deadline = time.monotonic() + _PATIENCE
    try:
        engine.load(1, source, paused=True)
        while True:
            try:
                event = arrived.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise ProbeError(f"mpv did not open it within {_PATIENCE:g} s") from None
            if isinstance(event, Ended | EngineLost | Missing):
                raise ProbeError(event.message or "mpv can't open it")
            yield event
    finally:
        engine.close()
