"""What marketing is told: a report of a day or a week, and what must not wait for it. Pure.

It holds numbers, topics and the ids of posts, and no word or name of an author: who draws it reads those then, so that what
was erased meanwhile is not in it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

Kind = Literal["daily", "weekly", "volume", "sentiment", "take_off", "promoter"]
ALERTS = ("volume", "sentiment", "take_off", "promoter")
MARKETING = "marketing"
"""The audience of what is not for one team."""


@dataclass(frozen=True, slots=True)
class Number:
    """A figure, as `analysis.metrics.Figure` has it: `shifted` says that it changed by more than chance."""

    name: str
    value: float | None
    before: float | None = None
    low: float | None = None
    high: float | None = None
    shifted: bool = False
    n: int = 0


@dataclass(frozen=True, slots=True)
class Driver:
    """A topic, and how much of the change it explains: `more` mentions, and `moved` of the net sentiment (-2 to 2).

    `posts` are ids of mentions that stand for it.
    """

    topic: str
    mentions: int
    more: int
    net: float | None = None
    moved: float = 0.0
    posts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """A person, told by one post of theirs: `followers`, and how many `posts` the opinion rests on."""

    post: str
    followers: int = 0
    posts: int = 1
    case: int | None = None
    answered: bool | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a department should hear: its topic of the house's list, how much was said of it, and about what."""

    department: str
    mentions: int
    before: int
    shifted: bool
    net: float | None = None
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What is told of `brand` to `audience` ("marketing", or a department's key): of the `days` that end with `until`, or,
    of an alert, of what was found on that day.

    `numbers` begins with what an alert is about. `subject` tells two alerts of one kind apart.
    """

    kind: Kind
    audience: str
    brand: str
    until: date
    days: int = 1
    subject: str = ""
    numbers: tuple[Number, ...] = ()
    drivers: tuple[Driver, ...] = ()
    thank: tuple[Voice, ...] = ()
    win_back: tuple[Voice, ...] = ()
    recovered: tuple[Voice, ...] = ()
    heard: tuple[Heard, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The outbox's dedupe key: what is said once. `subject` holds no name."""
        parts = (self.until.isoformat(), self.kind, self.audience, self.brand, self.subject)
        return f"report:{':'.join(part for part in parts if part)}"

    @property
    def since(self) -> date:
        return self.until - timedelta(days=self.days - 1)

    @property
    def is_alert(self) -> bool:
        return self.kind in ALERTS

    @property
    def quiet(self) -> bool:
        """Nothing changed beyond chance, and nobody is to be thanked or won back."""
        changed = any(number.shifted for number in self.numbers) or any(heard.shifted for heard in self.heard)
        asked = self.audience != MARKETING and self.heard  # a department hears of its topics, changed or not
        return not (self.is_alert or changed or asked or self.thank or self.win_back or self.recovered)

    @property
    def posts(self) -> frozenset[str]:
        """The ids of all posts that are shown."""
        voices = (*self.thank, *self.win_back, *self.recovered)
        return frozenset((*(voice.post for voice in voices), *(post for one in self.drivers for post in one.posts)))

    def number(self, name: str) -> Number | None:
        return next((number for number in self.numbers if number.name == name), None)

    def as_data(self) -> dict[str, Any]:
        """As the store keeps it."""
        return asdict(self) | {"until": self.until.isoformat(), "facts": dict(self.facts)}

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> "Report":
        """The report that `as_data` wrote."""
        return cls(
            **{name: data[name] for name in ("kind", "audience", "brand", "days", "subject", "facts")},
            until=date.fromisoformat(data["until"]),
            numbers=tuple(Number(**each) for each in data["numbers"]),
            drivers=tuple(Driver(**each | {"posts": tuple(each["posts"])}) for each in data["drivers"]),
            thank=tuple(Voice(**each) for each in data["thank"]),
            win_back=tuple(Voice(**each) for each in data["win_back"]),
            recovered=tuple(Voice(**each) for each in data["recovered"]),
            heard=tuple(Heard(**each | {"topics": tuple(each["topics"])}) for each in data["heard"]),
        )


@dataclass(frozen=True, slots=True)
class Image:
    """A chart of a report: what it shows in words, for those who cannot see it; `file_id` once Slack has it."""

    name: str
    title: str
    alt: str
    png: bytes = field(repr=False)
    file_id: str = ""


def last_full_day(now: datetime) -> date:
    """The last UTC day that is over: what is counted is counted by UTC days."""
    return now.astimezone(UTC).date() - timedelta(days=1)


def week_due(now: datetime, zone: str, weekday: int, hour: int) -> date:
    """The last day of the week that was due last, at `hour` of a `weekday` (0 is Monday). One missed is still due."""
    there = now.astimezone(ZoneInfo(zone))
    ago = (there.weekday() - weekday) % 7
    if ago == 0 and there.hour < hour:
        ago = 7
    return last_full_day(datetime.combine(there.date() - timedelta(days=ago), time(hour), ZoneInfo(zone)))


def day_due(now: datetime, zone: str, hour: int) -> date | None:
    """The day that a daily report is due of, from `hour` on; None before it."""
    return last_full_day(now) if now.astimezone(ZoneInfo(zone)).hour >= hour else None
