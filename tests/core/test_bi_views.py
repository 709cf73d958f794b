"""The views that BI tools read: the documented columns, what stands in them, and a role that may read them alone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import ProgrammingError

from core import case as moves
from core.assessment import Priority
from core.store import Store, assessments, cases, erasure, labels, mentions
from core.store.schema import rollup_people
from tests.core import made
from tests.core.made import NOW, mention, page
from tests.repository.test_requirements import ROOT

DOCUMENT = (ROOT / "docs/bi.md").read_text(encoding="utf-8")
DOCUMENTED = {
    name: re.findall(r"^\| `([a-z_]+)` \|", text, re.MULTILINE)
    for name, text in re.findall(r"^### (bi_[a-z]+)\n(.*?)(?=^### |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
}


def rows(store: Store, view: str) -> list[dict[str, Any]]:
    with store.read() as tx:
        return [dict(row) for row in tx.exec_driver_sql(f"SELECT * FROM {view}").mappings()]


def views_of(store: Store) -> set[str]:
    where = "sqlite_master WHERE type = 'view'" if store.is_sqlite else "pg_views WHERE schemaname = 'public'"
    column = "name" if store.is_sqlite else "viewname"
    with store.read() as tx:
        return {row[0] for row in tx.exec_driver_sql(f"SELECT {column} FROM {where}")}


def test_every_view_and_column_is_documented_in_order(store: Store) -> None:
    assert views_of(store) == set(DOCUMENTED)
    for view, columns in DOCUMENTED.items():
        with store.read() as tx:
            assert list(tx.exec_driver_sql(f"SELECT * FROM {view}").keys()) == columns, view


@pytest.fixture
def filled(store: Store) -> Store:
    with store.write() as tx:
        said = [mention(n, f"post {n}", created_at=NOW - timedelta(hours=n)) for n in range(1, 5)]
        mentions.save_page(tx, "x", "brand", page(*said), NOW)
        assessments.save(tx, [(w, made.assessment(w.mention)) for w in assessments.to_assess(tx, 3)])
        opened = cases.open_case(tx, made.case(said[0], priority=Priority.P2, answer_by=NOW), said[0])
        move = moves.answered(opened, NOW - timedelta(minutes=30), "U1")
        assert move and cases.move(tx, move)
    return store


def test_mentions_show_what_stands(filled: Store) -> None:
    judged = {row["mention_id"]: row for row in rows(filled, "bi_mentions")}
    assert len(judged) == 3, "one waits to be judged"
    one, other = sorted(judged)[:2]
    with filled.write() as tx:
        labels.put(tx, one, "northwind", {"priority": "P1", "sentiment": "positive", "complaint": "no"}, "asha", NOW)
        labels.put(tx, one, "northwind", {"priority": "not_urgent"}, "asha", NOW + timedelta(seconds=1))
        erasure.erase_mentions(tx, [other], "deleted_by_author", NOW)
    judged = {row["mention_id"]: row for row in rows(filled, "bi_mentions")}
    assert other not in judged and len(judged) == 2
    row = judged.pop(one)
    assert (row["priority"], row["sentiment"], row["department"]) == ("P3", "positive", "billing")
    assert (bool(row["is_complaint"]), bool(row["corrected"])) == (False, True)
    (plain,) = judged.values()
    assert (plain["priority"], plain["sentiment"]) == ("P2", "negative")
    assert (bool(plain["is_complaint"]), bool(plain["corrected"])) == (True, False)


def test_what_was_said_of_older_words_does_not_stand(filled: Store) -> None:
    (one, *_) = sorted(row["mention_id"] for row in rows(filled, "bi_mentions"))
    number = int(one.split(":")[1])
    with filled.write() as tx:
        labels.put(tx, one, "northwind", {"sentiment": "positive"}, "asha", NOW)
        later = NOW + timedelta(minutes=5)
        edited = mention(number, "other words", created_at=NOW - timedelta(hours=number), edited_at=later)
        mentions.save_page(tx, "x", "brand", page(edited), later)
        assessments.save(tx, [(w, made.assessment(w.mention)) for w in assessments.to_assess(tx, 9)])
    (row,) = (row for row in rows(filled, "bi_mentions") if row["mention_id"] == one)
    assert (row["sentiment"], row["text"], bool(row["corrected"])) == ("negative", "other words", False)


def test_cases_tell_how_long_it_took_and_whether_that_was_in_time(filled: Store) -> None:
    (row,) = rows(filled, "bi_cases")
    assert (row["case_id"], row["priority"], row["status"]) == (1, "P2", "waiting_for_customer")
    assert row["first_response_minutes"] == 30.0 and row["resolution_minutes"] is None
    assert bool(row["answered_in_time"]) is True and row["resolved_in_time"] is None


def test_people_are_told_by_window_with_their_customer(filled: Store) -> None:
    counts = dict.fromkeys(("posts", "judged", "positive", "negative", "complaints", "followers"), 2)
    with filled.write() as tx:
        for kind, author in (("detractor", "x:1"), ("", "x:2")):
            values = {"brand": "northwind", "days": 28, "author_id": author, "first_day": NOW.date(), "kind": kind}
            tx.execute(rollup_people.insert().values(**values, **counts, last_at=NOW))
    found = {row["author_id"]: row for row in rows(filled, "bi_people")}
    assert (found["x:1"]["kind"], found["x:1"]["handle"], found["x:2"]["kind"]) == ("detractor", "user1", None)


def test_a_role_reads_the_views_and_nothing_else(filled: Store) -> None:
    """The statements of the document, word for word."""
    if filled.is_sqlite:
        pytest.skip("SQLite has no roles")
    (grants,) = re.findall(r"```sql\n(CREATE ROLE.*?)```", DOCUMENT, re.DOTALL)
    statements = [one.strip() for one in grants.replace("'choose one'", "'s3cret'").split(";") if one.strip()]
    url = make_url(filled.engine.url.render_as_string(hide_password=False))
    with filled.write() as tx:
        tx.exec_driver_sql("DROP ROLE IF EXISTS sunwai_bi")
        for statement in statements:
            tx.exec_driver_sql(statement)
    reader = create_engine(url)
    try:
        with reader.connect() as tx:
            tx.exec_driver_sql("SET ROLE sunwai_bi")
            for view in DOCUMENTED:
                tx.exec_driver_sql(f"SELECT count(*) FROM {view}").scalar_one()
            with pytest.raises(ProgrammingError, match="permission denied"):
                tx.exec_driver_sql("SELECT * FROM customers")
    finally:
        reader.dispose()
        with filled.write() as tx:
            tx.exec_driver_sql("DROP OWNED BY sunwai_bi")
            tx.exec_driver_sql("DROP ROLE sunwai_bi")
