"""Colours: two themes of our own with one accent, and which one suits the terminal."""

from __future__ import annotations

import os
from collections.abc import Container

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
    error="#e06c75",
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
    dark=False,
)
THEMES = (DARK, LIGHT)


def _is_light() -> bool:
    # rxvt's convention, kept by many: foreground;background, 7 and 15 being the two whites.
    return os.environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")


def _few_colours() -> bool:
    term = os.environ.get("TERM", "")
    return not os.environ.get("COLORTERM") and "256" not in term and "direct" not in term


def choose(wanted: str, available: Container[str]) -> tuple[str, str]:
    """The theme's name for what the config wants, and a line for the user if there is none so called.

    `auto` goes by the terminal: its own sixteen colours where it has no more, light where it says so."""
    problem = ""
    if wanted != "auto":
        if wanted in available:
            return wanted, ""
        problem = f"there is no theme {wanted!r}"
    if _few_colours():
        return ("ansi-light" if _is_light() else "ansi-dark"), problem
    return ("light" if _is_light() else "dark"), problem
