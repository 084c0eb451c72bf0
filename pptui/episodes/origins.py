"""Where episodes come from: their feed and the notes that it has, also where it is not subscribed to."""

from __future__ import annotations

from pptui import demo
from pptui.models import Episode
from pptui.store.catalogue import Catalogue
from pptui.store.feed import StoredEpisode, StoredNotes
from pptui.store.library import Library


class Origins:
    """The feeds of a library and a catalogue, and those that are only visited for as long as this runs."""

    def __init__(self, library: Library, catalogue: Catalogue) -> None:
        self._library = library
        self._catalogue = catalogue
        self._visitors: dict[str, StoredNotes] = {}
        self._homes: dict[str, str] = {}

    def visit(self, stored: StoredEpisode, feed: str) -> Episode:
        """Know an episode whose feed is not subscribed to; `feed` is the address or the path that it was
        read from."""
        self._visitors[stored.episode.id] = stored.notes
        self._homes[stored.episode.podcast] = feed
        return stored.episode

    def home(self, episode: Episode) -> str:
        """The feed that names an episode: an address, a path, or "" where it is not known any more.

        What is in no feed was named by the user, and is at home where it is."""
        if not episode.podcast:
            return episode.enclosure
        found = (one.url for one in self._library.subscriptions() if one.id == episode.podcast)
        return next(found, "") or self._homes.get(episode.podcast, "")

    def notes(self, episode: Episode) -> StoredNotes:
        """The show notes as the feed has them; empty ones for an episode that is in no feed any more."""
        if episode.podcast == demo.PODCAST_ID:
            return StoredNotes(text=demo.notes(), is_html=False)
        return self._visitors.get(episode.id) or self._catalogue.notes(episode.id)
