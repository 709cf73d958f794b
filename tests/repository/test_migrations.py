"""The migrations lead to the schema that the code uses, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from core.store import Store
from core.store.schema import MENTION_INDEX, SEARCH_INDEX, metadata


def declared(name: str | None, kind: str, _parents: object) -> bool:
    """All but the full-text indexes, which are of another kind on each database; the tests of search hold them."""
    return kind != "table" or not (name or "").startswith((SEARCH_INDEX, MENTION_INDEX))


def test_migrations_match_the_schema(store: Store) -> None:
    with store.read() as tx:
        options = {"compare_type": True, "compare_server_default": False, "include_name": declared}
        context = MigrationContext.configure(tx, opts=options)
        assert compare_metadata(context, metadata) == []
