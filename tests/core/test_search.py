"""Mentions are found by their words, by what is thought of them and by their author, newest first, on both databases."""

from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta
from time import sleep
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.assessment import Priority, Sentiment, Urgency
from core.case import Case
from core.customer import Customer, Evidence, Link
from core.mention import Author, Mention
from core.store import Store, assessments, browse, cases, customers, erasure, labels, mentions, search
from core.store.browse import Filters
from tests.core import made
from tests.core.made import NOW, author, page


def mention(number: int, text: str = "northwind lost my parcel", **more: Any) -> Mention:
    """A mention that was said after those of lower numbers."""
    return made.mention(number, text, **{"created_at": NOW - timedelta(seconds=100 - number), **more})


def heard(store: Store, *found: Mention, language: str = "en", **judged: Any) -> None:
    """Store these mentions, judged alike; `judged` are fields of the assessment."""
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page(*found), NOW)
        waiting = assessments.to_assess(tx, 10_000)
        assessments.save(tx, [(w, replace(made.assessment(w.mention), language=language, **judged)) for w in waiting])
        assessments.mark_triaged(tx, assessments.to_triage(tx, 10_000))


def ids(store: Store, words: str | None = None, **filters: Any) -> list[str]:
    """The external ids that a list of mentions has, in its order, over all of its pages."""
    found: list[str] = []
    after = None
    with store.read() as tx:
        while True:
            listing = browse.latest(tx, Filters(words=words, **filters), after=after, limit=3, scan=5)
            found += [one.mention.external_id for one in listing.items]
            if listing.next is None:
                return found
            after = listing.next


def test_words_are_found_in_any_of_their_forms_and_all_must_be_there(store: Store) -> None:
    heard(store, mention(1, "Two parcels were late"), mention(2, "The parcel is here"), mention(3, "Late again"))
    assert ids(store, "PARCEL") == ["2", "1"]
    assert ids(store, "parcel late") == ["1"]
    assert ids(store, "parcels never") == ["2", "1"], "a word that is everywhere asks for nothing"
    assert ids(store, "kettle") == []


@pytest.mark.parametrize(
    ("language", "said", "asked", "not_asked"),
    [
        ("hi", "मेरा फ़ोन खराब है और डिलीवरी नहीं हुई", ["फोन", "फ़ोन", "डिलीवरी", "खराब फोन"], ["फो", "डिल"]),
        ("hi-Latn", "mera phone kharab hai yaar", ["kharab", "phone KHARAB"], ["khar"]),
        ("tr", "Kargom İstanbul'da kayboldu, iadeyi istiyorum", ["kargo", "istanbul", "İSTANBUL", "iade"], ["kayak"]),
        ("en", "My café order 4471 😡 is gone", ["cafe", "4471", "orders"], ["447"]),
    ],
)
@pytest.mark.parametrize("told", [True, False])
def test_words_of_every_language_are_whole(
    store: Store, language: str, said: str, asked: list[str], not_asked: list[str], told: bool
) -> None:
    heard(store, mention(1, said), language=language)
    chosen = {"language": language} if told else {}
    for words in asked:
        assert ids(store, words, **chosen) == ["1"], words
    for words in not_asked:
        assert ids(store, words, **chosen) == [], words


def test_the_few_letters_of_a_turkish_word_find_nothing_in_english(store: Store) -> None:
    heard(store, mention(1, "I hear you"))
    heard(store, mention(2, "kargom nerede"), language="tr")
    assert ids(store, "heart") == []
    assert ids(store, "kargo") == ["2"]
    assert ids(store, "kargo", language="en") == []


def test_an_author_is_found_by_name_and_by_handle(store: Store) -> None:
    heard(
        store, mention(1, "no word of it", author=Author("x", "1", "priya_s", "Priya Śarma")), mention(2, "priya knows")
    )
    assert ids(store, "priya") == ["2", "1"]
    assert ids(store, "sarma") == ["1"]
    assert ids(store, "@Priya_S") == ["1"]
    assert ids(store, author="x:1") == ["1"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"platform": "x"}, {"1", "2", "3"}),
        ({"platform": "reddit"}, set()),
        ({"language": "tr"}, {"2"}),
        ({"sentiment": "positive"}, {"2"}),
        ({"priority": Priority.P1}, {"3"}),
        ({"department": "billing"}, {"1", "2", "3"}),
        ({"department": "product_quality"}, set()),
        ({"intent": "complaint"}, {"1", "2", "3"}),
        ({"complaint": True}, {"1", "3"}),
        ({"complaint": False}, {"2"}),
        ({"needs_review": True}, {"3"}),
        ({"needs_review": False}, {"1", "2"}),
        ({"labelled": False}, {"1", "2", "3"}),
        ({"place": "r/a place of its own"}, {"1"}),
        ({"since": date(2026, 11, 20)}, {"1", "2"}),
        ({"until": date(2026, 11, 20)}, {"2", "3"}),
        ({"since": date(2026, 11, 20), "until": date(2026, 11, 20)}, {"2"}),
        ({"words": "parcel", "brand": "northwind", "sentiment": "negative"}, {"1", "3"}),
        ({"brand": "contoso"}, set()),
    ],
)
def test_mentions_are_found_by_what_is_thought_of_them(
    store: Store, filters: dict[str, Any], expected: set[str]
) -> None:
    heard(store, mention(1, place="r/a place of its own"))
    good = Sentiment("positive", 0.5, "test")
    heard(store, mention(2, created_at=NOW - timedelta(days=1)), language="tr", sentiment=good, is_complaint=False)
    heard(store, mention(3, created_at=NOW - timedelta(days=2)), urgency=Urgency(Priority.P1, 5.0), needs_review=True)
    assert set(ids(store, **filters)) == expected


def test_a_correction_is_found_and_what_it_corrects_is_not(store: Store) -> None:
    heard(store, mention(1), needs_review=True)
    with store.write() as tx:
        said: dict[labels.Kind, str] = {
            "priority": "P4",
            "department": "praise",
            "sentiment": "positive",
            "complaint": "no",
        }
        labels.put(tx, "x:1", "northwind", said, "asha", NOW)
    for right in ({"priority": Priority.P4}, {"department": "praise"}, {"sentiment": "positive"}, {"complaint": False}):
        assert ids(store, **right) == ["1"], right
    for wrong in (
        {"priority": Priority.P2},
        {"department": "billing"},
        {"sentiment": "negative"},
        {"needs_review": True},
    ):
        assert ids(store, **wrong) == [], wrong
    assert ids(store, labelled=True) == ["1"]
    with store.read() as tx:
        (shown,) = browse.latest(tx, Filters(labelled=True)).items
    assert (shown.corrected.department, shown.corrected.urgency.priority.name) == ("praise", "P4")
    with store.write() as tx:
        labels.put(tx, "x:1", "northwind", {"priority": "not_urgent"}, "asha", NOW)
    assert ids(store, priority=Priority.P3) == ["1"], "it should not have rung, no more is said"


def test_words_that_changed_are_found_once_they_are_judged_and_the_old_ones_no_more(store: Store) -> None:
    heard(store, mention(1, "my xylophone is late"))
    with store.write() as tx:
        labels.put(tx, "x:1", "northwind", {"sentiment": "positive"}, "asha", NOW)
        later = NOW + timedelta(minutes=1)
        mentions.save_page(tx, "x", "brand", page(mention(1, "my trumpet is late", edited_at=later)), later)
    assert ids(store, "xylophone") == ids(store, "trumpet") == []
    heard(store)
    assert ids(store, "xylophone") == []
    assert ids(store, "trumpet") == ["1"]
    assert ids(store, sentiment="positive") == [], "what was said of the old words does not hold of the new ones"


def indexed(store: Store) -> str:
    with store.read() as tx:
        return repr(tx.exec_driver_sql("SELECT * FROM mentions_search").all())


def test_what_is_erased_leaves_the_index(store: Store) -> None:
    heard(
        store, mention(1, "my xylophone"), mention(2, "your xylophone", author=author(1)), mention(3, "his xylophone")
    )
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NOW)
    assert ids(store, "xylophone") == ["3", "2"]
    with store.write() as tx:
        erasure.forget_author(tx, "x:1", NOW)
    assert ids(store, "xylophone") == ["3"]
    assert "user1" not in indexed(store) and "x:2" not in indexed(store)
    with store.write() as tx:
        erasure.retain(tx, NOW + timedelta(days=1), NOW, NOW)
    assert indexed(store) == "[]"


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize("gone", [True, False])
def test_what_is_erased_or_edited_while_it_is_triaged_leaves_the_index(store: Store, gone: bool) -> None:
    """PostgreSQL has many writers. SQLite has one."""
    heard(store, mention(1, "my kettle"))
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page(mention(2, "my xylophone")), NOW)
        waiting = assessments.to_assess(tx, 10)
        assessments.save(tx, [(w, made.assessment(w.mention)) for w in waiting])

    def take_out() -> None:
        with store.write() as tx:
            if gone:
                erasure.erase_mentions(tx, ["x:2"], "deleted_by_author", NOW)
            else:
                mentions.save_page(tx, "x", "brand", page(mention(2, "my trumpet")), NOW)

    with ThreadPoolExecutor(1) as other:
        with store.write() as tx:
            assessments.mark_triaged(tx, assessments.to_triage(tx, 10))
            taken_out = other.submit(take_out)
            until_it_waits(store, taken_out)
        taken_out.result(30)
    assert ids(store, "kettle") == ["1"]
    assert "xylophon" not in indexed(store)


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_correction_of_what_is_being_erased_does_not_put_its_words_back(store: Store) -> None:
    heard(store, mention(1, "my xylophone"))
    with ThreadPoolExecutor(1) as other:
        with store.write() as tx:
            erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NOW)
            corrected = other.submit(correct, store, "department", "delivery")
            until_it_waits(store, corrected)
        corrected.result(30)
    assert indexed(store) == "[]"


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_of_two_who_correct_a_mention_at_once_both_are_found(store: Store) -> None:
    heard(store, mention(1))
    with ThreadPoolExecutor(1) as other:
        with store.write() as tx:
            labels.put(tx, "x:1", "northwind", {"department": "delivery"}, "asha", NOW)
            corrected = other.submit(correct, store, "sentiment", "positive")
            until_it_waits(store, corrected)
        corrected.result(30)
    assert ids(store, department="delivery", sentiment="positive") == ["1"]


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_each_erasure_is_seen_by_who_keeps_words_until_the_next(store: Store) -> None:
    """Of two at once, the one that began first ended last, with a number that others had passed already."""
    heard(store, mention(1), mention(2))

    def erase(mention_id: str) -> None:
        with store.write() as tx:
            erasure.erase_mentions(tx, [mention_id], "deleted_by_author", NOW)

    def last() -> int:
        with store.read() as tx:
            return erasure.last(tx)

    with ThreadPoolExecutor(1) as other:
        with store.write() as tx:
            erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NOW)
            erased = other.submit(erase, "x:2")
            until_it_waits(store, erased)
            before = last()
        erased.result(30)
    assert last() > before


def correct(store: Store, kind: labels.Kind, value: str) -> None:
    with store.write() as tx:
        labels.put(tx, "x:1", "northwind", {kind: value}, "deniz", NOW)


def until_it_waits(store: Store, work: Future[None]) -> None:
    """Until the other transaction waits for a lock of ours, or has ended without one."""
    blocked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while not work.done():
        with store.read() as tx:
            if tx.exec_driver_sql(blocked).scalar_one():
                return
        sleep(0.01)


def test_judging_again_changes_what_is_found_and_doubles_nothing(store: Store) -> None:
    heard(store, mention(1), mention(2))
    before = indexed(store)
    with store.write() as tx:
        assessments.judge_again(tx)
    heard(store)
    assert indexed(store) == before
    with store.write() as tx:
        assessments.judge_again(tx)
    heard(store, sentiment=Sentiment("neutral", 0.0, "test"))
    assert ids(store, sentiment="negative") == []
    assert ids(store, sentiment="neutral") == ["2", "1"]


def test_pages_follow_each_other_without_a_gap_or_a_repeat_within_one_second(store: Store) -> None:
    found = [mention(n, "the same second", author=author(n), created_at=NOW) for n in range(20)]
    heard(store, *found)
    listed = ids(store, "second")
    assert sorted(listed, key=int) == [str(n) for n in range(20)]


def test_many_old_hits_and_none_among_the_newest_are_found_newest_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "WALKED", 3)
    monkeypatch.setattr(search, "LISTED", 4)
    old = [mention(n, "burst", created_at=NOW - timedelta(hours=n)) for n in range(10, 40)]
    heard(store, *old, *[mention(n, "calm", created_at=NOW - timedelta(minutes=n)) for n in range(5)])
    assert ids(store, "burst") == [str(n) for n in range(10, 40)]


def linked(store: Store, tiers: dict[str, str], status: str = "linked") -> None:
    """Link authors to customers of these tiers."""
    with store.write() as tx:
        customers.save(tx, [Customer(f"C-{a}", tier=tier) for a, tier in tiers.items()], NOW)
        links = {
            a: [Link(a, f"C-{a}", status, 0.9, "given_directly", (Evidence("handle", 3.0, "told"),), "1")]  # type: ignore[arg-type]
            for a in tiers
        }
        customers.save_links(tx, links, NOW)


@pytest.mark.parametrize("few", [0, 300])
def test_mentions_are_found_by_their_authors_tier_however_many_have_it(
    store: Store, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browse, "FEW", few)
    heard(store, *(mention(n, "parcel", author=author(n), created_at=NOW - timedelta(hours=n)) for n in range(30)))
    linked(store, {f"x:{n}": "gold" if n % 7 == 0 else "silver" for n in range(0, 30, 2)})
    linked(store, {"x:7": "gold"}, status="possible")
    assert ids(store, tier="gold") == ["0", "14", "28"]
    assert ids(store, "parcel", tier="gold", since=(NOW - timedelta(hours=14)).date()) in (
        ["0", "14"],
        ["0", "14", "28"],
    )
    assert ids(store, tier="bronze") == []


def test_a_search_in_vain_says_so_whatever_is_asked(store: Store) -> None:
    heard(store, mention(1))
    for hostile in ('"', "' OR 1=1 --", "a* NEAR(b)", "\\", "😀", "\x00", "-" * 500, "x" * 5000, "@", "(parcel"):
        assert ids(store, hostile) in ([], ["1"]), hostile


def test_opening_a_case_marks_its_mention(store: Store) -> None:
    heard(store, mention(1), mention(2))
    with store.write() as tx:
        opened: Case = cases.open_case(tx, made.case(mention(2)), mention(2))
        assert opened.id
        (hit,) = search.hits(tx, (((search.facet("case", True),),),), limit=5)
    assert (hit.mention_id, hit.brand) == ("x:2", "northwind")


@given(st.datetimes(), st.datetimes())
def test_numbers_are_in_the_order_of_time(one: Any, other: Any) -> None:
    first, second = (search.number(at.replace(tzinfo=NOW.tzinfo), "x:1", "b") for at in sorted((one, other)))
    assert first <= second
    assert 0 <= first < 2**63


@given(st.text(max_size=30))
def test_a_facet_is_one_term(value: str) -> None:
    assert len(search.facet("place", value).split()) == 1
    assert search.facet("place", value) == search.facet("place", value)


def test_the_index_is_filled_for_what_was_judged_before_it_was_there(store: Store) -> None:
    """As the migration does."""
    heard(store, mention(1, "xylophone"), mention(2, "trumpet"))
    whole = indexed(store)
    pairs: Collection[tuple[str, str]] = [("x:1", "northwind"), ("x:2", "northwind")]
    with store.write() as tx:
        tx.exec_driver_sql("DELETE FROM mentions_search")
        search.put(tx, pairs)
    assert indexed(store) == whole


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL vacuums by itself
def test_words_of_what_was_erased_are_not_even_in_the_bytes_of_the_index(store: Store) -> None:
    for n in range(1, 30):  # each its own part of the index
        heard(store, mention(n, f"my xylophone number {n}" if n == 7 else f"a trumpet number {n}"))
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:7"], "deleted_by_author", NOW)

    def bytes_of_the_index() -> bytes:
        with store.read() as tx:
            return b"".join(row[0] for row in tx.exec_driver_sql("SELECT block FROM mentions_search_data"))

    search.settle(store)
    assert b"trumpet" in bytes_of_the_index()
    assert b"xylophon" not in bytes_of_the_index()
    assert ids(store, "xylophone") == [] and len(ids(store, "trumpet")) == 28
