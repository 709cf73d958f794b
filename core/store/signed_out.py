"""Sessions of the dashboard that were signed out before their time: a copy of their cookie opens nothing any more, in any
process, after any restart."""

import hashlib
from datetime import datetime

from sqlalchemy import Connection, delete, select

from core.store.engine import insert
from core.store.schema import ended_sessions


def end(tx: Connection, key: str, until: datetime, now: datetime) -> None:
    """End the session of this key, whose cookie would hold `until` then. Forgets those that are over by themselves."""
    tx.execute(delete(ended_sessions).where(ended_sessions.c.until <= now))
    row = {"digest": _digest(key), "until": until}
    tx.execute(insert(tx, ended_sessions).values(row).on_conflict_do_nothing(index_elements=["digest"]))


def ended(tx: Connection, key: str) -> bool:
    """Was the session of this key signed out?"""
    query = select(ended_sessions.c.digest).where(ended_sessions.c.digest == _digest(key))
    return tx.scalar(query) is not None


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
