"""What each command does: it asks `Services` and prints with `shell`; Textual is only for the player.

A command is the function of its name in one of the modules here, of which only that one is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from pptui import shell

if TYPE_CHECKING:
    from argparse import Namespace

HOMES = {
    "add": "subscriptions",
    "remove": "subscriptions",
    "refresh": "subscriptions",
    "podcasts": "subscriptions",
    "episodes": "episodes",
    "search": "episodes",
    "chapters": "episodes",
    "play": "playing",
    "demo": "playing",
    "restore": "restore",
    "status": "status",
    "doctor": "machine",
    "paths": "machine",
}
"""In which module a command is."""


def run(arguments: Namespace | None) -> int:
    """The exit code of the command, or of the player where there is none.

    What went wrong is said in one line, and of a bug a report is written."""
    shell.prepare()
    name = arguments.command if arguments else "open"
    try:
        return _command(name)(arguments) if arguments else _player()
    except BrokenPipeError:
        raise
    except Exception as problem:
        from pptui.commands.shared import why

        shell.complain(why(problem, name))
    return 1


def _command(name: str) -> Callable[[Namespace], int]:
    command: Callable[[Namespace], int] = getattr(import_module(f"pptui.commands.{HOMES[name]}"), name)
    return command


def _player() -> int:
    from pptui.commands import playing

    return playing.player()
