"""What else there is about the same, from the words that episodes share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pptui.models import Episode, Podcast
from pptui.store.catalogue import Catalogue
from pptui.store.feed import FeedState, StoredEpisode, StoredNotes

SPONSOR = "This podcast is brought to you by Sleepwell mattresses, use the code SLUMBER at sleepwell.example."
TOPICS = {
    "transformers": "Vision transformers, attention, distillation tokens and image classification.",
    "bread": "A baker explains sourdough, hydration, gluten and why a crust cracks when the loaf cools.",
    "whales": "Humpback whales sing for hours; a biologist follows their migration with hydrophones.",
    "chess": "A grandmaster on openings, endgames, stockfish and the psychology of a blunder in chess.",
}


def stored(identifier: str, podcast: str, title: str, notes: str) -> StoredEpisode:
    episode = Episode(id=identifier, podcast=podcast, title=title, enclosure="https://example.org/a.mp3")
    return StoredEpisode(episode, StoredNotes(f"<p>{notes}</p><p>{SPONSOR}</p>", is_html=True))


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """Three podcasts with the same sponsor; each has an episode about each topic, and ten about nothing."""
    made = Catalogue(tmp_path / "catalogue.sqlite")
    for name in ("a", "b", "c"):
        episodes = [
            stored(f"{name} {topic}", name, f"Number {at} with a guest", f"{words} From {name}.")
            for at, (topic, words) in enumerate(TOPICS.items())
        ]
        episodes += [
            stored(
                f"{name} {at}", name, f"Number {at + 10}", f"Remark {name}{at}one and {name}{at}two, again."
            )
            for at in range(10)
        ]
        made.save_feed(Podcast(name, f"https://{name}.example.org", f"Podcast {name}"), episodes, FeedState())
    made.index_waiting()
    yield made
    made.close()


def like(catalogue: Catalogue, identifier: str, limit: int = 5) -> list[str]:
    episode = catalogue.episode(identifier)
    assert episode is not None
    return [one.id for one in catalogue.similar(episode, catalogue.notes(identifier), limit)]


def test_other_podcasts_episodes_about_the_same_are_found_and_nothing_else(catalogue: Catalogue) -> None:
    assert sorted(like(catalogue, "a transformers")) == ["b transformers", "c transformers"]
    assert sorted(like(catalogue, "c whales")) == ["a whales", "b whales"]


def test_a_sponsor_in_every_episode_makes_none_of_them_similar(catalogue: Catalogue) -> None:
    assert like(catalogue, "a 3") == []


def test_an_episode_of_a_feed_not_subscribed_to_has_similar_ones_too(catalogue: Catalogue) -> None:
    visited = Episode(id="visited", podcast="", title="How a loaf of sourdough cracks")
    notes = StoredNotes("On gluten, hydration and the crust.")
    assert {one.id for one in catalogue.similar(visited, notes, 5)} == {"a bread", "b bread", "c bread"}


def test_episodes_of_a_podcast_that_was_unsubscribed_are_not_shown(catalogue: Catalogue) -> None:
    catalogue.subscribed(lambda: ["a", "b"])
    assert like(catalogue, "a chess") == ["b chess"]


def test_the_podcasts_own_episodes_leave_room_for_others(catalogue: Catalogue) -> None:
    words = TOPICS["whales"]
    more = [stored(f"d {at}", "d", f"Whales, part {at}", f"{words} Part {at}.") for at in range(3)]
    filler = [stored(f"d filler {at}", "d", f"Number {at}", f"Remark {at}d.") for at in range(20)]
    catalogue.save_feed(Podcast("d", "https://d.example.org", "Podcast d"), [*more, *filler], FeedState())
    catalogue.index_waiting()
    found = like(catalogue, "d 0", limit=4)
    assert len(found) == 4
    assert sum(one.startswith("d ") for one in found) == 2


def test_signs_and_operators_in_titles_and_notes_are_words_or_nothing(catalogue: Catalogue) -> None:
    odd = Episode(id="odd", podcast="", title='" OR NEAR(* AND {title} : ^ "sourdough" -')
    assert isinstance(catalogue.similar(odd, StoredNotes("gluten' ; DROP TABLE words --"), 5), list)
    assert catalogue.similar(Episode(id="empty", podcast="", title=""), StoredNotes(), 5) == []
