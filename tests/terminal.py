"""pptui in a pseudo-terminal of its own, used as a person would: keys in, screen out."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pyte

_KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "space": " ",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
}
PATIENCE = 30.0
"""Seconds after which something that never comes on the screen fails the test."""


class Terminal:
    """Runs `python PROGRAM ARGS`; `raw` is every byte that it wrote to the terminal."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        columns: int = 120,
        rows: int = 36,
        program: Sequence[str] = ("-m", "pptui"),
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._rows = [""] * rows
        self.raw = bytearray()
        self.code: int | None = None
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            command = [sys.executable, *program, *arguments]
            try:
                os.execvpe(
                    command[0], command, {**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
                )
            finally:
                os._exit(127)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    @property
    def text(self) -> str:
        # Not `Screen.display`, which is slow, and fails on a wide character that was half overwritten.
        columns = range(self.screen.columns)
        for y in self.screen.dirty:
            row = self.screen.buffer[y]
            self._rows[y] = "".join(row[x].data for x in columns).rstrip()
        self.screen.dirty.clear()
        return "\n".join(self._rows)

    def _pump(self) -> bool:
        ready, _, _ = select.select([self._fd], [], [], 0.05)
        if not ready:
            return True
        try:
            data = os.read(self._fd, 65536)
        except OSError:
            return False
        self.raw += data
        self._stream.feed(data)
        return bool(data)

    def wait(self, pattern: str, *, gone: bool = False) -> re.Match[str] | None:
        """Until the screen shows the pattern, or no longer does."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            alive = self._pump()
            found = re.search(pattern, self.text)
            if (found is None) == gone:
                return found
            if not alive:
                break
        raise AssertionError(f"{'still' if gone else 'never'} on the screen: {pattern}\n{self.text}")

    def press(self, *keys: str) -> None:
        for key in keys:
            os.write(self._fd, _KEYS.get(key, key).encode())
            self._pump()

    def burst(self, *keys: str) -> None:
        """All of these at once, as fast typing comes over a slow line."""
        os.write(self._fd, "".join(_KEYS.get(key, key) for key in keys).encode())

    def click(self, column: int, row: int) -> None:
        """The left button, on a cell counted from 0."""
        for end in "Mm":
            os.write(self._fd, f"\x1b[<0;{column + 1};{row + 1}{end}".encode())
            self._pump()

    def settings(self) -> list[Any]:
        """How the terminal treats what goes in and out (termios)."""
        return termios.tcgetattr(self._fd)

    def kill(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Close the terminal's window."""
        os.close(self._fd)
        self._fd = -1

    def wait_end(self) -> int:
        """The exit code; negative, the signal that ended it."""
        end = time.monotonic() + PATIENCE
        while self.code is None:
            if self._fd >= 0:
                self._pump()
            else:
                time.sleep(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                raise AssertionError(f"still running\n{self.text}")
        # What was written last may come a moment later; while another process has the terminal it has no end.
        end = time.monotonic() + 1
        while self._fd >= 0 and self._pump() and time.monotonic() < end:
            pass
        return self.code

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.code is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass
        if self._fd >= 0:
            os.close(self._fd)


def pptui_with(code: str, folder: Path) -> list[str]:
    """A program for `Terminal`, written into the folder: pptui, and `code` that stands before its start."""
    script = folder / "program.py"
    script.write_text(f"import sys\n{code}\nfrom pptui.cli import main\nsys.exit(main(sys.argv[1:]))\n")
    return [str(script)]


def home(folder: Path, **settings: str) -> dict[str, str]:
    """An environment with a home of its own in `folder`, and a config that plays to nowhere.

    `settings` are further lines of config.toml's `[mpv]`."""
    config = folder / "config" / "pptui"
    config.mkdir(parents=True, exist_ok=True)
    lines = {"ao": "null", **settings}
    (config / "config.toml").write_text(
        "[mpv]\n" + "".join(f'{name.replace("_", "-")} = "{value}"\n' for name, value in lines.items())
    )
    kept = {
        name: os.environ[name]
        for name in ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHON_KEYRING_BACKEND")
        if name in os.environ
    }
    return {
        **kept,
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_STATE_HOME": str(folder / "state"),
    }
