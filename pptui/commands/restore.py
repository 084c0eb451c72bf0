"""Going back to the library of another day: `restore`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pptui import shell
from pptui.commands.shared import opened, plain
from pptui.services import ServiceError

if TYPE_CHECKING:
    from argparse import Namespace

    from pptui.store.restoring import Backup


def restore(arguments: Namespace) -> int:
    with opened() as services:
        restoring = services.restoring
        backups, present = restoring.backups(), restoring.present()
        if not arguments.date:
            if arguments.json:
                shell.dump_each(map(shell.backup_json, backups))
                return 0
            for line in shell.backup_lines([*([present] if present else []), *backups], shell.width()):
                shell.say(line)
            if not backups:
                shell.remark("no backups yet: the first is made when the library changes on another day")
            return 0
        chosen = next((one for one in backups if one.name == arguments.date), None)
        if chosen is None:
            raise ServiceError(f"no backup is called {shell.named(arguments.date)} (see: pptui restore)")
        if chosen.contents is None:
            raise ServiceError(f"the backup {chosen.name} can't be used: {chosen.problem}")
        if not arguments.yes and not _sure_of(chosen, present):
            return 1
        try:
            restored = restoring.restore(chosen.name)
        except OSError as problem:
            raise ServiceError(
                f"the library of {chosen.name} was not restored; yours is as it was: {plain(problem)}"
            ) from problem
    if restored.doubt:
        shell.complain(
            f"the library of {chosen.name} is restored, but the disk does not confirm it: after a power "
            f"failure it may be what it was before ({restored.doubt})"
        )
    else:
        shell.say(f"restored: the library of {chosen.name} with {chosen.contents}")
    if restored.before:
        shell.say(f"what it was before is kept (to go back: pptui restore {restored.before})")
    return 1 if restored.doubt else 0


def _sure_of(chosen: Backup, present: Backup | None) -> bool:
    now = "there is no library now" if present is None else f"now: {present.contents or present.problem}"
    question = f"go back to the library of {chosen.name} with {chosen.contents} ({now})?"
    answer = shell.ask(question)
    if answer is None:
        raise ServiceError("going back replaces the library: say --yes, or ask for it in a terminal")
    if not answer:
        shell.remark("nothing was changed")
    return answer
