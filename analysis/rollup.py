"""STAGE: keep the sums behind the dashboard right, and recount only what has changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from analysis import desk, metrics, promoters
from core.fact import AuthorDay, Fact
from core.mention import Brand
from core.settings import Settings
from core.store import Store, facts, recount, rollups, rows
from core.store.recount import Overtaken, Waiting
from core.store.rollups import WINDOWS

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Connection, Engine

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
    with store.read() as tx:
        event = recount.desk_event(tx)
        up_to = recount.newest_mark(tx)
    _count_desk(store, settings, now)
    back = {brand: _begin(store, brand, today) for brand in settings.brands}
    done: set[tuple[str, date]] = set()
    while waiting := _waiting(store, up_to, done):
        for day in waiting:
            done.add((day.brand, day.day))
            if day.brand not in back:
                back[day.brand] = _begin(store, day.brand, today)
            changed = _count_day(store, settings, day, today)
            counts["days" if changed is not None else "overtaken"] += 1
            back[day.brand].authors.update(changed or ())
    for brand, theirs in back.items():
        _build(store, brand, today)
        counts["people"] += _slide(store, brand, today)
        _count_back(store, brand, theirs, event, today)
        counts["totals"] += _total(store, brand, today)
    return dict(counts)


@dataclass(slots=True)
class _Back:
    """Who may have come back with a good word since the last count: these authors, or `everybody`."""

    everybody: bool
    authors: set[str] = field(default_factory=set)


def _begin(store: Store, brand: str, today: date) -> _Back:
    """Begin with a brand. What another day, or a run that was broken off, has left behind is looked for among everybody."""
    with store.read() as tx:
        behind, known = bool(recount.to_total(tx, brand, today)), recount.is_known(tx, brand)
    if not known:
        store.run(lambda tx: recount.begin(tx, brand))
    return _Back(behind)


def _waiting(store: Store, up_to: int, done: set[tuple[str, date]]) -> list[Waiting]:
    with store.read() as tx:
        found = recount.waiting(tx, up_to, AT_ONCE + len(done))
    return [day for day in found if (day.brand, day.day) not in done][:AT_ONCE]


class Day(NamedTuple):
    """What is counted of one day: sums by dimension and value, rows of topics, and authors."""

    sums: dict[str, dict[str, dict[str, int]]]
    topics: list[dict[str, Any]]
    authors: dict[str, AuthorDay]


def count(said: Sequence[Fact], brand: Brand, others: tuple[Brand, ...] = ()) -> Day:
    """Count a day's facts, words included. The names of `others` are no topics."""
    sums = {
        dimension: {value: found._asdict() for value, found in metrics.sums(said, dimension).items()}
        for dimension in metrics.DIMENSIONS
    }
    return Day(sums, _topics(said, brand, others), promoters.by_author(said))


def _count_day(store: Store, settings: Settings, day: Waiting, today: date) -> set[str] | None:
    """Count a day and keep it. Returns whose figures changed; None where somebody else changed or counted it meanwhile."""
    brand = settings.brand(day.brand) if day.brand in settings.brands else Brand(day.brand, day.brand)
    others = tuple(settings.brand(key) for key in settings.brands if key != day.brand)
    with store.read() as tx:
        counted = count(facts.facts(tx, day.brand, day.day, day.day, words=True), brand, others)

    def keep(tx: Connection) -> set[str]:
        recount.lock(tx, day.brand)
        recount.settle(tx, day)
        recount.put_sums(tx, day.brand, day.day, counted.sums)
        recount.put_topics(tx, day.brand, day.day, counted.topics)
        changed = recount.put_author_days(tx, day.brand, day.day, counted.authors)
        if day.day >= rollups.window(max(WINDOWS), today)[0] and not recount.is_first(tx, day.brand):
            for some in _parts(changed):
                recount.put_people(tx, day.brand, today, partial(rows.among, tx, values=some))
        recount.touch(tx, day.brand, day.day, today)
        return {*changed, *recount.back_on(tx, day.brand, day.day)}

    try:
        return store.run(keep)
    except Overtaken:
        return None


def _parts(author_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (author_ids[start : start + AUTHORS_AT_ONCE] for start in range(0, len(author_ids), AUTHORS_AT_ONCE))


def _build(store: Store, brand: str, today: date) -> None:
    """Put the people of a brand together that is counted for the first time: once, when all its days are, for an author
    speaks on many of them. A run that is broken off leaves this to the next one."""
    with store.read() as tx:
        if not recount.is_building(tx, brand):
            return

    def begin(tx: Connection) -> None:
        recount.lock(tx, brand)
        recount.begin_building(tx, brand)

    store.run(begin)
    after = ""
    while True:
        with store.read() as tx:
            last = recount.next_authors(tx, brand, after, AUTHORS_AT_ONCE)
        if last is None:
            return

        def build(tx: Connection, after: str = after, last: str = last) -> None:
            recount.lock(tx, brand)
            recount.put_people(tx, brand, today, lambda author: (author > after) & (author <= last))

        store.run(build)
        after = last


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
            for part in _parts(some):
                recount.put_people(tx, brand, today, partial(rows.among, tx, values=part))
            recount.touch(tx, brand, today, today)

        store.run(move)
        moved += len(some)


def _total(store: Store, brand: str, today: date) -> int:
    """Add up the people and the topics of the windows that have changed, or are of another day. Returns how many."""
    with store.read() as tx:
        erased = recount.newest_erasure(tx)
        known = recount.to_total(tx, brand, today)
        found = [
            (
                *which,
                recount.total(tx, brand, which[0], which[1], today),
                recount.window_topics(tx, brand, which[0], which[1], today),
            )
            for which in known
        ]
    if not found:
        return 0

    def keep(tx: Connection) -> int:
        recount.lock(tx, brand)
        if recount.newest_erasure(tx) != erased:
            return 0  # a topic may be gone meanwhile; the day is marked, and the next run adds up again
        for days, back, changes, totals, talk in found:
            recount.put_total(tx, brand, days, back, rollups.window(days, today, back)[1], changes, totals)
            recount.put_window_topics(tx, brand, days, back, talk)
        return len(found)

    return store.run(keep)


# Who came back -------------------------------------------------------------------------------------------------------


def _count_back(store: Store, brand: str, theirs: _Back, event: int, today: date) -> None:
    """Look again who complained, was answered, and then had a good word for us: among all, or only those whose posts or
    cases (since this event) have changed."""
    since = rollups.window(max(WINDOWS), today, back=1)[0]
    found: dict[int, dict[str, Any]] = {}
    with store.read() as tx:
        if theirs.everybody:
            some = recount.may_be_back(tx, brand, "", AUTHORS_AT_ONCE)
            while some:
                found |= _recovered(tx, brand, since, today, some)
                some = recount.may_be_back(tx, brand, some[-1], AUTHORS_AT_ONCE)
        else:
            theirs.authors.update(recount.moved_since(tx, brand, event))
            for part in _parts(sorted(theirs.authors)):
                found |= _recovered(tx, brand, since, today, part)

    def keep(tx: Connection) -> None:
        whose = None if theirs.everybody else theirs.authors
        for day in recount.put_recovered(tx, brand, found, whose):
            recount.touch(tx, brand, day, today)

    if theirs.everybody or theirs.authors:
        store.run(keep)


def _recovered(
    tx: Connection, brand: str, since: date, today: date, author_ids: Sequence[str]
) -> dict[int, dict[str, Any]]:
    """Of these authors' cases those that came to a good end: by case, the first good word after our answer, where that was
    said since this day."""
    answered = recount.answered(tx, brand, author_ids)
    authors = sorted({one.author_id for one in answered})
    good: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    complained: set[str] = set()
    for fact in facts.facts(tx, brand, since - 2 * PATIENCE, today + facts.DAY, authored_by=authors):
        if fact.complaint:
            complained.add(fact.mention_id)
        elif fact.sentiment == "positive" and not fact.repost:
            good[fact.author_id].append((fact.said_at, fact.mention_id))
    found = {}
    for one in answered:
        if one.mention_id not in complained:
            continue
        after = [g for g in good[one.author_id] if one.answered_at < g[0] <= one.answered_at + PATIENCE]
        if after and min(after)[0].date() >= since:
            at, mention = min(after)
            found[one.case_id] = {"author_id": one.author_id, "mention_id": mention, "at": at}
    return found


# Topics --------------------------------------------------------------------------------------------------------------


def _topics(said: Iterable[Fact], brand: Brand, others: tuple[Brand, ...]) -> list[dict[str, Any]]:
    """The topics of a day, commonest first, at most `MOST_TOPICS`: rows of `rollup_topics`."""
    spoken = [(fact, _spoken_of(fact.text, fact.language, brand, others)) for fact in said]
    counts = Counter((topic, fact.language) for fact, topics in spoken for topic in topics)
    commonest = sorted(counts, key=lambda key: (-counts[key], key))[:MOST_TOPICS]
    held = {key: _Talk() for key in commonest}
    for fact, topics in spoken:
        for topic in topics:
            if talk := held.get((topic, fact.language)):
                talk.add(fact)
    return [{"topic": topic, "language": language, **talk.row()} for (topic, language), talk in held.items()]


@lru_cache(maxsize=20_000)  # today is counted again and again
def _spoken_of(text: str, language: str, brand: Brand, others: tuple[Brand, ...]) -> frozenset[str]:
    from analysis.topics import topics

    return topics(text, language, brand, others)


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
        cases = desk.told(_cases(tx, since, until, event), now)
        backlogs = facts.backlogs(tx, brands, since, until)
    figures = [
        (brand, days, _figures(cases, backlogs[brand], brand, *rollups.window(days, today)))
        for brand in brands
        for days in WINDOWS
    ]

    def keep(tx: Connection) -> None:
        for brand, days, found in figures:
            recount.put_desk(tx, brand, days, today, event, found)

    store.run(keep)


class _Cases(NamedTuple):
    """The cases that were opened in some days, as of an event: no stranger's word is in them."""

    days: tuple[date, date]
    event: int
    frame: pd.DataFrame


_cases_known: WeakKeyDictionary[Engine, _Cases] = WeakKeyDictionary()
LATE_EVENTS = 1_000
"""Events have their numbers when they are written, not when they are committed: so many are looked at once more."""


def _cases(tx: Connection, since: date, until: date, event: int) -> pd.DataFrame:
    """`facts.cases_of` these days. A process that counts all day reads again only what has moved since; each day it begins
    anew."""
    import pandas as pd

    known = _cases_known.get(tx.engine)
    if known is None or known.days != (since, until):
        frame = facts.cases_of(tx, None, since, until)
    else:
        moved = facts.cases_of(tx, None, since, until, moved_after=known.event - LATE_EVENTS)
        still = known.frame[~known.frame["id"].isin(moved["id"])]
        frame = pd.concat([part for part in (still, moved) if len(part)] or [moved], ignore_index=True)
    _cases_known[tx.engine] = _Cases((since, until), event, frame)
    return frame


def desk_figures(tx: Connection, brand: str | None, since: date, until: date, now: datetime) -> dict[str, Any]:
    """The desk's figures over days, both included, as JSON: the fields of `analysis.desk.Measured`, and the rows of backlog,
    by_team and by_priority. `now` tells which promises are due."""
    cases = facts.cases_of(tx, brand, since - (until - since + facts.DAY), until)
    backlog = facts.backlogs(tx, [brand or ""], since, until)[brand or ""]
    return _figures(desk.told(cases, now), backlog, brand or "", since, until)


def _figures(cases: pd.DataFrame, backlog: pd.DataFrame, brand: str, since: date, until: date) -> dict[str, Any]:
    """The same of what cases tell (`analysis.desk.told`) that were opened in these days or as many before, of any brand; an
    empty one is all."""
    if brand:
        cases = cases[cases["brand"] == brand]
    first = facts.start_of(since)
    inside, earlier = cases["opened_at"] >= first, cases["opened_at"] >= first - (until - since + facts.DAY)
    now_opened, before = cases[inside], cases[earlier & ~inside]
    measured = desk.measure(now_opened, before if len(before) else None)
    days = backlog[[since <= day <= until for day in backlog["day"]]]
    days = days.assign(day=[day.isoformat() for day in days["day"]])
    return {
        **asdict(measured),
        "backlog": _records(days),
        "by_team": _records(desk.by(now_opened, "team")),
        "by_priority": _records(desk.by(now_opened, "priority")),
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON, which has no NaN."""
    rows: Iterable[dict[str, Any]] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return list(rows)
