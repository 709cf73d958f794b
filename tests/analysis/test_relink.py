"""Linking anew what a change of the customers touches, and nothing else; on both databases."""

import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from analysis import relink as stage
from analysis.assess import assess, link
from analysis.identity import keep
from analysis.relink import relink
from core.customer import Customer, Handle, Order
from core.mention import Author
from core.store import Store, changes, customers, erasure, schema
from tests.analysis.test_triage import HELP, NOW, SETTINGS, hear, said

ASHA = Customer("C1", "Asha Verkhedkar", handles=(Handle("x", "asha_vk", "import"),), city="Pune")
DENIZ = Customer("C2", "Deniz Yılmaz", account_ids=("x:8",))
OTHERS = [Customer(f"D{n}", f"Ravi Name{n}", (f"ravi{n}@example.org",), city="Surat") for n in range(60)]
LATER = NOW + timedelta(hours=1)
NOTHING = {"changed": 0, "judged": 0, "linked": 0}


def know(store: Store, *found: Customer, at: object = NOW) -> None:
    with store.write() as tx:
        customers.save(tx, found, at)  # type: ignore[arg-type]


def linked(store: Store) -> dict[str, list[tuple[str, str]]]:
    with store.read() as tx:
        found = customers.links_of(tx, ["x:7", "x:8", "x:9", "x:900"])
    return {who: [(one.customer_id, one.status) for one in of] for who, of in found.items()}


@pytest.fixture
def town(store: Store) -> Store:
    """Asha and Deniz are customers; Asha, Deniz, Oliver and the brand itself have spoken, and no change waits."""
    know(store, ASHA, DENIZ, *OTHERS)
    hear(
        store,
        said(1, "hello", by=Author("x", "7", "asha_vk", "Asha Verkhedkar", location="Pune")),
        said(2, "hello", by=Author("x", "8", "deniz_y", "Deniz")),
        said(3, "my order NW-10442 is late", by=Author("x", "9", "somebody", "Oliver Else", location="Leeds")),
        said(4, "Sorry!", by=HELP),
    )
    assess(store, SETTINGS, NOW)
    assert linked(store) == {"x:7": [("C1", "linked")], "x:8": [("C2", "linked")]}
    relink(store, SETTINGS, NOW)
    assert relink(store, SETTINGS, NOW) == NOTHING
    return store


def test_the_share_of_customers_is_what_is_heard(town: Store) -> None:
    """The estimate of many authors, kept for all who judge; anew where customers or authors are others, else never."""
    with town.read() as tx:
        first = customers.share(tx)
    assert first is not None and 0.1 < first.value < 0.4  # of three authors little is learned
    crowd = [Author("x", str(100 + n), f"stranger{n}", "Sunny Day") for n in range(150)]
    hear(town, *(said(100 + n, "hello", by=one) for n, one in enumerate(crowd)))
    assert relink(town, SETTINGS, LATER) == NOTHING
    with town.read() as tx:
        second = customers.share(tx)
        assert keep.share(tx) == second.value if second else False
    assert second is not None and second.value < 0.7 * first.value and second.authors > 150
    relink(town, SETTINGS, LATER)
    with town.read() as tx:
        assert customers.share(tx) == second


def test_a_new_customer_gets_who_spoke_before(town: Store) -> None:
    know(town, Customer("C3", "Oliver Else", order_ids=("NW-10442",), city="Leeds"), at=LATER)
    assert relink(town, SETTINGS, LATER) == {"changed": 1, "judged": 1, "linked": 1}
    assert linked(town)["x:9"] == [("C3", "linked")]
    assert relink(town, SETTINGS, LATER) == NOTHING


def test_an_order_that_came_in_later_counts_and_its_next_status_does_not(town: Store) -> None:
    know(town, Customer("C3", "Oliver Else", city="Leeds"))
    relink(town, SETTINGS, NOW)
    assert linked(town).get("x:9", [("C3", "possible")]) == [("C3", "possible")]
    with town.write() as tx:
        customers.save_orders(tx, [Order("NW-10442", "C3", "placed")])
    assert relink(town, SETTINGS, LATER)["changed"] == 1
    assert linked(town)["x:9"] == [("C3", "linked")]
    with town.write() as tx:
        customers.save_orders(tx, [Order("NW-10442", "C3", "delayed")])
    assert relink(town, SETTINGS, LATER) == NOTHING


def test_a_changed_customer_loses_whom_nothing_ties_to_them_any_more(town: Store) -> None:
    know(town, replace(ASHA, name="Ravi Kumar", handles=(), city="Delhi"), at=LATER)
    assert relink(town, SETTINGS, LATER) == {"changed": 1, "judged": 1, "linked": 1}
    assert linked(town) == {"x:8": [("C2", "linked")]}


def test_the_same_customers_again_or_a_higher_tier_are_no_change(town: Store) -> None:
    know(town, ASHA, replace(DENIZ, tier="platinum", lifetime_value=1e6), at=LATER)
    assert relink(town, SETTINGS, LATER) == NOTHING


def test_whose_customer_was_dropped_is_somebody_elses_if_there_is_one(town: Store) -> None:
    double = replace(ASHA, customer_id="C9")
    know(town, double)
    relink(town, SETTINGS, NOW)
    assert sorted(linked(town)["x:7"]) == [("C1", "possible"), ("C9", "possible")]
    know(town, double, DENIZ, *OTHERS, at=LATER)
    with town.write() as tx:
        assert customers.drop_missing(tx, LATER) == 1
    assert relink(town, SETTINGS, LATER) == {"changed": 0, "judged": 1, "linked": 1}
    assert linked(town)["x:7"] == [("C9", "linked")]


def test_agents_word_stands(town: Store) -> None:
    with town.write() as tx:
        customers.reject(tx, "x:7", "C1", "agent", NOW)
        customers.confirm(tx, "x:9", "C1", "agent", NOW)
    assert relink(town, SETTINGS, LATER, everyone=True) == {"changed": 0, "judged": 3, "linked": 0}
    know(town, replace(ASHA, city="Mumbai"), at=LATER)
    relink(town, SETTINGS, LATER)
    assert linked(town) == {"x:8": [("C2", "linked")], "x:9": [("C1", "linked")]}


def test_the_brand_is_nobody_though_a_customer_has_its_handle(town: Store) -> None:
    know(town, Customer("C5", "Northwind Help", handles=(Handle("x", "NorthwindHelp", "import"),)))
    assert relink(town, SETTINGS, NOW) == {"changed": 1, "judged": 0, "linked": 0}
    relink(town, SETTINGS, NOW, everyone=True)
    assert "x:900" not in linked(town)


def test_where_most_customers_are_new_everybody_is_judged_and_alike(
    town: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "MANY", 2)
    monkeypatch.setattr(stage, "AT_ONCE", 1)
    know(town, *(Customer(f"E{n}", f"Mehmet Name{n}") for n in range(3)))
    before = linked(town)
    counts = relink(town, SETTINGS, NOW)
    assert (counts["changed"], counts["judged"]) == (3, 3)
    assert linked(town) == before


def test_a_change_while_the_last_one_is_worked_off_is_not_lost(town: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    know(town, Customer("C3", "Oliver Else"))

    def and_meanwhile(*given: object) -> object:
        monkeypatch.setattr(stage, "link", link)
        know(town, Customer("C3", "Oliver Else", order_ids=("NW-10442",), city="Leeds"))
        return link(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(stage, "link", and_meanwhile)
    monkeypatch.setattr(stage, "AT_ONCE", 10)
    relink(town, SETTINGS, NOW)
    assert relink(town, SETTINGS, NOW)["changed"] == 1
    assert linked(town)["x:9"] == [("C3", "linked")]


def test_the_index_of_a_large_crm_is_made_anew_first(
    town: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    """Else the change would be settled, and unseen."""
    monkeypatch.setattr(keep, "SMALL", 1)
    monkeypatch.setattr(keep, "PAUSE", timedelta(days=1))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    before = keep.current(town, NOW)
    know(town, Customer("C3", "Oliver Else", order_ids=("NW-10442",), city="Leeds"))
    assert keep.current(town, NOW) is before
    relink(town, SETTINGS, NOW)
    assert linked(town)["x:9"] == [("C3", "linked")]


def test_who_is_erased_is_not_marked_any_more(town: Store) -> None:
    know(town, DENIZ, *OTHERS, at=LATER)
    with town.write() as tx:
        customers.drop_missing(tx, LATER)
        assert [(one.kind, one.value) for one in changes.marked(tx)] == [("unlinked", "x:7")]
        erasure.forget_author(tx, "x:7", LATER)
        assert changes.marked(tx) == []


@pytest.mark.parametrize("stage_name", ["assess", "relink"])
def test_what_a_post_told_does_not_come_back_when_it_is_erased_while_its_author_is_linked(
    town: Store, monkeypatch: pytest.MonkeyPatch, stage_name: str
) -> None:
    hear(town, said(5, "still waiting", by=Author("x", "9", "somebody", "Oliver Else", location="Leeds")))
    if stage_name == "relink":
        assess(town, SETTINGS, NOW)
    know(town, Customer("C3", "Oliver Else", order_ids=("NW-10442",), city="Leeds"), at=LATER)
    module = sys.modules[f"analysis.{stage_name}"]
    save = module._save

    def erased_just_before(tx: Connection, *rest: object) -> object:
        erasure.erase_mentions(tx, ["x:3"], "deleted_by_author", LATER)
        return save(tx, *rest)

    monkeypatch.setattr(module, "_save", erased_just_before)
    assert getattr(module, stage_name)(town, SETTINGS, LATER)["judged"] == 1
    assert "x:9" not in linked(town)
    with town.read() as tx:
        assert "NW-10442" not in str(tx.execute(select(schema.links)).all())
