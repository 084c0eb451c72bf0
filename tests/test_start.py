"""What the start reads and does, until the first frame is on the screen, whatever the library's size."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import material

ROOT = Path(__file__).parent.parent

# `rchar` (proc(5)): bytes that the process has read from files, wherever the kernel had them.
START = """
import sqlite3, sys
from pathlib import Path

rows = 0
connect = sqlite3.connect

def counted(*arguments, **options):
    def row(cursor, values):
        global rows
        rows += 1
        return values

    connection = connect(*arguments, **options)
    connection.row_factory = row
    return connection

sqlite3.connect = counted

import asyncio, json
from textual.css.stylesheet import Stylesheet
from pptui.app import PptuiApp
from pptui.services import Services
from tests import material

styled = 0
apply = Stylesheet.apply

def counted_apply(*arguments, **options):
    global styled
    styled += 1
    apply(*arguments, **options)

Stylesheet.apply = counted_apply

class Watched(PptuiApp):
    def _display(self, screen, renderable):
        super()._display(screen, renderable)
        if renderable is not None and not seen and self.screen.query_one("#episodes").count:
            io = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
            seen.append([rows, int(io["rchar"]), styled])

seen = []

async def main():
    services = Services(material.paths(Path(sys.argv[1])))
    async with Watched(services).run_test(size=(120, 36)) as pilot:
        while not seen:
            await pilot.pause()
    services.close()

asyncio.run(main())
print(json.dumps(seen[0]))
"""


def start(folder: Path, podcasts: int, episodes: int) -> tuple[int, int, int]:
    """Rows that SQLite gives, bytes read from files, and how often Textual goes through its rules."""
    folder.mkdir()
    material.big(folder, podcasts, episodes, "new_days = 100000").close()
    done = subprocess.run(
        [sys.executable, "-c", START, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    rows, read, styled = json.loads(done.stdout.splitlines()[-1])
    return rows, read, styled


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="the system doesn't tell what was read")
def test_the_first_frame_of_a_large_library_reads_no_more_than_that_of_a_small_one(tmp_path: Path) -> None:
    rows, read, _ = start(tmp_path / "small", 10, 120)
    rows_of_large, read_of_large, _ = start(tmp_path / "large", 10, 3000)
    assert 10 < rows == rows_of_large < 100
    assert abs(read_of_large - read) < 100_000


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="the system doesn't tell what was read")
def test_the_first_frame_does_not_wait_for_styles_of_what_is_no_widget(tmp_path: Path) -> None:
    # Twice for each widget, as Textual does; a component class of one would count like another widget.
    assert start(tmp_path / "small", 10, 120)[2] < 30
