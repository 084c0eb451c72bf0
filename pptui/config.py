"""`config.toml`: what the user may set. A mistake in it is reported and that one setting left as it was.

theme = "auto"          # auto, dark, light, or the name of any Textual theme
refresh_after = 60      # minutes; at start, podcasts older than this are refreshed; 0: never
new_days = 30           # "New" lists what was published in so many days and not begun yet

[keys]                  # action = "key,key"; the names are in docs/configuration.md
chapter_next = "full_stop,N"

[mpv]                   # passed to libmpv by name
ao = "null"
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from pptui import text
from pptui.paths import open_file


class Config(NamedTuple):
    """The settings in force; `problems` are lines for the user about what could not be used.

    `refresh_after` is in minutes, `new_days` in days."""

    theme: str = "auto"
    refresh_after: int = 60
    new_days: int = 30
    keys: Mapping[str, str] = MappingProxyType({})
    mpv: Mapping[str, str] = MappingProxyType({})
    problems: tuple[str, ...] = ()


def load(path: Path) -> Config:
    """The user's settings; defaults where there is no file or a setting in it is not usable."""
    try:
        with os.fdopen(open_file(path), encoding="utf-8-sig") as file:
            written = file.read()
    except FileNotFoundError:
        return Config()
    except OSError as problem:
        return _unused(path, problem.strerror or problem)
    except UnicodeDecodeError as problem:
        return _unused(path, problem)
    import tomllib

    try:
        table = tomllib.loads(written)
    except ValueError as problem:  # a number may have too many digits as well
        return _unused(path, problem)
    except RecursionError:
        return _unused(path, "it is nested too deeply")

    problems: list[str] = []

    def number(name: str, otherwise: int) -> int:
        value = table.get(name, otherwise)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100_000:
            return value
        problems.append(text.line(f"{path.name}: {name} must be a number from 0 to 100000"))
        return otherwise

    def strings(name: str) -> Mapping[str, str]:
        value = table.get(name, {})
        if not isinstance(value, dict):
            problems.append(f"{path.name}: [{name}] must be a table")
            return MappingProxyType({})
        return MappingProxyType({text.line(key): _plain(item) for key, item in value.items()})

    theme = table.get("theme", "auto")
    if not isinstance(theme, str):
        problems.append(f"{path.name}: theme must be a name in quotes")
        theme = "auto"
    unknown = sorted(table.keys() - {"theme", "refresh_after", "new_days", "keys", "mpv"})
    problems += [text.line(f"{path.name}: {name!r} is not a setting") for name in unknown]
    config = Config(
        theme=text.line(theme),
        refresh_after=number("refresh_after", 60),
        new_days=number("new_days", 30),
        keys=strings("keys"),
        mpv=strings("mpv"),
    )
    return config._replace(problems=tuple(problems))


def _unused(path: Path, problem: Exception | str) -> Config:
    return Config(problems=(text.line(f"{path.name} is not used: {problem}"),))


def _plain(value: Any) -> str:
    """A TOML value as mpv writes it: `yes` and `no` for true and false."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return text.line(value)
