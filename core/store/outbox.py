"""Messages that must go out exactly once.

A row is written in the transaction that caused it, with a unique dedupe key. A sender claims rows under a lease, which
runs on the database's clock, sends, and marks them. After a crash the lease runs out and another sender takes over; a row
with `attempts` above 1 may have been sent, so its sender asks the other side for the key before it sends again.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, Table, case, func, literal_column, or_, select, update

from core.case import Case
from core.store import rows
from core.store.engine import database_now, insert
from core.store.schema import channel_paces, mutes, outbox

LONGEST_WAIT = timedelta(minutes=15)
"""No lease, no pace of a channel and no retry of a message to Slack lasts longer."""


@dataclass(frozen=True, slots=True)
class Message:
    """What to send. `data` holds ids and machine words only; words of strangers are read when it is sent.

    `kind` says who sends it and how (`slack_card`, `slack_update`, `reply` ...); `rank` orders the queue, lower first.
    `due_at` is when it may go out; None is at once.
    """

    kind: str
    channel: str
    dedupe_key: str
    rank: int = 5
    case_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker may send until `leased_until` (the database's clock). `attempts` counts this one too."""

    id: int
    message: Message
    attempts: int
    lease: str
    leased_until: datetime
    created_at: datetime


def put(tx: Connection, messages: Sequence[Message]) -> int:
    """Queue messages; one whose key is already there is not queued again. Returns how many were."""
    if not messages:
        return 0
    now = database_now(tx)
    statement = insert(tx, outbox).on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(outbox.c.id)
    found = tx.execute(
        statement,
        [
            {
                "kind": m.kind,
                "channel": m.channel,
                "dedupe_key": m.dedupe_key,
                "rank": m.rank,
                "case_id": m.case_id,
                "data": m.data,
                "status": "waiting",
                "created_at": now,
                "due_at": m.due_at or now,
            }
            for m in messages
        ],
    )
    return len(found.all())


def known(tx: Connection, keys: Collection[str]) -> set[str]:
    """Which of these dedupe keys were queued before."""
    return {
        key
        for part in rows.chunks(sorted(keys))
        for key in tx.scalars(select(outbox.c.dedupe_key).where(rows.among(tx, outbox.c.dedupe_key, part)))
    }


def card_update(case: Case, key: str | None = None) -> Message:
    """The order to redraw a case's card as the case then is. One waits for each version of the case, or for each `key`."""
    return Message(
        "slack_update",
        case.slack_channel or "",
        key or f"update:{case.id}:{case.version}",
        rank=4,
        case_id=case.id,
    )


def thread_line(case: Case, event_id: int) -> Message:
    """The order to tell an event of a case in the thread under its card."""
    data = {"event": event_id}
    return Message("slack_thread", case.slack_channel or "", thread_key(event_id), rank=6, case_id=case.id, data=data)


def thread_key(event_id: int) -> str:
    return f"thread:{event_id}"


def said_line(case: Case, event_id: int, mention_id: str) -> Message:
    """The order to show in the thread what `mention_id` added to the case. Erasing that post takes the line back."""
    data = {"event": event_id, "mention": mention_id}
    key = said_key(mention_id, case.brand)
    return Message("slack_thread", case.slack_channel or "", key, rank=6, case_id=case.id, data=data)


def said_key(mention_id: str, brand: str) -> str:
    return f"said:{mention_id}:{brand}"


def unsay(tx: Connection, keys: Collection[str]) -> int:
    """Take the thread lines of these keys back, whether they were sent or are about to be. Returns how many there were."""
    found = [
        row
        for part in rows.chunks(sorted(keys))
        for row in tx.execute(
            select(outbox.c.dedupe_key, outbox.c.channel, outbox.c.case_id).where(
                rows.among(tx, outbox.c.dedupe_key, part)
            )
        )
    ]
    return put(
        tx,
        [
            Message("slack_unsay", row.channel, f"un{row.dedupe_key}", 1, row.case_id, {"key": row.dedupe_key})
            for row in found
        ],
    )


def contents(tx: Connection, keys: Collection[str]) -> dict[str, dict[str, Any]]:
    """What the messages with these dedupe keys hold, where they were queued."""
    return {
        row.dedupe_key: row.data
        for part in rows.chunks(sorted(keys))
        for row in tx.execute(
            select(outbox.c.dedupe_key, outbox.c.data).where(rows.among(tx, outbox.c.dedupe_key, part))
        )
    }


def sent_ref(tx: Connection, key: str) -> tuple[str, str | None] | None:
    """(status, what the other side calls it) of the message with this dedupe key."""
    row = tx.execute(select(outbox.c.status, outbox.c.sent_ref).where(outbox.c.dedupe_key == key)).one_or_none()
    return (row.status, row.sent_ref) if row is not None else None


def claim(tx: Connection, kinds: Sequence[str], limit: int, lease_seconds: float) -> list[Claimed]:
    """Take up to `limit` messages that are due and that nobody holds, most urgent first.

    Commit before you send: the count of attempts must survive a crash.
    """
    now = database_now(tx)
    free = or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now)
    query = (
        select(outbox.c.id)
        .where(outbox.c.status == "waiting", outbox.c.due_at <= now, outbox.c.kind.in_(kinds), free)
        .order_by(outbox.c.rank, outbox.c.id)
        .limit(limit)
    )
    if tx.dialect.name != "sqlite":
        query = query.with_for_update(skip_locked=True)
    return _lease(tx, list(tx.scalars(query)), now, lease_seconds)


def claim_paced(
    tx: Connection, kinds: Sequence[str], limit: int, lease_seconds: float, every_seconds: float
) -> list[Claimed]:
    """As `claim`, but at most one message of each channel, and only of channels that are free: the claim takes the
    channel's slot for `every_seconds`. So a channel with a long queue never stands in the way of the others, and what is
    most urgent when the channel gets free goes first. Of a case's orders to redraw it only the last may be taken;
    it fulfils the others. The lines of its story are taken one after the other.
    """
    now = database_now(tx)
    turn = _waiting(kinds)
    place = func.row_number().over(partition_by=turn.c.channel, order_by=(turn.c.rank, turn.c.id))
    first = (
        select(turn.c.id, turn.c.channel, turn.c.rank, place.label("place"))
        .select_from(turn.outerjoin(channel_paces, channel_paces.c.channel == turn.c.channel))
        .where(turn.c.id == turn.c.next_one, turn.c.due_at <= now)
        .where(or_(turn.c.leased_until.is_(None), turn.c.leased_until <= now))
        .where(or_(channel_paces.c.free_at.is_(None), channel_paces.c.free_at <= now))
        .subquery()
    )
    query = (
        select(first.c.id, first.c.channel).where(first.c.place == 1).order_by(first.c.rank, first.c.id).limit(limit)
    )
    slot = insert(tx, channel_paces)
    free = [
        row.id
        for row in sorted(tx.execute(query), key=lambda row: row.channel)  # one order for all, so that none deadlock
        if tx.execute(
            slot.values(channel=row.channel, free_at=now + timedelta(seconds=every_seconds))
            .on_conflict_do_update(
                index_elements=["channel"],
                set_={"free_at": slot.excluded.free_at},
                where=channel_paces.c.free_at <= now,
            )
            .returning(channel_paces.c.channel)
        ).all()
    ]
    return _lease(tx, free, now, lease_seconds)


def seconds_to_next(tx: Connection, kinds: Sequence[str]) -> float | None:
    """How long until a message of these kinds may be claimed, held ones and channels' paces considered; 0 if one may be
    now, None if none waits."""
    now = database_now(tx)
    turn = _waiting(kinds)
    ready: ColumnElement[datetime] = turn.c.due_at
    for other in (turn.c.leased_until, channel_paces.c.free_at):
        ready = case((other > ready, other), else_=ready)
    query = (
        select(func.min(ready))
        .select_from(turn.outerjoin(channel_paces, channel_paces.c.channel == turn.c.channel))
        .where(turn.c.id == turn.c.next_one)
    )
    at = tx.scalar(query)
    return None if at is None else max(0.0, (at - now).total_seconds())


def seconds_left(tx: Connection, claimed: Claimed) -> float:
    """How long the lease still holds; 0 or less when it ran out or somebody else took over."""
    query = select(outbox.c.leased_until).where(
        outbox.c.id == claimed.id, outbox.c.lease == claimed.lease, outbox.c.status == "waiting"
    )
    until: datetime | None = tx.scalar(query)
    return float((until - database_now(tx)).total_seconds()) if until is not None else 0.0


def sent(tx: Connection, claimed: Claimed, ref: str) -> bool:
    """Mark a message as sent; `ref` is what the other side calls it. False if the lease was lost meanwhile."""
    return _finish(tx, claimed, status="sent", sent_ref=ref, sent_at=database_now(tx), error=None)


def later(tx: Connection, claimed: Claimed, seconds: float, error: str = "", *, unsent: bool = False) -> bool:
    """Give a message back, to be tried again in `seconds`.

    `unsent` says that it surely did not go out, so this attempt does not count and nobody needs to look it up.
    """
    due = database_now(tx) + timedelta(seconds=seconds)
    attempts = {"attempts": outbox.c.attempts - 1} if unsent else {}
    return _finish(tx, claimed, due_at=due, error=error[:500] or None, **attempts)


def failed(tx: Connection, claimed: Claimed, error: str) -> bool:
    """Give up on a message that can never go out; the ops channel hears of it."""
    return _finish(tx, claimed, status="failed", error=error[:500])


def cancelled(tx: Connection, key: str, why: str) -> bool:
    """Call a waiting message back. False where that is too late: it was sent, or tried, or is being sent at this moment."""
    statement = update(outbox).where(outbox.c.dedupe_key == key, outbox.c.status == "waiting", outbox.c.attempts == 0)
    return tx.execute(statement.values(status="sent", sent_ref=why, sent_at=database_now(tx))).rowcount == 1


def cards_of(tx: Connection, case_ids: Collection[int]) -> dict[int, str]:
    """What became of these cases' cards: waiting, sent or failed. A case that no card was ever ordered for is left out."""
    query = select(outbox.c.case_id, outbox.c.status).where(outbox.c.kind == "slack_card").order_by(outbox.c.id)
    return {
        row.case_id: row.status
        for part in rows.chunks(sorted(case_ids))
        for row in tx.execute(query.where(outbox.c.case_id.in_(part)))
    }


def waiting_of_case(tx: Connection, case_id: int, kind: str) -> list[int]:
    """The ids of a case's waiting messages of one kind. Read them before the case is read: a drawing made then fulfils
    these orders to redraw it, and perhaps not those that come later."""
    query = select(outbox.c.id).where(outbox.c.case_id == case_id, outbox.c.kind == kind, outbox.c.status == "waiting")
    return list(tx.scalars(query.order_by(outbox.c.id)))


def fulfilled(tx: Connection, ids: Sequence[int], ref: str) -> int:
    """Mark messages as sent by another one that said the same, whoever holds them. Returns how many were."""
    statement = (
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.status == "waiting")
        .values(status="sent", sent_ref=ref, sent_at=database_now(tx), error=None, lease=None, leased_until=None)
    )
    return tx.execute(statement).rowcount


def rival(tx: Connection, claimed: Claimed) -> bool:
    """Is another drawing of the same case being sent at this moment?

    Asked by everybody after their own claim is committed, so that of two at least one knows and steps back; the drawing
    that Slack gets last is then the one that was made last.
    """
    query = select(outbox.c.id).where(
        outbox.c.case_id == claimed.message.case_id,
        outbox.c.id != claimed.id,
        outbox.c.kind.in_(("slack_card", "slack_update")),
        outbox.c.status == "waiting",
        outbox.c.leased_until > database_now(tx),
    )
    return tx.scalar(query.limit(1)) is not None


def redirect(tx: Connection, claimed: Claimed, channel: str, error: str) -> bool:
    """Send a message, which surely did not go out, to another channel: its own cannot take it."""
    values = {"channel": channel, "error": error[:500], "attempts": outbox.c.attempts - 1}
    return _finish(tx, claimed, due_at=database_now(tx), **values)


def hold_channel(tx: Connection, channel: str, seconds: float) -> None:
    """Nobody may send to `channel` for `seconds`: it told us to wait. A longer wait that it asked for stays."""
    free_at = database_now(tx) + timedelta(seconds=seconds)
    statement = insert(tx, channel_paces).values(channel=channel, free_at=free_at)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["channel"], set_={"free_at": free_at}, where=channel_paces.c.free_at < free_at
        )
    )


def release_slot(tx: Connection, channel: str, every_seconds: float) -> None:
    """Give back a slot of `every_seconds` in which nothing was sent after all."""
    now = database_now(tx)
    tx.execute(
        update(channel_paces)
        .where(channel_paces.c.channel == channel, channel_paces.c.free_at <= now + timedelta(seconds=every_seconds))
        .values(free_at=now)
    )


def waits_for_the_past(tx: Connection) -> bool:
    """Does anything wait for Slack, or is anything leased, until a moment that no sender would name? That was written while
    the database's clock was ahead, and since it was put right it waits for as long as the clock was wrong."""
    wrong = _written_ahead(database_now(tx))
    return any(tx.scalar(select(table.c[0]).where(which).limit(1)) is not None for table, which, _ in wrong)


def free_what_waits_for_the_past(tx: Connection) -> int:
    """Let that go at once. What rests on purpose (`core.store.mutes`) rests on. Returns how much was freed."""
    wrong = _written_ahead(database_now(tx))
    return sum(tx.execute(update(table).where(which).values(**values)).rowcount for table, which, values in wrong)


def _written_ahead(now: datetime) -> list[tuple[Table, ColumnElement[bool], dict[str, datetime]]]:
    """Where it stands, which it is, and what makes it free."""
    soon = now + LONGEST_WAIT
    waiting = outbox.c.status == literal_column("'waiting'")
    resting = select(mutes.c.channel).where(mutes.c.until > now)
    new = (outbox.c.created_at > now) & or_(outbox.c.rank == 1, outbox.c.channel.not_in(resting))
    tried = (outbox.c.due_at > soon) & outbox.c.error.is_not(None)
    due = waiting & outbox.c.kind.startswith("slack_") & (outbox.c.due_at > now) & or_(new, tried)
    leased = waiting & (outbox.c.leased_until > soon)
    return [
        (outbox, due, {"due_at": now}),
        (outbox, leased, {"leased_until": now}),
        (channel_paces, channel_paces.c.free_at > soon, {"free_at": now}),
    ]


def retry_failed(tx: Connection) -> int:
    """Queue what failed anew, once its cause is mended. Each is looked up before it is sent, for it was tried. Returns how
    many."""
    again = {"status": "waiting", "due_at": database_now(tx), "error": None}
    return tx.execute(update(outbox).where(outbox.c.status == "failed").values(**again)).rowcount


def sizes(tx: Connection) -> dict[str, int]:
    """How many messages wait and how many failed: {"waiting": n, "failed": m}."""
    count = select(func.count()).select_from(outbox)
    return {status: tx.scalar(count.where(outbox.c.status == status)) or 0 for status in ("waiting", "failed")}


def _finish(tx: Connection, claimed: Claimed, **values: Any) -> bool:
    statement = (
        update(outbox)
        .where(outbox.c.id == claimed.id, outbox.c.lease == claimed.lease, outbox.c.status == "waiting")
        .values(lease=None, leased_until=None, **values)
    )
    return tx.execute(statement).rowcount == 1


def _waiting(kinds: Sequence[str]) -> Subquery:
    """What waits, each row with the one of its case and kind whose turn it is (`next_one`): of the orders to redraw a case
    only the last, of the lines of its story only the first. What belongs to no case has its turn at once.

    One sort finds it, however much waits: asked row by row, PostgreSQL compared each with all others.
    """
    same = (outbox.c.case_id + 0, outbox.c.kind)  # + 0: or SQLite reads them in that order, all that were ever sent
    first, last = (found(outbox.c.id).over(partition_by=same) for found in (func.min, func.max))
    next_one = case((outbox.c.case_id.is_(None), outbox.c.id), (outbox.c.kind == "slack_thread", first), else_=last)
    columns = (outbox.c.id, outbox.c.channel, outbox.c.rank, outbox.c.due_at, outbox.c.leased_until)
    return (
        select(*columns, next_one.label("next_one"))
        .where(outbox.c.status == literal_column("'waiting'"), outbox.c.kind.in_(kinds))  # as the index says it
        .subquery("turn")
    )


def _lease(tx: Connection, ids: Sequence[int], now: datetime, lease_seconds: float) -> list[Claimed]:
    lease, until = secrets.token_hex(16), now + timedelta(seconds=lease_seconds)
    taken = (
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.status == "waiting")
        .where(or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now))
        .values(lease=lease, leased_until=until, attempts=outbox.c.attempts + 1)
        .returning(outbox)
    )
    claimed = [
        Claimed(
            row["id"],
            Message(row["kind"], row["channel"], row["dedupe_key"], row["rank"], row["case_id"], row["data"]),
            row["attempts"],
            lease,
            until,
            row["created_at"],
        )
        for row in tx.execute(taken).mappings()
    ]
    return sorted(claimed, key=lambda c: (c.message.rank, c.id))
