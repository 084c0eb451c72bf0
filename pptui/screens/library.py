"""The library: the lists one comes for and the podcasts on the left, episodes on the right."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from pptui import demo
from pptui.models import Episode, EpisodeRow, Hold, Playback, Podcast
from pptui.screens.room import Room
from pptui.services import Added, Kind
from pptui.times import moment
from pptui.widgets.choices import Choices
from pptui.widgets.episode_list import EpisodeList, Reader
from pptui.widgets.rows import RowList
from pptui.widgets.sidebar import Place, Sidebar

CONTINUE, NEW = "continue", "new"
"""The places in the sidebar that are no podcast's; a podcast's is its id."""

_EMPTY = {
    CONTINUE: "Nothing begun. What you start to play is kept here until you finish it.",
    NEW: "Nothing new in your podcasts. R refreshes them all.",
}


def standing(podcast: Podcast) -> list[tuple[str, str]]:
    """What is said of a podcast that was not refreshed well, or has moved: words, each with its look."""
    hold, error = podcast.plan.hold, podcast.error
    if hold is Hold.ENDED:
        ended = "the server says that this podcast has ended: it stays until you unsubscribe (ctrl+p)"
        return [("r asks once more", "bold"), (ended, "$warning")]
    if error and hold is Hold.LOGIN:
        return [("L asks for the user name and the password", "bold"), (error, "$error")]
    if error and hold is Hold.WAIT and podcast.plan.due is not None:
        return [(f"not before {moment(podcast.plan.due)}", "bold"), (error, "$error")]
    if error:
        return [("r tries again", "bold"), (error, "$error")]
    return [(podcast.remark, "dim")] if podcast.remark else []


class LibraryScreen(Room):
    """What is shown follows the sidebar's cursor; the rows are read as they come into sight."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("M", "mark_all", "All in the list played or not", show=False, id="mark_all"),
        Binding("r", "refresh_podcast", "Refresh this podcast", show=False, id="refresh"),
        Binding("L", "log_in", "User name and password of this podcast", show=False, id="login"),
        Binding("h", "pane('#sidebar')", "Left pane", show=False, id="pane_left"),
        Binding("l", "pane('#episodes')", "Right pane", show=False, id="pane_right"),
        Binding("escape,backspace", "back", "Back; stop refreshing", show=False, id="go_back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._podcasts: dict[str, Podcast] = {}
        self._shown = ""

    def compose(self) -> ComposeResult:
        with Horizontal(id="top"):
            yield Static(Content(" pptui"), id="name")
            yield Static(id="status")
        with Horizontal(id="panes"):
            yield Sidebar(id="sidebar")
            with Vertical(id="right"):
                yield Static(id="head")
                yield EpisodeList(id="episodes")
                yield Static(id="nothing")
                yield Choices(
                    [
                        ("Add a podcast", "a    its address, or a file"),
                        ("Try the built-in episode", "52 minutes, 19 chapters"),
                    ],
                    id="beginnings",
                )
        yield from self.player()

    def on_mount(self) -> None:
        self.refill()
        sidebar = self.query_one(Sidebar)
        services = self.app.services
        if services.continuing():
            sidebar.select(CONTINUE)
        elif services.count(services.selection(Kind.NEW)):
            sidebar.select(NEW)
        elif self._podcasts:
            sidebar.select(next(iter(self._podcasts)))
        self._show_place(cursor=0)
        right = "#beginnings" if self.query_one("#beginnings").display else "#episodes"
        self.set_focus(
            self.query_one(right) if self.query_one(EpisodeList).count or right == "#beginnings" else sidebar
        )

    # What is shown.

    def refill(self) -> None:
        """Read again what may have changed: names, counts, and the list that is open."""
        services = self.app.services
        self._podcasts = {podcast.id: podcast for podcast in services.podcasts()}
        places = [
            Place(CONTINUE, "Continue", len(services.continuing())),
            Place(NEW, "New", services.count(services.selection(Kind.NEW))),
        ]
        if self._podcasts:
            places.append(Place(""))
        places += [
            Place(
                podcast.id,
                podcast.title,
                podcast.unplayed,
                failed=bool(podcast.error),
                ended=podcast.plan.hold is Hold.ENDED,
            )
            for podcast in self._podcasts.values()
        ]
        self.query_one(Sidebar).show(places)
        self._show_place()

    @property
    def _place(self) -> str:
        here = self.query_one(Sidebar).here
        return here.key if here is not None else CONTINUE

    def _list(self, place: str) -> tuple[Reader, int]:
        """The episodes of a place: how they are read, and how many there are."""
        services = self.app.services
        if place == CONTINUE:
            rows = services.continuing()
            return lambda offset, limit: rows[offset : offset + limit], len(rows)
        selection = services.selection(Kind.NEW) if place == NEW else services.selection(Kind.PODCAST, place)
        return partial(services.rows, selection), services.count(selection)

    def _show_place(self, cursor: int | None = None) -> None:
        place = self._place
        read, count = self._list(place)
        episodes = self.query_one(EpisodeList)
        episodes.show(
            read, count, with_podcast=place in (CONTINUE, NEW), with_chapter=place == CONTINUE, cursor=cursor
        )
        begin = not self._podcasts and not count
        focused = self.focused
        episodes.display = count > 0
        self.query_one("#beginnings").display = begin
        self.query_one("#nothing").display = not count
        empty = _EMPTY.get(place, "This podcast has no episodes.")
        self.put("#nothing", "Your library is empty. To begin:" if begin else empty)
        self._show_head(place, count)
        if focused is not None and not focused.display:
            self.set_focus(self.query_one("#beginnings") if begin else self.query_one(Sidebar))

    def _show_head(self, place: str, count: int) -> None:
        podcast = self._podcasts.get(place)
        head = self.query_one("#head", Static)
        told = standing(podcast) if podcast else []
        head.set_class(bool(told), "failed")
        if podcast is None:
            title = "Continue" if place == CONTINUE else "New"
            head.update(Content.assemble((title, "bold"), (f"  {count}" if count else "", "dim")))
            return
        said = podcast.author if podcast.author and podcast.author != podcast.title else ""
        tail = f"{podcast.episodes} episodes" if podcast.episodes != 1 else "1 episode"
        lines = Content.assemble(
            (podcast.title, "bold"), ("  " + " · ".join(filter(None, (said, tail))), "dim")
        )
        if told:
            (first, look), *others = told
            parts = Content.assemble((first, look), *((f" · {words}", look) for words, look in others))
            lines = Content("\n").join([lines, parts])
        head.update(lines)

    def show_status(self, line: str) -> None:
        """The right end of the top line: how far a refresh is."""
        self.put("#status", line)

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        if event.rows.id == "sidebar":
            self._follow_sidebar()

    def _follow_sidebar(self) -> None:
        if self._place != self._shown:
            self._shown = self._place
            self._show_place(cursor=0)

    def follow(self, playback: Playback) -> None:
        """Playback went on: the row that plays is marked."""
        self.query_one(EpisodeList).playing(playback)

    # What is done.

    @property
    def chosen(self) -> Episode | None:
        here = self.query_one(EpisodeList).here
        return here.episode if here is not None else None

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        event.stop()
        if event.rows.id == "sidebar":
            self.action_pane("#episodes")
        elif event.rows.id == "beginnings":
            if event.index == 0:
                self.app.action_add()
            else:
                self.app.open_episode(demo.episode())
        elif self.chosen is not None:
            self.app.open_episode(self.chosen)

    def action_pane(self, selector: str) -> None:
        pane = self.query_one(selector)
        if not pane.display and selector == "#episodes":
            pane = self.query_one("#beginnings")
        if pane.display:
            self.set_focus(pane)

    def action_back(self) -> None:
        if not self.app.stop_refreshing():
            self.query_one(Sidebar).focus()

    def action_mark_all(self) -> None:
        def mark(rows: list[EpisodeRow]) -> None:
            unplayed = [row.episode for row in rows if not row.progress.played]
            self.app.mark(unplayed or [row.episode for row in rows], bool(unplayed))

        read, count = self._list(self._place)
        self.app.behind(lambda: read(0, count), mark)

    def action_refresh_podcast(self) -> None:
        if podcast := self._podcast:
            self.app.refresh_podcasts([podcast.id])

    def action_log_in(self) -> None:
        if podcast := self._podcast:
            self.app.log_in(podcast)
        else:
            self.app.say("Put the cursor on a podcast first.")

    @property
    def _podcast(self) -> Podcast | None:
        """The podcast that the cursor is on, or that the chosen episode is of."""
        there = self.chosen.podcast if self.chosen is not None else ""
        return self._podcasts.get(self._place) or self._podcasts.get(there)

    def unsubscribe(self) -> None:
        """Drop the podcast under the sidebar's cursor; undo brings it back."""
        if self._place in self._podcasts:
            self.app.unsubscribe(self._podcasts[self._place])
        else:
            self.app.say("Put the cursor on a podcast first.")

    def added(self, added: Added) -> None:
        """A podcast was added: show it."""
        self.refill()
        self.query_one(Sidebar).select(added.podcast.id)
        self._follow_sidebar()
        self.action_pane("#episodes")
