"""Reading the rollups: what was said by day, who said it by window, and the totals of each window.

`core.store.recount` writes them, and `core.store.stale` marks what is to be counted anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Float,
    FromClause,
    Row,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
    tuple_,
    union_all,
)

from core.case import Case, CaseStatus
from core.context import ENOUGH_POSTS, LEANING
from core.fact import AuthorDay
from core.store import rows
from core.store.facts import DAY, start_of
from core.store.schema import (
    cases,
    customers,
    erasures,
    links,
    mentions,
    rollup_author_days,
    rollup_days,
    rollup_desk,
    rollup_people,
    rollup_recovered,
    rollup_stale,
    rollup_topics,
    rollup_window_topics,
    rollup_windows,
)

WINDOWS = (7, 28, 90)
"""Days. Distinct people cannot be summed over days, so they are kept by windows of these lengths."""
NOT_YET = date.min
"""The last day of windows that are not kept yet, for the brand is counted for the first time."""
BIGGEST = 10
"""Reach is told without so many of the biggest accounts too: one of them can outweigh all others."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The people of a window. `authors` are all, those with too few judged posts among them; `biggest` is the part of the
    reach that the ten with most followers have; `squares` and `small_squares` are sums of squared followers, of all and
    without those ten."""

    authors: int = 0
    promoters: int = 0
    passives: int = 0
    detractors: int = 0
    reach: int = 0
    biggest: int = 0
    squares: float = 0.0
    small_squares: float = 0.0
    recovered: int = 0

    @property
    def judged(self) -> int:
        """Authors with enough judged posts to tell."""
        return self.promoters + self.passives + self.detractors

    def figures(self) -> dict[str, Any]:
        """The same by name."""
        return {name: getattr(self, name) for name in self.__slots__}


def window(days: int, today: date, back: int = 0) -> tuple[date, date]:
    """The first and the last day of the window that ends today, or, with `back` 1, of the one before it."""
    until = today - back * days * DAY
    return until - (days - 1) * DAY, until


def totals(tx: Connection, brand: str, since: date, until: date) -> Totals:
    """The people of a stretch of days: as they are kept, where it is one of the windows; else added up now."""
    found = tx.execute(_kept(rollup_windows, brand, since, until)).mappings().first()
    if found is not None:
        return Totals(**{name: found[name] for name in Totals.__slots__})
    return people_totals(tx, brand, since, until)


def _kept(what: FromClause, brand: str, since: date, until: date) -> Select[Any]:
    """Of what is kept by window, the rows of these days. Those of yesterday's windows stand until today's are counted."""
    kept = rollup_windows.c
    one = select(kept.brand, kept.days, kept.back).where(
        kept.brand == brand, kept.days == (until - since).days + 1, kept.until.in_([until, until - DAY])
    )
    window = one.order_by(kept.until.desc(), kept.back).limit(1).subquery()
    same = (what.c[name] == window.c[name] for name in ("brand", "days", "back"))
    return select(what).join(window, and_(*same))


def people_totals(tx: Connection, brand: str, since: date, until: date) -> Totals:
    """The totals over any days, from what each author said on each."""
    days = rollup_author_days
    people = (
        select(kind().label("kind"), func.max(days.c.followers).label("followers"))
        .where(days.c.brand == brand, days.c.day >= since, days.c.day <= until)
        .group_by(days.c.author_id)
    )
    return totals_from(tx, people, brand, since, until)


def kind() -> ColumnElement[Any]:
    """What an author is by all of some days, in SQL: `core.context.standing`; empty where too little is judged to tell."""
    day = rollup_author_days.c
    judged, lean = func.sum(day.judged), func.sum(day.positive) - func.sum(day.negative)
    return case(
        (judged < ENOUGH_POSTS, ""),
        (lean >= LEANING * judged, "promoter"),
        (lean <= -LEANING * judged, "detractor"),
        else_="passive",
    )


def totals_from(tx: Connection, people: Select[Any], brand: str, since: date, until: date | None) -> Totals:
    """The totals of people, selected with kind and followers; who recovered is counted over the days."""
    everyone = people.cte("people")
    followers = cast(everyone.c.followers, Float)
    biggest = select(everyone.c.followers).order_by(everyone.c.followers.desc()).limit(BIGGEST).cte("biggest")
    top = cast(biggest.c.followers, Float)
    kinds = [func.count().filter(everyone.c.kind == each) for each in ("promoter", "passive", "detractor")]
    row = tx.execute(
        select(
            func.count(),
            kinds[0],
            kinds[1],
            kinds[2],
            func.coalesce(func.sum(everyone.c.followers), 0),
            select(func.coalesce(func.sum(biggest.c.followers), 0)).scalar_subquery(),
            func.coalesce(func.sum(followers * followers), 0.0),
            select(func.coalesce(func.sum(top * top), 0.0)).scalar_subquery(),
        ).select_from(everyone)
    ).one()
    came_back = select(func.count(rollup_recovered.c.author_id.distinct())).where(
        rollup_recovered.c.brand == brand, rollup_recovered.c.at >= start_of(since)
    )
    if until is not None:
        came_back = came_back.where(rollup_recovered.c.at < start_of(until + DAY))
    authors, promoters, passives, detractors, reach, largest, squares, largest_squares = row
    return Totals(
        authors=authors,
        promoters=promoters,
        passives=passives,
        detractors=detractors,
        reach=int(reach),
        biggest=int(largest),
        squares=float(squares),
        small_squares=max(0.0, float(squares) - float(largest_squares)),
        recovered=tx.scalar(came_back) or 0,
    )


class Said(NamedTuple):
    """What was said with one value of a dimension: in a day, or, with no `day` and `reach`, in several."""

    day: date | None
    value: str
    mentions: int = 0
    positive: int = 0
    neutral: int = 0
    negative: int = 0
    unsupported: int = 0
    complaints: int = 0
    reach: int = 0


def sums(tx: Connection, brand: str, dimension: str, since: date, until: date) -> list[Said]:
    """What was said by day and value of a dimension, in that order."""
    query = select(*(rollup_days.c[name] for name in Said._fields)).where(*_inside(brand, dimension, since, until))
    return [Said(*row) for row in tx.execute(query.order_by(rollup_days.c.day, rollup_days.c.value))]


def volume(tx: Connection, brand: str, since: date, until: date) -> list[int]:
    """How much was said on each of these days."""
    query = select(rollup_days.c.day, rollup_days.c.mentions).where(*_inside(brand, "all", since, until))
    said = {row.day: row.mentions for row in tx.execute(query)}
    return [said.get(since + n * DAY, 0) for n in range((until - since).days + 1)]


def by_value(tx: Connection, brand: str, dimension: str, since: date, until: date) -> dict[str, Said]:
    """What was said over the days, by value."""
    summed = (cast(func.sum(rollup_days.c[name]), BigInteger) for name in Said._fields[2:-1])
    query = select(rollup_days.c.value, *summed).where(*_inside(brand, dimension, since, until))
    return {row[0]: Said(None, *row) for row in tx.execute(query.group_by(rollup_days.c.value))}


def _inside(brand: str, dimension: str, since: date, until: date) -> list[ColumnElement[bool]]:
    table = rollup_days
    return [
        table.c.brand == brand,
        table.c.dimension == dimension,
        table.c.day >= since,
        table.c.day <= until,
    ]


class Topic(NamedTuple):
    """How much was said of a topic; `language` is empty where it was several."""

    topic: str
    language: str
    mentions: int
    positive: int
    neutral: int
    negative: int


def topics(
    tx: Connection,
    brand: str,
    since: date,
    until: date,
    language: str | None = None,
    *,
    most: int | None = None,
    among: Sequence[str] | None = None,
) -> list[Topic]:
    """What was talked about over the days: everything, so many of the commonest, or only what is `among` these."""

    def find(table: Subquery) -> list[Topic]:
        spoken = case((func.min(table.c.language) == func.max(table.c.language), func.min(table.c.language)), else_="")
        summed = (cast(func.sum(table.c[name]), BigInteger) for name in Topic._fields[2:])
        query = select(table.c.topic, spoken, *summed)
        if language is not None:
            query = query.where(table.c.language == language)
        if among is not None:
            query = query.where(rows.among(tx, table.c.topic, among))
        if most is not None:
            query = query.order_by(func.sum(table.c.mentions).desc(), table.c.topic).limit(most)
        return [Topic(*row) for row in tx.execute(query.group_by(table.c.topic))]

    # a window without any may not have been added up yet
    return find(_kept(rollup_window_topics, brand, since, until).subquery()) or find(_days_of(brand, since, until))


def _days_of(brand: str, since: date, until: date) -> Subquery:
    table = rollup_topics.c
    return select(rollup_topics).where(table.brand == brand, table.day >= since, table.day <= until).subquery()


def topic_days(
    tx: Connection, brand: str, since: date, until: date, topics: Sequence[str], language: str | None = None
) -> dict[str, list[int]]:
    """How often each of these topics was spoken of on each of the days, 0 where it was not among the day's commonest."""
    day = rollup_topics.c
    found = {topic: [0] * ((until - since).days + 1) for topic in topics}
    query = select(day.topic, day.day, day.mentions).where(day.brand == brand, day.day >= since, day.day <= until)
    if language is not None:
        query = query.where(day.language == language)
    for topic, at, said in tx.execute(query.where(rows.among(tx, day.topic, topics))):
        found[topic][(at - since).days] += said
    return found


def topic_details(
    tx: Connection, brand: str, since: date, until: date, topics: Sequence[str], language: str | None = None
) -> tuple[dict[str, list[bytes]], dict[str, list[str]]]:
    """Of each of these topics: who spoke of it, as bitmaps that can be united; and ids of mentions that show it, from the
    newest days."""
    found = _details(tx, _kept(rollup_window_topics, brand, since, until).subquery(), "last_day", topics, language)
    return found if found[0] else _details(tx, _days_of(brand, since, until), "day", topics, language)


def _details(
    tx: Connection, table: Subquery, day: str, topics: Sequence[str], language: str | None
) -> tuple[dict[str, list[bytes]], dict[str, list[str]]]:
    crowds: dict[str, list[bytes]] = {}
    examples: dict[str, list[str]] = {}
    for part in rows.chunks(topics):
        query = select(table.c.topic, table.c.crowd, table.c.examples).where(rows.among(tx, table.c.topic, part))
        if language is not None:
            query = query.where(table.c.language == language)
        for topic, crowd, mention_ids in tx.execute(query.order_by(table.c[day].desc(), table.c.language)):
            crowds.setdefault(topic, []).append(crowd)
            shown = examples.setdefault(topic, [])
            if len(shown) < SHOWN:
                shown.extend(mention_ids)
    return crowds, examples


SHOWN = 9
"""Ids of mentions that show a topic, of which the first few are looked at."""
PERSON = ("author_id", "kind", "posts", "judged", "positive", "negative", "complaints", "followers", "last_at")
"""The columns of a person over a window."""


def people(
    tx: Connection, brand: str, days: int, kind: str | None, order: str, after: tuple[Any, str] | None, limit: int
) -> list[dict[str, Any]]:
    """People of a window that ends today, `PERSON`, by one of their columns and then their id, most first; `after` is the
    last one's. None is every kind: one look into the index for each, for it is led by the kind."""
    table = rollup_people
    place = (table.c[order], table.c.author_id)
    parts = []
    for each in ("promoter", "passive", "detractor", "") if kind is None else (kind,):
        query = select(*(table.c[name] for name in PERSON)).where(
            table.c.brand == brand, table.c.days == days, table.c.kind == each
        )
        if after is not None:
            bound = [bindparam(None, value, type_=c.type) for c, value in zip(place, after, strict=True)]
            query = query.where(tuple_(*place) < tuple_(*bound))
        query = query.order_by(*(column.desc() for column in place)).limit(limit)
        parts.append(query.subquery().select())
    found = union_all(*parts).subquery()  # the database puts them in order, for it compares words in a way of its own
    merged = select(found).order_by(found.c[order].desc(), found.c.author_id.desc()).limit(limit)
    return [dict(row) for row in tx.execute(merged).mappings()]


def windows_of(tx: Connection, brand: str, author_id: str) -> dict[int, dict[str, Any]]:
    """What one author said in each window that ends today, as `people` has it."""
    query = select(rollup_people.c.days, *(rollup_people.c[name] for name in PERSON)).where(
        rollup_people.c.brand == brand, rollup_people.c.author_id == author_id, rollup_people.c.days.in_(WINDOWS)
    )
    return {row["days"]: {name: row[name] for name in PERSON} for row in tx.execute(query).mappings()}


def holds(tx: Connection, brand: str, days: int, until: date) -> bool:
    """Are the people of this window kept? Those of yesterday's stand until today's are counted."""
    query = select(rollup_windows.c.until).where(
        rollup_windows.c.brand == brand, rollup_windows.c.days == days, rollup_windows.c.back == 0
    )
    kept = tx.execute(query).scalar_one_or_none()
    return kept is not None and kept in (until, until - DAY)


def author_days(tx: Connection, brand: str, since: date, until: date) -> list[AuthorDay]:
    """What every author said on each of these days."""
    query = select(*(rollup_author_days.c[name] for name in AuthorDay._fields)).where(
        rollup_author_days.c.brand == brand, rollup_author_days.c.day >= since, rollup_author_days.c.day <= until
    )
    return [AuthorDay(*row) for row in tx.execute(query)]


def desk(tx: Connection, brand: str | None, days: int, until: date) -> dict[str, Any] | None:
    """The desk's figures of a window as they are kept, of one brand or all; see `analysis.rollup.desk_figures`."""
    query = select(rollup_desk.c.figures).where(
        rollup_desk.c.brand == (brand or ""), rollup_desk.c.days == days, rollup_desk.c.until.in_([until, until - DAY])
    )
    found: dict[str, Any] | None = tx.execute(query).scalar_one_or_none()
    return found


def recovered(tx: Connection, brand: str, since: date, until: date, limit: int) -> list[Row[Any]]:
    """Who came back with a good word in these days, newest first, each once, with their latest case: case_id, author_id,
    mention_id, at."""
    table = rollup_recovered
    query = (
        select(table.c.case_id, table.c.author_id, table.c.mention_id, table.c.at)
        .where(table.c.brand == brand, table.c.at >= start_of(since), table.c.at < start_of(until + DAY))
        .order_by(table.c.at.desc(), table.c.case_id.desc())
    )
    looked_at = 4 * limit
    while True:  # few come back twice
        some = tx.execute(query.limit(looked_at)).all()
        latest: dict[str, Any] = {}
        for row in some:
            latest.setdefault(row.author_id, row)
        if len(latest) >= limit or len(some) < looked_at:
            return list(latest.values())[:limit]
        looked_at *= 8


def unhappy_customers(tx: Connection, brand: str, days: int, limit: int) -> list[dict[str, Any]]:
    """Customers whose account complained in a window that ends today, or is a detractor in it: `PERSON` and customer_id,
    those of most value first."""
    table = rollup_people
    query = (
        select(*(table.c[name] for name in PERSON), links.c.customer_id)
        .select_from(
            table.join(links, (links.c.author_id == table.c.author_id) & (links.c.status == "linked")).join(
                customers, customers.c.customer_id == links.c.customer_id
            )
        )
        .where(
            table.c.brand == brand,
            table.c.days == days,
            table.c.author_id.in_(
                select(links.c.author_id).where(links.c.status == "linked")
            ),  # few; each is looked up
            or_(table.c.complaints > 0, table.c.kind == "detractor"),
        )
        .order_by(func.coalesce(customers.c.lifetime_value, 0).desc(), customers.c.customer_id, table.c.author_id)
        .limit(limit)
    )
    return [dict(row) for row in tx.execute(query).mappings()]


def cases_of_ids(tx: Connection, case_ids: Sequence[int]) -> dict[int, Case]:
    """Cases by id."""
    found = tx.execute(select(*rows.CASE).where(rows.among(tx, cases.c.id, case_ids))).mappings()
    return {case.id: case for case in map(rows.case, found)}


class Latest(NamedTuple):
    """Somebody's newest case; one that was closed needs no answer any more."""

    case_id: int
    answered: bool


def latest_cases(tx: Connection, brand: str, author_ids: Sequence[str]) -> dict[str, Latest]:
    """The newest case that each of these authors opened with a brand: by author."""
    newest = (
        select(func.max(cases.c.id).label("id"), mentions.c.author_id)
        .select_from(cases.join(mentions, mentions.c.id == cases.c.mention_id))
        .where(cases.c.brand == brand, rows.among(tx, mentions.c.author_id, author_ids))
        .group_by(mentions.c.author_id)
        .subquery()
    )
    query = select(newest.c.author_id, cases.c.id, cases.c.answered_at, cases.c.status)
    found = tx.execute(query.select_from(cases.join(newest, newest.c.id == cases.c.id)))
    return {author: Latest(id, at is not None or CaseStatus(status).is_closed) for author, id, at, status in found}


def first_day(tx: Connection, brand: str) -> date | None:
    """The first day on which something judged was said of the brand, as far as that is counted."""
    first = select(func.min(rollup_days.c.day)).where(rollup_days.c.brand == brand, rollup_days.c.dimension == "all")
    found: date | None = tx.execute(first).scalar_one()
    return found


def counted_until(tx: Connection, brand: str) -> datetime | None:
    """Up to when all changes of the brand are counted; None where nothing waits."""
    query = select(rollup_stale.c.marked_at).where(rollup_stale.c.brand == brand).order_by(rollup_stale.c.id).limit(1)
    return tx.execute(query).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Stamp:
    """Two that are equal stand for equal counts of the days from `since` on; `erased` is the newest erasure, 0 for none."""

    since: date
    erased: int
    state: tuple[Any, ...]


def stamp(tx: Connection, brands: Sequence[str]) -> Stamp | None:
    """What changes whenever days of these brands are counted, and with every erasure; None before all are counted.
    What only waits to be counted changes nothing: on a busy day something always waits."""
    kept = rollup_windows.c
    columns = kept.brand, kept.days, kept.back, kept.until, kept.changes, kept.counted
    day = rollup_days.c
    heard = select(func.min(day.day)).where(day.brand == kept.brand, day.dimension == "all").scalar_subquery()
    erased = select(func.max(erasures.c.id)).scalar_subquery().label("erased")
    query = select(*columns, heard, erased).where(kept.brand.in_(brands)).order_by(*columns[:3])
    known = tx.execute(query).all()
    if {row.brand for row in known if row.until > NOT_YET} != set(brands):
        return None
    until = max(row.until for row in known if not row.back)
    return Stamp(window(max(WINDOWS), until, back=1)[0], known[0].erased or 0, tuple(map(tuple, known)))
