"""The library's first line: the program's name, and what is under way."""

from __future__ import annotations

from textual.content import Content
from textual.visual import VisualType
from textual.widgets import Static


class TopLine(Static):
    """The name on the left, and on the right what the line was given."""

    def render(self) -> VisualType:
        name = Content.styled(" pptui", "bold $primary")
        said = Content(str(self.content)).truncate(max(0, self.size.width - name.cell_length))
        return name + said.pad_left(self.size.width - name.cell_length - said.cell_length)
