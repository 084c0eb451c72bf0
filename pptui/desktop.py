"""The desktop around the terminal: its clipboard and its browser, where there are any."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

_CLIPBOARDS = (
    ("WAYLAND_DISPLAY", ["wl-copy"]),
    ("DISPLAY", ["xclip", "-selection", "clipboard"]),
    ("DISPLAY", ["xsel", "--clipboard", "--input"]),
)


def _clipboard_command() -> list[str] | None:
    if sys.platform == "darwin":
        return ["pbcopy"]
    for variable, command in _CLIPBOARDS:
        if os.environ.get(variable) and shutil.which(command[0]):
            return command
    return None


def copy(value: str) -> bool:
    """Put text on the system's clipboard; False where there is no command for it or it fails.

    Waits for that command, at most 2 seconds."""
    command = _clipboard_command()
    if command is None:
        return False
    try:
        # The command stays behind to serve the clipboard, so its output must not be waited for.
        done = subprocess.run(
            command, input=value.encode(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=2
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def open_link(url: str) -> bool:
    """Open an http(s) address in the user's browser; False where there is none to be seen.

    A browser that runs in the terminal would draw over pptui, so none is looked for."""
    if not url.startswith(("http://", "https://")):
        return False
    if sys.platform == "darwin":
        command = ["open", url]
    elif shutil.which("xdg-open") and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        command = ["xdg-open", url]
    else:
        return False
    try:
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    return True
