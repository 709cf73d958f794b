"""Marketing's reports and alerts in Slack: with their charts, once whatever crashes, and without what was erased."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core import report_words as words
from core.report import Driver, Heard, Image, Number, Report, Voice, day_due, week_due
from core.settings import Settings, parse
from core.store import Store, erasure, outbox, reports, schema
from core.store.outbox import Claimed
from core.tongue import speaking
from notifier.deliver import deliver
from notifier.interactions import Interactions
from notifier.report import report_message, report_of
from notifier.roles import Roles
from notifier.slack_client import Slack
from sandbox.slack.people import TEAM
from tests.notifier.rung import hurry
from tests.notifier.test_digest import hear, post
from tests.sandbox.slack_desk import Desk, words_of

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # a Monday
SUNDAY = date(2026, 11, 22)
PNG = b"\x89PNG\r\n\x1a\n" + b"not really, but Slack looks no further" * 4
CHARTS = (Image("volume", "Mentions a day", "Most on 20 Nov", PNG), Image("sentiment", "Net sentiment", "Falling", PNG))


def settings(**marketing: Any) -> Settings:
    return parse(
        {
            "brands": {"northwind": {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}},
            "slack": {"timeout_seconds": 1.0},
            "marketing": {"channel": "#marketing", **marketing},
            "web": {"address": "https://sunwai.example"},
        }
    )


def weekly(**more: Any) -> Report:
    values: dict[str, Any] = {
        "numbers": (
            Number("mentions", 1204, 800, shifted=True, n=1204),
            Number("net_sentiment", -0.31, -0.12, -0.36, -0.26, shifted=True, n=900),
            Number("reach", 120_000, 118_000, n=700),
        ),
        "drivers": (Driver("late delivery & <!channel>", 210, 180, -0.7, -0.11, ("x:1",)),),
        "thank": (Voice("x:2", 12_300, 4),),
        "win_back": (Voice("x:3", 900, 3, case=7, answered=False),),
        "heard": (Heard("delivery", 210, 30, True, -0.7),),
    }
    return Report("weekly", "marketing", "northwind", SUNDAY, 7, **(values | more))


def alert(**more: Any) -> Report:
    number = Number("net_sentiment", -0.5, -0.1, -0.25, 0.05, shifted=True, n=140)
    return Report(
        "sentiment",
        "marketing",
        "northwind",
        SUNDAY,
        subject="sentiment down",
        numbers=(number,),
        facts={"hours": 3},
        **more,
    )


def said(store: Store) -> None:
    hear(
        store,
        post(1, "late delivery AGAIN <!channel> & still nothing", NOW - timedelta(days=2)),
        post(2, "northwind की बैटरी बहुत अच्छी है 💛", NOW - timedelta(days=2)),
        post(3, "kargo hâlâ gelmedi, son siparişim buydu", NOW - timedelta(days=2)),
    )


def keep(store: Store, made: Report, images: tuple[Image, ...] = CHARTS) -> int:
    with store.write() as tx:
        report_id = reports.put(tx, made, "#marketing", NOW, images)
    assert report_id is not None
    return report_id


def send(store: Store, slack: Slack, rounds: int = 8) -> None:
    for _ in range(rounds):
        deliver(store, slack, settings(), NOW, settle_seconds=0.01)
        with store.read() as tx:
            if outbox.sizes(tx)["waiting"] == 0:
                return
        hurry(store)
    raise AssertionError("something still waits")


def test_a_report_is_posted_with_its_charts_its_reasons_and_its_people(store: Store, slack: Slack, desk: Desk) -> None:
    said(store)
    report_id = keep(store, weekly())
    send(store, slack)
    (message,) = desk.state.messages("marketing")
    assert message["metadata"] == {
        "event_type": "sunwai_report",
        "event_payload": {"id": "report:2026-11-22:weekly:marketing:northwind"},
    }
    pictures = [block for block in message["blocks"] if block["type"] == "image"]
    assert [block["alt_text"] for block in pictures] == ["Mentions a day. Most on 20 Nov", "Net sentiment. Falling"]
    files = desk.state.files.known
    assert [files[block["slack_file"]["id"]].content for block in pictures] == [PNG, PNG]
    text = words_of(message)
    assert "Weekly report · Northwind · 16 to 22 November" in text
    assert "*Net sentiment −0.31 (−0.36 to −0.26)*: down from −0.12 the week before" in text
    assert "no clear change (118,000 the week before)" in text
    assert "Late delivery &amp; &lt;!channel&gt;" in text
    assert "> northwind की बैटरी बहुत अच्छी है 💛" in text
    assert "12,300 followers · by 4 posts" in text
    assert "not answered yet · case 7" in text
    assert "• Delivery: 210 mentions, up from 30" in text
    assert "<!channel>" not in json.dumps(message["blocks"])
    assert f"https://sunwai.example/reports/{report_id}" in text


def test_a_report_speaks_the_language_of_its_readers(store: Store, slack: Slack, desk: Desk) -> None:
    said(store)
    report_id = keep(store, weekly())
    deliver(store, slack, settings(language="tr"), NOW)
    (message,) = desk.state.messages("marketing")
    text = words_of(message)
    assert "Haftalık rapor · Northwind · 16 – 22 Kasım" in text
    assert "*Net duygu −0,31 (" in text and "−0,36" in text
    assert "> northwind की बैटरी बहुत अच्छी है 💛" in text, "what people said stays theirs"
    assert "henüz yanıtlanmadı · vaka 7" in text
    with store.read() as tx:
        told = reports.get(tx, report_id)
    assert told is not None
    assert words.title(told.report, "Northwind") == "Weekly report · Northwind · 16 to 22 November", "and only theirs"
    team = {"channel": "#care", "topics": ["delivery"], "language": "hi"}
    brands = {"northwind": {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}}
    hindi = parse({"brands": brands, "marketing": {"language": "tr"}, "departments": {"delivery": team}})
    assert (hindi.language_of("marketing"), hindi.language_of("delivery"), hindi.language_of("gone")) == (
        "tr",
        "hi",
        "tr",
    )
    with speaking("hi"):
        assert words.title(told.report, "Northwind") == "साप्ताहिक रिपोर्ट · Northwind · 16 से 22 नवंबर"


def test_the_same_report_is_kept_and_told_once(store: Store) -> None:
    said(store)
    with store.write() as tx:
        assert reports.put(tx, weekly(), "#marketing", NOW) is not None
        assert reports.put(tx, weekly(), "#marketing", NOW + timedelta(minutes=1)) is None
        assert outbox.sizes(tx)["waiting"] == 1


def test_a_crash_between_slack_and_commit_posts_once_and_uploads_no_chart_again(
    store: Store, slack: Slack, desk: Desk
) -> None:
    said(store)
    keep(store, weekly())

    class Died(BaseException):
        pass

    def die(claimed: Claimed) -> None:
        raise Died

    with pytest.raises(Died):
        deliver(store, slack, settings(), NOW, settle_seconds=0.01, before_commit=die)
    hurry(store)
    send(store, slack)
    assert len(desk.state.messages("marketing")) == 1
    assert len(desk.state.files.known) == 2


def test_pictures_that_slack_will_not_show_do_not_hold_a_report_back(store: Store, slack: Slack, desk: Desk) -> None:
    said(store)
    report_id = keep(store, weekly())
    with store.write() as tx:
        for image in CHARTS:
            reports.uploaded(tx, report_id, image.name, "F0GONE")
    send(store, slack)
    (message,) = desk.state.messages("marketing")
    assert [block for block in message["blocks"] if block["type"] == "image"] == []
    assert "Net sentiment −0.31" in words_of(message)


def test_without_the_scope_for_charts_a_report_goes_without_them_and_says_why(
    store: Store, slack: Slack, desk: Desk
) -> None:
    said(store)
    keep(store, weekly())
    desk.state.scopes.discard("files:write")
    send(store, slack)
    (message,) = desk.state.messages("marketing")
    assert "Its charts are missing. SLACK_BOT_TOKEN lacks the scope files:write" in words_of(message)
    assert "Net sentiment −0.31" in words_of(message)


def test_a_quiet_week_is_one_line(store: Store, slack: Slack, desk: Desk) -> None:
    made = Report("weekly", "marketing", "northwind", SUNDAY, 7, numbers=(Number("mentions", 12, 14, n=12),))
    assert made.quiet
    keep(store, made, ())
    send(store, slack)
    (message,) = desk.state.messages("marketing")
    assert message["text"].endswith("A quiet week: 12 mentions, and nothing changed by more than chance.")
    assert [block["type"] for block in message["blocks"]] == ["section", "context"]


def test_what_is_erased_leaves_the_message_and_the_store(store: Store, slack: Slack, desk: Desk) -> None:
    said(store)
    report_id = keep(store, weekly())
    send(store, slack)
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:2"], "deleted_by_author", NOW)
    send(store, slack)
    (message,) = desk.state.messages("marketing")
    assert "बैटरी" not in json.dumps(message, ensure_ascii=False)
    assert "User 2" not in json.dumps(message)
    assert "To thank" not in words_of(message)
    assert "son siparişim buydu" in words_of(message)
    with store.read() as tx:
        told = reports.get(tx, report_id)
        assert told is not None
        assert told.report.thank == ()
        shown = set(tx.scalars(select(schema.report_mentions.c.mention_id)))
    assert shown == {"x:1", "x:3"}


def test_what_is_erased_before_it_is_told_is_not_told(store: Store, slack: Slack, desk: Desk) -> None:
    said(store)
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:2"], "deleted_by_author", NOW)
    keep(store, weekly(), ())
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:3"], "forget", NOW)
    send(store, slack)
    (message,) = desk.state.messages("marketing")
    assert "User 2" not in json.dumps(message)
    assert "User 3" not in json.dumps(message)


def test_a_report_is_read_as_it_was_written() -> None:
    for made in (weekly(), alert()):
        assert Report.of_data(json.loads(json.dumps(made.as_data()))) == made


def test_an_alert_has_buttons_that_name_it_until_it_is_snoozed() -> None:
    drawn = report_message(alert(), 12, {}, "Northwind", dashboard="https://sunwai.example")
    (row,) = [block for block in drawn["blocks"] if block["type"] == "actions"]
    assert [element["action_id"] for element in row["elements"]] == ["snooze_alert_day", "snooze_alert_week"]
    assert [report_of(element["value"]) for element in row["elements"]] == [12, 12]
    assert "The mood has turned · Northwind" in drawn["text"]
    assert "Net sentiment of the last 3 hours is −0.50 (140 posts judged)" in drawn["text"]
    quiet = report_message(alert(), 12, {}, "Northwind", snoozed=(NOW, "U0ASHA"))
    assert "actions" not in [block["type"] for block in quiet["blocks"]]
    assert "<@U0ASHA> wants no more of these until" in json.dumps(quiet, ensure_ascii=False)
    with pytest.raises(ValueError, match="no alert"):
        report_of('{"case": 1}')


def test_a_snooze_keeps_alerts_of_its_kind_and_brand_quiet_until_it_ends(store: Store) -> None:
    report_id = keep(store, alert(), ())
    with store.write() as tx:
        assert not reports.snoozed(tx, "northwind", "sentiment", NOW)
        reports.snooze(tx, report_id, NOW + timedelta(days=1), "U0ASHA")
        assert reports.snoozed(tx, "northwind", "sentiment", NOW + timedelta(hours=23))
        assert not reports.snoozed(tx, "northwind", "sentiment", NOW + timedelta(hours=25))
        assert not reports.snoozed(tx, "northwind", "volume", NOW)
        assert not reports.snoozed(tx, "other", "sentiment", NOW)


def test_days_and_weeks_are_due_at_the_hour_of_the_zone() -> None:
    assert day_due(NOW, "UTC", 9) == SUNDAY
    assert day_due(NOW, "UTC", 10) is None
    assert day_due(NOW, "Europe/Istanbul", 12) == SUNDAY
    assert week_due(NOW, "UTC", 0, 9) == SUNDAY
    assert week_due(NOW, "UTC", 0, 10) == SUNDAY - timedelta(days=7)
    assert week_due(NOW + timedelta(days=6), "UTC", 0, 9) == SUNDAY, "one that was missed is still due"
    assert {week_due(NOW + timedelta(hours=n), "Asia/Kolkata", 1, 0) for n in range(9, 24)} == {SUNDAY}


def test_numbers_read_as_people_write_them() -> None:
    score = Number("promoter_score", -12.4, 0.2, -20.1, -4.0, True, 80)
    assert (words.shown(score, score.value), words.between(score)) == ("−12", "−20 to −4")
    assert words.changed(score, 7) == "down from 0 the week before"
    assert words.changed(replace(score, shifted=False), 1) == "no clear change (0 on a usual day)"
    assert words.changed(replace(score, value=None), 7) == "too few to tell"
    assert words.shown(Number("complaints", 0.043), 0.043) == "4.3%"
    assert words.span(Report("weekly", "marketing", "n", date(2026, 12, 2), 7)) == "26 November to 2 December"


def test_a_press_on_snooze_is_heard_and_shown(store: Store, slack: Slack, desk: Desk) -> None:
    report_id = keep(store, alert(), ())
    send(store, slack)
    (message,) = desk.state.messages("marketing")
    woken: list[bool] = []
    does = Interactions(
        store, slack, settings(), Roles(slack, settings().roles), lambda: woken.append(True), lambda: NOW
    )
    pressed = {"action_id": "snooze_alert_week", "value": json.dumps({"report": report_id, "v": 1})}
    does.pressed(
        {
            "actions": [pressed],
            "user": {"id": "U0ASHA"},
            "team": {"id": TEAM},
            "channel": {"id": "C1"},
            "container": {"message_ts": message["ts"]},
        }
    )
    assert woken
    with store.read() as tx:
        assert reports.snoozed(tx, "northwind", "sentiment", NOW + timedelta(days=6))
    send(store, slack)
    (message,) = desk.state.messages("marketing")
    assert "actions" not in [block["type"] for block in message["blocks"]]
    assert "<@U0ASHA> wants no more of these until" in words_of(message)
