"""Slack's errors by remedy, spoken to by the real client."""

import logging
import socket
from datetime import timedelta

import pytest

from core.errors import BadRecord, Misconfigured, RetryLater
from notifier.slack_client import BadChannel, Posted, Slack, TooFast, Unanswered, Unreachable, connect, proxy_for
from tests.notifier.conftest import environment
from tests.notifier.made import NOW
from tests.sandbox.slack_desk import Desk, running

HELLO = {"text": "hello", "blocks": []}
META = {"event_type": "sunwai_case", "event_payload": {"id": "k"}}


def test_slack_sdks_own_client_posts_twice_when_an_answer_is_lost_and_ours_does_not(desk: Desk, slack: Slack) -> None:
    """Why this room has a client of its own: a fact about slack_sdk 3.47, to be looked at again when it fails."""
    desk.faults.add("slack.chat.postMessage", "reset_after")
    desk.client().chat_postMessage(channel="#triage", text="from the SDK as it comes")
    assert len(desk.state.messages("#triage")) == 2
    desk.faults.add("slack.chat.postMessage", "reset_after")
    with pytest.raises(Unanswered):
        slack.post("#ops", HELLO, META)
    assert len(desk.state.messages("#ops")) == 1


@pytest.mark.parametrize(
    "kind", ["reset_before", "reset_after", "cut", "truncated", "malformed", "server_error", "unavailable"]
)
def test_an_answer_that_is_lost_may_have_been_a_yes(desk, slack, kind):
    desk.faults.add("slack.chat.postMessage", kind)
    with pytest.raises(Unanswered):
        slack.post("#ops", HELLO, META)


def test_a_slow_answer_is_given_up_on(desk, slack):
    desk.faults.add("slack.chat.postMessage", "timeout", seconds=1.5)
    with pytest.raises(Unanswered):
        slack.post("#ops", HELLO, META)


@pytest.mark.parametrize(("given", "waits"), [({"retry_after": 7}, 7.0), ({}, 5.0)])
def test_too_fast_says_how_long_to_wait(desk, slack, given, waits):
    desk.faults.add("slack.chat.postMessage", "rate_limited", **given)
    with pytest.raises(TooFast) as caught:
        slack.post("#ops", HELLO, META)
    assert caught.value.seconds == waits


def test_nobody_there_means_nothing_was_done(desk, settings):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    away = connect(settings, environment(desk, SLACK_API_BASE_URL=f"http://127.0.0.1:{port}/api/"))
    with pytest.raises(Unreachable):
        away.post("#ops", HELLO, META)


def test_a_wrong_token_is_named_and_never_shown(desk, settings, caplog):
    caplog.set_level(logging.DEBUG)
    wrong = connect(settings, environment(desk, SLACK_BOT_TOKEN="xoxb-1-verysecret"))
    with pytest.raises(Misconfigured, match="SLACK_BOT_TOKEN") as caught:
        wrong.check()
    assert "verysecret" not in str(caught.value) + caplog.text
    with pytest.raises(Misconfigured, match="SLACK_BOT_TOKEN"):
        connect(settings, environment(desk, SLACK_BOT_TOKEN=""))


def test_a_missing_scope_is_named(settings):
    with running(scopes={"channels:read"}) as desk, pytest.raises(Misconfigured, match="chat:write"):
        connect(settings, environment(desk)).post("#ops", HELLO, META)


def test_a_channel_is_named_with_what_to_do(desk, slack):
    with pytest.raises(BadChannel, match=r"#nowhere.*invite"):
        slack.post("#nowhere", HELLO, META)
    desk.state.channel("sales").is_member = False
    with pytest.raises(BadChannel, match="not in #sales; invite"):
        slack.post("#sales", HELLO, META)


def test_what_slack_refuses_is_a_bad_record_with_slacks_reason(slack):
    with pytest.raises(BadRecord, match=r"invalid_blocks.*json-pointer"):
        slack.post("#ops", {"text": "x", "blocks": [{"type": "section"}]}, META)


def test_an_update_of_a_message_that_is_gone_is_no_error(slack):
    at = slack.post("#ops", HELLO, META)
    assert slack.update(at, {"text": "new", "blocks": []})
    assert not slack.update(Posted(at.channel, "1.000001"), HELLO)


def test_a_message_is_found_by_its_key_and_only_since_then(desk, slack):
    at = slack.post("#ops", HELLO, META)
    posted_at = float(at.ts)
    now = NOW.fromtimestamp(posted_at, NOW.tzinfo)
    assert slack.find("#ops", "k", now - timedelta(minutes=1)) == at
    assert slack.find(desk.state.channel("ops").id, "k", now - timedelta(minutes=1)) == at
    assert slack.find("#ops", "other", now - timedelta(minutes=1)) is None
    assert slack.find("#ops", "k", now + timedelta(minutes=1)) is None


def test_a_private_word_reaches_one_person(desk, slack):
    agent = desk.state.user("Asha Verma").id
    slack.whisper(desk.state.channel("ops").id, agent, "<@U1> already has this case.")
    assert [m["text"] for m in desk.state.ephemeral("#ops", agent)] == ["<@U1> already has this case."]


def test_the_proxy_of_the_environment_is_used_unless_the_host_is_exempt(monkeypatch):
    for name in (
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "NO_PROXY",
        "https_proxy",
        "http_proxy",
        "no_proxy",
        "ALL_PROXY",
        "all_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    assert proxy_for("https://slack.com/api/") is None
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    assert proxy_for("https://slack.com/api/") == "http://proxy:3128"
    assert proxy_for("https://127.0.0.1:8443/api/") is None


def test_a_proxy_in_the_environment_does_not_stand_before_an_exempt_host(desk, settings, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert connect(settings, environment(desk)).check() == "U0SUNWAI01"


def test_an_address_that_is_none_is_named(settings, desk):
    with pytest.raises(Misconfigured, match="SLACK_API_BASE_URL"):
        connect(settings, environment(desk, SLACK_API_BASE_URL="slack.com"))


def test_no_error_of_the_sdk_leaves_this_module(desk, slack):
    for kind, expected in (
        ("unauthorized", Misconfigured),
        ("forbidden", Misconfigured),
        ("not_found", Misconfigured),
        ("credits_depleted", RetryLater),  # its body says that the workspace is being moved
    ):
        desk.faults.add("slack.chat.postMessage", kind)
        with pytest.raises(expected):
            slack.post("#ops", HELLO, META)
