"""What people press: one owner, one truth, whatever connections and databases do."""

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.case import CaseStatus, Refused
from core.errors import Misconfigured
from core.settings import Settings
from core.store import Store, cases, health, outbox
from core.store.schema import heartbeats
from notifier import listener as listener_module
from notifier.deliver import deliver
from notifier.listener import press, run_listener
from notifier.slack_client import Slack
from sandbox.slack.people import TEAM
from tests.notifier.conftest import environment
from tests.notifier.made import NOW
from tests.notifier.rung import close, hurry, move, ring, rows, the_case
from tests.sandbox.slack_desk import Desk, running, until

ASHA, DENIZ = "Asha Verma", "Deniz Kaya"


@contextlib.contextmanager
def listening(
    store: Store, desk: Desk, settings: Settings, promises: Path | None = None, **env: str
) -> Iterator[threading.Thread]:
    stop = threading.Event()
    thread = threading.Thread(
        target=run_listener,
        args=(store, settings, environment(desk, **env), stop),
        kwargs={"promises": promises, "now": lambda: NOW},
    )
    thread.start()
    try:
        if settings.slack.mode == "socket":
            until(lambda: desk.state.connections)
        else:
            until(lambda: beats(store))
        yield thread
    finally:
        stop.set()
        thread.join(15)
        assert not thread.is_alive()


def beats(store: Store) -> dict:
    with store.read() as tx:
        return health.beats(tx, "listener:")


def posted(store: Store, slack: Slack, settings: Settings, number: int = 1001):
    case = ring(store, number)
    deliver(store, slack, settings, NOW)
    hurry(store)
    return the_case(store, case.id)


def user(desk: Desk, name: str) -> str:
    return desk.state.user(name).id


def drawn(desk: Desk, place: int = 0) -> str:
    return json.dumps(desk.state.messages("#safety")[place]["blocks"], ensure_ascii=False)


def test_a_press_moves_the_case_and_redraws_its_card(store, desk, slack, settings):
    case = posted(store, slack, settings)
    with listening(store, desk, settings):
        envelope = desk.state.press("#safety", case.slack_ts, "claim", ASHA)
        assert envelope.wait(3)
        until(lambda: "> has it" in drawn(desk))
        assert f"<@{user(desk, ASHA)}> has it" in drawn(desk)
        desk.press(ASHA, "#safety", case.slack_ts, "resolve")
        assert desk.submit_view(ASHA, {"reason": "refunded", "note": "Voucher promised"}) == {}
        until(lambda: "✅ Resolved" in drawn(desk))
        until(lambda: len(desk.thread("#safety", case.slack_ts)) == 3, 15)  # one message a second
    after = the_case(store, case.id)
    assert (after.owner, after.status, after.resolved_at) == (user(desk, ASHA), CaseStatus.RESOLVED, NOW)
    with store.read() as tx:
        events = cases.events(tx, case.id)
    assert [event.kind.value for event in events] == ["opened", "rang", "claimed", "resolved"]
    here = f"slack:{TEAM}:{case.slack_channel}"
    assert [event.data.get("via") for event in events[2:]] == [here, here], "a form remembers where it was opened"
    _, *thread = desk.thread("#safety", case.slack_ts)
    assert [m["text"] for m in thread] == [
        f"👋 <@{user(desk, ASHA)}> took the case",
        f"✅ <@{user(desk, ASHA)}> resolved the case: Refunded (Voucher promised)",
    ]


def test_of_two_who_press_together_one_has_it_and_the_other_is_told_privately(store, desk, slack, settings):
    case = posted(store, slack, settings)
    with listening(store, desk, settings):
        envelopes = [desk.state.press("#safety", case.slack_ts, "claim", who) for who in (ASHA, DENIZ)]
        assert all(envelope.wait(3) for envelope in envelopes)
        owner = until(lambda: the_case(store, case.id).owner)
        loser = ({user(desk, ASHA), user(desk, DENIZ)} - {owner}).pop()
        (told,) = until(lambda: desk.state.ephemeral("#safety", loser))
        assert told["text"] == f"<@{owner}> already has this case."
        assert desk.state.ephemeral("#safety", owner) == []
    assert the_case(store, case.id).version == 1


def test_the_same_press_again_changes_nothing(store, desk, slack, settings):
    case = posted(store, slack, settings)
    with listening(store, desk, settings):
        pressed = [desk.state.press("#safety", case.slack_ts, "claim", ASHA) for _ in range(3)]
        assert all(envelope.wait(3) for envelope in pressed)
        until(lambda: "> has it" in drawn(desk))
    assert the_case(store, case.id).version == 1
    assert len(rows(store, "slack_update")) == 1


def test_a_press_whose_acknowledgement_was_lost_comes_again_and_is_carried_out_once(store, desk, slack, settings):
    case = posted(store, slack, settings)
    with listening(store, desk, settings):
        desk.faults.add("slack.socket", "reset_after")
        envelope = desk.state.press("#safety", case.slack_ts, "claim", ASHA)
        assert envelope.wait(12)
        assert len(envelope.attempts) >= 2
    assert the_case(store, case.id).version == 1


def test_a_dropped_connection_comes_back_by_itself(store, desk, slack, settings):
    case = posted(store, slack, settings)
    with listening(store, desk, settings):
        first = desk.state.connections[0]
        first.drop()
        until(lambda: desk.state.connections and desk.state.connections[0] is not first, 12)
        assert desk.state.press("#safety", case.slack_ts, "claim", ASHA).wait(5)
    assert the_case(store, case.id).owner == user(desk, ASHA)


def test_a_press_on_a_closed_case_is_refused_and_heals_the_card(store, desk, slack, settings):
    case = posted(store, slack, settings)
    close(store, case.id)
    with store.write() as tx:
        tx.exec_driver_sql("DELETE FROM outbox WHERE kind = 'slack_update'")  # the card still shows it open
    with listening(store, desk, settings):
        assert desk.state.press("#safety", case.slack_ts, "claim", DENIZ).wait(3)
        (told,) = until(lambda: desk.state.ephemeral("#safety", user(desk, DENIZ)))
        assert "already resolved" in told["text"]
        until(lambda: "✅ Resolved" in drawn(desk))


def test_a_press_that_cannot_be_carried_out_is_told_to_the_agent(store, desk, slack, settings, monkeypatch):
    case = posted(store, slack, settings)

    def broken(*_: object) -> None:
        raise ConnectionError("the database is away")

    with listening(store, desk, settings):
        monkeypatch.setattr("notifier.desk.act", broken)
        assert desk.state.press("#safety", case.slack_ts, "claim", ASHA).wait(3)
        (told,) = until(lambda: desk.state.ephemeral("#safety", user(desk, ASHA)))
        assert "press again" in told["text"]


def test_a_listener_beats_while_it_is_connected_and_takes_its_leave(store, desk, slack, settings, monkeypatch):
    monkeypatch.setattr(listener_module, "BEAT_SECONDS", 0.05)
    with listening(store, desk, settings):
        until(lambda: beats(store))
        assert list(beats(store).values()) == [NOW]
    assert beats(store) == {}


def test_a_listener_that_slack_cannot_reach_does_not_beat(store, desk, slack, settings, monkeypatch):
    monkeypatch.setattr(listener_module, "BEAT_SECONDS", 0.05)
    with listening(store, desk, settings):
        until(lambda: beats(store))
        desk.faults.add("slack.apps.connections.open", "unavailable", times=1000)
        desk.state.connections[0].drop()
        until(lambda: not desk.state.connections)
        threading.Event().wait(0.5)
        with store.write() as tx:
            tx.execute(heartbeats.delete())
        threading.Event().wait(0.5)
        assert beats(store) == {}
        desk.faults.clear()
        until(lambda: beats(store), 12)


def test_a_listener_waits_for_a_slack_that_is_down(store, desk, slack, settings):
    desk.faults.add("slack.auth.test", "unavailable", times=2)
    desk.faults.add("slack.apps.connections.open", "rate_limited", times=1, retry_after=1)
    with listening(store, desk, settings):
        assert desk.state.connections


@pytest.mark.parametrize("variable", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
@pytest.mark.parametrize("value", ["", "xapp-or-xoxb-secret"])
def test_a_wrong_or_missing_token_is_named_and_never_shown(store, desk, settings, variable, value):
    given = environment(desk, **{variable: value})
    with pytest.raises(Misconfigured, match=variable) as caught:
        run_listener(store, settings, given, threading.Event())
    assert "secret" not in str(caught.value)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening_socket:
        return int(listening_socket.getsockname()[1])


def by_http(settings: Settings, port: int) -> Settings:
    return settings.model_copy(update={"slack": settings.slack.model_copy(update={"mode": "http", "http_port": port})})


def test_signed_http_is_the_other_way_in(store, settings, monkeypatch):
    monkeypatch.setattr(listener_module, "BEAT_SECONDS", 0.05)
    port = free_port()
    with running(request_url=f"http://127.0.0.1:{port}/slack/events") as desk:
        from notifier.slack_client import connect

        http = by_http(settings, port)
        slack = connect(http, environment(desk))
        case = posted(store, slack, http)
        with listening(store, desk, http):
            assert desk.state.press("#safety", case.slack_ts, "claim", ASHA).wait(5)
            until(lambda: "> has it" in drawn(desk))
        assert the_case(store, case.id).owner == user(desk, ASHA)


def test_a_press_with_a_forged_signature_is_refused(store, settings, monkeypatch):
    monkeypatch.setattr(listener_module, "BEAT_SECONDS", 0.05)
    port = free_port()
    with running(request_url=f"http://127.0.0.1:{port}/slack/events") as desk:
        from notifier.slack_client import connect

        http = by_http(settings, port)
        slack = connect(http, environment(desk))
        case = posted(store, slack, http)
        with listening(store, desk, http, SLACK_SIGNING_SECRET="another secret"):
            assert not desk.state.press("#safety", case.slack_ts, "claim", ASHA).wait(3)
        assert the_case(store, case.id).owner is None


def test_a_stranger_cannot_fill_our_memory_or_break_what_listens(store, settings, monkeypatch):
    monkeypatch.setattr(listener_module, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(listener_module, "SLOWEST_REQUEST", 0.5)
    port = free_port()

    def post(head: str, *parts: bytes) -> bytes:
        """What is answered to a request that is sent so, until it is refused."""
        with socket.create_connection(("127.0.0.1", port), timeout=20) as stranger:
            stranger.sendall(f"POST /slack/events HTTP/1.1\r\nHost: desk\r\n{head}\r\n\r\n".encode("latin-1"))
            with contextlib.suppress(ConnectionError):
                for part in parts:
                    stranger.sendall(part)
            with contextlib.suppress(ConnectionError):
                return stranger.recv(4096).split(b"\r\n")[0]
        return b""

    half_a_megabyte = b"80000\r\n" + b"a" * 0x80000 + b"\r\n"
    with running(request_url=f"http://127.0.0.1:{port}/slack/events") as desk:
        from notifier.slack_client import connect

        http = by_http(settings, port)
        case = posted(store, connect(http, environment(desk)), http)
        with listening(store, desk, http):
            endless = post("Transfer-Encoding: chunked", *[half_a_megabyte] * 12)
            assert endless in (b"HTTP/1.1 400 Bad Request", b"")
            assert post("Content-Length: 100", b"too slow") == b"HTTP/1.1 400 Bad Request"
            assert post("Content-Length: 2", b"\xff\xfe") == b"HTTP/1.1 400 Bad Request"
            assert post("X-Slack-Signature: \xff\xfe\r\nContent-Length: 2", b"{}") == b"HTTP/1.1 400 Bad Request"
            assert desk.state.press("#safety", case.slack_ts, "claim", ASHA).wait(5)
            until(lambda: "> has it" in drawn(desk))


def test_a_port_that_is_taken_is_named(store, desk, settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        http = by_http(settings, taken.getsockname()[1])
        with pytest.raises(Misconfigured, match=r"slack\.http_port"):
            run_listener(store, http, environment(desk), threading.Event())


def test_many_who_press_at_once_leave_one_owner_and_one_event(store, database_url):
    case = ring(store)
    refused: list[str] = []

    def try_it(agent: str) -> None:
        try:
            press(store, case.id, "claim", agent, NOW)
        except Refused as error:
            refused.append(str(error))

    threads = [threading.Thread(target=try_it, args=(f"U0AGENT{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    owner = the_case(store, case.id).owner
    assert refused == [f"<@{owner}> already has this case."] * 7
    with store.read() as tx:
        assert [event.actor for event in cases.events(tx, case.id)] == ["sunwai", owner]
        assert outbox.sizes(tx)["waiting"] == 4  # the card, the claim's redrawing and its line, one for the refused


def test_a_press_on_a_case_that_is_gone_says_so(store):
    with pytest.raises(Refused, match="no longer here"):
        press(store, 4711, "claim", "U0ASHA", NOW)


def test_a_claim_after_a_resolve_by_another_is_refused(store):
    case = ring(store)
    move(store, case.id, "U0DENIZ")
    with pytest.raises(Refused, match="U0DENIZ"):
        press(store, case.id, "claim", "U0ASHA", NOW)
    resolved = press(store, case.id, "resolve", "U0ASHA", NOW + timedelta(minutes=1))
    assert resolved is not None
    assert resolved.owner == "U0DENIZ"
