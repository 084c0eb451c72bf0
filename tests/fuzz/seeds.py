"""What mutations begin from: a small document of each kind, and the words that readers look for."""

from __future__ import annotations

from tests import media

NAMESPACES = (
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:psc="http://podlove.org/simple-chapters" xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
ITEM = """<item><title>Fiat &amp; Lux</title><guid isPermaLink="false">urn:1</guid>
<link>https://show.example/1?a=1&amp;b=2</link><pubDate>Fri, 23 Mar 2012 23:25:19 +0100</pubDate>
<itunes:duration>1:02:03</itunes:duration><description>00:00 First\n12:34 Second</description>
<content:encoded><![CDATA[<p>All <b>about</b> &amp; <a href="/x">more</a></p>]]></content:encoded>
<enclosure url="https://cdn.example/1.mp3?x=1&amp;y=2" type="audio/mpeg" length="12345"/>
<media:group><media:content url="/v.mp4" medium="video" duration="90"/></media:group>
<psc:chapters version="1.2"><psc:chapter start="0" title="Welcome"/>
<psc:chapter start="3:07.5" title="Light" href="http://podlove.org/" image="/1.png"/></psc:chapters>
<podcast:chapters url="/1.json" type="application/json+chapters"/></item>"""
CHANNEL = (
    "<itunes:author>Ann</itunes:author><ttl>60</ttl><link>/</link><description>Talks</description>"
    "<itunes:new-feed-url>https://new.example/feed</itunes:new-feed-url>"
)
RSS = f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" {NAMESPACES}><channel><title>Talks</title>'
END = "</channel></rss>"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://atom.example/pod/"><title>Atoms</title>
<author><name>Ann</name></author><link rel="self" href="feed"/><link href="/"/>
<entry><title type="html">One &amp;amp; &lt;i>two&lt;/i></title><id>urn:1</id>
<link rel="enclosure" type="audio/mpeg" length="7" href="1.mp3"/><link href="1.html"/>
<published>2012-03-23T23:25:19Z</published><summary>Short</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Long &amp; <b>bold</b></p></div></content>
</entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://r.example/"><title>Old</title></channel>
<item rdf:about="https://r.example/1"><title>One</title><dc:date>2004-01-02T03:04+05:30</dc:date></item></rdf:RDF>"""
FEEDS = (f"{RSS}{CHANNEL}{ITEM}{ITEM.replace('urn:1', 'urn:2')}{END}", ATOM, RDF)

HTML = """<h2>Show notes</h2><p>Welcome &ndash; with <a href="https://a.example/x?y=1">a link</a>, <b>bold</b>
<i>and</i> <code>code</code><br/>00:00 Intro<br>(12:34) The middle &amp; more<br>1:02:03 – End</p>
<ul><li>One</li><li>Two<ol start="3"><li value="7">Seven</li></ol></li></ul><pre>  a  b</pre><hr>
<table><tr><td>0:00</td><td>Hello</td></tr><tr><td>5:00</td><td>Bye</td></tr></table>
<blockquote>quote</blockquote><script>x</script><!-- 1:00 --><a href="#t=1:23">here</a>"""
PLAIN = """Hello, https://a.example/(x). And more:

* 00:00:00 Beginning
* 00:05:12 Second [Ann](https://ann.example)
* 00:10:00 - Third thing
- 1h02m03s Units, 5'12" primes

Intro 0:00
=====
Outro 59:59 – 61:00"""

PODLOVE = """<?xml version="1.0"?><psc:chapters version="1.2" xmlns:psc="http://podlove.org/simple-chapters">
<psc:chapter start="00:00:00.000" title="Intro" href="https://a.example/"/>
<psc:chapter start="npt:35:12.25" title="Two" image="https://a.example/1.jpg"/></psc:chapters>"""
JSON = """{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "Intro", "url": "https://a.example/"},
{"startTime": 94.5, "endTime": 120, "title": "Two", "img": "/1.png", "toc": false},
{"start": "3:07", "title": 3}]}"""
MATROSKA = """<Chapters><EditionEntry><ChapterAtom><ChapterTimeStart>00:00:05.000000000</ChapterTimeStart>
<ChapterTimeEnd>7000000000</ChapterTimeEnd><ChapterFlagHidden>0</ChapterFlagHidden><ChapterDisplay><ChapterString>One
</ChapterString></ChapterDisplay></ChapterAtom></EditionEntry></Chapters>"""
APPLE = (
    '<TextStream version="1.1"><TextSample sampleTime="00:00:00.000" text="a">One</TextSample></TextStream>'
)
FFMETADATA = (
    ";FFMETADATA1\ntitle=Talk\n\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=5000\ntitle=a\\=b\\\nc\n"
    "[CHAPTER]\nSTART=5000000000\ntitle=two\n"
)
WEBVTT = (
    "WEBVTT - Talk\n\nNOTE Kind: chapters\n\n1\n00:00.000 --> 01:00:00.000\nA &amp; <b>B</b>\n\n"
    "01:00:00.000 --> 99:59:59.999\nTwo\n"
)
CUE = (
    'TITLE "Talk"\nFILE "a.mp3" MP3\n'
    '  TRACK 01 AUDIO\n    TITLE "It\'s"\n    REM TITLE It"s\n    INDEX 01 00:00:00\n'
    "  TRACK 02 AUDIO\n    TITLE Two\n    INDEX 00 01:00:00\n    INDEX 01 75:30:74\n"
)
OGM = "CHAPTER01=00:00:00.000\nCHAPTER01NAME=One\nCHAPTER02=01:02:03.456\nCHAPTER02NAME=Two\nCHAPTER02URL=https://a.example/\n"

PAGE = """<!doctype html><html><head><base href="/sub/"><title>Show</title>
<link rel="alternate" type="application/rss+xml" title="Feed" href="feed.xml">
<link rel="alternate stylesheet" type="application/atom+xml; charset=utf-8"
href="//x.example/comments"></head></html>"""

LIBRARY = """{
"_schema": {"1": {"version": 1}},
"subscriptions": {"p1": {"url": "https://a.example/feed", "title": "Talks",
"added": "2021-02-25T12:00:00Z", "login": true}},
"episodes": {"e1": {"podcast": "p1", "title": "One", "published": "2021-02-25T12:00:00+01:00",
"duration": 61.5, "enclosure": "https://a.example/1.mp3", "size": 5, "position": 12.25, "played": false,
"heard": "2021-02-26", "chapter": "Two"}},
"settings": {"volume": {"value": 80.0}}
}
"""
POSITION = """{"version": 1, "id": "e1", "podcast": "p1", "title": "One", "enclosure": "/home/a/1.mp3",
"position": 3, "file_duration": 1e3, "played": true, "heard": "2021-02-25T12:00:00Z", "paused": true}
"""
CONFIG = """theme = "dark"
refresh_after = 60
new_days = 0x10
[keys]
chapter_next = "full_stop,N"
[mpv]
ao = "null"
cache = true
volume-max = 1_000.5
when = 2021-02-25T12:00:00Z
list = [1, [2, {a = 3}]]
"""

TIMES = (
    "946",
    "946.5",
    "15:46",
    "1:02:03",
    "75:00",
    "1h02m03s",
    "15m46s",
    "PT1H5M",
    "45 min",
    "npt:1:02:03.5",
    "1,5 Std.",
)
DATES = (
    "Fri, 23 Mar 2012 23:25:19 +0100",
    "2012-03-23T23:25:19Z",
    "March 23rd, 2012 11:25 pm EST",
    "23.03.2012",
    "3/23/2012",
    "1332545119",
    "20120323T232519-0530",
    "23-Mar-12 24:00 MESZ",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01",
)
ADDRESSES = (
    "https://ann:p%40ss@show.example:8443/feed.xml?x=1#y",
    "http://show.example",
    "//cdn.example/a b",
    "../1.mp3",
    "HTTP:\\\\show.example\\feed",
    "https://[::1]:80/",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://ex ample/",
    "https://www.bücher.example/ä",
    "feed://show.example/",
)
HEADERS = (
    "Cache-Control: public, max-age=300\nAge: 20",
    "Expires: Fri, 23 Mar 2012 23:25:19 GMT\nDate: Fri, 23 Mar 2012 22:25:19 GMT",
    "Retry-After: 120",
    "Retry-After: Fri, 31 Dec 9999 23:59:59 -0000",
    'cache-control: max-age="60", no-cache="x"',
    "Content-Type: text/xml; charset=windows-1252",
)
TYPED = (
    "talk",
    '"light and" dark*',
    "ümläut",
    "AND OR NOT",
    'a"b*',
    "東京",
    "title:light",
    "it's ",
    "*",
    '"',
)

ID3 = tuple(
    media.mp3(
        media.chap("chp0", 0, 5, "One", picture=b"\x89PNG"),
        media.chap("chp1", 5, 9, "Two", link="https://a.example/", picture_url="https://a.example/1.png"),
        media.ctoc("toc", ["chp0", "chp1"]),
        version=version,
        sound=2,
    )
    for version in (3, 4)
)
MP4 = (
    media.mp4([(0, "One"), (5, "Two")], sound=40, frames=2, front=True),
    media.mp4([(0, "One"), (5, "Two")], sound=40, frames=2, nero=[(0, "A"), (7, "B"), (9, "C")]),
)
VORBIS = tuple(
    make(
        ("CHAPTER001", "00:00:00.000"),
        ("CHAPTER001NAME", "One"),
        ("CHAPTER002", "1:02:03.5"),
        ("CHAPTER002URL", "https://a.example/"),
    )
    for make in (media.opus, media.flac)
)

HOSTILE = (
    "\x1b[31m",
    "\x1b]0;owned\x07",
    "\x9b31m",
    "\x90q\x9c",
    "\x00",
    "\x7f",
    "\r",
    "\n",
    "\t",
    "\u202e",
    "\u2066",
    "\u200b",
    "\ufeff",
    "\u200d",
    "e\u0301\u0302\u0303\u0304\u0305\u0306",
    "\U000e0041",
    "\U000e0100",
    "\ufdd0",
    "\U0001f469\u200d\U0001f680",
    "[bold]",
    "[@click=app.quit]x[/]",
    "&#27;[31m",
    "&#x9b;",
    "&#8238;",
    "&amp;#27;",
    "&lt;",
    "&nbsp;",
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "<?x",
    "?>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "&b;",
    "../",
    "/",
    "\\",
    "file:///etc/passwd",
    "https://u:p@h.example/",
    "javascript:x",
    "//",
    "9" * 30,
    "1e999",
    "-1",
    "NaN",
    "0",
    "99:59:59",
    "١٢:٣٤",
    "1:00",
    "00:00",
    "\ud7ff",
    "\uffff",
    "ß",
    "İ",
    "ﬀ",
)
_SURROGATES = (b"\xed\xa0\x80", b"\\ud800", b"&#xD800;", b"\xff\xfe", b"\xc3", b"\xef\xbb\xbf")
WORDS = (*(one.encode() for one in HOSTILE), *_SURROGATES)
MARKUP = tuple(
    one.encode()
    for one in (
        "<item>",
        "</item>",
        "<title>",
        "</title>",
        "<description>",
        "<item/>",
        "<rss>",
        "</rss>",
        "<channel>",
        "<a href='",
        "'>",
        "</a>",
        " xml:base='https://b.example/'",
        " xmlns='x'",
        "<a>",
        "<b>",
        "<p>",
        "<br>",
        "<li>",
        "<td>",
        "<pre>",
        "<script>",
        "</script>",
        "<h1>",
        "<psc:chapter start='",
        "<itunes:",
        "<media:content ",
        "<link ",
        " type='html'",
        " rel='enclosure'",
        ' "',
        "='",
        " - ",
        "(",
        ")",
    )
)
