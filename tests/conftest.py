"""What several tests need: a server, the shell, services, a keyring, and the third-party cases."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import material
from tests.durability.tally import pytest_terminal_summary, size
from tests.server import Server
from tests.shell import Shell

if TYPE_CHECKING:
    from pptui.services import Services
    from tests.keys import Keys

__all__ = ["pytest_terminal_summary"]

# How long an example takes says nothing where the machine has other tests to run.
settings.register_profile(
    "pptui", max_examples=size(60, 300), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("pptui")


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """`-n auto`: twice as many as there are cores, since many tests wait for a server or a clock."""
    return 2 * (yield)


# No test may come upon the keyring of whoever runs it.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
# Nor depend on the terminal that they are run in.
os.environ["COLORTERM"] = "truecolor"
os.environ.pop("NO_COLOR", None)


@pytest.fixture(scope="session")
def cases() -> Path:
    """A folder of feeds, notes and media written by others; the tests that need it are skipped without."""
    folder = Path(os.environ.get("PPTUI_CASES", Path(__file__).parents[2] / "shared" / "cases"))
    if not folder.is_dir():
        pytest.skip("the third-party cases are not here")
    return folder


@pytest.fixture(autouse=True)
def _processes_that_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are none: to begin one for each feed of the tests would take longer than all the rest of them.

    Where they are what is tested, another fixture of this name takes its place."""
    from pptui.feeds import reading

    def none(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(reading, "Child", none)


@pytest.fixture
def keys() -> Iterator[type[Keys]]:
    """A keyring that can be used, for this process."""
    import keyring

    from tests.keys import Keys

    before = keyring.get_keyring()
    keyring.set_keyring(Keys())
    yield Keys
    Keys.held.clear()
    if Keys.answer is not None:
        Keys.answer.set()
    Keys.locked, Keys.answer, Keys.asked = False, None, 0
    keyring.set_keyring(before)


@pytest.fixture
def server() -> Iterator[Server]:
    """An HTTP server on this machine."""
    with Server() as serving:
        yield serving


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Runs commands as a user does, in folders of their own."""
    return Shell(tmp_path)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """Services with an empty library."""
    made = material.services(tmp_path)
    yield made
    made.close()
