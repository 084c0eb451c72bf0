"""Commands as a shell runs them, and feeds for them to read."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import pytest

from pptui.cli import main
from tests.terminal import home


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


class Shell:
    """Runs commands with a home of its own in `folder`, in this process: that is quicker, and as real."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment: Mapping[str, str] = home(folder)

    def __call__(self, *arguments: str, given: bytes = b"") -> Done:
        out, err = io.BytesIO(), io.BytesIO()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            for name, stream in (("stdin", io.BytesIO(given)), ("stdout", out), ("stderr", err)):
                patch.setattr(sys, name, io.TextIOWrapper(stream, "utf-8", write_through=True))
            code = main(list(arguments))
            return Done(code, out.getvalue().decode(), err.getvalue().decode())

    def start(self, *arguments: str, stdout: int | IO[bytes] = subprocess.PIPE) -> subprocess.Popen[bytes]:
        """The command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "pptui", *arguments],
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
        )

    def json(self, *arguments: str, given: bytes = b"") -> Any:
        """What the command prints with --json, which must be that and nothing else."""
        done = self(*arguments, "--json", given=given)
        assert (done.code, done.err) == (0, "")
        return json.loads(done.out)


def item(title: str, day: int | None, *, notes: str = "", audio: str = "", length: str = "") -> str:
    """An RSS item, published on that day of January 2024."""
    parts = [f"<title>{title}</title><guid>{title}</guid><description><![CDATA[{notes}]]></description>"]
    if day is not None:
        parts.append(f"<pubDate>{day:02} Jan 2024 12:00:00 GMT</pubDate>")
    if audio:
        parts.append(f'<enclosure url="{audio}" type="audio/mpeg" length="1"/>')
    if length:
        parts.append(f"<itunes:duration>{length}</itunes:duration>")
    return f"<item>{''.join(parts)}</item>"


def rss(title: str, *items: str) -> bytes:
    space = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    channel = f"<channel><title>{title}</title>{''.join(items)}</channel>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {space}>{channel}</rss>'.encode()
