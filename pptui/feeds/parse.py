"""The bytes of a feed into podcast and episodes: what its elements mean, whoever wrote them."""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from pptui import __version__, text
from pptui.chapters import podlove
from pptui.feeds import enclosures, source, values, xml
from pptui.feeds.document import IS_WHOLE, Document, Field, Record
from pptui.feeds.parsed import FeedError, ParsedEpisode, ParsedFeed
from pptui.models import Chapter
from pptui.store.feed import Known


def parse(body: bytes, url: str, content_type: str = "", known: Sequence[Known] = ()) -> ParsedFeed:
    """The podcast in a feed of any kind, ill-formed or not. Raises FeedError.

    Of the episodes `known`, an item that is written as it was when one of them was stored is not read
    again, and comes as the one that is known.

    `url` is where it was fetched, or an absolute path: then relative enclosures inside its folder
    become absolute paths. Nothing else of a feed ever names a local file.
    """
    if not body or body.isspace():
        raise FeedError("not a feed: the answer is empty")
    try:
        markup = source.markup(body, content_type)
        by_digest = {one.digest: one for one in known if one.digest is not None}
        if not markup.is_feed:
            raise FeedError(f"not a feed: {_instead(body, markup.root, content_type)}")
        document, whole = _read(markup, url, by_digest)
        return _feed(document, url, by_digest)._replace(whole=whole)
    except FeedError:
        raise
    except Exception as problem:
        # Whatever strangers' bytes make of a library: this feed is lost, the others are not.
        raise FeedError(f"not a feed: it can't be read ({text.line(problem, 120)})") from problem


def _read(markup: source.Markup, url: str, known: Container[int]) -> tuple[Document, bool]:
    """What it says, and whether that is all of it."""
    base = "" if url.startswith("/") else url
    document = None
    if markup.root == "rss":
        document = xml.read(markup.text, base, f"{__version__} {url}", known)
    if document is not None:
        return document, True
    whole, written = _uncut(markup.text)
    return _read_patiently(written, base), whole


_END = re.compile(r"</(?:\w+:)?(?:rss|rdf|feed|channel)\s*>", re.IGNORECASE)
_TAIL = 4000
"""Characters at the end of a feed that have its last tag in them: hosts put comments behind it."""
_STEP, _LONGEST_TAG = 65536, 64
_ITEM = re.compile(r"<(/?)(?:\w{1,40}:)?(?:item|entry)\b", re.IGNORECASE)


def _uncut(written: str) -> tuple[bool, str]:
    """Whether a feed came to its end; and what came of it, without an item that broke off.

    Half an item would be an episode of its own, and half a title another podcast's."""
    if _END.search(written[-_TAIL:]):
        return True, written
    # From the end on: a feed may have a million of them.
    for end in range(len(written), 0, -_STEP):
        if found := deque(_ITEM.finditer(written, max(0, end - _STEP), end + _LONGEST_TAG), maxlen=1):
            return False, written if found[0][1] else written[: found[0].start()]
    raise FeedError("not a feed: it was cut off before its first episode")


def _read_patiently(written: str, base: str) -> Document:
    from pptui.feeds import lenient  # feedparser: 20 ms and 3 MB, and most feeds are well-formed RSS

    try:
        return lenient.read(source.legal(written), base)
    except lenient.TooSlow:
        raise FeedError(
            f"not a feed: it is too damaged to be read in {lenient.SECONDS:.0f} seconds"
        ) from None


def _instead(body: bytes, root: str, content_type: str) -> str:
    """What was fetched in place of a feed."""
    kind = content_type.partition(";")[0].strip().lower()
    if body.startswith((b"ID3", b"OggS", b"fLaC", b"RIFF")) or kind.startswith(("audio/", "video/")):
        return "this is a recording; a feed is a list of them"
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return "this is JSON"
    if body.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        return "this is an archive"
    if b"\0" in body[:1024] and not body.startswith((b"\xff\xfe", b"\xfe\xff", b"\0", b"<\0")):
        return "this is not text"
    if root in ("html", "head", "body", "script", "div", "p", "br"):
        return "this is a web page"
    if root == "opml":
        return "this is a list of subscriptions (OPML)"
    if root:
        return f"this is XML of another kind ({text.line(root, 40)})"
    if kind == "text/html":
        return "this is a web page"
    return "there is nothing of one in it"


def _feed(document: Document, url: str, known: Mapping[int, Known]) -> ParsedFeed:
    channel = document.channel.named()
    items = (
        _episode(item, url) if item.digest is None or item.digest not in known else known[item.digest]
        for item in document.items
    )
    return ParsedFeed(
        title=_found(channel, ("title", "itunes:title"), _plain) or _name_of(url),
        author=_author(channel),
        description=_best(_texts(channel)),
        link=_link(channel),
        new_url=text.safe_url(_first(channel, "itunes:new-feed-url") or _first(channel, "newlocation")),
        ttl_minutes=_ttl(channel),
        items=tuple(item for item in items if item is not None),
    )


_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200}


def _ttl(channel: Mapping[str, list[Field]]) -> int | None:
    minutes = values.whole(_first(channel, "ttl"))
    if not minutes:
        period = _PERIODS.get(_first(channel, "sy:updateperiod").strip().lower(), 0)
        minutes = period // (values.whole(_first(channel, "sy:updatefrequency")) or 1)
    return minutes if 0 < minutes <= 60 * 24 * 30 else None


def _name_of(url: str) -> str:
    """A title for a feed without one: its file's name, or its host."""
    if url.startswith("/"):
        return text.line(Path(url).stem)
    return text.line(urlsplit(url).hostname or "") or "Untitled podcast"


_MANAGING_EDITOR = re.compile(r"\S{1,200}@\S{1,200}\s*\(([^()]{1,200})\)")


def _author(channel: Named) -> str:
    for name in ("itunes:author", "author/name", "dc:creator", "managingeditor", "author"):
        value = _plain(_first(channel, name), 200)
        if found := _MANAGING_EDITOR.fullmatch(value):
            return found[1].strip()
        if value:
            return value
    return ""


def _episode(record: Record, url: str) -> ParsedEpisode | None:
    item = record.named()
    enclosure, media_type, size, _ = enclosures.media(record, url)
    guid, guid_link = _guid(item)
    notes, notes_is_html, other_notes = _notes(item)
    link = _link(item) or guid_link
    title = _found(item, ("title", "itunes:title", "media:title"), _plain) or ""
    published = _moment(item)
    chapters: tuple[Chapter, ...] = ()
    if record.chapters:
        chapters = podlove.from_rows(record.chapters, record.chapters_base)
    chapters_url = _chapters_url(item)
    if not (title or guid or link or enclosure or notes or chapters or chapters_url):
        return None
    return ParsedEpisode(
        guid,
        title or _untitled(item, enclosure, published),
        published,
        _duration(item),
        enclosure,
        media_type,
        size,
        link,
        notes,
        notes_is_html,
        other_notes,
        chapters,
        chapters_url,
        record.digest,
    )


# --- one element

Named = Mapping[str, list[Field]]
_Meaning = TypeVar("_Meaning")


def _all(named: Named, names: Sequence[str]) -> list[Field]:
    """The elements of these names, those of the first name first."""
    return [field for name in names if name in named for field in named[name]]


def _found(named: Named, names: Sequence[str], read: Callable[[str], _Meaning | None]) -> _Meaning | None:
    """The first thing that `read` finds in the texts of these elements."""
    for name in names:
        for field in named.get(name, ()):
            if found := read(field.text):
                return found
    return None


def _first(named: Named, name: str) -> str:
    return _found(named, (name,), str) or ""


_INLINE = re.compile(
    r"</?(?:a|b|big|br|em|font|i|p|s|small|span|strong|sub|sup|u)(?:\s[^<>]{0,500})?/?>", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)


def _plain(value: str, limit: int = 500) -> str:
    """One line from a title: titles are text, but many feeds write HTML into them."""
    if "<" in value:
        value = _INLINE.sub("", value)
    if "&" in value and _ENTITY.search(value):
        value = _ENTITY.sub(lambda found: html.unescape(found[0]), value)
    return text.line(value, limit, windows=True)


def _guid(item: Named) -> tuple[str, str]:
    """The item's own name, and the same as a link where it is one (RSS 2.0, `isPermaLink`)."""
    for field in _all(item, ("guid", "id", "rdf:about")):
        guid = text.line(field.text, 2000)
        if guid:
            linked = field.attributes.get("ispermalink", "").strip().lower() != "false"
            return guid, text.safe_url(guid) if linked and IS_WHOLE.match(guid) else ""
    return "", ""


def _link(named: Named) -> str:
    for field in named.get("link", ()):
        address = field.attributes.get("href") or field.text
        if field.attributes:
            relation = field.attributes.get("rel", "alternate").strip().lower()
            kind = field.attributes.get("type", "text/html").strip().lower()
            if relation != "alternate" or kind not in ("text/html", "application/xhtml+xml", ""):
                continue
        if link := field.address(address):
            return link
    return ""


_MOMENTS = (
    "pubdate",
    "published",
    "issued",
    "dc:date",
    "dcterms:issued",
    "dcterms:created",
    "created",
    "updated",
    "modified",
    "dcterms:modified",
)


def _moment(item: Named) -> datetime | None:
    return _found(item, _MOMENTS, values.moment)


def _duration(item: Named) -> float | None:
    if found := _found(item, ("itunes:duration",), values.duration):
        return found
    for field in item.get("media:content", ()):
        if found := values.duration(field.attributes.get("duration", "")):
            return found
    return None


def _untitled(item: Named, enclosure: str, published: datetime | None) -> str:
    if subtitle := _plain(_first(item, "itunes:subtitle"), 100):
        return subtitle
    name = unquote(enclosure.partition("?")[0].rstrip("/").rpartition("/")[2])
    if stem := text.line(name.rpartition(".")[0] or name, 100):
        return stem
    if published:
        return f"Episode of {published:%Y-%m-%d}"
    return "Untitled episode"


def _chapters_url(item: Named) -> str:
    for field in item.get("podcast:chapters", ()):
        if address := field.address(field.attributes.get("url")):
            return address
    for field in item.get("link", ()):
        if field.attributes.get("rel", "").rstrip("/") != podlove.NAMESPACE:
            continue
        if address := field.address(field.attributes.get("href")):
            return address
    return ""


# --- texts

_TEXTS = ("content:encoded", "content", "description", "summary", "itunes:summary", "media:description")
_FALLBACKS = ("itunes:subtitle", "subtitle", "tagline")
_MARKUP = re.compile(
    r"</?[a-z][a-z0-9]{0,15}(?:\s[^<>]{0,2000})?/?>|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,31});", re.IGNORECASE
)


def _texts(named: Named) -> dict[str, bool]:
    """Each different text about the record once, with whether it is HTML."""
    found: dict[str, bool] = {}
    for names in (_TEXTS, _FALLBACKS):
        for field in _all(named, names):
            if field.text in found:
                continue
            value = text.clean(field.text, windows=True).strip()
            if value and value not in found:
                found[value] = _is_html(field, value)
        if found:
            break
    return found


def _is_html(field: Field, value: str) -> bool:
    kind = field.attributes.get("type", "").strip().lower()
    if field.markup or kind in ("html", "xhtml", "text/html", "application/xhtml+xml"):
        return True
    # Atom says which it is (RFC 4287, 3.1.1); RSS doesn't, so there the text must tell.
    if kind in ("text", "plain", "text/plain"):
        return False
    return ("<" in value or "&" in value) and _MARKUP.search(value) is not None


_TAG = re.compile(r"<[^<>]*>")


def _best(texts: Mapping[str, bool]) -> str:
    """The text with most to read in it. HTML counts a quarter more: it has the links and the lists."""
    if len(texts) < 2:
        return next(iter(texts), "")
    return max(texts, key=lambda one: 1.25 * len(_TAG.sub("", one)) if texts[one] else len(one))


def _notes(item: Named) -> tuple[str, bool, tuple[str, ...]]:
    """The best text, whether it is HTML, and the others."""
    texts = _texts(item)
    best = _best(texts)
    return best, texts.pop(best, False), tuple(texts)
