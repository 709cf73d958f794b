"""Clocks that run while somebody is there: held against a simulation that asks the wall clock minute by minute."""

import re
import time as stopwatch
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core import sla
from core.assessment import Priority
from core.settings import parse
from core.sla import ALWAYS, DEFAULT_TARGETS, Coverage, Shift, coverage_from

MINUTE = timedelta(minutes=1)
ALL_DAYS = frozenset(range(7))
WORKDAYS = frozenset(range(5))

# Moments around which clocks change or did: the last years of daylight saving in Türkiye (which put off a change for an
# election, and stayed on summer time in 2016), New York's springs and autumns, the ends of years, and a plain week.
CHANGES = [
    datetime(2015, 3, 29, 1, tzinfo=UTC),
    datetime(2015, 11, 8, 1, tzinfo=UTC),
    datetime(2016, 3, 27, 1, tzinfo=UTC),
    datetime(2016, 9, 7, 0, tzinfo=UTC),
    datetime(2016, 10, 30, 1, tzinfo=UTC),
    datetime(2025, 3, 9, 7, tzinfo=UTC),
    datetime(2025, 11, 2, 6, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2025, 12, 31, 23, tzinfo=UTC),
    datetime(2026, 6, 10, 12, tzinfo=UTC),
]
ZONES = ["Europe/Istanbul", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]

wall_times = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
moments = st.builds(
    lambda change, minutes: change + minutes * MINUTE, st.sampled_from(CHANGES), st.integers(-3 * 1440, 3 * 1440)
)
holidays = st.frozensets(
    st.builds(
        lambda change, days: (change + timedelta(days=days)).date(), st.sampled_from(CHANGES), st.integers(-3, 5)
    ),
    max_size=4,
)
shifts = st.builds(
    Shift, st.sampled_from(ZONES), st.frozensets(st.integers(0, 6), min_size=1), wall_times, wall_times, holidays
)
coverages = st.lists(shifts, min_size=1, max_size=4).map(lambda found: Coverage("made up", tuple(found)))


def is_covered(coverage: Coverage, at: datetime) -> bool:
    """What the wall clock says at this moment, and nothing cleverer."""
    for shift in coverage.shifts:
        wall = at.astimezone(ZoneInfo(shift.zone)).replace(tzinfo=None)
        today, yesterday = wall.date(), wall.date() - timedelta(days=1)
        overnight = shift.end <= shift.start
        begun = wall.time() >= shift.start and (overnight or wall.time() < shift.end)
        if begun and begins(shift, today):
            return True
        if overnight and wall.time() < shift.end and begins(shift, yesterday):
            return True
    return False


def begins(shift: Shift, day: date) -> bool:
    return day.weekday() in shift.weekdays and day not in shift.holidays


def simulated_deadline(coverage: Coverage, start: datetime, minutes: int, patience: int) -> datetime | None:
    """Minute by minute; None where it takes longer than `patience` minutes."""
    now = start
    for _ in range(patience):
        if minutes == 0:
            return now
        minutes -= is_covered(coverage, now)
        now += MINUTE
    return None


def simulated_covered(coverage: Coverage, a: datetime, b: datetime) -> int:
    return 60 * sum(is_covered(coverage, a + n * MINUTE) for n in range((b - a) // MINUTE))


# Against the simulation ----------------------------------------------------------------------------------------------


@given(coverages, moments, st.integers(0, 3 * 1440))
@settings(max_examples=150, deadline=None)
def test_covered_time_is_what_a_simulation_by_the_minute_counts(coverage: Coverage, a: datetime, minutes: int) -> None:
    b = a + minutes * MINUTE
    assert sla.covered_between(coverage, a, b) == simulated_covered(coverage, a, b)
    assert sla.covered_between(coverage, b, a) == -simulated_covered(coverage, a, b)


@given(coverages, moments, st.integers(0, 1500))
@settings(max_examples=150, deadline=None)
def test_a_deadline_is_where_a_simulation_by_the_minute_arrives(
    coverage: Coverage, start: datetime, minutes: int
) -> None:
    due = sla.deadline(coverage, start, minutes)
    expected = simulated_deadline(coverage, start, minutes, patience=6 * 1440)
    assert due == expected if expected is not None else due > start + (6 * 1440 - 1) * MINUTE
    assert due.utcoffset() == timedelta()


@given(coverages, moments, st.integers(1, 900))
@settings(max_examples=100, deadline=None)
def test_a_warning_comes_at_the_last_minute_that_leaves_so_much(
    coverage: Coverage, due: datetime, minutes: int
) -> None:
    warned = sla.warn_at(coverage, due, minutes)
    assert sla.covered_between(coverage, warned, due) == minutes * 60
    assert is_covered(coverage, warned), "when somebody is there to read it"


@given(coverages, moments, st.integers(1, 10**6), st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_a_deadline_is_exact_to_the_microsecond(coverage: Coverage, start: datetime, seconds: int, micros: int) -> None:
    start += timedelta(microseconds=micros)
    due = sla.deadline(coverage, start, seconds / 60)
    assert sla.covered_between(coverage, start, due) == pytest.approx(seconds, abs=1e-6)
    assert sla.covered_between(coverage, start, due - timedelta(microseconds=1)) < seconds


@given(coverages, moments, st.integers(0, 900), st.integers(0, 2000))
@settings(max_examples=100, deadline=None)
def test_a_pause_gives_back_what_was_left(coverage: Coverage, start: datetime, left: int, waited: int) -> None:
    due, back = sla.deadline(coverage, start, left), start + waited * MINUTE
    later = sla.resumed(coverage, due, start, back)
    if left == 0:
        assert later == due, "what was missed before the pause stays missed"
    else:
        assert sla.remaining(coverage, back, later) == left * 60
        assert later >= due


@given(coverages, moments, st.integers(0, 4 * 1440))
@settings(max_examples=100, deadline=None)
def test_who_is_on_shift_agrees_with_what_is_covered(coverage: Coverage, start: datetime, minutes: int) -> None:
    at = start + minutes * MINUTE
    duty = sla.on_shift(coverage, at)
    if is_covered(coverage, at):
        assert duty is not None
        assert duty.start <= at < duty.end
    then = sla.next_shift(coverage, at)
    if then is not None:
        assert then.start >= at
        assert is_covered(Coverage("it", (then.shift,)), then.start)
        assert begins(then.shift, then.start.astimezone(ZoneInfo(then.shift.zone)).date())


@given(coverages, moments, st.integers(1, 2880), st.integers(1, 2880))
@settings(max_examples=100, deadline=None)
def test_shift_ends_are_told_once_however_the_time_is_cut(
    coverage: Coverage, start: datetime, first: int, second: int
) -> None:
    middle = start + first * MINUTE
    until = middle + second * MINUTE
    whole = sla.shift_ends(coverage, start, until)
    for cut in (middle, *(duty.end for duty in whole)):
        assert sla.shift_ends(coverage, start, cut) + sla.shift_ends(coverage, cut, until) == whole


# By hand -------------------------------------------------------------------------------------------------------------

ISTANBUL = Coverage("istanbul", (Shift("Europe/Istanbul", WORKDAYS, time(9), time(18)),))
NEW_YORK = Coverage("new york", (Shift("America/New_York", WORKDAYS, time(9), time(17)),))
NIGHT = Coverage("night", (Shift("America/New_York", ALL_DAYS, time(22), time(6)),))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_a_clock_stops_over_the_weekend() -> None:
    friday = utc(2026, 11, 20, 14, 30)  # 17:30 in Istanbul
    assert sla.deadline(ISTANBUL, friday, 60) == utc(2026, 11, 23, 6, 30)  # Monday 09:30


def test_a_target_that_ends_with_the_shift_is_due_then_and_not_the_next_morning() -> None:
    assert sla.deadline(ISTANBUL, utc(2026, 11, 20, 14), 60) == utc(2026, 11, 20, 15)


def test_the_warning_is_for_those_who_come_and_not_for_those_who_leave() -> None:
    due = utc(2026, 11, 23, 7)  # Monday 10:00 in Istanbul
    assert sla.warn_at(ISTANBUL, due, 60) == utc(2026, 11, 23, 6)
    assert sla.warn_at(ISTANBUL, due, 61) == utc(2026, 11, 20, 14, 59)


def test_turkish_offices_open_by_the_summer_time_that_stayed() -> None:
    before, after = utc(2015, 11, 6, 6), utc(2015, 11, 9, 6)
    assert sla.deadline(ISTANBUL, before, 60) == utc(2015, 11, 6, 7)  # 09:00 is 06:00 UTC: summer time was prolonged
    assert sla.deadline(ISTANBUL, after, 60) == utc(2015, 11, 9, 8)  # 09:00 is 07:00 UTC in winter
    assert sla.deadline(ISTANBUL, utc(2015, 11, 2, 0), 60) == utc(2015, 11, 2, 7)  # still +3, when Europe had changed
    assert sla.deadline(ISTANBUL, utc(2016, 11, 7, 0), 60) == utc(2016, 11, 7, 7)  # +3 for good


@pytest.mark.parametrize(
    ("night", "hours"),
    [(utc(2026, 3, 7, 12), 7), (utc(2026, 6, 6, 12), 8), (utc(2026, 10, 31, 12), 9)],
)
def test_a_night_shift_is_shorter_in_spring_and_longer_in_autumn(night: datetime, hours: int) -> None:
    assert sla.covered_between(NIGHT, night, night + timedelta(days=1)) == hours * 3600
    duty = sla.next_shift(NIGHT, night)
    assert duty is not None
    assert duty.end - duty.start == timedelta(hours=hours)


def test_a_shift_that_begins_in_the_skipped_hour_begins_after_it() -> None:
    early = Coverage("early", (Shift("America/New_York", ALL_DAYS, time(2, 30), time(10)),))
    duty = sla.next_shift(early, utc(2026, 3, 8, 0))
    assert duty is not None
    assert duty.start == utc(2026, 3, 8, 7), "03:00 in daylight saving time"
    inside = Coverage("inside", (Shift("America/New_York", ALL_DAYS, time(2), time(3)),))
    skipped = sla.next_shift(inside, utc(2026, 3, 8, 0))
    assert skipped is not None
    assert skipped.start == utc(2026, 3, 9, 6), "on the day that has no such hour there is no such shift"


def test_a_shift_inside_the_repeated_hour_comes_twice_and_ends_once() -> None:
    twice = Coverage("twice", (Shift("America/New_York", ALL_DAYS, time(1), time(1, 30)),))
    assert sla.covered_between(twice, utc(2026, 11, 1), utc(2026, 11, 2)) == 2 * 30 * 60
    assert [d.end for d in sla.shift_ends(twice, utc(2026, 11, 1), utc(2026, 11, 2))] == [utc(2026, 11, 1, 6, 30)]


def test_a_holiday_takes_out_the_shift_that_begins_on_it_and_not_the_night_before() -> None:
    nights = Shift("Asia/Kolkata", ALL_DAYS, time(22), time(6), frozenset({date(2026, 1, 26)}))
    coverage = Coverage("nights", (nights,))
    assert sla.on_shift(coverage, utc(2026, 1, 25, 20)) is not None  # 01:30 on the holiday: yesterday's
    assert sla.on_shift(coverage, utc(2026, 1, 26, 17)) is None  # 22:30 on the holiday
    assert sla.on_shift(coverage, utc(2026, 1, 26, 20)) is None  # 01:30 on the day after


def test_teams_that_follow_the_sun_hand_over_at_each_end() -> None:
    tables: dict[str, dict[str, Any]] = {
        "istanbul": {
            "zone": "Europe/Istanbul",
            "hours": {"mon-fri": ["09:00-17:00"]},
            "holidays": [date(2026, 10, 29)],
        },
        "austin": {"zone": "America/Chicago", "hours": {"mon-fri": "08:00-16:00"}, "holidays": ["2026-11-26"]},
        "world": {"also": ["istanbul", "austin"]},
    }
    world = coverage_from("world", tables)
    day = utc(2026, 11, 23)
    ends = sla.shift_ends(world, day, day + timedelta(days=1))
    assert [(d.shift.team, d.end) for d in ends] == [
        ("istanbul", utc(2026, 11, 23, 14)),
        ("austin", utc(2026, 11, 23, 22)),
    ]
    assert sla.covered_between(world, day, day + timedelta(days=1)) == 16 * 3600
    thanksgiving, republic = utc(2026, 11, 26), utc(2026, 10, 29)
    assert sla.covered_between(world, thanksgiving, thanksgiving + timedelta(days=1)) == 8 * 3600
    assert sla.covered_between(world, republic, republic + timedelta(days=1)) == 8 * 3600
    then = sla.next_shift(world, ends[0].end)
    assert then is not None
    assert (then.shift.team, then.start) == ("austin", utc(2026, 11, 23, 14))


def test_lunch_ends_no_shift_and_neither_does_midnight_around_the_clock() -> None:
    lunch = coverage_from("office", {"office": {"hours": {"mon-fri": ["09:00-12:30", "13:30-18:00"]}}})
    monday = utc(2026, 11, 23)
    assert [d.end for d in sla.shift_ends(lunch, monday, monday + timedelta(days=1))] == [utc(2026, 11, 23, 18)]
    assert sla.shift_ends(ALWAYS, monday, monday + timedelta(days=9)) == []
    relay = coverage_from("relay", {"relay": {"hours": {"mon-sun": ["06:00-14:00", "14:00-22:00", "22:00-06:00"]}}})
    assert [d.end.hour for d in sla.shift_ends(relay, monday, monday + timedelta(days=1))] == [6, 14, 22]


def test_p1_runs_around_the_clock_whatever_the_coverage() -> None:
    saturday = utc(2026, 11, 21, 3)
    p1, p2 = (
        sla.deadlines(saturday, DEFAULT_TARGETS[p], sla.clock_coverage(p, ISTANBUL)) for p in (Priority.P1, Priority.P2)
    )
    assert p1 == (saturday + timedelta(minutes=15), saturday + timedelta(hours=4))
    assert p2 == (utc(2026, 11, 23, 7), utc(2026, 11, 25, 12))  # 24 covered hours: 9 + 9 + 6
    assert sla.clock_coverage(Priority.P2, None) is ALWAYS
    assert sla.deadlines(saturday, DEFAULT_TARGETS[Priority.P2]) == (
        saturday + timedelta(hours=1),
        saturday + timedelta(days=1),
    )


def test_a_month_of_waiting_takes_nothing_from_the_clock() -> None:
    said = utc(2026, 3, 6, 15)  # Friday 10:00 in New York
    due = sla.deadline(NEW_YORK, said, 480)
    paused, back = utc(2026, 3, 6, 20), utc(2026, 4, 6, 13)
    assert sla.remaining(NEW_YORK, paused, due) == 3 * 3600
    assert sla.resumed(NEW_YORK, due, paused, back) == back + timedelta(hours=3)


def test_a_year_of_holidays_can_be_told_from_a_mistake() -> None:
    year = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(800))
    shut = Coverage("shut", (replace(ISTANBUL.shifts[0], holidays=year),))
    assert sla.first_cover(shut, utc(2026, 1, 1)) - utc(2026, 1, 1) > timedelta(days=366)
    assert sla.deadline(shut, utc(2026, 1, 1), 1) == utc(2028, 3, 13, 6, 1)
    assert sla.next_shift(shut, utc(2026, 1, 1)) is None
    assert sla.first_cover(ISTANBUL, utc(2026, 11, 21)) == utc(2026, 11, 23, 6)
    assert sla.first_cover(ISTANBUL, utc(2026, 11, 23, 7)) == utc(2026, 11, 23, 7)


def test_thousands_of_deadlines_take_no_time() -> None:
    begin = utc(2026, 1, 1)
    sla.deadline(NIGHT, begin, 1)
    started = stopwatch.perf_counter()
    for n in range(5000):
        sla.deadline(NIGHT, begin + n * MINUTE, 3 * 1440)
    assert stopwatch.perf_counter() - started < 2.0


# From the settings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            {"zone": "Europe/Istambul"},
            "coverage.x.zone is no time zone that we know: 'Europe/Istambul'; did you mean 'Eu",
        ),
        ({"zone": "../etc/passwd"}, "coverage.x.zone is no time zone"),
        ({"zone": "Europe"}, "coverage.x.zone is no time zone"),
        ({"hours": {"monday": ["09:00-18:00"]}}, "coverage.x.hours has 'monday'; write days as 'mon' or 'mon-fri'"),
        ({"hours": {"mon": ["9-18"]}}, "coverage.x.hours.mon has '9-18'; write hours as '09:00-18:00'"),
        ({"hours": {"mon": ["09:00-09:00"]}}, "the whole day as '00:00-24:00'"),
        ({"hours": {"mon": ["24:00-09:00"]}}, "coverage.x.hours.mon has '24:00-09:00'"),
        ({"hours": {"mon": [9]}}, "coverage.x.hours.mon has 9"),
        ({"hours": {"mon": ["09:00-18:00"]}, "holidays": ["26.1.2026"]}, "coverage.x.holidays has '26.1.2026'"),
        ({"hours": {"mon": []}}, "coverage.x has no hours"),
        ({"also": ["y"]}, "coverage.x.also names 'y', but there is no [coverage.y]"),
        ({"also": ["x"]}, "coverage.x has no hours"),
    ],
)
def test_a_mistake_in_a_coverage_is_one_sentence_that_names_the_key(table: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError) as told:
        coverage_from("x", {"x": table})
    assert said in str(told.value)


def test_hours_are_read_as_they_are_written() -> None:
    table = {
        "zone": "Asia/Kolkata",
        "hours": {"mon-thu": ["09:00-18:00"], "fri": ["09:00-18:00", "22:00-24:00"], "sat-sun": ["00:00-24:00"]},
    }
    found = {(s.start, s.end): s.weekdays for s in coverage_from("x", {"x": table}).shifts}
    assert found == {
        (time(9), time(18)): WORKDAYS,
        (time(22), time(0)): frozenset({4}),
        (time(0), time(0)): frozenset({5, 6}),
    }
    assert coverage_from("x", {"x": {"hours": {"FRI-mon": "09:00-10:00"}}}).shifts[0].weekdays == {4, 5, 6, 0}


def test_coverages_may_name_each_other() -> None:
    tables = {
        "a": {"hours": {"mon": ["09:00-10:00"]}, "also": ["b"]},
        "b": {"hours": {"tue": ["09:00-10:00"]}, "also": ["a"]},
    }
    assert set(coverage_from("a", tables).shifts) == set(coverage_from("b", tables).shifts)


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
@example("Europe/\x00", "mon", "09:00-18:00", "2026-01-01")
def test_any_words_give_a_coverage_or_one_sentence(zone: str, day: str, hours: str, holiday: str) -> None:
    try:
        coverage_from("x", {"x": {"zone": zone, "hours": {day: [hours]}, "holidays": [holiday]}})
    except ValueError as error:
        assert "coverage.x" in str(error)


def test_the_example_in_the_documents_says_what_is_written_beside_it() -> None:
    page = (Path(__file__).parents[2] / "docs/desk.md").read_text(encoding="utf-8")
    (example,) = (block for block in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "[coverage." in block)
    brand = {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}
    told = parse({"brands": {"northwind": brand}, **tomllib.loads(example)})
    world = told.clock_of(Priority.P2, "care")
    assert {shift.team for shift in world.shifts} == {"istanbul", "pune"}
    day = utc(2026, 11, 23)
    assert sla.covered_between(world, day, day + timedelta(days=1)) == 24 * 3600
    istanbul = told.coverages["istanbul"]
    assert [duty.end for duty in sla.shift_ends(istanbul, day, day + timedelta(days=1))] == [utc(2026, 11, 23, 15)]
    assert sla.covered_between(istanbul, utc(2026, 10, 29), utc(2026, 10, 30)) == 0
    assert told.target_for(Priority.P2, "care") == sla.Target(30, 480)
    assert told.clock_of(Priority.P1, "care") is ALWAYS
