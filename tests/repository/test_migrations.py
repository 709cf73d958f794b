"""The migrations lead to the schema that the code uses, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from core.store import Store
from core.store.schema import metadata


def test_migrations_match_the_schema(store: Store) -> None:
    with store.read() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "compare_server_default": False})
        assert compare_metadata(context, metadata) == []
