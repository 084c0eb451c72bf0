"""An episode as a screen needs it: catalogue, library and chapters put together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pptui import demo, text
from pptui.chapters import merge
from pptui.models import Chapter, Episode, Progress, Source
from pptui.store.catalogue import Catalogue, StoredNotes


@dataclass(frozen=True, slots=True)
class EpisodeDetail:
    """An episode opened: its show notes to be shown, and the chapters known before it is played."""

    progress: Progress
    notes: text.Notes
    chapters: tuple[Chapter, ...]


def stored_notes(episode: Episode, catalogue: Catalogue) -> StoredNotes:
    """The show notes as the feed has them; empty ones for an episode that is in no feed any more."""
    if episode.podcast == demo.PODCAST_ID:
        return StoredNotes(text=demo.notes(), is_html=False)
    return catalogue.notes(episode.id)


def chapters_of(stored: StoredNotes, duration: float | None) -> tuple[Chapter, ...]:
    """The chapters that can be known without opening the file."""
    from pptui.chapters import notes  # its rules take time to compile, and the first screen needs none

    written = [(stored.text, stored.is_html), *((other, None) for other in stored.others)]
    best = notes.best_of(written, duration)
    chosen = merge.choose([stored.chapters, best])
    if chosen and chosen[-1].end is None and duration is not None:
        return (*chosen[:-1], replace(chosen[-1], end=duration))
    return chosen


def load(episode: Episode, stored: StoredNotes, progress: Progress) -> EpisodeDetail:
    """Everything the episode screen shows. It parses the notes: not for the user interface's thread."""
    from pptui import rendering  # as above

    return EpisodeDetail(
        progress=progress,
        notes=rendering.render(
            stored.text, is_html=stored.is_html, base=episode.link, duration=episode.duration
        ),
        chapters=chapters_of(stored, episode.duration),
    )


ORIGINS = {
    Source.NOTES: "from show notes",
    Source.PODLOVE: "from the feed",
    Source.JSON: "from the publisher",
    Source.FILE: "from the file",
}
"""How the chapter list's head says where it comes from."""
