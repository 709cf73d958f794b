"""Alembic runs this file; the connection comes from `migrations.upgrade`."""

from typing import Any, Literal

from alembic import context

from core.store import schema


def render(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write the types that differ between SQLite and PostgreSQL by their names in `core.store.schema`."""
    names = {id(schema.Json): "schema.Json", id(schema.Id): "schema.Id"}
    if kind == "type" and isinstance(item, schema.UtcTime):
        return "schema.UtcTime()"
    return names.get(id(item), False) if kind == "type" else False


def ours(name: str | None, kind: str, parents: Any) -> bool:
    """The search index and the tables that FTS5 keeps it in are made by hand, and no part of the metadata."""
    return kind != "table" or not (name or "").startswith(schema.SEARCH_INDEX)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata,
    render_as_batch=True,
    render_item=render,
    include_name=ours,
    transactional_ddl=True,
)
context.run_migrations()
