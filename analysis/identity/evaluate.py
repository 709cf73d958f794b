"""How well links agree with the truth of a town: `python -m analysis.identity.evaluate`."""

import argparse
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.identity import elsewhere, index
from analysis.identity.bulk import link_all
from analysis.identity.calibrate import SHIPPED, Calibration, interval, learn
from analysis.identity.fit import voices
from analysis.identity.index import Array
from analysis.identity.person import read
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


Rows = Mapping[str, list[tuple[str, float, bool]]]
"""By mention id: (customer id, probability, linked), best first."""


def figures(truth: Iterable[tuple[str, str, bool]], rows: Rows) -> Figures:
    """Compare with the truth: (mention id, customer id or "", linkable)."""
    truth = list(truth)
    linked = right = linkable = found = top = strangers = wrong = 0
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
    p, h = shown(truth, rows)
    return Figures(
        linked,
        right,
        right / max(1, linked),
        found / max(1, linkable),
        top / max(1, linkable),
        wrong / max(1, strangers),
        calibration_error(p, h),
        len(p),
    )


def shown(truth: Iterable[tuple[str, str, bool]], rows: Rows) -> tuple[Array, Array]:
    """Of every candidate shown, the probability, and 1 where it is the right one, else 0."""
    pairs = [(p, c == customer) for mention, customer, _ in truth for c, p, _ in rows.get(mention, ())]
    return np.array([p for p, _ in pairs]), np.array([hit for _, hit in pairs], float)


def diagram(chances: Array, hits: Array) -> list[tuple[float, float, int]]:
    """The reliability diagram: of each bin that holds any, the mean probability, the share that came true, how many."""
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    masks = (bins == n for n in range(BINS))
    return [(float(chances[m].mean()), float(hits[m].mean()), int(m.sum())) for m in masks if m.any()]


def calibration_error(chances: Array, hits: Array) -> float:
    """How far probabilities are from how often they come true, over BINS bins of equal width (the expected calibration
    error)."""
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    apart = np.bincount(bins, chances - hits, BINS)
    return float(np.abs(apart).sum() / max(1, len(chances)))


def error_by_chance(world: World, rows: Rows, draws: int = 100) -> float:
    """The calibration error that this town would show if each probability were exact, for some thousand mentions of fewer
    authors come true by chance more or less often: who an author is, is drawn by the candidates' own probabilities."""
    rng = np.random.default_rng(world.plan.seed)
    shown = [[chance for _, chance, _ in rows.get(heard[0].id, ())] for heard in voices(world)]
    posts = [len(heard) for heard in voices(world)]
    chances = np.concatenate([np.repeat(one, n) for one, n in zip(shown, posts, strict=True) if one] or [np.zeros(0)])
    errors = []
    for _ in range(draws):
        hits = []
        for one, n in zip(shown, posts, strict=True):
            if one:
                drawn = np.searchsorted(np.cumsum(one), rng.random())
                hits.append(np.repeat(np.arange(len(one)) == drawn, n))
        errors.append(calibration_error(chances, np.concatenate(hits or [np.zeros(0)])))
    return float(np.mean(errors))


def judged(world: World, calibration: Calibration = SHIPPED) -> Rows:
    """Link a town's mentions in memory, as `sunwai link` does."""
    table = index.build(world.customers)
    heard = voices(world)
    rows: dict[str, list[tuple[str, float, bool]]] = {}
    begun = 0
    people = (read(v[0].author, [p.text for p in v]) for v in heard)
    for batch in link_all(people, table, calibration=calibration):
        for n, decisions in batch.decisions.items():
            for post in heard[begun + n]:
                rows[post.id] = [(table.id(d.customer), d.probability, d.linked) for d in decisions]
        begun += len(batch.people)
    return rows


def labels_of(world: World, rows: Rows) -> tuple[list[float], list[bool]]:
    """What agents would say of the candidates that they are shown, an author at a time."""
    chances, right = [], []
    for first in {post.author.id: post for post in reversed(world.posts)}.values():
        for customer, chance, _ in rows.get(first.id, ()):
            chances.append(chance)
            right.append(customer == first.customer_id)
    return chances, right


def main(arguments: Any = None) -> None:
    """Print a line for each town, then for each share of customers the sum of its towns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--mentions", type=int, default=5_000)
    parser.add_argument("--towns", type=int, default=8)
    parser.add_argument("--labels", action="store_true", help="also what 500 and 2,000 labels change")
    parser.add_argument("--elsewhere", action="store_true", help="towns of the other kind")
    chosen = parser.parse_args(arguments)
    town = elsewhere.make if chosen.elsewhere else make
    for known in (0.3, 0.1):
        for count in (0, 500, 2_000) if chosen.labels else (0,):
            found, chance, every = [], [], []
            for seed in range(chosen.towns):
                plan = Plan.drawn(500 + seed, customers=chosen.customers, mentions=chosen.mentions, known=known)
                calibration = SHIPPED
                if count:  # labels are of other authors of such a town
                    other = town(replace(plan, seed=plan.seed + 10_000, mentions=max(plan.mentions, count * 6)))
                    guessed, right = labels_of(other, judged(other))
                    calibration = learn(guessed[:count], right[:count])
                world = town(plan)
                begun = time.process_time()
                rows = judged(world, calibration)
                seconds = time.process_time() - begun
                truth = [(p.id, p.customer_id, p.linkable) for p in world.posts]
                found.append(figures(truth, rows))
                every.append(shown(truth, rows))
                chance.append(error_by_chance(world, rows))
                what = f"customers {known:.0%}, {count} labels"
                _print(f"{what}, town {seed}", found[-1:], chance[-1:], f", {seconds:.1f} s of processor")
            chances, hits = (np.concatenate([one[n] for one in every]) for n in (0, 1))
            _print(f"{what}, all", found, chance, f", of all together {calibration_error(chances, hits):.3f}")
            bins = ", ".join(f"{said:.2f} {true:.2f} ({many})" for said, true, many in diagram(chances, hits))
            sys.stdout.write(f"said, true (candidates): {bins}\n")


def _print(what: str, found: list[Figures], chance: list[float], more: str = "") -> None:
    linked, right = sum(f.linked for f in found), sum(f.right for f in found)
    low, high = interval(right, linked)
    mean = {
        name: float(np.mean([getattr(f, name) for f in found])) for name in ("recall", "top", "strangers_linked", "ece")
    }
    sys.stdout.write(
        f"{what}: {linked} linked, precision {right / max(1, linked):.4f} ({low:.4f} to {high:.4f}), "
        f"recall {mean['recall']:.3f}, top 5 {mean['top']:.3f}, strangers linked {mean['strangers_linked']:.2%}, "
        f"calibration error {mean['ece']:.3f} (by chance alone {np.mean(chance):.3f}){more}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
