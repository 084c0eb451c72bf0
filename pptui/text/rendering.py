"""Show notes into blocks: what the border makes of text or HTML from outside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import groupby

from pptui.text import clean, markup, safe_url, stamps
from pptui.text.blocks import Block, BlockKind, Notes, Span
from pptui.text.markup import Tag
from pptui.times import parse_time

_DEPTH = 9  # lists and quotes nested deeper are shown as deep as this
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")
_LINK = re.compile(r"https?://[^\s<>\"]{1,4000}", re.IGNORECASE)
_MOMENT = re.compile(r"#t=(?:npt:)?([\dhms:.]{1,16})", re.IGNORECASE)
_BULLET = re.compile(r"[ \t]*(?:([-*•‣▪●○◦·–])|(\d{1,3}[.)]))[ \t]+(?=\S)")
_RULE = re.compile(r"[ \t]*([-*_=–—~])(?:[ \t]*\1){2,}[ \t]*\Z")
_POINTS = ".,;:!?'*_~…»”’"
_BOLD = frozenset(("b", "strong"))
_ITALIC = frozenset(("i", "em", "cite"))
_CODE = frozenset(("code", "kbd", "samp", "tt"))
_MARKERS = ("•", "◦", "▪")


def render(text: str, *, is_html: bool | None = None, base: str = "", duration: float | None = None) -> Notes:
    """Show notes, HTML or plain text, as blocks; None for `is_html` lets the text decide.

    Relative links are joined to `base`. A time beyond `duration` seconds is not one to follow.
    """
    text = clean(text)
    if is_html is None:
        is_html = markup.is_html(text)
    builder = _Builder(base, duration)
    if is_html:
        builder.html(markup.unescaped(text))
    else:
        builder.plain(text)
    return Notes(tuple(builder.blocks))


@dataclass(slots=True)
class _List:
    """An open list: the number of its next item, None for bullets."""

    number: int | None


@dataclass(slots=True)
class _Builder:
    """Blocks as far as they are read, and the state of what is open: counters rather than a stack, so
    that tags which were never opened or never closed cost nothing and break nothing."""

    base: str
    duration: float | None
    blocks: list[Block] = field(default_factory=list)
    _spans: list[Span] = field(default_factory=list)
    _lists: list[_List] = field(default_factory=list)
    _marker: str = ""
    _item: bool = False
    _heading: int = 0
    _quote: int = 0
    _pre: int = 0
    _row: bool = False
    _cells: int = 0
    _bold: int = 0
    _italic: int = 0
    _code: int = 0
    _link: str = ""
    _at: float | None = None
    _breaks: bool = False

    def html(self, source: str) -> None:
        """Reads HTML; where no tag makes lines, the source's own line breaks do."""
        self._breaks = not markup.has_blocks(source)
        for piece in markup.pieces(source):
            if isinstance(piece, str):
                self._text(piece)
            elif piece.name in _BOLD:
                self._bold = max(0, self._bold + (-1 if piece.closing else 1))
            elif piece.name in _ITALIC:
                self._italic = max(0, self._italic + (-1 if piece.closing else 1))
            elif piece.name in _CODE:
                self._code = max(0, self._code + (-1 if piece.closing else 1))
            elif piece.name == "a":
                self._anchor(piece)
            else:
                self._block(piece)
        self._flush()

    def plain(self, source: str) -> None:
        """Reads plain text: a blank line parts paragraphs, a bullet or number begins an item."""
        for each in clean(markup.decode(source)).split("\n"):
            if not each.strip():
                self._flush()
                self._item = False
            elif _RULE.match(each):
                self._flush()
                self._item = False
                self.blocks.append(Block(BlockKind.RULE, ()))
            elif bullet := _BULLET.match(each):
                self._flush()
                self._item, self._marker = True, bullet[2] or _MARKERS[0]
                self._prose(each[bullet.end() :])
            else:
                if self._spans:
                    self._spans.append(Span("\n"))
                self._prose(each)
        self._flush()

    def _text(self, raw: str) -> None:
        text = markup.decode(raw)
        if text is not raw:
            text = clean(text)
        if self._pre:
            self._spans.append(Span(text, code=True))
        elif self._breaks:
            first, *rest = text.split("\n")
            self._prose(first)
            for each in rest:
                self._newline()
                self._prose(each)
        else:
            self._prose(text.replace("\n", " "))

    def _prose(self, text: str) -> None:
        """Adds text in the current style, its addresses and times made into links."""
        text = _SPACES.sub(" ", text)
        if not text:
            return
        if text[0] == " " and (not self._spans or self._spans[-1].text.endswith((" ", "\n"))):
            text = text[1:]
        if self._link or self._at is not None:
            at = self._at if self._at is not None else self._only_time(text)
            self._add(text, link=self._link, at=at)
            return
        position = 0
        for found in _LINK.finditer(text) if "://" in text else ():
            address = _trimmed(found[0])
            if url := safe_url(address):
                self._times(text[position : found.start()])
                self._add(address, link=url)
                position = found.start() + len(address)
        self._times(text[position:])

    def _times(self, text: str) -> None:
        position = 0
        for stamp in stamps.clocks(text):
            if stamps.of_day(text, stamp) or not self._within(stamp.seconds):
                continue
            self._add(text[position : stamp.first])
            self._add(text[stamp.first : stamp.last], at=stamp.seconds)
            position = stamp.last
        self._add(text[position:])

    def _only_time(self, text: str) -> float | None:
        found = next(stamps.clocks(text, 1), None)
        if found and not (text[: found.start] + text[found.end :]).strip() and self._within(found.seconds):
            return found.seconds
        return None

    def _within(self, seconds: float) -> bool:
        return self.duration is None or seconds <= self.duration

    def _add(self, text: str, *, link: str = "", at: float | None = None) -> None:
        if text:
            self._spans.append(Span(text, self._bold > 0, self._italic > 0, self._code > 0, link, at))

    def _anchor(self, tag: Tag) -> None:
        self._link, self._at = "", None
        if not tag.closing and (href := tag.href):
            if found := _MOMENT.search(href):
                try:
                    seconds = parse_time(found[1])
                except ValueError:
                    seconds = -1.0
                if seconds >= 0 and self._within(seconds):
                    self._at = seconds
            self._link = "" if href.startswith("#") else safe_url(href, self.base)

    def _block(self, tag: Tag) -> None:
        name, closing = tag.name, tag.closing
        if name == "br":
            self._newline()
        elif name in ("td", "th"):
            if not closing:
                self._row = True
                if self._cells and self._spans:
                    self._spans.append(Span("  "))
                self._cells += 1
        elif not re.fullmatch(markup.BLOCKS, name):
            return
        elif self._row and name not in ("tr", "table", "tbody", "thead", "tfoot"):
            self._prose(" ")  # a cell's paragraphs stay in their row
        else:
            self._flush()
            self._enter(tag)

    def _enter(self, tag: Tag) -> None:
        name, closing = tag.name, tag.closing
        if name == "tr":
            self._row, self._cells = not closing, 0
        elif name in ("ul", "ol", "menu", "dir"):
            if not closing:
                number = tag.number
                self._lists.append(_List((1 if number is None else number) if name == "ol" else None))
            elif self._lists:
                self._lists.pop()
            self._item = False
        elif name == "li":
            self._item = not closing
            self._marker = "" if closing else self._next_marker(tag)
        elif name == "dd":
            self._item, self._marker = not closing, ""
        elif name == "blockquote":
            self._quote = max(0, self._quote + (-1 if closing else 1))
        elif name == "pre":
            self._pre = max(0, self._pre + (-1 if closing else 1))
        elif name[0] == "h" and name[1:].isdigit():
            self._heading = 0 if closing else int(name[1:])
        elif name == "hr":
            self.blocks.append(Block(BlockKind.RULE, ()))
        elif name == "table":
            self._row = False

    def _next_marker(self, tag: Tag) -> str:
        if not self._lists or self._lists[-1].number is None:
            return _MARKERS[min(max(len(self._lists), 1), len(_MARKERS)) - 1]
        number = self._lists[-1].number if tag.number is None else tag.number
        self._lists[-1].number = number + 1
        return f"{number}."

    def _newline(self) -> None:
        if self._row:
            self._prose(" ")
        elif self._spans and self._spans[-1].text.endswith("\n"):
            self._flush()  # two breaks part paragraphs
        elif self._spans:
            self._spans.append(Span("\n"))

    def _flush(self) -> None:
        """Ends the block that is being read, if there is anything in it."""
        spans = _stripped(self._spans, keep_left=self._pre > 0)
        self._spans = []
        if not spans:
            return
        depth = 0
        if self._pre:
            kind = BlockKind.CODE
        elif self._row:
            kind = BlockKind.ROW
        elif self._heading:
            kind, depth = BlockKind.HEADING, self._heading
        elif self._item:
            kind, depth = BlockKind.ITEM, min(max(len(self._lists), 1), _DEPTH)
        elif self._quote:
            kind, depth = BlockKind.QUOTE, min(self._quote, _DEPTH)
        else:
            kind = BlockKind.PARAGRAPH
        self.blocks.append(Block(kind, spans, depth, self._marker if kind is BlockKind.ITEM else ""))
        self._marker = ""


def _stripped(spans: list[Span], *, keep_left: bool) -> tuple[Span, ...]:
    """The spans without white space around them, neighbours of one style made one."""
    first, last = 0, len(spans)
    while last > first and not spans[last - 1].text.strip():
        last -= 1
    while not keep_left and first < last and not spans[first].text.strip():
        first += 1
    kept: list[Span] = []
    for style, group in groupby(spans[first:last], key=_style):
        kept.append(Span("".join(span.text for span in group), *style))
    if kept:
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip())
        kept[0] = replace(kept[0], text=kept[0].text.lstrip("\n" if keep_left else None))
    return tuple(kept)


def _style(span: Span) -> tuple[bool, bool, bool, str, float | None]:
    return span.bold, span.italic, span.code, span.link, span.at


def _trimmed(address: str) -> str:
    """An address found in prose without the punctuation that follows it; a closing bracket is part of it
    where its opening one is."""
    address = address.rstrip(_POINTS)
    for opening, closing in ("()", "[]", "{}"):
        bare = address.rstrip(closing + _POINTS)
        extra = address.count(closing) - address.count(opening)
        while extra > 0 and len(address) > len(bare):
            extra -= address[-1] == closing
            address = address[:-1]
        address = address.rstrip(_POINTS)
    return address
