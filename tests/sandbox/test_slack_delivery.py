"""Presses, submissions, commands and events reach the real slack_bolt, over Socket Mode and signed HTTP."""

import contextlib
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.socket_mode.websocket_client import SocketModeClient as WebSocketClientClient
from slack_sdk.webhook import WebhookClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from sandbox.slack import NotThere, SlackState
from sandbox.slack.delivery import signed_request
from sandbox.slack.envelopes import Envelope
from tests.sandbox.slack_desk import Desk, button, card, desk, running, until

__all__ = ["desk"]

MODAL = {
    "type": "modal",
    "callback_id": "reply",
    "private_metadata": "case-1",
    "title": {"type": "plain_text", "text": "Reply"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "Your words"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


def posted(desk: Desk, *elements: dict[str, Any]) -> str:
    ts: str = desk.client().chat_postMessage(channel="triage", text="A case", blocks=card(*elements))["ts"]
    return ts


def app_that_acks(desk: Desk, heard: list[dict[str, Any]], action: str = "claim") -> App:
    app = desk.app()

    @app.action(action)
    def on_press(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        heard.append(body)

    return app


def test_a_press_reaches_bolt_and_its_update_reaches_the_message(desk: Desk) -> None:
    app = desk.app()

    @app.action("claim")
    def claim(ack: Ack, body: dict[str, Any], client: Any) -> None:
        ack()
        client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text=f"Claimed by <@{body['user']['id']}>"
        )

    ts = posted(desk)
    with desk.listen(app):
        assert desk.state.press("triage", ts, "claim", "Deniz Kaya").wait(5)
        until(lambda: desk.state.message("triage", ts)["text"] == "Claimed by <@U0DENIZ001>")


def test_the_payload_says_who_pressed_what_and_where(desk: Desk) -> None:
    heard: list[dict[str, Any]] = []
    ts = posted(desk)
    with desk.listen(app_that_acks(desk, heard)):
        desk.state.press("triage", ts, "claim")
        body = until(lambda: heard and heard[0])
    assert body["user"]["id"] == desk.state.user("Asha Verma").id
    assert body["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": desk.state.channel("triage").id,
        "is_ephemeral": False,
    }
    (action,) = body["actions"]
    assert (action["type"], action["value"], action["text"]["text"]) == ("button", "case-1", "Claim")
    assert action["block_id"] == desk.state.message("triage", ts)["blocks"][1]["block_id"]
    assert body["message"]["ts"] == ts
    assert "metadata" not in body["message"]


def test_the_overflow_menu_sends_the_option_that_was_chosen(desk: Desk) -> None:
    heard: list[dict[str, Any]] = []
    choices = [{"text": {"type": "plain_text", "text": w}, "value": w.lower()} for w in ("Snooze", "Not_us")]
    ts = posted(desk, {"type": "overflow", "action_id": "more", "options": choices})
    with desk.listen(app_that_acks(desk, heard, "more")):
        desk.state.press("triage", ts, "more", option="not_us")
        body = until(lambda: heard and heard[0])
    assert body["actions"][0]["selected_option"]["value"] == "not_us"
    with pytest.raises(NotThere):
        desk.state.press("triage", ts, "more", option="reply")


def test_what_is_not_drawn_cannot_be_pressed(desk: Desk) -> None:
    ts = posted(desk)
    with pytest.raises(NotThere, match="shows no resolve"):
        desk.state.press("triage", ts, "resolve")
    with pytest.raises(NotThere, match=r"no message 1\.1"):
        desk.state.press("triage", "1.1", "claim")


def test_a_press_that_nobody_hears_is_given_up(desk: Desk) -> None:
    envelope = desk.state.press("triage", posted(desk), "claim")
    assert not envelope.wait(5)
    assert (envelope.status, envelope.attempts) == ("unanswered", [])


def test_an_unacknowledged_envelope_is_sent_three_times_more(desk: Desk) -> None:
    with _connected(desk) as socket:
        envelope = desk.state.event({"type": "app_mention", "text": "hello"})
        seen = [json.loads(socket.recv(timeout=3)) for _ in range(4)]
        assert not envelope.wait(6)
        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.7)
    assert [wire["retry_attempt"] for wire in seen] == [0, 1, 2, 3]
    assert [wire["retry_reason"] for wire in seen] == ["", "timeout", "timeout", "timeout"]
    assert {wire["envelope_id"] for wire in seen} == {envelope.id}


def test_a_connection_dropped_before_the_envelope_is_sent_loses_nothing(desk: Desk) -> None:
    heard: list[dict[str, Any]] = []
    ts = posted(desk)
    desk.faults.add("slack.socket", "reset_before")
    desk.state.ack_seconds = 2.0
    with desk.listen(app_that_acks(desk, heard)):
        envelope = desk.state.press("triage", ts, "claim")
        assert envelope.wait(12)
    assert len(envelope.attempts) == 2
    assert len(heard) == 1


def test_a_lost_acknowledgement_brings_the_same_press_twice(desk: Desk) -> None:
    heard: list[dict[str, Any]] = []
    ts = posted(desk)
    desk.faults.add("slack.socket", "reset_after")
    desk.state.ack_seconds = 2.0
    with desk.listen(app_that_acks(desk, heard)):
        assert desk.state.press("triage", ts, "claim").wait(12)
        assert len(heard) == 2
    assert heard[0]["actions"] == heard[1]["actions"]


def test_ten_connections_share_the_work_and_the_eleventh_is_sent_away(desk: Desk) -> None:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(_connected(desk)) for _ in range(10)]
        url = desk.client().apps_connections_open(app_token=desk.state.app_token)["url"]
        with connect(url) as eleventh:
            away = json.loads(eleventh.recv(timeout=3))
            assert (away["type"], away["reason"]) == ("disconnect", "too_many_websockets")
            with pytest.raises(ConnectionClosed):
                eleventh.recv(timeout=3)
        envelopes = [desk.state.event({"type": "app_mention", "text": str(n)}) for n in range(30)]
        heard = 0
        end = time.monotonic() + 20  # a busy machine hands some over late
        while heard < len(envelopes) and time.monotonic() < end:
            for socket in sockets:
                with contextlib.suppress(TimeoutError):
                    while True:
                        wire = json.loads(socket.recv(timeout=0.02))
                        socket.send(json.dumps({"envelope_id": wire["envelope_id"]}))
                        heard += 1
        assert all(envelope.wait(5) for envelope in envelopes)
        assert len({envelope.attempts[0].to for envelope in envelopes}) > 3
    until(lambda: not desk.state.connections)


def test_bolt_comes_back_after_slack_asks_for_a_new_connection(desk: Desk) -> None:
    heard: list[dict[str, Any]] = []
    ts = posted(desk)
    with desk.listen(app_that_acks(desk, heard)):
        before = desk.state.connections[0].id
        body = json.dumps({"reason": "refresh_requested"}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{desk.url}/_sandbox/refresh", body, method="POST"))
        until(lambda: desk.state.connections and desk.state.connections[0].id != before)
        desk.state.ack_seconds = 3.0
        assert desk.state.press("triage", ts, "claim").wait(5)


def test_a_ticket_opens_one_connection_only(desk: Desk) -> None:
    url = desk.client().apps_connections_open(app_token=desk.state.app_token)["url"]
    ticket = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["ticket"][0]
    assert desk.state.redeem_ticket(ticket)
    assert not desk.state.redeem_ticket(ticket)


def test_the_wire_is_plain_websocket_with_slacks_messages(desk: Desk) -> None:
    url = desk.client().apps_connections_open(app_token=desk.state.app_token)["url"]
    with connect(url) as socket:
        hello = json.loads(socket.recv(timeout=3))
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["debug_info"]["approximate_connection_time"] == 3600
        assert hello["connection_info"]["app_id"]
        envelope = desk.state.press("triage", posted(desk), "claim")
        wire = json.loads(socket.recv(timeout=3))
        assert (wire["type"], wire["envelope_id"]) == ("interactive", envelope.id)
        assert wire["accepts_response_payload"] is True
        socket.send(json.dumps({"envelope_id": envelope.id, "payload": {}}))
        assert envelope.wait(3)
        assert socket.ping().wait(3)


def test_a_modal_is_opened_corrected_and_submitted(desk: Desk) -> None:
    app, said = desk.app(), []

    @app.action("reply")
    def opens(ack: Ack, body: dict[str, Any], client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("reply")
    def submitted(ack: Ack, view: dict[str, Any]) -> None:
        words = view["state"]["values"]["words"]["text"]["value"]
        if len(words) < 3:
            ack(response_action="errors", errors={"words": "Say a little more"})
        else:
            ack()
            said.append((view["private_metadata"], words))

    ts = posted(desk, button("reply", "Reply"))
    with desk.listen(app):
        desk.state.press("triage", ts, "reply")
        desk.modal("Asha Verma", "Reply")
        assert desk.submit_view("Asha Verma", {"words": {"text": "hm"}}) == {"words": "Say a little more"}
        assert desk.submit_view("Asha Verma", {"words": "We are sorry"}) == {}
        until(lambda: said)
    assert said == [("case-1", "We are sorry")]
    assert desk.modals("Asha Verma") == []


def test_a_trigger_opens_one_modal_and_only_for_three_seconds() -> None:
    now = [1_000_000.0]
    with running(clock=lambda: now[0]) as desk:
        client = desk.client()
        ts = posted(desk)

        def trigger() -> str:
            found: str = desk.state.press("triage", ts, "claim").payload["trigger_id"]
            return found

        def error(trigger_id: str, view: dict[str, Any] = MODAL) -> str:
            with pytest.raises(SlackApiError) as caught:
                client.views_open(trigger_id=trigger_id, view=view)
            return str(caught.value.response["error"])

        used, late = trigger(), trigger()
        opened = client.views_open(trigger_id=used, view=MODAL)["view"]
        assert error(used) == "exchanged_trigger_id"
        assert error("1.2.nothing") == "invalid_trigger_id"
        assert error(late, MODAL | {"private_metadata": "x" * 3001}) == "invalid_arguments"
        now[0] += 3.1
        assert error(late) == "expired_trigger_id"
        changed = client.views_update(view_id=opened["id"], hash=opened["hash"], view=MODAL)["view"]
        assert changed["id"] == opened["id"]
        home = {"type": "home", "blocks": [{"type": "divider"}]}
        assert client.views_publish(user_id="U0ASHA0001", view=home)["view"]["type"] == "home"


def test_a_response_url_answers_five_times_within_half_an_hour() -> None:
    now = [1_000_000.0]
    with running(clock=lambda: now[0]) as desk:
        ts = posted(desk)
        url = desk.state.press("triage", ts, "claim").payload["response_url"]
        hook = WebhookClient(url)
        assert hook.send(text="Deniz owns it", replace_original=False).status_code == 200
        assert desk.state.ephemeral("triage", "Asha Verma")[0]["text"] == "Deniz owns it"
        assert hook.send(text="for all", response_type="in_channel").status_code == 200
        assert hook.send(text="replaced", replace_original=True).status_code == 200
        assert desk.state.message("triage", ts)["text"] == "replaced"
        assert hook.send(delete_original=True).status_code == 200
        assert [m["text"] for m in desk.state.messages("triage")] == ["for all"]
        assert hook.send(text="five").status_code == 200
        sixth = hook.send(text="six")
        assert (sixth.status_code, json.loads(sixth.body)["error"]) == (404, "used_url")
        late = WebhookClient(desk.state.press("triage", posted(desk), "claim").payload["response_url"])
        now[0] += 30 * 60 + 1
        assert json.loads(late.send(text="late").body)["error"] == "expired_url"


def test_a_slash_command_is_answered_to_who_typed_it(desk: Desk) -> None:
    app = desk.app()

    @app.command("/sunwai")
    def status(ack: Ack, command: dict[str, Any]) -> None:
        ack(f"All well, {command['user_name']}: {command['text']}")

    with desk.listen(app):
        assert desk.state.command("ops", "/sunwai", "status", "Deniz Kaya").wait(5)
    assert [m["text"] for m in desk.state.ephemeral("ops", "Deniz Kaya")] == ["All well, deniz: status"]
    assert desk.state.ephemeral("ops", "Asha Verma") == []


def test_a_mention_of_the_app_is_an_event(desk: Desk) -> None:
    app, heard = desk.app(), []

    @app.event("app_mention")
    def mentioned(event: dict[str, Any]) -> None:
        heard.append(event)

    with desk.listen(app):
        desk.state.say("ops", "nothing to hear")
        desk.state.say("ops", "<@U0SUNWAI01> how are we doing?", "Deniz Kaya")
        (event,) = until(lambda: heard)
    assert (event["user"], event["channel"]) == ("U0DENIZ001", desk.state.channel("ops").id)


def test_signed_http_is_the_switch_and_bolt_believes_it() -> None:
    """The envelope goes to an HTTP server whose Bolt app checks Slack's signature, and Socket Mode is not used."""
    with running() as desk:
        heard: list[dict[str, Any]] = []
        app = App(client=desk.client(), signing_secret=desk.state.signing_secret)
        app.action("claim")(lambda ack, body: (heard.append(body), ack()))
        app.command("/sunwai")(lambda ack: ack("All well"))
        with _http(app) as url:
            desk.state.request_url = url
            assert desk.state.press("triage", posted(desk), "claim").wait(5)
            assert desk.state.command("ops", "/sunwai").wait(5)
            assert desk.state.ephemeral("ops")[0]["text"] == "All well"
            desk.state.signing_secret = "another"
            forged = desk.state.press("triage", posted(desk), "claim")
            assert not forged.wait(8)
        assert len(heard) == 1
        assert len(forged.attempts) == 4


def test_signed_http_carries_modals_and_suggestions_too() -> None:
    select = {"type": "external_select", "action_id": "it", "min_query_length": 0}
    article = {"type": "input", "block_id": "article", "label": MODAL["title"], "element": select, "optional": True}
    with running() as desk:
        app = App(client=desk.client(), signing_secret=desk.state.signing_secret)
        app.action("claim")(
            lambda ack, body, client: (
                ack(),
                client.views_open(trigger_id=body["trigger_id"], view=MODAL | {"blocks": [*MODAL["blocks"], article]}),
            )
        )
        app.options("it")(lambda ack: ack(options=[{"text": MODAL["title"], "value": "reply"}]))
        app.view("reply")(lambda ack: ack(response_action="errors", errors={"words": "Say a little more"}))
        with _http(app) as url:
            desk.state.request_url = url
            desk.press("asha", "triage", posted(desk), "claim")
            assert desk.suggestions("asha", "it", "") == ["reply"]
            assert desk.submit_view("asha", {"words": "hm"}) == {"words": "Say a little more"}
        assert desk.state.mistakes == []


def test_an_answer_that_slack_would_not_take_is_noted_and_shown(desk: Desk) -> None:
    app = desk.app()
    app.action("claim")(lambda ack, body, client: (ack(), client.views_open(trigger_id=body["trigger_id"], view=MODAL)))
    answers: list[dict[str, Any]] = [
        {"response_action": "errors", "errors": {"nowhere": "?"}},
        {"response_action": "update", "view": {**MODAL, "title": {"type": "plain_text", "text": "x" * 25}}},
        {"response_action": "shrug"},
    ]
    app.view("reply")(lambda ack: ack(answers.pop(0)))
    with desk.listen(app):
        desk.press("asha", "triage", posted(desk), "claim")
        for why in ("no input block: nowhere", "less than 25 characters", "called shrug"):
            with pytest.raises(AssertionError, match=why):
                desk.submit_view("asha", {"words": "hello"})
            assert desk.state.views.get(desk.modal("asha")["id"]).trouble
    assert len(desk.state.mistakes) == 3


def test_a_submission_that_nobody_acknowledges_leaves_the_modal_open(desk: Desk) -> None:
    desk.state.retries = 0
    view = desk.state.views.open(MODAL, "U0ASHA0001")
    assert not desk.state.submit_view(view.id, {"words": "hello"}).wait(3)
    assert view.trouble
    assert [one["id"] for one in desk.modals("asha")] == [view.id]


def test_a_signature_is_the_one_that_slack_sdk_checks() -> None:
    state = SlackState()
    made = signed_request(state, "http://127.0.0.1:1/slack/events", Envelope("interactive", {"type": "block_actions"}))
    verifier = SignatureVerifier(state.signing_secret)
    headers = dict(made.header_items())
    assert isinstance(made.data, bytes)
    assert verifier.is_valid_request(made.data, headers)
    assert not verifier.is_valid_request(made.data + b"x", headers)
    with pytest.raises(ValueError, match="this machine only"):
        signed_request(state, "https://hooks.example:443/", Envelope("interactive", {}))


def test_a_test_may_press_by_http(desk: Desk) -> None:
    heard: list[dict[str, Any]] = []
    ts = posted(desk)
    with desk.listen(app_that_acks(desk, heard)):
        deed = {"channel": "triage", "ts": ts, "action_id": "claim", "user": "Deniz Kaya"}
        request = urllib.request.Request(f"{desk.url}/_sandbox/press", json.dumps(deed).encode(), method="POST")
        assert json.load(urllib.request.urlopen(request))["ok"]
        assert until(lambda: heard)[0]["user"]["username"] == "deniz"
        until(lambda: all(envelope.status == "acked" for envelope in desk.state.envelopes.values()))
    with urllib.request.urlopen(f"{desk.url}/_sandbox/state") as answer:
        shown = json.load(answer)
    triage = next(c for c in shown["channels"] if c["name"] == "triage")
    assert [m["ts"] for m in triage["messages"]] == [ts]
    assert shown["pending"] == []


def test_a_form_may_be_filled_in_by_http(desk: Desk) -> None:
    view = desk.state.views.open(MODAL, "U0ASHA0001")

    def deed(name: str, **given: Any) -> Any:
        request = urllib.request.Request(f"{desk.url}/_sandbox/{name}", json.dumps(given).encode(), method="POST")
        return json.load(urllib.request.urlopen(request))

    refused = deed("submit_view", view_id=view.id, values={"words": ""})
    assert (refused["ok"], refused["errors"]) == (False, {"words": "Fill this in, please."})
    assert deed("submit_view", view_id=view.id, values={"words": "hi"})["envelope"]["kind"] == "interactive"
    assert deed("close_view", view_id=view.id)["ok"]
    with pytest.raises(urllib.error.HTTPError):
        deed("close_view", view_id=view.id)
    assert deed("open_home", user="deniz")["envelope"]["subject"] == {"event": "app_home_opened"}


def test_the_websocket_client_shape_of_the_sdk_works_too(desk: Desk) -> None:
    def acks(made: Any, request: SocketModeRequest) -> None:
        made.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    client = WebSocketClientClient(desk.state.app_token, web_client=desk.client())
    client.socket_mode_request_listeners.append(acks)
    client.connect()
    until(lambda: desk.state.connections)
    assert desk.state.press("triage", posted(desk), "claim").wait(5)
    threading.Thread(target=client.close, daemon=True).start()


def test_a_deaf_connection_is_left_by_the_app_and_the_press_arrives_elsewhere(desk: Desk) -> None:
    desk.faults.add("slack.socket", "timeout", seconds=1.0)
    with _connected(desk):
        envelope = desk.state.event({"type": "app_mention", "text": "hello"})
        until(lambda: envelope.attempts)
        until(lambda: not desk.state.connections)
        with _connected(desk) as second:
            wire = json.loads(second.recv(timeout=3))
            second.send(json.dumps({"envelope_id": wire["envelope_id"]}))
            assert envelope.wait(5)


@contextlib.contextmanager
def _connected(desk: Desk) -> Iterator[ClientConnection]:
    """A bare Socket Mode connection that has had its hello."""
    url = desk.client().apps_connections_open(app_token=desk.state.app_token)["url"]
    with connect(url, close_timeout=0.5) as socket:
        assert json.loads(socket.recv(timeout=3))["type"] == "hello"
        yield socket


class _http:
    """Bolt behind Python's own HTTP server."""

    def __init__(self, app: App) -> None:
        from slack_bolt.request import BoltRequest

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                answer = app.dispatch(BoltRequest(body=body, headers=dict(self.headers)))
                self.send_response(answer.status)
                self.end_headers()
                self.wfile.write((answer.body or "").encode())

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}/slack/events"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
