from pptui.models import Chapter, Playback, State
from pptui.widgets import seek_bar

CHAPTERS = tuple(Chapter(float(start), f"Chapter {start}") for start in (0, 300, 900))


def text(playback: Playback, width: int = 41) -> str:
    return "".join(value for value, _ in seek_bar.draw(playback, width))


def test_the_bar_shows_how_far_it_is_and_where_chapters_begin() -> None:
    shown = text(Playback(position=600, duration=1200, chapters=CHAPTERS))
    assert len(shown) == 41
    assert shown.index("●") == 20
    assert shown[10] == "┿" and shown[30] == "┼"


def test_the_buffered_part_is_told_from_the_rest() -> None:
    runs = seek_bar.draw(Playback(position=300, duration=1200, buffered=600), 41)
    assert [(look, len(value)) for value, look in runs] == [
        ("done", 10),
        ("head", 1),
        ("buffered", 10),
        ("left", 20),
    ]


def test_a_duration_that_is_not_known_gives_a_bar_without_a_head() -> None:
    assert text(Playback(state=State.PLAYING, position=50)) == "─" * 41
    assert text(Playback(position=50, duration=100, live=True)) == "─" * 41


def test_no_position_or_chapter_can_break_the_bar() -> None:
    wild = (Chapter(-5, "early"), Chapter(1e9, "late"))
    for position in (-1.0, 0.0, 1e9):
        for width in (0, 1, 2, 200):
            assert len(text(Playback(position=position, duration=100, chapters=wild), width)) == width


def test_a_click_on_a_tick_goes_to_its_chapter_exactly() -> None:
    playback = Playback(duration=1200.0, chapters=(Chapter(0, "a"), Chapter(307, "b")))
    cell = text(playback).index("┼")
    assert seek_bar.seconds_at(playback, cell, 41) == 307
    assert seek_bar.seconds_at(playback, 40, 41) == 1200
    assert seek_bar.seconds_at(Playback(), 5, 41) is None
