"""Ten million mentions must not slow down a poll: no query of the hot path reads a whole table."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from core.assessment import Priority
from core.context import Article, Stock
from core.mention import Charge
from core.store import (
    Store,
    answers,
    articles,
    assessments,
    browse,
    cases,
    clocks,
    customers,
    digests,
    erasure,
    labels,
    likenesses,
    mentions,
    notes,
    outbox,
    stock,
)
from core.store.context import of_case
from core.store.digests import Wanted
from tests.core.made import NOW, assessment, author, case, mention, page

DIGEST = Wanted(("northwind",), ("billing",), ("parcel",))
HOT: dict[str, Callable[[Connection], Any]] = {
    "store a page": lambda tx: mentions.save_page(
        tx, "x", "brand", page(mention(1), mention(2, "edited"), charges=[Charge("post", "1", 5000)]), NOW
    ),
    "find what waits to be judged": lambda tx: assessments.to_assess(tx, 500),
    "find what waits for triage": lambda tx: assessments.to_triage(tx, 500),
    "finish triage": lambda tx: assessments.mark_triaged(tx, assessments.to_triage(tx, 500)),
    "find cases of conversations": lambda tx: cases.in_conversations(tx, ["x:1", "x:2"]),
    "find cases of mentions": lambda tx: cases.of_mentions(tx, [("x:1", "northwind")]),
    "find what is alike": lambda tx: likenesses.sharing(tx, [tuple(range(10)), tuple(range(5, 15))], NOW, 100),
    "keep what is said": lambda tx: likenesses.put(tx, {("x:2", "northwind"): (NOW, tuple(range(10)))}, ["x:1"]),
    "count what is alike": lambda tx: likenesses.echoed(tx, {("x:1", "northwind"): (NOW, 2)}),
    "count a case's people": lambda tx: cases.sizes(tx, [1, 2]),
    "know what is queued": lambda tx: outbox.known(tx, ["card:1", "card:2"]),
    "draw a case": lambda tx: cases.file(tx, 1, "Northwind"),
    "count open cases": lambda tx: cases.counts(tx, NOW),
    "look at clocks": lambda tx: clocks.waits(tx, NOW) and clocks.due(tx, NOW, 500),
    "look at clocks again": lambda tx: clocks.look_again(tx, {1: NOW}),
    "know what clocks told": lambda tx: clocks.told(tx, [1, 2]),
    "hand a team's cases over": lambda tx: clocks.open_of_team(tx, "care"),
    "claim messages": lambda tx: outbox.claim(tx, ["slack_card"], 10, 60),
    "count messages": outbox.sizes,
    "count what waits": assessments.queue_sizes,
    "find customers": lambda tx: customers.find(tx, [("handle", "x:user1"), ("email", "a@example.com")]),
    "find links": lambda tx: customers.links_of(tx, ["x:1"]),
    "browse mentions": lambda tx: browse.latest(tx, after=(NOW, "x:1", "northwind")),
    "browse some mentions": lambda tx: browse.latest(tx, browse.Filters(language="tr", priority=Priority.P1)),
    "browse what is to be reviewed": lambda tx: browse.latest(tx, browse.Filters(needs_review=True)),
    "search mentions": lambda tx: browse.latest(tx, browse.Filters(words="parcel", since=NOW.date())),
    "search cases": lambda tx: browse.case_list(tx, browse.CaseFilters(words="parcel", owner="nobody"), now=NOW),
    "search mentions of some people": lambda tx: browse.latest(tx, browse.Filters(tier="gold", person="promoter")),
    "browse the queue": lambda tx: browse.case_list(tx, after=(1, NOW, 1)),
    "browse closed cases": lambda tx: browse.case_list(tx, closed=True, after=(NOW, 1)),
    "show a mention": lambda tx: browse.mention_file(tx, "x:1"),
    "count cases by priority": browse.open_by_priority,
    "label a mention": lambda tx: labels.put(tx, "x:1", "northwind", {"priority": "P1"}, "asha", NOW),
    "know the context of a case": lambda tx: of_case(tx, cases.file(tx, 1, "Northwind"), NOW),  # type: ignore[arg-type]
    "write a note": lambda tx: notes.add(tx, "author:x:1", "called back", "U1", NOW),
    "find stock": lambda tx: stock.nearest(tx, "is the kettle in stock?", "Leeds", "GB", "en"),
    "find articles": lambda tx: articles.find(tx, "where is my parcel", "tr"),
    "know what the brand said": lambda tx: answers.heard(tx, mention(2, "on it", parent_id="1")),
    "know what the brand said last": lambda tx: answers.seen(tx, 1),
    "send an answer": lambda tx: answers.sent(
        tx, answers.propose(tx, 1, "x:1", "On it", "U1", NOW, seen=0, approval=False).id, "9", "", NOW
    ),
    "claim answers": lambda tx: outbox.seconds_to_next(tx, ["reply"]),
    "count a day for a digest": lambda tx: digests.count(tx, DIGEST, NOW - timedelta(days=1), NOW),
    "find a day's loudest": lambda tx: digests.loudest(tx, DIGEST, NOW, NOW + timedelta(days=1)),
    "know since when we listen": lambda tx: digests.heard_since(tx, DIGEST.brands),
    "keep what a digest quotes": lambda tx: digests.still_there(tx, ["x:1", "x:2"]),
    "erase a post": lambda tx: erasure.erase_mentions(tx, ["x:3"], "deleted_by_author", NOW),
    "forget an author": lambda tx: erasure.forget_author(tx, "x:4", NOW),
    "keep to retention": lambda tx: erasure.retain(tx, NOW - timedelta(days=9), NOW - timedelta(days=9), NOW),
}


@pytest.fixture
def filled(store: Store) -> Store:
    with store.write() as tx:
        found = [mention(n, author=author(n), conversation_id=str(n)) for n in range(1, 6)]
        mentions.save_page(tx, "x", "brand", page(*found), NOW)
        waiting = assessments.to_assess(tx, 3)
        assessments.save(tx, [(w, assessment(w.mention)) for w in waiting])
        opened = cases.open_case(tx, case(mention(1)), mention(1))
        outbox.put(tx, [outbox.Message("slack_card", "#triage", "card:1", case_id=opened.id)])
        stock.save(tx, [Stock("Briggate", "K1", "Kettle", 3, "Leeds", "GB")], NOW)
        articles.save(tx, [Article(f"a{n}", "en", "Where is my parcel", "Ask the courier.") for n in range(3)], NOW)
        articles.count_terms(tx)
    return store


@pytest.mark.parametrize("name", HOT)
def test_no_hot_query_reads_a_whole_table(filled: Store, name: str) -> None:
    ran: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.split()[0] in ("SELECT", "UPDATE", "DELETE"):
            ran.append((statement, parameters[0] if many else parameters))

    with filled.write() as tx:
        event.listen(filled.engine, "before_cursor_execute", note)
        HOT[name](tx)
        event.remove(filled.engine, "before_cursor_execute", note)
        if not filled.is_sqlite:  # tiny tables are always read whole; ask whether an index would do
            tx.exec_driver_sql("SET LOCAL enable_seqscan = off")
        scans = [
            f"{line}\n  in {sql}" for sql, values in ran for line in plan(filled, tx, sql, values) if reads_all(line)
        ]
    assert not scans, "\n".join(scans)


def plan(store: Store, tx: Connection, statement: str, values: Any) -> list[str]:
    explain = "EXPLAIN QUERY PLAN" if store.is_sqlite else "EXPLAIN"
    return [str(row[-1]) for row in tx.exec_driver_sql(f"{explain} {statement}", values)]


def reads_all(line: str) -> bool:
    """SQLite says SCAN, PostgreSQL says Seq Scan. Reading all of a partial index is fine: it holds only what waits."""
    if "Seq Scan" in line:
        return "saved_views" not in line  # few, and each is looked into for who asked to be forgotten
    small = ("rollup_windows", "saved_views", "_to_assess", "_to_triage", "_waiting", "_failed", "ix_cases_queue")
    walked = ("ix_mentions_created_at", "ix_cases_opened_at", "newest")  # read in order until the page is full
    searched = (
        "ix_rejected_items_seen_at",
        "saved_views",
    )  # few, and each is looked into for who asked to be forgotten
    found = ("CONSTANT ROW", "sharing", "(subquery-", "latest")  # no table: what the query has found by then
    indexes = ("VIRTUAL TABLE INDEX",)  # full-text search: SQLite knows no other way to say that it used it
    passed = (*small, *walked, *searched, *found, *indexes)
    return line.startswith("SCAN") and not any(index in line for index in passed)
