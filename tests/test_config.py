import os
from pathlib import Path

import pytest

from pptui import config


def loaded(folder: Path, text: str) -> config.Config:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return config.load(file)


def test_no_config_is_needed(tmp_path: Path) -> None:
    assert config.load(tmp_path / "config.toml") == config.Config()


def test_what_is_set_holds(tmp_path: Path) -> None:
    found = loaded(
        tmp_path, 'theme = "light"\nrefresh_after = 0\nnew_days = 7\n[keys]\nhelp = "f1"\n[mpv]\nao = "null"'
    )
    assert (found.theme, found.refresh_after, found.new_days) == ("light", 0, 7)
    assert dict(found.keys) == {"help": "f1"} and dict(found.mpv) == {"ao": "null"}
    assert found.problems == ()


def test_true_and_false_are_passed_to_mpv_as_it_writes_them(tmp_path: Path) -> None:
    assert dict(loaded(tmp_path, "[mpv]\ncache = true\nmute = false\nvolume-max = 130").mpv) == {
        "cache": "yes",
        "mute": "no",
        "volume-max": "130",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme = 3", "theme must be"),
        ('new_days = "many"', "new_days must be"),
        ("refresh_after = -1", "refresh_after must be"),
        ("refresh_after = true", "refresh_after must be"),
        ("keys = 3", "[keys] must be a table"),
        ("nothing = 1", "'nothing' is not a setting"),
        ("this is no TOML", "is not used"),
    ],
)
def test_a_mistake_is_told_and_the_rest_counts(tmp_path: Path, text: str, said: str) -> None:
    found = loaded(tmp_path, text)
    assert len(found.problems) == 1 and said in found.problems[0]
    assert "\n" not in found.problems[0]


def test_what_is_no_ordinary_file_is_said_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config.toml")
    said = ("config.toml is not used: Not a regular file",)
    assert config.load(tmp_path / "config.toml") == config.Config(problems=said)
    (tmp_path / "folder").mkdir()
    assert config.load(tmp_path / "folder").problems == ("folder is not used: Is a directory",)


def test_a_setting_with_a_mistake_leaves_the_others(tmp_path: Path) -> None:
    found = loaded(tmp_path, 'new_days = "many"\nrefresh_after = 5')
    assert (found.new_days, found.refresh_after) == (30, 5)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert loaded(tmp_path, '\ufefftheme = "light"').theme == "light"
