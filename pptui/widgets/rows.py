"""A list that only ever draws the rows on the screen, whatever its length.

Textual's own lists build something for every row: seconds for ten thousand of them. Here a row is
asked for when its line is drawn, and drawn lines are kept until what they show changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from pptui.widgets.tint import laid_on, tint

Part = tuple[str, str]
"""Text and the names of its looks, separated by spaces: "dim", "strong accent", or "" for plain."""


MOVES: list[BindingType] = [
    Binding("j,down", "move(1)", "Down", show=False, id="down"),
    Binding("k,up", "move(-1)", "Up", show=False, id="up"),
    Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="half_page_down"),
    Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="half_page_up"),
    Binding("pagedown", "page(1)", "Page down", show=False, id="page_down"),
    Binding("pageup", "page(-1)", "Page up", show=False, id="page_up"),
    Binding("g,home", "to(0)", "First", show=False, id="first"),
    Binding("G,end", "to(-1)", "Last", show=False, id="last"),
]
"""The keys of everything that is moved about in; each such widget has the actions."""

CHOOSES: list[BindingType] = [*MOVES, Binding("enter", "choose", "Open", id="open")]
"""The same where there is something to be opened."""


class RowList(ScrollView, can_focus=True, inherit_bindings=False):
    """The base of every list: a cursor, keys, mouse, and rows drawn on demand by `parts`."""

    LOOKS: ClassVar[dict[str, str]] = {
        "cursor": "bold on $row",
        "cursor-left": "on $row-left $row-left-style",
        "dim": "$foreground 60%",
        "strong": "bold",
        "accent": "$primary",
        "error": "$error",
        "mark": "bold $primary",
    }

    ALLOW_SELECT = False  # what is drawn by the line can't be: nothing would be copied in its place
    BINDINGS: ClassVar[list[BindingType]] = CHOOSES

    cursor: reactive[int] = reactive(0)
    row_height: int = 1

    class Moved(Message):
        """The cursor is on another row. `by_user` is False where the program moved it."""

        def __init__(self, rows: RowList, index: int, by_user: bool) -> None:
            super().__init__()
            self.rows = rows
            self.index = index
            self.by_user = by_user

    class Chosen(Message):
        """Enter on a row, or a click on the one under the cursor."""

        def __init__(self, rows: RowList, index: int) -> None:
            super().__init__()
            self.rows = rows
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._count = 0
        self._drawn: dict[tuple[int, bool], list[Strip]] = {}
        self._looks: dict[tuple[bool, str], Style] = {}
        self._user_moves = False
        self._nothing: Sequence[Sequence[Part]] = ()

    # For the lists built on this one.

    def parts(self, index: int, width: int, here: bool) -> list[list[Part]]:
        """The lines of a row, `row_height` of them, each no wider than `width` cells."""
        raise NotImplementedError

    def selectable(self, index: int) -> bool:
        """Whether the cursor may rest on the row."""
        return True

    # For the screens.

    @property
    def count(self) -> int:
        return self._count

    def set_count(self, count: int, *, cursor: int | None = None) -> None:
        """Show so many rows, as they are now, with the cursor kept where it can be.

        With `cursor` it is on that row, which comes where the cursor's row was on the screen."""
        self._count = count
        self._resize()
        wanted = self.cursor if cursor is None else cursor
        if wanted != self.cursor:
            top = self.scroll_offset.y + (wanted - self.cursor) * self.row_height
            self.scroll_to(y=max(0, top), animate=False, force=True, immediate=True)
        self.move_to(min(max(wanted, 0), max(count - 1, 0)), by_user=False)
        self.redraw()

    def show_nothing(self, lines: Sequence[Sequence[Part]]) -> None:
        """Show no rows, and these lines in their place."""
        self._nothing = lines
        self.set_count(0)

    def redraw(self, index: int | None = None) -> None:
        """Draw again what may have changed: one row, or all of them."""
        if index is None:
            self._drawn.clear()
            self.refresh()
        elif 0 <= index < self._count:
            self._drawn.pop((index, True), None)
            self._drawn.pop((index, False), None)
            self._refresh_row(index)

    def move_to(self, index: int, *, by_user: bool) -> None:
        """Put the cursor on a row, or on the nearest one where it may rest."""
        if not self._count:
            self.set_reactive(RowList.cursor, 0)
            return
        index = min(max(index, 0), self._count - 1)
        step = 1 if index >= self.cursor else -1
        found = self._nearest(index, step)
        if found is None:
            return
        self._user_moves = by_user
        if found == self.cursor:
            self._into_view(found)
        self.cursor = found
        self._user_moves = False

    def _nearest(self, index: int, step: int) -> int | None:
        for direction in (step, -step):
            at = index
            while 0 <= at < self._count:
                if self.selectable(at):
                    return at
                at += direction
        return None

    # Drawing.

    def look(self, names: str, here: bool) -> Style:
        """The style for a part's looks, on the cursor's row or off it."""
        key = (here, names)
        if key not in self._looks:
            if here:
                style = laid_on(self, self.LOOKS["cursor" if self.has_focus else "cursor-left"])
            else:
                style = self.rich_style
            plain = style.color
            for name in names.split():
                style += tint(self, self.LOOKS[name])
            if style.color == style.bgcolor:
                # A terminal's own colours have no shades: what has the cursor's colour would not be seen.
                style += Style(color=plain, underline="mark" in names)
            self._looks[key] = style
        return self._looks[key]

    def render_line(self, y: int) -> Strip:
        index, line = divmod(y + self.scroll_offset.y, self.row_height)
        width = self.scrollable_content_region.width
        if index >= self._count:
            said = self._nothing[y] if not self._count and y < len(self._nothing) else []
            return self._strip(said, width, here=False)
        here = index == self.cursor
        strips = self._drawn.get((index, here))
        if strips is None:
            if len(self._drawn) > 400:
                self._drawn.clear()
            strips = [self._strip(parts, width, here=here) for parts in self.parts(index, width, here)]
            self._drawn[(index, here)] = strips
        return strips[line]

    def _strip(self, parts: Sequence[Part], width: int, *, here: bool) -> Strip:
        segments = [Segment(value, self.look(names, here)) for value, names in parts]
        return Strip(segments).adjust_cell_length(width, self.look("", here))

    def _refresh_row(self, index: int) -> None:
        top = index * self.row_height - self.scroll_offset.y
        self.refresh(Region(0, top, self.size.width, self.row_height))

    def _resize(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, self._count * self.row_height)

    def on_resize(self) -> None:
        self._drawn.clear()
        self._resize()
        self._into_view(self.cursor)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._looks.clear()
        self._drawn.clear()

    def on_focus(self) -> None:
        self._looks.clear()
        self.redraw()

    def on_blur(self) -> None:
        self._looks.clear()
        self.redraw()

    # Moving.

    def watch_cursor(self, old: int, new: int) -> None:
        self._refresh_row(old)
        self._refresh_row(new)
        self._into_view(new)
        self.post_message(self.Moved(self, new, self._user_moves))

    def _into_view(self, index: int) -> None:
        height = self.scrollable_content_region.height
        if not height:
            return
        top, bottom = index * self.row_height, (index + 1) * self.row_height
        if index == self._nearest(0, 1):
            top = 0  # so that what stands above the first row where the cursor may rest is seen too
        if top < self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, force=True, immediate=True)
        elif bottom > self.scroll_offset.y + height:
            self.scroll_to(y=bottom - height, animate=False, force=True, immediate=True)

    def action_move(self, rows: int) -> None:
        self.move_to(self.cursor + rows, by_user=True)

    def action_page(self, pages: float) -> None:
        rows = max(1, int(self.scrollable_content_region.height / self.row_height * abs(pages)))
        self.move_to(self.cursor + (rows if pages > 0 else -rows), by_user=True)

    def action_to(self, index: int) -> None:
        self.move_to(index if index >= 0 else self._count + index, by_user=True)

    def action_choose(self) -> None:
        if self._count and self.selectable(self.cursor):
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        index = (offset.y + self.scroll_offset.y) // self.row_height
        if index >= self._count or not self.selectable(index):
            return
        event.stop()
        if index == self.cursor:
            self.action_choose()
        else:
            self.move_to(index, by_user=True)
