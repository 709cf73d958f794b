"""From probabilities to links: when we say "linked", when only "possible", and of what we say nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analysis.identity.compare import AT, IDENTIFIERS, Pairs
from analysis.identity.index import Array

LINKED = 0.98
POSSIBLE = 0.15


@dataclass(frozen=True, slots=True)
class Cuts:
    """From which probability a candidate is called linked, and from which it is shown at all: a team's own choice."""

    linked: float = LINKED
    possible: float = POSSIBLE


USUAL = Cuts()
LEAD = 0.9
"""How far ahead of the runner-up a linked customer is."""
MOST = 5
"""Candidates shown of one author."""


PROOFS = ("account", "agent_handle")
"""What links alone, whatever kind of account it is."""
KEYS = (
    *(name for name in IDENTIFIERS if name not in PROOFS),
    "nick",
    "nick_digits",
    "mail_nick",
    "mail_nick_digits",
)
"""What is more than a name, a place and an employer, which anybody can read off a profile and write into theirs: without any
of it nobody is linked. (A handle or an address that is only the name written as one word is the name.)"""
_PROOFS, _KEYS = [AT[name] for name in PROOFS], [AT[name] for name in KEYS]
_DOUBTS = [AT[name] for name in ("no_person", "feigned", "anothers", "other_account")]

_ELSEWHERE = [AT["other_confirmed"], AT["other_imported"], AT["near_handle"]]
"""Who is known there under another handle, or bears one that is all but theirs, must at least tell in a post what only they
know: what stands in a profile can be copied."""
_TOLD = [AT[name] for name in ("email", "phone", "order")]
_NAMED = [
    AT[name] for name in ("name", "initial", "given_only", "surname_only", "handle_is_name", "handle_is_short_name")
]
_ANOTHER_WAY = [AT[name] for name in KEYS if AT[name] not in _TOLD]
"""Who only drops a number ("what about NW-10442?"), without a word of whose it is, must bear the name or tell more."""


def may_link(table: Array) -> Array:
    """Is there more than a name, a place and an employer, and no doubt about the kind of account or about whose id was told?

    Such doubts are seldom in what weights are learned from, and cost a stranger's order to learn: they are rules."""
    proven = (table[:, _PROOFS] > 0).any(axis=1)
    keyed = (table[:, _KEYS] > 0).any(axis=1)
    doubtful = (table[:, _DOUBTS] > 0).any(axis=1)
    doubtful |= (table[:, _ELSEWHERE] > 0).any(axis=1) & ~(table[:, _TOLD] > 0).any(axis=1)
    dropped = (table[:, AT["unsaid"]] > 0) & ~(table[:, [*_NAMED, *_ANOTHER_WAY]] > 0).any(axis=1)
    return np.asarray(proven | (keyed & ~doubtful & ~dropped))


@dataclass(frozen=True, slots=True)
class Decision:
    """A candidate that is kept. `pair` is its row among the pairs."""

    person: int
    customer: int
    pair: int
    probability: float
    linked: bool


def decide(pairs: Pairs, chances: Array, cuts: Cuts = USUAL) -> Iterator[Sequence[Decision]]:
    """The candidates of each person that are kept, best first; persons who have none are passed over."""
    persons, customers = pairs.persons, pairs.customers
    allowed = may_link(pairs.table)
    kept = np.flatnonzero(chances >= cuts.possible)
    order = kept[np.lexsort((customers[kept], -chances[kept], persons[kept]))]
    starts = np.flatnonzero(np.diff(persons[order], prepend=-1))
    for start, end in pairwise([*starts.tolist(), len(order)]):
        rows = order[start:end][:MOST]
        lead = chances[rows[0]] - (chances[rows[1]] if len(rows) > 1 else 0.0)
        sure = chances[rows[0]] >= cuts.linked and lead >= LEAD and allowed[rows[0]]
        yield [
            Decision(int(persons[row]), int(customers[row]), int(row), float(chances[row]), bool(sure and n == 0))
            for n, row in enumerate(rows)
        ]
