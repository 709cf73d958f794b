"""How well links agree with the truth of a town: `python -m analysis.identity.evaluate`."""

import argparse
import math
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.identity import index
from analysis.identity.compare import compare
from analysis.identity.decide import decide
from analysis.identity.fit import voices
from analysis.identity.person import read
from analysis.identity.score import PRIOR, probabilities, shipped
from analysis.identity.world import Plan, World, make

BINS = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of mentions, but for `ece`, which is over candidates."""

    linked: int
    right: int
    precision: float
    recall: float
    """Of the mentions whose customer something could tell, those that are linked to the right one."""
    top: float
    """Of the same, those whose customer is among the candidates."""
    strangers_linked: float
    ece: float
    rows: int

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95% interval of the precision."""
        n, p, z = max(1, self.linked), self.precision, 1.96
        middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return (middle - half) / (1 + z * z / n), min(1.0, (middle + half) / (1 + z * z / n))


Rows = Mapping[str, list[tuple[str, float, bool]]]
"""By mention id: (customer id, probability, linked), best first."""


def figures(truth: Iterable[tuple[str, str, bool]], rows: Rows) -> Figures:
    """Compare with the truth: (mention id, customer id or "", linkable)."""
    linked = right = linkable = found = top = strangers = wrong = 0
    chances: list[float] = []
    hits: list[bool] = []
    for mention, customer, can in truth:
        candidates = rows.get(mention, [])
        sure = next((c for c, _, yes in candidates if yes), None)
        linked += sure is not None
        right += sure is not None and sure == customer
        linkable += can
        found += can and sure == customer
        top += can and any(c == customer for c, _, _ in candidates)
        strangers += not customer
        wrong += not customer and sure is not None
        chances += [p for _, p, _ in candidates]
        hits += [c == customer for c, _, _ in candidates]
    p, h = np.array(chances), np.array(hits, float)
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    ece = sum(abs(p[bins == b].mean() - h[bins == b].mean()) * (bins == b).mean() for b in set(bins.tolist()))
    return Figures(
        linked,
        right,
        right / max(1, linked),
        found / max(1, linkable),
        top / max(1, linkable),
        wrong / max(1, strangers),
        float(ece),
        len(p),
    )


def judged(world: World, prior: float = PRIOR) -> Rows:
    """Link a town's mentions in memory."""
    table = index.build(world.customers)
    heard = voices(world)
    pairs = compare([read(v[0].author, [p.text for p in v]) for v in heard], table)
    chances = probabilities(pairs, table.size, shipped(), prior)
    rows: dict[str, list[tuple[str, float, bool]]] = {}
    for kept in decide(pairs, chances):
        for post in heard[kept[0].person]:
            rows[post.id] = [(table.id(d.customer), d.probability, d.linked) for d in kept]
    return rows


def main(arguments: Any = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--mentions", type=int, default=5_000)
    parser.add_argument("--towns", type=int, default=5)
    chosen = parser.parse_args(arguments)
    for known in (0.3, 0.1):
        for seed in range(chosen.towns):
            begun = time.monotonic()
            world = make(Plan.drawn(seed, customers=chosen.customers, mentions=chosen.mentions, known=known))
            made = time.monotonic()
            f = figures([(p.id, p.customer_id, p.linkable) for p in world.posts], judged(world))
            low, high = f.interval
            sys.stdout.write(
                f"known {known}, town {seed}: {f.linked} linked, precision {f.precision:.4f} ({low:.4f} to {high:.4f}), "
                f"recall {f.recall:.3f}, top 5 {f.top:.3f}, strangers linked {f.strangers_linked:.2%}, "
                f"calibration error {f.ece:.3f}; {time.monotonic() - made:.1f} s (made in {made - begun:.1f} s)\n"
            )


if __name__ == "__main__":
    main()
