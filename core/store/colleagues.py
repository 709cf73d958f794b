"""What the people of the desk are called, for pages that would show their Slack ids else.

Slack says it, when they sign in and once a day. A name goes when its person leaves the workspace, or is forgotten as
`slack:ID`.
"""

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, union

from core.store import erasure, rows
from core.store.engine import insert
from core.store.schema import case_events, cases, colleagues

ASKED_AGAIN_AFTER = timedelta(days=1)
MOST = 500
_RECENT = 500
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{2,}")


def names(tx: Connection, ids: Collection[str]) -> dict[str, str]:
    """What these are called, by id; who has no name is left out."""
    return {
        row.id: row.name
        for part in rows.chunks(sorted(ids))
        for row in tx.execute(select(colleagues).where(colleagues.c.id.in_(part), colleagues.c.name != ""))
    }


def everyone(tx: Connection) -> dict[str, str]:
    """All who have a name, by it."""
    query = select(colleagues.c.id, colleagues.c.name).where(colleagues.c.name != "")
    return {row.id: row.name for row in tx.execute(query.order_by(colleagues.c.name, colleagues.c.id).limit(MOST))}


def keep(tx: Connection, id: str, name: str, now: datetime) -> None:
    """Write down what somebody is called, as Slack says it now: empty for who has left. Nothing for who was forgotten."""
    if erasure.forgotten(tx, [f"slack:{id}"]):
        return
    values = {"name": " ".join(name.split())[:80], "asked_at": now}
    statement = insert(tx, colleagues).values(id=id, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def to_ask(tx: Connection, now: datetime, limit: int) -> list[str]:
    """Whose name Slack is to be asked for: who has an open case or did something of late, and is not known, and whose name
    is older than a day."""
    stale = select(colleagues.c.id).where(colleagues.c.asked_at <= now - ASKED_AGAIN_AFTER)
    found = list(tx.scalars(stale.order_by(colleagues.c.asked_at, colleagues.c.id).limit(limit)))
    recent = select(case_events.c.actor).order_by(case_events.c.id.desc()).limit(_RECENT).subquery()
    is_open = cases.c.status.in_(("open", "waiting_for_customer"))
    seen = set(
        tx.scalars(union(select(recent.c.actor), select(cases.c.owner).where(is_open, cases.c.owner.is_not(None))))
    )
    seen = {id for id in seen if _SLACK_ID.fullmatch(id)}
    seen -= {
        id
        for part in rows.chunks(sorted(seen))
        for id in tx.scalars(select(colleagues.c.id).where(colleagues.c.id.in_(part)))
    }
    gone = erasure.forgotten(tx, [f"slack:{id}" for id in seen])
    return [*found, *sorted(id for id in seen if f"slack:{id}" not in gone)][:limit]
