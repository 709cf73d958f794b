"""A sales lead is on the sales team's channel at once, in four languages, with what the customer bought and said before."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analysis.assess import assess
from analysis.triage import triage
from core.customer import Customer, Order
from core.mention import Author, BrandQuery, Cursor, Heard, Mention, Page
from core.settings import Environment, Settings, parse
from core.store import Store, cases, customers, mentions, notes
from notifier.deliver import deliver
from notifier.slack_client import connect
from tests.sandbox.slack_desk import Desk, running, words_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
QUERY = BrandQuery("northwind", "brand", ("northwind",))
BUYER = Author("x", "77", "meera_office", "Meera Iyer", followers=900)
LEADS = {
    "en": "We need 40 coffee machines for our new office in Pune, can Northwind send someone a quote?",
    "hi": "Northwind से ऑफिस के लिए 50 मशीन थोक में खरीदनी हैं, कीमत बताइए",
    "hi-Latn": "Northwind ki 50 coffee machine bulk mein chahiye office ke liye, quote bhej do",
    "tr": "Northwind ofisimiz için 50 kahve makinesi almak istiyoruz, toplu alım fiyatı alabilir miyiz?",
}


@pytest.fixture
def desk() -> Iterator[Desk]:
    with running() as made:
        yield made


def settings(**sales: Any) -> Settings:
    departments = {
        "care": {"channel": "#care-billing", "topics": ["billing", "delivery", "product_quality"]},
        "sales": {"channel": "#sales", "topics": ["sales_lead"], "digest_topics": ["feedback"], **sales},
    }
    brand = {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}
    return parse({"brands": {"northwind": brand}, "departments": departments})


def say(store: Store, team: Settings, number: int, text: str, author: Author = BUYER, ago: float = 2) -> dict[str, int]:
    at = NOW - timedelta(minutes=ago)
    said = Mention("x", str(number), author, text, at, conversation_id=str(number), url=f"https://x.example/{number}")
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", Page(Cursor("1", NOW), (Heard(said, (QUERY,), {}),)), at)
    assess(store, team, NOW)
    return triage(store, team, NOW)


def ring(store: Store, desk: Desk, team: Settings) -> None:
    environment = Environment({"SLACK_API_BASE_URL": f"{desk.url}/api/", "SLACK_BOT_TOKEN": desk.state.bot_token})
    deliver(store, connect(team, environment), team, NOW, seconds=5)


def test_a_lead_comes_to_sales_with_the_customers_history(store: Store, desk: Desk) -> None:
    team = settings(ring_p3=True)
    bought = Order("N-1", "C-9", "delivered", NOW - timedelta(days=40), "₹ 61,000", "4 espresso machines")
    known = Customer("C-9", "Meera Iyer", account_ids=(BUYER.id,), tier="Gold", city="Pune", country="IN")
    with store.write() as tx:
        customers.save(tx, [known], NOW)
        customers.save_orders(tx, [bought])
    say(store, team, 1, "My Northwind parcel is two weeks late and nobody answers me", ago=300)
    with store.write() as tx:
        notes.add(tx, "customer:C-9", "Buys for three offices", "U0ASHA", NOW)
    assert say(store, team, 2, LEADS["en"])["rang"] == 1
    ring(store, desk, team)
    (card,) = desk.messages("#sales")
    shown = words_of(card)
    for known_of_them in ("Meera Iyer", "Gold", "4 espresso machines", "delivered", "Buys for three offices"):
        assert known_of_them in shown, shown
    assert "*Earlier cases:* 1: Delivery" in shown, shown
    assert "40 coffee machines" in shown


@pytest.mark.parametrize("language", LEADS)
def test_a_lead_in_each_language_goes_to_sales_and_only_there(store: Store, desk: Desk, language: str) -> None:
    team = settings(ring_p3=True)
    say(store, team, 1, LEADS[language])
    say(store, team, 2, "Northwind, you should sell refill packs for the filter", Author("x", "78", "ali"))
    ring(store, desk, team)
    assert [m["metadata"]["event_payload"].get("mention") for m in desk.messages("#sales")] == ["x:1"]
    assert desk.messages("#care-billing") == desk.messages("#triage") == []


def test_without_ring_p3_a_lead_waits_in_the_teams_queue(store: Store) -> None:
    team = settings()
    counts = say(store, team, 1, LEADS["en"])
    assert (counts["opened"], counts["rang"]) == (1, 0)
    with store.read() as tx:
        (case,) = [found for found, _ in cases.in_conversations(tx, ["x:1"])["x:1", "northwind"]]
    assert case.team == "sales"


def test_what_follows_a_lead_is_told_under_its_card(store: Store, desk: Desk) -> None:
    team = settings(ring_p3=True)
    say(store, team, 1, LEADS["en"])
    at = NOW - timedelta(minutes=1)
    more = Mention("x", "3", BUYER, "Northwind, make that 60 machines please", at, conversation_id="1", parent_id="1")
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", Page(Cursor("1", NOW), (Heard(more, (QUERY,), {}),)), at)
    assess(store, team, NOW)
    assert triage(store, team, NOW)["joined"] == 1
    ring(store, desk, team)
    first, *thread = desk.messages("#sales")
    assert first["metadata"]["event_payload"]["mention"] == "x:1"
    assert "make that 60 machines" in words_of(thread)
