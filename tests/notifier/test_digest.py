"""The daily digest: what rang nobody reaches who can act, once a day, and what is erased is quoted no more."""

import json
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import event, select, update

from app.housekeeping import housekeeping
from core.assessment import Priority, Topic, Urgency
from core.digest import Digest, Example
from core.mention import Author, BrandQuery, Cursor, Heard, Mention, Metrics, Page
from core.settings import Settings, parse
from core.store import Store, assessments, digests, erasure, likenesses, mentions, outbox, schema
from core.store.digests import Wanted
from notifier import digests as drawing
from notifier.deliver import deliver
from notifier.digest import digest, would_tell
from notifier.slack_client import Posted, Slack
from tests.notifier import made
from tests.notifier.rung import hurry
from tests.notifier.timed import rows
from tests.sandbox.slack_desk import Desk, words_of

NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
NOON = NINE - timedelta(hours=21)
"""Of the day before, which the digest is of."""
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KEY = "digest:2026-11-20:ideas"
QUERY = BrandQuery("northwind", "brand", ("northwind",))
IDEAS = {"channel": "#triage", "digest_topics": ["feedback", "praise"]}


def team(departments: dict[str, Any] | None = None, **more: Any) -> Settings:
    brand = {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}
    tables = {"brands": {"northwind": brand}, "departments": departments or {"ideas": IDEAS}}
    return parse(tables | {"slack": {"timeout_seconds": 1.0}} | more)


def post(number: int, text: str = "", at: datetime = NOON, **more: Any) -> Mention:
    values: dict[str, Any] = {
        "author": Author("x", f"a{number}", f"user{number}", f"User {number}", followers=100),
        "text": text or f"northwind should sell number {number}",
        "created_at": at,
        "url": f"https://x.example/{number}",
    }
    return made.mention(external_id=str(number), **(values | more))


def hear(
    store: Store,
    *posts: Mention,
    topic: Topic = "feedback",
    priority: Priority = Priority.P4,
    at: datetime | None = None,
    own: Sequence[str] = (),
    query: BrandQuery = QUERY,
) -> None:
    """Store posts as they are heard and judged; `at` their own time unless one is named."""
    for moment in sorted({at or one.created_at for one in posts}):
        some = [one for one in posts if (at or one.created_at) == moment]
        page = Page(Cursor(floor="1", floor_at=moment), tuple(Heard(one, (query,), {}) for one in some))
        judged = made.assessment(urgency=Urgency(priority, 0.1), department=topic)
        with store.write() as tx:
            mentions.save_page(tx, "x", "brand", page, moment, own_accounts=own)
            waiting = assessments.to_assess(tx, len(some))
            assessments.save(tx, [(w, _of(judged, w)) for w in waiting])
            assessments.mark_triaged(tx, assessments.to_triage(tx, len(some)))


def _of(judged: Any, waiting: Any) -> Any:
    return msgspec.structs.replace(judged, mention_id=waiting.mention.id, brand=waiting.brand)


def told(store: Store) -> list[Any]:
    return [
        row for row in rows(store, "slack_post") if row.status == "waiting" or row.sent_ref != "nothing to tell yet"
    ]


def counts(row: Any) -> dict[str, int]:
    return {topic: count for topic, count in row.data["counts"].items() if count}


def quoted(row: Any) -> list[tuple[str, int]]:
    return [(found["mention_id"], found["alike"]) for found in row.data["posts"]]


def send(store: Store, slack: Slack, settings: Settings, rounds: int = 6) -> None:
    for _ in range(rounds):
        deliver(store, slack, settings, NINE, settle_seconds=0.01)
        with store.read() as tx:
            if outbox.sizes(tx)["waiting"] == 0:
                return
        hurry(store)
    raise AssertionError(rows(store, "slack_post", "slack_unsay"))


# When ----------------------------------------------------------------------------------------------------------------


def test_each_team_is_told_once_a_day_when_its_hour_has_come(store: Store) -> None:
    settings = team({"ideas": IDEAS, "cheer": {"channel": "#cheer", "digest_topics": ["praise"]}, **CARE})
    hear(store, post(1), post(2))
    hear(store, post(3), topic="praise")
    assert digest(store, settings, NINE) == {"told": 2, "announced": 0}
    for minutes in (0, 1, 60, 14 * 60):
        assert digest(store, settings, NINE + timedelta(minutes=minutes))["told"] == 0
    ideas, cheer = told(store)
    assert (ideas.channel, ideas.dedupe_key, counts(ideas)) == ("#triage", KEY, {"feedback": 2, "praise": 1})
    assert (cheer.channel, cheer.dedupe_key, counts(cheer)) == ("#cheer", "digest:2026-11-20:cheer", {"praise": 1})
    assert digest(store, settings, NINE + DAY)["told"] == 2


CARE = {"care": {"channel": "#care", "topics": ["billing"]}}


def test_before_its_hour_the_day_before_is_told_and_the_last_one_is_not(store: Store) -> None:
    hear(store, post(1, at=NOON - DAY))
    digest(store, team(), NINE - timedelta(seconds=1))
    digest(store, team(), NINE)
    assert [row.dedupe_key for row in told(store)] == ["digest:2026-11-19:ideas", KEY]


def test_hour_and_day_are_those_of_the_zone(store: Store) -> None:
    settings = team(digest={"hour": 8, "zone": "Asia/Kolkata"})
    start = datetime(2026, 11, 19, 18, 30, tzinfo=UTC)  # midnight in Kolkata
    inside = [post(1, at=start), post(2, at=start + DAY - timedelta(seconds=1))]
    hear(store, *inside, post(3, at=start - timedelta(seconds=1)), post(4, at=start + DAY))
    digest(store, settings, datetime(2026, 11, 21, 2, 30, tzinfo=UTC))
    (row,) = told(store)
    assert (row.dedupe_key, counts(row)) == (KEY, {"feedback": 2})
    assert {mention for mention, _ in quoted(row)} == {"x:1", "x:2"}


def test_run_many_times_at_once_it_tells_once(store: Store) -> None:
    hear(store, *(post(number) for number in range(20)))
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda _: digest(store, team(), NINE), range(6)))
    assert sum(one["told"] for one in done) == 1
    assert len(told(store)) == 1


def test_days_that_were_missed_are_told_and_a_new_team_hears_of_the_last_alone(store: Store) -> None:
    for n in range(10):
        hear(store, post(n, at=NOON - n * DAY))
    digest(store, team(), NINE - 3 * DAY)
    assert len(told(store)) == 1
    settings = team({"ideas": IDEAS, "cheer": {"channel": "#cheer", "digest_topics": ["feedback"]}})
    assert digest(store, settings, NINE)["told"] == 4
    keys = ["digest:2026-11-17:ideas", "digest:2026-11-18:ideas", "digest:2026-11-19:ideas", KEY]
    assert [row.dedupe_key for row in told(store)] == [*keys, "digest:2026-11-20:cheer"]
    assert all(counts(row) == {"feedback": 1} for row in told(store))
    digest(store, settings, NINE + 30 * DAY)
    assert len(told(store)) == 7, "after a month nobody reads thirty digests"


# What ----------------------------------------------------------------------------------------------------------------


def test_it_counts_what_rang_nobody_and_is_news(store: Store) -> None:
    hear(store, post(1))
    hear(store, post(2), priority=Priority.P3)
    hear(store, post(3), priority=Priority.P2)
    hear(store, post(4), priority=Priority.P1)
    hear(store, post(5), topic="delivery")
    hear(store, post(6, author=Author("x", "us", "northwind")), own=["x:@northwind"])
    hear(store, post(7, kind="repost", text="", quoted_text="northwind is fine"))
    hear(store, post(8, at=NOON - 30 * DAY), at=NOON)  # a first pull's history
    hear(store, post(9, at=NOON - DAY), at=NOON)  # shown late by its platform
    hear(store, post(10), query=BrandQuery("elsewhere", "brand", ("elsewhere",)))
    hear(store, post(13))
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:13"], "deleted_by_author", NOON)
        unjudged = Page(Cursor(floor="1", floor_at=NOON), (Heard(post(11), (QUERY,), {}),))
        mentions.save_page(tx, "x", "brand", unjudged, NOON)
    digest(store, team(), NINE)
    (row,) = told(store)
    assert counts(row) == {"feedback": 3}
    assert {mention for mention, _ in quoted(row)} == {"x:1", "x:2", "x:9"}


def test_examples_are_the_loudest_by_reach_and_by_how_many_said_nearly_the_same(store: Store) -> None:
    star = Author("x", "star", "star", "A Star", followers=2_000_000)
    hear(store, *(post(number) for number in range(30)))
    hear(store, post(50, author=star), post(51, metrics=Metrics(views=90_000)))
    with store.write() as tx:
        likenesses.put(tx, {("x:7", "northwind"): (NOON, tuple(range(10)))}, [])
        likenesses.put(tx, {("x:8", "northwind"): (NOON, (0, *range(20, 29)))}, [])
        likenesses.echoed(tx, {("x:7", "northwind"): (NOON, 9), ("x:8", "northwind"): (NOON, 2)})
    digest(store, team(), NINE)
    (row,) = told(store)
    assert counts(row) == {"feedback": 32}
    assert quoted(row) == [("x:7", 11), ("x:50", 0), ("x:51", 0)]


def test_packaging_complaints_go_to_whoever_packs(store: Store) -> None:
    packers = {
        "channel": "#packers",
        "digest_topics": ["product_quality", "feedback"],
        "digest_keywords": ["packaging", "ambalaj", "डिब्बा", "dabba"],
    }
    texts = [
        "so much Packaging!",
        "Ambalaj yırtıktı",
        "डिब्बा फटा था",
        "dabba phata hua tha",
        "repackaging",
        "डिब्बाबंद",
        "the lid",
    ]
    hear(store, *(post(n, f"northwind {text}") for n, text in enumerate(texts)), topic="product_quality")
    hear(store, post(20, "", title="Northwind packaging", kind="article", at=NOON - DAY))
    hear(store, post(21, "northwind packaging", at=NOON), topic="delivery")
    digest(store, team({"packers": packers}), NINE)
    (row,) = told(store)
    assert counts(row) == {"product_quality": 4}
    assert {mention for mention, _ in quoted(row)} <= {"x:0", "x:1", "x:2", "x:3"}
    assert (row.data["before"], row.data["days"]) == ({"product_quality": 0, "feedback": 1}, 1)


def test_a_day_before_anything_was_listened_to_has_no_digest(store: Store) -> None:
    assert digest(store, team(), NINE)["told"] == 0
    hear(store, post(1, at=NOON + DAY))
    assert digest(store, team(), NINE)["told"] == 0
    assert digest(store, team(), NINE + DAY)["told"] == 1
    (row,) = told(store)
    assert (row.data["day"], counts(row)) == ("2026-11-21", {"feedback": 1})


def test_a_quiet_day_is_one_line(store: Store, desk: Desk, slack: Slack) -> None:
    hear(store, post(1), topic="delivery", priority=Priority.P2)
    digest(store, team(), NINE)
    send(store, slack, team())
    (message,) = desk.messages("#triage")
    said = "📰 Digest · ideas · Friday 20 November: a quiet day, nothing on feedback or praise."
    assert message["text"] == said
    assert words_of(message) == said


def test_what_is_new_is_told_against_the_week_before_as_far_as_it_was_heard(store: Store) -> None:
    hear(store, *(post(100 + n, at=NOON - (1 + n % 7) * DAY) for n in range(14)))
    hear(store, post(90, at=NOON - 8 * DAY))
    hear(store, *(post(n) for n in range(6)))
    hear(store, post(50), topic="praise")
    digest(store, team(), NINE)
    (row,) = told(store)
    assert (row.data["before"], row.data["days"]) == ({"feedback": 14, "praise": 0}, 7)
    lines = words_of(drawing.digest(Digest.of_data(row.data), {}, {})).splitlines()
    assert lines[1] == "*7 posts* that rang nobody (the week before: 2 a day)"
    assert lines[2] == "🆕 Feedback: 3 times as many as usual; Praise: none in the week before"
    assert "*Feedback* · 6 posts (the week before: 2 a day)" in lines


def test_where_nothing_was_listened_to_before_nothing_is_compared(store: Store) -> None:
    hear(store, *(post(n) for n in range(6)))
    digest(store, team(), NINE)
    (row,) = told(store)
    assert row.data["days"] == 0
    said = words_of(drawing.digest(Digest.of_data(row.data), {}, {}))
    assert "🆕" not in said
    assert "before" not in said


# In Slack ------------------------------------------------------------------------------------------------------------

HOSTILE = "<!channel> <@U0ASHA> *bold* `code` ~x~ </script> & \u202etxet desrever https://evil.example|here> xylophone"


def test_strangers_words_are_escaped_and_lie_nowhere_but_in_their_own_rows(
    store: Store, desk: Desk, slack: Slack
) -> None:
    name = Author("x", "a1", "<!here>", "<!everyone> *Xylophone*", followers=5)
    hear(
        store, post(1, HOSTILE, author=name, url="https://x.example/1|<!channel>"), post(2, "\u202e" * 9 + "A" * 9_000)
    )
    settings = team()
    digest(store, settings, NINE)
    (row,) = told(store)
    assert "xylophone" not in json.dumps(row.data).lower()
    assert set(row.data) == {"what", "team", "day", "counts", "before", "days", "posts", "event_type"}
    send(store, slack, settings)
    (message,) = desk.messages("#triage")
    assert message["metadata"] == {"event_type": "sunwai_digest", "event_payload": {"id": KEY}}
    shown = json.dumps(message, ensure_ascii=False)
    assert "xylophone" in shown
    assert not re.search(r"<!(channel|here|everyone)|<@U0ASHA>|\u202e|\*bold", shown)
    assert "&lt;!channel&gt;" in shown
    assert "<https://x.example/1%7C%3C%21channel%3E|" in shown or "<https://x.example/1%7C%3C!channel%3E|" in shown


def test_a_post_erased_before_the_digest_is_sent_is_not_in_it(store: Store, desk: Desk, slack: Slack) -> None:
    hear(store, post(1, "northwind xylophone"), post(2, "northwind trumpet"))
    digest(store, team(), NINE)
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NINE)
    send(store, slack, team())
    (message,) = desk.messages("#triage")
    assert "xylophone" not in repr(message)
    assert "trumpet" in repr(message)
    assert "1 post that stood here was erased" in words_of(message)


def test_a_team_reads_its_digest_in_its_own_language_also_when_it_is_drawn_anew(
    store: Store, desk: Desk, slack: Slack
) -> None:
    settings = team({"ideas": IDEAS | {"language": "tr"}}, marketing={"language": "hi"})
    hear(store, post(1), post(2))
    digest(store, settings, NINE)
    send(store, slack, settings)
    (message,) = desk.messages("#triage")
    words = words_of(message)
    assert "Özet · ideas · 20 Kasım Cuma" in words and "2 gönderi" in words and "post" not in words
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NINE)
    send(store, slack, settings)
    (message,) = desk.messages("#triage")
    assert "Burada duran 1 gönderi silindi" in words_of(message)
    (shown,) = would_tell(store, team({"ideas": IDEAS}, marketing={"language": "hi"}), NINE)
    assert "सारांश · ideas" in shown["message"]["text"]


def test_a_post_erased_later_is_taken_out_of_the_digest_and_of_no_other(store: Store, desk: Desk, slack: Slack) -> None:
    settings = team({"ideas": IDEAS, "safety": {"channel": "#safety", "digest_topics": ["praise"]}})
    hear(store, post(1, "northwind xylophone"), post(2, "northwind trumpet"))
    hear(store, post(3, "northwind violin"), topic="praise")
    hear(store, post(4, "northwind xylophone, yesterday", at=NOON - DAY))
    digest(store, settings, NINE - DAY)
    digest(store, settings, NINE)
    send(store, slack, settings)
    assert repr(desk.messages("#triage")).count("xylophone") == 2
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NINE + 80 * DAY)
    assert [row.data["key"] for row in rows(store, "slack_unsay")] == [KEY]
    send(store, slack, settings)
    earlier, message = desk.messages("#triage")
    assert "xylophone, yesterday" in repr(earlier)
    assert "xylophone" not in repr(message)
    assert "trumpet" in repr(message)
    assert message["metadata"]["event_payload"] == {"id": KEY}
    assert len(desk.messages("#safety")) == 2
    with store.write() as tx:
        erasure.forget_author(tx, "x:a2", NINE)
        erasure.forget_author(tx, "x:a4", NINE)
    send(store, slack, settings)
    left = repr(desk.messages("#triage"))
    assert not re.search("xylophone|trumpet|User 2|User 4", left)
    assert "2 posts that stood here were erased" in left
    assert "violin" in repr(desk.messages("#safety"))


def test_an_old_digest_is_drawn_anew_too_though_housekeeping_drops_what_was_sent(
    store: Store, desk: Desk, slack: Slack
) -> None:
    settings = team()
    hear(store, post(1, "northwind xylophone"))
    digest(store, settings, NINE)
    send(store, slack, settings)
    with store.write() as tx:
        tx.execute(update(schema.outbox).values(sent_at=NINE))
    housekeeping(store, settings, NINE + 400 * DAY)
    with store.write() as tx:
        erasure.forget_author(tx, "x:a1", NINE + 400 * DAY)
    send(store, slack, settings)
    assert "xylophone" not in repr(desk.messages("#triage"))


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "UTC"])
def test_every_post_of_a_day_finds_its_digest_wherever_the_team_is(store: Store, zone: str) -> None:
    settings = team(digest={"hour": 0, "zone": zone})
    at = datetime(2026, 11, 18, 0, 30, tzinfo=UTC)
    hours = [post(n, at=at + n * 3 * HOUR) for n in range(16)]
    for one in hours:
        hear(store, one)
    for n in range(5):
        digest(store, settings, at + n * DAY)
    in_digests = {m for row in told(store) for m, _ in quoted(row)}
    assert len(in_digests) > 5
    for mention in in_digests:
        with store.write() as tx:
            assert digests.redraw(tx, [mention], f"test-{mention}") == 1
    with store.write() as tx:
        assert digests.redraw(tx, ["x:nobody"], "test") == 0


def test_erased_while_it_is_being_sent_it_is_drawn_anew_afterwards(store: Store, desk: Desk, slack: Slack) -> None:
    hear(store, post(1, "northwind xylophone"))
    digest(store, team(), NINE)

    def erase(_: Any) -> None:
        store.run(lambda tx: erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NINE))

    deliver(store, slack, team(), NINE, before_commit=erase)
    assert "xylophone" in repr(desk.messages("#triage"))
    send(store, slack, team())
    assert "xylophone" not in repr(desk.messages("#triage"))
    assert len(desk.messages("#triage")) == 1


def test_a_post_that_is_being_erased_while_its_digest_is_written_is_not_in_it(store: Store) -> None:
    hear(store, post(1, "northwind xylophone"), post(2, "northwind trumpet"))
    with ThreadPoolExecutor(1) as pool:
        with store.write() as tx:
            erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NINE)
            writing = pool.submit(digest, store, team(), NINE)
            time.sleep(0.3)
            assert not writing.done(), "it must wait: the erasure has looked for digests already"
        assert writing.result(30)["told"] == 1
    (row,) = told(store)
    assert quoted(row) == [("x:2", 0)]


def test_a_slow_drawing_does_not_bring_back_what_was_erased_meanwhile(store: Store, desk: Desk, slack: Slack) -> None:
    hear(store, post(1, "northwind xylophone"), post(2, "northwind trumpet"))
    digest(store, team(), NINE)
    send(store, slack, team())
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NINE)

    class Slow(Slack):
        """Its first change of a message takes effect after another post was erased, and drawn over by somebody else."""

        slept = False

        def update(self, at: Posted, message: dict[str, Any]) -> bool:
            if not self.slept:
                self.slept = True
                store.run(lambda tx: erasure.erase_mentions(tx, ["x:2"], "deleted_by_author", NINE))
            return super().update(at, message)

    hurry(store)
    assert deliver(store, Slow(slack.client), team(), NINE, limit=1)["sent"] == 1
    assert "trumpet" not in repr(desk.messages("#triage"))


def test_a_digest_that_nobody_can_see_any_more_is_no_trouble(store: Store, desk: Desk, slack: Slack) -> None:
    hear(store, post(1, "northwind xylophone"))
    digest(store, team(), NINE)
    send(store, slack, team())
    (message,) = desk.messages("#triage")
    slack.delete(Posted(desk.state.channel("#triage").id, message["ts"]))
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NINE)
    send(store, slack, team())
    assert [row.sent_ref for row in rows(store, "slack_unsay")] == ["digest deleted"]


def test_after_a_crash_between_slack_and_commit_it_is_posted_once(store: Store, desk: Desk, slack: Slack) -> None:
    hear(store, post(1))
    digest(store, team(), NINE)

    def crash(_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(store, slack, team(), NINE, before_commit=crash)
    hurry(store)
    send(store, slack, team())
    assert len(desk.messages("#triage")) == 1


def test_two_brands_are_told_apart(store: Store, desk: Desk, slack: Slack) -> None:
    brands = {k: {"name": k.title(), "queries": [{"name": "brand", "any_of": [k]}]} for k in ("northwind", "contoso")}
    settings = team(brands=brands)
    hear(store, post(1))
    hear(store, post(2), query=BrandQuery("contoso", "brand", ("contoso",)))
    digest(store, settings, NINE)
    send(store, slack, settings)
    said = words_of(desk.messages("#triage"))
    assert "|User 1> · X · Northwind · 100 followers" in said
    assert "|User 2> · X · Contoso · 100 followers" in said


def test_what_is_said_of_a_competitor_is_in_no_teams_digest(store: Store) -> None:
    brands = {k: {"name": k.title(), "queries": [{"name": "brand", "any_of": [k]}]} for k in ("northwind", "contoso")}
    settings = team(brands={**brands, "contoso": {**brands["contoso"], "competitor": True}})
    hear(store, post(1))
    hear(store, post(2), query=BrandQuery("contoso", "brand", ("contoso",)))
    digest(store, settings, NINE)
    assert [counts(row) for row in told(store)] == [{"feedback": 1}]


# How much ------------------------------------------------------------------------------------------------------------


def test_ten_thousand_posts_a_day_are_read_by_an_index_and_told_in_a_moment(store: Store) -> None:
    hear(store, *(post(n, f"northwind wish number {n}, and packaging {n % 7}") for n in range(10_000)), at=NOON)
    with store.write() as tx:
        prints = {(f"x:{n}", "northwind"): (NOON, tuple(range(10 * n, 10 * n + 10))) for n in range(0, 10_000, 4)}
        likenesses.put(tx, prints, [])
    packing = {"channel": "#p", "digest_topics": ["feedback"], "digest_keywords": ["packaging 3", "ambalaj"]}
    settings = team({"ideas": IDEAS, "packers": packing})
    began = time.monotonic()
    assert digest(store, settings, NINE)["told"] == 2
    assert time.monotonic() - began < 5
    ideas, packers = told(store)
    assert counts(ideas) == {"feedback": 10_000}
    assert counts(packers) == {"feedback": sum(n % 7 == 3 for n in range(10_000))}
    assert [len(quoted(row)) for row in (ideas, packers)] == [3, 3]
    with store.write() as tx:
        tx.exec_driver_sql("ANALYZE")
    later = Wanted(("northwind",), ("feedback",), ("packaging",))
    for line in _plans(store, later):
        assert not re.match("SCAN", line), line
        assert "Seq Scan" not in line, line


def _plans(store: Store, wanted: Wanted) -> list[str]:
    """How the database would read an hour in which little was heard."""
    ran: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        ran.append((statement, parameters))

    span = (NOON + HOUR, NOON + 2 * HOUR)
    with store.read() as tx:
        event.listen(store.engine, "before_cursor_execute", note)
        digests.count(tx, wanted, *span)
        digests.count(tx, Wanted(wanted.brands, wanted.topics), *span)
        digests.loudest(tx, wanted, *span)
        digests.heard_since(tx, wanted.brands)
        event.remove(store.engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN" if store.is_sqlite else "EXPLAIN"
    with store.read() as tx:
        return [str(r[-1]) for sql, values in ran for r in tx.exec_driver_sql(f"{explain} {sql}", values)]


# Guidelines ----------------------------------------------------------------------------------------------------------


def guided(version: int, text: str = "Offer a refund of up to 20 <b>.") -> Settings:
    return team({"ideas": IDEAS | {"guideline": {"version": version, "text": text}}, **CARE})


def announced(store: Store) -> list[tuple[str, str]]:
    return [(row.dedupe_key, row.data["text"]) for row in told(store) if row.dedupe_key.startswith("guideline")]


def test_a_guideline_is_announced_once_when_its_version_rises_and_not_at_first(
    store: Store, desk: Desk, slack: Slack
) -> None:
    for _ in range(2):
        assert digest(store, guided(3), NINE)["announced"] == 0
    assert digest(store, guided(3, "Something else."), NINE)["announced"] == 0, "the version did not rise"
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: digest(store, guided(5), NINE), range(4)))
    assert sum(one["announced"] for one in done) == 1
    assert digest(store, guided(2), NINE)["announced"] == 0
    assert digest(store, guided(5), NINE + DAY)["announced"] == 0
    assert announced(store) == [("guideline:ideas:5", "📘 The guideline of ideas has changed: version 5")]
    send(store, slack, guided(5))
    (message,) = [m for m in desk.messages("#triage") if m["metadata"]["event_type"] == "sunwai_guideline"]
    assert "Offer a refund of up to 20 &lt;b&gt;." in repr(message)
    with store.write() as tx:
        tx.execute(update(schema.outbox).values(sent_at=NINE))
    housekeeping(store, guided(5), NINE + 400 * DAY)
    assert digest(store, guided(5), NINE + 400 * DAY)["announced"] == 0
    assert digest(store, guided(6, ""), NINE + 400 * DAY)["announced"] == 1


def test_the_first_version_is_remembered_and_never_sent(store: Store, desk: Desk, slack: Slack) -> None:
    digest(store, guided(1), NINE)
    send(store, slack, guided(1))
    with store.read() as tx:
        kept = tx.execute(select(schema.outbox).where(schema.outbox.c.dedupe_key == "guideline_met:ideas")).one()
    assert (kept.status, kept.sent_ref, kept.data["version"]) == ("sent", "nothing to tell yet", 1)
    assert desk.messages("#triage") == []


# Looking first -------------------------------------------------------------------------------------------------------


def test_a_dry_run_shows_yesterday_whatever_was_told_and_changes_nothing(store: Store) -> None:
    hear(store, post(1, "northwind xylophone"))
    for _ in range(2):
        (row,) = would_tell(store, team(), NINE - 8 * HOUR)
        assert (row["team"], row["channel"], row["day"]) == ("ideas", "#triage", "2026-11-20")
        assert "xylophone" in words_of(row["message"])
        assert rows(store, "slack_post") == []
    digest(store, team(), NINE)
    assert would_tell(store, team(), NINE)[0] == row


# Drawing -------------------------------------------------------------------------------------------------------------

TOPICS: list[Topic] = ["feedback", "praise", "billing", "delivery", "safety", "legal", "privacy_security", "sales_lead"]
TOPICS += ["product_quality", "outage_technical", "spam_irrelevant"]
words = st.sampled_from(
    [HOSTILE, "", "&" * 4_000, "\u202e\u2066", "a\n" * 50, "مرحبا <b>", "z\u0301" * 500, "👩‍👩‍👧" * 200]
)


@given(
    st.dictionaries(st.sampled_from(TOPICS), st.integers(0, 10**7), min_size=1),
    st.integers(0, 7),
    st.lists(st.tuples(words, words, words, st.integers(0, 10**6)), min_size=33, max_size=33),
    words,
)
@hypothesis_settings(deadline=None, max_examples=60)
def test_a_digest_stays_within_slacks_limits_and_pings_nobody(
    counted: dict[str, int], days: int, some: list[tuple[str, str, str, int]], name: str
) -> None:
    topics = list(counted)
    examples = [
        Example(topics[n // 3], f"x:{n}", "northwind", alike) for n, (*_, alike) in enumerate(some[: 3 * len(topics)])
    ]
    said = {
        f"x:{n}": replace(post(n, author=Author("x", str(n), who, who), url=f"https://x.example/{url}"), text=text)
        for n, (text, who, url, _) in enumerate(some)
    }
    made_up = Digest(
        name or "ideas", date(2026, 11, 20), counted, dict.fromkeys(counted, 9 * days), days, tuple(examples)
    )
    drawn = drawing.digest(made_up, said, {"northwind": name, "other": "Other"})
    assert 1 <= len(drawn["blocks"]) <= 50
    for block in drawn["blocks"]:
        text = block["text"]["text"] if "text" in block else block["elements"][0]["text"]
        assert 0 < len(text) <= (150 if block["type"] == "header" else 3000)
        assert block["type"] == "header" or not re.search(r"<!(channel|here|everyone)|<@U", text)
    assert not re.search(r"<!(channel|here|everyone)|<@U", drawn["text"])
