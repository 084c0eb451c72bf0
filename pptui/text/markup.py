"""HTML as podcasters write it, read in one pass: tags, entities, lines.

A tokeniser of our own, because no tree is wanted: the rules for chapters read lines, of HTML and of plain
text alike, and text that only looks like tags (`a < b`) must stay text. Every pattern here meets each
character a fixed number of times, whatever the text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = r"[a-zA-Z][a-zA-Z0-9:-]*+"
# A tag ends at the first > outside quotes; where the quotes don't fit together, at the first >.
_REST = r"(?:(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+|[^<>]*+)>"
_MARK = re.compile(rf"<(?:(!--)|[!?][^<>]*+>|(?!https?://)(/?)({_NAME})({_REST}))")

BLOCKS = (
    "address|article|aside|blockquote|body|br|center|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|"
    "footer|form|h[1-6]|header|hr|html|li|main|menu|nav|ol|p|pre|section|summary|table|tbody|tfoot|thead|tr|ul"
)
_INLINE = (
    "a|abbr|b|big|cite|code|del|em|font|i|img|ins|kbd|mark|q|s|small|span|strike|strong|sub|sup|time|u|wbr"
)
_DROPPED = "script|style|template|svg|math|iframe|object|noscript|title|textarea|select|audio|video|head"
_KNOWN = rf"(?:{BLOCKS}|{_INLINE}|{_DROPPED}|t[dh])"

_BLOCK_TAG = re.compile(rf"(?i)</?(?:{BLOCKS})(?![\w:-]){_REST}")
# The blocks directly inside a table's cell, with its tags, do not make lines.
_IN_CELL = re.compile(
    rf"(?i)(<t[dh](?![\w:-]){_REST}\s*+)?(?:</?(?:{BLOCKS})(?![\w:-]){_REST}\s*+)++(</t[dh](?![\w:-]){_REST})?"
)
_CELL_TAG = re.compile(rf"(?i)</t[dh](?![\w:-]){_REST}")
_OTHER_TAG = re.compile(rf"<(?:[!?][^<>]*+>|(?!https?://)/?{_NAME}{_REST})")
_KNOWN_TAG = re.compile(rf"(?i)</?{_KNOWN}(?![\w:-]){_REST}")
_ESCAPED_TAG = re.compile(rf"(?i)&lt;/?{_KNOWN}(?![\w:-])[^<>&]*+(?:&(?!gt;|lt;)[^<>&]*+)*+&gt;")
_DROP = re.compile(rf"(?i)<(?:(!--)|({_DROPPED})(?![\w:-]){_REST})")
# Tags that part words: the most common blocks and those behind them, so that most tags are seen to at once;
# those without a letter or an entity on either side; an end before a beginning, because links in a row were
# meant to be several words.
_PARTING = re.compile(
    r"<(?:p>|/p>|br>|br ?/>|li>|/li>|/?ul>|/?div>|(?<![\w;>]<)[a-zA-Z/!?][^<>]*+>"
    r"|[a-zA-Z/!?][^<>]*+>(?![\w&<])|/[^<>]*+>(?=<[a-zA-Z])|(?<=<p><)[a-zA-Z][^<>]*+>|(?<=<li><)[a-zA-Z][^<>]*+>)"
)
_WITHIN = re.compile(rf"<(?!/?(?i:{BLOCKS}|{_DROPPED}|t[dh])(?![\w:-]))[a-zA-Z/!?][^<>]*+>")
_REMAINING = re.compile(r"<[a-zA-Z/!?][^<>]*+>")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[a-zA-Z][a-zA-Z0-9]{1,31};)")
_HREF = re.compile(r"(?i)(?<![\w-])href\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_NUMBER = re.compile(r"(?i)(?<![\w-])(?:start|value)\s*+=\s*+[\"']?(\d{1,6})")
_ATTRIBUTES = 10_000


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag; `rest` is what stands between its name and its `>`."""

    name: str
    closing: bool
    rest: str

    @property
    def href(self) -> str:
        found = _HREF.search(self.rest, 0, _ATTRIBUTES)
        return decode(next(filter(None, found.groups()), "")) if found else ""

    @property
    def number(self) -> int | None:
        """A list's `start` or an item's `value`."""
        found = _NUMBER.search(self.rest, 0, _ATTRIBUTES)
        return int(found[1]) if found else None


def is_html(text: str) -> bool:
    """Whether there is a tag that HTML knows, or one escaped twice, in the text."""
    tagged = ">" in text and _KNOWN_TAG.search(text)
    return bool(tagged or ("&gt;" in text and _ESCAPED_TAG.search(text)))


def has_blocks(source: str) -> bool:
    """Whether tags make the lines; where none does, the text's own line breaks are meant."""
    return bool(_BLOCK_TAG.search(source) or _CELL_TAG.search(source))


def decode(text: str) -> str:
    """Entities and character references decoded (HTML Standard, 13.5); those it doesn't know are left."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def unescaped(source: str) -> str:
    """HTML that was escaped twice, as some feeds ship it, escaped once; any other as it is."""
    if "&lt;" not in source and "&LT;" not in source:
        return source
    escaped = sum(1 for _ in zip(_ESCAPED_TAG.finditer(source), range(1000), strict=False))
    tags = sum(1 for _ in zip(_KNOWN_TAG.finditer(source), range(1000), strict=False))
    return decode(source) if escaped > tags else source


def pieces(source: str) -> Iterator[str | Tag]:
    """Text (entities not decoded) and tags in order; comments, scripts, styles and heads left out."""
    position = 0
    unclosed: set[str] = set()
    while found := _MARK.search(source, position):
        if found.start() > position:
            yield source[position : found.start()]
        position = found.end()
        if found[1]:
            end = source.find("-->", position)
            position = end + 3 if end >= 0 else len(source)
        elif found[3]:
            name = found[3].lower()
            if not found[2] and re.fullmatch(_DROPPED, name):
                position = _after(source, name, position, unclosed)
            else:
                yield Tag(name, bool(found[2]), found[4][:-1])
    if position < len(source):
        yield source[position:]


def _after(source: str, name: str, position: int, unclosed: set[str]) -> int:
    # Without its end tag a script hides the rest of the document; a head or a title merely began badly.
    if name not in unclosed:
        if found := re.compile(rf"(?i)</{name}(?![\w:-])[^<>]*+>?").search(source, position):
            return found.end()
        unclosed.add(name)
    return len(source) if name in ("script", "style") else position


def without_dropped(source: str) -> str:
    """HTML without comments, scripts, styles and the like."""
    kept: list[str] = []
    position = 0
    unclosed: set[str] = set()
    while found := _DROP.search(source, position):
        kept.append(source[position : found.start()])
        if found[1]:
            end = source.find("-->", found.end())
            position = end + 3 if end >= 0 else len(source)
        else:
            position = _after(source, found[2].lower(), found.end(), unclosed)
    return "".join([*kept, source[position:]])


def strip_tags(text: str) -> str:
    """A title's text without the tags that HTML knows."""
    return _KNOWN_TAG.sub("", text) if "<" in text else text


def untagged(source: str) -> str:
    """HTML with a space for each tag, but nothing for one inside a word, as in `<b>W</b>ord`.

    Still cheaper than `lines`: entities are not decoded, and of what is between tags nothing is left out."""
    text = _PARTING.sub(" ", source)
    if "<" in text:
        text = _WITHIN.sub("", text)
    return _REMAINING.sub(" ", text) if "<" in text else text


def lines(source: str, *, blocks: bool, breaks: bool) -> str:
    """HTML as lines of text, cheaply: for reading, not for showing; entities are not decoded.

    `blocks` is what `has_blocks` says of it. With `breaks`, line breaks in the source are kept beside
    those that tags make.
    """
    source = without_dropped(source)
    if not breaks:
        source = source.replace("\r", " ").replace("\n", " ")
    if blocks:
        if _CELL_TAG.search(source):
            source = _IN_CELL.sub(lambda found: "\t" if found[2] else "" if found[1] else "\n", source)
            source = _CELL_TAG.sub("\t", source)
        source = _BLOCK_TAG.sub("\n", source)
    return _OTHER_TAG.sub("", source) if "<" in source else source
