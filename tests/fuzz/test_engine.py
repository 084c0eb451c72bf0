"""What `scripts/fuzz` makes of its targets: figures, and the shortest input that fails, saved."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS, Target, TooSlow

ROOT = Path(__file__).parents[2]


def test_a_target_that_fails_leaves_its_shortest_input_once_for_each_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    from fuzzing.engine import Trial

    def run(data: bytes) -> None:
        if b"ab" in data:
            raise ValueError
        assert data.count(b"x") < 3

    trial = Trial(Target("odd", run, (b"seed",)))
    for data in (b"1ab2", b"hello", b"a long one with ab in it", b"xx-x", b"axaxaxax"):
        trial(data)
    trial.save(tmp_path)
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == [b"ab", b"xxx"]
    assert trial.outcome.inputs == 5
    assert len(trial.outcome.failures) == 2


def test_time_that_is_not_linear_in_a_word_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    from fuzzing.engine import Trial

    def run(data: bytes) -> None:
        end = time.process_time() + (data.count(b"x") / 60_000) ** 2 / 2
        while time.process_time() < end:
            pass

    trial = Trial(Target("square", run, (b"seed",), (b"x", b"y")))
    trial.grow(60)
    assert len(trial.outcome.failures) == 2
    assert all("b'x' very often" in one for one in trial.outcome.failures)


def test_a_reader_that_does_not_end_is_stopped_whatever_it_catches() -> None:
    def run(data: bytes) -> None:
        while True:
            try:
                len(data)
            except Exception:
                pass

    with pytest.raises(TooSlow):
        Target("endless", run, (b"seed",))(b"", seconds=0.05)


def test_the_script_prints_what_it_tried() -> None:
    command = ["-P", "-m", "fuzzing", "--engine", "hypothesis", "--minutes", "0", "--only", "times"]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'scripts'}"}
    ended = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, env=environment, check=False
    )
    assert ended.returncode == 0, ended.stderr
    head, row = ended.stdout.splitlines()
    assert head.split() == ["target", "inputs", "new", "slowest", "failures", "(hypothesis)"]
    name, inputs, _, _, _, failures = row.split()
    assert (name, failures) == ("times", "0")
    assert int(inputs) == len(TARGETS["times"].seeds)
