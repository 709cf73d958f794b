"""Stock, help articles and orders: what their tables may look like, and copying them into the store."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import select

from connectors.backoffice.articles import (
    articles_from_csv,
    articles_from_jsonl,
    articles_from_sql,
)
from connectors.backoffice.orders import orders_from_sql
from connectors.backoffice.stock import stock_from_csv, stock_from_sql
from connectors.sync import import_articles, import_stock, sync
from core.context import Article, Stock
from core.customer import Order
from core.errors import BadRecord, Misconfigured, RetryLater
from core.settings import Environment, Settings, parse
from core.store import Store, articles, stock
from core.store.schema import articles as articles_table
from core.store.schema import orders as orders_table
from core.store.schema import outbox
from core.store.schema import stock as stock_table
from sandbox.scenario import HERE as SCENARIO
from sandbox.scenario import read_jsonl

NOTHING = Environment({})
STOCK_HEAD = "shop,city,country,sku,product,names,quantity,updated_at\n"
ARTICLE_HEAD = "id,language,title,url,text,updated_at\n"
KETTLE = Stock(
    "Briggate", "K1", 'Kettle 1.7"', 3, "Leeds", "GB", ("su ısıtıcısı", "केतली"), datetime(2026, 11, 21, 6, tzinfo=UTC)
)
KETTLE_ROW = 'Briggate,Leeds,GB,K1,"Kettle 1.7""",su ısıtıcısı; केतली;,3,2026-11-21T09:00:00+03:00\n'
REFUND = Article("refund", "hi-Latn", "Refund kab aayega", "5 din mein.", "https://help.example/refund")


def file(tmp_path: Path, text: str, name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def settings(**tables: dict[str, Any]) -> Settings:
    brand = {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}
    return parse({"brands": {"northwind": brand}, **tables})


def shelf(number: int, quantity: int = 1) -> str:
    return f"Briggate,Leeds,GB,S{number},Thing number{number},,{quantity},\n"


def ops(store: Store) -> list[str]:
    with store.read() as tx:
        return [f"{data['state']}: {data['title']}" for data in tx.scalars(select(outbox.c.data).order_by(outbox.c.id))]


def stored(store: Store) -> dict[str, int]:
    with store.read() as tx:
        return {row.sku: row.quantity for row in tx.execute(select(stock_table))}


# Reading -------------------------------------------------------------------------------------------------------------


def test_a_row_becomes_a_line_of_stock(tmp_path: Path) -> None:
    assert list(stock_from_csv(file(tmp_path, STOCK_HEAD + KETTLE_ROW))) == [KETTLE]


@pytest.mark.parametrize(("written", "quantity"), [("12", 12), ("12.0", 12), ("0", 0), ("-3", 0), ("1e2", 100)])
def test_a_quantity_is_a_whole_number_and_what_is_sold_ahead_counts_as_none(
    tmp_path: Path, written: str, quantity: int
) -> None:
    found = list(stock_from_csv(file(tmp_path, f"{STOCK_HEAD}Briggate,,,K1,Kettle,,{written},\n")))
    assert [line.quantity for line in found if isinstance(line, Stock)] == [quantity]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",Leeds,GB,K1,Kettle,,3,", "shop is empty"),
        ("Briggate,Leeds,GB,,Kettle,,3,", "sku is empty"),
        ("Briggate,Leeds,GB,K1,,,3,", "product is empty"),
        ("Briggate,Leeds,GB,K1,Kettle,,,", "quantity is not a whole number, such as 12"),
        ("Briggate,Leeds,GB,K1,Kettle,,2.5,", "quantity is not a whole number"),
        ("Briggate,Leeds,GB,K1,Kettle,,many,", "quantity is not a whole number"),
        ("Briggate,Leeds,GB,K1,Kettle,,nan,", "quantity is not a whole number"),
        ("Briggate,Leeds,GB,K1,Kettle,,inf,", "quantity is not a whole number"),
        ("Briggate,Leeds,GB,K1,Kettle,,99999999999,", "quantity is not a whole number"),
        ("Briggate,Leeds,GB,K1,Kettle,,3,today", "updated_at is not a date"),
        (f"Briggate,Leeds,GB,{'K' * 401},Kettle,,3,", "sku is longer than 400 characters"),
        ("Briggate,Leeds", "it has 2 fields where the header has 8"),
    ],
)
def test_a_broken_line_of_stock_is_set_aside_and_the_rest_is_read(tmp_path: Path, row: str, reason: str) -> None:
    bad, good = list(stock_from_csv(file(tmp_path, f"{STOCK_HEAD}{row}\n{KETTLE_ROW}")))
    assert good == KETTLE
    assert str(bad).startswith("line 2 of table.csv: ")
    assert reason in str(bad)


def test_columns_that_only_help_may_be_left_out_but_not_mistyped(tmp_path: Path) -> None:
    bare = file(tmp_path, "sku,shop,quantity,product,colour\nK1,Briggate,3,Kettle,red\n")
    assert list(stock_from_csv(bare)) == [Stock("Briggate", "K1", "Kettle", 3)]
    short = file(tmp_path, "id,language,title,text\n1,en,Refunds,Soon.\n")
    assert list(articles_from_csv(short)) == [Article("1", "en", "Refunds", "Soon.")]
    for head, said in (
        ("sku,shop,quantity,produkt", "has no column 'product'; is 'produkt' meant?"),
        ("sku,shop,quantity,product,citty", "has no column 'city'; is 'citty' meant?"),
        ("sku,shop,quantity", "has no column 'product'; it needs shop, sku, product, quantity."),
    ):
        with pytest.raises(Misconfigured) as told:
            list(stock_from_csv(file(tmp_path, head + "\n")))
        assert str(told.value).endswith(said)


def as_json(**values: Any) -> str:
    row = {"id": "refund", "language": "en", "title": "Refunds", "url": "", "text": "Soon.", "updated_at": ""} | values
    return json.dumps(row, ensure_ascii=False) + "\n"


def test_an_article_is_the_same_from_csv_and_from_jsonl(tmp_path: Path) -> None:
    values = {"id": REFUND.id, "language": "hi_Latn", "title": REFUND.title, "url": REFUND.url, "text": REFUND.text}
    row = ",".join([*values.values(), ""])
    lines = "\ufeff" + as_json(**values, updated_at=None, extra=[1]) + "\n  \n"
    assert list(articles_from_csv(file(tmp_path, f"{ARTICLE_HEAD}{row}\n"))) == [REFUND]
    assert list(articles_from_jsonl(file(tmp_path, lines, "articles.jsonl"))) == [REFUND]


def test_html_is_read_as_plain_words_and_plain_words_are_left_alone(tmp_path: Path) -> None:
    html = as_json(text="<p>Tea &amp; <b>toast</b><script>x</script></p>", title="<i>Food</i>")
    plain = as_json(text="if 3 < 4 and 5 > 4 &amp; so on", title="a <3 b")
    found = list(articles_from_jsonl(file(tmp_path, html + plain)))
    assert [(a.title, a.text.split()) for a in found if isinstance(a, Article)] == [
        ("Food", ["Tea", "&", "toast", "x"]),
        ("a <3 b", ["if", "3", "<", "4", "and", "5", ">", "4", "&amp;", "so", "on"]),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (as_json(id=""), "id is empty"),
        (as_json(title=None), "title is empty"),
        (as_json(text=" "), "text is empty"),
        (as_json(text="x" * 200_001), "text is longer than 200,000 characters"),
        (as_json(language="English"), "language is no code, such as en, hi, hi-Latn or tr"),
        (as_json(language="'; --"), "language is no code"),
        (as_json(url="javascript:alert(1)"), "url does not begin with https:// or http://"),
        (as_json(updated_at="soon"), "updated_at is not a date"),
        (as_json(text=["a"]), "text is no text"),
        (as_json(text="\0"), "it holds a character that cannot be stored"),
        (as_json(text="half").replace("half", r"\ud83d"), "it holds a character that cannot be stored"),
        ("{'id': 1}\n", "it is no JSON"),
        ("[" * 100_000 + "\n", "it is no JSON"),
        ('"a"\n', "it is no JSON object"),
    ],
)
def test_a_broken_article_is_set_aside_and_the_rest_is_read(tmp_path: Path, line: str, reason: str) -> None:
    bad, good = list(articles_from_jsonl(file(tmp_path, line + as_json())))
    assert isinstance(good, Article)
    assert str(bad) == f"line 1 of table.csv: {reason}" or str(bad).startswith(f"line 1 of table.csv: {reason}")


@pytest.mark.parametrize("read", [stock_from_csv, articles_from_csv, articles_from_jsonl])
def test_a_file_that_is_none_is_one_sentence(tmp_path: Path, read: Callable[[Path], Iterator[object]]) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n\xff")
    for path in (tmp_path / "none", tmp_path, broken):
        with pytest.raises(Misconfigured, match=str(path)) as told:
            list(read(path))
        assert "\n" not in str(told.value)


@hypothesis(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_bytes_break_the_readers(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bytes"
    for head, read in (
        (STOCK_HEAD, stock_from_csv),
        (ARTICLE_HEAD, articles_from_csv),
        ("", articles_from_jsonl),
    ):
        path.write_bytes(head.encode() + content)
        try:
            assert all(isinstance(one, Stock | Article | BadRecord) for one in read(path))  # type: ignore[operator]
        except Misconfigured as error:
            assert str(path) in str(error)


@pytest.fixture
def shop(tmp_path: Path) -> SecretStr:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE shelves (n INTEGER, what TEXT)")
        database.executemany("INSERT INTO shelves VALUES (?, ?)", [(n, f"केतली {n}") for n in range(1200)])
    return SecretStr(f"sqlite:///{path}")


STOCK_SQL = """SELECT 'Briggate' AS shop, 'Leeds' AS city, 'GB' AS country, 'S' || n AS sku, what AS product,
    NULL AS names, n AS quantity, NULL AS updated_at FROM shelves"""
ARTICLE_SQL = """SELECT n AS id, 'hi' AS language, what AS title, '' AS url, what AS text, '2026-11-01' AS updated_at
    FROM shelves WHERE n < 3"""
ORDER_SQL = """SELECT 'NW-' || n AS order_id, 'C' || n AS customer_id, 'shipped' AS status, '2026-11-20' AS placed_at,
    '9 GBP' AS total, what AS items FROM shelves WHERE n < 2"""


def test_queries_answer_stock_articles_and_orders(shop: SecretStr) -> None:
    assert len(list(stock_from_sql(shop, STOCK_SQL))) == 1200
    assert list(articles_from_sql(shop, ARTICLE_SQL))[1] == Article(
        "1", "hi", "केतली 1", "केतली 1", "", datetime(2026, 11, 1, tzinfo=UTC)
    )
    assert next(orders_from_sql(shop, ORDER_SQL)) == Order(
        "NW-0", "C0", "shipped", datetime(2026, 11, 20, tzinfo=UTC), "9 GBP", "केतली 0"
    )


@pytest.mark.parametrize(
    ("read", "key", "variable"),
    [
        (stock_from_sql, "stock.sql", "STOCK_DATABASE_URL"),
        (articles_from_sql, "articles.sql", "ARTICLES_DATABASE_URL"),
        (orders_from_sql, "customers.orders_sql", "CUSTOMERS_DATABASE_URL"),
    ],
)
def test_what_is_wrong_with_a_query_names_its_own_key_and_variable(
    shop: SecretStr, read: Callable[[SecretStr, str], Iterator[object]], key: str, variable: str
) -> None:
    for query in ("DELETE FROM shelves", "SELEKT", "SELECT n FROM shelves"):
        with pytest.raises(Misconfigured, match=key):
            list(read(shop, query))
    with pytest.raises(Misconfigured, match=variable):
        list(read(SecretStr("nonsense"), "SELECT 1"))
    with pytest.raises(RetryLater, match=variable) as told:
        list(read(SecretStr("postgresql://reader:hunter2@127.0.0.1:1/crm"), "SELECT 1"))
    assert "hunter2" not in str(told.value)


# Copying -------------------------------------------------------------------------------------------------------------


def test_stock_is_mirrored_and_an_unchanged_file_is_not_read_again(store: Store, tmp_path: Path, now: datetime) -> None:
    path = file(tmp_path, STOCK_HEAD + "".join(shelf(n) for n in range(10)))
    mirror = settings(stock={"csv": str(path)})
    assert sync(store, mirror, NOTHING, now) == {"stock": 10, "dropped": 0, "kept": 0, "rejected": 0}
    assert sync(store, mirror, NOTHING, now + timedelta(minutes=20)) == {}
    path.write_text(STOCK_HEAD + shelf(0, 7) + "".join(shelf(n) for n in range(2, 10)))
    assert sync(store, mirror, NOTHING, now + timedelta(minutes=29)) == {}, "not due yet"
    assert sync(store, mirror, NOTHING, now + timedelta(minutes=40))["dropped"] == 1
    assert stored(store) == {"S0": 7} | {f"S{n}": 1 for n in range(2, 10)}


def test_a_cut_off_table_drops_nothing_until_a_person_says_so(store: Store, tmp_path: Path, now: datetime) -> None:
    path = file(tmp_path, STOCK_HEAD + "".join(shelf(n) for n in range(10)))
    mirror = settings(stock={"csv": str(path)})
    sync(store, mirror, NOTHING, now)
    path.write_text(STOCK_HEAD + shelf(0))
    assert sync(store, mirror, NOTHING, now + timedelta(hours=1))["kept"] == 9
    assert ops(store) == ["raised: More than half of the lines of stock are missing from their table"]
    assert sync(store, mirror, NOTHING, now + timedelta(hours=2), force=True)["dropped"] == 9


def test_articles_are_searchable_as_soon_as_they_are_copied_and_no_longer_once_they_are_gone(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    path = file(tmp_path, as_json() + as_json(id="warranty", title="Warranty", text="Two years."), "a.jsonl")
    mirror = settings(articles={"jsonl": str(path)})
    assert sync(store, mirror, NOTHING, now)["articles"] == 2
    with store.read() as tx:
        assert [a.id for a in articles.find(tx, "is there a warranty", "en")] == ["warranty"]
    path.write_text(as_json())
    sync(store, mirror, NOTHING, now + timedelta(hours=2), force=True)
    with store.read() as tx:
        assert articles.find(tx, "is there a warranty", "en") == ()
        assert tx.scalars(select(articles_table.c.id)).all() == ["refund"]


def test_what_is_wrong_with_one_table_does_not_keep_the_others(
    store: Store, tmp_path: Path, shop: SecretStr, now: datetime
) -> None:
    broken = file(tmp_path, "nonsense\n", "broken.csv")
    mirror = settings(stock={"csv": str(broken)}, articles={"sql": ARTICLE_SQL}, customers={"orders_sql": ORDER_SQL})
    address = shop.get_secret_value()
    environment = Environment({"ARTICLES_DATABASE_URL": address, "CUSTOMERS_DATABASE_URL": address})
    with pytest.raises(Misconfigured, match=r"broken\.csv has no column 'shop'"):
        sync(store, mirror, environment, now)
    with store.read() as tx:
        assert len(tx.scalars(select(articles_table.c.id)).all()) == 3
        assert len(tx.scalars(select(orders_table.c.order_id)).all()) == 2
    assert ops(store) == ["raised: The lines of stock cannot be copied"]
    file(tmp_path, STOCK_HEAD + shelf(1), "broken.csv")
    assert sync(store, mirror, environment, now + timedelta(hours=2))["stock"] == 1
    assert ops(store)[1:] == ["recovered: The lines of stock are copied again"]


def test_two_places_for_one_table_and_a_missing_address_are_told(store: Store, tmp_path: Path, now: datetime) -> None:
    path = str(file(tmp_path, STOCK_HEAD + shelf(1)))
    with pytest.raises(Misconfigured, match=r"stock\.csv and stock\.sql are both set; keep one\."):
        sync(store, settings(stock={"csv": path, "sql": STOCK_SQL}), NOTHING, now)
    with pytest.raises(Misconfigured, match="ARTICLES_DATABASE_URL is not set"):
        sync(store, settings(articles={"sql": ARTICLE_SQL}), NOTHING, now)
    with pytest.raises(Misconfigured, match="STOCK_DATABASE_URL is not set"):
        sync(store, settings(stock={"sql": STOCK_SQL}), NOTHING, now)


def test_two_copies_at_once_lose_nothing_that_either_brought(store: Store, tmp_path: Path, now: datetime) -> None:
    path = file(tmp_path, STOCK_HEAD + "".join(shelf(n) for n in range(5)))
    import_stock(store, path, now + timedelta(minutes=1))
    import_stock(store, path, now)  # began earlier, ends later
    with store.write() as tx:
        assert stock.missing(tx, now + timedelta(minutes=1)) == (0, 5)


def test_copies_that_run_at_once_do_not_break_each_other(store: Store, now: datetime) -> None:
    mirror = settings(stock={"csv": str(SCENARIO / "stock.csv")}, articles={"jsonl": str(SCENARIO / "articles.jsonl")})

    def copy(number: int) -> dict[str, int]:
        return sync(store, mirror, NOTHING, now + timedelta(seconds=number), force=True)

    with ThreadPoolExecutor(4) as workers:
        for counts in workers.map(copy, range(8)):
            assert (counts["stock"], counts["articles"]) == (180, 40)
    with store.read() as tx:
        assert stock.missing(tx, now)[1] == 180
        assert articles.find(tx, "battery swollen", "en")[0].id == "battery-swollen"


PAGES = {
    "swollen up like a pillow": "battery-swollen",
    "mera account hack": "account-hacked",
    "Plus membership I cancelled": "membership-cancel",
    "change the delivery address": "address-change",
    "do you deliver to Orkney": "address-change",
    "VAT invoice": "invoice-vat",
    "delete my data": "delete-data",
    "The shelf says": "price-shelf",
    "your parcel is held": "phishing-text",
    "पैसा दो बार कट गया": "charged-twice",
    "ऐप में ओटीपी आता": "password-reset",
    "एलर्जी है": "food-allergy",
    "ईएमआई पर": "emi-return",
    "kargom üç gündür": "parcel-where",
    "indirim kodu": "promo-code",
    "iki kez 3.249": "charged-twice",
    "garanti belgesini": "broken-warranty",
    "powerbank hafif": "battery-swollen",
}
"""Words of posts of the demo's day, and the page of its help centre that answers them."""


def test_the_demos_complaints_find_their_page_first(store: Store, now: datetime) -> None:
    import_articles(store, SCENARIO / "articles.jsonl", now)
    day = [row for row in read_jsonl("day.jsonl") if row.get("truth")]
    with store.read() as tx:
        found = {
            words: [
                page.id
                for row in day
                if words in row["text"]
                for page in articles.find(tx, row["text"], row["truth"]["language"], "Northwind")[:1]
            ]
            for words in PAGES
        }
    assert found == {words: [page] for words, page in PAGES.items()}


def test_the_demos_own_tables_are_whole_and_answer_a_question(store: Store, now: datetime) -> None:
    seen: list[int] = []
    assert import_stock(store, SCENARIO / "stock.csv", now, seen.append).saved == 180
    assert import_articles(store, SCENARIO / "articles.jsonl", now).rejected == 0
    assert seen == [180]
    with store.read() as tx:
        languages = set(tx.scalars(select(articles_table.c.language)))
        assert languages == {"en", "hi", "tr"}
        shops = stock.nearest(tx, "Kadıköy'de airfryer var mı?", "", "", "tr", "Northwind")
        assert [(line.shop, line.product) for line in shops] == [("Northwind Kadıköy", "Air fryer 4 l")]
        helpful = articles.find(tx, "kartımdan iki kez para çekildi", "tr", "Northwind")
        assert (helpful[0].id, helpful[0].language) == ("charged-twice", "tr")
