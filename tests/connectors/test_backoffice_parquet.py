"""Customers from Parquet files, as warehouses write them: the same columns and the same sentences as of CSV."""

import csv
from datetime import timedelta
from pathlib import Path
from random import randbytes
from typing import Any

import pyarrow  # type: ignore[import-untyped]
import pyarrow.parquet  # type: ignore[import-untyped]
import pytest

from connectors.backoffice.customers import CUSTOMER_COLUMNS, customers_from_csv, customers_from_parquet
from connectors.sync import import_customers, sync
from core.customer import Customer, Handle
from core.errors import BadRecord, Misconfigured
from core.settings import Environment, parse
from core.store import Store, customers
from tests.analysis.test_triage import NOW

TEXTS: dict[str, str] = dict.fromkeys(CUSTOMER_COLUMNS, "")
ASHA = TEXTS | {
    "customer_id": "C1",
    "name": "आशा वर्मा",
    "emails": "asha@example.org; av@example.org",
    "handles": "x:asha_v:import",
    "account_ids": "x:7",
    "order_ids": "NW-1;NW-2",
    "lifetime_value": "1250.5",
}


def write(path: Path, rows: list[dict[str, Any]], schema: Any = None, **more: Any) -> Path:
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows, schema), path, **more)
    return path


def test_it_gives_what_the_same_rows_give_as_csv(tmp_path: Path) -> None:
    rows = [ASHA, TEXTS | {"customer_id": "C2", "name": 'Zoë, "Z"', "phones": "+49 30 1234567"}]
    with (tmp_path / "c.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, CUSTOMER_COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    assert list(customers_from_parquet(write(tmp_path / "c.parquet", rows))) == list(
        customers_from_csv(tmp_path / "c.csv")
    )


def test_columns_may_have_their_own_types_and_lists_be_lists(store: Store, tmp_path: Path) -> None:
    typed = ASHA | {
        "customer_id": 17,
        "emails": ["asha@example.org"],
        "phones": [919876543210, None],
        "handles": ["x:asha_v:import", "reddit:asha:agent"],
        "account_ids": [],
        "lifetime_value": 1250.5,
        "City": "Pune",
        "more": b"\xff",
    }
    del typed["city"]
    path = write(tmp_path / "c.parquet", [typed, {**typed, "customer_id": 18, "lifetime_value": float("nan")}])
    assert import_customers(store, path, NOW).saved == 2
    with store.read() as tx:
        found = customers.get(tx, ["17", "18"])
    assert found["17"] == Customer(
        "17",
        "आशा वर्मा",
        ("asha@example.org",),
        ("919876543210",),
        (Handle("x", "asha_v", "import"), Handle("reddit", "asha", "agent")),
        city="Pune",
        order_ids=("NW-1", "NW-2"),
        lifetime_value=1250.5,
    )
    assert found["18"].lifetime_value is None


def test_what_is_wrong_with_a_row_is_told_and_the_rest_is_stored(store: Store, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [ASHA, TEXTS, ASHA | {"customer_id": "C3", "lifetime_value": "much"}, ASHA]
    rows[3] = ASHA | {"customer_id": "C4", "name": "A\0B"}
    done = import_customers(store, write(tmp_path / "c.parquet", rows), NOW)
    assert (done.saved, done.rejected) == (1, 3)
    assert done.reasons == [
        "row 2 of c.parquet: customer_id is empty",
        "row 3 of c.parquet: lifetime_value is not a number, such as 1250.50",
        "row 4 of c.parquet: it holds a NUL character",
    ]


def test_bytes_that_are_no_text_cost_their_row_alone(tmp_path: Path) -> None:
    names = pyarrow.array([b"Asha", b"\xff\xfe", b"Deniz"]).view(pyarrow.string())
    table = pyarrow.table(
        {name: ["C1", "C2", "C3"] if name == "customer_id" else ["", "", ""] for name in CUSTOMER_COLUMNS}
    )
    table = table.set_column(1, "name", names)
    pyarrow.parquet.write_table(table, tmp_path / "c.parquet")
    first, second, third = customers_from_parquet(tmp_path / "c.parquet")
    assert isinstance(first, Customer) and isinstance(third, Customer) and (first.name, third.name) == ("Asha", "Deniz")
    assert isinstance(second, BadRecord) and str(second) == "row 2 of c.parquet: it is not UTF-8 text"


def test_what_is_wrong_with_the_file_is_one_sentence_and_changes_nothing(store: Store, tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.parquet", [ASHA] * 3000).read_bytes()
    (tmp_path / "text.parquet").write_text("customer_id,name\nC1,Asha\n")
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.parquet").touch()
    (tmp_path / "folder.parquet").mkdir()
    middle = len(whole) // 4
    (tmp_path / "broken.parquet").write_bytes(whole[:4] + b"\xff" * middle + whole[4 + middle :])
    write(tmp_path / "mistyped.parquet", [{("emial" if k == "emails" else k): v for k, v in ASHA.items()}])
    write(tmp_path / "none.parquet", [], pyarrow.schema([(name, pyarrow.string()) for name in CUSTOMER_COLUMNS]))
    told = {
        "text": "cannot be read as Parquet",
        "cut": "cannot be read as Parquet",
        "empty": "cannot be read as Parquet",
        "folder": "cannot be read as Parquet",
        "broken": "cannot be read as Parquet",
        "mistyped": "has no column 'emails'; is 'emial' meant?",
        "none": "holds no rows",
        "nowhere": "There is no file",
    }
    for name, why in told.items():
        with pytest.raises(Misconfigured) as wrong:
            import_customers(store, tmp_path / f"{name}.parquet", NOW)
        assert why in str(wrong.value) and "\n" not in str(wrong.value), name
    with store.read() as tx:
        assert customers.get(tx, ["C1"]) == {}


def test_a_row_group_is_never_held_whole(tmp_path: Path) -> None:
    rows = [ASHA | {"customer_id": f"C{n}", "name": randbytes(300).hex()} for n in range(40_000)]
    path = write(tmp_path / "c.parquet", rows, row_group_size=len(rows), use_dictionary=False)
    before: int = pyarrow.total_allocated_bytes()
    peak = max(int(pyarrow.total_allocated_bytes()) - before for _ in customers_from_parquet(path))
    assert 0 < peak < path.stat().st_size / 2


def test_the_settings_may_name_one(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "c.parquet", [ASHA, TEXTS | {"customer_id": "C2"}])
    brand = {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}
    settings = parse({"brands": {"northwind": brand}, "customers": {"parquet": str(path)}})
    assert sync(store, settings, Environment({}), NOW)["customers"] == 2
    assert sync(store, settings, Environment({}), NOW + timedelta(hours=2)) == {}, "an unchanged file is not read again"
    write(path, [ASHA])
    assert sync(store, settings, Environment({}), NOW + timedelta(hours=4))["customers"] == 1
