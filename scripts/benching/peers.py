"""The other players, each in a place of its own: how they are installed, and how they import and start."""

from __future__ import annotations

import fcntl
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

from benching.bench import Bench, Trouble, say
from benching.places import Home
from benching.running import Ran, run

MANAGERS = {
    "apt-get": "apt",
    "dnf": "dnf",
    "pacman": "pacman",
    "apk": "apk",
    "zypper": "zypper",
    "brew": "brew",
}


def from_system(name: str) -> str:
    """The program of this name, installed with the package manager where it is missing. Raises Trouble."""
    found = shutil.which(name)
    if not found:
        from setup import install_package

        package = {"gpo": "gpodder"}.get(name, name)
        tool = next((word for command, word in MANAGERS.items() if shutil.which(command)), "")
        install_package(f"sudo {tool} install {package}", package)
        found = shutil.which(name)
    if not found:
        raise Trouble(f"{name} is not installed, and could not be: its lines are left out")
    return found


def from_pypi(folder: Path, name: str) -> str:
    """The program of this name from PyPI, in a virtual environment of its own. Raises Trouble."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        place = folder / name
        program = place / "bin" / name
        if not (place / "made").exists():
            say(f"installing {name} …")
            shutil.rmtree(place, ignore_errors=True)
            base = getattr(sys, "_base_executable", sys.executable)
            pip = [str(place / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            for command in ([base, "-m", "venv", str(place)], [*pip, name]):
                done = subprocess.run(command, capture_output=True, text=True)
                if done.returncode:
                    last = (done.stderr.strip().splitlines() or ["?"])[-1]
                    raise Trouble(f"{name} could not be installed ({last}): its lines are left out")
            (place / "made").touch()
    return str(program)


@dataclass(frozen=True, slots=True)
class Peer:
    """Another player. `add` fetches all feeds into a new home, `refresh` asks for them again,
    `start` is what opens its list, and `count` how many episodes it then has."""

    name: str
    version: str
    add: Callable[[Bench, Home], Ran]
    refresh: Callable[[Bench, Home], Ran] | None
    start: Callable[[Home], tuple[str, ...]]
    count: Callable[[Home], int]
    remark: str = ""


def opml(bench: Bench, file: Path) -> str:
    outlines = "".join(
        f'<outline type="rss" text={quoteattr(title)} xmlUrl={quoteattr(url)}/>'
        for title, url in zip(bench.titles, bench.urls, strict=True)
    )
    file.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><opml version="2.0"><head/><body>{outlines}</body></opml>'
    )
    return str(file)


def rows(file: Path, query: str) -> int:
    with closing(sqlite3.connect(file)) as database:
        return int(database.execute(query).fetchone()[0])


def castero(bench: Bench) -> Peer:
    program = from_pypi(bench.places.peers, "castero")

    def add(bench: Bench, home: Home) -> Ran:
        home.anew()
        return run([program, "--import", opml(bench, home.folder / "feeds.opml")], home.environment)

    def count(home: Home) -> int:
        return rows(home.folder / "data" / "castero" / "castero.db", "SELECT count(*) FROM episode")

    return Peer("castero", _version(program, "--version"), add, None, lambda home: (program,), count)


def newsboat(_bench: Bench) -> Peer:
    program = from_system("newsboat")

    def command(home: Home, *more: str) -> tuple[str, ...]:
        files = {"-u": "urls", "-c": "cache.db", "-C": "newsboat.conf"}
        return (
            program,
            *(word for flag, name in files.items() for word in (flag, str(home.folder / name))),
            *more,
        )

    def add(bench: Bench, home: Home) -> Ran:
        home.anew()
        (home.folder / "urls").write_text("\n".join(bench.urls) + "\n")
        (home.folder / "newsboat.conf").write_text("auto-reload no\n")
        return refresh(bench, home)

    def refresh(_bench: Bench, home: Home) -> Ran:
        return run(command(home, "-x", "reload"), home.environment)

    return Peer(
        "newsboat",
        _version(program, "-v"),
        add,
        refresh,
        command,
        lambda home: rows(home.folder / "cache.db", "SELECT count(*) FROM rss_item"),
    )


def gpodder(_bench: Bench) -> Peer:
    program = from_system("gpo")

    def environment(home: Home) -> dict[str, str]:
        return {**home.environment, "GPODDER_HOME": str(home.folder / "gpodder")}

    def add(bench: Bench, home: Home) -> Ran:
        home.anew()
        # Of each feed it keeps 200 episodes unless told otherwise.
        run([program, "set", "limit.episodes", "100000"], environment(home))
        settings = home.folder / "gpodder" / "Settings.json"
        kept = json.loads(settings.read_text())
        kept.setdefault("limit", {})["episodes"] = 100_000
        settings.write_text(json.dumps(kept))
        return run([program, "import", opml(bench, home.folder / "feeds.opml")], environment(home))

    def refresh(_bench: Bench, home: Home) -> Ran:
        return run([program, "update"], environment(home))

    return Peer(
        "gpodder",
        _package_version("gpodder"),
        add,
        refresh,
        lambda home: ("/usr/bin/env", f"GPODDER_HOME={home.folder / 'gpodder'}", program, "list"),
        lambda home: rows(home.folder / "gpodder" / "Database", "SELECT count(*) FROM episode"),
        remark="`gpo list`, as it has no list to move about in",
    )


def aetherpod(bench: Bench) -> Peer:
    program = from_pypi(bench.places.peers, "aetherpod")
    python = str(Path(program).with_name("python"))
    # Its command line fetches feeds only to print them; what its screens show is kept by this method.
    fetch = (
        "import sys; from aetherpod.engine import DataManager; from aetherpod.rss import fetch_feed\n"
        "data = DataManager()\n"
        "for url in data.get_feeds(): data.save_cached_result(url, fetch_feed(url))\n"
    )

    def add(bench: Bench, home: Home) -> Ran:
        home.anew()
        listed = run([program, "import", opml(bench, home.folder / "feeds.opml")], home.environment)
        return listed if listed.code else run([python, "-c", fetch], home.environment)

    def count(home: Home) -> int:
        ask = (
            "from aetherpod.engine import DataManager\n"
            "data = DataManager()\n"
            "print(sum(len(data.get_cached_result(url).episodes) for url in data.get_feeds()))\n"
        )
        return int(run([python, "-c", ask], home.environment).output.split()[-1])

    return Peer(
        "aetherpod",
        _version(program, "--version"),
        add,
        None,
        lambda home: (program,),
        count,
        remark="four seconds of it are its title picture",
    )


ALL: dict[str, Callable[[Bench], Peer]] = {
    "castero": castero,
    "newsboat": newsboat,
    "gpodder": gpodder,
    "aetherpod": aetherpod,
}


def _version(program: str, flag: str) -> str:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        said = run([program, flag], Home(Path(folder)).environment, limit=60).output
    found = [word for word in said.split() if word[:1].isdigit() or word[:2] in ("v0", "v1", "v2")]
    return found[0].lstrip("v") if found else ""


def _package_version(package: str) -> str:
    if not shutil.which("dpkg-query"):
        return ""
    asked = subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True)
    return asked.stdout.strip().partition("-")[0]
