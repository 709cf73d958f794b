"""Posts that are made, or happen, to break what reads them: the rest is heard all the same, and nobody is harmed."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.pipeline import run_once
from tests.end_to_end.town import P1, Town

LONG = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(10_000))
"""Ten thousand letters that compress badly, longer than any index entry may be."""
ODD: list[dict[str, Any]] = [
    {"text": "northwind \u0000 with a zero byte"},
    {"text": "northwind half an emoji \ud83d"},
    {"text": "northwind told twice", "title": "\ud83d\u0000"},
    {"id": LONG, "text": "northwind id that never ends"},
    {"id": "o'brien\":;--/../é\u202e%00", "text": "northwind id with quotes"},
    {"id": "zero\u0000half\udfff", "text": "northwind id that no database takes"},
    {"author": {"id": LONG, "handle": LONG, "display_name": LONG}, "text": "northwind author that never ends"},
    {"author": {"id": "7", "handle": "\u0000"}, "text": "northwind author of nothing"},
    {"author": {"id": "8", "followers": 10**30}, "text": "northwind author whom everybody follows"},
    {"metrics": {"likes": 10**30, "replies": "many", "shares": 1.5, "views": []}, "text": "northwind liked by many"},
    {"conversation_id": LONG, "parent_id": LONG, "text": "northwind conversation that never ends"},
    {"lang": "a-language-tag-that-is-longer-than-any-column", "text": "northwind in no language"},
    {"platform": "a-platform-whose-name-is-longer-than-any-column", "text": "northwind from nowhere"},
    {"created_at": "0001-01-01T00:00:00+00:00", "text": f"{P1} said at the beginning of time"},
    {"created_at": "9999-12-31T23:59:59+00:00", "text": f"{P1} said at the end of time"},
    {"created_at": "1969-07-20T20:17:00Z", "text": f"{P1} said before 1970"},
    {"text": "northwind " + "a" * 10_000},
    {"text": "northwind " + LONG * 20},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "said.jsonl"


def test_a_line_that_no_database_takes_stands_in_nobodys_way(town: Town, file: Path) -> None:
    file.write_text("", encoding="utf-8")
    town = town.again(sources={"replay": {"path": str(file), "match": "all"}})
    assert run_once(town.house).troubles == {}
    lines = [{"id": f"odd-{n}", "author": {"id": f"a{n}"}} | odd for n, odd in enumerate(ODD)]
    lines.append({"id": "last", "author": {"id": "last"}, "text": P1, "metrics": {"likes": 3}})
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    done = run_once(town.house)
    assert done.troubles == {}
    assert done.counts["ingest"]["new"] + done.counts["ingest"]["rejected"] == len(lines)
    assert done.counts["triage"]["triaged"] == done.counts["ingest"]["new"]
    town.hurry()
    run_once(town.house)
    assert town.cards()["replay:last"] == 1
    town.house.close()
