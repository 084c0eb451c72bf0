"""The program as the shell starts it: what it is asked for, and what it ends with.

Exit codes: 0 done, 1 failed and said why in a line on standard error, 2 wrong usage, 130 interrupted,
141 the reader of the output went away. Nothing more is imported until it is known what is wanted: the
player without arguments needs no parser for them.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pptui import startup

if TYPE_CHECKING:
    from argparse import Namespace

INTERRUPTED = 130
PIPE_CLOSED = 141


def _parsed(words: list[str]) -> Namespace:
    from pptui import arguments

    return arguments.parsed(words)


def main(argv: list[str] | None = None) -> int:
    """Do what the command line asks and return the exit code."""
    # A program may be started with these closed; whatever is printed then goes nowhere.
    if sys.stdin is None:
        sys.stdin = open(os.devnull)  # noqa: SIM115 - for as long as the process lives
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    try:
        try:
            words = sys.argv[1:] if argv is None else argv
            arguments = _parsed(words) if words else None
        except SystemExit as told:  # argparse ends so after --help, --version and wrong usage
            sys.stdout.flush()
            return told.code if isinstance(told.code, int) else 0
        if arguments is None or arguments.command in ("play", "demo"):
            startup.begin()
        from pptui import commands

        code = commands.run(arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python would flush once more at exit, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    finally:
        startup.over()
