"""What counts as healthy, and what a person is told to do where it is not."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

from rich.console import Console

from app.status import SourceStatus, Status, render, span, status
from core.mention import Charge, Cursor, Gap, Page
from core.settings import Settings
from core.store import Store, cursors, health, mentions, outbox, spend
from tests.app.desk import hear, judge, post
from tests.app.desk import settings as make_settings
from tests.core.made import NOW


def look(store: Store, **more: Any) -> Status:
    return status(store, settings(**more), NOW)


def settings(**more: Any) -> Settings:
    return make_settings(**({"sources": {"x": {}}} | more))


def source_of(told: Status, name: str = "x") -> SourceStatus:
    return next(source for source in told.sources if source.name == name)


def pulled(store: Store, minutes_ago: float = 0, name: str = "x") -> None:
    with store.write() as tx:
        cursors.source_ok(tx, name, NOW - timedelta(minutes=minutes_ago))


def test_it_is_healthy_while_every_source_is_heard(store: Store) -> None:
    pulled(store, minutes_ago=2)
    told = look(store)
    assert (told.healthy, told.problems) == (True, ())
    assert (source_of(told).state, source_of(told).lag_seconds) == ("ok", 120)


def test_a_source_that_was_never_pulled_is_not_healthy(store: Store) -> None:
    told = look(store)
    assert not told.healthy and source_of(told).state == "new"
    assert "sunwai serve" in source_of(told).remedy


def test_a_source_without_a_good_pull_for_too_long_is_stale(store: Store) -> None:
    pulled(store, minutes_ago=16)
    told = look(store)
    assert source_of(told).state == "stale"
    assert told.problems == ("Source x is silent: no good pull for 16 min.",)
    assert look(store, ops={"stale_source_minutes": 30}).healthy


def test_a_wrong_key_is_told_with_what_to_do(store: Store) -> None:
    pulled(store)
    with store.write() as tx:
        cursors.source_failed(tx, "x", "misconfigured", "X rejects X_BEARER_TOKEN: renew it.", None, NOW)
    told = look(store)
    assert source_of(told).state == "misconfigured" and not told.healthy
    assert "X_BEARER_TOKEN" in told.problems[0] and "Correct" in source_of(told).remedy


def test_a_busy_platform_is_no_problem_yet(store: Store) -> None:
    pulled(store, minutes_ago=3)
    later = NOW + timedelta(minutes=5)
    with store.write() as tx:
        for _ in range(2):
            cursors.source_failed(tx, "x", "retry_later", "X says that we ask too often (429).", later, NOW)
    told = look(store)
    assert told.healthy
    source = source_of(told)
    assert (source.state, source.failures, source.not_before) == ("retrying", 2, later)


def test_a_silent_source_is_told_apart_by_whether_anything_still_tries_to_hear_it(store: Store) -> None:
    pulled(store, minutes_ago=60)
    with store.write() as tx:
        cursors.source_failed(tx, "x", "retry_later", "X is in trouble (503).", None, NOW - timedelta(minutes=1))
    assert "tries again by itself" in source_of(look(store)).remedy
    later = status(store, settings(), NOW + timedelta(hours=1))
    assert "sunwai serve" in source_of(later).remedy, "the last try is an hour ago: nothing runs"


def test_a_spent_budget_names_the_setting_that_raises_it(store: Store) -> None:
    pulled(store)
    with store.write() as tx:
        spend.record(tx, "x", [Charge("post", str(n), 5000) for n in range(200)], NOW)
        spend.record(tx, "x", [Charge("post", "old", 9_000_000)], NOW - timedelta(days=40))
        health.raise_alarm(tx, "budget:x:month", "Source x has spent its budget", NOW)
    source = source_of(look(store, sources={"x": {"budget_usd_per_month": 1.0, "budget_usd_per_day": 2.0}}))
    assert (source.state, source.spent_today, source.spent_this_month) == ("budget_spent", 1.0, 1.0)
    assert "sources.x.budget_usd_per_month" in source.remedy
    assert look(store, sources={"x": {"budget_usd_per_month": 1.5}}).problems == ("Source x has spent its budget.",)


def test_a_disabled_source_and_one_that_left_the_settings_are_off(store: Store) -> None:
    pulled(store, minutes_ago=600)
    pulled(store, minutes_ago=600, name="gone")
    told = look(store, sources={"x": {"enabled": False}})
    assert [(source.name, source.state) for source in told.sources] == [("x", "off"), ("gone", "off")]
    assert told.healthy


def test_an_unfinished_answer_shows_both_ends(store: Store) -> None:
    pulled(store)
    with store.write() as tx:
        half = Cursor("10", NOW, "90", NOW, "50")
        mentions.save_page(tx, "x", "brand", Page(half, gaps=[Gap("7-day window", None, NOW)]), NOW)
        mentions.save_page(tx, "x", "own", Page(Cursor("10", NOW)), NOW)
    told = look(store)
    brand, own = source_of(told).streams
    assert (brand.unfinished, brand.floor, brand.resume, brand.ceiling) == (True, "10", "50", "90")
    assert not own.unfinished
    assert (source_of(told).gaps, told.gaps[0].reason) == (1, "7-day window")


def test_messages_that_failed_are_a_problem_and_those_that_wait_are_not(store: Store) -> None:
    pulled(store)
    with store.write() as tx:
        outbox.put(tx, [outbox.Message("slack_card", "#a", key) for key in ("1", "2")])
        (first,) = outbox.claim(tx, ["slack_card"], 1, 60)
        outbox.failed(tx, first, "channel_not_found")
        health.raise_alarm(tx, "outbox:failed", "Messages could not be sent", NOW)
    told = look(store)
    assert told.problems == ("1 message to Slack could not be sent.",), "and its alarm is not told twice"
    assert (told.queues.outbox_waiting, told.queues.outbox_failed) == (1, 1)


def test_an_alarm_is_a_problem_until_it_is_over(store: Store) -> None:
    pulled(store)
    with store.write() as tx:
        health.raise_alarm(tx, "channel:C1", "Slack channel #a cannot be posted to", NOW)
    assert look(store).problems == ("Slack channel #a cannot be posted to.",)
    with store.write() as tx:
        health.clear_alarm(tx, "channel:C1")
    assert look(store).healthy


def test_a_listener_is_missed_only_when_no_other_one_lives(store: Store) -> None:
    pulled(store)
    with store.write() as tx:
        health.beat(tx, "listener:a:1", NOW - timedelta(minutes=9))
    told = look(store)
    assert told.problems == ("No Slack listener is alive: the last sign came 9 min ago.",)
    with store.write() as tx:
        health.beat(tx, "listener:a:2", NOW)
    assert look(store).healthy


def test_the_desk_is_counted_and_late_cases_are_work_not_a_problem(store: Store) -> None:
    pulled(store)
    hear(store, post(1, minutes_ago=5), post(2, minutes_ago=70))
    for p in (post(1, minutes_ago=5), post(2, minutes_ago=70)):
        judge(store, p)
    told = look(store)
    desk = told.desk
    assert (desk.open, desk.unowned, desk.late, desk.by_priority) == (2, 2, 1, {"P2": 2})
    assert told.healthy and source_of(told).heard == 2


def test_it_becomes_json(store: Store) -> None:
    pulled(store, minutes_ago=1)
    told = json.loads(json.dumps(look(store).as_json()))
    assert told["healthy"] is True and told["sources"][0]["lag_seconds"] == 60
    assert told["at"] == "2026-11-21T12:00:00Z"


def test_the_terminal_shows_it_without_taking_a_platforms_words_for_markup(store: Store) -> None:
    pulled(store)
    with store.write() as tx:
        cursors.source_failed(tx, "x", "misconfigured", "[red]odd[/] [/nonsense] \x1b[31m words", None, NOW)
        health.beat(tx, "listener:[/a]:1", NOW)
        mentions.save_page(tx, "x", "b", Page(Cursor("1", NOW, "9", NOW, "5"), gaps=[Gap("[b]7-day[/b]")]), NOW)
    out = StringIO()
    Console(file=out, width=200).print(render(look(store, sources={"x": {}, "[b]": {}})))
    shown = out.getvalue()
    for said in ("Not healthy", "[red]odd[/] [/nonsense]", "reading back", "listener:[/a]:1", "[b]7-day[/b]", "0 open"):
        assert said in shown, said
    assert "\x1b" not in shown


def test_a_terminal_without_sources_is_told_to_add_one(store: Store) -> None:
    out = StringIO()
    Console(file=out, width=120).print(render(look(store, sources={})))
    assert "add a [sources.NAME] table" in out.getvalue()


def test_spans_are_said_as_people_say_them() -> None:
    said = [span(seconds) for seconds in (0, 45, 89.4, 90, 3600, 5400, 86_400, 172_800, 864_000, -600)]
    assert said == ["0 s", "45 s", "89 s", "2 min", "60 min", "2 h", "24 h", "2 days", "10 days", "10 min"]
