"""What each shop has of each product: a CSV file, or the answer of a SQL query.

Columns: `shop, sku, product, quantity`, each with a value, and `city, country, names, updated_at`, which may be left out.
`names` are other words for the product, in any language, `;` between several; `quantity` is a whole number, and what is
below zero (sold ahead) counts as none.
"""

import math
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from connectors.backoffice.table import csv_rows, made, moment, parts, short, sql_rows
from core.context import Stock
from core.errors import BadRecord

STOCK_COLUMNS = ("shop", "sku", "product", "quantity")
MORE = ("city", "country", "names", "updated_at")
MOST = 2_000_000_000
"""Pieces: what a column of the store holds."""


def stock_from_csv(path: Path) -> Iterator[Stock | BadRecord]:
    """Each line of a file, or what is wrong with its row. Raises Misconfigured where the file is no such table."""
    return made(csv_rows(path, STOCK_COLUMNS, MORE), stock)


def stock_from_sql(address: SecretStr, query: str) -> Iterator[Stock | BadRecord]:
    """Each line that a query answers. Raises Misconfigured or, where the database is down, RetryLater."""
    return made(sql_rows(address, query, STOCK_COLUMNS, "stock.sql", "STOCK_DATABASE_URL", MORE), stock)


def stock(row: dict[str, str]) -> Stock:
    """A row as a line of stock. Raises BadRecord, naming the column."""
    return Stock(
        shop=short(row, "shop"),
        sku=short(row, "sku"),
        product=short(row, "product"),
        quantity=_quantity(row["quantity"]),
        city=row["city"],
        country=row["country"],
        names=parts(row["names"]),
        updated_at=moment(row["updated_at"], "updated_at"),
    )


def _quantity(text: str) -> int:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not number.is_integer() or number > MOST:
        raise BadRecord("quantity is not a whole number, such as 12")
    return max(0, int(number))
