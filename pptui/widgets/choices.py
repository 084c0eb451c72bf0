"""A short list of things to do next: what an empty library offers."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from pptui.widgets.cells import fit
from pptui.widgets.rows import Part, RowList


class Choices(RowList):
    """Rows of a label and a remark; the screen knows what each means by its place."""

    def __init__(self, choices: Sequence[tuple[str, str]], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._choices = choices

    def on_mount(self) -> None:
        self.set_count(len(self._choices))

    def parts(self, index: int, width: int, here: bool) -> list[list[Part]]:
        label, remark = self._choices[index]
        column = min(max(cell_len(one) for one, _ in self._choices) + 4, width - 2)
        return [[("  " + fit(label, column), "strong"), (fit(remark, max(0, width - column - 2)), "dim")]]
