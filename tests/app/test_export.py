"""Tables as files: complete, typed, and harmless in a spreadsheet."""

import csv
import io
import json
import re
import tracemalloc
import zipfile
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app import export as exporting
from app.export import COLUMNS, Format, Table, Wanted, defused, export, stream, whole
from core.assessment import Priority
from core.case import answered, claim
from core.customer import Link
from core.mention import Author
from core.store import Store, answers, assessments, cases, customers, erasure, labels, mentions
from core.store.browse import CaseFilters, Filters
from core.store.schema import rollup_days, rollup_topics
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
        assessments.mark_triaged(tx, assessments.to_triage(tx, 100))
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
        answers.propose(tx, opened.id, "x:1", "On it", "U1", now, seen=99, approval=False)
        counts = dict.fromkeys(("positive", "neutral", "unsupported"), 0) | {"mentions": 4, "negative": 4}
        for day in (now.date(), now.date() - timedelta(days=40)):
            where = {"brand": "northwind", "day": day}
            for dimension, value in (("all", ""), ("platform", "x")):
                tx.execute(
                    rollup_days.insert().values(
                        **where, dimension=dimension, value=value, **counts, complaints=4, reach=0
                    )
                )
            del counts["unsupported"]
            topic = {"topic": "=parcel", "language": "en", "crowd": b"", "examples": []}
            tx.execute(rollup_topics.insert().values(**where, **topic, **counts))
            counts["unsupported"] = 0
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


def workbook(raw: bytes) -> list[list[Any]]:
    """The cells of a workbook's sheets, one below the other: texts, numbers and truths as the file holds them."""
    lines: list[list[Any]] = []
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        assert not [name for name in book.namelist() if "calcChain" in name]
        for name in sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet")):
            sheet = ElementTree.fromstring(book.read(name))
            assert not list(sheet.iter(f"{SHEET}f")), "a formula"
            lines += [[cell_of(cell) for cell in row] for row in sheet.iter(f"{SHEET}row")]
    return lines


def cell_of(cell: ElementTree.Element) -> tuple[str, Any]:
    """Where a cell is, by its column's letters, and what it holds."""
    column = "".join(c for c in cell.attrib["r"] if c.isalpha())
    if cell.attrib.get("t") == "inlineStr":
        return column, "".join(part.text or "" for part in cell.iter(f"{SHEET}t"))
    value = float(cell.findtext(f"{SHEET}v") or "nan")
    return column, bool(value) if cell.attrib.get("t") == "b" else value


SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TABLES = list(COLUMNS)


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("table", TABLES)
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


@pytest.mark.parametrize("table", TABLES)
def test_batches_join_without_a_row_lost_or_doubled(told: Store, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = written(told, table, "jsonl")
    monkeypatch.setattr(exporting, "BATCH", 1)
    assert written(told, table, "jsonl") == whole


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
def test_an_empty_table_is_a_file_that_can_be_read(store: Store, format: Format) -> None:
    assert read(written(store, "mentions", format), format) == []


@given(st.text(st.one_of(st.sampled_from("=+-@＝;\t\r\n '\""), st.characters(codec="utf-8"))))
def test_no_cell_of_a_defused_text_begins_as_a_formula_and_nothing_else_changes(text: str) -> None:
    safe = defused(text)
    assert safe.replace("'", "") == text.replace("'", "")
    assert not safe.lstrip().startswith(exporting.FORMULA)
    assert not safe.startswith(("\t", "\r", "\n"))
    assert not any(cell.lstrip(" ").startswith(exporting.FORMULA) for cell in re.split(r"[;\t\r\n]", safe))


@pytest.mark.parametrize("parts", [";", "\t"])
def test_a_spreadsheet_that_parts_cells_otherwise_runs_nothing_either(told: Store, parts: str) -> None:
    """As Excel does on a Turkish or a German machine: quotes count at the beginning of a cell alone."""
    attack = f"kargom nerede?{parts}=HYPERLINK(A1){parts}\n=1+1{parts} x\n@SUM(A1)"
    post = made.mention(77, attack, title=f"a{parts}+1", author=Author("x", "77", "h", f"n{parts}-1"))
    with told.write() as tx:
        mentions.save_page(tx, "x", "brand", made.page(post), made.NOW)
        (waiting,) = [w for w in assessments.to_assess(tx, 100) if w.mention.id == "x:77"]
        judged = made.assessment(post)
        reason = replace(judged.urgency.reasons[0], text=attack)
        urgency = replace(judged.urgency, reasons=(reason,))
        assessments.save(tx, [(waiting, replace(judged, urgency=urgency))])
    raw = written(told, "mentions", "csv").decode()
    cells = [cell.lstrip(' "') for line in re.split(r"[\r\n]+", raw) for cell in line.split(parts)]
    assert sum("HYPERLINK" in cell for cell in cells) >= 2
    assert [cell for cell in cells if cell.startswith(exporting.FORMULA)] == []


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


def test_a_workbook_holds_the_same_with_times_as_dates_and_no_formula(told: Store) -> None:
    out = io.BytesIO()
    assert export(told, "mentions", "xlsx", out) == 4
    heading, *lines = workbook(out.getvalue())
    assert [name for _, name in heading] == list(COLUMNS["mentions"])
    letters = {name: column for column, name in heading}
    first = {c: v for line in lines for c, v in line if dict(line)[letters["mention_id"]] == "x:1"}
    assert first[letters["text"]].replace("\r", "").replace("_x000D_", "") == HOSTILE.replace("\r", "")
    assert first[letters["sentiment_score"]] == -0.5
    assert first[letters["is_complaint"]] is True
    created = datetime(1899, 12, 30) + timedelta(days=first[letters["created_at"]])
    assert abs(created - (made.NOW + timedelta(minutes=1)).replace(tzinfo=None)) < timedelta(seconds=1)
    assert json.loads(first[letters["reasons"]])[0]["signal"] == "lost money"


def test_a_workbook_goes_on_in_another_sheet(told: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from app import writers

    monkeypatch.setattr(writers, "MOST_LINES", 3)
    out = io.BytesIO()
    export(told, "mentions", "xlsx", out)
    lines = workbook(out.getvalue())
    assert [line[0][1] for line in lines] == ["mention_id", "x:3", "x:1", "mention_id", "x:4", "x:2"]


def test_a_table_is_narrowed_as_its_page_is(told: Store) -> None:
    def ids(wanted: Wanted, table: Table = "mentions", key: str = "mention_id") -> list[Any]:
        out = io.BytesIO()
        export(told, table, "jsonl", out, wanted=wanted, now=made.NOW)
        return [row[key] for row in read(out.getvalue(), "jsonl")]

    assert sorted(ids(Wanted(mentions=Filters(words="post")))) == ["x:2", "x:3", "x:4"]
    assert ids(Wanted(mentions=Filters(author="x:2"))) == ["x:2"]
    assert ids(Wanted.of("contoso", None, None)) == []
    assert ids(Wanted(closed=True), "cases", "case_id") == []
    assert ids(Wanted(cases=CaseFilters(owner="U1")), "cases", "case_id") == [1]
    assert set(
        ids(Wanted(brand="northwind", until=made.NOW.date(), days=7, dimension="platform"), "days", "value")
    ) == {"x"}
    assert ids(Wanted(brand="northwind", until=made.NOW.date() - timedelta(days=2), days=7), "days", "value") == []
    assert ids(Wanted(brand="contoso"), "people", "author_id") == []


def test_what_people_say_stands_beside_the_judgement(told: Store) -> None:
    with told.write() as tx:
        labels.put(tx, "x:2", "northwind", {"priority": "P4"}, "asha", made.NOW)
    rows = {row["mention_id"]: row for row in read(written(told, "mentions", "jsonl"), "jsonl")}
    assert (rows["x:2"]["priority"], rows["x:2"]["corrections"]) == ("P2", [{"kind": "priority", "value": "P4"}])
    assert rows["x:1"]["corrections"] == []


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
def test_a_stream_is_the_same_file_in_parts(told: Store, format: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "BATCH", 1)
    parts = list((whole if format == "parquet" else stream)(told, "mentions", format))
    assert read(b"".join(parts), format) == read(written(told, "mentions", format), format)
    if format != "parquet":
        assert len(parts) > 4, "it is sent as it is read"
