"""Where playback stands, on disk every few seconds: `position.json`, folded into the library."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from pptui import text
from pptui.models import Episode, Progress
from pptui.store import fields
from pptui.store.behind import Writer
from pptui.store.files import Damaged, Newer, SafeFile, nobody, reason
from pptui.store.library import Library
from pptui.times import clock

_VERSION = 1

STILL_HEARD = timedelta(seconds=10)
"""A position is written every 4 s while playing: one much older is from a player that has gone."""


class Entry(NamedTuple):
    """What is playing or was last. Times are in seconds, `heard` is the moment of writing."""

    episode: Episode
    position: float
    duration: float | None = None
    paused: bool = False
    played: bool = False
    chapter: str = ""
    heard: datetime | None = None

    @property
    def progress(self) -> Progress:
        return Progress(self.position, self.duration, self.played, self.heard, self.chapter)

    @property
    def playing(self) -> bool:
        """A player wrote this within `STILL_HEARD`, and had not paused."""
        heard = self.heard or datetime.fromtimestamp(0, UTC)
        return not self.paused and not self.played and datetime.now(UTC) - heard < STILL_HEARD


class Journal:
    """The position file. `write` never waits; only the latest entry matters and only that is written.

    A write that fails is told to `on_problem` once, from the writer's thread, and made good as soon
    as it can be. Two processes may use one file: the last to write wins, and each episode's own position is
    safe in the library. The file of a newer pptui is neither read nor replaced."""

    def __init__(self, path: Path, *, on_problem: Callable[[str], None] = nobody) -> None:
        self._tell = on_problem
        self._file = SafeFile(path, on_problem)
        self._disk = threading.Lock()  # guards the file
        self._latest: Entry | None = None
        self._writer = Writer(self._file.path.name, self._put, on_problem, together=0.0)

    @property
    def problem(self) -> str:
        """Why the last write failed, or ""."""
        return self._writer.problem

    def write(self, entry: Entry) -> None:
        """Have this entry on disk soon, in place of any other."""
        self._latest = entry
        self._writer.due()

    def read(self) -> Entry | None:
        """The last entry, None where there is none or it can't be read."""
        if (latest := self._latest) is not None:
            return latest
        try:
            with self._disk:
                return self._file.read(_parse, _describe)
        except OSError as trouble:
            self._tell(f"{self._file.path.name} can't be read: {reason(trouble)}")
            return None

    def elsewhere(self) -> Entry | None:
        """What another process plays, or did a moment ago, while this one plays nothing."""
        entry, latest = Journal(self._file.path).read(), self._latest
        if entry is None or entry.heard is None or not entry.playing:
            return None
        # One of ours may not be replaced yet by that of our pause.
        ours = latest is not None and latest.heard is not None and entry.heard <= latest.heard
        return None if ours else entry

    def sync(self, timeout: float = 5.0) -> bool:
        """Wait until the latest entry is on disk: False when that failed or took `timeout` seconds."""
        return self._writer.flush(timeout)

    def close(self, timeout: float = 5.0) -> bool:
        """Write what is left and let go of the file; the answer is that of `sync`."""
        saved = self._writer.close(timeout)
        if self._disk.acquire(blocking=False):
            self._file.close()
            self._disk.release()
        return saved

    def _put(self) -> None:
        entry = self._latest
        assert entry is not None
        with self._disk, self._file.locked():
            if self._file.changed():
                self._file.read(_parse, _describe)  # that of a newer pptui is not to be replaced
            self._file.write(_serialise(entry))


def fold(journal: Journal, library: Library) -> bool:
    """Take the journal's position into the library if it is the later of the two; True if it was.

    For the start: after a crash the journal is a few seconds old, the library as old as the last pause."""
    entry = journal.read()
    if entry is None:
        return False
    known = library.progress(entry.episode.id).heard
    if known is not None and (entry.heard is None or known >= entry.heard):
        return False
    library.record(entry.episode, entry.progress)
    return True


def _describe(entry: Entry) -> str:
    return f"{clock(entry.position)} of {entry.episode.title}"


def _serialise(entry: Entry) -> bytes:
    document = {
        "version": _VERSION,
        "id": entry.episode.id,
        **fields.episode_fields(entry.episode),
        **fields.progress_fields(entry.progress),
        "paused": entry.paused,
    }
    kept = {key: value for key, value in document.items() if value is not None}
    return (json.dumps(kept, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def _parse(data: bytes) -> Entry:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise Damaged("not whole JSON" if data.strip(b"\0") else "empty") from None
    version = document.get("version", _VERSION) if isinstance(document, dict) else None
    if not isinstance(version, int):
        raise Damaged("not in the shape of a position")
    if version > _VERSION:
        said = text.line(version, 20)
        raise Newer(f"written by a newer pptui: its version is {said}, this pptui knows {_VERSION}")
    if not fields.string(document, "id"):
        raise Damaged("not in the shape of a position")
    progress = fields.progress(document)
    return Entry(
        episode=fields.episode(fields.string(document, "id"), document),
        position=progress.position,
        duration=progress.duration,
        paused=document.get("paused") is True,
        played=progress.played,
        chapter=progress.chapter,
        heard=progress.heard,
    )
