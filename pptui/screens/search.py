"""Search: words typed on top, what has them below, with each letter."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from pptui import text
from pptui.models import Episode, Playback
from pptui.screens.host import Host
from pptui.screens.room import Room
from pptui.screens.sheets import sheet
from pptui.widgets.hit_list import HitList
from pptui.widgets.rows import RowList

if TYPE_CHECKING:
    from pptui.episodes.finding import Found

_TURN = 0.5
"""Seconds that rows are waited for to be drawn before more of them are made."""

_HOW = (
    "Finds words in the titles, notes and chapters of your episodes.",
    "",
    "sour dough      both of them; the last may be unfinished",
    '"sour dough"    one after the other',
    "bak*            what begins so",
)

_NO_WORDS = ("Nothing to look for yet: words are made of letters and figures.",)

_LONGEST = 1000
"""Characters that can be searched for; of what is pasted by mistake there may be megabytes."""


def _nothing() -> None:
    """Nothing waits for an answer."""


class Words(Input):
    """Where the words are typed. The keys that a line has no use for move about in the rows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "screen.rows('move', 1)", "Next found", show=False, id="search_down"),
        Binding("up", "screen.rows('move', -1)", "Previous found", show=False, id="search_up"),
        Binding("pagedown", "screen.rows('page', 1)", "Page down", show=False, id="search_page_down"),
        Binding("pageup", "screen.rows('page', -1)", "Page up", show=False, id="search_page_up"),
        Binding("enter", "submit", "Open", id="search_open"),
    ]


class SearchScreen(Room):
    """Stays as it is while an episode is opened from it."""

    CSS_PATH = sheet("search")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,shift+tab", "switch", "Words or rows", id="search_switch"),
        Binding("escape", "back", "Back", key_display="esc", id="go_back"),
    ]

    def __init__(self, typed: str = "") -> None:
        super().__init__()
        self._first = typed
        self._asked = 0
        self._answered = 0
        self._next: Callable[[], None] = _nothing
        self._let_go: Callable[[], None] = _nothing
        self._indexed = False

    def compose(self) -> ComposeResult:
        with Horizontal(id="top"):
            yield Static(Content("Search"), id="sought")
            yield Words(self._first, id="typed", compact=True, max_length=_LONGEST)
            yield Static(id="found")
        yield HitList(id="hits")
        yield from self.bottom()

    def on_mount(self) -> None:
        services = self.app.services
        self._show_nothing(_HOW)
        self.query_one(Words).focus()
        if not self._first:
            # What a search loads and opens is there by the first letter, which gives this one up.
            self.app.behind(lambda: list(services.search("a")), lambda _: None)
        self.app.behind(services.index, self._complete)

    def ask_again(self) -> None:
        """The words to be typed anew, or what was found by the last ones to be gone through."""
        words = self.query_one(Words)
        words.focus()
        words.select_all()

    # What is found.

    def on_input_changed(self, event: Input.Changed) -> None:
        self.app.sought = event.value
        self._next = _nothing
        self._ask(event.value)

    def _ask(self, typed: str, *, stay: bool = False) -> None:
        self._asked += 1
        asked = self._asked
        if typed.strip():
            # The app is known now, and no longer to a screen that has been closed.
            look = partial(self._look, self.app, typed, asked, stay)
            self.app.behind(look, lambda _: self._has_answered(asked))
        else:
            self._show_nothing(_HOW)
            self._has_answered(asked)

    def _look(self, app: Host, typed: str, asked: int, stay: bool) -> None:
        done, drawn = False, threading.Event()
        # The thread of an earlier letter may have come after this one, and had it give up.
        while not done and asked == self._asked:
            for found in app.services.search(typed):
                if asked != self._asked:
                    return
                app.post(partial(self._show, found, typed, asked, stay, drawn.set))
                if self._next is _nothing:
                    # The rest is not seen yet: the first rows are drawn sooner where nothing else is done.
                    drawn.wait(_TURN)
                done = stay = True

    def _show(self, found: Found, typed: str, asked: int, stay: bool, drawn: Callable[[], object]) -> None:
        if asked != self._asked or not self.query(HitList):
            return  # too late for these words, or for the screen
        self.call_after_refresh(drawn)
        if found.count:
            self.query_one(HitList).show(found.hits, found.count, cursor=None if stay else 0)
            more = f"the first {found.count}" if found.more else f"{found.count}"
            self._count(f"{more} found")
        else:
            self._show_nothing(self._why_nothing(typed) if found.sought else _NO_WORDS)

    def _has_answered(self, asked: int) -> None:
        if asked == self._asked:
            self._answered = asked
            call, self._next = self._next, _nothing
            if self.is_open:
                call()
            self._let_go()

    def _once_answered(self, call: Callable[[], None]) -> None:
        """Do what is about the rows when they are those of the words as they are typed now."""
        if self._answered == self._asked:
            call()
        else:
            self._next, self._let_go = call, self.app.hold_keys()

    def _show_nothing(self, said: Sequence[str]) -> None:
        # In the list's own place: what comes and goes would have the whole screen laid out again.
        hits = self.query_one(HitList)
        if self.focused is hits:
            self.query_one(Words).focus()
        hits.show_nothing([[], *([(f"  {line}", "dim")] for line in said)])
        self._count("")

    def _count(self, line: str) -> None:
        # Its room is always the same: nothing is laid out for it with each letter.
        self.query_one("#found", Static).update(Content(line), layout=False)

    def _why_nothing(self, typed: str) -> list[str]:
        if not self.app.services.library.subscriptions():
            # Here it is a letter.
            add = next(one.key_of("add") for one in self.app.screen_stack if isinstance(one, Room))
            back = self.key_of("go_back")
            return ["Nothing found: there are no podcasts yet.", f"{back} leads back, where {add} adds one."]
        if not self._indexed:
            return ["Nothing found yet: what came in last is still being read."]
        lines = [f"Nothing found for {text.line(typed)}"]
        if len(typed.split()) > 1:
            lines.append("All of the words must be in one episode: fewer of them find more.")
        else:
            lines.append("Only the podcasts that you have subscribed to are searched.")
        return lines

    def _complete(self, changed: bool) -> None:
        self._indexed = True
        if changed and self.query(Words):
            self._ask(self.query_one(Words).value, stay=True)

    def refill(self) -> None:
        """How far the episodes found were heard may be another now."""
        hits, library = self.query_one(HitList), self.app.services.library
        again = [
            one._replace(row=one.row._replace(progress=library.progress(one.row.episode.id)))
            for one in hits.hits
        ]
        hits.show(again, hits.count)

    def follow(self, playback: Playback) -> None:
        self.query_one(HitList).playing(playback)

    # What is done.

    @property
    def chosen(self) -> Episode | None:
        here = self.query_one(HitList).here
        return here.row.episode if here is not None else None

    def _open(self) -> None:
        here = self.query_one(HitList).here
        if here is not None:
            self.app.open_episode(here.row.episode, at=here.at)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._once_answered(self._open)

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        event.stop()
        self._open()

    def action_rows(self, how: str, by: int) -> None:
        hits = self.query_one(HitList)
        self._once_answered(partial(hits.action_move if how == "move" else hits.action_page, by))

    def action_play(self) -> None:
        here = self.query_one(HitList).here
        if here is not None:
            self.app.listen(here.row.episode, at=here.at)

    def action_switch(self) -> None:
        self._once_answered(self._switch)

    def _switch(self) -> None:
        words, hits = self.query_one(Words), self.query_one(HitList)
        if self.focused is words and hits.count:
            hits.focus()
        else:
            words.focus()

    def action_back(self) -> None:
        self.dismiss()
