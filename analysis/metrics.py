"""The measures of what is said, over sums that can be added: defined once, for pages, digests and exports alike.

`docs/metrics.md` says in words what each measure means. Counts are of everything that was said, so they have no interval;
what is a share of posts or people has one, for the next week's would come out a little otherwise by chance alone.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from core.fact import Fact

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[Any]]

DIMENSIONS = ("all", "platform", "language", "department", "intent", "priority", "place", "tier", "hour")
"""What the sums of a day are kept by."""
NAMED = ("place", "tier")
"""Of these dimensions, posts that have no value are left out."""
MOST_VALUES = 300
"""Of one day and dimension, so many of the commonest values are kept."""
Z = 1.959964
"""Of the normal distribution: 95% lie within so many standard deviations."""
CHANCE = 0.05


class Interval(NamedTuple):
    """An estimate, and the ends of its 95% interval."""

    value: float
    low: float
    high: float


class Sum(NamedTuple):
    """What was said in a day with one value of a dimension.

    `mentions` are all; the others leave reposts out, for whoever reposts says nothing of their own. `complaints` are counted
    among posts whose sentiment is judged. `reach` is the followers of the distinct authors, reposting ones too; of all
    these it alone cannot be added up over values or days.
    """

    mentions: int
    positive: int
    neutral: int
    negative: int
    unsupported: int
    complaints: int
    reach: int


def sums(facts: Iterable[Fact], dimension: str) -> dict[str, Sum]:
    """What was said in a day by the values of a dimension, at most `MOST_VALUES`; of "all" under an empty value."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    authors: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for fact in facts:
        value = "" if dimension == "all" else getattr(fact, dimension)
        if not value and dimension in NAMED:
            continue
        counted = counts[value]
        counted["mentions"] += 1
        if not fact.repost:
            counted[fact.sentiment] += 1
            counted["complaints"] += fact.complaint and fact.sentiment != "unsupported"
        if fact.author_id:
            authors[value][fact.author_id] = fact.followers
    commonest = sorted(counts, key=lambda value: (-counts[value]["mentions"], value))[:MOST_VALUES]
    return {
        value: Sum(
            counts[value]["mentions"],
            counts[value]["positive"],
            counts[value]["neutral"],
            counts[value]["negative"],
            counts[value]["unsupported"],
            counts[value]["complaints"],
            sum(authors[value].values()),
        )
        for value in commonest
    }


@dataclass(frozen=True, slots=True)
class Figure:
    """A number for people: with its 95% interval where it is an estimate, and what it was in the window before.

    `value` is None where there is nothing to tell, `before` too where we did not listen for all of that window. `shifted`
    says that the change is more than chance. `n` is what the figure rests on: posts, authors or cases.
    """

    value: float | None
    low: float | None
    high: float | None
    before: float | None
    shifted: bool
    n: int

    @classmethod
    def of(cls, now: Interval | None, before: Interval | float | None, p: float, n: int) -> Figure:
        """An estimate beside the one before it; `p` is the probability of such a difference by chance."""
        was = before.value if isinstance(before, Interval) else before
        value, low, high = now if now is not None else (None, None, None)
        return cls(value, low, high, was, now is not None and was is not None and p < CHANCE, n)

    @classmethod
    def count(cls, now: float, before: float | None, p: float, n: int) -> Figure:
        """A count, which has no interval."""
        return cls(now, None, None, before, before is not None and p < CHANCE, n)


class Crowd:
    """About how many different people there are, in 64 bytes, such that crowds can be united.

    Linear counting (Whang et al., 1990): each person sets one bit of a map, and the bits that are still 0 tell how many set
    one. Exact to a few per cent up to some hundreds of people; a full map reads as `MOST`.
    """

    BITS = 512
    MOST = round(BITS * math.log(BITS))

    def __init__(self, bits: bytes = b"") -> None:
        self._bits = int.from_bytes(bits, "little")

    def add(self, person: str) -> None:
        """Count a person, however often."""
        self._bits |= 1 << (int.from_bytes(blake2b(person.encode(), digest_size=8).digest()) % self.BITS)

    def unite(self, bits: bytes) -> None:
        """Count the people of another crowd too."""
        self._bits |= int.from_bytes(bits, "little")

    def __len__(self) -> int:
        empty = self.BITS - self._bits.bit_count()
        return round(self.BITS * math.log(self.BITS / empty)) if empty else self.MOST

    def __bytes__(self) -> bytes:
        return self._bits.to_bytes(self.BITS // 8, "little")


# How sure we are -----------------------------------------------------------------------------------------------------


def net(positive: float, negative: float, judged: float) -> Interval | None:
    """Net sentiment, (positive - negative) / judged, from -1 to 1; None where nothing is judged.

    The interval is Bonett and Price's for a difference of two shares of the same sample ("Adjusted Wald Confidence Interval
    for a Difference of Binomial Proportions Based on Paired Data", 2012): right for few posts too, and never of no width.
    """
    if judged <= 0:
        return None
    for_us, against = float(positive + 1) / float(judged + 2), float(negative + 1) / float(judged + 2)
    middle = for_us - against
    half = Z * math.sqrt((for_us + against - middle**2) / (judged + 2))
    value = float(positive - negative) / float(judged)
    return Interval(value, max(-1.0, min(value, middle - half)), min(1.0, max(value, middle + half)))


def nets(positive: Numbers, negative: Numbers, judged: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """`net` of many at once: values and the ends of their intervals, NaN where nothing is judged."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(judged > 0, (positive - negative) / judged, np.nan)
    for_us, against = (positive + 1) / (judged + 2), (negative + 1) / (judged + 2)
    middle = for_us - against
    half = Z * np.sqrt((for_us + against - middle**2) / (judged + 2))
    return value, np.maximum(-1.0, np.minimum(value, middle - half)), np.minimum(1.0, np.maximum(value, middle + half))


def share(part: float, whole: float) -> Interval | None:
    """A share from 0 to 1 with Wilson's interval (1927); None of nothing."""
    if whole <= 0:
        return None
    p, z2 = float(part) / float(whole), Z * Z
    whole = float(whole)
    middle = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    half = Z / (1 + z2 / whole) * math.sqrt(max(0.0, p * (1 - p) / whole + z2 / (4 * whole * whole)))
    return Interval(p, max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half)))


def median(values: Sequence[float]) -> Interval | None:
    """The median with the interval that order statistics give, whatever the distribution (Conover, 1999)."""
    found = sorted(values)
    if not found:
        return None
    count = len(found)
    reach = Z * math.sqrt(count) / 2
    low, high = math.floor(count / 2 - reach), math.ceil(count / 2 + reach)
    middle = (found[(count - 1) // 2] + found[count // 2]) / 2
    return Interval(middle, found[max(0, low)], found[min(count - 1, high)])


# What chance can do --------------------------------------------------------------------------------------------------
# Each gives p: how probable so great a difference is by chance alone, were nothing changed.


def net_differs(now: tuple[float, float, float], before: tuple[float, float, float]) -> float:
    """Of two net sentiments, each (positive, negative, judged)."""
    means, variance = [], 0.0
    for positive, negative, judged in (now, before):
        if judged <= 0:
            return 1.0
        for_us, against = (positive + 1) / (judged + 2), (negative + 1) / (judged + 2)
        means.append(for_us - against)
        variance += (for_us + against - (for_us - against) ** 2) / (judged + 2)
    return _two_sided((means[0] - means[1]) / math.sqrt(variance))


def share_differs(now: tuple[float, float], before: tuple[float, float], spread: float = 1.0) -> float:
    """Of two shares, each (part, whole). `spread` is how much more than Poisson's the counts scatter: see `spread`."""
    (a, n), (b, m) = now, before
    if n <= 0 or m <= 0:
        return 1.0
    pooled = (a + b) / (n + m)
    variance = pooled * (1 - pooled) * (1 / n + 1 / m) * spread
    return _two_sided((a / n - b / m) / math.sqrt(variance)) if variance > 0 else 1.0


def count_differs(now: float, before: float, spread: float = 1.0) -> float:
    """Of two counts over equally long times."""
    return _two_sided((now - before) / math.sqrt(spread * (now + before))) if now + before > 0 else 1.0


def total_differs(now: tuple[float, float], before: tuple[float, float]) -> float:
    """Of two totals of something that is very unequal, such as followers, each (sum, sum of squares): who happens to speak
    decides, so one big account more is no change (a compound Poisson sum)."""
    variance = now[1] + before[1]
    return _two_sided((now[0] - before[0]) / math.sqrt(variance)) if variance > 0 else 1.0


def values_differ(now: Sequence[float], before: Sequence[float]) -> float:
    """Of two samples of times, by their ranks (Mann and Whitney, 1947; normal approximation, ties corrected)."""
    import pandas as pd

    n, m = len(now), len(before)
    if n < 3 or m < 3:
        return 1.0
    both = pd.Series([*now, *before])
    ranks = both.rank()
    total = n + m
    tied = both.value_counts().to_numpy("float64")
    ties = float((tied**3 - tied).sum())
    variance = n * m / 12 * ((total + 1) - ties / (total * (total - 1)))
    u = float(ranks[:n].sum()) - n * (n + 1) / 2
    return _two_sided((u - n * m / 2) / math.sqrt(variance)) if variance > 0 else 1.0


def spread(*windows: Collection[float]) -> float:
    """How many times more than by Poisson's law daily counts scatter about the mean of their window, at least 1.

    Posts come in bursts, for people answer each other: a test that took each for an independent event would cry wolf.
    """
    squares, free = 0.0, 0
    for days in windows:
        mean = sum(days) / len(days) if days else 0.0
        if mean > 0 and len(days) > 1:
            squares += sum((count - mean) ** 2 for count in days) / mean
            free += len(days) - 1
    return max(1.0, squares / free) if free else 1.0


def spread_of_part(spread: float, share: float) -> float:
    """How much the counts of a part scatter that is this share (0 to 1) of what scatters so, at least 1.

    A busy day has more of everything, but of a hundred who write then only one may write of this: a thinned stream is
    nearer to Poisson's law than the whole one. With the whole's own spread a topic that began with a bang on that day, and
    so made it busy, would count as its noise.
    """
    return 1.0 + min(1.0, share) * (spread - 1.0)


def beyond_chance(ps: Sequence[float]) -> list[bool]:
    """Which of many differences are marked: of those marked, no more than 5% are chance (Benjamini and Hochberg, 1995)."""
    ranked = sorted(ps)
    bar = max((p for rank, p in enumerate(ranked, 1) if p <= CHANCE * rank / len(ranked)), default=-1.0)
    return [p <= bar for p in ps]


def _two_sided(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))
