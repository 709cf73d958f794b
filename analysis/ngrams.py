"""Word and character n-grams of many texts at once, as hashes.

NumPy walks the letters of a whole batch in a few passes, so that a text costs microseconds: the hash of a run of letters is
a polynomial over 2^64, and that of a word comes from a running sum of such terms.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

BITS = 22
"""Hashes run below 2^BITS: at this size two of a few hundred thousand n-grams seldom meet."""
NOTHING = 1 << BITS
"""In the place of a hash: there is no n-gram."""

CHARACTERS = (3, 4, 5)
WORDS = (1, 2)
MAX_CHARACTERS = 1_000
"""Of a text this much is read; what a post feels like is seldom settled later."""

_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it has an inverse: 2^64 over the golden ratio
_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))
_SPACE = np.uint32(32)
_USUAL = 1 << 16
"""So many letters or fewer are most often read at once: their powers are worked out a single time."""

Hashes = NDArray[np.uint32]
Owners = NDArray[np.int32]


def ngrams(texts: Sequence[str]) -> tuple[Hashes, Owners]:
    """The hashed n-grams of each text and the place of the text each is from: those of 3 characters of all texts in order,
    then those of 4, and so on.

    A text is words parted by single spaces: words and pairs of words, and runs of 3 to 5 characters with the spaces
    around words, are its n-grams.
    """
    hashes, owners = runs(texts)
    inside = hashes != NOTHING
    return hashes[inside], owners[inside]


def runs(texts: Sequence[str]) -> tuple[Hashes, Owners]:
    """The same with `NOTHING` where a run would go over into the next text: to take those out costs more than to look them
    up in vain."""
    padded = [f" {text[:MAX_CHARACTERS]} " for text in texts]
    codes = np.frombuffer("".join(padded).encode("utf-32-le", "replace"), dtype=np.uint32)
    letters = codes.astype(np.uint64)
    lengths = np.fromiter(map(len, padded), dtype=np.intp, count=len(padded))
    owners = np.repeat(np.arange(len(padded), dtype=np.int32), lengths)
    words, starts = _words(codes, letters)
    whose = owners.take(starts)
    counts = np.bincount(whose, minlength=len(padded))
    return (
        np.concatenate((_runs(letters, lengths, CHARACTERS, 0), _runs(words, counts, WORDS, 100))),
        np.concatenate((np.tile(owners, len(CHARACTERS)), np.tile(whose, len(WORDS)))),
    )


def _runs(units: NDArray[np.uint64], lengths: NDArray[np.intp], sizes: Sequence[int], kind: int) -> Hashes:
    """The hashes of the runs that begin at each unit of the texts, which are of these `lengths`: all of one size, then all
    of the next."""
    found = np.zeros((len(sizes), len(units)), dtype=np.uint64)
    run = units
    for n in range(1, max(sizes) + 1):
        if n > 1:
            run = run[:-1] * _BASE + units[n - 1 :]
        if n in sizes:
            np.add(run, np.uint64(kind + n), out=found[sizes.index(n), : len(run)])
    hashes = _mixed(found)
    if len(units):
        ends = np.cumsum(lengths)[:, None]
        for n, row in zip(sizes, hashes, strict=True):
            row[ends - np.arange(1, n)] = NOTHING
    return hashes.ravel()


def _words(codes: NDArray[np.uint32], letters: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
    """A hash for each word, by which the same word is the same number wherever it stands; and where it begins."""
    space = codes == _SPACE
    starts = np.flatnonzero(space[:-1] > space[1:]) + 1
    ends = np.flatnonzero(space[:-1] < space[1:])
    power, inverse = _powers(max(_USUAL, 1 << len(letters).bit_length()))
    sums = np.cumsum(letters * power[: len(letters)])
    return (sums.take(ends) - sums.take(starts - 1)) * inverse.take(starts), starts


@lru_cache(maxsize=2)
def _powers(count: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The first powers of the base, and of its inverse."""
    return np.cumprod(np.full(count, _BASE), dtype=np.uint64), np.cumprod(np.full(count, _INVERSE), dtype=np.uint64)


def _mixed(hashes: NDArray[np.uint64]) -> Hashes:
    """Spread over all bits, then cut to BITS (Stafford's variant of the SplitMix64 finaliser)."""
    hashes ^= hashes >> np.uint64(30)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(27)
    hashes *= np.uint64(0x94D049BB133111EB)
    return (hashes >> np.uint64(64 - BITS)).astype(np.uint32)
