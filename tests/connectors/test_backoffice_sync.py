"""Copying customers and orders into the store: all of it, or nothing lost."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from connectors.backoffice.customers import CUSTOMER_COLUMNS
from connectors.sync import import_customers, import_orders, sync
from core.errors import Misconfigured
from core.settings import Environment, Settings, parse
from core.store import Store, customers, health
from core.store.schema import customer_keys, outbox
from core.store.schema import customers as customers_table

HEADER = ",".join(CUSTOMER_COLUMNS) + "\n"
ORDERS = "order_id,customer_id,status,placed_at,total,items\n"
NOTHING = Environment({})


def row(number: int, **fields: str) -> str:
    values = {"customer_id": f"C{number}", "name": f"Person {number}", "account_ids": f"x:{number}", **fields}
    return ",".join(values.get(column, "") for column in CUSTOMER_COLUMNS) + "\n"


def settings(**table: str) -> Settings:
    brand = {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}
    return parse({"brands": {"northwind": brand}, "customers": table})


def stored(store: Store) -> list[str]:
    with store.read() as tx:
        return sorted(tx.scalars(select(customers_table.c.customer_id)))


def keys(store: Store, kind: str) -> set[tuple[str, str]]:
    with store.read() as tx:
        query = select(customer_keys.c.value, customer_keys.c.customer_id).where(customer_keys.c.kind == kind)
        return {(value, customer) for value, customer in tx.execute(query)}


def ops(store: Store) -> list[str]:
    with store.read() as tx:
        return [f"{data['state']}: {data['title']}" for data in tx.scalars(select(outbox.c.data).order_by(outbox.c.id))]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "customers.csv"
    path.write_text(HEADER + "".join(row(n) for n in range(10)))
    return path


def test_a_copy_adds_replaces_and_drops(store: Store, people: Path, now: datetime) -> None:
    mirror = settings(csv=str(people))
    assert sync(store, mirror, NOTHING, now)["customers"] == 10
    people.write_text(HEADER + row(0, name="Renamed", account_ids="x:99") + "".join(row(n) for n in range(2, 12)))
    counts = sync(store, mirror, NOTHING, now + timedelta(hours=2))
    assert counts == {"customers": 11, "orders": 0, "dropped": 1, "kept": 0, "rejected": 0}
    assert "C1" not in stored(store)
    assert len(stored(store)) == 11
    assert ("x:99", "C0") in keys(store, "account_id")
    assert ("x:0", "C0") not in keys(store, "account_id")


def test_an_unchanged_file_is_not_read_again(store: Store, people: Path, now: datetime) -> None:
    mirror = settings(csv=str(people))
    assert sync(store, mirror, NOTHING, now)
    assert sync(store, mirror, NOTHING, now + timedelta(hours=2)) == {}
    people.write_text(people.read_text() + row(10))
    assert sync(store, mirror, NOTHING, now + timedelta(hours=2, minutes=59)) == {}, "not due yet"
    assert sync(store, mirror, NOTHING, now + timedelta(hours=3))["customers"] == 11


@pytest.mark.parametrize(
    "broken", [b"", b"name\nAsha\n", HEADER.encode(), (HEADER + row(1)).encode() + b"C2,\xff" + b"," * 10]
)
def test_a_broken_file_changes_nothing_and_ops_hears_once(
    store: Store, people: Path, now: datetime, broken: bytes
) -> None:
    mirror = settings(csv=str(people))
    sync(store, mirror, NOTHING, now)
    good = people.read_text()
    people.write_bytes(broken)
    for hours in (1, 2):
        with pytest.raises(Misconfigured, match=str(people)):
            sync(store, mirror, NOTHING, now + timedelta(hours=hours))
        with pytest.raises(Misconfigured, match=str(people)):
            import_customers(store, people, now + timedelta(hours=hours))
    assert stored(store) == [f"C{n}" for n in range(10)]
    people.write_text(good)
    sync(store, mirror, NOTHING, now + timedelta(hours=3), force=True)
    assert ops(store) == ["raised: The customers cannot be copied", "recovered: The customers are copied again"]


def test_a_cut_off_file_drops_nobody_until_a_person_says_so(store: Store, people: Path, now: datetime) -> None:
    mirror = settings(csv=str(people))
    sync(store, mirror, NOTHING, now)
    people.write_text(HEADER + row(0) + row(1))
    assert sync(store, mirror, NOTHING, now + timedelta(hours=1))["kept"] == 8
    assert len(stored(store)) == 10
    assert ops(store) == ["raised: More than half of the customers are missing from their table"]
    assert sync(store, mirror, NOTHING, now + timedelta(hours=2), force=True)["dropped"] == 8
    assert stored(store) == ["C0", "C1"]


def test_broken_rows_are_counted_and_told_without_their_words(store: Store, people: Path, now: datetime) -> None:
    people.write_text(HEADER + row(1) + row(2, lifetime_value="secret") + row(3))
    assert sync(store, settings(csv=str(people)), NOTHING, now)["rejected"] == 1
    with store.read() as tx:
        detail = tx.scalars(select(outbox.c.data)).one()["detail"]
    assert (
        detail
        == "1 rows were passed over. The first: line 3 of customers.csv: lifetime_value is not a number, such as 1250.50."
    )
    assert stored(store) == ["C1", "C3"]


def test_a_row_that_breaks_does_not_cost_its_customer(store: Store, people: Path, now: datetime) -> None:
    mirror = settings(csv=str(people))
    sync(store, mirror, NOTHING, now)
    people.write_text(HEADER + "".join(row(n) for n in range(9)) + "C9,cut off\n")
    assert sync(store, mirror, NOTHING, now + timedelta(hours=1))["kept"] == 1
    assert "C9" in stored(store)
    people.write_text(HEADER + "".join(row(n) for n in range(9)))
    assert sync(store, mirror, NOTHING, now + timedelta(hours=2))["dropped"] == 1
    assert ops(store) == [
        "raised: Some customers or orders cannot be read",
        "recovered: The customers are copied again",
    ]


def test_an_import_by_hand_drops_nobody_and_reports_progress(store: Store, people: Path, now: datetime) -> None:
    import_customers(store, people, now)
    people.write_text(HEADER + "".join(row(n) for n in range(10, 2600)))
    heard: list[int] = []
    done = import_customers(store, people, now + timedelta(days=1), heard.append)
    assert (done.saved, done.rejected) == (2590, 0)
    assert heard == [1000, 2000, 2590]
    assert len(stored(store)) == 2600


def test_an_order_finds_its_customer_whichever_is_imported_again(
    store: Store, people: Path, tmp_path: Path, now: datetime
) -> None:
    bought = tmp_path / "orders.csv"
    bought.write_text(ORDERS + "nw-1,C1,delayed,2026-11-20,10 EUR,kettle\nNW-2,C2,,,,\nNW-3,stranger,,,,\n")
    import_customers(store, people, now)
    assert import_orders(store, bought).saved == 3
    import_customers(store, people, now + timedelta(hours=1))
    assert keys(store, "order_id") == {("NW-1", "C1"), ("NW-2", "C2")}
    bought.write_text(ORDERS + "NW-2,C3,,,,\n")
    import_orders(store, bought)
    assert keys(store, "order_id") == {("NW-1", "C1"), ("NW-2", "C3")}
    with store.read() as tx:
        assert [o.status for o in customers.orders_of(tx, "C1")] == ["delayed"]


def test_of_two_copies_at_once_neither_drops_what_the_other_brought(store: Store, people: Path, now: datetime) -> None:
    import_customers(store, people, now + timedelta(seconds=5))
    import_customers(store, people, now)
    with store.write() as tx:
        assert customers.drop_missing(tx, now + timedelta(seconds=5)) == 0
    assert len(stored(store)) == 10


def test_broken_orders_leave_the_customers_alone(store: Store, people: Path, tmp_path: Path, now: datetime) -> None:
    mirror = settings(csv=str(people), orders_csv=str(tmp_path / "none.csv"))
    with pytest.raises(Misconfigured, match=r"none\.csv"):
        sync(store, mirror, NOTHING, now)
    assert stored(store) == []


def test_sql_without_its_address_names_the_variable(store: Store, now: datetime) -> None:
    with pytest.raises(Misconfigured, match="CUSTOMERS_DATABASE_URL is not set"):
        sync(store, settings(sql="SELECT 1"), NOTHING, now)


def test_without_a_table_nothing_is_done(store: Store, now: datetime) -> None:
    assert sync(store, settings(), NOTHING, now) == {}
    with store.read() as tx:
        assert health.raised(tx) == []
        assert tx.scalar(select(func.count()).select_from(outbox)) == 0
