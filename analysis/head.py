"""The learned head: linear models over hashed n-grams, stacked on what the lexicons say. NumPy only.

Shipped in `analysis/models/`, one file a language family, trained by `python -m analysis.train`. A model answers several
questions about a text at once (its `tasks`): the sentiment, whether it complains, what it wants, whose desk it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.ngrams import BITS, ngrams

MODELS = Path(__file__).parent / "models"

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Task:
    """One question: its `labels`, and where its answers stand among a model's `columns`.

    `stack` weighs the n-grams' logits and the signals (in this order) into the final logits, and `bias` is added.
    """

    labels: tuple[str, ...]
    columns: slice
    stack: Floats
    bias: Floats


class Head:
    """A trained model.

    `slots` maps a hash to a row of `weights` (0: an n-gram that training did not keep), which hold what the n-gram adds to each
    answer; `rarity` is each row's squared inverse document frequency, by which a text's length is taken out.
    """

    def __init__(self, keys: NDArray[np.uint32], weights: Floats, rarity: Floats, bias: Floats, tasks: dict[str, Task]):
        self._slots = np.zeros(1 << BITS, dtype=np.int32)
        self._slots[keys] = np.arange(1, len(keys) + 1, dtype=np.int32)
        self._rows = np.zeros((len(keys) + 1, weights.shape[1] + 1), dtype=np.float32)
        self._rows[1:, :-1] = weights
        self._rows[1:, -1] = rarity
        self._bias = bias
        self.tasks = tasks

    def read(self, texts: Sequence[str]) -> Floats:
        """The n-grams' logits: a row for each text, a column for each answer of each task."""
        hashes, owners = ngrams(texts)
        slots = self._slots[hashes]
        known = slots > 0
        slots, owners = slots[known], owners[known]
        order = np.argsort(owners, kind="stable")
        slots, owners = slots[order], owners[order]
        totals = np.zeros((len(texts), self._rows.shape[1]), dtype=np.float32)
        if len(owners):
            starts = np.flatnonzero(np.concatenate(([True], owners[1:] != owners[:-1])))
            totals[owners[starts]] = np.add.reduceat(self._rows[slots], starts, axis=0)
        length = np.sqrt(np.maximum(totals[:, -1:], 1e-6))
        return totals[:, :-1] / length + self._bias

    def answer(self, task: str, logits: Floats, signals: Floats) -> Floats:
        """Probabilities of a task's labels, a row for each text, from `read` and the lexicon's signals."""
        asked = self.tasks[task]
        final = np.hstack((logits[:, asked.columns], signals)) @ asked.stack + asked.bias
        final -= final.max(axis=1, keepdims=True)
        odds = np.exp(final)
        return odds / odds.sum(axis=1, keepdims=True)

    def save(self, path: Path, version: str) -> None:
        """Write the model, its weights in eight bits a number: what is lost is far below what training is sure of."""
        keys = np.flatnonzero(self._slots).astype(np.uint32)
        rows = self._rows[self._slots[keys]]
        scale = np.abs(rows[:, :-1]).max(axis=0) / 127 + 1e-12
        np.savez_compressed(
            path,
            version=np.array(version),
            keys=keys,
            weights=np.round(rows[:, :-1] / scale).astype(np.int8),
            scale=scale,
            rarity=rows[:, -1].astype(np.float16),
            bias=self._bias,
            tasks=np.array(
                [[name, "|".join(t.labels), t.columns.start, t.columns.stop] for name, t in self.tasks.items()]
            ),
            **{f"stack_{name}": t.stack for name, t in self.tasks.items()},
            **{f"bias_{name}": t.bias for name, t in self.tasks.items()},
        )


@cache
def head(name: str) -> Head | None:
    """The shipped model of a language family ("en", "hi", "tr"), or None where none is shipped."""
    path = MODELS / f"{name}.npz"
    return load(path) if path.exists() else None


def load(path: Path) -> Head:
    with np.load(path) as file:
        tasks = {
            name: Task(
                tuple(labels.split("|")), slice(int(start), int(stop)), file[f"stack_{name}"], file[f"bias_{name}"]
            )
            for name, labels, start, stop in file["tasks"].tolist()
        }
        weights = file["weights"].astype(np.float32) * file["scale"]
        return Head(file["keys"], weights, file["rarity"].astype(np.float32), file["bias"], tasks)
