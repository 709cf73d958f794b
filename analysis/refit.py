"""Moving weights by what people say, no further than the evidence carries. Pure; `analysis.learn` feeds it.

Two lessons, both logistic regressions by Newton's method. Each is pulled towards the weights that judge now by a ridge,
as if these were known with a standard deviation of 1 / sqrt(`PRIOR`), and stays inside a box around them. So a few labels
move little, many labels move more, and none move far at once: what is one-sided or malicious has to win week after week,
in the open.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analysis.urgency import CUTS
from analysis.weights import SCORE
from core.assessment import Priority

Floats = NDArray[np.float64]
Mood = tuple[float, float, float]

MOODS = ("negative", "neutral", "positive")
RINGS_FROM = CUTS[Priority.P2]
"""A score from here on rings."""
SHARPNESS = 2.0
"""A point of score over the cut multiplies the odds that it should ring by e to this: a score of 4.5 is then 95% sure."""
PRIOR = 10.0
"""How much the present weights count, in labels that each say all there is to say. For the score's weights it counts
relative change, for the moods log odds."""
STEP = 0.5
"""A refit changes a weight by at most half of what it is, and a mood by at most this."""
FURTHEST = 4.0
"""A weight never becomes more than so many times the shipped one, or less than its fraction, after however many refits."""
FURTHEST_MOOD = 1.5
LOUDEST = 0.05
"""One label counts at most for this share of a lesson, whatever it stands for."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A mention of which a person said whether it `should` have rung, as the score saw it: the amount of each signal, before
    its weight; and the `rest` of the score, which no weight moves. It `counts` for so many mentions."""

    at: datetime
    amounts: Mapping[str, float]
    rest: float
    should: bool
    counts: float = 1.0


@dataclass(frozen=True, slots=True)
class Feeling:
    """A mention whose sentiment a person named: the log odds of `MOODS` before any mood was added, and which it is."""

    at: datetime
    logits: Mood
    label: int
    counts: float = 1.0


def loudness(counts: Sequence[float]) -> Floats:
    """What each label counts for: as given, but none more than `LOUDEST` of all together."""
    counted = np.asarray(counts, dtype=np.float64)
    for _ in range(20):  # taking from the loudest makes the whole smaller, and so the bound
        counted = np.minimum(counted, max(LOUDEST * counted.sum(), counted.min(initial=1.0)))
    return counted


def refit_score(examples: Sequence[Ring], current: Mapping[str, float]) -> dict[str, float]:
    """The score's weights that explain best which mentions should have rung, near `current`."""
    names = list(current)
    before = np.array([current[name] for name in names])
    amounts = np.array([[one.amounts.get(name, 0.0) for name in names] for one in examples]).reshape(-1, len(names))
    rest = np.array([one.rest for one in examples])
    should = np.array([one.should for one in examples], dtype=np.float64)
    counts = loudness([one.counts for one in examples])

    def loss(weights: Floats) -> tuple[float, Floats, Floats]:
        z = SHARPNESS * (amounts @ weights + rest - RINGS_FROM)
        odds = _logistic(z)
        away = (weights - before) / before
        value = float(counts @ (np.logaddexp(0.0, z) - should * z) + PRIOR / 2 * away @ away)
        slope = SHARPNESS * amounts.T @ (counts * (odds - should)) + PRIOR * away / before
        curve = SHARPNESS**2 * (amounts.T * (counts * odds * (1 - odds))) @ amounts + np.diag(PRIOR / before**2)
        return value, slope, curve

    shipped = np.array([SCORE[name] for name in names])
    low = np.maximum(before * (1 - STEP), shipped / FURTHEST)
    high = np.minimum(before * (1 + STEP), shipped * FURTHEST)
    found = _minimise(loss, before, np.minimum(low, before), np.maximum(high, before))
    return {name: round(float(weight), 4) for name, weight in zip(names, found, strict=True)}


def refit_mood(examples: Sequence[Feeling], current: Mood) -> Mood:
    """What to add to a language's log odds of `MOODS` so that they agree best with people, near `current`."""
    before = np.array(current)
    logits = np.array([one.logits for one in examples]).reshape(-1, 3)
    labels = np.array([one.label for one in examples], dtype=int)
    counts = loudness([one.counts for one in examples])
    said = np.eye(3)[labels]

    def loss(mood: Floats) -> tuple[float, Floats, Floats]:
        odds = _softmax(logits + mood)
        away = mood - before
        value = float(-counts @ np.log((odds * said).sum(axis=1) + 1e-300) + PRIOR / 2 * away @ away)
        slope = (counts[:, None] * (odds - said)).sum(axis=0) + PRIOR * away
        curve = np.diag(counts @ odds) - (odds.T * counts) @ odds + PRIOR * np.eye(3)
        return value, slope, curve

    low, high = np.maximum(before - STEP, -FURTHEST_MOOD), np.minimum(before + STEP, FURTHEST_MOOD)
    found = _minimise(loss, before, np.minimum(low, before), np.maximum(high, before))
    negative, neutral, positive = (round(float(value), 4) for value in found)
    return negative, neutral, positive


def measure_score(examples: Sequence[Ring], weights: Mapping[str, float]) -> dict[str, float]:
    """How weights do on mentions: the `log_loss` of each, how many that should have rung are `missed`, and how many rang
    `needless`ly."""
    scores = np.array([one.rest + sum(weights[n] * amount for n, amount in one.amounts.items()) for one in examples])
    should = np.array([one.should for one in examples])
    counts = loudness([one.counts for one in examples])
    z = SHARPNESS * (scores - RINGS_FROM)
    losses = np.logaddexp(0.0, z) - should * z
    rings = scores >= RINGS_FROM - 1e-6
    return {
        "log_loss": round(float(counts @ losses / counts.sum()), 4),
        "missed": int((should & ~rings).sum()),
        "needless": int((rings & ~should).sum()),
    }


def measure_mood(examples: Sequence[Feeling], mood: Mood) -> dict[str, float]:
    """How a mood does on mentions: the `log_loss` of each, and how many are `wrong`."""
    odds = _softmax(np.array([one.logits for one in examples]) + np.array(mood))
    labels = np.array([one.label for one in examples], dtype=int)
    counts = loudness([one.counts for one in examples])
    losses = -np.log(odds[np.arange(len(labels)), labels] + 1e-300)
    return {
        "log_loss": round(float(counts @ losses / counts.sum()), 4),
        "wrong": int((odds.argmax(axis=1) != labels).sum()),
    }


def should_ring(priority: str) -> bool:
    """Does a person's word for the priority say that it should have rung? `not_urgent` does not."""
    return priority in (Priority.P1.name, Priority.P2.name)


def _minimise(
    loss: Callable[[Floats], tuple[float, Floats, Floats]], start: Floats, low: Floats, high: Floats
) -> Floats:
    """Where a convex loss is least inside a box: Newton's method, projected. `loss` gives value, gradient and Hessian.

    A coordinate at its bound that the gradient would push out is held there; a step that does not help is halved.
    """
    at = start.astype(np.float64)
    value, slope, curve = loss(at)
    for _ in range(100):
        free = ~(((at <= low) & (slope > 0)) | ((at >= high) & (slope < 0)))
        if not free.any() or float(np.abs(slope[free]).max()) < 1e-8:
            break
        step = np.zeros_like(at)
        step[free] = np.linalg.solve(curve[np.ix_(free, free)], slope[free])
        length = 1.0
        while True:
            there = np.clip(at - length * step, low, high)
            new_value, new_slope, new_curve = loss(there)
            if new_value < value or length < 1e-6:
                break
            length /= 2
        if new_value >= value:
            break
        done = value - new_value < 1e-12 * (1 + abs(value))
        at, value, slope, curve = there, new_value, new_slope, new_curve
        if done:
            break
    return at


def _logistic(z: Floats) -> Floats:
    found: Floats = 1.0 / (1.0 + np.exp(-np.clip(z, -500, 500)))
    return found


def _softmax(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    found: Floats = raised / raised.sum(axis=1, keepdims=True)
    return found
