"""Colours: two themes of our own with one accent, and which one suits the terminal."""

from __future__ import annotations

import os
from collections.abc import Container
from dataclasses import replace
from typing import Any

from rich.color import ColorSystem
from rich.console import Console
from textual import constants
from textual.color import Color
from textual.theme import Theme

DARK = Theme(
    name="dark",
    primary="#e0a458",
    accent="#e0a458",
    secondary="#8fa1b3",
    foreground="#d8d8d4",
    background="#14161a",
    surface="#1b1e24",
    panel="#23272f",
    success="#8fb573",
    warning="#e0a458",
    error="#eb8b92",
    dark=True,
)
LIGHT = Theme(
    name="light",
    primary="#8a4b00",
    accent="#8a4b00",
    secondary="#4a5a6a",
    foreground="#1f2328",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#e8e5dd",
    success="#3c6e23",
    warning="#8a4b00",
    error="#b3261e",
    variables={"row": "rgba(138,75,0,0.18)"},
    dark=False,
)
# A blend of two of the sixteen is none of them. Bright ones are not backgrounds everywhere: the Linux console
# shows the plain ones in their place. Without colours black, two greys and white are left, and cyan is grey.
DARK_OF_SIXTEEN = replace(
    DARK,
    primary="#ffff55",
    accent="#ffff55",
    secondary="#55ffff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#555555",
    success="#55ff55",
    warning="#ffff55",
    error="#ff5555",
    variables={"row": "#00aaaa", "row-left": "#000000", "row-left-style": "underline"},
)
LIGHT_OF_SIXTEEN = replace(
    LIGHT,
    primary="#0000aa",
    accent="#0000aa",
    secondary="#aa00aa",
    foreground="#000000",
    background="#ffffff",
    surface="#ffffff",
    panel="#aaaaaa",
    success="#0000aa",
    warning="#aa0000",
    error="#aa0000",
    variables={"row": "#00aaaa", "row-left": "#ffffff", "row-left-style": "underline"},
)


def system() -> ColorSystem:
    """What the terminal has, as Textual will take it: by COLORTERM and TERM."""
    wanted: Any = constants.COLOR_SYSTEM
    found = Console(color_system=wanted, force_terminal=True, legacy_windows=False)
    return {"standard": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT}.get(
        found.color_system or "", ColorSystem.TRUECOLOR
    )


def themes(system: ColorSystem) -> tuple[Theme, Theme]:
    """Ours, as they are on a terminal with so many colours."""
    return (DARK_OF_SIXTEEN, LIGHT_OF_SIXTEEN) if system is ColorSystem.STANDARD else (DARK, LIGHT)


def variables(theme: Theme, found: dict[str, str]) -> dict[str, str]:
    """What is found of a theme, and what our sheets want beyond it: the look of the cursor's row and of the
    one where it was left in a list that has not the focus, and a scrollbar that can be seen."""
    wanted = {
        "row": Color.parse(found["primary"]).multiply_alpha(0.25).css,
        "row-left": found["panel"],
        "row-left-style": "reverse" if theme.ansi else "not reverse",
        "rail": found["panel-lighten-2" if theme.dark else "panel-darken-2"],
    }
    return {**wanted, **found}


def _is_light() -> bool:
    # rxvt's convention, kept by many: foreground;background, 7 and 15 being the two whites.
    return os.environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")


def choose(wanted: str, available: Container[str]) -> tuple[str, str]:
    """The theme's name for what the config wants, and a line for the user if there is none so called.

    `auto` is light where the terminal says that it is."""
    problem = ""
    if wanted != "auto":
        if wanted in available:
            return wanted, ""
        problem = f"there is no theme {wanted!r}"
    return ("light" if _is_light() else "dark"), problem
