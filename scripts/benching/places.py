"""Where the bench keeps things: feeds, homes with libraries in them, and the other players."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PPTUI = (sys.executable, "-P", "-m", "pptui")

_KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


def default_work() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME", "")
    return Path(cache if os.path.isabs(cache) else os.path.expanduser("~/.cache")) / "pptui-bench"


@dataclass(frozen=True, slots=True)
class Home:
    """A home folder of its own for a program that is measured."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return {
            **kept,
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "XDG_STATE_HOME": str(self.folder / "state"),
        }

    @property
    def cache(self) -> Path:
        """pptui's: the catalogue and what else can be fetched again."""
        return self.folder / "cache" / "pptui"

    def anew(self) -> Home:
        """The same home, empty but for pptui's config: "New" lists everything, and nothing makes a sound."""
        shutil.rmtree(self.folder, ignore_errors=True)
        config = self.folder / "config" / "pptui" / "config.toml"
        config.parent.mkdir(parents=True)
        config.write_text('refresh_after = 0\nnew_days = 36500\n\n[mpv]\nao = "null"\n')
        return self

    def copied(self, folder: Path) -> Home:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        return Home(folder)


@dataclass(frozen=True)
class Places:
    """The work folder of this checkout, for one size of library."""

    work: Path
    podcasts: int
    episodes: int

    @property
    def feeds(self) -> Path:
        """Shared between checkouts: what is in it depends on what makes it alone."""
        made_by = _digest([Path(__file__).with_name("material.py")])
        return self.work / "feeds" / f"{self.podcasts}x{self.episodes}-{made_by}"

    @property
    def peers(self) -> Path:
        return self.work / "peers"

    @cached_property
    def _mine(self) -> Path:
        return self.work / "checkouts" / hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:12]

    @property
    def port(self) -> int:
        """The same port every time, because addresses with it are in the libraries that are kept."""
        file = self._mine / "port"
        if not file.exists():
            self._mine.mkdir(parents=True, exist_ok=True)
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                file.write_text(str(free.getsockname()[1]))
        return int(file.read_text())

    def forget_port(self, now: int) -> None:
        """The port was taken by another program: libraries are made again for the one there is."""
        (self._mine / "port").write_text(str(now))

    @property
    def _homes(self) -> Path:
        sources = sorted((ROOT / "pptui").rglob("*.py")) + [
            Path(__file__).with_name(name) for name in ("material.py", "filling.py", "places.py")
        ]
        return self._mine / f"homes-{_digest(sources)}-{self.podcasts}x{self.episodes}-{self.port}"

    def home(self, name: str) -> Home:
        return Home(self._homes / name)

    @contextmanager
    def held(self) -> Iterator[None]:
        """One bench at a time in a checkout; libraries that other versions of pptui made are dropped."""
        self._mine.mkdir(parents=True, exist_ok=True)
        with (self._mine / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            version = self._homes.name.rsplit("-", 2)[0]
            for folder in self._mine.glob("homes-*"):
                if not folder.name.startswith(version):
                    shutil.rmtree(folder, ignore_errors=True)
            yield


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
