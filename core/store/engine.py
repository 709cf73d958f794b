"""Opening the database, and transactions that hold the store's promises on both engines."""

import copy
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import tenacity
from sqlalchemy import URL, Connection, Engine, Table, bindparam, column, create_engine, event, func, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError, SQLAlchemyError

from core.errors import Misconfigured

DEFAULT_URL = "sqlite:///.sunwai/sunwai.db"
BUSY_SECONDS = 30
"""How long a writer waits for another one on SQLite, which has one writer at a time."""
LOOK_MILLISECONDS = 5
"""So often a writer that waits looks at least whether the lock is free."""

T = TypeVar("T")


class Store:
    """An open database. `write()` and `read()` give transactions; hand them to the functions of `core.store.*`.

    `via` is where what is written came in, for the cases' log: `slack:WORKSPACE:CHANNEL`, `dashboard`, `command_line` or
    `airflow`; empty where nobody says. What came in on a platform is known by the post.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.via = ""
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._turn = threading.Lock()

    def coming_from(self, via: str) -> "Store":
        """The same database, for what comes in there."""
        other = copy.copy(self)  # shares the connections, and the queue for the write lock
        other.via = via
        return other

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at the end, or not at all.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE), so that it cannot fail half-way because another
        writer came first. The threads of one process queue for it here: SQLite lets a writer that found the lock taken
        sleep and look again, so under many presses the unlucky ones came seconds late.
        """
        with (
            self._in_turn(),
            self.engine.connect() as connection,
            connection.execution_options(sqlite_begin="IMMEDIATE", via=self.via).begin(),
        ):
            yield connection

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Whoever waits in vain tries all the same, so that it is SQLite that says what is wrong."""
        mine = self.is_sqlite and self._turn.acquire(timeout=BUSY_SECONDS)
        try:
            yield
        finally:
            if mine:
                self._turn.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view that changes nothing."""
        with self.engine.connect() as connection:
            try:
                yield connection
            finally:
                connection.rollback()

    def run(self, work: Callable[[Connection], T]) -> T:
        """The answer of `work`, done in a write transaction; done again when the database broke it off (a deadlock on
        PostgreSQL, a lock held too long on SQLite). `work` must not touch anything but the database."""
        for attempt in tenacity.Retrying(
            retry=tenacity.retry_if_exception(_broken_off),
            wait=tenacity.wait_random_exponential(0.02, 1.0),
            stop=tenacity.stop_after_attempt(8),
            reraise=True,
        ):
            with attempt, self.write() as tx:
                return work(tx)
        raise AssertionError("unreachable: tenacity raises")

    def close(self) -> None:
        self.engine.dispose()


def open_store(url: str | None = None, *, migrate: bool = False) -> Store:
    """Open the database at `url` (SQLAlchemy form), or the default SQLite file.

    `migrate` brings the schema up to date first. Raises Misconfigured when the address is wrong, nobody answers there, or
    the schema is older or newer than this program.
    """
    from core.store import migrations

    store = Store(_engine(url or DEFAULT_URL))
    try:
        if migrate:
            migrations.upgrade(store)
        else:
            migrations.check(store)
    except OperationalError as error:
        raise Misconfigured(
            f"The database of DATABASE_URL ({_shown(store.engine.url)}) does not answer: {_first_line(error)}."
        ) from None
    except DatabaseError as error:  # a file of something else, or a damaged one
        raise Misconfigured(
            f"The database of DATABASE_URL ({_shown(store.engine.url)}) cannot be read: {_first_line(error)}."
        ) from None
    return store


def database_now(tx: Connection) -> datetime:
    """The database's clock, aware UTC. Leases and due times run on it, so workers need not agree on theirs."""
    if tx.dialect.name == "sqlite":
        value = tx.exec_driver_sql("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')").scalar_one()
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    moment: datetime = tx.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    return moment.astimezone(UTC)


def insert(tx: Connection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect of `tx`."""
    return sqlite.insert(table) if tx.dialect.name == "sqlite" else postgresql.insert(table)


def insert_returning(tx: Connection, table: Table, values: Sequence[dict[str, Any]]) -> tuple[Any, Any]:
    """An INSERT of these rows, to which RETURNING may be added, and what to execute it with. PostgreSQL gets each column as
    one array: a statement that lists the values of some hundred rows takes longer to read than they take to store."""
    if tx.dialect.name == "sqlite":
        return insert(tx, table), values
    columns = [table.c[name] for name in values[0]]
    arrays = (bindparam(c.name, type_=postgresql.ARRAY(c.type)) for c in columns)
    given = func.unnest(*arrays).table_valued(*(column(c.name, c.type) for c in columns), name="given").render_derived()
    statement = insert(tx, table).from_select([c.name for c in columns], select(*given.c))
    return statement, {c.name: [row[c.name] for row in values] for c in columns}


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise Misconfigured(
            "DATABASE_URL is not a database address; write it as sqlite:///path or postgresql://user:password@host/name."
        ) from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _sqlite(parsed)
    if backend in ("postgresql", "postgres"):
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            pool_size=20,  # kept once opened: the listener's many hands would else open one anew for each press
            max_overflow=5,
            hide_parameters=True,
        )
    raise Misconfigured(f"DATABASE_URL names {backend}; Sunwai keeps its data in SQLite or PostgreSQL.")


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Misconfigured(f"DATABASE_URL names {url.database}, whose folder cannot be made: {error}.") from None
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"), connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",  # what is erased is overwritten in the file too, not only unlinked
            "cache_size=-65536",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("sqlite_begin") == "IMMEDIATE":
            _begin_to_write(connection)
        else:
            connection.exec_driver_sql("BEGIN DEFERRED")

    return engine


def _begin_to_write(connection: Connection) -> None:
    """Take the write lock as soon as it is free.

    Left to itself, SQLite looks again after 1, 2, 5 ... 100 ms: a process that waits for another one's batch then sleeps on
    for up to a tenth of a second after its end, or until the next one has begun. Here the row begins anew every few ms.
    """
    raw = connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - for the type
    until = time.monotonic() + BUSY_SECONDS
    raw.execute(f"PRAGMA busy_timeout={LOOK_MILLISECONDS}")
    try:
        while True:
            try:
                raw.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    break
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # once more, so that the error is SQLAlchemy's
    finally:
        raw.execute(f"PRAGMA busy_timeout={round(BUSY_SECONDS * 1000)}")


def _broken_off(error: BaseException) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    return state in ("40001", "40P01") or "database is locked" in str(error.orig)


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _first_line(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", error)).strip().splitlines()[0].rstrip(".")


__all__ = ["DEFAULT_URL", "Store", "database_now", "insert", "insert_returning", "open_store"]
