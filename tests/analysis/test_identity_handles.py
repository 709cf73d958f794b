"""From a customer to their accounts, among the authors whom the store has heard. On both databases."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from analysis.assess import assess
from analysis.identity import handles, keep, links, read
from analysis.identity.calibrate import SHIPPED
from analysis.identity.index import Index, build
from core.customer import Customer, Handle
from core.errors import Misconfigured
from core.mention import Author
from core.store import Store, assessments, customers
from tests.analysis.test_triage import NOW, SETTINGS, hear, said

ASHA = Customer(
    "C1", "Asha Verkhedkar", ("asha.vk@example.org",), handles=(Handle("x", "asha_vk", "import"),), city="Pune"
)
OTHERS = [Customer(f"D{n}", f"Ravi Name{n}", (f"ravi{n}@example.org",), city="Pune") for n in range(60)]


@pytest.fixture
def asha(store: Store) -> Customer:
    with store.write() as tx:
        customers.save(tx, [ASHA, *OTHERS], NOW)
    hear(
        store,
        said(1, "hello", by=Author("x", "7", "asha_vk", "Asha Verkhedkar", location="Pune")),
        replace(said(2, "hello", by=Author("reddit", "8", "asha_vk", "Asha V.")), platform="reddit"),
        said(3, "hello", by=Author("x", "9", "somebody", "Oliver Else", location="Leeds")),
        replace(
            said(4, "write to asha.vk@example.org", by=Author("mastodon", "10", "tea", "आशा वेरखेडकर")),
            platform="mastodon",
        ),
    )
    return ASHA


def found(store: Store, who: str) -> dict[str, str]:
    return {one.author.id: one.link.status for one in handles.find(store, who, NOW)}


def test_a_customers_accounts_are_found_by_id_or_address(store: Store, asha: Customer) -> None:
    by_id = found(store, "C1")
    assert by_id["x:7"] == "linked" and {"reddit:8", "mastodon:10"} <= by_id.keys() and "x:9" not in by_id
    assert found(store, "Asha.VK@example.org") == by_id


def test_agents_word_is_heard(store: Store, asha: Customer) -> None:
    with store.write() as tx:
        customers.reject(tx, "x:7", "C1", "agent", NOW)
        customers.confirm(tx, "x:9", "C1", "agent", NOW)
    now = found(store, "C1")
    assert "x:7" not in now and now["x:9"] == "linked"


def test_an_unknown_customer_is_one_sentence(store: Store, asha: Customer) -> None:
    with pytest.raises(Misconfigured, match="nobody@example"):
        found(store, "nobody@example.org")


def test_the_index_follows_the_customers(store: Store, asha: Customer) -> None:
    before = keep.current(store, NOW)
    assert keep.current(store, NOW) is before and before.size == 61
    with store.write() as tx:
        customers.save(tx, [Customer("NEW", "New Person")], NOW)
    assert keep.current(store, NOW).size == 62


def test_the_index_of_a_large_crm_is_kept_for_the_next_process(
    store: Store, asha: Customer, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(keep, "SMALL", 10)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    keep._kept.clear()
    made = keep.current(store, NOW)
    keep._kept.clear()  # another process
    monkeypatch.setattr(keep, "build", lambda _: pytest.fail("it was made already"))
    assert list(keep.current(store, NOW).ids) == list(made.ids)
    with store.read() as tx:
        pairs = [(c.customer_id, c.order_ids) for c in customers.everyone(tx)]
    assert len(pairs) == 61


def test_agents_word_on_many_candidates_makes_links_truer(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Here imported handles are right every second time; after 160 words of agents none is called sure any more."""
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    keep._learned.clear()
    count = 160
    people = [
        Customer(f"C{n}", f"Name{chr(97 + n % 26)}a Bearer{n}", handles=(Handle("x", f"h{n}", "import"),))
        for n in range(count)
    ]
    with store.write() as tx:
        customers.save(tx, people, NOW)
    hear(store, *(said(n, "hello", by=Author("x", str(n), f"h{n}", people[n].name)) for n in range(count)))
    index = keep.current(store, NOW)
    assert keep.calibration(store, index) is SHIPPED
    for n in range(count):
        with store.write() as tx:
            say = customers.confirm if n % 2 else customers.reject
            say(tx, f"x:{n}", f"C{n}", "agent", NOW + timedelta(minutes=n))
    with store.read() as tx:
        chances, right = keep.labels(tx, index)
    assert len(chances) == count and sum(right) == count // 2
    taught = keep.calibration(store, index)
    assert taught is keep.calibration(store, index)
    judged, usual = (
        [link for _, found in links([read(Author("x", "1", "h1", people[1].name))], index, how) for link in found]
        for how in (taught, SHIPPED)
    )
    keep._learned.clear()  # another process reads what this one learned
    assert keep.calibration(store, index) == taught
    assert judged[0].status == "possible" and 0.3 < judged[0].probability < usual[0].probability - 0.1


def test_while_an_index_is_made_other_workers_go_on(
    store: Store, asha: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    others_see: list[int] = []

    def and_meanwhile(people: Iterable[Customer]) -> Index:
        with store.write() as tx:
            others_see.append(len(assessments.to_assess(tx, 10)))
        return build(people)

    monkeypatch.setattr(keep, "build", and_meanwhile)
    assess(store, SETTINGS, NOW)
    assert others_see == [4]


def test_of_many_processes_one_makes_the_index(
    store: Store, asha: Customer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The others wait where they have none, and go on with theirs where they have an older one."""
    monkeypatch.setattr(keep, "SMALL", 10)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    made: list[int] = []

    def slowly(people: Iterable[Customer]) -> Index:
        made.append(1)
        time.sleep(0.2)
        return build(people)

    monkeypatch.setattr(keep, "build", slowly)
    with ThreadPoolExecutor(3) as pool:
        first = list(pool.map(lambda _: keep.current(store, NOW).size, range(3)))
    assert first == [61, 61, 61] and len(made) == 1
    with store.write() as tx:
        customers.save(tx, [Customer("NEW", "New Person")], NOW)
    later = NOW + timedelta(minutes=1)
    with ThreadPoolExecutor(1) as pool:
        making = pool.submit(keep.current, store, later)
        while len(made) == 1:
            time.sleep(0.01)
        assert keep.current(store, later).size == 61
        assert making.result().size == 62


def test_a_large_crm_is_made_ready_before_anybody_waits_for_it(
    store: Store, asha: Customer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    keep._kept.clear()
    never = pytest.MonkeyPatch()
    never.setattr(keep, "build", lambda _: pytest.fail("not now"))
    keep.prepare(store, NOW)  # a small one is made where it is needed
    never.undo()
    monkeypatch.setattr(keep, "SMALL", 10)
    keep.prepare(store, NOW)
    keep._kept.clear()  # another process
    monkeypatch.setattr(keep, "build", lambda _: pytest.fail("it was made already"))
    assert keep.current(store, NOW).size == 61
