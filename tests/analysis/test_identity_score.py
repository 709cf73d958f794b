"""Whom the evidence points to, how surely, and what keeps a link from being made."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.identity import elsewhere, index, is_vip, links
from analysis.identity.bulk import link_all
from analysis.identity.compare import EVIDENCE, compare
from analysis.identity.evaluate import calibration_error, error_by_chance, figures, judged
from analysis.identity.fit import EXPECTED
from analysis.identity.person import MAX_KEYS, Whose, read
from analysis.identity.score import shipped
from analysis.identity.world import Plan, make
from core.customer import Customer, Evidence, Handle, Link
from core.mention import Author

CROWD = make(Plan(customers=5_000, mentions=2_000, seed=3)).customers
ASHA = Customer(
    "ASHA",
    "Asha Verkhedkar",
    ("asha.vk@example.org",),
    ("+91 98765 43210",),
    (Handle("x", "asha_vk", "import"),),
    city="Pune",
    country="IN",
    company_domain="verkhedkar-tools.in",
    order_ids=("NW-10442",),
)
HER = Author("x", "7", "asha_vk", "Asha Verkhedkar", location="Pune, India")
SOMEBODY = replace(HER, handle="sunny_day", display_name="Sunny day", location="")


def best(
    author: Author, *texts: str, asha: Customer = ASHA, more: tuple[Customer, ...] = ()
) -> tuple[str, float, bool]:
    """The best candidate among five thousand customers and Asha: id, probability, linked."""
    table = index.build([*CROWD, asha, *more])
    for batch in link_all([read(author, texts)], table, 0.2):
        for rows in batch.decisions.values():
            return table.id(rows[0].customer), rows[0].probability, rows[0].linked
    return "", 0.0, False


def evidence_of(author: Author, asha: Customer) -> set[str]:
    """The evidence on an author and one customer among five thousand."""
    pairs = compare([read(author)], index.build([*CROWD, asha]))
    row = pairs.table[pairs.customers == len(CROWD)]
    return {name for name, value in zip(EVIDENCE, row[0], strict=True) if value} if len(row) else set()


def test_an_imported_handle_with_name_and_city_is_linked() -> None:
    assert best(HER)[::2] == ("ASHA", True)


def test_the_name_in_devanagari_is_the_name() -> None:
    customer = replace(ASHA, name="Asha Verma")
    assert best(replace(HER, display_name="आशा वर्मा", location="पुणे"), asha=customer)[::2] == ("ASHA", True)


def test_name_and_city_alone_are_never_linked() -> None:
    who, chance, linked = best(replace(HER, handle="chai_lover"))
    assert (who, linked) == ("ASHA", False) and 0.15 < chance < 0.98


def test_a_handle_that_now_bears_another_name_is_not_linked() -> None:
    who, chance, linked = best(replace(HER, display_name="Oliver Smith", location="Leeds, UK"))
    assert not linked and (who != "ASHA" or chance < 0.8)


def test_an_account_that_signed_in_links_whatever_it_calls_itself() -> None:
    assert best(SOMEBODY, asha=replace(ASHA, account_ids=("x:7",)))[::2] == ("ASHA", True)


def test_an_account_that_signed_in_is_the_customer_s_whatever_the_crm_remarked() -> None:
    asha = replace(ASHA, name="Asha Verkhedkar test", account_ids=("x:7",), city="Nashik")
    assert best(replace(HER, location="Leeds, UK"), asha=asha)[::2] == ("ASHA", True)


def test_a_handle_made_of_a_common_name_proves_less_than_one_of_a_rare_name() -> None:
    kumar = replace(ASHA, name="Amit Kumar", handles=(Handle("x", "amitkumar", "import"),), city="")
    others = tuple(Customer(f"K{n}", "Amit Kumar", city="Surat") for n in range(120))
    author = Author("x", "9", "amitkumar", "Amit Kumar")
    common = best(author, asha=kumar, more=others)
    rare = best(
        replace(HER, handle="ashaverkhedkar"), asha=replace(ASHA, handles=(Handle("x", "ashaverkhedkar", "import"),))
    )
    assert common[0] == rare[0] == "ASHA" and rare[2] and common[1] < rare[1]


def test_a_handle_that_spells_another_name_is_doubted() -> None:
    author = replace(HER, handle="rahulmehta", display_name="", location="")
    named = Customer("MEHTA", "Rahul Mehta")
    asha = replace(ASHA, handles=(Handle("x", "rahulmehta", "import"),))
    plain = replace(author, handle="sunny_day")
    apart = best(plain, asha=replace(ASHA, handles=(Handle("x", "sunny_day", "import"),)))
    assert best(author, asha=asha, more=(named,))[1] < apart[1]


def test_two_of_three_names_are_a_name() -> None:
    customer = replace(ASHA, name="Mehmet Ali Verkhedkar", city="")
    for name in ("Mehmet Verkhedkar", "Ali Verkhedkar", "Mehmet Ali"):
        table = index.build([*CROWD, customer])
        pairs = compare([read(replace(HER, display_name=name))], table)
        row = pairs.table[pairs.customers == table.size - 1][0]
        assert row[EVIDENCE.index("other_surname")] == row[EVIDENCE.index("other_given")] == 0, name
    row = compare([read(replace(HER, display_name="Ali Kumar"))], index.build([*CROWD, customer]))
    assert not row.table[row.customers == len(CROWD), EVIDENCE.index("name")].any()


def test_a_number_dropped_by_somebody_without_a_name_is_not_linked() -> None:
    assert not best(replace(SOMEBODY, display_name="", location="Pune"), "what about NW-10442?")[2]
    assert best(replace(HER, handle="chai_lover"), "what about NW-10442?")[::2] == ("ASHA", True)


def test_name_place_and_employer_can_be_copied_and_link_nobody() -> None:
    who, chance, linked = best(replace(HER, handle="chai_lover", url="https://verkhedkar-tools.in/team"))
    assert (who, linked) == ("ASHA", False) and chance > 0.5


@pytest.mark.parametrize(
    ("platform", "known", "heard", "same"),
    [
        ("bluesky", "asha-vk", "asha-vk.bsky.social", True),
        ("bluesky", "@Asha-VK.bsky.social", "asha-vk.bsky.social", True),
        ("mastodon", "asha_vk@toot.io", "asha_vk@toot.io", True),
        ("mastodon", "asha_vk", "asha_vk@toot.io", True),
        ("mastodon", "asha_vk@toot.io", "asha_vk", True),
        ("mastodon", "asha_vk@mstdn.in", "asha_vk@toot.io", False),
        ("reddit", "u/asha_vk", "asha_vk", True),
    ],
)
def test_a_handle_is_the_same_however_its_platform_is_written(
    platform: str, known: str, heard: str, same: bool
) -> None:
    table = index.build([*CROWD, replace(ASHA, handles=(Handle(platform, known, "import"),))])
    pairs = compare([read(Author(platform, "7", heard, "Asha Verkhedkar"))], table)
    found = pairs.table[pairs.customers == len(CROWD), EVIDENCE.index("imported_handle")]
    assert bool(found.any()) is same


def test_a_handle_is_found_elsewhere_without_its_server() -> None:
    asha = replace(ASHA, handles=(), emails=("lunarpanda77@example.org",))
    pairs = compare([read(Author("bluesky", "7", "lunarpanda77.bsky.social"))], index.build([*CROWD, asha]))
    assert pairs.customers.tolist() == [len(CROWD)]


def test_another_account_that_signed_in_there_speaks_against() -> None:
    assert not best(HER, asha=replace(ASHA, account_ids=("x:99",)))[2]


def test_ones_own_order_links_and_somebody_elses_does_not() -> None:
    author = replace(HER, handle="chai_lover", location="")
    mine = best(author, "where is my order NW-10442?")
    other = best(author, "my mum's order nw-10442 is late")
    assert mine[::2] == ("ASHA", True)
    assert not other[2] and other[1] < mine[1]


def test_posts_of_one_author_count_together() -> None:
    author = replace(HER, handle="chai_lover", location="")
    apart = max(best(author, "where is my order NW-10442?")[1], best(author, "write to asha.vk@example.org")[1])
    assert best(author, "where is my order NW-10442?", "write to asha.vk@example.org")[1] >= apart


def test_a_phone_that_relatives_share_goes_by_the_name() -> None:
    kin = replace(ASHA, customer_id="KIN", name="Rohan Verkhedkar", emails=(), handles=(), order_ids=())
    assert best(replace(HER, handle="chai_lover"), "call me: 9876543210", more=(kin,))[0] == "ASHA"
    assert not best(SOMEBODY, "call me: 9876543210", more=(kin,))[2]


def test_fans_parodies_bots_and_impersonators_are_not_linked() -> None:
    for change in (
        {"display_name": "Asha Verkhedkar (parody)"},
        {"bio": "fan account, not affiliated"},
        {"bio": "I am a bot. Posts every hour"},
        {"handle": "real_asha_vk"},
        {"handle": "asha_vk_"},
        {"platform": "mastodon", "handle": "asha_vk_@toot.io"},
    ):
        assert not best(replace(HER, **change))[2], change  # type: ignore[arg-type]


def test_who_copies_a_profile_and_all_but_the_handle_is_not_linked() -> None:
    """Unlike the same account where the CRM has no handle that it could be a copy of, or where a post tells more."""
    copied = replace(HER, platform="facebook", bio="mail: asha.vk@example.org")
    unknown = replace(ASHA, handles=())
    assert best(replace(copied, handle="sunny_day"), asha=unknown)[0] == "ASHA"
    for handle in ("asha_vkk", "ashavk1", "asha_uk"):
        who, chance, linked = best(replace(copied, handle=handle))
        assert (who, linked) == ("ASHA", False) and chance > 0.15, handle
    assert best(replace(copied, handle="asha_vkk"), "my order NW-10442 is late")[::2] == ("ASHA", True)
    (_, judged), *_ = links([read(replace(copied, handle="asha_vkk"))], index.build([*CROWD, ASHA]))
    assert any(one.kind == "near_handle" and one.weight < 0 for one in judged[0].evidence)


def test_what_anybody_can_read_in_a_profile_is_no_proof_where_few_authors_are_customers() -> None:
    table = index.build([*CROWD, replace(ASHA, handles=())])
    her = replace(HER, handle="pune_trekker")
    public, own = replace(her, bio="mail: asha.vk@example.org"), "you can write to me: asha.vk@example.org"
    (_, copied), (_, told) = links([read(public), read(her, [own])], table, prior=0.1)
    assert copied[0].status == "possible" and told[0].status == "linked"
    assert copied[0].probability < told[0].probability


@pytest.mark.parametrize("city", ["Kadıköy, İstanbul", "KADIKÖY / ISTANBUL", "İstanbul (Kadıköy)"])
@pytest.mark.parametrize("location", ["İstanbul", "Kadıköy", "Kadıköy, İstanbul", "Istanbul, Türkiye"])
def test_a_district_and_its_city_are_one_place(city: str, location: str) -> None:
    author, asha = replace(SOMEBODY, handle="asha_vk", location=location), replace(ASHA, city=city, country="TR")
    told = evidence_of(author, asha)
    assert "city" in told and "other_city" not in told
    assert "other_city" in evidence_of(replace(author, location="Ankara"), asha)


def test_a_married_name_is_not_another_name_where_the_handle_is_known() -> None:
    married = evidence_of(replace(HER, display_name="Asha Kulkarni"), ASHA)
    relative = evidence_of(replace(HER, display_name="Mohan Verkhedkar"), ASHA)
    assert "id_given" in married and "id_other_given" not in married
    assert "id_other_given" in relative and "id_given" not in relative


def test_two_rows_of_one_person_are_both_shown_and_neither_linked() -> None:
    table = index.build([*CROWD, ASHA, replace(ASHA, customer_id="ASHA2")])
    [batch] = link_all([read(HER)], table, 0.2)
    assert {table.id(d.customer) for d in batch.decisions[0]} >= {"ASHA", "ASHA2"}
    assert not any(d.linked for d in batch.decisions[0])


def test_one_author_is_judged_as_among_thousands() -> None:
    world = make(Plan(customers=3_000, mentions=600, seed=8))
    table = index.build(world.customers)
    people = [read(p.author, [p.text]) for p in {p.author.id: p for p in world.posts}.values()]
    together = [
        (n, table.id(d.customer), round(d.probability, 9), d.linked)
        for batch in link_all(people, table, 0.2)
        for n, rows in batch.decisions.items()
        for d in rows
    ]
    alone = [
        (n, table.id(d.customer), round(d.probability, 9), d.linked)
        for n, person in enumerate(people)
        for batch in link_all([person], table, 0.2)
        for rows in batch.decisions.values()
        for d in rows
    ]
    assert together == alone and len(alone) > 100


def test_candidates_apart_from_their_crm_are_judged_the_same() -> None:
    world = make(Plan(customers=3_000, mentions=300, seed=9))
    whole = index.build(world.customers)
    people = [read(p.author, [p.text]) for p in {p.author.id: p for p in world.posts}.values()]
    for person in people[:80]:
        pairs = compare([person], whole)
        few = index.build([world.customers[n] for n in pairs.customers], whole)
        again = compare([person], few, whole)
        kept = [n for n, c in enumerate(again.customers) if few.ids[c] in set(whole.ids[pairs.customers])]
        assert len(kept) == len(pairs.customers)
        ours = ("name", "city", "imported_handle", "email", "order", "handle_is_name", "other_name")
        at = [EVIDENCE.index(name) for name in ours]
        np.testing.assert_allclose(again.table[:, at], pairs.table[:, at], rtol=1e-5)


def test_a_saved_index_answers_as_the_one_it_was_saved_from(tmp_path: Path) -> None:
    world = make(Plan(customers=1_000, mentions=200, seed=5))
    table = index.build(world.customers)
    table.save(tmp_path / "ix", {"of": "a"})
    saved = index.Index.load(tmp_path / "ix", {"of": "a"})
    assert saved is not None
    people = [read(p.author, [p.text]) for p in world.posts]
    np.testing.assert_array_equal(compare(people, saved).table, compare(people, table).table)
    assert index.Index.load(tmp_path / "ix", {"of": "b"}) is None
    (tmp_path / "ix" / "keys.npy").write_bytes(b"cut off")
    assert index.Index.load(tmp_path / "ix", {"of": "a"}) is None


def test_a_link_says_why_and_on_what_basis() -> None:
    table = index.build([*CROWD, replace(ASHA, account_ids=("x:7",))])
    [(_, [one, *_rest])] = links([read(HER)], table)
    assert (one.author_id, one.customer_id, one.status, one.basis) == ("x:7", "ASHA", "linked", "opt_in")
    assert one.evidence[0] == Evidence("account", one.evidence[0].weight, "signed in with this account")
    table = index.build([*CROWD, ASHA])
    [(_, [one, *_rest])] = links([read(replace(HER, location="Leeds, UK"))], table)
    assert one.basis == "public_data"
    assert {"an imported handle", "the same name"} <= {e.text for e in one.evidence if e.weight > 0}
    assert any(e.weight < 0 for e in one.evidence)
    [(_, [one, *_rest])] = links([read(replace(HER, handle="q"), ["my order NW-10442"])], table)
    assert one.basis == "given_directly"


def test_only_a_linked_customer_is_treated_as_a_vip() -> None:
    gold = {
        "C1": Customer("C1", tier="Platinum"),
        "C2": Customer("C2", lifetime_value=50_000),
        "C3": Customer("C3", tier="silver"),
    }
    sure = {who: Link("x:7", who, "linked", 0.99, "opt_in", (), "v") for who in gold}
    maybe = Link("x:7", "C1", "possible", 0.89, "public_data", (), "v")
    assert is_vip([sure["C1"]], gold) and is_vip([sure["C2"]], gold)
    assert not is_vip([sure["C3"]], gold) and not is_vip([maybe], gold)


@pytest.mark.parametrize("known", [0.3, 0.1])
def test_towns_that_nothing_was_learned_from_are_linked_safely(known: float) -> None:
    linked = right = 0
    recall = []
    for seed in range(3):
        world = make(Plan.drawn(seed, customers=5_000, mentions=3_000, known=known))
        found = figures([(p.id, p.customer_id, p.linkable) for p in world.posts], judged(world))
        linked, right = linked + found.linked, right + found.right
        recall.append(found.recall)
        assert found.strangers_linked <= 0.004 and found.top > 0.85
    assert right / linked > 0.985 and np.mean(recall) > 0.55


def test_towns_of_another_kind_are_linked_safely() -> None:
    linked = right = 0
    recall = []
    for seed, known in enumerate((0.3, 0.1)):
        world = elsewhere.make(Plan.drawn(seed, customers=5_000, mentions=3_000, known=known))
        found = figures([(p.id, p.customer_id, p.linkable) for p in world.posts], judged(world))
        linked, right = linked + found.linked, right + found.right
        recall.append(found.recall)
        assert found.strangers_linked <= 0.004 and found.top > 0.75
    assert right / linked > 0.98 and np.mean(recall) > 0.45


def test_learning_and_testing_towns_share_no_names() -> None:
    for kind in (make, elsewhere.make):
        towns = (kind(Plan(customers=800, mentions=10, half=half)) for half in (0, 1))
        names = [{p.author.handle for p in town.posts} | {c.name for c in town.customers} for town in towns]
        assert names[0] & names[1] <= {""}


def test_every_weight_stays_on_its_side_of_zero() -> None:
    for name, weight in zip(EVIDENCE, shipped().values, strict=True):
        if abs(EXPECTED[name]) > 0.3:
            assert weight * EXPECTED[name] > 0, name


@pytest.mark.parametrize(
    ("text", "kind", "value", "whose"),
    [
        ("write to Asha.V+x@example.com please", "email", "asha.v+x@example.com", Whose.UNSAID),
        ("call me on +91 98765-43210", "phone", "9876543210", Whose.OWN),
        ("my order #nw-10442 is late", "order_id", "NW10442", Whose.OWN),
        ("siparişim 8842193 gelmedi", "order_id", "8842193", Whose.OWN),
        ("siparişim 8842193 hala gelmedi", "order_id", "8842193", Whose.OWN),
        ("मेरा ऑर्डर NW-10442", "order_id", "NW10442", Whose.OWN),
        ("my mum's order NW-10442", "order_id", "NW10442", Whose.ANOTHERS),
        ("my nan’s order NW-10442", "order_id", "NW10442", Whose.ANOTHERS),
        ("annemin siparişi 8842193", "order_id", "8842193", Whose.ANOTHERS),
        ("hanımın siparişi 8842193", "order_id", "8842193", Whose.ANOTHERS),
        ("papa ka order NW-10442", "order_id", "NW10442", Whose.ANOTHERS),
        ("भाभी का ऑर्डर NW-10442", "order_id", "NW10442", Whose.ANOTHERS),
        ("my bestie ordered NW-10442 in May", "order_id", "NW10442", Whose.ANOTHERS),
        ("iletişim: 0532 111 22 33", "phone", "5321112233", Whose.OWN),
        ("98765 43210 pe call karo", "phone", "9876543210", Whose.OWN),
        ("registered with asha@example.com", "email", "asha@example.com", Whose.OWN),
        ("contact her: asha@example.com", "email", "asha@example.com", Whose.UNSAID),
        ("what about NW-10442?", "order_id", "NW10442", Whose.UNSAID),
        ("where is #1042", "order_id", "1042", Whose.UNSAID),
        ("order 406-1028176-8125744 is late", "order_id", "406-1028176-8125744", Whose.UNSAID),
        ("order ORD/2026/0042", "order_id", "ORD20260042", Whose.UNSAID),
    ],
)
def test_what_a_text_tells_and_of_whom(text: str, kind: str, value: str, whose: Whose) -> None:
    told = read(SOMEBODY, [text]).told
    assert (kind, value, whose) in [(t.kind, t.value, t.whose) for t in told]


@settings(max_examples=50)
@given(st.text(max_size=3000), st.text(max_size=200), st.text(max_size=3000))
def test_any_author_is_read_and_compared(text: str, name: str, bio: str) -> None:
    person = read(Author("x", "1", name, name, bio, name, bio), [text])
    assert len(person.told) <= MAX_KEYS
    chances = compare([person], SMALL).table
    assert np.isfinite(chances).all()


SMALL = index.build(CROWD[:50])


def test_the_calibration_error_is_the_distance_from_what_came_true() -> None:
    assert calibration_error(np.full(4, 0.95), np.array([1, 1, 1, 0])) == pytest.approx(0.2)
    assert calibration_error(np.array([0.25, 0.75]), np.array([0.0, 1.0])) == pytest.approx(0.25)


def test_chance_alone_makes_an_error_where_nothing_is_certain() -> None:
    town = make(Plan(customers=500, mentions=400, seed=6))
    certain = {post.id: [("C1", 1.0, True)] for post in town.posts}
    open_ones = {post.id: [("C1", 0.45, False), ("C2", 0.35, False)] for post in town.posts}
    assert error_by_chance(town, certain) == 0
    assert 0.005 < error_by_chance(town, open_ones) < 0.1
