"""How the author's own words feel, by VADER (Hutto & Gilbert, ICWSM 2014), for English alone.

VADER knows only English, so any other language is `unsupported` and never a false neutral. Handles, links and the
brand's names are masked first: they are names, but VADER's lexicon scores them ("united" counts +1.8).
"""

from functools import cache
from typing import TYPE_CHECKING

from analysis.words import EMOJI, HANDLE, LETTERS, LINK, brand_names
from core.assessment import Sentiment
from core.mention import Brand

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

ENGINE = "vader-3.3.2"
MAX_CHARACTERS = 2_000
"""VADER takes quadratic time; the mood of a longer text is that of its beginning."""

_UNSUPPORTED = Sentiment("unsupported", 0.0, ENGINE)


def sentiment(text: str, language: str, brand: Brand | None = None) -> Sentiment:
    """Score one text. The label is VADER's own: negative to -0.05, positive from 0.05 of the compound score.

    Text without letters is scored for its emoji, which speak every language; without either it is unsupported.
    """
    if language != "en" and (LETTERS.search(text) or not EMOJI.search(text)):
        return _UNSUPPORTED
    score = _vader().polarity_scores(mask(text[:MAX_CHARACTERS], brand))["compound"]
    return Sentiment("positive" if score >= 0.05 else "negative" if score <= -0.05 else "neutral", score, ENGINE)


def mask(text: str, brand: Brand | None = None) -> str:
    """The text without handles, links and the brand's names, so that only what is said of it counts."""
    if "@" in text:
        text = HANDLE.sub(" ", text)
    if "://" in text or "www." in text:
        text = LINK.sub(" ", text)
    if brand is not None and (names := brand_names(brand)) is not None:
        text = names.sub(" brand ", text)
    return text


@cache
def _vader() -> "SentimentIntensityAnalyzer":
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()
