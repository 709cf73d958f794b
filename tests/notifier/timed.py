"""Cases with clocks, put into the store as triage does, and what the chase told of them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from core.assessment import Priority
from core.case import Case, Move
from core.mention import BrandQuery, Cursor, Heard, Page
from core.settings import Settings, parse
from core.store import Store, assessments, cases, mentions, schema
from tests.notifier import made

QUERY = BrandQuery("northwind", "brand", ("northwind",))
MINUTE = timedelta(minutes=1)


def settings(**more: Any) -> Settings:
    care = {
        "channel": "#care",
        "topics": ["billing"],
        "escalation": ["S0LEADS", "U0BOSS"],
        "coverage": "office",
        "sla": {"P2": {"first_response_minutes": 60, "resolution_minutes": 480}},
    }
    brand = {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}
    office = {"zone": "Europe/Istanbul", "hours": {"mon-fri": ["09:00-18:00"]}}
    tables = {"brands": {"northwind": brand}, "departments": {"care": care}, "coverage": {"office": office}}
    return parse(tables | more)


def open_case(store: Store, number: int, *, card: bool = True, may_ring: bool = True, **changes: Any) -> Case:
    """A P2 of team care, said and heard at `opened_at`, with its card in C0CARE."""
    values: dict[str, Any] = {"id": 0, "mention_id": f"x:{number}", "team": "care", "department": "billing"}
    values |= {"priority": Priority.P2, "opened_at": made.NOW, "answer_by": None, "resolve_by": None} | changes
    case = made.case(**values)
    said = made.mention(external_id=str(number), created_at=case.opened_at, author=made.author(external_id=str(number)))
    page = Page(Cursor(floor=str(number), floor_at=case.opened_at), (Heard(said, (QUERY,), {}),))
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page, case.opened_at, may_ring=may_ring)
        waiting = [one for one in assessments.to_assess(tx, 5000) if one.mention.id == said.id]
        assessments.save(tx, [(one, made.assessment(mention_id=said.id)) for one in waiting])
        opened = cases.open_case(tx, case, said)
        if card:
            cases.card_posted(tx, opened.id, "C0CARE", f"1764000000.{opened.id:06}", case.opened_at)
        found = cases.get(tx, opened.id)
    assert found is not None
    return found


def move(store: Store, case: Case, make: Any) -> Case:
    """Let somebody move the case as it now is."""
    with store.write() as tx:
        now = cases.get(tx, case.id)
        assert now is not None
        moved: Move = make(now)
        assert cases.move(tx, moved)
    return moved.case


def rows(store: Store, *kinds: str) -> list[Any]:
    """The outbox's rows of these kinds, in order."""
    query = select(schema.outbox).where(schema.outbox.c.kind.in_(kinds)).order_by(schema.outbox.c.id)
    with store.read() as tx:
        return list(tx.execute(query))


def rung(store: Store) -> list[tuple[int, str]]:
    """(case id, what) of the rings in threads, in order."""
    return [(row.data["case"], row.data["what"]) for row in rows(store, "slack_thread") if "what" in row.data]


def looked_at(store: Store, case: Case) -> datetime | None:
    """When the case is to be looked at next."""
    with store.read() as tx:
        found: datetime | None = tx.scalar(select(schema.cases.c.chase_at).where(schema.cases.c.id == case.id))
    return found


def still_to_look_at(store: Store, now: datetime) -> int:
    with store.read() as tx:
        query = select(func.count()).select_from(schema.cases).where(schema.cases.c.chase_at <= now)
        return tx.scalar(query) or 0
