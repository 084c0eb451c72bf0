"""A process that changes what is kept and says what is safely on disk, until it is killed."""

from __future__ import annotations

import itertools
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from pptui.models import Episode, Progress, Subscription
from pptui.store.journal import Entry, Journal
from pptui.store.library import Library

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


def episode(identifier: str) -> Episode:
    return Episode(
        identifier, "p", f"Episode {identifier}", "Podcast", EPOCH, 3000.0, "https://example.org/e.mp3"
    )


def keep_recording(folder: Path) -> None:
    """`N` on a line: the changes up to the Nth are on disk."""
    library = Library(folder / "library.json", on_problem=complain)
    for number in itertools.count(1):
        library.record(episode(f"e{number % 50}"), Progress(position=float(number)))
        if number % 10 == 0:
            library.subscribe(Subscription(f"p{number}", "https://example.org/feed", "A feed", EPOCH))
        assert library.flush(30)
        say(number)


def keep_playing(folder: Path) -> None:
    """`N` on a line: the position N seconds is on disk."""
    journal = Journal(folder / "position.json", on_problem=complain)
    for number in itertools.count(1):
        journal.write(Entry(episode("e"), float(number), heard=datetime.now(UTC)))
        assert journal.sync(30)
        say(number)


def record_some(folder: Path, name: str, count: str) -> None:
    """Changes without waiting for each, as fast as they come."""
    library = Library(folder / "library.json", on_problem=complain)
    say("ready")
    sys.stdin.readline()
    for number in range(int(count)):
        library.record(episode(f"{name}{number}"), Progress(position=1.0 + number))
        if number % 7 == 0:
            assert library.flush(30)
    assert library.close(30)


def fill_the_disk(folder: Path) -> None:
    """A disk with room for 4 kB, then for more: what is told and kept is printed for the test to see."""
    import resource

    library = Library(folder / "library.json", on_problem=lambda line: say("told:", line))
    library.subscribe(Subscription("p", "https://example.org/feed", "A feed", EPOCH))
    say("saved:", library.flush(30))
    before = (folder / "library.json").read_bytes()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    for number in range(100):
        library.record(episode(f"e{number}"), Progress(position=1.0))
    say("saved:", library.flush(30))
    say("saved:", library.flush(30))
    say("untouched:", (folder / "library.json").read_bytes() == before)
    say("in memory:", len(library.touched()))
    say("problem:", library.problem)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    say("saved:", library.close(30))
    say("problem:", library.problem)


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())  # one call: two threads may be talking


def complain(line: str) -> None:
    say("problem:", line)


if __name__ == "__main__":
    globals()[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
