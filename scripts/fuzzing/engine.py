"""One target in this process: by atheris, which follows the branches taken, or by hypothesis alone.

What fails is noted once for each place in the code where it does, made small, and saved as a case.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzz.targets import Target

_SLOW = 10.0
"""Seconds of processor time for one input: atheris makes everything several times slower."""
_SMALLER = 60.0
"""Seconds for making one failing input smaller."""
_ROUND = 500
_FEW = 15_000
"""Bytes of one word again and again."""
_NOTICED = 0.3
"""Seconds of processor time below which it tells nothing how much longer they are than others."""


@dataclass
class Outcome:
    """What came of one target. `new` are inputs that took a way through the code which none had before,
    where that is known (atheris); `slowest` is in seconds."""

    inputs: int = 0
    new: int = 0
    slowest: float = 0.0
    failures: list[str] = field(default_factory=list)


class Trial:
    """Tries inputs on one target and keeps the shortest that fails at each place."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.outcome = Outcome()
        self._found: dict[str, bytes] = {}

    def __call__(self, data: bytes) -> None:
        self.outcome.inputs += 1
        began = time.process_time()
        place = self.place(data)
        self.outcome.slowest = max(self.outcome.slowest, time.process_time() - began)
        if place and len(data) < len(self._found.get(place, data + b"x")):
            self._found[place] = data

    def place(self, data: bytes) -> str:
        """Where and how this input fails, "" if it does not."""
        try:
            self._target(data, _SLOW)
        except KeyboardInterrupt:
            raise
        except BaseException as problem:
            kind = type(problem).__name__
            # Where time ran out is a matter of chance.
            frames = [] if kind == "TooSlow" else traceback.extract_tb(problem.__traceback__)
            ours = [one for one in frames if "/pptui/" in one.filename or "/tests/fuzz/" in one.filename]
            return " ".join([kind, *(f"{Path(one.filename).name}:{one.lineno}" for one in ours[-2:])])
        return ""

    def grow(self, seconds: float) -> None:
        """Try the target's words very often, alone and behind a seed: time must be linear in them.

        By chance, as many as there is time for: of most targets all."""
        until = time.monotonic() + seconds
        for word in random.sample(self._target.words, len(self._target.words)):
            if time.monotonic() > until:
                return
            for before in (b"", self._target.seeds[0]):
                short, long = (self._cost(before + word * (size // len(word))) for size in (_FEW, 4 * _FEW))
                if long > _NOTICED and long > 8 * short:
                    self.outcome.failures.append(f"{short:.2f} s, then {long:.2f} s: {word!r} very often")

    def _cost(self, data: bytes) -> float:
        began = time.process_time()
        self(data)
        return time.process_time() - began

    def save(self, folder: Path) -> None:
        """Write the failing inputs into a folder, as small as they can be made."""
        for place, data in self._found.items():
            small = _smaller(data, lambda shorter: self.place(shorter) == place)  # noqa: B023
            name = blake2b(small, digest_size=6).hexdigest()
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(small)
            self.outcome.failures.append(f"{name}: {place}: {small[:80]!r}")


def _smaller(data: bytes, fails: Callable[[bytes], bool]) -> bytes:
    """The input without what is not needed for its failure."""
    until = time.monotonic() + _SMALLER
    size = len(data) // 2
    while size:
        at = 0
        while at < len(data) and time.monotonic() < until:
            shorter = data[:at] + data[at + size :]
            if fails(shorter):
                data = shorter
            else:
                at += size
        size //= 2
    return data


def by_hypothesis(target: Target, trial: Trial, seconds: float, seed: int) -> None:
    """Rounds of examples until the time is over."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    from tests.fuzz.mutating import inputs

    until = time.monotonic() + seconds
    chance = random.Random(seed or None)
    while time.monotonic() < until:

        @seeded(chance.getrandbits(64))
        @settings(
            max_examples=_ROUND,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(inputs(target))
        def tried(data: bytes) -> None:
            if time.monotonic() < until:
                trial(data)

        tried()


def by_atheris(
    target: Target, trial: Trial, seconds: float, seed: int, folder: Path, done: Callable[[], None]
) -> None:
    """Mutations of what took a new way through the code. It ends the process, after calling `done`."""
    import atheris

    corpus, known = folder / "corpus", folder / "seeds"
    for each in (corpus, known):
        each.mkdir()
    for number, data in enumerate((*target.seeds, *(path.read_bytes() for path in target.cases))):
        (known / str(number)).write_bytes(data)
    words = folder / "words"
    words.write_text("".join(f'"{_written(word)}"\n' for word in target.words))
    until = time.monotonic() + seconds

    def one(data: bytes) -> None:
        trial(data)
        if time.monotonic() > until:
            trial.outcome.new = max(0, sum(1 for _ in corpus.iterdir()))
            done()

    arguments = [sys.argv[0], str(corpus), str(known), f"-dict={words}", "-max_len=20000", "-timeout=120"]
    arguments += [f"-artifact_prefix={folder}/", "-rss_limit_mb=3000", *([f"-seed={seed}"] if seed else [])]
    atheris.Setup(arguments, one)
    atheris.Fuzz()


def _written(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def main(name: str, engine: str, seconds: float, seed: int, folder: Path) -> None:
    if engine == "atheris":
        import atheris

        with atheris.instrument_imports(include=["pptui", "feedparser"]):
            from tests.fuzz import targets
    else:
        from tests.fuzz import targets
    target = targets.TARGETS[name]
    trial = Trial(target)
    for data in target.seeds:
        trial(data)  # what is imported by need is imported now

    if seconds:
        trial.grow(seconds / 2)

    def done() -> None:
        trial.save(targets.CASES / name)
        (folder / "outcome.json").write_text(json.dumps(asdict(trial.outcome)))
        os._exit(0)  # atheris would take an exception for a find

    if engine == "atheris":
        by_atheris(target, trial, seconds, seed, folder, done)
    else:
        by_hypothesis(target, trial, seconds, seed)
        done()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]))
