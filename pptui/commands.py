"""What each command does: it asks `Services` and prints with `shell`; Textual is only for the player."""

from __future__ import annotations

import os
import queue
import shlex
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pptui import faults, shell, text
from pptui.models import EpisodeRow, Source
from pptui.paths import paths
from pptui.services import LoginNeeded, ServiceError, Services
from pptui.store.catalogue import Filter, Kind, Selection, Sort, StoreError
from pptui.times import clock

if TYPE_CHECKING:
    from argparse import Namespace

    from pptui.feeds.outcome import Outcome
    from pptui.models import Chapter, Episode, Login
    from pptui.services import Added
    from pptui.store.restoring import Backup


ATTEMPTS = 3
"""How often a password is asked for."""

FAILURES = (ServiceError, StoreError, OSError)
"""What can't be helped, and is said in a line."""

STILL_HEARD = timedelta(seconds=10)
"""A position is written every 4 s while playing: one much older is from a player that has gone."""


def run(arguments: Namespace | None) -> int:
    """The exit code of the command, or of the player where there is none.

    What went wrong is said in one line, and of a bug a report is written."""
    shell.prepare()
    name = arguments.command if arguments else "open"
    try:
        return COMMANDS[name](arguments) if arguments else _player()
    except BrokenPipeError:
        raise
    except Exception as problem:
        shell.complain(_why(problem, name))
    return 1


def _why(problem: Exception, doing: str) -> str:
    """What went wrong, in one line; of a bug a report is written."""
    if isinstance(problem, FAILURES):
        return _plain(problem)
    return f"failed by {faults.told(paths().state, problem, doing)}"


def _plain(problem: Exception) -> str:
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.filename}: {problem.strerror}" if problem.filename else problem.strerror
    return str(problem)


@contextmanager
def _services() -> Iterator[Services]:
    services = Services(on_problem=shell.complain)
    try:
        yield services
    finally:
        services.close()


def _each(sources: list[str], do: Callable[[str], None]) -> int:
    """Do it with each; one that can't be done says why, and the others go on."""
    code = 0
    for source in sources:
        try:
            do(source)
        except BrokenPipeError:
            raise
        except FAILURES as problem:
            shell.complain(f"{shell.named(source)}: {_plain(problem)}")
            code = 1
    return code


def _unsaved(services: Services) -> int:
    """1 where the library could not be put on disk, which it has told of by itself."""
    return 0 if services.library.flush(10.0) else 1


class _Kept:
    """Lines about changes to the library, each said when its change is on disk; never where it isn't."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._saved: queue.SimpleQueue[str] = queue.SimpleQueue()

    def say(self, line: str) -> None:
        """Say it as soon as it is true: with one of the next calls."""
        self._services.library.when_saved(lambda saved: self._saved.put(line) if saved else None, hurry=False)
        self._say_saved()

    def end(self) -> int:
        """Say the rest; the exit code: 1 where something could not be saved, which has told of itself."""
        code = _unsaved(self._services)
        self._say_saved()
        return code

    def _say_saved(self) -> None:
        while not self._saved.empty():
            shell.say(self._saved.get())


def _add(arguments: Namespace) -> int:
    with _services() as services:
        progress = shell.Progressing()
        cancel = threading.Event()
        kept = _Kept(services)
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
                shell.complain(f"{shell.named(source)}: {_why(outcome, 'add')}")
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
        code |= _each(locked, lambda source: kept.say(_added_line(_unlocked_added(services, source))))
        return int(failed > 0) | code | kept.end()


def _added_line(added: Added) -> str:
    if added.new:
        return f"added: {added.podcast.title} ({text.amount(added.podcast.episodes, 'episode')})"
    return f"already subscribed: {added.podcast.title}"


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


def _remove(arguments: Namespace) -> int:
    with _services() as services:
        kept = _Kept(services)

        def remove(name: str) -> None:
            podcast = services.podcast(name)
            locked = any(one.login for one in services.library.subscriptions() if one.id == podcast.id)
            services.remove(podcast.id)
            what = "what was heard is kept" + ", its password is forgotten" * locked
            back = f"pptui add {shlex.quote(shell.shown(podcast.url))}"
            kept.say(f"removed: {podcast.title} ({what}; to have it back: {back})")

        return _each(arguments.podcasts, remove) | kept.end()


def _refresh(arguments: Namespace) -> int:
    from pptui.feeds.outcome import summary

    with _services() as services:
        chosen: list[str] = []
        code = _each(arguments.podcasts, lambda name: chosen.append(services.podcast(name).id))
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
            elif outcome.error:
                shell.complain(f"{outcome.title}: {outcome.words()}")
            elif outcome.new or outcome.remark or not outcome.asked:
                shell.say(f"{outcome.title}: {outcome.words()}")
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
            asked = sum(one.asked for one in done)
            shell.say(f"{text.amount(asked, 'podcast')} refreshed, {summary(done, between=', ')}")
        return 1 if any(one.error for one in done) else code or _unsaved(services)


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


def _podcasts(arguments: Namespace) -> int:
    with _services() as services:
        podcasts = services.podcasts()
        if arguments.json:
            shell.dump_each(map(shell.podcast_json, podcasts))
        for line in () if arguments.json else shell.podcast_lines(podcasts, shell.width()):
            shell.say(line)
    return 0


def _episodes(arguments: Namespace) -> int:
    with _services() as services:
        one = services.podcast(arguments.podcast).id if arguments.podcast else None
        wanted = Filter(arguments.filter)
        if wanted is Filter.CHAPTERS:
            _count_chapters(services)
        selection = Selection(Kind.PODCAST if one else Kind.ALL, one, None, Sort(arguments.sort), wanted)
        rows = services.lists.every(selection, arguments.limit)
        if arguments.json:
            shell.dump_each(map(shell.episode_json, rows))
            return 0
        cells = shell.width()
        for row in rows:
            shell.say(shell.episode_line(row, cells, podcast=one is None))
    return 0


def _count_chapters(services: Services) -> None:
    from pptui.episodes import counting

    progress = shell.Progressing()
    try:
        counting.count(
            services.catalogue,
            lambda done, total: progress.show(f"chapters of {done} of {total} episodes looked for"),
        )
    finally:
        progress.clear()


def _search(arguments: Namespace) -> int:
    words = " ".join(arguments.words)
    with _services() as services:
        services.index()
        found = deque(services.search(words, arguments.limit), maxlen=1).pop()
    if arguments.json:
        shell.dump_each(map(shell.hit_json, found.hits))
        return 0
    for hit in found.hits:
        for line in shell.hit_lines(hit, shell.width()):
            shell.say(line)
    if not found.hits:
        shell.remark(f"nothing found for {shell.named(words)}")
    elif found.more:
        shell.remark(f"these are the first {found.count}; --limit gives more")
    return 0


def _chapters(arguments: Namespace) -> int:
    from pptui import resolve

    with _services() as services:
        found = resolve.chapters(
            services,
            arguments.source,
            episode=arguments.episode,
            duration=arguments.duration,
        )
    every = arguments.origin == "all"
    origin = Source(arguments.origin) if arguments.origin and not every else None
    lists = found.lists if every else [found.best(origin)]
    if arguments.json:
        shell.dump_each(shell.chapter_json(chapter) for one in lists for chapter in one)
        return 0
    if arguments.format:
        from pptui.chapters import formats

        shell.document(formats.write(lists[0], arguments.format, title=found.title))
    else:
        _list_chapters(lists, headed=every)
    if not any(lists):
        where = f"no chapters{f' from {origin}' if origin else ''} in {shell.named(arguments.source)}"
        shell.remark(where)
    return 0


def _list_chapters(lists: Sequence[tuple[Chapter, ...]], *, headed: bool) -> None:
    for number, one in enumerate(lists):
        if headed:
            if number:
                shell.say("")
            shown = sum(not chapter.hidden for chapter in one)
            shell.say(f"{one[0].source}: {text.amount(shown, 'chapter')}")
        for line in shell.chapter_lines(one, shell.width()):
            shell.say(line)


def _play(arguments: Namespace) -> int:
    from pptui import resolve

    with _services() as services:
        if sys.stderr.isatty() and "://" in arguments.source:
            shell.remark(f"opening {shell.named(arguments.source)} …")
        return _open(services, resolve.playable(services, arguments.source), arguments)


def _demo(arguments: Namespace) -> int:
    from pptui import demo

    with _services() as services:
        return _open(services, demo.episode(), arguments)


def _player() -> int:
    with _services() as services:
        return _open(services)


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


def _restore(arguments: Namespace) -> int:
    with _services() as services:
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
            before = restoring.restore(chosen.name)
        except OSError as problem:
            raise ServiceError(
                f"the library of {chosen.name} was not restored, and nothing was changed: {_plain(problem)}"
            ) from problem
    shell.say(f"restored: the library of {chosen.name} with {chosen.contents}")
    if before:
        shell.say(f"what it was before is kept (to go back: pptui restore {before})")
    return 0


def _sure_of(chosen: Backup, present: Backup | None) -> bool:
    now = "there is no library now" if present is None else f"now: {present.contents or present.problem}"
    question = f"go back to the library of {chosen.name} with {chosen.contents} ({now})?"
    answer = shell.ask(question)
    if answer is None:
        raise ServiceError("going back replaces the library: say --yes, or ask for it in a terminal")
    if not answer:
        shell.remark("nothing was changed")
    return answer


def _status(arguments: Namespace) -> int:
    # The position file alone, so that a status bar can ask each second.
    from pptui.store.journal import Journal

    entry = Journal(paths().position).read()
    if entry is None:
        shell.say("null" if arguments.json else "nothing was played yet")
        return 0
    row = EpisodeRow(entry.episode, entry.progress)
    heard = entry.heard or datetime.fromtimestamp(0, UTC)
    playing = not entry.paused and not entry.played and datetime.now(UTC) - heard < STILL_HEARD
    if arguments.json:
        shell.dump(
            {
                "playing": playing,
                "paused": entry.paused,
                "position": shell.seconds(entry.position),
                "duration": shell.seconds(row.duration),
                "chapter": entry.chapter or None,
                "heard": heard.isoformat(),
                "episode": shell.episode_json(row),
            }
        )
        return 0
    state = "playing" if playing else "played" if entry.played else "paused" if entry.paused else "stopped"
    pairs = [
        (state, entry.episode.title),
        ("podcast", entry.episode.podcast_title),
        ("chapter", entry.chapter),
        (
            "at",
            f"{clock(entry.position)} / {clock(row.duration)}" if row.duration else clock(entry.position),
        ),
    ]
    for line in shell.pair_lines([pair for pair in pairs if pair[1]], shell.width()):
        shell.say(line)
    return 0


def _doctor(_arguments: Namespace) -> int:
    from pptui import doctor

    usable = True
    for one in doctor.examine(paths()):
        shell.say(f"{one.grade:4}  {one.name:10}  {one.words}")
        usable = usable and one.grade is not doctor.Grade.BAD
    return 0 if usable else 1


def _paths(arguments: Namespace) -> int:
    where = paths()
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


COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "add": _add,
    "remove": _remove,
    "refresh": _refresh,
    "podcasts": _podcasts,
    "episodes": _episodes,
    "search": _search,
    "chapters": _chapters,
    "play": _play,
    "demo": _demo,
    "restore": _restore,
    "status": _status,
    "doctor": _doctor,
    "paths": _paths,
}
"""By the name that `cli` gives."""
