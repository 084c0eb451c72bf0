"""pptui with the disk in trouble while it plays: what is seen of it, as JSON for the test to look at.

Run as `python -m tests.durability.disk KIND FOLDER`; FOLDER is where the trouble can be made."""

from __future__ import annotations

import asyncio
import ctypes
import errno
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from pptui import demo
from pptui.app import PptuiApp
from pptui.screens.question import QuestionScreen
from pptui.services import Services
from pptui.store import files
from tests import material
from tests.screens.test_library import last_said, opened, until

Switch = Callable[[bool], None]
_PR_CAPBSET_DROP = 24
_CAPABILITIES = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: what lets root write where it may not


def full(folder: Path) -> Switch:
    """A disk of its own without room: all that is left is filled."""
    filler = folder / "filler"

    def switch(on: bool) -> None:
        if not on:
            filler.unlink()
            return
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1024))
            except OSError as problem:
                assert problem.errno == errno.ENOSPC  # noqa: PT017 - so it ends

    return switch


def read_only(folder: Path) -> Switch:
    """A disk that can't be written to any more, as after an error or when a card is locked."""

    def switch(on: bool) -> None:
        # SQLite holds its file open for writing, and so no ordinary remount is let through.
        for place in ("data", "state"):
            target = folder / place
            target.mkdir(exist_ok=True)
            if on:
                subprocess.run(["mount", "--bind", target, target], check=True)
                subprocess.run(["mount", "-o", "remount,ro,bind", target], check=True)
            else:
                subprocess.run(["umount", "-l", target], check=True)

    return switch


def permission(folder: Path) -> Switch:
    """The permission to write into the folder is taken away."""

    def switch(on: bool) -> None:
        material.paths(folder).data.chmod(0o500 if on else 0o700)

    return switch


def file_size(folder: Path) -> Switch:
    """A limit on what one file may have (setrlimit(2)): part of a file is written, then no more."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def switch(on: bool) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100 if on else hard, hard))

    return switch


def failing(number: int, call: str) -> Callable[[Path], Switch]:
    """What can't be had here for real: a system call that fails each time."""

    def made(folder: Path) -> Switch:
        real: Any = getattr(os, call)

        def fail(*_: Any, **__: Any) -> Any:
            raise OSError(number, os.strerror(number))

        def switch(on: bool) -> None:
            setattr(files.os, call, fail if on else real)

        return switch

    return made


KINDS: dict[str, Callable[[Path], Switch]] = {
    "full": full,
    "read-only": read_only,
    "permission": permission,
    "file size": file_size,
    "quota": failing(errno.EDQUOT, "fsync"),
    "broken": failing(errno.EIO, "fsync"),
}


def drop_capabilities() -> None:
    """Have root obey permissions like everybody else, from the next exec on."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in _CAPABILITIES:
        if libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")


async def listen(services: Services, switch: Switch) -> dict[str, object]:
    """Play, mark and add while the disk is in trouble; afterwards it is mended, and nothing is pressed."""
    library = services.paths.library
    seen: dict[str, object] = {}
    async with opened(services) as (app, pilot):
        app.listen(demo.episode(), at=100.0)
        await until(pilot, lambda: app.playback.position > 100.2)
        assert services.library.flush() and services.journal.sync()
        before = library.read_bytes()
        switch(True)
        app.mark([episode for episode, _ in every(services)], True)
        app.action_seek(60)
        await until(pilot, lambda: standing(app) != "")
        seen["said"] = standing(app)
        began = app.playback.position
        await until(pilot, lambda: app.playback.position > began + 1.0)
        seen["played on"] = round(app.playback.position - began, 1)
        seen["error"] = app.playback.error
        await quit_and_stay(app, pilot, seen)
        seen["refreshed"] = [one.error for one in await asyncio.to_thread(services.refresh)]
        seen["still said"] = standing(app)
        seen["untouched"] = library.read_bytes() == before
        switch(False)
        await until(pilot, lambda: standing(app) == "")
        await until(pilot, lambda: "Saved again" in last_said(app))
        seen["saved"] = services.library.problem == services.journal.problem == ""
        seen["refreshed again"] = [one.error for one in await asyncio.to_thread(services.refresh)]
        seen["position"] = app.playback.position
        app.player.close()
    services.close()
    return seen


def every(services: Services) -> list[Any]:
    return [(row.episode, row.progress) for row in services.lists.open(services.podcasts()[0].id).every()]


def standing(app: PptuiApp) -> str:
    """What stands on the screen, not only for a while."""
    line = app.screen_stack[0].query_one("#unsaved", Static)
    return str(line.content) if line.display else ""


async def quit_and_stay(app: PptuiApp, pilot: Pilot[Any], seen: dict[str, object]) -> None:
    await pilot.press("q")
    await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
    seen["asked"] = str(app.screen.query_one("#dialog-said", Static).content)
    await pilot.press("escape")
    await until(pilot, lambda: not isinstance(app.screen, QuestionScreen))


def main(kind: str, folder: Path) -> None:
    if kind == "permission" and "again" not in sys.argv:
        drop_capabilities()
        os.execv(sys.executable, [sys.executable, "-m", "tests.durability.disk", *sys.argv[1:], "again"])
    services = material.services(folder, mpv='ao-null-speed = "4"')
    items = [material.item(number, f"Talk {number}") for number in range(1, 4)]
    material.add(services, folder, "feed.xml", material.feed("Talks", items))
    for writer in (services.library._store._writer, services.journal._writer):
        writer._retry_after = 0.2  # seconds; that it is tried again by itself is the same
    seen = asyncio.run(listen(services, KINDS[kind](folder)))
    again = material.services(folder)
    seen["marked"] = sum(progress.played for _, progress in again.library.touched())
    seen["kept at"] = again.library.progress(demo.EPISODE_ID).position
    again.close()
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
