"""What the colours on the screen become where a terminal has only 16 or 256 of them."""

from __future__ import annotations

import re
from functools import lru_cache
from math import hypot
from typing import Any

from rich.color import Color as RichColor
from rich.color import ColorSystem, ColorType, blend_rgb
from rich.color_triplet import ColorTriplet
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual import constants
from textual.color import Color
from textual.filter import LineFilter

READ = 4.5
"""The contrast that a text needs (WCAG 2.2, criterion 1.4.3)."""

_PLAIN = [(0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170)]
_BRIGHT = [(255, 85, 85), (85, 255, 85), (255, 255, 85), (85, 85, 255), (255, 85, 255), (85, 255, 255)]
SIXTEEN = TerminalTheme(
    (0, 0, 0), (170, 170, 170), [*_PLAIN, (170, 170, 170)], [(85, 85, 85), *_BRIGHT, (255, 255, 255)]
)
"""The colours of the Linux console, by which Rich goes too; other terminals have about the same."""
_BLACK, _WHITE = ColorTriplet(0, 0, 0), ColorTriplet(255, 255, 255)
_READABLE = re.compile("[^\\s\u2500-\u259f]")  # lines and blocks are only looked at


def system() -> ColorSystem:
    """What the terminal has, as Textual will take it: by COLORTERM and TERM."""
    wanted: Any = constants.COLOR_SYSTEM
    found = Console(color_system=wanted, force_terminal=True, legacy_windows=False)
    return {"standard": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT}.get(
        found.color_system or "", ColorSystem.TRUECOLOR
    )


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """How well one colour can be told from another, from 1 to 21 (WCAG 2.2, contrast ratio)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@lru_cache(1024)
def _luminance(colour: ColorTriplet) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: ColorTriplet) -> tuple[float, float, float]:
    """Red, green and blue as light, each from 0 to 1 (IEC 61966-2-1)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return red, green, blue


class Reduced(LineFilter):
    """Takes the nearest of the terminal's colours, and makes a text lighter or darker until it can be read.

    Without it Rich would take the nearest red, the nearest green and the nearest blue, which together are
    olive for a brown, and may be the same for a text and for what is behind it. What is the terminal's own
    colour already stays."""

    def __init__(self, system: ColorSystem) -> None:
        super().__init__()
        # The first sixteen of 256 are whatever the user has made of them.
        numbers = range(16) if system is ColorSystem.STANDARD else range(16, 256)
        colours = [RichColor.from_ansi(number) for number in numbers]
        self._colours = [(colour, _perceived(colour.get_truecolor(SIXTEEN))) for colour in colours]
        self._near: dict[ColorTriplet, RichColor] = {}
        self._styles: dict[tuple[Style, Color, bool], Style] = {}

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(
                text, style and self._style(style, background, _READABLE.search(text) is not None), control
            )
            for text, style, control in segments
        ]

    def _style(self, style: Style, background: Color, read: bool) -> Style:
        key = (style, background, read)
        if key not in self._styles:
            self._styles[key] = style + self._reduced(style, background, read)
        return self._styles[key]

    def _reduced(self, style: Style, background: Color, read: bool) -> Style:
        behind = style.bgcolor or background.rich_color
        if behind.type is not ColorType.TRUECOLOR:
            return Style()
        was = behind.get_truecolor()
        ground = self._nearest(was)
        if style.color is None or style.color.type is not ColorType.TRUECOLOR:
            return Style(bgcolor=ground)
        ink = style.color.get_truecolor()
        # What is not to be seen at all stays so.
        wanted = READ if read and ink != was else min(READ, contrast(ink, was))
        return Style(color=self._readable(ink, ground, wanted), bgcolor=ground)

    def _readable(self, ink: ColorTriplet, ground: RichColor, wanted: float) -> RichColor:
        behind = ground.get_truecolor(SIXTEEN)
        # One of them is always enough: the worst that the better one can be is 4.58.
        end = max(_BLACK, _WHITE, key=lambda end: contrast(end, behind))
        for tenths in range(10):
            found = self._nearest(blend_rgb(ink, end, tenths / 10))
            if contrast(found.get_truecolor(SIXTEEN), behind) >= wanted:
                return found
        return self._nearest(end)

    def _nearest(self, colour: ColorTriplet) -> RichColor:
        if colour not in self._near:
            lightness, reddish, yellowish, strength = _perceived(colour)

            def away(one: tuple[RichColor, tuple[float, float, float, float]]) -> float:
                # Squared. Another hue, or one where there was none, counts more than less of the same.
                light, red, yellow, strong = one[1]
                chroma = (reddish - red) ** 2 + (yellowish - yellow) ** 2
                paler = max(0.0, strength - strong)
                return float((lightness - light) ** 2 + 3 * chroma - 2 * paler**2)

            self._near[colour] = min(self._colours, key=away)[0]
        return self._near[colour]


def _perceived(colour: ColorTriplet) -> tuple[float, float, float, float]:
    """Lightness, how far to the red and to the yellow, and how far from grey.

    (Oklab: bottosson.github.io/posts/oklab)"""
    red, green, blue = _linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    reddish = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    yellowish = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    return lightness, reddish, yellowish, hypot(reddish, yellowish)
