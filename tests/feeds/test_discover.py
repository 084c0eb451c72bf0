"""A show's page is enough to find its feed."""

from __future__ import annotations

import pytest

from pptui.feeds.discover import discover


def test_a_show_s_page_leads_to_its_feed() -> None:
    page = b"""<!DOCTYPE html><html><head><base href="https://show.example/en/"><title>A &nbsp; show</title>
    <link rel="stylesheet" href="x.css"><link rel=alternate type="application/rss+xml" href="comments/feed/">
    <link rel="alternate" hreflang="de" href="/de/">
    <LINK REL="Alternate nofollow" TYPE="application/rss+xml; charset=utf-8" HREF="feed/mp3?a=1&amp;b=2">
    <link rel="alternate" type="application/atom+xml" href="//atom.example/x">
    <link rel="alternate" type="application/rss+xml" href="javascript:x">
    <link rel="alternate" type="application/rss+xml" href="feed/mp3?a=1&amp;b=2"></head><body><p>"""
    assert discover(page, "https://show.example/") == [
        "https://show.example/en/feed/mp3?a=1&b=2",
        "https://atom.example/x",
        "https://show.example/en/comments/feed/",
    ]


@pytest.mark.parametrize("page", [b"", b"\0", b"{}", b"<", b"<html>", b"<link>" * 10_000, b"\xff" * 100])
def test_a_page_that_names_no_feed_leads_nowhere(page: bytes) -> None:
    assert discover(page, "https://show.example/") == []
