"""The fast reader: well-formed RSS 2.0, and its older versions, by lxml."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from lxml import etree

from pptui.chapters import podlove
from pptui.feeds.document import (
    CORE,
    PREFIXES,
    TEXTS,
    WANTED,
    Document,
    Field,
    Record,
    prefix_of,
    without_void_ends,
)
from pptui.feeds.pieces import Pieces, pieces

if TYPE_CHECKING:
    from lxml.etree import _Element

_DECLARATION = re.compile(r"""\sxmlns(?::[\w.-]+)?=(?:"[^"]*"|'[^']*')""")
_NONE: Mapping[str, str] = {}
_BASE = "{http://www.w3.org/XML/1998/namespace}base"


def read(text: str, base: str, salt: str = "", known: Container[int] = ()) -> Document | None:
    """The elements of a feed whose text begins with `<rss`; None where it is not well-formed.

    `base` is the feed's own address. Nothing outside the text is looked at, and entities are not
    expanded. Items whose digest is `known` are not read; `salt` is all besides the feed's text that what
    is made of an item depends on.
    """
    try:
        cut = pieces(text.encode(), salt, known)
        found = _read(cut.written, base, cut) if cut else None
        return found or _read(text.encode(), base)
    except UnicodeEncodeError:
        return None


def _read(written: bytes, base: str, cut: Pieces | None = None) -> Document | None:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(written, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return _Reader().document(root, _base_of(root, base), cut)


class _Locals(dict[str, str]):
    """What attributes are called here, by their names in full."""

    def __missing__(self, name: str) -> str:
        local = self[name] = name.rpartition("}")[2].lower()
        return local


class _Reader:
    def __init__(self) -> None:
        self._names: dict[object, str] = {}
        self._locals = _Locals()

    def document(self, root: _Element, base: str, cut: Pieces | None) -> Document | None:
        """The elements below the root, None if the marks are not where they should be."""
        found = Document()
        marks: list[str] = []
        for number, child in enumerate(root):
            name = self._name(child)
            if name == "item":
                found.items.append(self._record(child, base))
            elif name == "channel":
                of_channel: list[_Element] = []
                base_of_channel = _base_of(child, base)
                for inner in child:
                    if self._name(inner) != "item":
                        of_channel.append(inner)
                        continue
                    record = self._record(inner, base_of_channel)
                    found.items.append(record)
                    # What a digest covers was declared by the first channel.
                    if cut and number == 0 and (mark := inner.get(cut.mark)):
                        marks.append(mark)
                        record.digest = cut.digests[int(mark)]
                self._add(of_channel, base_of_channel, found.channel)
        if cut and marks != [str(number) for number in range(len(cut.digests))]:
            return None
        return found

    def _record(self, item: _Element, base: str) -> Record:
        record = Record()
        self._add(item, _base_of(item, base), record)
        return record

    def _add(self, elements: Iterable[_Element], base: str, record: Record) -> None:
        names, local, fields = self._names, self._locals, record.fields
        for element in elements:
            name = names.get(element.tag)
            if name is None:
                name = self._name(element)
            if name in WANTED:
                text, markup = element.text or "", False
                if len(element):
                    text, markup = self._text(element, name)
                attributes, own_base = _NONE, base
                items: Any = element.items()
                if items:
                    attributes = {local[key]: value for key, value in items}
                    own_base = _base_of(element, base)
                fields.append(Field(name, attributes, text.strip(), own_base, markup))
            elif name == "media:group":
                self._add(element, _base_of(element, base), record)
            elif name == "psc:chapters" and record.chapters is None:
                record.chapters = podlove.rows_of(element)
                record.chapters_base = _base_of(element, base)

    def _text(self, element: _Element, name: str) -> tuple[str, bool]:
        """The text of an element with others in it, and whether it is markup."""
        if name not in TEXTS:
            return "".join(str(part) for part in element.itertext()), False
        parts = [escape(element.text or "", quote=False)]
        for child in element:
            written = etree.tostring(child, encoding="unicode", method="html")
            parts.append(_DECLARATION.sub("", written))
        return without_void_ends("".join(parts)), True

    def _name(self, element: _Element) -> str:
        """The name that `document` has for an element, "" if it has none."""
        name = self._names.get(element.tag)
        if name is None:
            namespace, _, local = str(element.tag).rpartition("}")
            prefix = prefix_of(namespace[1:]) if namespace else CORE
            if prefix is None and element.prefix in PREFIXES:
                prefix = element.prefix
            local = local.lower()
            name = "" if prefix is None else f"{prefix}:{local}" if prefix else local
            self._names[element.tag] = name
        return name


def _base_of(element: _Element, outer: str) -> str:
    """What addresses in an element refer to, where those around it refer to `outer` (XML Base, 3)."""
    base = element.get(_BASE)
    if not base:
        return outer
    try:
        return urljoin(outer, base.strip())
    except ValueError:
        return outer
