"""What a search found, as it is shown: the line that it was found by, and what to highlight in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pptui import text
from pptui.episodes import detail
from pptui.models import Chapter, EpisodeRow, Hit, Marks, Progress, Where
from pptui.store.catalogue import Catalogue
from pptui.store.feed import StoredNotes
from pptui.store.search import Match
from pptui.text import markup
from pptui.text.folding import Term, folded, marks, terms

_PART = 16
"""Hits made at a time: what most screens have room for."""
_SEEN = 70
"""Characters of a line that are seen on a narrow screen; what was found must be among them."""
_LEAD = 30
"""Characters that are left in front of what was found where a line is cut for that."""
_LONGEST = 300

# Lines of notes in pieces, cut between words where there are any.
_PIECE = re.compile(r"\S.{0,239}(?!\S)|\S.{0,239}")


@dataclass(frozen=True, slots=True)
class Found:
    """A search as far as it has come: of `count` episodes, the first `hits`.

    With `more`, others were found than were asked for. Not `sought` is what has no words in it."""

    hits: tuple[Hit, ...] = ()
    count: int = 0
    more: bool = False
    sought: bool = True


def search(
    typed: str, catalogue: Catalogue, progress: Callable[[str], Progress], limit: int
) -> Iterator[Found]:
    """What is found for what is typed, again and again as more is known: the last has everything.

    First come the hits, then when the chapters begin that are only written in notes. Gives nothing
    where another search is asked for meanwhile. Takes its time: for a thread of its own."""
    wanted = terms(typed)
    if not wanted:
        yield Found(sought=False)
        return
    matches = catalogue.search(wanted, limit + 1)
    if matches is None:
        return
    more, matches = len(matches) > limit, matches[:limit]
    hits: list[Hit] = []
    texts: list[StoredNotes] = []
    for start in range(0, len(matches), _PART):
        for hit, notes in _hits(matches[start : start + _PART], wanted, catalogue, progress):
            hits.append(hit)
            texts.append(notes)
        yield Found(tuple(hits), len(matches), more)
    for at, (hit, notes) in enumerate(zip(tuple(hits), texts, strict=True), 1):
        chapter = _written(hit, notes, wanted)
        if chapter is not None:
            hits[at - 1] = _of_chapter(hit, chapter, wanted)
        if at % _PART == 0:
            yield Found(tuple(hits), len(hits), more)
    yield Found(tuple(hits), len(hits), more)


def _hits(
    matches: Sequence[Match],
    wanted: Sequence[Term],
    catalogue: Catalogue,
    progress: Callable[[str], Progress],
) -> Iterator[tuple[Hit, StoredNotes]]:
    keys = [match.key for match in matches]
    texts = catalogue.texts(keys)
    for match, known in zip(matches, catalogue.by_key(keys), strict=True):
        if known is None:
            continue  # gone since
        episode, chapter_count = known
        notes, learnt = texts.get(match.key, (StoredNotes(), ()))
        hit = Hit(
            EpisodeRow(episode, progress(episode.id), chapter_count),
            match.where,
            title_marks=marks(episode.title, wanted),
            podcast_marks=marks(episode.podcast_title, wanted),
        )
        chapters = (*notes.chapters, *learnt)
        titled, chapter = _best([one.title for one in chapters], wanted)
        lines = _lines(notes)
        noted, line = _best(lines, wanted)
        if match.where is Where.CHAPTER or (match.where is Where.NOTES and titled and titled >= noted):
            yield _of_chapter(hit, chapters[chapter], wanted), notes
        else:
            yield _by_line(hit, lines[line] if lines else "", wanted), notes


def _best(lines: Sequence[str], wanted: Sequence[Term]) -> tuple[int, int]:
    """The most terms that are in one line, and the first line which has so many."""
    found = [sum(term.within(line) for term in wanted) for line in map(folded, lines)]
    most = max(found, default=0)
    return most, found.index(most) if found else 0


def _lines(notes: StoredNotes) -> list[str]:
    source = notes.text
    if notes.is_html:
        source = markup.unescaped(source)
        blocks = markup.has_blocks(source)
        source = text.clean(markup.decode(markup.lines(source, blocks=blocks, breaks=not blocks)))
    return [piece for line in source.split("\n") for piece in _PIECE.findall(" ".join(line.split()))]


def _by_line(hit: Hit, line: str, wanted: Sequence[Term]) -> Hit:
    line, found = _cut(line, marks(line, wanted))
    return hit._replace(line=line, line_marks=found)


def _of_chapter(hit: Hit, chapter: Chapter, wanted: Sequence[Term]) -> Hit:
    return _by_line(hit, chapter.title, wanted)._replace(where=Where.CHAPTER, at=chapter.start)


def _written(hit: Hit, notes: StoredNotes, wanted: Sequence[Term]) -> Chapter | None:
    """The chapter whose title is the line of the notes that a hit was found by."""
    if hit.where is not Where.NOTES or not any(sign.isdecimal() for sign in hit.line):
        return None
    line = folded(hit.line)
    for chapters in detail.written_lists(notes, hit.row.episode.duration):
        for chapter in chapters:
            title = folded(chapter.title)
            if title and Term(tuple(title.split())).within(line) and any(one.within(title) for one in wanted):
                return chapter
    return None


def _cut(line: str, found: Marks) -> tuple[str, Marks]:
    """The line without what is too far from what was found in it."""
    start = 0
    if found and found[0][1] > _SEEN:
        start = found[0][0] - _LEAD
        start = max(line.find(" ", start, found[0][0]) + 1, start)
    cut = f"{'…' if start else ''}{line[start : start + _LONGEST]}"
    by = bool(start) - start
    if start + _LONGEST < len(line):
        cut = f"{cut.rstrip()}…"
    return cut, tuple((first + by, last + by) for first, last in found if last + by <= len(cut))
