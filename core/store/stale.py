"""Marks: the days of a brand that are to be counted anew, because a judgement of one of their posts has changed.

A mark is one more row, written in the transaction of the change, so nobody waits for anybody; `analysis.rollup` works
them off. What changes what is counted: a judgement that is stored, a correction, an erasure, whom an author is linked to.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, Select, cast, func, insert, select

from core.store import rows
from core.store.schema import assessments, links, mentions, rollup_stale


def mark(tx: Connection, days: Iterable[tuple[str, date]]) -> None:
    """Mark these days of these brands."""
    found = [{"brand": brand, "day": day} for brand, day in sorted(set(days))]
    if found:
        tx.execute(insert(rollup_stale), found)


def mark_mentions(tx: Connection, mention_ids: Collection[str]) -> None:
    """Mark the days on which these were said, for every brand that they are judged for."""
    for part in rows.chunks(sorted(mention_ids)):
        _mark(tx, _days(tx).where(rows.among(tx, mentions.c.id, part)))


def mark_authors(tx: Connection, author_ids: Collection[str]) -> None:
    """Mark every day on which one of these spoke."""
    for part in rows.chunks(sorted(author_ids)):
        _mark(tx, _days(tx).where(rows.among(tx, mentions.c.author_id, part)))


def mark_customers(tx: Connection, customer_ids: Collection[str]) -> None:
    """Mark every day on which an author spoke who is linked to one of these customers."""
    for part in rows.chunks(sorted(customer_ids)):
        linked = select(links.c.author_id).where(rows.among(tx, links.c.customer_id, part), links.c.status == "linked")
        _mark(tx, _days(tx).where(mentions.c.author_id.in_(linked)))


def day_of(tx: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The UTC day of a time, in SQL: a date on PostgreSQL, on SQLite the text that stands for one."""
    if tx.dialect.name == "sqlite":
        return func.date(column)
    return cast(func.timezone("UTC", column), Date)


def _days(tx: Connection) -> Select[Any]:
    judged = mentions.join(assessments, assessments.c.mention_id == mentions.c.id)
    return select(assessments.c.brand, day_of(tx, mentions.c.created_at)).select_from(judged).distinct()


def _mark(tx: Connection, days: Select[Any]) -> None:
    tx.execute(insert(rollup_stale).from_select(["brand", "day"], days))
