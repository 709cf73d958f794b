"""A town for each test: a sandbox of its own, and a house on a fresh database (SQLite, then PostgreSQL)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.opening import House
from core.settings import Environment, parse
from core.store import open_store
from sandbox.server import running
from sandbox.slack import SlackState
from sandbox.slack.limits import Limits
from tests.end_to_end.town import LIMITS, Town, settings_for


@pytest.fixture
def town(database_url: str, tmp_path: Path) -> Iterator[Town]:
    with running(limits=LIMITS, slack=SlackState(limits=Limits(burst=1000, tiers=False))) as sandbox:
        settings = settings_for(sandbox, tmp_path)
        with House(parse(settings), Environment(sandbox.env()), open_store(database_url)) as house:
            yield Town(house, sandbox, settings, database_url)
