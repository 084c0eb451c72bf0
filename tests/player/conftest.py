"""Engines and servers that are shut down whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.player.desk import SILENT, Ear, Listener, MediaServer


@pytest.fixture
def ear() -> Iterator[Callable[..., Ear]]:
    """Makes engines with the options given."""
    made: list[Ear] = []

    def make(options: Mapping[str, str] = SILENT) -> Ear:
        made.append(Ear(options))
        return made[-1]

    yield make
    for one in made:
        one.engine.close(5)


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    """Makes players on engines with the options given."""
    made: list[Listener] = []

    def make(options: Mapping[str, str] = SILENT, **rules: Any) -> Listener:
        made.append(Listener(options, **rules))
        return made[-1]

    yield make
    for one in made:
        one.player.close()


@pytest.fixture
def server() -> Iterator[MediaServer]:
    serving = MediaServer()
    yield serving
    serving.close()
