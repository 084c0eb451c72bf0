"""The library and the catalogue say the same of what was heard, whoever does it and when."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pptui import demo
from pptui.models import Progress
from pptui.services import Services
from pptui.store.journal import Entry
from pptui.store.selection import Kind, Selection
from tests import material


def test_a_mark_made_while_another_pptui_s_are_taken_up_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = Services(material.paths(tmp_path)), Services(material.paths(tmp_path))
    feed = material.feed("Talks", [material.item(number, f"Talk {number}") for number in range(3)])
    material.add(ours, tmp_path, "feed.xml", feed)
    podcast = ours.podcast("Talks").id
    a, b, _ = ours.catalogue.episodes(Selection(Kind.PODCAST, podcast))
    assert ours.library.flush(30)
    theirs.keeping.mark([a], True)
    assert theirs.library.flush(30)
    asked = ours.library.all_progress

    def meanwhile() -> Mapping[str, Progress]:
        known = asked()
        if not ours.library.progress(b.id).played:
            ours.keeping.mark([b], True)  # the screen's thread, while this one goes on
        return known

    monkeypatch.setattr(ours.library, "all_progress", meanwhile)
    assert ours.keeping.look_abroad()
    assert ours.podcast("Talks").unplayed == 1
    for one in (ours, theirs):
        one.close()


def test_a_mark_is_taken_back_as_quickly_as_it_was_made(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = material.feed("Talks", [material.item(number, f"Talk {number}") for number in range(3)])
    material.add(services, tmp_path, "feed.xml", feed)
    podcast = services.podcast("Talks").id
    a, b, _ = services.catalogue.episodes(Selection(Kind.PODCAST, podcast))
    services.keeping.mark([a], True)
    services.keeping.mark([a, b], False)
    services.keeping.mark([b], True)
    services.remove(podcast)

    def all_progress() -> Mapping[str, Progress]:
        raise AssertionError("all that was ever heard is learnt anew, of thousands of episodes")

    monkeypatch.setattr(services.library, "all_progress", all_progress)
    assert services.catalogue.episodes(Selection(Kind.ALL)) == []
    assert services.keeping.undo() == "unsubscribed from Talks"
    assert len(services.catalogue.episodes(Selection(Kind.ALL))) == 3
    unplayed = []
    for _ in range(3):
        unplayed.append(services.podcast("Talks").unplayed)
        services.keeping.undo()
    assert unplayed == [2, 3, 2]
    assert services.podcast("Talks").unplayed == 3 and services.keeping.undo() is None


def test_a_clock_that_was_set_back_costs_no_place_after_a_crash(tmp_path: Path) -> None:
    paths = material.paths(tmp_path)
    playing, now = demo.episode(), datetime(2026, 11, 23, tzinfo=UTC)

    def entry(position: float, heard: datetime) -> Entry:
        return Entry(playing, position, heard=heard)

    services = Services(paths)
    services.keeping.save(entry(10.0, now.replace(year=2027)), urgent=True)
    assert services.library.flush(30)
    services.keeping.save(entry(100.0, now), urgent=False)
    assert services.journal.sync(30)
    assert Services(paths).library.progress(playing.id).position == 100.0
    services.close()
