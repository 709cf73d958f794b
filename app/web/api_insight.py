"""What the pages for marketers and for the desk's leads show, as JSON: the same figures, from the same façade."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, TypeVar, get_args

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel

from analysis.metrics import Figure
from app import insight
from app.insight import Kind, Order, Period
from app.web.api import AuthorOut, CustomerOut, JudgedOut, PageOut
from app.web.asking import to_key, to_token
from app.web.figures import Dimension
from app.web.scope import BrandAsked, Days, DaysAsked, window_of
from app.web.signin import TOKEN, Role, needs
from app.web.site import Site
from core.mention import Author

Row = TypeVar("Row", bound=BaseModel)


class FigureOut(BaseModel):
    """A figure with its 95% interval, what it was in as many days before, whether the change is more than chance
    (`shifted`), and how many posts, people or cases it rests on. Null where there are too few to tell."""

    value: float | None
    low: float | None
    high: float | None
    before: float | None
    shifted: bool
    n: int


class OverviewOut(BaseModel):
    """A brand at a glance. `promoter_score` runs from -100 to 100 and is social, no survey's NPS."""

    brand: str
    days: int
    mentions: FigureOut
    authors: FigureOut
    net_sentiment: FigureOut
    promoter_score: FigureOut
    promoters: FigureOut
    passives: FigureOut
    detractors: FigureOut
    complaints: FigureOut
    reach: FigureOut
    reach_without_biggest: FigureOut
    recovered: FigureOut
    counted_until: dt.datetime | None


class Net(BaseModel):
    """Net sentiment, -1 to 1, with its 95% interval; null where nothing is judged."""

    net: float | None
    net_low: float | None
    net_high: float | None


class DayOut(Net):
    """What was said on a UTC day."""

    day: dt.date
    value: str
    mentions: int
    positive: int
    neutral: int
    negative: int
    unsupported: int
    complaints: int
    reach: int


class ByOut(Net):
    """What was said of one value of a dimension; `change` is a share of `before`."""

    value: str
    mentions: int
    share: float
    positive: int
    neutral: int
    negative: int
    complaints: int
    before: int
    change: float | None
    shifted: bool


class HourOut(BaseModel):
    """An hour of the week, UTC; weekday 0 is Monday."""

    weekday: int
    hour: int
    mentions: int
    net: float | None


class CompetitorOut(Net):
    """A brand's share of voice."""

    brand: str
    mentions: int
    share: float | None
    share_low: float | None
    share_high: float | None
    before_share: float | None
    shifted: bool
    authors: int
    reach: int


class TopicOut(Net):
    """What people talk about; `examples` are ids of mentions, `language` is empty where it is several."""

    topic: str
    language: str
    mentions: int
    share: float
    authors: int
    positive: int
    neutral: int
    negative: int
    before: int
    change: float | None
    shifted: bool
    examples: list[str]


class PersonOut(BaseModel):
    """An author over a window. `kind` is null where fewer than two posts are judged; `customer_id` where no link is sure."""

    author: AuthorOut
    kind: Kind | None
    posts: int
    judged: int
    positive: int
    negative: int
    score: float
    reach: int
    last_at: dt.datetime
    complaints: int
    customer_id: str | None

    @classmethod
    def of(cls, person: insight.Person) -> "PersonOut":
        plain = {name: getattr(person, name) for name in cls.model_fields if name != "author"}
        return cls(author=_author(person.author), **plain)


class PersonFileOut(BaseModel):
    """What is known of an author: a window of 7, 28 and 90 days each, what they said, and who they may be."""

    author: AuthorOut
    windows: dict[int, PersonOut]
    mentions: list[JudgedOut]
    cases: list[int]
    customers: list[CustomerOut]


class OpenOut(BaseModel):
    """How many cases were open at the end of a UTC day."""

    day: dt.date
    open: int


class DeskOut(BaseModel):
    """How the desk did with the cases opened in the window. Times are minutes; the 90th percentile stands beside the median.
    `by_team` and `by_priority` have the columns of docs/metrics.md."""

    cases: FigureOut
    first_response: FigureOut
    first_response_p90: float | None
    resolution: FigureOut
    resolution_p90: float | None
    sla_answer: FigureOut
    sla_resolve: FigureOut
    transferred: FigureOut
    reopened: FigureOut
    dismissed: FigureOut
    backlog: list[OpenOut]
    by_team: list[dict[str, Any]]
    by_priority: list[dict[str, Any]]


class RecoveredOut(BaseModel):
    """Somebody who complained, was answered, and then had a good word."""

    author: AuthorOut
    case_id: int
    complaint_id: str
    complained_at: dt.datetime
    answered_at: dt.datetime
    mention_id: str
    at: dt.datetime
    customer_id: str | None


class AtRiskOut(BaseModel):
    """A customer who complained or turned detractor; unanswered ones and those of most lifetime value come first."""

    customer_id: str
    name: str
    tier: str
    lifetime_value: float | None
    person: PersonOut
    case: int | None
    answered: bool


def router(site: Site) -> APIRouter:
    routes = APIRouter(prefix="/api", tags=["insight"], dependencies=[needs(Role.VIEWER), TOKEN])

    def asked(brand: str, days: Days) -> tuple[str, Period]:
        window = window_of(site.settings, brand, days)
        return window.brand, Period.ending(site.now(), window.days)

    @routes.get("/overview", summary="A brand at a glance, beside as many days before")
    def overview(brand: BrandAsked = "", days: DaysAsked = 28) -> OverviewOut:
        key, period = asked(brand, days)
        with site.store.read() as tx:
            found = insight.overview(tx, key, period)
        figures = {name: _figure(value) for name, value in _plain(found).items() if name != "counted_until"}
        return OverviewOut(brand=key, days=period.days, counted_until=found.counted_until, **figures)

    @routes.get("/daily", summary="What was said each day, of all or by a dimension")
    def daily(
        brand: BrandAsked = "",
        days: DaysAsked = 28,
        dimension: Annotated[str, Query(max_length=16, description="all, or as in /api/by")] = "all",
    ) -> list[DayOut]:
        key, period = asked(brand, days)
        if dimension not in ("all", *get_args(Dimension)) or dimension == "topic":
            raise HTTPException(
                422, f"dimension: it may be all, {', '.join(d for d in get_args(Dimension) if d != 'topic')}."
            )
        with site.store.read() as tx:
            return _rows(DayOut, insight.daily(tx, key, period.since, period.until, dimension))

    @routes.get("/by", summary="What was said, by platform, language, place or another dimension, most said first")
    def by(dimension: Dimension, brand: BrandAsked = "", days: DaysAsked = 28) -> list[ByOut]:
        key, period = asked(brand, days)
        with site.store.read() as tx:
            return _rows(ByOut, insight.by(tx, key, period, dimension))

    @routes.get("/hours", summary="When people talk, for all hours of the week")
    def hours(brand: BrandAsked = "", days: DaysAsked = 28) -> list[HourOut]:
        key, period = asked(brand, days)
        with site.store.read() as tx:
            return _rows(HourOut, insight.hours(tx, key, period))

    @routes.get("/topics", summary="What people talk about, most spoken of first")
    def topics(
        brand: BrandAsked = "",
        days: DaysAsked = 28,
        language: Annotated[str, Query(max_length=16, description="ISO 639-1, or 'hi-Latn'")] = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> list[TopicOut]:
        key, period = asked(brand, days)
        with site.store.read() as tx:
            return _rows(TopicOut, insight.topics(tx, key, period, language or None, limit))

    @routes.get("/competitors", summary="All brands side by side: share of voice and net sentiment")
    def competitors(days: DaysAsked = 28) -> list[CompetitorOut]:
        period = Period.ending(site.now(), days)
        with site.store.read() as tx:
            return _rows(CompetitorOut, insight.competitors(tx, list(site.settings.brands), period))

    @routes.get("/people", summary="The authors of a window: promoters, passives, detractors or all")
    def people(
        brand: BrandAsked = "",
        days: DaysAsked = 28,
        kind: Kind | None = None,
        order: Order = "reach",
        after: Annotated[
            str, Query(max_length=2000, description="the 'next' of the page before, of the same order")
        ] = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> PageOut[PersonOut]:
        key, period = asked(brand, days)
        try:
            place = to_key(after, (dt.datetime if order == "latest" else int, str)) if after else None
        except ValueError as error:
            raise HTTPException(422, f"after: {error}.") from None
        with site.store.read() as tx:
            found = insight.people(tx, key, period, kind, order, place, limit)
        following = to_token(found.next) if found.next else None
        return PageOut(items=[PersonOut.of(person) for person in found.items], next=following)

    @routes.get("/people/{author_id:path}", summary="What is known of one author")
    def person(author_id: str, brand: BrandAsked = "") -> PersonFileOut:
        key = window_of(site.settings, brand).brand
        with site.store.read() as tx:
            file = insight.person(tx, key, author_id, site.now())
        if file is None:
            raise HTTPException(404, "There is no such author.")
        return PersonFileOut(
            author=_author(file.author),
            windows={days: PersonOut.of(one) for days, one in file.windows.items()},
            mentions=[JudgedOut.of(judged) for judged in file.mentions],
            cases=[case.id for case in file.cases],
            customers=[CustomerOut.of(candidate) for candidate in file.candidates],
        )

    @routes.get("/recovered", summary="Who complained, was answered, and came back with a good word")
    def recovered(
        brand: BrandAsked = "", days: DaysAsked = 28, limit: Annotated[int, Query(ge=1, le=200)] = 20
    ) -> list[RecoveredOut]:
        key, period = asked(brand, days)
        with site.store.read() as tx:
            found = insight.recovered(tx, key, period, limit)
        return [RecoveredOut(**_plain(one, "author_id") | {"author": _author(one.author)}) for one in found]

    @routes.get("/at-risk", summary="Customers who complained or turned detractor, unanswered ones first")
    def at_risk(
        brand: BrandAsked = "", days: DaysAsked = 28, limit: Annotated[int, Query(ge=1, le=200)] = 20
    ) -> list[AtRiskOut]:
        key, period = asked(brand, days)
        with site.store.read() as tx:
            found = insight.at_risk(tx, key, period, limit)
        return [
            AtRiskOut(
                customer_id=one.customer.customer_id,
                name=one.customer.name,
                tier=one.customer.tier,
                lifetime_value=one.customer.lifetime_value,
                person=PersonOut.of(one.person),
                case=one.case.id if one.case else None,
                answered=one.answered,
            )
            for one in found
        ]

    @routes.get("/desk", summary="How the desk did: response and resolution times, promises kept, backlog")
    def desk(
        brand: Annotated[str, Query(max_length=64, description="a brand's key; all brands unless given")] = "",
        days: DaysAsked = 28,
    ) -> DeskOut:
        period = Period.ending(site.now(), days)
        key = window_of(site.settings, brand).brand if brand else None
        with site.store.read() as tx:
            found = insight.desk(tx, site.settings, key, period)
        plain = _plain(found, "backlog", "by_team", "by_priority")
        figures = {name: _figure(v) if isinstance(v, Figure) else v for name, v in plain.items()}
        return DeskOut(
            backlog=_rows(OpenOut, found.backlog),
            by_team=list(_records(found.by_team)),
            by_priority=list(_records(found.by_priority)),
            **figures,
        )

    return routes


def _plain(found: Any, *without: str) -> dict[str, Any]:
    """The fields of a dataclass, not taken apart."""
    return {name: getattr(found, name) for name in found.__slots__ if name not in without}


def _figure(figure: Figure) -> FigureOut:
    return FigureOut(**_plain(figure))


def _author(author: Author) -> AuthorOut:
    return AuthorOut(
        id=author.id if author.external_id else "",
        handle=author.handle,
        display_name=author.display_name,
        followers=author.followers,
        verified=author.verified,
        url=author.url,
    )


def _rows(shape: type[Row], frame: Any) -> list[Row]:
    return [shape.model_validate(record) for record in _records(frame)]


def _records(frame: Any) -> Iterable[dict[str, Any]]:
    """The rows of a frame with plain values; what is not a number is null."""
    plain = frame.astype(object).where(frame.notna(), None)
    for record in plain.to_dict("records"):
        yield {name: value.item() if hasattr(value, "item") else value for name, value in record.items()}
