"""Who an author probably is among our customers, how sure we are, on what basis, and why.

`names` makes names of several scripts comparable, `person` reads what an account says of itself, `index` finds the few
customers worth a look, `compare` says in numbers what speaks for and against each, `score` turns that into one
probability, and `decide` into links. `world` makes up towns to learn and to measure on. All of it is pure.
"""

from analysis.identity.proofs import (
    AGENT,
    IMPORTED,
    MAX_CANDIDATES,
    MAX_KEYS,
    OAUTH,
    VERSION,
    Claims,
    Key,
    claims,
    is_vip,
    link,
)

__all__ = [
    "AGENT",
    "IMPORTED",
    "MAX_CANDIDATES",
    "MAX_KEYS",
    "OAUTH",
    "VERSION",
    "Claims",
    "Key",
    "claims",
    "is_vip",
    "link",
]
