"""The bytes of a feed as text: which encoding they are in, where the root element begins, what it is."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    # XML 1.0, appendix F.1: without a mark, the first characters `<?` or `<r` tell.
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0<\0", "utf-16-be"),
    (b"<\0", "utf-16-le"),
)
_DECLARED = re.compile(rb"""\s{0,99}<\?xml[^>]{0,200}?\bencoding\s{0,9}=\s{0,9}["']([A-Za-z0-9._:-]{1,40})""")
_CHARSET = re.compile(r"""charset\s{0,9}=\s{0,9}["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
# WHATWG Encoding: what these names are in practice.
_MEANT = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "big5": "big5hkscs",
    "tis-620": "cp874",
}
# Codecs of Python that are no encodings of documents; punycode takes quadratic time besides.
_NEVER = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7"})

_ROOT = re.compile(r"<(?:([A-Za-z_][\w.-]{0,60}):)?([A-Za-z_][\w.-]{0,60})")
_FEED = re.compile(r"<(?:rss|feed|atom:feed|rdf:rdf)(?=[\s>/])", re.IGNORECASE)
_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_SUBSET_END = re.compile(r"\]\s*>")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Markup:
    """`text` begins with the root element, whose local name in lower case is `root`; "" if there is none."""

    text: str
    root: str

    @property
    def is_feed(self) -> bool:
        return self.root in _FEED_ROOTS


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a document, whatever it says about its encoding; bytes that fit none become U+FFFD.

    A byte order mark is believed first, then the bytes themselves where they are valid UTF-8 and
    not all ASCII, then the XML declaration, then the server.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").removeprefix("\ufeff")
    if not body.isascii():
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    declared = _DECLARED.match(body)
    served = _CHARSET.search(content_type[:500])
    for name in (declared and declared[1].decode("ascii"), served and served[1]):
        encoding = _codec(name or "")
        if encoding == "utf-8":
            break
        if encoding:
            try:
                return body.decode(encoding)
            except (UnicodeError, LookupError):
                continue
    text = body.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    if wrong and wrong > len(re.findall("[^\x00-\x7f\ufffd]", text)):
        return body.decode("cp1252", "replace")
    return text


def _codec(name: str) -> str:
    lowered = name.lower()
    meant = _MEANT.get(lowered, lowered)
    if not meant:
        return ""
    try:
        found = codecs.lookup(meant).name
    except (LookupError, ValueError):
        return ""
    return "" if found in _NEVER else found


def markup(body: bytes, content_type: str = "") -> Markup:
    """The document from its root element on: no declaration, no DOCTYPE, nothing in front of it.

    So no entity but those of XML itself is ever declared to a parser, and none can be expanded.
    """
    text = decode(body, content_type)
    start = _root(text)
    found = _ROOT.match(text, start)
    if (not found or found[2].lower() not in _FEED_ROOTS) and (late := _FEED.search(text)):
        # Servers put warnings and scripts in front of a feed; what is after them is still one.
        found = _ROOT.match(text, late.start())
    if not found:
        return Markup("", "")
    return Markup(text[found.start() :] if found.start() else text, found[2].lower())


def legal(text: str) -> str:
    """The text without the characters that XML 1.0 (2.2) forbids."""
    return _NOT_XML.sub("", text)


def _root(text: str) -> int:
    """Where the first element begins, after declaration, comments and DOCTYPE; the end if there is none."""
    position = text.find("<")
    subsets = True
    while position >= 0:
        if text.startswith("<!--", position):
            end = text.find("-->", position)
        elif text.startswith("<?", position):
            end = text.find(">", position)
        elif text.startswith("<!", position):
            end = text.find(">", position)
            subset = text.find("[", position, end) if subsets and end >= 0 else -1
            if subset >= 0:
                closed = _SUBSET_END.search(text, subset)
                subsets = closed is not None
                end = closed.end() - 1 if closed else end
        elif _ROOT.match(text, position):
            return position
        else:
            end = position
        if end < 0:
            break
        position = text.find("<", end + 1)
    return len(text)
