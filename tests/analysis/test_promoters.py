"""Who promotes and who warns off, told as Slack's cards tell it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import promoters
from core.context import standing
from tests.analysis.test_metrics import AT, fact


def test_a_complaint_speaks_against_however_polite_and_a_repost_says_nothing() -> None:
    facts = [
        fact(1, author_id="x:a"),
        fact(2, author_id="x:a", complaint=True, said_at=AT + timedelta(hours=1), followers=90),
        fact(3, author_id="x:a", repost=True, sentiment="negative"),
        fact(4, author_id="x:a", sentiment="unsupported", complaint=True),
        fact(5, author_id=""),
    ]
    found = promoters.by_author(facts)
    assert list(found) == ["x:a"]
    day = found["x:a"]
    assert (day.posts, day.judged, day.positive, day.negative, day.complaints) == (4, 2, 1, 1, 1)
    assert (day.followers, day.last_at) == (90, AT + timedelta(hours=1))


def test_one_post_makes_nobody_a_promoter_and_days_add_up() -> None:
    first = promoters.by_author([fact(1, author_id="x:a", followers=50)])
    assert promoters.over(first.values())["x:a"].kind == ""
    later = promoters.by_author([fact(2, author_id="x:a", said_at=AT + timedelta(days=3))])
    both = promoters.over([*later.values(), *first.values()])["x:a"]
    assert (both.kind, both.judged, both.first_day, both.followers) == ("promoter", 2, AT.date(), 50)


@given(st.lists(st.sampled_from(["positive", "neutral", "negative"]), min_size=1, max_size=12))
def test_the_rule_is_that_of_the_cards(said: list[str]) -> None:
    facts = [fact(n, author_id="x:a", sentiment=side) for n, side in enumerate(said)]
    found = promoters.over(promoters.by_author(facts).values())["x:a"]
    card = standing(said.count("positive"), said.count("negative"), len(said))
    assert found.kind == (card.kind if card else "")


def test_the_score_runs_from_minus_to_plus_100() -> None:
    assert promoters.score(0, 0, 0) is None
    every = promoters.score(10, 0, 10)
    assert every is not None and every.value == 100 and every.low < 90
    even = promoters.score(30, 30, 100)
    assert even is not None and even.value == 0 and even.low == pytest.approx(-even.high)
