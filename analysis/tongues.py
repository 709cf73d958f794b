"""The languages that we judge, each by its own lexicon engine: what a text feels like, and how the learned head reads it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import log1p, tanh

import numpy as np
from numpy.typing import NDArray

from analysis.lexicons.scoring import Feeling

SIGNALS = (
    "score",
    "positive",
    "negative",
    "last",
    "charged",
    "unspent",
    "exclaims",
    "asks",
    "shouts",
    "link",
    "hashtags",
    "addresses",
    "length",
    "digits",
)
"""What the head is told of a text beside its n-grams; see `signals`."""

_LINK = re.compile(r"https?://|www\.|\burl\b")


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language's engine. `feel` scores a text by the lexicon; `spelled` gives it in the one spelling that the head of the
    family `head` was trained on."""

    engine: str
    head: str
    feel: Callable[[str], Feeling]
    spelled: Callable[[str], str]


@cache
def tongue(language: str) -> Tongue | None:
    """The engine of a language, or None where we have none."""
    if language == "en":
        from analysis.lexicons import english

        return Tongue(english.ENGINE, "en", english.feel, english.normal)
    if language in ("hi", "hi-Latn"):
        from analysis.lexicons import hindi

        name = "sunwai-hi-1" if language == "hi" else "sunwai-hi-Latn-1"
        return Tongue(name, "hi", hindi.feel, hindi.phonetic)
    if language == "tr":
        from analysis.lexicons import turkish

        return Tongue("sunwai-tr-1", "tr", turkish.feel, turkish.normal)
    return None


def signals(texts: Sequence[str], feelings: Sequence[Feeling]) -> NDArray[np.float32]:
    """A row of `SIGNALS` for each text, all of about the same size: -1 to 1, or 0 to 1."""
    return np.array(
        [_signals(text, feeling) for text, feeling in zip(texts, feelings, strict=True)], dtype=np.float32
    ).reshape(len(texts), len(SIGNALS))


def _signals(text: str, feeling: Feeling) -> tuple[float, ...]:
    letters = len(text) or 1
    return (
        feeling.score,
        tanh(feeling.positive / 4),
        tanh(feeling.negative / 4),
        feeling.last / 4,
        min(1.0, len(feeling.charged) / 4),
        min(1.0, feeling.unspent / 2),
        min(1.0, text.count("!") / 3),
        min(1.0, text.count("?") / 2),
        min(1.0, 3 * sum(map(str.isupper, text)) / letters),
        1.0 if _LINK.search(text) else 0.0,
        min(1.0, text.count("#") / 3),
        1.0 if text.lstrip().startswith("@") else 0.0,
        log1p(letters) / 6,
        min(1.0, 5 * sum(map(str.isdigit, text)) / letters),
    )
