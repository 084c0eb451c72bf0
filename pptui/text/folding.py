"""Words as they are searched for: without case and accents, in any script.

The index, what is typed and what is highlighted all go through here, so that they can't disagree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pptui.models import Marks

# Scripts that put no space between words: there each character is a word, and a word a phrase.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
# SQLite's tokeniser makes of these what `_Folding` does, and quicker.
_PLAIN = "\x00-\xb4\xb6-\u017e\u1ea0-\u1ef9\u2010-\u2026\u2030-\u203a\u20ac"
_OTHER = re.compile(f"[^{_PLAIN}]")
_MARK = re.compile("[\u0300-\u036f]+\\Z")
_TYPED = re.compile(r'"([^"]*)("?\*?)|([^\s"]+)')


class _Folding(dict[int, str]):
    """What each character becomes: a letter, "" for a mark on one, a space for what is part of no word."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        base = _MARK.sub("", unicodedata.normalize("NFD", sign))
        if len(base) == 1:
            sign = base
        kind = unicodedata.category(sign)
        if _MARK.match(sign):
            made = ""
        elif kind[0] not in "LN" and kind not in ("Mn", "Mc"):
            made = " "
        else:
            small = sign.casefold()
            made = small if len(small) == 1 else sign.lower() if len(sign.lower()) == 1 else sign
            if _UNSPACED.match(made):
                made = f" {made} "
        self[code] = made
        return made


_FOLDING = _Folding()


def folded(text: str) -> str:
    """The words of a text, folded, with spaces between them."""
    return " ".join(text.translate(_FOLDING).split())


def indexable(text: str) -> str:
    """The text as the index takes it: its tokeniser does the rest of the folding."""
    return text if text.isascii() or not _OTHER.search(text) else text.translate(_FOLDING)


@dataclass(frozen=True, slots=True)
class Term:
    """Folded words that must follow each other; with `prefix` the last may be the beginning of one."""

    words: tuple[str, ...]
    prefix: bool = False

    def within(self, line: str) -> bool:
        """Whether it is in a line of `folded` text."""
        return f" {' '.join(self.words)}{'' if self.prefix else ' '}" in f" {line} "


def terms(typed: str) -> tuple[Term, ...]:
    """What is searched for: each word and each "phrase in quotes" must be found.

    `word*` is the beginning of a word, and so is the last one as long as nothing follows it."""
    found: list[Term] = []
    for piece in _TYPED.finditer(typed):
        quoted, end, bare = piece.groups()
        if bare is None:
            prefix = end != '"'
        else:
            quoted, prefix = bare, bare.endswith("*") or piece.end() == len(typed)
        words = tuple(folded(quoted).split())
        if words:
            found.append(Term(words, prefix))
    return tuple(dict.fromkeys(found))


def marks(line: str, wanted: Iterable[Term]) -> Marks:
    """Where the terms are in a line."""
    wanted = [term for term in wanted if term.within(folded(line))]
    words = list(_words(line)) if wanted else []
    spans: list[tuple[int, int]] = []
    for term in wanted:
        before, sought = list(term.words[:-1]), term.words[-1]
        for at, (word, start, end) in enumerate(words):
            if word != sought and not (term.prefix and word.startswith(sought)):
                continue
            first = at - len(before)
            if first < 0 or [one for one, _, _ in words[first:at]] != before:
                continue
            spans.append((words[first][1], end if word == sought else _reach(line, start, len(sought))))
    return _joined(spans)


def _words(line: str) -> Iterator[tuple[str, int, int]]:
    """The folded words of a line, each with where it begins and ends."""
    word, start = "", 0
    for at, sign in enumerate(line):
        made = _FOLDING[ord(sign)]
        if made[:1] == " ":
            if word:
                yield word, start, at
                word = ""
            if made != " ":
                yield made.strip(), at, at + 1
        else:
            if not word:
                start = at
            word += made
    if word:
        yield word, start, len(line)


def _reach(line: str, start: int, letters: int) -> int:
    """Where so many folded letters from `start` end, with the marks on the last."""
    at = start
    while at < len(line) and (letters > 0 or not _FOLDING[ord(line[at])]):
        letters -= len(_FOLDING[ord(line[at])])
        at += 1
    return at


def _joined(spans: list[tuple[int, int]]) -> Marks:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
