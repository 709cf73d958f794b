"""Many authors at once: the estimate of how many are customers at all, then their links, a few thousand at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from analysis.identity.calibrate import SHIPPED, Calibration
from analysis.identity.compare import Pairs, compare
from analysis.identity.decide import USUAL, Cuts, Decision, decide
from analysis.identity.index import Index
from analysis.identity.person import Person
from analysis.identity.score import PRIOR, Weights, probabilities, shipped

AT_ONCE = 1_000
SAMPLE = 10_000
"""Authors from whom the share of customers is estimated."""
HELD = 20
"""The usual share counts as much as so many authors, so that a file of a few says little. No more, for what is uncertain
leans on the share, and so repeats what it is told."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Some authors and what was decided of each: by position, best candidate first; nothing of those who have none."""

    people: Sequence[Person]
    decisions: dict[int, Sequence[Decision]]
    pairs: Pairs
    prior: float
    """The share of customers among authors that was assumed."""


def share_of_customers(sample: Iterable[tuple[int, Pairs]], size: int, weights: Weights) -> float:
    """How many of these authors are customers, by expectation and maximisation: the share under which the evidence on all
    of them is likeliest. `sample` holds (number of authors, their pairs)."""
    sample = list(sample)
    authors = sum(n for n, _ in sample)
    share = PRIOR
    for _ in range(10):
        expected = sum(float(probabilities(pairs, size, weights, share).sum()) for _, pairs in sample)
        share = (expected + HELD * PRIOR) / (authors + HELD)
    return float(np.clip(share, 0.01, 0.6))


def link_all(
    people: Iterable[Person],
    index: Index,
    prior: float | None = None,
    calibration: Calibration = SHIPPED,
    cuts: Cuts = USUAL,
) -> Iterator[Linked]:
    """Link authors. Without a `prior`, the share of customers among them is estimated from the first of them."""
    weights = shipped()
    stream = iter(people)
    compared = ((batch, compare(batch, index)) for batch in iter(lambda: list(islice(stream, AT_ONCE)), []))
    if prior is None:
        first = list(islice(compared, SAMPLE // AT_ONCE))
        prior = share_of_customers(((len(batch), pairs) for batch, pairs in first), index.size, weights)
        compared = chain(first, compared)  # type: ignore[assignment]
    for batch, pairs in compared:
        kept = decide(pairs, calibration(probabilities(pairs, index.size, weights, prior)), cuts)
        yield Linked(batch, {rows[0].person: rows for rows in kept}, pairs, prior)
