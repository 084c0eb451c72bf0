"""Words are the same word in the index, in what is typed and in what is highlighted."""

from __future__ import annotations

import sqlite3
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pptui.store.schema import STEPS
from pptui.text.folding import Term, folded, indexable, marks, terms

# Signs that make other words together, and texts of so many signs that they are folded in other ways.
TEXTS = st.one_of(
    st.text(),
    st.text("かハｶﾊ\u3099\u309aﾞﾟ\u1112\u1161\u11abㅎㅏㄴ하\ufe0f\xad aß"),
    st.text("ßłøæœσςάίйёكيىکی٠۰०๐０🎙❤\ufe0f\u0301’… aA", min_size=20),
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't PANIC!", "don t panic"),
        ("Zoë’s naïveté, nai\u0308ve", "zoe s naivete naive"),
        ("ΑΘΉΝΑ Αθήνα", "αθηνα αθηνα"),
        ("Ёлка и йод", "елка и иод"),
        ("Việt Nam, Łódź", "viet nam lodz"),
        ("機械学習の話", "機 械 学 習 の 話"),
        ("한국어 방송", "한국어 방송"),
        ("हिन्दी", "हिन्दी"),
        ("C++ & F# 🎧 bread🫓 ❤\ufe0f", "c f bread"),
        ("Straße STRASSE", "strasse strasse"),
        ("Ærø, Øresund, œuvre, þórr", "aero oresund oeuvre thorr"),
        ("đông ISTANBUL İstanbul ıssız", "dong istanbul istanbul issiz"),
        ("ﬁne ﬃ ｃａｆｅ 𝐛𝐫𝐞𝐚𝐝 m²", "fine ffi cafe bread m2"),
        ("القَهوة القهوة القـهوة", "القهوة القهوة القهوة"),
        ("שָׁלוֹם שלום", "שלום שלום"),
        ("Donau\u00addampf\u200bschiff", "donaudampfschiff"),
        ("می\u200cخواهم", "می خواهم"),
        ("п’ять пʼять", "п ять п ять"),
        ("ハハ パパ", "ハ ハ パ パ"),
        ("\u0ba4\u0bca \u0ba4\u0bc6\u0bbe", "\u0ba4\u0bc6\u0bbe \u0ba4\u0bc6\u0bbe"),
        ("か\u3099く か゛く ﾊﾟﾊﾞ", "が く か く パ バ"),
        ("\u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165 방송", "한국어 방송"),
        ("كتاب کتاب علي علی على", "کتاب کتاب علی علی علی"),
        ("٢٠٢٤ ۲۰۲۴ ２０２４ २०२४ ๒๐๒๔", "2024 2024 2024 2024 2024"),
        ("", ""),
    ],
)
def test_case_and_accents_make_no_difference_in_any_script(text: str, words: str) -> None:
    assert folded(text) == words


def test_the_index_makes_the_same_words_of_every_character_there_is() -> None:
    index = sqlite3.connect(":memory:")
    words = next(one for step in STEPS for one in step if "TABLE words" in one)
    index.execute(words.replace("content = '', ", ""))
    index.execute("CREATE VIRTUAL TABLE found USING fts5vocab (words, instance)")
    signs = [code for code in range(1, 0x30000) if not 0xD800 <= code < 0xE000]
    index.executemany(
        "INSERT INTO words (rowid, notes) VALUES (?, ?)",
        [(code, indexable(f"ab{chr(code)}cd")) for code in signs],
    )
    made: dict[int, list[str]] = {}
    for word, code in index.execute("SELECT term, doc FROM found ORDER BY doc, offset"):
        made.setdefault(code, []).append(word)
    assert [chr(code) for code in signs if made[code] != folded(f"ab{chr(code)}cd").split()] == []


@given(TEXTS)
def test_the_index_makes_the_same_words_of_every_text(text: str) -> None:
    index = sqlite3.connect(":memory:")
    words = next(one for step in STEPS for one in step if "TABLE words" in one)
    index.execute(words.replace("content = '', ", ""))
    index.execute("CREATE VIRTUAL TABLE found USING fts5vocab (words, instance)")
    text = text.replace("\0", "")
    index.execute("INSERT INTO words (notes) VALUES (?)", (indexable(text),))
    made = [word for (word,) in index.execute("SELECT term FROM found ORDER BY offset")]
    index.close()
    assert made == folded(text).split()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("sour dough", [Term(("sour",)), Term(("dough",), prefix=True)]),
        ("sour dough ", [Term(("sour",)), Term(("dough",))]),
        ("sour* dough ", [Term(("sour",), prefix=True), Term(("dough",))]),
        ('"sour dough"', [Term(("sour", "dough"))]),
        ('"sour dou"*', [Term(("sour", "dou"), prefix=True)]),
        ('bread "sour dou', [Term(("bread",)), Term(("sour", "dou"), prefix=True)]),
        ("don't ", [Term(("don", "t"))]),
        ("学習", [Term(("学", "習"), prefix=True)]),
        ("bread bread ", [Term(("bread",))]),
        ('+++ "" * "', []),
        ("NOT bread ", [Term(("not",)), Term(("bread",))]),
        ("c++", [Term(("c",))]),
        ("c#", [Term(("c",))]),
        ("c++*", [Term(("c",), prefix=True)]),
        ('"learn c++', [Term(("learn", "c"))]),
        ("sour-dou", [Term(("sour", "dou"), prefix=True)]),
        ("#bread", [Term(("bread",), prefix=True)]),
        ("nai\u0308", [Term(("nai",), prefix=True)]),
        ("☕\ufe0f", []),
        ("bread ☕\ufe0f", [Term(("bread",))]),
    ],
)
def test_what_is_typed_is_words_and_phrases_and_beginnings(typed: str, found: list[Term]) -> None:
    assert list(terms(typed)) == found


@pytest.mark.parametrize(
    ("line", "typed", "marked"),
    [
        ("The Sourdough Hour", "sour", ["Sour"]),
        ("The Sourdough Hour", "hour ", ["Hour"]),
        ("A naïve Zoë and a nai\u0308f one", "nai", ["naï", "nai\u0308"]),
        ("Open source, open doors", '"open source"', ["Open source"]),
        ("Don’t stop", "don't ", ["Don’t"]),
        ("今日は機械学習の話", "機械学習", ["機械学習"]),
        ("nothing here", "bread", []),
        ("Die Straße da", "strass", ["Straß"]),
        ("Die Straße da", "stras", ["Straß"]),
        ("Die Straße da", "STRASSE", ["Straße"]),
        ("DIE STRASSE", "straße", ["STRASSE"]),
        ("Łódź nad Łódką", "lod", ["Łód", "Łód"]),
        ("a ﬁne ﬁsh", "fi", ["ﬁ", "ﬁ"]),
        ("a ﬁne one", "fine ", ["ﬁne"]),
        ("القَهوة والخبز", "القهو", ["القَهو"]),
        ("القهوة", "القَهوة", ["القهوة"]),
        ("Sauer\u00adteig", "sauert", ["Sauer\u00adt"]),
        ("3½ cups", '"31 2"', ["3½"]),
        ("ﷺ rye", '"وسلم rye"', ["ﷺ rye"]),
        ("bread and breadth", "bread breadth ", ["bread", "breadth"]),
        ("お か\u3099っこう よ", "がっ", ["か\u3099っ"]),
        ("DJｶﾞｯｺｳ", "ガ", ["ｶﾞ"]),
        (
            "이 \u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165 방송",
            "한국",
            ["\u1112\u1161\u11ab\u1100\u116e\u11a8"],
        ),
        ("이 한국어 방송", "\u1112\u1161\u11ab\u1100\u116e\u11a8", ["한국"]),
        ("الكتاب كتابي", "کتابی", ["كتابي"]),
        ("في ٢٠٢٤ و ۲۰۲۵", "2024 2025", ["٢٠٢٤", "۲۰۲۵"]),
    ],
)
def test_what_was_found_is_marked_in_its_line(line: str, typed: str, marked: list[str]) -> None:
    assert [line[start:end] for start, end in marks(line, terms(typed))] == marked


@given(TEXTS, TEXTS)
def test_marks_are_in_order_and_within_the_line(line: str, typed: str) -> None:
    found = marks(line, terms(typed))
    assert all(0 <= start < end <= len(line) for start, end in found)
    assert all(first[1] < second[0] for first, second in pairwise(found))


@given(TEXTS)
def test_a_term_is_marked_wherever_it_is_within(line: str) -> None:
    for word in folded(line).split():
        assert Term((word,)).within(folded(line))
        assert marks(line, [Term((word,))])
