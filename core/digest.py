"""A team's digest of a day: what was said of its topics that rang nobody, how much, and the loudest of it. Pure.

It names posts by id and holds none of their words, so that it may lie in the outbox; who draws it reads the words then.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SHOWN = 3
"""Examples of one topic: more are not read."""
DAYS_BEFORE = 7


@dataclass(frozen=True, slots=True)
class Said:
    """A post that may become an example.

    `echoes` is how many later posts said nearly the same, `bands` its print (none for a short text) and `words` what it
    says, folded. `author_id` is empty where the platform tells no name.
    """

    mention_id: str
    brand: str
    topic: str
    author_id: str
    reach: int
    echoes: int
    bands: tuple[int, ...] = ()
    words: str = ""

    @property
    def loudness(self) -> float:
        """Another voice counts as much as ten times the reach."""
        return math.log10(1 + self.reach) + self.echoes


@dataclass(frozen=True, slots=True)
class Example:
    """A post that stands for `alike` others, which say nearly the same."""

    topic: str
    mention_id: str
    brand: str
    alike: int = 0


@dataclass(frozen=True, slots=True)
class Digest:
    """What a team is told of a `day`: `counts` of posts by topic, and how many there were in the `days` before it together
    (0 days where nothing was listened to yet)."""

    team: str
    day: date
    counts: Mapping[str, int]
    before: Mapping[str, int] = field(default_factory=dict)
    days: int = 0
    examples: tuple[Example, ...] = ()

    @property
    def key(self) -> str:
        """The outbox's dedupe key. The day comes first, so that the digests of some days are found by a range of keys."""
        return f"digest:{self.day.isoformat()}:{self.team}"

    def as_data(self) -> dict[str, Any]:
        """What the outbox keeps of it: ids and numbers."""
        return {
            "what": "digest",
            "team": self.team,
            "day": self.day.isoformat(),
            "counts": dict(self.counts),
            "before": dict(self.before),
            "days": self.days,
            "posts": [asdict(example) for example in self.examples],
        }

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> "Digest":
        """The digest that `as_data` wrote."""
        return cls(
            data["team"],
            date.fromisoformat(data["day"]),
            data["counts"],
            data["before"],
            data["days"],
            tuple(Example(**post) for post in data["posts"]),
        )


def span(day: date, zone: str) -> tuple[datetime, datetime]:
    """When a day begins and ends in a zone, aware UTC; 23 to 25 hours apart where clocks are changed."""
    there = ZoneInfo(zone)
    midnights = (datetime.combine(day + timedelta(days=n), time(), there) for n in (0, 1))
    start, end = (midnight.astimezone(UTC) for midnight in midnights)
    return start, end


def told_on(now: datetime, zone: str, hour: int) -> date:
    """The last day whose digest is due: yesterday, once `hour` has struck in the zone; before that the day before."""
    there = now.astimezone(ZoneInfo(zone))
    return there.date() - timedelta(days=1 if there.hour >= hour else 2)


def pick(found: Sequence[Said], shown: int = SHOWN) -> tuple[Example, ...]:
    """The loudest `shown` of one topic's posts, each for all that say nearly the same; of one author one.

    Two posts are taken for alike when they share a band of their prints, or all their words.
    """
    groups: list[list[Said]] = []
    for one in sorted(found, key=lambda said: (-said.loudness, said.mention_id, said.brand)):
        same = next((group for group in groups if any(_alike(one, other) for other in group)), None)
        if same is not None:
            same.append(one)
        else:
            groups.append([one])
    voices = {id(group): _voices(group) for group in groups}
    groups.sort(key=lambda group: (-math.log10(1 + group[0].reach) - voices[id(group)], group[0].mention_id))
    examples: list[Example] = []
    authors: set[str] = set()
    for group in groups:
        first = group[0]
        if len(examples) == shown or (first.author_id and first.author_id in authors):
            continue
        authors.add(first.author_id)
        examples.append(Example(first.topic, first.mention_id, first.brand, voices[id(group)]))
    return tuple(examples)


def _alike(one: Said, other: Said) -> bool:
    return bool(one.words and one.words == other.words) or any(map(int.__eq__, one.bands, other.bands))


def _voices(group: Sequence[Said]) -> int:
    """How many posts say nearly the same as the first. One with a print was counted as an echo of another, where it was
    not the first."""
    return sum(said.echoes for said in group) + sum(not said.bands for said in group[1:])


__all__ = ["DAYS_BEFORE", "SHOWN", "Digest", "Example", "Said", "pick", "span", "told_on"]
