"""Commands about episodes and what is in them: `episodes`, `search`, `chapters`."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pptui import shell, text
from pptui.commands.shared import opened
from pptui.models import Source
from pptui.services import Services
from pptui.store.selection import Filter, Kind, Selection, Sort

if TYPE_CHECKING:
    from argparse import Namespace

    from pptui.models import Chapter


def episodes(arguments: Namespace) -> int:
    with opened() as services:
        one = services.podcast(arguments.podcast).id if arguments.podcast else None
        wanted = Filter(arguments.filter)
        if wanted is Filter.CHAPTERS:
            _count_chapters(services)
        selection = Selection(Kind.PODCAST if one else Kind.ALL, one, None, Sort(arguments.sort), wanted)
        rows = services.lists.every(selection, arguments.limit)
        if arguments.json:
            shell.dump_each(map(shell.episode_json, rows))
            return 0
        cells = shell.width()
        for row in rows:
            shell.say(shell.episode_line(row, cells, podcast=one is None))
        asked = [each for each in services.podcasts() if one in (None, each.id)]
        if asked and not any(each.refreshed for each in asked):
            shell.remark("nothing was fetched yet: pptui refresh fills the lists")
    return 0


def _count_chapters(services: Services) -> None:
    from pptui.episodes import counting

    progress = shell.Progressing()
    try:
        counting.count(
            services.catalogue,
            lambda done, total: progress.show(f"chapters of {done} of {total} episodes looked for"),
        )
    finally:
        progress.clear()


def search(arguments: Namespace) -> int:
    words = " ".join(arguments.words)
    with opened() as services:
        services.index()
        found = deque(services.search(words, arguments.limit), maxlen=1).pop()
    if arguments.json:
        shell.dump_each(map(shell.hit_json, found.hits))
        return 0
    for hit in found.hits:
        for line in shell.hit_lines(hit, shell.width()):
            shell.say(line)
    if not found.sought:
        shell.remark("nothing to look for: what is searched is made of letters and figures")
    elif not found.hits:
        shell.remark(f"nothing found for {shell.named(words)}")
    elif found.more:
        shell.remark(f"these are the first {found.count}; --limit gives more")
    return 0


def chapters(arguments: Namespace) -> int:
    from pptui import resolve

    with opened() as services:
        found = resolve.chapters(
            services,
            arguments.source,
            episode=arguments.episode,
            duration=arguments.duration,
        )
    every = arguments.origin == "all"
    origin = Source(arguments.origin) if arguments.origin and not every else None
    lists = found.lists if every else [found.best(origin)]
    if arguments.json:
        shell.dump_each(shell.chapter_json(chapter) for one in lists for chapter in one)
        return 0
    if arguments.format:
        from pptui.chapters import formats

        shell.document(formats.write(lists[0], arguments.format, title=found.title))
    else:
        _list_chapters(lists, headed=every)
    if not any(lists):
        where = f"no chapters{f' from {origin}' if origin else ''} in {shell.named(arguments.source)}"
        shell.remark(where)
    return 0


def _list_chapters(lists: Sequence[tuple[Chapter, ...]], *, headed: bool) -> None:
    for number, one in enumerate(lists):
        if headed:
            if number:
                shell.say("")
            shown = sum(not chapter.hidden for chapter in one)
            shell.say(f"{one[0].source}: {text.amount(shown, 'chapter')}")
        for line in shell.chapter_lines(one, shell.width()):
            shell.say(line)
