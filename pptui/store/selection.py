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
    CONTINUE = "continue"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which episodes, in which order.

    podcast: of one podcast; all: of every podcast; new: neither begun nor played, published after
    `since`; these newest first. continue: begun and not played, last heard first. `podcast` narrows
    each of them to one podcast, `since` only concerns new."""

    kind: Kind = Kind.ALL
    podcast: str | None = None
    since: datetime | None = None


_UNTOUCHED = "NOT EXISTS (SELECT 1 FROM temp.heard h WHERE h.key = e.key AND (h.position > 0 OR h.played))"


def keys_query(selection: Selection, *, backwards: bool = False) -> tuple[str, dict[str, Any]]:
    """The statement that gives the keys of a list in its order, with its values but for limit and offset."""
    source, values = source_of(selection)
    # (column, descending); the key decides among equals, so that no episode is on two pages.
    order = [("e.published", True), ("e.place", True), ("e.podcast", False), ("e.key", False)]
    if selection.kind is Kind.CONTINUE:
        order = [("h.heard", True), ("h.key", False)]
    by = ", ".join(f"{column} {'DESC' if falls != backwards else 'ASC'}" for column, falls in order)
    return (f"SELECT e.key FROM {source} ORDER BY {by} LIMIT :limit OFFSET :offset", values)


def source_of(selection: Selection) -> tuple[str, dict[str, Any]]:
    """What comes after FROM, and its values."""
    source = "episode e"
    conditions = []
    values: dict[str, Any] = {}
    if selection.podcast is not None:
        conditions.append("e.podcast = (SELECT key FROM podcast WHERE id = :podcast)")
        values["podcast"] = selection.podcast
    elif selection.kind in (Kind.ALL, Kind.NEW):
        conditions.append("e.podcast NOT IN (SELECT podcast FROM temp.dropped)")
    if selection.kind is Kind.CONTINUE:
        # CROSS JOIN keeps this order: from what was heard to the episodes.
        source = "temp.heard h CROSS JOIN episode e ON e.key = h.key"
        conditions.append("h.position > 0 AND NOT h.played")
    elif selection.kind is Kind.NEW:
        if selection.since is not None:
            conditions.append("e.published > :since")
            values["since"] = selection.since.timestamp()
        conditions.append(_UNTOUCHED)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return source + where, values
