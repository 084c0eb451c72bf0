"""What stands in a feed as it did is not read again, and what comes of it is the same as if it were."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pptui.feeds.parse import parse
from pptui.feeds.parsed import ParsedEpisode, ParsedFeed
from pptui.feeds.pieces import pieces
from pptui.store.feed import Known
from tests.durability.tally import size

URL = "https://show.example/feed.xml"
HEAD = '<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Talks</title>'
END = "</channel></rss>"


def item(number: int, more: str = "") -> str:
    return f"<item><title>Talk {number}</title><guid>urn:{number}</guid>{more}</item>"


def feed(*items: str, head: str = HEAD) -> bytes:
    return "\n".join((head, *items, END)).encode()


def known(read: ParsedFeed) -> list[Known]:
    return [
        Known(f"id-{number}", one.guid, one.enclosure, one.link, one.title, one.published, one.digest)
        for number, one in enumerate(read.episodes)
    ]


def whole(read: ParsedFeed, earlier: Sequence[ParsedEpisode]) -> list[ParsedEpisode]:
    """The items in full: those that were known as they were read earlier."""
    by_digest = {one.digest: one for one in earlier}
    return [one if isinstance(one, ParsedEpisode) else by_digest[one.digest] for one in read.items]


def test_only_what_is_new_or_changed_is_read() -> None:
    before = parse(feed(*(item(number) for number in range(50))), URL)
    items = [item(number) for number in range(50)]
    items[20] = item(20, "<description>Now with notes</description>")
    after = parse(feed(item(100), *items[:30], *items[31:]), URL, known=known(before))
    assert [one.guid for one in after.episodes] == ["urn:100", "urn:20"]
    assert [one.guid for one in after.items] == [
        "urn:100",
        *(f"urn:{number}" for number in range(50) if number != 30),
    ]
    assert after.episodes[1].notes == "Now with notes"


@pytest.mark.parametrize(
    "other",
    [
        HEAD.replace('version="2.0"', 'version="2.0" xml:base="https://other.example/"'),
        HEAD.replace("itunes.com", "elsewhere.com"),
        HEAD.replace("<channel>", '<channel xml:base="https://other.example/">'),
    ],
)
def test_what_is_declared_around_an_item_belongs_to_it(other: str) -> None:
    one = item(1, "<link>/1</link><itunes:duration>60</itunes:duration>")
    before = parse(feed(one), URL)
    assert len(parse(feed(one), URL, known=known(before)).episodes) == 0
    assert len(parse(feed(one, head=other), URL, known=known(before)).episodes) == 1


def test_the_same_item_under_another_address_is_another() -> None:
    before = parse(feed(item(1, "<link>/1</link>")), URL)
    elsewhere = parse(feed(item(1, "<link>/1</link>")), "https://new.example/", known=known(before))
    assert [one.link for one in elsewhere.episodes] == ["https://new.example/1"]


TALK = item(1)
PARTS = [
    *(item(number) for number in range(4)),
    item(4, "<description><![CDATA[a <item> and </item> b]]></description>"),
    item(5, "<description><![CDATA[a]] > <!-- ]]></description>"),
    item(6, f"<!-- {TALK} -->"),
    item(7, f"<?php {TALK} ?>"),
    item(8, f"<description>{TALK}</description>"),
    item(9, "<description>a ]]&gt; b</description>").replace("</item>", "</item >"),
    TALK.replace("<item>", "<item\n id='1'>"),
    TALK.replace("<item>", "<item xml:base='https://based.example/'>").replace("</g", "x</g"),
    item(10, "<!-- </item> -->"),
    item(10, "<!-- </item> <item> --> <link>/10</link>"),
    item(11, "<?x </item> ?>"),
    item(11, "<?x </item> <item> ?> <link>/11</link>"),
    item(12, "<description><![CDATA[ </item> ]]></description>"),
    item(12, "<description><![CDATA[ </item> <item> <!-- ]]></description> <link>/12</link>"),
    f"<!-- {TALK} -->",
    f"<!-- {item(2)}",
    "-->",
    f"<?x {TALK} ?>",
    f"<description><![CDATA[{TALK}]]></description>",
    f"<description><![CDATA[{item(3)}",
    "]]></description>",
    "<item/>",
    "<items><title>no item</title></items>",
    f"<items>{TALK}</items>",
    f"<image>{item(2)}</image>",
    f"</channel>{item(2)}<channel>",
    f"</channel><channel xmlns:itunes='x'>{item(3)}",
    "<title>Another</title>",
    "&nope;",
]


@given(st.lists(st.sampled_from(PARTS), max_size=8), st.lists(st.sampled_from(PARTS), max_size=8))
@example([item(10, "<!-- </item> -->")], [item(10, "<!-- </item> <item> --> <link>/10</link>")])
@example([item(11, "<?x </item> ?>")], [item(11, "<?x </item> <item> ?> <link>/11</link>")])
@settings(max_examples=size(100, 500))
def test_what_is_known_changes_nothing_about_what_is_found(first: list[str], second: list[str]) -> None:
    before = parse(feed(*first), URL)
    fully = parse(feed(*second), URL)
    quickly = parse(feed(*second), URL, known=known(before))
    assert whole(quickly, before.episodes) == list(fully.items)
    assert quickly._replace(items=()) == fully._replace(items=())


@given(st.lists(st.sampled_from(PARTS), max_size=8))
@settings(max_examples=size(100, 500))
def test_marks_are_no_part_of_what_is_read(parts: list[str]) -> None:
    text = feed(*parts)
    cut = pieces(text, "", ())
    marked = parse(text, URL)
    # Without its declaration of the channel nothing is marked.
    undeclared = text.replace(b"<channel>", b"<?x?><channel>", 1)
    plain = parse(undeclared, URL)
    assert pieces(undeclared, "", ()) is None
    assert [one._replace(digest=None) for one in marked.episodes] == list(plain.episodes)
    assert cut is None or cut.mark not in repr(marked)
