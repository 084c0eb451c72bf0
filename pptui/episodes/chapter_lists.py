"""The chapter lists found for each episode since pptui runs, and which of them the user sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from pptui.chapters import merge
from pptui.episodes import detail
from pptui.episodes.chapter_sources import ChapterSource, NotThere
from pptui.episodes.detail import ChapterChoice, Chapters
from pptui.models import Episode, Source
from pptui.store.library import Library


class ChapterLists:
    """Keeps what was found; what the user chose is in the library.

    `sources` gives what can be asked about an episode besides its feed; `learnt` is told what that gave."""

    def __init__(
        self,
        library: Library,
        sources: Callable[[Episode], list[ChapterSource]],
        learnt: Callable[[Episode, Chapters], None],
    ) -> None:
        self._library = library
        self._sources = sources
        self._learnt = learnt
        self._written: dict[str, list[Chapters]] = {}
        self._found: dict[str, list[Chapters]] = {}
        self._own: dict[str, Chapters] = {}
        self._asked: set[tuple[str, int]] = set()  # episodes, and which of their sources

    # Finding.

    def written(self, episode: Episode, lists: Iterable[Chapters]) -> None:
        """The feed has these now, and no others."""
        self._written[episode.id] = [one for one in lists if one]

    def found(self, episode: Episode, lists: Iterable[Chapters]) -> None:
        """Elsewhere than in the feed there are these too."""
        known = self._found.setdefault(episode.id, [])
        known += [one for one in lists if one and one not in known]

    def found_playing(self, episode: Episode, embedded: Chapters) -> Chapters:
        """The file that plays has these. Returns those that the user sees from now on."""
        self._own[episode.id] = embedded
        return self.choice(episode).chapters

    def asking(self, episode: Episode) -> list[Callable[[], None]]:
        """What asks one source each, disk or network: slow, each for a thread of its own.

        What they find is in `choice` afterwards. Each is asked once for as long as pptui runs, and again
        where what a feed points to was not there."""

        def ask(which: tuple[str, int], source: ChapterSource) -> Callable[[], None]:
            self._asked.add(which)

            def learn() -> None:
                try:
                    lists = source()
                except NotThere:
                    self._asked.discard(which)
                    return
                self.found(episode, lists)
                if any(lists):
                    # The list that is trusted most speaks for the episode, whichever source was quicker.
                    trusted = detail.arranged(self._found[episode.id], episode.duration)[0]
                    self._learnt(episode, tuple(one for one in trusted if not one.hidden))

            return learn

        sources = (((episode.id, number), source) for number, source in enumerate(self._sources(episode)))
        return [ask(which, source) for which, source in sources if which not in self._asked]

    # Choosing.

    def choice(self, episode: Episode) -> ChapterChoice:
        """The lists found so far for an episode, and which the user sees."""
        kept: dict[str, object] = self._library.setting(_setting(episode), {})
        own = kept.get("shifts")
        shifts = {
            str(name): float(seconds)
            for name, seconds in (own.items() if isinstance(own, dict) else ())
            if isinstance(seconds, int | float)
        }
        source = str(kept["source"]) if kept.get("source") else None
        found = self._known(episode)
        lists = detail.arranged(found, episode.duration)
        if source and all(one[0].source != source for one in lists):
            # What the user picked may have become one with a more trusted twin: then that is meant.
            picked = next(iter(merge.arrange(one for one in found if one[0].source == source)), ())
            twin = next((one[0].source for one in lists if merge.one_list(one, picked)), None)
            if twin is not None:
                shifts.setdefault(twin, shifts.get(source, 0.0))
                source = twin
        return ChapterChoice(lists, source, shifts)

    def _known(self, episode: Episode) -> list[Chapters]:
        found = [*self._written.get(episode.id, ()), *self._found.get(episode.id, ())]
        own = self._own.get(episode.id)
        if own is None:
            return found
        if episode.enclosure.startswith("/"):
            return [*found, own]
        # What is playing decides what is in the file: a server can insert other advertisements for each
        # listener. Where both agree, the list read earlier has the links and pictures that mpv does not tell.
        same = [one for one in found if one[0].source is Source.FILE and merge.one_list(one, own)]
        return [*(one for one in found if one[0].source is not Source.FILE), *(same or [own])]

    def pick(self, episode: Episode) -> ChapterChoice:
        """Show the next of the episode's lists, and remember it."""
        now = self.choice(episode)
        if now.lists:
            following = now.lists[(now.index + 1) % len(now.lists)]
            self._keep(episode, replace(now, source=following[0].source))
        return self.choice(episode)

    def shift(self, episode: Episode, seconds: float) -> ChapterChoice:
        """Pull the list shown so many seconds later, and remember it."""
        now = self.choice(episode)
        if now.lists:
            source = now.lists[now.index][0].source
            # Whoever pulls a list right wants this one, whatever else is found later.
            shifts = {**now.shifts, source: now.shift + seconds}
            self._keep(episode, replace(now, source=source, shifts=shifts))
        return self.choice(episode)

    def _keep(self, episode: Episode, choice: ChapterChoice) -> None:
        shifts = {str(source): seconds for source, seconds in choice.shifts.items() if seconds}
        self._library.set_setting(_setting(episode), {"source": choice.source, "shifts": shifts})


def _setting(episode: Episode) -> str:
    return f"chapters of {episode.id}"
