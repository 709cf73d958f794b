"""What the shops have, and which lines of it answer a post."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from core.availability import TELLING, asked_terms, asks, nearest_first, product_terms, wanted
from core.context import Stock
from core.store import imports, rows
from core.store.engine import insert
from core.store.schema import stock, stock_terms

LINES_READ = 3000
"""Lines of the wanted products that are looked at: a thousand shops for each."""


def save(tx: Connection, found: Iterable[Stock], now: datetime) -> int:
    """Add or replace lines. Returns how many. A product is found by the names of its line that was saved last."""
    fields = ("city", "country", "product", "names", "quantity", "updated_at", "imported_at")
    statement = insert(tx, stock)
    statement = statement.on_conflict_do_update(
        index_elements=["sku", "shop"],
        set_={f: statement.excluded[f] for f in fields}
        | {"imported_at": imports.later(stock, statement.excluded.imported_at)},
    )
    latest = {(line.sku, line.shop): line for line in found}
    for part in rows.chunks([latest[key] for key in sorted(latest)]):
        tx.execute(
            statement,
            [
                {
                    "sku": line.sku,
                    "shop": line.shop,
                    "city": line.city,
                    "country": line.country,
                    "product": line.product,
                    "names": list(line.names),
                    "quantity": line.quantity,
                    "updated_at": line.updated_at,
                    "imported_at": now,
                }
                for line in part
            ],
        )
        products = {line.sku: line for line in part}
        tx.execute(delete(stock_terms).where(stock_terms.c.sku.in_(sorted(products))))
        values = [
            {"term": t, "sku": sku} for sku, line in sorted(products.items()) for t in sorted(product_terms(line))
        ]
        if values:
            tx.execute(insert(tx, stock_terms).on_conflict_do_nothing(), values)
    return len(latest)


def missing(tx: Connection, imported_before: datetime) -> tuple[int, int]:
    """How many lines the last full import no longer held, and how many there are in all."""
    return imports.missing(tx, stock, imported_before)


def drop_missing(tx: Connection, imported_before: datetime) -> int:
    """Remove lines that the last full import no longer held. Returns how many."""
    dropped = tx.execute(delete(stock).where(stock.c.imported_at < imported_before)).rowcount
    tx.execute(delete(stock_terms).where(stock_terms.c.sku.not_in(select(stock.c.sku))))
    return dropped


def nearest(
    tx: Connection, text: str, city: str, country: str, language: str = "", brand_name: str = ""
) -> tuple[Stock, ...]:
    """What the nearest shops have of the product that the text asks for; nothing where it does not ask, or for none.

    `city` and `country` are the asker's, empty where they are not known. At most three products of three shops.
    """
    if not asks(text):
        return ()
    asked = asked_terms(text, language, brand_name)
    products = _holding(tx, {term for terms in asked.values() for term in terms})
    chosen = wanted(asked, products)
    lines: dict[str, list[Stock]] = {sku: [] for sku in chosen}
    if chosen:
        query = select(stock).where(rows.among(tx, stock.c.sku, chosen)).limit(LINES_READ)
        for row in tx.execute(query):
            lines[row.sku].append(
                Stock(
                    row.shop,
                    row.sku,
                    row.product,
                    row.quantity,
                    row.city,
                    row.country,
                    tuple(row.names),
                    row.updated_at,
                )
            )
    return tuple(line for sku in chosen for line in nearest_first(lines[sku], text, city, country))


def _holding(tx: Connection, terms: set[str]) -> dict[str, set[str]]:
    """The products that have any of these terms: {sku: those of the terms that it has}. Terms that too many have tell
    nothing, and are left out."""
    counts = (
        select(stock_terms.c.term)
        .where(rows.among(tx, stock_terms.c.term, sorted(terms)))
        .group_by(stock_terms.c.term)
        .having(func.count() <= TELLING)
    )
    telling = list(tx.scalars(counts))
    found: dict[str, set[str]] = {}
    for sku, term in tx.execute(
        select(stock_terms.c.sku, stock_terms.c.term).where(rows.among(tx, stock_terms.c.term, telling))
    ):
        found.setdefault(sku, set()).add(term)
    return found
