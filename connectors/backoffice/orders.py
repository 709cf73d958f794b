"""Orders, as a shop hands them out: a CSV file, or the answer of a SQL query.

Columns: `order_id, customer_id, status, placed_at, total, items`, with `placed_at` in ISO 8601, UTC where it names no zone.
Only the ids must have a value. What is wrong with a row is told by its line and column, never by its words.
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from connectors.backoffice.table import csv_rows, made, moment, sql_rows
from core.customer import Order
from core.errors import BadRecord

ORDER_COLUMNS = ("order_id", "customer_id", "status", "placed_at", "total", "items")


def orders_from_csv(path: Path) -> Iterator[Order | BadRecord]:
    """Each order of a file, or what is wrong with its row. Raises Misconfigured where the file is no such table."""
    return made(csv_rows(path, ORDER_COLUMNS), order)


def orders_from_sql(address: SecretStr, query: str) -> Iterator[Order | BadRecord]:
    """Each order that a query answers. Raises Misconfigured or, where the database is down, RetryLater."""
    return made(sql_rows(address, query, ORDER_COLUMNS, "customers.orders_sql"), order)


def order(row: dict[str, str]) -> Order:
    """A row as an order. Raises BadRecord, naming the column."""
    for column in ("order_id", "customer_id"):
        if not row[column]:
            raise BadRecord(f"{column} is empty")
    placed_at = moment(row["placed_at"], "placed_at")
    return Order(row["order_id"], row["customer_id"], row["status"], placed_at, row["total"], row["items"])
