"""Python's collector of reference cycles, kept out of the way while the app starts."""

from __future__ import annotations

import gc


def pause() -> None:
    """Collect nothing until `resume`.

    What is made before the first frame is modules, classes, widgets and styles, and stays: looking
    through all of it for garbage again and again was a seventh of the time to the first frame."""
    gc.disable()


def resume() -> None:
    """Collect again, where it was paused: only among what is made from now on.

    What was there before is put aside (`gc.freeze`): to look through it took 20 to 40 ms of the screen's
    thread each time."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
