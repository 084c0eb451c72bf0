"""What is said to be done is on the disk, and the screen does not wait for it."""

from __future__ import annotations

import re
import statistics
import sys
import threading
import time
from pathlib import Path

from pptui.models import Subscription
from pptui.services import Services
from pptui.store.files import SafeFile, nobody
from pptui.store.library import Library
from tests import material
from tests.durability.tally import size
from tests.screens.test_library import go_to, last_said, opened, until
from tests.server import Server
from tests.shell import Shell, item, rss
from tests.store.life import EPOCH


def with_a_podcast(folder: Path) -> Services:
    services = material.services(folder)
    items = [material.item(number, f"Talk {number}") for number in (1, 2)]
    material.add(services, folder, "a.xml", material.feed("Talks", items))
    assert services.library.flush()
    return services


def played(services: Services) -> int:
    """How many episodes are marked in the file."""
    library = Library(services.paths.library)
    return sum(progress.played for _, progress in library.touched())


async def test_a_mark_is_shown_at_once_and_said_to_be_kept_when_it_is(tmp_path: Path) -> None:
    services = with_a_podcast(tmp_path)
    async with opened(services) as (app, pilot):
        episodes = await go_to(app, pilot, "Talks")
        with SafeFile(services.paths.library, nobody).locked():  # the disk is busy
            await pilot.press("m")
            row = episodes.row(0)
            assert row is not None and row.progress.played
            await pilot.pause()
            assert last_said(app) == "" and played(services) == 0
        await until(pilot, lambda: last_said(app) == "Played: Talk 2 (u takes it back)")
        assert played(services) == 1
        await pilot.press("u")
        await until(pilot, lambda: last_said(app) == "Taken back: marked 1 episode played")
        assert played(services) == 0
    services.close()


async def test_a_change_that_could_not_be_saved_is_not_said_to_be(tmp_path: Path) -> None:
    services = with_a_podcast(tmp_path)
    obstacle = services.paths.library.with_name(".library.json.new")
    async with opened(services) as (app, pilot):
        await go_to(app, pilot, "Talks")
        obstacle.mkdir()
        await pilot.press("m")
        await until(pilot, lambda: last_said(app) == "Played: Talk 2 (u takes it back) · not saved yet")
        assert played(services) == 0
        obstacle.rmdir()
        await pilot.press("j", "m")
        await until(pilot, lambda: last_said(app) == "Played: Talk 1 (u takes it back)")
        assert played(services) == 2
    services.close()


def test_the_shell_does_not_say_that_it_added_what_it_could_not_save(shell: Shell, server: Server) -> None:
    server.add("/a.xml", rss("Talks", item("One", 1)))
    obstacle = shell.folder / "data" / "pptui" / ".library.json.new"
    obstacle.mkdir(parents=True)
    done = shell("add", server.url("/a.xml"))
    assert (done.code, done.out) == (1, "") and "can't be saved" in done.err
    obstacle.rmdir()
    assert shell("add", server.url("/a.xml")).out == "added: Talks (1 episode)\n"
    obstacle.mkdir()
    done = shell("remove", "Talks")
    assert (done.code, done.out) == (1, "") and "can't be saved" in done.err


def test_a_change_is_on_the_disk_within_moments(tmp_path: Path) -> None:
    library = Library(tmp_path / "library.json")
    library.subscribe(Subscription("p", "https://example.org/feed", "A feed", EPOCH))
    library.flush()
    took = []
    for number in range(size(30, 300)):
        saved = threading.Event()
        began = time.monotonic()
        library.set_setting("volume", float(number))
        library.when_saved(lambda _, saved=saved: saved.set())  # type: ignore[misc]
        assert saved.wait(30)
        took.append(time.monotonic() - began)
        assert f'"value": {number}' in (tmp_path / "library.json").read_text()
        if number % 10 == 0:
            assert re.search(rf'"value": {number}\b', (tmp_path / "library.json.bak").read_text())
    library.close()
    shown = statistics.median(took) * 1000, max(took) * 1000
    sys.stdout.write("on disk after {:.1f} ms in the middle, {:.1f} ms at the most\n".format(*shown))
    assert statistics.median(took) < 0.25
