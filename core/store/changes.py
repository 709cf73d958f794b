"""Which customers have changed since authors were last linked: what `relink` works off.

A mark stands until it is settled. A change that comes while the last one is being worked off marks anew, with another
number, and is not settled with it.
"""

import secrets
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from sqlalchemy import Connection, delete, select, tuple_

from core.store import rows
from core.store.engine import insert
from core.store.schema import customer_counts

Kind = Literal["changed", "unlinked"]
"""A customer who is new, or whose particulars are; an author whose customer was dropped."""


class Change(NamedTuple):
    """A mark: `value` is a customer id or, of an unlinked author, theirs."""

    kind: Kind
    value: str
    n: int


def mark(tx: Connection, kind: Kind, values: Iterable[str]) -> None:
    """Keep that these changed."""
    marks = [{"kind": kind, "value": one, "n": secrets.randbits(62)} for one in sorted(set(values))]
    if marks:
        statement = insert(tx, customer_counts)
        new = {"n": statement.excluded.n}
        tx.execute(statement.on_conflict_do_update(index_elements=["kind", "value"], set_=new), marks)


def marked(tx: Connection) -> list[Change]:
    """All that changed and is not settled."""
    query = select(customer_counts).where(customer_counts.c.kind.in_(("changed", "unlinked")))
    return [Change(row.kind, row.value, row.n) for row in tx.execute(query)]


def settle(tx: Connection, done: Sequence[Change]) -> None:
    """Let go of these marks, but for those that were set anew since they were read."""
    key = tuple_(customer_counts.c.kind, customer_counts.c.value, customer_counts.c.n)
    for part in rows.chunks(done):
        tx.execute(delete(customer_counts).where(key.in_([tuple(one) for one in part])))


def forget(tx: Connection, author_id: str) -> None:
    """Let go of the mark of an author who is erased."""
    of_author = (customer_counts.c.kind == "unlinked") & (customer_counts.c.value == author_id)
    tx.execute(delete(customer_counts).where(of_author))
