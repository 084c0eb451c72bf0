"""What was heard, under the catalogue's own keys, for as long as it is open: it belongs to the library."""

from __future__ import annotations

from collections import Counter

from pptui.models import Progress


class Heard:
    """Only episodes that are in the catalogue. Reading it needs no lock."""

    def __init__(self) -> None:
        self.begun: set[int] = set()
        self.played: set[int] = set()
        self.lengths: dict[int, float] = {}
        self.played_of: Counter[int] = Counter()

    def put(self, key: int, podcast: int, progress: Progress) -> None:
        """How far the episode `key` of a podcast (by its key) was heard."""
        if progress.played is not (key in self.played):
            self.played_of[podcast] += 1 if progress.played else -1
            (self.played.add if progress.played else self.played.discard)(key)
        (self.begun.add if progress.begun else self.begun.discard)(key)
        if progress.duration:
            self.lengths[key] = progress.duration
