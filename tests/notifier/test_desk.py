"""The desk, played by several agents in a Slack that the real client speaks to: forms, answers, roles, Home, /sunwai."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from core.answer import AnswerStatus
from core.case import Case, CaseStatus
from core.customer import Customer
from core.settings import Settings, parse
from core.store import Store, answers, cases, customers, labels, outbox, pins
from notifier.deliver import deliver
from tests.notifier.made import NOW, author
from tests.notifier.rung import hurry, ring, the_case
from tests.notifier.test_listener import listening
from tests.sandbox.slack_desk import Desk, until, words_of

ASHA, DENIZ, GRACE, MEERA = "asha", "deniz", "grace", "meera"


@pytest.fixture
def settings(desk: Desk) -> Settings:
    ids = {name: desk.state.user(name).id for name in (ASHA, DENIZ, GRACE, MEERA)}
    return parse(
        {
            "brands": {
                "northwind": {
                    "name": "Northwind",
                    "own_accounts": ["x:@northwind"],
                    "queries": [{"name": "brand", "any_of": ["northwind"]}],
                }
            },
            "departments": {
                "safety": {
                    "channel": "#safety",
                    "topics": ["safety"],
                    "guideline": {"version": 3, "text": "A voucher of up to 20 by any agent."},
                    "saved_replies": [
                        {"name": "Sorry", "text": "Sorry, {name}! {brand} will help. {agent}"},
                        {"name": "Üzgünüz", "text": "Üzgünüz!", "language": "tr"},
                    ],
                },
                "billing": {"channel": "#care-billing", "topics": ["billing"]},
            },
            "roles": {"approvers": [ids[MEERA]], "leads": [ids[GRACE]]},
            "answering": {"approval_for": [ids[DENIZ]]},
            "slack": {"timeout_seconds": 2.0, "triage_channel": "#triage"},
        }
    )


@pytest.fixture
def rung(store: Store, desk: Desk, slack: Any, settings: Settings) -> Iterator[Case]:
    case = ring(store, 1001)
    deliver(store, slack, settings, NOW)
    hurry(store)
    with listening(store, desk, settings):
        yield the_case(store, case.id)


def press(desk: Desk, user: str, case: Case, action: str, option: str | None = None) -> None:
    assert case.slack_ts is not None
    desk.press(user, "#safety", case.slack_ts, action, option)


def told(desk: Desk, user: str) -> str:
    return str(until(lambda: desk.ephemerals(user, "#safety"))[-1]["text"])


def uid(desk: Desk, user: str) -> str:
    return desk.state.user(user).id


@pytest.fixture
def drawn(store: Store, desk: Desk, slack: Any, settings: Settings) -> Callable[[], str]:
    """What the card shows once all that waits is sent, as the pipeline's own senders would."""

    def draw() -> str:
        hurry(store, leases=False)
        deliver(store, slack, settings, NOW)
        return words_of(desk.messages("#safety")[0])

    return draw


def thread(desk: Desk, case: Case) -> list[str]:
    assert case.slack_ts is not None
    return [str(message["text"]) for message in desk.thread("#safety", case.slack_ts)[1:]]


def test_an_answer_is_written_checked_and_waits_for_the_platform(store, desk, settings, rung, drawn) -> None:
    press(desk, ASHA, rung, "reply")
    form = desk.modal(ASHA, "Answer in public")
    shown = words_of(form)
    assert "My @northwind charger is smoking" in shown
    assert "A voucher of up to 20 by any agent." in shown
    assert "Sorry" in shown and "Üzgünüz" not in shown, "saved replies in the post's language"
    wrong = desk.submit_view(ASHA, {"text:0": "Write to help@northwind.example about order NW-88121"})
    assert "e-mail address" in wrong["text:0"] and "order number" in wrong["text:0"]
    assert desk.submit_view(ASHA, {"text:0": "Please send us a message."}) == {}
    with store.read() as tx:
        (answer,) = answers.of_case(tx, rung.id)
        assert (answer.status, answer.author) == (AnswerStatus.TO_SEND, uid(desk, ASHA))
    assert the_case(store, rung.id).owner == uid(desk, ASHA), "who answers a case that nobody has, has it"


def test_a_saved_reply_and_the_line_for_a_direct_message_are_put_into_the_text(
    store, desk, settings, rung, drawn
) -> None:
    press(desk, ASHA, rung, "reply")
    desk.modal(ASHA, "Answer in public")
    desk.press_in_view(ASHA, "saved_reply", "Sorry")
    until(lambda: "text:1" in str(desk.modals(ASHA)[-1]["blocks"]))
    assert "Sorry, Priya Sharma! Northwind will help. Asha" in str(desk.modals(ASHA)[-1]["blocks"])
    desk.press_in_view(ASHA, "to_private")
    until(lambda: "text:2" in str(desk.modals(ASHA)[-1]["blocks"]))
    assert "Please send us a direct message" in str(desk.modals(ASHA)[-1]["blocks"])
    assert desk.submit_view(ASHA) == {}
    with store.read() as tx:
        (answer,) = answers.of_case(tx, rung.id)
    assert answer.private_invite


def test_a_strangers_name_is_never_read_as_a_placeholder(store, desk, slack, settings) -> None:
    ring(store, 1001, author=author(display_name="{agent} {link}"))
    deliver(store, slack, settings, NOW)
    hurry(store)
    with listening(store, desk, settings):
        card = desk.messages("#safety")[0]
        desk.press(ASHA, "#safety", card["ts"], "reply")
        desk.modal(ASHA, "Answer in public")
        desk.press_in_view(ASHA, "saved_reply", "Sorry")
        until(lambda: "text:1" in str(desk.modals(ASHA)[-1]["blocks"]))
        assert "Sorry, {agent} {link}! Northwind will help. Asha" in str(desk.modals(ASHA)[-1]["blocks"])


def test_a_late_answer_begins_with_an_apology(store, desk, settings, rung, drawn) -> None:
    with store.write() as tx:
        tx.exec_driver_sql("UPDATE cases SET answer_by = opened_at")
    press(desk, ASHA, rung, "reply")
    late = str(desk.modal(ASHA, "Answer in public")["blocks"])
    assert "Sorry that you had to wait" not in late, "opened now, due now: not late yet"
    with store.write() as tx:
        past = (NOW - timedelta(minutes=1)).replace(tzinfo=None)
        tx.exec_driver_sql(f"UPDATE cases SET answer_by = '{past}'")
    press(desk, DENIZ, rung, "reply")
    assert "Sorry that you had to wait" in str(desk.modal(DENIZ, "Answer in public")["blocks"])


def test_an_answer_that_needs_approval_goes_out_only_by_a_second_person(store, desk, settings, rung, drawn) -> None:
    press(desk, DENIZ, rung, "reply")
    assert desk.modal(DENIZ)["submit"]["text"] == "Ask for approval"
    assert desk.submit_view(DENIZ, {"text:0": "We are on it."}) == {}
    until(lambda: "waits for a second person" in drawn())
    press(desk, ASHA, rung, "approve")
    assert "Only an approver may let answers out" in told(desk, ASHA)
    press(desk, MEERA, rung, "reject")
    desk.modal(MEERA, "Send the answer back")
    assert desk.submit_view(MEERA, {"note": "Say when"}) == {}
    with store.read() as tx:
        assert [a.status for a in answers.of_case(tx, rung.id)] == [AnswerStatus.REJECTED]
    until(lambda: "Reply" in drawn())
    press(desk, DENIZ, rung, "reply")
    desk.modal(DENIZ)
    assert desk.submit_view(DENIZ, {"text:0": "We are on it, today."}) == {}
    until(lambda: "on it, today" in drawn())
    press(desk, MEERA, rung, "approve")

    def last() -> tuple[AnswerStatus, str | None]:
        with store.read() as tx:
            answer = answers.of_case(tx, rung.id)[-1]
        return answer.status, answer.approver

    until(lambda: last() == (AnswerStatus.TO_SEND, uid(desk, MEERA)))
    until(lambda: drawn() and len(thread(desk, rung)) >= 5)
    assert [told.split(". It waits")[0] for told in thread(desk, rung)[2:4]] == [
        f"✋ <@{uid(desk, MEERA)}> sent the answer back: Say when",
        f"✍️ <@{uid(desk, DENIZ)}> wrote an answer",
    ]


def test_whoever_wrote_an_answer_takes_it_back_before_it_is_out(store, desk, settings, rung, drawn) -> None:
    press(desk, DENIZ, rung, "reply")
    desk.modal(DENIZ)
    assert desk.submit_view(DENIZ, {"text:0": "We are on it."}) == {}
    until(lambda: "waits for a second person" in drawn())
    press(desk, DENIZ, rung, "approve")
    assert "Only an approver" in told(desk, DENIZ)
    press(desk, DENIZ, rung, "withdraw")
    until(lambda: "We are on it." not in drawn())
    until(lambda: drawn() and thread(desk, rung)[-1] == f"↩️ <@{uid(desk, DENIZ)}> took the answer back")
    press(desk, DENIZ, rung, "reply")
    assert desk.modal(DENIZ)["submit"]["text"] == "Ask for approval"


@pytest.mark.parametrize("how", ["resolve", "not_us"])
def test_an_answer_that_waits_to_be_let_out_is_taken_back_when_its_case_is_closed(
    store, desk, settings, rung, drawn, how
) -> None:
    press(desk, DENIZ, rung, "reply")
    desk.modal(DENIZ)
    assert desk.submit_view(DENIZ, {"text:0": "We are on it."}) == {}
    until(lambda: "waits for a second person" in drawn())
    if how == "not_us":
        press(desk, MEERA, rung, "more", "not_us")
    else:
        desk.open_home(DENIZ)
        desk.press_home(DENIZ, "more", "resolve")
        desk.modal(DENIZ, "Resolve the case")
        assert desk.submit_view(DENIZ, {"reason": "explained"}) == {}
    until(lambda: the_case(store, rung.id).status.is_closed)
    with store.read() as tx:
        assert [one.status for one in answers.of_case(tx, rung.id)] == [AnswerStatus.WITHDRAWN]
    until(lambda: drawn() and "took the answer back" in "\n".join(thread(desk, rung)))
    press(desk, MEERA, rung, "reopen")
    until(lambda: "Reopen" not in drawn())
    press(desk, DENIZ, rung, "reply")
    assert desk.modal(DENIZ)["submit"]["text"] == "Ask for approval"


def test_two_agents_who_answer_together_give_one_answer(store, desk, settings, rung, drawn) -> None:
    for who in (ASHA, MEERA):
        press(desk, who, rung, "reply")
        desk.modal(who, "Answer in public")
    results: dict[str, dict[str, str]] = {}

    def send(who: str) -> None:
        results[who] = desk.submit_view(who, {"text:0": f"Hello from {who}."})

    threads = [threading.Thread(target=send, args=(who,)) for who in (ASHA, MEERA)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    with store.read() as tx:
        (answer,) = answers.of_case(tx, rung.id)
    refused = [who for who, errors in results.items() if errors]
    assert len(refused) == 1
    assert answer.author not in {uid(desk, who) for who in refused}


def test_what_is_written_in_the_thread_goes_nowhere(store, desk, settings, rung, drawn) -> None:
    with store.read() as tx:
        before = outbox.sizes(tx)
    desk.say(ASHA, "#safety", "@priya_s we are sorry, here is a voucher", rung.slack_ts)
    desk.say(ASHA, "#safety", "<@U0SUNWAI01> reply: sorry")
    with store.read() as tx:
        assert answers.of_case(tx, rung.id) == []
        assert outbox.sizes(tx) == before


def test_a_case_is_handed_over_warmly(store, desk, settings, rung, drawn) -> None:
    press(desk, ASHA, rung, "claim")
    until(lambda: "has it" in drawn())
    press(desk, ASHA, rung, "more", "hand_over")
    desk.modal(ASHA, "Hand the case over")
    assert desk.submit_view(ASHA) == {"person": "Choose the person who is to take it."}
    assert desk.submit_view(ASHA, {"person": DENIZ}) == {}
    assert the_case(store, rung.id).owner == uid(desk, ASHA), "the owner keeps it until it is accepted"
    until(lambda: "offered to" in drawn())
    press(desk, MEERA, rung, "accept")
    assert "is offered to" in told(desk, MEERA)
    press(desk, DENIZ, rung, "accept")
    after = until(lambda: (now := the_case(store, rung.id)).handed_to is None and now)
    assert (after.owner, after.transfers) == (uid(desk, DENIZ), 0)


def test_a_case_is_offered_to_another_team_in_its_channel(store, desk, settings, rung, drawn) -> None:
    press(desk, ASHA, rung, "more", "hand_over")
    desk.modal(ASHA, "Hand the case over")
    assert desk.submit_view(ASHA, {"to": "team:billing"}) == {}
    until(lambda: drawn() and desk.messages("#care-billing"))
    (offer,) = desk.messages("#care-billing")
    assert "offers a case to this team" in words_of(offer)
    assert f"/p{str(rung.slack_ts).replace('.', '')}|its card" in words_of(offer)
    desk.press(DENIZ, "#care-billing", offer["ts"], "accept")
    after = until(lambda: (now := the_case(store, rung.id)).handed_to is None and now)
    assert (after.team, after.owner, after.transfers) == ("billing", uid(desk, DENIZ), 1)


def test_snoozing_hides_no_clock(store, desk, settings, rung, drawn) -> None:
    press(desk, ASHA, rung, "more", "snooze")
    desk.modal(ASHA, "Let the case rest")
    wrong = desk.submit_view(ASHA, {"until": "3h"})
    assert "first answer is due before that" in wrong["until"]
    soon = int((NOW + timedelta(minutes=5)).timestamp())
    assert desk.submit_view(ASHA, {"at": soon}) == {}
    assert the_case(store, rung.id).snoozed_until == NOW + timedelta(minutes=5)


def test_not_urgent_lowers_and_not_us_dismisses_and_both_teach(store, desk, settings, rung, drawn) -> None:
    press(desk, ASHA, rung, "more", "not_urgent")
    until(lambda: "P3" in drawn())
    assert the_case(store, rung.id).status is CaseStatus.OPEN
    press(desk, ASHA, rung, "more", "not_us")
    until(lambda: the_case(store, rung.id).status is CaseStatus.DISMISSED)
    with store.read() as tx:
        said = labels.of(tx, ["x:1001"])["x:1001", "northwind"]
    assert {kind: label.value for kind, label in said.items()} == {"priority": "P4", "department": "spam_irrelevant"}
    until(lambda: "Reopen" in drawn())
    press(desk, DENIZ, rung, "reopen")
    until(lambda: the_case(store, rung.id).status is CaseStatus.OPEN)


def test_a_wrong_customer_leaves_the_card_at_once_and_for_good(store, desk, settings, rung, drawn) -> None:
    who = author().id
    with store.write() as tx:
        customers.save(tx, [Customer("C-1", "Priya Sharma"), Customer("C-2", "Priya S")], NOW)
        link = customers.Link(who, "C-1", "possible", 0.6, "public_data", (), "test")
        customers.save_links(
            tx, {who: [link, link.__class__(who, "C-2", "possible", 0.3, "public_data", (), "test")]}, NOW
        )
        outbox.put(tx, [outbox.card_update(rung, "test")])
    press(desk, ASHA, rung, "claim")
    until(lambda: "possibly Priya Sharma" in drawn())
    press(desk, ASHA, rung, "more", "wrong_customer")
    desk.modal(ASHA, "Wrong customer")
    assert desk.submit_view(ASHA, {"customer": "C-1"}) == {}
    until(lambda: "possibly Priya Sharma" not in drawn())
    press(desk, ASHA, rung, "more", "confirm_customer")
    desk.modal(ASHA, "Confirm the customer")
    assert desk.submit_view(ASHA, {"customer": "C-2"}) == {}
    with store.write() as tx:
        (left,) = customers.links_of(tx, [who])[who]
        assert (left.customer_id, left.status) == ("C-2", "linked")
        customers.save_links(tx, {who: [link]}, NOW)
        assert [one.customer_id for one in customers.links_of(tx, [who])[who]] == ["C-2"], "an agent's word stands"
        assert pins.of(tx, [who]) == {who: {"C-1": "wrong", "C-2": "confirmed"}}


def test_a_note_is_kept_for_the_next_time(store, desk, settings, rung, drawn) -> None:
    with store.write() as tx:
        customers.save(tx, [Customer("C-1", "Priya Sharma")], NOW)
        link = customers.Link(author().id, "C-1", "possible", 0.6, "public_data", (), "test")
        customers.save_links(tx, {author().id: [link]}, NOW)
    press(desk, ASHA, rung, "claim")
    until(lambda: "possibly Priya" in drawn())
    press(desk, ASHA, rung, "more", "note")
    desk.modal(ASHA, "Note on the customer")
    assert desk.submit_view(ASHA, {"note": "Prefers <calls>"}) == {}
    until(lambda: "Prefers &lt;calls&gt;" in drawn())


def test_the_home_tab_shows_my_cases_the_queue_and_the_numbers(store, desk, settings, rung, drawn) -> None:
    assert "Nobody" not in words_of(desk.open_home(ASHA))
    shown = words_of(desk.home(ASHA))
    assert "You have no case" in shown and "charger is smoking" in shown
    assert "*1* open · *1* unclaimed · *0* late" in shown
    desk.press_home(ASHA, "claim")
    until(lambda: "Nothing waits" in words_of(desk.home(ASHA)))
    assert the_case(store, rung.id).owner == uid(desk, ASHA)
    desk.press_home(ASHA, "more", "resolve")
    desk.modal(ASHA, "Resolve the case")
    assert desk.submit_view(ASHA, {"reason": "explained"}) == {}
    assert the_case(store, rung.id).resolution == "explained"


def test_the_command_finds_lists_and_helps(store, desk, settings, rung, drawn) -> None:
    def say(user: str, text: str) -> str:
        return words_of(desk.slash(user, text, "#safety").answer)

    assert "/sunwai find TEXT" in say(ASHA, "help")
    assert "There is no `/sunwai dance`" in say(ASHA, "dance")
    assert "charger is smoking" in say(ASHA, "queue")
    assert "You have no case" in say(ASHA, "mine")
    assert "charger is smoking" in say(ASHA, "find CHARGER")
    assert "No case says that" in say(ASHA, "find 100%_")
    assert f"Case {rung.id}" in say(ASHA, f"case {rung.id}")
    assert "opened" in say(ASHA, f"case {rung.id}")
    assert "There is no case 999" in say(ASHA, "case 999")
    assert "Only a lead may" in say(ASHA, f"take {rung.id}")
    press(desk, ASHA, rung, "claim")
    until(lambda: the_case(store, rung.id).owner)
    assert f"claimed by <@{uid(desk, ASHA)}>" in say(GRACE, f"case {rung.id}")
    assert "is yours" in say(GRACE, f"take {rung.id}")
    assert the_case(store, rung.id).owner == uid(desk, GRACE)
    assert "Only a lead may" in say(ASHA, "off")
    assert "rests until" in say(GRACE, "off 2h")
    until(lambda: drawn() and any("🔕" in m["text"] for m in desk.messages("#safety")))
    assert "rings again" in say(GRACE, "on")
    over = f"🔔 <@{uid(desk, GRACE)}> ended this channel's rest."
    until(lambda: drawn() and over in [m["text"] for m in desk.messages("#safety")])


def test_roles_are_checked_on_the_server(store, desk, slack, settings) -> None:
    named = settings.roles.model_copy(update={"agents": (uid(desk, ASHA),)})
    settings = settings.model_copy(update={"roles": named})
    case = ring(store, 1001)
    deliver(store, slack, settings, NOW)
    hurry(store)
    with listening(store, desk, settings):
        rung = the_case(store, case.id)
        for action in ("claim", "reply", "resolve"):
            press(desk, DENIZ, rung, action)
        until(lambda: len(desk.ephemerals(DENIZ, "#safety")) == 3)
        assert "Only an agent may" in told(desk, DENIZ)
        assert desk.modals(DENIZ) == []
        press(desk, ASHA, rung, "claim")
        until(lambda: the_case(store, case.id).owner == uid(desk, ASHA))
    with store.read() as tx:
        assert [e.actor for e in cases.events(tx, case.id)][-1] == uid(desk, ASHA)
