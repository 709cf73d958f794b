"""Bringing a database to this program's schema, with Alembic. `versions/` holds one file a change."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from core.errors import Misconfigured
from core.store.engine import Store


def upgrade(store: Store) -> None:
    """Bring the schema up to date. Safe to call at every start: it does nothing when there is nothing to do.

    Raises Misconfigured for a database that a newer program has brought further than this one knows.
    """
    with store.read() as tx:
        if MigrationContext.configure(tx).get_current_revision() == head():
            return
    config = _config()
    with store.write() as tx:
        if not store.is_sqlite:  # one process migrates at a time; the number is ours alone
            tx.exec_driver_sql("SELECT pg_advisory_xact_lock(7366786149)")
        config.attributes["connection"] = tx
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise Misconfigured(
                f"The database belongs to another version of this program ({error}): update it."
            ) from None


def check(store: Store) -> None:
    """Raises Misconfigured unless the schema is this program's."""
    with store.read() as tx:
        found = MigrationContext.configure(tx).get_current_revision()
    if found is None:
        raise Misconfigured("The database is empty: run `sunwai migrate` once to create its tables.")
    if found != head():
        raise Misconfigured(f"The database's schema is {found}, this program's is {head()}: run `sunwai migrate`.")


def head() -> str:
    """The newest revision that this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config
