"""What both readers make of a feed: its elements, under one name each, in the order of the document.

What the elements mean is decided once, in `pptui.feeds.parse`, so that a feed reads the same
whichever reader it needs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pptui.text import safe_url

CORE = ""

# A namespace is recognised by its address without scheme, "www." and trailing slash, in any case:
# feeds are careless about all four.
_NAMESPACES = {
    "backend.userland.com/rss": CORE,
    "backend.userland.com/rss2": CORE,
    "blogs.law.harvard.edu/tech/rss": CORE,
    "cyber.law.harvard.edu/rss": CORE,
    "purl.org/rss/1.0": CORE,
    "my.netscape.com/rdf/simple/0.9": CORE,
    "w3.org/2005/atom": CORE,
    "purl.org/atom/ns#": CORE,
    "itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "example.com/dtds/podcast-1.0.dtd": "itunes",
    "purl.org/rss/1.0/modules/content": "content",
    "purl.org/rss/1.0/modules/syndication": "sy",
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/terms": "dcterms",
    "search.yahoo.com/mrss": "media",
    "podlove.org/simple-chapters": "psc",
    "podcastindex.org/namespace/1.0": "podcast",
    "github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
    "w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
}
PREFIXES = frozenset(_NAMESPACES.values())
_CARELESS = re.compile(r"\Ahttps?://(?:www\.)?")


def prefix_of(namespace: str) -> str | None:
    """The prefix by which this program calls a namespace, "" for RSS and Atom themselves, None if unknown."""
    return _NAMESPACES.get(_CARELESS.sub("", namespace.strip().lower()).rstrip("/"))


_VOID_END = re.compile(r"</(?:area|base|br|col|embed|hr|img|input|source|track|wbr)\s*>", re.IGNORECASE)


def without_void_ends(markup: str) -> str:
    """HTML without the ends that XML has for empty elements: browsers take `</br>` for another one."""
    return _VOID_END.sub("", markup)


# Elements that hold text for people; what is inside them is text, whatever it looks like.
TEXTS = frozenset(
    {
        "title",
        "itunes:title",
        "media:title",
        "description",
        "summary",
        "subtitle",
        "tagline",
        "content",
        "content:encoded",
        "itunes:summary",
        "itunes:subtitle",
        "media:description",
    }
)
WANTED = TEXTS | {
    "author",
    "author/name",
    "created",
    "dc:creator",
    "dc:date",
    "dcterms:created",
    "dcterms:issued",
    "dcterms:modified",
    "enclosure",
    "guid",
    "id",
    "issued",
    "itunes:author",
    "itunes:duration",
    "itunes:new-feed-url",
    "link",
    "managingeditor",
    "media:content",
    "modified",
    "newlocation",
    "podcast:chapters",
    "pubdate",
    "published",
    "rdf:about",
    "sy:updatefrequency",
    "sy:updateperiod",
    "ttl",
    "updated",
}


@dataclass(slots=True)
class Field:
    """One element. `name` is lower case with our prefix, attribute names are lower case without one.

    `base` is the address that relative ones in it refer to. `markup` says that `text` is markup
    written into the feed as it is, not escaped."""

    name: str
    attributes: Mapping[str, str]
    text: str = ""
    base: str = ""
    markup: bool = False

    def address(self, written: str | None) -> str:
        """The http(s) address written in this element, as `text.safe_url` has it."""
        # Most are whole, and joining is half of its work.
        return safe_url(written, "" if written and IS_WHOLE.match(written) else self.base)


IS_WHOLE = re.compile(r"\s*https?://", re.IGNORECASE)


@dataclass(slots=True)
class Record:
    """A channel or an item. `chapters` are the attributes of the `psc:chapter` elements of the first
    list there is, None where there is no list; `chapters_base` resolves links in them. `digest` tells an
    item from any that is written otherwise, None where that can't be told; one that is known by it has
    nothing else."""

    fields: list[Field] = field(default_factory=list)
    chapters: list[dict[str, str]] | None = None
    chapters_base: str = ""
    digest: int | None = None

    def named(self) -> dict[str, list[Field]]:
        """The fields by name, those of one name in the order of the document."""
        found: dict[str, list[Field]] = {}
        for one in self.fields:
            found.setdefault(one.name, []).append(one)
        return found


@dataclass(slots=True)
class Document:
    channel: Record = field(default_factory=Record)
    items: list[Record] = field(default_factory=list)
