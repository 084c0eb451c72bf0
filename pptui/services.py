"""The one door downstairs: builds the parts once, for the shell and the screens alike.

`add`, `add_many`, `refresh`, `log_in`, `detail`, `similar`, `chapter_lists`, `address`, `index`, `search`,
`save_all`, `restoring` and `close` wait for disk or network and are for a thread of their own, and so is
`overview` of long lists; all others answer within a frame.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pptui import __version__, config, demo, text
from pptui.episodes.lists import CONTINUE, NEW, Lists, Overview
from pptui.models import Chapter, Episode, EpisodeRow, Login, Playback, Podcast, Subscription
from pptui.parts import part
from pptui.paths import Paths
from pptui.paths import paths as default_paths
from pptui.store.catalogue import Catalogue, StoreError
from pptui.store.journal import Journal, fold
from pptui.store.keeping import Keeping, introduce
from pptui.store.library import Library

if TYPE_CHECKING:
    from pptui.episodes.chapter_lists import ChapterLists
    from pptui.episodes.chapter_sources import ChapterSource, ChapterSources
    from pptui.episodes.detail import EpisodeDetail
    from pptui.episodes.finding import Found
    from pptui.episodes.origins import Origins
    from pptui.feeds.fetch import Fetcher
    from pptui.feeds.outcome import Outcome
    from pptui.feeds.schedule import Asking
    from pptui.player.events import Event
    from pptui.player.playback import Player
    from pptui.store.restoring import Restoring
    from pptui.subscriptions.adding import Adding, Subscribed
    from pptui.subscriptions.leaving import Leaving
    from pptui.subscriptions.logins import Logins

_SIMILAR = 5
"""Episodes that are shown as similar to another."""


class ServiceError(Exception):
    """Something the user asked for can't be done; the text is one plain line that says why."""


class Misnamed(ServiceError):
    """What was typed is no name of one podcast; the text has it."""


class UnknownPodcast(Misnamed):
    """No subscription has that name."""


class LoginNeeded(ServiceError):
    """A server wants a user name and a password, or others than those that it got."""


class Added(NamedTuple):
    """What `add` did. `new` is False where the podcast was subscribed to already."""

    podcast: Podcast
    new: bool


class Services:
    """Everything below the screens. `on_problem` gets a line for each thing that went wrong by itself."""

    def __init__(
        self, paths: Paths | None = None, on_problem: Callable[[str], None] = lambda line: None
    ) -> None:
        self.paths = paths or default_paths()
        self.on_problem = on_problem
        self.config = config.load(self.paths.config_file)

    # Parts, each made when first asked for. Those that are files are opened before there are several threads.

    @cached_property
    def library(self) -> Library:
        library = Library(self.paths.library, on_problem=self._problem, backups=self.paths.backups)
        fold(self.journal, library)
        return library

    @cached_property
    def journal(self) -> Journal:
        return Journal(self.paths.position, on_problem=self._problem)

    @cached_property
    def catalogue(self) -> Catalogue:
        catalogue = Catalogue(self.paths.catalogue, on_problem=self._problem)
        introduce(self.library, catalogue)
        return catalogue

    @part
    def keeping(self) -> Keeping:
        return Keeping(self.library, self.catalogue, self.journal)

    @part
    def lists(self) -> Lists:
        return Lists(self.library, self.catalogue, self.config.new_days)

    @part
    def origins(self) -> Origins:
        from pptui.episodes.origins import Origins

        return Origins(self.library, self.catalogue)

    @part
    def fetcher(self) -> Fetcher:
        from pptui.feeds.fetch import Fetcher

        return Fetcher(user_agent=f"pptui/{__version__}")

    @part
    def logins(self) -> Logins:
        from pptui.subscriptions.logins import Logins

        return Logins(self.library, self._problem)

    @part
    def chapter_fetcher(self) -> Fetcher:
        from pptui.feeds import linked

        return linked.fetcher(f"pptui/{__version__}")

    @part
    def chapter_sources(self) -> ChapterSources:
        from pptui.episodes.chapter_sources import ChapterSources

        return ChapterSources(
            self.catalogue,
            lambda: self.chapter_fetcher,
            self.config.mpv,
            self.logins.address,
            self.origins.home,
        )

    @part
    def chapters(self) -> ChapterLists:
        from pptui.episodes.chapter_lists import ChapterLists

        return ChapterLists(self.library, self._sources_of, self._learnt)

    def open(self) -> None:
        """Open the library and the catalogue now, before several threads ask for them at once."""
        self.keeping.look_abroad()

    def _problem(self, line: str) -> None:
        self.on_problem(line)

    @property
    def unsaved(self) -> str:
        """Why something of the user's can't be put on disk now, or "" where all is well."""
        kept = (self.__dict__.get(name) for name in ("library", "journal"))
        return next((one.problem for one in kept if one is not None and one.problem), "")

    def save_all(self, timeout: float) -> bool:
        """Try to put everything on disk, waiting so many seconds for each part; False where not all is."""
        return self.journal.sync(timeout) & self.library.flush(timeout)

    @property
    def restoring(self) -> Restoring:
        """The backups of the library, and going back to one. It does not open the library, which may be what
        is damaged."""
        from pptui.store.backups import Backups
        from pptui.store.restoring import Restoring

        return Restoring(self.paths.library, Backups(self.paths.backups, self._problem))

    # Podcasts.

    def podcasts(self) -> list[Podcast]:
        """The subscriptions by title, with what the catalogue knows of each."""
        known = {podcast.id: podcast for podcast in self.catalogue.podcasts()}
        found = [_described(one, known.get(one.id)) for one in self.library.subscriptions()]
        return sorted(found, key=lambda podcast: podcast.title.casefold())

    def podcast(self, name: str) -> Podcast:
        """The subscription that `name` means: its id, its address, or part of its title.

        Raises ServiceError where there is none or more than one."""
        podcasts = self.podcasts()
        wanted = name.casefold().strip()
        for same in (
            [one for one in podcasts if name in (one.id, one.url, text.shown_url(one.url))],
            [one for one in podcasts if one.title.casefold() == wanted],
            [one for one in podcasts if wanted and wanted in one.title.casefold()],
        ):
            if len(same) == 1:
                return same[0]
            if same:
                said = text.line(text.shown_url(name))
                raise Misnamed(f"{said!r} could be any of: {_told_apart(same[:5])}")
        said = text.line(text.shown_url(name))
        raise UnknownPodcast(f"no subscription is called {said!r} (see: pptui podcasts)")

    def add(self, source: str, cancel: threading.Event | None = None, login: Login | None = None) -> Added:
        """Subscribe to a feed: an http(s) address or a file. Fetches it. Raises ServiceError.

        Raises LoginNeeded where the server asks for a `login`, or for another one than this or the one
        in the address."""
        from pptui.subscriptions.adding import AddingError

        try:
            done = self._adding.one(source, cancel, login)
        except (AddingError, StoreError) as problem:
            raise _explained(problem) from problem
        self.index()
        return self._added(done)

    def add_many(
        self,
        sources: Sequence[str],
        report: Callable[[str, Added | Exception], None],
        cancel: threading.Event | None = None,
    ) -> None:
        """Subscribe to several at once, each as `add` would; one that can't be added stops no other.

        `report` is called from this thread with each of `sources`, in their order, and what came of it."""

        def told(source: str, done: Subscribed | Exception) -> None:
            report(source, _explained(done) if isinstance(done, Exception) else self._added(done))

        self._adding.many(sources, told, cancel or threading.Event())
        self.index()

    @part
    def _adding(self) -> Adding:
        from pptui.subscriptions.adding import Adding

        return Adding(self.keeping, self.fetcher, self.logins)

    def _added(self, done: Subscribed) -> Added:
        one = done.subscription
        return Added(_described(one, self.catalogue.podcast(one.id)), done.new)

    def remove(self, podcast_id: str) -> None:
        """Unsubscribe; positions and what was played are kept, and `undo` brings it back."""
        self._leaving.leave(podcast_id)

    @part
    def _leaving(self) -> Leaving:
        from pptui.subscriptions.leaving import Leaving

        return Leaving(self.keeping, lambda: self.logins)

    def refresh(
        self,
        podcast_ids: Iterable[str] | None = None,
        report: Callable[[Outcome], None] = lambda outcome: None,
        cancel: threading.Event | None = None,
        asking: Asking | None = None,
    ) -> list[Outcome]:
        """Bring all podcasts (or those given) up to date. `report` is called as each one ends.

        `asking` decides which servers are left alone: see `feeds.schedule`. By itself it is the user
        who asks, for all or for those given."""
        from pptui.feeds.schedule import Asking
        from pptui.subscriptions import upkeep

        wanted = None if podcast_ids is None else set(podcast_ids)
        chosen = [one for one in self.library.subscriptions() if wanted is None or one.id in wanted]
        outcomes = upkeep.refresh(
            chosen,
            asking or (Asking.ALL if wanted is None else Asking.ONE),
            self.catalogue,
            self.library,
            self.fetcher,
            self.logins,
            report,
            cancel or threading.Event(),
        )
        self.index()
        return outcomes

    def log_in(self, podcast_id: str, login: Login) -> None:
        """Ask for a podcast with this user name and password from now on. May wait for the keyring."""
        for one in self.library.subscriptions():
            if one.id == podcast_id:
                self.logins.keep(one, login)

    def stale(self) -> list[str]:
        """Ids of the podcasts whose last refresh is longer ago than `refresh_after` says, but for those
        that are not to be asked for by themselves: see `feeds.schedule`."""
        from pptui.feeds import schedule

        if not self.config.refresh_after:
            return []
        return schedule.stale(self.podcasts(), self.config.refresh_after, datetime.now(UTC))

    # Episodes.

    def overview(self, place: str, within: int | None = None) -> Overview:
        """What the library screen shows with the list `place` open.

        `within` is what `Lists.open` says of it: without it, this is for a thread of its own."""
        listing, new = self.lists.open(place, within), self.lists.total(NEW, within)
        begun, touched = self.lists.total(CONTINUE) or 0, self.library.size
        return Overview(tuple(self.podcasts()), begun, new, listing, touched)

    def episode(self, episode_id: str) -> Episode | None:
        """The episode with this id, wherever it is known from."""
        if episode_id == demo.EPISODE_ID:
            return demo.episode()
        return self.catalogue.episode(episode_id) or self.library.episode(episode_id)

    def detail(self, episode: Episode) -> EpisodeDetail:
        """Show notes and chapters of an episode."""
        from pptui.episodes import detail

        stored = self.origins.notes(episode)
        self.chapters.written(episode, detail.written_lists(stored, episode.duration))
        return detail.EpisodeDetail(
            progress=self.library.progress(episode.id),
            notes=detail.render_notes(episode, stored),
            choice=self.chapters.choice(episode),
        )

    def similar(self, episode: Episode) -> list[EpisodeRow]:
        """Other episodes about the same, the likest first: slow."""
        found = self.catalogue.similar(episode, self.origins.notes(episode), _SIMILAR)
        return [EpisodeRow(one, self.library.progress(one.id)) for one in found]

    def chapter_lists(self, episode: Episode) -> list[tuple[Chapter, ...]]:
        """All lists of an episode as their sources have them, the network included: slow."""
        from pptui.episodes import detail
        from pptui.episodes.chapter_sources import NotThere

        lists = detail.written_lists(self.origins.notes(episode), episode.duration)
        for source in self._sources_of(episode):
            with suppress(NotThere):
                lists += source()
        return [one for one in lists if one]

    def _sources_of(self, episode: Episode) -> list[ChapterSource]:
        return self.chapter_sources.of(episode, lambda: self.origins.notes(episode))

    def _learnt(self, episode: Episode, chapters: tuple[Chapter, ...]) -> None:
        """Chapters came from a file or a server: from now on the episode is found by them."""
        with suppress(StoreError):
            self.catalogue.save_chapters(episode.id, chapters)
        self.index()

    def address(self, episode: Episode) -> str:
        """What is opened to play an episode, with its login. May wait for the keyring and the name server.

        Raises PermissionError, in a plain line, where its feed may not lead there."""
        from pptui.feeds import nearby

        if why := nearby.astray(episode.enclosure, self.origins.home(episode)):
            raise PermissionError(why)
        return self.logins.address(episode)

    # Searching.

    def index(self) -> bool:
        """Have all found that was stored: a moment, but seconds where a whole library is new.

        False where there was nothing to do."""
        try:
            return self.catalogue.index_waiting()
        except StoreError:
            return False  # what can't be indexed now is indexed another time

    def search(self, typed: str, limit: int = 200) -> Iterator[Found]:
        """What is found for what is typed, in subscribed podcasts: see `pptui.episodes.finding.search`."""
        from pptui.episodes import finding

        return finding.search(typed, self.catalogue, self.library.progress, limit)

    # Listening.

    def last(self) -> Episode | None:
        """The episode to go on with: of those begun and not finished, the one listened to last."""
        return next((episode for episode, _ in self.library.continuing()), None)

    def player(
        self,
        changed: Callable[[Playback], None],
        sink: Callable[[Event], None],
        later: Callable[[float, Callable[[], None]], object],
    ) -> Player:
        """The player. `sink` gets the engine's events on its thread, for `Player.handle` on the caller's;
        `later` calls on the caller's thread, after so many seconds."""
        from pptui.player.engine import MpvEngine
        from pptui.player.playback import Player

        player = Player(
            MpvEngine(self.config.mpv, sink),
            save=self.keeping.save,
            changed=changed,
            in_file=lambda episode, chapters: self.chapters.found_playing(episode, chapters),
            address=self.address,
            later=later,
        )
        before = self.playback()
        player.restore(speed=before.speed, volume=before.volume)
        return player

    def playback(self) -> Playback:
        """Nothing loaded yet, at the speed and the volume of last time."""
        return Playback(
            speed=self.library.setting("speed", 1.0), volume=self.library.setting("volume", 100.0)
        )

    def keep_settings(self, playback: Playback) -> None:
        """Speed and volume are the same tomorrow."""
        self.library.set_setting("speed", playback.speed)
        self.library.set_setting("volume", playback.volume)

    def close(self, timeout: float = 3.0) -> bool:
        """Put everything on disk, waiting `timeout` seconds for each part; False where something is not.

        What was not asked for is not opened for it, and a second time does nothing."""
        saved = True
        if "journal" in self.__dict__:
            saved &= self.journal.close(timeout)
        if "library" in self.__dict__:
            saved &= self.library.close(timeout)
        if "catalogue" in self.__dict__:
            self._leaving.forget(timeout)
            self.catalogue.close()
        for name in ("fetcher", "chapter_fetcher"):
            if name in self.__dict__:
                self.__dict__[name].close()
        return saved


def _told_apart(podcasts: Sequence[Podcast]) -> str:
    """Podcasts by title; those of the same title also by address or id, whichever names one alone."""
    titles, urls = Counter(one.title.casefold() for one in podcasts), Counter(one.url for one in podcasts)
    return ", ".join(
        one.title
        if titles[one.title.casefold()] == 1
        else f"{one.title} ({text.shown_url(one.url) if urls[one.url] == 1 else one.id})"
        for one in podcasts
    )


def _described(one: Subscription, known: Podcast | None) -> Podcast:
    """A subscription with what the catalogue knows of it."""
    if known is None:
        return Podcast(one.id, one.url, one.title)
    if known.url == one.url and known.title:
        return known
    return known._replace(url=one.url, title=known.title or one.title)


def _explained(problem: Exception) -> Exception:
    """What went wrong with adding as what `Services` raises."""
    from pptui.subscriptions.adding import AddingError, Locked

    if isinstance(problem, Locked):
        return LoginNeeded(str(problem))
    return ServiceError(str(problem)) if isinstance(problem, AddingError | StoreError) else problem
