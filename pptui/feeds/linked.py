"""Chapter lists in files of their own, which a feed only points to: JSON chapters or Podlove's XML."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pptui.chapters import podcasting, podlove
from pptui.feeds.failures import FetchError
from pptui.feeds.fetch import Fetcher, Validators
from pptui.models import Chapter
from pptui.store.catalogue import Catalogue, StoreError
from pptui.store.links import StoredLink

LIMIT = 2 * 1024 * 1024
"""Bytes of a file, after decompression; 10,000 chapters with links and pictures have as many."""

FRESH = timedelta(hours=1)
"""How long a file is taken for what it was without asking the server."""

_SILENCE = 5.0
_TOTAL = 10.0


def fetcher(user_agent: str) -> Fetcher:
    """A fetcher for small files that somebody waits for: 2 MiB, 10 seconds."""
    return Fetcher(timeout=_SILENCE, total=_TOTAL, limit=LIMIT, user_agent=user_agent)


def linked(
    url: str,
    catalogue: Catalogue,
    fetcher: Fetcher,
    *,
    asker: str | None = None,
) -> tuple[Chapter, ...]:
    """The chapters in the file at an http(s) address, () where there are none; it raises nothing.

    `asker` is the address of the feed that names it: see `Fetcher.fetch`.
    It waits for the network, for as long and as many bytes as `fetcher` allows: see `fetcher` above.
    What was fetched stays in the catalogue: for an hour it is not asked for again, afterwards by its
    validators, and it still holds where there is no answer or one without chapters.
    """
    stored = catalogue.linked(url)
    now = datetime.now(UTC)
    if stored is None or not timedelta(0) <= now - stored.fetched < FRESH:
        with suppress(FetchError):
            stored = _fetch(url, stored, now, catalogue, fetcher, asker)
    return read(stored.body, stored.base) if stored else ()


def read(body: bytes, base: str = "") -> tuple[Chapter, ...]:
    """The chapters in a file of either kind; only its content tells which, servers call them anything."""
    return podcasting.from_json(body, base) or podlove.from_xml(body, base)


def _fetch(
    url: str,
    stored: StoredLink | None,
    now: datetime,
    catalogue: Catalogue,
    fetcher: Fetcher,
    asker: str | None,
) -> StoredLink | None:
    known = Validators(stored.etag, stored.modified) if stored else Validators()
    fetched = fetcher.fetch(url, known, asker=asker)
    etag, modified = fetched.validators.etag, fetched.validators.modified
    if fetched.body is not None:
        if not read(fetched.body, fetched.url):
            # A page that says "not found" as if it were the file, or that a hotel's network puts there.
            return stored
        stored = StoredLink(fetched.body, fetched.url, now, etag, modified)
    elif stored is not None:
        stored = replace(stored, fetched=now, etag=etag, modified=modified)
    if stored is not None:
        with suppress(StoreError):
            catalogue.save_linked(url, stored)
    return stored
