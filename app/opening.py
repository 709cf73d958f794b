"""What every way in does first: read the settings, refuse to mix the sandbox with the real world, and open the store."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app import guard
from core import settings as files
from core.places import config_path
from core.settings import Environment, Settings
from core.store import Store, open_store


@dataclass(frozen=True, slots=True)
class House:
    """The settings, the environment and the open store: what a stage is called with."""

    settings: Settings
    environment: Environment
    store: Store

    @property
    def files(self) -> list[Path]:
        """What is read wherever the house is open, and must not be written over: the settings, and SQLite's database."""
        url = self.store.engine.url
        database = [Path(url.database)] if url.get_backend_name() == "sqlite" and url.database else []
        return [config_path(), *database]

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> "House":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def clock() -> datetime:
    """The moment, aware UTC. Time enters the house here; everything else is handed its `now`."""
    return datetime.now(UTC)


def home(settings: Settings) -> Path:
    """The folder of everything that is kept, absolute: `home` counts from the settings file's folder."""
    return (config_path().parent / settings.home).absolute()


def promises(settings: Settings) -> Path:
    """Where Slack listeners write down what they have promised and not done yet: in `home`, or where that cannot be written,
    as in a container, in Airflow's."""
    places = (home(settings), Path(os.environ.get("AIRFLOW_HOME") or home(settings)))
    return next((place for place in places if _can_be_written(place)), places[0]) / "promises"


def _can_be_written(folder: Path) -> bool:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return there.is_dir() and os.access(there, os.W_OK)


def database_url(settings: Settings, environment: Environment) -> str:
    """DATABASE_URL, or a SQLite file in `home`."""
    return environment.get("DATABASE_URL") or f"sqlite:///{home(settings) / 'sunwai.db'}"


def read(environment: Environment | None = None) -> tuple[Settings, Environment]:
    """The settings and the environment, checked. Raises Misconfigured with one sentence that names the key."""
    environment = environment or Environment()
    settings = files.load()
    guard.check(settings, environment)
    return settings, environment


def enter(environment: Environment | None = None, *, migrate: bool | None = None, via: str = "command_line") -> House:
    """Open the house; `via` is this way in, for the cases' log. Raises Misconfigured.

    `migrate` brings the schema up to date; unless told, that happens for SQLite, where this process is most likely alone,
    and never for PostgreSQL, whose keeper runs `sunwai migrate`.
    """
    settings, environment = read(environment)
    url = database_url(settings, environment)
    store = open_store(url, migrate=url.startswith("sqlite") if migrate is None else migrate)
    return House(settings, environment, store.coming_from(via))
