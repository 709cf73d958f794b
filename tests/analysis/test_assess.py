"""Judging and linking what was heard, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import event

from analysis.assess import assess
from core.assessment import Assessment
from core.customer import Customer, Handle
from core.mention import Author
from core.settings import LinkingTable
from core.store import Store, assessments, browse, customers, erasure
from tests.analysis.test_triage import HELP, NOW, SETTINGS, SMOKE, hear, said


def judgements(store: Store) -> dict[str, Assessment]:
    with store.read() as tx:
        return {one.mention.id: one.assessment for one in browse.latest(tx, limit=1000).items}


def know(store: Store, *found: Customer) -> None:
    with store.write() as tx:
        customers.save(tx, found, NOW)


def test_what_was_heard_is_judged_once_with_its_reasons(store: Store) -> None:
    hear(store, said(1, SMOKE), said(2, "I love Northwind", by=2))
    assert assess(store, SETTINGS, NOW) == {"judged": 2, "linked": 0}
    assert assess(store, SETTINGS, NOW) == {"judged": 0, "linked": 0}
    one = judgements(store)["x:1"]
    assert (one.urgency.priority.name, one.department, one.language) == ("P1", "safety", "en")
    assert one.urgency.reasons[0].signal == "hazard_fire" and one.version


def test_a_limit_leaves_the_rest_for_later(store: Store) -> None:
    hear(store, *(said(n, SMOKE, by=n) for n in range(1, 8)))
    assert [assess(store, SETTINGS, NOW, limit=3)["judged"] for _ in range(4)] == [3, 3, 1, 0]


def test_an_edited_mention_is_judged_again(store: Store) -> None:
    first = said(1, "Northwind is fine")
    hear(store, first)
    assess(store, SETTINGS, NOW)
    hear(store, replace(first, text=SMOKE, edited_at=NOW))
    assert assess(store, SETTINGS, NOW)["judged"] == 1
    assert judgements(store)["x:1"].urgency.priority.name == "P1"


def test_authors_are_linked_to_customers_and_the_brand_is_not(store: Store) -> None:
    know(
        store,
        Customer("C1", "Asha", account_ids=("x:1",)),
        Customer("C2", "Deniz", handles=(Handle("x", "user2", "import"),)),
        Customer("C3", "Northwind itself", handles=(Handle("x", "northwindhelp", "import"),)),
        Customer("C4", "Mehmet", order_ids=("NW-10442",)),
    )
    hear(
        store, said(1, SMOKE), said(2, SMOKE, by=2), said(3, "Sorry!", by=HELP), said(4, "order NW-10442 is late", by=4)
    )
    assert assess(store, SETTINGS, NOW)["linked"] == 3
    with store.read() as tx:
        links = customers.links_of(tx, ["x:1", "x:2", "x:900", "x:4"])
    found = {who: [(one.customer_id, one.status) for one in of] for who, of in links.items()}
    assert found == {"x:1": [("C1", "linked")], "x:2": [("C2", "possible")], "x:4": [("C4", "possible")]}


def test_a_team_says_how_sure_a_link_must_be(store: Store) -> None:
    know(
        store,
        Customer("C1", "Asha", account_ids=("x:1",)),
        Customer("C2", "Deniz", handles=(Handle("x", "user2", "import"),)),
    )
    hear(store, said(1, SMOKE), said(2, SMOKE, by=2))
    table = LinkingTable(linked=0.999, possible=0.9)
    assess(store, SETTINGS.model_copy(update={"linking": table}), NOW)
    with store.read() as tx:
        links = customers.links_of(tx, ["x:1", "x:2"])
    assert {who: [one.status for one in of] for who, of in links.items()} == {"x:1": ["possible"]}


def test_a_vip_is_heard_louder_only_if_linked(store: Store) -> None:
    know(
        store,
        Customer("C1", account_ids=("x:1",), tier="platinum"),
        Customer("C2", handles=(Handle("x", "user2", "import"),), tier="platinum"),
    )
    late = "My Northwind parcel has not arrived"
    hear(store, said(1, late), said(2, late, by=2))
    assess(store, SETTINGS, NOW)
    assert [judgements(store)[id].urgency.priority.name for id in ("x:1", "x:2")] == ["P2", "P3"]


def test_an_author_erased_while_it_was_judged_gets_no_link(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    know(store, Customer("C1", account_ids=("x:1",)))
    hear(store, said(1, SMOKE), said(2, SMOKE, by=2))
    save = assessments.save

    def erased_first(tx, pairs):  # type: ignore[no-untyped-def]
        erasure.forget_author(tx, "x:1", NOW)
        return save(tx, pairs)

    monkeypatch.setattr(assessments, "save", erased_first)
    assert assess(store, SETTINGS, NOW)["judged"] == 1
    with store.read() as tx:
        assert customers.links_of(tx, ["x:1"]) == {}


def test_a_brand_that_left_the_settings_is_still_judged(store: Store) -> None:
    hear(store, said(1, SMOKE))
    from core.settings import parse

    other = parse({"brands": {"contoso": {"name": "Contoso", "queries": [{"name": "q", "any_of": ["contoso"]}]}}})
    assert assess(store, other, NOW)["judged"] == 1


def test_a_batch_costs_the_same_number_of_statements_however_large(store: Store) -> None:
    know(store, Customer("C1", account_ids=("x:1",)))

    def statements(count: int, first: int) -> int:
        hear(
            store,
            *(
                said(first + n, "Northwind is fine", by=Author("x", str(first + n), f"u{first + n}"))
                for n in range(count)
            ),
        )
        seen: list[str] = []

        def listen(*args: object) -> None:
            seen.append(str(args[2]))

        event.listen(store.engine, "before_cursor_execute", listen)
        assess(store, SETTINGS, NOW)
        event.remove(store.engine, "before_cursor_execute", listen)
        return len(seen)

    statements(1, 500)  # reads the customers, once
    assert statements(5, 1000) == statements(200, 2000)
