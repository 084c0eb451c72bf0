"""The library's lists: what is in them, in which order, and that what was chosen lasts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pptui import demo
from pptui.episodes.lists import CONTINUE, NEW, Listing, View
from pptui.models import Episode, Progress
from pptui.services import Services
from pptui.store.selection import Filter, Sort
from tests import material

DAY = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = material.big(tmp_path, podcasts=2, episodes=6)
    yield made
    made.close()


def titles(listing: Listing) -> list[str]:
    return [row.episode.title for row in listing.every()]


def heard(services: Services, identifier: str, *, hour: int = 0, **progress: object) -> None:
    episode = services.episode(identifier)
    assert episode is not None
    how = Progress(heard=DAY + timedelta(hours=hour), **progress)  # type: ignore[arg-type]
    services.library.record(episode, how)
    services.catalogue.heard_changed({identifier: how})


def test_what_was_chosen_for_a_list_holds_for_that_list_and_the_next_time(services: Services) -> None:
    services.lists.arrange("p1", View(Sort.OLDEST, Filter.UNPLAYED))
    services.lists.arrange(CONTINUE, View(Sort.TITLE))
    heard(services, "e2", played=True)
    assert titles(services.lists.open("p1")) == ["T 1", "T 3", "T 4", "T 5", "T 6"]
    assert titles(services.lists.open("p2"))[0] == "T 6"
    services.close()
    again = Services(services.paths)
    assert again.lists.view("p1") == View(Sort.OLDEST, Filter.UNPLAYED)
    assert again.lists.view(CONTINUE) == View(Sort.TITLE)
    assert again.lists.view("p2") == View() and again.lists.view(NEW) == View()
    again.close()


def test_the_usual_is_not_written_down(services: Services) -> None:
    services.lists.arrange("p1", View(Sort.OLDEST))
    assert services.library.setting("list p1", {}) == {"sort": "oldest"}
    services.lists.arrange("p1", View())
    services.lists.arrange(CONTINUE, View(Sort.HEARD))
    assert services.library.setting("list p1", None) is None
    assert services.library.setting(f"list {CONTINUE}", None) is None


@pytest.mark.parametrize("kept", [{"sort": "sideways"}, {"filter": ["all"]}, {"sort": "heard"}, "oldest"])
def test_a_choice_that_can_not_be_had_is_the_usual_one(services: Services, kept: object) -> None:
    services.library.set_setting("list p1", kept)
    assert services.lists.view("p1") == View()
    assert len(services.lists.open("p1").keys) == 6


def test_a_list_knows_how_many_it_would_have_without_its_filter(services: Services) -> None:
    heard(services, "e1", position=5.0)
    services.lists.arrange("p1", View(filter=Filter.IN_PROGRESS))
    listing = services.lists.open("p1")
    assert (titles(listing), listing.total, listing.complete) == (["T 1"], 6, True)


def test_new_is_what_nobody_has_begun_in_so_many_days(tmp_path: Path) -> None:
    services = material.big(tmp_path, podcasts=10, episodes=30, config="new_days = 2")
    try:
        assert services.lists.total(NEW) == 48 or services.lists.total(NEW) == 47  # one an hour
        before = len(services.lists.open(NEW).keys)
        heard(services, "e30", position=1.0)
        heard(services, "e60", played=True)
        assert len(services.lists.open(NEW).keys) == services.lists.total(NEW) == before - 2
    finally:
        services.close()


def test_a_long_list_is_begun_at_once_and_its_count_not_made_up(services: Services) -> None:
    listing = services.lists.open(NEW, 5)
    assert not listing.complete and 0 < len(listing.keys) <= 6
    assert services.lists.total(NEW, 5) is None
    whole = services.lists.open(NEW)
    assert whole.complete and list(whole.keys[: len(listing.keys)]) == list(listing.keys)


def begun(services: Services) -> None:
    gone = Episode("gone", "px", "Gone from its feed", "No feed", DAY, 90.0, "/music/gone.mp3")
    services.library.record(gone, Progress(position=1.0, heard=DAY + timedelta(hours=1), chapter="Two"))
    for hour, identifier in ((3, "e3"), (2, "e4"), (4, "e8")):
        heard(services, identifier, hour=hour, position=2.0)
    services.library.record(
        demo.episode(), Progress(position=946.0, duration=9000.0, heard=DAY + timedelta(hours=5))
    )


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (View(Sort.HEARD), "demo e8 e3 e4 gone"),
        (View(Sort.NEWEST), "e4 e3 e8 gone demo"),
        (View(Sort.OLDEST), "demo gone e8 e3 e4"),
        (View(Sort.LONGEST), "demo e8 e4 e3 gone"),
        (View(Sort.SHORTEST), "gone e3 e4 e8 demo"),
        (View(Sort.HEARD, Filter.DOWNLOADED), "demo gone"),
    ],
    ids=str,
)
def test_what_to_continue_comes_in_its_order(services: Services, view: View, expected: str) -> None:
    begun(services)
    services.lists.arrange(CONTINUE, view)
    listing = services.lists.open(CONTINUE)
    ids = [row.episode.id for row in listing.every()]
    assert " ".join("demo" if one == demo.EPISODE_ID else one for one in ids) == expected
    assert listing.total == 5


def test_what_to_continue_with_chapters_outlives_its_feed(services: Services) -> None:
    begun(services)
    services.catalogue.save_chapter_counts([(3, 3, 5), (4, 4, 0)])
    services.lists.arrange(CONTINUE, View(filter=Filter.CHAPTERS, sort=Sort.HEARD))
    assert [row.episode.id for row in services.lists.open(CONTINUE).every()] == ["e3", "gone"]


def test_the_row_of_an_episode_that_has_gone_meanwhile_stays_empty(services: Services) -> None:
    listing = services.lists.open(NEW)
    services.catalogue.remove("p1")
    rows = listing.rows(0, 12)
    assert len(rows) == 12 and sum(row is None for row in rows) == 6
    assert {row.episode.podcast for row in listing.every()} == {"p2"}


def test_a_row_shows_what_was_heard_by_now(services: Services) -> None:
    listing = services.lists.open("p1")
    heard(services, "e6", position=12.0)
    row = listing.rows(0, 1)[0]
    assert row is not None and row.progress.position == 12.0 and row.chapters is None
    services.catalogue.save_chapter_counts([(6, 6, 5)])
    row = listing.rows(0, 1)[0]
    assert row is not None and row.chapters == 5


def test_an_overview_tells_what_it_does_not_know_yet(services: Services) -> None:
    heard(services, "e6", position=12.0)
    whole = services.overview("p1")
    assert (whole.continuing, whole.new, len(whole.podcasts), whole.complete) == (1, 11, 2, True)
    assert services.overview("p1", 100) == whole._replace(listing=services.overview("p1", 100).listing)
    part = services.overview("p1", 4)
    assert part.new is None and not part.complete and len(part.podcasts) == 2
