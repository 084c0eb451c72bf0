"""The fast reader: well-formed RSS 2.0, and its older versions, by lxml."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING
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

if TYPE_CHECKING:
    from lxml.etree import _Element

_DECLARATION = re.compile(r"""\sxmlns(?::[\w.-]+)?=(?:"[^"]*"|'[^']*')""")
_BASE = "{http://www.w3.org/XML/1998/namespace}base"


def read(text: str, base: str) -> Document | None:
    """The elements of a feed whose text begins with `<rss`; None where it is not well-formed.

    `base` is the feed's own address. Nothing outside the text is looked at, and entities are not
    expanded.
    """
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
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError, ValueError):
        return None
    reader = _Reader(base, based="xml:base" in text)
    return reader.document(root)


class _Reader:
    def __init__(self, base: str, based: bool) -> None:
        self._base = base
        self._based = based
        self._names: dict[str, str] = {}
        self._attributes: dict[str, str] = {}

    def document(self, root: _Element) -> Document:
        found = Document()
        for child in root:
            name = self._name(child)
            if name == "item":
                found.items.append(self._record(child))
            elif name == "channel":
                for inner in child:
                    if self._name(inner) == "item":
                        found.items.append(self._record(inner))
                    else:
                        self._add(inner, found.channel)
        return found

    def _record(self, item: _Element) -> Record:
        record = Record()
        for child in item:
            self._add(child, record)
        return record

    def _add(self, element: _Element, record: Record) -> None:
        name = self._name(element)
        if name in WANTED:
            text, markup = self._text(element, name)
            attributes = self._attributes_of(element)
            record.fields.append(Field(name, attributes, text, self._base_of(element), markup))
        elif name == "media:group":
            for inner in element:
                self._add(inner, record)
        elif name == "psc:chapters" and record.chapters is None:
            record.chapters = podlove.rows_of(element)

    def _text(self, element: _Element, name: str) -> tuple[str, bool]:
        text = element.text or ""
        if not len(element):
            return text.strip(), False
        if name not in TEXTS:
            return "".join(str(part) for part in element.itertext()).strip(), False
        parts = [escape(text, quote=False)]
        for child in element:
            written = etree.tostring(child, encoding="unicode", method="html")
            parts.append(_DECLARATION.sub("", written))
        return without_void_ends("".join(parts)).strip(), True

    def _name(self, element: _Element) -> str:
        tag = str(element.tag)
        known = self._names.get(tag)
        if known is None:
            namespace, _, local = tag.rpartition("}")
            prefix = prefix_of(namespace[1:]) if namespace else CORE
            if prefix is None and element.prefix in PREFIXES:
                prefix = element.prefix
            local = local.lower()
            known = "" if prefix is None else f"{prefix}:{local}" if prefix else local
            self._names[tag] = known
        return known

    def _attributes_of(self, element: _Element) -> dict[str, str]:
        if not element.attrib:
            return {}
        return {self._attribute(str(name)): str(value) for name, value in element.attrib.items()}

    def _attribute(self, name: str) -> str:
        known = self._attributes.get(name)
        if known is None:
            known = self._attributes[name] = name.rpartition("}")[2].lower()
        return known

    def _base_of(self, element: _Element) -> str:
        if not self._based:
            return self._base
        bases: list[str] = []
        node: _Element | None = element
        while node is not None:
            if value := node.get(_BASE):
                bases.append(value.strip())
            node = node.getparent()
        base = self._base
        for value in reversed(bases):
            try:
                base = urljoin(base, value)
            except ValueError:
                continue
        return base
