"""Feeds of our own for tests, and pptui's services on folders of the test's own."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

from pptui.paths import Paths
from pptui.services import Services

NOTES = """<p>A long talk about <b>bread</b>, with a baker who has baked for forty years.</p>
<ul><li>What flour does</li><li>Why dough has to <i>rest</i></li></ul>
<p>More at <a href="https://example.org/bread">the bakery's page</a>. The best part is at 12:34.</p>
<p>(00:00) Welcome<br>(02:30) Flour, water, salt and nothing else<br>(12:00) Resting<br>(31:15) The oven<br>
(44:40) Questions from the audience</p>"""


def item(number: int, title: str, *, notes: str = NOTES, duration: str = "52:00", year: int = 2021) -> str:
    """One episode of a feed."""
    return f"""<item><title>{escape(title)}</title><guid isPermaLink="false">episode-{number}</guid>
<link>https://example.org/episodes/{number}</link>
<pubDate>Thu, {number % 28 + 1:02} Feb {year} 12:00:00 GMT</pubDate>
<itunes:duration>{duration}</itunes:duration>
<description>{escape(notes)}</description>
<enclosure url="https://example.org/audio/{number}.mp3" type="audio/mpeg" length="1000"/></item>"""


def feed(title: str, items: list[str]) -> str:
    """A whole feed, RSS 2.0."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
<title>{escape(title)}</title><itunes:author>Somebody</itunes:author><link>https://example.org/</link>
{"".join(items)}</channel></rss>"""


def paths(folder: Path) -> Paths:
    return Paths(folder / "config", folder / "data", folder / "cache", folder / "state")


def services(folder: Path, config: str = "") -> Services:
    """Services on folders of their own; what plays there plays to nowhere."""
    where = paths(folder)
    where.config.mkdir(parents=True, exist_ok=True)
    where.config_file.write_text(
        f'theme = "dark"\nrefresh_after = 0\n{config}\n[mpv]\nao = "null"\n', encoding="utf-8"
    )
    return Services(where)


def add(services: Services, folder: Path, name: str, text: str) -> str:
    """Subscribe to a feed file; its path. The podcast's id is in what `services.podcasts` gives."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    services.add(str(file))
    return str(file)
