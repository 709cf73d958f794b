"""Cases that ring, and a hand on the database's clock."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from core.case import Case, claim, resolve
from core.mention import BrandQuery, Cursor, Heard, Page
from core.store import Store, assessments, cases, mentions, outbox, schema
from core.store.engine import database_now
from core.store.outbox import Message
from tests.notifier import made

QUERY = BrandQuery("northwind", "brand", ("northwind",))


def ring(store: Store, number: int = 1001, channel: str = "#safety", **changes: Any) -> Case:
    """Store a mention with its judgement, open its case and queue its card, as triage does."""
    mention = made.mention(external_id=str(number), **changes)
    page = Page(Cursor(floor=str(number), floor_at=made.NOW), (Heard(mention, (QUERY,), {}),))
    priority = 1 if channel == "#safety" else 2
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page, made.NOW)
        waiting = [w for w in assessments.to_assess(tx, 500) if w.mention.id == mention.id]
        assessments.save(tx, [(w, made.assessment(mention_id=mention.id)) for w in waiting])
        case = cases.open_case(tx, made.case(mention_id=mention.id), mention)
        assert case is not None
        key = f"card:{mention.id}:northwind"
        outbox.put(tx, [Message("slack_card", channel, key, rank=priority, case_id=case.id)])
    return case


def move(store: Store, case_id: int, agent: str = "U0ASHA", how: Any = claim) -> Case:
    """Let an agent move a case, and queue the redrawing, as the listener does."""
    with store.write() as tx:
        before = cases.get(tx, case_id)
        assert before is not None
        moved = how(before, agent, made.NOW + timedelta(minutes=1))
        assert cases.move(tx, moved)
        outbox.put(tx, [outbox.card_update(moved.case)])
    return moved.case


def close(store: Store, case_id: int) -> Case:
    return move(store, case_id, how=resolve)


def hurry(store: Store, *, leases: bool = True) -> None:
    """Let every wait be over: due times, paces, and leases unless somebody is sending at this moment."""

    def work(tx: Connection) -> None:
        past = database_now(tx) - timedelta(seconds=1)
        waiting = schema.outbox.c.status == "waiting"
        tx.execute(update(schema.outbox).where(waiting).values(due_at=past))
        if leases:
            tx.execute(update(schema.outbox).where(schema.outbox.c.leased_until.is_not(None)).values(leased_until=past))
        tx.execute(update(schema.channel_paces).values(free_at=past))

    store.run(work)  # again where a listener that runs beside us crossed our way


def rows(store: Store, kind: str = "slack_card") -> list[Any]:
    with store.read() as tx:
        return tx.execute(select(schema.outbox).where(schema.outbox.c.kind == kind).order_by(schema.outbox.c.id)).all()


def the_case(store: Store, case_id: int) -> Case:
    with store.read() as tx:
        case = cases.get(tx, case_id)
    assert case is not None
    return case
