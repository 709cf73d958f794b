"""What is stored, as a file for a spreadsheet, a notebook or a warehouse.

Rows are read in batches by key, each in its own short view of the database, so a table of any size needs the same memory
and holds nobody up. What was erased is not in it. Times are UTC; lists are JSON in csv and parquet, and lists in jsonl.

`mentions`, one row for each mention and brand, oldest first: what was said, and what we think of it.
`cases`, one row each, by number: what the desk did, and how long it took.
`people`, one row for each author: who speaks of the brands, how much, how they feel, and which customer they may be.
`days`, one row for each brand, UTC day and value of a dimension: what the charts are drawn from.
`topics`, one row for each brand, UTC day, topic and language: what was talked about.
`answers`, one row each, by number: who answered, who approved it, and when it went out; without its words.
"""

import io
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import IO, Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, or_, select, tuple_
from sqlalchemy import Table as SqlTable

from app.writers import FORMULA, WRITERS, Format, Row, defused
from core.assessment import Priority
from core.store import Store, browse, customers
from core.store import labels as said
from core.store.browse import CaseFilters, Filters
from core.store.schema import answers, assessments, authors, cases, mentions, rollup_days, rollup_people, rollup_topics

__all__ = ["COLUMNS", "FORMULA", "WHOLE_AT_END", "Format", "Table", "Wanted", "defused", "export", "stream", "whole"]

Table = Literal["mentions", "cases", "people", "days", "topics", "answers"]

BATCH = 1000
PART = 1 << 20
"""Bytes."""

COLUMNS: dict[Table, dict[str, type]] = {
    "mentions": {
        "mention_id": str,
        "brand": str,
        "platform": str,
        "kind": str,
        "created_at": datetime,
        "heard_at": datetime,
        "edited_at": datetime,
        "author_id": str,
        "author_handle": str,
        "author_name": str,
        "author_followers": int,
        "own": bool,
        "title": str,
        "text": str,
        "quoted_text": str,
        "url": str,
        "place": str,
        "conversation_id": str,
        "parent_id": str,
        "likes": int,
        "replies": int,
        "shares": int,
        "views": int,
        "language": str,
        "sentiment": str,
        "sentiment_score": float,
        "engine": str,
        "is_complaint": bool,
        "intent": str,
        "priority": str,
        "urgency_score": float,
        "reasons": list,
        "department": str,
        "needs_review": bool,
        "version": str,
        "assessed_at": datetime,
        "corrections": list,
    },
    "cases": {
        "case_id": int,
        "brand": str,
        "mention_id": str,
        "url": str,
        "author_id": str,
        "priority": str,
        "department": str,
        "status": str,
        "owner": str,
        "said_at": datetime,
        "opened_at": datetime,
        "answer_by": datetime,
        "answered_at": datetime,
        "resolve_by": datetime,
        "resolved_at": datetime,
        "resolution": str,
        "first_response_minutes": float,
        "resolution_minutes": float,
    },
    "people": {
        "author_id": str,
        "platform": str,
        "handle": str,
        "name": str,
        "location": str,
        "url": str,
        "followers": int,
        "verified": bool,
        "mentions": int,
        "complaints": int,
        "mean_sentiment": float,
        "first_said_at": datetime,
        "last_said_at": datetime,
        "customer_id": str,
        "link_status": str,
        "link_probability": float,
        "link_basis": str,
    },
    "days": {
        "brand": str,
        "day": date,
        "dimension": str,
        "value": str,
        **dict.fromkeys(("mentions", "positive", "neutral", "negative", "unsupported", "complaints", "reach"), int),
    },
    "topics": {
        "brand": str,
        "day": date,
        "topic": str,
        "language": str,
        **dict.fromkeys(("mentions", "positive", "neutral", "negative"), int),
    },
    "answers": {
        "answer_id": int,
        "case_id": int,
        "brand": str,
        "mention_id": str,
        "status": str,
        "private_invite": bool,
        "written_by": str,
        "written_at": datetime,
        "decided_by": str,
        "decided_at": datetime,
        "sent_at": datetime,
        "url": str,
        "error": str,
    },
}
"""Every table's columns, in order. `priority` is P1 to P4; minutes run from when the customer said it; `mean_sentiment` is
-1 to 1 over what could be scored; `customer_id` is the likeliest of the linked or possible ones. The judgement stands as it
was made; `corrections` are what people say instead of it, by kind."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a table is narrowed to, as a list of the dashboard is: the mentions, the cases, or for the other tables the brand
    and the last `days` up to `until`; a `kind` of people (promoter, passive, detractor), a `dimension` of days.

    Mentions that are narrowed come newest first.
    """

    mentions: Filters = field(default_factory=Filters)
    cases: CaseFilters = field(default_factory=CaseFilters)
    closed: bool | None = None
    brand: str | None = None
    until: date | None = None
    days: int | None = None
    kind: str | None = None
    dimension: str | None = None

    @property
    def since(self) -> date | None:
        return self.until - timedelta(days=self.days - 1) if self.until and self.days else None

    @classmethod
    def of(cls, brand: str | None, until: date | None, days: int | None) -> "Wanted":
        """Any table of a brand and a window of days: what was said in it, and cases that were opened in it."""
        window = cls(brand=brand, until=until, days=days)
        mentions, cases = Filters(brand=brand, since=window.since), CaseFilters(brand=brand, since=window.since)
        return replace(window, mentions=mentions, cases=cases)


EVERYTHING = Wanted()


def export(
    store: Store,
    table: Table,
    format: Format,
    out: IO[bytes],
    progress: Callable[[int], None] | None = None,
    wanted: Wanted = EVERYTHING,
    now: datetime | None = None,
) -> int:
    """Write a table to `out`. Returns how many rows; `progress` is told as they go. `now` tells which cases are late."""
    count = 0
    for done in _writing(store, table, format, out, wanted, now):
        count = done
        if progress is not None:
            progress(done)
    return count


WHOLE_AT_END: tuple[Format, ...] = ("parquet", "xlsx")
"""Formats of which nothing can be read before all is written."""


def stream(
    store: Store, table: Table, format: Format, wanted: Wanted = EVERYTHING, now: datetime | None = None
) -> Iterator[bytes]:
    """The file in parts, each of a batch of rows. Of a format that is whole only at its end, see `whole`."""
    out = io.BytesIO()
    for _ in _writing(store, table, format, out, wanted, now):
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def whole(
    store: Store, table: Table, format: Format, wanted: Wanted = EVERYTHING, now: datetime | None = None
) -> Iterator[bytes]:
    """Write the file to the disk, now; its parts are then read from there, and it is gone with the last of them."""
    made = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever reads it to its end, or lets go of it
    try:
        export(store, table, format, made, wanted=wanted, now=now)
        made.seek(0)
    except BaseException:
        made.close()
        raise
    return _parts(made)


def _parts(made: IO[bytes]) -> Iterator[bytes]:
    with made:
        while part := made.read(PART):
            yield part


def _writing(
    store: Store, table: Table, format: Format, out: IO[bytes], wanted: Wanted, now: datetime | None
) -> Iterator[int]:
    """Write a table batch by batch, telling how many rows are done; once more at the end, when all is written."""
    write = WRITERS[format](out, COLUMNS[table])
    count = 0
    for batch in _READERS[table](store, wanted, now):
        write.rows(batch)
        count += len(batch)
        yield count
    write.close()
    yield count


# Reading -------------------------------------------------------------------------------------------------------------


def _mentions(store: Store, wanted: Wanted, now: datetime | None) -> Iterator[list[Row]]:
    pages = _found(store, wanted.mentions) if wanted.mentions else _heard(store)
    for pairs in pages:
        with store.read() as tx:
            yield _in_full(tx, pairs)


def _heard(store: Store) -> Iterator[list[tuple[str, str]]]:
    """(mention id, brand) of everything, oldest first."""
    after = None
    while True:
        with store.read() as tx:
            page = select(mentions.c.id, mentions.c.created_at).where(mentions.c.deleted_at.is_(None))
            if after is not None:
                page = page.where(
                    mentions.c.created_at >= after.created_at,
                    or_(mentions.c.created_at > after.created_at, mentions.c.id > after.id),
                )
            keys = tx.execute(page.order_by(mentions.c.created_at, mentions.c.id).limit(BATCH)).all()
            if not keys:
                return
            after = keys[-1]
            brands: dict[str, list[str]] = defaultdict(list)
            of_these = assessments.c.mention_id.in_([key.id for key in keys])
            query = select(assessments.c.mention_id, assessments.c.brand).where(of_these)
            for row in tx.execute(query.order_by(assessments.c.brand)):
                brands[row.mention_id].append(row.brand)
        yield [(key.id, brand) for key in keys for brand in brands[key.id]]


def _found(store: Store, filters: Filters) -> Iterator[list[tuple[str, str]]]:
    """(mention id, brand) of what fits the filters, newest first."""
    after: browse.Key | None = None
    while True:
        with store.read() as tx:
            page = browse.found(tx, filters, after=after, limit=BATCH)
        if page.items:
            yield [(hit.mention_id, hit.brand) for hit in page.items]
        if page.next is None:
            return
        after = page.next


def _in_full(tx: Connection, pairs: list[tuple[str, str]]) -> list[Row]:
    query = (
        select(
            mentions,
            *(column for column in assessments.c if column.name not in ("mention_id", "heard_at")),
            authors.c.handle.label("author_handle"),
            authors.c.display_name.label("author_name"),
            authors.c.followers.label("author_followers"),
        )
        .join(assessments, assessments.c.mention_id == mentions.c.id)
        .outerjoin(authors, authors.c.id == mentions.c.author_id)
        .where(mentions.c.id.in_([mention_id for mention_id, _ in pairs]), mentions.c.deleted_at.is_(None))
    )
    known = {(row["id"], row["brand"]): dict(row) for row in tx.execute(query).mappings()}
    labelled = said.of(tx, [mention_id for mention_id, _ in pairs])
    found = [known[pair] for pair in pairs if pair in known]
    for row in found:
        row["mention_id"] = row["id"]
        row["language"] = row["language"] or row["lang"]
        row["priority"] = _priority(row["priority"])
        row["reasons"] = [dict(zip(("signal", "weight", "text"), r, strict=False)) for r in row["reasons"] or ()]
        corrections = labelled.get((row["id"], row["brand"]), {})
        row["corrections"] = [{"kind": kind, "value": label.value} for kind, label in sorted(corrections.items())]
    return found


def _cases(store: Store, wanted: Wanted, now: datetime | None) -> Iterator[list[Row]]:
    after = 0
    while True:
        with store.read() as tx:
            chosen = browse.cases_wanted(tx, wanted.cases, now, wanted.closed)
            chosen = chosen.where(cases.c.id > after).order_by(cases.c.id).limit(BATCH)
            query = (
                select(cases, mentions.c.url, mentions.c.author_id, mentions.c.created_at.label("said_at"))
                .join(mentions, mentions.c.id == cases.c.mention_id)
                .where(cases.c.id.in_(list(tx.scalars(chosen))))
                .order_by(cases.c.id)
            )
            found = [dict(row) for row in tx.execute(query).mappings()]
        if not found:
            return
        after = found[-1]["id"]
        for row in found:
            row["case_id"] = row["id"]
            row["priority"] = _priority(row["priority"])
            row["first_response_minutes"] = _minutes(row["said_at"], row["answered_at"])
            row["resolution_minutes"] = _minutes(row["said_at"], row["resolved_at"])
        yield found


def _people(store: Store, wanted: Wanted, now: datetime | None) -> Iterator[list[Row]]:
    after = ""
    while True:
        with store.read() as tx:
            query = select(authors).where(authors.c.id > after).order_by(authors.c.id).limit(BATCH)
            if wanted.brand is not None or wanted.kind is not None:
                counted = select(rollup_people.c.author_id).where(
                    rollup_people.c.author_id == authors.c.id, rollup_people.c.days == (wanted.days or 28)
                )
                for name in ("brand", "kind"):
                    if getattr(wanted, name) is not None:
                        counted = counted.where(rollup_people.c[name] == getattr(wanted, name))
                query = query.where(counted.exists())
            found = [dict(row) for row in tx.execute(query).mappings()]
            if not found:
                return
            ids = [row["id"] for row in found]
            links = customers.links_of(tx, ids)
            scored = case((assessments.c.sentiment != "unsupported", assessments.c.sentiment_score))
            of_these = (
                select(
                    mentions.c.author_id,
                    func.count(mentions.c.id.distinct()).label("mentions"),
                    func.count(case((assessments.c.is_complaint, mentions.c.id)).distinct()).label("complaints"),
                    func.avg(scored).label("mean_sentiment"),
                    func.min(mentions.c.created_at).label("first_said_at"),
                    func.max(mentions.c.created_at).label("last_said_at"),
                )
                .outerjoin(assessments, assessments.c.mention_id == mentions.c.id)
                .where(and_(mentions.c.author_id.in_(ids), mentions.c.deleted_at.is_(None)))
                .group_by(mentions.c.author_id)
            )
            totals: dict[str, Row] = defaultdict(dict)
            totals |= {row["author_id"]: dict(row) for row in tx.execute(of_these).mappings()}
        after = ids[-1]
        for row in found:
            row |= {"author_id": row["id"], "name": row["display_name"], "mentions": 0, "complaints": 0}
            row |= totals[row["id"]]
            for link in links.get(row["id"], [])[:1]:
                row |= {
                    "customer_id": link.customer_id,
                    "link_status": link.status,
                    "link_probability": link.probability,
                    "link_basis": link.basis,
                }
        yield found


def _days(store: Store, wanted: Wanted, now: datetime | None) -> Iterator[list[Row]]:
    narrowed = () if wanted.dimension is None else (rollup_days.c.dimension == wanted.dimension,)
    return _counted(store, rollup_days, ("brand", "dimension", "day", "value"), wanted, *narrowed)


def _topics(store: Store, wanted: Wanted, now: datetime | None) -> Iterator[list[Row]]:
    return _counted(store, rollup_topics, ("brand", "day", "topic", "language"), wanted)


def _counted(
    store: Store, table: SqlTable, key: tuple[str, ...], wanted: Wanted, *narrowed: ColumnElement[bool]
) -> Iterator[list[Row]]:
    """The rows of a table of counts, in the order of its key."""
    conditions = list(narrowed)
    if wanted.brand is not None:
        conditions.append(table.c.brand == wanted.brand)
    if wanted.since is not None:
        conditions.append(table.c.day.between(wanted.since, wanted.until))
    columns = [table.c[name] for name in key]
    after: tuple[Any, ...] | None = None
    while True:
        query = select(table).where(*conditions).order_by(*columns).limit(BATCH)
        if after is not None:
            place = [bindparam(None, value, type_=column.type) for column, value in zip(columns, after, strict=True)]
            query = query.where(tuple_(*columns) > tuple_(*place))
        with store.read() as tx:
            found = [dict(row) for row in tx.execute(query).mappings()]
        if not found:
            return
        after = tuple(found[-1][name] for name in key)
        yield found


def _answers(store: Store, wanted: Wanted, now: datetime | None) -> Iterator[list[Row]]:
    after = 0
    while True:
        query = (
            select(
                answers.c.id.label("answer_id"),
                *(answers.c[name] for name in ("case_id", "mention_id", "status", "private_invite", "decided_at")),
                *(answers.c[name] for name in ("sent_at", "url", "error")),
                cases.c.brand,
                answers.c.author.label("written_by"),
                answers.c.created_at.label("written_at"),
                answers.c.approver.label("decided_by"),
            )
            .join(cases, cases.c.id == answers.c.case_id)
            .where(answers.c.id > after)
            .order_by(answers.c.id)
            .limit(BATCH)
        )
        if wanted.brand is not None:
            query = query.where(cases.c.brand == wanted.brand)
        with store.read() as tx:
            found = [dict(row) for row in tx.execute(query).mappings()]
        if not found:
            return
        after = found[-1]["answer_id"]
        yield found


_READERS: dict[Table, Callable[[Store, Wanted, datetime | None], Iterator[list[Row]]]] = {
    "mentions": _mentions,
    "cases": _cases,
    "people": _people,
    "days": _days,
    "topics": _topics,
    "answers": _answers,
}


def _priority(number: int | None) -> str | None:
    return None if number is None else Priority(number).name


def _minutes(since: datetime, until: datetime | None) -> float | None:
    return None if until is None else round((until - since).total_seconds() / 60, 1)
