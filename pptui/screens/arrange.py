"""In which order a list is shown, and what of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from pptui.episodes.lists import FILTERS, SORTS, View
from pptui.screens.host import Host
from pptui.screens.sheets import sheet
from pptui.store.selection import Filter, Sort
from pptui.widgets.options import Group, Options
from pptui.widgets.rows import RowList

_ORDER, _SHOW = 0, 1


class ArrangeScreen(ModalScreen[None]):
    """A small menu beside the list, which follows each choice at once."""

    CSS_PATH = sheet("dialogs")
    app: Host
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q", "dismiss", "Close", key_display="esc", id="close_menu"),
        Binding("f", "dismiss", "Order and filter", show=False, id="arrange"),
    ]

    def __init__(self, place: str, view: View, chosen: Callable[[View], None], *, empty: bool) -> None:
        """`empty`: the filter leaves nothing, and the cursor is where it can be taken away."""
        super().__init__()
        self._place = place
        self._view = view
        self._tell = chosen
        self._empty = empty

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Options(id="options")
            yield Static(Content("enter chooses · esc closes"), id="dialog-keys")

    def on_mount(self) -> None:
        self._show((_SHOW, Filter.ALL) if self._empty else (_ORDER, self._view.sort))

    def _show(self, cursor: tuple[int, str] | None = None) -> None:
        lists, view = self.app.services.lists, self._view
        groups = [
            Group("Order", [(one, SORTS[one]) for one in lists.sorts(self._place)], view.sort),
            Group("Show", [(one, FILTERS[one]) for one in lists.filters(self._place)], view.filter),
        ]
        self.query_one(Options).show(groups, cursor=cursor)

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        event.stop()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        event.stop()
        group, key = self.query_one(Options).option(event.index)
        if group == _ORDER:
            self._view = self._view._replace(sort=Sort(key))
        else:
            self._view = self._view._replace(filter=Filter(key))
        self._show()
        self._tell(self._view)

    def on_click(self, event: events.Click) -> None:
        """A click beside the menu closes it."""
        if event.widget is self:
            self.dismiss()
