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
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.remembered import Table
from analysis.words import Words, fold

_STEM = 3
_NUMBER = "#"
_REMEMBERED = 50_000
_LONGEST_GAP = 7
_MASK = 4
"""In 64-bit numbers: how long the masks are by which words that cannot follow each other are told apart."""
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
    """The cues of several words that a word begins, by their second words: those `near` where it is the very next, those
    `far` where it comes later, and both again as masks, `seconds`. `always` are the cues that need no second word. `places`
    are the signals that the cues show, and whether the word shows them by itself."""

    places: Sequence[tuple[str, bool]]
    near: Mapping[str, Sequence[_Tried]]
    far: Mapping[str, Sequence[_Tried]]
    always: Sequence[_Tried]
    seconds: bytes


class _Met(NamedTuple):
    """What a word of a text points at: the signals that it shows `alone` and those of them that are only `counted`, the
    `longer` cues that it begins; and the words of cues that it `fits`."""

    alone: Sequence[str]
    counted: Sequence[str]
    longer: _Longer | None
    fits: Sequence[str]


_NOTHING = _Met((), (), None, ())
_SHOWS = (bytes(8), (1).to_bytes(8, "little"))
_NO_SECONDS = bytes(2 * 8 * _MASK)


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
        self._furthest = 1
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
        self._stems = {word[:-1]: word for word in self._words if word.endswith("*")}
        self._longest = max(map(len, self._stems), default=0)
        self._numbers = [word for word in self._words if word.startswith(_NUMBER)]
        self._bits = {word: 1 << place % (64 * _MASK) for place, word in enumerate(sorted(self._words))}
        self._marks = Table(self._marked, _REMEMBERED)

    def _file(self, cue: str, number: int, signal: str) -> None:
        first, *rest = cue.split()
        if first == "..." or cue.endswith(" ...") or (len(first) > 1 and first.endswith("?")):
            raise ValueError(f"cue '{cue}': it must begin and end with words that have to be there")
        begun = dict.fromkeys(first.split("|"))
        if any(word.endswith("*") and len(word) <= _STEM for word in begun):
            raise ValueError(f"cue '{cue}': a beginning needs {_STEM} letters or more")
        slots = tuple([self._slot(told, gap) for gap, told in zip(["", *rest], rest, strict=False) if told != "..."])
        seconds, reach = _seconds(slots)
        self._furthest = max(self._furthest, reach)
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
            begun = [token[:size] for size in range(min(self._longest, len(token)) + 1)]
            fits = [self._stems[stem] for stem in begun if stem in self._stems]
        if not fits and token not in self._words:
            return _NOTHING
        filed = self._filed
        cues = filed.get(token, ()), _in_order([filed[word] for word in fits if word in filed])
        if token in self._words:
            fits.append(token)
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
            self._longer(places, longer) if longer else None,
        )

    def _longer(self, places: Sequence[tuple[str, bool]], cues: Sequence[tuple[int, _Cue]]) -> _Longer:
        near: dict[str, list[_Tried]] = {}
        far: dict[str, list[_Tried]] = {}
        always = []
        for place, cue in cues:
            if not cue.seconds:
                always.append(_Tried(place, cue.number, 0, cue.rest))
            for word in cue.seconds:
                if cue.reach == 1:
                    near.setdefault(word, []).append(_Tried(place, cue.number, 1, cue.rest[1:]))
                else:
                    for seconds in (near, far):
                        seconds.setdefault(word, []).append(_Tried(place, cue.number, 0, cue.rest))
        return _Longer(places, near, far, always, self._mask(near) + self._mask(far))

    def find(self, words: Words) -> list[Hit]:
        """Every hit of every signal that is not only counted, in the order of the text."""
        return self.read([words])[0][0]

    def read(self, texts: Sequence[Words]) -> list[tuple[list[Hit], list[str]]]:
        """Of each text every hit in the order of the text; and the signals that are only counted, each as often as it shows.

        The words of all texts are looked through at once for those at which something may show.
        """
        tokens = list(chain.from_iterable([words.tokens for words in texts]))
        found: list[tuple[list[Hit], list[str]]] = [([], []) for _ in texts]
        if not tokens:
            return found
        ends = np.cumsum([len(words.tokens) for words in texts])
        shows, tried = self._look(tokens, ends)
        shows[list(tried)] = True
        where = np.flatnonzero(shows)
        starts = [0, *ends.tolist()]
        for place, owner in zip(where.tolist(), np.searchsorted(ends, where, side="right").tolist(), strict=True):
            hits, meant = found[owner]
            said, index = texts[owner].tokens, place - starts[owner]
            alone, counted, longer, _ = self[said[index]]
            some = [*longer.always, *tried.get(place, ())] if longer is not None else ()
            if longer is not None and some and (fitting := self._fitting(some, said, index + 1)):
                for number, (signal, bare) in enumerate(longer.places):
                    if number not in fitting and not bare:
                        continue
                    if signal in self._counted:
                        meant.append(signal)
                    else:
                        end = fitting[number][1] if number in fitting else index + 1
                        hits.append(Hit(signal, index, end, " ".join(said[index:end])))
                continue
            for signal in alone:
                hits.append(Hit(signal, index, index + 1, said[index]))
            meant += counted
        return found

    def _look(self, tokens: Sequence[str], ends: NDArray[np.intp]) -> tuple[NDArray[np.bool_], dict[int, list[_Tried]]]:
        """Which words show something by themselves; and by their places the cues of several words that words begin, of those
        whose second word seems to follow. The texts stand one after the other here; each ends before one of `ends`."""
        marks = self._marks.take(tokens)
        fits, near, far = (marks[:, at : at + _MASK] for at in range(1, 1 + 3 * _MASK, _MASK))
        near[ends - 1] = 0
        fits = np.concatenate((fits, np.zeros((self._furthest, _MASK), dtype=np.uint64)))
        tried: dict[int, list[_Tried]] = {}
        for by in range(1, 1 + self._furthest):
            if by < 3:  # more may be the very next word than one further on
                masks = near if by == 1 else far
                begun = np.flatnonzero(masks.any(axis=1))
                masks = masks[begun]
            for place in begun[(masks & fits[begun + by]).any(axis=1)].tolist():
                if place + by < len(tokens) and (longer := self[tokens[place]].longer) is not None:
                    seconds = longer.near if by == 1 else longer.far
                    for word in self[tokens[place + by]].fits:
                        if word in seconds:
                            tried.setdefault(place, []).extend(seconds[word])
        return marks[:, 0] != 0, tried

    def _fitting(self, tried: Iterable[_Tried], tokens: Sequence[str], at: int) -> dict[int, tuple[int, int]]:
        """The number of the first cue that fits at each place, and where it ends; `at` is the place after its first word."""
        found: dict[int, tuple[int, int]] = {}
        for place, number, skipped, slots in tried:
            if place not in found or number < found[place][0]:
                end = self._end(slots, tokens, at + skipped) if slots else at + skipped
                if end:
                    found[place] = number, end
        return found

    def _end(self, slots: Sequence[_Slot], tokens: Sequence[str], at: int) -> int:
        """Where the slots end if they fit the words from `at` on, else 0: gaps are kept short, and what may be missing is
        taken where it stands."""
        if not slots:
            return at
        words, gap, optional = slots[0]
        for place in range(at, min(len(tokens), at + _LONGEST_GAP + 1 if gap else at + 1)):
            token = tokens[place]
            if not words.isdisjoint(self[token].fits) and (end := self._end(slots[1:], tokens, place + 1)):
                return end
            if token in _SENTENCE_ENDS:
                break
        return self._end(slots[1:], tokens, at) if optional else 0

    def _marked(self, tokens: Sequence[str]) -> NDArray[np.uint64]:
        """For each word whether it shows something by itself, and as bits the words of cues that it fits, and those that may
        come next and further on if it begins a cue. Bits are shared, so words that have one in common only may fit."""
        told: list[bytes] = []
        for token in tokens:
            alone, counted, longer, fits = self[token]
            shows = bool(alone or counted or (longer and longer.always))
            told += (_SHOWS[shows], self._mask(fits), longer.seconds if longer else _NO_SECONDS)
        return np.frombuffer(b"".join(told), dtype="<u8").reshape(-1, 1 + 3 * _MASK)

    def _mask(self, words: Iterable[str]) -> bytes:
        mask = 0
        for word in words:
            mask |= self._bits[word]
        return mask.to_bytes(8 * _MASK, "little")


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


def _reaches(token: str, least: str) -> bool:
    """Is a number `least`, which is a digit and zeros, or more? All are where that is empty."""
    if not least:
        return True
    if not token.isdecimal() or token[0] not in "123456789":
        return False
    return len(token) > len(least) or (len(token) == len(least) and token[0] >= least[0])
