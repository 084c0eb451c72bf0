import os
import pwd
import stat
from pathlib import Path

import pytest

from pptui.cli import main
from pptui.paths import open_log, paths


def test_the_folders_of_the_environment_are_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", f"/elsewhere/{name.lower()}")
    found = paths()
    assert found.config_file == Path("/elsewhere/config/pptui/config.toml")
    assert found.library == Path("/elsewhere/data/pptui/library.json")
    assert found.catalogue == Path("/elsewhere/cache/pptui/catalogue.sqlite")
    assert found.log == Path("/elsewhere/state/pptui/pptui.log")


def test_a_relative_folder_in_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.setenv("XDG_DATA_HOME", "here")
    assert paths().data == Path("/home/somebody/.local/share/pptui")


@pytest.mark.parametrize("home", ["", "here"])
def test_an_odd_home_does_not_put_the_library_into_the_root_folder_or_where_one_stands(
    monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    monkeypatch.setenv("HOME", home)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert paths().data == Path(pwd.getpwuid(os.getuid()).pw_dir) / ".local/share/pptui"


def test_a_user_without_a_home_folder_is_told_so_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 7)
    for command in ("paths", "podcasts", "doctor", "status"):
        assert main([command]) == 1
        assert capsys.readouterr().err.startswith("pptui: there is no home folder")


def test_nobody_else_can_read_the_log(tmp_path: Path) -> None:
    log = tmp_path / "state" / "pptui.log"
    os.close(open_log(log))
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700


def test_a_log_does_not_grow_for_ever(tmp_path: Path) -> None:
    log = tmp_path / "pptui.log"
    for _ in range(3):
        with open(os.open(log, os.O_WRONLY | os.O_CREAT), "wb") as file:
            file.truncate(2 * 1024 * 1024)
        os.close(open_log(log))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pptui.log", "pptui.log.old"]
    assert log.stat().st_size == 0
