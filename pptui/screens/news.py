"""What the last refresh brought, podcast by podcast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from pptui import text
from pptui.feeds.outcome import Ending, Outcome, sorted_outcomes, summary
from pptui.screens.host import Host
from pptui.screens.sheets import sheet
from pptui.widgets.page import Page

_LOOKS = {
    Ending.FAILED: "$error",
    Ending.LOGIN: "$error",
    Ending.ENDED: "$warning",
    Ending.LEFT: "$warning",
    Ending.NEW: "$success",
}


class NewsScreen(ModalScreen[None]):
    """A list that can be scrolled: what failed first, then what is new. What brought nothing is counted."""

    CSS_PATH = sheet("dialogs")
    app: Host
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,exclamation_mark,q,backspace", "dismiss", "Close", key_display="esc", id="close_news"
        ),
    ]

    def __init__(self, outcomes: Sequence[Outcome], *, stopped: bool = False) -> None:
        super().__init__()
        self._outcomes = sorted_outcomes(outcomes)
        self._stopped = stopped

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="wide"):
            yield Static(Content("The last refresh"), id="dialog-title")
            yield Static(Content(summary(self._outcomes, stopped=self._stopped)), id="dialog-said")
            with Page(id="news"):
                yield Static(self._page())
            yield Static(Content("j k scroll · esc closes"), id="dialog-keys")

    def _page(self) -> Content:
        lines: list[Content] = []
        quiet = 0
        for one in self._outcomes:
            if one.ending in (Ending.UNCHANGED, Ending.CHANGED) and not one.remark:
                quiet += 1
                continue
            look = _LOOKS.get(one.ending, "")
            lines.append(Content.assemble((one.title, "bold"), "  ", (one.words(), look)))
        if quiet:
            lines.append(Content.styled(f"{text.amount(quiet, 'podcast')}: nothing new", "dim"))
        return Content("\n").join(lines)
