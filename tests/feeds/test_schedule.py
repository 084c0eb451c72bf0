"""When a feed is asked for next: servers are left alone when they ask for it and when they fail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pptui.feeds.schedule import Asking, answered, failed, held, lifetime
from pptui.models import Hold, Plan

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def who_waits(plan: Plan, now: datetime = NOW) -> set[str]:
    return {asking.name for asking in Asking if held(plan, asking, now)}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"Cache-Control": "max-age=600"}, 600),
        ({"Cache-Control": 'PUBLIC , Max-Age="600"'}, 600),
        ({"Cache-Control": "max-age=600", "Age": "60"}, 540),
        ({"Cache-Control": "max-age=600", "Age": "601"}, 0),
        ({"Cache-Control": f"max-age={'9' * 400}", "Age": "60"}, 2**31 - 60),
        ({"Cache-Control": "max-age=soon", "Expires": "Sun, 01 Mar 2026 13:00:00 GMT"}, 0),
        ({"Cache-Control": "max-age=600, no-store"}, 0),
        ({"Cache-Control": "no-cache", "Expires": "Sun, 01 Mar 2026 13:00:00 GMT"}, 0),
        ({"Cache-Control": "s-maxage=600"}, 0),
        ({"Cache-Control": "private", "Expires": "Sun, 01 Mar 2026 13:00:00 GMT"}, 3600),
        (
            {
                "Date": "Sun, 01 Mar 2026 12:30:00 GMT",
                "Expires": "Sun, 01 Mar 2026 13:00:00 GMT",
                "Cache-Control": "max-age=60",
            },
            60,
        ),
        ({"Date": "Sun, 01 Mar 2026 12:30:00 GMT", "Expires": "Sun, 01 Mar 2026 13:00:00 GMT"}, 1800),
        ({"Expires": "0"}, 0),
        ({"Expires": "Sun, 01 Mar 2026 11:00:00 GMT"}, 0),
        ({"Expires": "Sun, 01 Mar 99999 11:00:00 GMT"}, 0),
    ],
)
def test_an_answer_holds_for_as_long_as_its_headers_say(headers: dict[str, str], seconds: float) -> None:
    assert lifetime(headers, NOW) == seconds


def test_an_answer_that_holds_binds_the_program_and_not_the_user() -> None:
    plan = answered(NOW, fresh=600, ttl=3600)
    assert plan == Plan(NOW + 60 * MINUTE, Hold.FRESH)
    assert who_waits(plan) == {"AUTOMATIC"}
    assert who_waits(plan, NOW + 60 * MINUTE) == set()


def test_no_feed_is_left_alone_for_a_year_because_its_server_says_so() -> None:
    assert answered(NOW, fresh=365 * 86400).due == NOW + timedelta(days=1)


def test_a_server_that_asks_to_be_left_alone_is_by_everybody() -> None:
    plan = failed(Plan(), NOW, status=503, retry_after=1800)
    assert who_waits(plan) == {"AUTOMATIC", "ALL", "ONE"}
    assert who_waits(plan, NOW + 30 * MINUTE) == set()


def test_pauses_get_longer_with_each_failure_and_never_longer_than_a_day() -> None:
    plan, pauses = Plan(), []
    for _ in range(12):
        plan = failed(plan, NOW, status=500)
        assert plan.due is not None
        pauses.append(int((plan.due - NOW) / MINUTE))
    assert pauses == [15, 30, 60, 120, 240, 480, 960, 1440, 1440, 1440, 1440, 1440]
    assert who_waits(plan) == {"AUTOMATIC"}
    assert answered(NOW) == Plan()


def test_a_week_without_a_network_does_not_make_a_day_without_podcasts() -> None:
    plan = Plan(failures=30)
    assert failed(plan, NOW).due == NOW + 60 * MINUTE


def test_a_podcast_that_has_ended_is_asked_for_only_by_itself() -> None:
    plan = failed(Plan(), NOW, status=410, retry_after=60)
    assert plan.hold is Hold.ENDED
    assert failed(plan, NOW, status=500).hold is Hold.ENDED
    assert who_waits(plan, NOW + timedelta(days=4000)) == {"AUTOMATIC", "ALL"}


def test_a_missing_password_is_not_asked_about_at_each_start() -> None:
    plan = failed(Plan(), NOW, status=401)
    assert plan.hold is Hold.LOGIN
    assert who_waits(plan) == {"AUTOMATIC"}


def test_a_clock_that_was_wrong_once_holds_nothing_back() -> None:
    assert who_waits(Plan(NOW + timedelta(days=3650), Hold.WAIT)) == set()
