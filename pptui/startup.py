"""What is left aside while the app starts, because the first frame needs none of it."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import types


_M_ARENA_MAX = -8
"""How many heaps there may be (mallopt(3), glibc's malloc.h)."""


def begin() -> None:
    """To be called before anything large is imported; `over` ends it."""
    _collect_nothing()
    _keep_one_heap()
    _import_asyncio_alone()


def over() -> None:
    """The first frame is on the screen, or there will be none. Without `begin` it does nothing."""
    if not gc.isenabled():
        _collect_what_is_new()


def _collect_nothing() -> None:
    # What is made before the first frame is modules, classes, widgets and styles, and stays: looking
    # through all of it for cyclic garbage again and again was a seventh of the time.
    gc.disable()


def _collect_what_is_new() -> None:
    # What was there before is put aside: looking through it held up the screen for 20 to 40 ms each time.
    gc.freeze()
    gc.enable()


def _keep_one_heap() -> None:
    # glibc gives each thread a heap of its own, so that none waits for another, and gives little of them
    # back to the system: 7 MB after a refresh. Python's threads take turns anyhow. It counts only before
    # the second thread is there, and only glibc has it.
    import ctypes

    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def _import_asyncio_alone() -> None:
    # asyncio loads OpenSSL if it is there (a twentieth of the time, 6 MB) and does without if it is not.
    # The app's loop has no connections: those are urllib3's, on other threads, which load it when needed.
    if "asyncio" in sys.modules or "ssl" in sys.modules:
        return
    sys.modules["ssl"] = cast("types.ModuleType", None)
    try:
        import asyncio  # noqa: F401
    finally:
        del sys.modules["ssl"]
