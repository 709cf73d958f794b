"""What marketing is told, put together from insight: reports of a day and a week, for marketing and for each department.

A change is in a report only where it is beyond chance; why it came about is told by topics; people are told by one post of
theirs each. All of it is ids and numbers: see `core.report`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from analysis.metrics import Figure
from analysis.shifts import Hour, Part, mean, moved, stands_out
from app import insight
from app.insight import Period, Person
from core.report import MARKETING, Driver, Heard, Image, Number, Report, Voice
from core.settings import Settings
from core.store import reports, rollups
from core.tongue import spoken

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Connection

COMPARED_DAYS = 28
"""What a day is compared with."""
SHOWN = 3
FEWEST = 3
"""Mentions of a topic, and people who speak of it: fewer are no topic, and might be a person."""
_LOOKED_AT = 30
_LEAST_MOVED = 0.01
_CHANCE_A_DAY = 0.01
_NUMBERS = ("mentions", "net_sentiment", "promoter_score", "complaints", "reach", "authors", "recovered")


def daily(tx: "Connection", brand: str, day: date) -> Report:
    """A day beside the four weeks before it."""
    frame = insight.daily(tx, brand, day - timedelta(days=COMPARED_DAYS), day)
    counted = frame[["mentions", "positive", "neutral", "negative"]].to_numpy()[::-1]  # the day itself first
    first = rollups.first_day(tx, brand)
    heard = sum(1 for ago in range(1, len(counted)) if first is not None and first <= day - timedelta(days=ago))
    days = [Hour(*map(int, row)) for row in counted[: heard + 1]]
    period = Period(1, day)
    numbers = _of_day(days)
    shifted = {number.name for number in numbers if number.shifted}
    return Report(
        "daily",
        MARKETING,
        brand,
        day,
        numbers=numbers,
        drivers=_drivers(tx, brand, period, Period(COMPARED_DAYS, day - timedelta(days=1)), shifted) if shifted else (),
        **_people(tx, brand, period),
    )


def weekly(tx: "Connection", brand: str, until: date) -> Report:
    """A week beside the one before it."""
    period = Period(7, until)
    overview = insight.overview(tx, brand, period)
    numbers = tuple(_number(name, getattr(overview, name)) for name in _NUMBERS)
    shifted = {number.name for number in numbers if number.shifted}
    return Report(
        "weekly",
        MARKETING,
        brand,
        until,
        7,
        numbers=numbers,
        drivers=_drivers(tx, brand, period, period.before(), shifted),
        heard=_heard(insight.by(tx, brand, period, "department")),
        **_people(tx, brand, period),
    )


def of_department(tx: "Connection", settings: Settings, team: str, brand: str, until: date) -> Report:
    """What one team should hear of a week: how its topics went, and how soon it answered."""
    period = Period(7, until)
    table = settings.departments[team]
    topics = set(table.topics) | set(table.digest_topics)
    frame = insight.by(tx, brand, period, "department")
    desk = insight.desk(tx, settings, brand, period).by_team
    return Report(
        "weekly",
        team,
        brand,
        until,
        7,
        numbers=_of_team(desk, team),
        heard=_heard(frame[frame["value"].isin(topics)], everything=True),
    )


def charts(tx: "Connection", brand: str, period: Period, *, dark: bool = False) -> list[Image]:
    """How much was said and how it felt, over the four weeks that end with the period, in the language that is spoken."""
    from app import charts as drawing

    since = min(period.since, period.until - timedelta(days=COMPARED_DAYS - 1))
    frame = insight.daily(tx, brand, since, period.until)
    if not frame["mentions"].sum():
        return []
    look = drawing.Look(spoken().catalog, spoken().locale)
    drawn = [drawing.volume(frame, look), drawing.sentiment(frame, look)]
    return [Image(one.name, one.title, one.summary, one.png(dark=dark)) for one in drawn if not one.empty]


def why(tx: "Connection", brand: str, until: date, shifted: Iterable[str]) -> tuple[Driver, ...]:
    """The topics that moved a brand on a day that is not over, against the four weeks before."""
    return _drivers(tx, brand, Period(1, until), Period(COMPARED_DAYS, until - timedelta(days=1)), set(shifted))


def _of_day(days: list[Hour]) -> tuple[Number, ...]:
    """The numbers of the first of these days beside what is usual."""
    found, today, before = stands_out(days, _CHANCE_A_DAY), days[0], days[1:]
    usual = sum(day.mentions for day in before) / len(before) if before else None
    judged = [sum(getattr(day, feeling) for day in before) for feeling in ("positive", "neutral", "negative")]
    usual_net = (judged[0] - judged[2]) / sum(judged) if sum(judged) else None
    net = (today.positive - today.negative) / today.judged if today.judged else None
    return (
        Number("mentions", today.mentions, usual, shifted="volume" in found, n=today.mentions),
        Number("net_sentiment", net, usual_net, shifted="sentiment" in found, n=today.judged),
    )


def _number(name: str, figure: Figure) -> Number:
    def plain(value: float | None) -> float | None:
        return None if value is None or value != value else float(value)

    value, before, low, high = (plain(getattr(figure, end)) for end in ("value", "before", "low", "high"))
    return Number(name, value, before, low, high, bool(figure.shifted), int(figure.n))


def _drivers(tx: "Connection", brand: str, period: Period, before: Period, shifted: set[str]) -> tuple[Driver, ...]:
    """The topics that had most part in what shifted: in the net sentiment where that did, else in how much was said. Where
    neither did, those that shifted by themselves."""
    now, was = insight.topics(tx, brand, period), insight.topics(tx, brand, before)
    now = now[(now["mentions"] >= FEWEST) & (now["authors"] >= FEWEST)]
    times = period.days / before.days
    usual = {row.topic: row.mentions * times for row in was.itertuples()}
    by_mood = "net_sentiment" in shifted
    parts, parts_was = _parts(now), _parts(was)
    explained = moved(parts, parts_was) if by_mood else {}
    found = [
        Driver(
            row.topic,
            int(row.mentions),
            round(row.mentions - usual.get(row.topic, 0.0)),
            parts[row.topic].net,
            explained.get(row.topic, 0.0),
            tuple(row.examples[:SHOWN]),
        )
        for row in now.itertuples()
        if shifted & {"mentions", "net_sentiment"} or row.shifted
    ]
    if by_mood:
        usual_net = mean(parts_was)
        found = [one for one in found if _stands_for(one, usual_net)]
    found.sort(key=lambda one: (-abs(one.moved) if by_mood else -abs(one.more), -one.mentions, one.topic))
    shown = found[:SHOWN]
    felt = reports.feelings(tx, brand, {post for one in shown for post in one.posts})
    drivers: list[Driver] = []
    for one in shown:
        shown_already = {driver.posts[0] for driver in drivers if driver.posts}
        posts = sorted(_fitting(one, felt), key=lambda post: post in shown_already)
        drivers.append(replace(one, posts=tuple(posts)))
    return tuple(drivers)


def _stands_for(driver: Driver, usual: float) -> bool:
    """Whether a topic is a reason that people see: it pulls to where the mood went. One of which merely less is said has its
    part in the mean, too, and nothing to show for it. `usual` is the net sentiment before."""
    if driver.net is None or abs(driver.moved) < _LEAST_MOVED:
        return False
    return (driver.net - usual) * driver.moved > 0


def _fitting(driver: Driver, felt: Mapping[str, str]) -> tuple[str, ...]:
    """A topic's posts, those first that feel as the topic moved the mood, or as people feel about it."""
    wanted = "positive" if (driver.moved or driver.net or 0) > 0 else "negative"
    return tuple(sorted(driver.posts, key=lambda post: felt.get(post) != wanted))


def _parts(topics: "pd.DataFrame") -> dict[str, Part]:
    return {row.topic: Part(int(row.mentions), None if row.net != row.net else row.net) for row in topics.itertuples()}


def _people(tx: "Connection", brand: str, period: Period) -> Mapping[str, Any]:
    """Whom to thank and whom to win back, each by their newest post that says why.

    Nobody becomes a promoter in a day: those of a day spoke on it, and are told by the four weeks up to it.
    """
    window = period if period.days > 1 else Period(COMPARED_DAYS, period.until)

    def spoke(people: Iterable[Person]) -> list[Person]:
        return [one for one in people if one.last_at >= _midnight(period.since)][:SHOWN]

    promoters = spoke(insight.to_thank(tx, brand, window, limit=_LOOKED_AT))
    detractors = spoke(insight.people(tx, brand, window, "detractor", limit=_LOOKED_AT).items)
    at_risk = insight.at_risk(tx, brand, period, limit=SHOWN)
    since = _midnight(period.since)
    good = reports.latest_posts(tx, brand, {one.author_id for one in promoters}, "positive", since)
    lost = {one.person.author_id for one in at_risk} | {one.author_id for one in detractors}
    bad = reports.latest_posts(tx, brand, lost, "negative", since)
    win_back = {
        one.person.author_id: Voice(
            bad[one.person.author_id],
            one.person.reach,
            one.person.judged,
            one.case.id if one.case is not None else None,
            one.answered,
        )
        for one in at_risk
        if one.person.author_id in bad
    }
    for one in detractors:
        if one.author_id in bad:
            win_back.setdefault(one.author_id, Voice(bad[one.author_id], one.reach, one.judged))
    return {
        "thank": tuple(Voice(good[one.author_id], one.reach, one.judged) for one in promoters if one.author_id in good),
        "win_back": tuple(win_back.values())[:SHOWN],
        "recovered": tuple(
            Voice(one.mention_id, case=one.case_id) for one in insight.recovered(tx, brand, period, limit=SHOWN)
        ),
    }


def _heard(frame: "pd.DataFrame", *, everything: bool = False) -> tuple[Heard, ...]:
    """What departments should hear: of topics that shifted, and, with `everything`, of the others too."""
    return tuple(
        Heard(
            row.value,
            int(row.mentions),
            int(row.before),
            bool(row.shifted),
            None if row.net != row.net else float(row.net),
        )
        for row in frame.itertuples()
        if row.value != "spam_irrelevant" and (row.shifted or (everything and row.mentions))
    )


def _of_team(desk: "pd.DataFrame", team: str) -> tuple[Number, ...]:
    """How soon a team answered its cases of the week."""
    rows = desk[desk["value"] == team]
    if not len(rows):
        return ()
    row = rows.iloc[0]
    return tuple(
        Number(name, None if row[name] != row[name] else float(row[name]), n=int(row["cases"]))
        for name in ("first_response", "sla_answer")
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
