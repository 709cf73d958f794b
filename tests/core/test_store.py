"""The promises of the store, on both databases."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, OperationalError

from core import case as moves
from core.assessment import Priority
from core.mention import Brand, Charge, Cursor, Gap, Metrics, Page, Rejected
from core.store import (
    Store,
    assessments,
    browse,
    cases,
    cursors,
    engine,
    erasure,
    mentions,
    open_store,
    outbox,
    schema,
    spend,
)
from tests.core.made import NOW, assessment, author, case, mention, page

assert Brand


def rows_in(store: Store, table: object) -> int:
    with store.read() as tx:
        return tx.scalar(select(func.count()).select_from(table)) or 0


def test_a_mention_heard_twice_is_stored_once(store: Store) -> None:
    with store.write() as tx:
        first = mentions.save_page(tx, "x", "brand", page(mention(1), mention(2)), NOW)
        again = mentions.save_page(tx, "x", "brand", page(mention(2), mention(3)), NOW)
    assert (first.new, again.new) == (2, 1)
    assert rows_in(store, schema.mentions) == 3
    assert rows_in(store, schema.assessments) == 3


def test_a_page_and_its_cursor_are_stored_together_or_not_at_all(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write() as tx:
        mentions.save_page(tx, "x", "brand", page(mention(1), floor="9"), NOW)
        raise RuntimeError("killed before the commit")
    assert rows_in(store, schema.mentions) == 0
    with store.read() as tx:
        assert cursors.load(tx, "x", "brand") is None


def test_an_edit_keeps_the_old_words_and_is_judged_again(store: Store) -> None:
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page(mention(1, "fine")), NOW)
        (waiting,) = assessments.to_assess(tx, 10)
        assert assessments.save(tx, [(waiting, assessment(waiting.mention))]) == 1
        mentions.save_page(tx, "x", "brand", page(mention(1, "on fire")), NOW + timedelta(minutes=1))
        (again,) = assessments.to_assess(tx, 10)
    assert (again.mention.text, again.revision) == ("on fire", 1)
    assert again.mention.edited_at == NOW + timedelta(minutes=1)
    assert rows_in(store, schema.mention_edits) == 1


def test_a_judgement_of_words_that_changed_meanwhile_is_not_stored(store: Store) -> None:
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page(mention(1, "fine")), NOW)
        (waiting,) = assessments.to_assess(tx, 10)
        mentions.save_page(tx, "x", "brand", page(mention(1, "on fire")), NOW)
        assert assessments.save(tx, [(waiting, assessment(waiting.mention))]) == 0


def test_metrics_that_moved_leave_a_snapshot_of_before_and_after(store: Store) -> None:
    with store.write() as tx:
        mentions.save_page(tx, "x", "b", page(mention(1, metrics=Metrics(likes=1, shares=0))), NOW)
        mentions.save_page(tx, "x", "b", page(mention(1, metrics=Metrics(likes=9, shares=3))), NOW + timedelta(hours=1))
    with store.read() as tx:
        found = tx.execute(select(schema.metric_snapshots).order_by(schema.metric_snapshots.c.seen_at)).all()
        now = mentions.get(tx, ["x:1"])["x:1"].metrics
    assert [(r.likes, r.shares) for r in found] == [(1, 0), (9, 3)]
    assert (now.likes, now.shares, now.views) == (9, 3, None)


def test_a_cursor_keeps_both_ends_of_an_unfinished_answer(store: Store) -> None:
    half = Cursor("10", NOW, "90", NOW, "50", {"etag": "abc"})
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", Page(half), NOW)
    with store.read() as tx:
        assert cursors.load(tx, "x", "brand") == half


def test_gaps_and_broken_items_are_kept_for_a_person_to_see(store: Store) -> None:
    odd = Page(Cursor(), rejected=[Rejected("no author", '{"id": 7}')] * 2, gaps=[Gap("7-day window", None, NOW)])
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", odd, NOW)
        mentions.save_page(tx, "x", "brand", odd, NOW)
        assert cursors.latest_gaps(tx)[0]["reason"] == "7-day window"
    assert rows_in(store, schema.rejected_items) == 1


def test_a_post_is_billed_once_per_utc_day(store: Store) -> None:
    seen = [Charge("post", "1", 5000), Charge("post", "2", 5000)]
    with store.write() as tx:
        assert spend.record(tx, "x", seen, NOW) == 10_000
        assert spend.record(tx, "x", [*seen, Charge("post", "3", 5000)], NOW) == 5000
        assert spend.record(tx, "x", seen, NOW + timedelta(days=1)) == 10_000
        assert spend.spent(tx, "x", "2026-11-01") == 25_000
        assert spend.spent(tx, "x", "2026-11-22") == 10_000


def test_the_first_of_two_claims_wins_and_the_second_changes_nothing(store: Store) -> None:
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page(mention(1)), NOW)
        opened = cases.open_case(tx, case(mention(1)), mention(1))
        first, second = moves.claim(opened, "U1", NOW), moves.claim(opened, "U2", NOW)
        assert first and second
        assert cases.move(tx, first)
        assert not cases.move(tx, second)
        now_owned = cases.get(tx, opened.id)
        assert now_owned is not None and now_owned.owner == "U1"
        with pytest.raises(moves.Refused, match="U1"):
            moves.claim(now_owned, "U2", NOW)
        assert [e.kind for e in cases.events(tx, opened.id)] == ["opened", "claimed"]


def test_a_mention_has_one_case_per_brand(store: Store) -> None:
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page(mention(1)), NOW)
        first = cases.open_case(tx, case(mention(1)), mention(1))
        assert cases.open_case(tx, case(mention(1)), mention(1)) == first
        assert cases.open_case(tx, case(mention(1), brand="contoso"), mention(1)).id != first.id


def test_the_history_of_a_case_cannot_be_changed(store: Store) -> None:
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page(mention(1)), NOW)
        cases.open_case(tx, case(mention(1)), mention(1))
    for statement in (schema.case_events.update().values(actor="x"), schema.case_events.delete()):
        with pytest.raises(DBAPIError, match="append-only"), store.write() as tx:
            tx.execute(statement)


def queue_one(store: Store, key: str = "card:1") -> None:
    with store.write() as tx:
        outbox.put(tx, [outbox.Message("slack_card", "#triage", key)])


def test_a_message_is_queued_once_per_key(store: Store) -> None:
    queue_one(store)
    queue_one(store)
    with store.read() as tx:
        assert outbox.sizes(tx) == {"waiting": 1, "failed": 0}


def test_a_leased_message_is_nobody_elses_until_the_lease_runs_out(store: Store) -> None:
    queue_one(store)
    with store.write() as tx:
        (mine,) = outbox.claim(tx, ["slack_card"], 10, lease_seconds=60)
    with store.write() as tx:
        assert outbox.claim(tx, ["slack_card"], 10, lease_seconds=60) == []
        assert outbox.seconds_left(tx, mine) > 50
        past = schema.outbox.update().values(leased_until=NOW - timedelta(days=400))
        tx.execute(past)
        (theirs,) = outbox.claim(tx, ["slack_card"], 10, lease_seconds=60)
        assert theirs.attempts == 2
        assert not outbox.sent(tx, mine, "1.0"), "a lost lease must not mark the row"
        assert outbox.sent(tx, theirs, "2.0")
        assert outbox.claim(tx, ["slack_card"], 10, lease_seconds=60) == []


def test_a_message_that_surely_did_not_go_out_does_not_count_as_tried(store: Store) -> None:
    queue_one(store)
    with store.write() as tx:
        (mine,) = outbox.claim(tx, ["slack_card"], 1, 60)
        outbox.later(tx, mine, 0, "rate limited", unsent=True)
        (again,) = outbox.claim(tx, ["slack_card"], 1, 60)
        assert again.attempts == 1


def test_what_failed_can_be_tried_again_and_counts_as_tried(store: Store) -> None:
    queue_one(store)
    with store.write() as tx:
        (mine,) = outbox.claim(tx, ["slack_card"], 1, 60)
        outbox.failed(tx, mine, "invalid_blocks")
        assert outbox.retry_failed(tx) == 1
        (again,) = outbox.claim(tx, ["slack_card"], 1, 60)
        assert again.attempts == 2, "so that it is looked for before it is sent"


def test_a_deleted_post_loses_words_author_and_judgement_and_stays_gone(store: Store) -> None:
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page(mention(1, "my secret")), NOW)
        (waiting,) = assessments.to_assess(tx, 10)
        assessments.save(tx, [(waiting, assessment(waiting.mention))])
        opened = cases.open_case(tx, case(mention(1)), mention(1))
        cases.card_posted(tx, opened.id, "C1", "1.0", NOW)
        assert erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NOW) == 1
        assert erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NOW) == 0
        mentions.save_page(tx, "x", "brand", page(mention(1, "my secret")), NOW)
        file = cases.file(tx, opened.id, "Northwind")
    assert file is not None and file.erased
    assert (file.mention.text, file.mention.author.handle, file.mention.url) == ("", "", "")
    assert file.assessment.urgency.reasons == ()
    for table in (schema.authors, schema.raw_payloads, schema.mention_edits):
        assert rows_in(store, table) == 0
    assert rows_in(store, schema.erasures) == 1
    with store.read() as tx:
        assert outbox.sizes(tx)["waiting"] == 1, "the card is redrawn without the words"


def test_a_forgotten_author_is_erased_and_not_heard_again(store: Store) -> None:
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page(mention(1), mention(2, author=author(1))), NOW)
        assert erasure.forget_author(tx, "x:1", NOW)["mentions"] == 2
        saved = mentions.save_page(tx, "x", "brand", page(mention(3, author=author(1)), mention(4)), NOW)
    assert saved.new == 1
    assert rows_in(store, schema.authors) == 1


def test_what_is_judged_again_may_not_ring(store: Store) -> None:
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page(mention(1)), NOW)
        assert assessments.judge_again(tx) == 1
        (waiting,) = assessments.to_assess(tx, 10)
        assert not waiting.may_ring


def test_the_queue_shows_the_most_urgent_first(store: Store) -> None:
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page(*(mention(n) for n in (1, 2, 3))), NOW)
        for n, priority in ((1, Priority.P3), (2, Priority.P1), (3, Priority.P2)):
            cases.open_case(tx, case(mention(n), priority=priority), mention(n))
        assert [file.case.priority for file in browse.case_list(tx).items] == [1, 2, 3]
        assert cases.counts(tx, NOW) == {"open": 3, "unowned": 3, "late": 0}


def test_a_writer_is_told_in_the_end_that_the_lock_is_held_and_waits_again_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'one.db'}", migrate=True)
    with closing(sqlite3.connect(tmp_path / "one.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(engine, "BUSY_SECONDS", 0.02)
        with pytest.raises(OperationalError, match="database is locked"), store.write():
            raise AssertionError("nobody may write now")
        other.execute("ROLLBACK")
        monkeypatch.undo()
        with store.write() as tx:
            assert tx.exec_driver_sql("PRAGMA busy_timeout").scalar() == engine.BUSY_SECONDS * 1000
            with pytest.raises(sqlite3.OperationalError, match="database is locked"):
                other.execute("PRAGMA busy_timeout=0")
                other.execute("BEGIN IMMEDIATE")
    store.close()
