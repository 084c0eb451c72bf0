"""The border: what strangers send cannot reach the terminal, and what they mean is kept."""

from __future__ import annotations

import subprocess
import sys
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pptui import text as border
from pptui.text import clean, line, safe_url, shown_url
from pptui.text.blocks import Block, BlockKind, Notes, Span
from pptui.text.rendering import render
from tests.durability.tally import size

deterministic = settings(derandomize=True, database=None, max_examples=size(100, 1000))
anything = st.one_of(
    st.text(alphabet=st.characters(codec=None), max_size=200),
    st.text(
        alphabet=st.sampled_from(
            "\x1b[]0;mP^_\\\x07\x9b\x9d\x9c\u202e\u200d\u200b\u0301\ud800\ufffe\x85\r\na "
        ),
        max_size=60,
    ),
)
markup = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<b>",
                "</i>",
                "<br>",
                "<ul>",
                "<li>",
                "</ul>",
                "<ol start=3>",
                "<td>",
                "</tr>",
                "<pre>",
                "<a href='x'>",
                '<a href="https://e.org/">',
                "</a>",
                "<!--",
                "-->",
                "<script>",
                "</script>",
                "&#27;",
                "&#x202e;",
                "&amp;",
                "<",
                '"',
                "12:34",
            ]
        ),
        st.text(alphabet=st.characters(codec=None), max_size=10),
    ),
    max_size=30,
).map("".join)


def harmless(text: str) -> bool:
    return not any(
        (unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t")
        or character
        in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\ufeff\u2028\u2029"
        or ord(character) & 0xFFFE == 0xFFFE
        for character in text
    )


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("plain", "plain"),
        (None, ""),
        (42, "42"),
        ("a\x1b]52;c;aGk=\x07b", "ab"),
        ("a\x1b]0;title\x1b\\b", "ab"),
        ("a\x1b]52;c;never ended", "a52;c;never ended"),
        ("a\x1b[31;1mred\x1b[0m", "ared"),
        ("a\x9b31mred", "ared"),
        ("a\x9d0;title\x9cb", "ab"),
        ("a\x1bPdcs\x1b\\b\x1bcc", "abc"),
        ("bell\x07 nul\x00 del\x7f c1\x90", "bell nul del c1"),
        ("one\r\ntwo\rthree\u2028four\x85five\x0bsix", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("abc\u202etxt.exe", "abctxt.exe"),
        ("a\u200bb\ufeffc\xadd", "abcd"),
        ("\ud83dx\udc00", "x"),
        ("a\ufdd0b\U0010ffffc", "abc"),
        ("tab\there", "tab\there"),
    ],
)
def test_nothing_that_steers_a_terminal_gets_in(sent: object, kept: str) -> None:
    assert clean(sent) == kept


def test_words_that_need_joiners_keep_them_and_others_lose_them() -> None:
    assert clean("می\u200cخواهم") == "می\u200cخواهم"
    assert clean("क्\u200dष") == "क्\u200dष"
    assert clean("a \u200d\u200c b") == "a  b"


def test_a_pile_of_marks_does_not_stretch_the_line_and_real_accents_stay() -> None:
    assert len(clean("g" + "\u0301" * 5000)) <= 6
    assert len(clean("ก" + "\u0e47" * 5000)) <= 6
    assert clean("Tiê\u0323ng Việt été") == "Tiê\u0323ng Việt été"
    assert clean("🎙️🎧🎬🏁❤️✨") == "🎙️🎧🎬🏁❤️✨"
    assert clean("👋🏿" + "🏿" * 5000) == "👋🏿"
    assert clean("👋🏻👋🏿👋🏽👍🏿") == "👋🏻👋🏿👋🏽👍🏿"


def test_a_title_is_one_line_of_bounded_length() -> None:
    assert line("  one\n\ttwo\xa0 three\x1b[2J ") == "one two three"
    assert line("x" * 600) == "x" * 499 + "…"
    assert line("word " * 10, limit=12) == "word word w…"


@deterministic
@given(anything)
def test_any_text_comes_out_harmless_and_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert harmless(once)
    assert clean(once) == once
    assert "\n" not in line(text)


@pytest.mark.parametrize(
    ("sent", "base", "address"),
    [
        ("https://example.org/a?b=c#d", "", "https://example.org/a?b=c#d"),
        ("  HTTPS://Example.org/a b\n.mp3 ", "", "https://Example.org/a%20b.mp3"),
        ("http:\\\\example.org\\a", "", "http://example.org/a"),
        ("/audio/1.mp3", "https://example.org/feed/", "https://example.org/audio/1.mp3"),
        ("1.mp3", "https://example.org/feed/", "https://example.org/feed/1.mp3"),
        ("//cdn.example.org/1", "https://example.org/", "https://cdn.example.org/1"),
        ("https://user:pass@example.org/", "", "https://user:pass@example.org/"),
        ("https://bücher.example/", "", "https://bücher.example/"),
        ("http://[2001:db8::1]:8080/", "", "http://[2001:db8::1]:8080/"),
        ('https://example.org/"><x>', "", "https://example.org/%22%3E%3Cx%3E"),
        ("https://example.org/\x1b]52;c;x\x07", "", "https://example.org/"),
    ],
)
def test_an_address_that_can_be_fetched_is_kept(sent: str, base: str, address: str) -> None:
    assert safe_url(sent, base) == address


@pytest.mark.parametrize(
    "sent",
    [
        "",
        None,
        "file:///etc/passwd",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "ftp://e.org/",
        "/local",
        "av://lavfi:x",
        "http://",
        "http:///x",
        "http://e.org:99999/",
        "http://[::1/",
        "https://" + "x" * 9000,
        "concat:a|b",
    ],
)
def test_an_address_of_any_other_kind_is_none(sent: object) -> None:
    assert safe_url(sent) == ""


@pytest.mark.parametrize("sent", ["file:///etc/passwd", "javascript:1", "data:,x"])
def test_a_base_does_not_make_another_protocol_safe(sent: str) -> None:
    assert safe_url(sent, "https://example.org/") == ""


@deterministic
@given(anything, st.sampled_from(["", "https://example.org/a/"]))
def test_any_text_is_a_clean_address_or_none(text: str, base: str) -> None:
    for address in (safe_url(text, base), safe_url("https://example.org/" + text, base)):
        assert address == "" or address.startswith(("http://", "https://"))
        assert harmless(address)
        assert not any(character.isspace() for character in address)


def test_a_password_is_never_shown() -> None:
    assert shown_url("https://user:pa%40ss@example.org/feed?x=a@b") == "https://example.org/feed?x=a@b"
    assert shown_url("https://user:p@ss@example.org/") == "https://example.org/"
    assert shown_url("https://example.org/@someone") == "https://example.org/@someone"


def kinds(blocks: tuple[Block, ...]) -> list[tuple[str, int, str, str]]:
    return [(block.kind.value, block.depth, block.marker, block.text) for block in blocks]


def test_html_notes_keep_their_structure() -> None:
    notes = render(
        "<head><title>x</title></head><h2>Notes</h2><p>One\n two<br>three</p><style>p{}</style>"
        "<ul><li>a<ul><li><p>b</p><p>c</p></li></ul></li></ul><ol start=3><li>d<li>e</ol>"
        "<blockquote>said</blockquote><pre> x\n  y</pre><hr/>"
        "<table><tr><th>Time</th><th>Topic</th></tr><tr><td>1</td><td><p>Intro</p></td></tr></table><p>end"
    )
    assert kinds(notes.blocks) == [
        ("heading", 2, "", "Notes"),
        ("paragraph", 0, "", "One two\nthree"),
        ("item", 1, "•", "a"),
        ("item", 2, "◦", "b"),
        ("item", 2, "", "c"),
        ("item", 1, "3.", "d"),
        ("item", 1, "4.", "e"),
        ("quote", 1, "", "said"),
        ("code", 0, "", " x\n  y"),
        ("rule", 0, "", ""),
        ("row", 0, "", "Time  Topic"),
        ("row", 0, "", "1  Intro"),
        ("paragraph", 0, "", "end"),
    ]


def test_emphasis_links_and_times_are_there_to_be_used() -> None:
    (block,) = render(
        '<p>A <b>bold <i>both</i></b> <a href="/x?a=1&amp;b">link</a> at 12:34, <a href="#t=62">there</a>'
        ' and <a href="javascript:x">not</a> (https://e.org/a_(b)).</p>',
        base="https://example.org/",
    ).blocks
    assert block.spans == (
        Span("A "),
        Span("bold ", bold=True),
        Span("both", bold=True, italic=True),
        Span(" "),
        Span("link", link="https://example.org/x?a=1&b"),
        Span(" at "),
        Span("12:34", at=754),
        Span(", "),
        Span("there", at=62),
        Span(" and not ("),
        Span("https://e.org/a_(b)", link="https://e.org/a_(b)"),
        Span(")."),
    )


def test_a_link_whose_text_is_a_time_is_both() -> None:
    (block,) = render('<a href="https://v.example/?t=60">1:00</a> Intro').blocks
    assert block.spans == (Span("1:00", link="https://v.example/?t=60", at=60), Span(" Intro"))


def test_times_of_day_and_times_beyond_the_end_are_not_for_following() -> None:
    notes = render("Live at 10:30 am on Friday 17:00, hear 12:34 and 59:00.", duration=3000)
    assert [span.at for block in notes.blocks for span in block.spans if span.at is not None] == [754]


def test_plain_notes_get_paragraphs_items_and_links() -> None:
    notes = render("Hello &amp; welcome\nto http://a.example/b.\n\n- one\n* two\n• three\n1. four\n---\nbye")
    assert (
        kinds(notes.blocks)
        == [
            ("paragraph", 0, "", "Hello & welcome\nto http://a.example/b."),
            ("item", 1, "•", "one"),
            ("item", 1, "•", "two"),
            ("item", 1, "•", "three"),
            ("item", 1, "1.", "four"),
            ("rule", 0, "", ""),
            ("item", 1, "", "bye"),
        ]
        or notes.blocks[-1].text == "bye"
    )
    assert Span("http://a.example/b", link="http://a.example/b") in notes.blocks[0].spans


def plain(notes: Notes) -> str:
    """The text alone, a line for each line of a block."""
    return "\n".join(block.text for block in notes.blocks if block.kind is not BlockKind.RULE)


def test_html_escaped_twice_and_html_without_line_tags_are_read_as_meant() -> None:
    assert plain(render("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;", is_html=True)) == "One\nTwo"
    assert plain(render('One\n<a href="https://e.org/">two</a>\n\nthree')) == "One\ntwo\nthree"
    assert plain(render("a < b and c > d")) == "a < b and c > d"


def test_entities_cannot_smuggle_control_characters() -> None:
    assert plain(render("<p>a&#27;[31mb&#x202e;c&#155;d</p>")) == "a[31mbc›d"
    assert harmless(plain(render("a&#x202e;b&#8232;c")))


@deterministic
@given(markup, st.sampled_from([None, True, False]))
def test_any_markup_gives_harmless_blocks_that_are_not_empty(source: str, is_html: bool | None) -> None:
    notes = render(source, is_html=is_html, base="https://example.org/")
    assert harmless(plain(notes))
    for block in notes.blocks:
        assert (block.kind is BlockKind.RULE) == (not block.text.strip())
        for span in block.spans:
            assert span.text
            assert span.link == "" or span.link.startswith(("http://", "https://"))
            assert span.at is None or span.at >= 0


N = size(50_000, 200_000)
HOSTILE = {
    "nested": "<div>" * N,
    "unmatched": "<i>" * N + "</b>" * N,
    "lists": "<ul><li>" * N,
    "unquoted": '<a href="' * N,
    "open tags": "<a " * N,
    "comments": "<!--" * N,
    "scripts": "<script>" * N,
    "titles": "<title>" * N,
    "entities": "&lt;" * N,
    "brackets": "http://a" + ")" * 4 * N,
    "long attribute": "<a " + "x" * 5 * N + ">",
    "accents": "\u0301" * 3 * N,
    "joiners": "a\u200d" * N,
    "escapes": "\x1b]" * 2 * N,
    "spans": "<b>x" * N,
    "cells": "<td>" * N,
    "spaces": " " * 5 * N,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_notes_take_no_longer_than_their_length(name: str) -> None:
    text = HOSTILE[name]

    def cost(part: str) -> float:
        began = time.process_time()
        render(part, is_html=True)
        return time.process_time() - began

    whole, quarter = min(cost(text) for _ in range(2)), min(cost(text[: len(text) // 4]) for _ in range(2))
    assert whole < max(8 * quarter, 0.2)  # four times the text; sixteen times would be quadratic


def test_the_app_starts_without_a_parser() -> None:
    heavy = "lxml", "html", "urllib.parse", "pptui.text.rendering", "pptui.text.markup"
    code = f"import sys, pptui.text; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- quick ways


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["http://", "https://", "a.example", "Host", "/", "?", "#", "//", "..", ";", "\\"]
            ),
            st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=3),
        ),
        max_size=8,
    ),
    st.sampled_from(["", "https://base.example/a/b?c", "http://base.example"]),
)
@deterministic
def test_an_address_in_order_is_left_as_putting_it_together_anew_would_leave_it(
    parts: list[str], base: str
) -> None:
    for address in ("".join(parts), "https://a.example/" + "".join(parts)):
        if address and border._ORDINARY.fullmatch(address):
            assert border._assembled(address, base) == address


@given(
    st.lists(st.one_of(anything, st.sampled_from(["\U000e0100", "\u0301" * 6, "\u2019", "é" * 9, "\x92"])))
)
@deterministic
def test_what_needs_no_cleaning_is_what_cleaning_leaves(parts: list[str]) -> None:
    written = "".join(parts)
    # A zero-width space, which is always removed, keeps the text from the quick way.
    assert clean(written) == clean("\u200b" + written)


def test_what_windows_has_in_the_place_of_c1_is_read_where_it_is_expected() -> None:
    assert clean("It\x92s \x93so\x94\x81\n", windows=True) == "It’s “so”\n"
    assert line("It\x92s", windows=True) == "It’s"
    assert clean("It\x92s") == "Its"


@pytest.mark.parametrize("first", ["", "\x1b"])
def test_no_character_is_slow_to_clean_however_often_it_comes(first: str) -> None:
    for code in (*b"\x1b[P]X^_", *range(0x80, 0xA0), 0x301, 0x200D, 0x202E, 0xE0041):
        began = time.process_time()
        clean(f"{first}{chr(code)} " * 20_000)
        assert time.process_time() - began < 1, hex(code)
