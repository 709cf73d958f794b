"""The Home tab shows what is so, though Slack was busy when it was to be drawn."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from core.case import Case
from core.errors import RetryLater
from core.settings import Settings
from core.store import Store
from notifier import homes
from notifier.deliver import deliver
from notifier.homes import Homes
from notifier.slack_client import Slack
from tests.notifier.made import NOW
from tests.notifier.rung import hurry, ring, the_case
from tests.notifier.test_listener import listening
from tests.sandbox.slack_desk import Desk, until, words_of

ASHA = "asha"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homes, "PAUSES", (0.01, 0.01, 0.01, 0.01))
    monkeypatch.setattr(homes, "LONGEST_PAUSE_SECONDS", 0.05)


@pytest.fixture
def rung(store: Store, desk: Desk, slack: Slack, settings: Settings) -> Iterator[Case]:
    case = ring(store, 1001)
    deliver(store, slack, settings, NOW)
    hurry(store)
    with listening(store, desk, settings):
        yield the_case(store, case.id)


@pytest.mark.parametrize("kind", ["rate_limited", "unavailable", "reset_before", "reset_after", "truncated"])
def test_a_home_that_slack_had_no_time_for_is_drawn_again(desk: Desk, rung: Case, kind: str) -> None:
    desk.faults.add("slack.views.publish", kind, times=3, **({"retry_after": 1.0} if kind == "rate_limited" else {}))
    assert "charger is smoking" in words_of(desk.open_home(ASHA))
    until(lambda: len(desk.faults.happened) == 3)


def test_what_was_done_from_the_home_tab_is_not_called_undone_because_it_could_not_be_shown(
    store: Store, desk: Desk, rung: Case
) -> None:
    desk.open_home(ASHA)
    desk.faults.add("slack.views.publish", "unavailable", times=2)
    desk.press_home(ASHA, "claim")
    until(lambda: "Nothing waits" in words_of(desk.home(ASHA)))
    assert the_case(store, rung.id).owner == desk.state.user(ASHA).id
    assert desk.ephemerals(ASHA) == desk.directs(ASHA) == []


def test_a_form_that_was_opened_in_the_home_tab_shows_there_what_it_did(desk: Desk, rung: Case) -> None:
    desk.open_home(ASHA)
    desk.press_home(ASHA, "claim")
    until(lambda: "Nothing waits" in words_of(desk.home(ASHA)))
    desk.press_home(ASHA, "more", "resolve")
    desk.modal(ASHA, "Resolve the case")
    assert desk.submit_view(ASHA, {"reason": "explained"}) == {}
    until(lambda: "You have no case" in words_of(desk.home(ASHA)))


def test_a_case_that_never_rang_is_accepted_in_the_home_tab(store: Store, desk: Desk, rung: Case) -> None:
    """It has no card, so there is no other place."""
    with store.write() as tx:
        tx.exec_driver_sql("UPDATE cases SET slack_ts = NULL, slack_channel = NULL")
    desk.open_home(ASHA)
    desk.press_home(ASHA, "claim")
    until(lambda: "Nothing waits" in words_of(desk.home(ASHA)))
    desk.press_home(ASHA, "more", "hand_over")
    desk.modal(ASHA, "Hand the case over")
    assert desk.submit_view(ASHA, {"person": "deniz"}) == {}
    assert "offered to you" in words_of(desk.open_home("deniz"))
    desk.press_home("deniz", "more", "accept")
    after = until(lambda: (now := the_case(store, rung.id)).handed_to is None and now)
    assert after.owner == desk.state.user("deniz").id


def test_asked_again_while_it_is_drawn_it_is_drawn_once_more_and_not_at_the_same_time() -> None:
    begun, go_on, drawn = threading.Semaphore(0), threading.Semaphore(0), []

    def draw(user: str) -> None:
        drawn.append(user)
        begun.release()
        assert go_on.acquire(timeout=30)

    with closing(Homes(draw)) as asked:
        asked.ask(ASHA)
        assert begun.acquire(timeout=30)
        for _ in range(5):
            asked.ask(ASHA)
        assert drawn == [ASHA]
        go_on.release()
        assert begun.acquire(timeout=30), "what changed meanwhile is shown too"
        go_on.release()
        until(lambda: not asked._drawing, 30)
        assert drawn == [ASHA, ASHA]


def test_what_cannot_be_drawn_is_given_up_and_the_next_one_is_drawn(caplog: pytest.LogCaptureFixture) -> None:
    tried: list[str] = []

    def draw(user: str) -> None:
        tried.append(user)
        if user == "away":
            raise RetryLater("Slack is in trouble itself.")
        if user == "broken":
            raise ZeroDivisionError

    with closing(Homes(draw)) as asked:
        for user in ("away", "broken", "well"):
            asked.ask(user)
            until(lambda: not asked._drawing, 30)
    assert tried == ["away"] * (len(homes.PAUSES) + 1) + ["broken", "well"]
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
