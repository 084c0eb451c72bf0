"""Where the chapters of an episode are besides in its feed: in the file, beside it, with the publisher.

Everything here waits for disk or network and is for a thread of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pptui.models import Chapter, Episode
from pptui.store.catalogue import Catalogue
from pptui.store.feed import StoredNotes

if TYPE_CHECKING:
    from pptui.feeds.fetch import Fetcher

ChapterSource = Callable[[], list[tuple[Chapter, ...]]]
"""Gives the lists that one source has. Raises NotThere."""

_MATROSKA = b"\x1a\x45\xdf\xa3"
"""How an EBML file begins (RFC 8794): of those, mpv alone knows the chapters."""


class NotThere(Exception):
    """What should have chapters gave none: there was no network, or no file yet. Another time it may."""


class ChapterSources:
    """Makes the sources of an episode. `fetcher` is asked for when a server is to be asked, `address`
    what its audio is asked for by there, and `asker` which feed it is that sends us."""

    def __init__(
        self,
        catalogue: Catalogue,
        fetcher: Callable[[], Fetcher],
        mpv: Mapping[str, str],
        address: Callable[[Episode], str],
        asker: Callable[[Episode], str],
    ) -> None:
        self._catalogue = catalogue
        self._fetcher = fetcher
        self._mpv = mpv
        self._address = address
        self._asker = asker

    def of(self, episode: Episode, notes: Callable[[], StoredNotes]) -> list[ChapterSource]:
        """What can be asked about an episode; `notes` are read when the publisher is."""

        def in_file() -> list[tuple[Chapter, ...]]:
            return list(self.of_file(Path(episode.enclosure)))

        def on_server() -> list[tuple[Chapter, ...]]:
            from pptui.feeds import ranges

            return [ranges.embedded_at(self._address(episode), asker=self._asker(episode))]

        def published() -> list[tuple[Chapter, ...]]:
            from pptui.feeds import linked

            url = notes().chapters_url
            if not url:
                return []
            found = linked.linked(url, self._catalogue, self._fetcher(), asker=self._asker(episode))
            if not found:
                raise NotThere
            return [found]

        if not episode.enclosure:
            return [published]
        return [in_file if episode.enclosure.startswith("/") else on_server, published]

    def of_file(self, path: Path) -> Iterator[tuple[Chapter, ...]]:
        """What is in an audio file, and in the files beside it."""
        from pptui.chapters import beside, embedded

        try:
            if not path.is_file():
                return
        except OSError:  # its folder may not be looked into, or no file can be called so
            return
        with suppress(OSError), path.open("rb") as file:
            yield embedded.read(file, path.stat().st_size)
            file.seek(0)
            if file.read(4) == _MATROSKA:
                yield self._by_mpv(path)
        yield beside.beside(path)

    def _by_mpv(self, path: Path) -> tuple[Chapter, ...]:
        from pptui.player import probe

        try:
            return probe.opened(str(path), self._mpv).chapters
        except probe.ProbeError:
            return ()
