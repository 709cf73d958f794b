"""Word and character n-grams of many texts at once, as hashes.

NumPy walks the letters of a whole batch in a few passes, so that a text costs microseconds: the hash of a run of letters is
a polynomial over 2^64, and that of a word comes from a running sum of such terms.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BITS = 22
"""Hashes run below 2^BITS: at this size two of a few hundred thousand n-grams seldom meet."""

CHARACTERS = (3, 4, 5)
WORDS = (1, 2)
MAX_CHARACTERS = 1_000
"""Of a text this much is read; what a post feels like is seldom settled later."""

_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it has an inverse: 2^64 over the golden ratio
_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))
_SPACE = np.uint64(32)

Hashes = NDArray[np.uint32]
Owners = NDArray[np.int32]


def ngrams(texts: Sequence[str]) -> tuple[Hashes, Owners]:
    """The hashed n-grams of each text and the place of the text each is from, in no particular order.

    A text is words parted by single spaces: words and pairs of words, and runs of 3 to 5 characters with the spaces
    around words, are its n-grams.
    """
    padded = [f" {text[:MAX_CHARACTERS]} " for text in texts]
    letters = np.frombuffer("".join(padded).encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    lengths = np.fromiter(map(len, padded), dtype=np.int64, count=len(padded))
    owners = np.repeat(np.arange(len(padded), dtype=np.int32), lengths)
    hashes: list[NDArray[np.uint64]] = []
    whose: list[Owners] = []
    run = letters
    for n in range(2, max(CHARACTERS) + 1):
        run = run[:-1] * _BASE + letters[n - 1 :]
        if n in CHARACTERS:
            inside = owners[: len(run)] == owners[n - 1 :]
            hashes.append(run[inside] + np.uint64(n))
            whose.append(owners[: len(run)][inside])
    words, word_owners = _words(letters, owners)
    for n in WORDS:
        run = words
        for k in range(1, n):
            run = run[:-1] * _BASE + words[k:]
        inside = word_owners[: len(run)] == word_owners[n - 1 :]
        hashes.append(run[inside] + np.uint64(100 + n))
        whose.append(word_owners[: len(run)][inside])
    return _mixed(np.concatenate(hashes)), np.concatenate(whose)


def _words(letters: NDArray[np.uint64], owners: Owners) -> tuple[NDArray[np.uint64], Owners]:
    """A hash for each word, by which the same word is the same number wherever it stands."""
    space = letters == _SPACE
    starts = np.flatnonzero(~space & np.concatenate(([True], space[:-1])))
    ends = np.flatnonzero(~space & np.concatenate((space[1:], [True]))) + 1
    power = np.cumprod(np.full(len(letters), _BASE, dtype=np.uint64))
    inverse = np.cumprod(np.full(len(letters), _INVERSE, dtype=np.uint64))
    sums = np.concatenate(([np.uint64(0)], np.cumsum(letters * power)))
    return (sums[ends] - sums[starts]) * inverse[starts], owners[starts]


def _mixed(hashes: NDArray[np.uint64]) -> Hashes:
    """Spread over all bits, then cut to BITS (Stafford's variant of the SplitMix64 finaliser)."""
    hashes ^= hashes >> np.uint64(30)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(27)
    hashes *= np.uint64(0x94D049BB133111EB)
    return (hashes >> np.uint64(64 - BITS)).astype(np.uint32)
