"""The library: the lists one comes for and the podcasts on the left, episodes on the right."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from pptui import demo
from pptui.models import Episode, Playback, Podcast
from pptui.screens.room import Room
from pptui.services import Added, Kind, Selection
from pptui.widgets.choices import Choices
from pptui.widgets.episode_list import EpisodeList
from pptui.widgets.rows import RowList
from pptui.widgets.sidebar import Place, Sidebar

_EMPTY = {
    Kind.CONTINUE: "Nothing begun. What you start to play is kept here until you finish it.",
    Kind.NEW: "Nothing new in your podcasts. R refreshes them all.",
    Kind.PODCAST: "This podcast has no episodes.",
}


class LibraryScreen(Room):
    """What is shown follows the sidebar's cursor; the rows are read as they come into sight."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("M", "mark_all", "All in the list played or not", show=False, id="mark_all"),
        Binding("r", "refresh_podcast", "Refresh this podcast", show=False, id="refresh"),
        Binding("h", "pane('#sidebar')", "Left pane", show=False, id="pane_left"),
        Binding("l", "pane('#episodes')", "Right pane", show=False, id="pane_right"),
        Binding("escape,backspace", "back", "Back; stop refreshing", show=False, id="go_back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._podcasts: dict[str, Podcast] = {}
        self._kind = Kind.CONTINUE
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
        if services.count(services.selection(Kind.CONTINUE)):
            sidebar.select("continue")
        elif services.count(services.selection(Kind.NEW)):
            sidebar.select("new")
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
            Place("continue", "Continue", services.count(services.selection(Kind.CONTINUE))),
            Place("new", "New", services.count(services.selection(Kind.NEW))),
        ]
        if self._podcasts:
            places.append(Place(""))
        places += [
            Place(podcast.id, podcast.title, podcast.unplayed, bool(podcast.error))
            for podcast in self._podcasts.values()
        ]
        self.query_one(Sidebar).show(places)
        self._show_place()

    def _selection(self) -> Selection:
        place = self.query_one(Sidebar).here
        services = self.app.services
        if place is None or place.key == "continue":
            return services.selection(Kind.CONTINUE)
        if place.key == "new":
            return services.selection(Kind.NEW)
        return services.selection(Kind.PODCAST, place.key)

    def _show_place(self, cursor: int | None = None) -> None:
        selection = self._selection()
        count = self.app.services.count(selection)
        self._kind = selection.kind
        episodes = self.query_one(EpisodeList)
        episodes.show(
            lambda offset, limit: self.app.services.rows(selection, offset, limit),
            count,
            with_podcast=selection.kind is not Kind.PODCAST,
            with_chapter=selection.kind is Kind.CONTINUE,
            cursor=cursor,
        )
        podcast = self._podcasts.get(selection.podcast or "")
        begin = not self._podcasts and not count
        focused = self.focused
        episodes.display = count > 0
        self.query_one("#beginnings").display = begin
        nothing = self.query_one("#nothing", Static)
        nothing.display = not count
        nothing.update(Content("Your library is empty. To begin:" if begin else _EMPTY[selection.kind]))
        self._show_head(selection.kind, podcast, count)
        if focused is not None and not focused.display:
            self.set_focus(self.query_one("#beginnings") if begin else self.query_one(Sidebar))

    def _show_head(self, kind: Kind, podcast: Podcast | None, count: int) -> None:
        head = self.query_one("#head", Static)
        head.set_class(bool(podcast and podcast.error), "failed")
        if podcast is None:
            title = "Continue" if kind is Kind.CONTINUE else "New"
            head.update(Content.assemble((title, "bold"), (f"  {count}" if count else "", "dim")))
            return
        said = podcast.author if podcast.author and podcast.author != podcast.title else ""
        tail = f"{podcast.episodes} episodes" if podcast.episodes != 1 else "1 episode"
        lines = Content.assemble(
            (podcast.title, "bold"), ("  " + " · ".join(filter(None, (said, tail))), "dim")
        )
        if podcast.error:
            failed = Content.assemble(("r tries again", "bold"), (f" · {podcast.error}", "$error"))
            lines = Content("\n").join([lines, failed])
        head.update(lines)

    def show_status(self, line: str) -> None:
        """The right end of the top line: how far a refresh is."""
        self.query_one("#status", Static).update(Content(line))

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        if event.rows.id == "sidebar":
            self._follow_sidebar()

    def _follow_sidebar(self) -> None:
        place = self.query_one(Sidebar).here
        key = place.key if place else ""
        if key != self._shown:
            self._shown = key
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
        selection = self._selection()
        services = self.app.services
        rows = services.rows(selection, 0, services.count(selection))
        unplayed = [row.episode for row in rows if not row.progress.played]
        self.app.mark(unplayed or [row.episode for row in rows], bool(unplayed))

    def action_refresh_podcast(self) -> None:
        place = self.query_one(Sidebar).here
        if place is not None and place.key in self._podcasts:
            self.app.refresh_podcasts([place.key])
        elif self.chosen is not None and self.chosen.podcast in self._podcasts:
            self.app.refresh_podcasts([self.chosen.podcast])

    def unsubscribe(self) -> None:
        """Drop the podcast under the sidebar's cursor; undo brings it back."""
        place = self.query_one(Sidebar).here
        if place is not None and place.key in self._podcasts:
            self.app.unsubscribe(self._podcasts[place.key])
        else:
            self.app.say("Put the cursor on a podcast first.")

    def added(self, added: Added) -> None:
        """A podcast was added: show it."""
        self.refill()
        self.query_one(Sidebar).select(added.podcast.id)
        self._follow_sidebar()
        self.action_pane("#episodes")
