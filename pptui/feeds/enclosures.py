"""What there is to play in an item of a feed: which of its enclosures, and where it is."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from pptui import text
from pptui.feeds import values
from pptui.feeds.document import Field, Record


class Media(NamedTuple):
    """`url` is an http(s) address or an absolute path, `size` is in bytes as the feed says."""

    url: str = ""
    type: str = ""
    size: int | None = None
    rank: int = 0


_NONE = Media()
_AUDIO, _VIDEO, _UNKNOWN = 3, 2, 1
_AUDIO_ENDINGS = re.compile(
    r"\.(?:mp[23]|m4[abr]|aac|ogg|oga|opus|flac|wav|wma|aiff?|mka|spx|ac3|amr|caf|weba)\s*\Z", re.IGNORECASE
)
_VIDEO_ENDINGS = re.compile(r"\.(?:mp4|m4v|mov|mkv|webm|avi|mpe?g|ogv|wmv|flv|3gp|ts)\s*\Z", re.IGNORECASE)
_AUDIO_TYPES = frozenset({"application/ogg", "application/x-ogg", "application/mp3"})
_VIDEO_TYPES = frozenset({"application/mp4", "application/x-matroska"})
_ANY_TYPES = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/force-download"})


def media(item: Record, url: str) -> Media:
    """What is to be played: the first audio file, else the first video, else what may be either."""
    best = _NONE
    for field in item.fields:
        if field.name in _OFFERS and (one := _offer(field, url)) and one.rank > best.rank:
            best = one
    return best


_OFFERS = frozenset({"enclosure", "link", "media:content"})


def _offer(field: Field, url: str) -> Media | None:
    attributes = field.attributes
    if field.name == "enclosure":
        address = attributes.get("url") or attributes.get("href") or attributes.get("uri") or field.text
    elif field.name == "media:content":
        address = attributes.get("url", "")
    elif attributes.get("rel", "").strip().lower() == "enclosure":
        address = attributes.get("href", "")
    else:
        return None
    kind = _kind(attributes.get("type", ""))
    rank = _rank(kind, attributes.get("medium", "").strip().lower(), address)
    if not rank or (rank == _UNKNOWN and field.name == "media:content"):
        return None
    found = field.address(address) or _local(address, url)
    size = values.whole(attributes.get("length") or attributes.get("filesize") or "")
    return Media(found, kind, size, rank) if found else None


@lru_cache(100)
def _kind(written: str) -> str:
    return text.line(written, 100).partition(";")[0].strip().lower()


def _rank(kind: str, medium: str, address: str) -> int:
    if (kind.startswith("audio/") and "mpegurl" not in kind) or kind in _AUDIO_TYPES:
        return _AUDIO
    if kind.startswith("video/") or kind in _VIDEO_TYPES:
        return _VIDEO
    if medium in ("audio", "video"):
        return _AUDIO if medium == "audio" else _VIDEO
    path = address.partition("?")[0].partition("#")[0][-20:]
    if _AUDIO_ENDINGS.search(path):
        return _AUDIO
    if _VIDEO_ENDINGS.search(path):
        return _VIDEO
    return _UNKNOWN if kind in _ANY_TYPES and not medium else 0


def _local(address: str, url: str) -> str:
    """The path of a file beside a local feed; "" for one elsewhere, or if the feed isn't local."""
    address = address.strip()
    if not url.startswith("/") or not address or address.startswith(("/", "\\")):
        return ""
    try:
        parts = urlsplit(address)
        name = unquote(parts.path, errors="strict")
        if parts.scheme or parts.netloc or not name.isprintable():
            return ""
        folder = Path(os.path.realpath(Path(url).parent))
        path = Path(os.path.realpath(folder / name))
    except (ValueError, OSError):
        return ""
    return str(path) if path != folder and path.is_relative_to(folder) else ""
