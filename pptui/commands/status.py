"""What is playing: `status`. It reads the position file alone, so that a status bar can ask each second."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pptui import shell
from pptui.models import EpisodeRow
from pptui.paths import paths
from pptui.store.journal import Journal
from pptui.times import clock

if TYPE_CHECKING:
    from argparse import Namespace


def status(arguments: Namespace) -> int:
    entry = Journal(paths().position).read()
    if entry is None:
        shell.say("null" if arguments.json else "nothing was played yet")
        return 0
    row = EpisodeRow(entry.episode, entry.progress)
    playing, heard = entry.playing, entry.heard or datetime.fromtimestamp(0, UTC)
    if arguments.json:
        shell.dump(
            {
                "playing": playing,
                "paused": entry.paused,
                "position": shell.seconds(entry.position),
                "duration": shell.seconds(row.duration),
                "chapter": entry.chapter or None,
                "heard": heard.isoformat(),
                "episode": shell.episode_json(row),
            }
        )
        return 0
    state = "playing" if playing else "played" if entry.played else "paused" if entry.paused else "stopped"
    pairs = [
        (state, entry.episode.title),
        ("podcast", entry.episode.podcast_title),
        ("chapter", entry.chapter),
        (
            "at",
            f"{clock(entry.position)} / {clock(row.duration)}" if row.duration else clock(entry.position),
        ),
    ]
    for line in shell.pair_lines([pair for pair in pairs if pair[1]], shell.width()):
        shell.say(line)
    return 0
