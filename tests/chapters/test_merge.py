import json
from pathlib import Path

from pptui.chapters import merge
from pptui.models import Chapter, Source


def chapters(source: Source, *starts: float, title: str = "") -> tuple[Chapter, ...]:
    return tuple(Chapter(start, title or f"{source} at {start}", source=source) for start in starts)


def test_the_file_is_believed_before_the_feed_and_the_feed_before_the_notes() -> None:
    notes, podlove, file = (
        chapters(one, *starts)
        for one, starts in (
            (Source.NOTES, (0, 60)),
            (Source.PODLOVE, (0, 70)),
            (Source.FILE, (0, 80)),
        )
    )
    assert merge.arrange([notes, podlove, file]) == [file, podlove, notes]


def test_one_chapter_over_the_whole_file_does_not_hide_a_list() -> None:
    notes = chapters(Source.NOTES, 0, 60, 120)
    assert merge.arrange([notes, chapters(Source.FILE, 0)])[0] == notes


def test_a_list_without_real_titles_does_not_hide_one_with_them() -> None:
    notes = chapters(Source.NOTES, 0, 60, 120)
    bare = tuple(
        Chapter(start, f"Chapter {number}", source=Source.FILE) for number, start in enumerate((0, 50, 90))
    )
    assert merge.arrange([bare, notes])[0] == notes


def test_what_one_list_lacks_comes_from_its_twin_and_the_starts_stay() -> None:
    file = (
        Chapter(0.0, "Chapter 1", source=Source.FILE),
        Chapter(60.4, "The oven", source=Source.FILE, link="https://example.org/oven"),
    )
    notes = (
        Chapter(0.0, "Welcome", source=Source.NOTES),
        Chapter(60.0, "The old oven", link="https://example.org/no", image="https://example.org/oven.jpg"),
    )
    (merged,) = merge.arrange([notes, file])
    assert [(one.start, one.title, one.link, one.image) for one in merged] == [
        (0.0, "Welcome", "", ""),
        (60.4, "The oven", "https://example.org/oven", "https://example.org/oven.jpg"),
    ]


def test_of_one_source_the_longest_list_counts() -> None:
    short, long = chapters(Source.FILE, 0, 60), chapters(Source.FILE, 0, 60, 90)
    assert merge.arrange([short, long, short]) == [long]


def test_no_lists_give_no_chapters() -> None:
    assert merge.arrange([]) == [] and merge.arrange([(), ()]) == []


def test_the_cases_of_others_are_merged_as_they_expect(cases: Path) -> None:
    for case in json.loads((cases / "chapters" / "extra" / "merge_cases.json").read_text(encoding="utf-8")):
        # Theirs prefers the second list; ours the more trusted source.
        first = tuple(Chapter(start, title, link=link or "") for start, title, link in case["a"])
        second = tuple(
            Chapter(start, title, source=Source.FILE, link=link or "") for start, title, link in case["b"]
        )
        shown = next(iter(merge.arrange([first, second])), ())
        found = [[one.start, one.title, one.link or None] for one in shown]
        expected = case["a"] if case["expected"] == "a" else case["expected"]
        assert found == expected
