"""What was fetched once is there the next time, in a new catalogue and in one from before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pptui.store.catalogue import Catalogue, StoreError
from pptui.store.links import StoredLink
from pptui.store.schema import STEPS
from pptui.store.selection import Selection

URL = "https://example.org/chapters.json"
LINK = StoredLink(b'{"\0\xff', "https://cdn.example.org/1", datetime(2024, 1, 1, 12, 30, 15, 250_000, UTC))


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def catalogue(tmp_path: Path, told: list[str]) -> Iterator[Catalogue]:
    opened = Catalogue(tmp_path / "catalogue.sqlite", on_problem=told.append)
    yield opened
    opened.close()


def test_what_was_fetched_is_there_after_a_restart(catalogue: Catalogue, tmp_path: Path) -> None:
    link = replace(LINK, etag='"1"', modified="Mon, 01 Jan 2024 00:00:00 GMT")
    assert catalogue.linked(URL) is None
    catalogue.save_linked(URL, LINK)
    catalogue.save_linked(URL, link)
    catalogue.close()
    again = Catalogue(tmp_path / "catalogue.sqlite")
    assert again.linked(URL) == link
    assert again.linked(f"{URL}?2") is None
    again.close()


def test_what_nobody_asked_for_in_a_year_takes_no_more_room(catalogue: Catalogue) -> None:
    for name, days in (("old", 366), ("kept", 364)):
        catalogue.save_linked(name, replace(LINK, fetched=LINK.fetched - timedelta(days=days)))
    catalogue.save_linked(URL, LINK)
    assert [catalogue.linked(one) is None for one in ("old", "kept", URL)] == [True, False, False]


def test_after_closing_reading_gives_nothing_and_writing_says_so(
    catalogue: Catalogue, told: list[str]
) -> None:
    catalogue.save_linked(URL, LINK)
    catalogue.close()
    assert catalogue.linked(URL) is None
    with pytest.raises(StoreError, match=r"^the catalogue is closed$"):
        catalogue.save_linked(URL, LINK)
    assert told == []


def test_a_catalogue_of_the_first_version_is_taken_over_with_all_that_is_in_it(
    tmp_path: Path, told: list[str]
) -> None:
    path = tmp_path / "catalogue.sqlite"
    raw = sqlite3.connect(path, isolation_level=None)
    for statement in STEPS[0]:
        raw.execute(statement)
    raw.execute("PRAGMA user_version = 1")
    raw.execute(
        "INSERT INTO podcast (id, url, title, episodes) VALUES ('p', 'https://example.org', 'Talks', 1)"
    )
    raw.execute(
        "INSERT INTO episode (id, podcast, place, title, enclosure, media_type, link, guid, digest)"
        " VALUES ('e', 1, 0, 'Bread', 'https://example.org/1.mp3', 'audio/mpeg', '', 'g', 7)"
    )
    raw.execute(
        """INSERT INTO notes VALUES (1, 'Notes', 0, '[]', '[[0.0, "One", null, "podlove", "", ""]]', ?)""",
        (URL,),
    )
    raw.close()
    opened = Catalogue(path, on_problem=told.append)
    assert [(one.title, one.episodes) for one in opened.podcasts()] == [("Talks", 1)]
    assert [one.title for one in opened.episodes(Selection())] == ["Bread"]
    notes = opened.notes("e")
    assert (notes.text, notes.chapters_url, [one.title for one in notes.chapters]) == ("Notes", URL, ["One"])
    opened.save_linked(URL, LINK)
    opened.close()
    again = Catalogue(path, on_problem=told.append)
    assert again.linked(URL) == LINK and again.episode("e") is not None
    again.close()
    assert told == []
