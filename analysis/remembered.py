"""What is worked out for a word once and kept, for a few words make up most of what is written."""

from collections.abc import Callable
from typing import TypeVar

Told = TypeVar("Told")


class Remembered(dict[str, Told]):
    """The answers of a function by the words asked: at most `most`, and none for words longer than `longest` characters, so
    that nobody can fill the memory. When it is full it is emptied, and soon knows the common words again."""

    def __init__(self, tell: Callable[[str], Told], most: int = 50_000, longest: int = 40) -> None:
        super().__init__()
        self._tell, self._most, self._longest = tell, most, longest

    def __missing__(self, word: str) -> Told:
        told = self._tell(word)
        if len(word) <= self._longest:
            if len(self) >= self._most:
                self.clear()
            self[word] = told
        return told
