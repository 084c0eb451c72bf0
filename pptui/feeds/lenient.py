"""The patient reader: RSS 1.0, Atom and whatever is ill-formed, by feedparser.

feedparser 6 keeps one text of several under one key, the last of repeated podcast elements and no
text of an unknown element with attributes, and gives up a whole feed over a chapter without a
start. So its parsers (one strict, one for what no XML parser takes) are told to write down each
element they meet, and the rest of what they make is not used. They are handed text that was
decoded before, never an address.
"""

from __future__ import annotations

import base64
import io
import re
import time
import xml.sax
import xml.sax.handler
import xml.sax.saxutils
import xml.sax.xmlreader
from typing import Any

from feedparser import api, mixin

from pptui.feeds.document import TEXTS, WANTED, Document, Field, Record, prefix_of, without_void_ends

SECONDS = 30.0
"""The longest that one feed may take. A whole archive of ill-formed items needs some two seconds."""


class TooSlow(Exception):
    """The feed is so damaged that reading it would take longer than `SECONDS`."""


def read(text: str, base: str, seconds: float = SECONDS) -> Document:
    """The elements of a feed whose text begins with its root element, as many as can be saved.

    `base` is the feed's own address. Raises TooSlow, and whatever feedparser raises on a feed of
    which nothing could be saved.
    """
    until = time.monotonic() + seconds
    strict = _Strict(base, until)
    if _strictly(strict, text):
        return strict.found
    loose = _Loose(base, until)
    try:
        loose.feed(text)
    except TooSlow:
        raise
    except Exception:
        if not loose.found.items:
            raise
    return loose.found


def _strictly(reader: _Strict, text: str) -> bool:
    parser = xml.sax.make_parser()
    parser.setFeature(xml.sax.handler.feature_namespaces, 1)
    parser.setFeature(xml.sax.handler.feature_external_ges, 0)
    parser.setContentHandler(reader)
    parser.setErrorHandler(reader)
    source = xml.sax.xmlreader.InputSource()
    source.setEncoding("utf-8")
    source.setByteStream(io.BytesIO(text.encode("utf-8", "replace")))
    try:
        parser.parse(source)
    except TooSlow:
        raise
    except Exception:  # whichever it is, the other parser is the answer
        return False
    return True


class _Namespaces(dict[str, str]):
    """feedparser's table of namespaces, with the spellings that ours knows."""

    def get(self, key: str, otherwise: Any = None) -> Any:
        prefix = prefix_of(key)
        return super().get(key, otherwise) if prefix is None else prefix

    def __contains__(self, key: object) -> bool:
        return prefix_of(str(key)) is not None or super().__contains__(key)

    def __getitem__(self, key: str) -> str:
        prefix = prefix_of(key)
        return super().__getitem__(key) if prefix is None else prefix


_ESCAPED = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_BLANK = re.compile("\r\n|[\r\n\t]")
"""What is a space in an attribute unless it is escaped (XML 1.0, 2.11 and 3.3.3)."""
_ROOTS = frozenset({"rss", "feed", "channel", "item", "entry", "rdf:rdf"})
# Those that feedparser is told of: the wanted ones, and those that say where one is.
_TOLD = (
    WANTED
    | _ROOTS
    | {"contributor", "image", "itunes:owner", "media:group", "name", "source", "textinput"}
    | {"psc:chapter", "psc:chapters", "redirect"}
)
_ATTRIBUTES = 200
"""No element of a feed has nearly as many; the readers below take quadratic time over them."""


def _unescape(text: str) -> str:
    """What XML means by a text: its own five entities and numbers, once, and no others."""
    return _ESCAPED.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    named, decimal, hexadecimal = found.groups()
    if named:
        return _NAMED[named]
    return _of_number(int(decimal) if decimal else int(hexadecimal, 16))


def _of_number(number: int) -> str:
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


class _Recorder:
    """Writes down the elements that either of feedparser's parsers goes through; comes before it in the MRO.

    `_escaped` says whether the parser leaves `&amp;` and the like in the text it collects."""

    _escaped = False
    _matchnamespaces = _Namespaces(
        {address.lower(): prefix for address, prefix in mixin._FeedParserMixin.namespaces.items()}
    )

    def __init__(self, base: str, until: float) -> None:
        self.found = Document()
        self._until = until
        self._open: dict[str, Field] = {}
        self._ending = ""
        self._in_live_item = False
        self._in_media_content = False
        self._in_chapters = False
        super().__init__(base, None, "utf-8")  # type: ignore[call-arg]
        self.resolve_relative_uris = False
        self.sanitize_html = False

    def _tick(self) -> None:
        if time.monotonic() > self._until:
            raise TooSlow

    def _standard(self, tag: str) -> str:
        prefix, colon, local = tag.lower().rpartition(":")
        if not colon:
            return local
        mapped = self.namespacemap.get(prefix, prefix)  # type: ignore[attr-defined]
        return f"{mapped}:{local}" if mapped else local

    def _record(self) -> Record | None:
        parser: Any = self
        if parser.inentry:
            while len(self.found.items) < len(parser.entries):
                self.found.items.append(Record())
        if parser.insource or parser.intextinput or parser.inpublisher or parser.incontributor:
            return None
        if parser.inentry:
            return self.found.items[-1]
        return self.found.channel if parser.infeed and not parser.inimage else None

    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        self._tick()
        parser: Any = self
        if parser.incontent:
            super().unknown_starttag(tag, attrs)  # type: ignore[misc]
            return
        attrs = attrs[:_ATTRIBUTES]
        for key, value in attrs:
            if key.startswith("xmlns"):
                parser.track_namespace(key[6:] or None, value or "")
        name = self._standard(tag)
        if name in ("podcast:liveitem", "item", "entry"):
            # A live item has the elements of an item, but stands in the channel.
            self._in_live_item = name == "podcast:liveitem"
        if self._in_live_item or name not in _TOLD:
            return
        plain = {key.lower().rpartition(":")[2]: value or "" for key, value in attrs}
        if self._escaped:
            plain = {key: _unescape(_BLANK.sub(" ", value)) for key, value in plain.items()}
        super().unknown_starttag(tag, attrs)  # type: ignore[misc]
        record = self._record()
        if record is None:
            return
        if name == "name" and parser.inauthor:
            name = "author/name"
        if name in ("item", "entry") and plain.get("about"):
            record.fields.append(Field("rdf:about", {}, plain["about"].strip(), parser.baseuri))
        elif name == "psc:chapters":
            self._in_chapters = record.chapters is None
            if record.chapters is None:
                record.chapters, record.chapters_base = [], parser.baseuri
        elif name == "psc:chapter" and self._in_chapters and record.chapters is not None:
            record.chapters.append(plain)
        elif name in WANTED and not self._in_media_content:
            self._open[name] = one = Field(name, plain, "", parser.baseuri)
            record.fields.append(one)
        self._in_media_content = self._in_media_content or name == "media:content"

    def unknown_endtag(self, tag: str) -> None:
        self._tick()
        parser: Any = self
        name = self._standard(tag)
        if self._in_live_item:
            self._in_live_item = name != "podcast:liveitem"
            return
        if not parser.incontent:
            if name not in _TOLD:
                return
            if name == "psc:chapters":
                self._in_chapters = False
            elif name == "media:content" or name in _ROOTS:
                self._in_media_content = False
        if name == "name" and "author/name" in self._open:
            name = "author/name"
        self._ending = name
        try:
            super().unknown_endtag(tag)  # type: ignore[misc]
        finally:
            self._ending = ""

    def pop(self, element: str, strip_whitespace: int = 1) -> Any:
        parser: Any = self
        if parser.elementstack and parser.elementstack[-1][0] == element:
            pieces = parser.elementstack[-1][2]
            if self._ending and (one := self._open.pop(self._ending, None)) is not None:
                self._keep(one, pieces)
            # What feedparser would make of it is not used, and takes its time on hostile input.
            pieces.clear()
        return super().pop(element, strip_whitespace)  # type: ignore[misc]

    def _keep(self, one: Field, pieces: list[str | bytes]) -> None:
        parser: Any = self
        text = "".join(piece if isinstance(piece, str) else piece.decode() for piece in pieces).strip()
        one.markup = one.name in TEXTS and parser.contentparams.get("type") == "application/xhtml+xml"
        if one.markup:
            text = without_void_ends(text)
        elif self._escaped:
            text = _unescape(text)
        if parser.contentparams.get("base64"):
            try:
                text = base64.b64decode(text, validate=True).decode("utf-8")
            except ValueError:
                pass
        one.text = text

    def handle_data(self, text: str, escape: int = 1) -> None:
        self._tick()
        if not self._in_live_item:
            super().handle_data(text, escape)  # type: ignore[misc]

    def _start_psc_chapters(self, attributes: Any) -> None:
        """feedparser's own raises TypeError where a chapter has no start."""

    _start_psc_chapter = _start_psc_chapters

    def _cdf_common(self, attributes: Any) -> None:
        """feedparser's own, for the attributes of Channel Definition Format, leaves a text where it keeps
        pieces of texts, and fails at the next one."""

    def _start_link(self, attributes: Any) -> None:
        """feedparser's own keeps no text where it finds an address in some attribute."""
        parser: Any = self
        parser.push("linked", 1)

    def _end_link(self) -> None:
        parser: Any = self
        parser.pop("linked")


def _keep_text(name: str) -> None:
    # What feedparser does of itself for an element it doesn't know, but only where it has no attributes.
    def start(self: Any, attributes: Any) -> None:
        self.push(name, 1)

    setattr(_Recorder, f"_start_{name}", start)


for _name in ("enclosure", "itunes_duration", "itunes_title", "itunes_new-feed-url", "ttl"):
    _keep_text(_name)


class _Strict(_Recorder, api.StrictFeedParser):  # type: ignore[misc]
    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:
        if len(attrs) > _ATTRIBUTES:
            attrs = xml.sax.xmlreader.AttributesNSImpl({}, {})
        super().startElementNS(name, qname, attrs)


class _Loose(_Recorder, api.LooseFeedParser):  # type: ignore[misc]
    _escaped = True

    def handle_charref(self, ref: str) -> None:
        # feedparser's own raises ValueError or OverflowError for what is no character.
        number = ref.lower()
        try:
            value = int(number[1:], 16) if number.startswith("x") else int(number)
        except ValueError:
            value = -1
        character = _of_number(value) if value >= 0 else "\ufffd"
        self.handle_data(xml.sax.saxutils.escape(character), 0)

    def parse_starttag(self, i: int) -> Any:
        self._tick()
        return super().parse_starttag(i)

    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        parser: Any = self
        if parser.incontent and self._standard(tag) in ("item", "entry"):
            # A text that was never closed: it must not take the next episodes with it.
            parser.incontent = 0
            parser.contentparams.clear()
            parser.elementstack.clear()
        super().unknown_starttag(tag, attrs)
