"""What was found is shown by the line it was found by, with the chapter's time where it is a chapter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pptui.episodes import finding
from pptui.models import Chapter, Episode, Hit, Podcast, Progress, Source, Where
from pptui.store.catalogue import Catalogue
from pptui.store.feed import FeedState, StoredEpisode, StoredNotes
from tests.material import NOTES


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    one = Catalogue(tmp_path / "catalogue.sqlite")
    yield one
    one.close()


def save(catalogue: Catalogue, *stored: tuple[str, StoredNotes]) -> None:
    catalogue.save_feed(
        Podcast("p", "https://example.org/feed", "The Baker"),
        [
            StoredEpisode(
                Episode(title, "p", title, "The Baker", datetime(2024, 1, 1, tzinfo=UTC), 3120.0), notes
            )
            for title, notes in stored
        ],
        FeedState(),
    )
    catalogue.index_waiting()


def parts(catalogue: Catalogue, typed: str, limit: int = 100) -> list[finding.Found]:
    return list(finding.search(typed, catalogue, lambda _: Progress(), limit))


def hit(catalogue: Catalogue, typed: str) -> Hit:
    (one,) = parts(catalogue, typed)[-1].hits
    return one


def marked(hit: Hit) -> list[str]:
    return [hit.line[start:end] for start, end in hit.line_marks]


def test_a_hit_in_the_notes_shows_its_line_with_the_words_marked(catalogue: Catalogue) -> None:
    save(catalogue, ("Rye", StoredNotes(NOTES, is_html=True)))
    found = hit(catalogue, "baked forty")
    assert (found.where, found.at) == (Where.NOTES, None)
    assert found.line == "A long talk about bread, with a baker who has baked for forty years."
    assert marked(found) == ["baked", "forty"]


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("sauerteig", "Sauerteig"),
        ("Sauer\u00adteig", "Sauerteig"),
        ("word", "word"),
        ("wort", "Wort"),
        ("strass", "Straß"),
    ],
)
def test_a_word_of_several_elements_or_with_hidden_signs_is_found_and_marked_as_it_is_shown(
    catalogue: Catalogue, typed: str, seen: str
) -> None:
    notes = "<p>Hello.</p><p>Sauer&shy;teig, wo<wbr>rd, <b>W</b>ort und Stra&szlig;e</p>"
    save(catalogue, ("Rye", StoredNotes(notes, is_html=True)))
    found = hit(catalogue, typed)
    assert found.line == "Sauerteig, word, Wort und Straße"
    assert marked(found) == [seen]


def test_the_line_with_the_most_words_is_shown(catalogue: Catalogue) -> None:
    save(catalogue, ("Rye", StoredNotes("Bread\nSalt & Bread\nSalt")))
    assert hit(catalogue, "salt bread").line == "Salt & Bread"


def test_a_chapter_written_in_the_notes_has_its_time_a_moment_later(catalogue: Catalogue) -> None:
    save(catalogue, ("Rye", StoredNotes(NOTES, is_html=True)))
    first, *_, last = parts(catalogue, "flour nothing")
    assert first.hits[0].line == "(02:30) Flour, water, salt and nothing else"
    (found,) = last.hits
    assert (found.where, found.at, found.line) == (
        Where.CHAPTER,
        150.0,
        "Flour, water, salt and nothing else",
    )
    assert marked(found) == ["Flour", "nothing"]


def test_a_chapter_of_the_feed_and_one_learnt_later_have_their_times(catalogue: Catalogue) -> None:
    save(
        catalogue,
        ("Rye", StoredNotes("bread", chapters=(Chapter(600.0, "The oven", source=Source.PODLOVE),))),
        ("Oats", StoredNotes("bread")),
    )
    catalogue.save_chapters("Oats", [Chapter(60.0, "A mill", source=Source.FILE)])
    catalogue.index_waiting()
    for typed, at in (("oven", 600.0), ("oven bread", 600.0), ("mill", 60.0)):
        assert (hit(catalogue, typed).where, hit(catalogue, typed).at) == (Where.CHAPTER, at)


def test_a_title_is_shown_with_what_the_notes_say_of_it(catalogue: Catalogue) -> None:
    save(
        catalogue,
        ("Rye for all", StoredNotes("Hello.\nToday rye.")),
        ("Rye again", StoredNotes("\n\nHello.")),
    )
    first, second = parts(catalogue, "rye")[-1].hits
    assert (first.where, first.line, marked(first)) == (Where.TITLE, "Today rye.", ["rye"])
    assert (second.line, second.line_marks) == ("Hello.", ())
    assert first.title_marks == ((0, 3),)
    assert hit(catalogue, "baker all").podcast_marks == ((4, 9),)


def test_a_long_line_is_cut_so_that_the_match_is_seen_in_front(catalogue: Catalogue) -> None:
    save(catalogue, ("Rye", StoredNotes("blah " * 320 + "sourdough " + "blah " * 300)))
    found = hit(catalogue, "sourdough")
    assert found.line.startswith("…") and found.line.index("sourdough") <= 31
    assert marked(found) == ["sourdough"] and len(found.line) <= 302


def test_a_text_without_spaces_is_cut_too(catalogue: Catalogue) -> None:
    save(catalogue, ("Rye", StoredNotes("无" * 1000 + "学习" + "无" * 1000)))
    assert marked(hit(catalogue, "学习")) == ["学习"]


def test_more_than_were_asked_for_is_said(catalogue: Catalogue) -> None:
    save(catalogue, *((f"Rye {number}", StoredNotes("x")) for number in range(60)))
    first, *_, last = parts(catalogue, "rye", 50)
    assert (first.count, len(first.hits) < 50, first.more) == (50, True, True)
    assert (last.count, len(last.hits), last.more) == (50, 50, True)
    assert not parts(catalogue, "rye", 60)[-1].more
    assert parts(catalogue, "wheat") == [finding.Found()]


def test_what_a_feed_hides_in_entities_reaches_no_terminal(catalogue: Catalogue) -> None:
    save(catalogue, ("Rye", StoredNotes("<p>&#27;[31mrye&#155;2J &#x202e;bread</p>", is_html=True)))
    assert hit(catalogue, "bread").line.isprintable()
