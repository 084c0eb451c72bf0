"""The shell's arguments: which commands there are, and what may be written after each."""

from __future__ import annotations

import argparse
from typing import NoReturn

from pptui import __version__


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # The message repeats what was typed, or what a script passed on from somewhere else.
        super().error("".join(sign if sign.isprintable() else "?" for sign in message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="pptui",
        description="A podcast player for the terminal. Without a command it opens the player.",
        epilog="Each command has its own --help.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"pptui {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, words: str, *, json: bool = False) -> argparse.ArgumentParser:
        one = commands.add_parser(
            name,
            help=words,
            description=f"{words[0].upper()}{words[1:]}.",
            allow_abbrev=False,
        )
        one.set_defaults(command=name)
        if json:
            _json(one)
        return one

    add = command("add", "subscribe to feeds")
    add.add_argument("sources", nargs="+", metavar="SOURCE", help="address of a feed, or a feed file")

    remove = command("remove", "unsubscribe; what was heard is kept")
    remove.add_argument(
        "podcasts",
        nargs="+",
        metavar="PODCAST",
        help="id, address or part of the title",
    )

    refresh = command("refresh", "look for new episodes", json=True)
    refresh.add_argument(
        "podcasts",
        nargs="*",
        metavar="PODCAST",
        help="id, address or part of the title; else all",
    )

    command("podcasts", "list the subscriptions", json=True)

    episodes = command("episodes", "list episodes", json=True)
    episodes.add_argument(
        "podcast",
        nargs="?",
        metavar="PODCAST",
        help="id, address or part of the title; else all",
    )
    episodes.add_argument("--limit", type=_count, metavar="N", help="at most so many")
    episodes.add_argument(
        "--sort",
        choices=("newest", "oldest", "longest", "shortest", "title"),
        default="newest",
        help="in which order (default: newest)",
    )
    episodes.add_argument(
        "--filter",
        choices=("all", "unplayed", "in-progress", "downloaded", "chapters"),
        default="all",
        help="which of them; chapters: those with chapters in the feed (default: all)",
    )

    search = command("search", "find words in titles, notes and chapters", json=True)
    search.add_argument(
        "words",
        nargs="*",  # so that an unknown option is what is complained of
        metavar="WORDS",
        help="all must be found, the last may be unfinished; in double quotes: in a row; begin*",
    )
    search.add_argument(
        "--limit", type=_count, metavar="N", default=200, help="at most so many (default: 200)"
    )

    chapters = command("chapters", "print or convert the chapters of audio, show notes or an episode")
    chapters.add_argument(
        "source",
        metavar="SOURCE",
        help="audio, notes, chapters file, feed, episode id or subscription; - reads standard input",
    )
    output = chapters.add_mutually_exclusive_group()
    _json(output)
    output.add_argument(
        "--format",
        choices=("text", "json", "psc", "ffmetadata", "webvtt", "cue"),
        help="print a document that other programs read",
    )
    chapters.add_argument(
        "--from",
        dest="origin",
        choices=("notes", "podlove", "json", "file", "all"),
        help="the list of this source, or all there are (default: the most trusted)",
    )
    chapters.add_argument(
        "--episode",
        type=_count,
        metavar="N",
        help="of a feed: which episode, 1 is the newest (default: 1)",
    )
    chapters.add_argument(
        "--duration",
        type=_time,
        metavar="SECONDS",
        help="length of what the show notes are about, where known",
    )

    play = command("play", "open the player and play")
    play.add_argument(
        "source",
        metavar="SOURCE",
        help="episode id, subscription or feed (its newest episode), or an audio file or address",
    )
    _start(play)

    _start(command("demo", "open the player with the built-in episode"))

    restore = command("restore", "list the backups of the library, or go back to one", json=True)
    restore.add_argument(
        "date", nargs="?", metavar="DATE", help="the backup to go back to, as it is listed; else list them"
    )
    restore.add_argument("--yes", action="store_true", help="go back without asking")

    command("status", "tell what is playing, or was last", json=True)
    command("doctor", "check that everything is here that pptui needs")
    command("paths", "list where pptui keeps things", json=True)
    return parser


def _json(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")


def parsed(words: list[str]) -> argparse.Namespace:
    """What the words after the program's name ask for. Ends the program after --help and wrong usage."""
    parser = _parser()
    arguments, unknown = parser.parse_known_args(words)
    searching = arguments.command == "search"
    if unknown:
        hint = " (words that begin with - go behind --)" if searching else ""
        parser.error(f"unrecognized arguments: {' '.join(unknown)}{hint}")
    if searching and not arguments.words:
        parser.error("search: WORDS are missing")
    if arguments.command == "restore" and arguments.date and arguments.json:
        parser.error("--json lists backups: leave out DATE")
    if arguments.command == "chapters" and arguments.format and arguments.origin == "all":
        parser.error("--format writes one list: choose it with --from")
    return arguments


def _start(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--at",
        type=_time,
        metavar="TIME",
        help="start there: 15:46, 1:02:03 or seconds",
    )
    where.add_argument(
        "--chapter",
        type=_count,
        metavar="N",
        help="start at this chapter, 1 is the first",
    )


def _count(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value) > 0):
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 999999999")
    return int(value)


def _time(value: str) -> float:
    from pptui.times import parse_time

    try:
        return parse_time(value)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None
