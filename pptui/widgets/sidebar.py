"""The left pane of the library: the lists by what one comes for, then the podcasts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pptui.widgets.cells import fit, fit_right
from pptui.widgets.rows import Part, RowList


class Place(NamedTuple):
    """One row: `key` says to the screen what it stands for; a rule between groups has none."""

    key: str
    label: str = ""
    number: int = 0
    failed: bool = False
    ended: bool = False


class Sidebar(RowList):
    """Rows of the places one can look into."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._places: Sequence[Place] = ()

    def show(self, places: Sequence[Place]) -> None:
        """Show these places, with the cursor kept on the one it was on."""
        here = self.here.key if self.here else None
        self._places = places
        self.set_count(len(places), cursor=self._index(here))

    def select(self, key: str) -> None:
        """Put the cursor on a place, if it is there."""
        index = self._index(key)
        if index is not None:
            self.move_to(index, by_user=False)

    def _index(self, key: str | None) -> int | None:
        return next((at for at, place in enumerate(self._places) if place.key and place.key == key), None)

    @property
    def here(self) -> Place | None:
        return self._places[self.cursor] if self.cursor < len(self._places) else None

    def selectable(self, index: int) -> bool:
        return bool(self._places[index].key)

    def parts(self, index: int, width: int, here: bool) -> list[list[Part]]:
        place = self._places[index]
        if not place.key:
            return [[(" " + "─" * (width - 2) + " ", "dim")]]
        tail = str(place.number) if place.number else ""
        if place.failed or place.ended:
            tail = "×" if place.ended else "!"
        room = width - 2 - (len(tail) + 1 if tail else 0)
        look = "error" if place.failed and not place.ended else "dim"
        return [[(" " + fit(place.label, room), ""), (fit_right(tail, width - 2 - room) + " ", look)]]
