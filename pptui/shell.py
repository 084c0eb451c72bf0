"""What the commands print: aligned lines for people, one JSON document for programs.

JSON says `null` where something is not known; seconds are numbers, moments are ISO 8601 in UTC.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any

from pptui import text
from pptui.models import Chapter, EpisodeRow, Hit, Hold, Login, Podcast
from pptui.subscriptions.standing import standing
from pptui.times import clock, span
from pptui.widgets.cells import fit, heard

if TYPE_CHECKING:
    from pptui.feeds.outcome import Outcome
    from pptui.store.restoring import Backup

Json = dict[str, Any]

_MARKS = {Hold.ENDED: "×", Hold.NONE: "·"}


def prepare() -> None:
    """Let nothing that is printed fail on the terminal's encoding: what it lacks is shown as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(line: str, *, now: bool = False) -> None:
    """A line on standard output. What is in it from outside was cleaned before.

    `now` is for what is told while something slow goes on: a pipe has it at once too."""
    print(line, flush=now)


def remark(line: str) -> None:
    """A line on standard error that is no failure."""
    print(line, file=sys.stderr)


def complain(message: object) -> None:
    """One plain line on standard error."""
    sys.stdout.flush()
    print(f"pptui: {text.line(message)}", file=sys.stderr, flush=True)


def document(content: str) -> None:
    """A whole document on standard output: in UTF-8, as its format has it, wherever that goes."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content.encode("utf-8"))
    sys.stdout.buffer.flush()


def interactive() -> bool:
    """Whether there is a terminal on both sides."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def width() -> int | None:
    """Cells of a line; None where the output is not a terminal, and nothing is to be cut."""
    if not sys.stdout.isatty():
        return None
    return max(20, shutil.get_terminal_size().columns)


def dump(value: object) -> None:
    """One JSON document on standard output."""
    print(_json(value))


def dump_each(values: Iterable[Json]) -> None:
    """One JSON array on standard output, written as the values come: there may be very many."""
    between = "[\n"
    for value in values:
        print(between, _json(value), sep="", end="")
        between = ",\n"
    print("[]" if between == "[\n" else "\n]")


def _json(value: object) -> str:
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    return json.dumps(value, ensure_ascii=encoding != "utf8")


def seconds(value: float | None) -> float | int | None:
    """Seconds as JSON has them: to the millisecond, whole ones without a point."""
    if value is None:
        return None
    rounded = round(value, 3)
    return int(rounded) if rounded == int(rounded) else rounded


def shown(address: str) -> str:
    """An address or path as it may be seen: without control characters and without a password."""
    return text.line(address, 10_000) if address.startswith("/") else text.shown_url(address)


def named(source: str) -> str:
    """A SOURCE as messages repeat it."""
    if source == "-":
        return "standard input"
    return text.shown_url(source) if "://" in source else text.line(source)


def ask_login(title: str, why: str) -> Login | None:
    """A user name and a password, asked for on the terminal; None where there is none, or no answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    from getpass import getpass

    remark(f"{title}: {why}")
    print("user name: ", end="", file=sys.stderr, flush=True)
    user = sys.stdin.readline().strip()
    return Login(user, getpass("password: ", sys.stderr)) if user else None


def ask(question: str) -> bool | None:
    """Whether a question was answered with yes on the terminal; None where nobody can answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def outcome_json(outcome: Outcome) -> Json:
    due = outcome.plan.due if outcome.error or not outcome.asked else None
    return {
        "podcast": outcome.podcast,
        "title": outcome.title,
        "ending": str(outcome.ending),
        "new": outcome.new,
        "filled": outcome.filled,
        "moved_to": shown(outcome.moved_to) or None,
        "error": outcome.error or None,
        "remark": outcome.remark or None,
        "not_before": due.isoformat(timespec="seconds") if due else None,
    }


def backup_json(backup: Backup) -> Json:
    found = backup.contents
    return {
        "date": backup.name,
        "written": backup.written.astimezone(UTC).isoformat(timespec="seconds"),
        "size": backup.size,
        "subscriptions": found.subscriptions if found else None,
        "positions": found.positions if found else None,
        "problem": backup.problem or None,
    }


def backup_lines(backups: Sequence[Backup], cells: int | None) -> Iterable[str]:
    """What to call it, when it was written, its size, and how much is in it."""
    sizes = [f"{max(1, round(one.size / 1000))} kB" for one in backups]
    names = max((len(one.name) for one in backups), default=0)
    room = max(map(len, sizes), default=0)
    for one, size in zip(backups, sizes, strict=True):
        found = f"{one.contents}" if one.contents else one.problem
        yield _cut(f"{one.name:{names}}  {one.written:%Y-%m-%d %H:%M}  {size:>{room}}  {found}", cells)


def podcast_json(podcast: Podcast) -> Json:
    return {
        "id": podcast.id,
        "title": podcast.title,
        "url": shown(podcast.url),
        "episodes": podcast.episodes,
        "unplayed": podcast.unplayed,
        "error": podcast.error or None,
        "remark": podcast.remark or None,
    }


def episode_json(row: EpisodeRow) -> Json:
    """`podcast` is the podcast's id."""
    episode, progress = row.episode, row.progress
    return {
        "id": episode.id,
        "podcast": episode.podcast or None,
        "title": episode.title,
        "published": episode.published.isoformat() if episode.published else None,
        "duration": seconds(row.duration),
        "position": seconds(progress.position),
        "played": progress.played,
        "enclosure": shown(episode.enclosure) or None,
        "link": shown(episode.link) or None,
    }


def hit_json(hit: Hit) -> Json:
    """An episode as `episode_json` has it, with where it was found."""
    return {
        **episode_json(hit.row),
        "podcast_title": hit.row.episode.podcast_title,
        "where": str(hit.where),
        "line": hit.line,
        "start": seconds(hit.at),
    }


def chapter_json(chapter: Chapter) -> Json:
    value: Json = {
        "start": seconds(chapter.start),
        "end": seconds(chapter.end),
        "title": chapter.title,
        "source": str(chapter.source),
    }
    if chapter.link:
        value["link"] = shown(chapter.link)
    if chapter.image:
        value["image"] = shown(chapter.image)
    if chapter.hidden:
        value["hidden"] = True
    return value


def podcast_lines(podcasts: Sequence[Podcast], cells: int | None) -> Iterable[str]:
    """Unplayed, episodes, title and address of each, and below it what is said of it in the library."""
    unplayed = max((len(str(one.unplayed)) for one in podcasts), default=0)
    episodes = max((len(str(one.episodes)) for one in podcasts), default=0)
    titles = min(max((len(one.title) for one in podcasts), default=0), 40)
    for one in podcasts:
        counts = f"{one.unplayed:{unplayed}} of {one.episodes:{episodes}}"
        yield _cut(f"{counts}  {_padded(one.title, titles, cells)}  {shown(one.url)}", cells)
        if found := standing(one):
            mark = _MARKS.get(found.hold, "!")
            yield _cut(f"{' ' * len(counts)}  {mark} {' · '.join(found.words)}", cells)


def episode_line(row: EpisodeRow, cells: int | None, *, podcast: bool) -> str:
    """State (● new, ◐ begun, ○ played), date, length, id, title, and its podcast where several are listed."""
    episode, (state, _) = row.episode, heard(row.progress)
    date = f"{episode.published:%Y-%m-%d}" if episode.published else ""
    length = span(row.duration)
    start = f"{state} {date:10}  {length:>7}  {episode.id}  "
    title = episode.title or "untitled"
    if not podcast or not episode.podcast_title:
        return _cut(start + title, cells)
    if cells is None:
        return f"{start}{title}  ({episode.podcast_title})"
    rest = cells - len(start)
    owner = min(24, rest // 3)
    return _cut(
        f"{start}{fit(title, rest - owner - 2)}  {fit(episode.podcast_title, owner)}",
        cells,
    )


def hit_lines(hit: Hit, cells: int | None) -> Iterable[str]:
    """The episode, and below it the line that it was found by, with a chapter's time in front."""
    yield episode_line(hit.row, cells, podcast=True)
    if hit.line:
        yield _cut(f"    {'' if hit.at is None else clock(hit.at) + '  '}{hit.line}", cells)


def chapter_lines(chapters: Sequence[Chapter], cells: int | None) -> Iterable[str]:
    """`15:46  Title`, the times flush right; those that belong in no list are left out."""
    chapters = [one for one in chapters if not one.hidden]
    times = [clock(one.start) for one in chapters]
    room = max(map(len, times), default=0)
    for time, one in zip(times, chapters, strict=True):
        yield _cut(f"{time:>{room}}  {one.title}", cells)


def pair_lines(pairs: Sequence[tuple[str, str]], cells: int | None) -> Iterable[str]:
    """A name and what it is, one a line."""
    room = max((len(name) for name, _ in pairs), default=0)
    for name, value in pairs:
        yield _cut(f"{name:{room}}  {value}", cells)


class Progressing:
    """How far something slow has come, on standard error while that is a terminal, and gone at the end."""

    def __init__(self) -> None:
        self._shown = 0

    def show(self, words: str) -> None:
        if sys.stderr.isatty():
            room = max(20, os.get_terminal_size(sys.stderr.fileno()).columns) - 1
            print(
                "\r" + fit(words, min(room, max(self._shown, len(words)))),
                end="",
                file=sys.stderr,
                flush=True,
            )
            self._shown = min(room, len(words))

    def clear(self) -> None:
        if self._shown:
            print("\r" + " " * self._shown + "\r", end="", file=sys.stderr, flush=True)
            self._shown = 0


def _padded(value: str, room: int, cells: int | None) -> str:
    return value.ljust(room) if cells is None else fit(value, room)


def _cut(value: str, cells: int | None) -> str:
    return value.rstrip() if cells is None else fit(value, cells).rstrip()
