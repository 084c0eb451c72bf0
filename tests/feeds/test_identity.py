"""What a listener would lose if an episode were taken for another: where they were in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pptui.feeds.identity import assign, podcast_id
from pptui.feeds.parsed import ParsedEpisode
from pptui.store.feed import Known

DAY = datetime(2021, 2, 25, 12, tzinfo=UTC)


def episode(number: int, *, guid: bool = True, dated: bool = True) -> ParsedEpisode:
    return ParsedEpisode(
        guid=f"urn:{number}" if guid else "",
        title=f"Episode {number}",
        published=DAY + timedelta(days=7 * number) if dated else None,
        enclosure=f"https://cdn.example/{number}.mp3",
        link=f"https://show.example/{number}",
    )


def known(pairs: Sequence[tuple[str, ParsedEpisode]]) -> list[Known]:
    return [
        Known(
            id=identifier,
            guid=one.guid,
            enclosure=one.enclosure,
            link=one.link,
            title=one.title,
            published=one.published,
        )
        for identifier, one in pairs
    ]


def ids(pairs: Sequence[tuple[str, ParsedEpisode]]) -> list[str]:
    return [identifier for identifier, _ in pairs]


def again(before: Sequence[ParsedEpisode], after: Sequence[ParsedEpisode]) -> tuple[list[str], list[str]]:
    """The ids of a feed at first, and those of the same feed later."""
    first = assign("pod", before, [])
    return ids(first), ids(assign("pod", after, known(first)))


change = ParsedEpisode._replace


@pytest.mark.parametrize("guid", [True, False])
@pytest.mark.parametrize("dated", [True, False])
def test_an_episode_is_the_same_in_another_order(guid: bool, dated: bool) -> None:
    feed = [episode(number, guid=guid, dated=dated) for number in range(50)]
    before, after = again(feed, feed[::-1])
    assert after == before[::-1]
    assert len(set(before)) == 50


@pytest.mark.parametrize("guid", [True, False])
@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("changed", ["title", "enclosure", "link"])
def test_an_episode_is_the_same_after_a_change(guid: bool, dated: bool, changed: str) -> None:
    feed = [episode(number, guid=guid, dated=dated) for number in range(10)]
    edited = [change(one, **{changed: f"https://new.example/{n}"}) for n, one in enumerate(feed)]
    before, after = again(feed, edited)
    assert after == before


def test_a_new_episode_takes_nothing_from_those_before_it() -> None:
    feed = [episode(number, guid=False) for number in range(10)]
    before, after = again(feed[:9], feed[::-1])
    assert after[1:] == before[::-1]
    assert after[0] not in before


def test_episodes_that_left_the_feed_lend_their_identity_to_nobody() -> None:
    feed = [change(episode(number), link="https://show.example/") for number in range(20)]
    before, after = again(feed[:10], feed[10:])
    assert not set(before) & set(after)


@pytest.mark.parametrize("guid", [True, False])
def test_a_daily_feed_of_one_episode_at_one_address_has_a_new_one_each_day(guid: bool) -> None:
    days = [
        change(
            episode(number, guid=guid), enclosure="https://x.example/latest.mp3", link="https://x.example/"
        )
        for number in range(3)
    ]
    history = assign("pod", days[:1], [])
    for day in days[1:]:
        new = assign("pod", [day], known(history))
        assert ids(new)[0] not in ids(history)
        history += new


def test_episodes_that_share_a_guid_stay_apart() -> None:
    feed = [change(episode(number), guid="same") for number in range(5)]
    before, after = again(feed, [change(one, title=one.title + "!") for one in feed[::-1]])
    assert len(set(before)) == 5
    assert after == before[::-1]


def test_an_episode_keeps_its_identity_when_another_comes_with_its_guid() -> None:
    first, second = episode(1), change(episode(2), guid="urn:1")
    before, after = again([first], [second, first])
    assert after[1] == before[0] != after[0]


def test_an_item_that_stands_in_the_feed_twice_comes_once() -> None:
    one, other = episode(1), episode(2)
    assert len(assign("pod", [one, other, one], [])) == 2


def test_a_feed_that_renames_all_its_guids_keeps_its_episodes() -> None:
    feed = [episode(number) for number in range(10)]
    moved = [change(one, guid=f"https://host.example/{n}", link="") for n, one in enumerate(feed)]
    before, after = again(feed, moved)
    assert after == before


@pytest.mark.parametrize(
    "address",
    [
        "http://cdn.example/1.mp3",
        "https://cdn.example/1.mp3?token=abc&utm_source=x",
        "https://dts.podtrac.com/redirect.mp3/cdn.example/1.mp3",
        "https://op3.dev/e,pg=1/https://cdn.example/1.mp3",
        "https://chrt.fm/track/ABC/pdst.fm/e/cdn.example/1.mp3?updated=1",
        "https://CDN.example/1.mp3#t=0",
    ],
)
def test_an_episode_without_guid_is_the_same_behind_a_counting_service(address: str) -> None:
    feed = [episode(1, guid=False, dated=False)]
    edited = [change(feed[0], enclosure=address, title="New", link="")]
    before, after = again(feed, edited)
    assert after == before


def test_episodes_told_apart_by_their_query_alone_stay_apart() -> None:
    feed = [
        change(episode(n, guid=False), enclosure=f"https://cdn.example/get?id={n}", link="") for n in range(5)
    ]
    before, after = again(feed, [change(one, title="x") for one in feed[::-1]])
    assert len(set(before)) == 5
    assert after == before[::-1]


def test_a_feed_gives_the_same_ids_on_another_machine() -> None:
    feed = [episode(1), episode(2, guid=False), ParsedEpisode("", "bare")]
    assert ids(assign("pod", feed, [])) == ids(assign("pod", feed, []))
    assert not set(ids(assign("pod", feed, []))) & set(ids(assign("other", feed, [])))
    assert all(len(one) == 16 and int(one, 16) >= 0 for one in ids(assign("pod", feed, [])))


few = st.sampled_from(["", "a", "b"])
episodes = st.lists(
    st.builds(
        ParsedEpisode,
        guid=few,
        title=few,
        published=st.sampled_from([None, DAY, DAY + timedelta(days=1)]),
        enclosure=st.sampled_from(["", "https://a.example/1.mp3", "https://a.example/2.mp3?x"]),
        link=st.sampled_from(["", "https://a.example/"]),
    ),
    max_size=8,
)


@given(episodes, episodes)
def test_no_two_episodes_ever_share_an_id(before: list[ParsedEpisode], after: list[ParsedEpisode]) -> None:
    first = assign("pod", before, [])
    assert len(set(ids(first))) == len(first)
    second = assign("pod", after, known(first))
    assert len(set(ids(second))) == len(second)


@given(episodes)
def test_a_feed_that_did_not_change_changes_nothing(feed: list[ParsedEpisode]) -> None:
    first = assign("pod", feed, [])
    assert ids(assign("pod", feed, known(first))) == ids(first)


# --- podcasts


@pytest.mark.parametrize(
    "other",
    [
        "https://show.example/feed",
        "http://SHOW.example:80/feed",
        "https://show.example:443/feed/",
        "https://show.example./feed#x",
        " https://show.example/feed ",
    ],
)
def test_one_feed_written_in_two_ways_is_one_podcast(other: str) -> None:
    assert podcast_id(other) == podcast_id("http://show.example/feed")


def test_a_changed_password_does_not_make_another_podcast() -> None:
    assert podcast_id("http://me:one@show.example/feed") == podcast_id("http://me:two@show.example/feed")
    assert podcast_id("http://me:one@show.example/feed") != podcast_id("http://you:one@show.example/feed")


@pytest.mark.parametrize(
    "other",
    [
        "http://show.example:8080/feed",
        "http://show.example/feed?id=1",
        "http://show.example/Feed",
        "http://other.example/feed",
        "/home/me/feed",
        "http://show.example:99999/feed",
    ],
)
def test_different_feeds_are_different_podcasts(other: str) -> None:
    assert podcast_id(other) != podcast_id("http://show.example/feed")
    assert len(podcast_id(other)) == 12 and int(podcast_id(other), 16) >= 0


def test_a_host_in_another_script_and_its_ascii_name_are_one() -> None:
    assert podcast_id("http://bücher.example/feed") == podcast_id("http://xn--bcher-kva.example/feed")


# --- what was heard outlives what is known


def test_what_was_heard_is_recognised_where_the_feed_is_not_known_any_more() -> None:
    first = [change(episode(number), guid="") for number in range(5)]
    heard = known([(f"id {number}", one) for number, one in enumerate(first)])
    moved = [change(one, enclosure=one.enclosure.replace("cdn", "new")) for one in first]
    assert ids(assign("pod", moved, [], heard)) == [f"id {number}" for number in range(5)]
    # Some of them are known again by now, some not.
    half = known([(f"id {number}", first[number]) for number in (0, 3)])
    assert ids(assign("pod", moved, half, heard)) == [f"id {number}" for number in range(5)]


def test_what_is_known_comes_before_what_was_heard() -> None:
    one = episode(1)
    assert ids(assign("pod", [one], known([("known", one)]), known([("heard", one)]))) == ["known"]


def test_todays_recording_at_an_address_that_was_heard_yesterday_is_another_one() -> None:
    yesterday = ParsedEpisode("", "News of Monday", DAY, enclosure="https://news.example/latest.mp3")
    [(heard_id, _)] = assign("pod", [yesterday], [])
    today = change(yesterday, title="News of Tuesday", published=DAY + timedelta(days=1))
    assert ids(assign("pod", [today], [], known([(heard_id, yesterday)]))) != [heard_id]
