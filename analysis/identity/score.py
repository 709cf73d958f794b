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

from analysis.identity.compare import AT, EVIDENCE, IDENTIFIERS, Pairs
from analysis.identity.index import Array

PRIOR = 0.2
"""The share of authors who are customers of whom the CRM holds something, where nobody knows better."""

MOST = 10
"""Against one customer there are at most so many times the shares below: with few customers among its authors, a brand would
else never see a link."""
SHARERS = 0.0003
"""Of strangers, the share that pass for one certain customer whatever is compared, and have even the handle that the CRM has
of them: the spouse who posts from the shared account. It keeps what adds up from sounding like proof; only an account that
signed in, or that an agent confirmed, is beyond it."""
POSERS = 0.0012
"""The same where the handle is not known, but something that is not public agrees: also the impersonator, and the relative
of the same name who asks about an order."""
COPIERS = 0.01
"""The same where all that agrees stands in a profile that anybody can read: an address in the bio, an employer."""
BEARERS = 0.04
"""The same where nothing but name and place agree: namesakes of one town, families."""
_PROOFS = [AT["account"], AT["agent_handle"]]
_HANDLES = [AT[name] for name in ("oauth_handle", "imported_handle")]
_PUBLIC = [AT[name] for name in ("email_in_bio", "phone_in_bio", "domain")]
_PRIVATE = [AT[name] for name in ("email", "phone", "order", "nick", "nick_name", "mail_nick", "mail_nick_name")]
_IDS = [AT[name] for name in IDENTIFIERS]


@dataclass(frozen=True, slots=True)
class Weights:
    """A weight for each of EVIDENCE, in natural logarithms of odds, and a version."""

    values: Array
    version: str = "identity-4"


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


def posers(table: Array, prior: float) -> Array:
    """For each candidate, how many pass for them to one who is them."""
    kinds = [(table[:, columns] > 0).any(axis=1) for columns in (_PROOFS, _HANDLES, _PRIVATE, _PUBLIC)]
    found: Array = np.select(kinds, [0.0, SHARERS, POSERS, COPIERS], BEARERS) * min((1 - prior) / prior, MOST)
    return found


def probabilities(pairs: Pairs, size: int, weights: Weights, prior: float = PRIOR) -> Array:
    """For each pair, how probable it is that this author is this customer."""
    if not len(pairs.persons):
        return np.zeros(0)
    odds = np.log(prior / (1 - prior)) + offset(pairs.table, size) + pairs.table @ weights.values
    starts = np.flatnonzero(np.r_[True, pairs.persons[1:] != pairs.persons[:-1]])
    most = np.maximum(np.maximum.reduceat(odds, starts), 0.0)
    group = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(odds)]))
    raised = np.exp(odds - most[group])
    total = np.add.reduceat(raised * (1 + posers(pairs.table, prior)), starts) + np.exp(-most)
    shares: Array = raised / total[group]
    return shares
