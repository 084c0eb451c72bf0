"""Faults of pptui's own: a report of what happened, for the user to send, without addresses and passwords."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from pptui import __version__, text

KEPT = 5
"""Reports; older ones go when a new one is written."""

LIBRARIES = ("textual", "python-mpv", "feedparser", "lxml", "tinydb", "urllib3", "keyring")
"""What pptui stands on, by the names of the packages."""

_STEPS = 40
_LONGEST = 256 * 1024
# A password in front of the host; and behind it a key that makes a feed its subscriber's own.
_ADDRESS = re.compile(r"""(://)(?:[^\s'"]*@)?([^\s'"/?#@]*)[^\s'"]*""")


class Steps:
    """The last things that the user did, by the names of screens and actions: never what was typed."""

    def __init__(self) -> None:
        self._taken: deque[tuple[float, str]] = deque(maxlen=_STEPS)

    def take(self, step: str) -> None:
        self._taken.append((time.monotonic(), step))

    def __iter__(self) -> Iterator[str]:
        now = time.monotonic()
        return (f"{now - when:8.1f} s before  {step}" for when, step in list(self._taken))


def described(problem: BaseException, doing: str, steps: Steps | None = None) -> str:
    """A report: versions, the traceback, and the steps before it.

    Of addresses only the host is left, and the home folder is `~`."""
    import platform  # the app's start does without
    import traceback

    lines = [
        f"pptui {__version__} · {doing}",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
        f"Python {platform.python_version()} · {platform.platform()}",
        *(f"{name} {version}" for name, version in _libraries()),
        f"TERM={os.environ.get('TERM', '')} · LANG={os.environ.get('LANG', '')}",
        f"thread {threading.current_thread().name}",
        "",
        _cleaned("".join(traceback.format_exception(problem))),
        *(["Steps:", *steps] if steps is not None else []),
        "",
    ]
    return "\n".join(lines)


def report(folder: Path, content: str) -> Path:
    """Write a report into a folder, which nobody else may read, and drop all but the last. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"fault-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.txt"
    path = folder / name
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(content.encode("utf-8", "backslashreplace"))
    for old in sorted(folder.glob("fault-*.txt"))[:-KEPT]:
        with contextlib.suppress(OSError):
            old.unlink()
    return path


def told(folder: Path, problem: BaseException, doing: str, steps: Steps | None = None) -> str:
    """Write a report of a fault; one plain line for the user, with its path. Never raises."""
    try:
        place = f"what happened is in {report(folder, described(problem, doing, steps))}"
    except Exception as other:
        place = f"no report could be written: {other}"
    # Its message may have anything in it; the class is ours or Python's.
    return f"a fault of pptui's own ({type(problem).__name__}); {place}"


def log(problem: BaseException, doing: str) -> str:
    """Put a fault that the app gets over on standard error, which is the log while the app runs; one plain
    line for the user."""
    with contextlib.suppress(OSError):
        os.write(2, described(problem, doing).encode("utf-8", "backslashreplace"))
    return f"a fault of pptui's own ({type(problem).__name__}): the log has it"


@contextlib.contextmanager
def watched(say: Callable[[str], None]) -> Iterator[None]:
    """Log what threads leave unhandled meanwhile, and `say` it in a line, on that thread."""

    def in_thread(what: threading.ExceptHookArgs) -> None:
        if what.exc_value is not None and not isinstance(what.exc_value, SystemExit):
            say(log(what.exc_value, "a thread"))

    def nowhere(what: sys.UnraisableHookArgs) -> None:
        if what.exc_value is not None:
            log(what.exc_value, f"unraisable: {what.err_msg or ''}")

    before = threading.excepthook, sys.unraisablehook
    threading.excepthook, sys.unraisablehook = in_thread, nowhere
    try:
        yield
    finally:
        threading.excepthook, sys.unraisablehook = before


def _cleaned(content: str) -> str:
    home = os.path.expanduser("~")
    cleaned = text.clean(content[-_LONGEST:], _LONGEST)
    return _ADDRESS.sub(r"\1\2/…", cleaned.replace(home, "~") if len(home) > 1 else cleaned)


def _libraries() -> Iterator[tuple[str, str]]:
    from importlib import metadata

    for name in LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            yield name, metadata.version(name)
