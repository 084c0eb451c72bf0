"""A chapter's title out of the text beside its time.

Tags, entities and emphasis are resolved, white space is collapsed, separators and bullets in front and a
trailing comma, arrow or colon go; everything else is the author's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import category

from pptui.chapters import words
from pptui.text import line, markup

LOOKED_AT = 1_500  # characters; what is kept is at most a third of it
_KEPT = 500

_SEPARATORS = "-‐‑‒–—―−〜～:|｜：•‣▪▫●○◦∙·・►▸▶▷»→⇒➔➜➡=~*+"
_LEADING = re.compile(rf"(?:[{re.escape(_SEPARATORS)}\s\ufe0f]+|[.,;/>)\]]+(?=\s))+")
_LEADER = re.compile(r"\s[.…]{2,}\Z")
_TRAILING = " ,:：→⇒，、"
_JOINING = " \t,;，、；(（[{<@-‐‑‒–—―−:|｜：•‣▪▫●○◦∙·・►▸▶▷→⇒➔➜➡"
_LONE = re.compile(r"\s[=~*+»/]\Z")
_NUMBER = re.compile(r"\s#?\d{1,3}[.)]\Z")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,300}?)(?<=\S)\1")
_WRAPPED = re.compile(r"([*_`])([^*_`]+)\1\Z")
_MARKS = "*_`~"
_BULLET = re.compile(r"[^\w\s\"'“„«(\[¿¡#@$.]+\s*")
_BRACKETS = {"(": ")", "[": "]", "{": "}", "【": "】", "（": "）", "〔": "〕", "「": "」", "<": ">"}


def title(raw: str, opener: str = "") -> str:
    """The title in the text behind a time; `opener` is the bracket that was opened in front of that time."""
    # Punctuation directly behind the time belongs to it: "12:34. Title", but "12:34 .NET".
    text = line(markup.strip_tags(markup.decode(raw.lstrip(".,;/>)]"))), _KEPT)
    if text.startswith("|") and text.endswith("|"):
        text = text.strip("| ")
    if "*" in text or "_" in text or "`" in text:
        text = _EMPHASIS.sub(r"\2", text)
        if wrapped := _WRAPPED.match(text):
            text = wrapped[2]
        if opener and opener in _MARKS:
            text = text.rstrip(_MARKS)
    if leading := _LEADING.match(text):
        text = text[leading.end() :]
    closer = _BRACKETS.get(opener, "\0")
    if text.endswith(closer) and text.count(closer) > text.count(opener):
        text = text[:-1]
    return text.rstrip(_TRAILING)


def before_time(raw: str) -> str:
    """The title in the text in front of a time: what joins the two is left out."""
    return title(_LEADER.sub("", _unjoined(raw.rstrip().removesuffix("|"))))


def _unjoined(raw: str) -> str:
    raw = raw.rstrip(_JOINING)
    return _LONE.sub("", raw).rstrip(_JOINING)


def parted(raw: str, opener: str = "") -> str:
    """A title in a paragraph, without what parts it from the next row: `Intro / `, `Intro 🎤`, `Intro 2.`."""
    raw = _unjoined(_NUMBER.sub("", raw.rstrip()))
    end = len(raw)
    while end and (raw[end - 1].isspace() or raw[end - 1] == "\ufe0f" or category(raw[end - 1]) == "So"):
        end -= 1
    return title(_unjoined(raw[:end]), opener)


def last(text: str, others: Sequence[str]) -> str:
    """The last title in a paragraph, where nothing says that it has ended: it stops where something else
    begins, judged by what the `others` look like."""
    section = words.SECTION.search(text)
    if section:
        text = text[: section.start()]
    if not any(words.SENTENCE.search(other) for other in others):
        first, *rest = words.SENTENCE.split(text, maxsplit=1)
        # A few words more may be a title's own: "Why? And how"; a sentence is not.
        if rest and (section or len(rest[0].split()) >= 3) and not words.ABBREVIATED.search(first):
            full_stop = first.endswith(".") and not first.endswith("..")
            text = first[:-1] if full_stop and not any(other.endswith(".") for other in others) else first
    longest = max(60, *(len(other) for other in others))
    if len(text) > longest:
        text = words.SPEAKS.split(text, maxsplit=1)[0]
    if len(text) > 2 * longest:
        text = text[: 2 * longest].rsplit(" ", 1)[0] + "…"
    return _unjoined(text)


def bullet(titles: Sequence[str]) -> str:
    """The sign in front of every title, emoji mostly: the same for all of three or more is a bullet."""
    found = _BULLET.match(titles[0]) if len(titles) >= 3 else None
    return found[0] if found and all(each.removeprefix(found[0]) not in ("", each) for each in titles) else ""
