"""The library as it was left on earlier days: a folder of compressed files, for `pptui restore`."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from pptui.store.files import make_folder, nobody, read_file, reason, written

DAYS = 7
"""How many daily backups are kept, and how many of those made before going back to one."""

# A string, which Python compiles when it is used: the first frame does not need it.
_NAME = r"library-(?P<name>(?P<day>\d{4}-\d\d-\d\d)(?P<rest>|T\d{6}|-version-\d+))\.json(\.gz)?"
_MOMENT = "%Y-%m-%dT%H%M%S"
_ABANDONED = 3600.0
"""Seconds after which a file that was begun is taken for one that nobody will finish."""


class Backups:
    """The folder of backups of one file. A backup's name is the day on which it was left so
    (`2026-11-23`); for one made before going back to another, the moment (`2026-11-23T081502`); for one
    made before a newer version of pptui changed it, the day and its version (`2026-11-23-version-1`).

    What goes wrong in `before_writing` and behind it is told to `on_problem`, once."""

    def __init__(self, folder: Path, on_problem: Callable[[str], None] = nobody) -> None:
        self.folder = folder
        self._tell = on_problem
        self._told = False

    def before_writing(self, path: Path, version: int | None = None) -> None:
        """Keep the file where today's first change is about to replace it, or the first change by a newer
        pptui than that which wrote it as `version`.

        It costs no more than a link: compressing is done behind, or another time by whoever is there then."""
        try:
            left = written(path).date()
            today = datetime.now().astimezone().date()
            names = [f"{left}"] * (left != today) + [f"{left}-version-{version}"] * (version is not None)
            for name in names:
                self._link(path, name)
        except FileNotFoundError:
            return
        except OSError as problem:
            self._failed(problem)
            return
        if names:
            # A daemon: what it has not done when the program ends is done another time.
            threading.Thread(target=self.tidy, name="backups", daemon=True).start()

    def keep_now(self, path: Path) -> str:
        """Keep the file as it is at this moment; the name of that backup. Raises OSError."""
        name = f"{datetime.now().astimezone():{_MOMENT}}"
        last = max((one for one in self.names() if "T" in one), default="")
        if last >= name:
            # Two within a second follow each other all the same: the older is dropped first.
            name = f"{datetime.strptime(last, _MOMENT).astimezone() + timedelta(seconds=1):{_MOMENT}}"
        make_folder(self.folder)
        self._compress(path, self._path(name, ".gz"))
        self.tidy()
        return name

    def names(self) -> dict[str, Path]:
        """All backups, the one last written first."""
        found: dict[str, Path] = {}
        times: dict[str, float] = {}
        with suppress(OSError):
            for path in sorted(self.folder.iterdir()):
                if (known := re.fullmatch(_NAME, path.name)) is not None:
                    name = known["name"]
                    with suppress(OSError):
                        times[name] = path.stat().st_mtime
                        found.setdefault(name, path)
        return {name: found[name] for name in sorted(found, key=lambda one: (times[one], one), reverse=True)}

    def copies(self) -> Iterator[tuple[datetime, bytes]]:
        """What is in them and when it was written, the newest first; without those that can't be read."""
        for path in self.names().values():
            try:
                yield written(path), content(path)
            except OSError:
                continue

    def tidy(self) -> None:
        """Compress what is not yet, and drop what is older than it need be."""
        try:
            for path in list(self.names().values()):
                if path.suffix != ".gz":
                    self._compress(path, path.with_name(f"{path.name}.gz"))
                    path.unlink(missing_ok=True)
            self._drop()
        except OSError as problem:
            self._failed(problem)

    def _drop(self) -> None:
        daily: list[Path] = []
        ahead: list[Path] = []
        others: list[Path] = []
        today = f"{datetime.now().astimezone().date()}"
        for _, path in sorted(self.names().items(), reverse=True):
            known = re.fullmatch(_NAME, path.name)
            if known is not None and not known["rest"]:
                # Days to come are from a clock that was wrong, and must not crowd out those that were.
                (daily if known["day"] <= today else ahead).append(path)
            elif known is not None and known["rest"].startswith("T"):
                others.append(path)
        for path in daily[DAYS:] + ahead[DAYS:] + others[DAYS:]:
            path.unlink(missing_ok=True)
        for path in self.folder.glob(".library-*.new"):
            if time.time() - path.stat().st_mtime > _ABANDONED:
                path.unlink(missing_ok=True)

    def _link(self, path: Path, name: str) -> None:
        packed, plain = self._path(name, ".gz"), self._path(name)
        if packed.exists() or plain.exists():
            return
        make_folder(self.folder)
        try:
            # The library is only ever replaced, so this stays what it is.
            os.link(path, plain)
        except OSError:
            # Another disk, or one that has no links.
            self._compress(path, packed)

    def _compress(self, source: Path, target: Path) -> None:
        import gzip

        begun = target.with_name(f".{target.name}.{os.getpid()}-{threading.get_ident()}.new")
        data = read_file(source)
        status = source.stat()
        descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(gzip.compress(data, 6, mtime=0))
                file.flush()
                os.fsync(file.fileno())
            os.utime(begun, ns=(status.st_atime_ns, status.st_mtime_ns))
            os.replace(begun, target)
        except BaseException:
            with suppress(OSError):
                begun.unlink()
            raise

    def _path(self, name: str, ending: str = "") -> Path:
        return self.folder / f"library-{name}.json{ending}"

    def _failed(self, problem: OSError) -> None:
        if not self._told:
            self._told = True
            self._tell(f"the library can't be backed up in {self.folder}: {reason(problem)}")


def content(path: Path) -> bytes:
    """What is in a backup. Raises OSError, also where it is damaged."""
    if path.suffix != ".gz":
        return read_file(path)
    import gzip
    import zlib

    try:
        return gzip.decompress(read_file(path))
    except (EOFError, zlib.error) as problem:
        raise OSError(f"{path.name} is damaged: {problem}") from None
