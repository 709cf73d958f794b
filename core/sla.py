"""Service-level agreements: how long a case may wait, on clocks that run while somebody is there.

A coverage is the union of shifts, each in its own zone, so that two teams can follow the sun. The wall clock in the zone
decides who is there, minute by minute: an hour that the change from daylight saving shows twice is covered twice, one that
is skipped is not covered. All instants that come in or go out are aware; those that go out are UTC.

A year of a coverage is laid out once, as spans of covered time and how much lies before each; every question is then a
bisection, however far away the deadline is.
"""

import difflib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from core.assessment import Priority

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BREAK = timedelta(hours=2)
"""A team that is back so soon was at lunch: its shift did not end."""


@dataclass(frozen=True, slots=True)
class Target:
    """How many minutes a case of one priority may wait for its first answer, and for its resolution."""

    first_response: int
    resolution: int


DEFAULT_TARGETS = {
    Priority.P1: Target(first_response=15, resolution=4 * 60),
    Priority.P2: Target(first_response=60, resolution=24 * 60),
    Priority.P3: Target(first_response=8 * 60, resolution=3 * 24 * 60),
}


@dataclass(frozen=True, slots=True)
class Shift:
    """From `start` to `end` on the wall clock of `zone`, on the `weekdays` (0 is Monday) on which it begins.

    One that ends no later than it starts ends on the next day; midnight to midnight is a whole day. On `holidays` it does
    not begin, though yesterday's may still run into them. `team` is the coverage that it was written in.
    """

    zone: str
    weekdays: frozenset[int]
    start: time
    end: time
    holidays: frozenset[date] = frozenset()
    team: str = ""

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= set(range(7)):
            raise ValueError("a shift needs weekdays from 0 (Monday) to 6 (Sunday)")


@dataclass(frozen=True, slots=True)
class Coverage:
    """When somebody is there: during any of its shifts. There is at least one, so every clock runs out some day."""

    name: str
    shifts: tuple[Shift, ...]

    def __post_init__(self) -> None:
        if not self.shifts:
            raise ValueError(f"coverage '{self.name}' has no hours")


ALWAYS = Coverage("24/7", (Shift("UTC", frozenset(range(7)), time(0), time(0)),))


DAILY = "daily"
"""The name of the coverage of those who keep no hours (`daily`)."""


class Duty(NamedTuple):
    """A shift on one of its days."""

    shift: Shift
    start: datetime
    end: datetime


# Clocks --------------------------------------------------------------------------------------------------------------


def clock_coverage(priority: Priority, coverage: Coverage | None) -> Coverage:
    """What a case's clocks run on: its team's coverage; P1, and a team without one, around the clock."""
    return ALWAYS if priority is Priority.P1 or coverage is None else coverage


def deadlines(said_at: datetime, target: Target, coverage: Coverage = ALWAYS) -> tuple[datetime, datetime]:
    """(answer by, resolve by). The clock starts when the customer said it, not when we heard it."""
    return deadline(coverage, said_at, target.first_response), deadline(coverage, said_at, target.resolution)


def deadline(coverage: Coverage, start: datetime, minutes: float) -> datetime:
    """The earliest moment by which `minutes` of covered time have passed since `start`."""
    return _instant(_after(coverage, _micros(start), round(minutes * 60_000_000)))


def covered_between(coverage: Coverage, a: datetime, b: datetime) -> float:
    """Seconds of covered time from `a` to `b`; negative where `b` is the earlier one."""
    return _covered(coverage, _micros(a), _micros(b)) / 1_000_000


def remaining(coverage: Coverage, now: datetime, due: datetime) -> float:
    """Seconds of covered time left until `due`; negative by how much it was missed."""
    return covered_between(coverage, now, due)


def warn_at(coverage: Coverage, due: datetime, minutes: float) -> datetime:
    """The latest moment at which `minutes` of covered time are left before `due`: at the beginning of a shift rather than
    at the end of the one before, when everybody leaves."""
    return _instant(_before(coverage, _micros(due), round(minutes * 60_000_000)))


def resumed(coverage: Coverage, due: datetime, paused_at: datetime, now: datetime) -> datetime:
    """When a clock is due that stood still from `paused_at` until `now`. One that had run out by then stays as it is."""
    left = _covered(coverage, _micros(paused_at), _micros(due))
    return due if left <= 0 else _instant(_after(coverage, _micros(now), left))


# Shifts --------------------------------------------------------------------------------------------------------------


def on_shift(coverage: Coverage, at: datetime) -> Duty | None:
    """Who is there at `at`; of several, those who came last, for they stay longest."""
    return max(there(coverage, at), key=lambda duty: (duty.start, duty.end), default=None)


def there(coverage: Coverage, at: datetime) -> list[Duty]:
    """All shifts that run at `at`."""
    return [duty for duty in _duties(coverage, at, at) if duty.start <= at < duty.end]


def next_shift(coverage: Coverage, at: datetime) -> Duty | None:
    """The first shift that begins at `at` or later; None where none does for a year."""
    step = timedelta(days=8)
    for begin in (at + n * step for n in range(47)):
        found = [duty for duty in _duties(coverage, begin, begin + step) if duty.start >= at]
        if found:
            return min(found, key=lambda duty: (duty.start, duty.end))
    return None


def shift_ends(coverage: Coverage, after: datetime, until: datetime) -> list[Duty]:
    """The shifts that end after `after` and no later than `until`, in order.

    None ends where the same shift begins anew at that moment, as around the clock, or where the team is back within
    `BREAK`. Where the next one begins at once, one ends.
    """
    duties = list(_duties(coverage, after, until + BREAK))
    found = [duty for duty in duties if after < duty.end <= until and not any(_goes_on(duty, then) for then in duties)]
    return sorted(dict.fromkeys(found), key=lambda duty: (duty.end, duty.start))  # equals: as the coverage names them


def daily(zone: str, hour: int) -> Coverage:
    """Somebody is always there, in shifts of a day that change at this hour."""
    return Coverage(DAILY, (Shift(zone, frozenset(range(7)), time(hour), time(hour)),))


def never_ends(coverage: Coverage, at: datetime) -> bool:
    """Is somebody there at `at`, and was in the week before without a shift's end?"""
    return bool(there(coverage, at)) and not shift_ends(coverage, at - timedelta(days=8), at)


def first_cover(coverage: Coverage, at: datetime) -> datetime:
    """The first moment from `at` on when somebody is there. More than a year away, it is a mistake in the settings."""
    return warn_at(coverage, deadline(coverage, at, 1 / 60), 1 / 60)


def _goes_on(duty: Duty, then: Duty) -> bool:
    if then.start == duty.end:
        return then.shift == duty.shift
    return then.shift.team == duty.shift.team and duty.end < then.start <= duty.end + BREAK


def _duties(coverage: Coverage, a: datetime, b: datetime) -> Iterator[Duty]:
    """Every shift of which a part may lie between `a` and `b`, and some around them."""
    for shift in coverage.shifts:
        zone = ZoneInfo(shift.zone)
        first, last = (a - timedelta(days=2)).astimezone(zone).date(), b.astimezone(zone).date()
        for day in _days(shift, first, last):
            if parts := _parts(shift, day):
                yield Duty(shift, _instant(parts[0][0]), _instant(parts[-1][1]))


# The calendar --------------------------------------------------------------------------------------------------------
# In microseconds since 1970, so that every sum is exact.

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400_000_000


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _instant(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


@dataclass(frozen=True, slots=True)
class _Year:
    """The covered spans of one year (UTC), in order and apart; `before` and `through` are the covered time of the year up
    to the start and the end of each."""

    starts: Sequence[int]
    before: Sequence[int]
    through: Sequence[int]

    @property
    def total(self) -> int:
        return self.through[-1] if self.through else 0

    def covered(self, at: int) -> int:
        """How much of the year is covered up to `at`."""
        n = bisect_right(self.starts, at) - 1
        return min(self.before[n] + at - self.starts[n], self.through[n]) if n >= 0 else 0


def _covered(coverage: Coverage, a: int, b: int) -> int:
    if b < a:
        return -_covered(coverage, b, a)
    first, last = _instant(a).year, _instant(b).year
    whole = sum(_year(coverage, year).total for year in range(first, last))
    return whole + _year(coverage, last).covered(b) - _year(coverage, first).covered(a)


def _after(coverage: Coverage, start: int, amount: int) -> int:
    """The earliest moment by which so much is covered since `start`."""
    if amount <= 0:
        return start
    year = _instant(start).year
    wanted = _year(coverage, year).covered(start) + amount
    while wanted > _year(coverage, year).total:
        wanted -= _year(coverage, year).total
        year += 1
    spans = _year(coverage, year)
    n = bisect_left(spans.through, wanted)
    return spans.starts[n] + wanted - spans.before[n]


def _before(coverage: Coverage, due: int, amount: int) -> int:
    """The latest moment from which so much is covered until `due`."""
    if amount <= 0:
        return due
    year = _instant(due).year
    wanted = _year(coverage, year).covered(due) - amount
    while wanted < 0:
        year -= 1
        wanted += _year(coverage, year).total
    spans = _year(coverage, year)
    n = bisect_right(spans.before, wanted) - 1
    return spans.starts[n] + wanted - spans.before[n]


@lru_cache(maxsize=512)
def _year(coverage: Coverage, year: int) -> _Year:
    opens, closes = _micros(datetime(year, 1, 1, tzinfo=UTC)), _micros(datetime(year + 1, 1, 1, tzinfo=UTC))
    first, last = date(year, 1, 1) - timedelta(days=2), date(year, 12, 31) + timedelta(days=1)
    parts = sorted(
        part for shift in coverage.shifts for day in _days(shift, first, last) for part in _parts(shift, day)
    )
    spans: list[list[int]] = []
    for start, end in ((max(start, opens), min(end, closes)) for start, end in parts):
        if start >= end:
            continue
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(end, spans[-1][1])
        else:
            spans.append([start, end])
    before, through, total = [], [], 0
    for start, end in spans:
        before.append(total)
        total += end - start
        through.append(total)
    return _Year([start for start, _ in spans], before, through)


def _days(shift: Shift, first: date, last: date) -> Iterator[date]:
    """The days on which it begins."""
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if day.weekday() in shift.weekdays and day not in shift.holidays:
            yield day


def _parts(shift: Shift, day: date) -> list[tuple[int, int]]:
    """When the wall clock shows the shift of `day`: once, but for what the clock skips or shows twice."""
    midnight = (day.toordinal() - _EPOCH.toordinal()) * _DAY
    start, end = midnight + _time(shift.start), midnight + _time(shift.end)
    if end <= start:
        end += _DAY
    found = []
    for begins, ends, offset in _offsets(shift.zone, day.year):
        part = max(start - offset, begins), min(end - offset, ends)
        if part[0] < part[1]:
            found.append(part)
    return found


def _time(at: time) -> int:
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond


@lru_cache(maxsize=512)
def _offsets(zone: str, year: int) -> tuple[tuple[int, int, int], ...]:
    """(from, to, how far the wall clock is ahead of UTC): a zone's year, and some days around it, cut where that changes.

    zoneinfo does not tell when it changes, so it is asked day by day, and the moment is found by bisection.
    """
    info = ZoneInfo(zone)

    def ahead(at: int) -> int:
        return ((_instant(at).astimezone(info).utcoffset() or timedelta()) // timedelta(seconds=1)) * 1_000_000

    begin, end = (
        _micros(datetime(year, 1, 1, tzinfo=UTC)) - 4 * _DAY,
        _micros(datetime(year + 1, 1, 1, tzinfo=UTC)) + 4 * _DAY,
    )
    found, start, offset = [], begin, ahead(begin)
    for day in range(begin, end, _DAY):
        if ahead(day + _DAY) != offset:
            low, high = day // 1_000_000, (day + _DAY) // 1_000_000
            change = bisect_left(range(low, high), True, key=lambda second: ahead(second * 1_000_000) != offset)
            moment = (low + change) * 1_000_000
            found.append((start, moment, offset))
            start, offset = moment, ahead(day + _DAY)
    return (*found, (start, end, offset))


# From the settings ---------------------------------------------------------------------------------------------------


def coverage_from(name: str, tables: Mapping[str, Mapping[str, Any]]) -> Coverage:
    """The coverage `[coverage.NAME]` of the settings, with those that it names in `also`; each keeps its own holidays.

    A table has `zone`, `hours` ({"mon-fri": ["09:00-18:00"]}), `holidays` (dates) and `also` (names of others). Raises
    ValueError with one sentence that names the key.
    """
    shifts: dict[Shift, None] = {}
    wanted, seen = [name], {name}
    for current in wanted:
        table = tables[current]
        shifts |= dict.fromkeys(_shifts(current, table))
        for other in table.get("also") or ():
            if other not in tables:
                raise ValueError(f"coverage.{current}.also names '{other}', but there is no [coverage.{other}]")
            if other not in seen:
                seen.add(other)
                wanted.append(other)
    if not shifts:
        raise ValueError(f'coverage.{name} has no hours; give it some, such as hours = {{ mon-fri = ["09:00-18:00"] }}')
    return Coverage(name, tuple(shifts))


def _shifts(name: str, table: Mapping[str, Any]) -> list[Shift]:
    zone = table.get("zone") or "UTC"
    _check_zone(name, zone)
    holidays = frozenset(_date(name, day) for day in table.get("holidays") or ())
    days: dict[tuple[time, time], set[int]] = {}
    for key, spans in (table.get("hours") or {}).items():
        weekdays = _weekdays(name, key)
        for span in [spans] if isinstance(spans, str) else spans:
            days.setdefault(_span(name, key, span), set()).update(weekdays)
    return [Shift(zone, frozenset(on), start, end, holidays, name) for (start, end), on in days.items()]


def _check_zone(name: str, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # unknown, not a name at all, or only a folder of zones
        near = difflib.get_close_matches(zone, available_timezones(), n=1)
        hint = f"did you mean '{near[0]}'?" if near else "write it as Area/City, such as 'Asia/Kolkata'"
        raise ValueError(f"coverage.{name}.zone is no time zone that we know: '{zone}'; {hint}") from None


def _weekdays(name: str, key: str) -> Iterable[int]:
    """`mon`, or `mon-fri`; `fri-mon` goes over the weekend."""
    first, _, last = key.lower().partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        raise ValueError(f"coverage.{name}.hours has '{key}'; write days as 'mon' or 'mon-fri'")
    begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    return [(begin + n) % 7 for n in range((end - begin) % 7 + 1)]


def _span(name: str, key: str, span: Any) -> tuple[time, time]:
    """`09:00-18:00`; `22:00-06:00` ends on the next day; `00:00-24:00` is the whole day."""
    found = (
        re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", span)
        if isinstance(span, str)
        else None
    )
    if found is None or found.group(1, 2) == found.group(3, 4):
        raise ValueError(
            f"coverage.{name}.hours.{key} has {span!r}; write hours as '09:00-18:00', across midnight as '22:00-06:00', "
            "the whole day as '00:00-24:00'"
        )
    return time(int(found[1]), int(found[2])), time(int(found[3] or 0), int(found[4] or 0))


def _date(name: str, day: Any) -> date:
    try:
        return day if type(day) is date else date.fromisoformat(day)
    except (TypeError, ValueError):
        raise ValueError(f"coverage.{name}.holidays has {str(day)!r}; write dates as 2026-01-26") from None
