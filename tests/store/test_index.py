"""The index has what the catalogue has: after every refresh, change and removal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from pptui.models import Chapter, Episode, Podcast, Source
from pptui.store import index, schema
from pptui.store.catalogue import Catalogue
from pptui.store.feed import FeedState, StoredEpisode, StoredNotes

NOTES = StoredNotes("<p>About <b>bread</b> &amp; Brötchen.<br>Then cheese</p>", is_html=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalogue.sqlite"


@pytest.fixture
def catalogue(path: Path) -> Iterator[Catalogue]:
    one = Catalogue(path)
    yield one
    one.close()


def save(
    catalogue: Catalogue, *episodes: tuple[str, StoredNotes], podcast: str = "p", title: str = "The Baker"
) -> None:
    catalogue.save_feed(
        Podcast(podcast, "https://example.org/feed", title),
        [StoredEpisode(Episode(name, podcast, f"Episode {name}"), notes) for name, notes in episodes],
        FeedState(),
    )


def chapters(*titles: str) -> list[Chapter]:
    return [Chapter(number * 60.0, title, source=Source.FILE) for number, title in enumerate(titles)]


def found(path: Path, query: str, table: str = "words") -> list[str]:
    """Ids of the episodes that the index gives; it must never give one that isn't there."""
    connection = sqlite3.connect(path)
    rows = connection.execute(
        f"SELECT coalesce(e.id, '?') FROM {table} w LEFT JOIN episode e ON e.key = w.rowid"
        f" WHERE {table} MATCH ? ORDER BY 1",
        (query,),
    ).fetchall()
    connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
    connection.close()
    return [one for (one,) in rows]


def test_titles_notes_and_chapters_are_found_once_indexed(catalogue: Catalogue, path: Path) -> None:
    own = (Chapter(0.0, "Ovens", source=Source.PODLOVE),)
    save(catalogue, ("one", NOTES), ("two", NOTES._replace(text="Nothing", chapters=own)))
    assert found(path, "bread") == []
    catalogue.index_waiting()
    assert found(path, "notes : brotchen") == ["one"]
    assert found(path, "notes : bread AND podcast : baker") == ["one"]
    assert found(path, "chapters : ovens") == ["two"]
    assert found(path, "chapters : o*", "names") == found(path, "title : t*", "names") == ["two"]
    assert found(path, "b") == []


def test_a_changed_episode_is_found_by_what_it_says_now(catalogue: Catalogue, path: Path) -> None:
    save(catalogue, ("one", NOTES), ("two", NOTES))
    catalogue.index_waiting()
    save(catalogue, ("one", StoredNotes("Milk")), ("two", NOTES))
    assert found(path, "bread") == ["two"]
    catalogue.index_waiting()
    assert (found(path, "bread"), found(path, "milk")) == (["two"], ["one"])


def test_an_episode_that_changes_before_it_was_indexed_is_found_once(
    catalogue: Catalogue, path: Path
) -> None:
    save(catalogue, ("one", NOTES))
    save(catalogue, ("one", StoredNotes("Milk")))
    catalogue.index_waiting()
    assert (found(path, "bread"), found(path, "milk")) == ([], ["one"])


def test_a_podcast_with_a_new_title_is_found_by_that(catalogue: Catalogue, path: Path) -> None:
    save(catalogue, ("one", NOTES), ("two", NOTES))
    catalogue.index_waiting()
    save(catalogue, ("one", NOTES), ("two", NOTES), title="The Miller")
    catalogue.index_waiting()
    assert found(path, "baker") == found(path, "baker", "names") == []
    assert found(path, "miller") == found(path, "miller", "names") == ["one", "two"]


def test_a_removed_podcast_is_found_no_more(catalogue: Catalogue, path: Path) -> None:
    save(catalogue, ("one", NOTES), ("two", NOTES))
    catalogue.index_waiting()
    catalogue.save_chapters("one", chapters("Ovens"))
    save(catalogue, ("three", NOTES), podcast="q", title="Other")
    catalogue.remove("p")
    assert found(path, "episode") == []
    catalogue.index_waiting()
    assert found(path, "bread") == ["three"]


def test_chapters_learnt_later_are_found_and_replaced(catalogue: Catalogue, path: Path) -> None:
    save(catalogue, ("one", NOTES))
    catalogue.index_waiting()
    catalogue.save_chapters("one", chapters("Ovens", "Salt"))
    catalogue.save_chapters("nobody", chapters("Ovens"))
    catalogue.index_waiting()
    assert found(path, "chapters : salt") == ["one"]
    catalogue.save_chapters("one", chapters("Ovens"))
    catalogue.index_waiting()
    assert (found(path, "chapters : salt"), found(path, "chapters : ovens")) == ([], ["one"])


def test_many_episodes_are_indexed_while_they_come(
    catalogue: Catalogue, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "BATCH", 4)
    for podcast in "abc":
        save(catalogue, *((f"{podcast}{number}", NOTES) for number in range(3)), podcast=podcast)
    assert len(found(path, "bread")) == 8
    catalogue.index_waiting()
    assert len(found(path, "bread")) == 9


def test_what_was_stored_before_there_was_an_index_is_indexed_too(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = next(
        number for number, step in enumerate(schema.STEPS) if any("TABLE words" in one for one in step)
    )
    writer = sqlite3.connect(path)
    for step in schema.STEPS[:first]:
        for statement in step:
            writer.execute(statement)
    writer.execute(f"PRAGMA user_version = {first}")
    writer.execute("INSERT INTO podcast (id, title) VALUES ('p', 'The Baker')")
    writer.execute(
        "INSERT INTO episode (id, podcast, place, title, enclosure, media_type, link, guid, digest)"
        " VALUES ('old', 1, 0, 'Long ago', '', '', '', '', 0)"
    )
    writer.commit()
    writer.close()
    catalogue = Catalogue(path)
    catalogue.index_waiting()
    catalogue.close()
    assert found(path, "ago") == ["old"]


@pytest.mark.parametrize("touched", [False, True])
def test_an_index_that_was_made_otherwise_is_made_anew(
    touched: bool, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(index, "MADE", "by other rules")
        before.setattr(index, "plain", lambda source: f"{source[:3]} otherwise")
        older = Catalogue(path)
        save(older, ("one", NOTES), ("two", NOTES))
        older.index_waiting()
        older.close()
    assert found(path, "otherwise") == ["one", "two"]
    catalogue = Catalogue(path)
    if touched:
        save(catalogue, ("one", StoredNotes("Milk")), ("two", NOTES))
        catalogue.remove("nobody")
    assert catalogue.index_waiting()
    assert not catalogue.index_waiting()
    catalogue.close()
    assert found(path, "otherwise") == []
    assert found(path, "bread") == (["two"] if touched else ["one", "two"])
    assert found(path, "milk") == (["one"] if touched else [])
    assert found(path, "e*", "names") == ["one", "two"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>One</p><p>two</p>", " One  two "),
        ("a < b and c > d", "a < b and c > d"),
        ("R&amp;D &uuml;ber", "R&D über"),
        ("<a <a <a", "<a <a <a"),
        ('<img alt="x">y<!-- z -->', " y "),
        ("Sauer&shy;teig", "Sauer\u00adteig"),
        ("wo<wbr>rd", "word"),
        ("<p><b>W</b>ort</p>", "  Wort "),
        ("un<I><B>be</B></I>kannt", "unbekannt"),
        ("über<span>all</span>", "überall "),
        ("<b>&Uuml;</b>ber", " Über"),
        ("one<br>two<BR/>three<li>four</li>five", "one two three four five"),
        ("one<td>two</td>three<th>four<DIV class=x>five", "one two three four five"),
        ("one<article>two</article>three<pre>four<preview>five", "one two three fourfive"),
        ("<a href=x>one</a><a href=y>two</a>", " one two "),
        ("a<script>b</script>c", "a b c"),
        ("&lt;p&gt;R&amp;amp;D &lt;b&gt;&amp;Uuml;&lt;/b&gt;ber&lt;/p&gt;", " R&D  Über "),
        ("<p>The tag &lt;b&gt; is bold</p>", " The tag <b> is bold "),
    ],
)
def test_html_is_indexed_without_its_tags(source: str, words: str) -> None:
    assert index.plain(source) == words
