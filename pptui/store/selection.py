"""The lists there are, and how the keys of their episodes are read in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Which list."""

    PODCAST = "podcast"
    NEW = "new"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which episodes, the newest first.

    podcast: of one podcast; all: of every podcast; new: neither begun nor played, published after
    `since`. `podcast` narrows each of them to one podcast, `since` only concerns new."""

    kind: Kind = Kind.ALL
    podcast: str | None = None
    since: datetime | None = None


_UNTOUCHED = "NOT EXISTS (SELECT 1 FROM temp.heard h WHERE h.key = e.key AND (h.position > 0 OR h.played))"

# (column, descending); the key decides among equals, so that no episode is on two pages.
_ORDER = (("e.published", True), ("e.place", True), ("e.podcast", False), ("e.key", False))


def keys_query(selection: Selection, *, backwards: bool = False) -> tuple[str, dict[str, Any]]:
    """The statement that gives the keys of a list in its order, with its values but for limit and offset."""
    source, values = source_of(selection)
    by = ", ".join(f"{column} {'DESC' if falls != backwards else 'ASC'}" for column, falls in _ORDER)
    return (f"SELECT e.key FROM {source} ORDER BY {by} LIMIT :limit OFFSET :offset", values)


def source_of(selection: Selection) -> tuple[str, dict[str, Any]]:
    """What comes after FROM, and its values."""
    values: dict[str, Any] = {}
    if selection.podcast is None:
        conditions = ["e.podcast NOT IN (SELECT podcast FROM temp.dropped)"]
    else:
        conditions = ["e.podcast = (SELECT key FROM podcast WHERE id = :podcast)"]
        values["podcast"] = selection.podcast
    if selection.kind is Kind.NEW:
        conditions.append(_UNTOUCHED)
        if selection.since is not None:
            conditions.append("e.published > :since")
            values["since"] = selection.since.timestamp()
    return f"episode e WHERE {' AND '.join(conditions)}", values
