"""Commands about this machine: `doctor`, `paths`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pptui import shell
from pptui.paths import paths as folders

if TYPE_CHECKING:
    from argparse import Namespace


def doctor(_arguments: Namespace) -> int:
    from pptui.doctor import Grade, examine

    usable = True
    for one in examine(folders()):
        shell.say(f"{one.grade:4}  {one.name:10}  {one.words}")
        usable = usable and one.grade is not Grade.BAD
    return 0 if usable else 1


def paths(arguments: Namespace) -> int:
    where = folders()
    named = {
        "config": where.config,
        "data": where.data,
        "cache": where.cache,
        "state": where.state,
        "settings": where.config_file,
        "library": where.library,
        "position": where.position,
        "backups": where.backups,
        "catalogue": where.catalogue,
        "log": where.log,
    }
    if arguments.json:
        shell.dump_each({"name": name, "path": os.fspath(path)} for name, path in named.items())
        return 0
    for line in shell.pair_lines(
        [(name, shell.named(os.fspath(path))) for name, path in named.items()], None
    ):
        shell.say(line)
    return 0
