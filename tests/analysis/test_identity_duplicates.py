"""Customers who are in the CRM more than once, and those who only look like it. On both databases."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.identity import duplicates
from app.cli import cli
from core.customer import Customer, Handle
from core.store import Store, customers
from tests.analysis.test_triage import NOW

ASHA = Customer("A1", "Asha Verkhedkar", ("asha.vk@example.org",), ("+91 98765 43210",), city="Pune", country="IN")
TOWN = [
    Customer(
        f"T{n}",
        f"{('Ravi', 'Meera', 'Deniz', 'Oliver')[n % 4]} Person{chr(97 + n % 26)}{chr(97 + n // 26)}",
        (f"t{n}@example.org",),
        (f"98100{n:05}",),
        city=("Pune", "Leeds")[n % 2],
    )
    for n in range(300)
]


def found(store: Store, *more: Customer) -> dict[tuple[str, str], duplicates.Double]:
    with store.write() as tx:
        customers.save(tx, [*TOWN, *more], NOW)
    return {(one.one, one.other): one for one in duplicates.find(store, NOW)}


def test_a_town_of_strangers_has_none(store: Store) -> None:
    assert found(store, ASHA) == {}


@pytest.mark.parametrize(
    "double",
    [
        replace(ASHA, customer_id="A2", phones=()),
        replace(ASHA, customer_id="A2", name="आशा वेरखेडकर", phones=(), emails=("ASHA.VK@example.org",)),
        replace(ASHA, customer_id="A2", emails=("other@example.net",), phones=("098765-43210",)),
    ],
    ids=["address", "another script", "phone"],
)
def test_one_person_in_two_rows_is_told_with_why(store: Store, double: Customer) -> None:
    doubles = found(store, ASHA, double)
    assert list(doubles) == [("A1", "A2")]
    [one] = doubles.values()
    assert one.probability > 0.9
    assert {"the same e-mail address", "the same phone number"} & {e.text for e in one.evidence if e.weight > 0}


def test_a_person_in_three_rows_is_three_pairs(store: Store) -> None:
    handle = (Handle("x", "asha_vk", "import"),)
    rows = [replace(ASHA, customer_id=f"A{n}", handles=handle) for n in (1, 2, 3)]
    assert set(found(store, *rows)) == {("A1", "A2"), ("A1", "A3"), ("A2", "A3")}


def test_relatives_namesakes_and_a_shared_line_are_not_one_person(store: Store) -> None:
    family = replace(ASHA, customer_id="B1", name="Ravi Verkhedkar", emails=("ravi@example.org",))
    namesake = replace(ASHA, customer_id="B2", emails=("a@example.net",), phones=("9111111111",), city="Delhi")
    line = [Customer(f"L{n}", f"Caller{chr(97 + n % 26)} Name{n}", phones=("1800 123 4567",)) for n in range(80)]
    assert found(store, ASHA, family, namesake, *line) == {}


def test_the_command_lists_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNWAI_CONFIG", str(tmp_path / "sunwai.toml"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 's.db'}")
    brand = '[[brands.n.queries]]\nname = "q"\nany_of = ["northwind"]\n[brands.n]\nname = "Northwind"\n'
    (tmp_path / "sunwai.toml").write_text(brand, encoding="utf-8")
    header = (
        "customer_id,name,emails,phones,handles,account_ids,city,country,company_domain,order_ids,tier,lifetime_value"
    )
    rows = "".join(f"{one.customer_id},{one.name},{one.emails[0]},,,,{one.city},,,,,\n" for one in TOWN)
    rows += "".join(f"{who},\x1b[31mAsha Verkhedkar,a@example.org,,,,Pune,,,,,\n" for who in ("A1", "A2"))
    (tmp_path / "c.csv").write_text(f"{header}\n{rows}", encoding="utf-8")
    run = CliRunner()
    assert run.invoke(cli, ["duplicates"]).output == "No two customers are probably one person.\n"
    assert run.invoke(cli, ["import", "customers", str(tmp_path / "c.csv")]).exit_code == 0
    told = run.invoke(cli, ["duplicates"])
    assert told.exit_code == 0 and "A1  A2" in told.output and "the same e-mail address" in told.output
    [one] = json.loads(run.invoke(cli, ["duplicates", "--json"]).output)
    assert (one["one"], one["other"]) == ("A1", "A2") and one["probability"] >= 0.5
