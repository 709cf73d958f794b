"""The learned head: linear models over hashed n-grams, and a second layer that weighs them with what rules and lexicons say.

NumPy only. The models are in `analysis/models/` and are trained by `python -m analysis.train`: a `Reader` for each language
family ("en", "hi" for both scripts of Hindi, "tr"), and one `Stack` for all, so that what it learns of a concept in one
language it knows in the others.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.kept import kept_arrays
from analysis.ngrams import NOTHING, PAIRS, Numbers, pairs, read_of, spellings
from analysis.remembered import Table

MODELS = Path(__file__).parent / "models"

Floats: TypeAlias = NDArray[np.float32]
_TOGETHER = 256
"""So many texts are read at once: the numbers of more do not fit in the processor's cache."""
_BLOCK, _IN_BLOCK = np.uint32(5), np.uint32(31)
"""A hash is the number of a block in its upper bits, and in the lower ones which of 32 that follow each other it is. The
bits of one number mark those that training kept."""


class Reader:
    """What the n-grams of a text say of each answer, as logits.

    `keys` are the hashes that training kept, each with its `weights` in eight bits, in units of their answer's `scale`, and
    its `rarity`, the squared inverse document frequency, by which the length of a text is taken out. What eight bits lose is
    far below what training is sure of. The n-grams of a word are added up once, and the sums are kept. A reader that is not
    `paired` knows no pairs of words.
    """

    def __init__(
        self,
        keys: NDArray[np.uint32],
        weights: NDArray[np.int8],
        rarity: Floats,
        scale: Floats,
        bias: Floats,
        paired: bool = True,
        index: "Index | None" = None,
    ) -> None:
        """`weights` and `rarity` have a row more than `keys`, the first: that of no n-gram, of zeros. `index` is that of the
        keys, where it is known."""
        self.keys = keys
        self.bias = bias
        self.weights = weights
        self.rarity = rarity
        self.paired = paired
        self._scale = scale
        self._marks, self._before = index or _index(keys)
        self._words = Table(self._told)

    @property
    def rows(self) -> Floats:
        """The weights of each n-gram by its slot, on the scale of the answers, and its rarity in the last column."""
        return np.column_stack((self.weights * self._scale, self.rarity)).astype(np.float32)

    def slots(self, hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """Where the row of each n-gram is: 0, the row of none, where training did not keep it. It is counted how many kept
        ones there are up to it, for marks of one bit stay in the processor's cache, and a list of slots would not."""
        block = hashes >> _BLOCK
        marks = self._marks.take(block, mode="clip")  # none is outside, and not to look is faster
        marks <<= ~hashes & _IN_BLOCK  # its own is the highest now, and none that comes after it is left
        slots: NDArray[np.uint32] = self._before.take(block, mode="clip")
        slots += np.bitwise_count(marks)
        slots *= marks >> _IN_BLOCK
        return slots

    def logits(self, texts: Sequence[Sequence[str]]) -> Floats:
        """A row for each text, of which the words are given, and a column for each answer."""
        parts = [self.of(self._summed(texts[at : at + _TOGETHER])) for at in range(0, len(texts), _TOGETHER)]
        return np.concatenate(parts) if parts else np.empty((0, len(self.bias)), dtype=np.float32)

    def of(self, sums: Floats) -> Floats:
        """The logits of texts of which the n-grams are added up."""
        length: Floats = np.sqrt(np.maximum(sums[:, -1:], 1e-6))
        logits: Floats = sums[:, :-1] * (self._scale / length) + self.bias
        return logits

    def _summed(self, texts: Sequence[Sequence[str]]) -> Floats:
        said = [read_of(words) for words in texts]
        counts = np.fromiter(map(len, said), dtype=np.intp, count=len(said))
        told = self._words.take(list(chain.from_iterable(said)))
        columns = len(self.bias) + 1
        sums: Floats = np.add.reduceat(told[:, :columns].view(np.float32), np.cumsum(counts) - counts)
        if self.paired:
            owners = np.repeat(np.arange(len(texts)), counts)
            slots = self.slots(pairs(told[:, columns:], owners).ravel())
            kept = np.flatnonzero(slots)
            sums += self._added(slots.take(kept), owners.take(kept // len(PAIRS)), len(texts))
        return sums

    def words(self, some: Sequence[str]) -> tuple[Floats, Numbers]:
        """A row for each word, in which the weights of its n-grams and their rarity are added up; and what each is told by
        in pairs."""
        hashes, owners, numbers = spellings(some)
        slots = self.slots(hashes)
        kept = np.flatnonzero(slots)
        kept = kept[np.argsort(owners.take(kept), kind="stable")]
        return self._added(slots.take(kept), owners.take(kept), len(some)), numbers

    def _told(self, some: Sequence[str]) -> NDArray[np.uint32]:
        """The same as one row: the bits of the sums come first."""
        sums, numbers = self.words(some)
        return np.hstack((sums.view(np.uint32), numbers))

    def _added(self, slots: NDArray[np.uint32], owners: NDArray[np.intp], count: int) -> Floats:
        """The weights and the rarity of these n-grams, added up for each of so many `owners`, which are in order."""
        sums = np.zeros((count, len(self.bias) + 1), dtype=np.float32)
        if len(slots):
            firsts = np.flatnonzero(np.diff(owners, prepend=-1))
            whose = owners.take(firsts)
            sums[whose, :-1] = np.add.reduceat(self.weights.take(slots, axis=0).astype(np.float32), firsts)
            sums[whose, -1] = np.add.reduceat(self.rarity.take(slots), firsts)
        return sums

    def save(self, path: Path) -> None:
        np.savez_compressed(
            path,
            keys=self.keys,
            weights=self.weights[1:],
            scale=self._scale,
            rarity=self.rarity[1:].astype(np.float16),
            bias=self.bias,
            paired=self.paired,
        )

    @classmethod
    def load(cls, path: Path) -> "Reader":
        parts = kept_arrays(path.stem, path, lambda: cls._unpacked(path))
        index = parts["marks"], parts["before"]
        return cls(
            parts["keys"],
            parts["weights"],
            parts["rarity"],
            parts["scale"],
            parts["bias"],
            bool(parts["paired"]),
            index,
        )

    @staticmethod
    def _unpacked(path: Path) -> dict[str, NDArray[Any]]:
        """What a reader is made of, ready for use."""
        with np.load(path) as file:
            parts = dict(file)
        marks, before = _index(parts["keys"])
        weights, rarity = _after_none(parts["weights"]), _after_none(parts["rarity"].astype(np.float32))
        return parts | {"weights": weights, "rarity": rarity, "marks": marks, "before": before}

    @classmethod
    def rounded(
        cls, keys: NDArray[np.uint32], weights: Floats, rarity: Floats, bias: Floats, paired: bool = True
    ) -> "Reader":
        """With `weights` as they were trained."""
        scale = (np.abs(weights).max(axis=0, initial=0.0) / 127 + 1e-12).astype(np.float32)
        return cls(
            keys, _after_none(np.round(weights / scale).astype(np.int8)), _after_none(rarity), scale, bias, paired
        )


Index: TypeAlias = tuple[NDArray[np.uint32], NDArray[np.uint32]]
"""Of each block the marks of the keys that are in it, and how many keys come before it."""


def _index(keys: NDArray[np.uint32]) -> Index:
    marks = np.zeros((NOTHING >> _BLOCK) + 1, dtype=np.uint32)
    np.bitwise_or.at(marks, keys >> _BLOCK, np.uint32(1) << (keys & _IN_BLOCK))
    marked = np.bitwise_count(marks)
    return marks, np.cumsum(marked, dtype=np.uint32) - marked


Rows = TypeVar("Rows", bound=np.generic)


def _after_none(rows: NDArray[Rows]) -> NDArray[Rows]:
    """With a row of zeros before the first."""
    return np.concatenate((np.zeros_like(rows, shape=(1, *rows.shape[1:])), rows))


class Stack(NamedTuple):
    """The second layer: from `inputs` (the names of its columns) to rectified `hidden` units, and from those to answers.
    `usual` is each input's mean where it learned. `labels`, `weights` and `bias` are by what is asked, see
    `analysis.answers`."""

    inputs: tuple[str, ...]
    usual: Floats
    hidden: Floats
    hidden_bias: Floats
    labels: Mapping[str, tuple[str, ...]]
    weights: Mapping[str, Floats]
    bias: Mapping[str, Floats]

    def logits(self, table: Floats) -> dict[str, Floats]:
        """What speaks for each label: a row for each row of inputs."""
        found: dict[str, Floats] = {
            asked: np.empty((len(table), len(bias)), dtype=np.float32) for asked, bias in self.bias.items()
        }
        for at in range(0, len(table), _TOGETHER):
            some = slice(at, at + _TOGETHER)
            units: Floats = table[some] @ self.hidden
            units += self.hidden_bias  # in place: new memory costs more than the sum
            np.maximum(units, 0.0, out=units)
            for asked, logits in found.items():
                np.matmul(units, self.weights[asked], out=logits[some])
                logits[some] += self.bias[asked]
        return found

    def save(self, path: Path) -> None:
        parts = {"usual": self.usual, "hidden": self.hidden, "hidden_bias": self.hidden_bias}
        for asked in self.labels:
            parts |= {f"weights {asked}": self.weights[asked], f"bias {asked}": self.bias[asked]}
        arrays: dict[str, NDArray[Any]] = {name: part.astype(np.float16) for name, part in parts.items()}
        arrays |= {f"labels {asked}": np.array(labels) for asked, labels in self.labels.items()}
        arrays["inputs"] = np.array(self.inputs)
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> "Stack":
        parts = kept_arrays(path.stem, path, lambda: cls._unpacked(path))
        asked = [name.removeprefix("labels ") for name in parts if name.startswith("labels ")]
        return cls(
            tuple(parts["inputs"].tolist()),
            parts["usual"],
            parts["hidden"],
            parts["hidden_bias"],
            {one: tuple(parts[f"labels {one}"].tolist()) for one in asked},
            {one: parts[f"weights {one}"] for one in asked},
            {one: parts[f"bias {one}"] for one in asked},
        )

    @staticmethod
    def _unpacked(path: Path) -> dict[str, NDArray[Any]]:
        """What a layer is made of, ready for use."""
        with np.load(path) as file:
            return {name: part.astype(np.float32) if part.dtype == np.float16 else part for name, part in file.items()}


@cache
def reader(family: str) -> Reader:
    """The shipped reader of a language family: "en", "hi" or "tr"."""
    return Reader.load(MODELS / f"{family}.npz")


@cache
def stack() -> Stack:
    """The shipped second layer."""
    return Stack.load(MODELS / "stack.npz")
