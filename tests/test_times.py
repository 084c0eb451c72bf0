"""Seconds as people write them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pptui.times import clock, parse_time, span

deterministic = settings(derandomize=True, deadline=None, database=None, max_examples=200)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0:00"),
        (946, "15:46"),
        (59.999, "0:59"),
        (3600, "1:00:00"),
        (3723.9, "1:02:03"),
        (360000, "100:00:00"),
    ],
)
def test_a_position_is_shown_as_on_every_player(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


@pytest.mark.parametrize("seconds", [None, math.nan, math.inf, -math.inf])
def test_an_unknown_duration_is_shown_as_unknown(seconds: float | None) -> None:
    assert clock(seconds) == "–:––"
    assert span(seconds) == ""


def test_a_position_before_the_beginning_is_the_beginning() -> None:
    assert clock(-0.025) == "0:00"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(40, "40s"), (3120, "52m"), (8100, "2h 15m"), (3599, "1h 00m"), (0, ""), (-5, "")]
)
def test_a_length_is_short_enough_for_a_list(seconds: float, shown: str) -> None:
    assert span(seconds) == shown


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("946", 946),
        ("946.5", 946.5),
        ("15:46", 946),
        (" 15:46 ", 946),
        ("1:02:03", 3723),
        ("01:02:03.250", 3723.25),
        ("01:02:03,250", 3723.25),
        ("75:00", 4500),
        ("0:00", 0),
        ("1h02m03s", 3723),
        ("1h 2m", 3720),
        ("15m46s", 946),
        ("2H", 7200),
        ("90s", 90),
    ],
)
def test_a_time_given_on_the_command_line_is_understood(written: str, seconds: float) -> None:
    assert parse_time(written) == seconds


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "soon",
        "1:60",
        "1:60:00",
        "1:2:3:4",
        "-5",
        "1e3",
        "nan",
        "inf",
        "h",
        "5:",
        ":05",
        "1h2",
        "9" * 30,
    ],
)
def test_what_is_no_time_is_refused_with_a_line_for_the_user(written: str) -> None:
    with pytest.raises(ValueError, match="not a time"):
        parse_time(written)


@deterministic
@given(st.integers(min_value=0, max_value=400_000))
def test_what_is_shown_can_be_typed_in_again(seconds: int) -> None:
    assert parse_time(clock(seconds)) == seconds


@deterministic
@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        seconds = parse_time(text)
    except ValueError:
        return
    assert math.isfinite(seconds)
    assert seconds >= 0
