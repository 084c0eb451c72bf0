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
_PLAIN = (
    "\x00-\xa9\xab\xac\xae-\xb1\xb4\xb6-\xb8\xbb\xbf-\xc5\xc7-\xcf\xd1-\xd7\xd9-\xdd\xe0-\xe5\xe7-\xef"
    "\xf1-\xf7\xf9-\xfd\xff-\u010f\u0112-\u0125\u0128-\u0130\u0134-\u013e\u0143-\u0148\u014c-\u0151"
    "\u0154-\u0165\u0168-\u017e\u0200-\u0252\u0258-\u02af\u1ea0-\u1ef9\u2010-\u2026\u2030-\u203a\u20ac"
    "\u0391-\u03a1\u03a3-\u03a9\u03b1-\u03c9\u0404-\u0406\u0408-\u040b\u040f-\u0418\u041a-\u0438\u043a-\u044f"
    "\u0454-\u0456\u0458-\u045b\u045f-\u0475\u05d0-\u05ea\u060c\u061b\u061f\u0621\u0627-\u063f\u0641\u0642"
    "\u0644-\u0648\u0679-\u06bf\u06cc\u200c\u2190-\u23f3\u2701-\u2b4c\uac00-\ud7a3"
)
_OTHER = re.compile(f"[^{_PLAIN}]")
# Others of one text that are replaced sooner one by one than by `translate`, which looks up each character;
# from here on scripts have more letters than that.
_FEW, _RICH = 24, "\u0900"
# What follows a letter of Japanese or Korean and makes another of it (Unicode 3.12, 18.4).
_SECOND = re.compile("[\u1161-\u1175\u3099\u309a\u314f-\u3163\uff9e\uff9f\uffc2-\uffdc]")
_PARTED = re.compile(
    "[\u1100-\u1112\u3046-\u3096\u309d\u30a6-\u30fa\u30fd\u3131-\u314e\uff73-\uff9d\uffa1-\uffbe]"
    f"{_SECOND.pattern}[\u11a8-\u11c2]?"
)
_SIGN = re.compile(f"(?s){_PARTED.pattern}|.")
# Letters that Unicode doesn't take apart, as they are typed by who hasn't got them; apostrophes that
# Unicode calls letters; Arabic letters as they are typed in Persian, and the stroke that makes words longer.
_LETTERS = dict(zip("đðħıłøŧŋɓɗƙƴʻʼʾʿ", "ddhilotnbdky    ", strict=True)) | {
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ك": "ک",
    "ي": "ی",
    "ى": "ی",
    "ـ": "",
}
# Variation selectors, and the joiner of graphemes: marks that nobody sees.
_UNSEEN = re.compile("[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_ZWNJ = "\u200c"  # parts words in Persian
_TYPED = re.compile(r'"([^"]*)("?\*?)|([^\s"]+)')


class _Folding(dict[int, str]):
    """What each character becomes: letters, "" for what changes or hides in a word, spaces for what is part
    of none.

    Unicode's compatibility decomposition without marks, and its full case folding (UAX 15; 3.13)."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        kind = unicodedata.category(sign)
        if _ignored(sign) or (kind == "Cf" and sign != _ZWNJ):
            made = ""
        elif _in_words(kind):
            letters = "".join(one for one in unicodedata.normalize("NFKD", sign) if not _ignored(one))
            made = "".join(map(_letter, _whole(letters.casefold())))
        else:
            made = " "
        self[code] = made
        return made


def _ignored(sign: str) -> bool:
    """Whether it is a mark without which a word is the same: an accent, a vowel sign in Arabic or Hebrew,
    a choice between two looks.

    Unicode tells them by their combining class (Unicode 4.3) from those that make another word, as the
    vowels of India do."""
    kind = unicodedata.combining(sign)
    return kind == 1 or 10 <= kind <= 36 or kind >= 200 or bool(_UNSEEN.match(sign))


def _in_words(kind: str) -> bool:
    return kind[0] in "LN" or kind in ("Mn", "Mc")


def _whole(text: str) -> str:
    """The text with each letter of Japanese and Korean as one character, not in parts."""
    if not _SECOND.search(text):  # sooner seen
        return text
    return _PARTED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def _letter(sign: str) -> str:
    figure = unicodedata.decimal(sign, None)
    if figure is not None:
        return str(figure)
    if _UNSPACED.match(sign):
        return f" {sign} "
    return _LETTERS.get(sign, sign if _in_words(unicodedata.category(sign)) else " ")


_FOLDING = _Folding()


def folded(text: str) -> str:
    """The words of a text, folded, with spaces between them."""
    return " ".join(_letters(text).split())


def _letters(text: str) -> str:
    return (text if text.isascii() else _whole(text)).translate(_FOLDING)


def indexable(text: str) -> str:
    """The text as the index takes it: its tokeniser does the rest of the folding."""
    if text.isascii():
        return text
    made, at = text, 0
    for _ in range(_FEW):
        found = _OTHER.search(made, at)
        if found is None:
            return made
        sign, at = found[0], found.start()
        letters = _FOLDING[ord(sign)]
        if sign in letters or (sign >= _RICH and sign.isalpha()):
            break
        made = made.replace(sign, letters)
    return _letters(text)


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

    `word*` is the beginning of a word, and so is the last one as long as nothing follows it: no blank, and
    no sign that is part of no word, or `c++` would find whatever begins with c."""
    found: list[Term] = []
    for piece in _TYPED.finditer(typed):
        quoted, end, bare = piece.groups()
        if bare is None:
            prefix = end.endswith("*") or (not end and _unfinished(quoted))
        else:
            quoted = bare
            prefix = bare.endswith("*") or (piece.end() == len(typed) and _unfinished(bare))
        words = tuple(folded(quoted).split())
        if words:
            found.append(Term(words, prefix))
    return tuple(dict.fromkeys(found))


def _unfinished(typed: str) -> bool:
    """Whether the last that is seen of it is part of a word."""
    last = next((made for sign in reversed(typed) if (made := _FOLDING[ord(sign)])), "")
    return not last.isspace()


def marks(line: str, wanted: Iterable[Term]) -> Marks:
    """Where the terms are in a line."""
    wanted = [term for term in wanted if term.within(folded(line))]
    words = list(_words(line)) if wanted else []
    spans: list[tuple[int, int]] = []
    for term in wanted:
        before, sought = list(term.words[:-1]), term.words[-1]
        for at, (word, _, ends) in enumerate(words):
            if word != sought and not (term.prefix and word.startswith(sought)):
                continue
            first = at - len(before)
            if first < 0 or [one for one, _, _ in words[first:at]] != before:
                continue
            spans.append((words[first][1], ends[len(sought) - 1]))
    return _joined(spans)


def _words(line: str) -> Iterator[tuple[str, int, list[int]]]:
    """The folded words of a line, each with where it begins, and where each of its letters ends."""
    word, start, end, ends = "", 0, 0, list[int]()
    for sign in _SIGN.findall(line):
        at, end = end, end + len(sign)
        made = _FOLDING[ord(sign)] if len(sign) == 1 else _letters(sign)
        if not made and word:
            ends[-1] = end
        for letter in made:
            if letter != " ":
                start = start if word else at
                word += letter
                ends.append(end)
            elif word:
                yield word, start, ends
                word, ends = "", []
    if word:
        yield word, start, ends


def _joined(spans: list[tuple[int, int]]) -> Marks:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
