"""Airflow as programs for the supervisor: its settings, its home, and the order in which it may start."""

import json
import os
import secrets
import sqlite3
import sys
import urllib.request
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from app.supervise import Program

DAGS = Path(__file__).parent.parent / "dags"
SPARE_SLOTS = 7
"""Parallel tasks beyond one for each source: the answers, the clocks, the sweep, housekeeping, and what a person starts by
hand."""
LEAST_SLOTS = 8
KEEP = timedelta(days=3)
"""How long Airflow remembers its runs. What was heard and said is in our own store, and stays."""


class Airflow:
    """One Airflow on this machine: SQLite, LocalExecutor, no sign-in, and so on loopback alone."""

    def __init__(self, home: Path, port: int, sources: int) -> None:
        self.home, self.port = home, port
        self.url = f"http://127.0.0.1:{port}"
        self._database = home / "airflow.db"
        self._slots = max(LEAST_SLOTS, sources + SPARE_SLOTS)

    def environment(self) -> dict[str, str]:
        """The variables that make this Airflow; where each comes from is in docs/operations.md."""
        keys = self._keys()
        return {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": str(self._slots),
            "AIRFLOW__CORE__FERNET_KEY": keys["fernet"],
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self._database}",
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API__SECRET_KEY": keys["api"],
            "AIRFLOW__API_AUTH__JWT_SECRET": keys["jwt"],
            "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",
            "AIRFLOW__WORKERS__EXECUTION_API_RETRIES": "10",
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
            "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "30",
            "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "60",
            "AIRFLOW__SCHEDULER__CATCHUP_BY_DEFAULT": "False",
            "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "PYTHONWARNINGS": "ignore",
        }

    def must_migrate(self) -> bool:
        """Is its database missing, or another Airflow's? Asking Airflow itself would cost as much as migrating."""
        return not self._database.exists() or self._stamp() != version("apache-airflow")

    def migrated(self) -> None:
        """Remember that its database is this Airflow's."""
        (self.home / "migrated").write_text(version("apache-airflow"))

    def take_up(self) -> None:
        """Send tasks that were under way when Airflow was last ended back to their start, to be run at once.

        Airflow itself would wait until their heartbeats time out, and a continuous DAG has one run at a time. Nobody else
        works on them: this Airflow is not running.
        """
        if self.must_migrate():
            return
        with (
            closing(sqlite3.connect(self._database, timeout=10)) as database,
            database,
            suppress(sqlite3.OperationalError),
        ):
            database.execute(
                "UPDATE task_instance SET state = NULL, max_tries = try_number + 3 "
                "WHERE state IN ('scheduled', 'queued', 'running', 'restarting', 'up_for_retry')"
            )

    def migrate(self) -> Program:
        """Makes its database, or brings it up to date."""
        return Program("airflow-migrate", [*self._command(), "db", "migrate"], once=True)

    def clean(self, now: datetime) -> Program:
        """Forgets runs that are older than `KEEP`, and drops their logs at once: a run a minute and source is a lot."""
        before = now - KEEP
        for path in self.home.glob("logs/**/*.log"):
            with suppress(OSError):
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    path.parent.rmdir()  # where it was the last one there
        command = ["db", "clean", "--clean-before-timestamp", before.isoformat(), "--skip-archive", "--yes"]
        return Program("airflow-clean", [*self._command(), *command], nice=10, once=True)

    def programs(self) -> list[Program]:
        """The parts that a card needs. The scheduler may start beside the API server, for its tasks are patient."""
        return [
            Program("airflow-api", [*self._command(), "api-server"], ready=self.is_up),
            Program("airflow-scheduler", [*self._command(), "scheduler", "--skip-serve-logs"], stops_first=True),
            Program("airflow-dag-processor", [*self._command(), "dag-processor"]),
        ]

    def triggerer(self) -> Program:
        """No DAG of ours needs it; it starts last, so that a team's own DAGs find it."""
        return Program("airflow-triggerer", [*self._command(), "triggerer", "--skip-serve-logs"], nice=10)

    def is_up(self) -> bool:
        return answers(f"{self.url}/api/v2/version")

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "airflow"]

    def _stamp(self) -> str:
        try:
            return (self.home / "migrated").read_text()
        except FileNotFoundError:
            return ""

    def _keys(self) -> Mapping[str, str]:
        """This Airflow's secrets, made once and readable by their owner alone."""
        path = self.home / "keys.json"
        self.home.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            from cryptography.fernet import Fernet

            keys = {
                "jwt": secrets.token_urlsafe(96),
                "api": secrets.token_urlsafe(48),
                "fernet": Fernet.generate_key().decode(),
            }
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(keys, file)
        found: dict[str, str] = json.loads(path.read_text())
        return found


def answers(url: str) -> bool:
    """Does something answer there with success?"""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback is never behind a proxy
    with suppress(OSError), opener.open(url, timeout=1) as answer:
        return bool(answer.status < 400)
    return False
