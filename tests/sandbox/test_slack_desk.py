"""Modals, the Home tab, commands, events and the team, worked by agents and answered by the real slack_bolt."""

import urllib.request
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk.errors import SlackApiError

from sandbox.slack import NotThere
from tests.sandbox.slack_desk import Desk, button, card, desk, running, section, until, words_of

__all__ = ["desk"]

ASHA, DENIZ = "U0ASHA0001", "U0DENIZ001"


@pytest.fixture(autouse=True)
def slack_took_every_answer(desk: Desk) -> Iterator[None]:
    yield
    assert desk.state.mistakes == []


def plain(words: str) -> dict[str, str]:
    return {"type": "plain_text", "text": words}


def options(*values: str) -> list[dict[str, Any]]:
    return [{"text": plain(value.title()), "value": value} for value in values]


def entry(block_id: str, kind: str, *, more: dict[str, Any] | None = None, **element: Any) -> dict[str, Any]:
    """An input block whose element has the action_id "it"."""
    made = {"type": kind, "action_id": "it", **element}
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": made, **(more or {})}


def modal(*blocks: dict[str, Any], title: str = "Reply", **more: Any) -> dict[str, Any]:
    made = {"type": "modal", "title": plain(title), "blocks": list(blocks), "callback_id": title.lower()}
    return made | {"submit": plain("Send")} | more


def posted(desk: Desk, *elements: dict[str, Any]) -> str:
    return str(desk.client().chat_postMessage(channel="triage", text="A case", blocks=card(*elements))["ts"])


def app_that_opens(desk: Desk, view: dict[str, Any]) -> App:
    """An app whose card's Claim button opens this view."""
    app = desk.app()

    @app.action("claim")
    def opens(ack: Ack, body: dict[str, Any], client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=view)

    return app


EVERY_INPUT: dict[str, tuple[dict[str, Any], Any, dict[str, Any]]] = {
    "plain_text_input": ({"multiline": True, "max_length": 20}, "हमें खेद है 🙏", {"value": "हमें खेद है 🙏"}),
    "email_text_input": ({}, "a@b.example", {"value": "a@b.example"}),
    "url_text_input": ({}, "https://b.example/1", {"value": "https://b.example/1"}),
    "number_input": ({"is_decimal_allowed": False, "min_value": "1", "max_value": "9"}, 7, {"value": "7"}),
    "static_select": ({"options": options("refund", "replace")}, "replace", {"selected_option": "replace"}),
    "multi_static_select": (
        {"options": options("a", "b", "c"), "max_selected_items": 2}, ["a", "C"], {"selected_options": ["a", "c"]}),
    "radio_buttons": ({"options": options("yes", "no")}, "No", {"selected_option": "no"}),
    "checkboxes": ({"options": options("one", "two")}, ["two"], {"selected_options": ["two"]}),
    "users_select": ({}, "deniz", {"selected_user": DENIZ}),
    "multi_users_select": ({}, ["asha", "deniz"], {"selected_users": [ASHA, DENIZ]}),
    "conversations_select": ({}, "safety", {"selected_conversation": "#safety"}),
    "datepicker": ({}, date(2026, 12, 1), {"selected_date": "2026-12-01"}),
    "timepicker": ({}, "09:30", {"selected_time": "09:30"}),
    "datetimepicker": ({}, datetime(2026, 12, 1, 9, 30, tzinfo=UTC), {"selected_date_time": 1796117400}),
}  # fmt: skip


def test_every_kind_of_input_reaches_the_app_in_its_own_shape(desk: Desk) -> None:
    blocks = [entry(kind, kind, **element) for kind, (element, _, _) in EVERY_INPUT.items()]
    app, heard = app_that_opens(desk, modal(*blocks, private_metadata="case-1")), []

    @app.view("reply")
    def sent(ack: Ack, view: dict[str, Any]) -> None:
        ack()
        heard.append(view)

    with desk.listen(app):
        desk.press("asha", "triage", posted(desk), "claim")
        desk.modal("asha", "Reply")
        assert desk.submit_view("asha", {kind: given for kind, (_, given, _) in EVERY_INPUT.items()}) == {}
        (view,) = until(lambda: heard)
    assert view["private_metadata"] == "case-1"
    for kind, (_, _, expected) in EVERY_INPUT.items():
        got = dict(view["state"]["values"][kind]["it"])
        assert got.pop("type") == kind
        for name, value in got.items():
            if name == "selected_option":
                got[name] = value["value"]
            elif name == "selected_options":
                got[name] = [one["value"] for one in value]
            elif name == "selected_conversation":
                got[name] = f"#{desk.state.channel(value).name}"
        assert got == expected


REFUSED: list[tuple[dict[str, Any], Any]] = [
    (entry("b", "plain_text_input"), ""),
    (entry("b", "plain_text_input", min_length=3), "hm"),
    (entry("b", "plain_text_input", max_length=3), "long"),
    (entry("b", "plain_text_input"), "x" * 3001),
    (entry("b", "email_text_input"), "nobody"),
    (entry("b", "url_text_input"), "javascript:alert(1)"),
    (entry("b", "number_input", is_decimal_allowed=False), "1.5"),
    (entry("b", "number_input", is_decimal_allowed=True, max_value="9"), "9.5"),
    (entry("b", "number_input", is_decimal_allowed=True), "NaN"),
    (entry("b", "checkboxes", options=options("a")), []),
    (entry("b", "multi_static_select", options=options("a", "b"), max_selected_items=1), ["a", "b"]),
    (entry("b", "users_select"), None),
]


@pytest.mark.parametrize(("block", "given"), REFUSED)
def test_what_slacks_window_would_refuse_never_reaches_the_app(desk: Desk, block: Any, given: Any) -> None:
    app, heard = app_that_opens(desk, modal(block)), []
    app.view("reply")(lambda ack: (heard.append(1), ack()))
    with desk.listen(app):
        desk.press("asha", "triage", posted(desk), "claim")
        assert set(desk.submit_view("asha", {"b": given})) == {"b"}
        assert len(desk.modals("asha")) == 1
    assert heard == []


def test_an_optional_field_may_stay_empty_and_an_initial_one_is_kept(desk: Desk) -> None:
    view = modal(
        entry("note", "plain_text_input", more={"optional": True}),
        entry("words", "plain_text_input", initial_value="Sorry for the wait."),
        entry("how", "static_select", options=options("a", "b"), initial_option=options("b")[0]),
    )
    app, heard = app_that_opens(desk, view), []
    app.view("reply")(lambda ack, view: (heard.append(view["state"]["values"]), ack()))
    with desk.listen(app):
        desk.press("asha", "triage", posted(desk), "claim")
        assert desk.submit_view("asha") == {}
    (values,) = heard
    assert values["note"]["it"] == {"type": "plain_text_input", "value": None}
    assert values["words"]["it"]["value"] == "Sorry for the wait."
    assert values["how"]["it"]["selected_option"]["value"] == "b"


def test_errors_stand_under_their_fields_until_the_next_try(desk: Desk) -> None:
    app = app_that_opens(desk, modal(entry("words", "plain_text_input")))

    @app.view("reply")
    def check(ack: Ack, view: dict[str, Any]) -> None:
        words = view["state"]["values"]["words"]["it"]["value"]
        if "+91" in words:
            ack(response_action="errors", errors={"words": "A phone number must not go out in public."})
        else:
            ack()

    with desk.listen(app):
        desk.press("asha", "triage", posted(desk), "claim")
        refused = desk.submit_view("asha", {"words": "call +91 98"})
        assert refused == {"words": "A phone number must not go out in public."}
        assert desk.modal("asha")["state"]["values"]["words"]["it"]["value"] == "call +91 98"
        assert desk.submit_view("asha", {"words": "write to us"}) == {}
    assert desk.modals("asha") == []


def test_a_submission_may_update_push_and_clear(desk: Desk) -> None:
    app = app_that_opens(desk, modal(title="One"))
    app.view("one")(lambda ack: ack(response_action="update", view=modal(title="Two")))
    app.view("two")(lambda ack: ack(response_action="push", view=modal(title="Three")))
    app.view("three")(lambda ack: ack(response_action="push", view=modal(title="Four")))
    app.view("four")(lambda ack: ack(response_action="clear"))
    with desk.listen(app):
        desk.press("asha", "triage", posted(desk), "claim")
        first = desk.modal("asha", "One")["id"]
        desk.submit_view("asha")
        assert desk.modal("asha", "Two")["id"] == first
        desk.submit_view("asha")
        third = desk.modal("asha", "Three")
        assert (third["root_view_id"], third["previous_view_id"]) == (first, first)
        desk.submit_view("asha")
        assert [view["title"]["text"] for view in desk.modals("asha")] == ["Two", "Three", "Four"]
        desk.submit_view("asha")
        assert desk.modals("asha") == []


def test_a_modal_holds_three_views_and_no_more(desk: Desk) -> None:
    app, refused = app_that_opens(desk, modal(card()[1], title="One")), []

    def pushes(ack: Ack, body: dict[str, Any], client: Any) -> None:
        ack()
        try:
            client.views_push(trigger_id=body["trigger_id"], view=modal(card(button("on", "On"))[1], title="More"))
        except SlackApiError as error:
            refused.append(error.response["error"])

    app = desk.app()
    app.action("on")(pushes)

    @app.action("claim")
    def opens(ack: Ack, body: dict[str, Any], client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=modal(card(button("on", "On"))[1], title="One"))

    with desk.listen(app):
        desk.press("asha", "triage", posted(desk), "claim")
        for count in (1, 2, 3):
            until(lambda count=count: len(desk.modals("asha")) == count)
            desk.press_in_view("asha", "on")
        assert until(lambda: refused) == ["push_limit_reached"]
        desk.close_view("asha")
        assert len(desk.modals("asha")) == 2
        desk.close_view("asha", clear=True)
        assert desk.modals("asha") == []


def test_pushing_needs_a_press_in_an_open_modal_and_updating_the_latest_hash(desk: Desk) -> None:
    client, ts = desk.client(), posted(desk)

    def error(call: Any, **arguments: Any) -> str:
        with pytest.raises(SlackApiError) as caught:
            call(**arguments)
        return str(caught.value.response["error"])

    def trigger() -> str:
        return str(desk.state.press("triage", ts, "claim").payload["trigger_id"])

    assert error(client.views_push, trigger_id=trigger(), view=modal()) == "not_found"
    view = client.views_open(trigger_id=trigger(), view=modal(external_id="case-1"))["view"]
    assert error(client.views_open, trigger_id=trigger(), view=modal(external_id="case-1")) == "duplicate_external_id"
    client.views_update(external_id="case-1", hash=view["hash"], view=modal(external_id="case-1"))
    assert error(client.views_update, view_id=view["id"], hash=view["hash"], view=modal()) == "hash_conflict"
    assert error(client.views_update, view_id="V1", view=modal()) == "not_found"
    assert error(client.views_update, view_id=view["id"], view={"type": "home", "blocks": []}) == "invalid_arguments"
    desk.close_view("asha")
    assert error(client.views_update, view_id=view["id"], view=modal()) == "not_found"


def test_closing_is_told_to_those_who_asked(desk: Desk) -> None:
    app, heard = app_that_opens(desk, modal(notify_on_close=True, private_metadata="case-1")), []
    app.view_closed("reply")(lambda ack, body: (heard.append(body), ack()))
    with desk.listen(app):
        desk.press("asha", "triage", posted(desk), "claim")
        desk.close_view("asha", clear=True)
        (body,) = until(lambda: heard)
    assert (body["is_cleared"], body["view"]["private_metadata"]) == (True, "case-1")


def test_a_redrawn_modal_keeps_what_was_typed_where_the_ids_stay(desk: Desk) -> None:
    """Also where the app now says otherwise: to put other words in a box, its block_id must change."""
    pick = entry("pick", "static_select", options=options("sorry", "thanks"), more={"dispatch_action": True})

    def view(words: str, block_id: str = "words") -> dict[str, Any]:
        return modal(pick, entry(block_id, "plain_text_input", initial_value=words))

    app, heard = app_that_opens(desk, view("...")), []

    @app.action("it")
    def picked(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: Any) -> None:
        ack()
        heard.append(body["view"]["state"]["values"])
        block_id = "words" if len(heard) == 1 else "words-2"
        saved = action["selected_option"]["text"]["text"]
        client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view(saved, block_id))

    with desk.listen(app):
        desk.press("asha", "triage", posted(desk), "claim")
        before = desk.modal("asha")["hash"]
        desk.press_in_view("asha", "it", "sorry", values={"words": "half a line"})
        redrawn = until(lambda: (now := desk.modal("asha"))["hash"] != before and now)
        assert redrawn["state"]["values"]["words"]["it"]["value"] == "half a line"
        desk.press_in_view("asha", "it", "thanks")
        until(lambda: "words-2" in desk.modal("asha")["state"]["values"])
        assert desk.modal("asha")["state"]["values"]["words-2"]["it"]["value"] == "Thanks"
    assert heard[0]["words"]["it"]["value"] == "half a line"
    assert heard[0]["pick"]["it"]["selected_option"]["value"] == "sorry"


def test_an_external_select_asks_the_app_and_takes_only_what_it_offers(desk: Desk) -> None:
    app, heard = app_that_opens(desk, modal(entry("article", "external_select", min_query_length=2))), []

    @app.options("it")
    def offers(ack: Ack, payload: dict[str, Any]) -> None:
        ack(options=options(*(word for word in ("refunds", "returns") if payload["value"] in word)))

    app.view("reply")(lambda ack, view: (heard.append(view["state"]["values"]), ack()))
    with desk.listen(app):
        desk.press("asha", "triage", posted(desk), "claim")
        assert desk.suggestions("asha", "it", "fund") == ["refunds"]
        with pytest.raises(NotThere, match="has no option returns"):
            desk.submit_view("asha", {"article": "returns"})
        assert desk.submit_view("asha", {"article": "refunds"}) == {}
    assert heard[0]["article"]["it"]["selected_option"]["text"]["text"] == "Refunds"


def test_a_chosen_conversation_brings_a_response_url_where_it_was_asked_for(desk: Desk) -> None:
    block = entry("where", "conversations_select", response_url_enabled=True)
    app = app_that_opens(desk, modal(block))

    @app.view("reply")
    def sent(ack: Ack, body: dict[str, Any], respond: Any) -> None:
        ack()
        respond(text=f"Over to {body['response_urls'][0]['block_id']}", response_type="in_channel")

    with desk.listen(app):
        desk.press("asha", "triage", posted(desk), "claim")
        desk.submit_view("asha", {"where": "ops"})
        until(lambda: desk.messages("ops"))
    assert desk.messages("ops")[0]["text"] == "Over to where"


def test_the_home_tab_is_each_persons_own_and_its_buttons_work(desk: Desk) -> None:
    app = desk.app()

    @app.event("app_home_opened")
    def home(event: dict[str, Any], client: Any) -> None:
        view = {
            "type": "home",
            "blocks": [section(f"Hello <@{event['user']}>"), *card(button("take", "Take the next"))],
        }
        client.views_publish(user_id=event["user"], view=view)

    @app.action("take")
    def take(ack: Ack, body: dict[str, Any], client: Any) -> None:
        ack()
        client.views_publish(user_id=body["user"]["id"], view={"type": "home", "blocks": [section("You have it")]})

    with desk.listen(app):
        assert desk.home("asha") is None
        assert "<@U0ASHA0001>" in words_of(desk.open_home("asha"))
        assert "<@U0DENIZ001>" in words_of(desk.open_home("deniz"))
        desk.press_home("asha", "take")
        until(lambda: "You have it" in words_of(desk.home("asha")))
        assert "You have it" not in words_of(desk.home("deniz"))


def test_the_second_visit_tells_the_app_what_it_shows(desk: Desk) -> None:
    desk.client().views_publish(user_id=ASHA, view={"type": "home", "blocks": [section("mine")], "callback_id": "h"})
    envelope = desk.state.open_home("asha")
    assert envelope is not None
    event = envelope.payload["event"]
    assert (event["tab"], event["user"], event["channel"][0]) == ("home", ASHA, "D")
    assert event["view"]["callback_id"] == "h"


def test_a_command_is_answered_privately_publicly_or_with_a_modal(desk: Desk) -> None:
    app = desk.app()

    @app.command("/sunwai")
    def answers(ack: Ack, command: dict[str, Any], respond: Any, client: Any) -> None:
        if command["text"] == "mine":
            ack(text="Yours", blocks=[section("*Yours*")])
        elif command["text"] == "queue":
            ack()
            respond(text="For all", response_type="in_channel")
        else:
            ack()
            client.views_open(trigger_id=command["trigger_id"], view=modal(title="Help"))

    with desk.listen(app):
        desk.slash("asha", "mine")
        assert words_of(desk.ephemerals("asha")) == "*Yours*"
        desk.slash("deniz", "queue", channel="ops")
        until(lambda: desk.messages("ops"))
        desk.slash("deniz", "help")
        assert desk.modal("deniz")["title"]["text"] == "Help"
    assert desk.ephemerals("deniz") == []
    with pytest.raises(NotThere, match="/giphy is not a valid command"):
        desk.slash("asha", "", command="/giphy")


def test_what_a_person_writes_is_an_event_with_its_thread(desk: Desk) -> None:
    app, heard = desk.app(), []
    app.event("message")(lambda event: heard.append(event))
    with desk.listen(app):
        ts = posted(desk)
        desk.say("deniz", "triage", "I know her", thread_ts=ts)
        (event,) = until(lambda: heard)
        assert (event["user"], event["thread_ts"], event["parent_user_id"]) == (DENIZ, ts, "U0SUNWAI01")
        assert (event["channel_type"], event["channel"]) == ("channel", desk.state.channel("triage").id)
    assert [m["text"] for m in desk.thread("triage", ts)] == ["A case", "I know her"]


def test_the_app_writes_to_one_person_alone_and_hears_the_answer(desk: Desk) -> None:
    app, heard = desk.app(), []
    app.event("message")(lambda event: heard.append(event))
    with desk.listen(app):
        client = desk.client()
        place = client.conversations_open(users=ASHA)["channel"]["id"]
        assert client.chat_postMessage(channel=ASHA, text="Your case waits")["channel"] == place
        assert [m["text"] for m in desk.directs("asha")] == ["Your case waits"]
        desk.say("asha", place, "on it")
        assert until(lambda: heard)[0]["channel_type"] == "im"
        assert place not in {c["id"] for c in client.conversations_list()["channels"]}
        (direct,) = client.conversations_list(types="im")["channels"]
        assert (direct["id"], direct["user"], direct["is_im"]) == (place, ASHA, True)


def test_the_team_has_groups_and_zones(desk: Desk) -> None:
    client = desk.client()
    groups = {group["handle"]: group for group in client.usergroups_list(include_users=True)["usergroups"]}
    assert {"care-agents", "approvers", "care-leads", "safety-oncall"} == set(groups)
    for group in groups.values():
        assert client.usergroups_users_list(usergroup=group["id"])["users"] == group["users"]
        assert all(client.users_info(user=user)["user"]["tz"] for user in group["users"])
    with pytest.raises(SlackApiError, match="no_such_subteam"):
        client.usergroups_users_list(usergroup="S1")
    assert "users" not in client.usergroups_list()["usergroups"][0]


@pytest.mark.parametrize(("month", "hours"), [(1, 0), (7, 1)])
def test_a_persons_offset_follows_daylight_saving(month: int, hours: int) -> None:
    at = datetime(2026, month, 1, 12, tzinfo=UTC).timestamp()
    with running(clock=lambda: at) as desk:
        assert desk.client().users_info(user="U0GRACE001")["user"]["tz_offset"] == hours * 3600


def test_reading_groups_needs_its_scope() -> None:
    with running(scopes={"chat:write"}) as desk, pytest.raises(SlackApiError, match="missing_scope"):
        desk.client().usergroups_list()


def test_a_file_goes_up_in_three_steps_and_comes_down_whole(desk: Desk) -> None:
    client, ts = desk.client(), posted(desk)
    content = "शिकायत;count\nबिजली;7\n"
    made = client.files_upload_v2(
        channel=desk.state.channel("triage").id, thread_ts=ts, filename="report.csv", title="Today", content=content
    )
    shared = desk.thread("triage", ts)[-1]["files"][0]
    assert (shared["id"], shared["title"], shared["size"]) == (made["file"]["id"], "Today", len(content.encode()))
    with urllib.request.urlopen(shared["url_private"]) as answer:
        assert answer.read().decode() == content
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.files_info(file=shared["id"])["file"]["name"] == "report.csv"
    with pytest.raises(SlackApiError, match="file_not_found"):
        client.files_completeUploadExternal(files=[{"id": "F1"}])


def test_each_person_sees_their_own_notes_in_their_threads(desk: Desk) -> None:
    client, ts = desk.client(), posted(desk)
    client.chat_postEphemeral(channel="triage", user=ASHA, text="Deniz has it", thread_ts=ts)
    assert [m["thread_ts"] for m in desk.ephemerals("asha", "triage")] == [ts]
    assert desk.ephemerals("deniz") == []
