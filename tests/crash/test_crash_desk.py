"""Kill a worker at any step of the desk's own stages: clocks, rests, a shift's end, digests, a guideline. Slack then shows
what it shows after a night in which nobody was killed, and shows it once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core.assessment import Priority
from core.store import Store, open_store
from core.store.schema import case_events, cases
from sandbox.slack.limits import Limits
from tests.crash.world import Worker, let_leases_run_out
from tests.notifier import made
from tests.notifier.rung import ring
from tests.sandbox.slack_desk import Desk, running, words_of

EVENING, MORNING = made.NOW + timedelta(minutes=5), datetime(2026, 11, 22, 9, 35, tzinfo=UTC)
SAMPLE = 6


def settings(version: int) -> dict[str, Any]:
    team = {
        "channel": "#safety",
        "topics": ["safety"],
        "digest_topics": ["safety", "feedback"],
        "coverage": "nights",
        "escalation": ["U0GRACE001", {"who": "U0MEERA001", "after_minutes": 60}],
        "guideline": {"version": version, "text": "A voucher of up to 20."},
    }
    return {
        "brands": {"northwind": {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}},
        "departments": {"safety": team},
        "coverage": {"nights": {"zone": "UTC", "hours": {"mon-sun": ["18:00-09:00"]}}},
        "digest": {"hour": 9},
    }


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    made_once = Worker()
    yield made_once
    made_once.close()


def a_night(worker: Worker, database: str, kill_at: int = 0) -> tuple[int, dict[str, Any]]:
    """Four cases wait over a night; in the morning a worker does what is due, is killed at that step, and another goes on.
    Returns how many steps the first one took, and what is left to see."""
    with running(limits=Limits(burst=10_000, tiers=False)) as desk, opened(database) as store:
        environment = {"SLACK_API_BASE_URL": f"{desk.url}/api/", "SLACK_BOT_TOKEN": desk.state.bot_token}
        due = dict.fromkeys(("answer_by", "resolve_by"))
        for number, changes in enumerate(
            (
                due | {"answer_by": MORNING - timedelta(hours=2)},
                due
                | {"answer_by": MORNING + timedelta(minutes=3), "priority": int(Priority.P1), "owner": "U0ASHA0001"},
                due | {"snoozed_until": MORNING - timedelta(minutes=5), "owner": "U0ASHA0001"},
                due | {"owner": "U0DENIZ001", "handed_to": "next_shift", "handed_by": "U0DENIZ001"},
            )
        ):
            case = ring(store, 1001 + number)
            with store.write() as tx:
                tx.execute(update(cases).where(cases.c.id == case.id).values(**changes))
        worker.run(database, environment, settings=settings(1), now=EVENING.isoformat())
        with store.write() as tx:
            tx.execute(update(cases).values(chase_at=EVENING))
        morning = {"settings": settings(2), "now": MORNING.isoformat()}
        first = worker.run(database, environment, kill_at=kill_at, **morning)
        if first["exit"] == -9:
            let_leases_run_out(store)
            worker.run(database, environment, **morning)
        return first.get("steps", kill_at), seen(desk, store)


@contextmanager
def opened(database: str) -> Iterator[Store]:
    store = open_store(database)
    try:
        yield store
    finally:
        store.close()


def seen(desk: Desk, store: Store) -> dict[str, Any]:
    told = list(desk.messages("#safety"))
    keys = [message["metadata"]["event_payload"]["id"] for message in told]
    assert len(keys) == len(set(keys)), "said twice"
    with store.read() as tx:
        stood = tx.execute(
            cases.select().with_only_columns(cases.c.status, cases.c.owner, cases.c.snoozed_until, cases.c.version)
        ).all()
        happened = tx.execute(case_events.select().with_only_columns(case_events.c.case_id, case_events.c.kind)).all()
    return {
        "told": sorted(re.sub(r"http\S+?/archives/\w+/p\d+", "CARD", words_of(message)) for message in told),
        "cases": sorted(map(repr, stood)),
        "events": sorted(map(tuple, happened)),
    }


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(SAMPLE))
def test_a_kill_in_a_stage_of_the_desk_loses_nothing_and_tells_nothing_twice(
    database_url: str, worker: Worker, undisturbed: tuple[int, dict[str, Any]], part: int
) -> None:
    steps, expected = undisturbed
    _, left = a_night(worker, database_url, kill_at=2 + part * steps // SAMPLE)
    assert left == expected


@pytest.fixture(scope="module")
def undisturbed(worker: Worker, sqlite_template: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("night") / "sunwai.db"
    path.write_bytes(sqlite_template.read_bytes())
    steps, left = a_night(worker, f"sqlite:///{path}")
    kinds = [kind for _, kind in left["events"]]
    for kind in ("breached", "escalated", "warned", "woken", "released"):
        assert kind in kinds, "else the trial would prove nothing of it"
    said = "\n".join(left["told"])
    assert "uideline" in said
    assert "shift" in said
    return steps, left
