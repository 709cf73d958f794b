"""Is it more than chance? Shifts in how much is said and how it feels, looked for every hour; and posts that take off. Pure.

Who looks every hour, at several things, will see a great deal of chance: 720 looks a month. So each look has a bar that is
as much higher as there are looks (Bonferroni), and the noise is taken from the brand's own past weeks, in which posts come
in bursts, not from a law that knows none. `tests/analysis/test_shifts.py` measures how often it cries wolf.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import NormalDist, fmean, quantiles, stdev
from typing import Literal, NamedTuple

HOURS = 24
LOOKS_A_MONTH = 30 * HOURS
WINDOWS = (3, 24)
"""Hours: a storm shows in the short one, a drift in the long one."""
TESTS = 2 * len(WINDOWS)
"""What one look tests: volume and sentiment, over each window."""
FEWEST_DAYS = 14
"""With fewer days to compare with, nobody knows what is usual."""
FEWEST_JUDGED = 20
LEAST_TIMES, LEAST_MORE = 1.5, 10
"""A rise that is real but smaller is no reason to interrupt anybody."""
LEAST_NET = 0.15
"""Likewise of net sentiment, which runs from -1 to 1."""


class Hour(NamedTuple):
    """What was said in one hour."""

    mentions: int = 0
    positive: int = 0
    neutral: int = 0
    negative: int = 0

    @property
    def judged(self) -> int:
        return self.positive + self.neutral + self.negative


@dataclass(frozen=True, slots=True)
class Shift:
    """A change beyond chance: over the last `hours` it was `value`, where `usual` was to be expected, and from `low` to
    `high` would have been chance. `p` is how probable such a look is if nothing changed; `n` what it rests on."""

    what: Literal["volume", "sentiment"]
    value: float
    usual: float
    low: float
    high: float
    hours: int
    p: float
    n: int

    @property
    def up(self) -> bool:
        return self.value > self.usual


def shifts(past: Sequence[Hour], alarms_a_month: float = 1.0) -> list[Shift]:
    """What stands out at the end of these hours, the oldest first, the last one over: at most one shift of each kind.

    The same hours of each day before are what is usual. `alarms_a_month` is how many false ones are borne.
    """
    bar = alarms_a_month / (LOOKS_A_MONTH * TESTS)
    found: dict[str, Shift] = {}
    for hours in WINDOWS:
        days = _days(past, hours)
        if len(days) <= FEWEST_DAYS:
            continue
        for shift in (_volume(days, hours, bar), _sentiment(days, hours, bar)):
            if shift is not None and (shift.what not in found or shift.p < found[shift.what].p):
                found[shift.what] = shift
    return list(found.values())


def stands_out(days: Sequence[Hour], chance: float) -> dict[str, Shift]:
    """Which of volume and sentiment of the first of these days, the newest, stands out from the others: by `what` it is.
    `chance` is how many such days in a hundred quiet ones are borne, as a share."""
    if len(days) <= FEWEST_DAYS:
        return {}
    return {shift.what: shift for shift in (_volume(days, HOURS, chance), _sentiment(days, HOURS, chance)) if shift}


def _days(past: Sequence[Hour], hours: int) -> list[Hour]:
    """What was said in the last `hours`, and in the same hours of each day before, the newest first."""
    ends = range(len(past), hours - 1, -HOURS)
    return [Hour(*map(sum, zip(*past[end - hours : end], strict=True))) for end in ends]


def _volume(days: Sequence[Hour], hours: int, bar: float) -> Shift | None:
    """A rise of the number of mentions. That fewer speak is no alarm: a source that fell silent rings elsewhere.

    Counts scatter as their mean does, so their roots are compared (Anscombe, 1948), with the scatter of the days before but
    never less than Poisson's.
    """
    now, *before = (2 * math.sqrt(day.mentions + 3 / 8) for day in days)
    usual, spread = fmean(before), max(1.0, stdev(before))
    wide = spread * math.sqrt(1 + 1 / len(before))
    p = _tail((now - usual) / wide, len(before) - 1)
    count, expected = days[0].mentions, _count(usual)
    if p >= bar or count < LEAST_TIMES * expected or count < expected + LEAST_MORE:
        return None
    return Shift("volume", count, expected, _count(usual - 2 * wide), _count(usual + 2 * wide), hours, p, count)


def _sentiment(days: Sequence[Hour], hours: int, bar: float) -> Shift | None:
    """A rise or fall of net sentiment, (positive - negative) / judged, against all the days before together.

    How much more than by sampling alone it varies from day to day is taken from those days.
    """
    now, *before = days
    told = [day for day in before if day.judged >= FEWEST_JUDGED]
    if now.judged < FEWEST_JUDGED or len(told) < FEWEST_DAYS:
        return None
    whole = Hour(*map(sum, zip(*told, strict=True)))
    usual, value = _net(whole), _net(now)
    squares = [(_net(day) - usual) ** 2 / _variance(whole, day.judged) for day in told]
    restless = max(1.0, sum(squares) / (len(told) - 1))
    wide = math.sqrt(restless * (_variance(whole, now.judged) + _variance(whole, whole.judged)))
    p = 2 * _tail(abs(value - usual) / wide, len(told) - 1)
    if p >= bar or abs(value - usual) < LEAST_NET:
        return None
    return Shift("sentiment", value, usual, max(-1, usual - 2 * wide), min(1, usual + 2 * wide), hours, p, now.judged)


def _net(hour: Hour) -> float:
    return (hour.positive - hour.negative) / hour.judged


def _variance(whole: Hour, judged: int) -> float:
    """Of the net sentiment of so many posts that feel as the whole does."""
    for_us, against = (whole.positive + 1) / (whole.judged + 2), (whole.negative + 1) / (whole.judged + 2)
    return (for_us + against - (for_us - against) ** 2) / judged


def _count(root: float) -> float:
    return max(0.0, (root / 2) ** 2 - 3 / 8)


def _tail(t: float, freedom: int) -> float:
    """How probable a Student's t above this is, by Wallace's approximation (1959): three digits from 13 degrees on."""
    z = (8 * freedom + 1) / (8 * freedom + 3) * math.sqrt(freedom * math.log1p(t * t / freedom))
    return 1 - NormalDist().cdf(z) if t > 0 else NormalDist().cdf(z)


# Posts that take off ---------------------------------------------------------------------------------------------------

FASTEST = 0.99
"""Of the looks at a platform's posts, so many saw them grow slower than what takes off."""
LEAST_AN_HOUR = 30.0
LEAST_TIMES_AUTHOR = 5.0
FRESH = timedelta(hours=48)
SHORTEST = timedelta(minutes=10)
"""Two looks that are closer say little of the pace."""
FEWEST_LOOKS = 50


class Look(NamedTuple):
    """The interest (likes, answers and shares) in a post at one moment."""

    mention_id: str
    author_id: str
    platform: str
    created_at: datetime
    seen_at: datetime
    interest: int


class Pace(NamedTuple):
    """How fast a post grows: interest an hour, where `usual` is what all but one in a hundred stay below."""

    mention_id: str
    author_id: str
    platform: str
    an_hour: float
    usual: float
    interest: int


def taking_off(looks: Sequence[Look], by_author: Mapping[str, float], now: datetime) -> list[Pace]:
    """The posts of the last two days that spread faster than is usual on their platform and for their author, the fastest
    first. `looks` at one post follow one another; `by_author` is the mean interest in each author's earlier posts."""
    paces = _paces(looks)
    usual: dict[str, float] = {}
    for platform in {pace.platform for pace in paces}:
        all_of = [pace.an_hour for pace in paces if pace.platform == platform]
        enough = len(all_of) >= FEWEST_LOOKS
        usual[platform] = max(LEAST_AN_HOUR, quantiles(all_of, n=100)[round(FASTEST * 100) - 1] if enough else 0.0)
    fresh = {look.mention_id for look in looks if look.created_at >= now - FRESH}
    last = {pace.mention_id: pace for pace in paces}
    found = [
        pace._replace(usual=usual[pace.platform])
        for pace in last.values()
        if pace.mention_id in fresh
        and pace.an_hour >= usual[pace.platform]
        and pace.interest >= LEAST_TIMES_AUTHOR * (by_author.get(pace.author_id, 0.0) + 1)
    ]
    return sorted(found, key=lambda pace: (-pace.an_hour, pace.mention_id))


def _paces(looks: Sequence[Look]) -> list[Pace]:
    """How fast each post grew between two looks, from nothing when it was said."""
    found: list[Pace] = []
    seen: dict[str, tuple[datetime, int]] = {}
    for look in looks:
        at, was = seen.get(look.mention_id, (look.created_at, 0))
        if look.seen_at - at < SHORTEST:
            continue
        an_hour = (look.interest - was) / ((look.seen_at - at) / timedelta(hours=1))
        found.append(Pace(look.mention_id, look.author_id, look.platform, an_hour, 0.0, look.interest))
        seen[look.mention_id] = (look.seen_at, look.interest)
    return found


# Why -------------------------------------------------------------------------------------------------------------------


class Part(NamedTuple):
    """A topic in a window: how many mentions, and their net sentiment (None where nothing was judged)."""

    mentions: int
    net: float | None


def moved(now: Mapping[str, Part], before: Mapping[str, Part]) -> dict[str, float]:
    """How much of the change in net sentiment each topic explains: because it felt otherwise, and because more or less was
    said of it than of the rest (Kitagawa's decomposition, 1955). Where each post has one topic, the parts add up to the
    change; posts have several, so they are shares to compare, no sum."""
    wholes = [_whole(now), _whole(before)]
    if not all(total for total, _ in wholes):
        return dict.fromkeys({*now, *before}, 0.0)
    middle = fmean(net for _, net in wholes)
    found = {}
    for topic in {*now, *before}:
        (share, net), (share_was, net_was) = (
            _part(side.get(topic), total, middle) for side, (total, _) in zip((now, before), wholes, strict=True)
        )
        if topic not in before:
            net_was = net
        if topic not in now:
            net = net_was
        found[topic] = (share - share_was) * ((net + net_was) / 2 - middle) + (share + share_was) / 2 * (net - net_was)
    return found


def mean(parts: Mapping[str, Part]) -> float:
    """The net sentiment of all topics together; 0 of none."""
    return _whole(parts)[1]


def _whole(parts: Mapping[str, Part]) -> tuple[int, float]:
    judged = [part for part in parts.values() if part.net is not None]
    total = sum(part.mentions for part in judged)
    return total, sum(part.mentions * (part.net or 0.0) for part in judged) / total if total else 0.0


def _part(part: Part | None, total: int, middle: float) -> tuple[float, float]:
    return (0.0, middle) if part is None or part.net is None else (part.mentions / total, part.net)


__all__ = ["Hour", "Look", "Pace", "Part", "Shift", "mean", "moved", "shifts", "stands_out", "taking_off"]
