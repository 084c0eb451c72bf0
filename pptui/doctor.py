"""Whether everything is here that pptui needs: each thing looked at, and what to do where it is not right."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pptui import __version__, demo, faults, text
from pptui.paths import Paths
from pptui.services import Services


class Grade(StrEnum):
    """`note`: pptui works, and might do better. `bad`: it can't be used for what it is for."""

    OK = "ok"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; where it is not right, `words` say why or what to do."""

    name: str
    words: str
    grade: Grade = Grade.OK


def examine(paths: Paths) -> Iterator[Finding]:
    """Look at each thing in turn. It opens the library, and the audio device without a sound."""
    yield Finding("pptui", __version__)
    yield Finding("python", f"{platform.python_version()} ({sys.executable})")
    yield from _versions()
    yield from _terminal()
    problems: list[str] = []
    services = Services(paths, on_problem=problems.append)
    try:
        yield from _audio(services)
        yield from _folders(paths)
        yield _keyring(services)
        mistakes = _mistakes(paths)
        for mistake in mistakes:
            yield Finding("settings", mistake, Grade.NOTE)
        if not mistakes:
            yield Finding("settings", "read" if paths.config_file.exists() else "none: the defaults")
        podcasts = services.podcasts()
        episodes = sum(podcast.episodes for podcast in podcasts)
        heard = len(services.library.touched())
        services.library.flush(3.0)
        problems += filter(None, [services.library.problem])
        for problem in dict.fromkeys(problems):
            yield Finding("library", problem, Grade.BAD)
        if not problems:
            yield Finding("library", f"{len(podcasts)} podcasts, {episodes} episodes, {heard} heard")
        for podcast in podcasts:
            if podcast.error:
                yield Finding("feed", f"{podcast.title}: {podcast.error}", Grade.NOTE)
    finally:
        services.close()


def _versions() -> Iterator[Finding]:
    for name in faults.LIBRARIES:
        try:
            yield Finding(name, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, f"missing: pip install {name}", Grade.BAD)


def _mistakes(paths: Paths) -> Sequence[str]:
    """What the player would say of the settings at its start."""
    services = Services(paths)
    try:
        from pptui.app import PptuiApp
    except ImportError:  # a library is missing, which was told
        return services.config.problems
    return PptuiApp(services).mistakes


def _keyring(services: Services) -> Finding:
    passwords = services.logins.passwords
    if backend := passwords.backend:
        return Finding("keyring", backend)
    return Finding(
        "keyring", f"{passwords.problem}: passwords of feeds last until pptui is closed", Grade.NOTE
    )


def _terminal() -> Iterator[Finding]:
    kind = os.environ.get("TERM", "")
    colours = os.environ.get("COLORTERM", "")
    if sys.stdout.isatty():
        size = shutil.get_terminal_size()
        room = f"{size.columns} by {size.lines}"
    else:
        room = "not a terminal here"
    words = [kind or "TERM is not set", *([colours] if colours else []), room]
    if "NO_COLOR" in os.environ:
        words.append("NO_COLOR")
    yield Finding("terminal", text.line(", ".join(words)))
    if kind == "dumb":
        yield Finding("terminal", "TERM=dumb can't show the player: the commands work", Grade.NOTE)
    encoding = (sys.stdout.encoding or "unknown").lower()
    if encoding.replace("-", "") == "utf8":
        yield Finding("encoding", "UTF-8")
    else:
        yield Finding("encoding", f"{encoding}: set a UTF-8 locale, for example LANG=C.UTF-8", Grade.BAD)


def _audio(services: Services) -> Iterator[Finding]:
    from pptui.player import libmpv, probe

    try:
        yield Finding("libmpv", libmpv.version())
    except libmpv.Unusable as problem:
        yield Finding("libmpv", str(problem), Grade.BAD)
        return
    try:
        remarks = probe.audible(demo.episode().enclosure, services.config.mpv)
    except probe.ProbeError as problem:
        yield Finding("audio", text.line(problem), Grade.BAD)
        return
    for remark in remarks:
        yield Finding("audio", text.line(remark), Grade.NOTE)
    if not remarks:
        yield Finding("audio", "the device opens")


def _folders(paths: Paths) -> Iterator[Finding]:
    folders = {"config": paths.config, "data": paths.data, "cache": paths.cache, "state": paths.state}
    for name, folder in folders.items():
        made = _existing(folder)
        # Nothing is ever written to the config folder; pptui only reads it.
        wanted = os.R_OK | os.X_OK if name == "config" else os.W_OK | os.X_OK
        if made.is_dir() and os.access(made, wanted):
            yield Finding(name, text.line(folder, 4096))
        else:
            yield Finding(
                name,
                f"{text.line(folder, 4096)} can't be {'read' if name == 'config' else 'written to'}",
                Grade.BAD,
            )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there: it is made when first written to."""
    return next((one for one in (folder, *folder.parents) if one.exists()), Path("/"))
