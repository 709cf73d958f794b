"""Cues: the words that show a signal, written so that a support lead can read and mend them.

A cue is a line of words. `smok*` is any word that begins so, `late|delayed` one or the other, `really?` may be missing,
`...` up to seven words in the same sentence, `#` a number, `#3` a number from 3 on, `#70` from 70 on, `?` standing alone
a question mark and `<device>` a named list. A signal is a block of such lines in every language that we know; Latin
accents do not count.

There are tens of thousands of cues, so a text must not meet them one by one. Each word of a text is told once which words
of cues it fits ("smoking" fits "smoking" and "smok*"), and is remembered with the cues that begin with one of those. Most
cues are of one word and need no more; of the longer ones only those are tried whose second word follows.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from analysis.words import Words, fold

_STEM = 3
_NUMBER = "#"
_REMEMBERED = 50_000
_LONGEST_GAP = 7
_SENTENCE_ENDS = frozenset({".", "?"})


class Hit(NamedTuple):
    """Words that show a signal: `start` and `end` are positions in the text's words, `end` exclusive."""

    signal: str
    start: int
    end: int
    text: str


class _Slot(NamedTuple):
    """A place in a cue: a word that fits one of `words` fills it, after up to seven others where it has a `gap`."""

    words: frozenset[str]
    gap: bool
    optional: bool


class _Cue(NamedTuple):
    """A line as filed under each way that its first word can be: `number` is its place among all, `rest` the slots that
    follow. One that fits one of `seconds` is among the next `reach` words; of an empty set nothing need follow."""

    number: int
    signal: str
    rest: tuple[_Slot, ...]
    seconds: frozenset[str]
    reach: int


class _Tried(NamedTuple):
    """A cue of several words: its `slots` from `skipped` words after the first on. The hit of a `place` is the cue of the
    lowest `number` that fits."""

    place: int
    number: int
    skipped: int
    slots: Sequence[_Slot]


class _Longer(NamedTuple):
    """The cues of several words that a word begins, by their second words: of those `near` it is the very next, of those
    `far` one of the next `reach`. `always` are the cues that need no second word. `places` are the signals that the cues
    show, and whether the word shows them by itself."""

    places: Sequence[tuple[str, bool]]
    near: Mapping[str, Sequence[_Tried]]
    far: Mapping[str, Sequence[_Tried]]
    far_words: frozenset[str]
    reach: int
    always: Sequence[_Tried]


class _Met(NamedTuple):
    """What a word of a text points at: the signals that it shows `alone` and those of them that are only `counted`, the
    `longer` cues that it begins; and the words of cues that it `fits`."""

    alone: Sequence[str]
    counted: Sequence[str]
    longer: _Longer | None
    fits: Sequence[str]


_NOTHING = _Met((), (), None, ())


class CueBook(dict[str, _Met]):
    """All cues, ready to be looked up. `signals` maps a signal's name to its cues, one a line; `#!` begins a comment. Of the
    signals `counted` nobody asks where they show, only how often.

    As a dict it remembers what words point at, for the same few words make up most of what is written.
    """

    def __init__(
        self, signals: Mapping[str, str], lists: Mapping[str, str], counted: frozenset[str] = frozenset()
    ) -> None:
        super().__init__()
        self._counted = counted
        self._filed: dict[str, list[_Cue]] = defaultdict(list)
        self._words: set[str] = set()
        self._slots: dict[tuple[str, bool], _Slot] = {}
        self._shared: dict[tuple[tuple[int, ...], ...], tuple[Sequence[str], Sequence[str], _Longer | None]] = {}
        named = {f"<{name}>": "|".join(fold(words).split()) for name, words in lists.items()}
        number = 0
        for signal, block in signals.items():
            for line in fold(block).splitlines():
                cue = line.split("#!")[0]
                for name in named if "<" in cue else ():
                    cue = cue.replace(name, named[name])
                if cue := cue.strip():
                    number += 1
                    self._file(cue, number, signal)
        self._words.update(self._filed, *(slot.words for slot in self._slots.values()))
        self._stems: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for word in self._words:
            if word.endswith("*"):
                self._stems[word[:-1][:_STEM]].append((word[:-1], word))
        self._numbers = [word for word in self._words if word.startswith(_NUMBER)]

    def _file(self, cue: str, number: int, signal: str) -> None:
        first, *rest = cue.split()
        if first == "..." or cue.endswith(" ...") or (len(first) > 1 and first.endswith("?")):
            raise ValueError(f"cue '{cue}': it must begin and end with words that have to be there")
        begun = dict.fromkeys(first.split("|"))
        if any(word.endswith("*") and len(word) <= _STEM for word in begun):
            raise ValueError(f"cue '{cue}': a beginning needs {_STEM} letters or more")
        slots = tuple([self._slot(told, gap) for gap, told in zip(["", *rest], rest, strict=False) if told != "..."])
        seconds, reach = _seconds(slots)
        filed = _Cue(number, signal, slots, seconds, reach)
        for word in begun:
            self._filed[word].append(filed)

    def _slot(self, told: str, before: str) -> _Slot:
        key = told, before == "..."
        if key not in self._slots:
            optional = len(told) > 1 and told.endswith("?")
            self._slots[key] = _Slot(frozenset((told[:-1] if optional else told).split("|")), key[1], optional)
        return self._slots[key]

    def __missing__(self, token: str) -> _Met:
        met = self._meet(token)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[token] = met
        return met

    def _meet(self, token: str) -> _Met:
        if token[0].isdecimal():
            fits = [word for word in self._numbers if _reaches(token, word[1:])]
        else:
            fits = [
                word
                for size in range(min(_STEM, len(token)) + 1)
                for stem, word in self._stems.get(token[:size], ())
                if token.startswith(stem)
            ]
        filed = self._filed
        cues = filed.get(token, ()), _in_order([filed[word] for word in fits if word in filed])
        if token in self._words:
            fits.append(token)
        if not fits:
            return _NOTHING
        numbers = tuple([tuple([cue.number for cue in some]) for some in cues])
        if numbers not in self._shared:
            self._shared[numbers] = self._pointed_at(cues)
        return _Met(*self._shared[numbers], tuple(fits))

    def _pointed_at(self, cues: Sequence[Sequence[_Cue]]) -> tuple[Sequence[str], Sequence[str], _Longer | None]:
        """What a word points at that begins these cues: the first by itself, the second by its beginning. A signal may show
        once in either."""
        places: list[tuple[str, bool]] = []
        longer: list[tuple[int, _Cue]] = []
        for some in cues:
            by_signal: dict[str, list[_Cue]] = {}
            for cue in some:
                by_signal.setdefault(cue.signal, []).append(cue)
            for signal, begun in by_signal.items():
                alone = False
                for cue in begun:
                    if not cue.rest:
                        alone = True  # what comes later is never reached
                        break
                    longer.append((len(places), cue))
                places.append((signal, alone))
        shown = [signal for signal, alone in places if alone]
        return (
            tuple([signal for signal in shown if signal not in self._counted]),
            tuple([signal for signal in shown if signal in self._counted]),
            _longer(places, longer) if longer else None,
        )

    def find(self, words: Words) -> list[Hit]:
        """Every hit of every signal that is not only counted, in the order of the text."""
        return self.read(words)[0]

    def read(self, words: Words) -> tuple[list[Hit], list[str]]:
        """Every hit in the order of the text; and the signals that are only counted, each as often as it shows."""
        hits: list[Hit] = []
        counted: list[str] = []
        tokens = words.tokens
        met = list(map(self.__getitem__, tokens))
        fits = [one.fits for one in met]
        here = set[str]().union(*fits)
        fits.append(())  # nothing comes after the last word
        for index, (alone, told, longer, _) in enumerate(met):
            if longer is not None:
                places, near, far, far_words, reach, always = longer
                tried = [*always]
                for word in fits[index + 1]:
                    if word in near:
                        tried += near[word]
                if not far_words.isdisjoint(here):
                    for there in fits[index + 1 : index + 1 + reach]:
                        for word in there:
                            if word in far:
                                tried += far[word]
                if tried and (found := _fitting(tried, fits, tokens, index + 1)):
                    for place, (signal, bare) in enumerate(places):
                        if place not in found and not bare:
                            continue
                        if signal in self._counted:
                            counted.append(signal)
                        else:
                            end = found[place][1] if place in found else index + 1
                            hits.append(Hit(signal, index, end, " ".join(tokens[index:end])))
                    continue
            for signal in alone:
                hits.append(Hit(signal, index, index + 1, tokens[index]))
            counted += told
        return hits, counted


def _in_order(filed: Sequence[Sequence[_Cue]]) -> Sequence[_Cue]:
    """The cues filed under several beginnings of a word, each once."""
    if len(filed) < 2:
        return filed[0] if filed else ()
    by_number = {cue.number: cue for some in filed for cue in some}
    return [by_number[number] for number in sorted(by_number)]


def _seconds(slots: Sequence[_Slot]) -> tuple[frozenset[str], int]:
    """The words of which one must follow, and within how many: up to the first that may not be missing."""
    seconds: set[str] = set()
    reach = 0
    for slot in slots:
        seconds |= slot.words
        reach += 1 + (_LONGEST_GAP if slot.gap else 0)
        if not slot.optional:
            return frozenset(seconds), reach
    return frozenset(), 0


def _longer(places: Sequence[tuple[str, bool]], cues: Sequence[tuple[int, _Cue]]) -> _Longer:
    near: dict[str, list[_Tried]] = {}
    far: dict[str, list[_Tried]] = {}
    always = []
    for place, cue in cues:
        if not cue.seconds:
            always.append(_Tried(place, cue.number, 0, cue.rest))
        elif cue.reach == 1:
            for word in cue.seconds:
                near.setdefault(word, []).append(_Tried(place, cue.number, 1, cue.rest[1:]))
        else:
            for word in cue.seconds:
                far.setdefault(word, []).append(_Tried(place, cue.number, 0, cue.rest))
    return _Longer(places, near, far, frozenset(far), max(cue.reach for _, cue in cues), always)


def _fitting(
    tried: Sequence[_Tried], fits: Sequence[Sequence[str]], tokens: Sequence[str], at: int
) -> dict[int, tuple[int, int]]:
    """The number of the first cue that fits at each place, and where it ends; `at` is the place after its first word."""
    found: dict[int, tuple[int, int]] = {}
    for place, number, skipped, slots in tried:
        if (place not in found or number < found[place][0]) and (end := _end(slots, fits, tokens, at + skipped)):
            found[place] = number, end
    return found


def _end(slots: Sequence[_Slot], fits: Sequence[Sequence[str]], tokens: Sequence[str], at: int) -> int:
    """Where the slots end if they fit the words from `at` on, else 0: gaps are kept short, and what may be missing is taken
    where it stands."""
    if not slots:
        return at
    words, gap, optional = slots[0]
    for place in range(at, min(len(tokens), at + _LONGEST_GAP + 1 if gap else at + 1)):
        if not words.isdisjoint(fits[place]) and (end := _end(slots[1:], fits, tokens, place + 1)):
            return end
        if tokens[place] in _SENTENCE_ENDS:
            break
    return _end(slots[1:], fits, tokens, at) if optional else 0


def _reaches(token: str, least: str) -> bool:
    """Is a number `least`, which is a digit and zeros, or more? All are where that is empty."""
    if not least:
        return True
    if not token.isdecimal() or token[0] not in "123456789":
        return False
    return len(token) > len(least) or (len(token) == len(least) and token[0] >= least[0])
