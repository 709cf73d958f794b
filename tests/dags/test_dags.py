"""The DAGs under real Airflow: what they are, how quickly they parse, and that they take a post to its card."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app.engine import Airflow
from sandbox.server import Sandbox, running
from tests.app.conftest import SETTINGS, URGENT

pytestmark = [pytest.mark.airflow, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]
MORE = """
[sources.rss]
feeds = ["{feeds}/blog/rss.xml"]
poll_seconds = 1
[sources.off]
type = "x"
enabled = false
"""


class Engine:
    """A migrated Airflow home with a team's settings, in front of a sandbox."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder, self.sandbox = folder, sandbox
        self.settings = folder / "sunwai.toml"
        self.airflow = Airflow(folder / "airflow", 8899, sources=2)
        self.write(SETTINGS + MORE)
        environment = self.environment()
        migrated = subprocess.run(
            self.airflow.migrate().command, cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert migrated.returncode == 0, migrated.stderr
        self.log = ""
        self._inside = subprocess.Popen(
            [sys.executable, "-m", "tests.dags.in_airflow"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def write(self, settings: str) -> None:
        text = settings.format(home=self.folder / "home", feeds=self.sandbox.feeds_url)
        self.settings.write_text(text, encoding="utf-8")

    def environment(self) -> dict[str, str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "SLACK_", "X_", "REDDIT_"))}
        ours = {"SUNWAI_CONFIG": str(self.settings), "DATABASE_URL": f"sqlite:///{self.folder / 'sunwai.db'}"}
        return clean | self.sandbox.env() | ours | self.airflow.environment()

    def ask(self, **order: Any) -> dict[str, Any]:
        """What `tests.dags.in_airflow` answers. What else it prints, the tasks' logs, is in `self.log`."""
        assert self._inside.stdin is not None and self._inside.stdout is not None
        self._inside.stdin.write(json.dumps(order) + "\n")
        self._inside.stdin.flush()
        said: list[str] = []
        for line in self._inside.stdout:
            if line.startswith("answer: "):
                self.log = "".join(said)
                answer: dict[str, Any] = json.loads(line.removeprefix("answer: "))
                return answer
            said.append(line)
        raise AssertionError("Airflow ended: " + "".join(said)[-3000:])

    def run(self, dag: str, seconds: float = 0, **environment: str) -> dict[str, Any]:
        conf = {"seconds": seconds} if seconds else None
        return self.ask(do="run", dag=dag, conf=conf, environment=environment)

    def close(self) -> None:
        self._inside.kill()
        self._inside.wait()


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running() as sandbox:
        made = Engine(tmp_path_factory.mktemp("engine"), sandbox)
        yield made
        made.close()


@pytest.fixture(scope="session")
def listening(engine: Engine) -> Engine:
    """An engine past its first pull, which never rings."""
    done = engine.run("sweep")
    assert done["state"] == "success", engine.log
    assert done["tasks"]["ingest"]["returned"].get("failed", 0) == 0, engine.log
    return engine


@pytest.fixture(scope="session")
def found(engine: Engine) -> dict[str, Any]:
    return engine.ask(do="look")


def test_each_enabled_source_has_a_dag_of_its_own_that_always_runs(found: dict[str, Any]) -> None:
    assert found["errors"] == {}
    assert set(found["dags"]) == {
        "listen_x",
        "listen_rss",
        "sweep",
        "chase",
        "digest",
        "reply",
        "housekeeping",
        "learn",
        "relink",
        "report",
        "rollup",
    }
    for name in ("listen_x", "listen_rss"):
        dag = found["dags"][name]
        assert dag["timetable"] == "ContinuousTimetable"
        assert dag["max_active_runs"] == 1
        assert dag["start_date"] != "None"  # see LONG_AGO in dags/listen.py
        assert [task["retries"] >= 2 for task in dag["tasks"].values()] == [True]


def test_sweep_is_minutely_and_no_stage_waits_for_the_success_of_another(found: dict[str, Any]) -> None:
    sweep = found["dags"]["sweep"]
    assert sweep["expression"] == "* * * * *"
    assert sweep["catchup"] is False
    steps = ["ingest", "assess", "triage", "watch", "deliver"]
    assert list(sweep["tasks"]) == [*steps, "all_well"]
    for before, then in pairwise(steps):
        assert sweep["tasks"][then]["after"] == [before]
        assert sweep["tasks"][then]["rule"] == "all_done"
    assert sweep["tasks"]["all_well"]["after"] == sorted(steps)
    assert sweep["tasks"]["all_well"]["rule"] == "all_success"


def test_the_clocks_are_looked_at_every_minute(engine: Engine, found: dict[str, Any]) -> None:
    dag = found["dags"]["chase"]
    assert (dag["expression"], dag["catchup"], dag["max_active_runs"]) == ("* * * * *", False, 1)
    assert list(dag["tasks"]) == ["chase", "deliver"]
    assert (dag["tasks"]["deliver"]["after"], dag["tasks"]["deliver"]["rule"]) == (["chase"], "all_success")
    done = engine.run("chase")
    assert done["state"] == "success", engine.log
    counts = {"looked", "woken", "warned", "breached", "escalated", "retimed", "told", "released", "named"}
    assert set(done["tasks"]["chase"]["returned"]) == counts


def test_answers_are_sent_all_the_time(engine: Engine, found: dict[str, Any]) -> None:
    dag = found["dags"]["reply"]
    assert (dag["timetable"], dag["max_active_runs"]) == ("ContinuousTimetable", 1)
    assert dag["start_date"] != "None"
    done = engine.run("reply", seconds=1)
    assert done["state"] == "success", engine.log
    counts = {"sent", "adopted", "by_hand", "skipped", "later", "failed"}
    assert set(done["tasks"]["answer"]["returned"]["reply"]) == counts


def test_digests_are_looked_at_every_quarter_of_an_hour(engine: Engine, found: dict[str, Any]) -> None:
    dag = found["dags"]["digest"]
    assert (dag["expression"], dag["catchup"], dag["max_active_runs"]) == ("*/15 * * * *", False, 1)
    assert list(dag["tasks"]) == ["digest", "deliver"]
    done = engine.run("digest")
    assert done["state"] == "success", engine.log
    assert done["tasks"]["digest"]["returned"] == {"told": 0, "announced": 0}


def test_marketing_is_told_what_is_due_every_quarter_of_an_hour(engine: Engine, found: dict[str, Any]) -> None:
    dag = found["dags"]["report"]
    assert (dag["expression"], dag["catchup"], dag["max_active_runs"]) == ("*/15 * * * *", False, 1)
    assert list(dag["tasks"]) == ["report", "deliver"]
    done = engine.run("report")
    assert done["state"] == "success", engine.log
    assert done["tasks"]["report"]["returned"] == {"reports": 0, "alerts": 0, "mailed": 0}


def test_the_lesson_is_learned_once_a_night(engine: Engine, found: dict[str, Any]) -> None:
    assert (found["dags"]["learn"]["expression"], found["dags"]["learn"]["catchup"]) == ("30 2 * * *", False)
    done = engine.run("learn")
    assert done["tasks"]["lesson"]["returned"] == {"labels": 0, "tested": 0, "adopted": 0}


def test_authors_are_linked_anew_every_hour(engine: Engine, found: dict[str, Any]) -> None:
    dag = found["dags"]["relink"]
    assert (dag["expression"], dag["catchup"], dag["max_active_runs"]) == ("20 * * * *", False, 1)
    done = engine.run("relink")
    assert done["tasks"]["link_anew"]["returned"] == {"changed": 0, "judged": 0, "linked": 0}


def test_what_the_dashboard_shows_is_counted_every_five_minutes(engine: Engine, found: dict[str, Any]) -> None:
    dag = found["dags"]["rollup"]
    assert (dag["expression"], dag["catchup"], dag["max_active_runs"]) == ("*/5 * * * *", False, 1)
    done = engine.run("rollup")
    assert done["state"] == "success", engine.log
    assert set(done["tasks"]["count"]["returned"]) == {"days", "people", "totals", "overtaken"}


def test_every_dag_says_what_to_do_when_it_is_red(found: dict[str, Any]) -> None:
    for dag in found["dags"].values():
        assert "When it is red:" in dag["doc_md"]


def test_each_file_parses_in_half_a_second_beyond_airflow(found: dict[str, Any]) -> None:
    assert max(found["seconds"].values()) < 0.5, found["seconds"]


def test_no_dag_file_has_logic_or_a_name_that_hides_a_package() -> None:
    files = [path.stem for path in (ROOT / "dags").glob("*.py")]
    assert not {"core", "app", "connectors", "analysis", "notifier", "sandbox", "tests"} & set(files)
    assert not (ROOT / "dags" / "__init__.py").exists()


def test_a_broken_settings_file_is_one_import_error_that_names_the_key(engine: Engine) -> None:
    try:
        engine.write(SETTINGS.replace("[departments.billing]", "[departmints.billing]"))
        broken = engine.ask(do="look")
    finally:
        engine.write(SETTINGS + MORE)
    assert set(broken["dags"]) == {
        "sweep",
        "chase",
        "digest",
        "reply",
        "housekeeping",
        "learn",
        "relink",
        "report",
        "rollup",
    }
    assert len(broken["errors"]) == 1
    assert "there is no setting 'departmints'; did you mean 'departments'?" in next(iter(broken["errors"].values()))


def test_sweep_takes_a_post_to_its_card_and_counts_alone_go_through_xcom(listening: Engine) -> None:
    engine = listening
    post = engine.sandbox.world.post("x", "asha", URGENT)
    second = engine.run("sweep")
    assert second["state"] == "success"
    assert second["tasks"]["triage"]["returned"]["rang"] == 1
    assert second["tasks"]["deliver"]["returned"]["sent"] == 1
    cards = [m["metadata"]["event_payload"]["mention"] for m in engine.sandbox.slack.messages("care-billing")]
    assert cards.count(f"x:{post.id}") == 1
    for task in second["tasks"].values():
        assert all(isinstance(count, int) for count in (task["returned"] or {}).values())


def test_listen_takes_credentials_from_airflow_connections(listening: Engine) -> None:
    engine = listening
    keys = engine.sandbox.env()
    post = engine.sandbox.world.post("x", "deniz", URGENT + " says Deniz")
    done = engine.run(
        "listen_x",
        seconds=4,
        X_BEARER_TOKEN="",
        X_API_BASE_URL="",
        SLACK_BOT_TOKEN="",
        SLACK_APP_TOKEN="",
        SLACK_API_BASE_URL="",
        SLACK_SIGNING_SECRET="",
        AIRFLOW_CONN_SUNWAI_X=json.dumps(
            {
                "conn_type": "http",
                "schema": "http",
                "host": "127.0.0.1",
                "port": engine.sandbox.ports["x"],
                "password": keys["X_BEARER_TOKEN"],
            }
        ),
        AIRFLOW_CONN_SUNWAI_SLACK=json.dumps(
            {
                "conn_type": "slack",
                "host": keys["SLACK_API_BASE_URL"],
                "password": keys["SLACK_BOT_TOKEN"],
                "extra": {"app_token": keys["SLACK_APP_TOKEN"], "signing_secret": keys["SLACK_SIGNING_SECRET"]},
            }
        ),
    )
    assert done["state"] == "success", engine.log
    counts = done["tasks"]["hear_and_ring"]["returned"]
    assert counts["ingest"]["pulled"] >= 2
    assert counts["triage"]["rang"] == 1, counts
    cards = [m["metadata"]["event_payload"]["mention"] for m in engine.sandbox.slack.messages("care-billing")]
    assert cards.count(f"x:{post.id}") == 1


def test_a_refused_key_makes_its_dag_red_and_says_which(engine: Engine) -> None:
    done = engine.run("listen_x", seconds=2, X_BEARER_TOKEN="sandbox-wrong")
    assert done["state"] == "failed"
    assert "X_BEARER_TOKEN" in engine.log
    assert "sandbox-wrong" not in engine.log
