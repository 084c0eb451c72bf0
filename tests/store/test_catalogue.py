"""Lists that open at once at any size, and a cache that may be lost at any time."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pptui.models import Chapter, Episode, Podcast, Progress, Source
from pptui.store.catalogue import Catalogue, StoreError
from pptui.store.feed import FeedState, Known, StoredEpisode, StoredNotes
from pptui.store.keys import candidates
from pptui.store.schema import connect
from pptui.store.selection import Filter, Kind, Selection, Sort
from pptui.text.folding import terms

START = datetime(2024, 1, 1, tzinfo=UTC)
NO_STATE = FeedState()


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def episode(identifier: str, podcast: str = "p", published: datetime | None = None) -> Episode:
    return Episode(
        id=identifier,
        podcast=podcast,
        title=f"Episode {identifier}",
        podcast_title=f"Podcast {podcast}",
        published=published,
        duration=3120.0,
        enclosure=f"https://example.org/{identifier}.mp3",
        media_type="audio/mpeg",
        size=1234,
        link=f"https://example.org/{identifier}",
        guid=f"guid {identifier}",
    )


def save(catalogue: Catalogue, podcast: str, *episodes: Episode) -> int:
    return catalogue.save_feed(
        Podcast(podcast, "https://example.org/feed", f"Podcast {podcast}"),
        [StoredEpisode(one) for one in episodes],
        NO_STATE,
    )


def ids(catalogue: Catalogue, selection: Selection, offset: int = 0, limit: int = 100) -> list[str]:
    return [one.id for one in catalogue.episodes(selection, offset, limit)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "catalogue.sqlite"


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def catalogue(path: Path, told: list[str]) -> Iterator[Catalogue]:
    opened = Catalogue(path, on_problem=told.append)
    yield opened
    opened.close()


def test_everything_of_a_feed_is_there_after_a_restart(catalogue: Catalogue, path: Path) -> None:
    podcast = Podcast(
        "p",
        "https://example.org/feed",
        "Podcast p",
        "Author",
        "About",
        "https://example.org",
        refreshed=day(9),
    )
    state = FeedState('"etag"', "Mon, 01 Jan 2024 00:00:00 GMT", "hash")
    chapters = (
        Chapter(0.0, "One", 5.5, Source.PODLOVE, "https://example.org/1", "https://example.org/1.png"),
        Chapter(5.5, "Two", None, Source.PODLOVE),
    )
    notes = StoredNotes(
        "<p>Notes</p>", True, ("other", "text"), chapters, "https://example.org/chapters.json"
    )
    one = episode("e1", published=day(1) + timedelta(microseconds=123_456))
    assert catalogue.save_feed(podcast, [StoredEpisode(one, notes, -7)], state) == 1
    catalogue.close()
    again = Catalogue(path)
    assert again.podcasts() == [podcast._replace(episodes=1, unplayed=1)]
    assert again.episode("e1") == one
    assert again.episode("e2") is None
    assert again.notes("e1") == notes
    assert again.notes("e2") == StoredNotes()
    assert again.state("p") == state
    assert again.state("q") == FeedState()
    assert again.known("p") == [
        Known(one.id, one.guid, one.enclosure, one.link, one.title, one.published, -7)
    ]
    again.close()


def test_the_newest_is_first_and_the_undated_last_in_the_order_of_the_feed(catalogue: Catalogue) -> None:
    save(
        catalogue,
        "p",
        episode("undated 1"),
        episode("old", published=day(1)),
        episode("undated 2"),
        episode("new", published=day(3)),
        episode("same day 1", published=day(2)),
        episode("same day 2", published=day(2)),
        episode("undated 3"),
    )
    expected = ["new", "same day 1", "same day 2", "old", "undated 1", "undated 2", "undated 3"]
    assert ids(catalogue, Selection(Kind.PODCAST, "p")) == expected
    assert ids(catalogue, Selection(Kind.ALL)) == expected
    places = (ids(catalogue, Selection(Kind.PODCAST, "p"), at, 1) for at in (0, 6, 7))
    assert list(places) == [["new"], ["undated 3"], []]


def test_the_order_of_the_feed_holds_when_it_grows_is_cut_or_turned(catalogue: Catalogue) -> None:
    def names(text: str) -> list[Episode]:
        return [episode(name) for name in text]

    shown = Selection(Kind.PODCAST, "p")
    assert save(catalogue, "p", *names("dcba")) == 4
    assert save(catalogue, "p", *names("fedcba")) == 2
    assert "".join(ids(catalogue, shown)) == "fedcba"
    assert save(catalogue, "p", *names("gfed")) == 1  # a feed that only has its last four
    assert "".join(ids(catalogue, shown)) == "gfedcba"
    assert save(catalogue, "p", *names("gfxed")) == 1
    assert "".join(ids(catalogue, shown)) == "gfxedcba"
    assert save(catalogue, "p", *names("abcdexfgh")) == 1
    assert "".join(ids(catalogue, shown)) == "abcdexfgh"
    assert save(catalogue, "p", *names("ji")) == 2  # nothing that was in it before
    assert "".join(ids(catalogue, shown)) == "jiabcdexfgh"


def test_each_page_follows_the_one_before_from_either_end_of_a_long_list(catalogue: Catalogue) -> None:
    for podcast in ("p", "q"):
        save(
            catalogue,
            podcast,
            *(
                episode(f"{podcast}{number}", podcast, None if number % 10 == 0 else day(number // 3))
                for number in range(1500)
            ),
        )
    for selection in (Selection(Kind.ALL), Selection(Kind.PODCAST, "q"), Selection(Kind.NEW)):
        count = len(catalogue.keys(selection).keys)
        everything = ids(catalogue, selection, 0, -1)
        assert len(everything) == len(set(everything)) == count
        paged = [one for at in range(0, count, 70) for one in ids(catalogue, selection, at, 70)]
        assert paged == everything
        assert ids(catalogue, selection, count, 10) == ids(catalogue, selection, count + 5000, 10) == []
        assert ids(catalogue, selection, count - 3, -1) == everything[-3:]
    dates = [one.published for one in catalogue.episodes(Selection(Kind.ALL), 0, -1)]
    assert all(later is None or (earlier and earlier >= later) for earlier, later in pairwise(dates))


def test_a_refresh_counts_what_is_new_keeps_what_is_gone_and_takes_up_corrections(
    catalogue: Catalogue,
) -> None:
    assert save(catalogue, "p", episode("a", published=day(1)), episode("b", published=day(2))) == 2
    catalogue.set_error("p", "timed out")
    corrected = episode("b", published=day(2))._replace(title="Corrected", duration=None, size=None)
    assert save(catalogue, "p", episode("c", published=day(3)), corrected) == 1
    assert ids(catalogue, Selection(Kind.PODCAST, "p")) == ["c", "b", "a"]
    assert catalogue.episode("b") == corrected
    [podcast] = catalogue.podcasts()
    assert (podcast.episodes, podcast.unplayed, podcast.error) == (3, 3, "")
    with sqlite3.connect(catalogue._path) as raw:
        assert raw.execute("SELECT newest FROM podcast").fetchone() == (day(3).timestamp(),)


def test_a_refresh_that_changes_nothing_writes_no_episode(catalogue: Catalogue, path: Path) -> None:
    feed = [episode(f"e{number}", published=day(number)) for number in range(50, 0, -1)]
    save(catalogue, "p", *feed)
    before = catalogue._writer.total_changes
    assert save(catalogue, "p", *feed) == 0
    assert catalogue._writer.total_changes - before <= 2  # the podcast's own row
    before = catalogue._writer.total_changes
    assert save(catalogue, "p", episode("new", published=day(99)), *feed[:-10]) == 1
    assert (
        catalogue._writer.total_changes - before <= 5
    )  # that, the new episode, its notes, and that it is to be indexed


def test_corrected_notes_and_chapters_are_taken_up(catalogue: Catalogue) -> None:
    podcast, one = Podcast("p", "https://example.org/feed", "P"), episode("e")
    for notes in (
        StoredNotes("one"),
        StoredNotes("two"),
        StoredNotes("two", chapters=(Chapter(1.0, "Start", source=Source.PODLOVE),)),
        StoredNotes("two", others=("more",)),
    ):
        catalogue.save_feed(podcast, [StoredEpisode(one, notes)], NO_STATE)
        assert catalogue.notes("e") == notes


def test_an_item_that_is_in_the_feed_twice_is_one_episode(catalogue: Catalogue) -> None:
    assert save(catalogue, "p", episode("a")._replace(title="First"), episode("b"), episode("a")) == 2
    assert len(ids(catalogue, Selection(Kind.PODCAST, "p"))) == 2
    first = catalogue.episode("a")
    assert first and first.title == "First"


def test_an_episode_id_of_another_podcast_is_not_taken_from_it(catalogue: Catalogue) -> None:
    save(catalogue, "p", episode("a"))
    assert save(catalogue, "q", episode("a", "q"), episode("b", "q")) == 1
    assert ids(catalogue, Selection(Kind.PODCAST, "p")) == ["a"]
    assert ids(catalogue, Selection(Kind.PODCAST, "q")) == ["b"]
    assert [one.episodes for one in catalogue.podcasts()] == [1, 1]


def test_numbers_no_file_has_do_not_lose_the_episode(catalogue: Catalogue) -> None:
    odd = episode("a")._replace(size=10**30, duration=float("inf"))
    save(catalogue, "p", odd)
    assert catalogue.episode("a") == odd._replace(size=None, duration=None, podcast_title="Podcast p")


def test_errors_and_unchanged_feeds_are_remembered(catalogue: Catalogue) -> None:
    catalogue.set_error("never fetched", "no such host")
    assert [(one.id, one.title, one.error) for one in catalogue.podcasts()] == [
        ("never fetched", "", "no such host")
    ]
    save(catalogue, "p", episode("a"))
    catalogue.set_error("p", "timed out")
    failed = {one.id: one for one in catalogue.podcasts()}["p"]
    assert failed.error == "timed out" and failed.title == "Podcast p"
    state = FeedState("new etag", "", "hash")
    before = datetime.now(UTC)
    catalogue.touch("p", state)
    fine = {one.id: one for one in catalogue.podcasts()}["p"]
    assert fine.error == "" and fine.refreshed and fine.refreshed >= before - timedelta(seconds=1)
    assert catalogue.state("p") == state


def test_a_removed_podcast_leaves_nothing(catalogue: Catalogue) -> None:
    save(catalogue, "p", episode("a"))
    save(catalogue, "q", episode("b", "q"))
    catalogue.heard(lambda: {"a": Progress(position=5.0, heard=day(1)), "b": Progress(position=5.0)})
    catalogue.remove("p")
    assert [one.id for one in catalogue.podcasts()] == ["q"]
    assert ids(catalogue, Selection(Kind.ALL)) == ["b"]
    assert catalogue.notes("a") == StoredNotes()
    # A podcast that comes after it does not inherit what was heard of it.
    save(catalogue, "r", episode("c", "r"))
    assert ids(catalogue, Selection(Kind.NEW)) == ["c"]


def test_new_and_the_unplayed_follow_what_was_heard(catalogue: Catalogue) -> None:
    save(catalogue, "p", *(episode(f"p{number}", published=day(number)) for number in range(5, 0, -1)))
    save(catalogue, "q", *(episode(f"q{number}", "q", day(number + 0.5)) for number in range(5, 0, -1)))
    catalogue.heard(
        lambda: {
            "p5": Progress(played=True, heard=day(20)),
            "p4": Progress(position=60.0, heard=day(21)),
            "q3": Progress(position=30.0, heard=day(22)),
            "q2": Progress(position=10.0),
            "q1": Progress(position=10.0, played=True),
            "p3": Progress(),
            "in no feed": Progress(position=5.0, heard=day(23)),
        }
    )
    new = Selection(Kind.NEW, since=day(2))
    assert ids(catalogue, new) == ["q5", "q4", "p3"]
    assert catalogue.keys(new).total == 3
    assert ids(catalogue, new._replace(podcast="p")) == ["p3"]
    assert catalogue.keys(new._replace(podcast="q")).total == 2
    assert {one.id: one.unplayed for one in catalogue.podcasts()} == {"p": 4, "q": 4}
    catalogue.heard_changed({"q5": Progress(position=1.0), "q3": Progress(played=True)})
    assert ids(catalogue, new) == ["q4", "p3"]
    assert {one.id: one.unplayed for one in catalogue.podcasts()} == {"p": 4, "q": 3}
    catalogue.heard(dict)
    assert ids(catalogue, new) == ["q5", "p5", "q4", "p4", "q3", "p3", "q2"]
    assert {one.id: one.unplayed for one in catalogue.podcasts()} == {"p": 5, "q": 5}


def test_what_is_heard_while_all_that_was_heard_is_found_out_is_not_lost(catalogue: Catalogue) -> None:
    save(catalogue, "p", episode("a"), episode("b"), episode("c"))
    library = {"a": Progress(played=True)}

    def progress() -> dict[str, Progress]:
        known = dict(library)
        if "b" not in library:
            library["b"] = Progress(played=True)
            catalogue.heard_changed({"b": library["b"]})
        return known

    catalogue.heard(progress)
    assert ids(catalogue, Selection(Kind.NEW)) == ["c"]
    assert [one.unplayed for one in catalogue.podcasts()] == [1]


def test_what_is_stored_while_all_that_was_heard_is_found_out_is_known_as_heard(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.heard(lambda: {"a": Progress(played=True)})
    aside, stored = catalogue._aside, list[int]()

    def late(*given: Any) -> Any:
        found = aside(*given)
        if not stored:
            stored.append(save(catalogue, "p", episode("a"), episode("b")))
        return found

    monkeypatch.setattr(catalogue, "_aside", late)
    catalogue.heard(lambda: {"a": Progress(played=True)})
    assert stored == [2] and ids(catalogue, Selection(Kind.NEW)) == ["b"]


def test_what_was_heard_is_not_put_on_other_episodes_of_a_catalogue_begun_anew_meanwhile(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(catalogue, "p", episode("a"))
    aside, anew = catalogue._aside, list[int]()

    def late(*given: Any) -> Any:
        found = aside(*given)
        if not anew:
            catalogue._writer.execute("DROP TABLE chapter_count")
            assert catalogue.episode("a") is None
            anew.append(save(catalogue, "p", episode("b")))
        return found

    monkeypatch.setattr(catalogue, "_aside", late)
    catalogue.heard(lambda: {"a": Progress(played=True)})
    assert anew == [1] and ids(catalogue, Selection(Kind.NEW)) == ["b"]
    assert [one.unplayed for one in catalogue.podcasts()] == [1]


def test_a_podcast_that_is_added_while_subscriptions_are_told_is_listed(catalogue: Catalogue) -> None:
    save(catalogue, "p", episode("a"))
    save(catalogue, "q", episode("b", "q"))
    library = ["p"]
    told = threading.Event()

    def added() -> None:
        library.append("q")
        catalogue.subscribed(lambda: library)
        told.set()

    adding = threading.Thread(target=added)

    def before() -> list[str]:
        known = list(library)
        adding.start()
        assert not told.wait(0.1), "what was asked for earlier would be what holds"
        return known

    catalogue.subscribed(before)
    adding.join(30)
    assert sorted(ids(catalogue, Selection(Kind.ALL))) == ["a", "b"]


def test_a_deleted_catalogue_comes_back_by_refresh_with_what_was_heard(catalogue: Catalogue) -> None:
    catalogue.heard(lambda: {"a": Progress(position=5.0, heard=day(1)), "b": Progress(played=True)})
    assert catalogue.podcasts() == []
    save(catalogue, "p", episode("a"), episode("b"), episode("c"))
    assert ids(catalogue, Selection(Kind.NEW)) == ["c"]
    assert [one.unplayed for one in catalogue.podcasts()] == [2]


def test_a_list_can_be_read_while_a_refresh_is_writing(catalogue: Catalogue, told: list[str]) -> None:
    save(catalogue, "p", episode("a"))
    inside, go_on = threading.Event(), threading.Event()

    class Slow(list[StoredEpisode]):
        def __reversed__(self) -> Iterator[StoredEpisode]:
            inside.set()
            assert go_on.wait(30)
            return super().__reversed__()

    feed = Slow([StoredEpisode(episode("b"))])
    refresh = threading.Thread(
        target=catalogue.save_feed,
        args=(Podcast("p", "https://example.org/feed", "New title"), feed, NO_STATE),
    )
    refresh.start()
    assert inside.wait(30)
    # The refresh stays where it is until all of this is done: nothing of it may wait for the refresh.
    version = catalogue.version
    assert ids(catalogue, Selection(Kind.ALL)) == ["a"]
    assert [one.title for one in catalogue.podcasts()] == ["Podcast p"]
    catalogue.heard_changed({"a": Progress(played=True)})
    assert [one.unplayed for one in catalogue.podcasts()] == [0]
    assert refresh.is_alive() and not go_on.is_set() and told == []
    go_on.set()
    refresh.join()
    assert ids(catalogue, Selection(Kind.ALL)) == ["b", "a"]
    assert catalogue.version != version


def test_a_feed_that_cannot_be_stored_whole_is_not_stored_at_all(catalogue: Catalogue) -> None:
    save(catalogue, "p", episode("a"))
    broken = episode("c")._replace(title=None)  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="the catalogue can't be saved"):
        save(catalogue, "p", broken, episode("b"))
    assert ids(catalogue, Selection(Kind.ALL)) == ["a"]
    assert save(catalogue, "p", episode("b")) == 1


def test_two_processes_see_each_other_s_feeds(catalogue: Catalogue, path: Path) -> None:
    version = catalogue.version
    other = Catalogue(path)
    save(other, "p", episode("a"))
    assert catalogue.version != version
    assert ids(catalogue, Selection(Kind.ALL)) == ["a"]
    save(catalogue, "q", episode("b", "q"))
    assert len(other.podcasts()) == 2
    other.close()


def test_only_the_user_can_read_the_catalogue(catalogue: Catalogue, path: Path) -> None:
    save(catalogue, "p", episode("a"))
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    assert modes and set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def damage_header(path: Path) -> None:
    path.write_bytes(b"This is no database at all. " * 100)


def damage_version(path: Path) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 99")
    raw.close()


def damage_tables(path: Path) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute("DROP TABLE notes")
    raw.close()


@pytest.mark.parametrize("damage", [damage_header, damage_version, damage_tables])
def test_a_catalogue_that_is_of_no_use_is_set_aside_and_begun_anew(
    path: Path, damage: Callable[[Path], None], told: list[str]
) -> None:
    first = Catalogue(path, on_problem=told.append)
    save(first, "p", episode("a"))
    first.close()
    damage(path)
    again = Catalogue(path, on_problem=told.append)
    assert again.podcasts() == []
    assert len(told) == 1 and "begun anew: refresh" in told[0]
    assert save(again, "p", episode("a")) == 1
    assert path.with_name("catalogue.sqlite.damaged").exists()
    again.close()


@pytest.mark.parametrize(
    "damage",
    [
        "ALTER TABLE podcast DROP COLUMN failures",
        "ALTER TABLE episode RENAME COLUMN place TO position",
        "ALTER TABLE notes DROP COLUMN chapters_url",
        "DROP TABLE names",
    ],
)
def test_a_catalogue_with_other_tables_than_its_number_says_is_begun_anew_when_that_shows(
    path: Path, damage: str, told: list[str]
) -> None:
    first = Catalogue(path, on_problem=told.append)
    save(first, "p", episode("a"))
    first.close()
    with sqlite3.connect(path) as raw:
        raw.execute(damage)
    raw.close()
    again = Catalogue(path, on_problem=told.append)
    # Lists and a refresh, as an open pptui asks for them again and again: what fails fails once.
    for _ in range(2):
        with suppress(StoreError):
            again.podcasts()
            again.state("p")
            again.known("p")
            save(again, "p", episode("a"), episode("b"))
            again.index_waiting()
            again.search(terms("a"), 10)
    assert [one.id for one in again.podcasts()] == ["p"]
    assert ids(again, Selection(Kind.PODCAST, "p")) == ["a", "b"]
    assert len(told) == 1 and "begun anew: refresh" in told[0]
    again.close()


@pytest.mark.parametrize("kind", ["zeros", "truncated"])
def test_damage_that_shows_up_while_reading_is_mended_and_what_was_heard_still_counts(
    path: Path, told: list[str], kind: str
) -> None:
    first = Catalogue(path, on_problem=told.append)
    feed = [episode(f"e{number}", published=day(number)) for number in range(300)]
    save(first, "p", *feed)
    first.close()
    data = path.read_bytes()
    path.write_bytes(data[: 4096 * 2] + (b"" if kind == "truncated" else bytes(len(data) - 4096 * 2)))
    again = Catalogue(path, on_problem=told.append)
    again.heard(lambda: {"e1": Progress(played=True)})
    assert ids(again, Selection(Kind.PODCAST, "p")) == []
    assert again.podcasts() == []
    assert len(told) == 1 and "begun anew" in told[0]
    assert save(again, "p", *feed) == 300
    assert [one.unplayed for one in again.podcasts()] == [299]
    again.close()


@pytest.mark.parametrize("how", ["deleted", "with its folder", "replaced"])
def test_a_catalogue_that_is_taken_away_while_it_is_open_is_begun_anew_at_once(
    path: Path, tmp_path: Path, told: list[str], how: str
) -> None:
    opened = Catalogue(path, on_problem=told.append)
    save(opened, "p", episode("a"), episode("b"))
    opened.heard(lambda: {"c": Progress(played=True)})
    before = opened.version
    if how == "replaced":
        other = Catalogue(tmp_path / "other" / "catalogue.sqlite")
        save(other, "p", episode("c"), episode("d"))
        other.close()
        shutil.rmtree(path.parent)
        os.replace(other.path.parent, path.parent)
    elif how == "deleted":
        path.unlink()
    else:
        shutil.rmtree(path.parent)
    assert opened.search(terms("a"), 10) == []
    assert opened.version != before
    assert ids(opened, Selection(Kind.ALL)) == (["c", "d"] if how == "replaced" else [])
    assert [one.unplayed for one in opened.podcasts()] == ([1] if how == "replaced" else [])
    assert len(told) == 1 and "refresh to fill it again" in told[0]
    save(opened, "p", episode("e"))
    another = Catalogue(path)
    assert "e" in ids(another, Selection(Kind.ALL))
    another.close()
    opened.close()


@pytest.mark.parametrize("how", ["deleted", "damaged"])
def test_a_catalogue_that_is_lost_where_there_is_no_room_for_another_is_back_when_there_is(
    path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    opened = Catalogue(path, on_problem=told.append)
    save(opened, "p", episode("a"))

    def full(*_: object, **__: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("pptui.store.catalogue_file.make_folder", full)
        disk.setattr("tempfile.mkdtemp", full)
        if how == "deleted":
            shutil.rmtree(path.parent)
        else:
            opened._writer.execute("DROP TABLE chapter_count")
            assert opened.episode("a") is None
        for _ in range(3):
            assert opened.version == 0 and opened.podcasts() == [] and opened.search(terms("a"), 10) == []
            with pytest.raises(StoreError):
                save(opened, "p", episode("a"))
    assert told[how == "damaged" :] == ["there is no catalogue, and no room for one: No space left on device"]
    assert opened.version and save(opened, "p", episode("a")) == 1
    assert ids(opened, Selection(Kind.ALL)) == ["a"] and opened.path == path
    opened.close()


@pytest.mark.parametrize("how", ["deleted", "a temporary one deleted", "a temporary one damaged"])
def test_looking_for_room_for_a_catalogue_leaves_no_folders_and_ends_in_its_own_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    temporary, folder = tmp_path / "tmp", tmp_path / "data"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    if how != "deleted":
        folder.touch()
    opened = Catalogue(folder / "catalogue.sqlite")
    assert (opened.path.parent.parent == temporary) == (how != "deleted")
    save(opened, "p", episode("a"))

    def full(*_: object, **__: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as disk:
        disk.setattr("pptui.store.catalogue_file.connect", full)
        if how == "a temporary one damaged":
            opened._writer.execute("DROP TABLE chapter_count")
            assert opened.episode("a") is None
        else:
            shutil.rmtree(opened.path.parent)
        for _ in range(3):
            assert opened.version == 0
        assert list(temporary.iterdir()) == []
    if how != "deleted":
        folder.unlink()
    assert opened.version and opened.path == folder / "catalogue.sqlite" and opened.path.exists()
    opened.close()


def test_two_that_use_a_catalogue_that_was_taken_away_meet_again_in_the_new_one(path: Path) -> None:
    one, other = Catalogue(path), Catalogue(path)
    path.unlink()
    for number, catalogue in enumerate((one, other, one)):
        save(catalogue, f"p{number}", episode(f"e{number}", podcast=f"p{number}"))
    assert len(one.podcasts()) == len(other.podcasts()) == 3
    one.close()
    other.close()


def test_an_empty_file_is_a_new_catalogue(path: Path, told: list[str]) -> None:
    path.parent.mkdir()
    path.touch()
    opened = Catalogue(path, on_problem=told.append)
    assert opened.podcasts() == [] and told == []
    assert save(opened, "p", episode("a")) == 1
    opened.close()


def test_what_is_in_the_place_of_the_catalogue_is_named(path: Path, told: list[str]) -> None:
    path.mkdir(parents=True)
    Catalogue(path, on_problem=told.append).close()
    assert told == [f"the catalogue can't be kept as {path} (Is a directory): it lasts until pptui is closed"]


def test_where_nothing_can_be_kept_there_is_still_a_catalogue_for_today(
    tmp_path: Path, told: list[str]
) -> None:
    (tmp_path / "file").touch()
    opened = Catalogue(tmp_path / "file" / "catalogue.sqlite", on_problem=told.append)
    assert save(opened, "p", episode("a")) == 1
    assert ids(opened, Selection(Kind.ALL)) == ["a"]
    assert len(told) == 1 and "lasts until pptui is closed" in told[0]
    assert str(opened._path) in told[0]
    scratch = opened._scratch
    opened.close()
    assert scratch and not scratch.parent.exists()


def test_nothing_crashes_after_closing(catalogue: Catalogue, told: list[str]) -> None:
    save(catalogue, "p", episode("a"))
    catalogue.close()
    assert catalogue.podcasts() == [] and catalogue.keys(Selection()).total == 0
    catalogue.heard_changed({"a": Progress()})
    for change in (lambda: save(catalogue, "p", episode("a")), lambda: catalogue.remove("p")):
        with pytest.raises(StoreError, match=r"^the catalogue is closed$"):
            change()
    assert told == []


def test_a_disk_that_fails_is_told_of_once_and_not_with_every_look_at_the_library(
    catalogue: Catalogue, told: list[str]
) -> None:
    save(catalogue, "p", episode("a"))

    # Stands for a reading that fails each time.
    def refuse(action: int, table: str | None, *_: object) -> int:
        return sqlite3.SQLITE_DENY if table == "chapter_count" else sqlite3.SQLITE_OK

    catalogue._reader.set_authorizer(refuse)
    for _ in range(3):
        assert ids(catalogue, Selection(Kind.NEW)) == [] and catalogue.episode("a") is None
        assert [one.id for one in catalogue.podcasts()] == ["p"]
    assert told == ["the catalogue can't be read: access to chapter_count.chapters is prohibited"]
    save(catalogue, "p", episode("a"))  # it could be saved to: what comes after that is news
    assert catalogue.episode("a") is None and len(told) == 2


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no /proc")
def test_a_catalogue_that_cannot_be_opened_keeps_no_file_open(
    path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(path.parent.parent))

    def refuse(path: Path, patience: float) -> sqlite3.Connection:
        if patience < 5:  # the reader's, which comes second
            raise sqlite3.OperationalError("unable to open database file")
        return connect(path, patience)

    monkeypatch.setattr("pptui.store.catalogue_file.connect", refuse)
    with pytest.raises(sqlite3.Error):
        Catalogue(path, on_problem=told.append)
    left = [os.readlink(one) for one in Path("/proc/self/fd").iterdir() if one.is_symlink()]
    assert not [one for one in left if str(path.parent.parent) in one]


def test_marking_a_whole_library_played_takes_no_time(catalogue: Catalogue) -> None:
    save(catalogue, "p", *(episode(f"e{number}") for number in range(20_000)))
    statements: list[str] = []
    catalogue._reader.set_trace_callback(statements.append)
    began = time.process_time()
    catalogue.heard_changed({f"e{number}": Progress(played=True) for number in range(20_000)})
    took = time.process_time() - began
    assert len(statements) <= 5
    assert [one.unplayed for one in catalogue.podcasts()] == [0]
    sys.stdout.write(f"20,000 episodes marked in {took * 1000:.0f} ms\n")


LISTS = [
    Selection(Kind.ALL),
    Selection(Kind.PODCAST, "p1"),
    Selection(Kind.NEW, since=START),
    Selection(Kind.NEW),
    Selection(Kind.NEW, "p1", START),
]


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
@pytest.mark.parametrize("selection", LISTS, ids=str)
def test_a_list_of_any_length_is_read_from_an_index_and_not_sorted(
    catalogue: Catalogue, selection: Selection, sort: Sort
) -> None:
    query, values = candidates(selection._replace(sort=sort), [1, 2])
    rows = catalogue._reader.execute(f"EXPLAIN QUERY PLAN {query}", {**values, "limit": 1})
    plan = [row[3] for row in rows]
    assert not [step for step in plan if "TEMP B-TREE" in step]
    assert any("COVERING INDEX" in step for step in plan), plan
    assert not [step for step in plan if "COVERING INDEX" not in step and " e" in step]


def talk(identifier: str, title: str, minutes: float | None, *, file: bool = False, at: int = 1) -> Episode:
    return episode(identifier, published=day(at))._replace(
        title=title,
        duration=None if minutes is None else minutes * 60,
        enclosure=f"/music/{identifier}.mp3" if file else f"https://example.org/{identifier}.mp3",
    )


TALKS = (
    talk("e", "#10 - Yeast", 30, at=5),
    talk("d", "Éclairs", None, at=4, file=True),
    talk("c", "“Dough”", 90, at=3),
    talk("b", "#9 - Salt", 30, at=2),
    talk("a", "eating", 5, at=1, file=True),
)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.NEWEST, "edcba"),
        (Sort.OLDEST, "abcde"),
        (Sort.LONGEST, "cebad"),  # of equals the newest first; the one of no known length last
        (Sort.SHORTEST, "aebcd"),
        (Sort.TITLE, "becad"),  # numbers by value, signs in front and accents don't count: d, ea, ec
    ],
)
def test_a_list_comes_in_the_order_that_is_asked_for(catalogue: Catalogue, sort: Sort, expected: str) -> None:
    save(catalogue, "p", *TALKS)
    selection = Selection(Kind.PODCAST, "p", sort=sort)
    assert "".join(ids(catalogue, selection)) == expected
    assert "".join(ids(catalogue, selection, 1, 3)) == expected[1:4]


def test_the_length_of_what_was_played_is_the_file_s_own(catalogue: Catalogue) -> None:
    save(catalogue, "p", *TALKS)
    catalogue.heard(lambda: {"d": Progress(position=1.0, duration=9000.0)})
    assert "".join(ids(catalogue, Selection(Kind.PODCAST, "p", sort=Sort.LONGEST))) == "dceba"


def test_a_filter_leaves_what_it_names_and_tells_of_how_many(catalogue: Catalogue) -> None:
    save(catalogue, "p", *TALKS)
    catalogue.heard(lambda: {"a": Progress(played=True), "b": Progress(position=5.0), "c": Progress()})
    shown = {}
    for one in Filter:
        found = catalogue.keys(Selection(Kind.PODCAST, "p", filter=one))
        assert found.complete and found.total == 5
        shown[one] = "".join(row[0].id for row in catalogue.by_key(found.keys) if row)
        assert catalogue.keys(Selection(Kind.PODCAST, "p", filter=one), 5).keys == found.keys
    assert shown == {
        Filter.ALL: "edcba",
        Filter.UNPLAYED: "edcb",
        Filter.IN_PROGRESS: "b",
        Filter.DOWNLOADED: "da",
        Filter.CHAPTERS: "",
    }


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST, Sort.LONGEST, Sort.SHORTEST, Sort.TITLE])
def test_a_list_that_is_only_begun_is_the_first_of_it_or_nothing(catalogue: Catalogue, sort: Sort) -> None:
    save(catalogue, "p", *(episode(f"e{number:03}", published=day(number)) for number in range(200)))
    selection = Selection(Kind.PODCAST, "p", sort=sort, filter=Filter.UNPLAYED)
    some, everything = catalogue.keys(selection, 50), catalogue.keys(selection)
    assert everything.complete and len(everything.keys) == 200
    assert not some.complete
    assert some.keys == everything.keys[: len(some.keys)]
    assert bool(some.keys) == (sort in (Sort.NEWEST, Sort.OLDEST))


def test_an_episode_that_has_gone_leaves_its_row_and_not_another_s(catalogue: Catalogue) -> None:
    save(catalogue, "p", episode("a", published=day(3)), episode("b", published=day(2)))
    save(catalogue, "q", episode("c", "q", day(2.5)))
    keys = catalogue.keys(Selection()).keys
    catalogue.remove("q")
    assert [row and row[0].id for row in catalogue.by_key(keys)] == ["a", None, "b"]


def test_the_longest_list_is_sorted_in_runs_that_fit_together(catalogue: Catalogue) -> None:
    save(catalogue, "p", *(talk(f"e{number}", f"Talk {number * 7919 % 9001}", 1.0) for number in range(9000)))
    found = catalogue.episodes(Selection(Kind.PODCAST, "p", sort=Sort.TITLE), 0, -1)
    numbers = [int(one.title.removeprefix("Talk ")) for one in found]
    assert len(numbers) == 9000 and numbers == sorted(numbers)


def test_a_long_reading_holds_up_no_other(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    save(catalogue, "p", episode("a"))
    inside, go_on = threading.Event(), threading.Event()

    def slow(*arguments: object, **named: object) -> None:
        inside.set()
        assert go_on.wait(30)

    monkeypatch.setattr("pptui.store.catalogue.read_keys", slow)
    thread = threading.Thread(target=lambda: catalogue.keys(Selection()))
    thread.start()
    assert inside.wait(30)
    assert catalogue.episode("a") is not None
    go_on.set()
    thread.join()


def test_an_id_that_is_no_text_is_nobodys(catalogue: Catalogue, told: list[str]) -> None:
    """As the shell hands on what is not UTF-8, or half a surrogate pair in a library edited by hand."""
    for odd in ("\udcff", "\ud800"):
        assert catalogue.episode(odd) is None
        assert catalogue.podcast(odd) is None
        assert catalogue.notes(odd) == StoredNotes()
        assert catalogue.episodes(Selection(Kind.PODCAST, odd)) == []
        with pytest.raises(StoreError):
            catalogue.known(odd)
        with pytest.raises(StoreError):
            catalogue.set_error(odd, "gone")
    assert told == []


def test_a_row_that_no_pptui_has_written_has_the_catalogue_begun_anew(
    catalogue: Catalogue, told: list[str]
) -> None:
    save(catalogue, "p", episode("a"), episode("b"))
    catalogue._writer.execute("UPDATE notes SET chapters = '[[0'")
    assert catalogue.notes("a") == StoredNotes()
    assert len(told) == 1 and "begun anew: refresh to fill it again" in told[0]
    assert catalogue.podcasts() == []
    save(catalogue, "p", episode("a"), episode("b"))
    assert len(catalogue.episodes(Selection())) == 2
