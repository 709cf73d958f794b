"""Everything at once: faults on every route, several senders, agents who press meanwhile, senders who die. One card each."""

import contextlib
import random
import threading

import pytest

from core.case import claim
from core.store import cases, outbox
from notifier.deliver import deliver
from tests.notifier.made import NOW
from tests.notifier.rung import hurry, move, ring, the_case

CHANNELS = ["#safety", "#care-tech", "#care-billing", "#privacy"]
FAULTS = ["reset_before", "reset_after", "cut", "truncated", "malformed", "server_error", "unavailable", "rate_limited"]
ROUTES = ["slack.chat.postMessage", "slack.chat.update", "slack.conversations.history", "slack.conversations.list"]


@pytest.mark.parametrize("seed", range(2))
def test_a_storm_leaves_one_true_card_for_each_case(store, desk, slack, settings, seed):
    chance = random.Random(seed)
    rung = [ring(store, number, chance.choice(CHANNELS)) for number in range(12)]
    for _ in range(40):
        desk.faults.add(chance.choice(ROUTES), chance.choice(FAULTS), after=chance.randrange(4))

    def die(_: object) -> None:
        if chance.random() < 0.15:
            raise SystemError("killed")

    def work() -> None:
        for _ in range(2):
            with contextlib.suppress(SystemError):
                deliver(store, slack, settings, NOW, settle_seconds=0.01, before_commit=die)

    for round_number in range(60):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        if round_number < len(rung):
            with store.read() as tx:
                case = cases.get(tx, rung[round_number].id)
            if case is not None and case.owner is None:
                move(store, case.id, "U0ASHA", claim)
        for thread in threads:
            thread.join(30)
        with store.read() as tx:
            if outbox.sizes(tx)["waiting"] == 0 and round_number > len(rung):
                break
        hurry(store)
    posted = {
        message["metadata"]["event_payload"]["id"]: (channel, message)
        for channel in CHANNELS
        for message in desk.state.messages(channel)
    }
    assert sum(len(desk.state.messages(channel)) for channel in CHANNELS) == len(rung), "none twice"
    assert len(posted) == len(rung), "none missing"
    for case in rung:
        _, message = posted[f"card:{case.mention_id}:northwind"]
        assert the_case(store, case.id).slack_ts == message["ts"]
        assert "<@U0ASHA> has it" in str(message["blocks"])
