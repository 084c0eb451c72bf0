"""Which feeds a web page names as its own (RSS autodiscovery)."""

from __future__ import annotations

from lxml import etree

from pptui import text
from pptui.feeds import source

_PAGE = 2 * 1024 * 1024
_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml"}
)


def discover(body: bytes, url: str) -> list[str]:
    """The addresses of the feeds that a web page names in its head, the main one first."""
    page = source.decode(body[:_PAGE]).replace("\0", "")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(page.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return []
    if root is None:
        return []
    base = url
    found: dict[str, bool] = {}
    for element in root.iter("base", "link"):
        href = str(element.get("href", ""))
        if element.tag == "base":
            base = text.safe_url(href, url) or base
            continue
        kind = str(element.get("type", "")).partition(";")[0].strip().lower()
        if "alternate" not in str(element.get("rel", "")).lower().split() or kind not in _FEED_TYPES:
            continue
        # WordPress names the feed of a page's comments in the same way, and often first.
        about = f"{href} {element.get('title', '')}".lower()
        if address := text.safe_url(href, base):
            found.setdefault(address, "comment" in about)
    return sorted(found, key=lambda address: found[address])
