"""Commands about podcasts: `add`, `remove`, `refresh`, `podcasts`."""

from __future__ import annotations

import shlex
import threading
from typing import TYPE_CHECKING

from pptui import shell, text
from pptui.commands.shared import Kept, each, flushed, of, opened, why
from pptui.services import LoginNeeded, Services

if TYPE_CHECKING:
    from argparse import Namespace

    from pptui.feeds.outcome import Outcome
    from pptui.models import Login
    from pptui.services import Added

ATTEMPTS = 3
"""How often a password is asked for."""


def add(arguments: Namespace) -> int:
    with opened() as services:
        progress = shell.Progressing()
        cancel = threading.Event()
        kept = Kept(services)
        locked: list[str] = []
        told = failed = 0

        def report(source: str, outcome: Added | Exception) -> None:
            nonlocal told, failed
            told += 1
            progress.clear()
            if isinstance(outcome, LoginNeeded):
                locked.append(source)
            elif isinstance(outcome, Exception):
                failed += 1
                shell.complain(of(source, why(outcome, "add")))
            else:
                kept.say(_added_line(outcome))
            if len(arguments.sources) > 1:
                progress.show(f"{told} of {len(arguments.sources)} added")

        try:
            services.add_many(arguments.sources, report, cancel)
        finally:
            cancel.set()
            progress.clear()
        code = kept.end()
        code |= each(locked, lambda source: kept.say(_added_line(_unlocked_added(services, source))))
        return int(failed > 0) | code | kept.end()


def _added_line(added: Added) -> str:
    one = added.podcast
    if not added.new:
        return f"already subscribed: {one.title}"
    said = f"added: {one.title} ({text.amount(one.episodes, 'episode')})"
    return f"{said} · {one.remark}" if one.remark else said


def _unlocked_added(services: Services, source: str) -> Added:
    """What was added, with the password that its feed asks for if somebody is there to give it."""
    login: Login | None = None
    for _ in range(ATTEMPTS):
        try:
            return services.add(source, login=login)
        except LoginNeeded as problem:
            if (login := shell.ask_login(shell.named(source), str(problem))) is None:
                raise
    return services.add(source, login=login)


def remove(arguments: Namespace) -> int:
    with opened() as services:
        kept = Kept(services)

        def remove(name: str) -> None:
            podcast = services.podcast(name)
            locked = any(one.login for one in services.library.subscriptions() if one.id == podcast.id)
            services.remove(podcast.id)
            back = "to have it back" + ", with its password typed again" * locked
            address = shlex.quote(shell.shown(podcast.url))
            kept.say(f"removed: {podcast.title} (what was heard is kept; {back}: pptui add {address})")

        return each(arguments.podcasts, remove) | kept.end()


def refresh(arguments: Namespace) -> int:
    from pptui.feeds.outcome import Ending, summary

    with opened() as services:
        chosen: list[str] = []
        code = each(arguments.podcasts, lambda name: chosen.append(services.podcast(name).id))
        if arguments.podcasts and not chosen:
            return code
        wanted = chosen or [one.id for one in services.podcasts()]
        if not wanted:
            if arguments.json:
                shell.dump_each(())
            else:
                shell.say("no subscriptions yet (begin with: pptui add ADDRESS)")
            return code
        progress = shell.Progressing()
        cancel = threading.Event()
        done: list[Outcome] = []

        def report(outcome: Outcome) -> None:
            done.append(outcome)
            progress.clear()
            if arguments.json:
                pass
            elif outcome.failed:
                shell.complain(f"{outcome.title}: {outcome.words()}")
            elif outcome.ending not in (Ending.CHANGED, Ending.UNCHANGED) or outcome.filled or outcome.remark:
                shell.say(f"{outcome.title}: {outcome.words()}", now=True)
            progress.show(f"{len(done)} of {len(wanted)} refreshed")

        progress.show(f"0 of {len(wanted)} refreshed")
        try:
            services.refresh(chosen or None, report, cancel)
        finally:
            cancel.set()
            progress.clear()
        if chosen and not arguments.json:
            done = [_unlocked(services, one) for one in done]
        if arguments.json:
            shell.dump_each(map(shell.outcome_json, done))
        else:
            well = sum(one.asked and not one.error for one in done)
            shell.say(f"{text.amount(well, 'podcast')} refreshed, {summary(done, between=', ')}")
        return 1 if any(one.failed for one in done) else code or flushed(services)


def _unlocked(services: Services, outcome: Outcome) -> Outcome:
    """The outcome with the password that its feed asks for, if somebody is there to give it."""
    from pptui.feeds.outcome import Ending

    for _ in range(ATTEMPTS):
        if outcome.ending is not Ending.LOGIN:
            break
        login = shell.ask_login(outcome.title, outcome.error)
        if login is None:
            break
        services.log_in(outcome.podcast, login)
        outcome = next(iter(services.refresh([outcome.podcast])), outcome)
        shell.say(f"{outcome.title}: {outcome.words()}")
    return outcome


def podcasts(arguments: Namespace) -> int:
    with opened() as services:
        podcasts = services.podcasts()
        if arguments.json:
            shell.dump_each(map(shell.podcast_json, podcasts))
        for line in () if arguments.json else shell.podcast_lines(podcasts, shell.width()):
            shell.say(line)
    return 0
