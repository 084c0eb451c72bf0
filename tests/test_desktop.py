"""The clipboard and the browser, with commands of our own in their place on PATH."""

from pathlib import Path

import pytest

from pptui import desktop


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH, on a desktop that is not there yet."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return tmp_path


def command(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_text_reaches_the_clipboard_of_the_desktop(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    command(tools, "wl-copy", f"/bin/cat > {tools}/copied")
    assert desktop.copy("https://example.org/#t=946")
    assert (tools / "copied").read_text() == "https://example.org/#t=946"


def test_without_a_desktop_nothing_is_tried(tools: Path) -> None:
    command(tools, "wl-copy", f"/bin/cat > {tools}/copied")
    command(tools, "xdg-open", f"echo $1 > {tools}/opened")
    assert not desktop.copy("text")
    assert not desktop.open_link("https://example.org/")
    assert sorted(file.name for file in tools.iterdir()) == ["wl-copy", "xdg-open"]


def test_a_clipboard_that_fails_is_not_taken_for_one_that_works(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    command(tools, "xclip", "exit 1")
    assert not desktop.copy("text")


def test_only_web_addresses_reach_the_browser(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    command(tools, "xdg-open", "exit 0")
    assert desktop.open_link("https://example.org/")
    for address in ("file:///etc/passwd", "javascript:alert(1)", "/etc/passwd", "--help"):
        assert not desktop.open_link(address)
