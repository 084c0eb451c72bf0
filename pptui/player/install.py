"""What to install so that pptui can play, in the words of the system it runs on."""

from __future__ import annotations

import platform
import sys

# The package that holds the shared library libmpv, which is not always the one that holds the player.
_COMMANDS = {
    "debian": "sudo apt install libmpv2",
    "ubuntu": "sudo apt install libmpv2",
    "fedora": "sudo dnf install mpv-libs",
    "rhel": "sudo dnf install mpv-libs",
    "arch": "sudo pacman -S mpv",
    "alpine": "sudo apk add mpv-libs",
    "suse": "sudo zypper install libmpv2",
    "opensuse": "sudo zypper install libmpv2",
}
_MACOS = "brew install mpv"
# libmpv became libmpv2 with mpv 0.35: Debian 12, Ubuntu 23.04.
_BEFORE_LIBMPV2 = {("debian", "11"), ("ubuntu", "22.04"), ("ubuntu", "20.04")}


def install_command() -> str:
    """The command that installs libmpv here, empty where the system is not known."""
    if sys.platform == "darwin":
        return _MACOS
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return ""
    if (release.get("ID", ""), release.get("VERSION_ID", "")) in _BEFORE_LIBMPV2:
        return "sudo apt install libmpv1"
    for name in (release.get("ID", ""), *release.get("ID_LIKE", "").split()):
        # openSUSE's own names carry its edition: opensuse-tumbleweed, opensuse-leap.
        if command := _COMMANDS.get(name.split("-")[0]):
            return command
    return ""


def how_to_install() -> str:
    """One plain line for the user: that libmpv is missing, and what to do about it."""
    if command := install_command():
        return f"libmpv is not installed, so nothing can be played: {command}"
    return "libmpv is not installed, so nothing can be played: install mpv with your system's package manager"
