"""A reason quotes its author: the words that the cues found, as they stand in the text rather than as the cues read them.

Cues see "cokmus" and "brand is down"; people see "çökmüş" and "Northwind is down".
"""

from dataclasses import replace
from functools import lru_cache

from analysis.words import read
from core.assessment import Reason
from core.mention import Brand

_EDGES = ' .,;:!?…।"“”‘’()[]'


def as_written(reasons: tuple[Reason, ...], text: str, brand: Brand | None) -> tuple[Reason, ...]:
    """The reasons with their words as the author wrote them; words that cannot be found stay as they are."""
    lowered = text.lower()
    aligned = lowered if len(lowered) == len(text) else ""  # a few letters grow when they are lowered
    spelled: list[tuple[str, str]] | None = None
    found = []
    for reason in reasons:
        start = aligned.find(reason.text) if reason.text else -1
        if start >= 0:
            reason = replace(reason, text=text[start : start + len(reason.text)])
        elif reason.text:
            if spelled is None:
                folded = _folded(brand)
                spelled = [(token, word) for word in text.split() for token in folded[word]]
            reason = replace(reason, text="; ".join(_find(part, spelled) for part in reason.text.split("; ")))
        found.append(reason)
    return tuple(found)


class _Folded(dict[str, tuple[str, ...]]):
    """Each written word to its folded ones; remembered, for reading word by word is ten times as slow as a text at once."""

    def __init__(self, brand: Brand | None) -> None:
        super().__init__()
        self._brand = brand

    def __missing__(self, word: str) -> tuple[str, ...]:
        tokens = read(word, self._brand).tokens
        if len(word) <= _LONGEST_WORD:
            if len(self) >= _MOST_WORDS:
                self.clear()
            self[word] = tokens
        return tokens


_MOST_WORDS, _LONGEST_WORD = 20_000, 40
_folded = lru_cache(maxsize=16)(_Folded)


def _find(shown: str, spelled: list[tuple[str, str]]) -> str:
    """The written words of a stretch of folded ones. `spelled` is each folded word with the written one that it is from."""
    wanted = shown.split()
    tokens = [token for token, _ in spelled]
    for start in range(len(tokens) - len(wanted) + 1):
        if tokens[start : start + len(wanted)] == wanted:
            written = [word for _, word in spelled[start : start + len(wanted)]]
            once = [word for i, word in enumerate(written) if i == 0 or word is not written[i - 1]]
            return " ".join(once).strip(_EDGES)
    return shown
