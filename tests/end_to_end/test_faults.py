"""Whatever goes wrong on the wire, on any route, sources recover by themselves, nothing is lost, each case rings once."""

import time
from datetime import timedelta

import pytest

from app.opening import clock
from app.pipeline import run_once
from core.store import cursors, mentions, outbox
from tests.end_to_end.town import P1, P2, PRAISE, Town

Details = dict[str, float]
FAULTS: dict[str, dict[str, Details]] = {
    "busy": {"rate_limited": {}, "unavailable": {"retry_after": 1}},
    "asked to wait": {"rate_limited": {"retry_after": 2}, "server_error": {}},
    "asked to wait until a reset": {"rate_limited": {"reset_after": 2}, "not_found": {}},
    "refused": {"credits_depleted": {}, "unauthorized": {}, "forbidden": {}},
    "torn connections": {"reset_before": {}, "reset_after": {}, "cut": {}},
    "half answers": {"truncated": {}, "malformed": {}},
    "strange pages": {"malformed_item": {}, "duplicate_page": {}, "out_of_order": {}},
    "no answer": {"timeout": {"seconds": 0.5}},
}
ROUTES = ("x.search", "reddit.*", "feeds.blog", "slack.chat.postMessage", "slack.conversations.*")


def say_all(town: Town) -> dict[str, bool]:
    """People speak on every platform: {mention id: must it ring}. X's posts fill three pages."""
    say = town.sandbox.world.post
    said = {}
    for number in range(24):
        said[f"x:{say('x', f'fan{number}', f'{PRAISE}, parcel {number}').id}"] = False
    said[f"x:{say('x', 'asha', P1).id}"] = True
    thread = say("reddit", "ravi", P2, place="northwind", title="charged twice")
    said[f"reddit:{thread.id}"] = True
    said[f"reddit:{say('reddit', 'mehmet', P1, reply_to=thread.id).id}"] = True
    say("feed", "editor", P1, place="blog", title="Northwind power banks")
    return said


def settle(town: Town) -> None:
    """Passes of all stages, each some minutes after the one before, until all waits are over."""
    calm = 0
    for number in range(20):
        town.hurry()
        run_once(town.house, clock() + timedelta(minutes=6 * number))
        with town.store.read() as tx:
            calm = calm + 1 if not outbox.sizes(tx)["waiting"] else 0
        if calm == 4:  # all that was asked for has gone wrong, or never will
            return


def missing(town: Town, said: dict[str, bool]) -> list[str]:
    with town.store.read() as tx:
        return sorted(said.keys() - mentions.get(tx, said.keys()).keys())


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_source_recovers_from(town: Town, name: str) -> None:
    run_once(town.house)
    said = say_all(town)
    for route in ROUTES:
        for kind, details in FAULTS[name].items():
            town.sandbox.faults.add(route, kind, **details)  # type: ignore[arg-type]
            town.sandbox.faults.add(route, kind, after=1, **details)  # type: ignore[arg-type]
    settle(town)
    happened = {route for route, _ in town.sandbox.faults.happened}
    assert {"x.search", "feeds.blog"} <= happened
    assert any(route.startswith("reddit.") for route in happened)
    assert missing(town, said) == []
    cards = town.cards()
    assert {m: n for m, n in cards.items() if n != 1} == {}
    assert {m for m in cards if not m.startswith("rss:")} == {m for m, rings in said.items() if rings}
    assert sum(m.startswith("rss:") for m in cards) == 1
    with town.store.read() as tx:
        assert {state.source: state.error_kind for state in cursors.states(tx)} == dict.fromkeys(("rss", "reddit", "x"))


@pytest.mark.parametrize("hours", [-1, 1])
def test_clocks_an_hour_off_lose_nothing_and_delay_nothing(town: Town, hours: int) -> None:
    town.sandbox.faults.add("*", "clock_off", times=None, seconds=hours * 3600)
    run_once(town.house)
    said = say_all(town)
    town.sandbox.faults.add("x.search", "rate_limited", reset_after=5)
    run_once(town.house)
    run_once(town.house, clock() + timedelta(seconds=10))
    for _ in range(4):
        town.hurry()
        run_once(town.house, clock() + timedelta(seconds=20))
    assert missing(town, said) == []
    assert {m for m, n in town.cards().items() if n == 1 and not m.startswith("rss:")} == {
        m for m, rings in said.items() if rings
    }


def test_posts_that_search_shows_late_still_ring_once(town: Town) -> None:
    run_once(town.house)
    say = town.sandbox.world.post
    late = say("x", "slow", P1, late=2.0)
    comment = say("reddit", "slow", P2, place="northwind", late=2.0)
    prompt = say("x", "quick", P2)
    run_once(town.house)
    assert set(town.cards()) <= {f"x:{prompt.id}", f"reddit:{comment.id}"}
    time.sleep(2.1)
    for _ in range(3):
        town.hurry()
        run_once(town.house)
    assert town.cards() == {f"x:{late.id}": 1, f"x:{prompt.id}": 1, f"reddit:{comment.id}": 1}
