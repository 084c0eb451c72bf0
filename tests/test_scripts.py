"""scripts/run and scripts/test as someone meets them: in a checkout of their own, without the network.

`uv` and the package managers are played by small programs that note what they were asked; the virtual
environment, the shell and pptui are the real ones.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from pptui import __version__

ROOT = Path(__file__).parent.parent
STARTED = f"pptui {__version__}\n"
MANAGERS = ("apt-get", "dnf", "pacman", "apk", "zypper", "brew")
TOOLS = ("sh", "env", "cat", "cmp", "readlink", "date", "touch")

# In place of `uv pip install --python PYTHON …`: the packages of the environment that runs the tests are
# offered to the new one, and a module `mpv` that can be loaded once there is a libmpv.
UV = """
[ "$1 $2" = "pip install" ] || exit 1
[ ! -e "$STAGE/offline" ] || { echo "error: dns error: Temporary failure in name resolution"; exit 2; }
echo "uv $*" >>"$STAGE/asked"
exec "$4" -I -c '
import pathlib, sys, sysconfig
packages = pathlib.Path(sysconfig.get_path("purelib"))
(packages / "zz_dependencies.pth").write_text(sys.argv[1])
(packages / "mpv.py").write_text(f"open({sys.argv[2]!r}).close()")
' "$DEPENDENCIES" "$STAGE/libmpv"
"""
MANAGER = """
echo "$(basename "$0") $*" >>"$STAGE/asked"
[ -e "$STAGE/packages" ] && touch "$STAGE/libmpv"
"""
SUDO = """
echo "sudo $*" >>"$STAGE/asked"
[ "$1" != -n ] || shift
exec "$@"
"""


def program(path: Path, text: str) -> None:
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)


@dataclass(frozen=True)
class Checkout:
    """A checkout on a machine that has Python, uv and libmpv, until a test takes one away."""

    root: Path
    stage: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": str(self.stage / "bin"),
            "HOME": str(self.stage / "home"),
            "STAGE": str(self.stage),
            "DEPENDENCIES": "\n".join({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}),
            "LANG": "C.UTF-8",
        }

    @property
    def asked(self) -> list[str]:
        noted = self.stage / "asked"
        return noted.read_text().splitlines() if noted.exists() else []

    def start(
        self,
        *arguments: str,
        command: Path | None = None,
        cwd: Path = Path("/"),
        environment: Mapping[str, str] = {},
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [command or self.root / "scripts" / "run", *(arguments or ("--version",))],
            cwd=cwd,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=60,
            start_new_session=True,  # no terminal to ask for a password, as in CI
            check=False,
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    root = tmp_path / "a check out"
    for folder in ("scripts", "pptui", "styles"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "*.ogg"))
    for name in ("requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, root / name)
    stage = tmp_path / "stage"
    (stage / "bin").mkdir(parents=True)
    (stage / "home").mkdir()
    (stage / "libmpv").touch()
    python = os.path.realpath(sys._base_executable)  # type: ignore[attr-defined]
    program(stage / "bin" / "python3", f'exec "{python}" "$@"\n')
    program(stage / "bin" / "uv", UV)
    program(stage / "bin" / "sudo", SUDO)
    for name in MANAGERS:
        program(stage / "bin" / name, MANAGER)
    for name in (*TOOLS, "basename"):
        (stage / "bin" / name).symlink_to(str(shutil.which(name)))
    return Checkout(root, stage)


@pytest.fixture
def prepared(checkout: Checkout) -> Checkout:
    assert checkout.start().stdout == STARTED
    (checkout.stage / "asked").unlink()
    return checkout


def test_one_command_prepares_everything_and_starts_pptui(checkout: Checkout) -> None:
    done = checkout.start()
    assert done.returncode == 0
    # Standard output is pptui's alone: `run podcasts --json` must be JSON the first time too.
    assert done.stdout == STARTED
    assert [line for line in done.stderr.splitlines() if not line.endswith("…")] == []
    assert len(checkout.asked) == 1
    assert "--require-hashes" in checkout.asked[0]


def test_the_second_start_prepares_nothing(prepared: Checkout) -> None:
    done = prepared.start()
    assert (done.stdout, done.stderr, prepared.asked) == (STARTED, "", [])


def test_pptui_starts_from_any_folder_and_not_with_modules_found_there(
    prepared: Checkout, tmp_path: Path
) -> None:
    for name in ("pptui", "json", "textual"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong module')")
    assert prepared.start(cwd=tmp_path).stdout == STARTED


def test_pptui_starts_through_links(prepared: Checkout, tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "first").symlink_to("../a check out/scripts/run")
    (tmp_path / "second").symlink_to("links/first")
    assert prepared.start(command=tmp_path / "second").stdout == STARTED


def test_arguments_and_the_exit_code_are_handed_on(prepared: Checkout) -> None:
    done = prepared.start("no such command", "")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no such command" in done.stderr


def test_a_later_start_adds_less_than_015_s_of_its_own(prepared: Checkout) -> None:
    python = prepared.root / ".venv" / "bin" / "python"
    python.unlink()
    program(python, "exit 0\n")
    times = []
    for _ in range(7):
        began = time.perf_counter()
        assert prepared.start().returncode == 0
        times.append(time.perf_counter() - began)
    assert statistics.median(times) < 0.15
    assert prepared.asked == []


def test_a_checkout_that_was_moved_still_starts(prepared: Checkout, tmp_path: Path) -> None:
    moved = prepared.root.rename(tmp_path / "moved")
    done = prepared.start(command=moved / "scripts" / "run")
    assert (done.stdout, done.stderr, prepared.asked) == (STARTED, "", [])


@pytest.mark.parametrize("damage", ["python upgraded", "interrupted", "emptied"])
def test_a_broken_environment_is_made_again(prepared: Checkout, damage: str) -> None:
    venv = prepared.root / ".venv"
    if damage == "python upgraded":
        for python in (venv / "bin").glob("python*"):
            python.unlink()
            python.symlink_to("/usr/bin/python3.0")
    elif damage == "interrupted":
        (venv / "requirements.lock").unlink()
        shutil.rmtree(venv / "lib")
    else:
        shutil.rmtree(venv)
        venv.mkdir()
    assert prepared.start().stdout == STARTED
    assert len(prepared.asked) == 1
    assert prepared.start().stderr == ""


def test_new_requirements_are_installed_at_the_next_start(prepared: Checkout) -> None:
    lock = prepared.root / "requirements.lock"
    lock.write_text(lock.read_text() + "# one more\n")
    marker = prepared.root / ".venv" / "lib" / "kept"
    marker.touch()
    assert prepared.start().stdout == STARTED
    assert len(prepared.asked) == 1
    assert marker.exists(), "the environment is added to, not made anew"
    assert prepared.start().stderr == ""


@pytest.mark.parametrize("old", [None, "exit 1\n"], ids=["none", "too old"])
def test_without_python_one_line_says_what_to_install(checkout: Checkout, old: str | None) -> None:
    if Path("/opt/homebrew/bin/python3").exists():
        pytest.skip("Homebrew's Python is found wherever PATH leads")
    (checkout.stage / "bin" / "python3").unlink()
    if old:
        program(checkout.stage / "bin" / "python3", old)
    done = checkout.start()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "Python 3.11 or newer is needed: install python3" in done.stderr


def test_without_network_one_line_says_so_and_the_next_start_goes_on(checkout: Checkout) -> None:
    (checkout.stage / "offline").touch()
    done = checkout.start()
    assert (done.returncode, done.stdout) == (1, "")
    problems = [line for line in done.stderr.splitlines() if line.startswith("pptui:")]
    assert len(problems) == 1
    assert "check the network" in problems[0]
    (checkout.stage / "offline").unlink()
    assert checkout.start().stdout == STARTED


def test_a_home_that_cannot_be_written_to_is_no_obstacle(checkout: Checkout) -> None:
    done = checkout.start(environment={"HOME": "/dev/null"})
    assert done.stdout == STARTED
    assert "--no-cache" in checkout.asked[0]


def test_two_first_starts_at_once_make_one_environment(checkout: Checkout) -> None:
    both = [
        subprocess.Popen(
            [checkout.root / "scripts" / "run", "--version"],
            env=checkout.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(2)
    ]
    assert [process.communicate(timeout=60)[0] for process in both] == [STARTED, STARTED]
    assert len(checkout.asked) == 1


def test_a_missing_libmpv_is_installed_as_root_and_only_once(checkout: Checkout) -> None:
    (checkout.stage / "libmpv").unlink()
    (checkout.stage / "packages").touch()
    done = checkout.start()
    assert done.stdout == STARTED
    assert "Installing libmpv with" in done.stderr
    assert "libmpv is not installed" not in done.stderr
    asked = [line for line in checkout.asked if not line.startswith("uv ")]
    assert any("mpv" in line for line in asked)
    brew = asked[0].startswith("brew ")
    assert asked[0].startswith("sudo -n ") is (os.geteuid() != 0 and not brew)
    assert (" (needs sudo) …" in done.stderr) is (os.geteuid() != 0 and not brew)


def test_pptui_starts_without_libmpv_and_says_what_to_do(checkout: Checkout) -> None:
    (checkout.stage / "libmpv").unlink()
    done = checkout.start()
    assert (done.returncode, done.stdout) == (0, STARTED)
    assert "libmpv is not installed, so nothing can be played" in done.stderr
    # It is not asked for again at each start: `pptui doctor` tells.
    assert checkout.start().stderr == ""


@pytest.mark.parametrize("failing", ["", "ruff", "mypy", "importlinter", "pytest"])
def test_every_check_runs_and_one_that_fails_fails_the_whole(checkout: Checkout, failing: str) -> None:
    venv = checkout.root / ".venv"
    (venv / "bin").mkdir(parents=True)
    shutil.copy(checkout.root / "requirements-dev.lock", venv)
    program(
        venv / "bin" / "python",
        f'echo "$*" >>"$STAGE/asked"\ncase "$*" in *"{failing or "nothing"}"*) exit 1 ;; esac\n',
    )
    done = checkout.start("-k", "some thing", command=checkout.root / "scripts" / "test")
    assert done.returncode == (1 if failing else 0)
    assert ("FAILED" in done.stdout) is bool(failing)
    steps = ("ruff check", "ruff format", "mypy", "importlinter", "pytest")
    assert [any(step in line for line in checkout.asked) for step in steps] == [True] * 5
    assert checkout.asked[-1].endswith("-k some thing")
