"""A sandbox to listen to, and a store that needs no server."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.store import Store, open_store
from sandbox.server import Sandbox, running

LIMITS = {"reddit": (1_000_000, 600), "x.search": (1_000_000, 900), "mastodon": (1_000_000, 300)}
"""So high that praw's pacing does not slow the tests down."""


@pytest.fixture(scope="session")
def servers() -> Iterator[Sandbox]:
    with running(limits=LIMITS) as made:
        yield made


@pytest.fixture
def sandbox(servers: Sandbox) -> Sandbox:
    """The running servers with a world where nothing has been said yet."""
    faults = servers.world.faults
    faults.clear()
    faults.happened.clear()
    servers.world.__init__(limits=LIMITS)  # type: ignore[misc]  # the servers hold on to this very object
    servers.world.faults = faults
    servers.tickets.__init__()  # type: ignore[misc]
    return servers


@pytest.fixture
def now() -> datetime:
    """The sandbox posts by the wall clock, so here `now` must be now. Later moments are computed, never waited for."""
    return datetime.now(UTC)


@pytest.fixture
def small_store(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """SQLite alone, for what has nothing to do with the database."""
    path = tmp_path / "small.db"
    shutil.copy(sqlite_template, path)
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()
