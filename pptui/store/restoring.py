"""Going back to a backup of the library, and what there is to go back to."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pptui.store.backups import Backups, content
from pptui.store.files import Damaged, SafeFile, Unsynced, nobody, reason, written
from pptui.store.library import Contents, contents
from pptui.store.storage import parse, serialise


@dataclass(frozen=True, slots=True)
class Backup:
    """A library as it was left at a moment. `size` is in bytes; `contents` is None where it is damaged or
    was written by a newer pptui: `problem` says which."""

    name: str
    written: datetime
    size: int
    contents: Contents | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    """The library is what it was. `before` is the name of the backup that was made of it first, "" where
    there was none; `doubt` is why the disk does not confirm that it will stay so, "" where it does."""

    before: str
    doubt: str = ""


class Restoring:
    """The library at a path, and the backups of it."""

    def __init__(self, library: Path, backups: Backups) -> None:
        self._library = library
        self._backups = backups

    def backups(self) -> list[Backup]:
        """What can be gone back to, the newest first: reads each of them."""
        found = []
        for name, path in self._backups.names().items():
            with suppress(FileNotFoundError):  # dropped meanwhile, being old
                found.append(backup(name, path))
        return found

    def present(self) -> Backup | None:
        """The same of the library as it is on disk now; None where there is none."""
        try:
            return backup("now", self._library)
        except FileNotFoundError:
            return None

    def restore(self, name: str) -> Restored:
        """Make the library what it was in that backup.

        A pptui that is open takes it up as any change of another process. Raises OSError, after which
        the library is as it was, and KeyError where no backup is called so."""
        try:
            tables = parse(content(self._backups.names()[name])).tables
        except Damaged as problem:
            raise OSError(f"the backup {name} is damaged: {problem}") from None
        file = SafeFile(self._library, nobody)
        with file.locked():
            before = self._backups.keep_now(file.path) if file.path.exists() else ""
            doubt = ""
            try:
                file.write(serialise(tables))
            except Unsynced as problem:
                doubt = reason(problem)
        file.close()
        return Restored(before, doubt)


def backup(name: str, path: Path) -> Backup:
    """What is in the backup at that path, or in the library itself. Raises OSError where it is not there."""
    when, size = written(path), path.stat().st_size
    try:
        return Backup(name, when, size, contents(parse(content(path)).tables))
    except Damaged as problem:
        return Backup(name, when, size, None, str(problem))
    except OSError as problem:
        return Backup(name, when, size, None, reason(problem))
