"""What is the user's: subscriptions, what was heard and how far, settings. `library.json`.

Tables: `subscriptions` by podcast id, `episodes` (those touched) by episode id, `settings` by name.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from pptui import text
from pptui.models import Episode, Progress, Subscription
from pptui.store import fields
from pptui.store.backups import Backups
from pptui.store.documents import Change, DocumentStore, Key
from pptui.store.files import nobody
from pptui.store.storage import AtomicStorage
from pptui.store.versions import Document, Tables

T = TypeVar("T")

SUBSCRIPTIONS = "subscriptions"
EPISODES = "episodes"
SETTINGS = "settings"

_UNDO_STEPS = 100
_EPOCH = datetime.fromtimestamp(0, UTC)


class Contents(NamedTuple):
    """How much is in a library."""

    subscriptions: int
    positions: int

    def __str__(self) -> str:
        return (
            f"{text.amount(self.subscriptions, 'subscription')} and {text.amount(self.positions, 'position')}"
        )


def contents(tables: Tables) -> Contents:
    """How much there is in a library's tables: podcasts, and episodes that were heard or marked."""
    return Contents(len(tables.get(SUBSCRIPTIONS, {})), len(tables.get(EPISODES, {})))


class TakenBack(NamedTuple):
    """What `Library.undo` did, in words, and the ids of the episodes whose progress is another now."""

    words: str
    episodes: tuple[str, ...]


class _Step(NamedTuple):
    """A change that can be taken back: for each document what it was and what we made of it."""

    words: str
    documents: tuple[tuple[Key, Document | None, Document | None], ...]


class _Memory(Generic[T]):
    """What was made of documents. They are never changed in place: the same one gives the same again."""

    def __init__(self, make: Callable[[str, Document], T]) -> None:
        self._make = make
        self._made: dict[str, tuple[Document, T]] = {}

    def __call__(self, identifier: str, document: Document) -> T:
        known = self._made.get(identifier)
        if known is None or known[0] is not document:
            known = self._made[identifier] = document, self._make(identifier, document)
        return known[1]


class Library:
    """The user's library: in memory, at once; on disk when `flush` says so.

    Any thread may use it and none waits for the disk. `on_problem` gets one plain line for each thing
    that went wrong (a damaged file restored, a full disk), from whichever thread met it; `problem`
    stands until it is mended. What the library was on earlier days goes into the folder `backups`. Raises
    Newer for one that a newer pptui wrote."""

    def __init__(
        self, path: Path, *, on_problem: Callable[[str], None] = nobody, backups: Path | None = None
    ) -> None:
        kept = Backups(backups, on_problem) if backups else None
        storage = AtomicStorage(path, on_problem, kept, lambda tables: str(contents(tables)))
        self._store = DocumentStore(storage, on_problem)
        self._steps: deque[_Step] = deque(maxlen=_UNDO_STEPS)
        self._begun: tuple[int, list[tuple[Episode, Progress]]] = (-1, [])
        self._subscription = _Memory(fields.subscription)
        self._episode = _Memory(fields.episode)
        self._progress = _Memory(lambda identifier, document: fields.progress(document))

    @property
    def problem(self) -> str:
        """Why the last write failed, or "": what was not written is in memory and will be tried again."""
        return self._store.problem

    # Subscriptions.

    def subscriptions(self) -> list[Subscription]:
        """All of them, the oldest first."""
        rows = self._store.rows(SUBSCRIPTIONS).items()
        found = [one for row in rows if (one := self._subscription(*row))]
        return sorted(found, key=lambda one: one.added)

    def subscribe(self, subscription: Subscription) -> None:
        self._change(SUBSCRIPTIONS, subscription.id, Change(fields.subscription_fields(subscription)))

    def unsubscribe(self, podcast_id: str) -> None:
        """Forget the subscription and keep what was heard. `undo` takes it back."""
        key = (SUBSCRIPTIONS, podcast_id)
        before = self._store.get(*key)
        if before is not None:
            one = fields.subscription(podcast_id, before)
            self._undoable(f"unsubscribed from {one.title if one else podcast_id}", {key: Change(None)})

    def move(self, podcast_id: str, url: str) -> None:
        """The feed has another address now."""
        self._change(SUBSCRIPTIONS, podcast_id, Change({"url": url}, existing=True))

    def lock(self, podcast_id: str) -> None:
        """The feed is behind a password, which is kept elsewhere."""
        self._change(SUBSCRIPTIONS, podcast_id, Change({"login": True}, existing=True))

    def retitle(self, podcast_id: str, title: str) -> None:
        """The feed calls itself something else now."""
        before = self._store.get(SUBSCRIPTIONS, podcast_id)
        if before is not None and before.get("title") != title:
            self._change(SUBSCRIPTIONS, podcast_id, Change({"title": title}, existing=True))

    # What was heard.

    def progress(self, episode_id: str) -> Progress:
        """How far an episode was heard; `Progress()` for one never touched."""
        document = self._store.get(EPISODES, episode_id)
        return Progress() if document is None else self._progress(episode_id, document)

    @property
    def size(self) -> int:
        """How many episodes were touched."""
        return self._store.size(EPISODES)

    def all_progress(self) -> Mapping[str, Progress]:
        """Of all touched episodes, by episode id."""
        rows = self._store.rows(EPISODES).items()
        return {key: self._progress(key, document) for key, document in rows}

    def episode(self, episode_id: str) -> Episode | None:
        """A touched episode as it was when last recorded."""
        document = self._store.get(EPISODES, episode_id)
        return None if document is None else self._episode(episode_id, document)

    def touched(self, podcast_id: str | None = None) -> list[tuple[Episode, Progress]]:
        """All episodes ever begun or marked, with how far they were heard; also those in no feed any more.

        With `podcast_id` only those of one podcast."""
        return [
            (self._episode(*row), self._progress(*row))
            for row in self._store.rows(EPISODES).items()
            if podcast_id is None or row[1].get("podcast") == podcast_id
        ]

    def continuing(self) -> list[tuple[Episode, Progress]]:
        """Begun and not finished, the last heard first."""
        version, found = self._begun
        if version != self._store.version:
            version = self._store.version
            found = self._find_begun()
            self._begun = version, found
        return list(found)

    def _find_begun(self) -> list[tuple[Episode, Progress]]:
        rows = self._store.rows(EPISODES).items()
        begun = [(row, progress) for row in rows if (progress := self._progress(*row)).begun]
        begun.sort(key=lambda one: one[1].heard or _EPOCH, reverse=True)
        return [(self._episode(*row), progress) for row, progress in begun]

    def record(self, episode: Episode, progress: Progress) -> None:
        """Keep how far an episode was heard, and enough of it to outlive its feed."""
        self._change(EPISODES, episode.id, _recorded(episode, progress))

    def record_all(self, items: Iterable[tuple[Episode, Progress]]) -> None:
        """Record several at once, as the user's own decision: `undo` takes it back."""
        marks = [(episode, progress) for episode, progress in items if self.progress(episode.id) != progress]
        played = sum(progress.played for _, progress in marks)
        if marks:
            count = text.amount(len(marks), "episode")
            words = {len(marks): f"marked {count} played", 0: f"marked {count} not played"}
            self._undoable(
                words.get(played, f"changed {count}"),
                {(EPISODES, episode.id): _recorded(episode, progress) for episode, progress in marks},
            )

    # Settings: what the program remembers by itself, such as volume and speed.

    def setting(self, key: str, default: T) -> T:
        """A remembered value, or `default` where there is none or one of another type.

        A float is finite and not negative."""
        document = self._store.get(SETTINGS, key) or {}
        value: Any = fields.number(document, "value") if isinstance(default, float) else document.get("value")
        return value if value is not None and (default is None or type(value) is type(default)) else default

    def set_setting(self, key: str, value: object) -> None:
        """Remember a value, None: none; raises TypeError for one that JSON can't hold."""
        json.dumps(value)
        if (self._store.get(SETTINGS, key) or {}).get("value") != value:
            self._change(SETTINGS, key, Change(None if value is None else {"value": value}))

    # Changes.

    @property
    def undo_size(self) -> int:
        """How many documents the next `undo` will look at."""
        return len(self._steps[-1].documents) if self._steps else 0

    def undo(self) -> TakenBack | None:
        """Take back the last unsubscribing or marking; None where there is none.

        An episode that was listened to since, or changed by another process, is left as it is now."""
        while self._steps:
            step = self._steps.pop()
            back = [
                (key, Change(before, fresh=True))
                for key, before, after in step.documents
                if self._store.get(*key) == after
            ]
            if back:
                self._store.change(back)
                return TakenBack(step.words, tuple(one for (table, one), _ in back if table == EPISODES))
        return None

    def _undoable(self, words: str, changes: Mapping[Key, Change]) -> None:
        before = {key: self._store.get(*key) for key in changes}
        self._store.change(changes.items())
        self._steps.append(_Step(words, tuple((key, before[key], self._store.get(*key)) for key in changes)))

    def _change(self, table: str, identifier: str, change: Change) -> None:
        self._store.change([((table, identifier), change)])

    # The file.

    def reload(self) -> bool:
        """Take up what another process has written; True when something changed. Cheap when nothing did."""
        return self._store.reload()

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until everything is on disk: False when that failed (see `problem`) or took too long."""
        return self._store.flush(timeout)

    def when_saved(self, call: Callable[[bool], None], *, hurry: bool = True) -> None:
        """Have `call` told, once, whether everything is on disk or could not be written (see `problem`).

        At once where it is, else from the writer's thread; without `hurry` changes that follow may be
        waited for, to be written with it. It must not raise."""
        self._store.when_saved(call, hurry=hurry)

    def close(self, timeout: float = 5.0) -> bool:
        """Write what is left, and let go of the file."""
        return self._store.close(timeout)


def _recorded(episode: Episode, progress: Progress) -> Change:
    return Change({**fields.episode_fields(episode), **fields.progress_fields(progress)})
