"""The weights of the urgency score: a starting judgement, moved by what the desk corrects (`sunwai learn`), floors never."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct, field

VERSION = "sunwai-6"
"""Names the rules and models that judge. Raise it when they change what they say."""

SCORE: Mapping[str, float] = MappingProxyType(
    {
        "complaint": 2.0,  # times the probability that it is one
        "risk": 1.0,  # times the learned probability that it is urgent; see `analysis.urgency`
        "severity": 1.0,
        "contacts": 1.0,  # three or more without a remedy
        "long_wait": 1.0,  # over 14 days
        "deadline": 0.8,
        "money": 1.0,  # times 0.2 a power of ten of US dollars, up to 0.8
        "leaving": 0.6,
        "vip": 0.6,
        "reach": 1.0,  # times 0.35 (log10 followers - 3), and as much a power of ten of shares an hour; up to 1.2
    }
)
"""What each signal adds to the score. The P1 to P3 cuts are in `analysis.urgency`; a question or a lead is lifted to P3, and
what is over, withdrawn, hearsay or not about the brand is put below it, whatever the weights."""


class Weights(Struct, frozen=True):
    """A set of weights under the name by which an assessment remembers it.

    `score` has the keys of `SCORE`. `mood` adds to the log odds of (negative, neutral, positive) in a language.
    """

    version: str = VERSION
    score: Mapping[str, float] = field(default_factory=lambda: SCORE)
    mood: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)


SHIPPED = Weights()
