"""The library: the lists one comes for and the podcasts on the left, episodes on the right."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from pptui import demo, text
from pptui.episodes.lists import CONTINUE, FILTERS, NEW, SORTS, Listing, Overview, View
from pptui.models import Episode, EpisodeRow, Hold, Playback, Podcast
from pptui.screens.room import Room
from pptui.services import Added
from pptui.store.selection import Filter
from pptui.widgets.choices import Choices
from pptui.widgets.episode_list import EpisodeList
from pptui.widgets.rows import RowList
from pptui.widgets.sidebar import Place, Sidebar
from pptui.widgets.top_line import TopLine

_AT_START, _AT_ONCE = 1_000, 5_000
"""Episodes of a list that are looked at on the screen's thread: before the first frame, and later. That is
a few milliseconds; for what takes longer the rows stay as they are until it is there."""
_EMPTY = {
    CONTINUE: "Nothing begun. What you start to play is kept here until you finish it.",
    NEW: "Nothing new in your podcasts. R refreshes them all.",
}
_HELPS = {
    Hold.ENDED: "r asks once more, ctrl+p unsubscribes",
    Hold.LOGIN: "L asks for the user name and the password",
    Hold.FAILED: "r tries again",
}
_LOOKS = {Hold.ENDED: "$warning", Hold.NONE: "dim"}


def _standing(podcast: Podcast) -> Content | None:
    """What is said of a podcast that was not refreshed well, or has moved, and the key that helps."""
    from pptui.subscriptions.standing import standing

    if (found := standing(podcast)) is None:
        return None
    first, *others = filter(None, (_HELPS.get(found.hold), *found.words))
    look = _LOOKS.get(found.hold, "$error")
    return Content.assemble((first, "bold" if others else look), *((f" · {words}", look) for words in others))


class LibraryScreen(Room):
    """What is shown follows the sidebar's cursor; the rows are read as they come into sight."""

    AUTO_FOCUS = "#episodes"  # not the sidebar first: each change of the focus has widgets styled again

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "arrange", "Order and filter", show=False, id="arrange"),
        Binding("M", "mark_all", "All in the list played or not", show=False, id="mark_all"),
        Binding("r", "refresh_podcast", "Refresh this podcast", show=False, id="refresh"),
        Binding("L", "log_in", "User name and password of this podcast", show=False, id="login"),
        Binding("h", "pane('#sidebar')", "Left pane", show=False, id="pane_left"),
        Binding("l", "pane('#episodes')", "Right pane", show=False, id="pane_right"),
        Binding("tab", "app.focus_next", "Next pane", show=False, id="next_pane"),
        Binding("shift+tab", "app.focus_previous", "Previous pane", show=False, id="previous_pane"),
        Binding("escape,backspace", "back", "Back; stop refreshing", show=False, id="go_back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._podcasts: dict[str, Podcast] = {}
        self._shown: Listing | None = None
        self._small = True
        self._filling = False
        self._again = False
        self._waiting = False

    def compose(self) -> ComposeResult:
        yield TopLine(id="status")
        with Vertical(id="panes"):
            yield Sidebar(id="sidebar")
            yield Static(id="head")
            yield Static(id="nothing")
            yield EpisodeList(id="episodes")
            yield Choices(
                [
                    ("Add a podcast", "a    its address, or a file"),
                    ("Try the built-in episode", "52 minutes, 19 chapters"),
                ],
                id="beginnings",
            )
        yield from self.bottom()

    def on_mount(self) -> None:
        overview = self._first_overview()
        place = overview.listing.place
        self._small = overview.small
        self._show_places(overview)
        self.query_one(Sidebar).select(place)
        self._show_list(overview.listing)
        shown = [self.query_one(one) for one in ("#episodes", "#beginnings", "#sidebar")]
        self.set_focus(next(one for one in shown if one.display))
        if not overview.complete:
            self.call_after_refresh(self._fill)

    def _first_overview(self) -> Overview:
        services = self.app.services
        filled = next((one for one in (CONTINUE, NEW) if services.lists.any(one)), None)
        overview = services.overview(filled or CONTINUE, _AT_START)
        if filled is None and overview.podcasts:
            overview = services.overview(overview.podcasts[0].id, _AT_START)
        return overview

    # What is shown.

    def refill(self) -> None:
        """Read again what may have changed: names, counts, and the list that is open."""
        self.query_one(EpisodeList).reread()
        if self._small and not self._filling:
            overview = self.app.services.overview(self._place, _AT_ONCE)
            self._small = overview.small
            if overview.complete:
                self._show(overview)
                return
        self._fill()

    def _fill(self) -> None:
        """The same behind the screen; once more afterwards where it is asked for meanwhile."""
        if self._filling:
            self._again = True
            return
        self._filling, self._again = True, False
        place = self._place
        self.app.behind(lambda: self.app.services.overview(place), self._filled, self._not_filled)

    def _filled(self, overview: Overview) -> None:
        self._filling = False
        self._small = overview.small
        self._show(overview)
        if self._again or self._place != overview.listing.place:
            self._fill()

    def _not_filled(self, problem: Exception) -> None:
        self._filling = False
        self.app.failed(problem)

    def _show(self, overview: Overview) -> None:
        self._show_places(overview)
        if overview.listing.place == self._place:
            self._show_list(overview.listing)
        else:
            self._open()

    def _show_places(self, overview: Overview) -> None:
        self._podcasts = {podcast.id: podcast for podcast in overview.podcasts}
        places = [Place(CONTINUE, "Continue", overview.continuing), Place(NEW, "New", overview.new or 0)]
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

    @property
    def _place(self) -> str:
        here = self.query_one(Sidebar).here
        return here.key if here is not None else CONTINUE

    def _open(self) -> None:
        """Show the list under the sidebar's cursor."""
        listing = self.app.services.lists.open(self._place, _AT_ONCE)
        if listing.complete or listing.keys:
            self._show_list(listing)
        if not listing.complete:
            self._fill()

    def _show_list(self, listing: Listing) -> None:
        episodes = self.query_one(EpisodeList)
        cursor = self._cursor_in(listing)
        self._shown = listing
        place, count = listing.place, len(listing.keys)
        episodes.show(
            listing, with_podcast=place in (CONTINUE, NEW), with_chapter=place == CONTINUE, cursor=cursor
        )
        begin = not self._podcasts and not listing.total and listing.complete
        focused = self.focused
        # Where a filter leaves nothing the focus stays: it may be nothing yet, or for a moment.
        episodes.display = listing.total > 0 or not listing.complete
        self.query_one("#beginnings").display = begin
        self.query_one("#nothing").display = not count and listing.complete
        self.put("#nothing", "Your library is empty. To begin:" if begin else self._why_empty(listing))
        self._show_head(listing)
        if focused is not None and not focused.display:
            self.set_focus(self.query_one("#beginnings") if begin else self.query_one(Sidebar))

    def _cursor_in(self, listing: Listing) -> int | None:
        """On its episode; where that has gone it keeps its place, but not in another order or list."""
        before = self._shown
        if before is None or before.place != listing.place:
            return 0
        same = self.query_one(EpisodeList).same_in(listing)
        return 0 if same is None and before.view != listing.view else same

    def _why_empty(self, listing: Listing) -> str:
        podcast = self._podcasts.get(listing.place)
        if podcast is not None and podcast.refreshed is None:
            return f"Nothing was fetched yet. {self.key_of('refresh')} refreshes this podcast."
        if not listing.total:
            return _EMPTY.get(listing.place, "This podcast has no episodes.")
        key = self.key_of("arrange")
        what = f"Nothing {FILTERS[listing.view.filter]} among {text.amount(listing.total, 'episode')}."
        return f"{what} {key}, then enter, shows all again."

    def _show_head(self, listing: Listing) -> None:
        podcast = self._podcasts.get(listing.place)
        head = self.query_one("#head", Static)
        told = _standing(podcast) if podcast else None
        head.set_class(told is not None, "failed")
        said = self._arranged(listing)
        if podcast is None:
            title = "Continue" if listing.place == CONTINUE else "New"
            head.update(Content.assemble((title, "bold"), (f"  {said}" if said else "", "dim")))
            return
        author = podcast.author if podcast.author != podcast.title else ""
        if listing.view == self.app.services.lists.usual(listing.place):
            said = " · ".join(filter(None, (author, text.amount(podcast.episodes, "episode"))))
        lines = Content.assemble((podcast.title, "bold"), (f"  {said}", "dim"))
        head.update(Content("\n").join([lines, told]) if told is not None else lines)

    def _arranged(self, listing: Listing) -> str:
        """How many are shown of how many, and which and how where the user chose it."""
        view, usual = listing.view, self.app.services.lists.usual(listing.place)
        said = []
        if listing.complete and listing.total:
            shown = len(listing.keys)
            said.append(str(shown) if view.filter is usual.filter else f"{shown} of {listing.total}")
        if view.filter is not usual.filter:
            said.append(FILTERS[view.filter])
        if view.sort is not usual.sort:
            said.append(SORTS[view.sort])
        return " · ".join(said)

    def show_status(self, line: str) -> None:
        """The right end of the top line: how far a refresh is."""
        self.put("#status", line)

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        if event.rows.id == "sidebar":
            self._follow_sidebar()

    def _follow_sidebar(self) -> None:
        if self._shown is None or self._place != self._shown.place:
            self._open()

    def counted(self, done: int, total: int) -> None:
        """How far the counting of chapters is: said while the list that is open waits for it."""
        waiting = self._shown is not None and self._shown.view.filter is Filter.CHAPTERS
        if waiting and done < total:
            self.show_status(f"chapters of {done} of {total} episodes looked for ")
        elif self._waiting:
            self.show_status("")
        if waiting and done == total:
            self.refill()
        self._waiting = waiting and done < total

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

    def action_arrange(self) -> None:
        from pptui.screens.arrange import ArrangeScreen

        lists, place = self.app.services.lists, self._place

        def chosen(view: View) -> None:
            lists.arrange(place, view)
            if view.filter is Filter.CHAPTERS:
                self.app.count_chapters()
            self._open()

        empty = self._shown is not None and not self._shown.keys
        self.app.open_window(ArrangeScreen(place, lists.view(place), chosen, empty=empty))

    def action_mark_all(self) -> None:
        """All that the list shows, and no others."""
        listing = self._shown
        if listing is None:
            return

        def read() -> list[EpisodeRow]:
            whole = listing if listing.complete else self.app.services.lists.open(listing.place)
            return list(whole.every())

        def mark(rows: list[EpisodeRow]) -> None:
            unplayed = [row.episode for row in rows if not row.progress.played]
            self.app.mark(unplayed or [row.episode for row in rows], bool(unplayed))

        self.app.behind(read, mark, hold=True)

    def action_refresh_podcast(self) -> None:
        if podcast := self._podcast:
            self.app.refresh_podcasts([podcast.id])

    def action_log_in(self) -> None:
        podcast = self._podcast
        if podcast is None:
            self.app.say("Put the cursor on a podcast first")
        elif podcast.url.startswith("/"):
            self.app.say(f"{podcast.title} is read from a file, which needs no user name and password")
        else:
            self.app.log_in(podcast)

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
            self.app.say("Put the cursor on a podcast first")

    def added(self, added: Added) -> None:
        """A podcast was added: show it."""
        self.refill()
        self.query_one(Sidebar).select(added.podcast.id)
        self._follow_sidebar()
        self.action_pane("#episodes")
