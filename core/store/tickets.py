"""Tickets: wanted by an agent, opened by `connectors.reply` in the system that the settings name; one for each case."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from core.case import CaseEvent, EventKind, Refused
from core.store import cases, outbox
from core.store.engine import database_now, insert
from core.store.outbox import Message
from core.store.schema import outbox as outbox_rows
from core.store.schema import tickets
from core.ticket import Ticket

TICKET = "ticket"
"""The outbox's kind for a ticket that is to be opened; data {"case": id, "by": agent}."""


def open_ticket(tx: Connection, case_id: int, agent: str, now: datetime) -> bool:
    """Queue a ticket for a case. False where that was asked for before and is under way; one that failed is tried again.

    Raises Refused, in words for `agent`, where the case has a ticket already.
    """
    case = cases.get(tx, case_id)
    if case is None:
        raise Refused("This case is no longer here.")
    ticket = of_case(tx, case_id)
    if ticket is not None:
        raise Refused(f"This case has a ticket already: {ticket.url or ticket.external_id or ticket.system}.")
    wanted = Message(TICKET, TICKET, _key(case_id), int(case.priority), case_id, {"case": case_id, "by": agent})
    if outbox.put(tx, [wanted]):
        return True
    failed = (outbox_rows.c.dedupe_key == _key(case_id)) & (outbox_rows.c.status == "failed")
    again = update(outbox_rows).where(failed).values(status="waiting", due_at=database_now(tx), error=None)
    return tx.execute(again).rowcount == 1


def is_wanted(tx: Connection, case_id: int) -> bool:
    """A ticket was asked for, and is not opened yet."""
    status = select(outbox_rows.c.status).where(outbox_rows.c.dedupe_key == _key(case_id))
    return tx.scalar(status) == "waiting"


def opened(tx: Connection, ticket: Ticket) -> bool:
    """Store a ticket that was opened, with the case's event, and have the card show it. False where the case has one."""
    values = {name: getattr(ticket, name) for name in ticket.__slots__}
    statement = insert(tx, tickets).values(**values).on_conflict_do_nothing().returning(tickets.c.case_id)
    case = cases.get(tx, ticket.case_id)
    if case is None or tx.scalar(statement) is None:
        return False
    data = {"system": ticket.system, "ticket": ticket.external_id}
    told = cases.record(tx, case.id, CaseEvent(EventKind.TICKETED, ticket.opened_by, ticket.opened_at, data))
    outbox.put(tx, [outbox.card_update(case, f"ticketed:{case.id}"), outbox.thread_line(case, told)])
    return True


def of_case(tx: Connection, case_id: int) -> Ticket | None:
    row = tx.execute(select(tickets).where(tickets.c.case_id == case_id)).mappings().one_or_none()
    return Ticket(**row) if row is not None else None


def _key(case_id: int) -> str:
    return f"{TICKET}:{case_id}"
