"""Bring .venv to what a lock file asks for, and see to libmpv: `setup.py requirements.lock`.

Started by setup.sh, and only when the copy of the lock file in .venv is not the same: that copy is
written last, so a setup that was interrupted is done again. Needs nothing but Python 3.11. What is
done is said in a line each on standard error; what the tools say is in .venv/setup.log.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "setup.log"
FLOCK = VENV / "setup.flock"
# Each holds all that those before it hold.
LOCKS = ("requirements.lock", "requirements-dev.lock")

OFFLINE = re.compile(
    r"name resolution|name or service not known|getaddrinfo|dns error|failed to establish|unreachable|"
    r"connection (?:refused|reset|error|aborted)|timed? ?out|error sending request|proxyerror|no route to",
    re.IGNORECASE,
)

# How a package manager installs without asking, and how it fetches its list where it has none yet.
UNATTENDED = {
    "apt": (
        ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "--no-install-recommends"),
        ("apt-get", "update"),
    ),
    "dnf": (("dnf", "install", "-y"), ()),
    "pacman": (("pacman", "-S", "--noconfirm", "--needed"), ("pacman", "-Sy", "--noconfirm")),
    "apk": (("apk", "add"), ("apk", "update")),
    "zypper": (("zypper", "--non-interactive", "install"), ()),
    "brew": (("brew", "install"), ()),
}


class SetupError(Exception):
    """One plain line for the user: what is missing, and what to do."""


def main(lock: str) -> int:
    try:
        VENV.mkdir(exist_ok=True)
        with alone():
            if not done(lock):
                set_up(lock)
    except SetupError as problem:
        say(f"pptui: {problem}")
    except OSError as problem:
        say(f"pptui: {VENV} can't be set up: {problem}")
    except KeyboardInterrupt:
        say("pptui: stopped; the next start takes it up again")
        return 130
    else:
        return 0
    return 1


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@contextmanager
def alone() -> Iterator[None]:
    """One setup at a time. The kernel lets go of the lock when its holder dies, however it dies."""
    with FLOCK.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another setup of this checkout …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def done(lock: str) -> bool:
    stamp = VENV / lock
    return PYTHON.exists() and stamp.exists() and stamp.read_bytes() == (ROOT / lock).read_bytes()


def set_up(lock: str) -> None:
    uv = shutil.which("uv")
    LOG.write_text("")
    whole = any((VENV / name).exists() for name in LOCKS)
    for name in LOCKS:
        if not done(name):
            (VENV / name).unlink(missing_ok=True)
    packages = site_packages() if whole else None
    if packages is None or not (uv or (packages / "pip").exists()):
        make_environment(with_pip=uv is None)
        packages = site_packages()
        if packages is None:
            raise SetupError(f"the virtual environment does not start: see {LOG}")
    install(lock, uv)
    # The checkout itself, by a path that stays right when it is moved; an editable install would copy
    # the style sheets.
    (packages / "pptui.pth").write_text(os.path.relpath(ROOT, packages) + "\n")
    see_to_libmpv()
    for name in LOCKS[: LOCKS.index(lock) + 1]:
        shutil.copyfile(ROOT / name, VENV / name)


def site_packages() -> Path | None:
    """Where .venv keeps its packages; None where it does not start."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    try:
        answer = subprocess.run([PYTHON, "-I", "-c", ask], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return Path(answer.stdout.strip())


def make_environment(*, with_pip: bool) -> None:
    say(f"Making a virtual environment in {VENV} …")
    for entry in VENV.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry not in (LOG, FLOCK):
            entry.unlink()
    # The interpreter's own path (python3.11, not python3) is gone after an upgrade, which setup.sh sees.
    base = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    command = [base, "-I", "-m", "venv", *([] if with_pip else ["--without-pip"]), str(VENV)]
    if call(command):
        return
    # Debian and Ubuntu keep a part of venv in a package of its own, one for each version of Python.
    package = f"python3.{sys.version_info.minor}-venv"
    if shutil.which("apt-get") and install_package(f"sudo apt install {package}", package) and call(command):
        return
    raise SetupError(
        f"Python's venv could not be used: on Debian and Ubuntu, sudo apt install {package} (see {LOG})"
    )


def install(lock: str, uv: str | None) -> None:
    if uv:
        command = [uv, "pip", "install", "--python", str(PYTHON), "--compile-bytecode"]
        command += [] if cache_can_be_written() else ["--no-cache"]
    else:
        command = [str(PYTHON), "-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
        command += ["--retries", "2"]
    say(f"Installing Python packages with {'uv' if uv else 'pip'} …")
    if call([*command, "--require-hashes", "-r", str(ROOT / lock)], PIP_USER="0"):
        return
    if OFFLINE.search(LOG.read_text(errors="replace")):
        raise SetupError(
            f"the packages could not be downloaded: check the network or proxy and run this again (see {LOG})"
        )
    raise SetupError(f"the packages could not be installed: see {LOG}")


def cache_can_be_written() -> bool:
    """uv gives up without its cache folder, which a read-only HOME does not let it make."""
    named = os.environ.get("UV_CACHE_DIR")
    folder = Path(named or Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "uv")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def see_to_libmpv() -> None:
    if libmpv_loads():
        return
    sys.path.insert(0, str(ROOT))
    from pptui.player.install import how_to_install, install_command

    if not (install_package(install_command(), "libmpv") and libmpv_loads()):
        say(f"{how_to_install()} (all the rest works)")


def libmpv_loads() -> bool:
    """Whether the player would find it; in a process of its own, which sees what was just installed."""
    return call([str(PYTHON), "-P", "-c", "from pptui.player import libmpv; libmpv.load()"])


def install_package(command: str, what: str) -> bool:
    """Carry out `command`, which is written for a person (`sudo apt install NAME`), without questions."""
    words = [word for word in command.split() if word != "sudo"]
    if not words or words[0] not in UNATTENDED:
        return False
    tool, package = words[0], words[-1]
    add, update = UNATTENDED[tool]
    if tool == "pacman" and any(Path("/var/lib/pacman/sync").glob("*.db")):
        update = ()  # Arch: a newer list without upgrading everything can break what is installed
    become: list[str] = []
    if os.geteuid() != 0 and tool != "brew":
        helper = next((name for name in ("sudo", "doas") if shutil.which(name)), None)
        if helper is None:
            return False
        become = [helper] if terminal() else [helper, "-n"]
    say(f"Installing {what} with {tool}{f' (needs {become[0]})' if become else ''} …")
    if call([*become, *add, package]):
        return True
    return bool(update) and call([*become, *update]) and call([*become, *add, package])


def terminal() -> bool:
    """Whether a password could be asked for."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def call(command: Sequence[str], **environment: str) -> bool:
    """Whether it succeeded; what it said goes to the log."""
    with LOG.open("a") as log:
        print("$", *command, file=log, flush=True)
        try:
            ended = subprocess.run(command, stdout=log, stderr=log, env=os.environ | environment, check=False)
        except OSError as problem:
            print(problem, file=log)
            return False
    return ended.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
