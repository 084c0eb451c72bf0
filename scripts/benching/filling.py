"""Put a library straight into pptui's store: `python -m benching.filling PODCASTS EPISODES` for the
home of its environment. Where EPISODES is below PODCASTS, only so many podcasts have one each.

For sizes that would take minutes to fetch. Show notes are a sentence each.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from benching import material
from pptui.models import Episode, Podcast, Subscription
from pptui.paths import paths
from pptui.store.catalogue import Catalogue
from pptui.store.feed import FeedState, StoredEpisode, StoredNotes
from pptui.store.library import Library


def episode(podcast: Podcast, at: int, number: int, episodes: int) -> StoredEpisode:
    host = f"https://show{at}.example.org"
    return StoredEpisode(
        Episode(
            id=f"{podcast.id}-{number}",
            podcast=podcast.id,
            podcast_title=podcast.title,
            title=material.episode_title(at, number),
            published=material.published(at, number, episodes),
            duration=900.0 + number,
            enclosure=f"{host}/audio/{number}.mp3",
            media_type="audio/mpeg",
            link=f"{host}/episodes/{number}",
            guid=f"{at}-{number}",
        ),
        StoredNotes(material.sentence(at, number)),
    )


def main() -> None:
    podcasts, episodes = int(sys.argv[1]), int(sys.argv[2])
    where = paths()
    catalogue, library = Catalogue(where.catalogue), Library(where.library)
    for at in range(podcasts):
        own = episodes // podcasts if episodes >= podcasts else int(at < episodes)
        url = f"https://show{at}.example.org/feed.xml"
        podcast = Podcast(f"podcast-{at:05}", url, material.podcast_title(at), author="Somebody")
        stored = [episode(podcast, at, number, own) for number in range(own, 0, -1)]
        catalogue.save_feed(podcast, stored, FeedState())
        library.subscribe(Subscription(podcast.id, url, podcast.title, datetime.now(UTC)))
    catalogue.index_waiting()
    library.close(60.0)
    catalogue.close()


if __name__ == "__main__":
    main()
