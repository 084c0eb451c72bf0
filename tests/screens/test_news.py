"""After a refresh: what is new, what failed and what was left alone can be read, also later."""

from __future__ import annotations

import threading
from pathlib import Path

from textual.widgets import Static

from pptui.screens.library import LibraryScreen
from pptui.screens.news import NewsScreen
from pptui.widgets.sidebar import Sidebar
from tests import material
from tests.screens.test_library import last_said, library, opened, until
from tests.server import Server


async def test_the_last_refresh_is_told_podcast_by_podcast_and_stays_within_reach(tmp_path: Path) -> None:
    services = material.services(tmp_path)
    with Server() as server:
        names = ("Busy", "Over", "Quiet", "Waiting")
        for name in names:
            server.add(f"/{name}", material.feed(name, [material.item(1, "One")]))
            services.add(server.url(f"/{name}"))
        server.add("/Busy", material.feed("Busy", [material.item(n, f"Talk {n}") for n in (1, 2, 3)]))
        server.add("/Over", status=410)
        server.add("/Waiting", status=503, headers={"Retry-After": "3600"})
        async with opened(services) as (app, pilot):
            await pilot.press("exclamation_mark")
            assert last_said(app) == "Nothing was refreshed yet (R refreshes all)"
            await pilot.press("R")
            await until(pilot, lambda: "2 new episodes" in last_said(app))
            assert last_said(app) == "2 new episodes · 1 ended · 1 failed (! tells which)"
            places = {place.label: place for place in library(app).query_one(Sidebar)._places}
            assert places["Over"].ended and places["Waiting"].failed and not places["Quiet"].failed
            await pilot.press("R")
            await until(pilot, lambda: "left alone" in last_said(app))
            await pilot.press("exclamation_mark")
            await until(pilot, lambda: isinstance(app.screen, NewsScreen))
            page = str(app.screen.query("#news Static").first(Static).content)
            assert "Over  left alone: it has ended" in page
            assert "Waiting  left alone: its server asks for that until" in page
            assert "2 podcasts: nothing new" in page
            await pilot.press("escape")
            assert isinstance(app.screen, LibraryScreen)
            head = app.screen.query_one("#head", Static)
            for name, said in (("Over", "r asks once more"), ("Waiting", "not before")):
                app.screen.query_one(Sidebar).select(services.podcast(name).id)
                await until(pilot, lambda said=said: said in str(head.content))
            await pilot.press("r")
            await until(pilot, lambda: "0 new episodes · 1 left alone · Waiting" in last_said(app))
    services.close()


async def test_at_the_start_only_those_are_asked_for_whose_server_has_nothing_against_it(
    tmp_path: Path,
) -> None:
    services = material.services(tmp_path)
    services.config = services.config._replace(refresh_after=60)
    with Server() as server:
        for name, headers in (("Due", {}), ("Fresh", {"Cache-Control": "max-age=7200"})):
            server.add(f"/{name}", material.feed(name, [material.item(1, "One")]), headers=headers)
            services.add(server.url(f"/{name}"))
        with services.catalogue._write() as writer:
            writer.execute("UPDATE podcast SET refreshed = 0")
        server.requests.clear()
        async with opened(services) as (app, pilot):
            await until(pilot, lambda: last_said(app) == "0 new episodes")
        assert [request.path for request in server.requests] == ["/Due"]
    services.close()


async def test_a_refresh_that_is_stopped_tells_what_it_had_brought_by_then(tmp_path: Path) -> None:
    services = material.services(tmp_path)
    never = threading.Event()
    with Server() as server:
        for name in ("Quick", "Slow"):
            server.add(f"/{name}", material.feed(name, [material.item(1, "One")]))
            services.add(server.url(f"/{name}"))
        server.add("/Quick", material.feed("Quick", [material.item(n, f"Talk {n}") for n in (1, 2)]))
        server.add("/Slow", gate=never)
        async with opened(services) as (app, pilot):
            await pilot.press("R")
            status = library(app).query_one("#status", Static)
            await until(pilot, lambda: "1 of 2 refreshed" in str(status.content))
            await pilot.press("escape")
            await until(pilot, lambda: last_said(app) == "1 new episode · stopped")
        never.set()
        assert services.podcast("Slow").error == ""
    services.close()
