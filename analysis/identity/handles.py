"""STAGE: from a customer to the accounts, among the authors heard so far, that are probably theirs.

For a team to ask about, not to act upon: nothing is looked up outside, and what is found is not kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from analysis.identity import keep
from analysis.identity.compare import compare
from analysis.identity.decide import USUAL, Cuts
from analysis.identity.index import build
from analysis.identity.links import links
from analysis.identity.person import read
from core.customer import Customer, Link
from core.errors import Misconfigured
from core.mention import Author
from core.store import Store, customers, pins

AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    author: Author
    link: Link


def customer_of(tx: Connection, who: str) -> Customer:
    """The customer of an id or an e-mail address. Raises Misconfigured where there is none, or more than one."""
    known = customers.get(tx, [who]).get(who)
    if known is not None:
        return known
    owners = {owner for found in customers.find(tx, {("email", who.strip().lower())}).values() for owner, _ in found}
    if not owners:
        raise Misconfigured(f"No customer has the id or the e-mail address '{who}'.")
    if len(owners) > 1:
        raise Misconfigured(f"{len(owners)} customers have this address: {', '.join(sorted(owners)[:5])}. Name one id.")
    return customers.get(tx, owners)[next(iter(owners))]


def find(
    store: Store,
    who: str,
    now: datetime,
    progress: Callable[[int], None] = lambda seen: None,
    cuts: Cuts = USUAL,
) -> list[Found]:
    """Accounts that may be this customer's, likeliest first, judged as ever: among all customers, agents' word first.

    `who` is the customer's id or e-mail address; raises Misconfigured where there is none, or more than one. Reads every
    author once; `progress` hears how many so far.
    """
    with store.read() as tx:
        customer = customer_of(tx, who)
    index = keep.current(store, now)
    calibration = keep.calibration(store, index)
    alone = build([customer], index)
    found: list[Found] = []
    last, seen = "", 0
    with store.read() as tx:
        while batch := customers.heard(tx, last, AT_ONCE):
            said = customers.words_of(tx, [author.id for author in batch])
            people = [read(author, said.get(author.id, ())) for author in batch]
            pinned = pins.of(tx, [author.id for author in batch])
            near = {int(n) for n in compare(people, alone, index).persons}
            near |= {n for n, author in enumerate(batch) if customer.customer_id in pinned.get(author.id, {})}
            for person, judged in links((people[n] for n in sorted(near)), index, calibration, keep.share(tx), cuts):
                for link in pins.hold(person.author.id, judged, pinned.get(person.author.id, {})):
                    if link.customer_id == customer.customer_id:
                        found.append(Found(person.author, link))
            last, seen = batch[-1].id, seen + len(batch)
            progress(seen)
    return sorted(found, key=lambda one: (-one.link.probability, one.author.id))
