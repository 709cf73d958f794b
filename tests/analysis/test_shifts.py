"""Shifts beyond chance: how often they cry wolf, how soon they see a real one, and what takes off."""

import math
import random
from datetime import UTC, datetime, timedelta

import pytest

from analysis.shifts import FEWEST_DAYS, Hour, Look, Part, moved, shifts, taking_off

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HELD = 28 * 24


def drawn(chance: random.Random, mean: float) -> int:
    """A number of Poisson's law; for large means its normal limit."""
    if mean > 60:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    floor, product, count = math.exp(-mean), chance.random(), 0
    while product > floor:
        product *= chance.random()
        count += 1
    return count


def quiet_hours(chance: random.Random, days: int, a_day: float, bursts: float = 0.3) -> list[Hour]:
    """A brand to which nothing happens: nights and weekends, days that differ, moods that differ, and bursts."""
    hours = []
    for day in range(days):
        of_day = chance.gammavariate(1 / bursts**2, bursts**2) * (0.8 if day % 7 >= 5 else 1.0)
        mood = min(0.9, max(0.1, chance.gauss(0.5, 0.04)))
        for hour in range(24):
            rhythm = 1 + 0.7 * math.sin((hour - 9) / 24 * 2 * math.pi)
            mentions = drawn(chance, a_day / 24 * of_day * rhythm)
            negative = (
                sum(chance.random() < mood for _ in range(mentions)) if mentions < 500 else round(mentions * mood)
            )
            positive = (mentions - negative) // 2
            hours.append(Hour(mentions, positive, mentions - negative - positive, negative))
    return hours


def alarms(hours: list[Hour], days: int) -> int:
    """How many alarms are told: one that stays is told once in three days, as the stage does."""
    told, last = 0, {"volume": -(10**9), "sentiment": -(10**9)}
    for end in range(len(hours) - days * 24, len(hours)):
        for shift in shifts(hours[max(0, end - HELD) : end]):
            if end - last[shift.what] >= 72:
                told += 1
                last[shift.what] = end
    return told


@pytest.mark.parametrize("a_day", [40.0, 400.0])
def test_a_brand_to_which_nothing_happens_is_alarmed_at_most_once_a_month(a_day: float) -> None:
    months = [alarms(quiet_hours(random.Random(seed), 58, a_day), 30) for seed in range(3)]
    assert sum(months) <= len(months), months


def test_a_storm_is_heard_within_hours_and_a_change_of_mood_within_a_day() -> None:
    calm = quiet_hours(random.Random(1), 28, 200.0)
    three_times = [Hour(*(3 * number for number in hour)) for hour in calm[-24 : -24 + 4]]
    (storm,) = [shift for shift in shifts(calm[4:] + three_times) if shift.what == "volume"]
    assert storm.up
    assert storm.value > storm.high > storm.usual > storm.low

    cross = [
        Hour(hour.mentions, 0, hour.mentions - hour.mentions * 9 // 10, hour.mentions * 9 // 10) for hour in calm[:24]
    ]
    (sour,) = [shift for shift in shifts(calm[24:] + cross) if shift.what == "sentiment"]
    assert not sour.up
    assert sour.value < sour.low < sour.usual
    assert sour.n >= 20


def test_without_two_weeks_to_compare_with_nothing_is_said() -> None:
    loud = [Hour(1, 1, 0, 0)] * (FEWEST_DAYS * 24 - 1) + [Hour(500, 0, 0, 500)]
    assert shifts(loud) == []
    assert shifts([]) == []


def test_fewer_mentions_than_usual_are_no_alarm() -> None:
    assert shifts([Hour(100, 30, 40, 30)] * HELD + [Hour()] * 24) == []


def look(post: str, minutes: int, interest: int, author: str = "x:1", said: int = 180) -> Look:
    return Look(
        post,
        author,
        "x",
        NOW - timedelta(minutes=said),
        NOW - timedelta(minutes=said) + timedelta(minutes=minutes),
        interest,
    )


def test_a_post_takes_off_when_it_outpaces_its_platform_and_its_author() -> None:
    usual = [look(f"x:u{n}", 60, n % 20, f"x:a{n}") for n in range(100)]
    hot = [look("x:hot", 60, 80), look("x:hot", 120, 400)]
    (found,) = taking_off(usual + hot, {"x:1": 6.0}, NOW)
    assert (found.mention_id, found.an_hour, found.interest) == ("x:hot", 320.0, 400)
    assert found.usual < found.an_hour
    assert taking_off(usual + hot, {"x:1": 300.0}, NOW) == [], "for a star that is an ordinary afternoon"


def test_a_post_that_took_off_last_week_or_was_looked_at_twice_at_once_does_not() -> None:
    old = [look("x:old", 60, 900, said=60 * 24 * 5)]
    assert taking_off(old, {}, NOW) == []
    assert taking_off([look("x:two", 5, 100), look("x:two", 9, 200)], {}, NOW) == []


def test_topics_explain_the_whole_change_where_each_post_has_one() -> None:
    before = {"delivery": Part(40, -0.5), "app": Part(60, 0.3), "gone": Part(10, 0.0)}
    now = {"delivery": Part(90, -0.6), "app": Part(60, 0.3), "new": Part(20, 0.5)}

    def whole(parts: dict[str, Part]) -> float:
        return sum(p.mentions * (p.net or 0) for p in parts.values()) / sum(p.mentions for p in parts.values())

    found = moved(now, before)
    assert sum(found.values()) == pytest.approx(whole(now) - whole(before))
    assert min(found, key=found.__getitem__) == "delivery"
    assert moved({}, {}) == {}
    assert moved({"a": Part(3, None)}, {"a": Part(2, 0.5)}) == {"a": 0.0}
