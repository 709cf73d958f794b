"""A machine whose clock is an hour ahead, or an hour behind, for a while: nothing is lost, and nothing is told twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core import case as moves
from core.case import Case
from core.settings import Settings
from core.store import Store, mutes
from core.store import outbox as outbox_module
from core.store.engine import database_now
from notifier.chase import chase
from notifier.deliver import deliver
from notifier.slack_client import Slack
from tests.notifier.rung import ring, the_case
from tests.notifier.rung import rows as queued
from tests.notifier.timed import MINUTE, move, open_case, rung
from tests.notifier.timed import settings as with_clocks
from tests.sandbox.slack_desk import Desk

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALICE, BORA = "U0ALICE", "U0BORA"
AHEAD, RIGHT, BEHIND = HOUR, timedelta(0), -HOUR


@pytest.fixture
def team() -> Settings:
    return with_clocks(departments={"care": CARE})


CARE = {
    "channel": "#care",
    "topics": ["billing"],
    "escalation": [{"who": "U0BOSS", "after_minutes": 30}],
    "sla": {"P2": {"first_response_minutes": 60, "resolution_minutes": 480}},
}


def a_day(store: Store, team: Settings, wrong: timedelta) -> Counter[tuple[int, str]]:
    """Twelve hours of a desk, looked after every five minutes by workers of which one's clock is `wrong`; how often each
    thing was told."""
    waits = open_case(store, 1, opened_at=MONDAY, answer_by=MONDAY + HOUR, resolve_by=MONDAY + 8 * HOUR)
    rests = open_case(store, 2, opened_at=MONDAY, answer_by=MONDAY + 6 * HOUR, resolve_by=MONDAY + 8 * HOUR)
    move(store, rests, lambda case: moves.snooze(case, ALICE, MONDAY + 3 * HOUR, MONDAY))
    for step in range(12 * 12):
        at = MONDAY + 5 * step * MINUTE
        chase(store, team, at + (wrong if step % 3 == 1 else RIGHT))
        if step == 1:  # somebody presses where the clock is wrong
            move(store, waits, lambda case, at=at: moves.claim(case, ALICE, at + wrong))
    assert the_case(store, rests.id).snoozed_until is None
    return Counter(rung(store))


def test_each_promise_is_told_once_whatever_one_workers_clock_says(store: Store, team: Settings) -> None:
    told = a_day(store, team, AHEAD)
    assert set(told.values()) == {1}
    for case in (1, 2):
        assert {what for number, what in told if number == case} >= {
            "answer_breached",
            "answer_escalated_30",
            "resolve_breached",
            "resolve_escalated_30",
        }


def test_a_clock_that_is_behind_tells_nothing_late(store: Store, team: Settings) -> None:
    assert a_day(store, team, BEHIND) == Counter(
        {
            (case, f"{clock}_{what}"): 1
            for case in (1, 2)
            for clock in ("answer", "resolve")
            for what in ("warned", "breached", "escalated_30")
        }
    )


@pytest.mark.parametrize("wrong", [AHEAD, BEHIND])
def test_a_case_that_was_opened_and_moved_by_a_wrong_clock_is_warned_of_in_time(
    store: Store, team: Settings, wrong: timedelta
) -> None:
    case = open_case(store, 1, opened_at=MONDAY + wrong, answer_by=MONDAY + 30 * MINUTE)
    move(store, case, lambda now: moves.claim(now, ALICE, MONDAY + wrong))
    chase(store, team, MONDAY + 31 * MINUTE)
    assert rung(store) == [(case.id, "answer_breached")]


def test_a_rest_that_was_chosen_by_a_wrong_clock_ends(store: Store, team: Settings) -> None:
    case = open_case(store, 1, opened_at=MONDAY, resolve_by=MONDAY + 8 * HOUR)
    for wrong, agent in ((AHEAD, ALICE), (BEHIND, ALICE)):
        at = MONDAY + wrong
        move(store, case, lambda now, at=at, agent=agent: moves.snooze(now, agent, at + HOUR, at))
        chase(store, team, at + HOUR)
        assert the_case(store, case.id).snoozed_until is None
    with pytest.raises(moves.Refused, match="That time is past"):
        moves.snooze(the_case(store, case.id), ALICE, MONDAY, MONDAY + AHEAD)


# Sending runs on the database's clock ---------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [AHEAD, BEHIND])
def test_a_sender_whose_clock_is_wrong_sends_and_tries_again_as_any_other(
    store: Store, desk: Desk, slack: Slack, settings: Settings, wrong: timedelta
) -> None:
    case = ring(store)
    desk.faults.add("slack.chat.postMessage", "rate_limited", retry_after=1.0)
    here = datetime.now(UTC) + wrong
    assert deliver(store, slack, settings, here)["later"] == 1
    assert deliver(store, slack, settings, here, seconds=30)["sent"] == 1
    assert the_case(store, case.id).slack_ts is not None


def test_the_databases_own_clock_was_an_hour_ahead_and_is_put_right(
    store: Store, desk: Desk, slack: Slack, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    with monkeypatch.context() as patched:
        patched.setattr(outbox_module, "database_now", lambda tx: database_now(tx) + HOUR)
        tried, leased, new = ring(store, 1001), ring(store, 1002, "#ops"), ring(store, 1003, "#triage")
        desk.faults.add("slack.chat.postMessage", "rate_limited", retry_after=2.0)
        with store.write() as tx:
            (dead,) = outbox_module.claim(tx, ("slack_card",), 1, 30.0)
            assert dead.message.case_id == tried.id
            outbox_module.later(tx, dead, 60.0, "Slack is away.", unsent=True)
            (dead,) = outbox_module.claim(tx, ("slack_card",), 1, 30.0)
            assert dead.message.case_id == leased.id
            for channel in ("#safety", "#triage"):
                outbox_module.hold_channel(tx, channel, 1.0)
        with store.write() as tx:
            mutes.mute(tx, "#triage", now + 2 * HOUR, BORA)
    desk.faults.clear()
    assert deliver(store, slack, settings, now)["sent"] == 0, "all wait for an hour to come"
    chase(store, settings, now)
    deliver(store, slack, settings, now, seconds=20)
    assert [bool(the_case(store, case.id).slack_ts) for case in (tried, leased, new)] == [True, True, False]
    (resting,) = [row for row in queued(store) if row.case_id == new.id]
    assert resting.due_at == now + 2 * HOUR, "what rests on purpose rests on"


def test_what_waits_by_a_clock_that_is_right_waits_on(
    store: Store, desk: Desk, slack: Slack, settings: Settings
) -> None:
    case: Case = ring(store)
    desk.faults.add("slack.chat.postMessage", "rate_limited", retry_after=600.0)
    now = datetime.now(UTC)
    assert deliver(store, slack, settings, now)["later"] == 1
    before: list[Any] = queued(store)
    chase(store, settings, now)
    assert queued(store) == before
    assert the_case(store, case.id).slack_ts is None
