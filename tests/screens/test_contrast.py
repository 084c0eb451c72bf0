"""Every text can be read, in both themes, on terminals of all colours, of 256 and of 16."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from rich._palettes import STANDARD_PALETTE
from rich.color import Color, ColorSystem, ColorType
from rich.color_triplet import ColorTriplet
from textual.command import CommandList, CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input

from pptui.app import PptuiApp
from pptui.models import Playback, Progress, State
from pptui.palette import READ, contrast
from pptui.screens.add import AddScreen
from pptui.screens.arrange import ArrangeScreen
from pptui.screens.episode import EpisodeScreen
from pptui.screens.help import HelpScreen
from pptui.screens.library import LibraryScreen
from pptui.screens.login import LoginScreen
from pptui.screens.news import NewsScreen
from pptui.screens.search import SearchScreen
from pptui.services import Services
from pptui.widgets.hit_list import HitList
from pptui.widgets.rows import RowList
from pptui.widgets.sidebar import Sidebar
from tests import material
from tests.screens.test_library import until

TERMINALS = {
    ColorSystem.TRUECOLOR: {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    ColorSystem.EIGHT_BIT: {"TERM": "xterm-256color", "COLORTERM": ""},
    ColorSystem.STANDARD: {"TERM": "xterm", "COLORTERM": ""},
}
DIMMED = 3.0
"""The contrast of what is dimmed on purpose, and none the less to be read."""
FAINT = 1.4
"""The contrast of what is only seen to be there, below a dialog."""
STRONG = ("foreground", "primary", "secondary", "success", "warning", "error")
"""The colours of what is not dimmed."""
# Neither lines nor pictures.
TEXT = re.compile("[^\\s\u2500-\u259f\U0001f000-\U0001ffff]")


def shown(colour: Color, system: ColorSystem) -> ColorTriplet:
    """What Rich tells the terminal to show."""
    told = colour.downgrade(system)
    if told.type is ColorType.STANDARD:
        return STANDARD_PALETTE[told.number or 0]
    assert told.type is not ColorType.DEFAULT, "not known what it is"
    return told.get_truecolor()


def texts(app: PptuiApp, *, behind: bool = False) -> Iterator[tuple[str, Color, Color]]:
    """Each piece of text on the top screen, or seen of those below, its colour, and that of what is
    behind it."""
    screen = app.screen
    for y, strip in enumerate(screen._compositor.render_strips()):
        x = 0
        for segment in strip:
            before, x = x, x + segment.cell_length
            if TEXT.search(segment.text) and (screen.get_widget_at(before, y)[0] is screen) == behind:
                style = segment.style
                assert style is not None and style.color is not None and style.bgcolor is not None
                assert not style.dim, "what a terminal makes of it is not known"
                yield segment.text, style.color, style.bgcolor


async def places(app: PptuiApp, pilot: Pilot[Any], services: Services) -> AsyncIterator[str]:
    """The screens one after the other, with what stands on them at the worst of times."""

    async def opened(kind: type, *keys: str) -> None:
        await pilot.press(*keys)
        await until(pilot, lambda: isinstance(app.screen, kind))
        await pilot.pause()

    bread = services.podcast("The Bread Podcast")
    rows = [material.nth(services, bread.id, number) for number in range(1, 6)]
    services.library.record(rows[0], Progress(120.0, 600.0, heard=datetime.now(UTC)))
    services.keeping.mark(rows[1:2], True)
    sidebar = app.screen.query_one(Sidebar)
    sidebar.select(services.podcast("Podcast That Failed").id)
    app.screen.set_focus(sidebar)
    await pilot.pause()
    yield "library, a podcast that failed"
    sidebar.select(bread.id)
    await pilot.press("l", "j")
    await pilot.pause()
    yield "library, a played episode"
    await opened(ArrangeScreen, "f")
    yield "order and filter"
    await opened(HelpScreen, "escape", "question_mark")
    yield "help"
    await opened(LibraryScreen, "escape")
    await pilot.press("R")
    await until(pilot, lambda: app._refreshing.last is not None)
    await opened(NewsScreen, "exclamation_mark")
    yield "news, and what is said of them"
    await opened(AddScreen, "escape", "a")
    yield "add, nothing typed"
    app.screen.query_one(Input).value = "nowhere/at/all"
    await pilot.press("enter")
    await until(pilot, lambda: bool(app.screen.query("#dialog-said.failed")))
    yield "add, and it failed"
    await opened(LibraryScreen, "escape")
    app.log_in(bread)
    await opened(LoginScreen)
    yield "login"
    await opened(SearchScreen, "escape", "slash")
    yield "search, nothing typed"
    await pilot.press(*"water")
    await until(pilot, lambda: any(hit.at is not None for hit in app.screen.query_one(HitList).hits))
    yield "search"
    await pilot.press("down")
    yield "search, the cursor on a hit"
    await pilot.press("escape")
    app.open_episode(rows[4])
    await opened(EpisodeScreen)
    screen = app.screen
    assert isinstance(screen, EpisodeScreen)
    await until(pilot, lambda: screen.detail is not None)
    app.playback = Playback(
        episode=rows[4], state=State.PAUSED, position=300.0, duration=600.0, buffered=400.0, speed=1.0
    )
    await pilot.pause()
    yield "episode"
    await pilot.press("tab")
    app.playback = app.playback._replace(state=State.FAILED, error="the server says 404: not found")
    await pilot.pause()
    yield "episode, a link, and the player failed"
    await pilot.press("ctrl+p")
    await opened(CommandPalette)
    await until(pilot, lambda: app.screen.query_one(CommandList).option_count > 0)
    yield "palette"


def stands_out(rows: RowList, system: ColorSystem) -> bool:
    """Whether the cursor's row is another than the one below it, on the Linux console too."""
    x, y = rows.content_region.offset
    y += rows.cursor * rows.row_height - rows.scroll_offset.y
    looks = []
    for line in (y, y + rows.row_height):
        style = rows.screen.get_style_at(x, line)
        assert style.bgcolor is not None
        told = style.bgcolor.downgrade(system)
        ground = (told.number or 0) % 8 if system is ColorSystem.STANDARD else shown(told, system)
        looks.append((ground, style.underline, style.reverse))
    return looks[0] != looks[1]


@pytest.mark.parametrize(
    ("theme", "system", "no_color"),
    [
        *((theme, system, False) for theme in ("dark", "light") for system in TERMINALS),
        ("dark", ColorSystem.STANDARD, True),
    ],
    ids=lambda value: value.name.lower() if isinstance(value, ColorSystem) else str(value),
)
async def test_every_text_can_be_read_and_the_cursor_seen(
    services: Services, theme: str, system: ColorSystem, no_color: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (*TERMINALS[system].items(), *([("NO_COLOR", "1")] if no_color else [])):
        monkeypatch.setenv(name, value)
    services.config = services.config._replace(theme=theme)
    app = PptuiApp(services)
    assert app.console._color_system is system
    hard: dict[tuple[str, str, float], str] = {}
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await pilot.pause()
        strong = {app.theme_variables[name].lower() for name in STRONG}
        async for place in places(app, pilot, services):
            for text, ink, ground in texts(app):
                found = contrast(shown(ink, system), shown(ground, system))
                dimmed = system is ColorSystem.TRUECOLOR and ink.name not in strong
                if found < (DIMMED if dimmed else READ):
                    hard.setdefault((ink.name, ground.name, found), f"{place}: {text}")
            for text, ink, ground in texts(app, behind=True):
                assert contrast(shown(ink, system), shown(ground, system)) > FAINT, f"below {place}: {text}"
            if isinstance(app.screen, LibraryScreen):
                for rows in app.screen.query(RowList):
                    assert not rows.size or stands_out(rows, system), f"{place}: {rows}"
    assert not hard
