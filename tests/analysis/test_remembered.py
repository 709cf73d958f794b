"""What is remembered of words stays small, whatever strangers write."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.remembered import Remembered, Table


def test_a_word_is_told_once() -> None:
    asked: list[str] = []

    def tell(word: str) -> int:
        asked.append(word)
        return len(word)

    told = Remembered(tell)
    assert [told[word] for word in ("ab", "ab", "c", "ab")] == [2, 2, 1, 2]
    assert asked == ["ab", "c"]


def test_a_stream_of_new_words_does_not_fill_the_memory() -> None:
    told = Remembered(str.upper, most=50, longest=10)
    for i in range(500):
        assert told[f"word{i}"] == f"WORD{i}"
        assert told["long" * 5] == "LONG" * 5
        assert len(told) <= 50
    assert "long" * 5 not in told


class Lengths:
    """Rows of a word's length and its double; it remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, words: Sequence[str]) -> NDArray[np.int64]:
        if "bad" in words:
            raise ValueError("bad")
        self.asked += words
        return np.array([[len(word), 2 * len(word)] for word in words], dtype=np.int64)


def test_a_table_tells_a_word_once_and_keeps_the_order() -> None:
    lengths = Lengths()
    table = Table(lengths)
    for words in (["ab", "c", "ab"], ["c", "def"], ["def", "ab"]):
        assert table.take(words).tolist() == [[len(word), 2 * len(word)] for word in words]
    assert lengths.asked == ["ab", "c", "def"]


def test_a_table_forgets_what_is_too_much_and_words_that_are_too_long() -> None:
    lengths = Lengths()
    table = Table(lengths, most=50, longest=10)
    for i in range(100):
        words = [f"word{i}-{n}" for n in range(7)] + ["long" * 5]
        assert table.take(words)[:, 0].tolist() == [len(word) for word in words]
        assert len(table._rows) <= 4 * 50
    assert lengths.asked.count("long" * 5) == 100


def test_a_table_goes_on_after_words_that_could_not_be_told() -> None:
    table = Table(Lengths())
    with pytest.raises(ValueError, match="bad"):
        table.take(["ab", "bad"])
    assert table.take(["ab", "c"]).tolist() == [[2, 4], [1, 2]]
