"""Whatever waits for the database is acknowledged in time, and whoever asked hears what came of it."""

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.case import CaseStatus
from core.settings import Settings
from core.store import Store
from notifier import desk as moving
from notifier import listener, timely
from notifier.deliver import deliver
from notifier.interactions import Interactions
from notifier.promises import Promise, Promises
from notifier.slack_client import Slack, connect
from tests.notifier.conftest import environment
from tests.notifier.made import NOW
from tests.notifier.rung import hurry, ring, the_case
from tests.notifier.test_listener import by_http, free_port, listening
from tests.sandbox.slack_desk import Desk, running, until

ASHA, DENIZ = "U0ASHA0001", "U0DENIZ001"


def posted(store: Store, slack: Slack, settings: Settings, number: int = 1001) -> Any:
    case = ring(store, number)
    deliver(store, slack, settings, NOW)
    hurry(store)
    return the_case(store, case.id)


@contextlib.contextmanager
def held(monkeypatch: pytest.MonkeyPatch, name: str, case_id: int = 0) -> Iterator[threading.Event]:
    """The desk's act of that name waits, on one case or on all, until the event is set."""
    go_on, act = threading.Event(), getattr(moving, name)

    def late(store: Store, case: int, *given: Any, **more: Any) -> Any:
        if case_id in (0, case):
            assert go_on.wait(60)
        return act(store, case, *given, **more)

    monkeypatch.setattr(moving, name, late)
    try:
        yield go_on
    finally:
        go_on.set()


def test_a_press_that_takes_long_is_acknowledged_meanwhile_and_promised(
    store: Store, desk: Desk, slack: Slack, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    case = posted(store, slack, settings)
    with listening(store, desk, settings, tmp_path / "promises"), held(monkeypatch, "act") as go_on:
        envelope = desk.state.press("#safety", case.slack_ts, "claim", "asha")
        assert envelope.wait(10)
        assert the_case(store, case.id).owner is None
        (file,) = (tmp_path / "promises").iterdir()
        promise = {"number": 1, "user": ASHA, "channel": case.slack_channel, "what": "claim", "case": case.id}
        assert json.loads(file.read_text()) == promise
        go_on.set()
        until(lambda: the_case(store, case.id).owner == ASHA)
        until(lambda: file.read_text() == "")
    assert list((tmp_path / "promises").iterdir()) == []


def test_a_form_opens_while_all_that_moves_cases_waits(
    store: Store, desk: Desk, slack: Slack, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(timely, "ACK_WITHIN_SECONDS", 0.05)
    case = posted(store, slack, settings)
    with listening(store, desk, settings, tmp_path / "promises"), held(monkeypatch, "act") as go_on:
        claims = [desk.state.press("#safety", case.slack_ts, "claim", "asha") for _ in range(2 * timely.AT_ONCE)]
        desk.press("deniz", "#safety", case.slack_ts, "resolve")
        desk.modal("deniz")
        assert desk.slash("deniz", "queue", "safety").answer["text"] == "The queue: 1"
        assert the_case(store, case.id).owner is None
        go_on.set()
        assert all(envelope.wait(10) for envelope in claims)
        until(lambda: the_case(store, case.id).owner == ASHA)


def test_what_a_dead_listener_had_promised_is_told_by_the_next(
    store: Store, desk: Desk, slack: Slack, settings: Settings, tmp_path: Path
) -> None:
    case, place = posted(store, slack, settings), tmp_path / "promises"
    dead = Promises(place)
    dead.give(Promise(ASHA, case.slack_channel, "not_urgent", case.id))
    dead.give(Promise(DENIZ, "home", "reply_form", case.id))
    dead.close()
    with listening(store, desk, settings, place):
        (told,) = until(lambda: desk.ephemerals("asha", "#safety"))
        assert told["text"].startswith(
            f"Sunwai was stopped before it could finish your “not urgent” of case {case.id}."
        )
        (direct,) = until(lambda: desk.directs("deniz"))
        assert "“reply” of case" in direct["text"]
        until(lambda: not list(place.iterdir()))


def test_without_a_place_for_promises_nothing_is_acknowledged_before_it_is_done(
    store: Store, desk: Desk, slack: Slack, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timely, "UNPROMISED_SECONDS", 60.0)
    case = posted(store, slack, settings)
    with listening(store, desk, settings), held(monkeypatch, "act") as go_on:
        envelope = desk.state.press("#safety", case.slack_ts, "claim", "asha")
        assert not envelope.wait(3 * timely.ACK_WITHIN_SECONDS)
        go_on.set()
        assert envelope.wait(10)
        assert the_case(store, case.id).owner == ASHA


def test_the_faults_of_a_form_that_took_long_are_told_with_what_was_written(
    store: Store, desk: Desk, slack: Slack, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(timely, "ANSWER_WITHIN_SECONDS", 0.1)
    case = posted(store, slack, settings)
    with listening(store, desk, settings, tmp_path), held(monkeypatch, "resolve") as go_on:
        desk.press("asha", "#safety", case.slack_ts, "resolve")
        desk.modal("asha")
        sent = {"reason": "refunded", "note": "Voucher <!channel> promised"}
        assert desk.submit_view("asha", sent) == {}
        moving.act(store, case.id, lambda case: moving.moves.dismiss(case, DENIZ, NOW, "not_us"), NOW)
        go_on.set()
        (told,) = until(lambda: desk.ephemerals("asha", "#safety"))
    assert told["text"].startswith(
        f"What you sent for case {case.id} was not carried out.\nThis case is already dismissed."
    )
    assert "Voucher &lt;!channel&gt; promised" in told["text"]
    assert the_case(store, case.id).status is CaseStatus.DISMISSED


def test_the_answer_to_a_command_that_took_long_comes_after_it(
    store: Store, desk: Desk, slack: Slack, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(timely, "ANSWER_WITHIN_SECONDS", 0.1)
    posted(store, slack, settings)
    go_on = threading.Event()
    answer = timely.typed

    def late(does: Interactions, command: Any) -> Any:
        assert go_on.wait(60)
        return answer(does, command)

    with listening(store, desk, settings, tmp_path):
        monkeypatch.setattr(timely, "typed", late)
        assert desk.slash("asha", "queue", "safety").answer in (None, {})
        assert desk.ephemerals("asha", "#safety") == []
        go_on.set()
        (told,) = until(lambda: desk.ephemerals("asha", "#safety"))
    assert told["text"] == "The queue: 1"


def test_over_http_one_slow_press_does_not_keep_others_waiting(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(timely, "UNPROMISED_SECONDS", 60.0)
    port = free_port()
    http = by_http(settings, port)
    with running(request_url=f"http://127.0.0.1:{port}/slack/events") as desk:
        slack = connect(http, environment(desk))
        slow, quick = (posted(store, slack, http, number) for number in (1001, 1002))
        with listening(store, desk, http), held(monkeypatch, "act", slow.id) as go_on:
            waits = desk.state.press("#safety", slow.slack_ts, "claim", "asha")
            assert desk.state.press("#safety", quick.slack_ts, "claim", "asha").wait(10)
            assert the_case(store, quick.id).owner == ASHA
            assert the_case(store, slow.id).owner is None
            assert not waits.wait(0)
            go_on.set()
            until(lambda: the_case(store, slow.id).owner == ASHA)
