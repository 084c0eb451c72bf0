"""When what broke off is tried again by itself: soon at first, then seldom, and not for ever."""

from __future__ import annotations

# Seconds before it is tried again: the first time, the second, …; the last holds for all others.
_WAITS = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
# So often it is tried, which takes about an hour.
_TRIES = 120
# Seconds of it after which it has not broken off again but anew.
_GOES_ON = 5.0


class Retries:
    """Counts how often one episode has broken off without going on in between."""

    def __init__(self) -> None:
        self._heard = False
        self._tries = 0
        self._broke_off = 0.0

    def forget(self) -> None:
        """It is another episode."""
        self._heard, self._tries = False, 0

    def afresh(self) -> None:
        """The listener asks for it."""
        self._tries = 0

    def started(self) -> None:
        """It can be heard."""
        self._heard = True

    def reached(self, position: float) -> None:
        """It plays, at this second."""
        if abs(position - self._broke_off) > _GOES_ON:
            self._tries = 0

    def broke_off(self, position: float) -> float | None:
        """Seconds until it is to be tried again at this second; None where it is not."""
        # What the listener has just asked for and can't be had is for the listener to ask for again.
        if not self._heard or self._tries >= _TRIES:
            return None
        wait = _WAITS[min(self._tries, len(_WAITS) - 1)]
        self._tries += 1
        self._broke_off = position
        return wait
