"""What any language's words do to each other."""

import pytest

from analysis.lexicons.scoring import Feeling, Grammar, feel

GRAMMAR = Grammar(
    lexicon={
        "good": 2.0,
        "bad": -2.0,
        "😀": 2.0,
        "no good": -1.5,
        "no problem at all": 0.0,
        "problem": -2.0,
        "big bad": -3.0,
    },
    look_up=lambda word: 1.0 if word == "goodish" else 0.0,
    before=frozenset({"no", "not"}),
    after=frozenset({"nahi"}),
    boosters={"very": 1.5},
    contrast=frozenset({"but"}),
)


def felt(text: str) -> Feeling:
    return feel(text.split(), GRAMMAR)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("good", [2.0]),
        ("goodish", [1.0]),
        ("not good", [-1.5]),
        ("not bad", [0.8]),
        ("good nahi", [-1.5]),
        ("not , good", [2.0]),
        ("very good", [3.0]),
        ("good but bad", [1.0, -3.0]),
        ("no problem", [0.8]),
        ("no problem at all", []),
        ("big bad problem", [-3.0, -2.0]),
        ("big", []),
    ],
)
def test_words_count_as_their_neighbours_shade_them(text: str, counts: list[float]) -> None:
    assert [c.counts for c in felt(text).charged] == pytest.approx(counts)


def test_emoji_are_never_denied() -> None:
    assert felt("not 😀").positive == 2.0
    assert felt("not 😀").unspent == 1


def test_a_phrase_that_denies_is_not_denied_again() -> None:
    assert felt("not no good").negative == -1.5
    assert felt("no good nahi").negative == -1.5


def test_a_negator_within_a_phrase_is_spent() -> None:
    assert felt("no good").unspent == 0
    assert felt("not arrived").unspent == 1
