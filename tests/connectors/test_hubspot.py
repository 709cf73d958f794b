"""HubSpot's contacts become customers: all of them once, then those that changed, and who is gone goes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.backoffice import hubspot
from connectors.sync import sync
from core.customer import Customer, Handle
from core.errors import Misconfigured, RetryLater
from core.settings import Environment, HubspotTable, Settings, parse
from core.store import Store, customers
from sandbox import hubspot as sandbox_hubspot
from sandbox.server import Sandbox

EARLIER = datetime.now(UTC) - timedelta(days=3)


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    sandbox.hubspot.__init__(limited=False)  # type: ignore[misc]
    return sandbox


def settings(**table: Any) -> Settings:
    brand = {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}
    return parse({"brands": {"northwind": brand}, "customers": {"hubspot": True, **table}})


def copied(store: Store, sandbox: Sandbox, now: datetime, **table: Any) -> dict[str, int]:
    return sync(store, settings(**table), Environment(sandbox.env()), now)


def stored(store: Store) -> dict[str, Customer]:
    with store.read() as tx:
        return {one.customer_id: one for one in customers.everyone(tx)}


def account(sandbox: Sandbox, **table: Any) -> hubspot.HubSpot:
    return hubspot.connect(HubspotTable(**table), Environment(sandbox.env()))


def test_a_contact_becomes_a_customer(store: Store, sandbox: Sandbox, now: datetime) -> None:
    number = sandbox.hubspot.put(
        at=EARLIER,
        firstname="आशा",
        lastname="Verma",
        email="asha@example.org",
        hs_additional_emails="a.verma@example.org;av@example.org",
        phone="+91 98 7654 3210",
        twitterhandle="https://twitter.com/asha_v?lang=hi",
        city="Pune",
        country="India",
        total_revenue="1250.5",
    )
    assert copied(store, sandbox, now)["customers"] == 1
    assert stored(store) == {
        str(number): Customer(
            str(number),
            "आशा Verma",
            ("asha@example.org", "a.verma@example.org", "av@example.org"),
            ("+91 98 7654 3210",),
            (Handle("x", "asha_v", "import"),),
            city="Pune",
            country="India",
            lifetime_value=1250.5,
        )
    }


def test_the_settings_say_what_a_column_is_read_from(small_store: Store, sandbox: Sandbox, now: datetime) -> None:
    sandbox.hubspot.put(
        at=EARLIER, shop_id="C-7", nickname="Can", x_id="42", insta="@can.k", orders="NW-1;NW-2", level="gold"
    )
    sandbox.hubspot.put(at=EARLIER, nickname="no number of the shop's")
    properties = {
        "id": "shop_id",
        "name": ["nickname"],
        "handles": {"instagram": "insta"},
        "account_ids": {"x": "x_id"},
        "order_ids": ["orders"],
        "tier": "level",
    }
    assert copied(small_store, sandbox, now, hubspot_properties=properties)["rejected"] == 1
    assert stored(small_store) == {
        "C-7": Customer(
            "C-7",
            "Can",
            handles=(Handle("instagram", "can.k", "import"),),
            account_ids=("x:42",),
            order_ids=("NW-1", "NW-2"),
            tier="gold",
        )
    }


def test_then_only_what_changed_is_asked_for(store: Store, sandbox: Sandbox, now: datetime) -> None:
    numbers = [sandbox.hubspot.put(at=EARLIER, firstname=f"Person {n}") for n in range(250)]
    assert copied(store, sandbox, now)["customers"] == 250
    assert (sandbox.hubspot.listings, sandbox.hubspot.searches) == (3, 0)
    later = now + timedelta(hours=2)
    sandbox.hubspot.put(numbers[7], at=now + timedelta(minutes=1), firstname="Renamed")
    new = sandbox.hubspot.put(at=now + timedelta(hours=1), firstname="New")
    assert copied(store, sandbox, later)["customers"] == 2
    assert (sandbox.hubspot.listings, sandbox.hubspot.searches) == (3, 1)
    assert stored(store)[str(numbers[7])].name == "Renamed" and str(new) in stored(store)


def test_what_a_search_finds_late_is_not_lost(small_store: Store, sandbox: Sandbox, now: datetime) -> None:
    sandbox.hubspot.put(at=EARLIER, firstname="First")
    copied(small_store, sandbox, now)
    late = sandbox.hubspot.put(at=now - timedelta(minutes=5), firstname="Indexed late")
    copied(small_store, sandbox, now + timedelta(hours=2))
    assert str(late) in stored(small_store)


def test_who_is_gone_goes_with_the_next_full_pass(store: Store, sandbox: Sandbox, now: datetime) -> None:
    numbers = [sandbox.hubspot.put(at=EARLIER, firstname=f"Person {n}") for n in range(5)]
    copied(store, sandbox, now, hubspot_full_hours=6)
    sandbox.hubspot.delete(numbers[0])
    assert copied(store, sandbox, now + timedelta(hours=2), hubspot_full_hours=6)["dropped"] == 0
    assert copied(store, sandbox, now + timedelta(hours=7), hubspot_full_hours=6)["dropped"] == 1
    assert str(numbers[0]) not in stored(store)


def test_other_properties_are_read_of_everybody(small_store: Store, sandbox: Sandbox, now: datetime) -> None:
    number = sandbox.hubspot.put(at=EARLIER, firstname="Deniz", level="gold")
    copied(small_store, sandbox, now)
    copied(small_store, sandbox, now + timedelta(hours=2), hubspot_properties={"tier": "level"})
    assert stored(small_store)[str(number)].tier == "gold"


def test_more_than_a_search_shows_is_found_in_windows(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """All changed at one moment, as an import leaves them."""
    monkeypatch.setattr(hubspot, "WINDOW", 200)
    monkeypatch.setattr(sandbox_hubspot, "MOST_FOUND", 200)
    numbers = [sandbox.hubspot.put(at=EARLIER, firstname=f"Person {n}") for n in range(450)]
    found = [one.customer_id for one in account(sandbox).changed(EARLIER) if isinstance(one, Customer)]
    assert found == [str(number) for number in numbers]


def test_the_pace_that_hubspot_allows_is_kept(sandbox: Sandbox) -> None:
    sandbox.hubspot.limited = True
    for n in range(650):
        sandbox.hubspot.put(at=EARLIER, firstname=f"Person {n}")
    assert sum(1 for _ in account(sandbox).changed(EARLIER)) == 650


@pytest.mark.parametrize("fault", ["reset_after", "unavailable", "malformed", "truncated", "rate_limited"])
def test_what_breaks_off_loses_and_drops_nobody(
    small_store: Store, sandbox: Sandbox, now: datetime, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubspot, "TRIES", 1)
    for n in range(150):
        sandbox.hubspot.put(at=EARLIER, firstname=f"Person {n}")
    copied(small_store, sandbox, now)
    sandbox.faults.add("hubspot.list", fault, times=3, after=1)
    with pytest.raises(RetryLater, match="HubSpot"):
        copied(small_store, sandbox, now + timedelta(days=2))
    assert len(stored(small_store)) == 150
    sandbox.faults.clear()
    assert copied(small_store, sandbox, now + timedelta(days=2, minutes=1))["customers"] == 150


@pytest.mark.parametrize(("fault", "told"), [("unauthorized", "does not accept"), ("forbidden", "contacts.read")])
def test_a_token_that_may_not_is_one_sentence(
    small_store: Store, sandbox: Sandbox, now: datetime, fault: str, told: str
) -> None:
    sandbox.faults.add("hubspot.list", fault)
    with pytest.raises(Misconfigured, match=told) as raised:
        copied(small_store, sandbox, now)
    assert "HUBSPOT_ACCESS_TOKEN" in str(raised.value) and sandbox_hubspot.TOKEN not in str(raised.value)


def test_without_a_token_nothing_is_asked(small_store: Store, sandbox: Sandbox, now: datetime) -> None:
    with pytest.raises(Misconfigured, match="HUBSPOT_ACCESS_TOKEN is not set"):
        sync(small_store, settings(), Environment({}), now)
    assert sandbox.hubspot.listings == 0


def test_two_places_are_refused(small_store: Store, sandbox: Sandbox, now: datetime) -> None:
    with pytest.raises(Misconfigured, match=r"customers\.csv and customers\.hubspot"):
        copied(small_store, sandbox, now, csv="customers.csv")


def test_the_way_out_is_the_environments(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubspot, "TRIES", 0)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    with pytest.raises(RetryLater, match="cannot be reached"):
        list(account(sandbox).everyone())
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert list(account(sandbox).everyone()) == []
