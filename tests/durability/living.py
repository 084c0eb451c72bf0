"""A scripted life of the real program in a pseudo-terminal, until it is killed; and what is left of it."""

from __future__ import annotations

import math
import random
import re
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pptui import demo
from pptui.models import Progress
from pptui.paths import Paths
from pptui.services import Services
from pptui.store.selection import Kind, Selection
from tests import material
from tests.durability.tally import Tally, size
from tests.server import Server
from tests.terminal import PATIENCE, Terminal, home

NAMES = ("Bread", "Cheese", "Rivers", "Stones", "Trains", "Whales")
BEHIND = 5.0
"""Seconds by which the place that is kept may be behind the one that was seen: what is promised."""
AHEAD = 2.0
"""Seconds by which it may be ahead of the last frame that was seen."""
JUST_NOW = 0.5
"""Seconds within which a jump that is on the screen may not be on the disk yet: it takes milliseconds, but
not on a machine that is busy with other tests."""

_BAR = re.compile(r"^ ([▶‖…■!·]) (.+?) (?:· |  ).*\n +(?:(\d+):)?(\d+):(\d\d) [━┿●─┼]{8}", re.M)

Keys = tuple[str | re.Pattern[str], ...]
"""What is typed; a pattern in place of a key is waited for."""


class Gone(Exception):
    """The program has ended."""


class Watched(Terminal):
    """A terminal that remembers what the player's bar showed, and when."""

    def __init__(self, arguments: list[str], environment: Mapping[str, str]) -> None:
        self.bar = ("", "", 0.0)  # the sign of its state, the episode's title, seconds
        self.killed = math.inf
        self._frames: deque[tuple[float, str, float]] = deque(maxlen=500)
        super().__init__(arguments, environment, 100, 30)

    @property
    def playing(self) -> str:
        """The title of what plays or is paused, or ""."""
        return self.bar[1] if self.bar[0] in ("▶", "‖") else ""

    def _pump(self) -> bool:
        alive = super()._pump()
        found = _BAR.search(self.text)
        if found is not None:
            glyph, title, hours, minutes, seconds = found.groups()
            self.bar = glyph, title, int(hours or 0) * 3600.0 + int(minutes) * 60 + int(seconds)
            if self.playing:
                self._frames.append((time.monotonic(), title, self.bar[2]))
        return alive

    def places(self, title: str) -> list[float]:
        """Where an episode was by the last frame, and, where it has just jumped there, from where."""
        shown = [(when, place) for when, one, place in self._frames if one == title]
        late = sum(1 for when, _ in shown if when >= self.killed - JUST_NOW)
        last = [place for _, place in shown[-1:]]
        return [place for _, place in shown[-late - 1 :] if abs(place - last[0]) > BEHIND] + last

    def until(self, true: Callable[[], bool], what: str) -> None:
        """Let the program go on until something is so. Raises Gone when it has ended."""
        end = time.monotonic() + PATIENCE
        while not true():
            if not self._pump() and not true():
                raise Gone
            assert time.monotonic() < end, f"never so: {what}\n{self.text}"

    def type(self, keys: Keys) -> None:
        for key in keys:
            if isinstance(key, str):
                self.press(key)
            else:
                self.until(lambda key=key: key.search(self.text) is not None, key.pattern)  # type: ignore[misc]

    def kill_after(self, seconds: float) -> None:
        """SIGKILL after so long; then read what it wrote until then."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0.05 and self._pump():
            pass
        time.sleep(max(0.0, left))
        self.killed = time.monotonic()
        self.kill(signal.SIGKILL)
        while self._pump() and self.code is None:
            self.wait_end()
        self._pump()


@dataclass
class Known:
    """What must be on the disk, by what was seen on the screen; podcasts and episodes by their titles."""

    subscribed: set[str] = field(default_factory=set)
    played: dict[str, bool] = field(default_factory=dict)
    heard: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """Something that was asked for: the keys, what says that it was done, and what is so then."""

    words: str
    keys: Keys
    answered: Callable[[], bool]
    done: Callable[[], None] = lambda: None
    about: str = ""
    """The podcast or episode of which nothing is certain before the answer."""
    moves: float = 0.0
    """Seconds that its position is moved by."""


class Life:
    """A user's home, the server that the podcasts are on, and what the user was told so far."""

    def __init__(self, folder: Path, server: Server, chance: random.Random, tally: Tally) -> None:
        self.lost: list[str] = []
        self.furthest_behind = 0.0
        self._environment = home(folder)
        self._paths = Paths(*(folder / name / "pptui" for name in ("config", "data", "cache", "state")))
        self._server = server
        self._chance = chance
        self._tally = tally
        self._known = Known()
        self._items = dict.fromkeys(NAMES, 3)
        self._lists: dict[str, list[str]] = {}
        self._used: set[str] = set()  # of this run, so that each answer can be told from those before
        self._undoing: list[tuple[str, str, Callable[[], None]]] = []
        server.add("/talk.ogg", demo.audio_path().read_bytes(), content_type="audio/ogg")
        for name in NAMES:
            self._publish(name)

    def _address(self, name: str) -> str:
        return self._server.url(f"/{name}.xml")

    def _titles(self, name: str) -> list[str]:
        """The episodes of a podcast as it is on the server, the newest first."""
        return [f"{name} {number}" for number in range(self._items[name], 0, -1)]

    def _publish(self, name: str) -> None:
        items = [
            material.item(number, f"{name} {number}", year=2000 + number).replace(
                f"https://example.org/audio/{number}.mp3", self._server.url("/talk.ogg")
            )
            for number in range(1, self._items[name] + 1)
        ]
        self._server.add(f"/{name}.xml", material.feed(name, items), content_type="application/rss+xml")

    # In the shell.

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "pptui", *arguments]
        return subprocess.Popen(command, env=self._environment, stdout=subprocess.PIPE, text=True)

    def add(self, *names: str) -> None:
        with self.start("add", *map(self._address, names)) as adding:
            adding.communicate(timeout=60)
        assert adding.returncode == 0
        self._known.subscribed.update(names)
        self.look()

    def command_and_die(self) -> None:
        """Subscribe and unsubscribe in the shell, killed while it does; what it said is so."""
        name = self._chance.choice(NAMES)
        words = ("remove", name) if name in self._known.subscribed else ("add", self._address(name))
        with self.start(*words) as command:
            assert command.stdout is not None
            try:
                command.wait(self._chance.uniform(0.2, 1.2))
            except subprocess.TimeoutExpired:
                command.kill()
                self._tally.add(kills=1)
            said = command.stdout.read()
        if said or command.returncode == 0:
            self._known.subscribed ^= {name}
            self.look()
        else:
            self.look(asked=Asked(" ".join(words), (), lambda: False, about=name))

    # In the app.

    def live_and_die(self) -> None:
        """Do some things, be killed at some moment after asking for the last, and look what is left."""
        self._do([self._something] * self._chance.randrange(1, 7), self._chance.choice((0.06, 0.3, 1.5)))

    def listen_and_die(self) -> None:
        """Play something at three times the speed, be killed some seconds later, and look what is left."""
        self._do([self._play, self._quicker, self._listen, self._listen], 3.0)

    def _do(self, things: Sequence[Callable[[Watched], Asked | None]], longest: float) -> None:
        asked: Asked | None = None
        self._used, self._undoing = set(), []
        with Watched([], self._environment) as terminal:
            try:
                terminal.until(lambda: "? Help" in terminal.text, "the library")
                for number, thing in enumerate(things, 1):
                    self._see(terminal)
                    asked = thing(terminal)
                    assert asked is not None
                    terminal.type(asked.keys)
                    if number < len(things):
                        terminal.until(asked.answered, asked.words)
                        asked.done()
                        asked = None
                terminal.kill_after(longest * self._chance.random())
            except Gone:
                terminal.wait_end()
            self._see(terminal)
            if asked is not None and asked.answered():
                asked.done()
                asked = None
        self._tally.add(kills=int(terminal.code != 0))
        self.look(terminal, asked)

    def _see(self, terminal: Watched) -> None:
        if terminal.playing:
            self._known.heard[terminal.playing] = terminal.bar[2]

    def _something(self, terminal: Watched) -> Asked:
        ways = [self._mark, self._mark, self._play, self._add, self._unsubscribe, self._undo, self._refresh]
        if terminal.playing:
            ways += [self._seek, self._seek, self._pause, self._listen, self._quicker, self._quit]
        else:
            ways += [self._play, self._play]
        while (asked := self._chance.choice(ways)(terminal)) is None:
            pass
        return asked

    def _take(self, things: list[str]) -> str:
        """One of them that was not used yet in this run, or ""."""
        left = [one for one in things if one not in self._used]
        chosen = self._chance.choice(left) if left else ""
        self._used.add(chosen)
        return chosen

    def _episode(self, terminal: Watched) -> tuple[str, Keys]:
        """An episode that does not play, and the keys from anywhere in the library to it."""
        every = {title: name for name, titles in self._lists.items() for title in titles}
        every.pop(terminal.bar[1], None)
        title = self._take(sorted(every))
        return (title, self._way(every[title], title)) if title else ("", ())

    def _way(self, name: str, title: str = "") -> Keys:
        down = 2 + sorted(self._lists).index(name)
        way: Keys = ("h", "g", re.compile("│ Continue"), *["j"] * down, re.compile(f"│ {name}  Somebody"))
        return (*way, "l", "g", *["j"] * self._lists[name].index(title)) if title else way

    def _mark(self, terminal: Watched) -> Asked | None:
        title, way = self._episode(terminal)
        if not title:
            return None
        known = self._known
        before, place = known.played.get(title, False), known.heard.get(title)
        state = "not played" if before else "played"

        def back() -> None:
            known.played[title] = before
            if place is not None:
                known.heard[title] = place

        def done() -> None:
            known.played[title] = not before
            known.heard.pop(title, None)
            self._undoing.append((f"marked 1 episode {state}", title, back))

        said = re.compile(rf"{state.capitalize()}: {title} \(u")
        return Asked(f"mark {title}", (*way, "m"), lambda: bool(said.search(terminal.text)), done, title)

    def _play(self, terminal: Watched) -> Asked | None:
        title, way = self._episode(terminal)
        if not title:
            return None

        def done() -> None:
            self._known.played[title] = False
            self._known.heard[title] = terminal.bar[2]

        return Asked(f"play {title}", (*way, "p"), lambda: terminal.playing == title, done, title)

    def _seek(self, terminal: Watched) -> Asked | None:
        _, title, place = terminal.bar
        key, way = self._chance.choice((("right", 10.0), ("\x1b[1;2C", 60.0), ("left", -10.0)))
        times = self._chance.randrange(1, 5)
        target = place + times * way
        if not 0 < target < 3000:
            return None

        def answered() -> bool:
            return terminal.bar[2] >= target - 1 if way > 0 else terminal.bar[2] <= target + 5

        return Asked(f"go to {target}", (key,) * times, answered, about=title, moves=times * way)

    def _pause(self, terminal: Watched) -> Asked:
        other = "‖" if terminal.bar[0] == "▶" else "▶"
        return Asked("pause", ("space",), lambda: terminal.bar[0] == other)

    def _listen(self, terminal: Watched) -> Asked | None:
        until = terminal.bar[2] + self._chance.randrange(1, size(4, 8))
        return Asked("listen", (), lambda: terminal.bar[2] >= until) if terminal.bar[0] == "▶" else None

    def _quicker(self, terminal: Watched) -> Asked | None:
        return Asked("quicker", ("]",) * 20, lambda: "3.0×" in terminal.text) if self._take(["]"]) else None

    def _add(self, terminal: Watched) -> Asked | None:
        name = self._take([one for one in NAMES if one not in self._lists])
        if not name:
            return None

        def done() -> None:
            self._known.subscribed.add(name)
            self._lists[name] = self._titles(name)

        keys: Keys = ("a", re.compile("enter adds"), self._address(name), "enter")
        return Asked(f"add {name}", keys, lambda: f"Added: {name}" in terminal.text, done, name)

    def _unsubscribe(self, terminal: Watched) -> Asked | None:
        name = self._take(sorted(self._lists)) if len(self._lists) > 2 else ""
        if not name:
            return None
        titles = self._lists[name]
        self._used.update(titles)

        def back() -> None:
            self._known.subscribed.add(name)
            self._lists[name] = titles

        def done() -> None:
            self._known.subscribed.discard(name)
            del self._lists[name]
            self._undoing.append((f"unsubscribed from {name}", name, back))

        palette = ("\x10", re.compile("Search for"), "unsubscribe", re.compile("from the podcast"), "enter")
        said = f"Unsubscribed from {name} "
        keys = (*self._way(name), *palette)
        return Asked(f"unsubscribe {name}", keys, lambda: said in terminal.text, done, name)

    def _undo(self, terminal: Watched) -> Asked | None:
        if not self._undoing or not self._take(["undo"]):
            return None
        words, about, back = self._undoing.pop()
        return Asked(f"undo {words}", ("u",), lambda: f"Taken back: {words}" in terminal.text, back, about)

    def _refresh(self, terminal: Watched) -> Asked | None:
        if not self._take(["refresh"]):
            return None
        name = self._chance.choice(sorted(self._lists))
        self._items[name] += 1
        self._publish(name)

        def done() -> None:
            self._lists = {one: self._titles(one) for one in self._lists}

        return Asked("refresh", ("R",), lambda: bool(re.search(r"\d new episode", terminal.text)), done)

    def _quit(self, terminal: Watched) -> Asked:
        return Asked("quit", ("q",), lambda: terminal.code == 0)

    # What is left.

    def look(self, terminal: Watched | None = None, asked: Asked | None = None) -> None:
        """Compare what is on the disk with what is known; of what was asked and not answered either is right.

        After this it is known exactly."""
        told: list[str] = []
        services = Services(self._paths, told.append)
        ids = {one.title: one.id for one in services.library.subscriptions()}
        kept = {episode.title: progress for episode, progress in services.library.touched()}
        self._lists = {
            name: [one.title for one in services.catalogue.episodes(Selection(Kind.PODCAST, podcast))]
            for name, podcast in ids.items()
        }
        assert services.close()
        missing = [*told, *self._missing(ids, kept, terminal, asked)]
        self._tally.add(losses=len(missing))
        self.lost += [f"{line} ({asked.words if asked else 'nothing'} was under way)" for line in missing]
        self._known = Known(
            set(ids),
            {title: progress.played for title, progress in kept.items()},
            {title: progress.position for title, progress in kept.items() if progress.begun},
        )

    def _missing(
        self,
        ids: Mapping[str, str],
        kept: Mapping[str, Progress],
        terminal: Watched | None,
        asked: Asked | None,
    ) -> list[str]:
        open_to = asked.about if asked else ""
        moves = asked.moves if asked else 0.0
        missing = [f"subscription {name}" for name in (ids.keys() ^ self._known.subscribed) - {open_to}]
        for title, played in self._known.played.items():
            if title != open_to and kept.get(title, Progress()).played != played:
                missing.append(f"{title} played: {played}")
        behind = 1.0 if terminal and terminal.code == 0 else BEHIND
        for title, place in self._known.heard.items():
            if title == open_to and not moves:
                continue  # marked, or begun from another place
            there = kept.get(title, Progress()).position
            places = {place, *(terminal.places(title) if terminal else ())}
            if title == open_to:
                places |= {one + moves for one in places}
            if not any(one - behind <= there <= one + AHEAD for one in places):
                missing.append(f"{title} at {sorted(places)}: {there}")
            if title != open_to and terminal and (shown := terminal.places(title)):
                self.furthest_behind = max(self.furthest_behind, shown[-1] - there)
        return missing
