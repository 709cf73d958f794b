"""What all tables that are copied from outside have in common: `imported_at` says when a row was last there."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, case, func, select


def later(table: Table, imported_at: ColumnElement[Any]) -> ColumnElement[Any]:
    """The row's own time or this one: of two imports at once neither drops what the other one brought."""
    return case((table.c.imported_at > imported_at, table.c.imported_at), else_=imported_at)


def missing(tx: Connection, table: Table, imported_before: datetime) -> tuple[int, int]:
    """How many rows the last full import no longer held, and how many there are in all."""
    old = func.count().filter(table.c.imported_at < imported_before)
    gone, everything = tx.execute(select(old, func.count()).select_from(table)).one()
    return gone, everything
