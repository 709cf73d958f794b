"""VADER (Hutto & Gilbert, ICWSM 2014), the same to the last bit and many times faster.

`vaderSentiment` stays the reference and gives the word lists: its rules are told again here, slips included, on words that
are looked up once. It lowers and searches whole lists at every step; here all that a rule asks of a word is known
beforehand, and words that no rule names cost one look each.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt
from string import punctuation

from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    C_INCR,
    N_SCALAR,
    NEGATE,
    SPECIAL_CASES,
    SentimentIntensityAnalyzer,
)

from analysis.remembered import Remembered

ENGINE = "vader-3.3.2"

_SYMBOL = re.compile("[\xa9\xae\u2030-\u33ff\U0001f000-\U0001ffff]")
"""Where emoji are: a few ranges, for a class of a thousand single ones is searched one by one."""

_LASTS = {phrase.split()[-1] for phrase in (*SPECIAL_CASES, *BOOSTER_DICT)}
_FIRSTS = {phrase.split()[0] for phrase in SPECIAL_CASES}
_RULED = frozenset({*BOOSTER_DICT, *NEGATE, *_LASTS, "no", "least", "this", "kind"})


@dataclass(frozen=True, slots=True)
class _Word:
    """What the rules ask of a word. `listed`: the lexicon has it. `ruled`: a rule names it, so it may change its neighbours.
    `acts`: it is listed, or it is "but"."""

    lower: str
    upper: bool = False
    listed: bool = False
    valence: float = 0.0
    boost: float = 0.0
    denies: bool = False
    ruled: bool = False
    acts: bool = False


_BEFORE, _AFTER = _Word("", listed=True), _Word("")
"""What stands in for the words before the first, which no rule may read, and after the last."""


class Vader:
    """The scorer. It may be shared by threads."""

    def __init__(self) -> None:
        reference = SentimentIntensityAnalyzer()
        self.lexicon: dict[str, float] = reference.lexicon
        self._words = Remembered(self._word, most=100_000, longest=64)  # some 30 MB at most
        # The reference walks single characters, so it never meets the emoji that are written with several.
        self._emoji = {emoji: f" {told}" for emoji, told in reference.emojis.items() if len(emoji) == 1}

    def _word(self, token: str) -> _Word:
        """What the rules ask of a token as it stands between spaces."""
        stripped = token.strip(punctuation)
        text = stripped if len(stripped) > 2 else token  # a short one may be an emoticon
        lower = text.lower()
        listed = lower in self.lexicon
        denies = lower in NEGATE or "n't" in lower
        return _Word(
            lower,
            text.isupper(),
            listed,
            self.lexicon.get(lower, 0.0),
            BOOSTER_DICT.get(lower, 0.0),
            denies,
            denies or lower in _RULED or (listed and lower in _FIRSTS),
            listed or lower == "but",
        )

    def compound(self, text: str) -> float:
        text = self._spelled(text)
        valences, _ = self._valences(text)
        return _compound(sum(valences), _emphasis(text)) if valences else 0.0

    def scores(self, text: str) -> dict[str, float]:
        text = self._spelled(text)
        valences, count = self._valences(text)
        if not valences:
            return {"neg": 0.0, "neu": 1.0 if count else 0.0, "pos": 0.0, "compound": 0.0}
        emphasis = _emphasis(text)
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

    def _valences(self, text: str) -> tuple[list[float], int]:
        """The valences in their places that are not 0, and how many words there are."""
        found = list(map(self._words.__getitem__, text.split()))
        acting = [i for i, word in enumerate(found, 3) if word.acts]
        if not acting:
            return [], len(found)
        words = [_BEFORE, _BEFORE, _BEFORE, *found, _AFTER, _AFTER]
        places, valences, turn = [], [], 0
        mixed: bool | None = None
        for i in acting:
            word = words[i]
            if not word.listed:
                turn = turn or i
            elif words[i - 1].ruled or words[i - 2].ruled or words[i - 3].ruled or word.ruled or word.upper:
                if mixed is None:
                    mixed = 0 < sum([w.upper for w in found]) < len(found)
                if valence := _valence(words, i, mixed):
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
        return valences, len(found)


def _valence(words: Sequence[_Word], i: int, mixed: bool) -> float:
    """The valence of the listed word at `i` in its place. `mixed`: some words are in capitals and some are not."""
    word, one, two, three = words[i], words[i - 1], words[i - 2], words[i - 3]
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
        valence += _boost(one, valence, mixed)
        if one.denies:
            valence *= N_SCALAR
    so = one.lower in ("so", "this")
    if not two.listed:
        valence += _boost(two, valence, mixed) * 0.95
        if two.lower == "never" and so:
            valence *= 1.25
        elif two.denies and not (two.lower == "without" and one.lower == "doubt"):
            valence *= N_SCALAR
    if not three.listed:
        valence += _boost(three, valence, mixed) * 0.9
        if so or (three.lower == "never" and two.lower in ("so", "this")):
            valence *= 1.25
        elif three.denies and not (three.lower == "without" and "doubt" in (two.lower, one.lower)):
            valence *= N_SCALAR
        valence = _idioms(words, i, valence)
    if one.lower == "least" and two.lower not in ("at", "very"):
        valence *= N_SCALAR
    return valence


def _boost(word: _Word, valence: float, mixed: bool) -> float:
    if not word.boost:
        return 0.0
    boost = word.boost if valence >= 0 else -word.boost
    if word.upper and mixed:
        boost += C_INCR if valence > 0 else -C_INCR
    return boost


def _idioms(words: Sequence[_Word], i: int, valence: float) -> float:
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
