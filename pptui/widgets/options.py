"""Groups of options, one of each being chosen: all on the screen, and none hidden in a menu of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from pptui.widgets.cells import fit
from pptui.widgets.rows import Part, RowList


@dataclass(frozen=True, slots=True)
class Group:
    """A heading, what there is to choose from (key and label), and the key of what is chosen."""

    heading: str
    options: Sequence[tuple[str, str]]
    chosen: str


class Options(RowList):
    """Enter, space or one click chooses; `option` says what is at the row."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *RowList.BINDINGS,
        Binding("space", "choose", "Choose", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._groups: Sequence[Group] = ()
        self._rows: list[tuple[int, str, str]] = []  # a group's number, key and label; headings have no key

    def show(self, groups: Sequence[Group], *, cursor: tuple[int, str] | None = None) -> None:
        """Show these; the cursor goes to a group's option, or stays."""
        self._groups = groups
        self._rows = []
        for number, group in enumerate(groups):
            if number:
                self._rows.append((number, "", ""))
            self._rows += [(number, "", group.heading), *((number, *option) for option in group.options)]
        at = (index for index, (number, key, _) in enumerate(self._rows) if (number, key) == cursor)
        self.styles.height = len(self._rows)
        self.set_count(len(self._rows), cursor=next(at, None))

    def option(self, index: int) -> tuple[int, str]:
        """The number of the group and the key of the option at a row."""
        return self._rows[index][:2]

    def selectable(self, index: int) -> bool:
        return bool(self._rows[index][1])

    def parts(self, index: int, width: int, here: bool) -> list[list[Part]]:
        number, key, label = self._rows[index]
        if not key:
            return [[(fit(f" {label}", width), "strong")]]
        chosen = key == self._groups[number].chosen
        return [
            [("  ● " if chosen else "    ", "accent"), (fit(label, width - 4), "accent" if chosen else "")]
        ]

    def on_click(self, event: events.Click) -> None:
        before = self.cursor
        super().on_click(event)
        if self.cursor != before:
            self.action_choose()
