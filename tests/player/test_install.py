"""What to install, in the words of each system."""

from __future__ import annotations

import platform
import sys

import pytest

from pptui.player.install import how_to_install, install_command


@pytest.mark.parametrize(
    ("release", "command"),
    [
        ({"ID": "debian", "VERSION_ID": "12"}, "sudo apt install libmpv2"),
        ({"ID": "debian", "VERSION_ID": "11"}, "sudo apt install libmpv1"),
        ({"ID": "ubuntu", "VERSION_ID": "24.04", "ID_LIKE": "debian"}, "sudo apt install libmpv2"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "sudo apt install libmpv2"),
        ({"ID": "fedora"}, "sudo dnf install mpv-libs"),
        ({"ID": "arch"}, "sudo pacman -S mpv"),
        ({"ID": "manjaro", "ID_LIKE": "arch"}, "sudo pacman -S mpv"),
        ({"ID": "alpine"}, "sudo apk add mpv-libs"),
        ({"ID": "opensuse-tumbleweed", "ID_LIKE": "opensuse suse"}, "sudo zypper install libmpv2"),
        ({"ID": "opensuse-leap", "ID_LIKE": "suse opensuse"}, "sudo zypper install libmpv2"),
        ({"ID": "plan9"}, ""),
    ],
)
def test_the_command_is_the_one_of_this_system(
    monkeypatch: pytest.MonkeyPatch, release: dict[str, str], command: str
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release)
    assert install_command() == command
    assert (command or "package manager") in how_to_install()


def test_on_macos_it_is_homebrew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert install_command() == "brew install mpv"


def test_a_system_that_does_not_say_what_it_is_gets_a_general_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> dict[str, str]:
        raise OSError("no os-release")

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "freedesktop_os_release", unknown)
    assert "package manager" in how_to_install()
