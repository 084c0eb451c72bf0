"""Durations, dates and sizes, in the forms that feeds really have."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pptui.feeds import values


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("3120", 3120),
        ("3120.5", 3120.5),
        (" 52:00 ", 3120),
        ("1:02:03", 3723),
        ("01:02:03.500", 3723.5),
        ("00:00:00,25", 0.25),
        ("90:00", 5400),
        ("00:90:00", 5400),
        ("45 min", 2700),
        ("45min.", 2700),
        ("1h 5m", 3900),
        ("1h05", None),
        ("1 hour and 5 minutes", 3900),
        ("2 hrs, 3 mins, 4 secs", 7384),
        ("1.5 h", 5400),
        ("PT1H2M3S", 3723),
        ("PT45M", 2700),
        ("30 seconds", 30),
        ("0", None),
        ("00:00:00", None),
        ("", None),
        ("-5", None),
        ("-1:00", None),
        ("1:2:3:4", None),
        ("about an hour", None),
        ("12:34 PM", None),
        ("99999999", None),
        ("nan", None),
        ("1e3", None),
        ("5400000000000000000000", None),
    ],
)
def test_an_episode_is_as_long_as_its_feed_says(written: str, seconds: float | None) -> None:
    assert values.duration(written) == seconds


def test_durations_of_other_players_are_read(cases: Path) -> None:
    vectors = json.loads((cases / "chapters/extra/time_vectors.json").read_text())
    durations = [one for one in vectors if one["kind"] == "itunes_duration"]
    assert durations
    for one in durations:
        seconds = values.duration(one["input"])
        assert seconds is not None and round(seconds * 1000) == one["ms"], one


NOON = datetime(2021, 2, 25, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "Thu, 25 Feb 2021 12:00:00 +0000",
        "Thu, 25 Feb 2021 12:00:00 GMT",
        "Thu, 25 Feb 2021 13:00:00 +01:00",
        "Thu, 25 Feb 2021 07:00:00 EST",
        "Thu, 25 Feb 2021 13:00:00 CET",
        "Thu, 25 Feb 2021 14:00:00 GMT+2",
        "Thu, 25 Feb 2021 14:00:00 GMT+0200",
        "Mon, 25 Feb 2021 12:00:00 GMT",
        "Thurs, 25 Feb 2021 12:00 GMT",
        "25 February 2021 12:00",
        "25 Feb 21 12:00:00 +0000",
        "Thursday, February 25, 2021 12:00 PM",
        "February 25th, 2021, 12:00",
        "Feb 25 2021 12:00:00 p.m.",
        "Thu Feb 25 12:00:00 UTC 2021",
        "Do, 25. Februar 2021 12:00:00",
        "25-Feb-2021 12:00:00",
        "2021-02-25T12:00:00Z",
        "2021-02-25T12:00:00.123456Z",
        "2021-02-25T13:00:00+01:00",
        "2021-02-25T13:00:00+0100",
        "2021-02-25T13:00+01",
        "2021-02-25 12:00:00",
        "2021-02-25 12:00:00 UTC",
        "20210225T120000Z",
        "2021/02/25 12:00:00",
        "02/25/2021 12:00",
        "25.02.2021 12:00",
        " \n Thu, 25 Feb 2021 12:00:00 GMT \n ",
    ],
)
def test_an_episode_is_as_old_as_its_feed_says(written: str) -> None:
    assert values.moment(written) == NOON


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("1614254400", datetime(2021, 2, 25, 12, 0, tzinfo=UTC)),
        ("2021-02-25", datetime(2021, 2, 25, tzinfo=UTC)),
        ("2021-02", datetime(2021, 2, 1, tzinfo=UTC)),
        ("2021", datetime(2021, 1, 1, tzinfo=UTC)),
        ("Thu, 25 Feb 2021 24:00:00 GMT", datetime(2021, 2, 26, tzinfo=UTC)),
        ("Thu, 25 Feb 2021 23:59:60 GMT", datetime(2021, 2, 25, 23, 59, 59, tzinfo=UTC)),
        ("Fri, 31 Dec 99 23:00:00 -0100", datetime(2000, 1, 1, tzinfo=UTC)),
        ("Thu, 25 Feb 2021 12:00:00 AM", datetime(2021, 2, 25, tzinfo=UTC)),
        ("Mi, 03 Mär 2021 10:00:00 +0100", datetime(2021, 3, 3, 9, tzinfo=UTC)),
        ("3 février 2021", datetime(2021, 2, 3, tzinfo=UTC)),
    ],
)
def test_odd_dates_are_understood(written: str, moment: datetime) -> None:
    assert values.moment(written) == moment


@pytest.mark.parametrize(
    "written",
    [
        "",
        "today",
        "Thu, 32 Feb 2021 12:00:00 GMT",
        "2021-13-01",
        "2021-02-30T12:00:00Z",
        "25:61",
        "Thu, 25 Feb 0000 12:00:00 GMT",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+10:00",
        "2021-02-25T12:00:00+99:00",
        "99999999999999999999",
    ],
)
def test_what_is_no_date_is_none(written: str) -> None:
    assert values.moment(written) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("123", 123),
        (" 7 ", 7),
        ("0", None),
        ("-1", None),
        ("1.5", None),
        ("", None),
        ("x", None),
        ("٣", None),
    ],
)
def test_sizes_are_whole_numbers_above_zero(written: str, number: int | None) -> None:
    assert values.whole(written) == number


@given(
    st.text(alphabet=st.sampled_from("0123456789:., hmsPT+-/TZaegbFGjuUrnMC") | st.characters(), max_size=60)
)
def test_no_text_is_too_odd(written: str) -> None:
    seconds = values.duration(written)
    assert seconds is None or 0 < seconds <= 1_000_000
    moment = values.moment(written)
    assert moment is None or moment.tzinfo is UTC
    assert values.whole(written) is None or values.whole(written) > 0


@given(st.datetimes(datetime(1970, 1, 1), datetime(2099, 1, 1)))
def test_dates_as_python_writes_them_come_back(moment: datetime) -> None:
    whole = moment.replace(microsecond=0, tzinfo=UTC)
    assert values.moment(whole.strftime("%a, %d %b %Y %H:%M:%S +0000")) == whole
    assert values.moment(whole.isoformat()) == whole


@pytest.mark.parametrize("character", ["1", "1:", "1 ", " ", "a", "P", "1h", "jan ", "+1", "1/"])
def test_a_long_text_takes_no_time(character: str) -> None:
    begun = time.process_time()
    values.duration(character * 1_000_000)
    values.moment(character * 1_000_000)
    assert time.process_time() - begun < 0.5


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2099, 1, 1)),
    st.sampled_from(["GMT", "UTC", "+0000", "-0700", "+0530", "-2359"]),
)
def test_a_date_in_order_is_read_as_one_that_is_searched_for(moment: datetime, zone: str) -> None:
    written = f"{moment:%a, %d %b %Y %H:%M:%S} {zone}"
    assert values._rfc_822(written)
    # What stands around it keeps it from the quick way.
    assert values.moment(written) == values.moment(f"on {written}")


def test_a_weekday_that_looks_like_a_month_is_no_month() -> None:
    assert values.moment("Mar, 05 Jan 2021 08:00:00 +0000") == datetime(2021, 1, 5, 8, tzinfo=UTC)
