"""The pipeline's own signs of life, and what is wrong with it at the moment."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from core.store.engine import insert
from core.store.schema import alarms, heartbeats


def beat(tx: Connection, name: str, now: datetime, detail: str = "") -> None:
    """Say that `name` (a listener, a worker) is alive."""
    statement = insert(tx, heartbeats).values(name=name, beat_at=now, detail=detail)
    tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"beat_at": now, "detail": detail}))


def beats(tx: Connection, prefix: str = "") -> dict[str, datetime]:
    """When each was last alive, for names that begin with `prefix`."""
    query = select(heartbeats.c.name, heartbeats.c.beat_at).where(heartbeats.c.name.startswith(prefix, autoescape=True))
    return {row.name: row.beat_at for row in tx.execute(query)}


def beat_of(tx: Connection, name: str) -> tuple[datetime, str] | None:
    """When `name` was last alive, and what it said then; None where it never was."""
    row = tx.execute(select(heartbeats.c.beat_at, heartbeats.c.detail).where(heartbeats.c.name == name)).one_or_none()
    return None if row is None else (row.beat_at, row.detail)


def leave(tx: Connection, name: str) -> None:
    """`name` stopped on purpose: nobody needs to miss it."""
    tx.execute(delete(heartbeats).where(heartbeats.c.name == name))


def raise_alarm(tx: Connection, name: str, detail: str, now: datetime) -> bool:
    """Note that something is wrong. True if that is news, so that people are told once."""
    statement = insert(tx, alarms).values(name=name, detail=detail[:500], raised_at=now)
    return tx.scalar(statement.on_conflict_do_nothing().returning(alarms.c.name)) is not None


def clear_alarm(tx: Connection, name: str) -> bool:
    """Note that it is over. True if it had been raised."""
    return tx.execute(delete(alarms).where(alarms.c.name == name)).rowcount == 1


def raised(tx: Connection) -> list[dict[str, Any]]:
    """What is wrong now, longest first: dicts of name, raised_at, detail."""
    return [dict(row) for row in tx.execute(select(alarms).order_by(alarms.c.raised_at)).mappings()]
