"""Which mentions may say nearly the same: those of the last days by the bands of their prints, as `analysis.grouping` makes
them. Here they are numbers; whether two texts are alike is seen by comparing the texts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, delete, func, select, text, union_all, update

from core.store import rows
from core.store.engine import insert
from core.store.schema import BANDS, likenesses, mentions

Pair = tuple[str, str]
"""(mention id, brand)"""

LOOKED_UP = 400
"""Bands in one query: ten times as many values, for a column each."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A mention that shares a band with one at hand, and its words. `at` is when it, or the last one like it, was said."""

    mention_id: str
    brand: str
    at: datetime
    title: str
    text: str
    quoted_text: str


def lock(tx: Connection, brands: Collection[str]) -> None:
    """Let one worker at a time look for likenesses of these brands and add to them, until the transaction ends, so that two
    copies that two workers triage together become one case. SQLite has one writer anyway."""
    if tx.dialect.name != "sqlite" and brands:
        tx.execute(
            text(
                "SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT hashtextextended('likeness ' || brand, 0) AS key "
                "FROM unnest(CAST(:brands AS text[])) AS brand ORDER BY key) AS keys"
            ),
            {"brands": sorted(brands)},
        )


def sharing(tx: Connection, wanted: Sequence[tuple[int, ...]], since: datetime, limit: int) -> list[Earlier]:
    """What was said `since` then and shares a band with one of these texts: the `limit` that share the most bands."""
    found: dict[Pair, tuple[int, Earlier]] = {}
    for part in rows.chunks(wanted, LOOKED_UP):
        columns = [sorted(set(values)) for values in zip(*part, strict=True)]
        each = union_all(
            *(
                select(likenesses.c.mention_id, likenesses.c.brand, likenesses.c.at).where(
                    rows.among(tx, likenesses.c[band], values)
                )
                for band, values in zip(BANDS, columns, strict=True)
            )
        ).subquery("sharing")
        shared = func.count().label("shared")
        most = (
            select(each.c.mention_id, each.c.brand, each.c.at, shared)
            .where(each.c.at >= since)
            .group_by(each.c.mention_id, each.c.brand, each.c.at)
            .order_by(shared.desc(), each.c.at.desc())
            .limit(limit)
            .subquery("most_sharing")
        )
        words = (mentions.c.title, mentions.c.text, mentions.c.quoted_text)
        query = select(most, *words).select_from(most.join(mentions, mentions.c.id == most.c.mention_id))
        for row in tx.execute(query):
            pair = (row.mention_id, row.brand)
            known = found.get(pair, (0,))[0]
            found[pair] = (known + row.shared, Earlier(*pair, row.at, row.title, row.text, row.quoted_text))
    best = sorted(found.values(), key=lambda one: (-one[0], one[1].mention_id))
    return [earlier for _, earlier in best[:limit]]


def put(tx: Connection, new: Mapping[Pair, tuple[datetime, tuple[int, ...]]], instead_of: Collection[str]) -> None:
    """Keep these, each with the time when it was said and its bands. What is kept of the mentions `instead_of`, whose words
    may have changed, goes first."""
    for part in rows.chunks(sorted(instead_of)):
        tx.execute(delete(likenesses).where(rows.among(tx, likenesses.c.mention_id, part)))
    if new:
        statement = insert(tx, likenesses).on_conflict_do_nothing(index_elements=["mention_id", "brand"])
        tx.execute(
            statement,
            [
                {"mention_id": mention_id, "brand": brand, "at": at} | dict(zip(BANDS, bands, strict=True))
                for (mention_id, brand), (at, bands) in sorted(new.items())
            ],
        )


def echoed(tx: Connection, heard: Mapping[Pair, tuple[datetime, int]]) -> None:
    """So many more posts said nearly the same as each of these, the last of them at that time."""
    if not heard:
        return
    last = bindparam("last", type_=likenesses.c.at.type)
    statement = (
        update(likenesses)
        .where(likenesses.c.mention_id == bindparam("key_mention"), likenesses.c.brand == bindparam("key_brand"))
        .values(
            at=case((likenesses.c.at < last, last), else_=likenesses.c.at),
            echoes=likenesses.c.echoes + bindparam("more"),
        )
    )
    tx.execute(
        statement,
        [
            {"key_mention": mention_id, "key_brand": brand, "last": at, "more": more}
            for (mention_id, brand), (at, more) in sorted(heard.items())
        ],
    )


def prune(tx: Connection, before: datetime) -> int:
    """Drop what nothing can be like any more. Returns how many."""
    return tx.execute(delete(likenesses).where(likenesses.c.at < before)).rowcount
