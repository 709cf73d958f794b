"""VADER (Hutto & Gilbert, ICWSM 2014), the same to the last bit and many times faster.

`vaderSentiment` stays the reference and gives the word lists: its rules are told again here, slips included, on words that
are looked up once. It lowers and searches whole lists at every step; here all that a rule asks of a word is known
beforehand, and words that no rule names cost one look each.
"""

import re
from collections.abc import Iterable
from functools import cache
from math import sqrt
from string import punctuation
from typing import Final, final

from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    C_INCR,
    N_SCALAR,
    NEGATE,
    SPECIAL_CASES,
    SentimentIntensityAnalyzer,
)

from analysis.kept import kept
from analysis.remembered import Remembered

ENGINE: Final = "vader-3.3.2"

_SYMBOL: Final = re.compile("[\xa9\xae\u2030-\u33ff\U0001f000-\U0001ffff]")
"""Where emoji are: a few ranges, for a class of a thousand single ones is searched one by one."""

_LASTS: Final = {phrase.split()[-1] for phrase in (*SPECIAL_CASES, *BOOSTER_DICT)}
_FIRSTS: Final = {phrase.split()[0] for phrase in SPECIAL_CASES}
_RULED: Final = frozenset({*BOOSTER_DICT, *NEGATE, *_LASTS, "no", "least", "this", "kind"})
_PHRASES: Final = [phrase.split() for phrase in (*SPECIAL_CASES, *BOOSTER_DICT) if " " in phrase]
_CLOSING: Final = frozenset(words[-1] for words in _PHRASES)
_DENYING: Final = frozenset(NEGATE)
_NAMED: Final = _RULED | {"or", "nor", "at", "doubt", "but"} | set().union(*_PHRASES)
_DARKENING: Final = {"no", "least"} | {
    rule.split()[0] for rule, told in (SPECIAL_CASES | BOOSTER_DICT).items() if told < 0
}


@final
class Word:
    """What the rules ask of a word. `listed`: the lexicon has it. `ruled`: a rule names it, so it may change its neighbours.
    `acts`: it is listed, or it is "but". `closes`: a phrase ends with it. `dark`: no text without such a word is worth less
    than 0."""

    __slots__ = ("acts", "boost", "closes", "dark", "denies", "listed", "lower", "ruled", "upper", "valence")

    def __init__(
        self,
        lower: str,
        upper: bool = False,
        listed: bool = False,
        valence: float = 0.0,
    ) -> None:
        self.lower, self.upper, self.listed, self.valence = lower, upper, listed, valence
        self.boost: float = BOOSTER_DICT.get(lower, 0.0)
        self.denies = lower in _DENYING or "n't" in lower
        self.ruled = self.denies or lower in _RULED or (listed and lower in _FIRSTS)
        self.acts = listed or lower == "but"
        self.closes = lower in _CLOSING
        self.dark = self.denies or lower in _DARKENING or (listed and valence <= 0.0)


_BEFORE: Final = Word("", listed=True)
_PLAIN: Final = Word("")
"""What stands in for the words before the first, which no rule may read, and for any that no rule asks for, as after the
last: there is one such only, for that most words are."""


def _read_lists() -> tuple[dict[str, float], dict[str, str]]:
    """The reference's words with their valences, and its emoji in words."""
    reference = SentimentIntensityAnalyzer()
    # It walks single characters, so it never meets the emoji that are written with several.
    return reference.lexicon, {emoji: f" {told}" for emoji, told in reference.emojis.items() if len(emoji) == 1}


class Vader:
    """The scorer. It may be shared by threads."""

    def __init__(self) -> None:
        self.lexicon, self._emoji = kept("vader", _read_lists)
        self._words = Remembered(self.word, most=100_000, longest=64)  # some 30 MB at most

    def word(self, token: str) -> Word:
        """What the rules ask of a token as it stands between spaces."""
        stripped = token if token.isalpha() else token.strip(punctuation)
        text = stripped if len(stripped) > 2 else token  # a short one may be an emoticon
        lower = text.lower()
        listed = lower in self.lexicon
        if not listed and lower not in _NAMED and not text.isupper() and "n't" not in lower:
            return _PLAIN
        return Word(lower, text.isupper(), listed, self.lexicon.get(lower, 0.0))

    def words(self, text: str) -> list[Word]:
        """The words of a text, or of a part of one that ends where words do."""
        return list(map(self._words.__getitem__, self._spelled(text).split()))

    def compound(self, text: str, words: list[Word] | None = None) -> float:
        """Of `scores` only the compound. `words` are those of the text, where they are known."""
        valences = self._valences(self.words(text) if words is None else words)
        return _compound(sum(valences), _emphasis(self._spelled(text))) if valences else 0.0

    def scores(self, text: str) -> dict[str, float]:
        words = self.words(text)
        count = len(words)
        valences = self._valences(words)
        if not valences:
            return {"neg": 0.0, "neu": 1.0 if count else 0.0, "pos": 0.0, "compound": 0.0}
        emphasis = _emphasis(self._spelled(text))
        positive = negative = 0.0
        for valence in valences:
            if valence > 0:
                positive += valence + 1  # makes up for neutral words, which count 1
            else:
                negative += valence - 1
        if positive > -negative:
            positive += emphasis
        elif positive < -negative:
            negative -= emphasis
        neutral = count - len(valences)
        total = positive - negative + neutral
        return {
            "neg": round(abs(negative / total), 3),
            "neu": round(neutral / total, 3),
            "pos": round(positive / total, 3),
            "compound": _compound(sum(valences), emphasis),
        }

    def _spelled(self, text: str) -> str:
        """The text with its emoji in words. Where the reference sets no space before them there is one already."""
        return text if text.isascii() else _SYMBOL.sub(lambda symbol: self._emoji.get(symbol[0], symbol[0]), text)

    def _valences(self, found: list[Word]) -> list[float]:
        """The valences in their places that are not 0."""
        words = [_BEFORE, _BEFORE, _BEFORE, *found, _PLAIN, _PLAIN]
        places: list[int] = []
        valences: list[float] = []
        turn = 0
        for i, word in enumerate(words):
            if i < 3 or not word.acts:
                continue
            if not word.listed:
                turn = turn or i
            elif words[i - 1].ruled or words[i - 2].ruled or words[i - 3].ruled or word.ruled or word.upper:
                if valence := _valence(words, i):
                    places.append(i)
                    valences.append(valence)
            elif word.valence:
                places.append(i)
                valences.append(word.valence)
        if turn:
            # The reference looks a valence up by its value, so the first of equals is changed, not the one it came from.
            for valence in valences:
                first = valences.index(valence)
                valences[first] *= 0.5 if places[first] < turn else 1.5
        return valences


def _valence(words: list[Word], i: int) -> float:
    """The valence of the listed word at `i` in its place: three stand before the first word, and two after the last."""
    word, one, two, three = words[i], words[i - 1], words[i - 2], words[i - 3]
    # Capitals shout unless all is in capitals.
    shouted = word.upper or one.upper or two.upper or three.upper
    mixed = shouted and not all(word.upper for word in words[3:-2])
    if word.lower == "kind" and words[i + 1].lower == "of":
        return 0.0
    valence = word.valence
    if word.lower == "no" and words[i + 1].listed:
        valence = 0.0
    if one.lower == "no" or two.lower == "no" or (three.lower == "no" and one.lower in ("or", "nor")):
        valence = word.valence * N_SCALAR
    if word.upper and mixed:
        valence += C_INCR if valence > 0 else -C_INCR
    if not one.listed:
        if one.boost:
            valence += _boost(one, valence, mixed)
        if one.denies:
            valence *= N_SCALAR
    so = one.lower in ("so", "this")
    if not two.listed:
        if two.boost:
            valence += _boost(two, valence, mixed) * 0.95
        if two.lower == "never" and so:
            valence *= 1.25
        elif two.denies and not (two.lower == "without" and one.lower == "doubt"):
            valence *= N_SCALAR
    if not three.listed:
        if three.boost:
            valence += _boost(three, valence, mixed) * 0.9
        if so or (three.lower == "never" and two.lower in ("so", "this")):
            valence *= 1.25
        elif three.denies and not (three.lower == "without" and "doubt" in (two.lower, one.lower)):
            valence *= N_SCALAR
        if one.closes or word.closes or two.closes or words[i + 1].closes or words[i + 2].closes:
            valence = _idioms(words, i, valence)
    if one.lower == "least" and two.lower not in ("at", "very"):
        valence *= N_SCALAR
    return valence


def _boost(word: Word, valence: float, mixed: bool) -> float:
    boost = word.boost if valence >= 0 else -word.boost
    if word.upper and mixed:
        boost += C_INCR if valence > 0 else -C_INCR
    return boost


def _idioms(words: list[Word], i: int, valence: float) -> float:
    """What "to die for" or "kind of" around the word at `i` make of its valence."""
    three, two, one, zero, next_one, next_two = [word.lower for word in words[i - 3 : i + 3]]
    for idiom in (
        f"{one} {zero}",
        f"{two} {one} {zero}",
        f"{two} {one}",
        f"{three} {two} {one}",
        f"{three} {two}",
    ):
        if idiom in SPECIAL_CASES:
            valence = SPECIAL_CASES[idiom]
            break
    valence = SPECIAL_CASES.get(f"{zero} {next_one}", valence)
    valence = SPECIAL_CASES.get(f"{zero} {next_one} {next_two}", valence)
    for booster in (f"{three} {two}", f"{two} {one}"):
        valence += BOOSTER_DICT.get(booster, 0.0)
    return valence


def _emphasis(text: str) -> float:
    asked = text.count("?")
    return min(text.count("!"), 4) * 0.292 + (0.0 if asked < 2 else asked * 0.18 if asked < 4 else 0.96)


def _compound(total: float, emphasis: float) -> float:
    if total > 0:
        total += emphasis
    elif total < 0:
        total -= emphasis
    return round(total / sqrt(total * total + 15), 4)


@cache
def vader() -> Vader:
    """The scorer, made once: to read the word lists takes some 20 ms."""
    return Vader()


def scores(texts: Iterable[str]) -> list[dict[str, float]]:
    """What `polarity_scores` says of each text: neg, neu and pos from 0 to 1, and compound from -1 to 1."""
    return list(map(vader().scores, texts))
