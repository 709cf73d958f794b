"""From evidence to one probability for each candidate, the same for one author and for a million.

Fellegi and Sunter's weights of evidence, with the candidates of an author, and "none of the customers", as the outcomes of
one choice (a conditional logit): what speaks for two speaks for each only half. Ids are unique, so what they prove does not
depend on how many customers there are; names are not, so it does.

The weights are learned from made-up towns (`analysis.identity.fit`) and shipped in `analysis/data/identity_weights.tsv`.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from analysis.identity.compare import AT, EVIDENCE, Pairs
from analysis.identity.index import Array

PRIOR = 0.2
"""The share of authors who are customers of whom the CRM holds something, where nobody knows better."""

POSERS, MOST_POSERS = 0.0012, 0.012
"""Of strangers, the share that pass for one certain customer whatever is compared: the impersonator who copies all of a
profile, the spouse who posts from the shared account. It keeps what adds up from sounding like proof; only an account that
signed in, or that an agent confirmed, is beyond it. Against one customer there is at most MOST_POSERS of that, or a brand
with few customers among its authors would never see a link."""
_PROOFS = [AT["account"], AT["agent_handle"]]
_IDS = [
    AT[name]
    for name in (
        "account",
        "agent_handle",
        "oauth_handle",
        "imported_handle",
        "email_in_bio",
        "email",
        "phone",
        "order",
    )
]


@dataclass(frozen=True, slots=True)
class Weights:
    """A weight for each of EVIDENCE, in natural logarithms of odds, and a version."""

    values: Array
    version: str = "identity-3"


@cache
def shipped() -> Weights:
    rows = [
        line.split("\t")
        for line in (files("analysis") / "data" / "identity_weights.tsv").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    known = {name: float(weight) for name, weight, *_ in rows}
    return Weights(np.array([known[name] for name in EVIDENCE], np.float64))


def offset(table: Array, size: int) -> Array:
    """What the number of customers alone says against each candidate: one in so many, but for those whom an id names."""
    named = (table[:, _IDS] > 0).any(axis=1)
    bare: Array = np.where(named, 0.0, -np.log(max(1, size)))
    return bare


def probabilities(pairs: Pairs, size: int, weights: Weights, prior: float = PRIOR) -> Array:
    """For each pair, how probable it is that this author is this customer."""
    if not len(pairs.persons):
        return np.zeros(0)
    odds = np.log(prior / (1 - prior)) + offset(pairs.table, size) + pairs.table @ weights.values
    starts = np.flatnonzero(np.r_[True, pairs.persons[1:] != pairs.persons[:-1]])
    most = np.maximum(np.maximum.reduceat(odds, starts), 0.0)
    group = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(odds)]))
    raised = np.exp(odds - most[group])
    against = min(POSERS * (1 - prior) / prior, MOST_POSERS)
    posers = against * ~(pairs.table[:, _PROOFS] > 0).any(axis=1)
    total = np.add.reduceat(raised * (1 + posers), starts) + np.exp(-most)
    shares: Array = raised / total[group]
    return shares
