"""What becomes of colours where there are few; that every screen can be read: screens/test_contrast.py."""

from __future__ import annotations

from dataclasses import fields

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem, ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from pptui import looks
from pptui.palette import READ, Reduced, contrast

BLACK = Color(0, 0, 0)
OURS = looks.themes(ColorSystem.EIGHT_BIT)


def reduced(text: str, ink: Color, ground: Color) -> tuple[Color, Color]:
    style = Style(color=ink.rich_color, bgcolor=ground.rich_color)
    ((_, found, _),) = Reduced(ColorSystem.EIGHT_BIT).apply([Segment(text, style)], BLACK)
    assert found is not None and found.color is not None and found.bgcolor is not None
    assert found.color.type is found.bgcolor.type is ColorType.EIGHT_BIT
    return Color.from_rich_color(found.color), Color.from_rich_color(found.bgcolor)


def colours(theme: Theme) -> list[Color]:
    values = (getattr(theme, field.name) for field in fields(theme))
    return [Color.parse(value) for value in values if isinstance(value, str) and value.startswith("#")]


@pytest.mark.parametrize("theme", OURS, ids=lambda theme: theme.name)
def test_a_colour_keeps_its_hue_or_is_grey(theme: Theme) -> None:
    ground = Color.parse(theme.background)
    row = ground.blend(Color.parse(theme.primary), 0.25)
    for colour in [*colours(theme), row]:
        _, found = reduced(" ", colour, colour)
        hue, saturation, _ = found.hsl
        away = abs(hue - colour.hsl.h) * 360
        assert saturation < 0.05 or min(away, 360 - away) < 25, f"{colour.hex} became {found.hex}"


@pytest.mark.parametrize("theme", [one for one in (*OURS, *BUILTIN_THEMES.values()) if not one.ansi], ids=str)
def test_a_text_can_be_read_on_any_colour_of_any_theme(theme: Theme) -> None:
    for ground in colours(theme):
        for ink in colours(theme):
            one, other = reduced("words", ink, ground)
            assert contrast(one.rich_color.get_truecolor(), other.rich_color.get_truecolor()) >= READ


def test_a_faint_line_stays_faint() -> None:
    ink, ground = reduced("───", Color(0x23, 0x27, 0x2F), Color(0x14, 0x16, 0x1A))
    assert 1.1 < contrast(ink.rich_color.get_truecolor(), ground.rich_color.get_truecolor()) < 1.5


@pytest.mark.parametrize("system", [ColorSystem.STANDARD, ColorSystem.EIGHT_BIT])
def test_what_is_the_terminals_own_stays(system: ColorSystem) -> None:
    own = Style(color=RichColor.from_ansi(4), bgcolor=RichColor.default(), bold=True)
    assert Reduced(system).apply([Segment("words", own)], BLACK) == [Segment("words", own)]
