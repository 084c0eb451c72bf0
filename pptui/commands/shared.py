"""What the commands share: the services, failures in words, and lines that are said when they are true."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pptui import faults, shell
from pptui.paths import paths
from pptui.services import Misnamed, ServiceError, Services
from pptui.store.catalogue import StoreError

FAILURES = (ServiceError, StoreError, OSError)
"""What can't be helped, and is said in a line."""


def why(problem: Exception, doing: str) -> str:
    """What went wrong, in one line; of a bug a report is written."""
    if isinstance(problem, FAILURES):
        return plain(problem)
    return f"failed by {faults.told(paths().state, problem, doing)}"


def plain(problem: Exception) -> str:
    """The same of what can't be helped."""
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.filename}: {problem.strerror}" if problem.filename else problem.strerror
    return str(problem)


def of(source: str, words: str) -> str:
    """What is said of one of several that were typed."""
    return f"{shell.named(source)}: {words}" if source.strip() else words


@contextmanager
def opened() -> Iterator[Services]:
    """The services, which tell of what goes wrong on standard error, and are closed in the end."""
    services = Services(on_problem=shell.complain)
    try:
        yield services
    finally:
        services.close()


def each(sources: list[str], do: Callable[[str], None]) -> int:
    """Do it with each; one that can't be done says why, and the others go on."""
    code = 0
    for source in sources:
        try:
            do(source)
        except BrokenPipeError:
            raise
        except FAILURES as problem:
            shell.complain(plain(problem) if isinstance(problem, Misnamed) else of(source, plain(problem)))
            code = 1
    return code


def flushed(services: Services) -> int:
    """Put the library on disk; the exit code: 1 where it could not be, which has told of itself."""
    return 0 if services.library.flush(10.0) else 1


class Kept:
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
        code = flushed(self._services)
        self._say_saved()
        return code

    def _say_saved(self) -> None:
        while not self._saved.empty():
            shell.say(self._saved.get(), now=True)
