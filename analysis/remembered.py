"""What is worked out for a word once and kept, for a few words make up most of what is written."""

from collections.abc import Callable
from typing import TypeVar

Told = TypeVar("Told")


class Remembered(dict[str, Told]):
    """The answers of a function by the words asked: at most `most`, and none for words longer than `longest` characters, so
    that nobody can fill the memory. When half of it is full it becomes the older half, out of which words asked again are
    taken over, and what was in the older half is forgotten: common words are never told twice.
    """

    def __init__(self, tell: Callable[[str], Told], most: int = 100_000, longest: int = 40) -> None:
        super().__init__()
        self._tell, self._most, self._longest = tell, most, longest
        self._older: dict[str, Told] = {}

    def __missing__(self, word: str) -> Told:
        told = self._older[word] if word in self._older else self._tell(word)
        if len(word) <= self._longest:
            if len(self) >= self._most // 2:
                self._older = self.copy()
                self.clear()
            self[word] = told
        return told
