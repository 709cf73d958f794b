"""Exactly one message for each case, whatever breaks, and that one shows the case as it is."""

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from core.case import Case
from core.errors import Misconfigured
from core.settings import Settings
from core.store import Store, erasure, health, open_store, outbox
from core.store.outbox import Claimed
from notifier import deliver as deliver_module
from notifier.deliver import deliver
from notifier.slack_client import Slack, connect
from sandbox.slack.limits import Limits
from tests.notifier.conftest import environment
from tests.notifier.made import NOW
from tests.notifier.rung import close, hurry, move, ring, rows, the_case
from tests.sandbox.slack_desk import Desk, running

ROOT = Path(__file__).parents[2]


def keys(desk: Desk, channel: str = "#safety") -> list[str]:
    return [message["metadata"]["event_payload"]["id"] for message in desk.state.messages(channel)]


def drawn(desk: Desk, channel: str = "#safety", place: int = 0) -> str:
    return json.dumps(desk.state.messages(channel)[place]["blocks"], ensure_ascii=False)


def until_empty(store: Store, slack: Slack, settings: Settings, rounds: int = 12) -> dict[str, int]:
    """Deliver and let the clock run until nothing waits."""
    total: dict[str, int] = {}
    for _ in range(rounds):
        for name, count in deliver(store, slack, settings, NOW, settle_seconds=0.01).items():
            total[name] = total.get(name, 0) + count
        with store.read() as tx:
            if outbox.sizes(tx)["waiting"] == 0:
                return total
        hurry(store)
    raise AssertionError(f"still waiting after {rounds} rounds: {rows(store)}")


def test_a_rung_case_is_posted_once_and_knows_where_its_card_is(store, desk, slack, settings):
    case = ring(store)
    assert deliver(store, slack, settings, NOW) == {"sent": 1, "adopted": 0, "skipped": 0, "later": 0, "failed": 0}
    (message,) = desk.state.messages("#safety")
    assert message["metadata"] == {
        "event_type": "sunwai_case",
        "event_payload": {"id": "card:x:1001:northwind", "mention": "x:1001", "case": case.id},
    }
    stored = the_case(store, case.id)
    assert (stored.slack_channel, stored.slack_ts) == (desk.state.channel("#safety").id, message["ts"])
    assert "burnt my hand" in drawn(desk)
    hurry(store)
    assert deliver(store, slack, settings, NOW)["sent"] == 0
    assert len(desk.state.messages("#safety")) == 1


def test_of_one_channel_the_most_urgent_goes_first(store, desk, slack, settings):
    ring(store, 1, "#triage")
    with store.write() as tx:
        outbox.put(
            tx,
            [
                outbox.Message(
                    "slack_ops", "#triage", "o", data={"state": "recovered", "title": "t", "at": NOW.isoformat()}
                )
            ],
        )
    ring(store, 2, "#triage")
    until_empty(store, slack, settings)
    assert keys(desk, "#triage") == ["card:x:1:northwind", "card:x:2:northwind", "o"]


def test_a_channel_with_a_long_queue_does_not_hold_up_the_others(store, desk, slack, settings):
    for number in range(30):
        ring(store, number, "#care-billing")
    ring(store, 99, "#care-tech")
    deliver(store, slack, settings, NOW, limit=5)
    assert keys(desk, "#care-tech") == ["card:x:99:northwind"]
    assert keys(desk, "#care-billing") == ["card:x:0:northwind"]


def test_two_workers_together_keep_the_pace_of_a_channel_and_post_each_card_once(store, database_url, settings):
    with running(limits=Limits(burst=1, strict=True, tiers=False)) as desk:
        for number in range(3):
            ring(store, number)
        slack = connect(settings, environment(desk))
        other = open_store(database_url)
        workers = [
            threading.Thread(target=deliver, args=(opened, slack, settings, NOW), kwargs={"seconds": 8})
            for opened in (store, other)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(20)
        other.close()
        assert sorted(keys(desk)) == [f"card:x:{number}:northwind" for number in range(3)]
        assert desk.state.violations == []


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_at_once_post_each_card_once(store, desk, slack, settings, workers):
    channels = ["#safety", "#care-tech", "#care-billing", "#care-delivery", "#privacy"]
    for number, channel in enumerate(channels):
        ring(store, number, channel)
    threads = [threading.Thread(target=deliver, args=(store, slack, settings, NOW)) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [len(desk.state.messages(channel)) for channel in channels] == [1] * 5


def test_a_crash_between_slack_and_commit_posts_once(store, desk, slack, settings):
    case = ring(store)

    def crash(_: Claimed) -> None:
        raise SystemError("killed")

    with pytest.raises(SystemError):
        deliver(store, slack, settings, NOW, before_commit=crash)
    assert the_case(store, case.id).slack_ts is None
    assert deliver(store, slack, settings, NOW)["sent"] == 0, "the lease of the dead sender still holds"
    hurry(store)
    assert deliver(store, slack, settings, NOW)["adopted"] == 1
    (message,) = desk.state.messages("#safety")
    assert the_case(store, case.id).slack_ts == message["ts"]


def test_a_card_adopted_after_a_crash_shows_what_happened_since(store, desk, slack, settings):
    case = ring(store)
    with pytest.raises(SystemError):
        deliver(store, slack, settings, NOW, before_commit=_crash)
    move(store, case.id)
    until_empty(store, slack, settings)
    assert len(desk.state.messages("#safety")) == 1
    assert "<@U0ASHA> has it" in drawn(desk)


def _crash(_: Claimed) -> None:
    raise SystemError("killed")


CHILD = """
import os, signal, sys
from core.settings import load
from core.store import open_store
from core.settings import Environment
from notifier.deliver import deliver
from notifier.slack_client import Slack, connect
from tests.notifier.made import NOW

settings = load(__import__("pathlib").Path(sys.argv[1]))
slack = connect(settings, Environment())
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "before Slack hears":
    Slack.post = die
elif sys.argv[2] == "before the commit":
    pass
deliver(open_store(os.environ["DATABASE_URL"]), slack, settings, NOW,
        before_commit=die if sys.argv[2] == "before the commit" else None)
"""


@pytest.mark.parametrize("moment", ["before Slack hears", "before the commit"])
def test_a_killed_sender_is_taken_over_by_the_next(store, database_url, desk, slack, settings, tmp_path, moment):
    case = ring(store)
    config = tmp_path / "sunwai.toml"
    config.write_text(
        '[brands.northwind]\nname = "Northwind"\n[[brands.northwind.queries]]\nname = "brand"\nany_of = ["northwind"]\n'
        "[slack]\ntimeout_seconds = 1\n"
    )
    given = {
        **os.environ,
        "DATABASE_URL": database_url,
        "SLACK_API_BASE_URL": f"{desk.url}/api/",
        "SLACK_BOT_TOKEN": desk.state.bot_token,
        "PYTHONPATH": str(ROOT),
    }
    child = subprocess.run([sys.executable, "-c", CHILD, str(config), moment], env=given, timeout=60, check=False)
    assert child.returncode == -signal.SIGKILL
    assert len(desk.state.messages("#safety")) == (moment == "before the commit")
    assert the_case(store, case.id).slack_ts is None
    hurry(store)
    until_empty(store, slack, settings)
    (message,) = desk.state.messages("#safety")
    assert the_case(store, case.id).slack_ts == message["ts"]


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("reset_before", {}),
        ("reset_after", {}),
        ("reset_after", {"times": 2}),
        ("cut", {}),
        ("truncated", {}),
        ("malformed", {}),
        ("server_error", {}),
        ("unavailable", {"times": 2}),
        ("rate_limited", {}),
        ("rate_limited", {"retry_after": 2, "times": 2}),
        ("slow", {"seconds": 1.6}),
    ],
)
def test_a_fault_of_slack_neither_loses_nor_doubles_a_card(store, desk, slack, settings, kind, details):
    case = ring(store)
    desk.faults.add("slack.chat.postMessage", kind, **details)
    assert deliver(store, slack, settings, NOW, settle_seconds=0.01)["later"] == 1
    hurry(store)
    if kind == "slow":
        threading.Event().wait(0.8)  # the request that we gave up on is still being carried out
    until_empty(store, slack, settings)
    (message,) = desk.state.messages("#safety")
    assert the_case(store, case.id).slack_ts == message["ts"]


def test_after_a_lost_answer_the_sender_waits_before_it_looks(store, desk, slack, settings):
    ring(store)
    desk.faults.add("slack.chat.postMessage", "reset_after")
    deliver(store, slack, settings, NOW, settle_seconds=30)
    with store.read() as tx:
        assert 25 < (outbox.seconds_to_next(tx, ["slack_card"]) or 0) < 40


def test_what_slack_asks_to_wait_is_waited_by_everybody(store, desk, slack, settings):
    ring(store, 1)
    ring(store, 2)
    desk.faults.add("slack.chat.postMessage", "rate_limited", retry_after=30)
    deliver(store, slack, settings, NOW)
    with store.read() as tx:
        assert 28 < (outbox.seconds_to_next(tx, ["slack_card"]) or 0) < 31
    assert rows(store)[0].attempts == 0, "Slack did nothing, so there is nothing to look up"


def test_a_fault_of_the_look_up_does_not_lead_to_a_second_post(store, desk, slack, settings):
    ring(store)
    desk.faults.add("slack.chat.postMessage", "reset_after")
    desk.faults.add("slack.conversations.history", "unavailable", times=2)
    until_empty(store, slack, settings)
    assert len(desk.state.messages("#safety")) == 1


def test_a_card_is_found_on_a_later_page_of_a_busy_channel(store, desk, slack, settings):
    ring(store)
    desk.faults.add("slack.chat.postMessage", "reset_after")
    deliver(store, slack, settings, NOW, settle_seconds=0.01)
    for number in range(230):
        desk.state.say("#safety", f"chatter {number}")
    hurry(store)
    assert deliver(store, slack, settings, NOW)["adopted"] == 1
    assert desk.state.calls["conversations.history"] == 2


def test_a_sender_whose_lease_is_nearly_over_does_not_post(store, desk, slack, settings, monkeypatch):
    ring(store)
    monkeypatch.setattr(deliver_module, "LEASE_MARGIN_SECONDS", 1000.0)
    claim = outbox.claim_paced
    monkeypatch.setattr(
        outbox, "claim_paced", lambda tx, kinds, limit, lease, every: claim(tx, kinds, limit, 5.0, every)
    )
    assert deliver(store, slack, settings, NOW)["later"] == 1
    assert desk.state.messages("#safety") == []


def test_an_update_redraws_the_card(store, desk, slack, settings):
    case = ring(store)
    deliver(store, slack, settings, NOW)
    move(store, case.id)
    until_empty(store, slack, settings)
    (message,) = desk.state.messages("#safety")
    assert "<@U0ASHA> has it" in drawn(desk)
    assert '"claim"' not in drawn(desk)
    assert message["metadata"]["event_payload"]["id"] == "card:x:1001:northwind"


def test_many_updates_of_a_case_are_one_call(store, desk, slack, settings):
    case = ring(store)
    deliver(store, slack, settings, NOW)
    move(store, case.id)
    close(store, case.id)
    with store.write() as tx:
        outbox.put(tx, [outbox.card_update(case, f"more:{n}") for n in range(5)])
    until_empty(store, slack, settings)
    assert desk.state.calls["chat.update"] == 1
    assert "Resolved by <@U0ASHA>" in drawn(desk)
    assert {row.status for row in rows(store, "slack_update")} == {"sent"}


def test_an_update_waits_for_the_card_and_is_then_part_of_it(store, desk, slack, settings):
    case = ring(store)
    desk.faults.add("slack.chat.postMessage", "unavailable")
    move(store, case.id)
    assert deliver(store, slack, settings, NOW)["later"] == 2
    until_empty(store, slack, settings)
    assert "<@U0ASHA> has it" in drawn(desk)
    assert desk.state.calls.get("chat.update", 0) == 0


def test_an_update_of_a_case_that_never_rang_is_dropped(store, desk, slack, settings):
    case = ring(store)
    with store.write() as tx:
        tx.exec_driver_sql("DELETE FROM outbox")
    move(store, case.id)
    assert deliver(store, slack, settings, NOW)["skipped"] == 1


def test_updates_that_have_nothing_to_draw_do_not_take_up_a_channels_pace(store, desk, slack, settings):
    for number in range(20):
        move(store, ring(store, number).id)
    with store.write() as tx:
        tx.exec_driver_sql("DELETE FROM outbox WHERE kind = 'slack_card'")
    assert deliver(store, slack, settings, NOW)["skipped"] == 20


def test_a_card_that_somebody_deleted_is_left_alone(store, desk, slack, settings):
    case = ring(store)
    deliver(store, slack, settings, NOW)
    desk.state.remove(desk.state.channel("#safety"), the_case(store, case.id).slack_ts)
    move(store, case.id)
    assert deliver(store, slack, settings, NOW)["skipped"] == 1
    assert [m for m in desk.state.messages("#safety") if m.get("subtype") != "tombstone"] == []


def test_what_the_author_deleted_leaves_slack_too(store, desk, slack, settings):
    case = ring(store)
    deliver(store, slack, settings, NOW)
    assert "burnt my hand" in drawn(desk)
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:1001"], "deleted_by_author", NOW)
    until_empty(store, slack, settings)
    (message,) = desk.state.messages("#safety")
    for personal in ("burnt", "Priya", "priya_s"):
        assert personal not in json.dumps(message, ensure_ascii=False)
    assert "its text was removed" in drawn(desk)
    assert the_case(store, case.id).slack_ts == message["ts"]


def test_a_post_deleted_before_its_card_went_out_does_not_ring(store, desk, slack, settings):
    ring(store)
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:1001"], "deleted_by_author", NOW)
    until_empty(store, slack, settings)
    assert desk.state.messages("#safety") == []


def test_a_post_deleted_while_its_cards_sender_lay_dead_is_redrawn_without_its_words(store, desk, slack, settings):
    ring(store)
    with pytest.raises(SystemError):
        deliver(store, slack, settings, NOW, before_commit=_crash)
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:1001"], "deleted_by_author", NOW)
    hurry(store)
    until_empty(store, slack, settings)
    assert "its text was removed" in drawn(desk)
    assert len(desk.state.messages("#safety")) == 1


def test_a_case_closed_before_its_card_went_out_is_posted_closed_so_that_it_can_reopen(store, desk, slack, settings):
    case = ring(store)
    close(store, case.id)
    until_empty(store, slack, settings)
    assert "✅ Resolved" in drawn(desk)
    assert '"claim"' not in drawn(desk)


def test_a_card_whose_channel_is_missing_rings_in_the_triage_channel_and_ops_hears(store, desk, slack, settings):
    team = settings.departments["safety"].model_copy(update={"channel": "#typo"})
    settings = settings.model_copy(update={"departments": {"safety": team}})
    ring(store, 1, "#typo")
    until_empty(store, slack, settings)
    assert keys(desk, "#triage") == ["card:x:1:northwind"]
    told = drawn(desk, "#ops")
    assert "Channel #typo cannot be posted to" in told
    assert "invite the bot" in told
    desk.state.create_channel("typo")
    desk.state.channel("typo").is_member = True
    ring(store, 2, "#typo")
    until_empty(store, slack, settings)
    assert keys(desk, "#typo") == ["card:x:2:northwind"]
    assert "✅ Recovered" in drawn(desk, "#ops", 1)


def test_a_bad_token_stops_everything_and_loses_nothing(store, desk, slack, settings):
    ring(store)
    bad = connect(settings, environment(desk, SLACK_BOT_TOKEN="xoxb-secret-wrong"))
    with pytest.raises(Misconfigured, match="SLACK_BOT_TOKEN") as caught:
        deliver(store, bad, settings, NOW)
    assert "xoxb-secret-wrong" not in str(caught.value)
    hurry(store)
    assert deliver(store, slack, settings, NOW)["sent"] == 1


def test_a_message_that_slack_refuses_fails_and_is_not_tried_again(store, desk, slack, settings, monkeypatch):
    ring(store)
    monkeypatch.setattr(deliver_module, "case_card", lambda *_, **__: {"text": "x", "blocks": [{"type": "section"}]})
    assert deliver(store, slack, settings, NOW)["failed"] == 1
    (row,) = rows(store)
    assert row.status == "failed"
    assert "invalid_blocks" in row.error
    with store.read() as tx:
        assert health.raised(tx) == []  # `watch` tells of failed rows


def test_an_old_drawing_that_arrives_late_is_drawn_over(store, desk, slack, settings):
    case = ring(store)
    deliver(store, slack, settings, NOW)
    move(store, case.id)
    calls: list[int] = []

    def fall_asleep(claimed: Claimed) -> None:
        """Our card is drawn; while we slept our lease ran out, and the case was closed and drawn by another."""
        if not calls:
            calls.append(0)  # on a slow machine the line of the story is sent meanwhile, and must not fall asleep too
            close(store, case.id)
            hurry(store)
            until_empty(store, slack, settings)
            calls[0] = desk.state.calls["chat.update"]

    deliver(store, slack, settings, NOW, before_commit=fall_asleep)
    until_empty(store, slack, settings)
    assert desk.state.calls["chat.update"] == calls[0] + 1
    assert "Resolved by" in drawn(desk)


def test_patience_waits_for_the_pace_and_no_longer(store, desk, slack, settings):
    for number in range(3):
        ring(store, number)
    assert deliver(store, slack, settings, NOW, seconds=0)["sent"] == 1
    assert deliver(store, slack, settings, NOW, seconds=6)["sent"] == 2


def test_nothing_to_do_costs_no_call_and_no_write(store, desk, slack, settings):
    assert deliver(store, slack, settings, NOW) == {"sent": 0, "adopted": 0, "skipped": 0, "later": 0, "failed": 0}
    assert desk.state.calls == {}


def test_the_card_is_drawn_as_the_case_is_when_it_goes_out(store, desk, slack, settings):
    case: Case = ring(store)
    move(store, case.id)
    deliver(store, slack, settings, NOW + timedelta(minutes=2))
    assert "<@U0ASHA> has it" in drawn(desk)
