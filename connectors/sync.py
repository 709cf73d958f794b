"""STAGE: copy customers and orders into the store, where the other rooms find them.

The settings' `[customers]` table says where they are. A file that is unchanged since the last time is not read again; a
broken one changes nothing, and the ops channel hears why.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from connectors.backoffice.customers import customers_from_csv, customers_from_sql, orders_from_csv
from core.customer import Customer
from core.errors import BadRecord, Misconfigured, SunwaiError
from core.settings import CustomersTable, Environment, Settings
from core.store import Store, customers, health, outbox
from core.store.outbox import Message

BEAT = "sync:customers"
"""The heartbeat that remembers when the last copy was made, and of which files."""
ALARM = "customers"
BATCH = 1000
"""Rows in one transaction: the listener and the pipeline write in between."""
FIRST_REASONS = 5

T = TypeVar("T")
Progress = Callable[[int], None]
"""Told how many rows are stored so far."""


@dataclass(slots=True)
class Imported:
    """What an import did. `reasons` are the first few of what was wrong with the rows set aside, each with its line."""

    saved: int = 0
    rejected: int = 0
    dropped: int = 0
    kept: int = 0
    reasons: list[str] = field(default_factory=list)

    def reject(self, error: BadRecord) -> None:
        self.rejected += 1
        if len(self.reasons) < FIRST_REASONS:
            self.reasons.append(str(error))


def sync(
    store: Store, settings: Settings, environment: Environment, now: datetime, *, force: bool = False
) -> dict[str, int]:
    """Make the store's customers those of the settings' table, if that is due. Safe to run twice, or twice at once.

    A customer that the table no longer has goes, with links and orders. None goes where rows could not be read, for one
    of them may be theirs, nor where it would be more than half, for a cut-off export looks just like that: the ops channel
    is asked instead. `force` runs now, and lets them go.
    Returns counts: customers, orders, dropped, rejected (rows that could not be read), kept (gone from the table, but not
    dropped); empty where nothing was due. Raises Misconfigured or RetryLater, with nothing dropped.
    """
    table = settings.customers
    if table.csv is None and table.sql is None and table.orders_csv is None:
        return {}
    seen = _fingerprint(table)
    with store.read() as tx:
        last = health.beat_of(tx, BEAT)
    if last is not None and not force:
        at, known = last
        if now - at < timedelta(minutes=table.refresh_minutes):
            return {}
        if table.sql is None and known == seen:
            store.run(lambda tx: health.beat(tx, BEAT, now, seen))
            return {}
    try:
        people, bought = _copy(store, table, environment, now, force)
    except SunwaiError as error:
        sentence = str(error)
        store.run(lambda tx: _tell(tx, settings, "The customers cannot be copied", sentence, now))
        raise
    store.run(lambda tx: _judge(tx, settings, people, bought, now))
    store.run(lambda tx: health.beat(tx, BEAT, now, seen))
    return {
        "customers": people.saved,
        "orders": bought.saved,
        "dropped": people.dropped,
        "kept": people.kept,
        "rejected": people.rejected + bought.rejected,
    }


def import_customers(store: Store, path: Path, now: datetime, progress: Progress | None = None) -> Imported:
    """Add or replace the customers of a CSV file; nobody is dropped. Where a customer has two rows, the last one counts.

    Raises Misconfigured in one sentence, with nothing changed, where the file is missing, empty, no such table or no text.
    """
    _prove(customers_from_csv(path), str(path))
    return _save_customers(store, customers_from_csv(path), now, progress)


def import_orders(store: Store, path: Path, progress: Progress | None = None) -> Imported:
    """Add or replace the orders of a CSV file. Import customers first: an order finds its customer only if that is there.

    Raises Misconfigured as `import_customers` does.
    """
    _prove(orders_from_csv(path), str(path))
    return _save(store, orders_from_csv(path), customers.save_orders, progress)


def _copy(
    store: Store, table: CustomersTable, environment: Environment, now: datetime, force: bool
) -> tuple[Imported, Imported]:
    if table.csv is not None and table.sql is not None:
        raise Misconfigured("customers.csv and customers.sql are both set; keep one.")
    people, bought = Imported(), Imported()
    if table.orders_csv is not None:
        _prove(orders_from_csv(table.orders_csv), str(table.orders_csv))
    if table.csv is not None:
        people = import_customers(store, table.csv, now)
    elif table.sql is not None:
        address = environment.need("CUSTOMERS_DATABASE_URL", "the address of the database that customers.sql asks")
        people = _save_customers(store, customers_from_sql(address, table.sql), now, None)
        if not people.saved:
            raise Misconfigured(_none_readable("The answer of customers.sql", people))
    if people.saved:
        people.dropped, people.kept = store.run(lambda tx: _drop_missing(tx, now, force, bool(people.rejected)))
    if table.orders_csv is not None:
        bought = _save(store, orders_from_csv(table.orders_csv), customers.save_orders, None)
    return people, bought


def _save_customers(
    store: Store, found: Iterator[Customer | BadRecord], now: datetime, progress: Progress | None
) -> Imported:
    return _save(store, found, lambda tx, batch: customers.save(tx, batch, now), progress)


def _save(
    store: Store,
    found: Iterator[T | BadRecord],
    save: Callable[[Connection, list[T]], int],
    progress: Progress | None,
) -> Imported:
    """Store what was found in batches, each its own transaction, so that no other writer waits long."""
    imported = Imported()
    good = _good(found, imported)
    while batch := list(islice(good, BATCH)):
        imported.saved += store.run(lambda tx, batch=batch: save(tx, batch))  # type: ignore[misc]
        if progress is not None:
            progress(imported.saved)
    return imported


def _prove(found: Iterable[object], what: str) -> None:
    """Read a file to its end before anything is stored: a break in its last line must not leave half of it behind."""
    imported = Imported()
    imported.saved = sum(1 for _ in _good(found, imported))
    if not imported.saved:
        raise Misconfigured(_none_readable(what, imported))


def _good(found: Iterable[T | BadRecord], imported: Imported) -> Iterator[T]:
    for one in found:
        if isinstance(one, BadRecord):
            imported.reject(one)
        else:
            yield one


def _none_readable(what: str, imported: Imported) -> str:
    if not imported.rejected:
        return f"{what} holds no rows; nothing was changed."
    return (
        f"None of the {imported.rejected} rows of {what} can be read; nothing was changed. {_first(imported.reasons)}"
    )


def _first(reasons: Iterable[str]) -> str:
    return f"The first: {next(iter(reasons))}."


def _fingerprint(table: CustomersTable) -> str:
    """Changes when the table's settings do, or a file that they name."""
    parts = [repr(table)]
    for path in (table.csv, table.orders_csv):
        if path is not None and path.is_file():
            stat = path.stat()
            parts.append(f"{stat.st_size}:{stat.st_mtime_ns}")
    return sha256("|".join(parts).encode()).hexdigest()


def _drop_missing(tx: Connection, now: datetime, force: bool, some_unread: bool) -> tuple[int, int]:
    """(dropped, kept although missing)."""
    gone, everybody = customers.missing(tx, now)
    if not force and (some_unread or gone * 2 > everybody):
        return 0, gone
    return (customers.drop_missing(tx, now) if gone else 0), 0


def _judge(tx: Connection, settings: Settings, people: Imported, bought: Imported, now: datetime) -> None:
    """Tell the ops channel what was odd about a copy, or that all is well again."""
    if rejected := people.rejected + bought.rejected:
        detail = f"{rejected} rows were passed over. {_first((*people.reasons, *bought.reasons))}"
        if people.kept:
            detail += f" Until they can be read, {people.kept} customers who are missing from the table are kept."
        _tell(tx, settings, "Some customers or orders cannot be read", detail, now)
    elif people.kept:
        title = "More than half of the customers are missing from their table"
        remedy = "None of them was removed, for it may be cut off. If it is right, run `sunwai sync --force`."
        _tell(tx, settings, title, f"{people.kept} customers are stored here and not there.", now, remedy)
    elif health.clear_alarm(tx, ALARM):
        _queue(tx, settings, {"state": "recovered", "title": "The customers are copied again"}, now)


def _tell(tx: Connection, settings: Settings, title: str, detail: str, now: datetime, remedy: str = "") -> None:
    if health.raise_alarm(tx, ALARM, f"{title}: {detail}", now):
        remedy = remedy or "Mend the table; it is read again by itself."
        _queue(tx, settings, {"state": "raised", "title": title, "detail": detail, "remedy": remedy}, now)


def _queue(tx: Connection, settings: Settings, words: dict[str, str], now: datetime) -> None:
    key = f"ops:{ALARM}:{words['state']}:{now.isoformat()}"
    data = words | {"at": now.isoformat()}
    outbox.put(tx, [Message("slack_ops", settings.slack.ops_channel, key, rank=3, data=data)])
