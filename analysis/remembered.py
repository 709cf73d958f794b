"""What is worked out for a word once and kept, for a few words make up most of what is written."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Told = TypeVar("Told")


class Remembered(dict[str, Told]):
    """The answers of a function by the words asked: at most `most`, and none for words longer than `longest` characters, so
    that nobody can fill the memory. When half of it is full it becomes the older half, out of which words asked again are
    taken over, and what was in the older half is forgotten: common words are never told twice.
    """

    def __init__(self, tell: Callable[[str], Told], most: int = 100_000, longest: int = 40) -> None:
        super().__init__()
        self._memory = _Memory(tell, most, longest)

    def __missing__(self, word: str) -> Told:
        told: Told = self._memory.tell(word, self)
        return told


class _Memory:
    """What goes with such a dict: a class that is a dict looks its attributes up by name even when it is compiled."""

    def __init__(self, tell: Callable[[str], Any], most: int, longest: int) -> None:
        self._tell, self._most, self._longest = tell, most, longest
        self._older: dict[str, Any] = {}

    def tell(self, word: str, known: dict[str, Any]) -> Any:
        older = self._older  # another thread may put the next in its place
        told = older[word] if word in older else self._tell(word)
        if len(word) <= self._longest:
            if len(known) >= self._most // 2:
                self._older = known.copy()
                known.clear()
            known[word] = told
        return told


_TOLD_AT_ONCE: Final = 512
"""New words: what NumPy makes of more of them does not fit in the processor's cache."""


class Table:
    """The same for numbers: a row for each word, so that NumPy can take those of a whole batch at once.

    `tell` makes the rows of a list of words. Words longer than `longest` keep their row for a batch only; when there are
    more than `most` rows, all are forgotten before the next batch. Threads may share it.
    """

    def __init__(self, tell: Callable[[Sequence[str]], NDArray[Any]], most: int = 50_000, longest: int = 40) -> None:
        self._tell, self._most, self._longest = tell, most, longest
        self._lock = Lock()
        self._forget()

    def _forget(self) -> None:
        self._places = _Places()
        self._rows: NDArray[Any] = np.empty(0)  # takes its shape from what is told first
        self._told = 0

    def take(self, words: Sequence[str]) -> NDArray[Any]:
        """The rows of these words, in order."""
        with self._lock:
            if self._told > self._most:
                self._forget()
            places = np.fromiter(map(self._places.__getitem__, words), dtype=np.intp, count=len(words))
            if new := self._places.new.words:
                try:
                    self._add(new)
                except BaseException:
                    self._forget()
                    raise
                self._places.new.words = []
            return self._rows.take(places, axis=0)

    def _add(self, new: Sequence[str]) -> None:
        for at in range(0, len(new), _TOLD_AT_ONCE):
            rows = self._tell(new[at : at + _TOLD_AT_ONCE])
            told = self._told + len(rows)
            if told > len(self._rows):
                larger = np.empty((2 * told, *rows.shape[1:]), dtype=rows.dtype)
                if self._told:
                    larger[: self._told] = self._rows[: self._told]
                self._rows = larger
            self._rows[self._told : told] = rows
            self._told = told
        for word in new:
            if len(word) > self._longest:
                del self._places[word]


class _Places(dict[str, int]):
    """Numbers words in the order in which they are first asked for, and lists the `new` ones."""

    def __init__(self) -> None:
        super().__init__()
        self.new = _New()

    def __missing__(self, word: str) -> int:
        return self.new.place(word, self)


class _New:
    """What goes with such a dict; see `_Memory`."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._next = 0

    def place(self, word: str, known: dict[str, int]) -> int:
        place = known[word] = self._next
        self._next += 1
        self.words.append(word)
        return place
