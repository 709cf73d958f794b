"""Who an author probably is, and how sure we may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.identity import AGENT, IMPORTED, MAX_CANDIDATES, MAX_KEYS, OAUTH, Key, claims, is_vip, link
from core.customer import Customer, Evidence, Link
from core.mention import Author

ASHA = Author("x", "7", "Asha_V", "Asha Verma")


def linked(
    found: dict[Key, list[tuple[str, str]]], *texts: str, before: tuple[Link, ...] = (), **customers: Customer
) -> list[Link]:
    known = {who: Customer(who) for owners in found.values() for who, _ in owners} | customers
    return link(claims(ASHA, texts), found, known, before)


def test_an_account_that_signed_in_is_linked_by_opt_in() -> None:
    [one] = linked({("account_id", "x:7"): [("C1", "oauth")]})
    assert (one.customer_id, one.status, one.basis, one.probability) == ("C1", "linked", "opt_in", OAUTH)
    assert one.author_id == "x:7" and one.evidence[0].kind == "account_id"


def test_a_handle_that_an_agent_confirmed_is_linked_and_an_imported_one_only_possible() -> None:
    [confirmed] = linked({("handle", "x:asha_v"): [("C1", "agent")]})
    assert (confirmed.status, confirmed.basis, confirmed.probability) == ("linked", "given_directly", AGENT)
    [imported] = linked({("handle", "x:asha_v"): [("C1", "import")]})
    assert (imported.status, imported.basis, imported.probability) == (
        "possible",
        "public_data",
        IMPORTED,
    ) and IMPORTED == 0.89


def test_an_order_number_in_the_authors_own_words_is_possible_and_weaker_for_somebody_else() -> None:
    order: dict[Key, list[tuple[str, str]]] = {("order_id", "NW-10442"): [("C1", "import")]}
    [own] = linked(order, "where is order #nw-10442?")
    [other] = linked(order, "where is my mother's order NW-10442?")
    assert (own.status, own.basis) == ("possible", "given_directly")
    assert "NW-10442" in own.evidence[0].text
    assert other.probability < own.probability


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("write to Asha.V+x@example.com please", ("email", "asha.v+x@example.com")),
        ("call me on +91 98765-43210", ("phone", "9876543210")),
        ("order NW-10442 is late", ("order_id", "NW-10442")),
        ("sipariş no: 8842193", ("order_id", "8842193")),
    ],
)
def test_what_a_text_tells_is_looked_up(text: str, key: Key) -> None:
    assert key in claims(ASHA, [text]).told


def test_evidence_adds_up_but_never_to_proof() -> None:
    found: dict[Key, list[tuple[str, str]]] = {
        ("handle", "x:asha_v"): [("C1", "import")],
        ("order_id", "NW-10442"): [("C1", "import")],
    }
    [one] = linked(found, "order NW-10442")
    assert one.status == "possible" and IMPORTED < one.probability < OAUTH
    assert {e.kind for e in one.evidence} == {"handle", "order_id"}


def test_a_signed_in_account_beats_an_imported_handle_of_another() -> None:
    links = linked(
        {("account_id", "x:7"): [("C1", "oauth")], ("handle", "x:asha_v"): [("C2", "import"), ("C3", "agent")]}
    )
    assert [(one.customer_id, one.status) for one in links] == [("C1", "linked")]


def test_an_imported_handle_says_little_when_the_customer_signed_in_with_another_account() -> None:
    elsewhere = Customer("C1", account_ids=("x:99",))
    assert linked({("handle", "x:asha_v"): [("C1", "import")]}, C1=elsewhere) == []


def test_two_customers_who_both_seem_proven_are_neither_linked() -> None:
    links = linked({("handle", "x:asha_v"): [("C1", "agent"), ("C2", "agent")]})
    assert {one.status for one in links} == {"possible"}


def test_a_handle_that_two_customers_have_is_shared_between_them() -> None:
    links = linked({("handle", "x:asha_v"): [("C1", "import"), ("C2", "import")]})
    assert [one.probability for one in links] == [pytest.approx(IMPORTED / 2, abs=0.001)] * 2


def test_at_most_five_candidates_best_first() -> None:
    found: dict[Key, list[tuple[str, str]]] = {("order_id", f"NW-1000{n}"): [(f"C{n}", "import")] for n in range(9)}
    found["handle", "x:asha_v"] = [("C5", "import")]
    links = linked(found, " ".join(f"NW-1000{n}" for n in range(9)))
    assert len(links) == MAX_CANDIDATES and links[0].customer_id == "C5"


def test_what_an_earlier_post_told_still_counts() -> None:
    [first] = linked({("order_id", "NW-10442"): [("C1", "import")]}, "order NW-10442")
    [second] = linked({}, "any news?", before=(first,), C1=Customer("C1"))
    assert (second.customer_id, second.probability, second.basis) == ("C1", first.probability, "given_directly")
    assert linked({}, "any news?", before=(first,)) == []  # the customer is gone


def test_nothing_known_is_no_link() -> None:
    assert linked({}, "order NW-10442") == []


def test_only_a_linked_customer_is_treated_as_a_vip() -> None:
    evidence = (Evidence("handle", 0.9),)
    gold = {
        "C1": Customer("C1", tier="Platinum"),
        "C2": Customer("C2", lifetime_value=50_000),
        "C3": Customer("C3", tier="silver"),
    }
    sure = {who: Link("x:7", who, "linked", 0.99, "opt_in", evidence, "v") for who in gold}
    maybe = Link("x:7", "C1", "possible", 0.89, "public_data", evidence, "v")
    assert is_vip([sure["C1"]], gold) and is_vip([sure["C2"]], gold)
    assert not is_vip([sure["C3"]], gold) and not is_vip([maybe], gold)


@given(st.lists(st.text(max_size=300), max_size=5))
def test_any_text_gives_few_keys_and_no_error(texts: list[str]) -> None:
    assert len(claims(ASHA, texts).told) <= MAX_KEYS


def test_a_thousand_numbers_are_looked_up_no_further_than_twenty() -> None:
    assert len(claims(ASHA, [" ".join(str(10_000 + n) for n in range(1000))]).told) == MAX_KEYS
