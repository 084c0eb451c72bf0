"""Show notes as lines wrapped once for a width: paragraphs, lists, links, and times to follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style as RichStyle
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from pptui.text.blocks import Block, BlockKind, Notes, Span
from pptui.widgets.rows import CHOOSES

WIDEST = 88
"""Cells of a line: longer ones are hard to read, however wide the terminal."""

_LOOKS = {
    "link": "underline $secondary",
    "time": "underline $primary",
    "dim": "$foreground 60%",
    "code": "$foreground 80%",
}
_HERE = RichStyle(reverse=True)


@dataclass(frozen=True, slots=True)
class Target:
    """Something in the notes that can be followed: an address, or a second of the episode."""

    link: str
    at: float | None
    line: int


class ShowNotes(ScrollView, can_focus=True, inherit_bindings=False):
    """A scrolled view; tab goes from link to link, enter follows."""

    ALLOW_SELECT = False  # what is drawn by the line can't be: nothing would be copied in its place
    BINDINGS: ClassVar[list[BindingType]] = CHOOSES

    here: reactive[int] = reactive(-1)

    @dataclass
    class Followed(Message):
        """The user follows a link, or a time in seconds."""

        link: str
        at: float | None

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._notes: Notes | None = None
        self._lines: list[Content] = []
        self._targets: list[Target] = []
        self._wrapped = 0
        self._tight = False

    def show(self, notes: Notes) -> None:
        """Show these notes from their beginning."""
        self._notes = notes
        self._wrapped = 0
        self.set_reactive(ShowNotes.here, -1)
        self._wrap()
        self.scroll_to(y=0, animate=False, force=True, immediate=True)

    # Lines.

    def on_resize(self) -> None:
        self._wrap()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._wrapped = 0
        self._wrap()

    def _wrap(self) -> None:
        width = min(self.scrollable_content_region.width - 2, WIDEST)
        if self._notes is None or width < 4:
            return
        if width != self._wrapped:
            self._wrapped = width
            self._lines = []
            self._targets = []
            for block in self._notes.blocks:
                self._add(block, width)
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._lines))
        self.refresh()

    def _add(self, block: Block, width: int) -> None:
        tight = block.kind in (BlockKind.ITEM, BlockKind.ROW)
        if self._lines and not (tight and self._tight):
            self._lines.append(Content(""))
        self._tight = tight
        if block.kind is BlockKind.RULE:
            self._lines.append(Content.styled("─" * min(width, 20), self._style("dim")))
            return
        lead = ""
        if block.kind is BlockKind.ITEM:
            lead = "  " * (block.depth - 1) + f"{block.marker or ' ':>2} "
        elif block.kind is BlockKind.QUOTE:
            lead = "│ " * max(1, block.depth)
        elif block.kind is BlockKind.CODE:
            lead = "  "
        first = len(self._targets)
        body = Content.assemble(*(self._span(span, block) for span in block.spans))
        start = len(self._lines)
        for number, line in enumerate(body.wrap(max(4, width - len(lead)))):
            edge = lead if number == 0 or block.kind is BlockKind.QUOTE else " " * len(lead)
            self._lines.append(Content.assemble((edge, self._style("dim")), line))
        # Which line a target came to stand on is only known once the block is wrapped.
        for number in range(start, len(self._lines)):
            for segment in self._lines[number].spans:
                index = segment.style.meta.get("target") if isinstance(segment.style, Style) else None
                if index is not None and index >= first and self._targets[index].line < 0:
                    target = self._targets[index]
                    self._targets[index] = Target(target.link, target.at, number)

    def _span(self, span: Span, block: Block) -> tuple[str, Style]:
        style = Style(
            bold=span.bold or block.kind is BlockKind.HEADING or None,
            italic=span.italic or block.kind is BlockKind.QUOTE or None,
        )
        if span.code or block.kind is BlockKind.CODE:
            style += self._style("code")
        if span.at is not None or span.link:
            self._targets.append(Target(span.link, span.at, -1))
            style += self._style("time" if span.at is not None else "link")
            style += Style.from_meta({"target": len(self._targets) - 1})
        return span.text, style

    def _style(self, name: str) -> Style:
        return Style.parse(_LOOKS[name])

    def render_line(self, y: int) -> Strip:
        number = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        base = self.rich_style
        if number >= len(self._lines):
            return Strip.blank(width, base)
        line = self._lines[number]
        strip = Strip(line.render_segments(self.visual_style)).adjust_cell_length(width, base)
        if 0 <= self.here < len(self._targets):
            strip = Strip(
                type(segment)(segment.text, (segment.style or RichStyle()) + _HERE)
                if segment.style is not None and segment.style.meta.get("target") == self.here
                else segment
                for segment in strip
            )
        return strip

    # Moving and following.

    def watch_here(self) -> None:
        self.refresh()

    def step(self, direction: int) -> bool:
        """Go to the next or previous link; False where there is none left that way."""
        if not self._targets:
            return False
        if self.here < 0:
            top = self.scroll_offset.y
            bottom = top + self.size.height
            seen = [at for at, target in enumerate(self._targets) if top <= target.line < bottom]
            if not seen:
                return False
            index = seen[0] if direction > 0 else seen[-1]
        else:
            index = self.here + direction
        if not 0 <= index < len(self._targets):
            self.here = -1
            return False
        self.here = index
        line = Region(0, max(0, self._targets[index].line), 1, 1)
        self.scroll_to_region(line, animate=False, force=True, immediate=True)
        return True

    def on_blur(self) -> None:
        self.here = -1

    def action_move(self, lines: int) -> None:
        self.here = -1
        self.scroll_relative(y=lines, animate=False, force=True, immediate=True)

    def action_page(self, pages: float) -> None:
        self.here = -1
        self.scroll_relative(y=int(self.size.height * pages), animate=False, force=True, immediate=True)

    def action_to(self, line: int) -> None:
        self.here = -1
        y = line if line >= 0 else self.virtual_size.height
        self.scroll_to(y=y, animate=False, force=True, immediate=True)

    def action_choose(self) -> None:
        self._follow(self.here)

    def _follow(self, index: int) -> None:
        if 0 <= index < len(self._targets):
            target = self._targets[index]
            self.post_message(self.Followed(target.link, target.at))

    def on_click(self, event: events.Click) -> None:
        index = event.style.meta.get("target")
        if isinstance(index, int):
            event.stop()
            self._follow(index)
