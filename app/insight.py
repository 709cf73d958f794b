"""What marketers and leads ask: the one place that pages, digests, exports and the API read figures from.

It opens nothing: each function takes an open transaction. Days are UTC. A brand's own posts never count; reposts count in
volume and reach, and are nobody's own opinion. What a person corrected counts as corrected. `docs/metrics.md` defines each
figure, and `app.web.glossary` says it on a page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
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


@kept
def overview(tx: Connection, brand: str, period: Period) -> Overview:
    """A brand's figures over a period, beside the one before."""
    then = period.before()
    now_days, then_days = (daily(tx, brand, p.since, p.until) for p in (period, then))
    said, was = now_days[_COUNTED].sum(), then_days[_COUNTED].sum()
    heard = _listened(tx, brand, then)
    noise = metrics.spread(now_days["mentions"].tolist(), then_days["mentions"].tolist())
    judged, judged_then = (int(s["positive"] + s["neutral"] + s["negative"]) for s in (said, was))
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
    opinion, opinion_then = ((s["positive"], s["negative"], j) for s, j in ((said, judged), (was, judged_then)))
    complaints = ((said["complaints"], judged), (was["complaints"], judged_then))
    small, small_then = people.reach - people.biggest, people_then.reach - people_then.biggest
    return Overview(
        mentions=count(
            int(said["mentions"]),
            int(was["mentions"]),
            metrics.count_differs(said["mentions"], was["mentions"], noise),
        ),
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
        counted_until=rollups.counted_until(tx, brand),
    )


_SUMS = list(metrics.Sum._fields)
_COUNTED = _SUMS[:-1]


@kept
def daily(tx: Connection, brand: str, since: date, until: date, dimension: str = "all") -> pd.DataFrame:
    """What was said each day. Columns: day, value, mentions, positive, neutral, negative, unsupported, complaints, reach,
    net, net_low, net_high (NaN where nothing is judged).

    For "all" each day from `since` to `until` has a row, with the value empty; for another dimension, see
    `analysis.metrics.DIMENSIONS`, only days and values of which something was said.
    """
    import pandas as pd

    found = rollups.sums(tx, brand, dimension, since, until)
    if dimension == "all":
        days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
        found = found.set_index("day").reindex(pd.Index(days, name="day")).reset_index()
        found["value"] = ""
        found[_SUMS] = found[_SUMS].fillna(0).astype("int64")
    return _with_net(found)


@kept
def by(tx: Connection, brand: str, period: Period, dimension: str) -> pd.DataFrame:
    """What was said over a period, by platform, language, department, intent, priority, place, tier or topic; most said
    first. Columns: value, mentions, share (of the brand's mentions), positive, neutral, negative, complaints, net, net_low,
    net_high, before (mentions), change (share of before, NaN where that is 0), shifted (the change is more than chance).
    """
    import pandas as pd

    if dimension == "topic":
        found = topics(tx, brand, period).rename(columns={"topic": "value"}).assign(complaints=0)
        return found[["value", "mentions", "share", *_OPINION, *_NET, "before", "change", "shifted"]]
    then = period.before()
    found, before = (rollups.by_value(tx, brand, dimension, p.since, p.until) for p in (period, then))
    totals, totals_before = (rollups.volume(tx, brand, p.since, p.until) for p in (period, then))
    was = before.set_index("value")["mentions"]
    gone = pd.DataFrame({"value": sorted(set(was.index) - set(found["value"]))})
    found = pd.concat([found, gone], ignore_index=True).fillna(dict.fromkeys(_COUNTED, 0))
    found[_COUNTED] = found[_COUNTED].astype("int64")
    found["share"] = found["mentions"] / max(1, sum(totals))
    _with_change(found, found["value"].map(was), totals, totals_before, _listened(tx, brand, then))
    found = _with_net(found).sort_values(["mentions", "value"], ascending=[False, True]).reset_index(drop=True)
    return found[["value", "mentions", "share", *_OPINION, *_NET, "before", "change", "shifted"]]


_OPINION = ["positive", "neutral", "negative", "complaints"]
_NET = ["net", "net_low", "net_high"]


@kept
def hours(tx: Connection, brand: str, period: Period) -> pd.DataFrame:
    """When people talk, for all hours of the week. Columns: weekday (0 is Monday), hour (0 to 23, UTC), mentions, net (NaN
    where nothing is judged)."""
    import pandas as pd

    found = rollups.sums(tx, brand, "hour", period.since, period.until)
    found["weekday"] = [day.weekday() for day in found["day"]]
    found["hour"] = found["value"].astype(int)
    week = pd.MultiIndex.from_product([range(7), range(24)], names=["weekday", "hour"])
    summed = found.groupby(["weekday", "hour"])[_COUNTED].sum().reindex(week, fill_value=0).reset_index()
    return _with_net(summed)[["weekday", "hour", "mentions", "net"]]


@kept
def competitors(tx: Connection, brands: list[str], period: Period) -> pd.DataFrame:
    """Brands side by side, most spoken of first. Columns: brand, mentions, share (of voice), share_low, share_high,
    before_share (NaN where nobody listened then), shifted, net, net_low, net_high, authors, reach."""
    import pandas as pd

    then = period.before()
    days = {b: daily(tx, b, period.since, period.until) for b in brands}
    days_before = {b: daily(tx, b, then.since, then.until) for b in brands}
    said = {b: int(frame["mentions"].sum()) for b, frame in days.items()}
    was = {b: int(frame["mentions"].sum()) for b, frame in days_before.items()}
    all_said, all_was = sum(said.values()), sum(was.values())
    rows, ps = [], []
    for brand in brands:
        noise = metrics.spread(days[brand]["mentions"].tolist(), days_before[brand]["mentions"].tolist())
        voice = metrics.share(said[brand], all_said)
        people = rollups.totals(tx, brand, period.since, period.until)
        heard = all_was > 0 and _listened(tx, brand, then)
        ps.append(metrics.share_differs((said[brand], all_said), (was[brand], all_was), noise) if heard else 1.0)
        row = {"brand": brand, "mentions": said[brand]}
        row |= dict(zip(("share", "share_low", "share_high"), voice or (None,) * 3, strict=True))
        row |= {"before_share": was[brand] / all_was if heard else None}
        row |= {name: days[brand][name].sum() for name in _COUNTED[1:]}
        rows.append(row | {"authors": people.authors, "reach": people.reach})
    found = pd.DataFrame(rows, columns=[*_COMPARED[:6], *_COUNTED[1:], "authors", "reach"])
    numbers = ["share", "share_low", "share_high", "before_share"]
    found[numbers] = found[numbers].astype("float64")
    found["shifted"] = metrics.beyond_chance(ps)
    return _with_net(found).sort_values("mentions", ascending=False, kind="stable").reset_index(drop=True)[_COMPARED]


_COMPARED = ["brand", "mentions", "share", "share_low", "share_high", "before_share", "shifted", *_NET]
_COMPARED += ["authors", "reach"]


@kept
def topics(tx: Connection, brand: str, period: Period, language: str | None = None, limit: int = 50) -> pd.DataFrame:
    """What people talk about, most spoken of first. Columns: topic, language (empty where it is several), mentions, share,
    authors (about: see `analysis.metrics.Crowd`), positive, neutral, negative, before, change, shifted, net, net_low,
    net_high, examples (a list of mention ids).

    A topic is a theme of the trade, whatever the language, or a phrase. Both may be counted of one post.
    """
    import pandas as pd

    then = period.before()
    found = rollups.topics(tx, brand, period.since, period.until, language, most=max(limit, TOPICS_COMPARED))
    before = rollups.topics(tx, brand, then.since, then.until, language, among=found["topic"].tolist())
    totals, totals_before = (rollups.volume(tx, brand, p.since, p.until) for p in (period, then))
    found["share"] = found["mentions"] / max(1, sum(totals))
    was = found["topic"].map(before.set_index("topic")["mentions"])
    _with_change(found, was, totals, totals_before, _listened(tx, brand, then))
    found = _with_net(found.sort_values(["mentions", "topic"], ascending=[False, True]).head(limit))
    spoken = found["topic"].tolist()
    crowds, shown = rollups.topic_details(tx, brand, period.since, period.until, spoken, language)
    found["authors"] = pd.Series([_people_in(crowds.get(t, [])) for t in spoken], found.index, dtype="int64")
    examples = [list(dict.fromkeys(shown.get(topic, [])))[:_EXAMPLES] for topic in spoken]
    found["examples"] = pd.Series(examples, found.index, dtype="object")
    return found.reset_index(drop=True)[_TOPIC]


TOPICS_COMPARED = 200
"""So many of the commonest topics are compared with before, so that more of them shown makes no other one a change."""
_TOPIC = ["topic", "language", "mentions", "share", "authors", "positive", "neutral", "negative"]
_TOPIC += ["before", "change", "shifted", *_NET, "examples"]
_EXAMPLES = 3


@kept
def opinions(tx: Connection, brand: str, period: Period) -> dict[str, tuple[int, metrics.Interval]]:
    """How a brand stands on each topic: its mentions, and their net sentiment. Without all else that `topics` tells, for
    many brands at once."""
    found = rollups.topics(tx, brand, period.since, period.until)
    counts = zip(
        *(found[name].tolist() for name in ("topic", "mentions", "positive", "neutral", "negative")), strict=True
    )
    nets = ((topic, said, metrics.net(pro, con, pro + even + con)) for topic, said, pro, even, con in counts)
    return {topic: (said, net) for topic, said, net in nets if net is not None}


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
    profiles, linked = _profiles(tx, ids), customers.linked(tx, ids)
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
            customer_id=linked[row.author_id].customer_id if row.author_id in linked else None,
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
    found = rollups.unhappy_customers(tx, brand, period.days, LOOKED_AT)
    latest = rollups.latest_cases(tx, brand, [row["author_id"] for row in found])

    def is_answered(row: dict[str, Any]) -> bool:
        case = latest.get(row["author_id"])
        return case is not None and (case.answered_at is not None or case.status.is_closed)

    waiting_first = sorted(found, key=is_answered)  # stable: by value within
    chosen: dict[str, dict[str, Any]] = {}
    for row in waiting_first:
        chosen.setdefault(row["customer_id"], row)  # of one customer's accounts, the one that waits
    some = list(chosen.values())[:limit]
    known = customers.get(tx, {row["customer_id"] for row in some})
    return [
        AtRisk(known[row["customer_id"]], person, latest.get(row["author_id"]), is_answered(row))
        for row, person in zip(some, _people(tx, some), strict=True)
    ]


LOOKED_AT = 200
"""So many accounts of the customers of most value are looked at for who is at risk."""


def to_thank(tx: Connection, brand: str, period: Period, limit: int = 10) -> list[Person]:
    """Promoters, those with most followers first."""
    return list(people(tx, brand, period, "promoter", "reach", limit=limit).items)


def _with_net(frame: pd.DataFrame) -> pd.DataFrame:
    judged = frame["positive"] + frame["neutral"] + frame["negative"]
    found = [metrics.net(*row) for row in zip(frame["positive"], frame["negative"], judged, strict=True)]
    nothing = (float("nan"),) * 3
    for name, column in zip(
        _NET, zip(*(one or nothing for one in found), strict=True) if found else ((),) * 3, strict=True
    ):
        frame[name] = column
    frame[_NET] = frame[_NET].astype("float64")
    return frame


def _with_change(
    frame: pd.DataFrame, before: pd.Series, totals: list[int], totals_before: list[int], listened: bool
) -> None:
    """Add before, change and shifted to a frame that has mentions, parts of what was said on each day in all. Nothing has
    changed where we had not `listened` before."""
    whole, noise = sum(totals) + sum(totals_before), metrics.spread(totals, totals_before)
    frame["before"] = before.fillna(0).astype("int64")
    frame["change"] = (frame["mentions"] / frame["before"].where(listened & (frame["before"] > 0))) - 1
    ps = [
        metrics.count_differs(n, b, metrics.spread_of_part(noise, (n + b) / max(1, whole)))
        for n, b in zip(frame["mentions"], frame["before"], strict=True)
    ]
    frame["shifted"] = [listened and shifted for shifted in metrics.beyond_chance(ps)]
    frame["shifted"] = frame["shifted"].astype(bool)


def _listened(tx: Connection, brand: str, period: Period) -> bool:
    """Did we hear of the brand from the period's first day on?"""
    first = rollups.first_day(tx, brand)
    return first is not None and first <= period.since


def _people(tx: Connection, rows: list[dict[str, Any]]) -> list[Person]:
    """Persons from rows as `analysis.promoters.over` has them, with their profiles and sure links."""
    ids = [row["author_id"] for row in rows]
    profiles = _profiles(tx, ids)
    linked = {author: customer.customer_id for author, customer in customers.linked(tx, ids).items()}
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
