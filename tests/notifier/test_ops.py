"""Silence is heard: each trouble is told once, and its end once."""

import json
from datetime import timedelta

from core.mention import Charge
from core.store import cursors, health, outbox, spend
from core.store.outbox import Message
from notifier.deliver import deliver
from notifier.ops import watch
from tests.notifier.made import NOW
from tests.notifier.rung import hurry, ring, rows


def told(store) -> list[tuple[str, str]]:
    return [(row.data["state"], row.data["title"]) for row in rows(store, "slack_ops")]


def pulled(store, minutes_ago: float = 0) -> None:
    with store.write() as tx:
        cursors.source_ok(tx, "x", NOW - timedelta(minutes=minutes_ago))


def test_when_all_is_well_nothing_is_said(store, settings):
    pulled(store)
    assert watch(store, settings, NOW) == {"raised": 0, "recovered": 0, "wrong": 0}
    assert told(store) == []


def test_a_silent_source_is_told_once_and_its_recovery_once(store, settings):
    pulled(store, minutes_ago=20)
    assert watch(store, settings, NOW) == {"raised": 1, "recovered": 0, "wrong": 1}
    assert watch(store, settings, NOW + timedelta(minutes=1))["raised"] == 0
    pulled(store)
    assert watch(store, settings, NOW + timedelta(minutes=2)) == {"raised": 0, "recovered": 1, "wrong": 0}
    assert watch(store, settings, NOW + timedelta(minutes=3))["recovered"] == 0
    assert told(store) == [("raised", "Source x is silent"), ("recovered", "Source x is silent")]


def test_a_source_that_polls_once_an_hour_is_not_late_before_three(store, settings):
    seldom = settings.model_copy(update={"sources": {"x": {"poll_seconds": 3600}}})
    pulled(store, minutes_ago=170)
    assert watch(store, seldom, NOW)["wrong"] == 0
    assert watch(store, seldom, NOW + timedelta(minutes=11))["raised"] == 1


def test_a_source_that_never_answered_is_told_too(store, settings):
    for _ in range(5):
        assert watch(store, settings, NOW)["raised"] == 0
        with store.write() as tx:
            cursors.source_failed(tx, "x", "retry_later", "busy", None, NOW)
    assert watch(store, settings, NOW)["raised"] == 1
    assert "No good pull ever. busy" in rows(store, "slack_ops")[0].data["detail"]


def test_a_wrong_key_is_named(store, settings):
    with store.write() as tx:
        cursors.source_failed(tx, "x", "misconfigured", "X does not take X_BEARER_TOKEN.", None, NOW)
    watch(store, settings, NOW)
    (row,) = rows(store, "slack_ops")
    assert "X_BEARER_TOKEN" in row.data["detail"]
    assert row.channel == settings.slack.ops_channel


def test_a_source_that_was_taken_out_of_the_settings_is_missed_by_nobody(store, settings):
    pulled(store, minutes_ago=20)
    watch(store, settings, NOW)
    without = settings.model_copy(update={"sources": {}})
    assert watch(store, without, NOW)["recovered"] == 1
    off = settings.model_copy(update={"sources": {"x": {"enabled": False}}})
    assert watch(store, off, NOW)["wrong"] == 0


def test_a_spent_budget_is_told_until_the_day_is_over(store, settings):
    pulled(store)
    with store.write() as tx:
        spend.record(tx, "x", [Charge("post", str(n), 1_000_000) for n in range(5)], NOW)
    assert watch(store, settings, NOW)["raised"] == 1
    assert told(store) == [("raised", "Source x has spent its budget of this day")]
    assert "$5.00 of $5.00" in rows(store, "slack_ops")[0].data["detail"]
    assert watch(store, settings, NOW + timedelta(hours=2))["wrong"] == 1, "it is silent too, but we know why"
    pulled(store, minutes_ago=-24 * 60)
    assert watch(store, settings, NOW + timedelta(days=1))["recovered"] == 1


def test_a_dead_listener_is_missed_once_one_has_lived(store, settings):
    assert watch(store, settings, NOW)["wrong"] == 0
    with store.write() as tx:
        health.beat(tx, "listener:old:1", NOW - timedelta(hours=3))
        health.beat(tx, "listener:desk:7", NOW - timedelta(minutes=5))
    assert watch(store, settings, NOW)["raised"] == 1
    with store.write() as tx:
        assert list(health.beats(tx, "listener:")) == ["listener:desk:7"], "traces of old ones are swept up"
        health.beat(tx, "listener:desk:8", NOW)
    assert watch(store, settings, NOW)["recovered"] == 1


def test_failed_messages_are_told_with_the_case_that_nobody_heard_of(store, settings):
    case = ring(store)
    with store.write() as tx:
        (claimed,) = outbox.claim(tx, ["slack_card"], 1, 60)
        outbox.failed(tx, claimed, "Slack refuses the message: invalid_blocks.")
    watch(store, settings, NOW)
    detail = rows(store, "slack_ops")[0].data["detail"]
    assert f"about case {case.id}" in detail
    assert "invalid_blocks" in detail


def test_each_message_that_fails_later_is_told_too(store, settings):
    for number in (1, 2):
        case = ring(store, number)
        with store.write() as tx:
            (claimed,) = outbox.claim(tx, ["slack_card"], 1, 60)
            outbox.failed(tx, claimed, "Slack refuses the message: invalid_blocks.")
        assert watch(store, settings, NOW + timedelta(minutes=number))["raised"] == 1
        assert watch(store, settings, NOW + timedelta(minutes=number)) == {"raised": 0, "recovered": 0, "wrong": 1}
        assert f"about case {case.id}" in rows(store, "slack_ops")[-1].data["detail"]
    with store.write() as tx:
        (claimed, *_) = outbox.claim(tx, ["slack_ops"], 1, 60)
        outbox.failed(tx, claimed, "Slack refuses the message: invalid_blocks.")
    assert watch(store, settings, NOW)["raised"] == 0, "else to tell of it would fail for ever"


def test_an_alarm_reaches_the_ops_channel(store, desk, slack, settings):
    pulled(store, minutes_ago=20)
    watch(store, settings, NOW)
    deliver(store, slack, settings, NOW)
    (message,) = desk.state.messages("#ops")
    assert message["metadata"]["event_type"] == "sunwai_ops"
    assert "Source x is silent" in json.dumps(message["blocks"])


def test_ops_messages_keep_the_pace_of_their_channel(store, desk, slack, settings):
    with store.write() as tx:
        for number in range(3):
            data = {"state": "recovered", "title": f"t{number}", "at": NOW.isoformat()}
            outbox.put(tx, [Message("slack_ops", "#ops", f"o{number}", data=data)])
    assert deliver(store, slack, settings, NOW)["sent"] == 1
    hurry(store)
    assert deliver(store, slack, settings, NOW)["sent"] == 1
