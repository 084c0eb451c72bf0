"""Documents that are made to cost time, memory or a secret: each is read or refused, nothing is fetched."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pptui.feeds import linked
from pptui.feeds.discover import discover
from pptui.feeds.parse import parse
from pptui.feeds.parsed import FeedError
from tests.durability.tally import Tally, size
from tests.server import Server

URL = "https://example.org/feed.xml"
SECRET = "hidden words"
FEED = (
    "<rss version='2.0' xmlns:psc='http://podlove.org/simple-chapters'><channel><title>Show</title>"
    "<item><title>{0}</title><guid>{0}</guid><description>{0} and more</description>"
    "<psc:chapters><psc:chapter start='0' title='{0}'/></psc:chapters></item></channel></rss>"
)
PSC = (
    "<psc:chapters xmlns:psc='http://podlove.org/simple-chapters'>"
    "<psc:chapter start='1' title='{}'/></psc:chapters>"
)
PATIENCE = 20.0
"""Seconds of the processor that no document may take, on a machine that has other things to do."""


def doctypes(address: str, path: Path) -> dict[str, str]:
    laughs = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghi", "bcdefghix", strict=True)
    )
    return {
        "laughs": f"<!DOCTYPE rss [{laughs}]>",
        "quadratic": f'<!DOCTYPE rss [<!ENTITY x "{"a" * 50_000}">]>',
        "file": f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{path.as_uri()}">]>',
        "http": f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{address}/entity">]>',
        "dtd": f'<!DOCTYPE rss SYSTEM "{address}/dtd">',
        "public": f'<!DOCTYPE rss PUBLIC "-//x//EN" "{address}/public">',
        "parameter": f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{address}/parameter"> %p; %x;]>',
        "stylesheet": f'<?xml-stylesheet href="{address}/sheet"?>',
        "include": f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{address}/include"/>',
    }


def test_entities_are_not_expanded_and_nothing_is_fetched(
    server: Server, tmp_path: Path, tally: Tally
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    for name, doctype in doctypes(server.url(), secret).items():
        for repeated in (1, 2_000 if name == "quadratic" else 3):
            text = "x" + "&x;" * repeated
            whole = (doctype + FEED.format(text)).encode()
            began = time.process_time()
            for body in (whole, whole.removesuffix(b"</channel></rss>")):
                try:
                    found = parse(body, server.url("/feed.xml"))
                except FeedError:
                    continue
                for one in found.episodes:
                    shown = one.title + one.notes + "".join(chapter.title for chapter in one.chapters)
                    assert SECRET not in shown and "aaaa" not in shown and "haha" not in shown, name
            for chapter in linked.read((doctype + PSC.format(text)).encode(), server.url("/c.xml")):
                assert (
                    SECRET not in chapter.title
                    and "aaaa" not in chapter.title
                    and "haha" not in chapter.title
                )
            discover((doctype + "<html><head>" + FEED.format(text)).encode(), server.url())
            assert time.process_time() - began < PATIENCE, name
            tally.add(inputs=4)
    assert server.requests == []


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-32-be", "utf-7"]
)
def test_whatever_the_encoding_and_whatever_is_declared_it_is_read_or_refused(
    encoding: str, tally: Tally
) -> None:
    for declared in (
        "",
        "utf-8",
        "utf-7",
        "utf-16",
        "UCS-4",
        "iso-8859-1",
        "idna",
        "rot13",
        "zlib",
        "none-such",
    ):
        head = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
        body = (head + FEED.format("Ünï ♫\0")).encode(encoding, "replace")
        for content_type in ("", f"text/xml; charset={declared}"):
            try:
                titles = [one.title for one in parse(body, URL, content_type).episodes]
            except FeedError:
                titles = []
            assert all(one.isprintable() for one in titles)
            if encoding.startswith("utf-8") and declared in ("", "utf-8"):
                assert titles == ["Ünï ♫"]
            linked.read((head + PSC.format("Ünï")).encode(encoding))
            tally.add(inputs=2)


def test_a_feed_cut_at_every_byte_is_read_or_refused(tally: Tally) -> None:
    body = ("<?xml version='1.0'?>\n<!-- x -->" + FEED.format("Ünï &amp; ♫")).encode()
    for length in range(len(body)):
        try:
            found = parse(body[:length], URL)
        except FeedError:
            continue
        finally:
            tally.add(inputs=1)
        assert all(one.title.isprintable() for one in found.episodes)


CHAPTERS = {
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"chapters":' * 50_000,
    "deep in a chapter": b'{"chapters":[{"startTime":1,"title":' + b"[" * 50_000,
    "numbers": b'{"chapters":[{"startTime":'
    + b"9" * 4_000
    + b',"title":"a"},{"startTime":1e999,"title":"b"}]}',
    "longer numbers": b'{"chapters":[{"startTime":' + b"9" * 1_000_000 + b',"title":"a"}]}',
    "no numbers": b'{"chapters":[{"startTime":NaN,"title":"a"},{"startTime":-Infinity,"title":"b"}]}',
    "the same key": b'{"chapters":['
    + b'{"startTime":1,"title":"a","title":["b"],"startTime":{}},' * 9
    + b"{}]}",
    "the same chapters": b'{"chapters":[],' * 1 + b'"chapters":{"chapters":[1,null,true,"x",[[]]]}}',
    "many": b'{"chapters":[' + b'{"startTime":1,"title":"a"},' * 60_000 + b"{}]}",
    "surrogates": b'{"chapters":[{"startTime":1,"title":"\\ud800x\\udfff"}]}',
    "types": b'{"chapters":[{"startTime":true,"title":{},"url":[],"img":1,"toc":"x","endTime":"y"}]}',
    "deep XML": b"<psc:chapters>" + b"<a>" * 100_000,
    "attributes": b"<psc:chapters><psc:chapter " + b"".join(b"a%d='1' " % n for n in range(5_000)) + b"/>",
    "namespaces": b"<psc:chapters " + b"".join(b"xmlns:a%d='u%d' " % (n, n) for n in range(5_000)) + b"/>",
    "one element": PSC.format("a" * 1_900_000).encode(),
    "rows": b"<psc:chapters>" + b"<psc:chapter start='1' title='a'/>" * 50_000 + b"</psc:chapters>",
}


@pytest.mark.parametrize("form", CHAPTERS)
def test_a_chapters_file_has_its_end(form: str, tally: Tally) -> None:
    began = time.process_time()
    found = linked.read(CHAPTERS[form], URL)
    assert time.process_time() - began < PATIENCE
    assert len(found) <= 10_000
    assert all(one.title.isprintable() and len(one.title) <= 500 for one in found)
    tally.add(inputs=1)


LEVELS = size(20_000, 100_000)
DEEP = {
    "closed": b"<a>" * LEVELS + b"</a>" * LEVELS,
    "open": b"<a>" * LEVELS,
    "in notes": b"<item><description>" + b"<b>" * LEVELS + b"</b>" * LEVELS + b"</description></item>",
    "groups": b"<item>" + b"<media:group>" * 5_000 + b"</media:group>" * 5_000 + b"</item>",
}


@pytest.mark.parametrize("form", DEEP)
def test_no_number_of_levels_is_a_way_down(form: str, tally: Tally) -> None:
    space = b"<rss xmlns:media='http://search.yahoo.com/mrss/'><channel><title>T</title>"
    began = time.process_time()
    try:
        parse(space + DEEP[form] + b"</channel></rss>", URL)
    except FeedError:
        pass
    assert time.process_time() - began < 40
    tally.add(inputs=1)
