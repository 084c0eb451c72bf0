"""Chapters counted behind: the same that an episode's screen shows, each once, and stopped at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pptui.episodes import counting
from pptui.episodes.counting import ELSEWHERE, Counter, chapters_in, count
from pptui.episodes.lists import View
from pptui.models import Chapter, Source
from pptui.services import Services
from pptui.store.feed import StoredNotes
from pptui.store.selection import Filter
from tests import material

PSC = tuple(Chapter(60.0 * at, f"Part {at}", source=Source.PODLOVE) for at in range(4))


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = material.services(tmp_path)
    titles = ("With a list", "Without", "Another without")
    notes = (material.NOTES, material.PLAIN, "At 12:30 we met.")
    items = [material.item(at, title, notes=notes[at]) for at, title in enumerate(titles)]
    material.add(made, tmp_path, "a.xml", material.feed("Talks", items))
    yield made
    made.close()


def counts(services: Services) -> dict[str, int | None]:
    podcast = services.podcast("Talks").id
    return {row.episode.title: row.chapters for row in services.lists.open(podcast).every()}


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (StoredNotes(), 0),
        (StoredNotes(material.PLAIN, True), 0),
        (StoredNotes(material.NOTES, True), 5),
        (StoredNotes("", False, (material.NOTES,)), 5),
        (StoredNotes("", False, (), PSC), 4),
        (StoredNotes(material.NOTES, True, (), PSC), 5),  # one of them, not both
        (StoredNotes("", False, (), (PSC[0], PSC[1]._replace(hidden=True), *PSC[2:])), 3),
        (StoredNotes("", False, (), (), "https://example.org/chapters.json"), ELSEWHERE),
        (StoredNotes(material.NOTES, True, (), (), "https://example.org/chapters.json"), 5),
    ],
    ids=["nothing", "plain", "notes", "other notes", "psc", "both", "hidden", "file", "notes and file"],
)
def test_what_is_counted_is_what_the_feed_gives(stored: StoredNotes, expected: int) -> None:
    assert chapters_in(stored, 3120.0) == expected


def test_an_episode_s_screen_has_as_many_chapters_as_its_row_says(services: Services) -> None:
    count(services.catalogue)
    for row in services.lists.open(services.podcast("Talks").id).every():
        assert row.chapters == len(services.detail(row.episode).chapters)
    assert counts(services) == {"With a list": 5, "Without": 0, "Another without": 0}


def test_nothing_is_counted_twice_and_changed_notes_are(services: Services, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    count(services.catalogue, lambda *how_far: told.append(how_far))
    count(services.catalogue, lambda *how_far: told.append(how_far))
    assert told == [(0, 3)]
    items = [
        material.item(0, "With a list"),
        material.item(1, "Without", notes=material.NOTES),
        material.item(2, "Another without", notes="At 12:30 we met."),
    ]
    (tmp_path / "a.xml").write_text(material.feed("Talks", items), encoding="utf-8")
    services.refresh()
    assert counts(services) == {"With a list": 5, "Without": None, "Another without": 0}
    count(services.catalogue)
    assert counts(services)["Without"] == 5


def test_a_count_of_notes_that_changed_meanwhile_is_not_kept(services: Services) -> None:
    (one, *_) = services.catalogue.to_count(services.catalogue.uncounted())
    services.catalogue.save_chapter_counts([(one.key, one.digest + 1, 7), (12345, 1, 7)])
    assert len(services.catalogue.uncounted()) == 3
    services.catalogue.save_chapter_counts([(one.key, one.digest, 7)])
    assert len(services.catalogue.uncounted()) == 2


def test_notes_that_can_not_be_read_do_not_stop_the_others(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(stored: StoredNotes, duration: float | None) -> int:
        if stored.text == material.NOTES:
            raise RecursionError
        return 9

    monkeypatch.setattr(counting, "chapters_in", failing)
    count(services.catalogue)
    assert counts(services) == {"With a list": 0, "Without": 9, "Another without": 9}


def test_a_process_of_its_own_counts_and_tells_how_far_it_is(services: Services) -> None:
    told: list[tuple[int, int]] = []
    Counter().run(services.catalogue.path, lambda *how_far: told.append(how_far))
    assert told == [(0, 3)]
    assert counts(services) == {"With a list": 5, "Without": 0, "Another without": 0}
    services.lists.arrange(services.podcast("Talks").id, View(filter=Filter.CHAPTERS))
    assert counts(services) == {"With a list": 5}


def test_the_folder_that_one_is_in_offers_no_modules_for_it(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json", "pptui", "sqlite3"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    Counter().run(services.catalogue.path, lambda *how_far: None)
    assert services.catalogue.uncounted() == []


def test_a_process_that_counts_ends_at_once_and_what_it_has_counted_stays(tmp_path: Path) -> None:
    services = material.big(tmp_path, podcasts=4, episodes=3000)
    counter, begun = Counter(), threading.Event()
    path = services.catalogue.path

    def report(done: int, total: int) -> None:
        if done:
            begun.set()

    thread = threading.Thread(target=counter.run, args=(path, report))
    try:
        thread.start()
        assert begun.wait(60)
        before = time.monotonic()
        counter.stop()
        thread.join(30)
        assert time.monotonic() - before < 5
        assert counter._child is not None and counter._child.process.returncode is not None
        assert 0 < len(services.catalogue.uncounted()) < 12_000
        Counter.run(counter, path, lambda done, total: pytest.fail("it was stopped for good"))
    finally:
        services.close()
