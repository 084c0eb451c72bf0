"""What is published: both archives are built, looked into, and the wheel is installed and started."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from pptui import __version__, demo

ROOT = Path(__file__).parent.parent
SHEETS = sorted(sheet.name for sheet in (ROOT / "styles").glob("*.tcss"))
AUDIO = demo.audio_path().name

OPENED = """
import asyncio, sys
import pptui
from pptui.app import PptuiApp
from pptui.services import Services

async def main():
    services = Services()
    async with PptuiApp(services).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
    services.close()

print(pptui.__file__)
asyncio.run(main())
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive, and the wheel made from that archive."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return built / f"pptui-{__version__}-py3-none-any.whl"


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an empty environment with the wheel in it, and its dependencies lent by this one."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel)
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    lent = "\n".join({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    # Read last, and what is named in it comes after the environment's own packages.
    (packages / "zz_lent.pth").write_text(lent)
    return folder / "bin"


def run(*command: str | Path, cwd: Path = Path("/"), home: Path | None = None) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "XDG_"))}
    environment = kept | ({"HOME": str(home)} if home else {})
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_carries_the_style_sheets_the_built_in_episode_and_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        audio = archive.read(f"pptui/demo/{AUDIO}")
    assert sorted(name for name in names if name.endswith(".tcss")) == [
        f"pptui/styles/{name}" for name in SHEETS
    ]
    assert SHEETS
    assert audio == demo.audio_path().read_bytes()
    assert "pptui/demo/episode-044.json" in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert {name.split("/")[0] for name in names} == {"pptui", f"pptui-{__version__}.dist-info"}
    assert not [name for name in names if "__pycache__" in name]


def test_the_source_archive_has_all_that_is_needed_to_build_run_and_test(built: Path) -> None:
    with tarfile.open(built / f"pptui-{__version__}.tar.gz") as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
        runnable = archive.getmember(f"pptui-{__version__}/scripts/run").mode & 0o111
    wanted = {"pyproject.toml", "LICENSE", "README.md", "requirements.lock", "requirements-dev.lock"}
    wanted |= {f"styles/{name}" for name in SHEETS} | {f"pptui/demo/{AUDIO}", "tests/test_wheel.py"}
    assert wanted <= names
    assert runnable
    assert not [name for name in names if name.startswith((".venv", ".git/")) or "__pycache__" in name]


def test_the_installed_command_starts(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "pptui", "--version", cwd=tmp_path, home=tmp_path) == f"pptui {__version__}\n"
    assert run(installed / "pptui", "podcasts", "--json", cwd=tmp_path, home=tmp_path) == "[]\n"


def test_the_installed_player_opens_with_its_own_style_sheets(installed: Path, tmp_path: Path) -> None:
    where = run(installed / "python", "-c", OPENED, cwd=tmp_path, home=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)
