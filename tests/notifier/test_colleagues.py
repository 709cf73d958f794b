"""Pages show people's names: Slack is asked for them once a day, and they go when their people do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.store import Store, colleagues, erasure
from notifier.colleagues import learn_names
from notifier.slack_client import Slack
from tests.core.made import NOW
from tests.notifier.rung import move, ring
from tests.sandbox.slack_desk import Desk

ASHA, DENIZ = "U0ASHA0001", "U0DENIZ001"
DAY = timedelta(days=1)


@pytest.fixture
def claimed(store: Store) -> Store:
    """A store in which Asha has a case."""
    move(store, ring(store).id, ASHA)
    return store


def known(store: Store) -> dict[str, str]:
    with store.read() as tx:
        return colleagues.everyone(tx)


def test_who_takes_a_case_is_asked_for_once_a_day(claimed: Store, slack: Slack) -> None:
    assert learn_names(claimed, lambda: slack, NOW) == {"named": 1}
    assert known(claimed) == {ASHA: "Asha Verma"}
    assert learn_names(claimed, lambda: pytest.fail("asked again"), NOW + DAY / 2) == {"named": 0}
    assert learn_names(claimed, lambda: slack, NOW + DAY) == {"named": 1}


def test_who_leaves_the_workspace_loses_their_name(claimed: Store, slack: Slack, desk: Desk) -> None:
    learn_names(claimed, lambda: slack, NOW)
    desk.state.users[ASHA] = replace(desk.state.users[ASHA], is_deactivated=True)
    assert learn_names(claimed, lambda: slack, NOW + DAY) == {"named": 0}
    assert known(claimed) == {}


def test_who_is_forgotten_is_not_asked_for_again(claimed: Store, slack: Slack) -> None:
    learn_names(claimed, lambda: slack, NOW)
    with claimed.write() as tx:
        erasure.forget_author(tx, f"slack:{ASHA}", NOW)
    assert known(claimed) == {}
    assert learn_names(claimed, lambda: pytest.fail("asked again"), NOW + DAY) == {"named": 0}
    with claimed.write() as tx:
        colleagues.keep(tx, ASHA, "Asha Verma", NOW)  # they sign in
        colleagues.keep(tx, DENIZ, "  Deniz\n Kaya ", NOW)
    assert known(claimed) == {DENIZ: "Deniz Kaya"}


def test_while_slack_is_away_nothing_is_lost(claimed: Store, slack: Slack, desk: Desk) -> None:
    learn_names(claimed, lambda: slack, NOW)
    desk.state.bot_token = "xoxb-another"
    assert learn_names(claimed, lambda: slack, NOW + DAY) == {"named": 0}
    assert known(claimed) == {ASHA: "Asha Verma"}
