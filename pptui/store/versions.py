"""Versions of what the library's tables hold, and how an older one becomes a newer one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Document = Mapping[str, Any]
"""A JSON object. It is never changed in place, so that it can be shared between threads."""

Documents = dict[str, Document]
"""One table: documents by id."""

Tables = dict[str, Documents]
"""Everything in the file."""

STEPS: tuple[Callable[[Tables], Tables], ...] = ()
"""What makes tables of the first version those of the second, and so on; no step has been needed yet.

A step is for good once a version with it was released: `tests/store/released` has a library of each."""


def newest() -> int:
    """The version that is written, kept in the file as `{"_schema": {"1": {"version": 1}}}`."""
    return 1 + len(STEPS)


def migrated(tables: Tables, version: int) -> Tables:
    """Tables of that version as they are in the newest."""
    for step in STEPS[version - 1 :]:
        tables = step(tables)
    return tables
