"""Where pptui keeps things: XDG folders, each made when it is first written to; opening what is there."""

from __future__ import annotations

import errno
import os
import pwd
import stat
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Paths(NamedTuple):
    """`config` is the user's to edit, `data` the user's to back up; `cache` and `state` can be deleted."""

    config: Path
    data: Path
    cache: Path
    state: Path

    @property
    def config_file(self) -> Path:
        return self.config / "config.toml"

    @property
    def library(self) -> Path:
        return self.data / "library.json"

    @property
    def position(self) -> Path:
        return self.data / "position.json"

    @property
    def backups(self) -> Path:
        return self.data / "backups"

    @property
    def catalogue(self) -> Path:
        return self.cache / "catalogue.sqlite"

    @property
    def log(self) -> Path:
        return self.state / "pptui.log"


def open_file(path: Path) -> int:
    """A descriptor for reading an ordinary file. Raises OSError, also for a folder, and for a pipe or a
    device, which might never end."""
    # A pipe that nobody writes to would be waited for.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    kind = os.fstat(descriptor).st_mode
    if stat.S_ISREG(kind):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    raise OSError(errno.EINVAL, "Not a regular file", os.fspath(path))


_LOG_LIMIT = 1024 * 1024
"""Bytes after which a log is put aside, in place of the one that was put aside before."""


def open_log(path: Path) -> int:
    """A descriptor that appends to the log, which nobody else may read. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        if path.stat().st_size > _LOG_LIMIT:
            path.replace(path.with_name(f"{path.name}.old"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def _folder(variable: str, fallback: str) -> Path:
    # The XDG Base Directory Specification: a relative path in a variable is to be ignored.
    value = os.environ.get(variable, "")
    if os.path.isabs(value):
        return Path(value) / "pptui"
    home = os.environ.get("HOME", "")
    if not os.path.isabs(home):
        # It can be set and empty; what the system knows of the user holds then.
        try:
            home = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            raise OSError("there is no home folder: HOME is not set, and the system has none") from None
    return Path(home) / fallback / "pptui"


def paths() -> Paths:
    """The folders for this user now, as the environment says (XDG Base Directory Specification 0.8).

    Raises OSError where there is no home folder."""
    return Paths(
        config=_folder("XDG_CONFIG_HOME", ".config"),
        data=_folder("XDG_DATA_HOME", ".local/share"),
        cache=_folder("XDG_CACHE_HOME", ".cache"),
        state=_folder("XDG_STATE_HOME", ".local/state"),
    )
