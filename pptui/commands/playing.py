"""The player: `play`, `demo`, and pptui without a command."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pptui import shell
from pptui.commands.shared import opened
from pptui.services import ServiceError, Services

if TYPE_CHECKING:
    from argparse import Namespace

    from pptui.models import Episode


def player() -> int:
    with opened() as services:
        return _open(services)


def play(arguments: Namespace) -> int:
    from pptui import resolve

    with opened() as services:
        if sys.stderr.isatty() and "://" in arguments.source:
            shell.remark(f"opening {shell.named(arguments.source)} …")
        return _open(services, resolve.playable(services, arguments.source), arguments)


def demo(arguments: Namespace) -> int:
    from pptui.demo import episode

    with opened() as services:
        return _open(services, episode(), arguments)


def _open(services: Services, episode: Episode | None = None, where: Namespace | None = None) -> int:
    at = where.at if where else None
    if episode and where and where.chapter:
        from pptui import resolve

        starts = resolve.starts(services, episode)
        if where.chapter > len(starts):
            raise ServiceError(
                f"there is no chapter {where.chapter}: {episode.title} has {len(starts) or 'none'}"
            )
        at = starts[where.chapter - 1]
    if not shell.interactive():
        raise ServiceError("the player needs a terminal (for scripts there are commands: pptui --help)")
    if os.environ.get("TERM") == "dumb":
        raise ServiceError("the player needs a terminal that can draw, and TERM says that this one can't")
    # A library that is not to be opened (of a newer pptui) is said here, and what was restored in the app.
    told: list[str] = []
    services.on_problem = told.append
    services.open()
    from pptui import app

    code = app.run(services, play=episode, at=at, told=told)
    # What could not be saved is said here, where it stays to be read.
    services.on_problem = lambda line: None
    if services.close():
        return code
    shell.complain(services.unsaved or "not all could be saved in time")
    return code or 1
