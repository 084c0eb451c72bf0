"""Brackets in what strangers send are brackets: no style, no link and no action is made of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from textual.content import Content

from pptui.app import PptuiApp
from pptui.feeds.outcome import Outcome
from pptui.models import Hold, Plan, Playback, Podcast, State
from pptui.screens.episode import EpisodeScreen
from pptui.screens.login import LoginScreen
from pptui.screens.news import NewsScreen
from pptui.services import Services
from pptui.store.selection import Kind, Selection
from tests import material
from tests.durability.hostile import MARKUP
from tests.durability.tally import Tally, size
from tests.screens.test_library import until

SOURCE = Path(__file__).parents[2] / "pptui"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Textual's markup was looked for in."""
    found: list[str] = []
    real = Content.from_markup.__func__  # type: ignore[attr-defined]

    def looked(kind: type[Content], markup: str | Content, **variables: object) -> Content:
        found.append(str(markup))
        made: Content = real(kind, markup, **variables)
        return made

    monkeypatch.setattr(Content, "from_markup", classmethod(looked))
    return found


def drawn(app: PptuiApp) -> str:
    """What is on the screen, with nothing on it that would do something at a click."""
    lines = []
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            assert not segment.style or "@click" not in segment.style.meta, segment
            assert not segment.style or not segment.style.link, segment
        lines.append(strip.text)
    return "\n".join(lines)


async def test_no_screen_reads_markup(
    services: Services, tmp_path: Path, parsed: list[str], tally: Tally
) -> None:
    rows = "\n".join(f"{n}:00 K{n} {one}" for n, one in enumerate(MARKUP.values()))
    for number, (name, attack) in enumerate(MARKUP.items()):
        notes = f"<p>N {attack} <a href='https://example.org/{attack}'>A {attack}</a></p><pre>{rows}</pre>"
        items = [material.item(number, f"T {name} {attack}", notes=notes)]
        material.add(services, tmp_path, f"{number}.xml", material.feed(f"F {name} {attack}", items))
    ids = {
        name: one.id for name in MARKUP for one in services.podcasts() if one.title.startswith(f"F {name} ")
    }
    app = PptuiApp(services)
    seen = ""
    async with app.run_test(size=(140, 80), notifications=True) as pilot:
        await pilot.pause()
        seen += drawn(app)
        for name, attack in size(list(MARKUP.items())[::4], list(MARKUP.items())):
            (episode,) = services.catalogue.episodes(Selection(Kind.PODCAST, ids[name]), 0, 1)
            app.playback = Playback(episode=episode, state=State.FAILED, error=f"E {attack}", notice=attack)
            app.say(f"S {attack}", failed=True)
            app.open_episode(episode)
            await pilot.pause()
            # Those of a screen that is closed are cancelled, which Textual's own wait for them raises.
            await until(pilot, lambda: all(worker.is_finished for worker in app.workers))
            assert isinstance(app.screen, EpisodeScreen)
            seen += drawn(app)
            app.pop_screen()
            podcast = Podcast("p", "https://example.org", attack, error=attack, plan=Plan(hold=Hold.LOGIN))
            app.push_screen(LoginScreen(podcast.title, podcast.error, failed=True))
            await pilot.pause()
            seen += drawn(app)
            app.pop_screen()
            app.push_screen(NewsScreen([Outcome("p", f"O {attack}", error=attack, remark=attack)]))
            await pilot.pause()
            seen += drawn(app)
            app.pop_screen()
            tally.add(inputs=8)
        await pilot.press("slash", *"END of no use", "ctrl+u", *"action")
        await pilot.pause()
        seen += drawn(app)
        await pilot.press("ctrl+p", "[", "/", "]")
        await pilot.pause()
        seen += drawn(app)
        assert app.is_running
    for kind in ("F action", "S", "O"):
        assert f"{kind} [@click=app.qui" in seen
    strangers = [one for one in parsed if "PWNED" in one or any(one == attack for attack in MARKUP.values())]
    assert strangers == []


def test_every_text_that_a_screen_is_given_says_that_it_is_no_markup() -> None:
    paths = [
        *SOURCE.glob("screens/*.py"),
        *SOURCE.glob("widgets/*.py"),
        SOURCE / "app.py",
        SOURCE / "listening.py",
    ]
    assert [
        f"{path.name}:{call.lineno}: {ast.unparse(call)[:80]}"
        for path in paths
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and _may_be_markup(call)
    ] == []


def _may_be_markup(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    named = {one.arg: one.value for one in call.keywords}
    plain = isinstance(named.get("markup"), ast.Constant) and ast.unparse(named["markup"]) == "False"
    if name == "notify":
        return not plain
    given = call.args[0] if call.args and not plain else None
    if given is None:
        return False
    if name in ("Static", "Label", "Button"):
        return not ast.unparse(given).startswith(("Content", "self._page("))
    # What else is updated is a dictionary, or gets a name, which mypy knows for what it is.
    return name == "update" and isinstance(given, ast.Constant | ast.JoinedStr | ast.BinOp)
