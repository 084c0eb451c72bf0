"""A component class's colour without its background."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget


def tint(widget: Widget, name: str) -> Style:
    """A component class's colour and weight, to be laid over any background.

    Textual's partial styles drop a colour's alpha; here it is blended with the widget's background first."""
    whole = widget.get_component_rich_style(name)
    return Style(
        color=whole.color,
        bold=whole.bold,
        italic=whole.italic,
        underline=whole.underline,
        reverse=whole.reverse,
    )
