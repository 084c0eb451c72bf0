"""Which chapter lists an episode has: those its feed has now, and what was found elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from pptui.models import Episode, Source
from pptui.services import Services
from pptui.store.feed import FeedState, StoredEpisode, StoredNotes
from tests import material
from tests.server import Server

PODLOVE = (
    '<psc:chapters version="1.2" xmlns:psc="http://podlove.org/simple-chapters">'
    '<psc:chapter start="0:00" title="Welcome"/><psc:chapter start="5:00" title="The mill"/></psc:chapters>'
)
HIDING = (
    '{"chapters": [{"startTime": 0, "title": "Welcome"},'
    ' {"startTime": 60, "title": "A sponsor", "toc": false}, {"startTime": 300, "title": "The mill"}]}'
)


@pytest.fixture
def episode(services: Services, tmp_path: Path) -> Episode:
    """Of a podcast that is subscribed to; its file has no chapters."""
    material.add(services, tmp_path, "feed.xml", material.feed("Talks", [material.item(1, "Talk")]))
    found = material.nth(services, services.podcast("Talks").id, 1)
    (tmp_path / "talk.mp3").write_bytes(bytes(100))
    return found._replace(enclosure=str(tmp_path / "talk.mp3"))


def save(services: Services, episode: Episode, notes: StoredNotes) -> None:
    """A refresh brought this."""
    services.catalogue.save_feed(services.podcast("Talks"), [StoredEpisode(episode, notes)], FeedState())
    services.index()


def ask(services: Services, episode: Episode) -> None:
    for source in services.chapters.asking(episode):
        source()


def shown(services: Services, episode: Episode) -> list[tuple[float, str]]:
    return [(one.start, one.title) for one in services.chapters.choice(episode).chapters]


def found(services: Services, typed: str) -> list[tuple[str, float | None]]:
    return [(hit.line, hit.at) for hit in list(services.search(typed))[-1].hits]


def test_chapters_corrected_in_the_notes_are_shown_after_a_refresh(
    services: Services, episode: Episode
) -> None:
    save(services, episode, StoredNotes("0:00 Welcome\n5:00 The mlil\n20:00 Goodbye"))
    assert (300.0, "The mlil") in [(one.start, one.title) for one in services.detail(episode).chapters]
    save(services, episode, StoredNotes("0:00 Welcome\n6:00 The mill\n20:00 Goodbye"))
    corrected = [(0.0, "Welcome"), (360.0, "The mill"), (1200.0, "Goodbye")]
    assert [(one.start, one.title) for one in services.detail(episode).chapters] == corrected
    save(services, episode, StoredNotes("Nothing is said of times any more."))
    assert services.detail(episode).chapters == ()


def test_what_a_file_has_is_still_there_when_its_notes_are_read_again(
    services: Services, episode: Episode
) -> None:
    Path(episode.enclosure).with_suffix(".psc").write_text(PODLOVE, encoding="utf-8")
    save(services, episode, StoredNotes("No times."))
    services.detail(episode)
    ask(services, episode)
    assert shown(services, episode) == [(0.0, "Welcome"), (300.0, "The mill")]
    services.detail(episode)
    assert shown(services, episode) == [(0.0, "Welcome"), (300.0, "The mill")]


def test_an_episode_is_found_by_podlove_chapters_beside_its_file(
    services: Services, episode: Episode
) -> None:
    Path(episode.enclosure).with_suffix(".psc").write_text(PODLOVE, encoding="utf-8")
    save(services, episode, StoredNotes("No times."))
    assert found(services, "mill") == []
    ask(services, episode)
    assert services.chapters.choice(episode).chapters[0].source is Source.PODLOVE
    assert found(services, "mill") == [("The mill", 300.0)]


def test_an_episode_is_found_by_podlove_chapters_that_its_feed_points_to(
    services: Services, episode: Episode, server: Server
) -> None:
    server.add("/chapters.psc", PODLOVE)
    save(services, episode, StoredNotes("No times.", chapters_url=server.url("/chapters.psc")))
    ask(services, episode)
    assert found(services, "mill") == [("The mill", 300.0)]


def test_a_chapter_that_belongs_in_no_list_is_not_found_either(services: Services, episode: Episode) -> None:
    Path(episode.enclosure).with_suffix(".chapters.json").write_text(HIDING, encoding="utf-8")
    save(services, episode, StoredNotes("No times."))
    ask(services, episode)
    assert shown(services, episode) == [(0.0, "Welcome"), (300.0, "The mill")]
    assert found(services, "mill") == [("The mill", 300.0)]
    assert found(services, "sponsor") == []


def test_a_file_that_can_not_be_looked_for_has_no_chapters_and_that_is_no_fault(
    services: Services, episode: Episode, tmp_path: Path
) -> None:
    save(services, episode, StoredNotes("No times."))
    unnamable = episode._replace(enclosure=str(tmp_path / f"{'a' * 300}.mp3"))
    ask(services, unnamable)
    assert shown(services, unnamable) == []


def test_an_episode_opened_without_a_network_has_the_publishers_chapters_when_it_is_opened_again(
    services: Services, episode: Episode, server: Server
) -> None:
    episode = episode._replace(enclosure="")
    save(services, episode, StoredNotes("No times.", chapters_url=server.url("/chapters.json")))
    ask(services, episode)
    assert shown(services, episode) == []
    assert services.chapter_lists(episode) == []
    server.add("/chapters.json", HIDING)
    ask(services, episode)
    assert shown(services, episode) == [(0.0, "Welcome"), (300.0, "The mill")]
    server.requests.clear()
    ask(services, episode)
    assert services.chapters.asking(episode) == [] and server.requests == []


def test_an_episode_whose_publishers_chapters_are_gone_does_not_ask_for_its_audio_each_time_it_is_opened(
    services: Services, episode: Episode, server: Server
) -> None:
    server.add("/talk.mp3", bytes(100))
    episode = episode._replace(enclosure=server.url("/talk.mp3"))
    save(services, episode, StoredNotes("No times.", chapters_url=server.url("/chapters.json")))
    ask(services, episode)
    assert {one.path for one in server.requests} == {"/talk.mp3", "/chapters.json"}
    server.requests.clear()
    ask(services, episode)
    assert {one.path for one in server.requests} == {"/chapters.json"}
