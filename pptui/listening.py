"""Listening: one player, what it tells, and the keys that steer it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from pptui.models import Chapter, Episode, EpisodeRow, Playback, State
from pptui.screens.ending import Ending
from pptui.terminal import Title
from pptui.widgets.player_bar import PlayerBar

if TYPE_CHECKING:
    from pptui.player.events import Event
    from pptui.player.playback import Player
    from pptui.store.journal import Entry

_KEEP_AFTER = 3.0
"""Seconds until a new speed or volume is kept: each time the whole library is written."""


class Heard(Message):
    """An event of the engine, handed over from its thread. Of several ticks waiting, the last is enough."""

    bubble = False

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event = event

    def can_replace(self, message: Message) -> bool:
        from pptui.player.events import Ticked

        return (
            isinstance(message, Heard)
            and isinstance(self.event, Ticked)
            and isinstance(message.event, Ticked)
        )


class Listening(Ending):
    """What is heard, and what is said of it; what else the app does comes on top of it."""

    def __init__(self) -> None:
        super().__init__()
        self._title = Title(self._write)
        self._unkept = False

    @cached_property
    def player(self) -> Player:
        return self.services.player(self._playback_changed, self._sink, self.set_timer)

    def save_place(self) -> None:
        if player := self._settled_player():
            player.close()

    def keep_place(self) -> None:
        """Save speed and volume and where playback stands, and go on."""
        if player := self._settled_player():
            player.keep()

    def _settled_player(self) -> Player | None:
        """The player, where there is one yet, with its speed and volume kept."""
        if self._unkept:
            self._keep_settings()
        player: Player | None = self.__dict__.get("player")
        return player

    # What the player tells.

    def _sink(self, event: Event) -> None:
        self.post_message(Heard(event))

    @on(Heard)
    def _heard(self, message: Heard) -> None:
        self.player.handle(message.event)

    def _playback_changed(self, playback: Playback) -> None:
        before = self.playback
        self.playback = playback
        if (before.speed, before.volume) != (playback.speed, playback.volume) and not self._unkept:
            self._unkept = True
            self.set_timer(_KEEP_AFTER, self._keep_settings)
        if playback.notice and playback.notice != before.notice:
            # Only what is new: the bar has room for the chapter, and the notice for a moment's reading.
            self.say(playback.notice.removeprefix(before.notice).lstrip(" ·"), failed=True)
        if playback.error and (playback.error, playback.again) != (before.error, before.again):
            what = "trying again, at once with t" if playback.again else "t tries again"
            self.say(f"{playback.error} ({what})", failed=True)
        self._show_title()

    def _show_title(self) -> None:
        title, playback = "", self.playback
        if playback.episode is not None and playback.active:
            title = " · ".join(
                filter(None, (playback.chapter.title if playback.chapter else "", playback.episode.title))
            )
        self._title.show(title)

    def on_unmount(self) -> None:
        self._title.show("")

    def _write(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)

    def _keep_settings(self) -> None:
        self._unkept = False
        self.services.keep_settings(self.playback)

    # What is asked of it.

    def remember(self) -> None:
        """Nothing is loaded yet: the bar stands where the last episode was left, and space goes on there."""
        episode = self.services.last()
        if episode is None:
            return
        self.preview = self._previewed(episode, ())
        self.behind(
            lambda: self.services.detail(episode),
            lambda _: self.look_at(episode, self.services.chapters.choice(episode).chapters),
        )

    def _previewed(self, episode: Episode, chapters: tuple[Chapter, ...]) -> Playback:
        progress = self.services.library.progress(episode.id)
        return self.playback._replace(
            episode=episode,
            position=progress.position if progress.begun else 0.0,
            duration=EpisodeRow(episode, progress).duration,
            chapters=chapters,
        )

    def listen(
        self, episode: Episode, chapters: tuple[Chapter, ...] | None = None, at: float | None = None
    ) -> None:
        if not self.playback.active:
            self._look_who_plays()
        progress = self.services.library.progress(episode.id)
        self._say_why_not(self.player.play(episode, chapters or (), progress, at=at))
        if chapters is None:
            self.behind(lambda: self.services.detail(episode), lambda _: self._show_chapters(episode))

    def _look_who_plays(self) -> None:
        """Say it where two pptui are heard at once."""

        def found(entry: Entry | None) -> None:
            if entry is not None:
                self.say(f"Another pptui is playing, or was a moment ago: {entry.episode.title}")

        self.behind(self.services.journal.elsewhere, found)

    def _show_chapters(self, episode: Episode) -> None:
        if self.playback.episode is not None and self.playback.episode.id == episode.id:
            self.player.set_chapters(self.services.chapters.choice(episode).chapters)

    def look_at(self, episode: Episode, chapters: tuple[Chapter, ...]) -> None:
        if self.playback.episode is None:
            self.preview = self._previewed(episode, chapters)
        elif self.playback.episode.id == episode.id and self.playback.chapters != chapters:
            self.player.set_chapters(chapters)

    def action_play_pause(self) -> None:
        if self.playback.episode is not None:
            if self.playback.state is State.PAUSED:
                self._look_who_plays()
            self._say_why_not(self.player.toggle())
        elif self.preview.episode is not None:
            self.listen(self.preview.episode, self.preview.chapters)
        else:
            self.say("Nothing was left to go on with: choose an episode, and p plays it")

    def action_seek(self, seconds: float) -> None:
        self._say_why_not(self.player.seek(seconds))

    @on(PlayerBar.Sought)
    def _sought(self, message: PlayerBar.Sought) -> None:
        if self.playback.episode is not None:
            self._say_why_not(self.player.seek_to(message.seconds))
        elif self.preview.episode is not None:
            self.listen(self.preview.episode, self.preview.chapters, at=message.seconds)

    def action_previous_chapter(self) -> None:
        self._say_why_not(self.player.previous_chapter())

    def action_next_chapter(self) -> None:
        self._say_why_not(self.player.next_chapter())

    def _say_why_not(self, why_not: str) -> None:
        if why_not:
            self.say(why_not)

    def action_slower(self) -> None:
        self._say_why_not(self.player.slower())

    def action_faster(self) -> None:
        self._say_why_not(self.player.faster())

    def action_normal_speed(self) -> None:
        self._say_why_not(self.player.normal_speed())

    def action_louder(self) -> None:
        self._say_why_not(self.player.louder())

    def action_quieter(self) -> None:
        self._say_why_not(self.player.quieter())

    def action_mute(self) -> None:
        self._say_why_not(self.player.toggle_mute())

    def action_retry(self) -> None:
        self._say_why_not(self.player.retry())
