"""What agents say of links, turned into better probabilities.

Platt's line through the log odds while labels are few, an isotonic staircase once there are many; adopted only where it is
nearer the truth on labels that it has not seen. J. Platt, Probabilistic outputs for support vector machines, 1999;
B. Zadrozny and C. Elkan, Transforming classifier scores into accurate probabilities, 2002.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.identity.decide import LINKED, POSSIBLE
from analysis.identity.index import Array

FEWEST = 100
"""Labels without which nothing is changed."""
MANY = 1_000
HELD_BACK = 3
"""Every third label is kept to judge by."""
PRUDENCE = 20
"""As how many labels the shipped probabilities count where a line is fitted."""
STEP = 60
"""Labels in a step of the staircase."""
_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """A rising map of log odds to probabilities, straight between its points; a constant beyond them. What is too little to
    be shown, and so is never labelled, is not raised."""

    odds: tuple[float, ...] = ()
    chances: tuple[float, ...] = ()

    def __call__(self, chances: Array) -> Array:
        if not self.odds:
            return chances
        found: Array = np.interp(logit(chances), self.odds, self.chances)
        return np.where(chances < POSSIBLE, np.minimum(chances, found), found)


SHIPPED = Calibration()


def logit(chances: Array) -> Array:
    p = np.clip(chances, _EDGE, 1 - _EDGE)
    found: Array = np.log(p / (1 - p))
    return found


def learn(chances: Sequence[float], right: Sequence[bool]) -> Calibration:
    """What labels make of probabilities: `chances` as shipped, and whether each was right, in the order of the labels.

    The shipped ones stay where labels are few, or do not better them on the third that is held back.
    """
    p, y = np.asarray(chances, float), np.asarray(right, float)
    if len(p) < FEWEST or y.min() == y.max():
        return SHIPPED
    held = np.arange(len(p)) % HELD_BACK == 0
    fit = platt if len(p) < MANY else isotonic
    tried = fit(p[~held], y[~held])
    if log_loss(tried(p[held]), y[held]) >= log_loss(p[held], y[held]):
        return SHIPPED
    return fit(p, y)


def platt(p: Array, y: Array) -> Calibration:
    """The line a * log odds + b that makes the labels likeliest, held near the shipped a = 1, b = 0.

    What is sure enough to be linked keeps its probability as long as the labels bear that out: how often middling candidates
    are right says little about those, and a line through both would unlink them. If they do not, nothing is linked any more.
    """
    sure = p >= LINKED
    borne_out = not sure.any() or interval(int(y[sure].sum()), int(sure.sum()))[1] >= LINKED
    a, b = _line(p[~sure], y[~sure]) if borne_out and len(set(y[~sure].tolist())) == 2 else _line(p, y)
    at = np.linspace(logit(np.array(0.0)), logit(np.array(1.0)), 401)
    own = 1 / (1 + np.exp(-at))
    chances = 1 / (1 + np.exp(-np.clip(max(a, 0.05) * at + b, -40.0, 40.0)))
    if borne_out:
        chances = np.where(own >= LINKED, np.maximum(own, chances), chances)
    else:  # nothing is called surer than what was called sure has proved
        chances = np.minimum(chances, y[sure].mean())
    return Calibration(tuple(at.tolist()), tuple(np.maximum.accumulate(chances).tolist()))


def _line(p: Array, y: Array) -> tuple[float, float]:
    """Newton's method."""
    x = np.stack([logit(p), np.ones(len(p))], axis=1)
    w = np.array([1.0, 0.0])
    for _ in range(50):
        guess = 1 / (1 + np.exp(-np.clip(x @ w, -40.0, 40.0)))
        slope = x.T @ (guess - y) + PRUDENCE * (w - [1.0, 0.0])
        curve = (x * (guess * (1 - guess))[:, None]).T @ x + PRUDENCE * np.eye(2)
        step = np.linalg.solve(curve, slope)
        w = w - step
        if abs(step).max() < 1e-9:
            break
    return float(w[0]), float(w[1])


def isotonic(p: Array, y: Array) -> Calibration:
    """The rising staircase nearest to the labels (pool adjacent violators), over groups of STEP labels of like probability,
    and each group held near the line, so that a few odd labels make no cliff. What is sure enough to be linked follows the
    line."""
    line = platt(p, y)
    order = np.argsort(p, kind="stable")[: int((p < LINKED).sum())]
    pooled: list[list[float]] = []  # the mean of a group, its labels, the sum of its odds
    for group in np.array_split(order, max(2, len(order) // STEP)):
        value = (y[group].sum() + line(p[group]).mean() * PRUDENCE) / (len(group) + PRUDENCE)
        pooled.append([float(value), len(group), float(logit(p[group]).sum())])
        while len(pooled) > 1 and pooled[-2][0] >= pooled[-1][0]:
            last, before = pooled.pop(), pooled.pop()
            n = before[1] + last[1]
            pooled.append([(before[0] * before[1] + last[0] * last[1]) / n, n, before[2] + last[2]])
    sure = [(at, value) for at, value in zip(line.odds, line.chances, strict=True) if at >= logit(np.array(LINKED))]
    points = [(odds / n, value) for value, n, odds in pooled] + sure
    rising = np.maximum.accumulate([value for _, value in points])
    return Calibration(tuple(at for at, _ in points), tuple(rising.tolist()))


def log_loss(p: Array, y: Array) -> float:
    q = np.clip(p, _EDGE, 1 - _EDGE)
    return float(-(y * np.log(q) + (1 - y) * np.log(1 - q)).mean())


def interval(right: int, of: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share."""
    n, p, z = max(1, of), right / max(1, of), 1.96
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), min(1.0, (middle + half) / (1 + z * z / n))
