"""All that is read of a text before it is judged: words, cues, concepts, how it feels. What the learned head is told."""

from collections.abc import Sequence
from functools import cache
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from analysis import concepts
from analysis.facts import SIGNALS as CUES
from analysis.facts import Facts, facts
from analysis.head import Floats
from analysis.kept import kept
from analysis.lexicons.scoring import Feeling
from analysis.tongues import TONGUES, tongue
from analysis.words import Words

Counts: TypeAlias = NDArray[np.int64]


@final
class Evidence:
    """A text as read in a language that we judge. `masked` is it without handles, links and the brand's names, and `spelled`
    its words in the one spelling that the n-grams are taken of."""

    def __init__(
        self,
        text: str,
        language: str,
        words: Words,
        facts: Facts,
        feeling: Feeling,
        masked: str,
        spelled: Sequence[str],
    ) -> None:
        self.text, self.language, self.words, self.facts = text, language, words, facts
        self.feeling, self.masked, self.spelled = feeling, masked, spelled


def gather(text: str, language: str, words: Words, masked: str, found: Facts | None = None) -> Evidence:
    """Read one text. `masked` is as in `Evidence`; `language` is one of TONGUES; `found` are its facts, where they are read
    already."""
    engine = tongue(language)
    spelled = engine.spelled(masked)
    return Evidence(text, language, words, found or facts(words), engine.feel(masked), masked, spelled)


def inputs(found: Sequence[Evidence], logits: Floats) -> Floats:
    """The second layer's table: the n-grams' logits, the signals, concepts and cues, and the language of each text."""
    cues, places = np.zeros((len(found), len(CUES)), dtype=np.float32), _cue_places()
    cues.put([row * len(CUES) + places[signal] for row, one in enumerate(found) for signal in one.facts.hits], 1.0)
    spoken = np.eye(len(TONGUES), dtype=np.float32)[[TONGUES.index(one.language) for one in found]]
    return np.hstack((logits, _signals(found), _concepts([one.facts for one in found]), cues, spoken))


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
    size = len(concepts.names())
    shown = [row * size + place for row, one in enumerate(found) for place in one.concepts]
    times = np.bincount(shown, minlength=len(found) * size).reshape(len(found), size)
    return np.where(times > 0, np.minimum(1.5, 0.75 + 0.25 * times), 0.0).astype(np.float32)


SIGNALS: Final = (
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
    "digits",
    "dropped",
    "apostrophes",
    "names",
    "joined names",
)


def _signals(found: Sequence[Evidence]) -> Floats:
    """What the lexicon and the look of a text say, all of about the same size: -1 to 1, or 0 to 1. Not its length: in the
    corpus who is in need tells more, but long letters are mostly calm."""
    raw = np.array([_counts(one) for one in found], dtype=np.float64)
    (
        score,
        positive,
        negative,
        last,
        charged,
        unspent,
        exclaims,
        asks,
        link,
        hashtags,
        addresses,
        letters,
        dropped,
        cut,
    ) = raw.T
    capitals, numerals = _capitals_and_digits([one.text for one in found])
    names, joined = _names([one.masked for one in found])
    letters = np.maximum(letters, 1.0)
    table = np.empty((len(found), len(SIGNALS)), dtype=np.float32)
    for column, values in enumerate(
        (
            score,
            np.tanh(positive / 4),
            np.tanh(negative / 4),
            last / 4,
            charged / 4,
            unspent / 2,
            exclaims / 3,
            asks / 2,
            3 * capitals / letters,
            link,
            hashtags / 3,
            addresses,
            5 * numerals / letters,
            dropped,
            cut / 2,
            names / 4,
            joined,
        )
    ):
        table[:, column] = values
    table[:, _AT_MOST_ONE] = np.minimum(1.0, table[:, _AT_MOST_ONE])
    return table


_AT_MOST_ONE: Final = [
    SIGNALS.index(name)
    for name in (
        "charged",
        "unspent",
        "exclaims",
        "asks",
        "shouts",
        "hashtags",
        "digits",
        "apostrophes",
        "names",
        "joined names",
    )
]


def _counts(one: Evidence) -> tuple[float, ...]:
    text, feeling = one.text, one.feeling
    return (
        feeling.score,
        feeling.positive,
        feeling.negative,
        feeling.last,
        len(feeling.charged),
        feeling.unspent,
        text.count("!"),
        text.count("?"),
        "http://" in text or "https://" in text or "www." in text,
        text.count("#"),
        text.lstrip().startswith("@"),
        len(text),
        bool(one.facts.dropped),
        one.masked.count("'") + one.masked.count("’"),
    )


def _capitals_and_digits(texts: Sequence[str]) -> tuple[Counts, Counts]:
    """How many of each text's characters are capitals, and how many are digits."""
    letters, ends = _letters(texts)
    capital, _, digit = _listed()
    return _counted(capital.take(letters, mode="clip"), ends), _counted(digit.take(letters, mode="clip"), ends)


def _names(texts: Sequence[str]) -> tuple[Counts, Counts]:
    """How many names a text seems to have beside the brand's, which is masked: capitals that begin a word in the middle of a
    sentence, and such within a word ("ZipBasket"). Who is at fault is often a name that nobody has heard of."""
    letters, ends = _letters(texts)
    capital, small, _ = (listed.take(letters, mode="clip") for listed in _listed())
    names, joined = np.zeros_like(capital), np.zeros_like(capital)
    joined[1:] = capital[1:] & small[:-1]
    names[2:] = capital[2:] & (letters[1:-1] == _SPACE) & (small[:-2] | (letters[:-2] == _COMMA))
    return _counted(names, ends), _counted(joined, ends)


_SPACE: Final = np.uint32(ord(" "))
_COMMA: Final = np.uint32(ord(","))


def _letters(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """The characters of all texts, a line's end after each, and where each text ends."""
    letters = np.frombuffer("\n".join((*texts, "")).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return letters, np.cumsum(np.fromiter(map(len, texts), dtype=np.intp, count=len(texts)) + 1) - 1


def _counted(shown: NDArray[np.uint8], ends: NDArray[np.intp]) -> Counts:
    """How often it shows in each text."""
    return np.diff(np.cumsum(shown, dtype=np.int64).take(ends), prepend=0)


@cache
def _listed() -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Of each character: is it a capital, a small letter, a digit; beyond these planes, which are clipped to the last, are
    none."""
    capital, small, digit = kept("characters", _told_apart)
    return np.frombuffer(capital, np.uint8), np.frombuffer(small, np.uint8), np.frombuffer(digit, np.uint8)


def _told_apart() -> tuple[bytes, bytes, bytes]:
    characters = np.arange(0x20000, dtype=np.uint32).view("U1")
    asked = np.strings.isupper, np.strings.islower, np.strings.isdigit
    capital, small, digit = [tells(characters).tobytes() for tells in asked]
    return capital, small, digit
