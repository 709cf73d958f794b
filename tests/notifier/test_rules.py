"""Who may do what: each press, form and command has a rule, and the server keeps it, also against forged ids."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.settings import Settings
from core.store import Store, answers
from core.store.schema import metadata
from core.teams import RolesTable
from notifier import modals
from notifier.commands import HELP, typed
from notifier.interactions import ACTIONS, SUBMITTED, Interactions
from notifier.roles import Role, Roles
from notifier.rules import COMMANDS, FORMS, PRESSES
from notifier.slack_client import Slack
from sandbox.slack.people import TEAM
from tests.notifier.made import NOW
from tests.notifier.rung import ring
from tests.sandbox.slack_desk import Desk, words_of

ASHA, DENIZ, GRACE, MEERA, SAM = "U0ASHA0001", "U0DENIZ001", "U0GRACE001", "U0MEERA001", "U0SAM00001"
NAMED = RolesTable(viewers=(SAM,), agents=(ASHA,), approvers=(MEERA,), leads=(GRACE,))
HOLDS = {Role.VIEWER: SAM, Role.AGENT: ASHA, Role.APPROVER: MEERA, Role.LEAD: GRACE, None: DENIZ}
JUST_BELOW = {Role.VIEWER: DENIZ, Role.AGENT: SAM, Role.APPROVER: ASHA, Role.LEAD: MEERA}
ELSEWHERE = "T0ANOTHER1"
KNOWN = {rule.what for rule in (*PRESSES.values(), *FORMS.values(), *COMMANDS.values())}


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """SQLite alone: a rule asks no database."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'sunwai.db')}"


@pytest.fixture
def does(store: Store, slack: Slack, settings: Settings) -> Interactions:
    settings = settings.model_copy(update={"roles": NAMED})
    return Interactions(store, slack, settings, Roles(slack, settings.roles), lambda: None, lambda: NOW)


@pytest.fixture
def waiting(store: Store) -> tuple[int, int]:
    """A case and its answer, which waits to be let out."""
    case = ring(store)
    with store.write() as tx:
        answer = answers.propose(tx, case.id, case.mention_id, "We are on it.", ASHA, NOW, seen=0, approval=True)
    return case.id, answer.id


def everything(store: Store) -> dict[str, list[Any]]:
    with store.read() as tx:
        return {table.name: sorted(map(repr, tx.execute(table.select()))) for table in metadata.sorted_tables}


def press(desk: Desk, action: str, user: str, case: int, answer: int = 0) -> dict[str, Any]:
    """What Slack sends of a press on a card, or in a form where the action is one."""
    who = {"id": user, "team_id": TEAM}
    made: dict[str, Any] = {
        "user": who,
        "team": {"id": TEAM},
        "channel": {"id": desk.state.channel("#safety").id},
        "trigger_id": desk.state.new_trigger(desk.state.user(user)),
        "actions": [
            {
                "action_id": action,
                "value": json.dumps({"case": case, "answer": answer, "report": case}),
                "selected_option": {"value": "0"},
            }
        ],
    }
    if action in (modals.SAVED_REPLY, modals.TO_PRIVATE):
        made["view"] = form(modals.REPLY, user, case)["view"]
    return made


def form(callback: str, user: str, case: int, extra: str = "", **filled: str) -> dict[str, Any]:
    filled = filled or {"note": "n"}
    return {
        "user": {"id": user, "team_id": TEAM},
        "team": {"id": TEAM},
        "view": {
            "id": f"V{callback}",
            "callback_id": callback,
            "private_metadata": json.dumps({"case": case, "mark": 0, "extra": extra}),
            "state": {"values": {block: {"value": {"value": said}} for block, said in filled.items()}},
            "blocks": [{"type": "input", "block_id": block} for block in filled],
        },
    }


def command(user: str, text: str) -> dict[str, str]:
    return {"user_id": user, "team_id": TEAM, "channel_id": "C1", "channel_name": "safety", "text": text}


def told(desk: Desk, user: str) -> str:
    return "\n".join(m["text"] for m in desk.ephemerals(user, "#safety"))


def test_all_that_can_be_done_has_a_rule_and_nothing_else_has_one() -> None:
    assert set(PRESSES) == set(ACTIONS) - {"more"}
    assert set(FORMS) == set(SUBMITTED)
    assert set(COMMANDS) == {what.split()[0] for what in HELP} - {"help"}


@pytest.mark.parametrize("action", [name for name, rule in PRESSES.items() if rule.role is not None])
def test_a_press_without_the_role_is_refused_alone_and_changes_nothing(
    store: Store, desk: Desk, does: Interactions, waiting: tuple[int, int], action: str
) -> None:
    rule, before = PRESSES[action], everything(store)
    assert rule.role is not None
    user = JUST_BELOW[rule.role]
    body = press(desk, action, user, *waiting)
    does.pressed(body)
    in_menu = press(desk, "more", user, waiting[0])
    in_menu["actions"][0] |= {"selected_option": {"value": action}, "block_id": f"case:{waiting[0]}"}
    does.pressed(in_menu | ({"view": body["view"]} if "view" in body else {}))
    assert told(desk, user).count(f" {rule.role} may {rule.what}.") == 2
    assert everything(store) == before
    assert desk.modals(user) == []
    assert desk.home(user) is None
    assert all(told(desk, other) == "" for other in HOLDS.values() if other != user), "nobody else hears of it"


@pytest.mark.parametrize("action", PRESSES)
def test_whoever_has_the_role_is_let_through(
    desk: Desk, does: Interactions, waiting: tuple[int, int], action: str
) -> None:
    user = HOLDS[PRESSES[action].role]
    does.pressed(press(desk, action, user, *waiting))
    assert not any(what in told(desk, user) for what in KNOWN)


@pytest.mark.parametrize("callback", FORMS)
def test_a_form_is_judged_again_when_it_is_sent(
    store: Store, does: Interactions, waiting: tuple[int, int], callback: str
) -> None:
    rule, before = FORMS[callback], everything(store)
    assert rule.role is not None
    said = does.submitted(form(callback, JUST_BELOW[rule.role], waiting[0], str(waiting[1])))
    assert f" {rule.role} may {rule.what}." in said["note"]
    assert everything(store) == before


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_without_the_role_is_refused(
    store: Store, does: Interactions, waiting: tuple[int, int], name: str
) -> None:
    rule, before = COMMANDS[name], everything(store)
    assert rule.role is not None
    text = f"{name} {waiting[0]}" if name in ("case", "take") else f"{name} charger" if name == "find" else name
    assert f" {rule.role} may {rule.what}." in words_of(typed(does, command(JUST_BELOW[rule.role], text)))
    assert everything(store) == before
    assert " may " not in words_of(typed(does, command(HOLDS[rule.role], text)))


def test_while_nobody_is_named_everybody_here_may_and_still_nobody_leads(slack: Slack) -> None:
    open_desk = Roles(slack, RolesTable())
    assert [role for role in Role if open_desk.has(DENIZ, role)] == [Role.VIEWER, Role.AGENT, Role.APPROVER]


def test_who_reads_need_not_act(desk: Desk, does: Interactions, waiting: tuple[int, int]) -> None:
    for user, shown in ((SAM, "charger is smoking"), (DENIZ, "Only a viewer may look at the desk")):
        does.draw_home(user)
        assert shown in words_of(desk.home(user))
    assert "charger is smoking" not in words_of(desk.home(DENIZ))
    everybody = replace(does, roles=Roles(does.slack, RolesTable(agents=(ASHA,))))
    everybody.draw_home(DENIZ)
    assert "charger is smoking" in words_of(desk.home(DENIZ)), "while no viewers are named, whoever is here may look"


@pytest.mark.parametrize("action", ["claim", "snooze_alert_day", "saved_reply"])
def test_of_a_channel_that_two_companies_share_only_ours_press(
    store: Store, desk: Desk, does: Interactions, waiting: tuple[int, int], action: str
) -> None:
    anybody = replace(does, roles=Roles(does.slack, RolesTable()))
    before = everything(store)
    strangers = press(desk, action, DENIZ, *waiting) | {"user": {"id": DENIZ, "team_id": ELSEWHERE}}
    anybody.pressed(strangers)
    assert told(desk, DENIZ).startswith("Only people of this workspace may ")
    wrong = anybody.submitted(form(modals.NOTE, DENIZ, waiting[0]) | {"user": {"id": DENIZ, "team_id": ELSEWHERE}})
    assert "Only people of this workspace" in wrong["note"]
    assert "Only people" in words_of(typed(anybody, command(DENIZ, "queue") | {"team_id": ELSEWHERE}))
    assert everything(store) == before
    named = replace(does, roles=Roles(does.slack, RolesTable(agents=(DENIZ,))))
    named.pressed(strangers)
    assert told(desk, DENIZ).count("this workspace") == 1, "a partner whom the settings name may"


def test_an_answer_of_another_case_is_not_decided_on(
    store: Store, desk: Desk, does: Interactions, waiting: tuple[int, int]
) -> None:
    other = ring(store, 1002).id
    before = everything(store)
    for action in ("approve", "sent", "withdraw", "reject"):
        does.pressed(press(desk, action, MEERA, other, waiting[1]))
    assert told(desk, MEERA).splitlines() == ["This answer is no longer here."] * 4
    wrong = does.submitted(form(modals.REJECT, MEERA, other, str(waiting[1])))
    assert wrong == {"note": "This answer is no longer here."}
    assert everything(store) == before
    assert desk.modals(MEERA) == []


@pytest.mark.parametrize("action", [name for name in PRESSES if name not in ("refresh_home", modals.TO_PRIVATE)])
def test_a_case_that_is_not_here_changes_nothing_and_is_told(
    store: Store, desk: Desk, does: Interactions, waiting: tuple[int, int], action: str
) -> None:
    before = everything(store)
    does.pressed(press(desk, action, GRACE, 999_999, 999_999))
    assert told(desk, GRACE)
    assert "could not do that" not in told(desk, GRACE)
    assert everything(store) == before


def test_a_form_of_a_case_that_is_not_here_or_of_no_case_is_told(
    store: Store, does: Interactions, waiting: tuple[int, int]
) -> None:
    before = everything(store)
    for callback in FORMS:
        (wrong,) = does.submitted(form(callback, GRACE, 999_999, "999999")).values()
        assert "could not do that" not in wrong, callback
        for spoilt in ("", "[]", "null", '{"case": "x", "mark": 0}', '{"case": 1}'):
            body = form(callback, GRACE, 1)
            body["view"]["private_metadata"] = spoilt
            assert "another version of Sunwai" in does.submitted(body)["note"]
    assert everything(store) == before


def test_what_no_card_shows_is_refused(store: Store, desk: Desk, does: Interactions, waiting: tuple[int, int]) -> None:
    before = everything(store)
    for action in ("drop_tables", "more", "", "_act"):
        body = press(desk, "more", GRACE, waiting[0])
        body["actions"][0] |= {"selected_option": {"value": action}, "block_id": f"case:{waiting[0]}"}
        does.pressed(body)
    assert told(desk, GRACE).count("does not know that button") == 4
    for value in ("", "{}", "[]", "null", '{"case": "1; DROP"}', "case:", "case:x"):
        body = press(desk, "claim", GRACE, waiting[0])
        body["actions"][0]["value"] = value
        does.pressed(body)
    assert told(desk, GRACE).count("no longer here") == 7
    assert everything(store) == before


def test_a_case_is_offered_only_to_who_can_take_it(store: Store, does: Interactions, waiting: tuple[int, int]) -> None:
    before = everything(store)
    to_nobody = form(modals.HAND_OVER, ASHA, waiting[0], to="team:gone")
    assert does.submitted(to_nobody) == {"to": "There is no such team any more. Choose another one."}
    to_a_reader = form(modals.HAND_OVER, ASHA, waiting[0], to=modals.A_PERSON, person=SAM)
    assert does.submitted(to_a_reader) == {"person": "They take no cases. Choose somebody who does."}
    assert everything(store) == before
    assert does.submitted(form(modals.HAND_OVER, ASHA, waiting[0], to=modals.A_PERSON, person=MEERA)) == {}


def test_a_saved_reply_that_the_settings_have_no_more_is_told(
    desk: Desk, does: Interactions, waiting: tuple[int, int]
) -> None:
    for number in ("7", "-1"):
        body = press(desk, modals.SAVED_REPLY, ASHA, waiting[0])
        body["actions"][0]["selected_option"] = {"value": number}
        does.pressed(body)
    assert told(desk, ASHA).count("This saved reply is no longer there.") == 2


def test_a_form_that_slack_waited_for_no_longer_is_asked_for_again(
    desk: Desk, does: Interactions, store: Store
) -> None:
    case = ring(store)
    late = press(desk, "resolve", ASHA, case.id)
    for trigger in desk.state.triggers.values():
        trigger.expires_at -= 60
    does.pressed(late)
    used = press(desk, "resolve", ASHA, case.id)
    does.pressed(used)
    does.pressed(used)
    assert (
        told(desk, ASHA).splitlines()
        == ["Slack waits three seconds for a form, and this one took longer. Please press again."] * 2
    )
    assert len(desk.modals(ASHA)) == 1


@pytest.mark.parametrize("kind", ["rate_limited", "unavailable", "reset_before"])
def test_a_form_that_slack_did_not_open_is_asked_for_again(
    store: Store, desk: Desk, does: Interactions, waiting: tuple[int, int], kind: str
) -> None:
    before = everything(store)
    desk.faults.add("slack.views.open", kind, **({"retry_after": 30.0} if kind == "rate_limited" else {}))
    does.pressed(press(desk, "resolve", ASHA, waiting[0]))
    assert told(desk, ASHA) == "Sunwai could not do that just now. Please press again in a moment."
    assert everything(store) == before
    does.pressed(press(desk, "resolve", ASHA, waiting[0]))
    assert len(desk.modals(ASHA)) == 1
