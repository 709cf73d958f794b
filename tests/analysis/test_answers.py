"""Each question's answer is a sum of whole answers, weighed by where the text comes from."""

import numpy as np
import pytest

from analysis.answers import CASE, CHATTER_OF_BRAND, QUESTIONS, answered, members, weighed, whole_of
from analysis.head import Stack, stack

OF_BRAND, OF_NONE = np.array([True]), np.array([False])
CASES = ("mention P1 complaint safety", "mention later praise praise", "other later complaint billing")


def said(*case: float) -> Stack:
    """A second layer that says the same of every text: these odds of the three cases, and an even mood."""
    none = np.zeros((2, 3), dtype=np.float32)
    moods = ("mention negative", "mention neutral", "chatter positive")
    return Stack(
        ("a", "b"),
        np.zeros(2, dtype=np.float32),
        np.zeros((2, 2), dtype=np.float32),
        np.zeros(2, dtype=np.float32),
        {"mood": moods, CASE: CASES},
        {"mood": none, CASE: none},
        {"mood": np.zeros(3, dtype=np.float32), CASE: np.log(np.array(case, dtype=np.float32))},
    )


def asked(second: Stack, of_brand: np.ndarray) -> dict[str, dict[str, float]]:
    found = answered(second, np.zeros((1, 2), dtype=np.float32), of_brand)
    return {question: dict(zip(QUESTIONS[question], odds[0].tolist(), strict=True)) for question, odds in found.items()}


def test_a_question_is_answered_by_all_whole_answers_that_say_so() -> None:
    none = asked(said(0.3, 0.3, 0.3 / 0.7), OF_NONE)
    assert none["complaint"]["yes"] == pytest.approx(2 / 3)
    assert none["priority"] == pytest.approx({"P1": 1 / 3, "P2": 0, "later": 2 / 3})
    assert none["intent"]["praise"] == pytest.approx(1 / 3)
    assert none["department"]["safety"] == none["department"]["billing"] == pytest.approx(1 / 3)


def test_what_is_found_by_a_brands_name_is_seldom_chatter() -> None:
    odds = asked(said(0.4, 0.4, 0.2), OF_BRAND)
    assert odds["department"]["billing"] == pytest.approx(0.2 * CHATTER_OF_BRAND / (0.8 + 0.2 * CHATTER_OF_BRAND))
    assert odds["department"]["billing"] < asked(said(0.4, 0.4, 0.2), OF_NONE)["department"]["billing"]


def test_moods_do_not_ask_for_the_brand() -> None:
    assert asked(said(1, 1, 1), OF_BRAND)["sentiment"] == asked(said(1, 1, 1), OF_NONE)["sentiment"]


def test_each_text_is_weighed_by_where_it_comes_from() -> None:
    both = weighed(said(1, 1, 1), np.zeros((2, 2), dtype=np.float32), np.array([True, False]))[CASE]
    assert both.sum(axis=1) == pytest.approx([1, 1])
    assert both[0, 2] < both[1, 2]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_whole_answer_of_the_shipped_head_answers_each_question_once(question: str) -> None:
    found = members(stack().labels[whole_of(question)], question)
    assert (found.sum(axis=1) == 1).all()
    assert found.any(axis=0).all(), "an answer that no whole answer gives could never be given"
