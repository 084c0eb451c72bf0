"""What goes to and fro between `reading` and the process that reads feeds for it (`reader`), as bytes.

An answer is JSON and text, which can be nothing else than data. Episodes' texts are not in the JSON: to quote
them would take longer than all the rest.
"""

from __future__ import annotations

import errno
import json
import struct
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice, repeat
from typing import Any

from pptui import __version__
from pptui.feeds.parsed import FeedError, ParsedEpisode, ParsedFeed
from pptui.models import Chapter, Source
from pptui.store.feed import Known

MEMORY = 2 * 1024**3
"""Bytes that the process may have."""
GREETING = f"{__version__}\n".encode()
"""What it says when it is ready: another version's answers may be others."""
SPENT = errno.ENOMEM
"""How it ends over a feed for which it has too little memory."""
PIPE = 1024 * 1024
"""Bytes that go through at once, where the system lets them: what unprivileged users may ask of Linux."""

ANSWER = struct.Struct("<2Q")
"""How many bytes come after it, of JSON and of text."""

_REQUEST = struct.Struct("<4Q")
_UTF8 = ("utf-8", "surrogatepass")  # a file's name may have anything in it


def request(url: str, content_type: str, digests: Iterable[int], length: int) -> bytes:
    """What goes before a body of so many bytes. `digests` are those of the known episodes."""
    parts = (
        url.encode(*_UTF8),
        content_type.encode(*_UTF8),
        array("q", digests).tobytes(),
    )
    return b"".join((_REQUEST.pack(*map(len, parts), length), *parts))


def asked(read: Callable[[int], bytes]) -> tuple[bytes, str, str, list[Known]]:
    """What `parse` is to be given, of a request of which `read` gives the next so many bytes."""
    lengths = _REQUEST.unpack(read(_REQUEST.size))
    url, content_type, digests, body = map(read, lengths)
    known = [Known("", digest=one) for one in array("q", digests)]
    return body, str(url, *_UTF8), str(content_type, *_UTF8), known


_TEXTS = ("guid", "title", "enclosure", "media_type", "link", "notes", "chapters_url")
_END = "\0"
"""Stands behind each text, and in none of them: they were made safe."""


def packed(feed: ParsedFeed) -> tuple[bytes, bytes]:
    """A feed as JSON, and the texts of its episodes, one behind the other.

    The episodes that were read come field by field, which is three times as quick as one by one."""
    read = feed.episodes
    fields: Iterable[Sequence[Any]] = zip(*read, strict=True) if read else repeat(())
    columns = dict(zip(ParsedEpisode._fields, fields, strict=False))
    texts = [*(columns[name] for name in _TEXTS), *columns["other_notes"], ("",)]
    for name in _TEXTS:
        columns[name] = ()
    columns["other_notes"] = [*map(len, columns["other_notes"])]
    columns["published"] = [moment and moment.isoformat() for moment in columns["published"]]
    head = {
        "title": feed.title,
        "author": feed.author,
        "description": feed.description,
        "link": feed.link,
        "new_url": feed.new_url,
        "ttl_minutes": feed.ttl_minutes,
        "whole": feed.whole,
        "items": [one.digest if isinstance(one, Known) else None for one in feed.items],
        "columns": columns,
    }
    return json.dumps(head).encode("ascii"), _END.join(chain.from_iterable(texts)).encode(*_UTF8)


def refused(line: str) -> tuple[bytes, bytes]:
    """What says in the place of a feed that there is none."""
    return json.dumps({"error": line}).encode("ascii"), b""


def unpacked(head: bytes, text: bytes, known: Mapping[int, Known]) -> ParsedFeed:
    """The feed. Raises FeedError where there was none, and anything at all for what was never packed."""
    feed: dict[str, Any] = json.loads(head)
    if "error" in feed:
        raise FeedError(feed["error"])
    items, columns = feed.pop("items"), feed.pop("columns")
    number = items.count(None)
    texts = iter(text.decode(*_UTF8).split(_END))
    for name in _TEXTS:
        columns[name] = [*islice(texts, number)]
    columns["other_notes"] = [tuple(islice(texts, others)) for others in columns["other_notes"]]
    if [*texts] != [""]:
        raise ValueError("texts are missing or too many")
    columns["published"] = [one and datetime.fromisoformat(one) for one in columns["published"]]
    columns["chapters"] = [tuple(map(_chapter, chapters)) for chapters in columns["chapters"]]
    read = map(ParsedEpisode, *(columns[name] for name in ParsedEpisode._fields))
    return ParsedFeed(**feed, items=tuple([next(read) if one is None else known[one] for one in items]))


def _chapter(row: Sequence[Any]) -> Chapter:
    start, title, end, source, *rest = row
    return Chapter(start, title, end, Source(source), *rest)
