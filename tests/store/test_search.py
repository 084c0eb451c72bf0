"""Everything that was stored is found by its words, the best first, whatever is typed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pptui.models import Chapter, Episode, Podcast, Source, Where
from pptui.store import search
from pptui.store.catalogue import Catalogue
from pptui.store.feed import FeedState, StoredEpisode, StoredNotes
from pptui.store.schema import connect
from pptui.text.folding import Term, terms

START = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    one = Catalogue(tmp_path / "catalogue.sqlite")
    yield one
    one.close()


def save(
    catalogue: Catalogue,
    *episodes: tuple[str, str],
    podcast: str = "The Baker",
    chapters: tuple[Chapter, ...] = (),
) -> None:
    """Episodes by their titles and notes, the newest first."""
    feed = [
        StoredEpisode(
            Episode(title, podcast, title, podcast, START - timedelta(days=number)),
            StoredNotes(notes, chapters=chapters),
        )
        for number, (title, notes) in enumerate(episodes)
    ]
    catalogue.save_feed(Podcast(podcast, "https://example.org/feed", podcast), feed, FeedState())
    catalogue.index_waiting()


def found(catalogue: Catalogue, typed: str, limit: int = 100) -> list[str]:
    matches = catalogue.search(terms(typed), limit)
    assert matches is not None
    return [one[0].title for one in catalogue.by_key([match.key for match in matches]) if one is not None]


def test_titles_come_before_the_podcasts_then_chapters_then_notes_and_the_newest_first(
    catalogue: Catalogue,
) -> None:
    save(catalogue, ("Rye", "of bread"), ("Old bread", ""), ("Older bread", "bread bread"))
    save(catalogue, ("Any", ""), podcast="Bread Radio")
    save(catalogue, ("Ovens", ""), podcast="Heat", chapters=(Chapter(0.0, "Bread", source=Source.PODLOVE),))
    assert found(catalogue, "bread") == ["Old bread", "Older bread", "Any", "Ovens", "Rye"]
    matches = catalogue.search(terms("bread"), 100) or []
    assert [match.where for match in matches] == [
        Where.TITLE,
        Where.TITLE,
        Where.PODCAST,
        Where.CHAPTER,
        Where.NOTES,
    ]


def test_the_order_is_the_same_where_very_many_match(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(catalogue, *((f"Episode {number}", "bread") for number in range(30)))
    few = found(catalogue, "bread")
    monkeypatch.setattr(search, "_FEW", 3)
    assert found(catalogue, "bread") == few == [f"Episode {number}" for number in range(30)]
    assert found(catalogue, "episode", 5) == few[:5]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("sourdough", ["One"]),
        ("sour", ["One"]),
        ("sour ", []),
        ("sour*  ", ["One"]),
        ("BREAD starter ", ["One"]),
        ("one starter", ["One"]),
        ("baker starter", ["One"]),
        ('"bread and butter"', ["Two"]),
        ('"butter and bread"', []),
        ('"bread and but', ["Two"]),
        ("butter bread", ["Two"]),
        ("brotchen", ["Two"]),
        ("BRÖTCHEN", ["Two"]),
        ("机器学习", ["Three"]),
        ("学习", ["Three"]),
        ("习学", []),
        ("αθηνα", ["Three"]),
        ("don't", ["Three"]),
        ("t", ["Two", "Three", "One"]),
        ("3", ["Three"]),
        ("c++", ["Three"]),
        ("", []),
        ("?!", []),
    ],
)
def test_words_beginnings_and_phrases_are_found(
    catalogue: Catalogue, typed: str, expected: list[str]
) -> None:
    save(
        catalogue,
        ("One", "A sourdough starter for every bread"),
        ("Two", "Bread and butter, or Brötchen"),
        ("Three", "今天谈机器学习。 Αθήνα. Don't use C++ 3"),
    )
    assert found(catalogue, typed) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("Øresund", "oresund"),
        ("ﬁne", "fine"),
        ("ｃａｆｅ", "cafe"),
        ("Đông", "dong"),
        ("ıssız", "ISSIZ"),
        ("Ærø", "aero"),
        ("Œuvre", "oeuvre"),
        ("القَهوة", "القهوة"),
        ("القهـوة", "القهوة"),
        ("שָׁלוֹם", "שלום"),
        ("Donau\u00addampf", "Donaudampf"),
        ("か\u3099っこう", "がっこう"),
        ("ｶﾞｯｺｳ", "ガッコウ"),
        ("\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국"),
        ("كتاب", "کتاب"),
        ("فارسي", "فارسی"),
        ("على", "علی"),
        ("٢٠٢٤", "2024"),
        ("۲۰۲۴", "2024"),
        ("２０２４", "2024"),
    ],
)
def test_a_word_is_found_by_either_way_of_writing_it(catalogue: Catalogue, one: str, other: str) -> None:
    save(catalogue, ("One", f"of {one} here"), ("Other", f"of {other} here"), ("None", "of nothing here"))
    assert found(catalogue, one) == found(catalogue, f"{other} ") == ["One", "Other"]


def test_signs_behind_a_word_end_it_and_signs_alone_are_nothing(catalogue: Catalogue) -> None:
    save(catalogue, ("Cheese", ""), ("Learning C++", ""), ("🎙️ Coffee ☕️", ""))
    assert found(catalogue, "c") == ["Cheese", "Learning C++", "🎙️ Coffee ☕️"]
    assert found(catalogue, "c++") == found(catalogue, "C#") == ["Learning C++"]
    assert found(catalogue, "☕") == found(catalogue, "❤️") == []
    assert found(catalogue, "coffee ☕️") == ["🎙️ Coffee ☕️"]


def test_a_letter_begins_words_of_titles_and_is_a_word_of_notes(catalogue: Catalogue) -> None:
    save(catalogue, ("Salt", ""), ("Rye", "salt and sugar"), ("Plan", "vitamin s"))
    assert found(catalogue, "s") == ["Salt", "Plan"]
    assert found(catalogue, "sal") == ["Salt", "Rye"]


def test_podcasts_that_were_dropped_are_not_found(catalogue: Catalogue) -> None:
    save(catalogue, ("One", "bread"))
    save(catalogue, ("Two", "bread"), podcast="Other")
    catalogue.subscribed(lambda: ["Other"])
    assert found(catalogue, "bread") == ["Two"]
    catalogue.subscribed(lambda: ["Other", "The Baker"])
    assert sorted(found(catalogue, "bread")) == ["One", "Two"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(
                [
                    "AND",
                    "OR",
                    "NOT",
                    "NEAR(",
                    ")",
                    "(",
                    '"',
                    "*",
                    "^",
                    "title:",
                    "{",
                    "}",
                    "-",
                    "+",
                    "a",
                    "\0",
                ]
            )
        ).map(" ".join),
        st.lists(st.sampled_from(list("\"*a'():^-+ \0{}"))).map("".join),
    )
)
def test_whatever_is_typed_is_words_and_never_an_error(catalogue: Catalogue, typed: str) -> None:
    said: list[str] = []
    catalogue._tell = said.append
    assert catalogue.search(terms(typed), 10) is not None
    assert said == []


def test_a_search_gives_up_for_the_next(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    save(catalogue, ("One", "bread"))
    begun, go_on = threading.Event(), threading.Event()
    queries = search._queries

    def waiting(wanted: tuple[Term, ...]) -> Iterator[tuple[Where, str, str]]:
        if wanted[0].words == ("first",):
            begun.set()
            assert go_on.wait(10)
        yield from queries(wanted)

    monkeypatch.setattr(search, "_queries", waiting)
    results: dict[str, list[search.Match] | None] = {}

    def ask(word: str) -> None:
        results[word] = catalogue.search(terms(word), 10)

    first = threading.Thread(target=ask, args=("first",))
    first.start()
    assert begun.wait(10)
    second = threading.Thread(target=ask, args=("bread",))
    second.start()
    while catalogue._finder is None or catalogue._finder._asked < 2:
        pass
    go_on.set()
    first.join(10)
    second.join(10)
    assert results["first"] is None
    assert len(results["bread"] or ()) == 1


def test_a_query_that_runs_is_interrupted(catalogue: Catalogue) -> None:
    finder = search.Finder(catalogue.path)
    finder.find(terms("warm"), 1)
    connection = finder._connection
    assert connection is not None
    begun = threading.Event()
    connection.create_function("begun", 0, begun.set)
    endless = "WITH RECURSIVE n(i) AS (SELECT begun() UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n"
    raised: list[Exception] = []

    def run() -> None:
        with finder._finding:
            try:
                connection.execute(endless).fetchall()
            except sqlite3.OperationalError as problem:
                raised.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    assert begun.wait(10)
    assert finder.find(terms("bread"), 1) == []
    thread.join(10)
    finder.close()
    assert [str(one) for one in raised] == ["interrupted"]


def test_a_second_letter_while_the_first_search_gets_ready_spoils_no_later_search(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(catalogue, ("Bread", ""))
    finder = search.Finder(tmp_path / "catalogue.sqlite")

    def typed_on(path: Path, patience: float) -> sqlite3.Connection:
        connection = connect(path, patience)
        connection.set_trace_callback(lambda statement: finder._next() and None)
        return connection

    monkeypatch.setattr(search, "connect", typed_on)
    assert finder.find(terms("b"), 10) is None
    assert finder._connection is not None
    finder._connection.set_trace_callback(None)
    assert len(finder.find(terms("bread"), 10) or ()) == 1
    finder.close()


def test_searching_a_closed_catalogue_gives_nothing(catalogue: Catalogue) -> None:
    save(catalogue, ("One", "bread"))
    catalogue.close()
    assert not catalogue.search(terms("bread"), 10)


def test_a_damaged_index_is_begun_anew_and_said(tmp_path: Path) -> None:
    told: list[str] = []
    catalogue = Catalogue(tmp_path / "catalogue.sqlite", on_problem=told.append)
    save(catalogue, ("One", "bread"))
    breaking = sqlite3.connect(tmp_path / "catalogue.sqlite")
    breaking.execute("UPDATE words_data SET block = x'00' WHERE id <> 10")
    breaking.execute("UPDATE names_data SET block = x'00' WHERE id <> 10")
    breaking.commit()
    breaking.close()
    assert catalogue.search(terms("bread"), 10) == []
    assert "begun anew" in told[0]
    save(catalogue, ("One", "bread"))
    assert found(catalogue, "bread") == ["One"]
    catalogue.close()
