"""An episode: what it is about, and its chapters, before anything is played."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from pptui.episodes.detail import ORIGINS, ChapterChoice, EpisodeDetail
from pptui.models import Chapter, Episode, EpisodeRow, Playback, Source, State, chapter_at
from pptui.screens.room import Room
from pptui.screens.sheets import sheet
from pptui.times import clock, span
from pptui.widgets.chapter_list import ChapterList
from pptui.widgets.rows import RowList
from pptui.widgets.show_notes import ShowNotes
from pptui.widgets.similar_list import SimilarList

DRIFT = 1.5
"""Seconds between the feed's duration and the file's, from which on a list not of the file may be off."""


class EpisodeScreen(Room):
    """Shows its head at once; notes and chapters follow when they are read."""

    CSS_PATH = sheet("episode")
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"chapter({number})", "Chapter by its number", show=False)
            for number in range(1, 10)
        ),
        Binding("c", "next_list", "Another list of chapters", show=False, id="chapter_list"),
        Binding(
            "left_curly_bracket",
            "shift(-5)",
            "Chapters 5 s earlier",
            show=False,
            key_display="{",
            id="chapters_earlier",
        ),
        Binding(
            "right_curly_bracket",
            "shift(5)",
            "Chapters 5 s later",
            show=False,
            key_display="}",
            id="chapters_later",
        ),
        Binding("h", "pane('#notes')", "Left pane", show=False, id="pane_left"),
        Binding("l", "pane('#chapters')", "Right pane", show=False, id="pane_right"),
        Binding("tab", "step(1)", "Next link or pane", show=False, id="next_pane"),
        Binding("shift+tab", "step(-1)", "Previous link or pane", show=False, id="previous_pane"),
        Binding("escape,backspace", "back", "Back", key_display="esc", id="go_back"),
    ]

    def __init__(self, episode: Episode, at: float | None = None) -> None:
        """`at`: the second whose chapter the cursor is on; None where the episode was left."""
        super().__init__()
        self.episode = episode
        self._at = at
        self.detail: EpisodeDetail | None = None
        self.choice = ChapterChoice()

    def compose(self) -> ComposeResult:
        yield Static(Content(self.episode.title), id="title")
        with Horizontal(id="facts"):
            yield Static(id="when")
            yield Static(id="resume")
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield ShowNotes(id="notes")
                yield Static(id="no-notes")
                yield Static(id="similar-head")
                yield SimilarList(id="similar")
            with Vertical(id="right"):
                yield Static(id="chapters-head")
                yield ChapterList(id="chapters")
        yield from self.bottom()

    def on_mount(self) -> None:
        self.query_one("#no-notes").display = False
        self.query_one(SimilarList).show(())
        published = self.episode.published.astimezone() if self.episode.published else None
        date = f"{published:%B} {published.day}, {published.year}" if published else ""
        facts = [date, span(self.episode.duration), self.episode.podcast_title]
        self.put("#when", " · ".join(fact for fact in facts if fact))
        self._show_facts()
        self.query_one(ChapterList).focus()
        services = self.app.services
        self.app.behind(lambda: services.detail(self.episode), self._opened, hold=True)

    def _show_facts(self) -> None:
        episode = self.episode
        progress = self.app.services.library.progress(episode.id)
        playing = self.app.playback.episode is not None and self.app.playback.active
        key = "p" if playing else "space"
        if playing and self._is_playing(self.app.playback):
            said = ""
        elif not episode.enclosure:
            said = "nothing to play: no audio in the feed"
        elif progress.begun:
            said = f"resume at {clock(progress.position)}  {key}"
        else:
            said = f"{'played · ' if progress.played else ''}play  {key}"
        self.put("#resume", said)

    def _opened(self, detail: EpisodeDetail) -> None:
        if not self.is_open:
            return
        self.detail = detail
        self.choice = self.app.services.chapters.choice(self.episode)
        notes = self.query_one(ShowNotes)
        empty = not detail.notes.blocks
        notes.display = not empty
        self.query_one("#no-notes").display = empty
        self.put("#no-notes", "No show notes.")
        notes.show(detail.notes)
        chapters = self.choice.chapters
        self.app.look_at(self.episode, chapters)
        self._show_first(chapters, detail.progress.position)
        if not chapters and self.focused is self.query_one(ChapterList) and not empty:
            self.set_focus(notes)
        self.follow(self.app.playback)
        services = self.app.services
        self.app.behind(lambda: services.similar(self.episode), self._similar)
        for ask in services.chapters.asking(self.episode):
            self.app.behind(ask, self._found, self._not_found)

    def _show_first(self, chapters: tuple[Chapter, ...], position: float) -> None:
        at = position if self._at is None else self._at
        self.show_chapters(chapters, cursor=max(0, chapter_at(chapters, at)))
        if self._at is not None:
            self.query_one(ChapterList).hold()

    def _similar(self, rows: list[EpisodeRow]) -> None:
        if self.is_open:
            self.put("#similar-head", "Similar episodes" if rows else "Similar episodes · none found")
            self.query_one(SimilarList).show(rows)

    def _found(self, _: object) -> None:
        self._lists_changed(self.app.services.chapters.choice(self.episode))

    def _not_found(self, problem: Exception) -> None:
        # What a source can't give is as if it were not there: this is a fault of our own.
        self.app.failed(problem)
        self._found(None)

    def _lists_changed(self, choice: ChapterChoice) -> None:
        """The lists, or which of them is shown, are others than before."""
        if not self.is_open or choice == self.choice:
            return
        first = not self.choice.chapters
        self.choice = choice
        self.app.look_at(self.episode, choice.chapters)
        if first:
            self._show_first(choice.chapters, self.app.services.library.progress(self.episode.id).position)
        else:
            self.show_chapters(choice.chapters)
        self.follow(self.app.playback)

    def show_chapters(self, chapters: tuple[Chapter, ...], cursor: int | None = None) -> None:
        """Show this list of chapters, and say where it comes from."""
        if chapters:
            source = chapters[0].source
            said = f"Chapters · {len(chapters)} · {ORIGINS[source]}{self._remarks(source)}"
        elif self.app.playback.opened and self._is_playing(self.app.playback):
            said = "No chapters, neither in the feed nor in the file"
        else:
            said = "No chapters in the feed; the file is asked once it plays"
        self.put("#chapters-head", said)
        self.set_class(not chapters, "-no-chapters")
        self.query_one(ChapterList).show(chapters, cursor=cursor)

    def _remarks(self, source: Source) -> str:
        """How far the list may be off, how far it was pulled, and that there are others."""
        remarks = []
        if self.choice.shift:
            remarks.append(
                f"{clock(abs(self.choice.shift))} {'later' if self.choice.shift > 0 else 'earlier'}"
            )
        elif source is not Source.FILE and (off := self._drift()) >= DRIFT:
            remarks.append(f"may be off by up to {clock(off)}")
        if len(self.choice.lists) > 1:
            remarks.append(f"c: {len(self.choice.lists) - 1} more")
        return "".join(f" · {remark}" for remark in remarks)

    def _drift(self) -> float:
        """Seconds by which the file is longer or shorter than the feed says: advertisements, mostly."""
        playback = self.app.playback
        own = self.app.services.library.progress(self.episode.id).duration
        if self._is_playing(playback) and playback.duration_known:
            own = playback.duration
        if own is None or self.episode.duration is None:
            return 0.0
        return abs(own - self.episode.duration)

    def _is_playing(self, playback: Playback) -> bool:
        return playback.episode is not None and playback.episode.id == self.episode.id

    def follow(self, playback: Playback) -> None:
        """Playback went on: the current chapter is marked, if it is this episode that plays."""
        self._show_facts()
        if self.detail is None:
            return
        chapters = self.query_one(ChapterList)
        if not self._is_playing(playback):
            chapters.playing(-1, 0)
            return
        if playback.chapters or playback.opened:
            if playback.chapters and playback.chapters != self.choice.chapters:
                self.choice = self.app.services.chapters.choice(self.episode)
            self.show_chapters(playback.chapters or self.choice.chapters)
        started = playback.state not in (State.IDLE, State.ENDED)
        chapters.playing(playback.chapter_index if started else -1, playback.position)

    # What is done.

    @property
    def chosen(self) -> Episode | None:
        similar = self.query_one(SimilarList)
        if self.focused is similar and similar.here is not None:
            return similar.here.episode
        return self.episode

    def _play(self, at: float | None = None) -> None:
        self.app.listen(self.episode, self.query_one(ChapterList).chapters if self.detail else None, at=at)

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        event.stop()
        if isinstance(event.rows, SimilarList):
            self.app.open_episode(event.rows.rows[event.index].episode)
        else:
            self._play(self.query_one(ChapterList).chapters[event.index].start)

    def action_chapter(self, number: int) -> None:
        chapters = self.query_one(ChapterList).chapters
        if number <= len(chapters):
            self._play(chapters[number - 1].start)
        else:
            self.app.say(f"There is no chapter {number}" if chapters else "This episode has no chapters")

    def action_next_list(self) -> None:
        if len(self.choice.lists) < 2:
            self.app.say("There is no other list of chapters")
        else:
            self._lists_changed(self.app.services.chapters.pick(self.episode))

    def action_shift(self, seconds: float) -> None:
        if self.choice.lists:
            self._lists_changed(self.app.services.chapters.shift(self.episode, seconds))
        else:
            self.app.say("This episode has no chapters")

    def action_open_link(self) -> None:
        chapters = self.query_one(ChapterList)
        chapter = chapters.chapters[chapters.cursor] if chapters.count else None
        if self.focused is chapters and chapter is not None and chapter.link:
            self.app.browse(chapter.link)
        else:
            super().action_open_link()

    def action_play(self) -> None:
        if self.chosen is self.episode:
            self._play()
        else:
            super().action_play()

    def on_show_notes_followed(self, event: ShowNotes.Followed) -> None:
        if event.at is not None:
            self._play(event.at)
        else:
            self.app.browse(event.link)

    def action_mark(self) -> None:
        super().action_mark()
        self._show_facts()

    def action_pane(self, selector: str) -> None:
        pane = self.query_one(selector)
        if pane.display:
            self.set_focus(pane)

    def action_step(self, direction: int) -> None:
        notes = self.query_one(ShowNotes)
        if self.focused is notes and notes.step(direction):
            return
        if direction > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_back(self) -> None:
        self.dismiss()
