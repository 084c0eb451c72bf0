"""Podlove Simple Chapters 1.2: `psc:chapters` in a feed or in a file of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pptui import text
from pptui.chapters import MOST
from pptui.chapters.ended import ended
from pptui.models import Chapter, Source

if TYPE_CHECKING:
    from lxml.etree import _Element

NAMESPACE = "http://podlove.org/simple-chapters"

_NPT = re.compile(r"(?:npt:)?(?:(?:(\d{1,6}):)?(\d{1,6}):)?(\d{1,9})(?:[.,](\d{0,9}))?\Z", re.IGNORECASE)


def parse_start(value: str) -> float | None:
    """Seconds of a Normal Play Time: `37`, `7:48`, `35:12.250`, `05:12:03.5`; None for anything else.

    Media Fragments URI 1.0, 4.2.1. Minutes of MM:SS may be over 59 (`75:00`): that is how lists are
    written by hand.
    """
    found = _NPT.match(value.strip())
    if not found:
        return None
    hours, minutes, seconds, fraction = found.groups()
    if (minutes is not None and int(seconds) > 59) or (hours is not None and int(minutes) > 59):
        return None
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)
    return float(f"{whole}.{fraction or 0}")


def from_rows(rows: Iterable[Mapping[str, str]], base: str = "") -> tuple[Chapter, ...]:
    """Chapters from the attributes of `psc:chapter` elements; `base` resolves links that are relative.

    Those without a start or a title, both mandatory, are left out. They come sorted and end as `ended`
    says; of several at one moment the first is kept.
    """
    found: dict[float, Chapter] = {}
    for number, row in enumerate(rows):
        if number >= MOST:
            break
        start = parse_start(row.get("start", ""))
        title = text.line(row.get("title", ""))
        if start is None or not title or start in found:
            continue
        link = text.safe_url(row.get("href", ""), base)
        image = text.safe_url(row.get("image", ""), base)
        found[start] = Chapter(start, title, source=Source.PODLOVE, link=link, image=image)
    return ended(found[start] for start in sorted(found))


def rows_of(element: _Element) -> list[dict[str, str]]:
    """The attributes of each chapter in a `psc:chapters` element, in the order of the document."""
    return [
        {_local(str(name)): str(value) for name, value in child.attrib.items()}
        for child in element
        if _local(str(child.tag)) == "chapter"
    ]


def from_element(element: _Element, base: str = "") -> tuple[Chapter, ...]:
    """Chapters of a `psc:chapters` element."""
    return from_rows(rows_of(element), base)


def from_xml(data: bytes, base: str = "") -> tuple[Chapter, ...]:
    """Chapters of a file with a `psc:chapters` element in it, ill-formed or not; () where there is none."""
    try:
        root = tree(data)
        elements = () if root is None else root.iter()
        return next((from_element(one, base) for one in elements if is_list(one)), ())
    except UnicodeDecodeError:
        return ()


def tree(data: bytes) -> _Element | None:
    """A document's root, as far as it can be made out; None where it can't, or where entities are declared.

    What is said in a document that is ill-formed may be half a surrogate pair (`&#xD800;`), which lxml
    lets pass: then a look at it raises UnicodeDecodeError."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    try:
        root = etree.fromstring(data, parser)
        declared: Any = None if root is None else root.getroottree().docinfo.internalDTD
        # In attributes libxml2 expands what a document declares, whatever it was told; no list declares any.
        return None if declared is not None and declared.entities() else root
    except (etree.XMLSyntaxError, ValueError):
        return None


def is_list(element: _Element) -> bool:
    """Whether this is a `psc:chapters` element, with its namespace declared or (ill-formed) not."""
    namespace, _, name = str(element.tag).rpartition("}")
    if name == "psc:chapters":
        return True
    return name == "chapters" and (not namespace or NAMESPACE in namespace)


def _local(name: str) -> str:
    return re.split(r"[}:]", name)[-1].lower()
