"""Figures that tie the desk to what people say: who came back, who is at risk, how the desk did."""

import json
from datetime import timedelta

import pytest

from analysis.rollup import desk_figures, rollup
from app import insight
from app.insight import Period
from core.assessment import Priority, Sentiment
from core.case import answered, resolve
from core.customer import Customer, Evidence, Link
from core.mention import Author
from core.store import Store, cases, customers, erasure, rollups
from tests.app.desk import hear, judge, post, settings
from tests.app.insights import fill
from tests.core.made import NOW

TODAY = NOW.date()
PRIYA = Author("x", "priya", "priya", "Priya शर्मा", followers=900)
DENIZ = Author("x", "deniz", "deniz", "Deniz", followers=40)
WEEK = Period(7, TODAY)


def said(store: Store, number: int, author: Author, hours_ago: float, side: str, text: str = "northwind") -> None:
    """Somebody speaks; a negative post complains, and opens a case."""
    one = post(number, f"{text} {number}", author=author, created_at=NOW - timedelta(hours=hours_ago))
    hear(store, one)
    complains = side == "negative"
    judge(
        store,
        one,
        Priority.P2 if complains else Priority.P4,
        sentiment=Sentiment(side, 0.0, "test"),  # type: ignore[arg-type]
        is_complaint=complains,
    )


def answer(store: Store, case_id: int, hours_ago: float) -> None:
    with store.write() as tx:
        case = cases.get(tx, case_id)
        assert case is not None
        move = answered(case, NOW - timedelta(hours=hours_ago), "U1")
        assert move is not None and cases.move(tx, move) is not None


def test_who_complained_was_answered_and_came_back_is_recovered_once(store: Store) -> None:
    said(store, 1, PRIYA, 50, "negative")
    said(store, 2, PRIYA, 49, "positive")  # before our answer: not its doing
    answer(store, 1, 40)
    said(store, 3, PRIYA, 30, "positive")
    said(store, 4, PRIYA, 20, "positive")
    said(store, 5, DENIZ, 50, "negative")  # nobody answered
    said(store, 6, DENIZ, 30, "positive")
    rollup(store, settings(), NOW)
    with store.read() as tx:
        (found,) = insight.recovered(tx, "northwind", WEEK)
        assert (found.author, found.complaint_id, found.mention_id) == (PRIYA, "x:1", "x:3")
        assert found.answered_at == NOW - timedelta(hours=40) and found.at == NOW - timedelta(hours=30)
        figure = insight.overview(tx, "northwind", WEEK).recovered
        assert figure.value == 1
        assert insight.recovered(tx, "northwind", WEEK.before()) == []


def test_who_complained_twice_is_listed_once_with_the_later_case(store: Store) -> None:
    said(store, 1, PRIYA, 60, "negative")
    said(store, 2, PRIYA, 50, "negative")
    answer(store, 1, 45)
    answer(store, 2, 44)
    said(store, 3, PRIYA, 30, "positive")
    said(store, 4, DENIZ, 58, "negative")
    answer(store, 3, 43)
    said(store, 5, DENIZ, 20, "positive")
    rollup(store, settings(), NOW)
    with store.read() as tx:
        found = insight.recovered(tx, "northwind", WEEK)
        assert [(one.author, one.complaint_id) for one in found] == [(DENIZ, "x:4"), (PRIYA, "x:2")]
        assert insight.overview(tx, "northwind", WEEK).recovered.value == 2


def test_a_good_word_that_is_erased_is_no_recovery_any_more(store: Store) -> None:
    said(store, 1, PRIYA, 50, "negative")
    answer(store, 1, 40)
    said(store, 2, PRIYA, 30, "positive")
    rollup(store, settings(), NOW)
    store.run(lambda tx: erasure.erase_mentions(tx, ["x:2"], "deleted_by_author", NOW))
    with store.read() as tx:
        assert insight.recovered(tx, "northwind", WEEK) == [], "at once"
    rollup(store, settings(), NOW)
    with store.read() as tx:
        assert insight.overview(tx, "northwind", WEEK).recovered.value == 0


def test_a_topic_told_day_by_day_adds_up_to_what_is_told_of_it(store: Store) -> None:
    fill(store)
    period = Period(28, TODAY)
    with store.read() as tx:
        for language in (None, "tr"):
            found = insight.topics(tx, "northwind", period, language, 20)
            days = insight.topic_days(tx, "northwind", period, tuple(found["topic"]), language)
            assert len(found) and all(len(each) == 28 for each in days.values())
            assert {topic: sum(each) for topic, each in days.items()} == dict(
                zip(found["topic"], found["mentions"], strict=True)
            )
        assert insight.topic_days(tx, "northwind", period, ()) == {}


def test_customers_at_risk_those_nobody_answered_first_then_by_value(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [Author("x", f"c{n}", f"c{n}", f"Customer {n}", followers=n) for n in range(4)]
    for number, author in enumerate(people):
        said(store, number + 1, author, 20, "negative" if number < 3 else "positive")
    answer(store, 3, 10)

    def know(tx: object) -> None:
        for number, author in enumerate(people):
            customer = Customer(f"C{number}", f"Customer {number}", tier="gold", lifetime_value=100.0 * (number + 1))
            customers.save(tx, [customer], NOW)  # type: ignore[arg-type]
            evidence = (Evidence("account", 9.0, ""),)
            link = Link(author.id, customer.customer_id, "linked", 0.99, "given_directly", evidence, "t")
            customers.save_links(tx, {author.id: [link]}, NOW)  # type: ignore[arg-type]

    store.run(know)
    rollup(store, settings(), NOW)
    with store.read() as tx:
        found = insight.at_risk(tx, "northwind", WEEK)
        assert [(one.customer.customer_id, one.answered) for one in found] == [
            ("C1", False),
            ("C0", False),
            ("C2", True),
        ]
        assert found[0].person.complaints == 1 and found[0].case is not None
        monkeypatch.setattr(insight, "LOOKED_AT_ONCE", 1)
        assert insight.at_risk(tx, "northwind", WEEK) == found
        assert insight.at_risk(tx, "northwind", WEEK, 2) == found[:2]
        tiers = insight.by(tx, "northwind", WEEK, "tier").set_index("value")
        assert tiers.loc["gold", "mentions"] == 4


def test_the_desk_tells_what_its_cases_say_and_stands_until_something_happens(store: Store) -> None:
    for number, hours in enumerate((30, 20, 10), 1):
        said(store, number, PRIYA, hours, "negative")
    answer(store, 1, 29)
    answer(store, 2, 18)
    rollup(store, settings(), NOW)
    with store.read() as tx:
        desk = insight.desk(tx, settings(), "northwind", WEEK)
        assert (desk.cases.value, desk.first_response.value, desk.first_response.n) == (3, 90, 2)
        assert desk.backlog["open"].iloc[-1] == 3
        assert insight.desk(tx, settings(), None, WEEK).cases == desk.cases, "of all brands"
        assert insight.desk(tx, settings(), "contoso", WEEK).cases.value == 0
    with store.write() as tx:
        case = cases.get(tx, 3)
        assert case is not None
        move = resolve(case, "U1", NOW - timedelta(hours=1))
        assert move is not None and cases.move(tx, move) is not None
    rollup(store, settings(), NOW)
    with store.read() as tx:
        desk = insight.desk(tx, settings(), "northwind", WEEK)
        assert (desk.resolution.value, desk.resolution.n, desk.backlog["open"].iloc[-1]) == (9 * 60, 1, 2)
        assert list(desk.by_priority["value"]) == ["P2"]


def test_what_moved_since_the_last_count_tells_what_a_look_at_all_cases_does(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.rollup.LATE_EVENTS", 0)  # nothing is looked at twice by luck

    def closed(case_id: int, hours_ago: float) -> None:
        with store.write() as tx:
            case = cases.get(tx, case_id)
            assert case is not None
            move = resolve(case, "U1", NOW - timedelta(hours=hours_ago))
            assert move is not None and cases.move(tx, move) is not None

    for number in range(1, 7):
        said(store, number, (PRIYA, DENIZ)[number % 2], 10 * number, "negative")
    for change in (
        lambda: None,
        lambda: answer(store, 2, 5),
        lambda: said(store, 7, PRIYA, 4, "negative"),
        lambda: closed(2, 3),
        lambda: (answer(store, 3, 2), closed(1, 2)),
        lambda: closed(7, 1),
    ):
        change()
        rollup(store, settings(), NOW)
        with store.read() as tx:
            for days in (7, 28):
                period = Period(days, TODAY)
                kept = rollups.desk(tx, "northwind", days, TODAY)
                fresh = desk_figures(tx, "northwind", period.since, TODAY, NOW)
                assert kept == json.loads(json.dumps(fresh))


def test_a_window_that_is_not_kept_says_the_same_as_one_that_is(store: Store) -> None:
    for number in range(30):
        who = Author("x", f"u{number % 7}", f"u{number % 7}", followers=number % 7)
        said(store, number + 1, who, 5 * number, ("positive", "neutral", "negative")[number % 3])
    rollup(store, settings(), NOW)
    rollup(store, settings(), NOW + timedelta(days=40))  # what is kept now is of other days
    with store.read() as tx:
        counted = insight.people(tx, "northwind", WEEK, order="posts", limit=100).items
        desk = insight.desk(tx, settings(), "northwind", WEEK)
        then = insight.overview(tx, "northwind", WEEK)
    assert sum(person.posts for person in counted) == then.mentions.value
    assert len(counted) == then.authors.value == 7
    assert desk.cases.value == 10


@pytest.mark.parametrize("order", ["reach", "posts", "latest"])
@pytest.mark.parametrize("kept", [True, False])
def test_people_are_paged_by_key_each_once_and_in_order(store: Store, order: insight.Order, kept: bool) -> None:
    for number in range(25):
        who = Author("x", f"u{number % 11}", f"u{number % 11}", followers=number % 3)
        said(store, number + 1, who, number % 5, ("positive", "negative")[number % 2])
    rollup(store, settings(), NOW)
    period = WEEK if kept else Period(6, TODAY)
    seen: list[insight.Person] = []
    after = None
    with store.read() as tx:
        while True:
            page = insight.people(tx, "northwind", period, order=order, after=after, limit=3)
            seen += page.items
            after = page.next
            if after is None:
                break
    keys = [({"reach": p.reach, "posts": p.posts, "latest": p.last_at}[order], p.author_id) for p in seen]
    assert keys == sorted(keys, reverse=True)  # type: ignore[type-var]
    assert len({p.author_id for p in seen}) == len(seen) == 11


def test_a_figure_of_before_is_left_out_where_nobody_listened(store: Store) -> None:
    said(store, 1, PRIYA, 1, "positive")
    said(store, 2, PRIYA, 24 * 9, "positive")
    rollup(store, settings(), NOW)
    with store.read() as tx:
        found = insight.overview(tx, "northwind", WEEK)
        assert (found.mentions.value, found.mentions.before, found.mentions.shifted) == (1, None, False)
        said_before = insight.overview(tx, "northwind", Period(2, TODAY))
        assert said_before.mentions.before == 0
        platforms = insight.by(tx, "northwind", WEEK, "platform")
        assert not platforms["shifted"].any() and platforms["change"].isna().all()
        assert insight.competitors(tx, ["northwind"], WEEK)["before_share"].isna().all()
