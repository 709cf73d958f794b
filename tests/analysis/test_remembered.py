"""What is remembered of words stays small, whatever strangers write."""

from analysis.remembered import Remembered


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
