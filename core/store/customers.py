"""The CRM's rows as imported, the keys that find them, and the links from authors to them."""

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast, delete, func, literal, select
from sqlalchemy.dialects import postgresql

from core.customer import Customer, Evidence, Handle, Link, Order
from core.mention import Author
from core.store import changes, imports, notes, pins, rows, stale
from core.store.engine import insert
from core.store.schema import authors, customer_counts, customer_keys, customer_pins, customers, links, mentions, orders

Key = tuple[str, str]
"""What finds a customer: (kind, value), with kind one of account_id, handle, email, phone, order_id."""


def keys_of(customer: Customer) -> dict[Key, str]:
    """The keys that find a customer, each with its source (oauth, agent, import). Values are normalised."""
    found: dict[Key, str] = {("account_id", a.strip()): "oauth" for a in customer.account_ids}
    for handle in customer.handles:
        found["handle", f"{handle.platform}:{handle.handle.lstrip('@').lower()}"] = handle.source
    found |= {("email", e.strip().lower()): "import" for e in customer.emails}
    found |= {("phone", normal_phone(p)): "import" for p in customer.phones}
    found |= {("order_id", o.strip().upper()): "import" for o in customer.order_ids}
    return {key: source for key, source in found.items() if key[1]}


def normal_phone(text: str) -> str:
    """A phone number's last ten digits: country codes and trunk zeros are written in too many ways to compare."""
    return "".join(c for c in text if c.isdigit())[-10:]


def save(tx: Connection, found: Iterable[Customer], now: datetime) -> int:
    """Add or replace customers, with their keys. Returns how many.

    `imported_at` never goes back, so that of two imports at once neither drops what the other one brought.
    """
    count = 0
    for batch in rows.chunks(list(found)):
        known = get(tx, [c.customer_id for c in batch])
        changes.mark(tx, "changed", (c.customer_id for c in batch if not _same(c, known.get(c.customer_id))))
        stale.mark_customers(tx, {c.customer_id for c in batch if c.tier != known.get(c.customer_id, c).tier})
        statement = insert(tx, customers)
        fields = (
            "name",
            "city",
            "country",
            "company_domain",
            "tier",
            "lifetime_value",
            "contacts",
            "imported_at",
        )
        statement = statement.on_conflict_do_update(
            index_elements=["customer_id"],
            set_={f: statement.excluded[f] for f in fields}
            | {"imported_at": imports.later(customers, statement.excluded.imported_at)},
        )
        tx.execute(
            statement,
            [
                {
                    "customer_id": c.customer_id,
                    "name": c.name,
                    "city": c.city,
                    "country": c.country,
                    "company_domain": c.company_domain,
                    "tier": c.tier,
                    "lifetime_value": c.lifetime_value,
                    "imported_at": now,
                    "contacts": {
                        "emails": c.emails,
                        "phones": c.phones,
                        "handles": [
                            {"platform": h.platform, "handle": h.handle, "source": h.source} for h in c.handles
                        ],
                        "account_ids": c.account_ids,
                        "order_ids": c.order_ids,
                    },
                }
                for c in batch
            ],
        )
        tx.execute(
            delete(customer_keys).where(
                customer_keys.c.customer_id.in_([c.customer_id for c in batch]),
                customer_keys.c.source != "agent",
            )
        )
        keys = [(kind, value, c.customer_id, source) for c in batch for (kind, value), source in keys_of(c).items()]
        _add_keys(tx, keys)
        _add_order_keys(tx, orders.c.customer_id.in_([c.customer_id for c in batch]))
        count += len(batch)
    if count:
        _changed(tx)
    return count


def save_orders(tx: Connection, found: Iterable[Order]) -> int:
    """Add or replace orders; each also becomes a key that finds its customer. Returns how many."""
    count = 0
    for batch in rows.chunks(list(found)):
        bought = select(orders.c.order_id, orders.c.customer_id)
        query = bought.where(rows.among(tx, orders.c.order_id, [o.order_id for o in batch]))
        buyers = {row.order_id: row.customer_id for row in tx.execute(query)}
        other = [o for o in batch if buyers.get(o.order_id) != o.customer_id]
        changes.mark(
            tx, "changed", (buyer for o in other for buyer in (o.customer_id, buyers.get(o.order_id)) if buyer)
        )
        statement = insert(tx, orders)
        fields = ("customer_id", "status", "placed_at", "total", "items")
        tx.execute(
            statement.on_conflict_do_update(
                index_elements=["order_id"], set_={f: statement.excluded[f] for f in fields}
            ),
            [{"order_id": o.order_id, **{f: getattr(o, f) for f in fields}} for o in batch],
        )
        ids = [o.order_id for o in batch]
        tx.execute(
            delete(customer_keys).where(
                customer_keys.c.kind == "order_id",
                customer_keys.c.value.in_([i.strip().upper() for i in ids]),
                customer_keys.c.source == "import",
            )
        )
        _add_order_keys(tx, orders.c.order_id.in_(ids))
        count += len(batch)
    if count:
        _changed(tx)
    return count


def _add_keys(tx: Connection, keys: Sequence[tuple[str, str, str, str]]) -> None:
    """Store (kind, value, customer_id, source) rows. They are most of an import, so PostgreSQL gets them as four arrays in
    one statement, at a third of the cost."""
    names = ("kind", "value", "customer_id", "source")
    statement = insert(tx, customer_keys).on_conflict_do_nothing()
    if tx.dialect.name == "postgresql":
        arrays = [func.unnest(cast(list(column), postgresql.ARRAY(Text))) for column in zip(*keys, strict=True)]
        if arrays:
            tx.execute(statement.from_select(names, select(*arrays)))
    elif keys:
        tx.execute(statement, [dict(zip(names, key, strict=True)) for key in keys])


def _add_order_keys(tx: Connection, which: ColumnElement[bool]) -> None:
    """Make these orders keys that find their customers, where those are known."""
    found = select(
        literal("order_id"), func.upper(func.trim(orders.c.order_id)), orders.c.customer_id, literal("import")
    ).join(customers, customers.c.customer_id == orders.c.customer_id)
    statement = insert(tx, customer_keys).from_select(["kind", "value", "customer_id", "source"], found.where(which))
    tx.execute(statement.on_conflict_do_nothing())


def missing(tx: Connection, imported_before: datetime) -> tuple[int, int]:
    """How many customers the last full import no longer held, and how many there are in all."""
    return imports.missing(tx, customers, imported_before)


def drop_missing(tx: Connection, imported_before: datetime) -> int:
    """Remove customers that the last full import no longer held, with their keys, links and the notes on them. Returns how
    many."""
    gone = select(customers.c.customer_id).where(customers.c.imported_at < imported_before)
    notes.drop_of_customers(tx, gone)
    unlinked = set(tx.scalars(select(links.c.author_id).where(links.c.customer_id.in_(gone))))
    changes.mark(tx, "unlinked", unlinked)
    stale.mark_authors(tx, unlinked)
    tx.execute(delete(links).where(links.c.customer_id.in_(gone)))
    tx.execute(delete(orders).where(orders.c.customer_id.in_(gone)))
    tx.execute(delete(customer_keys).where(customer_keys.c.customer_id.in_(gone)))
    _changed(tx)
    return tx.execute(delete(customers).where(customers.c.imported_at < imported_before)).rowcount


def find(tx: Connection, keys: Collection[Key]) -> dict[Key, list[tuple[str, str]]]:
    """For each key that is known: the customers that have it, as (customer_id, source)."""
    found: dict[Key, list[tuple[str, str]]] = {}
    by_kind: dict[str, list[str]] = {}
    for kind, value in sorted(keys):
        by_kind.setdefault(kind, []).append(value)
    for kind, values in by_kind.items():
        for part in rows.chunks(values):
            query = select(customer_keys).where(
                customer_keys.c.kind == kind, rows.among(tx, customer_keys.c.value, part)
            )
            for row in tx.execute(query):
                found.setdefault((row.kind, row.value), []).append((row.customer_id, row.source))
    return found


def get(tx: Connection, customer_ids: Collection[str]) -> dict[str, Customer]:
    """Customers by id."""
    found = {}
    for part in rows.chunks(sorted(customer_ids)):
        for row in tx.execute(select(customers).where(rows.among(tx, customers.c.customer_id, part))):
            found[row.customer_id] = _customer(row)
    return found


def with_orders(tx: Connection, customer_ids: Collection[str]) -> list[Customer]:
    """These customers, each with every order number that finds them."""
    found = get(tx, customer_ids)
    numbers: dict[str, list[str]] = {}
    for part in rows.chunks(sorted(found)):
        keys = select(customer_keys.c.customer_id, customer_keys.c.value).where(customer_keys.c.kind == "order_id")
        for row in tx.execute(keys.where(rows.among(tx, customer_keys.c.customer_id, part))):
            numbers.setdefault(row.customer_id, []).append(row.value)
    return [replace(one, order_ids=tuple(sorted(numbers.get(who, ())))) for who, one in found.items()]


def _same(one: Customer, other: Customer | None) -> bool:
    """Is all that links are judged by as it was?"""
    if other is None:
        return False
    return one == replace(other, tier=one.tier, lifetime_value=one.lifetime_value)


def _customer(row: Any, orders: tuple[str, ...] | None = None) -> Customer:
    """A row as a customer; with `orders`, with those order numbers in place of the ones that came with the row."""
    contacts = row.contacts
    return Customer(
        row.customer_id,
        row.name,
        tuple(contacts["emails"]),
        tuple(contacts["phones"]),
        tuple(Handle(**h) for h in contacts["handles"]),
        tuple(contacts["account_ids"]),
        row.city,
        row.country,
        row.company_domain,
        tuple(contacts["order_ids"]) if orders is None else orders,
        row.tier,
        row.lifetime_value,
    )


def orders_of(tx: Connection, customer_id: str, limit: int = 5) -> tuple[Order, ...]:
    """The customer's newest orders."""
    query = select(orders).where(orders.c.customer_id == customer_id).order_by(orders.c.placed_at.desc()).limit(limit)
    return tuple(
        Order(row["order_id"], row["customer_id"], row["status"], row["placed_at"], row["total"], row["items"])
        for row in tx.execute(query).mappings()
    )


def linked(tx: Connection, author_ids: Collection[str]) -> dict[str, Customer]:
    """The customer that each of these authors is linked to; those that are only possible are left out."""
    sure = linked_ids(tx, author_ids)
    known = get(tx, sorted(set(sure.values())))
    return {author: known[customer_id] for author, customer_id in sure.items() if customer_id in known}


def linked_ids(tx: Connection, author_ids: Collection[str]) -> dict[str, str]:
    """The id of the customer that each of these authors is linked to, of those who are."""
    found: dict[str, str] = {}
    for part in rows.chunks(sorted(author_ids)):
        query = select(links.c.author_id, links.c.customer_id)
        sure = query.where(rows.among(tx, links.c.author_id, part), links.c.status == "linked")
        found.update((author_id, customer_id) for author_id, customer_id in tx.execute(sure))
    return found


def confirm(tx: Connection, author_id: str, customer_id: str, agent: str, now: datetime) -> None:
    """An agent says that this is the customer. Raises Refused where one of the two is gone."""
    pins.put(tx, author_id, customer_id, "confirmed", agent, now)
    save_links(tx, {author_id: links_of(tx, [author_id]).get(author_id, [])}, now)


def reject(tx: Connection, author_id: str, customer_id: str, agent: str, now: datetime) -> None:
    """An agent says that this is not the customer: the link goes now, and this pair is never offered again."""
    pins.put(tx, author_id, customer_id, "wrong", agent, now)
    save_links(tx, {author_id: links_of(tx, [author_id]).get(author_id, [])}, now)


def everyone(tx: Connection) -> Iterator[Customer]:
    """Every customer in order of their ids, with every order number that finds them, read as they are asked for."""
    in_parts = {"yield_per": 1000}
    numbers = select(customer_keys.c.customer_id, customer_keys.c.value).where(customer_keys.c.kind == "order_id")
    by_customer = groupby(
        tx.execute(numbers.order_by(customer_keys.c.customer_id), execution_options=in_parts),
        key=lambda row: str(row.customer_id),
    )
    buyer, bought = next(by_customer, ("", None))
    everybody = select(customers).order_by(customers.c.customer_id)
    for row in tx.execute(everybody, execution_options=in_parts):
        values = ()
        if bought is not None and buyer == row.customer_id:
            values = tuple(sorted(one.value for one in bought))
            buyer, bought = next(by_customer, ("", None))
        yield _customer(row, values)


def more_than(tx: Connection, count: int) -> bool:
    """Are there more customers than that? It looks no further."""
    return tx.scalar(select(customers.c.customer_id).offset(count).limit(1)) is not None


def stamp(tx: Connection) -> int:
    """A number that is another one whenever a customer, or what finds them, has changed."""
    found = select(customer_counts.c.n).where(customer_counts.c.kind == "stamp", customer_counts.c.value == "")
    return tx.scalar(found) or 0


def _changed(tx: Connection) -> None:
    statement = insert(tx, customer_counts).values(kind="stamp", value="", n=secrets.randbits(62))
    new = {"n": statement.excluded.n}
    tx.execute(statement.on_conflict_do_update(index_elements=["kind", "value"], set_=new))


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the authors heard are customers whom we know something of, from 0 to 1, as it was estimated when so many
    authors had been heard and the customers had this stamp."""

    value: float
    authors: int
    stamp: int


def share(tx: Connection) -> Share | None:
    """The share as last kept; None before the first estimate."""
    query = select(customer_counts.c.value, customer_counts.c.n).where(customer_counts.c.kind == "share")
    found = {row.value: row.n for row in tx.execute(query)}
    return Share(found["ppm"] / 1e6, found["authors"], found["stamp"]) if len(found) == 3 else None


def keep_share(tx: Connection, found: Share) -> None:
    parts = {"ppm": round(found.value * 1e6), "authors": found.authors, "stamp": found.stamp}
    statement = insert(tx, customer_counts)
    new = {"n": statement.excluded.n}
    values = [{"kind": "share", "value": name, "n": n} for name, n in parts.items()]
    tx.execute(statement.on_conflict_do_update(index_elements=["kind", "value"], set_=new), values)


def count_heard(tx: Connection) -> int:
    """How many authors were heard so far."""
    return tx.scalar(select(func.count()).select_from(authors)) or 0


def lately_heard(tx: Connection, limit: int) -> list[Author]:
    """The authors heard last."""
    return [_author(row) for row in tx.execute(select(authors).order_by(authors.c.heard_at.desc()).limit(limit))]


def heard(tx: Connection, after: str, limit: int) -> list[Author]:
    """Authors in order of their ids, those after one of them."""
    query = select(authors).where(authors.c.id > after).order_by(authors.c.id).limit(limit)
    return [_author(row) for row in tx.execute(query)]


def authors_of(tx: Connection, author_ids: Collection[str]) -> list[Author]:
    """These authors, as far as they are still known."""
    parts = rows.chunks(sorted(author_ids))
    return [_author(r) for part in parts for r in tx.execute(select(authors).where(rows.among(tx, authors.c.id, part)))]


def _author(row: Any) -> Author:
    return Author(
        row.platform,
        row.external_id,
        row.handle,
        row.display_name,
        row.bio,
        row.location,
        row.url,
        row.followers,
        row.verified,
    )


def agents_words(tx: Connection) -> list[tuple[str, str, bool]]:
    """What agents said, oldest first: (author id, customer id, is it them?)."""
    query = select(customer_pins).order_by(customer_pins.c.at, customer_pins.c.author_id, customer_pins.c.customer_id)
    return [(row.author_id, row.customer_id, row.verdict == "confirmed") for row in tx.execute(query)]


def agents_stamp(tx: Connection) -> str:
    """Changes when agents said something more."""
    count, last = tx.execute(select(func.count(), func.max(customer_pins.c.at))).one()
    return f"{count}:{last}" if count else ""


def words_of(tx: Connection, author_ids: Collection[str], limit: int = 20) -> dict[str, list[str]]:
    """What these authors said last, newest first, at most `limit` posts of each."""
    found: dict[str, list[str]] = {}
    for part in rows.chunks(sorted(author_ids)):
        newest = func.row_number().over(partition_by=mentions.c.author_id, order_by=mentions.c.created_at.desc())
        said = (
            select(mentions.c.author_id, mentions.c.title, mentions.c.text, newest.label("place"))
            .where(rows.among(tx, mentions.c.author_id, part), mentions.c.deleted_at.is_(None))
            .subquery()
        )
        for row in tx.execute(select(said).where(said.c.place <= limit).order_by(said.c.author_id, said.c.place)):
            found.setdefault(row.author_id, []).append(f"{row.title}\n{row.text}")
    return found


def authors_linked_to(tx: Connection, customer_ids: Collection[str]) -> set[str]:
    """The ids of the authors whose link or candidate one of these customers is."""
    found: set[str] = set()
    for part in rows.chunks(sorted(customer_ids)):
        found.update(tx.scalars(select(links.c.author_id).where(rows.among(tx, links.c.customer_id, part))))
    return found


def links_of(tx: Connection, author_ids: Collection[str]) -> dict[str, list[Link]]:
    """The links of each author, best first."""
    found: dict[str, list[Link]] = {}
    for part in rows.chunks(sorted(author_ids)):
        query = (
            select(links)
            .where(rows.among(tx, links.c.author_id, part))
            .order_by(links.c.probability.desc(), links.c.customer_id)
        )
        for row in tx.execute(query):
            evidence = tuple(Evidence(*e) for e in row.evidence)
            link = Link(row.author_id, row.customer_id, row.status, row.probability, row.basis, evidence, row.version)
            found.setdefault(row.author_id, []).append(link)
    return found


def save_links(tx: Connection, judged: Mapping[str, Sequence[Link]], now: datetime) -> int:
    """Make these the links of their authors (author id -> links; an empty list takes them away), as far as agents have not
    said otherwise. Returns how many authors changed."""
    said = pins.of(tx, judged.keys())
    judged = {author: pins.hold(author, new, said.get(author, {})) for author, new in judged.items()}
    old = links_of(tx, judged.keys())
    changed = {a: list(new) for a, new in judged.items() if set(old.get(a, [])) != set(new)}
    if not changed:
        return 0
    still = set()  # an author who was erased since they were read keeps none
    for part in rows.chunks(sorted(changed)):
        tx.execute(delete(links).where(rows.among(tx, links.c.author_id, part)))
        still |= set(tx.scalars(select(authors.c.id).where(rows.among(tx, authors.c.id, part))))
    new_rows = [
        {
            "author_id": link.author_id,
            "customer_id": link.customer_id,
            "status": link.status,
            "probability": link.probability,
            "basis": link.basis,
            "evidence": [[e.kind, e.weight, e.text] for e in link.evidence],
            "version": link.version,
            "decided_at": now,
        }
        for author in sorted(changed.keys() & still)
        for link in changed[author]
    ]
    if new_rows:
        tx.execute(insert(tx, links).on_conflict_do_nothing(), new_rows)
    stale.mark_authors(tx, {a for a, new in changed.items() if _sure(new) != _sure(old.get(a, []))})
    return len(changed)


def _sure(found: Sequence[Link]) -> set[str]:
    return {link.customer_id for link in found if link.status == "linked"}
