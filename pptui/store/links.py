"""Files that feeds point to, as last fetched: kept whole, so that a newer pptui may read more in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

_KEPT = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class StoredLink:
    """What an address gave. `base` is where it came from in the end, which its relative links are
    relative to; `etag` and `modified` are validators (RFC 9110, 8.8); `fetched` is when the server
    last sent it or said that it is what it was."""

    body: bytes
    base: str
    fetched: datetime
    etag: str = ""
    modified: str = ""


LINK = "SELECT body, base, fetched, etag, modified FROM link WHERE url = ?"


def link_from(row: Sequence[Any]) -> StoredLink:
    """What a row of `LINK` holds."""
    body, base, fetched, etag, modified = row
    return StoredLink(body, base, datetime.fromtimestamp(fetched, UTC), etag, modified)


def save_link(writer: sqlite3.Connection, url: str, link: StoredLink) -> None:
    """Write one, and drop those fetched a year or longer before it."""
    writer.execute(
        "INSERT OR REPLACE INTO link (url, body, base, fetched, etag, modified) VALUES (?, ?, ?, ?, ?, ?)",
        (url, link.body, link.base, link.fetched.timestamp(), link.etag, link.modified),
    )
    writer.execute("DELETE FROM link WHERE fetched < ?", ((link.fetched - _KEPT).timestamp(),))
