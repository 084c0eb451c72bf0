"""Who may import whom, and what must not be loaded before it is needed."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pptui import demo

ROOT = Path(__file__).parent.parent

# mpv costs 110 ms and more, feedparser, HTTP and lxml tens each; an image library is for nothing here.
HEAVY = {"mpv", "feedparser", "urllib3", "http.client", "requests", "httpx", "lxml", "PIL", "keyring"}

# Each is a few milliseconds that the first frame can do without, and together as much as Textual's own run.
LATER = {
    *(
        "argparse",
        "encodings.cp1252",
        "html.parser",
        "mutagen",
        "ssl",
        "tinydb",
        "tomllib",
        "urllib.request",
        "xml.sax",
        "zipfile",
    ),
    *("pptui.episodes.detail", "pptui.feeds", "pptui.player", "pptui.text.rendering", "pptui.chapters"),
    *("pptui.palette", "pptui.store.feed", "pptui.store.links", "pptui.store.search", "pptui.store.tables"),
    *("pptui.screens.add", "pptui.screens.episode", "pptui.screens.help", "textual.widgets._footer"),
}

FIRST_FRAME = """
import json, sys
from pptui import startup
startup.begin()
import asyncio
from pptui.app import PptuiApp
from pptui.services import Services

class Watched(PptuiApp):
    def _display(self, screen, renderable):
        if renderable is not None and not seen:
            seen.append([sorted(sys.modules), sorted(compiled())])
        super()._display(screen, renderable)

def compiled():
    for name, module in sys.modules.items():
        if name.startswith("pptui."):
            for one in vars(module).values():
                if hasattr(one, "__dataclass_fields__") and one.__module__ == name:
                    yield f"{name}.{one.__name__}"

seen = []

async def main():
    services = Services()
    async with Watched(services).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
    services.close()

asyncio.run(main())
print(json.dumps(seen[0]))
"""

AFTERWARDS = """
import gc
from pptui import startup
startup.begin()
print(gc.isenabled())
startup.over()
print(gc.isenabled())
import ssl
print(ssl.create_default_context().check_hostname)
"""

WITH_THEM = """
import json, sys
from importlib import import_module
for package in sys.argv[1:]:
    import_module(package)
print(json.dumps(sorted(sys.modules)))
"""

COMMAND = """
import json, sys
from pptui.cli import main
code = main(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def python(program: str, *arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=environment | {"HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_imports_run_one_way() -> None:
    checker = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = python(checker, "--no-cache", home=ROOT)
    assert done.returncode == 0, done.stdout


def test_the_first_frame_waits_for_nothing_heavy(tmp_path: Path) -> None:
    done = python(FIRST_FRAME, home=tmp_path)
    assert done.returncode == 0, done.stderr
    modules, compiled = json.loads(done.stdout.splitlines()[-1])
    loaded = set(modules)
    assert "textual" in loaded
    assert loaded & HEAVY == set()
    assert loaded & LATER == set()
    assert compiled == [], "dataclasses: half a millisecond for each, a named tuple a tenth of it"


def test_nothing_that_was_left_aside_for_the_start_stays_so(tmp_path: Path) -> None:
    done = python(AFTERWARDS, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["False", "True", "True"]


@pytest.mark.parametrize(
    "command",
    [
        ["--version"],
        ["podcasts", "--json"],
        ["episodes", "--json"],
        ["status", "--json"],
        ["paths"],
        ["refresh"],
        ["chapters", str(demo.audio_path())],
    ],
    ids=lambda command: command[0],
)
def test_a_command_of_the_shell_does_not_wait_for_textual(command: list[str], tmp_path: Path) -> None:
    done = python(COMMAND, *command, home=tmp_path)
    code, loaded = json.loads(done.stderr.splitlines()[-1])
    assert code in (0, 1), done.stderr
    assert "pptui.cli" in loaded
    assert not {"textual", "PIL"} & set(loaded)


def parts_before_their_package(source: Path) -> Iterator[tuple[str, str]]:
    """`package.part` wherever a module imports something of it before the package itself, with its line."""
    whole: set[str] = set()
    found = [
        one for one in ast.walk(ast.parse(source.read_text())) if isinstance(one, ast.Import | ast.ImportFrom)
    ]
    for one in sorted(found, key=lambda one: one.lineno):
        modules = [one.module or ""] if isinstance(one, ast.ImportFrom) else [name.name for name in one.names]
        for module in modules:
            package, _, part = module.partition(".")
            if not part:
                whole.add(package)
            elif package not in whole:
                yield module, f"{source.relative_to(ROOT)}:{one.lineno}"


def test_two_threads_that_need_a_library_at_once_both_get_the_whole_of_it(tmp_path: Path) -> None:
    # One that begins with the package and one that begins with a part of it, which the package imports too,
    # wait for each other; Python gives one of them half a module then.
    found = [
        pair
        for source in (ROOT / "pptui").rglob("*.py")
        for pair in parts_before_their_package(source)
        if pair[0].partition(".")[0] in HEAVY | {"mutagen"}
    ]
    packages = sorted({module.partition(".")[0] for module, _ in found})
    done = python(WITH_THEM, *packages, home=tmp_path)
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout))
    assert [where for module, where in found if module in loaded] == []
