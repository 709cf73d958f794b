"""Whom we listen for: apart from what was said, for judging texts needs no more, and starts sooner without."""

from msgspec import Struct


class Brand(Struct, frozen=True, cache_hash=True):
    """A brand that we listen for. What is made of its names is kept by the brand, and looked up for every text.

    `names` are all the words that mean it ("Northwind", "north wind", "#northwind"): they are masked before
    sentiment is scored. `own_accounts` are author ids or `platform:@handle` of the brand itself: what they say
    is heard, for it stops clocks, but never opens a case.
    """

    key: str
    name: str
    names: tuple[str, ...] = ()
    own_accounts: frozenset[str] = frozenset()
