"""Cues: the words that show a signal, written so that a support lead can read and mend them.

A cue is a line of words. `smok*` is any word that begins so, `late|delayed` one or the other, `really?` may be missing,
`...` up to seven words in the same sentence, `#` a number, `#3` a number from 3 on, `#70` from 70 on, `?` standing alone
a question mark and `<device>` a named list. A signal is a block of such lines in every language that we know; Latin
accents do not count.

There are tens of thousands of cues, so a text must not meet them one by one. Each word of a text is told once which words
of cues it fits ("smoking" fits "smoking" and "smok*"), and is remembered with the cues that begin with one of those. Most
cues are of one word and need no more; of the longer ones only those are tried whose second word follows.
"""

import marshal
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.remembered import Remembered, Table
from analysis.words import Words, fold

_STEM: Final = 3
_NUMBER: Final = "#"
_REMEMBERED: Final = 50_000
_LONGEST_GAP: Final = 7
_MASK: Final = 4
"""In 64-bit numbers: how long the masks are by which words that cannot follow each other are told apart."""
_SHOWS, _MAY_GO_ON, _GOES_ON = 1, 2, 4
"""What a word does: show something by itself, begin a cue of which no other word need be there, or one of which the second
word may come later than next."""
_DOES: Final = [does.to_bytes(8, "little") for does in range(8)]
_SENTENCE_ENDS: Final = frozenset({".", "?"})


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


_Cue: TypeAlias = tuple[int, int, tuple[int, ...]]
"""A cue as filed: its number among all, the place of its signal, and the numbers of the slots that follow its first word."""

_Rest: TypeAlias = tuple[tuple[_Slot, ...], frozenset[str], int]
"""What follows a cue's first word: its slots; words of which one must be among the next few, and how many these are. Where
there are no such words nothing need follow."""

_Tried: TypeAlias = tuple[int, int, int, Sequence[_Slot]]
"""A cue of several words that seems to begin: the place of its signal, its number among all, and its slots from so many
words after the first on. The hit of a place is the cue of the lowest number that fits."""


class _Seconds(dict[str, Sequence[_Tried]]):
    """The cues that a word begins, by their second words: worked out when a text has the two. Where `far`, only of those
    cues of which the second word may come later than next."""

    def __init__(self, filed: Sequence[Sequence[_Cue]], rest: Callable[[tuple[int, ...]], _Rest], far: bool) -> None:
        super().__init__()
        self._filed = filed
        self._rest = rest
        self._far = far
        self._cues: list[tuple[int, int, _Rest]] | None = None

    def __missing__(self, second: str) -> Sequence[_Tried]:
        if self._cues is None:
            cues = [(number, place, self._rest(told)) for number, place, told in chain.from_iterable(self._filed)]
            self._cues = [cue for cue in cues if cue[2][2] > 1] if self._far else cues
        found = [
            (place, number, 1, slots[1:]) if reach == 1 else (place, number, 0, slots)
            for number, place, (slots, seconds, reach) in self._cues
            if second in seconds
        ]
        self[second] = found
        return found


class _Longer(NamedTuple):
    """The cues of several words that a word begins: those that may go on `near`, in the very next word, and `far`, in a
    later one, where it `goes_far`, and both again as `masks` of their second words; `always` are those that need no second
    word."""

    near: _Seconds
    far: _Seconds
    masks: bytes
    goes_far: bool
    always: Sequence[_Tried]


class _Met(NamedTuple):
    """What a word of a text points at: the signals that it shows `alone` and those of them that are only `counted`; the same
    again as `bare` cues, by place and number; the `longer` cues that it begins; and the words of cues that it `fits`."""

    alone: Sequence[str]
    counted: Sequence[str]
    bare: Sequence[tuple[int, int]]
    longer: _Longer
    fits: Sequence[str]


_NO_SECONDS: Final = _Seconds((), lambda told: ((), frozenset(), 0), far=False)
_NOTHING: Final = _Met((), (), (), _Longer(_NO_SECONDS, _NO_SECONDS, bytes(2 * 8 * _MASK), False, ()), ())


_Begun: TypeAlias = tuple[tuple[tuple[int, int], ...], int, int, tuple[_Cue, ...], tuple[_Cue, ...]]
"""The cues that begin in one way: those of one word by the places of their signals, each with its number; of the longer ones
the masks of what may come next, and of what may come later; these cues; and those of which no other word need be there."""

Filed: TypeAlias = tuple[Sequence[str], Mapping[str, bytes], Sequence[tuple[str, bool]], int]
"""Cues as read from their lines, all of plain values that can be kept. The names of signals by place; a page, as bytes, for
all words of cues that begin with the same three letters, for a text needs few of them; the slots as told, each with whether
a gap comes before; and how many words later at most one may follow a first one."""

_Page: TypeAlias = tuple[dict[str, str], dict[str, int], dict[str, _Begun]]
"""The words of cues that are beginnings, by what they say is one; all words of cues, each with its bit in masks, or 0 where
it follows no first one; and the cues by each way that a first word can be."""

_EVERYWHERE: Final = ""
"""The page of numbers and of beginnings that are so short that any word may have one of them."""


def filing(signals: Mapping[str, str], lists: Mapping[str, str]) -> Filed:
    """Read cues. `signals` maps a signal's name to its cues, one a line; `#!` begins a comment.

    Raises ValueError where a cue begins or ends with what need not be there.
    """
    begun: dict[str, list[_Cue]] = {}
    slots: dict[tuple[str, bool], int] = {}
    read: list[_Slot] = []
    seconds: set[str] = set()
    furthest, number = 1, 0
    named = {f"<{name}>": "|".join(fold(words).split()) for name, words in lists.items()}
    for signal, block in enumerate(signals.values()):
        for line in fold(block).splitlines():
            cue = line.split("#!")[0]
            for name in named if "<" in cue else ():
                cue = cue.replace(name, named[name])
            if not (cue := cue.strip()):
                continue
            first, *rest = cue.split()
            if first == "..." or cue.endswith(" ...") or (len(first) > 1 and first.endswith("?")):
                raise ValueError(f"cue '{cue}': it must begin and end with words that have to be there")
            number += 1
            following: list[int] = []
            for before, told in zip(["", *rest], rest, strict=False):
                if told != "...":
                    slot = told, before == "..."
                    if slot not in slots:
                        slots[slot] = len(slots)
                        read.append(_slot(*slot))
                    following.append(slots[slot])
            some, reach = _seconds([read[slot] for slot in following])
            seconds |= some
            furthest = max(furthest, reach)
            as_it_stands = number, signal, tuple(following)
            by_beginning = number, signal + len(signals), as_it_stands[2]
            for word in dict.fromkeys(first.split("|")):
                if len(word) <= _STEM and word.endswith("*"):
                    raise ValueError(f"cue '{cue}': a beginning needs {_STEM} letters or more")
                begins = word.endswith("*") or word.startswith(_NUMBER)
                begun.setdefault(word, []).append(by_beginning if begins else as_it_stands)
    bits = {word: 1 << place % (64 * _MASK) for place, word in enumerate(sorted(seconds))}
    pages: dict[str, _Page] = {_EVERYWHERE: ({}, {}, {})}
    for word in sorted(frozenset(begun).union(*[slot.words for slot in read])):
        beginnings, words, firsts = pages.setdefault(_page(word), ({}, {}, {}))
        if word.endswith("*"):
            beginnings[word[:-1]] = word
        words[word] = bits.get(word, 0)
        if word in begun:
            firsts[word] = _begun(begun[word], read, bits)
    filed = {letters: marshal.dumps(page) for letters, page in pages.items()}
    return (*signals, *signals), filed, tuple(slots), furthest


def _page(word: str) -> str:
    """Where a word of cues is filed."""
    short = word.endswith("*") and len(word) <= _STEM
    return _EVERYWHERE if short or word.startswith(_NUMBER) else word.removesuffix("*")[:_STEM]


def _begun(cues: Sequence[_Cue], read: Sequence[_Slot], bits: Mapping[str, int]) -> _Begun:
    bare: dict[int, int] = {}
    longer: list[_Cue] = []
    always: list[_Cue] = []
    near = far = 0
    for cue in cues:
        number, place, told = cue
        if not told:
            bare[place] = min(number, bare.get(place, number))
            continue
        seconds, reach = _seconds([read[slot] for slot in told])
        if not seconds:
            always.append(cue)
            continue
        longer.append(cue)
        mask = _mask(seconds, bits)
        near |= mask
        far |= mask if reach > 1 else 0
    return tuple(bare.items()), near, far, tuple(longer), tuple(always)


def _mask(words: Iterable[str], bits: Mapping[str, int]) -> int:
    mask = 0
    for word in words:
        mask |= bits.get(word, 0)
    return mask


def _slot(told: str, gap: bool) -> _Slot:
    optional = len(told) > 1 and told.endswith("?")
    return _Slot(frozenset((told[:-1] if optional else told).split("|")), gap, optional)


_MARKS_OF_NOTHING: Final = bytes(8 * (1 + 3 * _MASK))


class CueBook(Remembered[_Met]):
    """All cues, ready to be looked up. Of the signals `counted` nobody asks where they show, only how often.

    As a dict it remembers what words point at, for the same few words make up most of what is written.
    """

    def __init__(self, filed: Filed, counted: frozenset[str] = frozenset()) -> None:
        super().__init__(self._meet, _REMEMBERED)
        self._counted = counted
        self._signals, pages, self._told, self._furthest = filed
        self._unread = dict(pages)
        self._stems: dict[str, str] = {}
        self._bits: dict[str, int] = {}
        self._begun: dict[str, _Begun] = {}
        self._sizes: dict[str, list[int]] = {}
        """How long the beginnings are that begin with the same letters, and those that any word may have."""
        self._turn_to(_EVERYWHERE)
        self._numbers = sorted([word for word in self._bits if word.startswith(_NUMBER)])
        self._slots: dict[int, _Slot] = {}
        self._shared = Remembered(self._begins, longest=200)
        self._rests: dict[tuple[int, ...], _Rest] = {}
        self._marks = Table(self._marked, _REMEMBERED)

    def _turn_to(self, letters: str) -> None:
        """Read a page that nobody needed before; two threads may do so at once."""
        if (told := self._unread.get(letters)) is None:
            return
        page: _Page = marshal.loads(told)  # noqa: S302  # our own, see `analysis.kept`
        beginnings, words, firsts = page
        self._stems.update(beginnings)
        self._bits.update(words)
        self._begun.update(firsts)
        sizes = sorted({len(stem) for stem in beginnings})
        self._sizes[letters] = self._sizes[_EVERYWHERE] + sizes if letters else sizes
        self._unread.pop(letters, None)

    def _meet(self, token: str) -> _Met:
        letters = token[:_STEM]
        if letters in self._unread:
            self._turn_to(letters)
        if token[0].isdecimal():
            fits = [word for word in self._numbers if _reaches(token, word[1:])]
        else:
            sizes = self._sizes.get(letters) or self._sizes[_EVERYWHERE]
            fits = [self._stems[stem] for size in sizes if (stem := token[:size]) in self._stems]
        if token in self._bits:
            fits.append(token)
        elif not fits:
            return _NOTHING
        begun = [word for word in fits if word in self._begun]
        if not begun:
            return _Met((), (), (), _NOTHING.longer, tuple(fits))
        met = self._shared[" ".join(begun)]
        return _Met(met.alone, met.counted, met.bare, met.longer, tuple(fits))

    def _begins(self, words: str) -> _Met:
        """What a word points at that begins the cues of these words: of itself and of its beginnings, and a signal may show
        once in either."""
        bare: dict[int, int] = {}
        longer: list[Sequence[_Cue]] = []
        always: list[_Tried] = []
        near = far = 0
        for alone, may_follow, may_come, cues, need_no_more in map(self._begun.__getitem__, words.split()):
            for place, number in alone:
                bare[place] = min(number, bare.get(place, number))
            near |= may_follow
            far |= may_come
            longer.append(cues)
            always += [(place, number, 0, self._rest(told)[0]) for number, place, told in need_no_more]
        shown = [self._signals[place] for place in sorted(bare)]
        return _Met(
            tuple([signal for signal in shown if signal not in self._counted]),
            tuple([signal for signal in shown if signal in self._counted]),
            tuple(bare.items()),
            _Longer(
                _Seconds(longer, self._rest, far=False),
                _Seconds(longer, self._rest, far=True),
                _as_bytes(near) + _as_bytes(far),
                far != 0,
                always,
            ),
            (),
        )

    def _rest(self, told: tuple[int, ...]) -> _Rest:
        rest = self._rests.get(told)
        if rest is None:
            for slot in told:
                if slot not in self._slots:
                    self._slots[slot] = _slot(*self._told[slot])
            slots = tuple([self._slots[slot] for slot in told])
            rest = self._rests[told] = (slots, *_seconds(slots))
        return rest

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
        where = np.flatnonzero(shows)
        starts = [0, *ends.tolist()]
        for place, owner in zip(where.tolist(), np.searchsorted(ends, where, side="right").tolist(), strict=True):
            hits, meant = found[owner]
            said, index = texts[owner].tokens, place - starts[owner]
            alone, counted, bare, _, _ = self[tokens[place]]
            if place in tried and (fitting := self._fitting(tried[place], said, index + 1)):
                for at, number in bare:
                    if at not in fitting or number < fitting[at][0]:
                        fitting[at] = number, index + 1
                for at in sorted(fitting):
                    signal, end = self._signals[at], fitting[at][1]
                    if signal in self._counted:
                        meant.append(signal)
                    else:
                        hits.append(Hit(signal, index, end, " ".join(said[index:end])))
                continue
            for signal in alone:
                hits.append(Hit(signal, index, index + 1, said[index]))
            meant += counted
        return found

    def _look(self, tokens: Sequence[str], ends: NDArray[np.intp]) -> tuple[NDArray[np.bool_], dict[int, list[_Tried]]]:
        """Which words may show something; and by their places the cues of several words that words begin, of those whose
        second word follows. The texts stand one after the other here; each ends before one of `ends`."""
        marks = self._marks.take(tokens).T.copy()
        does = marks[0]
        fits, near, far = marks[1:].reshape(3, _MASK, -1)
        left = np.repeat(ends, np.diff(ends, prepend=0)) - np.arange(1, len(tokens) + 1)
        tried: dict[int, list[_Tried]] = {}
        for place in np.flatnonzero(does & _MAY_GO_ON).tolist():
            tried[place] = [*self[tokens[place]].longer.always]
        begun, masks = np.arange(len(tokens)), near
        for by in range(1, 1 + self._furthest):
            if by == 2:
                begun = np.flatnonzero(does & _GOES_ON)
                masks = far.take(begun, axis=1)
            following = fits.take(begun + by, axis=1, mode="clip")
            may = np.bitwise_or.reduce(masks & following, axis=0).astype(bool) & (left.take(begun) >= by)
            for place in begun[may].tolist():
                longer = self[tokens[place]].longer
                seconds = longer.near if by == 1 else longer.far
                for word in self[tokens[place + by]].fits:
                    if cues := seconds[word]:
                        tried.setdefault(place, []).extend(cues)
        does[list(tried)] |= _SHOWS
        return does & _SHOWS != 0, tried

    def _fitting(self, tried: Iterable[_Tried], tokens: Sequence[str], at: int) -> dict[int, tuple[int, int]]:
        """The number of the first cue that fits at each place, and where it ends; `at` is the place after its first word."""
        found: dict[int, tuple[int, int]] = {}
        for place, number, skipped, slots in tried:
            if (place not in found or number < found[place][0]) and (end := self._end(slots, tokens, at + skipped)):
                found[place] = number, end
        return found

    def _end(self, slots: Sequence[_Slot], tokens: Sequence[str], at: int) -> int:
        """Where the slots end if they fit the words from `at` on, else 0: gaps are kept short, and what may be missing is
        taken where it stands."""
        for number, (words, gap, optional) in enumerate(slots, 1):
            if gap or optional:
                for place in range(at, min(len(tokens), at + _LONGEST_GAP + 1 if gap else at + 1)):
                    token = tokens[place]
                    fits = not words.isdisjoint(self[token].fits)
                    if fits and (end := self._end(slots[number:], tokens, place + 1)):
                        return end
                    if token in _SENTENCE_ENDS:
                        break
                return self._end(slots[number:], tokens, at) if optional else 0
            if at >= len(tokens) or words.isdisjoint(self[tokens[at]].fits):
                return 0
            at += 1
        return at

    def _marked(self, tokens: Sequence[str]) -> NDArray[np.uint64]:
        """What each word does, and as bits the words of cues that it fits, and those that may come next and further on if it
        begins a cue. Bits are shared, so words that have one in common only may fit."""
        told: list[bytes] = []
        for token in tokens:
            if (met := self[token]) is _NOTHING:
                told.append(_MARKS_OF_NOTHING)
                continue
            alone, counted, _, longer, fits = met
            does = _SHOWS if alone or counted else 0
            does |= (_MAY_GO_ON if longer.always else 0) | (_GOES_ON if longer.goes_far else 0)
            told += (_DOES[does], _as_bytes(_mask(fits, self._bits)), longer.masks)
        return np.frombuffer(b"".join(told), dtype="<u8").reshape(-1, 1 + 3 * _MASK)


def _as_bytes(mask: int) -> bytes:
    return mask.to_bytes(8 * _MASK, "little")


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
