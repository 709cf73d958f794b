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

from analysis.ngrams import NOTHING, runs

MODELS = Path(__file__).parent / "models"

Floats: TypeAlias = NDArray[np.float32]
_AT_ONCE = 256
"""So many numbers below 256 add up to less than 2^16."""
_IN_CACHE = 32 * _AT_ONCE
"""So many rows of weights are gathered before they are added up: more would go the long way through memory."""
_ONE, _RARITY = np.uint64(1 << 44), 2.0**20
"""One n-gram where its rarity is counted too, in parts of 2^-20: a million n-grams, and rarities up to 2^24 in all, fit."""


class Reader:
    """What the n-grams of a text say of each answer, as logits.

    `keys` are the hashes that training kept, with a row of `weights` each, a column an answer; `rarity` is an n-gram's
    squared inverse document frequency, by which the length of a text is taken out. Weights are kept in eight bits each:
    what is lost is far below what training is sure of.
    """

    def __init__(self, keys: NDArray[np.uint32], weights: Floats, rarity: Floats, bias: Floats) -> None:
        self.keys = keys
        self.bias = bias
        self._slots = np.zeros(NOTHING + 1, dtype=np.int32)  # 0: an n-gram that training did not keep
        self._slots[keys] = np.arange(1, len(keys) + 1, dtype=np.int32)
        self._scale = (np.abs(weights).max(axis=0, initial=0.0) / 127 + 1e-12).astype(np.float32)
        # Four weights, each with 128 added to be positive, share a 64-bit number with 16 bits each. Adding such numbers adds
        # all four at once, and does not overflow up to `_AT_ONCE` of them: five times as fast as to gather and add floats.
        # The last such number counts the n-grams, and below that adds up their rarities.
        lanes = np.zeros((len(keys) + 1, -(-len(bias) // 4) * 4 + 4), dtype=np.uint16)
        lanes[1:, : len(bias)] = np.round(weights / self._scale) + 128
        self._packed = lanes.view(np.uint64)
        self._packed[1:, -1] = np.round(rarity * _RARITY).astype(np.uint64) + _ONE

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

    def logits(self, texts: Sequence[str]) -> Floats:
        """A row for each text, a column for each answer."""
        hashes, owners = runs(texts)
        if not len(hashes):
            return np.empty((0, len(self.bias)), dtype=np.float32)
        slots = self._slots.take(hashes, mode="clip")  # none is outside, and not to look is faster
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
        length = np.sqrt(np.maximum((rarity / _RARITY).astype(np.float32), 1e-6))
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
            weights = file["weights"].astype(np.float32) * file["scale"]
            return cls(file["keys"], weights, file["rarity"].astype(np.float32), file["bias"])


@dataclass(frozen=True, slots=True)
class Layers:
    """A task's part of the second layer: from inputs to rectified `hidden` units (a linear task has none), to answers."""

    hidden: Floats | None
    hidden_bias: Floats | None
    weights: Floats
    bias: Floats

    def logits(self, table: Floats) -> Floats:
        if self.hidden is not None and self.hidden_bias is not None:
            table = np.maximum(table @ self.hidden + self.hidden_bias, 0.0)
        found: Floats = table @ self.weights + self.bias
        return found


@dataclass(frozen=True, slots=True)
class Stack:
    """The second layer. `inputs` names its columns; `labels` and `layers` are by task."""

    inputs: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]
    layers: Mapping[str, Layers]

    def odds(self, task: str, table: Floats) -> Floats:
        """Probabilities of a task's labels: a row for each row of inputs."""
        final = self.layers[task].logits(table)
        odds: Floats = np.exp(final - final.max(axis=1, keepdims=True), dtype=np.float32)
        odds /= odds.sum(axis=1, keepdims=True)
        return odds

    def save(self, path: Path) -> None:
        arrays: dict[str, NDArray[Any]] = {}
        for task, layers in self.layers.items():
            for name in Layers.__slots__:
                if (values := getattr(layers, name)) is not None:
                    arrays[f"{name} {task}"] = values.astype(np.float32)
        arrays["inputs"] = np.array(self.inputs)
        arrays["tasks"] = np.array([[task, "|".join(labels)] for task, labels in self.labels.items()])
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> "Stack":
        with np.load(path) as file:
            labels = {task: tuple(listed.split("|")) for task, listed in file["tasks"].tolist()}
            return cls(
                tuple(file["inputs"].tolist()),
                labels,
                {
                    task: Layers(*(file.get(f"{name} {task}") for name in Layers.__slots__))  # type: ignore[arg-type]
                    for task in labels
                },
            )


@cache
def reader(family: str) -> Reader:
    """The shipped reader of a language family: "en", "hi" or "tr"."""
    return Reader.load(MODELS / f"{family}.npz")


@cache
def stack() -> Stack:
    """The shipped second layer."""
    return Stack.load(MODELS / "stack.npz")
