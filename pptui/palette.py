"""What the colours on the screen become where a terminal has only 16 or 256 of them."""

from __future__ import annotations

import re
from functools import lru_cache
from math import hypot

from rich.color import Color as RichColor
from rich.color import ColorSystem, ColorType, blend_rgb
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

READ = 4.5
"""The contrast that a text needs (WCAG 2.2, criterion 1.4.3)."""

# The first sixteen of 256 are whatever the user has made of them.
_COLOURS = {
    ColorSystem.EIGHT_BIT: [RichColor.from_ansi(number) for number in range(16, 256)],
    # The Linux console's, by which Rich goes too; others have about the same. Not by number: of those
    # Textual could not make what is seen below a dialog.
    ColorSystem.STANDARD: [
        RichColor.parse(f"#{colour}")
        for colour in (
            *("000000", "aa0000", "00aa00", "aa5500", "0000aa", "aa00aa", "00aaaa", "aaaaaa"),
            *("555555", "ff5555", "55ff55", "ffff55", "5555ff", "ff55ff", "55ffff", "ffffff"),
        )
    ],
}
_BLACK, _WHITE = ColorTriplet(0, 0, 0), ColorTriplet(255, 255, 255)
_READABLE = re.compile("[^\\s\u2500-\u259f]")  # lines and blocks are only looked at


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
        self._colours = [(colour, _perceived(colour.get_truecolor())) for colour in _COLOURS[system]]
        self._near: dict[ColorTriplet, RichColor] = {}
        self._found: dict[tuple[RichColor | None, RichColor, bool], Style] = {}

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(text, style and style + self._instead(style, background, text), control)
            for text, style, control in segments
        ]

    def _instead(self, style: Style, background: Color, text: str) -> Style:
        behind = style.bgcolor or background.rich_color
        key = (style.color, behind, _READABLE.search(text) is not None)
        if key not in self._found:
            self._found[key] = self._reduced(*key)
        return self._found[key]

    def _reduced(self, colour: RichColor | None, behind: RichColor, read: bool) -> Style:
        if behind.type is not ColorType.TRUECOLOR:
            return Style()
        ground = self._nearest(behind.get_truecolor())
        if colour is None or colour.type is not ColorType.TRUECOLOR:
            return Style(bgcolor=ground)
        ink = colour.get_truecolor()
        wanted = READ if read else min(READ, contrast(ink, behind.get_truecolor()))
        return Style(color=self._readable(ink, ground, wanted), bgcolor=ground)

    def _readable(self, ink: ColorTriplet, ground: RichColor, wanted: float) -> RichColor:
        behind = ground.get_truecolor()
        # One of them is always enough: the worst that the better one can be is 4.58.
        end = max(_BLACK, _WHITE, key=lambda end: contrast(end, behind))
        for tenths in range(10):
            found = self._nearest(blend_rgb(ink, end, tenths / 10))
            if contrast(found.get_truecolor(), behind) >= wanted:
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
