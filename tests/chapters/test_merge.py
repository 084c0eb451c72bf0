from pptui.chapters import merge
from pptui.models import Chapter, Source


def chapters(source: Source, *starts: float) -> tuple[Chapter, ...]:
    return tuple(Chapter(start, f"{source} {start}", source=source) for start in starts)


def test_the_file_is_believed_before_the_feed_and_the_feed_before_the_notes() -> None:
    notes, podlove, file = (chapters(one, 0, 60) for one in (Source.NOTES, Source.PODLOVE, Source.FILE))
    assert merge.choose([notes, podlove, file]) == file
    assert merge.choose([notes, podlove]) == podlove
    assert merge.choose([notes]) == notes


def test_one_chapter_over_the_whole_file_does_not_hide_a_list() -> None:
    notes = chapters(Source.NOTES, 0, 60, 120)
    assert merge.choose([notes, chapters(Source.FILE, 0)]) == notes


def test_no_lists_give_no_chapters() -> None:
    assert merge.choose([]) == () and merge.choose([(), ()]) == ()
    assert merge.choose([chapters(Source.FILE, 0), ()]) == chapters(Source.FILE, 0)
