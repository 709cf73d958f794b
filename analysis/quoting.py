"""A reason quotes its author: the words that the cues found, as they stand in the text rather than as the cues read them.

Cues see "cokmus" and "brand is down"; people see "çökmüş" and "Northwind is down".
"""

from functools import lru_cache

from analysis.remembered import Remembered
from analysis.words import read
from core.assessment import Reason
from core.brand import Brand

_EDGES = ' .,;:!?…।"“”‘’()[]'


def as_written(reasons: tuple[Reason, ...], text: str, brand: Brand | None) -> tuple[Reason, ...]:
    """The reasons with their words as the author wrote them; words that cannot be found stay as they are."""
    lowered = text.lower()
    aligned = lowered if len(lowered) == len(text) else ""  # a few letters grow when they are lowered
    spelled: tuple[list[str], list[str]] | None = None
    found = []
    for reason in reasons:
        start = aligned.find(reason.text) if reason.text and reason.signal not in _OURS else -1
        if start >= 0:
            reason = Reason(reason.signal, reason.weight, text[start : start + len(reason.text)])
        elif reason.text and reason.signal not in _OURS:
            spelled = spelled or _spelled(text, brand)
            told = "; ".join([_find(part, *spelled) for part in reason.text.split("; ")])
            reason = Reason(reason.signal, reason.weight, told)
        found.append(reason)
    return tuple(found)


_OURS = frozenset({"risk", "calm"})
"""What these say is not the author's."""


def _spelled(text: str, brand: Brand | None) -> tuple[list[str], list[str]]:
    """A text's folded words, and the written one that each is from."""
    folded = _folded(brand)
    pairs = [(token, word) for word in text.split() for token in folded[word]]
    return [token for token, _ in pairs], [word for _, word in pairs]


@lru_cache(maxsize=16)
def _folded(brand: Brand | None) -> Remembered[tuple[str, ...]]:
    """Each written word to its folded ones; remembered, for reading word by word is ten times as slow as a text at once."""
    return Remembered(lambda word: read(word, brand).tokens, most=20_000)


def _find(shown: str, tokens: list[str], written: list[str]) -> str:
    """The written words of a stretch of folded ones. `tokens` are all folded words, each with the one that it is from."""
    wanted = shown.split()
    start = -1
    while wanted:
        try:
            start = tokens.index(wanted[0], start + 1)
        except ValueError:
            break
        if tokens[start : start + len(wanted)] == wanted:
            found = written[start : start + len(wanted)]
            return " ".join([word for i, word in enumerate(found) if i == 0 or word is not found[i - 1]]).strip(_EDGES)
    return shown
