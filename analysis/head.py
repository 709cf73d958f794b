"""The learned head: linear models over hashed n-grams, and a second layer that weighs them with what rules and lexicons say.

NumPy only. The models are in `analysis/models/` and are trained by `python -m analysis.train`: a `Reader` for each language
family ("en", "hi" for both scripts of Hindi, "tr"), and one `Stack` for all, so that what it learns of a concept in one
language it knows in the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.kept import kept_bytes
from analysis.ngrams import NOTHING, runs

MODELS = Path(__file__).parent / "models"

Floats: TypeAlias = NDArray[np.float32]
_TOGETHER = 200
"""So many texts are read at once: the numbers of more do not fit in the processor's cache."""
_AT_ONCE = 256
"""So many numbers below 256 add up to less than 2^16."""
_IN_CACHE = 32 * _AT_ONCE
"""So many rows of weights are gathered before they are added up: more would go the long way through memory."""
_BLOCK, _IN_BLOCK = np.uint32(5), np.uint32(31)
"""A hash is the number of a block in its upper bits, and in the lower ones which of 32 that follow each other it is. The
bits of one number mark those that training kept."""
_ONE, _RARITY = np.uint64(1 << 44), 2.0**20
"""One n-gram where its rarity is counted too, in parts of 2^-20: a million n-grams, and rarities up to 2^24 in all, fit."""


class Reader:
    """What the n-grams of a text say of each answer, as logits.

    `keys` are the hashes that training kept, with a row of `packed` each: its weights in eight bits, in units of their
    answer's `scale`, and its rarity, the squared inverse document frequency, by which the length of a text is taken out.
    What eight bits lose is far below what training is sure of.
    """

    def __init__(self, keys: NDArray[np.uint32], packed: NDArray[np.uint64], scale: Floats, bias: Floats) -> None:
        self.keys = keys
        self.bias = bias
        self._marks = np.zeros((NOTHING >> _BLOCK) + 1, dtype=np.uint32)
        np.bitwise_or.at(self._marks, keys >> _BLOCK, np.uint32(1) << (keys & _IN_BLOCK))
        marked = np.bitwise_count(self._marks)
        self._before = np.cumsum(marked, dtype=np.uint32) - marked
        self._packed = packed
        self._scale = scale

    @property
    def weights(self) -> NDArray[np.int16]:
        """Those of each n-gram by its slot, on the `scale` of each answer."""
        found = self._packed.view(np.uint16)[:, : len(self.bias)].astype(np.int16) - 128
        found[0] = 0
        return found

    @property
    def rarity(self) -> NDArray[np.float64]:
        """That of each n-gram by its slot."""
        return (self._packed[:, -1] % _ONE) / _RARITY

    @property
    def _rows(self) -> Floats:
        """The weights of each n-gram by its slot, and its rarity in the last column."""
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

    def logits(self, texts: Sequence[str]) -> Floats:
        """A row for each text, a column for each answer."""
        parts = [self._logits(texts[at : at + _TOGETHER]) for at in range(0, len(texts), _TOGETHER)]
        return np.concatenate(parts) if parts else np.empty((0, len(self.bias)), dtype=np.float32)

    def _logits(self, texts: Sequence[str]) -> Floats:
        hashes, owners = runs(texts)
        slots = self.slots(hashes)
        ends = np.concatenate(([True], owners[1:] != owners[:-1]))
        ends[::_AT_ONCE] = True
        some = [slice(at, at + _IN_CACHE) for at in range(0, len(slots), _IN_CACHE)]
        parts = np.concatenate(
            [
                np.add.reduceat(self._packed.take(slots[one], axis=0, mode="clip"), np.flatnonzero(ends[one]))
                for one in some
            ]
        )
        whose = owners[ends]
        order = np.argsort(whose, kind="stable")
        firsts = np.searchsorted(whose.take(order), np.arange(len(texts)))
        parts = parts.take(order, axis=0)
        sums = np.add.reduceat(parts.view(np.uint16)[:, : len(self.bias)].astype(np.float32), firsts, axis=0)
        count, rarity = np.divmod(np.add.reduceat(parts[:, -1], firsts), _ONE)
        length: Floats = np.sqrt(np.maximum((rarity / _RARITY).astype(np.float32), 1e-6))
        said: Floats = (sums - 128 * count.astype(np.float32)[:, None]) * self._scale / length[:, None] + self.bias
        return said

    def save(self, path: Path) -> None:
        np.savez_compressed(
            path,
            keys=self.keys,
            weights=self.weights[1:].astype(np.int8),
            scale=self._scale,
            rarity=self.rarity[1:].astype(np.float16),
            bias=self.bias,
        )

    @classmethod
    def load(cls, path: Path) -> "Reader":
        with np.load(path) as file:
            told = repr([(part.filename, part.CRC, part.file_size) for part in file.zip.infolist()]).encode()
            keys = kept_bytes(f"{path.stem}_keys", told, lambda: file["keys"].tobytes())
            rows = kept_bytes(f"{path.stem}_rows", told, lambda: _packed(file["weights"], file["rarity"]).tobytes())
            packed = np.frombuffer(rows, dtype=np.uint64).reshape(-1, _columns(len(file["bias"])))
            return cls(np.frombuffer(keys, dtype=np.uint32), packed, file["scale"], file["bias"])

    @classmethod
    def rounded(cls, keys: NDArray[np.uint32], weights: Floats, rarity: Floats, bias: Floats) -> "Reader":
        """With `weights` as they were trained."""
        scale = (np.abs(weights).max(axis=0, initial=0.0) / 127 + 1e-12).astype(np.float32)
        return cls(keys, _packed(np.round(weights / scale).astype(np.int8), rarity), scale, bias)


def _packed(weights: NDArray[np.int8], rarity: NDArray[np.floating[Any]]) -> NDArray[np.uint64]:
    """A row for no n-gram, and one for each.

    Four weights, each with 128 added to be positive, share a 64-bit number with 16 bits each. Adding such numbers adds all
    four at once, and does not overflow up to `_AT_ONCE` of them: five times as fast as to gather and add floats. The last
    such number counts the n-grams, and below that adds up their rarities.
    """
    count, answers = weights.shape
    packed = np.zeros((count + 1, _columns(answers)), dtype=np.uint64)
    packed.view(np.uint16)[1:, :answers] = weights.view(np.uint8) ^ np.uint8(128)  # adds 128
    packed[1:, -1] = np.round(rarity.astype(np.float32) * _RARITY).astype(np.uint64) + _ONE
    return packed


def _columns(answers: int) -> int:
    return -(-answers // 4) + 1


@dataclass(frozen=True, slots=True)
class Stack:
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
        units: Floats = table @ self.hidden
        units += self.hidden_bias  # in place: new memory costs more than the sum
        np.maximum(units, 0.0, out=units)
        return {asked: units @ self.weights[asked] + self.bias[asked] for asked in self.labels}

    def odds(self, table: Floats) -> dict[str, Floats]:
        """Probabilities of the labels: a row for each row of inputs."""
        found = self.logits(table)
        for logits in found.values():
            np.exp(logits - logits.max(axis=1, keepdims=True), out=logits)
            logits /= logits.sum(axis=1, keepdims=True)
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
        with np.load(path) as file:
            asked = [name.removeprefix("labels ") for name in file if name.startswith("labels ")]
            return cls(
                tuple(file["inputs"].tolist()),
                file["usual"].astype(np.float32),
                file["hidden"].astype(np.float32),
                file["hidden_bias"].astype(np.float32),
                {one: tuple(file[f"labels {one}"].tolist()) for one in asked},
                {one: file[f"weights {one}"].astype(np.float32) for one in asked},
                {one: file[f"bias {one}"].astype(np.float32) for one in asked},
            )


@cache
def reader(family: str) -> Reader:
    """The shipped reader of a language family: "en", "hi" or "tr"."""
    return Reader.load(MODELS / f"{family}.npz")


@cache
def stack() -> Stack:
    """The shipped second layer."""
    return Stack.load(MODELS / "stack.npz")
