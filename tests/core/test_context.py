"""What an agent is told beside the case: the person's history, how they stand, notes on them, who has answered already."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, event, select

from core.assessment import Sentiment
from core.case import Case, CaseFile, CaseStatus, Refused, resolve
from core.context import Article, Context, Standing, Stock, standing
from core.customer import Customer, Evidence, Link
from core.mention import Mention
from core.store import Store, articles, assessments, cases, customers, erasure, mentions, notes, stock
from core.store.context import of_case
from core.store.schema import notes as notes_table
from tests.core.made import NOW, assessment, author, case, mention, page

EARLIER = NOW - timedelta(days=20)
ASHA = Customer("C1", "Asha Rao", city="Leeds", country="GB")


def hear(tx: Connection, *said: Mention, sentiment: str = "negative", complaint: bool = True, own: str = "") -> None:
    """Store these, judged so."""
    mentions.save_page(tx, "x", "brand", page(*said), NOW, own_accounts={own} if own else set())
    waiting = assessments.to_assess(tx, 500)
    judged = [
        msgspec.structs.replace(
            assessment(w.mention),
            sentiment=Sentiment(sentiment, 0.0, "test"),  # type: ignore[arg-type]
            is_complaint=complaint,
        )
        for w in waiting
    ]
    assessments.save(tx, list(zip(waiting, judged, strict=True)))


def opened(tx: Connection, m: Mention, **more: Any) -> Case:
    return cases.open_case(tx, case(m, **more), m)


def link(tx: Connection, *author_ids: str, customer: Customer = ASHA, status: str = "linked") -> None:
    customers.save(tx, [customer], NOW)
    for author_id in author_ids:
        proof = (Evidence("account_id", 0.99),)
        found = Link(author_id, customer.customer_id, status, 0.99, "opt_in", proof, "test")  # type: ignore[arg-type]
        customers.save_links(tx, {author_id: [found]}, NOW)


def file_of(tx: Connection, opened: Case) -> CaseFile:
    found = cases.file(tx, opened.id, "Northwind")
    assert found is not None
    return found


def context_of(tx: Connection, opened: Case, now: datetime = NOW) -> Context:
    return of_case(tx, file_of(tx, opened), now)


def by(number: int, external_id: int, **more: Any) -> Mention:
    return mention(external_id, author=author(number), **more)


# The person ----------------------------------------------------------------------------------------------------------


def test_earlier_cases_of_the_person_come_newest_first_with_how_they_ended(store: Store) -> None:
    with store.write() as tx:
        posts = [by(1, n, created_at=EARLIER + timedelta(days=n)) for n in range(1, 7)]
        hear(tx, *posts, by(2, 90))
        opened(tx, by(2, 90))
        made = [opened(tx, post, opened_at=post.created_at) for post in posts]
        done = resolve(made[4], "U1", NOW, "refunded")
        assert done is not None
        assert cases.move(tx, done)
        context = context_of(tx, made[5])
    assert [c.id for c in context.earlier] == [made[4].id, made[3].id, made[2].id]
    assert context.earlier_count == 5
    assert (context.earlier[0].status, context.earlier[0].resolution) == (CaseStatus.RESOLVED, "refunded")


def test_a_case_that_a_post_only_joined_counts_and_another_brands_does_not(store: Store) -> None:
    with store.write() as tx:
        hear(tx, by(1, 1), by(2, 2), by(1, 3), by(1, 4))
        incident = opened(tx, by(2, 2))
        cases.join(tx, incident, by(1, 1), NOW)
        opened(tx, by(1, 3), brand="contoso")
        context = context_of(tx, opened(tx, by(1, 4)))
    assert [c.id for c in context.earlier] == [incident.id]


def test_all_accounts_of_one_customer_are_one_person_but_a_possible_link_is_none(store: Store) -> None:
    with store.write() as tx:
        hear(tx, by(1, 1), by(2, 2), by(3, 3))
        first, other = opened(tx, by(1, 1)), opened(tx, by(2, 2))
        now_open = opened(tx, by(3, 3))
        link(tx, "x:1", "x:3")
        link(tx, "x:2", status="possible")
        assert [c.id for c in context_of(tx, now_open).earlier] == [first.id]
        link(tx, "x:2")
        assert [c.id for c in context_of(tx, now_open).earlier] == [other.id, first.id]


@pytest.mark.parametrize(
    ("praise", "complaints", "neutral", "expected"),
    [
        (0, 0, 0, None),
        (0, 1, 0, None),  # one post makes nobody a detractor
        (0, 2, 0, Standing("detractor", 2)),
        (3, 0, 1, Standing("promoter", 4)),
        (2, 2, 0, Standing("passive", 4)),
        (0, 0, 5, Standing("passive", 5)),
    ],
)
def test_standing_rests_on_the_judged_posts_of_ninety_days(
    store: Store, praise: int, complaints: int, neutral: int, expected: Standing | None
) -> None:
    with store.write() as tx:
        told = [("positive", False)] * praise + [("negative", True)] * complaints + [("neutral", False)] * neutral
        for number, (sentiment, complaint) in enumerate(told, 100):
            hear(tx, by(1, number, created_at=EARLIER), sentiment=sentiment, complaint=complaint)
        hear(tx, by(1, 50, created_at=NOW - timedelta(days=91)), by(2, 51), by(1, 1))
        context = context_of(tx, opened(tx, by(1, 1)))
    assert context.standing == expected, "old posts, other people's and this case's own do not count"


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000))
def test_a_standing_leans_where_the_posts_do(praise: int, complaints: int, neutral: int) -> None:
    found = standing(praise, complaints, praise + complaints + neutral)
    turned = standing(complaints, praise, praise + complaints + neutral)
    opposite = {"promoter": "detractor", "detractor": "promoter", "passive": "passive"}
    if found is None:
        assert praise + complaints + neutral < 2
        return
    assert turned is not None
    assert turned.kind == opposite[found.kind]
    assert found.kind != "promoter" or praise > complaints


def test_others_who_answered_are_counted_once_and_neither_author_nor_brand(store: Store) -> None:
    with store.write() as tx:
        asked = by(1, 1, conversation_id="1")
        replies = [
            by(2, 2, kind="reply", conversation_id="1", parent_id="1"),
            by(2, 3, kind="reply", conversation_id="1", parent_id="1"),
            by(3, 4, kind="comment", conversation_id="1", parent_id="2"),
            by(1, 5, kind="reply", conversation_id="1", parent_id="2"),
            by(9, 6, kind="reply", conversation_id="1", parent_id="1"),
            by(4, 7, kind="quote", conversation_id="7", parent_id="1"),
        ]
        hear(tx, asked, *replies, own="x:@user9")
        first = opened(tx, asked)
        assert context_of(tx, first).answered_by_others == 2
        deep = opened(tx, replies[0])
        assert context_of(tx, deep).answered_by_others == 2, "deeper in a thread only direct answers count"
        erasure.erase_mentions(tx, ["x:4"], "deleted_by_author", NOW)
        assert context_of(tx, first).answered_by_others == 1


# Notes ---------------------------------------------------------------------------------------------------------------

HOSTILE = ["<!channel> *bold* <script>", "'; DROP TABLE notes; --", "शिकायत ❤ 🎈", "%s {0} :x", "\u202eevil"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_note_comes_back_as_it_was_written(store: Store, text: str) -> None:
    with store.write() as tx:
        note = notes.add(tx, "customer:C1", f"  {text}\n", "U1", NOW)
        assert (note.text, note.by, note.at, note.subject) == (text, "U1", NOW, "customer:C1")
        assert notes.of(tx, ["customer:C1"]) == (note,)


def test_a_note_follows_the_customer_and_is_there_next_time(store: Store) -> None:
    with store.write() as tx:
        hear(tx, by(1, 1), by(2, 2), by(3, 3))
        link(tx, "x:1", "x:2")
        first = opened(tx, by(1, 1))
        notes.add(tx, notes.subject_of(file_of(tx, first)), "prefers to be called", "U1", NOW)
        next_time = opened(tx, by(2, 2))
        assert [n.text for n in context_of(tx, next_time).notes] == ["prefers to be called"]
        assert context_of(tx, opened(tx, by(3, 3))).notes == ()


def test_a_note_on_an_author_stays_when_they_turn_out_to_be_a_customer(store: Store) -> None:
    with store.write() as tx:
        hear(tx, by(1, 1))
        this = opened(tx, by(1, 1))
        subject = notes.subject_of(file_of(tx, this))
        assert subject == "author:x:1"
        notes.add(tx, subject, "before", "U1", NOW)
        link(tx, "x:1")
        assert notes.subject_of(file_of(tx, this)) == "customer:C1"
        notes.add(tx, "customer:C1", "after", "U1", NOW + timedelta(minutes=1))
        assert [n.text for n in context_of(tx, this).notes] == ["after", "before"]


def test_a_press_that_comes_twice_is_one_note_and_nonsense_is_refused_in_words(store: Store) -> None:
    with store.write() as tx:
        assert notes.add(tx, "author:x:1", "same", "U1", NOW) == notes.add(tx, "author:x:1", "same", "U1", NOW)
        assert notes.add(tx, "author:x:1", "same", "U2", NOW).by == "U2"
        assert len(notes.of(tx, ["author:x:1"])) == 2
        for subject, text in (("author:x:1", " \n"), ("author:x:1", "x" * 2001), ("", "whom?")):
            with pytest.raises(Refused, match=r"^[A-Z].*\.$"):
                notes.add(tx, subject, text, "U1", NOW)
        assert len(notes.of(tx, ["author:x:1"])) == 2


def test_the_newest_notes_are_shown_and_no_more_than_fit(store: Store) -> None:
    with store.write() as tx:
        for number in range(9):
            notes.add(tx, "customer:C1", f"note {number}", "U1", NOW + timedelta(minutes=number))
        assert [n.text for n in notes.of(tx, ["customer:C1"])] == [f"note {n}" for n in (8, 7, 6, 5, 4)]


def test_a_forgotten_author_takes_the_notes_along(store: Store) -> None:
    with store.write() as tx:
        hear(tx, by(1, 1), by(2, 2), by(3, 3))
        for subject in ("author:x:1", "author:x:2", "author:x:3", "customer:C1"):
            notes.add(tx, subject, "a person", "U1", NOW)
        erasure.forget_author(tx, "x:1", NOW)
        erasure.erase_mentions(tx, ["x:2"], "deleted_by_author", NOW)  # the last that was stored of them
        assert set(tx.scalars(select(notes_table.c.subject))) == {"author:x:3", "customer:C1"}


def test_a_customer_who_leaves_the_crm_takes_the_notes_along(store: Store) -> None:
    with store.write() as tx:
        customers.save(tx, [ASHA, Customer("C2")], EARLIER)
        customers.save(tx, [Customer("C2")], NOW)
        for subject in ("customer:C1", "customer:C2", "author:x:C1"):
            notes.add(tx, subject, "a person", "U1", NOW)
        assert customers.drop_missing(tx, NOW) == 1
        assert set(tx.scalars(select(notes_table.c.subject))) == {"customer:C2", "author:x:C1"}


# All of it -----------------------------------------------------------------------------------------------------------


def test_a_case_shows_stock_and_articles_that_its_post_asks_for(store: Store) -> None:
    kettle = Stock("Briggate", "K1", "Kettle 1.7 l", 3, "Leeds", "GB")
    help_page = Article("stock", "en", "Is it in stock in my shop?", "Reserve it on the page of the product.")
    with store.write() as tx:
        stock.save(tx, [kettle, replace(kettle, shop="Riverside", city="London", quantity=9)], NOW)
        articles.save(tx, [help_page], NOW)
        articles.count_terms(tx)
        hear(tx, by(1, 1, text="@northwindhelp is the kettle in stock near me?"))
        link(tx, "x:1")
        context = context_of(tx, opened(tx, by(1, 1, text="@northwindhelp is the kettle in stock near me?")))
    assert [line.shop for line in context.stock] == ["Briggate", "Riverside"]
    assert context.articles == (help_page,)


def test_an_erased_post_has_no_context(store: Store) -> None:
    with store.write() as tx:
        hear(tx, by(1, 1), by(1, 2))
        opened(tx, by(1, 1))
        this = opened(tx, by(1, 2))
        notes.add(tx, "author:x:1", "kept while they are", "U1", NOW)
        erasure.erase_mentions(tx, ["x:2"], "deleted_by_author", NOW)
        assert context_of(tx, this) == Context()


def test_nobody_shares_the_history_of_authors_whose_platform_tells_no_name(store: Store) -> None:
    nameless = replace(author(1), external_id="")
    with store.write() as tx:
        hear(tx, mention(1, author=nameless), mention(2, author=nameless))
        opened(tx, mention(1, author=nameless))
        this = opened(tx, mention(2, author=nameless))
        assert notes.subject_of(file_of(tx, this)) == ""
        context = context_of(tx, this)
    assert (context.earlier, context.standing, context.notes) == ((), None, ())


def test_a_handful_of_queries_however_much_there_is(store: Store) -> None:
    with store.write() as tx:
        hear(tx, *(by(1, n, text="is the kettle in stock?") for n in range(1, 40)))
        link(tx, "x:1")
        made = [opened(tx, by(1, n)) for n in range(1, 40)]
        file = file_of(tx, made[-1])
        asked: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            asked.append(statement)

        event.listen(store.engine, "before_cursor_execute", note)
        of_case(tx, file, NOW)
        event.remove(store.engine, "before_cursor_execute", note)
    assert len(asked) <= 10
