"""The library that everything is measured with: feeds as real ones are, the same ones every time.

Words come from a vocabulary of 50,000 by Zipf's law, as in real notes, so that a search index has real
sizes and its common words are really common. Notes are HTML; a podcast's notes end with its sponsors'
same few sentences; a quarter of the episodes has lines of chapters with their times.
"""

from __future__ import annotations

import shutil
from bisect import bisect
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

VOCABULARY = 50_000
NEWEST = datetime(2025, 6, 1, 5, 0, tzinfo=UTC)
"""When the last episode of the first podcast was published: fixed, so that feeds are the same every time."""

_SEED = "pptui"
_BEGINNINGS = [
    "b",
    "br",
    "c",
    "ch",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "pr",
    "qu",
    "r",
    "s",
    "sh",
    "sp",
    "st",
    "t",
    "th",
    "tr",
    "v",
    "w",
    "z",
]
_VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "ee", "oo", "ou"]
_ENDINGS = ["", "", "", "n", "r", "s", "t", "l", "nd", "st", "ck", "m"]

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>{title}</title>
<link>https://show{number}.example.org/</link>
<language>en</language>
<itunes:author>{author}</itunes:author>
<description>{about}</description>
<itunes:type>episodic</itunes:type>
<itunes:explicit>false</itunes:explicit>
"""


@cache
def words() -> list[str]:
    """The vocabulary, the most frequent word first; frequent ones are short, as in any language."""
    chance = Random(f"{_SEED} words")
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        # One syllable for the first few hundred, up to four for the last.
        syllables = min(4, 1 + len(found) // 400) if len(found) < 1200 else chance.choice((2, 3, 3, 4))
        found[
            "".join(
                chance.choice(_BEGINNINGS) + chance.choice(_VOWELS) + chance.choice(_ENDINGS)
                for _ in range(syllables)
            )
        ] = None
    return list(found)


@cache
def _weights() -> list[float]:
    return list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))


def _draw(chance: Random, count: int) -> list[str]:
    known, weights = words(), _weights()
    total, draw = weights[-1], chance.random
    return [known[bisect(weights, draw() * total, 0, VOCABULARY - 1)] for _ in range(count)]


def _sentences(chance: Random, count: int) -> str:
    made = []
    for _ in range(count):
        drawn = _draw(chance, chance.randint(6, 17))
        if len(drawn) > 10:
            drawn[len(drawn) // 2] += ","
        made.append(" ".join(drawn).capitalize() + chance.choice("...?!"))
    return " ".join(made)


@cache
def _names() -> tuple[list[str], list[str]]:
    known = words()
    return [word for word in known[20:400] if len(word) < 6], [
        word for word in known[400:1200] if len(word) < 9
    ]


def podcast_title(podcast: int) -> str:
    """Two words, short enough for any sidebar, and no two of the first many thousand have the same."""
    firsts, seconds = _names()
    at = podcast + podcast // len(seconds)
    return f"{firsts[at % len(firsts)]} {seconds[podcast % len(seconds)]}".title()


def episode_title(podcast: int, number: int) -> str:
    """Begins with `#` and the number, by which a row is known on the screen."""
    drawn = _draw(Random(f"{_SEED} title {podcast} {number}"), 5)
    return f"#{number} {' '.join(drawn).capitalize()}"


def published(podcast: int, number: int, episodes: int) -> datetime:
    """One a week, each podcast at a minute of its own."""
    return NEWEST + timedelta(weeks=number - episodes, minutes=podcast)


def sentence(podcast: int, number: int) -> str:
    """Short notes, for libraries whose size alone matters."""
    return _sentences(Random(f"{_SEED} short {podcast} {number}"), 1)


@cache
def _sponsors(podcast: int) -> str:
    chance = Random(f"{_SEED} sponsors {podcast}")
    name = " ".join(_draw(chance, 2)).title()
    return (
        f"<p>---</p><p><strong>{name}</strong> makes this podcast possible: {_sentences(chance, 1)}"
        f' <a href="https://{name.replace(" ", "").lower()}.example.com/show{podcast}">Code SHOW{podcast}</a>'
        f" &amp; {_sentences(chance, 1)}</p>"
        "<p>Learn more about your ad choices. Visit "
        '<a href="https://ads.example.com/adchoices">ads.example.com/adchoices</a></p>'
    )


def _chapters(chance: Random, duration: int) -> str:
    count = chance.randint(6, 14)
    starts = sorted({0, *(chance.randrange(60, duration - 60) for _ in range(count))})
    lines = [
        f"({start // 3600:02}:{start // 60 % 60:02}:{start % 60:02}) "
        + " ".join(_draw(chance, chance.randint(2, 6))).capitalize()
        for start in starts
    ]
    return f"<p>{'<br />'.join(lines)}</p>"


def _notes(podcast: int, number: int, duration: int) -> str:
    chance = Random(f"{_SEED} notes {podcast} {number}")
    parts = [f"<p>{_sentences(chance, chance.randint(2, 4))}</p>" for _ in range(chance.randint(1, 2))]
    if chance.random() < 0.25:
        parts.append(_chapters(chance, duration))
    if chance.random() < 0.5:
        links = [
            f'<li><a href="https://example.com/{"-".join(_draw(chance, 2))}">{_sentences(chance, 1)}</a></li>'
            for _ in range(chance.randint(1, 2))
        ]
        parts.append(f"<ul>{''.join(links)}</ul>")
    return "".join([*parts, _sponsors(podcast)])


def item(podcast: int, number: int, episodes: int) -> str:
    """One episode; a number above `episodes` gives one that came later."""
    chance = Random(f"{_SEED} item {podcast} {number}")
    duration = chance.randint(900, 7200)
    notes = _notes(podcast, number, duration)
    # Some write their notes as CDATA, some escaped, and some twice: a summary and the whole.
    if podcast % 5 == 0:
        summary = _sentences(chance, 1)
        text = f"<description>{escape(summary)}</description>\n"
        text += f"<content:encoded><![CDATA[{notes}]]></content:encoded>"
    elif podcast % 3 == 0:
        text = f"<description>{escape(notes)}</description>"
    else:
        text = f"<description><![CDATA[{notes}]]></description>"
    length = (
        str(duration) if podcast % 2 else f"{duration // 3600}:{duration // 60 % 60:02}:{duration % 60:02}"
    )
    guid = f"{chance.getrandbits(128):032x}"
    host = f"https://show{podcast}.example.org"
    return f"""<item>
<title>{escape(episode_title(podcast, number))}</title>
<guid isPermaLink="false">{guid}</guid>
<link>{host}/episodes/{number}</link>
<pubDate>{format_datetime(published(podcast, number, episodes), usegmt=True)}</pubDate>
{text}
<itunes:duration>{length}</itunes:duration>
<itunes:episode>{number}</itunes:episode>
<itunes:explicit>false</itunes:explicit>
<enclosure url="{host}/audio/{guid}.mp3?from=feed" length="{duration * 16000}" type="audio/mpeg"/>
</item>
"""


def head(podcast: int) -> str:
    """A feed up to its first item."""
    chance = Random(f"{_SEED} podcast {podcast}")
    return _HEAD.format(
        title=escape(podcast_title(podcast)),
        number=podcast,
        author=" ".join(_draw(chance, 2)).title(),
        about=escape(_sentences(chance, 4)),
    )


TAIL = "</channel></rss>\n"


def feed_name(podcast: int) -> str:
    return f"{podcast:04}.xml"


def make(folder: Path, podcasts: int, episodes: int) -> None:
    """Write the feeds, newest episodes first, unless they are there."""
    if folder.is_dir():
        return
    growing = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(growing, ignore_errors=True)
    growing.mkdir(parents=True)
    for podcast in range(podcasts):
        items = "".join(item(podcast, number, episodes) for number in range(episodes, 0, -1))
        (growing / feed_name(podcast)).write_text(head(podcast) + items + TAIL, encoding="utf-8")
    growing.rename(folder)


def first_title(podcasts: int) -> str:
    """The podcast that stands first where they are sorted by title."""
    return min((podcast_title(number) for number in range(podcasts)), key=str.casefold)


def search_words() -> Sequence[str]:
    """Words to type: a very common one, a common one, and one of a few episodes."""
    known = words()
    return [
        next(word for word in known[rank:] if len(word) >= size)
        for rank, size in ((40, 4), (900, 6), (20_000, 8))
    ]
