from rich.cells import cell_len

from pptui.widgets.cells import fit, fit_right, gauge


def test_a_column_is_as_wide_as_it_should_be_whatever_is_in_it() -> None:
    for value in ("", "short", "a title that is too long", "日本語のとても長い題名", "混ざった mixed 題"):
        for width in range(12):
            assert cell_len(fit(value, width)) == width
            assert cell_len(fit_right(value, width)) == width


def test_a_cut_title_says_that_it_was_cut() -> None:
    assert fit("a title", 5) == "a ti…"
    assert fit("日本語", 5) == "日本…"
    assert fit_right("52m", 5) == "  52m"


def test_a_gauge_is_full_at_the_end_and_empty_at_the_beginning() -> None:
    assert gauge(0, 4) == ("", "────")
    assert gauge(1, 4) == ("━━━━", "")
    assert gauge(0.5, 4) == ("━━", "──")
    assert gauge(7, 4) == ("━━━━", "") and gauge(-1, 4) == ("", "────")
