"""Which texts say nearly the same: copies, reposts, a post that many people were asked to send.

What is compared is the letters alone, without handles, links, digits, "RT", emoji, case and spacing, as runs of SHINGLE of
them; two texts are alike as far as they share those (the Jaccard index). MinHash makes it cheap: of each text HASHES numbers
are kept, in bands, and only texts that share a whole band are compared, then exactly.

Broder 1997, "On the resemblance and containment of documents"; bands: Leskovec, "Mining of Massive Datasets", chapter 3.4.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.words import HANDLE, LINK, WORD, fold

SHINGLE = 5
BANDS, ROWS = 10, 3
"""Two texts of likeness s share a band with probability 1 - (1 - s^ROWS)^BANDS: .91 at .6, .985 at .7, .02 at .13."""
THRESHOLD = 0.6
MIN_WORDS, MIN_LETTERS = 6, 24
"""What is shorter is said by many who never heard of each other: it never groups."""
MAX_LETTERS = 1_000
"""Of a text this much is read."""
COMPARED = 12
"""A text is compared with so many others at most, those that share the most bands."""

_ADDRESS = re.compile(rf"{LINK.pattern}|{HANDLE.pattern}")
_NOISE = re.compile(rf"[^{WORD[1:-1]}]+|[\d_]+")
_ASCII_NOISE = {code: " " for code in range(128) if not chr(code).isalpha()}
_SLICE = 1_000  # texts hashed at once: small enough for the processor's cache
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd: 2^64 over the golden ratio

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Print:
    """A text as it is compared. `bands` are signed 64-bit numbers, one a band, the same on every machine."""

    letters: str
    bands: tuple[int, ...]
    runs: NDArray[np.uint64] = field(repr=False, compare=False)
    """Its runs of letters, each as one number."""

    @cached_property
    def shingles(self) -> frozenset[int]:
        """Its runs of letters, each once."""
        return frozenset(self.runs.tolist())


def prints(texts: Sequence[str]) -> list[Print | None]:
    """The print of each text; None of one that is too short to group."""
    found: list[Print | None] = [None] * len(texts)
    kept = [(place, letters) for place, text in enumerate(texts) if (letters := _letters(text))]
    for start in range(0, len(kept), _SLICE):
        part = kept[start : start + _SLICE]
        read = _runs_and_bands([letters for _, letters in part])
        for (place, letters), (runs, bands) in zip(part, read, strict=True):
            found[place] = Print(letters, tuple(bands), runs)
    return found


def likeness(one: Print, other: Print) -> float:
    """The share of their runs of letters that two texts have in common: 0 to 1."""
    if one.letters == other.letters:
        return 1.0
    common = len(one.shingles & other.shingles)
    return common / (len(one.shingles) + len(other.shingles) - common)


@dataclass
class Index(Generic[Key]):
    """Prints by their bands. What is alike is found among what was added; where very many share a band, among the last."""

    _prints: dict[Key, Print] = field(default_factory=dict)
    _sharing: dict[tuple[int, int], list[Key]] = field(default_factory=dict)

    def add(self, key: Key, print: Print) -> None:
        self._prints[key] = print
        for band in enumerate(print.bands):
            self._sharing.setdefault(band, []).append(key)

    def alike(self, print: Print) -> list[tuple[Key, float]]:
        """What is like this print, most alike first, each with its likeness."""
        sharing = [self._sharing[band][-4 * COMPARED :] for band in enumerate(print.bands) if band in self._sharing]
        shared = Counter(chain.from_iterable(sharing))
        compared = [(key, likeness(print, self._prints[key])) for key, _ in shared.most_common(COMPARED)]
        return sorted((pair for pair in compared if pair[1] >= THRESHOLD), key=lambda pair: -pair[1])


def clusters(texts: Sequence[str]) -> list[int]:
    """For each text the place of the first one that says nearly the same, itself or by a chain of others between them."""
    found = prints(texts)
    parents = list(range(len(texts)))

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    index: Index[int] = Index()
    copies: dict[str, int] = {}
    for place, print in enumerate(found):
        if print is None:
            continue
        if (first := copies.setdefault(print.letters, place)) != place:
            parents[place] = first
            continue
        for other, _ in index.alike(print):
            first, later = sorted((root(place), root(other)))
            parents[later] = first
        index.add(place, print)
    return [root(place) for place in range(len(texts))]


def _letters(text: str) -> str:
    """The text's letters and vowel signs, lower case, without spaces; empty where they are too few to group."""
    text = fold(text[: 4 * MAX_LETTERS])
    if "@" in text or "www." in text or "://" in text:
        text = _ADDRESS.sub(" ", text)
    plain = text.translate(_ASCII_NOISE) if text.isascii() else _NOISE.sub(" ", text)
    words = [word for word in plain.split() if word != "rt"]
    letters = "".join(words)[:MAX_LETTERS]
    return letters if len(words) >= MIN_WORDS and len(letters) >= MIN_LETTERS else ""


def _runs_and_bands(texts: Sequence[str]) -> Iterator[tuple[NDArray[np.uint64], list[int]]]:
    """Of each text its runs of letters and its bands. They are of SHINGLE letters at least."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    run = codes
    for n in range(1, SHINGLE):
        run = run[:-1] * _BASE + codes[n:]
    ends = np.cumsum(lengths)
    inside = np.ones(len(run), dtype=bool)
    for n in range(1, SHINGLE):  # runs over the edge of two texts are nobody's
        inside[ends[:-1] - n] = False
    runs = run[inside]
    hashes = _mixed(runs)
    starts = np.concatenate(([0], np.cumsum(lengths - SHINGLE + 1)[:-1]))
    least = np.empty((len(texts), BANDS, ROWS), dtype=np.uint32)
    for number, (factor, shift) in enumerate(zip(_FACTORS, _SHIFTS, strict=True)):
        least[:, number // ROWS, number % ROWS] = np.minimum.reduceat((hashes ^ shift) * factor, starts)
    bands = np.zeros((len(texts), BANDS), dtype=np.uint64)
    for row in range(ROWS):
        bands = (bands ^ least[:, :, row]) * _BASE
        bands ^= bands >> np.uint64(32)
    return zip(np.split(runs, starts[1:]), bands.view(np.int64).tolist(), strict=True)


def _mixed(hashes: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Spread over all bits (Stafford's variant of the SplitMix64 finaliser), then cut to half of them."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (hashes >> np.uint64(32)).astype(np.uint32)


_SHIFTS, _FACTORS = _mixed(np.arange(1, 2 * BANDS * ROWS + 1, dtype=np.uint64) * _BASE).reshape(2, -1) | np.uint32(1)
"""One pair for each of a text's least hashes: they put the same runs of letters in as many different orders."""
