"""The Web API, spoken to by the real slack_sdk."""

import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from sandbox.slack import SlackState
from sandbox.slack.limits import Limits
from sandbox.slack.web_api import METHODS
from tests.sandbox.slack_desk import Desk, button, card, desk, running, section

__all__ = ["desk"]

METADATA = {"event_type": "sunwai_case", "event_payload": {"id": "case:1", "mention": "x:1"}}


def refusal(call: Any, *args: Any, **kwargs: Any) -> Any:
    """The answer that Slack refused with."""
    with pytest.raises(SlackApiError) as caught:
        call(*args, **kwargs)
    return caught.value.response


def test_a_message_is_posted_with_its_blocks_and_metadata(desk: Desk) -> None:
    posted = desk.client().chat_postMessage(channel="triage", text="A case", blocks=card(), metadata=METADATA)
    assert posted["channel"] == desk.state.channel("triage").id
    (kept,) = desk.state.messages("#triage")
    assert kept["ts"] == posted["ts"]
    assert kept["metadata"] == METADATA
    assert kept["blocks"][1]["elements"][0]["value"] == "case-1"
    assert all(block["block_id"] for block in kept["blocks"])


def test_json_bodies_are_read_like_forms(desk: Desk) -> None:
    client = desk.client()
    body = {"channel": "triage", "text": "हैलो 👋", "blocks": card()}
    assert client.api_call("chat.postMessage", json=body)["ok"]
    assert desk.state.messages("triage")[0]["text"] == "हैलो 👋"


def test_metadata_is_read_back_only_when_asked_for(desk: Desk) -> None:
    client = desk.client()
    channel = client.chat_postMessage(channel="triage", text="A case", metadata=METADATA)["channel"]
    assert "metadata" not in client.conversations_history(channel=channel)["messages"][0]
    asked = client.conversations_history(channel=channel, include_all_metadata=True)
    assert asked["messages"][0]["metadata"] == METADATA


def test_timestamps_rise_and_never_repeat(desk: Desk) -> None:
    client = desk.client()
    stamps = [client.chat_postMessage(channel="triage", text=str(n))["ts"] for n in range(20)]
    assert stamps == sorted(set(stamps))


def test_many_senders_at_once_lose_and_confuse_nothing(desk: Desk) -> None:
    def send(n: int) -> str:
        channel = ("triage", "ops")[n % 2]
        return str(desk.client().chat_postMessage(channel=channel, text=str(n), metadata=METADATA)["ts"])

    with ThreadPoolExecutor(8) as pool:
        stamps = list(pool.map(send, range(60)))
    kept = [*desk.state.messages("triage"), *desk.state.messages("ops")]
    assert {m["ts"]: m["text"] for m in kept} == {ts: str(n) for n, ts in enumerate(stamps)}
    in_order = [m["ts"] for m in desk.state.messages("triage")]
    assert in_order == sorted(in_order)


def test_history_is_newest_first_in_pages_without_replies(desk: Desk) -> None:
    client = desk.client()
    posts = [client.chat_postMessage(channel="triage", text=str(n)) for n in range(7)]
    channel = posts[0]["channel"]
    client.chat_postMessage(channel=channel, text="a reply", thread_ts=posts[3]["ts"])
    texts = [m["text"] for page in client.conversations_history(channel=channel, limit=3) for m in page["messages"]]
    assert texts == ["6", "5", "4", "3", "2", "1", "0"]
    between = {"oldest": posts[1]["ts"], "latest": posts[3]["ts"]}
    assert [m["text"] for m in client.conversations_history(channel=channel, **between)["messages"]] == ["2"]
    with_ends = client.conversations_history(channel=channel, inclusive=True, **between)["messages"]
    assert [m["text"] for m in with_ends] == ["3", "2", "1"]


def test_a_thread_has_its_parent_first_and_counts_its_replies(desk: Desk) -> None:
    client = desk.client()
    parent = client.chat_postMessage(channel="triage", text="parent")
    channel, ts = parent["channel"], parent["ts"]
    for n in range(3):
        client.chat_postMessage(channel=channel, text=f"reply {n}", thread_ts=ts, metadata=METADATA)
    thread = client.conversations_replies(channel=channel, ts=ts, include_all_metadata=True)["messages"]
    assert [m["text"] for m in thread] == ["parent", "reply 0", "reply 1", "reply 2"]
    assert thread[1]["metadata"] == METADATA
    assert client.conversations_history(channel=channel)["messages"][0]["reply_count"] == 3
    assert refusal(client.conversations_replies, channel=channel, ts="1.000001")["error"] == "thread_not_found"


def test_an_update_keeps_metadata_unless_told_otherwise(desk: Desk) -> None:
    client = desk.client()
    posted = client.chat_postMessage(channel="triage", text="A case", blocks=card(), metadata=METADATA)
    where = {"channel": posted["channel"], "ts": posted["ts"]}
    client.chat_update(**where, text="Claimed", blocks=[section("Claimed by Asha")])
    (kept,) = desk.state.messages("triage")
    assert kept["metadata"] == METADATA
    assert "edited" not in kept
    client.chat_update(**where, text="Only words", metadata={})
    (kept,) = desk.state.messages("triage")
    assert "metadata" not in kept
    assert "blocks" not in kept
    assert kept["edited"]["user"]


def test_only_the_apps_own_messages_can_be_changed(desk: Desk) -> None:
    client = desk.client()
    theirs = desk.state.say("triage", "mine", "Deniz Kaya")
    where = {"channel": desk.state.channel("triage").id, "ts": theirs["ts"]}
    assert refusal(client.chat_update, **where, text="x")["error"] == "cant_update_message"
    assert refusal(client.chat_delete, **where)["error"] == "cant_delete_message"
    assert refusal(client.chat_update, **{**where, "ts": "1.1"}, text="x")["error"] == "message_not_found"


def test_a_deleted_parent_leaves_a_tombstone_and_a_lone_message_nothing(desk: Desk) -> None:
    client = desk.client()
    parent = client.chat_postMessage(channel="triage", text="personal")
    reply = client.chat_postMessage(channel="triage", text="reply", thread_ts=parent["ts"])
    client.chat_delete(channel=parent["channel"], ts=parent["ts"])
    assert [m["text"] for m in desk.state.messages("triage")] == ["This message was deleted.", "reply"]
    client.chat_delete(channel=parent["channel"], ts=reply["ts"])
    assert [m.get("subtype") for m in desk.state.messages("triage")] == ["tombstone"]
    assert refusal(client.chat_delete, channel=parent["channel"], ts=reply["ts"])["error"] == "message_not_found"


def test_an_ephemeral_message_is_seen_by_one_person_and_not_in_history(desk: Desk) -> None:
    client, asha = desk.client(), desk.state.user("Asha Verma").id
    channel = desk.state.channel("triage").id
    assert client.chat_postEphemeral(channel=channel, user=asha, text="Deniz owns it")["message_ts"]
    assert client.conversations_history(channel=channel)["messages"] == []
    assert [m["text"] for m in desk.state.ephemeral("triage", "Asha Verma")] == ["Deniz owns it"]
    assert desk.state.ephemeral("triage", "Deniz Kaya") == []


def test_a_permalink_leads_to_the_message_on_the_page(desk: Desk) -> None:
    client = desk.client()
    posted = client.chat_postMessage(channel="triage", text="hi")
    link = client.chat_getPermalink(channel=posted["channel"], message_ts=posted["ts"])["permalink"]
    with urllib.request.urlopen(link) as page:
        assert "Slack stand-in · Sunwai sandbox" in page.read().decode()
        assert page.url.startswith(desk.url)
        assert page.url.endswith(f"/#/{posted['channel']}/{posted['ts']}")


def test_channels_are_listed_in_pages_found_and_made(desk: Desk) -> None:
    client = desk.client()
    names = [c["name"] for page in client.conversations_list(limit=3) for c in page["channels"]]
    assert sorted(names) == sorted(
        ["triage", "care-billing", "care-delivery", "care-tech", "safety", "privacy", "sales", "marketing", "ops"]
    )
    made = client.conversations_create(name="incident-7")["channel"]
    assert client.conversations_info(channel=made["id"])["channel"]["name"] == "incident-7"
    assert refusal(client.conversations_create, name="incident-7")["error"] == "name_taken"
    assert refusal(client.conversations_create, name="No Spaces")["error"] == "invalid_name_specials"
    assert refusal(client.conversations_info, channel="C404")["error"] == "channel_not_found"


def test_the_app_must_join_a_channel_to_post(desk: Desk) -> None:
    client, sales = desk.client(), desk.state.channel("sales")
    sales.is_member = False
    assert refusal(client.chat_postMessage, channel=sales.id, text="x")["error"] == "not_in_channel"
    assert "sales" not in [c["name"] for c in client.users_conversations()["channels"]]
    client.conversations_join(channel=sales.id)
    assert client.chat_postMessage(channel=sales.id, text="x")["ok"]


def test_people_are_found_by_id_and_address(desk: Desk) -> None:
    client = desk.client()
    everyone = client.users_list()["members"]
    assert {"Asha Verma", "Deniz Kaya", "Sunwai"} <= {user["real_name"] for user in everyone}
    asha = client.users_lookupByEmail(email="asha@northwind.example")["user"]
    assert client.users_info(user=asha["id"])["user"]["tz"] == "Asia/Kolkata"
    assert refusal(client.users_lookupByEmail, email="x@y.z")["error"] == "users_not_found"
    assert refusal(client.users_info, user="U404")["error"] == "user_not_found"


def test_a_reaction_is_added_once(desk: Desk) -> None:
    client = desk.client()
    posted = client.chat_postMessage(channel="triage", text="hi")
    where = {"channel": posted["channel"], "timestamp": posted["ts"], "name": "eyes"}
    client.reactions_add(**where)
    assert desk.state.messages("triage")[0]["reactions"][0]["count"] == 1
    assert refusal(client.reactions_add, **where)["error"] == "already_reacted"


@pytest.mark.parametrize(
    ("token", "error"),
    [("xoxb-wrong", "invalid_auth"), ("", "not_authed"), ("xapp-sandbox-app", "not_allowed_token_type")],
)
def test_a_wrong_token_is_refused(desk: Desk, token: str, error: str) -> None:
    client = desk.client()
    client.token = token
    assert refusal(client.chat_postMessage, channel="triage", text="x")["error"] == error


def test_socket_mode_needs_the_app_token(desk: Desk) -> None:
    client = desk.client()
    assert client.apps_connections_open(app_token=desk.state.app_token)["url"].startswith("ws://127.0.0.1:")
    wrong = refusal(client.apps_connections_open, app_token=desk.state.bot_token)
    assert wrong["error"] == "not_allowed_token_type"


def test_a_missing_scope_is_named() -> None:
    with running(scopes={"channels:read"}) as desk:
        answer = refusal(desk.client().chat_postMessage, channel="triage", text="x")
    assert answer["error"] == "missing_scope"
    assert (answer["needed"], answer["provided"]) == ("chat:write", "channels:read")


@pytest.mark.filterwarnings("ignore:The top-level `text` argument")
def test_every_method_is_one_that_slack_sdk_knows(desk: Desk) -> None:
    client = desk.client()
    assert [name for name in METHODS if not callable(getattr(client, name.replace(".", "_"), None))] == []


def test_bad_arguments_are_named(desk: Desk) -> None:
    client = desk.client()
    assert refusal(client.chat_postMessage, channel="nowhere", text="x")["error"] == "channel_not_found"
    assert refusal(client.chat_postMessage, channel="triage", text="  ")["error"] == "no_text"
    assert refusal(client.api_call, "chat.postMassage")["error"] == "unknown_method"
    not_json = {"channel": "triage", "text": "x", "blocks": "[{"}
    assert refusal(client.api_call, "chat.postMessage", params=not_json)["error"] == "invalid_blocks_format"
    no_payload = {"event_type": "x"}
    wrong = refusal(client.chat_postMessage, channel="triage", text="x", metadata=no_payload)
    assert wrong["error"] == "invalid_metadata_format"
    triage = desk.state.channel("triage").id
    assert refusal(client.conversations_history, channel=triage, cursor="!!")["error"] == "invalid_cursor"


def test_names_of_channels_are_for_posting_only(desk: Desk) -> None:
    client = desk.client()
    ts = client.chat_postMessage(channel="#triage", text="x")["ts"]
    assert refusal(client.conversations_history, channel="triage")["error"] == "channel_not_found"
    assert refusal(client.chat_update, channel="triage", ts=ts, text="y")["error"] == "channel_not_found"


def test_text_over_forty_thousand_characters_is_cut_off_with_a_warning(desk: Desk) -> None:
    client = desk.client()
    posted = client.chat_postMessage(channel="triage", text="x" * 40_001)
    assert posted["response_metadata"]["warnings"] == ["message_truncated"]
    assert len(desk.state.messages("triage")[0]["text"]) == 40_000
    wrong = refusal(client.chat_update, channel=posted["channel"], ts=posted["ts"], text="x" * 4001)
    assert wrong["error"] == "msg_too_long"


def test_a_message_over_thirteen_thousand_characters_is_refused(desk: Desk) -> None:
    blocks = [section("x" * 2900) for _ in range(5)]
    wrong = refusal(desk.client().chat_postMessage, channel="triage", text="x", blocks=blocks)
    assert wrong["error"] == "msg_blocks_too_long"


def test_invalid_blocks_are_explained_as_slack_does(desk: Desk) -> None:
    blocks = [section("x" * 3001), {"type": "actions", "elements": [button("a"), button("a")]}]
    answer = refusal(desk.client().chat_postMessage, channel="triage", text="x", blocks=blocks)
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] failed to match all allowed schemas [json-pointer:/blocks/0/text]",
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        '[ERROR] `action_id` "a" already exists [json-pointer:/blocks/1/elements/1/action_id]',
    ]
    assert desk.state.messages("triage") == []


def test_a_channel_takes_one_message_a_second_after_a_small_burst() -> None:
    with running(limits=Limits(burst=2)) as desk:
        client = desk.client()
        client.chat_postMessage(channel="triage", text="1")
        client.chat_postMessage(channel="triage", text="2")
        answer = refusal(client.chat_postMessage, channel="triage", text="3")
        assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "1")
        assert client.chat_postMessage(channel="ops", text="another channel is not held up")["ok"]
        assert [v["what"] for v in desk.state.violations] == ["chat.postMessage #triage"]
        client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=2))
        assert client.chat_postMessage(channel="triage", text="3")["ok"]


def test_strict_limits_take_a_sender_that_keeps_the_pace() -> None:
    state = SlackState(limits=Limits(strict=True))
    assert [state.limits.message("C", now) for now in (0, 1.0, 1.99, 2.98, 3.2)] == [0, 0, 0, 0, 1]


def test_other_methods_are_paced_by_their_tier() -> None:
    limits = Limits()
    waits = [limits.method("conversations.list", 2, now=0.0) for _ in range(21)]
    assert waits[:20] == [0] * 20
    assert waits[20] == 3  # 20 a minute are one in 3 s
    assert limits.method("auth.test", 0, now=0.0) == 0


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        ("rate_limited", 429, "ratelimited"),
        ("server_error", 500, "fatal_error"),
        ("unavailable", 503, "service_unavailable"),
    ],
)
def test_a_status_on_demand_is_met_once(desk: Desk, kind: str, status: int, error: str) -> None:
    desk.faults.add("slack.chat.postMessage", kind, retry_after=7)
    client = desk.client(retry_handlers=[])
    answer = refusal(client.chat_postMessage, channel="triage", text="x")
    assert (answer.status_code, answer["error"], answer.headers["retry-after"]) == (status, error, "7")
    assert desk.state.messages("triage") == []
    assert client.chat_postMessage(channel="triage", text="x")["ok"]


def test_a_429_without_retry_after_gives_no_hint(desk: Desk) -> None:
    desk.faults.add("slack.*", "rate_limited")
    answer = refusal(desk.client(retry_handlers=[]).chat_postMessage, channel="triage", text="x")
    assert answer.status_code == 429
    assert "retry-after" not in {name.lower() for name in answer.headers}


def test_a_lost_answer_leaves_the_message_posted(desk: Desk) -> None:
    desk.faults.add("slack.chat.postMessage", "reset_after")
    with pytest.raises((OSError, SlackApiError)):
        desk.client(retry_handlers=[]).chat_postMessage(channel="triage", text="once")
    assert len(desk.state.messages("triage")) == 1


def test_a_reset_before_the_request_leaves_nothing(desk: Desk) -> None:
    desk.faults.add("slack.chat.postMessage", "reset_before")
    with pytest.raises((OSError, SlackApiError)):
        desk.client(retry_handlers=[]).chat_postMessage(channel="triage", text="never")
    assert desk.state.messages("triage") == []


def test_slack_sdks_own_retry_posts_twice_when_an_answer_is_lost(desk: Desk) -> None:
    """Why the product must not use slack_sdk's default retry for messages: the stand-in shows the trap."""
    desk.faults.add("slack.chat.postMessage", "reset_after")
    desk.client().chat_postMessage(channel="triage", text="twice")
    assert len(desk.state.messages("triage")) == 2


@pytest.mark.parametrize("kind", ["truncated", "malformed"])
def test_spoilt_json_is_met_after_the_message_was_stored(desk: Desk, kind: str) -> None:
    desk.faults.add("slack.chat.postMessage", kind)
    answer = refusal(desk.client(retry_handlers=[]).chat_postMessage, channel="triage", text="x")
    assert answer["error"].startswith("Received a response in a non-JSON format")
    assert len(desk.state.messages("triage")) == 1


def test_a_slow_answer_meets_the_clients_timeout(desk: Desk) -> None:
    desk.faults.add("slack.auth.test", "slow", seconds=1.5)
    with pytest.raises(TimeoutError):
        desk.client(timeout=1, retry_handlers=[]).auth_test()


def test_the_servers_clock_can_be_an_hour_off(desk: Desk) -> None:
    desk.faults.add("slack.*", "clock_off", seconds=3600)
    date = desk.client().auth_test().headers["date"]
    assert abs(time.mktime(time.strptime(date, "%a, %d %b %Y %H:%M:%S GMT")) - time.mktime(time.gmtime()) - 3600) < 5


def test_a_restart_keeps_the_history_and_the_order(tmp_path: Path) -> None:
    file = tmp_path / "slack.jsonl"
    odd = "a line\u2028separator, ‮rtl‬ and <!channel>"
    with running(state_file=file) as desk:
        client = desk.client()
        first = client.chat_postMessage(channel="triage", text=odd, metadata=METADATA)
        gone = client.chat_postMessage(channel="triage", text="gone")
        client.chat_delete(channel=gone["channel"], ts=gone["ts"])
        client.chat_postMessage(channel="triage", text="reply", thread_ts=first["ts"])
        client.conversations_create(name="incident-7")
    with file.open("a") as journal:
        journal.write('{"channel": "triage", "mess')  # Its writer was killed here.
    state = SlackState(state_file=file)
    assert [m["text"] for m in state.messages("triage")] == [odd, "reply"]
    assert state.messages("triage")[0]["metadata"] == METADATA
    assert state.channel("incident-7")
    assert state.next_ts() > state.messages("triage")[-1]["ts"]
    assert state.in_thread(state.messages("triage")[0], state.channel("triage"))["reply_count"] == 1


def test_another_site_cannot_drive_the_workspace(desk: Desk) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}):
        request = urllib.request.Request(f"{desk.url}/_sandbox/say", b"{}", headers, method="POST")
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        assert caught.value.code == 403
