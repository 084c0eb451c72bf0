"""A process of pptui's own: it does what it was begun for, and is not there any more when pptui is not."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pptui.child import Child

MODULE = """
import os, sys
def main(*arguments):
    print(os.nice(0), *arguments, flush=True)
    for line in sys.stdin:
        print(line.upper(), end="", flush=True)
"""

PROGRAM = """
import sys
from pptui.child import Child
child = Child(1, "shouting")
child.stdout.readline()
print(child.process.pid, flush=True)
input()
"""


@pytest.fixture(autouse=True)
def _shouting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shouting.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)


def test_it_does_what_it_was_begun_for_and_lets_the_screen_go_first() -> None:
    with closing(Child(3, "shouting", "a b", "-c")) as child:
        assert child.stdout.readline() == b"%d a b -c\n" % min(os.nice(0) + 3, 19)
        child.stdin.write(b"what\n")
        assert child.stdout.readline() == b"WHAT\n"
    assert child.process.returncode == -signal.SIGKILL


def test_one_that_was_killed_can_be_let_go_of() -> None:
    with closing(Child(3, "shouting")) as child:
        child.kill()
        child.kill()
    assert child.process.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the process as Linux tells of it")
@pytest.mark.parametrize("stopped", [False, True])
@pytest.mark.parametrize("killed", [False, True])
def test_it_ends_when_pptui_does_also_if_somebody_has_stopped_it(*, stopped: bool, killed: bool) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as program:
        assert program.stdin is not None and program.stdout is not None
        child = int(program.stdout.readline())
        ended = select.poll()
        ended.register(os.pidfd_open(child), select.POLLIN)
        if stopped:
            os.kill(child, signal.SIGSTOP)
            while Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] != "T":
                assert not ended.poll(1)
        if killed:
            program.kill()
        else:
            program.stdin.write(b"\n")
            program.stdin.flush()
        assert ended.poll(10_000)
