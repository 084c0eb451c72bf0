"""What the user does is kept in the library first, and then the catalogue is told: its lists and counts are
made with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from pptui.models import Episode, Subscription
from pptui.store.catalogue import Catalogue
from pptui.store.journal import Entry, Journal
from pptui.store.library import Library


def introduce(library: Library, catalogue: Catalogue) -> None:
    """Tell the catalogue everything that is the user's."""
    catalogue.heard(library.all_progress)
    _tell_subscribed(library, catalogue)


def _tell_subscribed(library: Library, catalogue: Catalogue) -> None:
    catalogue.subscribed(lambda: (one.id for one in library.subscriptions()))


class Keeping:
    """A library and a catalogue that was introduced to it, kept in step. Any thread may use it."""

    def __init__(self, library: Library, catalogue: Catalogue, journal: Journal) -> None:
        self.library = library
        self.catalogue = catalogue
        self._journal = journal
        self._seen = 0

    def subscribe(self, subscription: Subscription) -> None:
        self.library.subscribe(subscription)
        _tell_subscribed(self.library, self.catalogue)

    def unsubscribe(self, podcast_id: str) -> None:
        """Forget the subscription and keep what was heard; `undo` takes it back."""
        self.library.unsubscribe(podcast_id)
        _tell_subscribed(self.library, self.catalogue)

    def mark(self, episodes: Iterable[Episode], played: bool) -> None:
        """Mark episodes played or not; `undo` takes it back. Hundreds are for a thread of its own."""
        now = datetime.now(UTC)
        marks = [
            (one, self.library.progress(one.id)._replace(played=played, position=0.0, chapter="", heard=now))
            for one in episodes
        ]
        self.library.record_all(marks)
        self.catalogue.heard_changed({episode.id: progress for episode, progress in marks})

    def save(self, entry: Entry, *, urgent: bool) -> None:
        """Keep a position: in the small file each time, in the library when it is a moment to remember."""
        known = self.library.progress(entry.episode.id).heard
        if known is not None and entry.heard is not None and entry.heard < known:
            # The clock was set back: which of the two is the later must still be seen after a crash.
            entry = entry._replace(heard=known + timedelta(milliseconds=1))
        self._journal.write(entry)
        if urgent:
            self.library.record(entry.episode, entry.progress)
            self.catalogue.heard_changed({entry.episode.id: entry.progress})

    @property
    def undo_size(self) -> int:
        """How much `undo` will change: of hundreds of episodes it is for a thread of its own."""
        return self.library.undo_size

    def undo(self) -> str | None:
        """Take back the last change; what it was in words, or None."""
        done = self.library.undo()
        if done is None:
            return None
        self.catalogue.heard_changed({one: self.library.progress(one) for one in done.episodes})
        _tell_subscribed(self.library, self.catalogue)
        return done.words

    def look_abroad(self) -> bool:
        """Take up what another pptui has changed since the last look; False where nothing has. For a
        thread of its own."""
        heard, fetched = self.library.reload(), self.catalogue.version
        if not heard and fetched == self._seen:
            return False
        self._seen = fetched
        if heard:
            introduce(self.library, self.catalogue)
        return True
