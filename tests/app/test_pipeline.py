"""The stages strung together: nobody waits for another's trouble, and a post is on the desk soon after it is visible."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from app import pipeline
from app.housekeeping import housekeeping
from app.opening import House, clock
from app.serve import keep, serve
from core.errors import Misconfigured
from core.settings import Environment, parse
from core.store import Store, cursors, health, mentions, outbox, spend
from sandbox.server import Sandbox
from tests.app.conftest import URGENT
from tests.core.made import NOW, mention, page

POLL_SECONDS = 1.0


@pytest.fixture
def house(world: Sandbox, store: Store) -> Iterator[House]:
    settings = {
        "brands": {"northwind": {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}},
        "sources": {
            "x": {"poll_seconds": POLL_SECONDS, "searches_per_15_minutes": 100_000},
            "rss": {"poll_seconds": POLL_SECONDS, "feeds": [f"{world.feeds_url}/blog/rss.xml"]},
        },
        "departments": {"billing": {"channel": "#care-billing", "topics": ["billing"], "escalation": ["U0BOSS"]}},
        "judgement": {"group_within_hours": 0},  # all say the same words
    }
    yield House(parse(settings), Environment(world.env()), store)


def until(what: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.02)


def cards(world: Sandbox) -> list[str]:
    found = [m["metadata"]["event_payload"] for m in world.slack.messages("care-billing")]
    return [payload["mention"] for payload in found if "mention" in payload]  # lines in threads name none


def posted(world: Sandbox) -> list[dict[str, Any]]:
    return world.slack.messages("care-billing")


def without(house: House, *names: str) -> House:
    """The same house with some variables taken from its environment."""
    given = {"X_BEARER_TOKEN", "X_API_BASE_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_API_BASE_URL"}
    kept = {name: house.environment.get(name) or "" for name in given - set(names)}
    return House(house.settings, Environment(kept), house.store)


def test_a_source_that_needs_a_person_stops_nobody_else(house: House, world: Sandbox) -> None:
    done = pipeline.run_once(without(house, "X_BEARER_TOKEN"))
    assert set(done.troubles) == {"ingest"}
    assert "X_BEARER_TOKEN" in str(done.troubles["ingest"])
    with house.store.read() as tx:
        assert cursors.state(tx, "rss").last_ok_at is not None
    assert set(done.counts) == {"assess", "triage", "rollup", "chase", "digest", "report", "reply", "deliver"}
    with pytest.raises(Misconfigured, match="X_BEARER_TOKEN"):
        done.raise_trouble()


def test_run_for_rings_and_then_says_what_a_person_must_mend(house: House, world: Sandbox) -> None:
    pipeline.run_once(house)
    post = world.world.post("x", "asha", URGENT)
    counts = pipeline.run_for(house, "x", seconds=5)
    assert cards(world).count(f"x:{post.id}") == 1
    assert counts["ingest"]["pulled"] >= 2
    with pytest.raises(Misconfigured, match="SLACK_BOT_TOKEN"):
        pipeline.run_for(without(house, "SLACK_BOT_TOKEN"), "x", seconds=0.5)


def test_replay_never_rings(house: House, world: Sandbox) -> None:
    pipeline.run_once(house)
    world.world.post("x", "deniz", URGENT + " and again")
    pipeline.run_once(house)
    before = len(cards(world))
    assert pipeline.replay(house)["rang"] == 0
    pipeline.deliver(house)
    assert len(cards(world)) == before


def test_a_missed_promise_rings_in_the_cases_thread_and_names_the_escalation(house: House, world: Sandbox) -> None:
    pipeline.run_once(house)
    post = world.world.post("x", "asha", f"{URGENT}, says the clock")
    pipeline.run_once(house)
    (card,) = [m for m in posted(world) if m["metadata"]["event_payload"].get("mention") == f"x:{post.id}"]
    later = clock() + timedelta(minutes=61)
    for _ in range(2):  # the warning is over by then, and nothing is told twice
        pipeline.chase(house, later)
        pipeline.deliver(house, now=later, seconds=6)
    told = [m for m in posted(world) if m.get("thread_ts") == card["ts"] and "first answer was due" in m["text"]]
    assert len(told) == 1
    assert "<@U0BOSS>" in told[0]["text"]
    assert told[0]["subtype"] == "thread_broadcast"


def test_serve_rings_soon_whatever_breaks_beside_it_and_stops_when_told(
    house: House, world: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from notifier import ops

    died = threading.Event()
    watch = ops.watch

    def dies_once(*arguments: object) -> dict[str, int]:
        if not died.is_set():
            died.set()
            raise SystemError("a watch that breaks")
        return watch(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ops, "watch", dies_once)
    stop = threading.Event()
    running = threading.Thread(target=partial(serve, house, stop, web=False))
    running.start()
    try:

        def heard() -> bool:
            with house.store.read() as tx:
                return cursors.state(tx, "x").last_ok_at is not None and bool(health.beats(tx, "listener:"))

        until(heard)
        assert died.is_set()
        waits = []
        for number in range(3):
            post = world.world.post("x", f"author{number}", f"{URGENT} number {number}")
            visible = time.monotonic()
            until(lambda post=post: f"x:{post.id}" in cards(world))  # type: ignore[misc]
            waits.append(time.monotonic() - visible)
            time.sleep(1.1)  # Slack takes one message a second and channel
        assert min(waits) < POLL_SECONDS + 0.5, waits
    finally:
        stop.set()
        running.join(15)
    assert not running.is_alive()
    with house.store.read() as tx:
        assert not health.beats(tx, "listener:")


def test_a_thread_that_dies_is_started_again() -> None:
    lives: list[int] = []

    def job() -> None:
        lives.append(1)
        if len(lives) < 2:
            raise SystemError("broken")

    keep("a job", job, threading.Event())
    assert len(lives) == 2


def test_serve_says_at_once_what_can_never_work(house: House) -> None:
    with pytest.raises(Misconfigured, match="SLACK_BOT_TOKEN"):
        serve(without(house, "SLACK_BOT_TOKEN"), threading.Event(), web=False)


def test_housekeeping_lets_go_of_what_is_old_and_of_nothing_else(house: House) -> None:
    from sqlalchemy import func, select

    from core.mention import Charge
    from core.store.schema import heartbeats, spend_items
    from core.store.schema import outbox as outbox_rows

    old, fresh = mention(1, created_at=NOW - timedelta(days=800)), mention(2, created_at=NOW)
    with house.store.write() as tx:
        mentions.save_page(tx, "x", "brand", page(old, fresh), NOW)
        spend.record(tx, "x", [Charge("post", "1", 5000)], NOW - timedelta(days=50))
        spend.record(tx, "x", [Charge("post", "2", 5000)], NOW)
        health.beat(tx, "listener:gone:1", NOW - timedelta(days=2))
        health.beat(tx, "sync:customers", NOW - timedelta(days=2))
        outbox.put(tx, [outbox.Message("slack_ops", "#ops", "kept")])
    counts = housekeeping(house.store, house.settings, NOW)
    dropped = {"outbox": 0, "spend_items": 1, "heartbeats": 1, "reports": 0, "likenesses": 0}
    assert counts == {"mentions": 1, "raw": 0, **dropped}
    with house.store.read() as tx:
        found = mentions.get(tx, [old.id, fresh.id])
        assert found[fresh.id].text == fresh.text
        assert old.id not in found or found[old.id].text == ""
        assert tx.scalar(select(func.count()).select_from(spend_items)) == 1
        assert tx.scalar(select(func.count()).select_from(outbox_rows)) == 1
        assert list(tx.scalars(select(heartbeats.c.name))) == ["sync:customers"]
        assert spend.spent(tx, "x", "2000-01-01") == 10_000
    assert sum(housekeeping(house.store, house.settings, NOW).values()) == 0


def test_a_pass_over_nothing_changes_nothing(house: House) -> None:
    pipeline.run_once(house)
    again = pipeline.run_once(house, clock())
    assert again.troubles == {}
    assert again.counts["ingest"]["new"] == 0
