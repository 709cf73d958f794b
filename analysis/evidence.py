"""All that is read of a text before it is judged: words, cues, concepts, how it feels. What the learned head is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log1p, tanh
from string import ascii_uppercase, digits

import numpy as np

from analysis import concepts
from analysis.facts import SIGNALS as CUES
from analysis.facts import Facts, facts
from analysis.head import Floats
from analysis.lexicons.scoring import Feeling
from analysis.tongues import TONGUES, tongue
from analysis.words import Words


@dataclass(frozen=True, slots=True)
class Evidence:
    """A text as read in a language that we judge. `spelled` is the one spelling that the n-grams are taken of."""

    text: str
    language: str
    words: Words
    facts: Facts
    feeling: Feeling
    spelled: str


def gather(text: str, language: str, words: Words, masked: str) -> Evidence:
    """Read one text. `masked` is the text without handles, links and the brand's names; `language` is one of TONGUES."""
    engine = tongue(language)
    return Evidence(text, language, words, facts(words), engine.feel(masked), engine.spelled(masked))


def inputs(found: Sequence[Evidence], logits: Floats) -> Floats:
    """The second layer's table: the n-grams' logits, the signals, concepts and cues, and the language of each text."""
    signals = np.array(
        [(*_signals(one.text, one.feeling), 1.0 if one.facts.dropped else 0.0) for one in found], dtype=np.float32
    )
    cues, places = np.zeros((len(found), len(CUES)), dtype=np.float32), _cue_places()
    cues.put([row * len(CUES) + places[signal] for row, one in enumerate(found) for signal in one.facts.hits], 1.0)
    spoken = np.array([[one.language == code for code in TONGUES] for one in found], dtype=np.float32)
    return np.hstack((logits, signals, _concepts([one.facts for one in found]), cues, spoken))


def names(answers: Sequence[str]) -> tuple[str, ...]:
    """The columns of `inputs`; `answers` are those of the readers."""
    return (
        *(f"n-grams {answer}" for answer in answers),
        *SIGNALS,
        *map(concepts.filed, concepts.names()),
        *(f"cue {name}" for name in _cue_places()),
        *(f"in {code}" for code in TONGUES),
    )


@cache
def _cue_places() -> dict[str, int]:
    return {name: place for place, name in enumerate(sorted(CUES))}


def _concepts(found: Sequence[Facts]) -> Floats:
    """A row for each text and a column for each concept: 0 absent, 1 present, a little more where it shows again."""
    places, size = _concept_places(), len(concepts.names())
    shown = [row * size + places[name] for row, one in enumerate(found) for name in one.concepts]
    times = np.bincount(shown, minlength=len(found) * size).reshape(len(found), size)
    return np.where(times > 0, np.minimum(1.5, 0.75 + 0.25 * times), 0.0).astype(np.float32)


@cache
def _concept_places() -> dict[str, int]:
    return {concepts.filed(name): place for place, name in enumerate(concepts.names())}


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
    "dropped",
)


def _signals(text: str, feeling: Feeling) -> tuple[float, ...]:
    """What the lexicon and the look of a text say, all of about the same size: -1 to 1, or 0 to 1."""
    letters = len(text) or 1
    capitals, numerals = _capitals_and_digits(text)
    return (
        feeling.score,
        tanh(feeling.positive / 4),
        tanh(feeling.negative / 4),
        feeling.last / 4,
        min(1.0, len(feeling.charged) / 4),
        min(1.0, feeling.unspent / 2),
        min(1.0, text.count("!") / 3),
        min(1.0, text.count("?") / 2),
        min(1.0, 3 * capitals / letters),
        1.0 if "http://" in text or "https://" in text or "www." in text else 0.0,
        min(1.0, text.count("#") / 3),
        1.0 if text.lstrip().startswith("@") else 0.0,
        log1p(letters) / 6,
        min(1.0, 5 * numerals / letters),
    )


def _capitals_and_digits(text: str) -> tuple[int, int]:
    if not text.isascii():
        return sum(map(str.isupper, text)), sum(map(str.isdigit, text))
    letters = text.encode()
    return len(letters) - len(letters.translate(None, _CAPITALS)), len(letters) - len(letters.translate(None, _DIGITS))


_CAPITALS, _DIGITS = ascii_uppercase.encode(), digits.encode()
