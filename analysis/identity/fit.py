"""Learn the shipped weights from made-up towns: `python -m analysis.identity.fit`. Needs the development packages.

Each town is another mixture of what makes linking hard (`Plan.drawn`), and three in seven are of another kind (`elsewhere`),
so that no one mixture, and no one town's habits, are learned by heart, and each
weight is held near what a person would have said (`EXPECTED`) and on its side of zero, so that a town without some evidence,
or with odd evidence, cannot bend it.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from analysis.identity import elsewhere, index
from analysis.identity.compare import EVIDENCE, Pairs, compare
from analysis.identity.index import Array
from analysis.identity.person import read
from analysis.identity.score import offset, posers
from analysis.identity.world import Plan, Post, World, make

EXPECTED: dict[str, float] = {
    "account": 7.0,
    "agent_handle": 4.5,
    "oauth_handle": 4.0,
    "imported_handle": 3.0,
    "owners": -1.0,
    "email_in_bio": 4.5,
    "phone_in_bio": 3.5,
    "email": 3.5,
    "phone": 3.0,
    "order": 3.0,
    "unsaid": -2.0,
    "anothers": -4.0,
    "tellers": -1.0,
    "other_account": -4.0,
    "other_confirmed": -2.5,
    "other_imported": -1.5,
    "name": 1.0,
    "name_near": -0.3,
    "name_weak": -1.5,
    "initial": 0.8,
    "given_only": 0.7,
    "surname_only": 0.6,
    "other_surname": -1.0,
    "other_given": -1.0,
    "other_name": -1.5,
    "no_name": -0.2,
    "handle_is_name": 0.8,
    "handle_is_short_name": 0.6,
    "handle_confirms": 0.5,
    "city": 0.8,
    "other_city": -2.0,
    "country": 0.3,
    "other_country": -1.5,
    "nick": 0.9,
    "nick_digits": 1.2,
    "nick_name": 0.7,
    "mail_nick": 0.9,
    "mail_nick_digits": 1.2,
    "mail_nick_name": 0.7,
    "nick_owners": -1.0,
    "domain": 0.7,
    "domain_and_name": 0.7,
    "no_person": -3.0,
    "no_person_id": -1.0,
    "feigned": -2.0,
    "feigned_name": -1.0,
    "id_other_name": -1.5,
    "id_other_given": -0.7,
    "told_other_name": -1.5,
    "told_other_given": -1.0,
    "id_given": 1.0,
    "told_given": 1.0,
    "id_name": 0.3,
    "told_name": 0.3,
    "nick_other_name": -1.5,
    "id_other_city": -0.5,
    "name_city": 0.3,
    "handle_suits": 0.8,
    "handle_of_another": -1.0,
    "handle_suits_name": 4.0,
    "handle_namesakes": -0.2,
    "ids_agree": 1.0,
    "near_handle": -1.0,
}
HOLD = 5.0
"""How hard a weight is held to what is expected of it: as so many authors who say so would."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A town as pairs. `right` is the pair of each author's customer, -1 where none of the candidates is."""

    pairs: Pairs
    offset: Array
    posers: Array
    group: Array
    right: Array
    authors: int


def voices(world: World) -> list[list[Post]]:
    """The posts of each author."""
    found: dict[str, list[Post]] = {}
    for post in world.posts:
        found.setdefault(post.author.id, []).append(post)
    return list(found.values())


def sample(world: World) -> Sample:
    table = index.build(world.customers)
    heard = voices(world)
    pairs = compare([read(v[0].author, [p.text for p in v]) for v in heard], table)
    at = {c.customer_id: n for n, c in enumerate(world.customers)}
    truth = np.array([at.get(v[0].customer_id, -1) for v in heard])
    right = np.full(len(heard), -1)
    hit = np.flatnonzero(truth[pairs.persons] == pairs.customers)
    right[pairs.persons[hit]] = hit
    share = (
        right >= 0
    ).mean()  # what `bulk.share_of_customers` will find: whoever left no trace is as good as a stranger
    prior = np.log(share / (1 - share))
    odds = offset(pairs.table, table.size) + prior
    return Sample(pairs, odds, posers(pairs.table, float(share)), pairs.persons, right, len(heard))


def fit(samples: list[Sample]) -> Array:
    """The weights under which the truth of these towns is likeliest."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_array

    tables = [csr_array(s.pairs.table.astype(np.float64)) for s in samples]  # few of the evidence is ever there
    expected = np.array([EXPECTED[name] for name in EVIDENCE])
    bounds = [tuple(sorted((0.3 * e, 2 * e))) if abs(e) > 0.3 else (-1.0, 1.0) for e in expected]

    def loss(w: Array) -> tuple[float, Array]:
        total = HOLD / 2 * float(((w - expected) ** 2).sum())
        slope = HOLD * (w - expected)
        for s, table in zip(samples, tables, strict=True):
            odds = s.offset + table @ w
            top = np.zeros(s.authors)
            np.maximum.at(top, s.group, odds)
            raised = np.exp(odds - top[s.group])
            passing = raised * s.posers
            none = np.bincount(s.group, passing, s.authors) + np.exp(-top)
            whole = np.bincount(s.group, raised, s.authors) + none
            known = s.right >= 0
            total += float(
                np.log(whole).sum() - np.log(none[~known]).sum() - (odds - top[s.group])[s.right[known]].sum()
            )
            share = (raised + passing) / whole[s.group] - np.where(known[s.group], 0.0, passing / none[s.group])
            slope += table.T @ (share - np.bincount(s.right[known], minlength=len(share)))
        return total, slope

    found = minimize(loss, expected, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    weights: Array = found.x
    return weights


def towns(count: int, first: int = 1000) -> Iterator[World]:
    """Towns to learn from, of both kinds, of all sizes and shares of customers, and all from the half whose names no test
    uses."""
    sizes, shares = (2_000, 5_000, 10_000, 20_000, 40_000), (0.3, 0.1, 0.2)
    for n in range(count):
        plan = Plan.drawn(
            first + n, customers=sizes[n % len(sizes)], mentions=4_000, half=0, known=shares[n % len(shares)]
        )
        yield elsewhere.make(plan) if n % 7 in (1, 3, 5) else make(plan)


def main(arguments: Any = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--towns", type=int, default=42)
    parser.add_argument("-o", type=Path, default=Path(str(files("analysis"))) / "data" / "identity_weights.tsv")
    chosen = parser.parse_args(arguments)
    samples = []
    for world in towns(chosen.towns):
        samples.append(sample(world))
        sys.stderr.write(f"\r{len(samples)} of {chosen.towns} towns")
    sys.stderr.write("\n")
    weights = fit(samples)
    lines = ["# What each piece of evidence weighs, in natural log odds; learned by `python -m analysis.identity.fit`."]
    lines += [f"{name}\t{weight:.3f}" for name, weight in zip(EVIDENCE, weights, strict=True)]
    chosen.o.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
