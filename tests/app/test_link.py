"""`sunwai link`: two files in, one out, whatever is wrong with some of their lines."""

import csv
import json
from pathlib import Path

import pyarrow  # type: ignore[import-untyped]
import pyarrow.parquet  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner, Result

from analysis.identity.world import Plan, World, make
from app import link
from app.cli import cli

TOWN = make(Plan(customers=2_000, mentions=1_000, seed=4))


@pytest.fixture
def town(tmp_path: Path) -> World:
    TOWN.write(tmp_path)
    return TOWN


def run(folder: Path, *more: str, output: str = "links.csv") -> Result:
    paths = ["--customers", str(folder / "customers.csv"), "--mentions", str(folder / "mentions.jsonl")]
    return CliRunner().invoke(cli, ["link", *paths, "-o", str(folder / output), *more])


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.open(encoding="utf-8")))


def test_links_are_written_in_the_order_of_the_mentions_best_first(town: World, tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 0, result.output
    found = rows(tmp_path / "links.csv")
    order = {p.id: n for n, p in enumerate(town.posts)}
    assert [order[r["mention_id"]] for r in found] == sorted(order[r["mention_id"]] for r in found)
    by_mention: dict[str, list[dict[str, str]]] = {}
    for r in found:
        by_mention.setdefault(r["mention_id"], []).append(r)
    for candidates in by_mention.values():
        chances = [float(r["probability"]) for r in candidates]
        assert chances == sorted(chances, reverse=True) and len(candidates) <= 5 and sum(chances) < 1.001
        assert all(r["status"] == "possible" for r in candidates[1:])
    sure = [r for r in found if r["status"] == "linked"]
    truth = {p.id: p.customer_id for p in town.posts}
    assert len(sure) > 50 and sum(r["customer_id"] == truth[r["mention_id"]] for r in sure) >= 0.98 * len(sure)


def test_customers_may_be_parquet(town: World, tmp_path: Path) -> None:
    run(tmp_path)
    as_csv = rows(tmp_path / "links.csv")
    parquet = tmp_path / "customers.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows(tmp_path / "customers.csv")), parquet)
    mentions, output = str(tmp_path / "mentions.jsonl"), tmp_path / "again.csv"
    found = ["link", "--customers", str(parquet), "--mentions", mentions, "-o", str(output)]
    result = CliRunner().invoke(cli, found)
    assert result.exit_code == 0, result.output
    assert rows(output) == as_csv
    parquet.write_bytes(b"PAR1 and no more")
    assert "cannot be read as Parquet" in CliRunner().invoke(cli, found).output


def test_a_teams_cuts_hold_here_too(town: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path)
    usual = rows(tmp_path / "links.csv")
    monkeypatch.setenv("SUNWAI_CONFIG", str(tmp_path / "sunwai.toml"))
    brand = '[[brands.n.queries]]\nname = "q"\nany_of = ["northwind"]\n[brands.n]\nname = "Northwind"\n'
    (tmp_path / "sunwai.toml").write_text(f"{brand}[linking]\nlinked = 0.995\npossible = 0.6\n", encoding="utf-8")
    assert run(tmp_path).exit_code == 0
    strict = rows(tmp_path / "links.csv")
    assert 0 < len(strict) < len(usual) and min(float(r["probability"]) for r in strict) >= 0.6
    surest, sure = (
        {r["mention_id"] for r in usual if r["status"] == "linked" and float(r["probability"]) >= cut}
        for cut in (0.9951, 0.9949)  # what is written is rounded
    )
    assert surest <= {r["mention_id"] for r in strict if r["status"] == "linked"} <= sure
    (tmp_path / "sunwai.toml").write_text(f"{brand}[linking]\nlinked = 0.5\n", encoding="utf-8")
    refused = run(tmp_path)
    assert refused.exit_code == 1 and "linking.linked" in refused.output


def test_all_posts_of_an_author_get_the_same_links(town: World, tmp_path: Path) -> None:
    run(tmp_path)
    found: dict[str, set[tuple[str, str]]] = {p.id: set() for p in town.posts}
    for r in rows(tmp_path / "links.csv"):
        found[r["mention_id"]].add((r["customer_id"], r["probability"]))
    authors = {p.id: p.author.id for p in town.posts}
    first: dict[str, set[tuple[str, str]]] = {}
    for mention, links in found.items():
        assert first.setdefault(authors[mention], links) == links


def test_a_file_in_parts_gives_what_the_whole_gives(
    town: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path)
    monkeypatch.setattr(link, "PART", 40_000)
    monkeypatch.setattr(
        "analysis.identity.bulk.SAMPLE", 1
    )  # each way estimates the share of customers from other authors
    assert run(tmp_path, output="parts.csv").exit_code == 0
    whole, parts = rows(tmp_path / "links.csv"), rows(tmp_path / "parts.csv")
    ours = {(r["mention_id"], r["customer_id"]): float(r["probability"]) for r in parts}
    assert [r["mention_id"] for r in parts] == sorted((r["mention_id"] for r in parts), key=lambda m: int(m[1:]))
    same = [r for r in whole if (r["mention_id"], r["customer_id"]) in ours]
    assert len(same) > 0.8 * len(whole)


def test_a_saved_index_is_used_until_the_customers_change(town: World, tmp_path: Path) -> None:
    at = ["--index", str(tmp_path / "ix")]
    assert run(tmp_path, *at).exit_code == 0
    saved = (tmp_path / "ix" / "index.json").stat().st_mtime_ns
    assert run(tmp_path, *at, output="again.csv").exit_code == 0
    assert (tmp_path / "ix" / "index.json").stat().st_mtime_ns == saved
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "links.csv").read_bytes()
    with (tmp_path / "customers.csv").open("a", encoding="utf-8") as file:
        file.write("NEW,Nobody Known,,,,,,,,,,\n")
    assert run(tmp_path, *at).exit_code == 0
    assert (tmp_path / "ix" / "index.json").stat().st_mtime_ns != saved


def test_a_folder_that_is_no_index_is_left_alone(town: World, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("dear diary")
    result = run(tmp_path, "--index", str(tmp_path / "mine"))
    assert result.exit_code == 1 and "no saved index" in result.output
    assert (tmp_path / "mine" / "diary.txt").exists()


def test_broken_lines_are_told_and_the_rest_is_linked(town: World, tmp_path: Path) -> None:
    run(tmp_path)
    before = len(rows(tmp_path / "links.csv"))
    lines = (tmp_path / "customers.csv").read_bytes().splitlines()
    lines[5] = lines[5].replace(b",", b',"', 1)  # a quote that is never closed
    lines[9] = b",".join(lines[9].split(b",")[:3])
    lines[12] = lines[12].replace(b",", b"\xff,", 1)
    lines.append(b"BAD,Bad,,,,,,,,,,much")
    (tmp_path / "customers.csv").write_bytes(b"\n".join(lines))
    mentions = (tmp_path / "mentions.jsonl").read_bytes().splitlines()
    mentions += [
        b"{",
        b"[]",
        b'{"id": 5}',
        b'{"id": "x", "author": null}',
        b'{"id": "\xff", "author": {}}',
        b"",
        b"\x00",
    ]
    hostile = {"id": "h", "platform": "x", "text": 7, "author": {"id": 9, "handle": None, "bio": "9" * 10_000}}
    mentions.append(json.dumps(hostile).encode())
    (tmp_path / "mentions.jsonl").write_bytes(b"\n".join(mentions))
    result = run(tmp_path)
    assert result.exit_code == 1
    for told in (
        "line 6 of customers.csv",
        "line 10 of",
        "line 13 of customers.csv: it is not UTF-8",
        "lifetime_value",
    ):
        assert told in result.output
    for number in range(1001, 1006):
        assert f"line {number} of the mentions" in result.output
    assert abs(len(rows(tmp_path / "links.csv")) - before) < 0.05 * before


def test_a_phone_of_half_the_crm_finds_nobody(town: World, tmp_path: Path) -> None:
    lines = (tmp_path / "customers.csv").read_text(encoding="utf-8").splitlines()
    shared = [line.split(",") for line in lines[1:]]
    for fields in shared[:1000]:
        fields[3] = "+91 99999 00000"
    text = "\n".join([lines[0], *(",".join(fields) for fields in shared)])
    (tmp_path / "customers.csv").write_text(text, encoding="utf-8")
    mention = {"id": "m", "platform": "x", "text": "call me 9999900000", "author": {"id": "1", "handle": "qqq"}}
    (tmp_path / "mentions.jsonl").write_text(json.dumps(mention), encoding="utf-8")
    result = run(tmp_path)
    assert result.exit_code == 0, result.output
    assert rows(tmp_path / "links.csv") == []


def test_a_missing_file_or_column_is_one_sentence_and_writes_nothing(town: World, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("name,city\nAsha,Pune\n")
    result = run(tmp_path)
    assert result.exit_code == 1 and "customer_id" in result.output
    (tmp_path / "customers.csv").unlink()
    assert run(tmp_path).exit_code == 1
    assert not list(tmp_path.glob("links.csv*"))
