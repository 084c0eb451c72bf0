"""A list as the keys of its episodes in their order: read once, whatever its length, and then paged through.

Each statement gives one row, a text with all there is in it. Python lets its lock go at every row that it
fetches, and a thread that is busy elsewhere takes milliseconds to give it back; so tens of thousands of
rows could take minutes while feeds are parsed.
"""

from __future__ import annotations

import heapq
import json
import math
import sqlite3
from array import array
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from pptui.store.heard import Heard
from pptui.store.selection import DOWNLOADED, Filter, Kind, Selection, Sort, title_order

_RUN = 4096  # keys that are sorted at once; sorting holds up all other threads


class Keys(NamedTuple):
    """The keys of a list in its order. `total` is how many it would have without its filter.

    Not `complete`: only the first of them, or none where the order can't be told from a part."""

    keys: array[int]
    total: int
    complete: bool = True


def read_keys(
    reader: sqlite3.Connection,
    selection: Selection,
    heard: Heard,
    dropped: Collection[int],
    within: int | None = None,
) -> Keys:
    """The keys of a list, after looking at no more than the first `within` that may belong to it.

    `dropped` are the keys of podcasts that are stored and no longer subscribed to."""
    query, values = candidates(selection, dropped)
    found = _keys(reader, query, {**values, "limit": -1 if within is None else within + 1})
    complete = within is None or len(found) <= within
    if not complete and selection.sort not in _INDEXED:
        return Keys(array("q"), 0, complete=False)
    if selection.kind is Kind.NEW:
        found = array("q", [key for key in found if key not in heard.begun and key not in heard.played])
    total = len(found)
    shown = _filtered(reader, found, selection.filter, heard)
    return Keys(_sorted(reader, shown, selection.sort, heard), total, complete)


def candidates(selection: Selection, dropped: Collection[int]) -> tuple[str, dict[str, Any]]:
    """The statement that gives what may belong to a list, and its values but for the limit.

    Its order is that of an index, and nothing is sorted."""
    values: dict[str, Any] = {}
    conditions = []
    if selection.podcast is not None:
        conditions.append("e.podcast = (SELECT key FROM podcast WHERE id = :podcast)")
        values["podcast"] = selection.podcast
    elif dropped:
        conditions.append("e.podcast NOT IN (SELECT value FROM json_each(:dropped))")
        values["dropped"] = json.dumps(list(dropped))
    if selection.kind is Kind.NEW and selection.since is not None:
        conditions.append("e.published > :since")
        values["since"] = selection.since.timestamp()
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    by = ", ".join(
        f"{column} {'DESC' if falls != (selection.sort is Sort.OLDEST) else 'ASC'}"
        for column, falls in _ORDER
    )
    inner = f"SELECT e.key FROM episode e{where} ORDER BY {by} LIMIT :limit"
    return f"SELECT json_group_array(key) FROM ({inner})", values


# (column, descending); the key decides among equals.
_ORDER = (("e.published", True), ("e.place", True), ("e.podcast", False), ("e.key", False))
_INDEXED = (Sort.NEWEST, Sort.OLDEST)


def _keys(reader: sqlite3.Connection, query: str, values: Mapping[str, object]) -> array[int]:
    return array("q", json.loads(reader.execute(query, values).fetchone()[0]))


def _filtered(reader: sqlite3.Connection, keys: array[int], wanted: Filter, heard: Heard) -> array[int]:
    if wanted is Filter.UNPLAYED:
        return array("q", [key for key in keys if key not in heard.played])
    belongs: Collection[int] = heard.begun
    if wanted in _STORED:
        query = f"{_STORED[wanted]} IN (SELECT value FROM json_each(:keys))"
        belongs = set(_keys(reader, query, {"keys": _json(keys)}))
    return keys if wanted is Filter.ALL else array("q", [key for key in keys if key in belongs])


_STORED = {
    Filter.DOWNLOADED: f"SELECT json_group_array(key) FROM episode WHERE {DOWNLOADED} AND key",
    Filter.CHAPTERS: "SELECT json_group_array(episode) FROM chapter_count WHERE chapters <> 0 AND episode",
}


def _sorted(reader: sqlite3.Connection, keys: array[int], sort: Sort, heard: Heard) -> array[int]:
    if sort is Sort.TITLE:
        return _by(
            keys, lambda part: {key: title_order(title) for key, title in _read(reader, part, "title")}
        )
    if sort in (Sort.LONGEST, Sort.SHORTEST):
        sign = -1 if sort is Sort.LONGEST else 1

        def lengths(part: array[int]) -> dict[int, float]:
            stored = _read(reader, part, "duration")
            known = {key: heard.lengths.get(key) or length for key, length in stored}
            return {key: math.inf if length is None else sign * length for key, length in known.items()}

        return _by(keys, lengths)
    return keys


def _read(reader: sqlite3.Connection, keys: array[int], column: str) -> list[tuple[int, Any]]:
    query = (
        f"SELECT json_group_array(json_array(key, {column})) FROM episode"
        " WHERE key IN (SELECT value FROM json_each(?))"
    )
    found: list[tuple[int, Any]] = json.loads(reader.execute(query, (_json(keys),)).fetchone()[0])
    return found


def _by(keys: array[int], values: Callable[[array[int]], Mapping[int, Any]]) -> array[int]:
    """The keys in the order of their values, equals as they were. One that has none any more is left out."""
    known: dict[int, Any] = {}
    runs = []
    for start in range(0, len(keys), _RUN):
        part = keys[start : start + _RUN]
        known.update(values(part))
        runs.append(sorted((key for key in part if key in known), key=known.__getitem__))
    return array("q", heapq.merge(*runs, key=known.__getitem__))


def _json(keys: array[int]) -> str:
    return json.dumps(keys.tolist())
