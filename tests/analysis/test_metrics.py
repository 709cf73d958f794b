"""The measures: right by hand, beside the textbook's programs, and as often wrong by chance as they say."""

import math
import random
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import desk, metrics
from analysis.metrics import Crowd
from core.fact import Fact

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
counts = st.integers(0, 10_000)


def fact(number: int, **more: object) -> Fact:
    values = {
        "mention_id": f"x:{number}",
        "author_id": f"x:a{number}",
        "said_at": AT,
        "hour": "12",
        "platform": "x",
        "place": "",
        "repost": False,
        "language": "en",
        "sentiment": "positive",
        "complaint": False,
        "intent": "other",
        "department": "feedback",
        "priority": "P4",
        "tier": "",
        "followers": 10,
    }
    return Fact(**(values | more))  # type: ignore[arg-type]


def test_sums_by_hand() -> None:
    facts = [
        fact(1, place="r/a"),
        fact(2, sentiment="negative", complaint=True, author_id="x:a1", place="r/a"),
        fact(3, repost=True, sentiment="negative", followers=500),
        fact(4, sentiment="unsupported", complaint=True, author_id="", followers=7, place="r/b"),
    ]
    everything = metrics.sums(facts, "all")
    assert everything == {"": metrics.Sum(4, 1, 0, 1, 1, 1, 510)}, "a repost reaches people, and has no opinion"
    assert metrics.sums(facts, "place") == {
        "r/a": metrics.Sum(2, 1, 0, 1, 0, 1, 10),
        "r/b": metrics.Sum(1, 0, 0, 0, 1, 0, 0),
    }
    assert metrics.sums(facts, "tier") == {}
    assert metrics.sums([], "all") == {}


def test_of_a_day_only_the_commonest_values_are_kept() -> None:
    facts = [fact(n, place=f"place {n % 400:03}") for n in range(700)]
    kept = metrics.sums(facts, "place")
    assert len(kept) == metrics.MOST_VALUES
    assert {found.mentions for found in kept.values()} == {2}


@given(counts, counts, counts)
def test_an_interval_holds_its_value_and_stays_in_range(positive: int, neutral: int, negative: int) -> None:
    judged = positive + neutral + negative
    found = metrics.net(positive, negative, judged)
    if judged == 0:
        assert found is None
        return
    assert found is not None
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert found.low < found.high, "never sure, however few there are"
    share = metrics.share(positive, judged)
    assert share is not None and 0 <= share.low <= share.value <= share.high <= 1


@pytest.mark.parametrize(("judged", "odds"), [(8, (0.2, 0.5)), (30, (0.1, 0.85)), (200, (0.4, 0.4))])
def test_95_of_100_intervals_of_net_sentiment_hold_the_truth(judged: int, odds: tuple[float, float]) -> None:
    pick, held, times = random.Random(1), 0, 3000
    for _ in range(times):
        drawn = pick.choices((1, -1, 0), (*odds, 1 - sum(odds)), k=judged)
        found = metrics.net(drawn.count(1), drawn.count(-1), judged)
        assert found is not None
        held += found.low <= odds[0] - odds[1] <= found.high
    assert 0.93 <= held / times <= 0.99


def test_shares_and_ranks_agree_with_scipy() -> None:
    from scipy import stats

    for part, whole in ((0, 5), (3, 7), (50, 51), (400, 1000)):
        ours = metrics.share(part, whole)
        theirs = stats.binomtest(part, whole).proportion_ci(method="wilson")
        assert ours is not None and (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-6)
    pick = random.Random(2)
    a, b = [round(pick.expovariate(1 / 40)) for _ in range(80)], [round(pick.expovariate(1 / 60)) for _ in range(70)]
    theirs = stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=False).pvalue
    assert metrics.values_differ(a, b) == pytest.approx(theirs, abs=1e-9)


def test_bursts_are_no_change() -> None:
    """Where days scatter four times as much as by Poisson's law, who did not know would cry wolf every third time."""
    pick, alarms, naive, times = random.Random(3), 0, 0, 1500
    for _ in range(times):
        windows = [[4 * _poisson(5, pick) for _ in range(28)] for _ in range(2)]
        now, before = map(sum, windows)
        alarms += metrics.count_differs(now, before, metrics.spread(*windows)) < metrics.CHANCE
        naive += metrics.count_differs(now, before) < metrics.CHANCE
    assert alarms / times < 0.07
    assert naive / times > 0.25


def test_a_true_change_is_seen() -> None:
    assert metrics.count_differs(200, 100) < 0.001
    assert metrics.share_differs((60, 100), (30, 100)) < 0.001
    assert metrics.net_differs((70, 10, 100), (40, 40, 100)) < 0.001
    assert metrics.values_differ([10.0] * 20 + [11.0] * 20, [30.0] * 20 + [31.0] * 20) < 0.001


def test_one_big_account_more_is_no_change_of_reach() -> None:
    small = 1000 * [100.0]
    now, before = [*small, 1e7], small
    squares = [(sum(some), sum(f * f for f in some)) for some in (now, before)]
    assert metrics.total_differs(squares[0], squares[1]) > 0.3
    doubled = [(2 * 1e5, 2000 * 1e4), (1e5, 1000 * 1e4)]
    assert metrics.total_differs(doubled[0], doubled[1]) < 0.001


def test_nothing_against_nothing_is_no_change() -> None:
    assert metrics.count_differs(0, 0) == 1.0
    assert metrics.share_differs((0, 0), (1, 2)) == metrics.share_differs((0, 5), (0, 5)) == 1.0
    assert metrics.net_differs((0, 0, 0), (1, 0, 1)) == metrics.total_differs((0, 0), (0, 0)) == 1.0
    assert metrics.values_differ([], [1.0, 2.0, 3.0]) == metrics.values_differ([1.0] * 5, [1.0] * 5) == 1.0
    assert metrics.spread([], [0, 0, 0]) == 1.0


def test_among_many_values_chance_alone_is_seldom_marked() -> None:
    pick, marked = random.Random(4), 0
    for _ in range(300):
        marked += any(metrics.beyond_chance([pick.random() for _ in range(50)]))
    assert marked / 300 < 0.09
    assert metrics.beyond_chance([0.0001, 0.9, 0.04]) == [True, False, False]
    assert metrics.beyond_chance([]) == []


@pytest.mark.parametrize("people", [1, 3, 20, 100, 500])
def test_a_crowd_is_counted_to_a_few_in_a_hundred_whoever_is_met_twice(people: int) -> None:
    off = []
    for seed in range(20):
        halves = [Crowd(), Crowd()]
        for number in range(people):
            halves[number % 2].add(f"{seed}:{number}")
            halves[0].add(f"{seed}:{number}")
        both = Crowd(bytes(halves[0]))
        both.unite(bytes(halves[1]))
        off.append(abs(len(both) - people) / people)
    assert sum(off) / len(off) < 0.05


def test_a_full_crowd_has_an_end() -> None:
    crowd = Crowd()
    for number in range(50_000):
        crowd.add(str(number))
    assert len(crowd) == Crowd.MOST
    assert len(Crowd()) == 0


# The desk ------------------------------------------------------------------------------------------------------------


def cases(*rows: dict[str, object]) -> pd.DataFrame:
    plain = {
        "brand": "northwind",
        "team": "care",
        "priority": "P2",
        "status": "resolved",
        "opened_at": AT,
        "answer_by": AT + timedelta(minutes=60),
        "resolve_by": AT + timedelta(minutes=600),
        "answered_at": AT + timedelta(minutes=30),
        "resolved_at": AT + timedelta(minutes=300),
        "transfers": 0,
        "reopened": False,
    }
    found = pd.DataFrame([plain | row for row in rows], columns=list(plain))
    for name in ("opened_at", "answer_by", "resolve_by", "answered_at", "resolved_at"):
        found[name] = pd.to_datetime(found[name], utc=True)
    return found


def test_the_desk_by_hand() -> None:
    some = cases(
        {},
        {"answered_at": AT + timedelta(minutes=90), "transfers": 2},  # late
        {"answered_at": None, "resolved_at": None, "status": "open", "answer_by": AT + timedelta(days=9)},  # not due
        {"answered_at": None, "resolved_at": None, "status": "open", "team": "tech"},  # due, and broken
        {"answered_at": None, "resolved_at": AT + timedelta(minutes=5), "status": "dismissed"},  # needed no answer
        {"reopened": True},
    )
    at = AT + timedelta(minutes=120)
    told = desk.told(some, at)
    found = desk.measure(told, None)
    assert (found.cases.value, found.cases.before) == (6, None)
    assert (found.first_response.value, found.first_response.n, found.first_response_p90) == (30, 3, 90)
    assert (found.resolution.value, found.resolution.n) == (300, 3)
    assert (found.sla_answer.value, found.sla_answer.n) == (0.5, 4)
    assert (found.sla_resolve.value, found.sla_resolve.n) == (1.0, 3), "what is not due may still be kept"
    assert [round((found.transferred.value or 0) * 6), round((found.reopened.value or 0) * 6)] == [1, 1]
    assert round((found.dismissed.value or 0) * 6) == 1
    by_team = desk.by(told, "team").set_index("value")
    assert by_team.loc["tech", "cases"] == 1 and by_team.loc["tech", "sla_answer"] == 0
    assert pd.isna(by_team.loc["tech", "first_response"])


def test_a_desk_without_cases_has_nothing_to_tell() -> None:
    told = desk.told(cases(), AT)
    found = desk.measure(told, None)
    assert found.cases.value == 0 and found.cases.before is None
    times = [asdict(found)[name]["value"] for name in ("first_response", "resolution", "sla_answer", "reopened")]
    assert times == [None] * 4
    assert desk.by(told, "team").empty


def _poisson(mean: float, pick: random.Random) -> int:
    count, left = 0, pick.expovariate(1)
    while left < mean:
        count, left = count + 1, left + pick.expovariate(1)
    return count


@given(st.lists(st.tuples(*[st.integers(0, 10**6)] * 3), min_size=1, max_size=30))
def test_net_sentiment_of_many_at_once_is_that_of_each(counts: list[tuple[int, int, int]]) -> None:
    pro, con, even = (np.array(column) for column in zip(*counts, strict=True))
    found = zip(*metrics.nets(pro, con, pro + con + even), strict=True)
    for one, (for_us, against, neither) in zip(found, counts, strict=True):
        alone = metrics.net(for_us, against, for_us + against + neither)
        assert one == pytest.approx(alone or (math.nan,) * 3, nan_ok=True, abs=1e-12)
