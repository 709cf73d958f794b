"""One way to score a text by a lexicon: phrases, negation, boosters, contrast, emoji.

Valences are on VADER's scale (Hutto & Gilbert, ICWSM 2014): -4, the worst, to 4, the best, and the score is VADER's
normalised sum x / sqrt(x² + 15). What differs between languages is in a `Grammar`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import sqrt
from typing import Final, NamedTuple

from analysis.kept import kept
from analysis.lexicons import HERE
from analysis.remembered import Remembered

MARKS: Final = frozenset(".!?,")
_ALPHA: Final = 15.0
_NEGATION_REACH: Final = 3
_DENIED_GOOD, _DENIED_BAD = -0.75, -0.4  # "not good" is bad, "not bad" only mildly good
_BEFORE_CONTRAST, _AFTER_CONTRAST = 0.5, 1.5  # VADER's


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a language shades its words. All words are folded as the language's tokeniser gives them.

    `lexicon` maps words, and phrases, their words joined by a space, to valences. `look_up` answers for words that
    it lacks (stems, spelling variants); 0.0 says unknown. Negators `before` deny what follows within three words, those
    `after` what precedes; neither denies emoji, nor a phrase that has its negator in it. `boosters` multiply the next
    word's valence, or the last one's if they close a clause: over 1 strengthens, under 1 weakens. What follows a `contrast`
    word counts more than what precedes it.
    """

    lexicon: Mapping[str, float]
    look_up: Callable[[str], float] = lambda word: 0.0
    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    boosters: Mapping[str, float] = field(default_factory=dict)
    contrast: frozenset[str] = frozenset()
    known: Remembered["Known"] = field(init=False, repr=False, compare=False)
    negators: frozenset[str] = field(init=False)
    _begun: Mapping[str, Mapping[str, int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        begun: dict[str, dict[str, int]] = {}
        for phrase in self.lexicon:
            if " " in phrase:
                first, second, *rest = phrase.split(" ")
                longest = begun.setdefault(first, {})
                longest[second] = max(longest.get(second, 0), 2 + len(rest))
        object.__setattr__(self, "_begun", begun)
        object.__setattr__(self, "negators", self.before | self.after)
        object.__setattr__(self, "known", Remembered(self._know))

    def _know(self, token: str) -> "Known":
        valence = 0.0 if token in MARKS else self.lexicon.get(token)
        if valence is None:
            valence = self.look_up(token)
        seconds = self._begun.get(token, _NO_SECONDS)
        denies, contrasts = token in self.negators, token in self.contrast
        return Known(valence, seconds, denies, contrasts) if valence or seconds or denies or contrasts else _DULL


_NO_SECONDS: Final[Mapping[str, int]] = {}


class Known(NamedTuple):
    """What is known of a word: its valence, the second words of the phrases that it begins, each with the length of the
    longest of them, and whether it denies or contrasts."""

    valence: float
    seconds: Mapping[str, int]
    denies: bool
    contrasts: bool


_DULL: Final = Known(0.0, _NO_SECONDS, denies=False, contrasts=False)
"""What is known of most words. There is one such only, so that they are passed over at a glance."""


class Charged(NamedTuple):
    """A word or phrase with feeling: `start` and `end` in tokens, its `valence` as listed, and as it `counts` in place."""

    start: int
    end: int
    text: str
    valence: float
    counts: float


class Feeling(NamedTuple):
    """What a lexicon finds in a text.

    `score` runs from -1 to 1. `positive` and `negative` are sums of valences as they count (negative is 0 or less), `last`
    the valence of the last charged words. `unspent` counts negators that deny nothing charged: "it has not come" says no
    charged word, and yet it does not praise.
    """

    score: float
    positive: float = 0.0
    negative: float = 0.0
    last: float = 0.0
    unspent: int = 0
    charged: tuple[Charged, ...] = ()


def feel(tokens: Sequence[str], grammar: Grammar, known: Iterable[Known] | None = None) -> Feeling:
    """Score tokens: folded words, emoji, and the marks ". ! ? ,". `known` is what `grammar` knows of each, if looked up."""
    if known is None:
        known = map(grammar.known.__getitem__, tokens)
    acting = [(i, word) for i, word in enumerate(known) if word is not _DULL]
    if not acting:
        return _NOTHING
    negators = [] if grammar.negators.isdisjoint(tokens) else [i for i, word in acting if word.denies]
    found = _charged(tokens, acting, grammar.lexicon)
    if not found:
        return Feeling(0.0, unspent=len(negators)) if negators else _NOTHING
    turn = max([i for i, word in acting if word.contrasts], default=-1) if len(found) > 1 else -1
    boosted = not grammar.boosters.keys().isdisjoint(tokens)
    spent: set[int] = set()
    charged = []
    positive = negative = 0.0
    for start, end, valence in found:
        counts = valence * _boost(tokens, start, end, grammar) if boosted else valence
        if negators:
            denials = []
            if tokens[start][0].isalnum() and (end - start == 1 or grammar.negators.isdisjoint(tokens[start:end])):
                denials = [i for i in negators if _denies(tokens, i, start, end, grammar)]
            spent.update(denials, [i for i in negators if start <= i < end])
            if len(denials) % 2:
                counts *= _DENIED_GOOD if counts > 0 else _DENIED_BAD
        if turn >= 0:
            counts *= _BEFORE_CONTRAST if start < turn else _AFTER_CONTRAST
        if counts > 0:
            positive += counts
        else:
            negative += counts
        charged.append(Charged(start, end, " ".join(tokens[start:end]), valence, counts))
    total = (positive + negative) * (1.0 + 0.08 * min(3, tokens.count("!")))
    return Feeling(
        total / sqrt(total * total + _ALPHA),
        positive,
        negative,
        charged[-1].counts,
        len(negators) - len(spent),
        tuple(charged),
    )


_NOTHING: Final = Feeling(0.0)


def _charged(
    tokens: Sequence[str], acting: Sequence[tuple[int, Known]], lexicon: Mapping[str, float]
) -> list[tuple[int, int, float]]:
    """The charged words and phrases, the longest first where they begin alike, none inside another."""
    found, free, last = [], 0, len(tokens) - 1
    for i, (valence, seconds, _, _) in acting:
        if i < free:
            continue
        if seconds and i < last and (longest := seconds.get(tokens[i + 1])):
            for end in range(min(i + longest, len(tokens)), i + 1, -1):
                if (told := lexicon.get(" ".join(tokens[i:end]))) is not None:
                    free = end
                    break
            if i < free:
                if told:  # a phrase of 0 takes the charge out of its words: "no problem"
                    found.append((i, free, told))
                continue
        if valence:
            found.append((i, i + 1, valence))
    return found


def _boost(tokens: Sequence[str], start: int, end: int, grammar: Grammar) -> float:
    """What the two words before add, and one that closes the clause after."""
    boosters, factor = grammar.boosters, 1.0
    for i in (start - 2, start - 1):
        if i >= 0 and tokens[i] in boosters and not MARKS.intersection(tokens[i:start]):
            factor *= boosters[tokens[i]]
    if end < len(tokens) and tokens[end] in boosters and (end + 1 == len(tokens) or tokens[end + 1] in MARKS):
        factor *= boosters[tokens[end]]
    return min(factor, 2.0)


def _denies(tokens: Sequence[str], i: int, start: int, end: int, grammar: Grammar) -> bool:
    """Does the negator at `i` deny the charged words: near enough, in their clause, and on the side that it works to."""
    if start <= i < end:
        return False
    if i < start:
        between = tokens[i + 1 : start]
        near = tokens[i] in grammar.before
    else:
        between = tokens[end:i]
        near = tokens[i] in grammar.after
    return (
        near and len(between) <= _NEGATION_REACH - 1 and not any(t in MARKS or t in grammar.contrast for t in between)
    )


@cache
def entries(name: str) -> dict[str, float]:
    """A lexicon file beside this module: `word or phrase<TAB>valence`, one a line, `#` begins a comment line.

    Raises ValueError that names the line of a slip.
    """
    return kept(name.replace(".", "_"), lambda: _read(name))


def _read(name: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for number, line in enumerate((HERE / name).read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        word, _, valence = line.partition("\t")
        try:
            found[word.strip()] = float(valence)
        except ValueError:
            raise ValueError(f"{name}:{number}: it reads 'word<TAB>valence', not {line!r}") from None
        if not -4.0 <= found[word.strip()] <= 4.0:
            raise ValueError(f"{name}:{number}: a valence runs from -4 to 4")
    return found
