"""One way to score a text by a lexicon: phrases, negation, boosters, contrast, emoji.

Valences are on VADER's scale (Hutto & Gilbert, ICWSM 2014): -4, the worst, to 4, the best, and the score is VADER's
normalised sum x / sqrt(x² + 15). What differs between languages is in a `Grammar`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from math import sqrt
from types import MappingProxyType
from typing import Final, final

from analysis.kept import kept
from analysis.lexicons import HERE
from analysis.remembered import Remembered

MARKS: Final = frozenset(".!?,")
_ALPHA: Final = 15.0
_NEGATION_REACH: Final = 3
_DENIED_GOOD, _DENIED_BAD = -0.75, -0.4  # "not good" is bad, "not bad" only mildly good
_BEFORE_CONTRAST, _AFTER_CONTRAST = 0.5, 1.5  # VADER's


@final
class Grammar:
    """How a language shades its words. All words are folded as the language's tokeniser gives them.

    `lexicon` maps words, and phrases, their words joined by a space, to valences. `look_up` answers for words that
    it lacks (stems, spelling variants); 0.0 says unknown. Negators `before` deny what follows within three words, those
    `after` what precedes; neither denies emoji, nor a phrase that has its negator in it. `boosters` multiply the next
    word's valence, or the last one's if they close a clause: over 1 strengthens, under 1 weakens. What follows a `contrast`
    word counts more than what precedes it. `phrases` are what `begun` says of the lexicon, where it is kept.
    """

    def __init__(
        self,
        lexicon: dict[str, float],
        look_up: Callable[[str], float] = lambda word: 0.0,
        before: frozenset[str] = frozenset(),
        after: frozenset[str] = frozenset(),
        boosters: Mapping[str, float] = MappingProxyType({}),
        contrast: frozenset[str] = frozenset(),
        phrases: dict[str, dict[str, int]] | None = None,
    ) -> None:
        self.lexicon, self.look_up, self.before, self.after = lexicon, look_up, before, after
        self.boosters, self.contrast = dict(boosters), contrast
        self.known = Remembered(self.know)
        self._begun = begun(lexicon) if phrases is None else phrases

    def know(self, token: str) -> "Known":
        """What is known of a word."""
        mark = token in MARKS
        valence = 0.0 if mark else self.lexicon.get(token)
        if valence is None:
            valence = self.look_up(token)
        return Known(
            token,
            valence,
            self._begun.get(token, _NO_SECONDS),
            token in self.before,
            token in self.after,
            self.boosters.get(token, 1.0),
            token in self.contrast,
            mark,
        )


def begun(lexicon: Iterable[str]) -> dict[str, dict[str, int]]:
    """The words that begin its phrases: the second words of these, each with the length of the longest of them."""
    begun: dict[str, dict[str, int]] = {}
    for phrase in lexicon:
        if " " in phrase:
            first, second, *rest = phrase.split(" ")
            longest = begun.setdefault(first, {})
            longest[second] = max(longest.get(second, 0), 2 + len(rest))
    return begun


_NO_SECONDS: Final[dict[str, int]] = {}


@final
class Known:
    """What is known of a word: its valence; the second words of the phrases that it begins, each with the length of the
    longest of them; whether it denies what follows it, or what precedes; what it multiplies its neighbour's valence by;
    whether it contrasts, or is a mark. `acts`: it has a valence, may begin a phrase, denies or contrasts."""

    __slots__ = ("acts", "after", "before", "boost", "contrasts", "denies", "mark", "seconds", "text", "valence")

    def __init__(
        self,
        text: str,
        valence: float,
        seconds: dict[str, int],
        before: bool,
        after: bool,
        boost: float,
        contrasts: bool,
        mark: bool,
    ) -> None:
        self.text, self.valence, self.seconds = text, valence, seconds
        self.before, self.after, self.denies = before, after, before or after
        self.boost, self.contrasts, self.mark = boost, contrasts, mark
        self.acts = bool(valence or seconds or self.denies or contrasts)


@final
class Charged:
    """A word or phrase with feeling: `start` and `end` in tokens, its `valence` as listed, and as it `counts` in place."""

    __slots__ = ("counts", "end", "start", "text", "valence")

    def __init__(self, start: int, end: int, text: str, valence: float) -> None:
        self.start, self.end, self.text, self.valence, self.counts = start, end, text, valence, valence


@final
class Feeling:
    """What a lexicon finds in a text.

    `score` runs from -1 to 1. `positive` and `negative` are sums of valences as they count (negative is 0 or less), `last`
    the valence of the last charged words. `unspent` counts negators that deny nothing charged: "it has not come" says no
    charged word, and yet it does not praise.
    """

    __slots__ = ("charged", "last", "negative", "positive", "score", "unspent")

    def __init__(
        self, score: float, positive: float, negative: float, unspent: int, charged: Sequence[Charged]
    ) -> None:
        self.score, self.positive, self.negative, self.unspent, self.charged = (
            score,
            positive,
            negative,
            unspent,
            charged,
        )
        self.last = charged[-1].counts if charged else 0.0


def feel(tokens: Sequence[str], grammar: Grammar) -> Feeling:
    """Score tokens: folded words, emoji, and the marks ". ! ? ,"."""
    return felt(list(map(grammar.known.__getitem__, tokens)), grammar)


def felt(said: list[Known], grammar: Grammar) -> Feeling:
    """The same for words that are known."""
    charged, unspent = weighed(said, grammar.lexicon)
    positive, negative = sums(charged)
    total = positive + negative
    if total:
        total *= 1.0 + 0.08 * min(3, [word.text for word in said].count("!"))
    return Feeling(normal(total), positive, negative, unspent, charged)


def normal(total: float) -> float:
    """VADER's normalised sum."""
    return total / sqrt(total * total + _ALPHA)


def sums(charged: Sequence[Charged]) -> tuple[float, float]:
    """What speaks for a text's author to be glad, and what speaks for the contrary, which is 0 or less."""
    positive = negative = 0.0
    for one in charged:
        if one.counts > 0:
            positive += one.counts
        else:
            negative += one.counts
    return positive, negative


def weighed(said: list[Known], lexicon: dict[str, float]) -> tuple[list[Charged], int]:
    """The charged words and phrases as they count in their places, and how many negators deny none of them. Where phrases
    begin alike the longest is taken, and none inside another."""
    charged: list[Charged] = []
    negators: list[int] = []
    free, turn, last = 0, -1, len(said) - 1
    for i, word in enumerate(said):
        if not word.acts:
            continue
        if word.denies:
            negators.append(i)
        if word.contrasts:
            turn = i
        if i < free:
            continue
        if word.seconds and i < last and (longest := word.seconds.get(said[i + 1].text)):
            for end in range(min(i + longest, len(said)), i + 1, -1):
                phrase = " ".join([word.text for word in said[i:end]])
                if (told := lexicon.get(phrase)) is not None:
                    free = end
                    if told:  # a phrase of 0 takes the charge out of its words: "no problem"
                        charged.append(Charged(i, end, phrase, told))
                    break
            if i < free:
                continue
        if word.valence:
            charged.append(Charged(i, i + 1, word.text, word.valence))
    spent: set[int] = set()
    for one in charged:
        one.counts *= _boost(said, one.start, one.end)
        if negators:
            denials = _denials(said, one.start, one.end, negators)
            spent.update(denials, [i for i in negators if one.start <= i < one.end])
            if len(denials) % 2:
                one.counts *= _DENIED_GOOD if one.counts > 0 else _DENIED_BAD
        if turn >= 0 and len(charged) > 1:
            one.counts *= _BEFORE_CONTRAST if one.start < turn else _AFTER_CONTRAST
    return charged, len(negators) - len(spent)


def _boost(said: list[Known], start: int, end: int) -> float:
    """What the two words before add, and one that closes the clause after."""
    factor = 1.0
    if start > 1 and not said[start - 1].mark:
        factor *= said[start - 2].boost
    if start:
        factor *= said[start - 1].boost
    if end < len(said) and (end + 1 == len(said) or said[end + 1].mark):
        factor *= said[end].boost
    return min(factor, 2.0)


def _denials(said: list[Known], start: int, end: int, negators: list[int]) -> list[int]:
    """Which of the negators deny the charged words: they are near enough, in their clause, and on the side that each works
    to. Emoji are never denied, nor a phrase that has its negator in it."""
    if not said[start].text[0].isalnum() or (end - start > 1 and any(word.denies for word in said[start:end])):
        return []
    found = []
    for i in negators:
        if start <= i < end:
            continue
        between = said[i + 1 : start] if i < start else said[end:i]
        near = said[i].before if i < start else said[i].after
        if near and len(between) < _NEGATION_REACH and not any(word.mark or word.contrasts for word in between):
            found.append(i)
    return found


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
