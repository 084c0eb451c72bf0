"""Files that survive: replaced whole, copied once more, set aside when damaged, shared between processes."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pptui.paths import open_file

T = TypeVar("T")

LOCK_WAIT = 5.0
"""Seconds to wait for another process to finish its write. It takes milliseconds, unless that
process was suspended in the middle of it: then our change waits in memory and is tried again."""

_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}


_Identity = tuple[int, int, int, int]
_Open = tuple[int, _Identity]
"""A descriptor, and what its file was when it was read or written."""


class Damaged(Exception):
    """A file can't be used; the text says why, to be put in brackets after its name."""


class Newer(OSError):
    """A file was written by a newer version than this: it is not to be read, and by no means replaced."""


class Unsynced(OSError):
    """A file has been replaced, but the disk does not confirm it: after a power failure it may be the old."""


def nobody(line: str) -> None:
    """For `on_problem`: nobody is told."""


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, for the user only (XDG Base Directory Specification: 0700)."""
    if not folder.is_dir():
        if folder.parent != folder:
            make_folder(folder.parent)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        with suppress(OSError):
            _sync_folder(folder.parent)


def reason(problem: OSError) -> str:
    """What the system said, without number and path: `No space left on device`."""
    return problem.strerror or str(problem)


def read_file(path: Path) -> bytes:
    """What is in a file. Raises OSError, also for a pipe or a device, which might never end."""
    descriptor = open_file(path)
    try:
        return _read_all(descriptor)
    finally:
        os.close(descriptor)


class SafeFile:
    """A small file that is only ever replaced whole, with a copy beside it (`NAME.bak`) that is as new.

    `read` falls back on the copy when the file is missing or damaged, and on `older` ones when that is
    too, keeps a damaged file under a name with its date and tells `on_problem` in one line, with what
    `describe` says of what was restored. Everything raises OSError; one thread at a time."""

    def __init__(
        self,
        path: Path,
        on_problem: Callable[[str], None],
        older: Callable[[], Iterable[tuple[datetime, bytes]]] = tuple,
    ) -> None:
        # Replacing a link would leave the user's real file, kept elsewhere, behind.
        self.path = Path(os.path.realpath(path))
        self.copy = self.path.with_name(f"{self.path.name}.bak")
        self._tell = on_problem
        self._older = older
        self._held: int | None = None
        self._seen: _Identity | None = None
        self._locked = False

    def read(self, parse: Callable[[bytes], T], describe: Callable[[T], str] = lambda value: "") -> T | None:
        """What `parse` makes of the file, None where there is none. `parse` raises Damaged, or Newer."""
        try:
            return self._load(parse)
        except FileNotFoundError:
            if not self.copy.exists():
                self._hold(None)
                return None
        except Damaged:
            pass
        with ExitStack() as stack:
            # In a folder that can't be written to there is no lock, and still a copy to read.
            with suppress(OSError):
                stack.enter_context(self.locked())
            return self._recover(parse, describe)

    def write(self, data: bytes) -> None:
        """Replace the file, then its copy; when it returns the file is on disk. Call it `locked`.

        Where it raises, the file is what it was, unless that is Unsynced."""
        make_folder(self.path.parent)
        self._hold(self._replace(self.path, data))
        # The file itself is safe by now, and the copy is due again with the next write.
        with suppress(OSError):
            os.close(self._replace(self.copy, data)[0])

    def changed(self) -> bool:
        """Whether the file is no longer the one last read or written here."""
        try:
            there = os.stat(self.path)
        except FileNotFoundError:
            return self._held is not None
        except OSError:
            return True
        if self._held is None:
            return True
        # Our own is held open, so its inode number can't be given to another file meanwhile. An editor
        # may write into that very inode: it is compared with what it was, not with what it is.
        return _identity(there) != self._seen

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from writing. Raises TimeoutError after LOCK_WAIT seconds."""
        if self._locked:
            yield
            return
        make_folder(self.path.parent)
        descriptor = os.open(self._beside("lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(descriptor)
            self._locked = True
            yield
        finally:
            self._locked = False
            os.close(descriptor)

    def close(self) -> None:
        """Let go of the file."""
        self._hold(None)

    def _beside(self, ending: str) -> Path:
        return self.path.with_name(f".{self.path.name}.{ending}")

    def _load(self, parse: Callable[[bytes], T]) -> T:
        descriptor = open_file(self.path)
        try:
            # Before reading: what is written into it meanwhile is a change.
            seen = _identity(os.fstat(descriptor))
            value = parse(_read_all(descriptor))
        except BaseException:
            os.close(descriptor)
            raise
        self._hold((descriptor, seen))
        return value

    def _recover(self, parse: Callable[[bytes], T], describe: Callable[[T], str]) -> T | None:
        name = self.path.name
        try:
            return self._load(parse)  # another process may have recovered it while we waited
        except FileNotFoundError:
            trouble, kept = f"{name} was missing", []
        except Damaged as problem:
            trouble, kept = f"{name} was damaged ({problem})", [f"it is kept as {self._set_aside(self.path)}"]
        self._hold(None)
        try:
            found = _first_good([(written(self.copy), read_file(self.copy))], parse)
            if found is None:
                trouble += " and its copy too"
                kept.append(f"the copy is kept as {self._set_aside(self.copy)}")
        except FileNotFoundError:
            found = None
            trouble += " and there is no copy of it"
        found = found or _first_good(self._older(), parse)
        if found is None:
            self._tell("; ".join([f"{trouble}: starting empty", *kept]))
            return None
        when, data, value = found
        # Where it can't be put back now, the next write will.
        with suppress(OSError):
            self._hold(self._replace(self.path, data))
        said = describe(value)
        restored = f"{trouble}: restored the copy of {when:%Y-%m-%d %H:%M}{f' with {said}' if said else ''}"
        self._tell("; ".join([restored, *kept]))
        return value

    def _set_aside(self, path: Path) -> str:
        """Give a damaged file a name with its date; returns that name, or its old one if it must stay."""
        with suppress(OSError):
            date = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H%M%SZ")
            for number in range(1, 1000):
                target = path.with_name(f"{path.name}.damaged-{date}" + (f"-{number}" if number > 1 else ""))
                if not target.exists():
                    os.rename(path, target)
                    return target.name
        return path.name

    def _replace(self, path: Path, data: bytes) -> _Open:
        """Write `data` beside `path`, put it in its place and return it open."""
        new = self._beside("new")
        descriptor = os.open(new, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
            seen = _identity(os.fstat(descriptor))
            os.replace(new, path)
            try:
                _sync_folder(path.parent)
            except OSError as problem:
                raise Unsynced(problem.errno, problem.strerror) from None
        except BaseException:
            os.close(descriptor)
            with suppress(OSError):
                os.unlink(new)
            raise
        return descriptor, seen

    def _hold(self, ours: _Open | None) -> None:
        before, (self._held, self._seen) = self._held, ours or (None, None)
        if before is not None:
            # What it could complain of was waited for by then with fsync.
            with suppress(OSError):
                os.close(before)


def written(path: Path) -> datetime:
    """When what is in a file was written. Raises OSError."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone()


def _first_good(
    copies: Iterable[tuple[datetime, bytes]], parse: Callable[[bytes], T]
) -> tuple[datetime, bytes, T] | None:
    for when, data in copies:
        try:
            return when, data, parse(data)
        except Damaged:
            continue
    return None


def _identity(status: os.stat_result) -> _Identity:
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


def _read_all(descriptor: int) -> bytes:
    parts = []
    while part := os.read(descriptor, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def _sync_folder(folder: Path) -> None:
    """Make a rename last (fsync(2): syncing a file does not sync its entry in the folder)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as problem:
        # Some file systems can't sync a folder and say so; there is nothing more to be done on them.
        if problem.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    end = time.monotonic() + LOCK_WAIT
    pause = 0.001
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > end:
                raise TimeoutError(
                    errno.ETIMEDOUT, "another pptui is holding it (is one suspended?)"
                ) from None
            time.sleep(pause)
            pause = min(pause * 2, 0.05)
        except OSError as problem:
            if problem.errno in _NO_LOCKS:  # a network file system without locks: better than not saving
                return
            raise
