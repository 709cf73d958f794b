"""What a customers' or orders' table may look like, and what it may not."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from connectors.backoffice.customers import (
    CUSTOMER_COLUMNS,
    customers_from_csv,
    customers_from_sql,
)
from connectors.backoffice.orders import orders_from_csv
from core.customer import Customer, Handle, Order
from core.errors import BadRecord, Misconfigured, RetryLater

HEADER = ",".join(CUSTOMER_COLUMNS)
ROW = (
    "C1,Asha Rao,asha@mail.example;a.rao@mail.example,+91 98450 12345,x:@asha:oauth;mastodon:asha@home.example:import,"
    "x:77,Pune,IN,Rao.example,NW-1;NW-2,gold,1250.50"
)
ASHA = Customer(
    "C1",
    "Asha Rao",
    ("asha@mail.example", "a.rao@mail.example"),
    ("+91 98450 12345",),
    (Handle("x", "asha", "oauth"), Handle("mastodon", "asha@home.example", "import")),
    ("x:77",),
    "Pune",
    "IN",
    "rao.example",
    ("NW-1", "NW-2"),
    "gold",
    1250.5,
)


def file(tmp_path: Path, text: str | bytes, encoding: str = "utf-8") -> Path:
    path = tmp_path / "customers.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def empty(customer_id: str) -> str:
    return customer_id + "," * (len(CUSTOMER_COLUMNS) - 1)


def test_a_row_becomes_a_customer_with_lists_handles_and_accounts(tmp_path: Path) -> None:
    assert list(customers_from_csv(file(tmp_path, f"{HEADER}\n{ROW}\n"))) == [ASHA]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, encoding: str, separator: str) -> None:
    head = separator.join(name.upper() for name in reversed(CUSTOMER_COLUMNS))
    row = separator.join(["12", "", '"NW-1;NW-2"', "", "", "İzmir", "", "", "", "", "Gülşah कुमार 🎈", "C2"])
    found = list(customers_from_csv(file(tmp_path, f"{head}\r\n{row}\r\n\r\n", encoding)))
    assert [(c.name, c.city, c.order_ids) for c in found if isinstance(c, Customer)] == [
        ("Gülşah कुमार 🎈", "İzmir", ("NW-1", "NW-2"))
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("C1,Asha", "line 2 of customers.csv: it has 2 fields where the header has 12"),
        (empty(""), None),  # a blank line is no row
        (",Asha" + "," * 10, "line 2 of customers.csv: customer_id is empty"),
        ("C1,,,,x:asha,,,,,,,", "line 2 of customers.csv: an entry of handles is not platform:handle:source"),
        ("C1,,,,x:asha:guess,,,,,,,", "an entry of handles is not platform:handle:source"),
        ("C1,,,,,77,,,,,,", "an entry of account_ids is not platform:id"),
        ("C1,,,,,,,,,,,lots", "lifetime_value is not a number"),
        ("C1,,,,,,,,,,,nan", "lifetime_value is not a number"),
        ('C1,"As"ha,,,,,,,,,,', "line 2 of customers.csv: it is no CSV"),
        ("C1,As\0ha,,,,,,,,,,", "line 2 of customers.csv: it holds a NUL character"),
    ],
)
def test_a_broken_row_is_set_aside_and_the_rest_is_read(tmp_path: Path, row: str, reason: str | None) -> None:
    found = list(customers_from_csv(file(tmp_path, f"{HEADER}\n{row}\n{ROW}\n")))
    assert found[-1] == ASHA
    told = [str(one) for one in found if isinstance(one, BadRecord)]
    assert len(told) == (0 if reason is None else 1)
    assert reason is None or reason in told[0]


def test_what_is_wrong_with_a_row_never_repeats_its_words(tmp_path: Path) -> None:
    rows = "C1,,,,secret-handle,,,,,,,\nC1,,,,,secret-account,,,,,,\nC1,,,,,,,,,,,secret-value"
    told = " ".join(str(one) for one in customers_from_csv(file(tmp_path, f"{HEADER}\n{rows}\n")))
    assert told.count("line ") == 3
    assert "secret" not in told


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n", "is empty"),
        (HEADER.replace("emails", "email").encode(), "has no column 'emails'; is 'email' meant?"),
        (b"customer_id,name\nC1,Asha\n", "has no column 'emails'; it needs customer_id, name, emails"),
        (HEADER.encode() + b"\nC1,Ay\xfee" + b"," * 10, "is not UTF-8 text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "is not UTF-8 text"),
    ],
)
def test_a_broken_file_is_one_sentence_that_names_it(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = file(tmp_path, content)
    with pytest.raises(Misconfigured) as told:
        list(customers_from_csv(path))
    assert sentence in str(told.value)
    assert str(path) in str(told.value)
    assert str(told.value).count("\n") == 0


def test_a_missing_file_and_a_folder_are_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Misconfigured, match=str(path)):
            list(customers_from_csv(path))


def test_orders_read_their_dates_as_utc(tmp_path: Path) -> None:
    head = "order_id,customer_id,status,placed_at,total,items\n"
    rows = "NW-1,C1,delayed,2026-11-20T10:00:00+05:30,₹4 999,kettle\nNW-2,C1,,2026-11-19,,\n"
    rows += "NW-3,C1,,yesterday,,\nNW-4,,,,,\n"
    found = list(orders_from_csv(file(tmp_path, head + rows)))
    assert found[:2] == [
        Order("NW-1", "C1", "delayed", datetime(2026, 11, 20, 4, 30, tzinfo=UTC), "₹4 999", "kettle"),
        Order("NW-2", "C1", "", datetime(2026, 11, 19, tzinfo=UTC), "", ""),
    ]
    assert [str(bad).partition(": ")[2] for bad in found[2:]] == [
        "placed_at is not a date, such as 2026-11-21T09:30:00Z",
        "customer_id is empty",
    ]


def crm(tmp_path: Path) -> SecretStr:
    path = tmp_path / "crm.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE people (id INTEGER, full_name TEXT, mail TEXT, spent REAL)")
        database.executemany(
            "INSERT INTO people VALUES (?, ?, ?, ?)", [(n, f"कुमार {n}", None, n / 2) for n in range(2500)]
        )
    return SecretStr(f"sqlite:///{path}")


QUERY = """SELECT 'C' || id AS customer_id, full_name AS name, mail AS emails, '' AS phones,
    'x:u' || id || ':import' AS handles, '' AS account_ids, '' AS city, '' AS country, '' AS company_domain,
    '' AS order_ids, '' AS tier, spent AS lifetime_value FROM people WHERE full_name LIKE '%1%';"""


def test_a_query_answers_customers_whatever_signs_it_holds(tmp_path: Path) -> None:
    found = list(customers_from_sql(crm(tmp_path), QUERY))
    assert len(found) == sum("1" in str(n) for n in range(2500))
    assert found[0] == Customer("C1", "कुमार 1", handles=(Handle("x", "u1", "import"),), lifetime_value=0.5)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("SELECT id AS customer_id, full_name AS names FROM people", "has no column 'name'; is 'names' meant?"),
        ("SELEKT 1", "customers.sql is refused"),
        ("SELECT * FROM nobody", "customers.sql is refused: no such table: nobody"),
        ("DELETE FROM people", "customers.sql is refused: attempt to write a readonly database"),
    ],
)
def test_a_query_that_is_wrong_or_writes_is_refused_in_one_sentence(tmp_path: Path, query: str, sentence: str) -> None:
    address = crm(tmp_path)
    with pytest.raises(Misconfigured) as told:
        list(customers_from_sql(address, query))
    assert sentence in str(told.value)
    assert len(list(customers_from_sql(address, QUERY))) > 0


@pytest.mark.postgres
def test_postgresql_streams_the_answer_and_refuses_to_write(postgres_server: str) -> None:
    address = SecretStr(postgres_server)
    nothing = ", ".join(f"'' AS {c}" for c in CUSTOMER_COLUMNS if c not in ("customer_id", "name", "emails"))
    known = "n AS customer_id, '50% : off' AS name, ARRAY['a@b.example', NULL] AS emails"
    query = f"SELECT {known}, {nothing} FROM generate_series(1, 3000) n"
    found = list(customers_from_sql(address, query))
    assert len(found) == 3000
    assert found[0] == Customer("1", "50% : off", emails=("a@b.example",))
    with pytest.raises(Misconfigured, match=r"customers\.sql is refused"):
        list(customers_from_sql(address, "CREATE TABLE hole (n integer)"))


@pytest.mark.parametrize("address", ["nonsense", "oracle7://a/b", "mysql+absentdriver://a/b"])
def test_an_address_that_is_none_is_misconfigured_and_not_shown(address: str) -> None:
    with pytest.raises(Misconfigured, match="CUSTOMERS_DATABASE_URL"):
        list(customers_from_sql(SecretStr(address), QUERY))


def test_a_database_that_does_not_answer_is_tried_again_later_without_its_password() -> None:
    with pytest.raises(RetryLater) as told:
        list(customers_from_sql(SecretStr("postgresql://reader:hunter2@127.0.0.1:1/crm"), QUERY))
    assert "hunter2" not in str(told.value)
