"""What a text is read by: runs of letters, words and pairs of words, as hashes.

Runs of letters do not go over from one word into the next, so what a word is made of is found once and kept
(`analysis.head`), and only the pairs of its words are new in a text. A pair is told in full and by what it has in common
with pairs of other forms of the two: how both begin, and how the first ends and the second begins. NumPy walks the letters
of many words in a few passes.
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
MAX_CHARACTERS = 1_000
"""Of a text's words this much is read, with a space after each; what a post feels like is seldom settled later."""

_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it has an inverse: 2^64 over the golden ratio
_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))
_WORD = np.uint64(101)
"""Words, and each kind of pair, are hashed apart, and apart from runs of letters, to which their length is added."""
_USUAL = 1 << 16
"""So many letters or fewer are most often read at once: their powers are worked out a single time."""

WHOLE, STEM, HEAD, TAIL = range(4)
"""What a word is told by in pairs: all of it, its first three letters, the first two, and the last two."""
PAIRS = ((WHOLE, WHOLE, 1), (TAIL, HEAD, 1), (STEM, STEM, 1), (STEM, STEM, 2))
"""The kinds of pairs: what is taken of a word, of a later one, and how many words later that stands."""

Hashes = NDArray[np.uint32]
Owners = NDArray[np.intp]
Numbers = NDArray[np.uint32]


def read_of(words: Sequence[str]) -> Sequence[str]:
    """What is read of a text's words; of one without any, an empty one."""
    if sum(map(len, words)) + len(words) > MAX_CHARACTERS:
        words = " ".join(words)[:MAX_CHARACTERS].split()
    return words or _NO_WORDS


_NO_WORDS = ("",)


def ngrams(texts: Sequence[Sequence[str]], paired: bool = True) -> tuple[Hashes, Owners]:
    """The hashed n-grams of the words of each text, and the place of the text each is from: runs of 3 characters within
    words, of which the spaces around are a part, of all texts in order; then those of 4, and of 5, then words, then, if they
    are wanted, pairs of each kind for each word."""
    said = [read_of(words) for words in texts]
    counts = np.fromiter(map(len, said), dtype=np.intp, count=len(said))
    owners = np.repeat(np.arange(len(said)), counts)
    hashes, whose, numbers = spellings([word for some in said for word in some])
    whose = owners.take(whose)
    if paired:
        hashes = np.concatenate((hashes, pairs(numbers, owners).ravel()))
        whose = np.concatenate((whose, owners.repeat(len(PAIRS))))
    inside = hashes != NOTHING
    return hashes[inside], whose[inside]


def spellings(said: Sequence[str]) -> tuple[Hashes, Owners, Numbers]:
    """The hashes of the runs of letters in each word, and last of each word itself; the place of the word each is from; and
    what each word (rows) is told by in pairs, as numbers. `NOTHING` stands where a run would go over into the next word: to
    take those out costs more than to look them up in vain."""
    padded = [f" {word} " for word in said]
    codes = np.frombuffer("".join((*padded, "  ")).encode("utf-32-le", "replace"), dtype=np.uint32)
    letters = codes.astype(np.uint64)
    lengths = np.fromiter(map(len, padded), dtype=np.intp, count=len(padded))
    owners = np.repeat(np.arange(len(padded)), lengths)
    ends = np.cumsum(lengths)
    starts = ends - lengths + 1
    power, inverse = _powers(max(_USUAL, 1 << len(letters).bit_length()))
    sums = np.cumsum(letters * power[: len(letters)])
    whole = (sums.take(ends - 2) - sums.take(starts - 1)) * inverse.take(starts)
    head = letters.take(starts) * _BASE + letters.take(starts + 1)
    stem = head * _BASE + letters.take(starts + 2)
    tail = letters.take(ends - 3) * _BASE + letters.take(ends - 2)
    numbers = _mixed(np.stack((whole, stem, head, tail), axis=1), 32)
    itself = _mixed(whole + _WORD)
    itself[lengths == 2] = NOTHING
    return (
        np.concatenate((_runs(letters[:-2], ends), itself)),
        np.concatenate((np.tile(owners, len(CHARACTERS)), np.arange(len(padded)))),
        numbers,
    )


def pairs(numbers: Numbers, owners: Owners) -> NDArray[np.uint32]:
    """The hashes of the pairs that each word (rows) begins, of each kind (columns); `NOTHING` where the text has no such
    later word. `owners` has the place of each word's text."""
    found = np.full((len(numbers), len(PAIRS)), NOTHING, dtype=np.uint32)
    wide = numbers.astype(np.uint64)
    for kind, (first, second, by) in enumerate(PAIRS):
        hashes = _mixed((wide[:-by, first] * _BASE + wide[by:, second]) * _BASE + np.uint64(_WORD + 1 + kind))
        hashes[owners[:-by] != owners[by:]] = NOTHING
        found[:-by, kind] = hashes
    return found


def _runs(letters: NDArray[np.uint64], ends: NDArray[np.intp]) -> Hashes:
    """The hashes of the runs that begin at each letter of the words, which end before `ends`: all of one size, then all of
    the next."""
    found = np.zeros((len(CHARACTERS), len(letters)), dtype=np.uint64)
    run = letters
    for n in range(1, max(CHARACTERS) + 1):
        if n > 1:
            run = run[:-1] * _BASE + letters[n - 1 :]
        if n in CHARACTERS:
            np.add(run, np.uint64(n), out=found[CHARACTERS.index(n), : len(run)])
    hashes = _mixed(found)
    for n, row in zip(CHARACTERS, hashes, strict=True):
        row[(ends[:, None] - np.arange(1, n)).clip(0)] = NOTHING
    return hashes.ravel()


@lru_cache(maxsize=2)
def _powers(count: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The first powers of the base, and of its inverse."""
    return np.cumprod(np.full(count, _BASE), dtype=np.uint64), np.cumprod(np.full(count, _INVERSE), dtype=np.uint64)


def _mixed(hashes: NDArray[np.uint64], bits: int = BITS) -> Hashes:
    """Spread over all bits, in place, then cut to so many (Stafford's variant of the SplitMix64 finaliser)."""
    hashes ^= hashes >> np.uint64(30)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(27)
    hashes *= np.uint64(0x94D049BB133111EB)
    return (hashes >> np.uint64(64 - bits)).astype(np.uint32)
