"""What the platforms bill us: each item once per UTC day, as X counts, so that an overlap costs nothing twice."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from core.mention import Charge
from core.store.engine import insert
from core.store.schema import spend_days, spend_items


def record(tx: Connection, source: str, charges: Iterable[Charge], now: datetime) -> int:
    """Add what was fetched to the ledger. Returns what it cost anew, in millionths of a US dollar."""
    day = now.astimezone(UTC).date().isoformat()
    price = {(c.kind, c.item): c.micros for c in charges}
    if not price:
        return 0
    statement = insert(tx, spend_items).on_conflict_do_nothing().returning(spend_items.c.kind, spend_items.c.item)
    fresh = tx.execute(
        statement,
        [{"source": source, "day": day, "kind": kind, "item": item} for kind, item in sorted(price)],
    ).all()
    units, micros = Counter[str](), Counter[str]()
    for kind, item in fresh:
        units[kind] += 1
        micros[kind] += price[kind, item]
    for kind in sorted(units):
        add = insert(tx, spend_days).values(source=source, day=day, kind=kind, units=units[kind], micros=micros[kind])
        tx.execute(
            add.on_conflict_do_update(
                index_elements=["source", "day", "kind"],
                set_={
                    "units": spend_days.c.units + add.excluded.units,
                    "micros": spend_days.c.micros + add.excluded.micros,
                },
            )
        )
    return micros.total()


def spent(tx: Connection, source: str, since_day: str, until_day: str = "9999-12-31") -> int:
    """What `source` cost from `since_day` to `until_day` (UTC days, both counted), in millionths of a dollar."""
    query = select(func.coalesce(func.sum(spend_days.c.micros), 0)).where(
        spend_days.c.source == source, spend_days.c.day >= since_day, spend_days.c.day <= until_day
    )
    return int(tx.scalar(query) or 0)
