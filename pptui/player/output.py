"""The audio device: whether it is gone, and whether playing goes on when there is one again."""

from __future__ import annotations

GONE = "the audio device is gone"


class Output:
    """What becomes of playing while there is nothing to hear it by; mpv has paused it then.

    `gone` says that there is no device, `held` that playing goes on by itself when there is."""

    def __init__(self) -> None:
        self.gone = self.held = False

    def begin(self) -> None:
        """Something is loaded, and mpv looks for a device anew."""
        self.gone = self.held = False

    def lost(self, *, playing: bool) -> None:
        """There is none any more; what was paused stays so."""
        self.gone, self.held = True, playing

    def hold(self, held: bool) -> None:
        """The listener wants it to go on, or to stay paused."""
        self.held = held

    def found(self) -> bool:
        """There is one again: whether playing is to go on."""
        goes_on = self.held
        self.gone = self.held = False
        return goes_on
