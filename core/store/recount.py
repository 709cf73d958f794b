"""Writing the rollups: which days wait, and how what was counted of one replaces what stood there.

A day is read, counted, and written in one short transaction that also takes its marks away. Were there more marks by then
than were read, the count may be older than they are: `Overtaken` rolls it back, and the day waits on. So two counters at
once are safe, and no lock is held while one counts.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    bindparam,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    union,
    update,
)

from core.fact import AuthorDay
from core.store import rows
from core.store.engine import insert
from core.store.facts import DAY, start_of
from core.store.rollups import NOT_YET, SHOWN, WINDOWS, Totals, kind, people_totals, totals_from, window
from core.store.schema import (
    case_events,
    cases,
    erasures,
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

_AUTHOR_DAY = AuthorDay._fields[2:]
CROWD_BYTES = 64
"""The length of a bitmap of people: `analysis.metrics.Crowd`."""


class Overtaken(Exception):
    """Somebody changed or counted the day meanwhile; what we counted may be old."""


class Waiting(NamedTuple):
    """A day that is to be counted: `marks` marks, of which `last` is the newest."""

    brand: str
    day: date
    last: int
    marks: int


def newest_mark(tx: Connection) -> int:
    """The id of the newest mark, 0 where none is."""
    return tx.scalar(select(func.max(rollup_stale.c.id))) or 0


def waiting(tx: Connection, up_to: int, limit: int) -> list[Waiting]:
    """Days with marks up to this one, newest first: people look at today."""
    query = (
        select(rollup_stale.c.brand, rollup_stale.c.day, func.max(rollup_stale.c.id), func.count())
        .where(rollup_stale.c.id <= up_to)
        .group_by(rollup_stale.c.brand, rollup_stale.c.day)
        .order_by(rollup_stale.c.day.desc(), rollup_stale.c.brand)
        .limit(limit)
    )
    return [Waiting(*row) for row in tx.execute(query)]


def settle(tx: Connection, day: Waiting) -> None:
    """Take the marks away that were read. Raises Overtaken where they are not the same any more."""
    read = (rollup_stale.c.brand == day.brand) & (rollup_stale.c.day == day.day) & (rollup_stale.c.id <= day.last)
    if tx.execute(delete(rollup_stale).where(read)).rowcount != day.marks:
        raise Overtaken


def lock(tx: Connection, brand: str) -> None:
    """Let one at a time write a brand's people, for an author's days are added up. SQLite has one writer anyway."""
    if tx.dialect.name != "sqlite":
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:brand, 9))"), {"brand": brand})


# A day ---------------------------------------------------------------------------------------------------------------


def put_sums(tx: Connection, brand: str, day: date, sums: Mapping[str, Mapping[str, Mapping[str, int]]]) -> None:
    """Replace a day's sums: {dimension: {value: {column: sum}}}."""
    here = (rollup_days.c.brand == brand) & (rollup_days.c.day == day)
    tx.execute(delete(rollup_days).where(here, rollup_days.c.dimension.in_(sorted(sums))))
    found = [
        {"brand": brand, "day": day, "dimension": dimension, "value": value, **counted}
        for dimension, by_value in sums.items()
        for value, counted in by_value.items()
    ]
    if found:
        tx.execute(rollup_days.insert(), found)


def put_topics(tx: Connection, brand: str, day: date, topics: Sequence[Mapping[str, Any]]) -> None:
    """Replace a day's topics: rows with topic, language, mentions, positive, neutral, negative, crowd, examples."""
    tx.execute(delete(rollup_topics).where(rollup_topics.c.brand == brand, rollup_topics.c.day == day))
    if topics:
        tx.execute(rollup_topics.insert(), [{"brand": brand, "day": day, **row} for row in topics])


def put_author_days(tx: Connection, brand: str, day: date, found: Mapping[str, AuthorDay]) -> list[str]:
    """Make a day's authors these. Only what differs is written. Returns whose row changed."""
    here = (rollup_author_days.c.brand == brand) & (rollup_author_days.c.day == day)
    query = select(*(rollup_author_days.c[name] for name in AuthorDay._fields)).where(here)
    old = {row[0]: AuthorDay(*row) for row in tx.execute(query)}
    gone = sorted(old.keys() - found.keys())
    for part in rows.chunks(gone):
        tx.execute(delete(rollup_author_days).where(here, rows.among(tx, rollup_author_days.c.author_id, part)))
    new = sorted(author for author, row in found.items() if old.get(author) != row)
    if new:
        statement = insert(tx, rollup_author_days)
        statement = statement.on_conflict_do_update(
            index_elements=["brand", "author_id", "day"],
            set_={name: statement.excluded[name] for name in _AUTHOR_DAY},
        )
        tx.execute(statement, [{"brand": brand, **found[author]._asdict()} for author in new])
    return gone + new


# People --------------------------------------------------------------------------------------------------------------

Whose = Callable[[ColumnElement[Any]], ColumnElement[bool]]
"""Which authors: a condition on the column that holds their ids."""
_FIRST = -1
"""Instead of how many changes the totals know: the brand's days are counted for the first time."""


def is_known(tx: Connection, brand: str) -> bool:
    """Has the brand been counted, or begun to be?"""
    return tx.scalar(select(func.count()).where(rollup_windows.c.brand == brand)) != 0


def begin(tx: Connection, brand: str) -> None:
    """From here on the days of the brand are counted for the first time, and its people are not kept yet."""
    nothing = {"until": NOT_YET, "changes": 0, "counted": _FIRST, **Totals().figures()}
    values = [{"brand": brand, "days": days, "back": back, **nothing} for days in WINDOWS for back in (0, 1)]
    tx.execute(insert(tx, rollup_windows).on_conflict_do_nothing(), values)


def is_first(tx: Connection, brand: str) -> bool:
    """Are the brand's days still counted for the first time?"""
    first = (rollup_windows.c.brand == brand) & (rollup_windows.c.counted == _FIRST)
    return tx.scalar(select(func.count()).where(first)) != 0


def is_building(tx: Connection, brand: str) -> bool:
    """Are the brand's people to be put together yet?"""
    unfinished = (rollup_windows.c.brand == brand) & (rollup_windows.c.until == NOT_YET)
    return tx.scalar(select(func.count()).where(unfinished)) != 0


def begin_building(tx: Connection, brand: str) -> None:
    """From here on each day that is counted puts its own people right; those of the days before are put together now."""
    first = (rollup_windows.c.brand == brand) & (rollup_windows.c.counted == _FIRST)
    tx.execute(update(rollup_windows).where(first).values(counted=0, changes=1))


def next_authors(tx: Connection, brand: str, after: str, limit: int) -> str | None:
    """The last id of the next so many authors in the order of ids; None where there are no more."""
    table = rollup_author_days
    some = select(table.c.author_id).where(table.c.brand == brand, table.c.author_id > after).distinct()
    part = some.order_by(table.c.author_id).limit(limit).subquery()
    last: str | None = tx.scalar(select(func.max(part.c.author_id)))
    return last


def put_people(tx: Connection, brand: str, today: date, whose: Whose) -> None:
    """Make these authors' rows of each window what their days say. Only what differs is written."""
    day, kept = rollup_author_days.c, rollup_people.c
    for length in WINDOWS:
        inside = (day.brand == brand) & (day.day >= window(length, today)[0])
        still = select(day.author_id).where(inside, day.author_id == kept.author_id).exists()
        tx.execute(delete(rollup_people).where(kept.brand == brand, kept.days == length, whose(kept.author_id), ~still))
        told = {
            "first_day": func.min(day.day),
            "kind": kind(),
            **{name: cast(func.sum(day[name]), Integer) for name in _ADDED},
            "followers": func.max(day.followers),
            "last_at": func.max(day.last_at),
        }
        theirs = select(literal(brand), literal(length), day.author_id, *told.values()).where(inside)
        theirs = theirs.where(whose(day.author_id)).group_by(day.author_id)
        statement = insert(tx, rollup_people).from_select(["brand", "days", "author_id", *told], theirs)
        new = statement.excluded
        tx.execute(
            statement.on_conflict_do_update(
                index_elements=["brand", "days", "author_id"],
                set_={name: new[name] for name in told},
                where=or_(*(kept[name].is_distinct_from(new[name]) for name in told)),
            )
        )


_ADDED = ("posts", "judged", "positive", "negative", "complaints")


def outdated(tx: Connection, brand: str, today: date, limit: int) -> list[str]:
    """Authors whose first day has left one of the windows."""
    found: set[str] = set()
    for days in WINDOWS:
        query = select(rollup_people.c.author_id).where(
            rollup_people.c.brand == brand,
            rollup_people.c.days == days,
            rollup_people.c.first_day < window(days, today)[0],
        )
        found.update(tx.scalars(query.limit(limit)))
    return sorted(found)


# Totals of the windows -----------------------------------------------------------------------------------------------


def touch(tx: Connection, brand: str, day: date, today: date) -> None:
    """Say that the windows which hold this day have changed."""
    held = [(days, back) for days in WINDOWS for back in (0, 1) if _holds(days, back, day, today)]
    key = tuple_(rollup_windows.c.days, rollup_windows.c.back)
    if held:
        changed = update(rollup_windows).where(rollup_windows.c.brand == brand, key.in_(held))
        tx.execute(changed.values(changes=rollup_windows.c.changes + 1))


def _holds(days: int, back: int, day: date, today: date) -> bool:
    since, until = window(days, today, back)
    return since <= day and (day <= until or not back)


def to_total(tx: Connection, brand: str, today: date) -> list[tuple[int, int, int]]:
    """The windows of a brand whose totals are not those of today: (days, back, changes that they will know)."""
    query = select(rollup_windows).where(rollup_windows.c.brand == brand)
    known = {(row.days, row.back): row for row in tx.execute(query)}
    found = []
    for days in WINDOWS:
        for back in (0, 1):
            row = known.get((days, back))
            until = window(days, today, back)[1]
            if row is None or row.until != until or row.changes != row.counted:
                found.append((days, back, row.changes if row is not None else 0))
    return found


def total(tx: Connection, brand: str, days: int, back: int, today: date) -> Totals:
    """The totals of a window, added up: of the one up to today from its people, of the one before from their days."""
    if back:
        return people_totals(tx, brand, *window(days, today, back))
    people = select(rollup_people.c.kind, rollup_people.c.followers).where(
        rollup_people.c.brand == brand, rollup_people.c.days == days
    )
    return totals_from(tx, people, brand, window(days, today)[0], None)


def put_total(tx: Connection, brand: str, days: int, back: int, until: date, changes: int, totals: Totals) -> None:
    """Keep the totals of a window, as of so many changes."""
    figures = totals.figures()
    statement = insert(tx, rollup_windows).values(
        brand=brand, days=days, back=back, until=until, changes=changes, counted=changes, **figures
    )
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["brand", "days", "back"],
            set_={"until": until, "counted": changes, **figures},
        )
    )


# Topics of the windows -----------------------------------------------------------------------------------------------


def newest_erasure(tx: Connection) -> int:
    """The id of the newest erasure, 0 where none is."""
    return tx.scalar(select(func.max(erasures.c.id))) or 0


Talk = dict[tuple[str, str], tuple[Any, ...]]
"""By topic and language: mentions, positive, neutral, negative, crowd, last_day, examples."""
_TALK = ("mentions", "positive", "neutral", "negative", "crowd", "last_day", "examples")


def window_topics(tx: Connection, brand: str, days: int, back: int, today: date) -> Talk:
    """What was talked about in a window, added up from its days."""
    since, until = window(days, today, back)
    day = rollup_topics.c
    query = select(day.topic, day.language, *(day[name] for name in _TALK[:5]), day.day, day.examples).where(
        day.brand == brand, day.day >= since, *([day.day <= until] if back else [])
    )
    found: dict[tuple[str, str], list[Any]] = {}
    for topic, language, *counts, crowd, last_day, examples in tx.execute(query.order_by(day.day.desc())):
        bits = int.from_bytes(crowd, "little")
        held = found.get((topic, language))
        if held is None:
            found[topic, language] = [*counts, bits, last_day, list(examples)]
            continue
        for place, count in enumerate(counts):
            held[place] += count
        held[4] |= bits
        if len(held[6]) < SHOWN:
            held[6] += examples
    for held in found.values():
        held[4] = held[4].to_bytes(CROWD_BYTES, "little")
    return {key: tuple(held) for key, held in found.items()}


def put_window_topics(tx: Connection, brand: str, days: int, back: int, found: Talk) -> None:
    """Make these the topics of a window. Only what differs is written."""
    table = rollup_window_topics
    here = (table.c.brand == brand) & (table.c.days == days) & (table.c.back == back)
    query = select(table.c.topic, table.c.language, *(table.c[name] for name in _TALK)).where(here)
    old = {(topic, language): tuple(told) for topic, language, *told in tx.execute(query)}
    gone = [{"of_topic": topic, "of_language": language} for topic, language in old.keys() - found.keys()]
    if gone:
        one = (table.c.topic == bindparam("of_topic")) & (table.c.language == bindparam("of_language"))
        tx.execute(delete(table).where(here, one), gone)
    new = [
        {"brand": brand, "days": days, "back": back, "topic": key[0], "language": key[1]}
        | dict(zip(_TALK, told, strict=True))
        for key, told in found.items()
        if old.get(key) != told
    ]
    if new:
        statement = insert(tx, table)
        key = ["brand", "days", "back", "topic", "language"]
        excluded = {name: statement.excluded[name] for name in _TALK}
        tx.execute(statement.on_conflict_do_update(index_elements=key, set_=excluded), new)


# Who came back -------------------------------------------------------------------------------------------------------


class Answered(NamedTuple):
    """A case that was answered, of an author who has had a good word for us since."""

    case_id: int
    mention_id: str
    author_id: str
    answered_at: Any


def may_be_back(tx: Connection, brand: str, after: str, limit: int) -> list[str]:
    """The next so many authors, in the order of ids, of whom a case was answered."""
    author = mentions.c.author_id
    query = select(author).join(cases, cases.c.mention_id == mentions.c.id)
    query = query.where(cases.c.brand == brand, cases.c.answered_at.is_not(None), author > after)
    return list(tx.scalars(query.distinct().order_by(author).limit(limit)))


def back_on(tx: Connection, brand: str, day: date) -> list[str]:
    """Whose good word of that day, or complaint of that day, counts as theirs who came back."""
    kept = rollup_recovered.c
    good = select(kept.author_id).where(kept.brand == brand, kept.at >= start_of(day), kept.at < start_of(day + DAY))
    bad = (
        select(kept.author_id)
        .join(cases, cases.c.id == kept.case_id)
        .join(mentions, mentions.c.id == cases.c.mention_id)
        .where(kept.brand == brand, mentions.c.created_at >= start_of(day), mentions.c.created_at < start_of(day + DAY))
    )
    return list(tx.scalars(union(good, bad)))


def moved_since(tx: Connection, brand: str, event_id: int) -> list[str]:
    """Authors of the brand's cases to which something has happened since that event."""
    query = (
        select(mentions.c.author_id)
        .select_from(case_events.join(cases, cases.c.id == case_events.c.case_id).join(mentions))
        .where(case_events.c.id > event_id, cases.c.brand == brand, mentions.c.author_id.is_not(None))
    )
    return list(tx.scalars(query.distinct()))


def answered(tx: Connection, brand: str, author_ids: Collection[str]) -> list[Answered]:
    """Such cases of these authors."""
    day = rollup_author_days.c
    since = select(day.author_id).where(
        day.brand == brand,
        day.author_id == mentions.c.author_id,
        day.positive > 0,
        day.last_at > cases.c.answered_at,
    )
    query = (
        select(cases.c.id, cases.c.mention_id, mentions.c.author_id, cases.c.answered_at)
        .select_from(mentions.join(cases, cases.c.mention_id == mentions.c.id))
        .where(cases.c.brand == brand, cases.c.answered_at.is_not(None), since.exists())
        .order_by(cases.c.id)
    )
    return [
        Answered(*row)
        for part in rows.chunks(sorted(author_ids))
        for row in tx.execute(query.where(rows.among(tx, mentions.c.author_id, part)))
    ]


def put_recovered(
    tx: Connection, brand: str, found: Mapping[int, Mapping[str, Any]], author_ids: Collection[str] | None
) -> set[date]:
    """Make these the recoveries of these authors, or of all: {case id: author_id, mention_id, at}. Returns on which days
    one came or went."""
    query = select(rollup_recovered).where(rollup_recovered.c.brand == brand)
    parts = [query]
    if author_ids is not None:
        whose = rollup_recovered.c.author_id
        parts = [query.where(rows.among(tx, whose, part)) for part in rows.chunks(sorted(author_ids))]
    old = {row.case_id: (row.author_id, row.mention_id, row.at) for part in parts for row in tx.execute(part)}
    new = {case_id: (row["author_id"], row["mention_id"], row["at"]) for case_id, row in found.items()}
    gone = [case_id for case_id, row in old.items() if new.get(case_id) != row]
    for part in rows.chunks(gone):
        tx.execute(delete(rollup_recovered).where(rollup_recovered.c.case_id.in_(part)))
    fresh = [case_id for case_id, row in new.items() if old.get(case_id) != row]
    if fresh:
        values = [{"case_id": case_id, "brand": brand, **found[case_id]} for case_id in fresh]
        tx.execute(insert(tx, rollup_recovered).on_conflict_do_nothing(), values)
    return {old[case_id][2].date() for case_id in gone} | {new[case_id][2].date() for case_id in fresh}


# The desk ------------------------------------------------------------------------------------------------------------


def newest_event(tx: Connection) -> int:
    """The id of the newest case event, 0 where none is."""
    return tx.scalar(select(func.max(case_events.c.id))) or 0


def desk_event(tx: Connection) -> int:
    """The newest case event that the desk's figures know, 0 where none is."""
    return tx.scalar(select(func.min(rollup_desk.c.event_id))) or 0


def desk_is_of(tx: Connection, event_id: int, today: date, brands: Collection[str]) -> bool:
    """Are the desk's figures counted up to this event, for today, of all these brands?"""
    query = select(rollup_desk.c.brand, rollup_desk.c.days).where(
        rollup_desk.c.event_id >= event_id, rollup_desk.c.until == today
    )
    counted = {(row.brand, row.days) for row in tx.execute(query)}
    return counted >= {(brand, days) for brand in brands for days in WINDOWS}


def put_desk(tx: Connection, brand: str, days: int, until: date, event_id: int, figures: Mapping[str, Any]) -> None:
    """Keep the desk's figures of a window."""
    values = {"until": until, "event_id": event_id, "figures": dict(figures)}
    statement = insert(tx, rollup_desk).values(brand=brand, days=days, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["brand", "days"], set_=values))
