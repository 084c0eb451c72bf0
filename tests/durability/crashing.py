"""A process that changes what is kept again and again, each time stopped, or failed, at the next system call.

    python -m tests.durability.crashing SCENE WAY BEFORE FOLDER

`BEFORE` is a folder as it was before; each try has a copy of it in `FOLDER`, by its number. A line is printed
for each: its number and what was said to be saved (`library`, `position`), before it died or at its end. The
last is that in which everything was done without meeting a call with its number.
"""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pptui.models import Progress, Subscription
from pptui.store.backups import Backups
from pptui.store.journal import Entry, Journal
from pptui.store.library import Library
from pptui.store.restoring import Restoring
from tests.store.life import EPOCH, episode

CALLS = ("open", "write", "fsync", "replace", "rename", "link", "unlink", "mkdir", "utime", "close")
FEED = Subscription("p", "https://example.org/feed", "A feed", EPOCH)
ADDED = Subscription("q", "https://example.org/q", "Another", EPOCH)
OLD, NEW = 10.0, 500.0
BACKUP = "2024-01-02"


def begin(folder: Path) -> None:
    """What is there before."""
    library = opened(folder)
    library.subscribe(FEED)
    for number in range(20):
        library.record(episode(f"e{number}"), Progress(position=OLD + number))
    journal = Journal(folder / "position.json")
    journal.write(Entry(episode("e1"), OLD, heard=EPOCH))
    assert library.close() and journal.close()
    earlier = folder / "backups" / f"library-{BACKUP}.json"
    earlier.parent.mkdir()
    earlier.write_bytes((folder / "library.json").read_bytes().replace(b"A feed", b"Older!"))


def opened(folder: Path) -> Library:
    return Library(folder / "library.json", backups=folder / "backups")


def change(folder: Path, say: Callable[[str], None]) -> None:
    """Subscribe, mark and listen; both files are written at the same time."""
    library, journal = opened(folder), Journal(folder / "position.json")
    journal.write(Entry(episode("e1"), NEW, heard=EPOCH.replace(year=2025)))
    library.subscribe(ADDED)
    library.record_all((episode(f"e{number}"), Progress(played=True)) for number in range(10, 20))
    if library.flush(30):
        say("library")
    if journal.sync(30):
        say("position")
    # What failed is tried again, and there is room now.
    assert library.close(30) and journal.close(30)


def restore(folder: Path, say: Callable[[str], None]) -> None:
    """Go back to a backup."""
    try:
        Restoring(folder / "library.json", Backups(folder / "backups")).restore(BACKUP)
    except OSError:
        return
    say("library")


def shim(number: int, way: str) -> Callable[[], int]:
    """Have the call with that number fail or be the last; what is returned gives how many were made."""
    count = itertools.count(1)
    made = 0
    lock = threading.Lock()

    def wrap(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal made
            with lock:
                made = next(count)
                met = made == number
            if met:
                if way.endswith("half") and name == "write":
                    real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
                if way.startswith("kill"):
                    os.kill(os.getpid(), signal.SIGKILL)
                if name == "close":  # closes all the same (close(2))
                    real(*arguments)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            # Whoever is killed loses nothing that was written: the system has it.
            return None if name == "fsync" else real(*arguments, **options)

        return call

    for name in CALLS:
        setattr(os, name, wrap(name, getattr(os, name)))
    return lambda: made


def attempt(scene: str, way: str, folder: Path, number: int) -> str:
    """What was said to be saved by a process of its own, and `end` where no call had that number."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        tell = os.write
        try:
            made = shim(number, way)
            globals()[scene](folder, lambda word: tell(writer, f" {word}".encode()))
            if made() < number:
                tell(writer, b" end")
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as file:
        said = file.read()
    _, status = os.waitpid(child, 0)
    ended = os.waitstatus_to_exitcode(status)
    assert ended in ((0, -signal.SIGKILL) if way.startswith("kill") else (0,)), f"{number} ended with {ended}"
    return said


def main(scene: str, way: str, before: Path, folder: Path) -> None:
    for number in itertools.count(1):
        here = folder / str(number)
        if before.exists():
            shutil.copytree(before, here)
        else:
            here.mkdir(parents=True)
        said = attempt(scene, way, here, number)
        print(f"{number}{said}", flush=True)  # noqa: T201
        if said.endswith("end"):
            return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
