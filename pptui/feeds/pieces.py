"""The items of a feed as they are written, so that one that was read before need not be read again.

A feed of hundreds of episodes is fetched whole for the sake of one, and to read it costs a hundred times
what it costs to look whether the text of an item is the same as the last time.

XML is not read by looking for tags in it: `<item>` may stand in a comment or a text as well. So what is found
that way is only a guess, and the XML parser confirms it: each item found is marked with an attribute, one
that is known is left out but for its mark, and only where the parser meets all marks on items, in their
order, was the guess right. An item without comments, in which every `<![CDATA[` ends, can't reach beyond
its `</item>`; where its mark is an item, so is what was left out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Container
from dataclasses import dataclass
from hashlib import blake2b

_HEAD = re.compile(rb"(<rss(?:\s[^<>]*)?>)(?:\s++|<!--(?:[^-]|-(?!->))*+-->)*+(<channel(?:\s[^<>]*)?>)")
# One item that can't end later than it seems to, if it begins one.
_WHOLE = re.compile(rb"<item[^<]*+(?:<(?:!\[CDATA\[[^\]]*+(?:\](?!]>)[^\]]*+)*+\]\]>|(?![!?]|item))[^<]*+)*+")
_BEGIN, _END = b"<item", b"</item>"
_ENDS = re.compile(_END)  # it splits quicker than `_END` does


@dataclass(frozen=True, slots=True)
class Pieces:
    """`written` is the feed with its items marked by the attribute `mark`: a number, which is the place of
    the item's digest (64 bits, signed) in `digests`."""

    written: bytes
    mark: str
    digests: list[int]


def pieces(feed: bytes, salt: str, known: Container[int]) -> Pieces | None:
    """A feed's text (in UTF-8) with its items marked, and those left out that are `known` by their digest.

    The digest is of the item as it is written, with `salt` and what the elements around it declare. None
    where there is nothing to be marked."""
    head = _HEAD.match(feed)
    if head is None:
        return None
    key = blake2b(b"\n".join((salt.encode("utf-8", "replace"), *head.groups())), digest_size=32).digest()
    keyed = blake2b(digest_size=8, key=key)
    mark = f"m{os.urandom(8).hex()}"  # no feed can have it
    marked = f'<item {mark}="%d"'.encode()
    digests: list[int] = []
    written: list[bytes] = []
    *parts, rest = _ENDS.split(feed)
    for part in parts:
        start = part.find(_BEGIN)
        item = part[start:] if start >= 0 else b""
        hashed = keyed.copy()
        hashed.update(item)
        digest = int.from_bytes(hashed.digest(), signed=True)
        if digest in known:
            written += (part[:start], marked % len(digests), b"/>")
            digests.append(digest)
        elif _WHOLE.fullmatch(item):
            written += (part[:start], marked % len(digests), item[len(_BEGIN) :], _END)
            digests.append(digest)
        else:
            written += (part, _END)
    return Pieces(b"".join([*written, rest]), mark, digests) if digests else None
