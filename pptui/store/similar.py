"""Episodes that are about the same: they share words that are rare in the catalogue.

What every episode of a podcast says (sponsors, addresses, who makes it) is about none of them: words that
many of an episode's neighbours have too are left out. So are those that a good part of all episodes have.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice

from pptui.store.index import plain
from pptui.text.folding import folded

_LONG = 4000  # characters of notes that are looked at: what it is about stands in the beginning
_NEIGHBOURS = 12  # episodes of the same podcast that tell what it always says
_ALWAYS = 0.25  # the part of them from which on a word is what it always says
_COMMON = 0.1  # the part of the catalogue from which on a word tells nothing
_ASKED = 50  # words whose rarity is asked for
_TOLD = 20  # words that tell what an episode is about
_TITLE = 3  # how often a word in the title counts
_LOOKED_AT = 25  # episodes that are compared in full
_ENOUGH = 0.2  # the part of what the words weigh that a similar episode shares
_AT_LEAST = 2  # words


@dataclass(frozen=True, slots=True)
class About:
    """What an episode says of itself; `key` None for one that is not in the catalogue."""

    key: int | None
    title: str
    notes: str
    is_html: bool


def similar(reader: sqlite3.Connection, about: About, dropped: Collection[int], limit: int) -> list[int]:
    """Keys of the episodes most like one, the likest first; not more than half of its own podcast
    where others are like it too. None of podcasts in `dropped`, by their keys.

    The connection is for this alone: it gets a temporary table."""
    reader.execute(_VOCABULARY)
    weights, whole = _telling(reader, about)
    if len(weights) < _AT_LEAST:
        return []
    match = " OR ".join(f'"{word}"' for word in weights)
    rows = reader.execute(
        _FIND, {"match": match, "own": about.key, "dropped": json.dumps(list(dropped)), "limit": _LOOKED_AT}
    )
    candidates = [(int(key), bool(sibling)) for key, sibling in rows]
    texts = {one.key: _words(one) for one in _abouts(reader, [key for key, _ in candidates])}
    scored = []
    for key, sibling in candidates:
        shared = weights.keys() & texts[key].keys()
        score = sum(weights[word] for word in shared) / whole
        if len(shared) >= _AT_LEAST and score >= _ENOUGH:
            scored.append((score, key, sibling))
    scored.sort(key=lambda one: -one[0])
    return _mixed([(key, sibling) for _, key, sibling in scored], limit)


def _telling(reader: sqlite3.Connection, about: About) -> tuple[dict[str, float], float]:
    """The words that tell what an episode is about and that others have too, with what each weighs; and
    what all that it is about weighs."""
    words = _words(about)
    neighbours = [_words(one) for one in _neighbours(reader, about)]
    said = Counter(word for one in neighbours for word in one)
    always = max(len(neighbours) * _ALWAYS, 2)
    own = (word for word in words if said[word] <= always and (len(word) > 2 or not word.isascii()))
    # The longer a word the rarer it is, on the whole: of very many only the best are asked for.
    asked = sorted(own, key=lambda word: -words[word] * len(word))[:_ASKED]
    counts = dict(reader.execute(_COUNTS, (json.dumps(asked),)).fetchall())
    everything = reader.execute("SELECT coalesce(sum(episodes), 0) FROM podcast").fetchone()[0]
    # In a small catalogue almost any word is rare; there, what two of some twenty have is not yet common.
    common = max(everything * _COMMON, min(3, everything / 2))
    alone = 0 if about.key is None else 1
    weights = {
        word: words[word] * math.log(1 + everything / max(counts.get(word, 0), 2))
        for word in asked
        if counts.get(word, 0) <= common
    }
    best = sorted(weights, key=lambda word: -weights[word])
    shared = [word for word in best if counts.get(word, 0) > alone]
    return {word: weights[word] for word in shared[:_TOLD]}, sum(weights[word] for word in best[:_TOLD])


def _words(about: About) -> Counter[str]:
    """The words of an episode; how often one is said tells little, whether it is in the title much."""
    notes = plain(about.notes[: 2 * _LONG]) if about.is_html else about.notes
    counted = Counter(dict.fromkeys(folded(notes[:_LONG]).split(), 1))
    for word in folded(about.title).split():
        counted[word] = _TITLE
    return counted


def _neighbours(reader: sqlite3.Connection, about: About) -> list[About]:
    """Episodes published before and after, in the same podcast."""
    if about.key is None:
        return []
    keys = [key for (key,) in reader.execute(_NEAR, {"key": about.key, "limit": _NEIGHBOURS // 2})]
    return _abouts(reader, keys)


def _abouts(reader: sqlite3.Connection, keys: Iterable[int]) -> list[About]:
    rows = reader.execute(_ABOUT, (json.dumps(list(keys)),))
    return [About(key, title, notes, bool(is_html)) for key, title, notes, is_html in rows]


def _mixed(found: list[tuple[int, bool]], limit: int) -> list[int]:
    siblings = [key for key, sibling in found if sibling]
    others = sum(not sibling for _, sibling in found)
    kept = set(siblings[: max(limit // 2, limit - others)])
    return list(islice((key for key, sibling in found if not sibling or key in kept), limit))


# How many episodes have a word.
_VOCABULARY = "CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (main, words, row)"
_FIND = (
    "SELECT f.rowid, e.podcast IS (SELECT podcast FROM episode WHERE key = :own)"
    " FROM (SELECT rowid, rank FROM words WHERE words MATCH '{notes chapters title} : (' || :match || ')'"
    " ORDER BY rank LIMIT :limit) f JOIN episode e ON e.key = f.rowid"
    " WHERE e.key IS NOT :own AND e.podcast NOT IN (SELECT value FROM json_each(:dropped)) ORDER BY f.rank"
)
_COUNTS = "SELECT v.term, v.doc FROM json_each(?) asked CROSS JOIN temp.vocabulary v ON v.term = asked.value"
_ABOUT = (
    f"SELECT e.key, e.title, substr(coalesce(n.text, ''), 1, {2 * _LONG}), coalesce(n.is_html, 0)"
    " FROM json_each(?) wanted CROSS JOIN episode e ON e.key = wanted.value"
    " LEFT JOIN notes n ON n.episode = e.key"
)
_NEAR = (
    "WITH own AS (SELECT key, podcast, coalesce(published, 0) AS published FROM episode WHERE key = :key)"
    " SELECT * FROM (SELECT e.key FROM own JOIN episode e ON e.podcast = own.podcast"
    "  AND e.published <= own.published AND e.key <> own.key ORDER BY e.published DESC LIMIT :limit)"
    " UNION ALL SELECT * FROM (SELECT e.key FROM own JOIN episode e ON e.podcast = own.podcast"
    "  AND e.published > own.published ORDER BY e.published LIMIT :limit)"
)
