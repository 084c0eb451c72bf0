"""What every measurement is given: where things are, how often to measure, and the libraries."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property

from benching import material
from benching.lines import Line
from benching.places import PPTUI, ROOT, Home, Places
from benching.running import Ran, run
from benching.serving import Server

LARGE, FEW = 300_000, 20
"""Episodes of the largest library, and of the smallest that has any."""


class Trouble(Exception):
    """Something can't be measured here; the text is one plain line that says why."""


@dataclass(frozen=True, slots=True)
class Times:
    """How often each thing is measured, and for how many seconds nothing is pressed."""

    starts: int = 12
    imports: int = 3
    refreshes: int = 5
    answers: int = 2
    keys: int = 30
    words: int = 3
    idle: float = 30.0


QUICK = Times(starts=5, imports=1, refreshes=3, answers=1, keys=8, words=1, idle=10.0)


@dataclass(frozen=True)
class Bench:
    """`full` is whether the library has the size that the limits in seconds were set for. `stacks`: say
    what the drawing thread was at where the screen did not answer."""

    places: Places
    times: Times
    server: Server
    full: bool
    stacks: bool = False

    @property
    def podcasts(self) -> int:
        return self.places.podcasts

    @property
    def total(self) -> int:
        return self.places.podcasts * self.places.episodes

    @property
    def urls(self) -> list[str]:
        return [self.server.url(podcast) for podcast in range(self.podcasts)]

    @property
    def titles(self) -> list[str]:
        return [material.podcast_title(podcast) for podcast in range(self.podcasts)]

    def judged(self, what: str, measured: str, must: str, holds: bool) -> Line:
        """A line with a limit in seconds or bytes, which counts at full size only."""
        return Line(what, measured, must, holds if self.full else None)

    # Libraries.

    def imported(self, home: Home) -> Ran:
        """`pptui add` of all feeds at once into a new home. Raises Trouble where it fails."""
        home.anew()
        self.server.mode("etag")
        ran = self.pptui(home, "add", *self.urls)
        found = self.episodes(home)
        if ran.code or found != self.total:
            raise Trouble(f"pptui add: {found} of {self.total} episodes came\n{ran.output[-600:]}")
        return ran

    def pptui(self, home: Home, *arguments: str) -> Ran:
        return run([*PPTUI, *arguments], home.environment)

    def episodes(self, home: Home) -> int:
        """How many episodes pptui says that this home has."""
        import json

        said = self.pptui(home, "podcasts", "--json").output
        try:
            return sum(one["episodes"] for one in json.loads(said))
        except (ValueError, KeyError, TypeError):
            raise Trouble(f"pptui podcasts --json said: {said[-300:]}") from None

    @cached_property
    def none(self) -> Home:
        return self.places.home("none").anew()

    @cached_property
    def whole(self) -> Home:
        """The library as imported from the server: made once for each version of pptui."""
        home = self.places.home("whole")
        if not (home.folder / "made").exists():
            say(f"importing {self.podcasts} podcasts with {self.total} episodes …")
            self.imported(home)
            (home.folder / "made").touch()
        return home

    def scratch(self, name: str = "scratch") -> Home:
        return self.places.home(name)

    @cached_property
    def large(self) -> Home:
        count = LARGE if self.full else self.total * 5
        return self._filled("large", self.podcasts, count)

    @cached_property
    def few(self) -> Home:
        """As many podcasts, but 20 episodes in all."""
        return self._filled("few", self.podcasts, FEW)

    def _filled(self, name: str, podcasts: int, episodes: int) -> Home:
        home = self.places.home(name)
        if not (home.folder / "made").exists():
            say(f"making a library of {episodes} episodes …")
            home.anew()
            environment = {**home.environment, "PYTHONPATH": str(ROOT / "scripts")}
            command = [sys.executable, "-P", "-m", "benching.filling", str(podcasts), str(episodes)]
            ran = run(command, environment)
            if ran.code:
                raise Trouble(f"the library could not be made: {ran.output[-600:]}")
            (home.folder / "made").touch()
        return home


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
