"""How the author's own words feel: what the learned head says in the languages that we judge, and emoji in all others.

Any other language is `unsupported`, never a false neutral. Handles, links and the brand's names are masked first: they
are names, but a lexicon would score them ("united" counts +1.8 in VADER's).
"""

from collections.abc import Sequence
from math import exp, log
from typing import Final

from analysis.lexicons import english
from analysis.tongues import tongue
from analysis.weights import Weights
from analysis.words import EMOJI, HANDLE, LETTERS, LINK, brand_names, may_name
from core.assessment import Sentiment, SentimentLabel
from core.brand import Brand

LABELS: tuple[SentimentLabel, ...] = ("negative", "neutral", "positive")
EMOJI_ENGINE: Final = "sunwai-emoji-1"

_UNSUPPORTED: Final = Sentiment("unsupported", 0.0, "none")


def felt(odds: Sequence[float], language: str, weights: Weights) -> Sentiment:
    """The likeliest of negative, neutral and positive; the score is what speaks for positive less what speaks for negative.

    `odds` are the head's probabilities; what the desk has taught moves them in log odds.
    """
    if (moved := weights.mood.get(language)) is not None:
        raised = [exp(log(max(p, 1e-9)) + by) for p, by in zip(odds, moved, strict=True)]
        odds = [p / sum(raised) for p in raised]
    negative, neutral, positive = odds
    label = LABELS[1] if neutral >= max(negative, positive) else LABELS[0] if negative >= positive else LABELS[2]
    return Sentiment(label, positive - negative, tongue(language).engine)


def feel_of_emoji(text: str) -> Sentiment:
    """Text without letters is scored for its emoji, which speak every language; all else is unsupported."""
    if LETTERS.search(text) or not EMOJI.search(text):
        return _UNSUPPORTED
    score = english.feel(text).score
    label = LABELS[2] if score >= 0.05 else LABELS[0] if score <= -0.05 else LABELS[1]
    return Sentiment(label, score, EMOJI_ENGINE)


def mask(text: str, brand: Brand | None = None) -> str:
    """The text without handles, links and the brand's names, so that only what is said of it counts. Nothing stands in for
    a name: who names the brand is no more urgent for it, but a head that sees it would learn what the corpus makes of it.
    """
    if "@" in text:
        text = HANDLE.sub(" ", text)
    if "://" in text or "www." in text:
        text = LINK.sub(" ", text)
    if brand is not None and may_name(brand, text) and (names := brand_names(brand)) is not None:
        text = names.sub(" ", text)
    return text
