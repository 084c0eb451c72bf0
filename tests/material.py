"""Feeds of our own for tests, and pptui's services on folders of the test's own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from pptui.models import Episode, Podcast, Subscription
from pptui.paths import Paths
from pptui.services import Services
from pptui.store.feed import FeedState, save_podcast
from pptui.store.schema import transaction
from pptui.store.selection import Kind, Selection

NOTES = """<p>A long talk about <b>bread</b>, with a baker who has baked for forty years.</p>
<ul><li>What flour does</li><li>Why dough has to <i>rest</i></li></ul>
<p>More at <a href="https://example.org/bread">the bakery's page</a>. The best part is at 12:34.</p>
<p>(00:00) Welcome<br>(02:30) Flour, water, salt and nothing else<br>(12:00) Resting<br>(31:15) The oven<br>
(44:40) Questions from the audience</p>"""

PLAIN = (
    "<p>A talk about many things, and about none of them for long. " + "Some words of notes. " * 30 + "</p>"
)


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


def services(folder: Path, config: str = "", mpv: str = "") -> Services:
    """Services on folders of their own; what plays there plays to nowhere. `mpv`: more of its options."""
    where = paths(folder)
    where.config.mkdir(parents=True, exist_ok=True)
    where.config_file.write_text(
        f'theme = "dark"\nrefresh_after = 0\n{config}\n[mpv]\nao = "null"\n{mpv}\n', encoding="utf-8"
    )
    return Services(where)


def big(folder: Path, podcasts: int = 200, episodes: int = 300, config: str = "") -> Services:
    """Services with a library of any size: 60,000 episodes in two seconds, not indexed for searching yet.

    `Podcast 1` … in turn publish one every hour, the last an hour ago. A third have chapters in their
    notes; `T 7` is the seventh of its podcast, and lasts between one minute and two hours."""
    made = services(folder, config)
    now = datetime.now(UTC)
    last = now.timestamp() - 3600.0
    found: list[Subscription] = []
    writer = made.catalogue._writer
    with transaction(writer):
        for podcast in range(1, podcasts + 1):
            one = Subscription(f"p{podcast}", f"https://example.org/{podcast}.xml", f"Podcast {podcast}", now)
            found.append(one)
            save_podcast(writer, Podcast(one.id, one.url, one.title, "Somebody"), FeedState())
            keys = [(podcast - 1) * episodes + number for number in range(1, episodes + 1)]
            writer.executemany(
                "INSERT INTO episode (key, id, podcast, place, published, title, duration, enclosure,"
                " media_type, link, guid, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'audio/mpeg', '', ?, ?)",
                [
                    (
                        key,
                        f"e{key}",
                        podcast,
                        number,
                        last - 3600.0 * ((episodes - number) * podcasts + podcasts - podcast),
                        f"T {number}",
                        60.0 + key * 7919 % 7140,
                        f"https://example.org/{key}.mp3",
                        f"guid {key}",
                        key,
                    )
                    for number, key in enumerate(keys, 1)
                ],
            )
            writer.executemany(
                "INSERT INTO notes VALUES (?, ?, 1, '[]', '[]', '')",
                [(key, NOTES if key % 3 == 0 else PLAIN) for key in keys],
            )
        writer.execute("UPDATE podcast SET episodes = ?", (episodes,))
        writer.execute("INSERT INTO unindexed (episode) SELECT key FROM episode")
    for one in found:
        made.library.subscribe(one)
    return made


def nth(services: Services, podcast_id: str, number: int = 1) -> Episode:
    """The episode that is `number` in its podcast's list, 1 being the newest."""
    (found,) = services.catalogue.episodes(Selection(Kind.PODCAST, podcast_id), number - 1, 1)
    return found


def add(services: Services, folder: Path, name: str, text: str) -> str:
    """Subscribe to a feed file; its path. The podcast's id is in what `services.podcasts` gives."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    services.add(str(file))
    return str(file)
