"""Remarks in the corner: seen, and never in the way of what one does."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input
from textual.widgets._toast import Toast

from pptui.app import PptuiApp
from pptui.models import Login
from pptui.screens.login import LoginScreen
from pptui.services import Services
from tests.screens.test_library import last_said, opened, until


def toasts(app: PptuiApp) -> list[Widget]:
    """Those to be seen, on whatever screen."""
    return [toast for screen in app.screen_stack for toast in screen.query(Toast) if toast.region.height]


@pytest.mark.parametrize(
    ("key", "field"), [("a", "#source"), ("question_mark", "#help"), ("ctrl+p", "CommandPalette Input")]
)
async def test_what_was_said_before_does_not_lie_over_a_window_that_opens(
    services: Services, key: str, field: str
) -> None:
    async with opened(services) as (app, pilot):
        await pilot.press("t")
        await until(pilot, lambda: len(toasts(app)) == 1)
        await pilot.press(key)
        await until(pilot, lambda: bool(app.screen.query(field)))
        assert not list(app._notifications), "not only when their time is up"
        await until(pilot, lambda: not toasts(app))


async def test_what_is_said_while_one_types_a_password_leaves_the_fields_to_be_seen(
    services: Services,
) -> None:
    def ignored(_: Login | None) -> None:
        """Nobody types one here."""

    async with opened(services, size=(80, 24)) as (app, pilot):
        app.open_window(LoginScreen("A podcast", "It asks"), ignored)
        await until(pilot, lambda: len(app.screen.query(Input)) == 2)
        await said(app, pilot, "A refresh has ended meanwhile", "It can't be played", "Nothing is missing")
        await until(pilot, lambda: [str(toast.render()) for toast in toasts(app)] == ["Nothing is missing"])
        fields = [field.region for field in app.screen.query(Input)]
        assert not any(toast.region.overlaps(field) for toast in toasts(app) for field in fields)


async def test_the_same_remark_twice_is_there_once_and_the_others_stay(services: Services) -> None:
    async with opened(services) as (app, pilot):
        await said(app, pilot, "Nothing to take back", "There is no chapter 9", "Nothing to take back")
        assert [note.message for note in app._notifications] == [
            "There is no chapter 9",
            "Nothing to take back",
        ]
        await until(pilot, lambda: len(toasts(app)) == 2)
        lowest = max(toasts(app), key=lambda toast: toast.region.y)
        assert str(lowest.render()) == "Nothing to take back"


async def test_in_a_low_terminal_the_last_remark_takes_the_lines_it_needs_and_no_more(
    services: Services,
) -> None:
    async with opened(services, size=(40, 10)) as (app, pilot):
        await said(app, pilot, "Nothing to take back", "There is no chapter 9", "This episode has no link")
        await until(pilot, lambda: len(toasts(app)) == 1)
        (toast,) = toasts(app)
        assert str(toast.render()) == "This episode has no link" and toast.region.height == 1
        assert toast.region.right <= 40


async def said(app: PptuiApp, pilot: Pilot[int], *lines: str) -> None:
    for line in lines:
        app.say(line)
        await until(pilot, lambda line=line: last_said(app) == line)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("nothing has failed", "Nothing has failed"),
        ("played: iPods", "Played: iPods"),
        ("config.toml is not used", "config.toml is not used"),
    ],
)
async def test_what_is_said_begins_with_a_capital_unless_it_is_a_files_name(
    services: Services, line: str, shown: str
) -> None:
    async with opened(services) as (app, pilot):
        app.say(line)
        await until(pilot, lambda: last_said(app) == shown)
