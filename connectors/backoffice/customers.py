"""Customers, as a CRM hands them out: a CSV or a Parquet file, or the answer of a SQL query.

Columns: `customer_id, name, emails, phones, handles, account_ids, city, country, company_domain, order_ids,
tier, lifetime_value`. Lists are `;`-separated; a handle is `platform:handle:source` with source one of oauth, agent and
import; an account id is `platform:id`, proved by signing in. Only `customer_id` must have a value.

What is wrong with a row is told by its line and column, never by its words: they are about a person, and logs are read.
"""

import math
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from connectors.backoffice.table import csv_rows, made, parquet_rows, sql_rows
from core.customer import Customer, Handle
from core.errors import BadRecord

CUSTOMER_COLUMNS = (
    "customer_id",
    "name",
    "emails",
    "phones",
    "handles",
    "account_ids",
    "city",
    "country",
    "company_domain",
    "order_ids",
    "tier",
    "lifetime_value",
)
HANDLE_SOURCES = ("oauth", "agent", "import")


def customers_from_csv(path: Path) -> Iterator[Customer | BadRecord]:
    """Each customer of a file, or what is wrong with its row. Raises Misconfigured where the file is no such table."""
    return made(csv_rows(path, CUSTOMER_COLUMNS), customer)


def customers_from_parquet(path: Path) -> Iterator[Customer | BadRecord]:
    """The same of a Parquet file, whose lists may be lists. Raises Misconfigured where the file is no such table."""
    return made(parquet_rows(path, CUSTOMER_COLUMNS), customer)


def customers_from_sql(address: SecretStr, query: str) -> Iterator[Customer | BadRecord]:
    """Each customer that a query answers. Raises Misconfigured or, where the database is down, RetryLater."""
    return made(sql_rows(address, query, CUSTOMER_COLUMNS), customer)


def customer(row: dict[str, str]) -> Customer:
    """A row as a customer. Raises BadRecord, naming the column."""
    if not row["customer_id"]:
        raise BadRecord("customer_id is empty")
    return Customer(
        customer_id=row["customer_id"],
        name=row["name"],
        emails=_list(row["emails"]),
        phones=_list(row["phones"]),
        handles=tuple(_handle(entry) for entry in _list(row["handles"])),
        account_ids=tuple(_account(entry) for entry in _list(row["account_ids"])),
        city=row["city"],
        country=row["country"],
        company_domain=row["company_domain"].lower(),
        order_ids=_list(row["order_ids"]),
        tier=row["tier"],
        lifetime_value=_amount(row["lifetime_value"]),
    )


def _list(text: str) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in text.split(";") if entry.strip()) if text else ()


def _handle(entry: str) -> Handle:
    parts = [part.strip() for part in entry.split(":")]
    if len(parts) < 3 or not parts[0] or parts[-1] not in HANDLE_SOURCES:
        raise BadRecord("an entry of handles is not platform:handle:source, with source oauth, agent or import")
    handle = ":".join(parts[1:-1]).lstrip("@")
    if not handle:
        raise BadRecord("an entry of handles names no handle")
    return Handle(parts[0].lower(), handle, parts[-1])  # type: ignore[arg-type]


def _account(entry: str) -> str:
    platform, _, number = entry.partition(":")
    if not platform or not number:
        raise BadRecord("an entry of account_ids is not platform:id")
    return f"{platform.strip().lower()}:{number.strip()}"


def _amount(text: str) -> float | None:
    if not text:
        return None
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not math.isfinite(amount):
        raise BadRecord("lifetime_value is not a number, such as 1250.50")
    return amount
