"""Answers go out once, whatever breaks; what a platform does not take comes back to the agent; nothing is said in logs."""

import logging
import os
import random
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from connectors.social.posting import POSTERS, same_words
from core.answer import ANSWERED_BY_API, AnswerStatus
from core.case import CaseEvent, EventKind
from core.settings import Environment
from core.store import Store, cases, erasure, open_store, spend
from core.store.schema import outbox as outbox_rows
from sandbox.server import Sandbox
from tests.connectors.answering import TEXT, Desk, crash, settings
from tests.notifier.rung import hurry

PLATFORMS = ["x", "reddit", "mastodon"]
CREATE = {"x": "x.create", "reddit": "reddit.comment", "mastodon": "mastodon.create"}
MINE = {"x": "x.timeline", "reddit": "reddit.user_comments", "mastodon": "mastodon.own"}


@pytest.fixture
def desk(store: Store, sandbox: Sandbox) -> Desk:
    """On both databases."""
    return Desk(store, sandbox)


@pytest.fixture
def small(small_store: Store, sandbox: Sandbox) -> Desk:
    """For what has nothing to do with the database."""
    return Desk(small_store, sandbox)


def last_event(desk: Desk, case_id: int) -> CaseEvent:
    with desk.store.read() as tx:
        return cases.events(tx, case_id)[-1]


def test_the_same_platforms_are_answered_everywhere() -> None:
    assert set(POSTERS) == ANSWERED_BY_API


# Sent once -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_answer_goes_out_as_the_brand(desk: Desk, platform: str) -> None:
    case, post = desk.ask(platform)
    answer = desk.answer(case)
    assert desk.reply() == {"sent": 1}
    assert desk.is_answered(case, answer, post)
    assert desk.reply() == {}
    event = last_event(desk, case.id)
    assert (event.kind, event.actor, event.data) == (EventKind.ANSWERED, "U1", {"answer": answer.id})
    assert f"answer:{answer.id}:sent" in {row.dedupe_key for row in desk.rows("slack_update")}
    (row,) = desk.rows()
    assert (row.status, row.sent_ref) == ("sent", desk.the(answer).external_id)


def test_a_comment_on_reddit_is_answered_where_it_stands(small: Desk) -> None:
    _, top = small.ask("reddit")
    case, comment = small.ask("reddit", "same here", reply_to=top.id)
    answer = small.answer(case)
    assert small.reply() == {"sent": 1}
    assert small.is_answered(case, answer, comment)


def test_the_most_urgent_goes_first(small: Desk) -> None:
    made = [small.ask("x", f"@northwindhelp {n}") for n in range(3)]
    for case, _ in made:
        small.answer(case, f"Answer {case.id}")
    assert small.reply(limit=2) == {"sent": 2}
    assert [len(small.said(post)) for _, post in made] == [1, 1, 0]


def test_what_an_answer_costs_is_counted_with_its_source(small: Desk) -> None:
    for text in ("plain words", TEXT):
        small.answer(small.ask("x")[0], text)
    small.reply()
    with small.store.read() as tx:
        assert spend.spent(tx, "x_main", "2000-01-01") == 10_000 + 200_000


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_crash_between_the_platform_and_our_commit_answers_once(desk: Desk, platform: str) -> None:
    case, post = desk.ask(platform)
    answer = desk.answer(case)
    with pytest.raises(SystemError):
        desk.reply(before_commit=crash)
    assert desk.the(answer).status is AnswerStatus.TO_SEND
    assert desk.reply() == {}, "the lease of the dead sender still holds"
    hurry(desk.store)
    assert desk.reply() == {"adopted": 1}
    assert desk.is_answered(case, answer, post)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_answer_is_found_among_many_later_ones(small: Desk, platform: str) -> None:
    case, post = small.ask(platform)
    answer = small.answer(case)
    with pytest.raises(SystemError):
        small.reply(before_commit=crash)
    _, elsewhere = small.ask(platform)
    for number in range(250):
        small.sandbox.world.post(platform, small.said(post)[0].author, f"Answer {number}", reply_to=elsewhere.id)
    hurry(small.store)
    assert small.reply() == {"adopted": 1}
    assert small.is_answered(case, answer, post)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_where_it_cannot_be_looked_for_it_is_not_sent_again(small: Desk, platform: str) -> None:
    case, post = small.ask(platform)
    small.answer(case)
    with pytest.raises(SystemError):
        small.reply(before_commit=crash)
    for fault in ("unavailable", "forbidden", "malformed", "not_found"):
        hurry(small.store)
        small.sandbox.faults.add(MINE[platform], fault)
        assert small.reply() == {"later": 1}
    assert len(small.said(post)) == 1
    assert small.until_empty() == {"adopted": 1}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("fault", ["reset_after", "truncated", "cut", "malformed"])
def test_an_answer_whose_receipt_was_lost_is_found(small: Desk, platform: str, fault: str) -> None:
    case, post = small.ask(platform)
    answer = small.answer(case)
    small.sandbox.faults.add(CREATE[platform], fault)
    assert small.reply() == {"later": 1}
    assert len(small.said(post)) == 1
    assert small.until_empty() == {"adopted": 1}
    assert small.is_answered(case, answer, post)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("fault", ["reset_before", "unavailable", "server_error", "rate_limited"])
def test_an_answer_that_did_not_get_through_is_sent_later(small: Desk, platform: str, fault: str) -> None:
    case, post = small.ask(platform)
    answer = small.answer(case)
    small.sandbox.faults.add(CREATE[platform], fault, times=2)
    assert small.reply() == {"later": 1}
    assert small.said(post) == []
    assert small.until_empty() == {"later": 1, "sent": 1}
    assert small.is_answered(case, answer, post)


def test_a_platform_that_is_not_there_can_still_be_called_off(small: Desk) -> None:
    from core.store import answers

    case, _ = small.ask("x")
    answer = small.answer(case)
    small.environment["X_API_BASE_URL"] = "http://127.0.0.1:9"
    assert small.reply() == {"later": 1}
    now = datetime.now(UTC)
    assert small.store.run(lambda tx: answers.withdraw(tx, answer.id, "U1", now)), "surely it did not go out"
    hurry(small.store)
    assert small.reply() == {}


def test_a_limit_is_kept_until_it_is_over_for_every_answer_there(small: Desk) -> None:
    for n in range(3):
        small.answer(small.ask("x")[0], f"Answer {n}")
    small.answer(small.ask("reddit")[0])
    small.sandbox.faults.add("x.create", "rate_limited", retry_after=600)
    assert small.reply() == {"later": 1, "sent": 1}
    assert len(small.sandbox.faults.happened) == 1, "the others did not even ask"
    wait = max(row.due_at for row in small.rows() if row.status == "waiting") - datetime.now(UTC)
    assert timedelta(seconds=590) < wait < timedelta(seconds=610)
    hurry(small.store)
    assert small.reply() == {"sent": 3}


def test_reddit_may_make_the_account_wait(small: Desk) -> None:
    small.sandbox.world.comment_seconds = 300
    first, second = (small.ask("reddit")[0] for _ in range(2))
    small.answer(first, "One")
    answer = small.answer(second, "Two")
    assert small.reply() == {"sent": 1, "later": 1}
    (row,) = [row for row in small.rows() if row.status == "waiting"]
    assert timedelta(seconds=280) < row.due_at - datetime.now(UTC) < timedelta(seconds=310)
    assert small.the(answer).status is AnswerStatus.TO_SEND


def test_words_that_the_account_said_there_by_hand_are_taken_for_the_answer(small: Desk) -> None:
    case, post = small.ask("x")
    answer = small.answer(case)
    small.sandbox.world.post("x", "northwindhelp", TEXT, reply_to=post.id)
    assert small.reply() == {"adopted": 1}
    assert small.is_answered(case, answer, post)


def test_the_same_words_a_second_time_are_sent_back(small: Desk) -> None:
    now = datetime.now(UTC)
    case, post = small.ask("x", at=now - timedelta(minutes=20))
    small.sandbox.world.post("x", "northwindhelp", TEXT, reply_to=post.id, at=now - timedelta(minutes=10))
    answer = small.answer(case)
    assert small.reply() == {"failed": 1}
    assert "change a word or two" in (small.the(answer).error or "")


def test_others_words_are_not_taken_for_the_answer(small: Desk) -> None:
    case, post = small.ask("x")
    _, elsewhere = small.ask("x", "@northwindhelp another")
    small.answer(case)
    small.sandbox.world.post("x", "deniz", TEXT, reply_to=post.id)
    small.sandbox.world.post("x", "northwindhelp", "something else", reply_to=post.id)
    small.sandbox.world.post("x", "northwindhelp", TEXT, reply_to=elsewhere.id)
    small.sandbox.faults.add("x.create", "reset_before")
    assert small.until_empty() == {"later": 1, "sent": 1}
    assert [p.text for p in small.said(post)] == ["something else", TEXT]


@pytest.mark.parametrize(
    "theirs",
    [
        "@asha Hello &amp; sorry https://t.co/abc",
        "@asha @deniz  Hello & sorry  https://t.co/abc ",
        "@asha@social.example @deniz Hello & sorry https://northwind.example/a",
        "Hello & sorry https://northwind.example/a",
        "Hello\n& sorry https://t.co/abc",
    ],
)
def test_an_answer_is_known_as_its_platform_shows_it(theirs: str) -> None:
    assert same_words("Hello & sorry https://northwind.example/a", theirs)
    assert same_words("Hello & sorry northwind.com/a", theirs)
    assert not same_words("Hello and sorry https://northwind.example/a", theirs)
    assert not same_words("Hello & sorry", theirs)


def test_an_answer_on_mastodon_names_whom_it_goes_to_once(small: Desk) -> None:
    """Or they would not hear of it."""
    case, post = small.ask("mastodon")
    small.answer(case, "Sorry!")
    other, named = small.ask("mastodon")
    small.answer(other, "Hello @asha, sorry!")
    assert small.reply() == {"sent": 2}
    assert [p.text for p in (*small.said(post), *small.said(named))] == ["@asha Sorry!", "Hello @asha, sorry!"]


def test_mastodons_key_keeps_an_answer_from_being_posted_twice(small: Desk) -> None:
    """Even where its receipt was lost and the account's own posts do not show it."""
    _, post = small.ask("mastodon")
    poster = POSTERS["mastodon"]
    module, make = poster.split(":")
    mastodon = getattr(import_module(module), make)(Environment(small.environment), 5.0)
    first, again = (mastodon.post(post.id, "Sorry!", datetime.now(UTC)) for _ in range(2))
    assert first == again
    assert len(small.said(post)) == 1


# Races ---------------------------------------------------------------------------------------------------------------

RACES = 100
AT_ONCE = 3


@pytest.mark.timeout(240)
def test_senders_at_once_that_die_and_lose_answers_answer_each_post_once(desk: Desk, database_url: str) -> None:
    luck = random.Random(11)
    asked = [desk.ask(luck.choice(PLATFORMS), f"@northwindhelp {n}") for n in range(RACES)]
    made = [desk.answer(case, f"Answer {case.id} https://northwind.example/{case.id}") for case, _ in asked]
    for platform in PLATFORMS:
        for fault in ("reset_after", "reset_before", "unavailable", "truncated"):
            for _ in range(3):
                desk.sandbox.faults.add(CREATE[platform], fault, after=luck.randrange(RACES // 3))
    desks = [desk, *(Desk(open_store(database_url), desk.sandbox) for _ in range(AT_ONCE - 1))]
    dice = [random.Random(n) for n in range(AT_ONCE)]
    died = []

    def work(at: Desk, die: random.Random) -> None:
        def perhaps(_: Any) -> None:
            if die.random() < 0.15:
                raise SystemError("killed")

        try:
            at.reply(before_commit=perhaps)
        except SystemError:
            died.append(at)

    for _ in range(60):
        threads = [threading.Thread(target=work, args=pair) for pair in zip(desks, dice, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        if not [row for row in desk.rows() if row.status == "waiting"]:
            break
        hurry(desk.store)  # whoever held a lease is dead
    for other in desks[1:]:
        other.store.close()
    assert len(died) > RACES // 20
    for (case, post), answer in zip(asked, made, strict=True):
        assert desk.is_answered(case, answer, post)
        with desk.store.read() as tx:
            assert [e.kind for e in cases.events(tx, case.id)].count(EventKind.ANSWERED) == 1


CHILD = """
import os, signal, sys
from datetime import UTC, datetime
from connectors.reply import reply
from core.settings import Environment
from core.store import open_store
from tests.connectors.answering import settings

die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
reply(open_store(os.environ["DATABASE_URL"]), settings(), Environment(), datetime.now(UTC), before_commit=die)
"""


def test_a_killed_sender_is_taken_over_by_the_next(desk: Desk, database_url: str) -> None:
    case, post = desk.ask("x")
    answer = desk.answer(case)
    root = str(Path(__file__).parents[2])
    given = {**os.environ, **desk.environment, "DATABASE_URL": database_url, "PYTHONPATH": root}
    child = subprocess.run([sys.executable, "-c", CHILD], cwd=root, env=given, timeout=60, check=False)
    assert child.returncode == -signal.SIGKILL
    assert len(desk.said(post)) == 1
    hurry(desk.store)
    assert desk.reply() == {"adopted": 1}
    assert desk.is_answered(case, answer, post)


# Given back to the agent ---------------------------------------------------------------------------------------------


def test_who_did_not_summon_us_on_x_is_never_answered_by_the_api(small: Desk) -> None:
    case, post = small.ask("x", "northwind lost my parcel")
    answer = small.answer(case)
    small.sandbox.faults.add("x.*", "server_error", times=None)
    assert small.reply() == {"by_hand": 1}
    assert small.sandbox.faults.happened == [], "X was not asked"
    assert small.said(post) == []
    known = small.the(answer)
    assert known.status is AnswerStatus.BY_HAND
    assert known.error == "X lets apps answer only people who mention or quote the account."
    assert last_event(small, case.id).data["why"] == "by_hand"


def test_xs_own_word_on_who_summoned_us_counts(small: Desk) -> None:
    small.settings = settings(brands={**_brands(["x:@northwind", "x:@northwindhelp"])})
    case, _ = small.ask("x", "@northwind lost my parcel")
    answer = small.answer(case)
    assert small.reply() == {"by_hand": 1}
    assert small.the(answer).status is AnswerStatus.BY_HAND
    assert small.rows()[0].status == "sent", "it is not tried again"


def test_who_quotes_us_is_answered(small: Desk) -> None:
    own = small.sandbox.world.post("x", "northwindhelp", "our new kettle")
    small.heard(own)
    case, post = small.ask("x", "this one burnt my hand", quote_of=own.id)
    answer = small.answer(case)
    assert small.reply() == {"sent": 1}
    assert small.is_answered(case, answer, post)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_without_an_account_the_agent_sends_by_hand(small: Desk, platform: str) -> None:
    accounts = ("X_CONSUMER", "X_ACCESS", "REDDIT_USERNAME", "REDDIT_PASS", "MASTODON_ACCESS")
    for name in list(small.environment):
        if name.startswith(accounts):
            del small.environment[name]
    answer = small.answer(small.ask(platform)[0])
    assert small.reply() == {"by_hand": 1}
    name = {"x": "X", "reddit": "Reddit", "mastodon": "Mastodon"}[platform]
    assert small.the(answer).error == f"No account is set up to answer on {name}."


def test_feeds_are_answered_by_hand(small: Desk) -> None:
    post = small.sandbox.world.post("feed", "Blogger", "northwind", place="blog", title="An article")
    answer = small.answer(small.heard(post))
    assert small.reply() == {"by_hand": 1}
    assert small.the(answer).status is AnswerStatus.BY_HAND


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_post_that_is_gone_is_told_and_another_answer_may_be_written(small: Desk, platform: str) -> None:
    case, post = small.ask(platform)
    answer = small.answer(case)
    small.sandbox.world.delete(platform, post.id)
    assert small.reply() == {"failed": 1}
    known = small.the(answer)
    assert known.status is AnswerStatus.FAILED
    assert "is gone from" in (known.error or "")
    assert last_event(small, case.id).kind is EventKind.NOT_SENT
    assert f"answer:{answer.id}:failed" in {row.dedupe_key for row in small.rows("slack_update")}
    assert small.answer(case, "Another").id != answer.id


def test_a_locked_thread_is_told(small: Desk) -> None:
    case, post = small.ask("reddit")
    answer = small.answer(case)
    small.sandbox.world.locked.add(post.id)
    assert small.reply() == {"failed": 1}
    assert "Moderators locked this thread" in (small.the(answer).error or "")


def test_an_answer_to_an_erased_post_is_not_sent(desk: Desk) -> None:
    case, post = desk.ask("x")
    answer = desk.answer(case)
    now = datetime.now(UTC)
    desk.store.run(lambda tx: erasure.erase_mentions(tx, [case.mention_id], "deleted_by_author", now))
    assert desk.reply() == {"skipped": 1}
    assert desk.said(post) == []
    assert desk.the(answer).status is AnswerStatus.WITHDRAWN


# What a person must mend ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "broken", "named"),
    [
        ("x", {"X_ACCESS_TOKEN": "stale"}, "X_ACCESS_TOKEN_SECRET"),
        ("x", {"X_ACCESS_TOKEN_SECRET": ""}, "X_ACCESS_TOKEN_SECRET is not set"),
        ("reddit", {"REDDIT_PASSWORD": "stale"}, "REDDIT_PASSWORD"),
        ("reddit", {"REDDIT_PASSWORD": ""}, "REDDIT_PASSWORD"),
        ("reddit", {"REDDIT_CLIENT_SECRET": "stale"}, "REDDIT_"),
        ("mastodon", {"MASTODON_ACCESS_TOKEN": "stale"}, "MASTODON_ACCESS_TOKEN"),
    ],
)
def test_a_wrong_key_holds_answers_back_and_is_told_once(
    small: Desk, platform: str, broken: dict[str, str], named: str
) -> None:
    case, post = small.ask(platform)
    answer = small.answer(case)
    right = small.environment
    small.environment = right | broken
    for _ in range(3):
        assert small.reply() == {"later": 1}
        assert small.reply() == {}
        hurry(small.store)
    (told,) = small.rows("slack_ops")
    assert (told.channel, told.data["state"]) == ("#ops", "raised")
    assert platform in told.data["title"]
    assert named in told.data["detail"]
    assert "stale" not in str(told.data)
    assert small.the(answer).status is AnswerStatus.TO_SEND
    small.environment = right
    assert small.reply() == {"sent": 1}
    assert small.is_answered(case, answer, post)
    assert [row.data["state"] for row in small.rows("slack_ops")] == ["raised", "recovered"]


def test_spent_credits_are_told(small: Desk) -> None:
    small.answer(small.ask("x")[0])
    small.sandbox.faults.add("x.create", "credits_depleted")
    small.reply()
    (told,) = small.rows("slack_ops")
    assert "credits are spent" in told.data["detail"]


@pytest.mark.parametrize("way", ["unavailable", "nobody there"])
def test_a_platform_that_stays_away_is_asked_less_often_and_told_once(small: Desk, way: str) -> None:
    small.answer(small.ask("x")[0])
    if way == "unavailable":
        small.sandbox.faults.add("x.*", "unavailable", times=None)
    else:
        small.environment["X_API_BASE_URL"] = "http://127.0.0.1:9"
    small.reply()
    assert small.rows("slack_ops") == [], "it may be over in a moment"
    for minutes in (11, 12, 13):
        hurry(small.store)
        with small.store.write() as tx:
            queued = datetime.now(UTC) - timedelta(minutes=minutes)
            tx.execute(update(outbox_rows).where(outbox_rows.c.kind == "reply").values(created_at=queued))
        assert small.reply() == {"later": 1}
    (row,) = small.rows()
    assert timedelta(seconds=80) < row.due_at - datetime.now(UTC) < timedelta(seconds=240)
    (told,) = small.rows("slack_ops")
    assert told.data["detail"].startswith("X ")


# Nothing in logs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault", ["", "malformed", "reset_after", "unauthorized", "forbidden", "not_found", "unavailable"]
)
def test_no_words_and_no_keys_reach_the_logs(small: Desk, caplog: pytest.LogCaptureFixture, fault: str) -> None:
    caplog.set_level(logging.DEBUG)
    made = [small.answer(small.ask(platform)[0], "SECRETWORDS here") for platform in PLATFORMS]
    if fault:
        for platform in PLATFORMS:
            small.sandbox.faults.add(CREATE[platform], fault)
    small.reply()
    hurry(small.store)
    small.reply()
    keys = [v for k, v in small.environment.items() if any(w in k for w in ("TOKEN", "SECRET", "PASSWORD", "_KEY"))]
    told = (
        caplog.text
        + str([small.the(answer).error for answer in made])
        + str(small.rows())
        + str(small.rows("slack_ops"))
    )
    assert "SECRETWORDS" not in told
    assert [key for key in keys if key in told] == []


def _brands(own: list[str]) -> dict[str, Any]:
    queries = [{"name": "main", "any_of": ["northwind"]}]
    return {"northwind": {"name": "Northwind", "own_accounts": own, "queries": queries}}
