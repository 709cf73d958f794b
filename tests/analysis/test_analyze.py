"""Judging a file of texts, line by line."""

import json
import re
from collections.abc import Iterator
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.analyze import BATCH, analyze, as_lines, looks_like_csv, read_row
from core.mention import Brand

BRANDS = (Brand("northwind", "Northwind", ("Northwind",)), Brand("united", "United", ("United",)))


def line(id: object, text: object, **more: object) -> str:
    return json.dumps({"id": id, "text": text, **more})


def test_a_row_holds_all_that_the_contract_names() -> None:
    [row] = analyze(
        [line("a", "My Northwind charger is smoking", lang="en", source="x", created_at="2026-11-21T12:00:00Z")], BRANDS
    )
    assert list(row) == ["id", "language", "sentiment", "is_complaint", "intent", "urgency", "department"]
    assert (row["id"], row["language"], row["is_complaint"], row["department"]) == ("a", "en", True, "safety")
    assert set(row["sentiment"]) == {"label", "score", "engine"}
    assert row["urgency"]["priority"] == "P1"
    told = row["urgency"]["reasons"][0]
    assert (told.keys(), told["signal"], told["text"]) == (
        {"signal", "weight", "text"},
        "hazard_fire",
        "charger is smoking",
    )
    assert 2 < told["weight"] <= 4.5
    json.dumps(row)


def test_a_bad_line_gives_an_error_row_in_its_place_and_the_rest_are_scored() -> None:
    lines: list[bytes | str] = [
        line(1, "fine"),
        "{not json",
        b"\xff\xfe",
        "[]",
        line(None, "no id"),
        '{"id": 6}',
        line(7, 42),
        line(8, "x", author_followers="many"),
        line(9, "x", author_followers=-1),
        line(10, "x", lang=3),
        "",
        line(11, "fine"),
    ]
    rows = list(analyze(lines, BRANDS))
    assert [row["id"] for row in rows] == [1, None, None, None, None, 6, 7, 8, 9, 10, 11]
    assert ["error" in row for row in rows] == [False] + [True] * 9 + [False]
    assert all(set(row) == {"id", "error"} and isinstance(row["error"], str) for row in rows[1:10])


def test_bytes_with_a_mark_and_deep_nesting_do_not_stop_it() -> None:
    rows = list(analyze([b"\xef\xbb\xbf" + line(1, "hi").encode(), "[" * 100_000, line(2, "\ud800 lone half")], BRANDS))
    assert [("error" in row) for row in rows] == [False, True, False]


@pytest.mark.parametrize(
    "told",
    [
        '{"id": 123456789012345678901234567890, "text": "x"}',
        '{"id": 1, "text": "half \\ud83d a pair"}',
        '{"id": "\\udd25", "text": "x", "\\ud83d": NaN}',
        '{"id": 1, "text": "twice", "text": "\\u0000 \\" \x7f é 🔥"}',
        '{"id": 1, "text": "x", "author_followers": 18446744073709551616, "other": [1e400, -0, 1E5]}',
    ],
)
def test_what_json_takes_is_taken_as_json_takes_it(told: str) -> None:
    assert repr(read_row(told, 1)) == repr(read_row(told.encode(), 1)) == repr(json.loads(told))
    [row] = analyze([told])
    written, count, wrong = as_lines([row])
    assert (json.loads(written), count, wrong, written.count(b"\n")) == (row, 1, 0, 1)


@pytest.mark.parametrize(
    "told", ["{not json", "", "[" * 5_000, '{"id": 01}', '{"text": "a\tb"}', f'{{"id": {"9" * 5_000}}}', "1 2"]
)
def test_what_json_refuses_is_refused_in_its_words(told: str) -> None:
    with pytest.raises((ValueError, RecursionError)) as refused:
        json.loads(told)
    why = re.sub(r": line 1 column (\d+) \(char \d+\)$", r", column \1", str(refused.value))[:120]
    for line in (told, told.encode()):
        assert read_row(line, 3) == {"id": None, "error": f"line 3 is not JSON: {why}"}


def test_a_broken_line_is_told_with_one_number_of_a_line() -> None:
    assert read_row('{"id": 1, "text": x}', 7)["error"] == "line 7 is not JSON: Expecting value, column 19"


@pytest.mark.parametrize(
    ("head", "csv"),
    [
        (b"id,text,lang", True),
        (b'\xef\xbb\xbf"id";"text"\r', True),
        ("kimlik\tgönderi".encode(), True),
        (b'{"id": 1, "text": "one, two"}', False),
        (b"[1, 2]", False),
        (b"not json", False),
        (b"", False),
        (b"\xff\xfei\x00d\x00", False),
    ],
)
def test_the_names_of_columns_look_like_csv(head: bytes, csv: bool) -> None:
    assert looks_like_csv(head) is csv


def test_followers_brand_and_language_hint_count() -> None:
    loud, quiet = analyze(
        [line(1, "Northwind lost my parcel", author_followers=90_000), line(2, "Northwind lost my parcel")], BRANDS
    )
    assert (loud["urgency"]["priority"], quiet["urgency"]["priority"]) == ("P2", "P3")
    named, other = analyze(
        [line(1, "United opens at nine", brand="united"), line(2, "Acme opens at nine", brand="Acme")], BRANDS
    )
    assert named["sentiment"]["label"] == other["sentiment"]["label"] == "neutral", "a name has no mood"
    assert named["sentiment"]["score"] == pytest.approx(other["sentiment"]["score"], abs=0.02)
    assert next(analyze([line(1, "United lands at nine")], BRANDS))["sentiment"]["label"] == "neutral"


def test_a_language_that_cannot_be_judged_says_that_a_person_should_look() -> None:
    [row] = analyze([line(1, "Ich warte seit Tagen auf mein Paket und niemand antwortet")])
    assert row["sentiment"]["label"] == "unsupported" and row["needs_review"] is True


def test_it_reads_no_further_ahead_than_a_batch() -> None:
    read = 0

    def endless() -> Iterator[str]:
        nonlocal read
        while True:
            read += 1
            yield line(read, "Northwind is fine")

    rows = list(islice(analyze(endless(), BRANDS), 10))
    assert [row["id"] for row in rows] == list(range(1, 11)) and read <= BATCH


@given(
    st.lists(
        st.one_of(st.text(max_size=80), st.binary(max_size=80), st.builds(line, st.integers(), st.text(max_size=80))),
        max_size=12,
    )
)
def test_any_lines_give_one_row_each_in_order(lines: list[str | bytes]) -> None:
    rows = list(analyze(lines, BRANDS))
    assert len(rows) == sum(1 for one in lines if one.strip())
