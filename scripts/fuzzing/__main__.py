"""Each target in a process of its own, for so many minutes, and what came of it in a line."""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from fuzzing.engine import Outcome
from tests.fuzz.targets import CASES, TARGETS

_SLACK = 300.0
"""Seconds that a process may take beyond its time: it makes what it found small."""


def main() -> int:
    asked = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    asked.add_argument("--minutes", type=float, default=10.0, help="for each target (default: 10)")
    asked.add_argument(
        "--only", action="append", choices=sorted(TARGETS), metavar="NAME", help="this target alone"
    )
    asked.add_argument("--seed", type=int, default=0, help="another number, another run (default: by chance)")
    asked.add_argument(
        "--engine", choices=("atheris", "hypothesis"), help="default: atheris where it is installed"
    )
    options = asked.parse_args()
    engine = options.engine or ("atheris" if importlib.util.find_spec("atheris") else "hypothesis")
    print(f"{'target':12} {'inputs':>11} {'new':>8} {'slowest':>9}  failures   ({engine})")
    failures = 0
    for name in options.only or TARGETS:
        outcome = _run(name, engine, options.minutes * 60.0, options.seed)
        failures += len(outcome.failures)
        print(
            f"{name:12} {outcome.inputs:11,} {outcome.new:8,} {outcome.slowest:7.2f} s"
            f"  {len(outcome.failures):8}",
            flush=True,
        )
        for words in outcome.failures:
            print(f"    {words}", flush=True)
    if failures:
        print(f"The inputs are in {CASES}, where the tests try them again.")
    return 1 if failures else 0


def _run(name: str, engine: str, seconds: float, seed: int) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="pptui-fuzz-") as folder:
        told = Path(folder, "outcome.json")
        command = [
            sys.executable,
            "-P",
            "-m",
            "fuzzing.engine",
            name,
            engine,
            str(seconds),
            str(seed),
            folder,
        ]
        with Path(folder, "log").open("w+") as log:
            try:
                ended = subprocess.run(
                    command, stdout=log, stderr=log, timeout=seconds + _SLACK, check=False
                ).returncode
            except subprocess.TimeoutExpired:
                ended = -1
            log.seek(0)
            last = log.read()[-2000:]
        outcome = Outcome(**json.loads(told.read_text())) if told.exists() else Outcome()
        if ended or not told.exists():
            outcome.failures.append(f"the process ended with {ended}: {last}")
        return outcome


if __name__ == "__main__":
    sys.exit(main())
