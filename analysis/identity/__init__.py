"""Who an author probably is among our customers, how sure we are, on what basis, and why.

`names` makes names of several scripts comparable, `person` reads what an account says of itself, `index` finds the few
customers worth a look, `compare` says in numbers what speaks for and against each, `score` turns that into one probability,
`decide` into a decision, and `links` puts it into words. `bulk` does so for many, `keep` holds the store's customers ready.
`world` makes towns up, `fit` learns from them and `evaluate` measures. All but `keep` is pure.
"""

from analysis.identity.decide import Cuts
from analysis.identity.links import is_vip, links
from analysis.identity.person import Person, read

__all__ = ["Cuts", "Person", "is_vip", "links", "read"]
