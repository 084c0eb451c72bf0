"""The border: strangers' text in, safe text out.

Everything that came from outside (a feed, a server, a file's tags, a file name) goes through `clean`,
`line`, `safe_url` or `render` before it is kept or shown. All of them take time linear in the text's
length and raise nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

TEXT_LIMIT = 1_000_000
URL_LIMIT = 8_192
_MARKS = 4  # combining marks that one base character may carry; no living script needs more

# What few texts need is a string, which Python compiles when it is used: the first frame needs none of it.
#
# ECMA-48: control sequences (CSI), and the strings OSC, DCS, SOS, PM, APC with their terminators. A
# string that is never terminated only loses its introducer; it ends before the next one, so that many of
# them are not each looked through to the end of the text.
_ESCAPES = (
    r"(?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\n\x90\x98\x9c-\x9f]*+(?:\x07|\x9c|\x1b\\)"
    r"|\x1b[ -/]*+[0-~]?"
)
_BREAKS = "\r\n?|[\x0b\x0c\x85\u2028\u2029]"
_FORBIDDEN = (
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad"
    "\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
    + "]+"
)
_CONTROLS = bytes((*range(0x09), *range(0x0B, 0x20), 0x7F))  # what ASCII has of these, but newline and tab
_OTHERWISE = bytes.maketrans(_CONTROLS, b"?" * len(_CONTROLS))  # quicker than to leave them out
_VARIANTS = b"\xf3"  # so they begin in UTF-8 (U+E0100 to U+E01EF), and nothing else that is printable does
_JOINERS = "[\u200c\u200d]+"
_MANY = b"?" * (_MARKS + 1)  # where characters beyond ASCII are replaced by "?"
# The first of them stands apart, because a search for one character is quick. `…` is none of them: `line`
# adds it, and what was no crowd before must be none with it.
_CROWD = re.compile(rf"[^\x00-\x7f\w\s…][^\x00-\x7f\w\s…]{{{_MARKS},}}")


@cache
def _windows() -> dict[int, str | None]:
    """Windows-1252 in what is declared as Latin-1 or written as `&#146;` (HTML Standard, 13.2.5.80)."""
    return {number: bytes([number]).decode("cp1252", "ignore") or None for number in range(0x80, 0xA0)}


def clean(value: object, limit: int = TEXT_LIMIT, *, windows: bool = False) -> str:
    """Text of several lines that a terminal can be given: no control character but newline and tab.

    Escape sequences, C1, bidi controls, invisible characters, lone surrogates and noncharacters are
    removed, line breaks of every kind become newlines, piles of combining marks are cut. None is "".
    Only the first `limit` characters are looked at. With `windows`, C1 characters are read as what
    Windows-1252 has in their place.
    """
    text = ("" if value is None else str(value))[:limit]
    # Most text has nothing of what is removed below, and to see that costs a tenth of the patterns: ASCII
    # has control characters; what is printable has none but variation selectors and crowds of marks.
    if text.isascii():
        written = text.encode()
        if written.translate(_OTHERWISE) == written:
            return text
    elif text.replace("\n", "").replace("\t", "").replace("\xa0", "").isprintable() and (
        _VARIANTS not in text.encode()
    ):
        crowded = _MANY in text.encode("ascii", "replace")
        return _CROWD.sub(_thinned, text) if crowded else text
    if windows:
        text = text.translate(_windows())
    text = re.sub(_BREAKS, "\n", re.sub(_ESCAPES, "", text))
    text = re.sub(_FORBIDDEN, "", text)
    if text.isascii():
        return text
    # ZWJ and ZWNJ shape words in Persian, Hindi and others; anywhere else they only hide.
    text = re.sub(_JOINERS, _joiner, text)
    return _CROWD.sub(_thinned, text)


def _joiner(found: re.Match[str]) -> str:
    before = found.string[found.start() - 1 : found.start()]
    after = found.string[found.end() : found.end() + 1]
    if (
        before
        and after
        and unicodedata.category(before)[0] in "LM"
        and unicodedata.category(after)[0] in "LM"
    ):
        return found[0][0]
    return ""


def _thinned(found: re.Match[str]) -> str:
    kept: list[str] = []
    marks = tones = 0
    for character in found[0]:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        # Skin tones: some terminals give each of them two cells, others none.
        tones = tones + 1 if "\U0001f3fb" <= character <= "\U0001f3ff" else 0
        if marks <= _MARKS and tones <= 1:
            kept.append(character)
    return "".join(kept)


def line(value: object, limit: int = 500, *, windows: bool = False) -> str:
    """`clean` as one line: white space collapsed and stripped, cut to `limit` characters with `…`."""
    text = " ".join(clean(value, max(limit * 20, 10_000), windows=windows).split())
    return text if len(text) <= limit else text[: max(0, limit - 1)].rstrip(" \u200c\u200d") + "…"


_UNSAFE = r'[\s"<>`]'
# The form that most addresses have, and in which there is nothing to be done: ASCII without user name, port,
# parameters, and what would be escaped or left out when an address is put together again.
_MARK = r"[!$-:=@-\[\]^_a-~]"
_ORDINARY = re.compile(rf"https?://[a-zA-Z0-9][a-zA-Z0-9.-]*+(?:/{_MARK}*+)?(?:\?{_MARK}++)?(?:#{_MARK}++)?")


def safe_url(value: object, base: str = "") -> str:
    """An absolute http or https address without control characters or spaces; "" for anything else.

    A relative address is joined to `base`. A user name and password stay in it: see `shown_url`.
    Backslashes are read as slashes, as browsers do (WHATWG URL Standard, "special" schemes).
    """
    raw = str(value or "").strip()
    if not raw or len(raw) > URL_LIMIT:
        return ""
    return raw if _ORDINARY.fullmatch(raw) else _assembled(raw, base)


def _assembled(raw: str, base: str) -> str:
    from urllib.parse import urljoin, urlsplit  # keeps the app's start free of it

    address = _tidied(raw)
    try:
        if 0 < len(base) <= URL_LIMIT:
            # A feed names its own base, and may write anything there.
            address = urljoin(base if _ORDINARY.fullmatch(base) else _tidied(base), address)
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return ""
        _ = parts.port  # raises ValueError when it is not a number up to 65535
    except ValueError:
        return ""
    address = parts._replace(scheme=parts.scheme.lower()).geturl()
    return address if len(address) <= URL_LIMIT else ""


def _tidied(raw: str) -> str:
    """An address, whole or not, without what can't be in one."""
    from urllib.parse import quote

    address = clean(raw)
    if "\n" in address or "\t" in address:
        address = clean(address.replace("\n", "").replace("\t", ""))
    path, mark, rest = address.strip().partition("?")
    return re.sub(_UNSAFE, lambda found: quote(found[0]), path.replace("\\", "/") + mark + rest)


_USERINFO = r"(?<=//)[^/?#\s]*@"


def shown_url(url: str) -> str:
    """An address as it may be shown, logged or copied: one line, without user name and password."""
    return re.sub(_USERINFO, "", line(url, URL_LIMIT))


def amount(number: int, thing: str) -> str:
    """`1 episode`, `2 episodes`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
