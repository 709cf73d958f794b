"""Tables as files: complete, typed, and harmless in a spreadsheet."""

import csv
import io
import json
import tracemalloc
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import export as exporting
from app.export import COLUMNS, Format, Table, defused, export
from core.assessment import Priority
from core.case import answered, claim
from core.customer import Link
from core.store import Store, assessments, cases, customers, erasure, mentions
from tests.core import made

HOSTILE = '=HYPERLINK("http://evil.example","नमस्ते 🎈"),\r\n"quoted" <b>'


@pytest.fixture
def told(store: Store, now: datetime) -> Store:
    """Five judged mentions, number 5 erased; a case for number 1, answered after 30 minutes; author 1 linked."""
    said = [
        made.mention(n, HOSTILE if n == 1 else f"post {n}", created_at=now + timedelta(minutes=n % 3))
        for n in range(1, 6)
    ]
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", made.page(*said), now)
        assessments.save(tx, [(w, made.assessment(w.mention)) for w in assessments.to_assess(tx, 100)])
        opened = cases.open_case(tx, made.case(said[0], priority=Priority.P1), said[0])
        assert opened is not None
        move = claim(opened, "U1", now)
        assert move is not None
        assert cases.move(tx, move)
        moved = answered(move.case, said[0].created_at + timedelta(minutes=30), "U1")
        assert moved is not None
        assert cases.move(tx, moved)
        link = Link("x:1", "C7", "possible", 0.89, "public_data", (), "test")
        customers.save_links(tx, {"x:1": [link]}, now)
        erasure.erase_mentions(tx, ["x:5"], "deleted_by_author", now)
    return store


def written(store: Store, table: Table, format: Format) -> bytes:
    out = io.BytesIO()
    count = export(store, table, format, out)
    raw = out.getvalue()
    assert len(read(raw, format)) == count
    return raw


def read(raw: bytes, format: Format) -> list[dict[str, Any]]:
    if format == "csv":
        return list(csv.DictReader(io.StringIO(raw.decode(), newline="")))
    if format == "jsonl":
        return [json.loads(line) for line in raw.decode().splitlines()]
    import pyarrow.parquet  # type: ignore[import-untyped]

    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(io.BytesIO(raw)).to_pylist()
    return rows


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("table", ["mentions", "cases", "people"])
def test_every_format_holds_every_documented_column_in_order(told: Store, table: Table, format: Format) -> None:
    rows = read(written(told, table, format), format)
    assert rows
    assert all(list(row) == list(COLUMNS[table]) for row in rows)


def test_mentions_come_oldest_first_with_their_judgement_and_without_what_was_erased(told: Store) -> None:
    rows = read(written(told, "mentions", "jsonl"), "jsonl")
    assert [row["mention_id"] for row in rows] == ["x:3", "x:1", "x:4", "x:2"]
    first = rows[1]
    assert first["text"] == HOSTILE
    assert (first["author_id"], first["author_handle"], first["brand"]) == ("x:1", "user1", "northwind")
    assert (first["priority"], first["sentiment_score"], first["is_complaint"]) == ("P2", -0.5, True)
    assert first["reasons"] == [{"signal": "lost money", "weight": 1.5, "text": "charged twice"}]
    assert first["created_at"] == "2026-11-21T12:01:00Z"


def test_a_spreadsheet_never_runs_what_a_stranger_wrote(told: Store) -> None:
    raw = written(told, "mentions", "csv")
    (row,) = [row for row in read(raw, "csv") if row["mention_id"] == "x:1"]
    assert row["text"] == "'" + HOSTILE
    assert row["sentiment_score"] == "-0.5", "a number stays a number"


def test_parquet_is_typed(told: Store, now: datetime) -> None:
    row = read(written(told, "mentions", "parquet"), "parquet")[1]
    assert row["created_at"] == now + timedelta(minutes=1)
    assert row["is_complaint"] is True
    assert row["views"] is None
    assert json.loads(row["reasons"])[0]["signal"] == "lost money"


def test_cases_tell_how_long_the_customer_waited(told: Store) -> None:
    (row,) = read(written(told, "cases", "jsonl"), "jsonl")
    assert (row["priority"], row["owner"], row["first_response_minutes"]) == ("P1", "U1", 30.0)
    assert row["resolution_minutes"] is None


def test_people_are_summed_up_with_the_customer_that_they_may_be(told: Store) -> None:
    rows = {row["author_id"]: row for row in read(written(told, "people", "jsonl"), "jsonl")}
    assert set(rows) == {"x:1", "x:2", "x:3", "x:4"}, "whoever is erased is gone"
    one = rows["x:1"]
    assert (one["mentions"], one["complaints"], one["mean_sentiment"]) == (1, 1, -0.5)
    assert (one["customer_id"], one["link_status"], one["link_probability"]) == ("C7", "possible", 0.89)
    assert rows["x:2"]["customer_id"] is None


@pytest.mark.parametrize("table", ["mentions", "cases", "people"])
def test_batches_join_without_a_row_lost_or_doubled(told: Store, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = written(told, table, "jsonl")
    monkeypatch.setattr(exporting, "BATCH", 1)
    assert written(told, table, "jsonl") == whole


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
def test_an_empty_table_is_a_file_that_can_be_read(store: Store, format: Format) -> None:
    assert read(written(store, "mentions", format), format) == []


@given(st.text())
def test_no_defused_text_begins_as_a_formula_and_nothing_else_changes(text: str) -> None:
    safe = defused(text)
    assert safe in (text, f"'{text}")
    assert not safe.lstrip().startswith(exporting.FORMULA)
    assert not safe.startswith(("\t", "\r", "\n"))


def test_memory_does_not_grow_with_the_table(database_url: str, store: Store, now: datetime) -> None:
    def peak(upto: int) -> int:
        with store.write() as tx:
            said = [made.mention(n, f"{n} " + "words " * 50) for n in range(upto - 2000, upto)]
            mentions.save_page(tx, "x", "brand", made.page(*said), now)
        tracemalloc.start()
        export(store, "mentions", "csv", io.FileIO("/dev/null", "wb"))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    first, _, last = peak(2000), peak(4000), peak(6000)
    assert last < first * 1.5
