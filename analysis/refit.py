"""Moving weights by what people say, no further than the evidence carries. Pure; `analysis.learn` feeds it.

Two lessons, both logistic regressions by Newton's method (Gauss-Newton where rules bend the score). Each is pulled
towards the weights that judge now by a ridge, as if these were known with a standard deviation of 1 / sqrt(`PRIOR`), and
stays inside a box around them. So a few labels move little, many labels move more, and none move far at once: what is
one-sided or malicious has to win week after week, in the open.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analysis.urgency import CALM, CUTS, RISK_OF_P2
from analysis.weights import SCORE
from core.assessment import Priority

Floats = NDArray[np.float64]
Mood = tuple[float, float, float]

RISK = "risk"
"""The one weight of the score that is no sum: it multiplies the learned probability that a mention is urgent."""
MOODS = ("negative", "neutral", "positive")
RINGS_FROM = CUTS[Priority.P2]
"""A score from here on rings."""
SHARPNESS = 2.0
"""A point of score over the cut multiplies the odds that it should ring by e to this: a score of 4.5 is then 95% sure. So
does a learned risk that is e times what it takes."""
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
    its weight; the `rest` of the score, which no weight moves; and the learned `risk` that it is urgent, None where nothing
    learned speaks. It `counts` for so many mentions."""

    at: datetime
    amounts: Mapping[str, float]
    rest: float
    should: bool
    counts: float = 1.0
    risk: float | None = None


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
    should = np.array([one.should for one in examples], dtype=np.float64)
    counts = loudness([one.counts for one in examples])
    over = _Over(examples, names)

    def loss(weights: Floats) -> tuple[float, Floats, Floats]:
        z, slopes = over(weights)
        odds = _logistic(z)
        away = (weights - before) / before
        value = float(counts @ (np.logaddexp(0.0, z) - should * z) + PRIOR / 2 * away @ away)
        slope = slopes.T @ (counts * (odds - should)) + PRIOR * away / before
        curve = (slopes.T * (counts * odds * (1 - odds))) @ slopes + np.diag(PRIOR / before**2)
        return value, slope, curve

    shipped = np.array([SCORE[name] for name in names])
    low = np.maximum(before * (1 - STEP), shipped / FURTHEST)
    high = np.minimum(before * (1 + STEP), shipped * FURTHEST)
    found = _minimise(loss, before, np.minimum(low, before), np.maximum(high, before))
    return {name: round(float(weight), 4) for name, weight in zip(names, found, strict=True)}


class _Over:
    """How far over the line to ring mentions are, as log odds, and how each weight moves that.

    As `analysis.urgency` has it, a mention rings where its score reaches the cut and the learned risk is not `CALM`, or
    where that risk alone is enough: the larger of (risk) and (the smaller of (score, calm)), each from its own line.
    """

    def __init__(self, examples: Sequence[Ring], names: Sequence[str]) -> None:
        self._amounts = np.array([[one.amounts.get(name, 0.0) for name in names] for one in examples])
        self._amounts = self._amounts.reshape(-1, len(names))
        self._rest = np.array([one.rest for one in examples])
        self._told = np.array([one.risk is not None for one in examples], dtype=bool)
        self._risk = np.log(np.array([max(one.risk or 0.0, 1e-4) for one in examples]))
        self._place = names.index(RISK)

    def __call__(self, weights: Floats) -> tuple[Floats, Floats]:
        z = SHARPNESS * (self._amounts @ weights + self._rest - RINGS_FROM)
        slopes = SHARPNESS * self._amounts
        risk = SHARPNESS * (self._risk + np.log(weights[self._place]))
        calm, enough = risk - SHARPNESS * np.log(CALM), risk - SHARPNESS * np.log(RISK_OF_P2)
        by_risk = self._told & ((calm < z) | (enough > z))
        z = np.where(self._told, np.maximum(enough, np.minimum(z, calm)), z)
        slopes[by_risk] = 0.0
        slopes[by_risk, self._place] = SHARPNESS / weights[self._place]
        return z, slopes


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
    should = np.array([one.should for one in examples])
    counts = loudness([one.counts for one in examples])
    z, _ = _Over(examples, list(weights))(np.array(list(weights.values())))
    losses = np.logaddexp(0.0, z) - should * z
    rings = z >= -1e-5
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
    """Where a loss is least inside a box, from `start` downhill: Newton's method, projected. `loss` gives value, gradient
    and Hessian, or what stands for it and is positive definite.

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
