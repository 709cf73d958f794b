"""What is stored, as a file for a spreadsheet, a notebook or a warehouse.

Rows are read in batches by key, each in its own short view of the database, so a table of any size needs the same memory
and holds nobody up. What was erased is not in it. Times are UTC; lists are JSON in csv and parquet, and lists in jsonl.

`mentions`, one row for each mention and brand, oldest first: what was said, and what we think of it.
`cases`, one row each, by number: what the desk did, and how long it took.
`people`, one row for each author: who speaks of the brands, how much, how they feel, and which customer they may be.
"""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import IO, Any, Literal, Protocol

from sqlalchemy import and_, case, func, or_, select

from core.assessment import Priority
from core.store import Store, customers
from core.store.schema import assessments, authors, cases, mentions

Table = Literal["mentions", "cases", "people"]
Format = Literal["csv", "parquet", "jsonl"]
Row = dict[str, Any]

BATCH = 1000
FORMULA = tuple("=+-@＝＋－＠")
"""A cell that begins so is run by spreadsheets as a formula (OWASP, CSV injection), and strangers wrote the cells."""

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
}
"""Every table's columns, in order. `priority` is P1 to P4; minutes run from when the customer said it; `mean_sentiment` is
-1 to 1 over what could be scored; `customer_id` is the likeliest of the linked or possible ones."""


def export(
    store: Store, table: Table, format: Format, out: IO[bytes], progress: Callable[[int], None] | None = None
) -> int:
    """Write a table to `out`. Returns how many rows; `progress` is told as they go."""
    writers: dict[Format, type[_Writer]] = {"csv": _Csv, "jsonl": _JsonLines, "parquet": _Parquet}
    write = writers[format](out, COLUMNS[table])
    batches = {"mentions": _mentions, "cases": _cases, "people": _people}[table](store)
    count = 0
    for batch in batches:
        write.rows(batch)
        count += len(batch)
        if progress is not None:
            progress(count)
    write.close()
    return count


# Reading -------------------------------------------------------------------------------------------------------------


def _mentions(store: Store) -> Iterator[list[Row]]:
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
                .where(mentions.c.id.in_([key.id for key in keys]))
                .order_by(mentions.c.created_at, mentions.c.id, assessments.c.brand)
            )
            found = [dict(row) for row in tx.execute(query).mappings()]
        for row in found:
            row["mention_id"] = row["id"]
            row["language"] = row["language"] or row["lang"]
            row["priority"] = _priority(row["priority"])
            row["reasons"] = [dict(zip(("signal", "weight", "text"), r, strict=False)) for r in row["reasons"] or ()]
        yield found


def _cases(store: Store) -> Iterator[list[Row]]:
    after = 0
    while True:
        with store.read() as tx:
            query = (
                select(cases, mentions.c.url, mentions.c.author_id, mentions.c.created_at.label("said_at"))
                .join(mentions, mentions.c.id == cases.c.mention_id)
                .where(cases.c.id > after)
                .order_by(cases.c.id)
                .limit(BATCH)
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


def _people(store: Store) -> Iterator[list[Row]]:
    after = ""
    while True:
        with store.read() as tx:
            query = select(authors).where(authors.c.id > after).order_by(authors.c.id).limit(BATCH)
            found = [dict(row) for row in tx.execute(query).mappings()]
            if not found:
                return
            ids = [row["id"] for row in found]
            links = customers.links_of(tx, ids)
            scored = case((assessments.c.sentiment != "unsupported", assessments.c.sentiment_score))
            said = (
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
            totals |= {row["author_id"]: dict(row) for row in tx.execute(said).mappings()}
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


def _priority(number: int | None) -> str | None:
    return None if number is None else Priority(number).name


def _minutes(since: datetime, until: datetime | None) -> float | None:
    return None if until is None else round((until - since).total_seconds() / 60, 1)


# Writing -------------------------------------------------------------------------------------------------------------


class _Writer(Protocol):
    def __init__(self, out: IO[bytes], columns: dict[str, type]) -> None: ...

    def rows(self, batch: list[Row]) -> None: ...

    def close(self) -> None: ...


class _Csv:
    """UTF-8 with a header. Text that a spreadsheet would run as a formula is led by an apostrophe."""

    def __init__(self, out: IO[bytes], columns: dict[str, type]) -> None:
        self._columns = columns
        self._out = out
        self._write([list(columns)])

    def rows(self, batch: list[Row]) -> None:
        self._write([self._cell(row.get(name)) for name in self._columns] for row in batch)

    def close(self) -> None:
        pass

    def _write(self, lines: Iterable[list[Any]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(lines)
        self._out.write(text.getvalue().encode())

    def _cell(self, value: Any) -> Any:
        if isinstance(value, str):
            return defused(value)
        if isinstance(value, bool):
            return "true" if value else "false"
        return _json(value) if isinstance(value, list) else _plain(value)


class _JsonLines:
    """One JSON object a line, UTF-8."""

    def __init__(self, out: IO[bytes], columns: dict[str, type]) -> None:
        self._columns = columns
        self._out = out

    def rows(self, batch: list[Row]) -> None:
        lines = (_json({name: _plain(row.get(name)) for name in self._columns}) + "\n" for row in batch)
        self._out.write("".join(lines).encode())

    def close(self) -> None:
        pass


class _Parquet:
    """Typed columns, times in UTC to the microsecond."""

    def __init__(self, out: IO[bytes], columns: dict[str, type]) -> None:
        import pyarrow  # type: ignore[import-untyped]
        import pyarrow.parquet  # type: ignore[import-untyped]

        types = {
            str: pyarrow.string(),
            list: pyarrow.string(),
            int: pyarrow.int64(),
            float: pyarrow.float64(),
            bool: pyarrow.bool_(),
            datetime: pyarrow.timestamp("us", tz="UTC"),
        }
        self._make = pyarrow.RecordBatch.from_pylist
        self._schema = pyarrow.schema([(name, types[kind]) for name, kind in columns.items()])
        self._writer = pyarrow.parquet.ParquetWriter(out, self._schema, compression="zstd")
        self._lists = [name for name, kind in columns.items() if kind is list]

    def rows(self, batch: list[Row]) -> None:
        for row in batch:
            row |= {name: _json(row[name]) for name in self._lists}
        self._writer.write_batch(self._make(batch, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


def defused(text: str) -> str:
    """`text`, led by an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text.startswith(("\t", "\r", "\n")) else text


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _plain(value: Any) -> Any:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
