"""A digest's day, and which posts stand for the others."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.digest import Digest, Example, Said, pick, span, told_on

HOUR = timedelta(hours=1)
DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("day", "zone", "starts", "hours"),
    [
        (DAY, "UTC", datetime(2026, 11, 20, tzinfo=UTC), 24),
        (DAY, "Asia/Kolkata", datetime(2026, 11, 19, 18, 30, tzinfo=UTC), 24),
        (date(2026, 3, 8), "America/New_York", datetime(2026, 3, 8, 5, tzinfo=UTC), 23),
        (date(2026, 11, 1), "America/New_York", datetime(2026, 11, 1, 4, tzinfo=UTC), 25),
        (date(2016, 3, 27), "Europe/Istanbul", datetime(2016, 3, 26, 22, tzinfo=UTC), 23),  # its last change
    ],
)
def test_a_day_is_as_long_as_it_is_in_its_zone(day: date, zone: str, starts: datetime, hours: int) -> None:
    assert span(day, zone) == (starts, starts + hours * HOUR)


@given(
    st.dates(date(2000, 1, 1), date(2040, 1, 1)),
    st.sampled_from(["Asia/Beirut", "America/Havana", "Europe/Istanbul", "Asia/Kolkata", "Pacific/Apia"]),
)
def test_days_follow_each_other_without_a_gap_also_where_there_is_no_midnight(day: date, zone: str) -> None:
    start, end = span(day, zone)
    assert end == span(day + timedelta(days=1), zone)[0]
    assert start <= end  # Samoa left out the 30th of December 2011


def test_a_day_is_due_once_its_hour_has_struck_on_the_next() -> None:
    nine = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)  # 09:00 in Kolkata
    assert told_on(nine, "Asia/Kolkata", 9) == DAY
    assert told_on(nine - timedelta(seconds=1), "Asia/Kolkata", 9) == DAY - timedelta(days=1)
    assert told_on(nine, "UTC", 9) == DAY - timedelta(days=1)
    assert told_on(nine, "UTC", 0) == DAY


def test_what_the_outbox_keeps_is_the_whole_digest() -> None:
    told = Digest("ideas", DAY, {"feedback": 3}, {"feedback": 9}, 7, (Example("feedback", "x:1", "northwind", 2),))
    assert Digest.of_data(told.as_data()) == told
    assert told.key == "digest:2026-11-20:ideas"


def said(number: int, **more: Any) -> Said:
    values: dict[str, Any] = {"author_id": f"x:{number}", "reach": 0, "echoes": 0, "words": f"words {number}"}
    return Said(f"x:{number}", "northwind", "feedback", **(values | more))


def shown(*found: Said) -> list[tuple[str, int]]:
    return [(example.mention_id, example.alike) for example in pick(found)]


def test_another_voice_counts_as_much_as_ten_times_the_reach() -> None:
    star, crowd, pair, nobody = said(1, reach=99_999), said(2, echoes=6), said(3, reach=90, echoes=1), said(4)
    assert shown(nobody, pair, star, crowd) == [("x:2", 6), ("x:1", 0), ("x:3", 1)]


def test_posts_that_say_nearly_the_same_are_one_example_however_they_are_known_to() -> None:
    bands = tuple(range(10))
    copies = [said(1, reach=10, echoes=1, bands=bands), said(2, echoes=4, bands=(0, *range(90, 99)))]
    short = [said(3, words="love it"), said(4, words="love it"), said(5, words="love it")]
    assert shown(*copies, *short, said(6)) == [("x:2", 5), ("x:3", 2), ("x:6", 0)]


def test_one_author_gives_one_example_and_platforms_without_names_are_no_author() -> None:
    loud = [said(n, author_id="x:7", reach=1000) for n in (1, 2, 3)]
    assert shown(*loud, said(4)) == [("x:1", 0), ("x:4", 0)]
    assert len(shown(*[said(n, author_id="") for n in range(5)])) == 3
    assert pick([]) == ()


@given(
    st.lists(
        st.builds(
            Said,
            st.sampled_from(["x:1", "x:2", "x:3", "x:4", "x:5", "x:6"]),
            st.just("northwind"),
            st.just("feedback"),
            st.sampled_from(["", "x:1", "x:2", "x:3"]),
            st.integers(0, 10**9),
            st.integers(0, 10**6),
            st.sampled_from([(), (1, 2), (1, 3), (4, 5)]),
            st.sampled_from(["", "a", "b"]),
        ),
        max_size=30,
        unique_by=lambda one: one.mention_id,
    )
)
def test_whatever_is_said_few_posts_stand_for_it_each_once(found: list[Said]) -> None:
    examples = pick(found)
    assert len(examples) <= 3
    assert len({example.mention_id for example in examples}) == len(examples)
    assert {example.mention_id for example in examples} <= {one.mention_id for one in found}
    assert bool(examples) == bool(found)
    assert all(example.alike >= 0 for example in examples)
    assert pick(found[::-1]) == examples, "the order in which the database finds them says nothing"
