"""The demo's past is lived through by the real stages: nothing rings, and the desk came in time, late or not at all."""

import json
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import demo, demo_history, past
from app.opening import House
from core.case import EventKind
from core.settings import Environment, parse
from core.store import Store, open_store
from core.store.schema import assessments, case_events, cases, erasures, labels, mentions, outbox

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
DAYS = 9


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, dict[str, int], list[tuple[int, int]]]:
    home = tmp_path_factory.mktemp("past")
    settings = parse(tomllib.loads(demo.settings(home, demo.PORTS)))
    store = open_store(f"sqlite:///{home / 'sunwai.db'}", migrate=True)
    progress: list[tuple[int, int]] = []
    house = House(settings, Environment(demo.environment(home, demo.PORTS, {})), store)
    counts = demo_history.fill(house, NOW, lambda done, of: progress.append((done, of)), days=DAYS)
    return store, counts, progress


def test_all_of_it_is_heard_judged_and_triaged_in_its_own_time(lived) -> None:
    store, counts, progress = lived
    with store.read() as tx:
        assert tx.scalar(select(func.count()).select_from(mentions)) == counts["heard"] > 500
        assert set(tx.scalars(select(assessments.c.stage))) == {2}
        assert set(tx.scalars(select(assessments.c.may_ring))) == {False}
        assert set(tx.scalars(select(mentions.c.source))) == {"history"}
        late = [heard - said for said, heard in tx.execute(select(mentions.c.created_at, mentions.c.heard_at))]
        assert timedelta() <= min(late) and max(late) <= demo_history.SLOT
        newest = tx.scalar(select(func.max(mentions.c.heard_at)))
        assert newest is not None and newest <= NOW
    assert progress[-1] == (len(progress), len(progress))


def test_it_rings_nobody(lived) -> None:
    store, _, _ = lived
    with store.read() as tx:
        assert [row.kind for row in tx.execute(select(outbox)) if row.kind in ("slack_card", "slack_thread")] == []
        assert set(tx.scalars(select(cases.c.slack_ts))) == {None}


def test_competitors_are_heard_and_have_no_case(lived) -> None:
    store, _, _ = lived
    with store.read() as tx:
        assert set(tx.scalars(select(assessments.c.brand))) == {"northwind", "larkfield", "oakmere"}
        assert set(tx.scalars(select(cases.c.brand))) == {"northwind"}


def test_the_desk_answered_resolved_was_late_and_left_some_open(lived) -> None:
    store, counts, _ = lived
    with store.read() as tx:
        found = tx.execute(select(cases)).all()
        kinds = set(tx.scalars(select(case_events.c.kind)))
        moments = tx.execute(select(case_events.c.at)).scalars().all()
    assert len(found) == counts["opened"] > 100
    answered = [case for case in found if case.answered_at is not None]
    assert len(answered) > 0.7 * len(found)
    assert all(case.answered_at >= case.opened_at for case in answered)
    assert all(case.resolved_at >= case.opened_at for case in found if case.resolved_at is not None)
    assert {"resolved", "dismissed"} <= {case.status for case in found}
    assert 0 < sum(case.status in ("open", "waiting_for_customer") for case in found) < 0.4 * len(found)
    assert all(case.opened_at > NOW - 1.5 * demo_history.OPEN_FOR for case in found if case.status == "open")
    assert max(moments) <= NOW
    wanted = (EventKind.CLAIMED, EventKind.ANSWERED, EventKind.RESOLVED, EventKind.BREACHED, EventKind.ACCEPTED)
    assert {kind.value for kind in (*wanted, EventKind.CAME_BACK, EventKind.SNOOZED)} <= kinds


def test_what_was_taken_back_is_gone_and_what_was_misread_is_corrected(lived) -> None:
    store, counts, _ = lived
    with store.read() as tx:
        gone = tx.execute(select(mentions.c.text).where(mentions.c.deleted_at.is_not(None))).scalars().all()
        assert len(gone) == counts["erased"] > 0
        assert set(gone) == {""}
        assert tx.scalar(select(func.count()).select_from(erasures)) == counts["erased"]
        assert set(tx.scalars(select(labels.c.value))) <= {"negative"}


def test_answers_are_never_heard_together_with_what_they_answer() -> None:
    from sandbox.scenario import history

    rows = history.past(NOW)
    heard: dict[str, datetime] = {}
    for day in {row["created_at"][:10] for row in rows}:
        for at, some in demo_history._slots([row for row in rows if row["created_at"][:10] == day], NOW):
            for row in some:
                assert datetime.fromisoformat(row["created_at"]) <= at <= NOW
                heard[row["id"]] = at
    pairs = [(heard[row["id"]], heard[row["parent_id"]]) for row in rows if row["scene"] == "answer"]
    assert all(later > earlier for later, earlier in pairs) and len(pairs) > 300


def test_a_past_that_was_broken_off_begins_anew(tmp_path: Path) -> None:
    before = demo._Past(tmp_path)
    assert before.preparation() is not None
    for name in ("history.jsonl", "sunwai.db", demo.ALL_LISTEN):
        (tmp_path / name).write_text(json.dumps({}))
    past.tell(tmp_path, 40, 61)
    before.begin()
    assert not any((tmp_path / name).exists() for name in ("history.jsonl", "sunwai.db", demo.ALL_LISTEN))
    assert past.how_far(tmp_path) == (0, 61)
    for name in ("history.jsonl", "sunwai.db"):
        (tmp_path / name).touch()
    past.end(tmp_path)
    before.begin()
    assert (tmp_path / "history.jsonl").exists() and (tmp_path / "sunwai.db").exists()
    assert past.how_far(tmp_path) is None
    assert before.preparation() is None
