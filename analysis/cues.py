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
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.remembered import Remembered, Table
from analysis.words import Words, fold

_STEM: Final = 3
_NUMBER: Final = "#"
_REMEMBERED: Final = 50_000
_LONGEST_GAP: Final = 7
_MASK: Final = 3
"""In 64-bit numbers: how long the masks are by which words that cannot follow each other are told apart."""
_SHOWS: Final = 1
_MAY_GO_ON: Final = 2
_GOES_ON: Final = 4
_ODD: Final = 8
"""What a word does: show something by itself, begin a cue of which no other word need be there, or one of which the second
word may come later than next; or be one that whoever asks has called odd."""
_SENTENCE_ENDS: Final = frozenset({".", "?"})


class Hit:
    """Words that show a signal: `start` and `end` are positions in the text's words, `end` exclusive."""

    def __init__(self, signal: str, start: int, end: int, text: str) -> None:
        self.signal, self.start, self.end, self.text = signal, start, end, text


class _Slot:
    """A place in a cue, and those that come `then`: a word that fits one of `words` fills it, after up to seven others where
    it has a `gap`."""

    def __init__(self, words: frozenset[str], gap: bool, optional: bool, then: "_Slot | None") -> None:
        self.words, self.gap, self.optional, self.then = words, gap, optional, then


def _slot(told: str, gap: bool, then: _Slot | None) -> _Slot:
    optional = len(told) > 1 and told.endswith("?")
    return _Slot(frozenset((told[:-1] if optional else told).split("|")), gap, optional, then)


class _Slots:
    """Slots by the numbers that they are filed under; cues that end alike share them. `told` has each as it was written, and
    whether a gap comes before."""

    def __init__(self, told: list[tuple[str, bool]]) -> None:
        self.told = told
        self._known: dict[tuple[int, ...], _Slot] = {}

    def of(self, numbers: tuple[int, ...]) -> _Slot | None:
        if not numbers:
            return None
        if (known := self._known.get(numbers)) is None:
            known = self._known[numbers] = _slot(*self.told[numbers[0]], self.of(numbers[1:]))
        return known


class _Cue:
    """A cue of several words: its number among all, the place of its signal, the words of which one must follow the first,
    within how many, and what follows the first from so many `skipped` words on, which are known to fit."""

    def __init__(
        self, number: int, signal: int, seconds: frozenset[str], reach: int, skipped: int, slots: _Slot | None
    ) -> None:
        self.number, self.signal, self.seconds, self.reach = number, signal, seconds, reach
        self.skipped, self.slots = skipped, slots


class _Longer:
    """The cues of several words that a word of cues begins; those that go on with a second one are looked up when a text has
    the two, and kept."""

    def __init__(self, cues: Sequence[_Cue]) -> None:
        self.cues = cues
        self._near: dict[str, list[_Cue]] = {}
        self._far: dict[str, list[_Cue]] = {}

    def going_on(self, second: str, far: bool) -> list[_Cue]:
        """Those that may go on with this word: as the very next, or `far`, as a later one."""
        known = self._far if far else self._near
        if (cues := known.get(second)) is None:
            cues = [cue for cue in self.cues if second in cue.seconds and (cue.reach > 1 or not far)]
            known[second] = cues
        return cues


class _Shown:
    """What a word of a text shows by itself: `signals`, the places of those that are only `counted`, and the places of all
    with the numbers of their first `cues`."""

    def __init__(self, signals: Sequence[str], counted: Sequence[int], cues: Mapping[int, int]) -> None:
        self.signals, self.counted, self.cues = signals, counted, cues


_Fitting: TypeAlias = dict[int, tuple[int, int]]
"""By the place of each signal that longer cues show the number of the first of these, and where it ends."""

_FiledCue: TypeAlias = tuple[int, int, tuple[int, ...]]
"""A cue as filed: its number among all, the place of its signal, and the numbers of the slots that follow its first word."""

_Begun: TypeAlias = tuple[tuple[tuple[int, int], ...], tuple[_FiledCue, ...]]
"""The cues that begin in one way: those of one word by the places of their signals, each with its number; and the longer
ones."""

Filed: TypeAlias = tuple[Sequence[str], Mapping[str, bytes], list[tuple[str, bool]], int]
"""Cues as read from their lines, all of plain values that can be kept. The names of signals by place; a page, as bytes, for
all words of cues that begin with the same three letters, for a text needs few of them; the slots as told, each with whether
a gap comes before; and how many words later at most one may follow a first one."""

_Page: TypeAlias = tuple[dict[str, str], dict[str, int], dict[str, bytes]]
"""The words of cues that are beginnings, by what they say is one; all words of cues with their marks, see `_marks`; and by
each way that a first word can be its `_Begun`, as bytes, for most are never asked for."""

_EVERYWHERE: Final = ""
"""The page of numbers and of beginnings that are so short that any word may have one of them."""


def filing(signals: Mapping[str, str], lists: Mapping[str, str]) -> Filed:
    """Read cues. `signals` maps a signal's name to its cues, one a line; `#!` begins a comment.

    Raises ValueError where a cue begins or ends with what need not be there.
    """
    begun: dict[str, list[_FiledCue]] = {}
    slots = _Slots([])
    numbers: dict[tuple[str, bool], int] = {}
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
                    if slot not in numbers:
                        numbers[slot] = len(slots.told)
                        slots.told.append(slot)
                    following.append(numbers[slot])
            some, reach = _seconds(slots.of(tuple(following)))
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
    for word in sorted({word for told in slots.told for word in _slot(*told, None).words}.union(begun)):
        beginnings, marks, firsts = pages.setdefault(_page(word), ({}, {}, {}))
        if word.endswith("*"):
            beginnings[word[:-1]] = word
        cues = begun.get(word, [])
        marks[word] = _marks(word, [slots.of(cue[2]) for cue in cues], bits)
        if cues:
            firsts[word] = marshal.dumps(_begun(cues))
    filed = {letters: marshal.dumps(page) for letters, page in pages.items()}
    return (*signals, *signals), filed, slots.told, furthest


def _page(word: str) -> str:
    """Where a word of cues is filed."""
    short = word.endswith("*") and len(word) <= _STEM
    return _EVERYWHERE if short or word.startswith(_NUMBER) else word.removesuffix("*")[:_STEM]


def _begun(cues: Sequence[_FiledCue]) -> _Begun:
    bare: dict[int, int] = {}
    for number, place, told in cues:
        if not told:
            bare[place] = min(number, bare.get(place, number))
    return tuple(bare.items()), tuple([cue for cue in cues if cue[2]])


def _marks(word: str, begun: Sequence[_Slot | None], bits: Mapping[str, int]) -> int:
    """What a word of cues does, and three masks: of itself, of those that may come next in the cues that it has `begun`, and
    of those that may come further on. Bits are shared, so words that have one in common only may fit."""
    does = near = far = 0
    for slots in begun:
        seconds, reach = _seconds(slots)
        near |= _mask(seconds, bits)
        far |= _mask(seconds, bits) if reach > 1 else 0
        does |= _SHOWS if slots is None else _MAY_GO_ON if not seconds else _GOES_ON if reach > 1 else 0
    masks = (far << 64 * _MASK | near) << 64 * _MASK | bits.get(word, 0)
    return masks << 64 | does


def _mask(words: Iterable[str], bits: Mapping[str, int]) -> int:
    mask = 0
    for word in words:
        mask |= bits.get(word, 0)
    return mask


class CueBook:
    """All cues, ready to be looked up. Of the signals `counted` nobody asks where they show, only how often. `odd` says
    which of new words whoever asks must look at himself.

    What a word points at is remembered, for the same few words make up most of what is written.
    """

    def __init__(
        self,
        filed: Filed,
        counted: Sequence[str] = (),
        odd: Callable[[Sequence[str]], Collection[str]] = lambda words: (),
    ) -> None:
        self._signals, pages, told, self._furthest = filed
        self._counted = {signal: place for place, signal in enumerate(counted)}
        self._odd = odd
        self._slots = _Slots(told)
        self._longer: dict[str, _Longer] = {}
        self._unread = dict(pages)
        self._stems: dict[str, str] = {}
        self._marks: dict[str, int] = {}
        self._begun: dict[str, bytes] = {}
        self._sizes: dict[str, list[int]] = {}
        """How long the beginnings are that begin with the same letters, and those that any word may have."""
        self._turn_to(_EVERYWHERE)
        self._numbers = sorted([word for word in self._marks if word.startswith(_NUMBER)])
        self._fits = Remembered(self._fitted, _REMEMBERED)
        self._shown = Remembered(self._shows, _REMEMBERED)
        self._rows = Table(self._marked, _REMEMBERED)

    def _turn_to(self, letters: str) -> None:
        """Read a page that nobody needed before; two threads may do so at once."""
        if (told := self._unread.get(letters)) is None:
            return
        page: _Page = marshal.loads(told)  # noqa: S302  # our own, see `analysis.kept`
        beginnings, marks, firsts = page
        self._stems.update(beginnings)
        self._marks.update(marks)
        self._begun.update(firsts)
        sizes = sorted({len(stem) for stem in beginnings})
        self._sizes[letters] = self._sizes[_EVERYWHERE] + sizes if letters else sizes
        self._unread.pop(letters, None)

    def find(self, words: Words) -> list[Hit]:
        """Every hit of every signal that is not only counted, in the order of the text."""
        return self.read([words])[0][0]

    def read(self, texts: Sequence[Words]) -> list[tuple[list[Hit], list[int], bool]]:
        """Of each text every hit in the order of the text; the signals that are only counted, each as often as it shows, by
        their places among these; and whether it has a word that is odd.

        The words of all texts are looked through at once for those at which something may show.
        """
        tokens = list(chain.from_iterable([words.tokens for words in texts]))
        hits: list[list[Hit]] = [[] for _ in texts]
        meant: list[list[int]] = [[] for _ in texts]
        odd = np.zeros(len(texts), dtype=bool)
        if tokens:
            ends = np.cumsum([len(words.tokens) for words in texts])
            marks = self._rows.take(tokens).T.copy()
            odd[np.searchsorted(ends, np.flatnonzero(marks[0] & _ODD), side="right")] = True
            self._add(hits, meant, tokens, ends, marks[0], self._look(tokens, ends, marks))
        return list(zip(hits, meant, odd.tolist(), strict=True))

    def _add(
        self,
        hits: list[list[Hit]],
        meant: list[list[int]],
        tokens: list[str],
        ends: NDArray[np.intp],
        does: NDArray[np.uint64],
        longer: dict[int, _Fitting],
    ) -> None:
        """Adds what shows to what is found in each text. The texts stand one after the other here; each ends before one of
        `ends`."""
        shows = does & _SHOWS != 0
        shows[list(longer)] = True
        shown = np.flatnonzero(shows)
        of = np.searchsorted(ends, shown, side="right")
        places: list[int] = shown.tolist()
        owners: list[int] = of.tolist()
        starts: list[int] = np.concatenate(([0], ends)).take(of).tolist()
        for place, start, owner in zip(places, starts, owners, strict=True):
            token = tokens[place]
            alone = self._shown[token]
            fitting = longer.get(place)
            if fitting is None:
                for signal in alone.signals:
                    hits[owner].append(Hit(signal, place - start, place - start + 1, token))
                meant[owner] += alone.counted
                continue
            for at, number in alone.cues.items():
                if at not in fitting or number < fitting[at][0]:
                    fitting[at] = number, place + 1
            for at in sorted(fitting):
                signal, end = self._signals[at], fitting[at][1]
                if signal in self._counted:
                    meant[owner].append(self._counted[signal])
                else:
                    hits[owner].append(Hit(signal, place - start, end - start, " ".join(tokens[place:end])))

    def _look(self, tokens: list[str], ends: NDArray[np.intp], marks: NDArray[np.uint64]) -> dict[int, _Fitting]:
        """By the places of words what those show that begin cues of several words that fit."""
        does = marks[0]
        fits, near, far = marks[1:].reshape(3, _MASK, -1)
        left = np.repeat(ends, np.diff(ends, prepend=0)) - np.arange(1, len(tokens) + 1)
        found: dict[int, _Fitting] = {}
        for place in np.flatnonzero(does & _MAY_GO_ON).tolist():
            for word in self._fits[tokens[place]]:
                always = [cue for cue in self._goes_on(word).cues if not cue.seconds]
                self._try(always, found, tokens, place, place + 1 + int(left[place]))
        begun, masks = np.arange(len(tokens)), near
        for by in range(1, 1 + self._furthest):
            if by == 2:
                begun = np.flatnonzero(does & _GOES_ON)
                masks = far.take(begun, axis=1)
            following = fits.take(begun + by, axis=1, mode="clip")
            may = np.bitwise_or.reduce(masks & following, axis=0).astype(bool) & (left.take(begun) >= by)
            goes_on = begun[may]
            places: list[int] = goes_on.tolist()
            stops: list[int] = (goes_on + 1 + left.take(goes_on)).tolist()
            for place, stop in zip(places, stops, strict=True):
                seconds = self._fits[tokens[place + by]]
                for word in self._fits[tokens[place]]:
                    longer = self._goes_on(word)
                    for second in seconds:
                        self._try(longer.going_on(second, by > 1), found, tokens, place, stop)
        return found

    def _try(self, cues: Sequence[_Cue], found: dict[int, _Fitting], tokens: list[str], place: int, stop: int) -> None:
        """Adds what the first of these cues shows that fit the words at a place of a text that ends at `stop`."""
        for cue in cues:
            fitting = found.get(place)
            if fitting is not None and cue.signal in fitting and fitting[cue.signal][0] <= cue.number:
                continue
            if end := self._end(cue.slots, tokens, place + 1 + cue.skipped, stop):
                found.setdefault(place, {})[cue.signal] = cue.number, end

    def _end(self, slot: _Slot | None, tokens: list[str], at: int, stop: int) -> int:
        """Where the slots end if they fit the words from `at` on, else 0: gaps are kept short, and what may be missing is
        taken where it stands."""
        while slot is not None:
            if slot.gap or slot.optional:
                for place in range(at, min(stop, at + _LONGEST_GAP + 1 if slot.gap else at + 1)):
                    token = tokens[place]
                    if self._fills(token, slot) and (end := self._end(slot.then, tokens, place + 1, stop)):
                        return end
                    if token in _SENTENCE_ENDS:
                        break
                if not slot.optional:
                    return 0
            elif at >= stop or not self._fills(tokens[at], slot):
                return 0
            else:
                at += 1
            slot = slot.then
        return at

    def _fills(self, token: str, slot: _Slot) -> bool:
        for word in self._fits[token]:  # noqa: SIM110  # to build a generator takes longer
            if word in slot.words:
                return True
        return False

    def _fitted(self, token: str) -> tuple[str, ...]:
        """The words of cues that a word of a text fits: itself, its beginnings, numbers."""
        letters = token[:_STEM]
        if letters in self._unread:
            self._turn_to(letters)
        if token[0].isdecimal():
            fits = [word for word in self._numbers if _reaches(token, word[1:])]
        else:
            sizes = self._sizes.get(letters) or self._sizes[_EVERYWHERE]
            fits = [self._stems[stem] for size in sizes if (stem := token[:size]) in self._stems]
        if token in self._marks:
            fits.append(token)
        return tuple(fits)

    def _marked(self, tokens: Sequence[str]) -> NDArray[np.uint64]:
        """What each word does, and the masks by which those are told apart that cannot follow each other; see `_marks`."""
        told: list[bytes] = []
        odd = self._odd(tokens)
        for token in tokens:
            marks = _ODD if token in odd else 0
            for word in self._fits[token]:
                marks |= self._marks[word]
            told.append(marks.to_bytes(8 * (1 + 3 * _MASK), "little"))
        return np.frombuffer(b"".join(told), dtype="<u8").reshape(-1, 1 + 3 * _MASK)

    def _shows(self, token: str) -> _Shown:
        """What a word shows by itself: a signal may show once in itself and once in its beginnings."""
        cues: dict[int, int] = {}
        for word in self._fits[token]:
            for place, number in self._cues_of(word)[0]:
                cues[place] = min(number, cues.get(place, number))
        shown = [self._signals[place] for place in sorted(cues)]
        return _Shown(
            tuple([signal for signal in shown if signal not in self._counted]),
            tuple([self._counted[signal] for signal in shown if signal in self._counted]),
            cues,
        )

    def _goes_on(self, word: str) -> _Longer:
        """The cues of several words that a word of cues begins."""
        if (longer := self._longer.get(word)) is None:
            longer = self._longer[word] = _Longer([self._cue(*cue) for cue in self._cues_of(word)[1]])
        return longer

    def _cues_of(self, word: str) -> _Begun:
        if (told := self._begun.get(word)) is None:
            return (), ()
        cues: _Begun = marshal.loads(told)  # noqa: S302  # our own, see `analysis.kept`
        return cues

    def _cue(self, number: int, signal: int, told: tuple[int, ...]) -> _Cue:
        slots = self._slots.of(told)
        seconds, reach = _seconds(slots)
        if reach == 1 and slots is not None:
            return _Cue(number, signal, seconds, reach, 1, slots.then)
        return _Cue(number, signal, seconds, reach, 0, slots)


def _seconds(slots: _Slot | None) -> tuple[frozenset[str], int]:
    """The words of which one must follow, and within how many: up to the first that may not be missing. Where there are no
    such words nothing need follow."""
    seconds: frozenset[str] = frozenset()
    reach = 0
    while slots is not None:
        seconds = seconds | slots.words if seconds else slots.words
        reach += 1 + (_LONGEST_GAP if slots.gap else 0)
        if not slots.optional:
            return seconds, reach
        slots = slots.then
    return frozenset(), 0


def _reaches(token: str, least: str) -> bool:
    """Is a number `least`, which is a digit and zeros, or more? All are where that is empty."""
    if not least:
        return True
    if not token.isdecimal() or token[0] not in "123456789":
        return False
    return len(token) > len(least) or (len(token) == len(least) and token[0] >= least[0])
