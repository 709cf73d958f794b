"""One press, looked at closely: done before it is acknowledged, once however often it comes; a refusal is told."""

import json
import threading
from typing import Any

import pytest

from core.answer import AnswerStatus
from core.assessment import Priority
from core.case import CaseStatus, EventKind
from core.customer import Customer, Link
from core.settings import Settings
from core.store import Store, answers, cases, customers
from core.store.schema import notes, outbox
from notifier import modals, timely
from notifier.blocks import RINGS
from notifier.deliver import deliver
from notifier.interactions import Interactions
from notifier.roles import Roles
from notifier.slack_client import Slack
from tests.notifier.made import NOW, author
from tests.notifier.rung import hurry, ring, the_case
from tests.notifier.test_listener import listening
from tests.sandbox.slack_desk import Desk, until

ASHA = "U0ASHA0001"


@pytest.fixture
def does(store: Store, slack: Slack, settings: Settings) -> Interactions:
    return Interactions(store, slack, settings, Roles(slack, settings.roles), lambda: None, lambda: NOW)


def form(callback: str, case_id: int, extra: str = "", **filled: str) -> dict[str, Any]:
    view = {
        "id": "V0FORM",
        "callback_id": callback,
        "private_metadata": json.dumps({"case": case_id, "mark": 0, "extra": extra}),
        "state": {"values": {block: {"value": {"value": told}} for block, told in filled.items()}},
        "blocks": [{"type": "input", "block_id": block} for block in filled],
    }
    return {"user": {"id": ASHA}, "view": view}


def kinds(store: Store, case_id: int) -> list[EventKind]:
    with store.read() as tx:
        return [event.kind for event in cases.events(tx, case_id)]


def test_not_urgent_pressed_twice_lowers_and_dismisses_nothing(store: Store, does: Interactions) -> None:
    case = ring(store)
    picked: dict[str, Any] = {"action_id": "more", "selected_option": {"value": "not_urgent"}}
    body = {"user": {"id": ASHA}, "channel": {"id": "C1"}, "actions": [picked]}
    picked["block_id"] = f"case:{case.id}:{RINGS}"
    does.pressed(body)
    does.pressed(body)
    after = the_case(store, case.id)
    assert (after.priority, after.status, after.version) == (Priority.P3, CaseStatus.OPEN, 1)
    picked["block_id"] = f"case:{case.id}"  # the card as it shows the lowered case
    does.pressed(body)
    assert the_case(store, case.id).status is CaseStatus.DISMISSED


def test_a_snooze_that_is_sent_twice_is_not_moved_on(store: Store, does: Interactions) -> None:
    case = ring(store)
    with store.write() as tx:
        tx.exec_driver_sql("UPDATE cases SET answer_by = NULL")
    later = iter(range(10))
    moving = Interactions(
        store, does.slack, does.settings, does.roles, does.redraw, lambda: NOW.replace(second=next(later))
    )
    for _ in range(2):
        assert moving.submitted(form(modals.SNOOZE, case.id, until="1h")) == {}
    assert kinds(store, case.id).count(EventKind.SNOOZED) == 1


def test_a_note_and_a_customer_are_kept_once(store: Store, does: Interactions) -> None:
    case, who = ring(store), author().id
    with store.write() as tx:
        customers.save(tx, [Customer("C-1", "Priya Sharma")], NOW)
        customers.save_links(tx, {who: [Link(who, "C-1", "possible", 0.6, "public_data", (), "test")]}, NOW)
    sent = [
        form(modals.NOTE, case.id, note="Prefers calls"),
        form(modals.CUSTOMER, case.id, "confirm_customer", customer="C-1"),
    ]
    for number, body in enumerate(sent):
        body["view"]["id"] += str(number)
        threads = [threading.Thread(target=does.submitted, args=(body,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    told = kinds(store, case.id)
    assert (told.count(EventKind.NOTED), told.count(EventKind.CONFIRMED_CUSTOMER)) == (1, 1)
    with store.read() as tx:
        assert len(tx.execute(notes.select()).all()) == 1


def test_an_answer_that_was_taken_back_is_not_sent_because_its_form_comes_again(
    store: Store, does: Interactions
) -> None:
    case = ring(store)
    body = form(modals.REPLY, case.id, **{"text:0": "Please send us a message."})
    assert does.submitted(body) == {}
    with store.write() as tx:
        (answer,) = answers.of_case(tx, case.id)
        answers.withdraw(tx, answer.id, "U0DENIZ001", NOW)
    assert does.submitted(body) == {}
    with store.read() as tx:
        assert [one.status for one in answers.of_case(tx, case.id)] == [AnswerStatus.WITHDRAWN]


def test_an_offer_to_a_team_reaches_its_channel_with_the_move_or_not_at_all(
    store: Store, does: Interactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = ring(store)

    def full(*_: object) -> None:
        raise MemoryError

    body = form(modals.HAND_OVER, case.id, to="team:safety")
    with store.write() as tx:
        tx.exec_driver_sql("UPDATE cases SET team = ''")
    with monkeypatch.context() as broken:
        broken.setattr(Settings, "channel_of", full)
        assert does.submitted(body) != {}
    assert the_case(store, case.id).handed_to is None
    assert does.submitted(body) == {}
    with store.read() as tx:
        queued = tx.execute(outbox.select().where(outbox.c.kind == "slack_post")).all()
    assert [row.channel for row in queued] == ["#safety"]
    assert the_case(store, case.id).handed_to == "team:safety"


def test_who_comes_second_with_a_reason_of_their_own_is_told(store: Store, does: Interactions) -> None:
    case = ring(store)
    first = form(modals.RESOLVE, case.id, reason="refunded", note="Voucher promised")
    second = form(modals.RESOLVE, case.id, reason="explained")
    second["view"]["id"] = "V0ANOTHER"
    assert does.submitted(first) == {} == does.submitted(first)
    assert does.submitted(second) == {"reason": "This case is already resolved."}


def posted(store: Store, slack: Slack, settings: Settings) -> Any:
    case = ring(store)
    deliver(store, slack, settings, NOW)
    hurry(store)
    return the_case(store, case.id)


def test_what_is_acknowledged_is_done(
    store: Store, desk: Desk, slack: Slack, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timely, "ACK_WITHIN_SECONDS", 30.0)
    case = posted(store, slack, settings)
    with listening(store, desk, settings):
        envelope = desk.state.press("#safety", case.slack_ts, "claim", "asha")
        assert envelope.wait(10)
        assert the_case(store, case.id).owner == ASHA


def test_a_refusal_is_told_though_slack_stumbles(
    store: Store, desk: Desk, slack: Slack, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifier.interactions.TELLING_PAUSES", (0.05, 0.05, 0.05))
    case = posted(store, slack, settings)
    with listening(store, desk, settings):
        for fault in ("unavailable", "reset_before", "rate_limited"):
            desk.faults.add("slack.chat.postEphemeral", fault)
        pressed = [desk.state.press("#safety", case.slack_ts, "claim", who) for who in ("asha", "deniz")]
        assert all(envelope.wait(10) for envelope in pressed)
        owner = until(lambda: the_case(store, case.id).owner)
        loser = "deniz" if owner == ASHA else "asha"
        told = until(lambda: desk.ephemerals(loser, "#safety"))
        assert told[0]["text"] == f"<@{owner}> already has this case."
