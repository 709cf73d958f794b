"""Agents' word on who an author is. It stands above every judgement, whatever is imported or judged later."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, delete, select

from core.case import Refused
from core.customer import Evidence, Link
from core.store import rows
from core.store.engine import insert
from core.store.schema import customer_pins, customers

Verdict = Literal["confirmed", "wrong"]
SURE = 0.99
"""An agent's word: people err too."""
VERSION = "agent"


def put(tx: Connection, author_id: str, customer_id: str, verdict: Verdict, agent: str, now: datetime) -> None:
    """Keep an agent's word; the newest stands. Confirming one customer takes back the confirmation of any other.

    Raises Refused where the customer or the author is no longer there.
    """
    if not author_id.partition(":")[2]:
        raise Refused("This post has no author that could be linked.")
    if tx.scalar(select(customers.c.customer_id).where(customers.c.customer_id == customer_id)) is None:
        raise Refused("This customer is no longer in our records.")
    if verdict == "confirmed":
        others = (customer_pins.c.author_id == author_id) & (customer_pins.c.verdict == "confirmed")
        tx.execute(delete(customer_pins).where(others))
    statement = insert(tx, customer_pins).values(
        author_id=author_id, customer_id=customer_id, verdict=verdict, agent=agent, at=now
    )
    new = {key: statement.excluded[key] for key in ("verdict", "agent", "at")}
    tx.execute(statement.on_conflict_do_update(index_elements=["author_id", "customer_id"], set_=new))


def of(tx: Connection, author_ids: Collection[str]) -> dict[str, dict[str, Verdict]]:
    """What agents said of these authors: {author id: {customer id: verdict}}."""
    found: dict[str, dict[str, Verdict]] = {}
    for part in rows.chunks(sorted(author_ids)):
        for row in tx.execute(select(customer_pins).where(rows.among(tx, customer_pins.c.author_id, part))):
            found.setdefault(row.author_id, {})[row.customer_id] = row.verdict
    return found


def forget(tx: Connection, author_id: str) -> int:
    """Let go of what was said of an author who is erased."""
    return tx.execute(delete(customer_pins).where(customer_pins.c.author_id == author_id)).rowcount


def hold(author_id: str, judged: Sequence[Link], pins: Mapping[str, Verdict]) -> list[Link]:
    """The links of an author once agents' word is heard: whom they confirmed is the only one, whom they ruled out none."""
    for customer_id, verdict in pins.items():
        if verdict == "confirmed":
            known = next((link for link in judged if link.customer_id == customer_id), None)
            word = Evidence("agent", SURE, "confirmed by an agent")
            evidence = (word, *(e for e in (known.evidence if known else ()) if e.kind != "agent"))
            return [
                Link(author_id, customer_id, "linked", SURE, known.basis if known else "public_data", evidence, VERSION)
            ]
    return [link for link in judged if pins.get(link.customer_id) != "wrong"]
