"""What marketers and leads ask: the one place that pages, digests, exports and the API read figures from.

It opens nothing: each function takes an open transaction. Days are UTC. A brand's own posts never count; reposts count in
volume and reach, and are nobody's own opinion. What a person corrected counts as corrected. `docs/metrics.md` defines each
figure, and `app.web.glossary` says it on a page.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from analysis import desk as desk_measures
from analysis import metrics, promoters
from analysis.desk import Measured
from analysis.metrics import Figure
from analysis.rollup import desk_figures
from app.kept import kept
from core.case import Candidate, Case
from core.customer import Customer
from core.mention import Author
from core.settings import Settings
from core.store import browse, customers, facts, mentions, rollups
from core.store.browse import Judged, Listing
from core.store.engine import database_now
from core.store.rollups import Said, Topic
from core.store.rows import chunks

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Connection

Kind = Literal["promoter", "passive", "detractor"]
Order = Literal["reach", "posts", "latest"]
WINDOWS = rollups.WINDOWS
"""Days: the lengths that are kept ready. Others are counted when they are asked for, which takes longer."""


@dataclass(frozen=True, slots=True)
class Period:
    """`days` UTC days, of which `until` is the last."""

    days: int
    until: date

    @classmethod
    def ending(cls, now: datetime, days: int) -> Period:
        """The last days up to and with today."""
        return cls(days, now.date())

    @property
    def since(self) -> date:
        """The first day."""
        return self.until - timedelta(days=self.days - 1)

    def before(self) -> Period:
        """As many days just before."""
        return Period(self.days, self.since - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Overview:
    """A brand at a glance. `complaints` is a share of judged posts; `promoter_score` runs from -100 to 100 and is social, no
    survey's NPS. All is counted but, where `counted_until` is a time, what changed since then."""

    mentions: Figure
    authors: Figure
    net_sentiment: Figure
    promoter_score: Figure
    promoters: Figure
    passives: Figure
    detractors: Figure
    complaints: Figure
    reach: Figure
    reach_without_biggest: Figure
    recovered: Figure
    counted_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """An author over a window. `kind` is None where fewer than two posts are judged. `positive` and `negative` posts are
    told as promoters and detractors are: a complaint is negative however polite. `score` is their balance, -1 to 1;
    `reach` is the followers. `customer_id` is set where the link is sure."""

    author: Author
    author_id: str
    kind: Kind | None
    posts: int
    judged: int
    positive: int
    negative: int
    score: float
    reach: int
    last_at: datetime
    complaints: int
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class PersonFile:
    """All that a page shows of an author. `windows` has a Person for each window in which they spoke; `candidates` are the
    customers that they may be, with evidence, best first; `mentions` and `cases` are newest first."""

    author: Author
    author_id: str
    windows: dict[int, Person]
    mentions: tuple[Judged, ...] = ()
    cases: tuple[Case, ...] = ()
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """How the desk did with the cases that were opened in a window: see `analysis.desk.Measured`.

    `backlog`: day, open. `by_team` and `by_priority`: see `analysis.desk.by`; a team is its key in the settings, empty
    where none claims the case.
    """

    cases: Figure
    first_response: Figure
    first_response_p90: float | None
    resolution: Figure
    resolution_p90: float | None
    sla_answer: Figure
    sla_resolve: Figure
    transferred: Figure
    reopened: Figure
    dismissed: Figure
    backlog: pd.DataFrame = field(repr=False)
    by_team: pd.DataFrame = field(repr=False)
    by_priority: pd.DataFrame = field(repr=False)


@dataclass(frozen=True, slots=True)
class Recovered:
    """Somebody who complained, was answered, and then had a good word for us."""

    author: Author
    author_id: str
    case_id: int
    complaint_id: str
    complained_at: datetime
    answered_at: datetime
    mention_id: str
    at: datetime
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A customer who complained, or turned detractor, in the window. `case` is their newest one, where they have one."""

    customer: Customer
    person: Person
    case: Case | None
    answered: bool


def overview(tx: Connection, brand: str, period: Period) -> Overview:
    """A brand's figures over a period, beside the one before."""
    return replace(_overview(tx, brand, period), counted_until=rollups.counted_until(tx, brand))


@kept
def _overview(tx: Connection, brand: str, period: Period) -> Overview:
    then = period.before()
    now_days, then_days = (_each_day(tx, brand, p.since, p.until) for p in (period, then))
    said, was = _all_of(now_days), _all_of(then_days)
    heard = _listened(tx, brand, then)
    noise = metrics.spread([day.mentions for day in now_days], [day.mentions for day in then_days])
    judged, judged_then = _judged(said), _judged(was)
    people, people_then = (rollups.totals(tx, brand, p.since, p.until) for p in (period, then))

    def count(now: float, before: float, p: float, n: int | None = None) -> Figure:
        return Figure.count(now, before if heard else None, p, int(now) if n is None else n)

    def part(name: Literal["promoters", "passives", "detractors"]) -> Figure:
        now, before = getattr(people, name), getattr(people_then, name)
        p = metrics.share_differs((now, people.judged), (before, people_then.judged))
        return count(now, before, p, people.judged)

    sides, sides_then = (
        (t.promoters, t.detractors, t.judged) if t.judged else (0, 0, 0) for t in (people, people_then)
    )
    opinion, opinion_then = ((s.positive, s.negative, j) for s, j in ((said, judged), (was, judged_then)))
    complaints = ((said.complaints, judged), (was.complaints, judged_then))
    small, small_then = people.reach - people.biggest, people_then.reach - people_then.biggest
    return Overview(
        mentions=count(said.mentions, was.mentions, metrics.count_differs(said.mentions, was.mentions, noise)),
        authors=count(
            people.authors, people_then.authors, metrics.count_differs(people.authors, people_then.authors, noise)
        ),
        net_sentiment=Figure.of(
            metrics.net(*opinion),
            metrics.net(*opinion_then) if heard else None,
            metrics.net_differs(opinion, opinion_then),
            judged,
        ),
        promoter_score=Figure.of(
            promoters.score(*sides),
            promoters.score(*sides_then) if heard else None,
            metrics.net_differs(sides, sides_then),
            people.judged,
        ),
        promoters=part("promoters"),
        passives=part("passives"),
        detractors=part("detractors"),
        complaints=Figure.of(
            metrics.share(*complaints[0]),
            metrics.share(*complaints[1]) if heard else None,
            metrics.share_differs(*complaints),
            judged,
        ),
        reach=count(
            people.reach,
            people_then.reach,
            metrics.total_differs((people.reach, people.squares), (people_then.reach, people_then.squares)),
            people.authors,
        ),
        reach_without_biggest=count(
            small,
            small_then,
            metrics.total_differs((small, people.small_squares), (small_then, people_then.small_squares)),
            people.authors,
        ),
        recovered=count(
            people.recovered,
            people_then.recovered,
            metrics.count_differs(people.recovered, people_then.recovered),
            people.recovered,
        ),
    )


@kept
def daily(tx: Connection, brand: str, since: date, until: date, dimension: str = "all") -> pd.DataFrame:
    """What was said each day. Columns: day, value, mentions, positive, neutral, negative, unsupported, complaints, reach,
    net, net_low, net_high (NaN where nothing is judged).

    For "all" each day from `since` to `until` has a row, with the value empty; for another dimension, see
    `analysis.metrics.DIMENSIONS`, only days and values of which something was said.
    """
    every = dimension == "all"
    found = _each_day(tx, brand, since, until) if every else rollups.sums(tx, brand, dimension, since, until)
    frame = _frame(list(Said._fields), found)
    positive, neutral, negative = (frame[name].to_numpy() for name in ("positive", "neutral", "negative"))
    nets = metrics.nets(positive, negative, positive + neutral + negative)
    return frame.assign(**dict(zip(_NET, nets, strict=True)))


@kept
def by(tx: Connection, brand: str, period: Period, dimension: str) -> pd.DataFrame:
    """What was said over a period, by platform, language, department, intent, priority, place, tier or topic; most said
    first. Columns: value, mentions, share (of the brand's mentions), positive, neutral, negative, complaints, net, net_low,
    net_high, before (mentions), change (share of before, NaN where that is 0), shifted (the change is more than chance).
    """
    columns = ["value", "mentions", "share", "positive", "neutral", "negative", "complaints", *_NET, *_CHANGE]
    if dimension == "topic":
        return topics(tx, brand, period).rename(columns={"topic": "value"}).assign(complaints=0)[columns]
    then = period.before()
    said, was = (rollups.by_value(tx, brand, dimension, p.since, p.until) for p in (period, then))
    gone = [Said(None, value) for value in was.keys() - said.keys()]
    found = sorted([*said.values(), *gone], key=lambda one: (-one.mentions, one.value))
    before = [was[one.value].mentions if one.value in was else 0 for one in found]
    days = _Days.of(tx, brand, period)
    rows = [
        (one.value, one.mentions, days.share(one.mentions), *one[3:6], one.complaints, *_net(one), *changed)
        for one, changed in zip(found, days.changes([one.mentions for one in found], before), strict=True)
    ]
    return _frame(columns, rows)


@kept
def hours(tx: Connection, brand: str, period: Period) -> pd.DataFrame:
    """When people talk, for all hours of the week. Columns: weekday (0 is Monday), hour (0 to 23, UTC), mentions, net (NaN
    where nothing is judged)."""
    held: defaultdict[tuple[int, int], list[Said]] = defaultdict(list)
    for one in rollups.sums(tx, brand, "hour", period.since, period.until):
        assert one.day is not None  # noqa: S101 - for the type
        held[one.day.weekday(), int(one.value)].append(one)
    week = {(day, hour): _all_of(held[day, hour]) for day in range(7) for hour in range(24)}
    rows = [(*when, said.mentions, _net(said)[0]) for when, said in week.items()]
    return _frame(["weekday", "hour", "mentions", "net"], rows)


@kept
def competitors(tx: Connection, brands: list[str], period: Period) -> pd.DataFrame:
    """Brands side by side, most spoken of first. Columns: brand, mentions, share (of voice), share_low, share_high,
    before_share (NaN where nobody listened then), shifted, net, net_low, net_high, authors, reach."""
    then = period.before()
    days = {b: _each_day(tx, b, period.since, period.until) for b in brands}
    days_before = {b: _each_day(tx, b, then.since, then.until) for b in brands}
    said, was = {b: _all_of(days[b]) for b in brands}, {b: _all_of(days_before[b]) for b in brands}
    all_said, all_was = (sum(one.mentions for one in each.values()) for each in (said, was))
    heard = [all_was > 0 and _listened(tx, brand, then) for brand in brands]
    ps = []
    for brand, listened in zip(brands, heard, strict=True):
        noise = metrics.spread(*([day.mentions for day in each[brand]] for each in (days, days_before)))
        parts = (said[brand].mentions, all_said), (was[brand].mentions, all_was)
        ps.append(metrics.share_differs(*parts, noise) if listened else 1.0)
    rows = []
    for brand, listened, shifted in zip(brands, heard, metrics.beyond_chance(ps), strict=True):
        mentions, voice = said[brand].mentions, metrics.share(said[brand].mentions, all_said)
        people = rollups.totals(tx, brand, period.since, period.until)
        before = was[brand].mentions / all_was if listened else math.nan
        rows.append(
            (brand, mentions, *(voice or _UNKNOWN), before, shifted, *_net(said[brand]), people.authors, people.reach)
        )
    return _frame(_COMPARED, sorted(rows, key=lambda row: -row[1]))


@kept
def topics(tx: Connection, brand: str, period: Period, language: str | None = None, limit: int = 50) -> pd.DataFrame:
    """What people talk about, most spoken of first. Columns: topic, language (empty where it is several), mentions, share,
    authors (about: see `analysis.metrics.Crowd`), positive, neutral, negative, before, change, shifted, net, net_low,
    net_high, examples (a list of mention ids).

    A topic is a theme of the trade, whatever the language, or a phrase. Both may be counted of one post.
    """
    then = period.before()
    found = rollups.topics(tx, brand, period.since, period.until, language, most=max(limit, TOPICS_COMPARED))
    found.sort(key=lambda one: (-one.mentions, one.topic))
    before = rollups.topics(tx, brand, then.since, then.until, language, among=[one.topic for one in found])
    was = {one.topic: one.mentions for one in before}
    days = _Days.of(tx, brand, period)
    changes = days.changes([one.mentions for one in found], [was.get(one.topic, 0) for one in found])
    shown = found[:limit]
    spoken = [one.topic for one in shown]
    crowds, examples = rollups.topic_details(tx, brand, period.since, period.until, spoken, language)
    rows = []
    for one, changed in zip(shown, changes, strict=False):  # more are compared than shown
        posts = list(dict.fromkeys(examples.get(one.topic, [])))[:_EXAMPLES]
        people = _people_in(crowds.get(one.topic, []))
        rows.append((*one[:3], days.share(one.mentions), people, *one[3:], *changed, *_net(one), posts))
    return _frame(_TOPIC, rows)


@kept
def topic_days(
    tx: Connection, brand: str, period: Period, topics: tuple[str, ...], language: str | None = None
) -> dict[str, list[int]]:
    """How often each of these topics was spoken of on each day of a period, the oldest first."""
    return rollups.topic_days(tx, brand, period.since, period.until, topics, language)


TOPICS_COMPARED = 200
"""So many of the commonest topics are compared with before, so that more of them shown makes no other one a change."""
_EXAMPLES = 3
_NET = ["net", "net_low", "net_high"]
_CHANGE = ["before", "change", "shifted"]
_TOPIC = ["topic", "language", "mentions", "share", "authors", "positive", "neutral", "negative"]
_TOPIC += [*_CHANGE, *_NET, "examples"]
_COMPARED = ["brand", "mentions", "share", "share_low", "share_high", "before_share", "shifted", *_NET]
_COMPARED += ["authors", "reach"]


@kept
def opinions(tx: Connection, brand: str, period: Period) -> dict[str, tuple[int, metrics.Interval]]:
    """How a brand stands on each topic: its mentions, and their net sentiment. Without all else that `topics` tells, for
    many brands at once."""
    found = rollups.topics(tx, brand, period.since, period.until)
    nets = ((one, metrics.net(one.positive, one.negative, _judged(one))) for one in found)
    return {one.topic: (one.mentions, net) for one, net in nets if net is not None}


def _people_in(crowds: list[bytes]) -> int:
    everyone = metrics.Crowd()
    for bits in crowds:
        everyone.unite(bits)
    return len(everyone)


def people(
    tx: Connection,
    brand: str,
    period: Period,
    kind: Kind | None = None,
    order: Order = "reach",
    after: browse.Key | None = None,
    limit: int = 30,
) -> Listing[Person]:
    """The authors of a period, those of one kind or all, by followers, number of posts or latest post, most first.

    A key is (value that it is ordered by, author id).
    """
    column = {"reach": "followers", "posts": "posts", "latest": "last_at"}[order]
    if period.days in WINDOWS and rollups.holds(tx, brand, period.days, period.until):
        found = rollups.people(tx, brand, period.days, kind, column, after, limit + 1)
    else:
        found = _counted_now(tx, brand, period, kind, column, after, limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    key = None if last is None else (last[column], last["author_id"])
    return Listing(tuple(_people(tx, found[:limit])), key)


def _counted_now(
    tx: Connection, brand: str, period: Period, kind: Kind | None, column: str, after: browse.Key | None, limit: int
) -> list[dict[str, Any]]:
    """The same of a period that is not kept ready."""
    everyone = promoters.over(rollups.author_days(tx, brand, period.since, period.until)).values()
    found = [one._asdict() for one in everyone if kind in (None, one.kind)]
    found.sort(key=lambda row: (row[column], row["author_id"]), reverse=True)
    return [row for row in found if after is None or (row[column], row["author_id"]) < tuple(after)][:limit]


def person(tx: Connection, brand: str, author_id: str, now: datetime) -> PersonFile | None:
    """The file of one author; None where nobody is known by this id."""
    found = customers.authors_of(tx, [author_id])
    if not found:
        return None
    kept = rollups.windows_of(tx, brand, author_id)
    windows = {days: _people(tx, [kept[days]])[0] for days in WINDOWS if days in kept}
    file = browse.of_author(tx, brand, author_id)
    return PersonFile(found[0], author_id, windows, file.mentions, file.cases, file.candidates)


def desk(tx: Connection, settings: Settings, brand: str | None, period: Period) -> Desk:
    """How the desk did with the cases opened in a period, of one brand or all. `by_team` is in the order of
    the settings' departments."""
    import pandas as pd

    found = rollups.desk(tx, brand, period.days, period.until)
    if found is None:
        moment = min(database_now(tx), facts.start_of(period.until + timedelta(days=1)))
        found = desk_figures(tx, brand, period.since, period.until, moment)
    place = {team: number for number, team in enumerate(settings.departments)}
    by_team = sorted(found["by_team"], key=lambda row: (place.get(row["value"], len(place)), row["value"]))
    backlog = pd.DataFrame(found["backlog"], columns=["day", "open"])
    backlog["day"] = [date.fromisoformat(day) for day in backlog["day"]]
    figures: dict[str, Any] = {
        name: Figure(**found[name]) if isinstance(found[name], dict) else found[name] for name in Measured.__slots__
    }
    return Desk(
        **figures,
        backlog=backlog,
        by_team=pd.DataFrame(by_team, columns=list(desk_measures.COLUMNS)),
        by_priority=pd.DataFrame(found["by_priority"], columns=list(desk_measures.COLUMNS)),
    )


def recovered(tx: Connection, brand: str, period: Period, limit: int = 20) -> list[Recovered]:
    """Who complained, was answered, and came back with a good word in the period, newest first."""
    found = rollups.recovered(tx, brand, period.since, period.until, limit)
    held = rollups.cases_of_ids(tx, [row.case_id for row in found])
    complaints = mentions.get(tx, {case.mention_id for case in held.values()})
    ids = [row.author_id for row in found]
    profiles, linked = _profiles(tx, ids), customers.linked_ids(tx, ids)
    return [
        Recovered(
            author=profiles[row.author_id],
            author_id=row.author_id,
            case_id=row.case_id,
            complaint_id=case.mention_id,
            complained_at=complaints[case.mention_id].created_at,
            answered_at=case.answered_at,
            mention_id=row.mention_id,
            at=row.at,
            customer_id=linked.get(row.author_id),
        )
        for row in found
        if (case := held.get(row.case_id)) is not None
        and case.answered_at is not None
        and case.mention_id in complaints
        and row.author_id in profiles
    ]


def at_risk(tx: Connection, brand: str, period: Period, limit: int = 20) -> list[AtRisk]:
    """Customers who complained or turned detractor, of those of most value: whom nobody answered first. The period must be
    one of `WINDOWS` up to today."""
    waiting: dict[str, tuple[dict[str, Any], int | None]] = {}
    answered: dict[str, tuple[dict[str, Any], int | None]] = {}
    for some in chunks(_unhappy(tx, brand, period), LOOKED_AT_ONCE):
        sure = customers.linked_ids(tx, [row["author_id"] for row in some])
        latest = rollups.latest_cases(tx, brand, list(sure))
        for row in some:
            if sure.get(row["author_id"]) == row["customer_id"]:  # else it was taken back since
                case = latest.get(row["author_id"])
                which = answered if case is not None and case.answered else waiting
                which.setdefault(row["customer_id"], (row, case.case_id if case is not None else None))
        if len(waiting) >= limit:
            break
    chosen = [*waiting.values(), *(found for one, found in answered.items() if one not in waiting)][:limit]
    known = customers.get(tx, {row["customer_id"] for row, _ in chosen})
    cases = rollups.cases_of_ids(tx, [case_id for _, case_id in chosen if case_id is not None])
    people = _people(tx, [row for row, _ in chosen])
    return [
        AtRisk(known[row["customer_id"]], person, cases.get(case_id or 0), row["customer_id"] not in waiting)
        for (row, case_id), person in zip(chosen, people, strict=True)
    ]


@kept
def _unhappy(tx: Connection, brand: str, period: Period) -> list[dict[str, Any]]:
    return rollups.unhappy_customers(tx, brand, period.days, LOOKED_AT)


LOOKED_AT = 200
"""So many accounts of the customers of most value are looked at for who is at risk."""
LOOKED_AT_ONCE = 40
"""And so many at once, until enough are found who wait."""


def to_thank(tx: Connection, brand: str, period: Period, limit: int = 10) -> list[Person]:
    """Promoters, those with most followers first."""
    return list(people(tx, brand, period, "promoter", "reach", limit=limit).items)


def _each_day(tx: Connection, brand: str, since: date, until: date) -> list[Said]:
    """What was said on each day, those on which nothing was among them."""
    found = {one.day: one for one in rollups.sums(tx, brand, "all", since, until)}
    days = (since + timedelta(days=n) for n in range((until - since).days + 1))
    return [found.get(day) or Said(day, "") for day in days]


def _all_of(said: Iterable[Said]) -> Said:
    """The sum of these. The reach of several days is not told by theirs."""
    counted = [one[2:-1] for one in said]
    return Said(None, "", *map(sum, zip(*counted, strict=True)))


def _judged(said: Said | Topic) -> int:
    return said.positive + said.neutral + said.negative


def _net(said: Said | Topic) -> tuple[float, float, float]:
    return metrics.net(said.positive, said.negative, _judged(said)) or _UNKNOWN


_UNKNOWN = (math.nan, math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class _Days:
    """All that was said on each day of a period and of the one before, which a part of it is held against. Nothing has
    changed where we had not `listened` before."""

    now: list[int]
    before: list[int]
    listened: bool

    @classmethod
    def of(cls, tx: Connection, brand: str, period: Period) -> _Days:
        then = period.before()
        now, before = (rollups.volume(tx, brand, p.since, p.until) for p in (period, then))
        return cls(now, before, _listened(tx, brand, then))

    def share(self, mentions: int) -> float:
        """What part of all this is, 0 to 1."""
        return mentions / max(1, sum(self.now))

    def changes(self, said: list[int], was: list[int]) -> list[tuple[int, float, bool]]:
        """Of parts: what they were before, by which share they have changed, and whether that is more than chance."""
        whole, noise = sum(self.now) + sum(self.before), metrics.spread(self.now, self.before)
        both = list(zip(said, was, strict=True))
        ps = [metrics.count_differs(n, b, metrics.spread_of_part(noise, (n + b) / max(1, whole))) for n, b in both]
        return [
            (before, now / before - 1 if self.listened and before else math.nan, self.listened and shifted)
            for (now, before), shifted in zip(both, metrics.beyond_chance(ps), strict=True)
        ]


def _frame(columns: list[str], rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """A frame of these rows, with the type of each column told: pandas takes longer to guess them than all else here."""
    import numpy as np
    import pandas as pd

    held = zip(*rows, strict=True) if rows else [()] * len(columns)
    typed = {n: np.fromiter(each, _TYPES.get(n, "object"), len(rows)) for n, each in zip(columns, held, strict=True)}
    return pd.DataFrame(typed)


_TYPES = dict.fromkeys((*Said._fields[2:], "before", "authors", "weekday", "hour"), "int64")
_TYPES |= dict.fromkeys(("share", "share_low", "share_high", "before_share", "change", *_NET), "float64")
_TYPES |= {"shifted": "bool"}


def _listened(tx: Connection, brand: str, period: Period) -> bool:
    """Did we hear of the brand from the period's first day on?"""
    first = rollups.first_day(tx, brand)
    return first is not None and first <= period.since


def _people(tx: Connection, rows: list[dict[str, Any]]) -> list[Person]:
    """Persons from rows as `analysis.promoters.over` has them, with their profiles and sure links."""
    ids = [row["author_id"] for row in rows]
    profiles, linked = _profiles(tx, ids), customers.linked_ids(tx, ids)
    return [
        Person(
            author=profiles.get(row["author_id"]) or Author(*row["author_id"].split(":", 1)),
            author_id=row["author_id"],
            kind=row["kind"] or None,
            posts=int(row["posts"]),
            judged=int(row["judged"]),
            positive=int(row["positive"]),
            negative=int(row["negative"]),
            score=(row["positive"] - row["negative"]) / row["judged"] if row["judged"] else 0.0,
            reach=int(row["followers"]),
            last_at=row["last_at"],
            complaints=int(row["complaints"]),
            customer_id=linked.get(row["author_id"]),
        )
        for row in rows
    ]


def _profiles(tx: Connection, author_ids: list[str]) -> dict[str, Author]:
    return {author.id: author for author in customers.authors_of(tx, author_ids)}
