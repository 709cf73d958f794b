"""STAGE: copy customers, orders, stock and help articles into the store, where the other rooms find them.

The settings' `[customers]`, `[stock]` and `[articles]` tables say where they are. A file that is unchanged since the last
time is not read again; a broken one changes nothing, and the ops channel hears why.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from pydantic import SecretStr
from sqlalchemy import Connection

from connectors.backoffice import hubspot
from connectors.backoffice.articles import articles_from_csv, articles_from_jsonl, articles_from_sql
from connectors.backoffice.customers import customers_from_csv, customers_from_parquet, customers_from_sql
from connectors.backoffice.leniently import PARQUET
from connectors.backoffice.orders import orders_from_csv, orders_from_sql
from connectors.backoffice.stock import stock_from_csv, stock_from_sql
from core.context import Article, Stock
from core.customer import Customer
from core.errors import BadRecord, Misconfigured, SunwaiError
from core.settings import ArticlesTable, CustomersTable, Environment, Settings, StockTable
from core.store import Store, alarms, articles, customers, health, stock
from core.store.alarms import Trouble

BATCH = 1000
"""Rows in one transaction: the listener and the pipeline write in between."""
FIRST_REASONS = 5

_ASKED = ("sql", "orders_sql", "hubspot")
_PLACES = ("csv", "parquet", "jsonl", "orders_csv", *_ASKED)
"""The keys that say where rows are; those of `_ASKED` do not show by themselves whether anything changed there."""

T = TypeVar("T")
Progress = Callable[[int], None]
"""Told how many rows are stored so far."""
AnyTable = CustomersTable | StockTable | ArticlesTable


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


@dataclass(frozen=True, slots=True)
class _Kind(Generic[T]):
    """A table of the settings, and what the store does with its rows. `noun` is what the ops channel calls them."""

    name: str
    noun: str
    save: Callable[[Connection, list[T], datetime], int]
    missing: Callable[[Connection, datetime], tuple[int, int]]
    drop_missing: Callable[[Connection, datetime], int]
    finish: Callable[[Connection], None] = lambda tx: None

    @property
    def beat(self) -> str:
        """The heartbeat that remembers when the last copy was made, and of which files."""
        return f"sync:{self.name}"


CUSTOMERS: _Kind[Customer] = _Kind("customers", "customers", customers.save, customers.missing, customers.drop_missing)
STOCK: _Kind[Stock] = _Kind("stock", "lines of stock", stock.save, stock.missing, stock.drop_missing)
HUBSPOT_FULL = "sync:customers:full"
"""The heartbeat that remembers when all of HubSpot's contacts were last copied, and by which settings."""
ARTICLES: _Kind[Article] = _Kind(
    "articles", "help articles", articles.save, articles.missing, articles.drop_missing, articles.count_terms
)


class _Source(NamedTuple, Generic[T]):
    """Where rows come from. `read` begins anew at each call; a file is proved first, a query is asked once."""

    what: str
    read: Callable[[], Iterator[T | BadRecord]]
    is_file: bool


def sync(
    store: Store, settings: Settings, environment: Environment, now: datetime, *, force: bool = False
) -> dict[str, int]:
    """Make the store's customers, stock and help articles those of the settings' tables, where that is due. Safe to run
    twice, or twice at once.

    A customer that the table no longer has goes, with links and orders; so does a line of stock, and an article. None goes
    where rows could not be read, for one of them may be theirs, nor where it would be more than half, for a cut-off export
    looks just like that: the ops channel is asked instead. `force` runs now, and lets them go.
    Returns counts: customers, orders, stock, articles, dropped, rejected (rows that could not be read), kept (gone from the
    table, but not dropped); empty where nothing was due. Raises the first Misconfigured or RetryLater once every table was
    tried, with nothing dropped of those that failed.
    """
    counts: dict[str, int] = {}
    trouble: list[SunwaiError] = []
    for part in (_sync_customers, _sync_stock, _sync_articles):
        try:
            for name, count in part(store, settings, environment, now, force).items():
                counts[name] = counts.get(name, 0) + count
        except SunwaiError as error:
            trouble.append(error)
    if trouble:
        raise trouble[0]
    return counts


def import_customers(store: Store, path: Path, now: datetime, progress: Progress | None = None) -> Imported:
    """Add or replace the customers of a CSV file, or of Parquet where its name ends so; nobody is dropped. Where a customer
    has two rows, the last one counts.

    Raises Misconfigured in one sentence, with nothing changed, where the file is missing, empty, no such table or no text.
    """
    read = customers_from_parquet if path.suffix.lower() in PARQUET else customers_from_csv
    return _import(store, CUSTOMERS, _file(path, read), now, progress)


def import_orders(store: Store, path: Path, progress: Progress | None = None) -> Imported:
    """Add or replace the orders of a CSV file. Import customers first: an order finds its customer only if that is there.

    Raises Misconfigured as `import_customers` does.
    """
    _prove(orders_from_csv(path), str(path))
    return _save(store, orders_from_csv(path), customers.save_orders, progress)


def import_stock(store: Store, path: Path, now: datetime, progress: Progress | None = None) -> Imported:
    """Add or replace the lines of stock of a CSV file; none is dropped. Raises Misconfigured as `import_customers` does."""
    return _import(store, STOCK, _file(path, stock_from_csv), now, progress)


def import_articles(store: Store, path: Path, now: datetime, progress: Progress | None = None) -> Imported:
    """Add or replace the help articles of a CSV file, or of JSONL where its name ends so; none is dropped.

    Raises Misconfigured as `import_customers` does.
    """
    read = articles_from_jsonl if path.suffix.lower() in (".jsonl", ".ndjson") else articles_from_csv
    return _import(store, ARTICLES, _file(path, read), now, progress)


def _sync_customers(
    store: Store, settings: Settings, environment: Environment, now: datetime, force: bool
) -> dict[str, int]:
    table = settings.customers
    if not _is_due(store, CUSTOMERS, table, now, force):
        return {}
    seen = _fingerprint(table)
    with _told(store, settings, CUSTOMERS, now):
        people, bought = _copy_customers(store, table, environment, now, force)
    store.run(lambda tx: _judge(tx, settings, CUSTOMERS, people, bought, now))
    store.run(lambda tx: health.beat(tx, CUSTOMERS.beat, now, seen))
    return {
        "customers": people.saved,
        "orders": bought.saved,
        "dropped": people.dropped,
        "kept": people.kept,
        "rejected": people.rejected + bought.rejected,
    }


def _copy_customers(
    store: Store, table: CustomersTable, environment: Environment, now: datetime, force: bool
) -> tuple[Imported, Imported]:
    people, bought = Imported(), Imported()
    if table.hubspot and (other := next((key for key in ("csv", "parquet", "sql") if getattr(table, key)), None)):
        raise Misconfigured(f"customers.{other} and customers.hubspot are both set; keep one.")
    found = _source(
        "customers",
        (("csv", table.csv, customers_from_csv), ("parquet", table.parquet, customers_from_parquet)),
        ("sql", table.sql, customers_from_sql),
        lambda: environment.need("CUSTOMERS_DATABASE_URL", "the address of the database that customers.sql asks"),
    )
    orders = _source(
        "customers",
        (("orders_csv", table.orders_csv, orders_from_csv),),
        ("orders_sql", table.orders_sql, orders_from_sql),
        lambda: environment.need("CUSTOMERS_DATABASE_URL", "customers.orders_sql asks the database at that address"),
    )
    if orders is not None and orders.is_file:
        _prove(orders.read(), orders.what)  # before anything is stored of the customers
    if table.hubspot:
        people = _copy_hubspot(store, table, environment, now, force)
    elif found is not None:
        people = _mirror(store, CUSTOMERS, found, now, force)
    if orders is not None:
        bought = _save(store, orders.read(), customers.save_orders, None)
    return people, bought


def _copy_hubspot(
    store: Store, table: CustomersTable, environment: Environment, now: datetime, force: bool
) -> Imported:
    """The contacts that changed since the last time; all of them, now and then, for only so it is seen who is gone."""
    account = hubspot.connect(table.hubspot_properties, environment)
    with store.read() as tx:
        last, full = health.beat_of(tx, CUSTOMERS.beat), health.beat_of(tx, HUBSPOT_FULL)
    due = full is None or full[1] != repr(table) or now - full[0] >= timedelta(hours=table.hubspot_full_hours)
    if last is None or due or force:
        done = _mirror(store, CUSTOMERS, _Source("HubSpot", account.everyone, is_file=False), now, force)
        if not done.kept:  # else it is tried again until it is known who is gone
            store.run(lambda tx: health.beat(tx, HUBSPOT_FULL, now, repr(table)))
        return done
    return _save(store, account.changed(last[0]), lambda tx, batch: customers.save(tx, batch, now), None)


def _sync_stock(
    store: Store, settings: Settings, environment: Environment, now: datetime, force: bool
) -> dict[str, int]:
    table = settings.stock

    def source() -> _Source[Stock] | None:
        return _source(
            "stock",
            (("csv", table.csv, stock_from_csv),),
            ("sql", table.sql, stock_from_sql),
            lambda: environment.need("STOCK_DATABASE_URL", "the address of the database that stock.sql asks"),
        )

    return _sync_table(store, settings, STOCK, table, source, now, force)


def _sync_articles(
    store: Store, settings: Settings, environment: Environment, now: datetime, force: bool
) -> dict[str, int]:
    table = settings.articles

    def source() -> _Source[Article] | None:
        return _source(
            "articles",
            (("csv", table.csv, articles_from_csv), ("jsonl", table.jsonl, articles_from_jsonl)),
            ("sql", table.sql, articles_from_sql),
            lambda: environment.need("ARTICLES_DATABASE_URL", "the address of the database that articles.sql asks"),
        )

    return _sync_table(store, settings, ARTICLES, table, source, now, force)


def _sync_table(
    store: Store,
    settings: Settings,
    kind: _Kind[T],
    table: AnyTable,
    source: Callable[[], _Source[T] | None],
    now: datetime,
    force: bool,
) -> dict[str, int]:
    if not _is_due(store, kind, table, now, force):
        return {}
    seen = _fingerprint(table)
    with _told(store, settings, kind, now):
        found = source()
        done = _mirror(store, kind, found, now, force) if found is not None else Imported()
    store.run(lambda tx: _judge(tx, settings, kind, done, Imported(), now))
    store.run(lambda tx: health.beat(tx, kind.beat, now, seen))
    return {kind.name: done.saved, "dropped": done.dropped, "kept": done.kept, "rejected": done.rejected}


def _is_due(store: Store, kind: _Kind[T], table: AnyTable, now: datetime, force: bool) -> bool:
    """Is there something to copy, and has it been long enough? Files that are unchanged are looked at again next time."""
    named = [key for key, value in table if key in _PLACES and value]
    if not named:
        return False
    with store.read() as tx:
        last = health.beat_of(tx, kind.beat)
    if last is None or force:
        return True
    at, known = last
    if now - at < timedelta(minutes=table.refresh_minutes):
        return False
    seen = _fingerprint(table)
    if known == seen and not any(key in _ASKED for key in named):
        store.run(lambda tx: health.beat(tx, kind.beat, now, seen))
        return False
    return True


def _source(
    name: str,
    files: Sequence[tuple[str, Path | None, Callable[[Path], Iterator[T | BadRecord]]]],
    query: tuple[str, str | None, Callable[[SecretStr, str], Iterator[T | BadRecord]]],
    address: Callable[[], SecretStr],
) -> _Source[T] | None:
    """Where the settings' table `name` says that rows are, each (key, value, how to read it); None where it does not say.

    Raises Misconfigured where it says two places, or where the address of the query's database is not set.
    """
    keys = [key for key, value, _ in (*files, query) if value is not None]
    if len(keys) > 1:
        raise Misconfigured(f"{name}.{keys[0]} and {name}.{keys[1]} are both set; keep one.")
    for _, path, read in files:
        if path is not None:
            return _file(path, read)
    key, sql, ask = query
    if sql is None:
        return None
    return _Source(f"The answer of {name}.{key}", partial(ask, address(), sql), is_file=False)


def _file(path: Path, read: Callable[[Path], Iterator[T | BadRecord]]) -> _Source[T]:
    return _Source(str(path), partial(read, path), is_file=True)


def _import(
    store: Store, kind: _Kind[T], source: _Source[T], now: datetime, progress: Progress | None = None
) -> Imported:
    """Store what a source holds. Raises Misconfigured where that is nothing."""
    if source.is_file:
        _prove(source.read(), source.what)
    imported = _save(store, source.read(), lambda tx, batch: kind.save(tx, batch, now), progress)
    if not imported.saved:
        raise Misconfigured(_none_readable(source.what, imported))
    store.run(kind.finish)
    return imported


def _mirror(store: Store, kind: _Kind[T], source: _Source[T], now: datetime, force: bool) -> Imported:
    """Store what a source holds, and let go of what it holds no more."""
    done = _import(store, kind, source, now)
    done.dropped, done.kept = store.run(lambda tx: _drop_missing(tx, kind, now, force, bool(done.rejected)))
    if done.dropped:
        store.run(kind.finish)
    return done


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


def _fingerprint(table: AnyTable) -> str:
    """Changes when the table's settings do, or a file that they name."""
    parts = [repr(table)]
    for _, path in table:
        if isinstance(path, Path) and path.is_file():
            stat = path.stat()
            parts.append(f"{stat.st_size}:{stat.st_mtime_ns}")
    return sha256("|".join(parts).encode()).hexdigest()


def _drop_missing(tx: Connection, kind: _Kind[T], now: datetime, force: bool, some_unread: bool) -> tuple[int, int]:
    """(dropped, kept although missing)."""
    gone, everything = kind.missing(tx, now)
    if not force and (some_unread or gone * 2 > everything):
        return 0, gone
    return (kind.drop_missing(tx, now) if gone else 0), 0


@contextmanager
def _told(store: Store, settings: Settings, kind: _Kind[T], now: datetime) -> Iterator[None]:
    """Let the ops channel hear why a copy failed."""
    try:
        yield
    except SunwaiError as error:
        title, sentence = f"The {kind.noun} cannot be copied", str(error)
        store.run(lambda tx: _tell(tx, settings, kind, title, sentence, now))
        raise


def _judge(tx: Connection, settings: Settings, kind: _Kind[T], done: Imported, bought: Imported, now: datetime) -> None:
    """Tell the ops channel what was odd about a copy, or that all is well again."""
    if rejected := done.rejected + bought.rejected:
        detail = f"{rejected} rows were passed over. {_first((*done.reasons, *bought.reasons))}"
        if done.kept:
            detail += f" Until they can be read, {done.kept} {kind.noun} that are missing from the table are kept."
        some = "customers or orders" if kind is CUSTOMERS else kind.noun
        _tell(tx, settings, kind, f"Some {some} cannot be read", detail, now)
    elif done.kept:
        title = f"More than half of the {kind.noun} are missing from their table"
        remedy = "None of them was removed, for it may be cut off. If it is right, run `sunwai sync --force`."
        _tell(tx, settings, kind, title, f"{done.kept} {kind.noun} are stored here and not there.", now, remedy)
    else:
        alarms.over(tx, settings, kind.name, now, f"The {kind.noun} are copied again")


def _tell(
    tx: Connection, settings: Settings, kind: _Kind[T], title: str, detail: str, now: datetime, remedy: str = ""
) -> None:
    remedy = remedy or "Mend the table; it is read again by itself."
    alarms.tell(tx, settings, Trouble(kind.name, title, detail, remedy), now)
