"""The versions of the weights that the desk's corrections made. Plain numbers here: `analysis.learn` knows what they do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update

from core.errors import BadRecord
from core.store.engine import insert
from core.store.schema import weight_versions


@dataclass(frozen=True, slots=True)
class Version:
    """One learned set of weights. `shipped` is the version of the program that it moves, `based_on` the one that it came
    from. `learned` says by lesson up to when labels were learned. It stands unless it was rolled back."""

    version: str
    shipped: str
    based_on: str
    weights: dict[str, Any]
    figures: dict[str, Any]
    learned: dict[str, datetime]
    adopted_at: datetime
    rolled_back_at: datetime | None = None


def current(tx: Connection, shipped: str) -> Version | None:
    """The newest version that stands, of those that move `shipped`; None where it judges as it was shipped."""
    query = (
        select(weight_versions)
        .where(weight_versions.c.shipped == shipped, weight_versions.c.rolled_back_at.is_(None))
        .order_by(weight_versions.c.adopted_at.desc())
        .limit(1)
    )
    row = tx.execute(query).mappings().one_or_none()
    return _version(row) if row is not None else None


def listed(tx: Connection, shipped: str | None = None) -> Sequence[Version]:
    """Every version ever adopted, oldest first; of one program's version, or of all."""
    query = select(weight_versions).order_by(weight_versions.c.adopted_at)
    if shipped is not None:
        query = query.where(weight_versions.c.shipped == shipped)
    return [_version(row) for row in tx.execute(query).mappings()]


def learned(tx: Connection, shipped: str) -> dict[str, datetime]:
    """Up to where each lesson's labels were learned, by versions that were rolled back too: what led to one that a person
    took back must not lead there again."""
    found: dict[str, datetime] = {}
    for version in listed(tx, shipped):
        for lesson, until in version.learned.items():
            found[lesson] = max(until, found.get(lesson, until))
    return found


def adopt(tx: Connection, new: Version) -> bool:
    """Store a version, which judges from now on. False where another one came first: nothing is stored then."""
    now_current = current(tx, new.shipped)
    if (now_current.version if now_current else new.shipped) != new.based_on:
        return False
    values = {column.name: getattr(new, column.name) for column in weight_versions.c}
    values["learned"] = {lesson: until.isoformat() for lesson, until in new.learned.items()}
    statement = insert(tx, weight_versions).values(values)
    return tx.scalar(statement.on_conflict_do_nothing().returning(weight_versions.c.version)) is not None


def roll_back(tx: Connection, shipped: str, to: str | None, now: datetime) -> str:
    """Have an earlier version judge again: `to`, or the one before the current. `shipped` itself may be named. A version
    that was rolled back may be named too, and stands again. Returns the version that now judges.

    Raises BadRecord, in a sentence, where there is no such version or nothing to roll back.
    """
    found = listed(tx, shipped)
    standing = [one.version for one in found if one.rolled_back_at is None]
    if to is None:
        if not standing:
            raise BadRecord(f"Nothing is to be rolled back: {shipped} judges as it was shipped.")
        to = standing[-2] if len(standing) > 1 else shipped
    order = [shipped, *(one.version for one in found)]
    if to not in order:
        raise BadRecord(f"There is no version '{to}': there is {', '.join(order)}.")
    newer = set(order[order.index(to) + 1 :]) & set(standing)
    rolled = update(weight_versions).where(weight_versions.c.version.in_(newer))
    tx.execute(rolled.values(rolled_back_at=now))
    tx.execute(update(weight_versions).where(weight_versions.c.version == to).values(rolled_back_at=None))
    return to


def _version(row: RowMapping) -> Version:
    learned = {lesson: datetime.fromisoformat(until) for lesson, until in row["learned"].items()}
    return Version(**{**row, "learned": learned})
