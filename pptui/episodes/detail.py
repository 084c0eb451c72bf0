"""An episode as a screen needs it: catalogue, library and chapters put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pptui.chapters import merge
from pptui.models import Chapter, Episode, Progress, Source
from pptui.store.feed import StoredNotes
from pptui.text.blocks import Notes

Chapters = tuple[Chapter, ...]


@dataclass(frozen=True, slots=True)
class ChapterChoice:
    """The chapter lists that an episode has, and which of them the user sees.

    `lists` are in the order of trust. `source` is the user's own choice, None without one; `shifts`
    are seconds by which the user pulled the list of a source."""

    lists: tuple[Chapters, ...] = ()
    source: str | None = None
    shifts: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def index(self) -> int:
        """Which of `lists` is shown."""
        own = (at for at, one in enumerate(self.lists) if one[0].source == self.source)
        return next(own, 0)

    @property
    def shift(self) -> float:
        """Seconds by which the list shown is shifted."""
        return self.shifts.get(self.lists[self.index][0].source, 0.0) if self.lists else 0.0

    @property
    def chapters(self) -> Chapters:
        """The list shown, shifted, without what belongs in no list."""
        if not self.lists:
            return ()
        shown = tuple(chapter for chapter in self.lists[self.index] if not chapter.hidden)
        return shifted(shown, self.shift)


def shifted(chapters: Chapters, seconds: float) -> Chapters:
    """The chapters so many seconds later; those that would end before the beginning are left out."""
    if not seconds:
        return chapters
    moved = [
        one._replace(
            start=max(0.0, one.start + seconds),
            end=None if one.end is None else max(0.0, one.end + seconds),
        )
        for one in chapters
    ]
    return tuple(one for one in moved if one.end is None or one.end > one.start)


@dataclass(frozen=True, slots=True)
class EpisodeDetail:
    """An episode opened: its show notes to be shown, and the chapters known before it is played."""

    progress: Progress
    notes: Notes
    choice: ChapterChoice

    @property
    def chapters(self) -> Chapters:
        return self.choice.chapters


def written_lists(stored: StoredNotes, duration: float | None) -> list[Chapters]:
    """The chapter lists that are in the feed itself: of the notes, and Podlove's."""
    from pptui.chapters import notes  # its rules take time to compile, and the first screen needs none

    written = [(stored.text, stored.is_html), *((other, None) for other in stored.others)]
    within, whole = notes.best_of(written, duration), notes.best_of(written)
    # A list that runs far past the feed's duration says that the duration is wrong (`45` for minutes, an
    # episode made longer later); a row or two behind it are rather a mistake in the list.
    return [stored.chapters, whole if len(whole) - len(within) > 2 or not within else within]


def arranged(lists: Iterable[Chapters], duration: float | None) -> tuple[Chapters, ...]:
    """The lists worth showing by trust, the last chapter of each ending with the episode."""
    return tuple(
        (*one[:-1], one[-1]._replace(end=duration))
        if one[-1].end is None and duration is not None and duration > one[-1].start
        else one
        for one in merge.arrange(lists)
    )


def render_notes(episode: Episode, stored: StoredNotes) -> Notes:
    """The show notes to be shown; not for the user interface's thread."""
    from pptui.text import rendering  # as above

    return rendering.render(stored.text, is_html=stored.is_html, base=episode.link, duration=episode.duration)


ORIGINS = {
    Source.NOTES: "from show notes",
    Source.PODLOVE: "from the feed",
    Source.JSON: "from the publisher",
    Source.FILE: "from the file",
}
"""How the chapter list's head says where it comes from."""
