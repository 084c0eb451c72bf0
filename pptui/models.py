"""What pptui speaks of: podcasts, episodes, chapters, progress and playback.

Seconds are floats, moments are aware UTC datetimes, and every string that came from outside
has been through `pptui.text` before it is put in here.

What is loaded at the start is made of named tuples: a frozen dataclass writes and compiles six functions,
half a millisecond for each of twenty classes.
"""

# Without `from __future__ import annotations`: of a named tuple Python compiles each one that is a string.

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Source(StrEnum):
    """Where a chapter list comes from; the value is what `--json` prints."""

    NOTES = "notes"
    PODLOVE = "podlove"
    JSON = "json"
    FILE = "file"


class Chapter(NamedTuple):
    """`start` and `end` are seconds; `end` is None where the source does not say and nothing follows.

    A `hidden` one is in no list, but its link and picture hold for its time (`toc: false`)."""

    start: float
    title: str
    end: float | None = None
    source: Source = Source.NOTES
    link: str = ""
    image: str = ""
    hidden: bool = False


class Hold(StrEnum):
    """Why a feed is not asked for before its time; the value is what the catalogue keeps."""

    NONE = ""
    FRESH = "fresh"
    WAIT = "wait"
    FAILED = "failed"
    LOGIN = "login"
    ENDED = "ended"


class Plan(NamedTuple):
    """When a feed is asked for next: not before `due`, if there is one, and `hold` says why.

    `failures` counts those in a row. Who keeps to it is up to `pptui.feeds.schedule`."""

    due: datetime | None = None
    hold: Hold = Hold.NONE
    failures: int = 0


class Login(NamedTuple):
    """A user name and a password, neither of which is shown by `repr`."""

    user: str
    password: str

    def __repr__(self) -> str:
        return "Login()"


class Podcast(NamedTuple):
    """A feed as last fetched. `id` outlives a change of address; `error` is why the last refresh failed,
    `remark` what else it told, such as a new address."""

    id: str
    url: str
    title: str
    author: str = ""
    description: str = ""
    link: str = ""
    episodes: int = 0
    unplayed: int = 0
    refreshed: datetime | None = None
    error: str = ""
    remark: str = ""
    plan: Plan = Plan()


class Episode(NamedTuple):
    """One episode as lists show it. `enclosure` is what is played: an http(s) address, or an
    absolute path for an episode of a local feed or the demo; empty where there is nothing to play."""

    id: str
    podcast: str
    title: str
    podcast_title: str = ""
    published: datetime | None = None
    duration: float | None = None
    enclosure: str = ""
    media_type: str = ""
    size: int | None = None
    link: str = ""
    guid: str = ""


class Progress(NamedTuple):
    """What was heard of an episode: it is the user's, and outlives the feed.

    `position` is 0 for one that has not begun or was finished. `heard` is when it was last listened to,
    `chapter` the title of the chapter that `position` is in."""

    position: float = 0.0
    duration: float | None = None
    played: bool = False
    heard: datetime | None = None
    chapter: str = ""

    @property
    def begun(self) -> bool:
        """Started and not finished: what "Continue" lists."""
        return self.position > 0 and not self.played


class EpisodeRow(NamedTuple):
    """An episode in a list, with how far it was heard.

    `chapters` is how many its feed has for it: None where nobody has counted them yet, -1 where they are
    in a file of their own and it is not known how many."""

    episode: Episode
    progress: Progress
    chapters: int | None = None

    @property
    def duration(self) -> float | None:
        """Seconds: the file's own once it was played, the feed's before."""
        return self.progress.duration or self.episode.duration


class Where(StrEnum):
    """In which of its texts an episode was found; the value is what `--json` prints."""

    TITLE = "title"
    PODCAST = "podcast"
    CHAPTER = "chapter"
    NOTES = "notes"


Marks = tuple[tuple[int, int], ...]
"""What is highlighted in a line: beginnings and ends, in order, none touching another."""


class Hit(NamedTuple):
    """An episode that was found, and the line that it was found by.

    `line` is of the notes or a chapter's title, cut around what was found; `at` is where the chapter
    begins, in seconds, None where the line is no chapter's."""

    row: EpisodeRow
    where: Where
    line: str = ""
    at: float | None = None
    title_marks: Marks = ()
    podcast_marks: Marks = ()
    line_marks: Marks = ()


class Subscription(NamedTuple):
    """What the user asked for: a feed's address (http, https or an absolute path) and since when.

    No password is in the address: `login` says that there is one, which `pptui.feeds.passwords` knows."""

    id: str
    url: str
    title: str
    added: datetime
    login: bool = False


class State(StrEnum):
    """What the player is doing."""

    IDLE = "idle"
    LOADING = "loading"
    PLAYING = "playing"
    PAUSED = "paused"
    BUFFERING = "buffering"
    ENDED = "ended"
    FAILED = "failed"


class Playback(NamedTuple):
    """Where playback stands: made by the player, shown by every bar.

    `duration` is the feed's until the file's own is known (`duration_known`), which it never is of a file
    that can only be read from its beginning. `buffered` is the second up to which the network has
    delivered. `notice` is a standing remark such as "no audio device: playing silently"; `error` says why
    it failed and is empty otherwise. `again`: it is tried again by itself, and `error` stands until it
    plays."""

    episode: Episode | None = None
    state: State = State.IDLE
    position: float = 0.0
    duration: float | None = None
    duration_known: bool = False
    live: bool = False
    buffered: float | None = None
    speed: float = 1.0
    volume: float = 100.0
    muted: bool = False
    chapters: tuple[Chapter, ...] = ()
    notice: str = ""
    error: str = ""
    again: bool = False

    @property
    def chapter_index(self) -> int:
        """The chapter that `position` is in, -1 before the first: start inclusive, end exclusive."""
        return chapter_at(self.chapters, self.position)

    @property
    def chapter(self) -> Chapter | None:
        index = self.chapter_index
        return self.chapters[index] if index >= 0 else None

    @property
    def opened(self) -> bool:
        """The file has told of itself what it has to tell."""
        heard = (State.PLAYING, State.PAUSED, State.BUFFERING, State.ENDED)
        return self.duration_known or self.state in heard

    @property
    def active(self) -> bool:
        """Something is loaded or being loaded, playing or not."""
        return self.state not in (State.IDLE, State.FAILED, State.ENDED)


def chapter_at(chapters: tuple[Chapter, ...], position: float) -> int:
    """Index of the chapter at `position` seconds, -1 in front of the first or in a gap between two."""
    index = -1
    for number, chapter in enumerate(chapters):
        if chapter.start > position:
            break
        index = number
    if index >= 0:
        end = chapters[index].end
        if end is not None and position >= end and index + 1 < len(chapters):
            return -1
    return index
