"""Channels that rest during an incident: new cards below P1 wait until the rest is over, and then ring, where still open."""

from datetime import datetime

from sqlalchemy import Connection, Update, delete, select, update

from core.store.engine import database_now, insert
from core.store.schema import mutes, outbox


def mute(tx: Connection, channel: str, until: datetime, by: str) -> None:
    """Let a channel rest until then. What waits for it at this moment rests too."""
    statement = insert(tx, mutes).values(channel=channel, until=until, muted_by=by)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["channel"],
            set_={"until": statement.excluded.until, "muted_by": statement.excluded.muted_by},
        )
    )
    tx.execute(_held(channel).where(outbox.c.due_at < until).values(due_at=until))


def unmute(tx: Connection, channel: str, now: datetime) -> bool:
    """End the rest: what it held rings now. False where the channel did not rest."""
    if tx.execute(delete(mutes).where(mutes.c.channel == channel)).rowcount == 0:
        return False
    due = min(now, database_now(tx))  # by whose clock it is sent
    tx.execute(_held(channel).where(outbox.c.due_at > due).values(due_at=due))
    return True


def standing(tx: Connection, now: datetime) -> dict[str, datetime]:
    """The channels that rest now, and until when."""
    return {row.channel: row.until for row in tx.execute(select(mutes).where(mutes.c.until > now))}


def _held(channel: str) -> Update:
    """Cards below P1 that wait for a channel and were not tried yet."""
    return update(outbox).where(
        outbox.c.kind == "slack_card",
        outbox.c.channel == channel,
        outbox.c.status == "waiting",
        outbox.c.rank > 1,
        outbox.c.attempts == 0,
    )
