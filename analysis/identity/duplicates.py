"""STAGE: customer rows that are probably one person, listed for people to look at; nothing is merged, and nothing stored.

A row is read as an account of its own contacts would be, and compared with all others by what compares authors. Each pair is
judged by itself, for a person can be in the CRM three times.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

import numpy as np

from analysis.identity import keep, names
from analysis.identity.compare import AT, Pairs, compare
from analysis.identity.index import IDS, Array, Index
from analysis.identity.links import evidence
from analysis.identity.person import FREE_MAIL, MAX_KEYS, Person, Told, Whose, normal_order, normal_phone
from analysis.identity.score import probabilities, shipped
from core.customer import Customer, Evidence
from core.mention import Author
from core.store import Store, customers

AT_ONCE = 1_000
PRIOR = 0.05
"""The share of rows that are taken to have a double, before anything is compared."""
PROBABLY = 0.5
ACCOUNTS = 5
"""Accounts of one row that are compared."""
_KEYS = [
    AT[name]
    for name in (
        "account",
        "agent_handle",
        "oauth_handle",
        "imported_handle",
        "email",
        "phone",
        "order",
        "nick",
        "nick_digits",
        "nick_name",
    )
]
"""Without one of these, two rows are namesakes, be they of one town and one company."""
_OTHERS = [AT[name] for name in ("other_given", "other_name")]
_SHARED = [AT[name] for name in ("owners", "tellers", "nick_owners")]
_SAME = {
    "account": "the same account",
    **dict.fromkeys(("agent_handle", "oauth_handle", "imported_handle"), "the same handle"),
    "email": "the same e-mail address",
    "phone": "the same phone number",
    "order": "the same order number",
    **dict.fromkeys(("owners", "tellers", "nick_owners"), "others have it too"),
    **dict.fromkeys(("other_account", "other_confirmed", "other_imported"), "another account there"),
    **dict.fromkeys(("told_other_name", "id_other_name", "nick_other_name"), "another name"),
    **dict.fromkeys(("told_other_given", "id_other_given"), "another given name"),
    "id_other_city": "another city",
    "domain": "the same company",
    "domain_and_name": "the same company",
}


@dataclass(frozen=True, slots=True)
class Double:
    """Two customer ids, in order, and why they are probably one person. `probability` runs from 0.5 to 1."""

    one: str
    other: str
    probability: float
    evidence: tuple[Evidence, ...]


def find(store: Store, now: datetime, progress: Callable[[int], None] = lambda seen: None) -> list[Double]:
    """Pairs of rows that are probably one person, likeliest first. Reads every customer once; `progress` hears how many."""
    index = keep.current(store, now, latest=True)
    found: dict[tuple[str, str], Double] = {}
    seen = 0
    with store.read() as tx:
        stream = customers.everyone(tx)
        while batch := list(islice(stream, AT_ONCE)):
            for double in _doubles(batch, index):
                known = found.get((double.one, double.other))
                if known is None or known.probability < double.probability:
                    found[double.one, double.other] = double
            seen += len(batch)
            progress(seen)
    return sorted(found.values(), key=lambda d: (-d.probability, d.one, d.other))


def _doubles(batch: Sequence[Customer], index: Index) -> Iterator[Double]:
    people = [(customer.customer_id, person) for customer in batch for person in _people(customer)]
    pairs = compare([person for _, person in people], index)
    table = _without_the_row_itself(pairs.table)
    alone = Pairs(np.arange(len(table)), pairs.customers, table)
    chances = probabilities(alone, index.size, shipped(), PRIOR)
    keyed = (table[:, _KEYS] > 0).any(axis=1)
    keyed &= ~(table[:, _OTHERS] > 0).any(axis=1)  # a family shares a phone and an address, and is two persons
    for pair in np.flatnonzero(keyed & (chances >= PROBABLY)).tolist():
        own, other = people[int(pairs.persons[pair])][0], index.id(int(pairs.customers[pair]))
        if own != other:
            one, two = sorted((own, other))
            yield Double(one, two, round(min(float(chances[pair]), 0.999), 3), _told(table[pair]))


def _without_the_row_itself(table: Array) -> Array:
    """A row shares each of its keys with itself, which is not one more who has it."""
    table = table.copy()
    shared = table[:, _SHARED]
    table[:, _SHARED] = np.where(shared > 0, np.log(np.maximum(np.exp(shared) - 1, 1)), 0.0)
    return table


def _told(row: Array) -> tuple[Evidence, ...]:
    told: dict[str, Evidence] = {}
    for one in evidence(row):
        text = _SAME.get(one.kind, one.text)
        told.setdefault(text, replace(one, text=text))
    return tuple(told.values())


def _people(customer: Customer) -> Iterator[Person]:
    """The row as accounts: one for each that is known of it, or one that has no name on any platform."""
    emails = [email.strip().lower() for email in customer.emails]
    ids = [("email", email) for email in emails]
    ids += [("phone", phone) for phone in map(normal_phone, customer.phones) if phone]
    ids += [("order_id", order) for order in map(normal_order, customer.order_ids) if order]
    told = tuple(Told(kind, value, Whose.OWN, False) for kind, value in ids[:MAX_KEYS] if value and kind in IDS)
    domains = {email.rpartition("@")[2] for email in emails} | {customer.company_domain.lower().removeprefix("www.")}
    cities, country = names.towns(customer.city), names.country(customer.country)
    handles = [(names.platform(h.platform), h) for h in customer.handles]
    accounts = [Author(where, number) for where, _, number in (a.partition(":") for a in customer.account_ids)]
    accounts += [Author(where, "", names.handle(where, h.handle)) for where, h in handles]
    for author in accounts[:ACCOUNTS] or [Author("", "")]:
        plain = names.plain_handle(names.own_part(author.platform, author.handle))
        yield Person(
            author,
            names.words(customer.name),
            author.handle,
            plain,
            names.handle_core(plain),
            cities,
            (country,) if country else (),
            tuple(sorted(domains - FREE_MAIL - {""}))[:4],
            told,
            no_person=False,
            feigned=False,
        )
