"""STAGE: keep the sums behind the dashboard right, and recount only what has changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis import desk, metrics, promoters
from core.fact import AuthorDay, Fact
from core.mention import Brand
from core.settings import Settings
from core.store import Store, facts, recount, rollups
from core.store.recount import Overtaken, Waiting
from core.store.rollups import WINDOWS

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Connection

AT_ONCE = 20
"""Days counted before the windows' totals are added up, so that a long run shows what it has."""
AUTHORS_AT_ONCE = 2_000
MOST_TOPICS = 300
"""Of one day, so many of the commonest topics are kept: what is said once among ten thousand posts is no topic."""
EXAMPLES = 3
PATIENCE = timedelta(days=90)
"""A good word counts as a recovery so long after our answer."""


def rollup(store: Store, settings: Settings, now: datetime) -> dict[str, int]:
    """Count anew the days that were marked until now, and the windows up to the UTC day of `now`.

    Each day is a transaction of its own, so a run that is broken off loses one day's work, and memory is bounded by the
    posts of one day. Safe to run twice, or twice at once. Returns counts: `days` counted, `people` whose window moved on,
    `totals` added up, and `overtaken`, days that changed while they were counted and wait for the next run.
    """
    counts = Counter(days=0, people=0, totals=0, overtaken=0)
    today = now.date()
    _count_desk(store, settings, now)
    with store.read() as tx:
        up_to = recount.newest_mark(tx)
    done: set[tuple[str, date]] = set()
    while waiting := _waiting(store, up_to, done):
        for day in waiting:
            done.add((day.brand, day.day))
            counts["days" if _count_day(store, settings, day, today) else "overtaken"] += 1
        for brand in sorted({day.brand for day in waiting}):
            counts["people"] += _slide(store, brand, today)
            counts["totals"] += _total(store, brand, today)
    for brand in settings.brands:
        counts["people"] += _slide(store, brand, today)
        counts["totals"] += _total(store, brand, today)
    return dict(counts)


def _waiting(store: Store, up_to: int, done: set[tuple[str, date]]) -> list[Waiting]:
    with store.read() as tx:
        found = recount.waiting(tx, up_to, AT_ONCE + len(done))
    return [day for day in found if (day.brand, day.day) not in done][:AT_ONCE]


class Day(NamedTuple):
    """What is counted of one day: sums by dimension and value, rows of topics, and authors."""

    sums: dict[str, dict[str, dict[str, int]]]
    topics: list[dict[str, Any]]
    authors: dict[str, AuthorDay]


def count(said: Sequence[Fact], brand: Brand) -> Day:
    """Count a day's facts, words included."""
    sums = {
        dimension: {value: found._asdict() for value, found in metrics.sums(said, dimension).items()}
        for dimension in metrics.DIMENSIONS
    }
    return Day(sums, _topics(said, brand), promoters.by_author(said))


def _count_day(store: Store, settings: Settings, day: Waiting, today: date) -> bool:
    """Count a day and keep it. False where somebody else changed or counted it meanwhile."""
    brand = settings.brand(day.brand) if day.brand in settings.brands else Brand(day.brand, day.brand)
    with store.read() as tx:
        counted = count(facts.facts(tx, day.brand, day.day, day.day, words=True), brand)

    def keep(tx: Connection) -> None:
        recount.lock(tx, day.brand)
        recount.settle(tx, day)
        recount.put_sums(tx, day.brand, day.day, counted.sums)
        recount.put_topics(tx, day.brand, day.day, counted.topics)
        changed = recount.put_author_days(tx, day.brand, day.day, counted.authors)
        if day.day >= rollups.window(max(WINDOWS), today)[0]:
            _put_people(tx, day.brand, changed, today)
        recount.touch(tx, day.brand, day.day, today)

    try:
        store.run(keep)
    except Overtaken:
        return False
    return True


def _put_people(tx: Connection, brand: str, author_ids: list[str], today: date) -> None:
    """Make these authors' rows of each window what their days say."""
    for start in range(0, len(author_ids), AUTHORS_AT_ONCE):
        some = author_ids[start : start + AUTHORS_AT_ONCE]
        days = recount.author_days(tx, brand, some, rollups.window(max(WINDOWS), today)[0])
        for length in WINDOWS:
            since = rollups.window(length, today)[0]
            inside = promoters.over(day for day in days if day.day >= since)
            recount.put_people(tx, brand, length, some, inside.values())


def _slide(store: Store, brand: str, today: date) -> int:
    """Recount authors one of whose days has left a window, a batch at a time. Returns how many."""
    moved = 0
    while True:
        with store.read() as tx:
            some = recount.outdated(tx, brand, today, AUTHORS_AT_ONCE)
        if not some:
            return moved

        def move(tx: Connection, some: list[str] = some) -> None:
            recount.lock(tx, brand)
            _put_people(tx, brand, some, today)
            recount.touch(tx, brand, today, today)

        store.run(move)
        moved += len(some)


def _total(store: Store, brand: str, today: date) -> int:
    """Add up the windows that have changed, or are of another day. Returns how many."""
    with store.read() as tx:
        if not recount.to_total(tx, brand, today):
            return 0
        came_back = _recovered(tx, brand, today)
    store.run(lambda tx: recount.put_recovered(tx, brand, came_back))
    with store.read() as tx:
        known = recount.to_total(tx, brand, today)
        found = [(*which, recount.total(tx, brand, which[0], which[1], today)) for which in known]

    def keep(tx: Connection) -> None:
        for days, back, changes, totals in found:
            recount.put_total(tx, brand, days, back, rollups.window(days, today, back)[1], changes, totals)

    store.run(keep)
    return len(found)


def _recovered(tx: Connection, brand: str, today: date) -> dict[int, dict[str, Any]]:
    """Who complained, was answered, and then had a good word for us: by case, the first such word."""
    since = rollups.window(max(WINDOWS), today, back=1)[0]
    answered = recount.answered(tx, brand, since, PATIENCE)
    authors = sorted({one.author_id for one in answered})
    good: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    complained: set[str] = set()
    for start in range(0, len(authors), AUTHORS_AT_ONCE):
        some = authors[start : start + AUTHORS_AT_ONCE]
        said = facts.facts(tx, brand, since - 2 * PATIENCE, today + facts.DAY, authored_by=some)
        complained |= {fact.mention_id for fact in said if fact.complaint}
        for fact in said:
            if fact.sentiment == "positive" and not fact.complaint and not fact.repost and fact.said_at.date() >= since:
                good[fact.author_id].append((fact.said_at, fact.mention_id))
    found = {}
    for one in answered:
        if one.case_id in found or one.mention_id not in complained:
            continue
        after = [g for g in good[one.author_id] if one.answered_at < g[0] <= one.answered_at + PATIENCE]
        if after:
            at, mention = min(after)
            found[one.case_id] = {"author_id": one.author_id, "mention_id": mention, "at": at}
    return found


# Topics --------------------------------------------------------------------------------------------------------------


def _topics(said: Iterable[Fact], brand: Brand) -> list[dict[str, Any]]:
    """The topics of a day, commonest first, at most `MOST_TOPICS`: rows of `rollup_topics`."""
    spoken = [(fact, _spoken_of(fact.text, fact.language, brand)) for fact in said]
    counts = Counter((topic, fact.language) for fact, topics in spoken for topic in topics)
    commonest = sorted(counts, key=lambda key: (-counts[key], key))[:MOST_TOPICS]
    held = {key: _Talk() for key in commonest}
    for fact, topics in spoken:
        for topic in topics:
            if talk := held.get((topic, fact.language)):
                talk.add(fact)
    return [{"topic": topic, "language": language, **talk.row()} for (topic, language), talk in held.items()]


@lru_cache(maxsize=20_000)  # today is counted again and again
def _spoken_of(text: str, language: str, brand: Brand) -> frozenset[str]:
    """The themes of a text, and its phrases of several words or without a theme."""
    from analysis.topics import phrases

    found: set[str] = set()
    for phrase in phrases(text, language, brand):
        theme = _theme_of(phrase, language)
        if not theme or " " in phrase:
            found.add(phrase)
        if theme:
            found.add(theme)
    return frozenset(found)


@lru_cache(maxsize=50_000)
def _theme_of(phrase: str, language: str) -> str:
    from analysis.topics import theme_of

    return theme_of(phrase, language)


class _Talk:
    """What is counted of one topic of a day."""

    def __init__(self) -> None:
        self.mentions = 0
        self._by = Counter[str]()
        self._crowd = metrics.Crowd()
        self._examples: list[tuple[int, str]] = []

    def add(self, fact: Fact) -> None:
        self.mentions += 1
        self._by["" if fact.repost else fact.sentiment] += 1
        self._crowd.add(fact.author_id or fact.mention_id)
        self._examples = sorted([*self._examples, (-fact.followers, fact.mention_id)])[:EXAMPLES]

    def row(self) -> dict[str, Any]:
        sides = {name: self._by[name] for name in ("positive", "neutral", "negative")}
        examples = [mention for _, mention in self._examples]
        return {"mentions": self.mentions, **sides, "crowd": bytes(self._crowd), "examples": examples}


# The desk ------------------------------------------------------------------------------------------------------------


def _count_desk(store: Store, settings: Settings, now: datetime) -> None:
    """Measure the desk anew, for each of our brands and all of them, where anything happened to a case since."""
    today, brands = now.date(), ("", *settings.brands)
    with store.read() as tx:
        event = recount.newest_event(tx)
        if recount.desk_is_of(tx, event, today, brands):
            return
        since, until = rollups.window(max(WINDOWS), today, back=1)[0], today
        cases = facts.cases_of(tx, None, since, until)
        backlogs = {brand: facts.backlog(tx, brand or None, since, until) for brand in brands}
    figures = [
        (brand, days, _figures(cases, backlogs[brand], brand, *rollups.window(days, today), now))
        for brand in brands
        for days in WINDOWS
    ]

    def keep(tx: Connection) -> None:
        for brand, days, found in figures:
            recount.put_desk(tx, brand, days, today, event, found)

    store.run(keep)


def desk_figures(tx: Connection, brand: str | None, since: date, until: date, now: datetime) -> dict[str, Any]:
    """The desk's figures over days, both included, as JSON: the fields of `analysis.desk.Measured`, and the rows of backlog,
    by_team and by_priority. `now` tells which promises are due."""
    cases = facts.cases_of(tx, brand, since - (until - since + facts.DAY), until)
    return _figures(cases, facts.backlog(tx, brand, since, until), brand or "", since, until, now)


def _figures(
    cases: pd.DataFrame, backlog: pd.DataFrame, brand: str, since: date, until: date, now: datetime
) -> dict[str, Any]:
    """The same of cases that were opened in these days or as many before, of any brand; an empty one is all."""
    if brand:
        cases = cases[cases["brand"] == brand]
    first = facts.start_of(since)
    inside, earlier = cases["opened_at"] >= first, cases["opened_at"] >= first - (until - since + facts.DAY)
    now_opened, before = cases[inside], cases[earlier & ~inside]
    measured = desk.measure(now_opened, before if len(before) else None, now)
    days = backlog[[since <= day <= until for day in backlog["day"]]]
    days = days.assign(day=[day.isoformat() for day in days["day"]])
    return {
        **asdict(measured),
        "backlog": _records(days),
        "by_team": _records(desk.by(now_opened, "team", now)),
        "by_priority": _records(desk.by(now_opened, "priority", now)),
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON, which has no NaN."""
    rows: Iterable[dict[str, Any]] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return list(rows)
