"""Feeds as they are really written: by both readers, and by nobody who had read the specification."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pptui.feeds import lenient, source, xml
from pptui.feeds import parse as reading
from pptui.feeds.document import Document
from pptui.feeds.parse import parse
from pptui.feeds.parsed import FeedError, ParsedEpisode, ParsedFeed
from pptui.text.rendering import render
from tests.durability.tally import size

URL = "https://show.example/feed.xml"

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:media="http://search.yahoo.com/mrss/" xmlns:psc="http://podlove.org/simple-chapters"
  xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Long Talks</title>{}</channel></rss>"""


def feed(text: str) -> ParsedFeed:
    """A channel's content, read by both readers, which must agree."""
    markup = source.markup(RSS.format(text).encode())
    quick = xml.read(markup.text, URL)
    assert quick is not None
    found = meaning(quick)
    assert meaning(lenient.read(markup.text, URL)) == found
    return found


def meaning(document: Document) -> ParsedFeed:
    """What is made of a document, but for the digests, which the lenient reader has none of."""
    found = reading._feed(document, URL, {})
    return found._replace(items=tuple(one._replace(digest=None) for one in found.episodes))


def item(text: str) -> ParsedEpisode:
    (found,) = feed(f"<item>{text}</item>").episodes
    return found


def refusal(body: bytes) -> tuple[ParsedFeed | None, str]:
    """The feed, or what is said in its place."""
    try:
        return parse(body, URL), ""
    except FeedError as problem:
        return None, str(problem)


def ill_formed(text: str) -> ParsedFeed:
    """The same where no XML parser goes on: an unknown entity in front, no end."""
    body = RSS.format("<copyright>&copy; 2021</copyright>" + text).replace("</channel></rss>", "").encode()
    assert xml.read(source.markup(body).text, URL) is None
    return parse(body, URL)


FULL = """<item>
  <title>Fiat Lux</title>
  <guid isPermaLink="false">urn:1</guid>
  <link>https://show.example/1?a=1&amp;b=2</link>
  <pubDate>Fri, 23 Mar 2012 23:25:19 +0000</pubDate>
  <itunes:duration>1:02:03</itunes:duration>
  <description>First episode</description>
  <content:encoded><![CDATA[<p>All about <b>light</b> &amp; more</p>]]></content:encoded>
  <enclosure url="https://cdn.example/1.mp3?x=1&amp;y=2" type="audio/mpeg" length="12345"/>
  <psc:chapters version="1.2"><psc:chapter start="0" title="Welcome &amp; hello"/>
    <psc:chapter title="no start"/>
    <psc:chapter start="3:07" title="Light" href="http://podlove.org/"/></psc:chapters>
  <podcast:chapters url="/1.json" type="application/json+chapters"/>
  <podcast:transcript url="/1.srt" type="application/srt"/>
</item>"""


def check_full(found: ParsedEpisode) -> None:
    assert (found.title, found.guid) == ("Fiat Lux", "urn:1")
    assert found.link == "https://show.example/1?a=1&b=2"
    assert found.published == datetime(2012, 3, 23, 23, 25, 19, tzinfo=UTC)
    assert found.duration == 3723
    assert found.enclosure == "https://cdn.example/1.mp3?x=1&y=2"
    assert (found.media_type, found.size) == ("audio/mpeg", 12345)
    assert found.notes == "<p>All about <b>light</b> &amp; more</p>"
    assert found.notes_is_html
    assert found.other_notes == ("First episode",)
    assert [(one.start, one.end, one.title) for one in found.chapters] == [
        (0, 187, "Welcome & hello"),
        (187, None, "Light"),
    ]
    assert found.chapters[1].link == "http://podlove.org/"
    assert found.chapters_url == "https://show.example/1.json"


def test_an_episode_has_all_that_its_feed_says() -> None:
    check_full(feed(FULL).episodes[0])


def test_an_episode_of_an_ill_formed_feed_has_it_too() -> None:
    check_full(ill_formed(FULL).episodes[0])


def test_the_podcast_has_all_that_its_feed_says() -> None:
    found = feed(
        "<itunes:author>Ann &amp; Bo</itunes:author><link>https://show.example/</link><ttl>60</ttl>"
        "<description>Talks</description><itunes:summary>Talks, at some length</itunes:summary>"
        "<itunes:new-feed-url>https://new.example/feed</itunes:new-feed-url>"
        "<image><title>Logo</title><link>https://logo.example/</link><url>/1.png</url></image>"
        "<itunes:owner><itunes:name>Owner</itunes:name></itunes:owner>"
    )
    assert found.title == "Long Talks"
    assert found.author == "Ann & Bo"
    assert found.link == "https://show.example/"
    assert found.description == "Talks, at some length"
    assert found.new_url == "https://new.example/feed"
    assert found.ttl_minutes == 60
    assert found.episodes == ()


def test_the_editor_is_the_author_where_no_other_is_named() -> None:
    assert feed("<managingEditor>a@b.example (Ann Bo)</managingEditor>").author == "Ann Bo"


def test_a_live_item_is_no_part_of_the_podcast() -> None:
    found = feed(
        "<podcast:liveItem status='pending'><title>Live!</title><guid>live</guid>"
        "<enclosure url='https://x.example/live'/></podcast:liveItem><item><title>One</title></item>"
    )
    assert found.title == "Long Talks"
    assert [one.title for one in found.episodes] == ["One"]


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://atom.example/pod/">
<title>Atoms</title><author><name>Ann</name></author><link rel="self" href="feed"/><link href="/"/>
<entry><title type="html">One &amp;amp; &lt;i>two&lt;/i></title><id>urn:1</id>
  <link rel="enclosure" type="audio/mpeg" length="7" href="1.mp3"/><link href="1.html"/>
  <contributor><name>Bo</name></contributor>
  <published>2012-03-23T23:25:19Z</published><updated>2020-01-01T00:00:00Z</updated>
  <summary>Short</summary>
  <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
    <p>Long &amp; <b>bold</b></p></div></content>
</entry></feed>"""


def test_an_atom_feed_is_read() -> None:
    found = parse(ATOM.encode(), URL)
    assert (found.title, found.author, found.link) == ("Atoms", "Ann", "https://atom.example/")
    (one,) = found.episodes
    assert one.title == "One & two"
    assert (one.guid, one.size) == ("urn:1", 7)
    assert one.enclosure == "https://atom.example/pod/1.mp3"
    assert one.link == "https://atom.example/pod/1.html"
    assert one.published == datetime(2012, 3, 23, 23, 25, 19, tzinfo=UTC)
    assert "<p>Long &amp; <b>bold</b></p>" in one.notes
    assert one.notes_is_html
    assert one.other_notes == ("Short",)


def test_an_rss_1_feed_is_read() -> None:
    found = parse(
        b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:enc="http://purl.oclc.org/net/rss_2.0/enc#">
        <channel rdf:about="https://one.example/"><title>One</title><link>https://one.example/</link></channel>
        <item rdf:about="https://one.example/1"><title>First</title><dc:date>2012-03-23</dc:date>
        <link>https://one.example/1</link></item></rdf:RDF>""",
        URL,
    )
    assert found.title == "One"
    (one,) = found.episodes
    assert (one.title, one.guid, one.link) == ("First", "https://one.example/1", "https://one.example/1")
    assert one.published == datetime(2012, 3, 23, tzinfo=UTC)


# --- what may be missing


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("<title>T</title>", "T"),
        ("<title> a \n b </title>", "a b"),
        ("<title/><itunes:title>T</itunes:title>", "T"),
        ("<guid>g</guid><media:title>T</media:title>", "T"),
        ("<guid>g</guid><itunes:subtitle>In short</itunes:subtitle>", "In short"),
        ("<enclosure url='https://x.example/a/My%20talk.mp3?x'/>", "My talk"),
        ("<guid>g</guid><pubDate>Fri, 23 Mar 2012 23:25:19 GMT</pubDate>", "Episode of 2012-03-23"),
        ("<guid>g</guid>", "Untitled episode"),
        ("<title>Q&amp;amp;A &amp;#8211; &lt;em&gt;live&lt;/em&gt;</title>", "Q&A – live"),
        ("<title>if a &lt; b &amp;&amp; c</title>", "if a < b && c"),
        ("<title>It&#146;s</title>", "It’s"),
        ("<title>\u009b31mred\u202e</title>", None),
    ],
)
def test_every_episode_has_a_title_that_is_one_line(written: str, title: str | None) -> None:
    found = item(written).title
    assert found == title if title else found.isprintable()


@pytest.mark.parametrize(
    "written", ["<title>T</title>", "<link>https://x.example/</link>", "<description>d</description>"]
)
def test_an_episode_without_guid_date_duration_or_enclosure_is_kept(written: str) -> None:
    found = item(written)
    assert (found.guid, found.published, found.duration, found.enclosure, found.size) == (
        "",
        None,
        None,
        "",
        None,
    )


def test_an_item_with_nothing_in_it_is_no_episode() -> None:
    assert feed("<item/><item> </item><item><category>x</category></item>").episodes == ()


def test_a_podcast_without_a_title_is_named_after_its_server_or_file() -> None:
    body = b"<rss><channel></channel></rss>"
    assert parse(body, "https://me:secret@show.example/feed").title == "show.example"
    assert parse(body, "/home/me/talks.xml").title == "talks"


# --- which text, which file, which link


def test_the_text_with_most_in_it_are_the_notes_and_the_others_are_kept() -> None:
    texts = {
        "description": "<description>Short</description>",
        "summary": "<itunes:summary>0:00 Intro, 5:00 Main part, and all the rest of it</itunes:summary>",
        "content": "<content:encoded>&lt;p&gt;Middle, neither long nor short&lt;/p&gt;</content:encoded>",
    }
    for order in (["description", "summary", "content"], ["content", "summary", "description"]):
        found = item("".join(texts[name] for name in order))
        assert found.notes == "0:00 Intro, 5:00 Main part, and all the rest of it"
        assert not found.notes_is_html
        assert set(found.other_notes) == {"Short", "<p>Middle, neither long nor short</p>"}


def test_one_text_said_twice_is_there_once() -> None:
    found = item("<description>Same</description><itunes:summary>Same</itunes:summary>")
    assert (found.notes, found.other_notes) == ("Same", ())


def test_html_is_preferred_to_the_same_words_without() -> None:
    found = item(
        "<itunes:summary>One two three four five</itunes:summary>"
        "<description>&lt;p&gt;One two &lt;b&gt;three&lt;/b&gt; four five&lt;/p&gt;</description>"
    )
    assert found.notes_is_html


@pytest.mark.parametrize(
    ("text", "is_html"),
    [
        ("a &lt; b and b &gt; c", False),
        ("one\n\ntwo", False),
        ("&lt;p&gt;one", True),
        ("one&lt;br/&gt;two", True),
        ("one &amp;amp; two", True),
        ("AT&amp;T; 5 &lt; 6", False),
    ],
)
def test_plain_text_is_told_from_html(text: str, is_html: bool) -> None:
    assert item(f"<description>{text}</description>").notes_is_html is is_html


def test_markup_that_is_not_escaped_is_kept() -> None:
    found = item("<description>See <a href='https://x.example/'>this</a><br/>0:00 Intro</description>")
    assert found.notes_is_html
    assert found.notes == 'See <a href="https://x.example/">this</a><br>0:00 Intro'


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ("<enclosure url='https://x.example/1.mp3'/>", "https://x.example/1.mp3"),
        ("<enclosure url=' 1.mp3 '/>", "https://show.example/1.mp3"),
        (
            "<enclosure url='https://x.example/1.jpg' type='image/jpeg'/>"
            "<enclosure url='https://x.example/1.mp4' type='video/mp4'/>"
            "<enclosure url='https://x.example/1.mp3' type='audio/mpeg'/>"
            "<enclosure url='https://x.example/1.ogg' type='audio/ogg'/>",
            "https://x.example/1.mp3",
        ),
        (
            "<enclosure url='https://x.example/1.pdf' type='application/pdf'/>"
            "<enclosure url='https://x.example/1.mp4' type='video/mp4'/>",
            "https://x.example/1.mp4",
        ),
        ("<enclosure url='https://x.example/get' type='application/octet-stream'/>", "https://x.example/get"),
        ("<enclosure url='https://x.example/1.jpg' type='image/jpeg'/>", ""),
        ("<enclosure url='https://x.example/all.m3u8' type='application/x-mpegURL'/>", ""),
        ("<atom:link rel='enclosure' href='https://x.example/1.mp3'/>", "https://x.example/1.mp3"),
        ("<media:content url='https://x.example/1.mp3' type='audio/mpeg'/>", "https://x.example/1.mp3"),
        ("<media:content url='https://x.example/1' medium='audio'/>", "https://x.example/1"),
        ("<media:content url='https://x.example/logo' medium='image'/>", ""),
        ("<media:content url='https://x.example/what'/>", ""),
        (
            "<media:group><media:content url='https://x.example/1.mp4' type='video/mp4'/>"
            "<media:content url='https://x.example/1.mp3' type='audio/mpeg'/></media:group>",
            "https://x.example/1.mp3",
        ),
        ("<enclosure url='file:///etc/passwd' type='audio/mpeg'/>", ""),
        ("<enclosure url='/etc/passwd.mp3' type='audio/mpeg'/>", "https://show.example/etc/passwd.mp3"),
        ("<enclosure url='ftp://x.example/1.mp3' type='audio/mpeg'/>", ""),
        ("<enclosure url='av://lavfi:sine.mp3' type='audio/mpeg'/>", ""),
        ("<enclosure url='' type='audio/mpeg'/>", ""),
        ("<enclosure/>", ""),
    ],
)
def test_what_is_played_is_the_recording_and_never_another_protocol(offered: str, chosen: str) -> None:
    assert item("<title>T</title>" + offered).enclosure == chosen


def test_a_duration_is_found_where_only_the_file_has_one() -> None:
    media = "<media:content url='https://x.example/1.mp3' type='audio/mpeg' duration='61' fileSize='9'/>"
    found = item(f"<itunes:duration>soon</itunes:duration>{media}")
    assert (found.duration, found.size) == (61, 9)


def test_a_line_break_in_an_attribute_is_a_space() -> None:
    chapter = "<psc:chapter start='1' title='One' image='/a\nb\tc&#10;d'/>"
    written = f"<item><title>A</title><psc:chapters>{chapter}</psc:chapters></item>"
    for found in (feed(written), ill_formed(written)):
        assert found.episodes[0].chapters[0].image == "https://show.example/a%20b%20cd"


def test_a_duration_with_attributes_is_read() -> None:
    assert item("<title>T</title><itunes:duration format='x'>52:00</itunes:duration>").duration == 3120


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("<guid>https://x.example/1</guid>", "https://x.example/1"),
        ("<guid isPermaLink='false'>https://x.example/1</guid>", ""),
        ("<guid>https://x.example/1</guid><link>https://x.example/2</link>", "https://x.example/2"),
        ("<guid>12</guid><link>/2</link>", "https://show.example/2"),
        ("<guid>12</guid><link>javascript:alert(1)</link>", ""),
        ("<guid>12</guid><atom:link rel='replies' href='https://x.example/2'/>", ""),
        ("<guid>12</guid><atom:link href='https://x.example/2'/>", "https://x.example/2"),
    ],
)
def test_the_link_of_an_episode_is_a_page_on_the_web(written: str, link: str) -> None:
    assert item(written).link == link


def test_addresses_are_relative_to_the_base_that_the_feed_names() -> None:
    body = RSS.format("<item><title>T</title><enclosure url='1.mp3'/></item>")
    based = body.replace("<rss ", '<rss xml:base="https://cdn.example/a/" ').encode()
    assert parse(based, URL).episodes[0].enclosure == "https://cdn.example/a/1.mp3"
    damaged = based.replace(b"</rss>", b"&nope;")
    assert parse(damaged, URL).episodes[0].enclosure == "https://cdn.example/a/1.mp3"


@pytest.mark.parametrize(
    ("title", "listed", "links"),
    [
        ("", "", "https://x.example/pod/1"),
        (" xml:base='https://cdn.example/a/'", "", "https://x.example/pod/1"),
        ("", " xml:base='https://cdn.example/a/'", "https://cdn.example/a/1"),
    ],
)
def test_links_of_chapters_are_relative_to_where_the_chapters_are(
    title: str, listed: str, links: str
) -> None:
    body = RSS.format(
        f"<item><title{title}>T</title><psc:chapters{listed}>"
        "<psc:chapter start='0' title='One' href='1'/></psc:chapters></item>"
    ).encode()
    for written in (body, body.replace(b"</rss>", b"&nope;")):
        (chapter,) = parse(written, "https://x.example/pod/feed.xml").episodes[0].chapters
        assert chapter.link == links


def test_only_the_first_chapter_list_inside_an_item_counts() -> None:
    found = feed(
        "<item><title>a</title><psc:chapters><psc:chapter start='1' title='first'/></psc:chapters>"
        "<psc:chapters><psc:chapter start='2' title='second'/></psc:chapters></item>"
        "<psc:chapters><psc:chapter start='3' title='outside'/></psc:chapters><item><title>b</title></item>"
    )
    assert [[one.title for one in episode.chapters] for episode in found.episodes] == [["first"], []]


def test_the_first_chapters_address_that_can_be_fetched_is_taken() -> None:
    found = item(
        "<podcast:chapters url='file:///x'/><podcast:chapters url='https://x.example/1'/><podcast:chapters/>"
    )
    assert found.chapters_url == "https://x.example/1"


# --- local feeds


def test_a_local_feed_names_files_beside_it_and_no_others(tmp_path: Path) -> None:
    folder = tmp_path / "talks"
    (folder / "audio").mkdir(parents=True)
    (folder / "escape").symlink_to(tmp_path)
    names = [
        "1.mp3",
        "audio/2%20b.mp3",
        "audio/../3.mp3?x#y",
        "../4.mp3",
        "%2e%2e/5.mp3",
        "/etc/6.mp3",
        "file:7.mp3",
        f"file://{folder}/8.mp3",
        "escape/9.mp3",
        "x%00.mp3",
        "https://x.example/11.mp3",
        "//x.example/12.mp3",
        ".",
    ]
    items = "".join(
        f"<item><title>T</title><enclosure url='{name}' type='audio/mpeg'/></item>" for name in names
    )
    found = parse(RSS.format(items).encode(), str(folder / "feed.xml"))
    assert [one.enclosure for one in found.episodes] == [
        str(folder / "1.mp3"),
        str(folder / "audio/2 b.mp3"),
        str(folder / "3.mp3"),
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "https://x.example/11.mp3",
        "",
        "",
    ]
    assert all(not one.enclosure.startswith("/") for one in parse(RSS.format(items).encode(), URL).episodes)


# --- encodings


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "utf-8", ""),
        ("utf-8-sig", "utf-8", ""),
        ("utf-8", "", ""),
        ("utf-8", "iso-8859-1", "text/xml; charset=iso-8859-1"),
        ("utf-16", "utf-16", ""),
        ("utf-16-le", "utf-16", ""),
        ("utf-16-be", "", ""),
        ("utf-32", "utf-32", ""),
        ("cp1252", "iso-8859-1", ""),
        ("cp1252", "windows-1252", "application/xml; charset=utf-8"),
        ("cp1252", "", "text/xml; charset=windows-1252"),
        ("cp1252", "", ""),
        ("cp1252", "no-such-thing", ""),
        ("cp1252", "punycode", ""),
    ],
)
def test_a_title_is_readable_whatever_the_encoding(encoding: str, declared: str, content_type: str) -> None:
    body = RSS.format("<item><title>Grüße – “naïve”</title></item>")
    body = body.replace(' encoding="utf-8"', f' encoding="{declared}"' if declared else "")
    assert parse(body.encode(encoding), URL, content_type).episodes[0].title == "Grüße – “naïve”"


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("gb2312", "你好"),
        ("shift_jis", "こんにちは"),
        ("euc-kr", "안녕"),
        ("koi8-r", "Привет"),
        ("iso-8859-2", "Źle"),
    ],
)
def test_declared_encodings_of_the_world_are_read(encoding: str, title: str) -> None:
    body = RSS.format(f"<item><title>{title}</title></item>").replace("utf-8", encoding)
    assert parse(body.encode(encoding), URL).episodes[0].title == title


def test_a_few_wrong_bytes_do_not_spoil_the_rest() -> None:
    body = RSS.format("<item><title>Grüße</title><description>x?y</description></item>").encode()
    found = parse(body.replace(b"x?y", b"x\xffy"), URL).episodes[0]
    assert found.title == "Grüße"


# --- damage


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: b"\n\n <br /><b>Warning</b>: cannot modify header" + body,
        lambda body: body + b"<script>x</script>",
        lambda body: body.replace(b"Fiat", b"Fi\x00\x0b\x1bat"),
        lambda body: body.replace(b"First episode", b"R&D &nbsp; &bogus; <br>"),
        lambda body: body.replace(b"First episode", b"&#x1F;&#0;&#xD800;&#99999999999;"),
        lambda body: body[: body.rindex(b"</item>") + 7],
        lambda body: body.replace(b' xmlns:podcast="https://podcastindex.org/namespace/1.0"', b""),
        lambda body: body.replace(b"</channel>", b"</chanel>"),
        lambda body: body.replace(b"<?xml", b"<!DOCTYPE rss SYSTEM 'http://127.0.0.1:9/x.dtd'><?xml"),
    ],
)
def test_an_episode_survives_the_usual_damage(spoil) -> None:  # type: ignore[no-untyped-def]
    (found,) = parse(spoil(RSS.format(FULL).encode()), URL).episodes
    assert found.guid == "urn:1"
    assert "at Lux" in found.title
    assert found.enclosure == "https://cdn.example/1.mp3?x=1&y=2"
    assert found.duration == 3723
    assert len(found.chapters) == 2


def test_a_text_that_is_never_closed_does_not_take_the_next_episodes() -> None:
    found = ill_formed("<item><title>A</title><description>open</item>" + FULL)
    assert found.episodes[-1].guid == "urn:1"


def test_an_ill_formed_feed_gives_the_same_ids_and_addresses() -> None:
    written = (
        "<item><guid isPermaLink='false'>a&amp;b &lt;c&gt; &#38; &amp;amp;</guid><title>T &amp; U</title>"
        "<link>https://x.example/?a=1&amp;copy=2</link><enclosure url='https://x.example/?a=1&amp;copy=2'/></item>"
    )
    assert ill_formed(written).episodes == feed(written).episodes


@given(st.integers(0, 10_000))
@settings(max_examples=size(100, 500))
def test_a_feed_cut_anywhere_is_read_or_refused(length: int) -> None:
    for whole in (RSS.format(FULL * 3), ATOM):
        body = whole.encode()
        found, refused = refusal(body[: length % len(body)])
        assert found or refused.startswith("not a feed: ")


@given(st.binary(max_size=200))
def test_no_bytes_are_too_odd(noise: bytes) -> None:
    body = RSS.format(FULL).encode()
    middle = len(body) // 2
    for damaged in (noise, b"<rss>" + noise, body[:middle] + noise + body[middle:], b"<feed>" + noise):
        found, refused = refusal(damaged)
        assert "\n" not in refused
        assert all(one.title.isprintable() for one in found.episodes) if found else refused


# --- hostility


def test_entities_are_not_expanded_and_no_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hidden words")
    entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    bomb = f'<!DOCTYPE rss [{entities}<!ENTITY file SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    body = bomb + "<rss><channel><item><title>x &i; &file;</title><description>&i;&file;</description></item>"
    for end in ("</channel></rss>", ""):
        (found,) = parse((body + end).encode(), URL).episodes
        assert len(found.title) < 100 and len(found.notes) < 100
        assert "hidden" not in found.title + found.notes


_HOSTILE = {
    "nested": "<a>" * 30_000,
    "unclosed tags": "<a" * 60_000,
    "open quotes": "<a b='" * 30_000,
    "open CDATA": "<![CDATA[" * 20_000,
    "open comments": "<!--" * 40_000,
    "declarations": "<!x" * 40_000,
    "ampersands": "&" * 100_000,
    "items": "<item>" * 8_000,
    "attributes": "<x " + "".join(f"a{n}='1' " for n in range(20_000)) + ">",
    "namespaces": "<x " + "".join(f"xmlns:a{n}='u:{n}' " for n in range(20_000)) + ">",
    "an author": f"<author>{'a.' * 100_000}</author>",
    "an editor": f"<managingEditor>{'a@a ' * 50_000}</managingEditor>",
    "a date": f"<item><pubDate>{'1 ' * 100_000}</pubDate>",
    "a duration": f"<item><itunes:duration>{'1' * 200_000}</itunes:duration>",
    "a title": f"<item><title>{'&lt;b ' * 40_000}</title>",
    "line breaks": "</channel><!-- -->" + "\n" * 200_000,
    "chapters": "<item><psc:chapters>" + "<psc:chapter start='1' title='x'/>" * 5_000,
}


@pytest.mark.parametrize("form", _HOSTILE)
def test_hostile_feeds_take_no_time(form: str) -> None:
    body = RSS.format(_HOSTILE[form]).encode()
    for whole in (body, body.replace(b"</channel></rss>", b"")):
        begun = time.process_time()
        try:
            parse(whole, URL)
        except FeedError:
            pass
        # Well under a second; what takes quadratic time takes minutes.
        assert time.process_time() - begun < 10


def test_a_feed_that_would_take_too_long_is_given_up() -> None:
    with pytest.raises(lenient.TooSlow):
        lenient.read("<rss><channel>" + "<item>" * 100_000, URL, seconds=0.01)


# --- what is no feed


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b"", "", "the answer is empty"),
        (b" \n ", "text/xml", "the answer is empty"),
        (b"<!DOCTYPE html><html><head><title>Show</title></head></html>", "text/html", "this is a web page"),
        (b"<!-- x --><HTML><body>404</body>", "", "this is a web page"),
        (b"Service unavailable", "text/html; charset=utf-8", "this is a web page"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "application/json", "this is JSON"),
        (b"<opml version='1.0'><body/></opml>", "text/xml", "a list of subscriptions (OPML)"),
        (b"<?xml version='1.0'?><kml/>", "text/xml", "XML of another kind (kml)"),
        (b"ID3\x03\0\0\0\0\0\0" + b"\xff" * 500, "audio/mpeg", "this is a recording"),
        (b"\x1f\x8b\x08\0\0\0", "", "this is an archive"),
        (b"hello", "text/plain", "there is nothing of one in it"),
        (b"\0" * 100, "", "there is nothing of one in it"),
        (b"<!-- only a comment -->", "", "there is nothing of one in it"),
    ],
)
def test_what_is_no_feed_is_called_what_it_is(body: bytes, content_type: str, words: str) -> None:
    with pytest.raises(FeedError) as caught:
        parse(body, URL, content_type)
    assert str(caught.value).startswith("not a feed: ")
    assert words in str(caught.value)


# --- feeds of others

FEEDS = ("*.xml", "*.rss", "*.json")


def test_every_feed_of_others_is_read_or_refused_in_words(cases: Path) -> None:
    read = 0
    for path in sorted(path for form in FEEDS for path in (cases / "feeds").rglob(form)):
        found, refused = refusal(path.read_bytes())
        if found is None:
            assert refused.startswith("not a feed: "), path
            assert "can't be read" not in refused, path
        else:
            read += 1
            assert found.title, path
            assert all(one.title for one in found.episodes), path
    assert read > 200


def test_both_readers_give_the_same_episodes_on_the_feeds_of_others(cases: Path) -> None:
    compared = 0
    for path in sorted([*(cases / "feeds").rglob("*.xml"), *(cases / "feeds").rglob("*.rss")]):
        markup = source.markup(path.read_bytes())
        quick = xml.read(markup.text, URL) if markup.root == "rss" else None
        if quick is not None:
            compared += 1
            assert meaning(lenient.read(markup.text, URL)) == meaning(quick), path
    assert compared > 100


# What stands in elements: text that is escaped once or twice, markup as it is, and what only looks like it.
WORDS = st.sampled_from(
    [
        "", " ", "Talk", " Talk 1 ", "a &amp; b", "a &lt;b&gt;c&lt;/b&gt; d", "&amp;amp;", "&#8217;",
        "&#146;", "&amp;nbsp;", "<![CDATA[<p>a &amp; b</p>]]>", "<![CDATA[a]]><![CDATA[b]]>",
        "x<![CDATA[<]]>y", "a\n\n0:00 b", "é\u0301\u200b", "<b>a</b> &amp; c", "a<br/>b<br />c",
        "<p title='&gt;'>a <!-- no --> b</p>", "<!-- no -->a", "<?no no?>a",
        "https://x.example/1?a=1&amp;b=2", "1.mp3", "/a b.mp3", "//y.example/1", "http://[",
        "file:///etc/passwd", "12:34", "1:02:03", "754", "Sat, 01 Jun 2024 06:00:00 +0200",
        "2024-06-01T06:00:00Z", "1717221600", "nonsense",
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    [
        "title", "itunes:title", "media:title", "guid", "link", "atom:link", "pubDate", "dc:date",
        "atom:published", "description", "content:encoded", "itunes:summary", "itunes:subtitle",
        "media:description", "atom:content", "itunes:duration", "itunes:author", "author", "enclosure",
        "media:content", "podcast:chapters", "unknown", "x:title", "TITLE", "pubdate", "ttl",
        "itunes:new-feed-url", "category", "comments",
    ]
)  # fmt: skip
VALUES = st.sampled_from(
    [
        "", "true", "false", "https://x.example/1.mp3", "1.mp3", "a&amp;b", "a &lt; b", "audio/mpeg",
        "text/html", "html", "alternate", "enclosure", "12", "audio", "image", "0:00", "1:30",
    ]
)  # fmt: skip
KEYS = st.sampled_from(
    [
        "url", "href", "type", "rel", "length", "isPermaLink", "medium", "duration", "start", "title",
        "xml:base",
    ]
)  # fmt: skip
ATTRIBUTES = st.dictionaries(KEYS, VALUES, max_size=4).map(
    lambda given: "".join(f' {key}="{value}"' for key, value in given.items())
)


def element(name: str, attributes: str, content: str) -> str:
    return f"<{name}{attributes}>{content}</{name}>" if content else f"<{name}{attributes}/>"


ELEMENTS = st.builds(element, NAMES, ATTRIBUTES, WORDS)
CHAPTERS = st.lists(st.builds(element, st.just("psc:chapter"), ATTRIBUTES, st.just("")), max_size=3).map(
    lambda inner: element("psc:chapters", "", "".join(inner))
)
GROUPS = st.lists(ELEMENTS, max_size=2).map(lambda inner: element("media:group", "", "".join(inner)))
ITEMS = st.lists(st.one_of(ELEMENTS, ELEMENTS, ELEMENTS, CHAPTERS, GROUPS), max_size=6).map(
    lambda inner: element("item", "", "".join(inner))
)


@given(st.lists(st.one_of(ITEMS, ITEMS, ELEMENTS), max_size=4))
@settings(max_examples=size(150, 1000))
def test_both_readers_give_the_same_episodes_on_feeds_that_are_made_up(parts: list[str]) -> None:
    markup = source.markup(RSS.format("".join(parts)).encode())
    quick = xml.read(markup.text, URL)
    assume(quick is not None)
    assert quick is not None
    assert meaning(lenient.read(markup.text, URL)) == meaning(quick)


def test_the_one_difference_between_the_readers_is_how_quotes_in_attributes_are_spelled() -> None:
    """Markup that is not escaped is written anew by both, each in its parser's way; it means the same."""
    written = "<item><description>See <a href='/1' title='a &quot; b'>this</a></description></item>"
    markup = source.markup(RSS.format(written).encode())
    quick = xml.read(markup.text, URL)
    assert quick is not None
    (one,), (other,) = meaning(quick).episodes, meaning(lenient.read(markup.text, URL)).episodes
    assert one.notes == """See <a href="/1" title='a " b'>this</a>"""
    assert other.notes == """See <a href="/1" title="a &quot; b">this</a>"""
    assert render(one.notes, is_html=True, base=URL) == render(other.notes, is_html=True, base=URL)
    assert one._replace(notes="") == other._replace(notes="")


def test_chapters_in_feeds_are_found_as_others_find_them(cases: Path) -> None:
    folder = cases / "chapters/extra"
    expected = json.loads((folder / "psc_traps.expected.json").read_text())
    found = parse((folder / "psc_traps.rss").read_bytes(), URL)
    assert {one.guid: [[c.start, c.title] for c in one.chapters] for one in found.episodes} == expected
    crash = parse((folder / "psc_missing_start_CRASHES_feedparser.rss").read_bytes(), URL)
    assert [len(one.chapters) for one in crash.episodes] == [2, 0]
    damaged = (folder / "psc_missing_start_CRASHES_feedparser.rss").read_bytes().replace(b"</rss>", b"&x;")
    assert [len(one.chapters) for one in parse(damaged, URL).episodes] == [2, 0]


def test_feeds_are_read_as_podcastparser_reads_them(cases: Path) -> None:
    """Where the two mean the same thing: it makes up guids and titles, sorts serials, wants enclosures."""
    compared = 0
    for path in sorted((cases / "feeds/podcastparser").glob("*.json")):
        if path.name.endswith(".param.json") or path.stem in ("max_episodes", "itunes_type_serial"):
            continue
        expected = json.loads(path.read_text())
        found = parse(path.with_suffix(".rss").read_bytes(), "http://feed.example/x")
        if expected["title"] != path.stem:
            assert found.title == expected["title"], path.name
        by_title = {one.title: one for one in found.episodes}
        for one in expected["episodes"]:
            compared += 1
            ours = by_title[one["title"]]
            urls = [enclosure["url"] for enclosure in one["enclosures"]]
            if not any(url.startswith("file:") for url in urls):
                assert ours.enclosure in (urls or [""]), path.name
            if ours.guid and path.stem != "permalink":
                assert one["guid"].endswith(ours.guid), path.name
            assert (ours.published.timestamp() if ours.published else 0) == one["published"], path.name
            assert int(ours.duration or 0) == one["total_time"], path.name
            assert [(int(c.start), c.title) for c in ours.chapters] == [
                (c["start"], c["title"]) for c in one.get("chapters", [])
            ], path.name
            assert ours.chapters_url == one.get("chapters_json_url", ""), path.name
    assert compared > 30


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("<ttl>90</ttl>", 90),
        ("<sy:updatePeriod> daily </sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 720),
        ("<sy:updatePeriod>weekly</sy:updatePeriod>", 10080),
        ("<ttl>90</ttl><sy:updatePeriod>daily</sy:updatePeriod>", 90),
        ("<sy:updatePeriod>now and then</sy:updatePeriod>", None),
        ("<ttl>0</ttl>", None),
        ("<ttl>99999999</ttl>", None),
    ],
)
def test_a_feed_says_how_often_it_is_worth_asking(said: str, minutes: int | None) -> None:
    head = '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
    whole = f"{head}<title>Talks</title>{said}</channel></rss>"
    assert parse(whole.encode(), "https://show.example/").ttl_minutes == minutes
    broken = whole.replace("</channel>", "<br></channel>")
    assert parse(broken.encode(), "https://show.example/").ttl_minutes == minutes
