"""Cues: the words that show a signal, written so that a support lead can read and mend them.

A cue is a line of words. `smok*` is any word that begins so, `late|delayed` one or the other, `really?` may be missing,
`...` up to seven words in the same sentence, `#` a number, `#3` a number from 3 on, `#70` from 70 on, `?` standing alone
a question mark and `<device>` a named list. A signal is a block of such lines in every language that we know; Latin
accents do not count.

Python's `re` tries alternatives one by one, which is too slow for a thousand cues. So a cue is filed under its
first word (or that word's first three letters), and only the cues that a text's words point at are tried: a cue of one
word needs no trying at all, and a longer one only where a word that may come second does follow.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from analysis.words import Words, fold

_STEM = 3
_NUMBER = "#"
_REMEMBERED = 50_000
_LONGEST_GAP = 7
_GAP = rf"(?: (?![.?] )[^ ]+){{0,{_LONGEST_GAP}}}?"


class Hit(NamedTuple):
    """Words that show a signal: `start` and `end` are positions in the text's words, `end` exclusive."""

    signal: str
    start: int
    end: int
    text: str


class _Cue(NamedTuple):
    """One way to begin a cue: `firsts` are the beginnings of words, or regular expressions of numbers. `rest` is a regular
    expression, empty in a cue of one word. One of `seconds`, keys as of `_Keys`, must follow within `reach` words; where
    it is empty nothing can be foretold."""

    firsts: tuple[str, ...]
    rest: str
    seconds: frozenset[str] = frozenset()
    reach: int = 0

    def begun_by(self, token: str) -> bool:
        """May it start with this word, which is filed as it is."""
        if token[0].isdecimal():
            return any(_made(first).fullmatch(token) for first in self.firsts)
        return token.startswith(self.firsts)


class _Signal(NamedTuple):
    """A signal's cues that a word begins. `rest` is what follows the word in the longer ones, as a regular expression, empty
    where there are none that come before a cue of this word `alone`. A longer one can only fit where one of `seconds`
    follows within `reach` words; where it is empty it must be tried."""

    name: str
    rest: str
    alone: bool
    seconds: frozenset[str]
    reach: int


class _Drawer(NamedTuple):
    """The cues that a word points at under one of its keys. `alone` are the signals that the word shows by itself. None of
    the longer cues fits unless one of `near` is the next word or one of `far` among the next `reach`, or `always` is set."""

    signals: tuple[_Signal, ...]
    alone: tuple[str, ...]
    near: frozenset[str]
    far: frozenset[str]
    reach: int
    always: bool


class _Keys(dict[str, tuple[str, str]]):
    """What a word is filed under: itself, and its first letters or, of a number, "#"."""

    def __missing__(self, token: str) -> tuple[str, str]:
        keys = token, _NUMBER if token[0].isdecimal() else f"{token[:_STEM]}*"
        if len(self) >= _REMEMBERED:
            self.clear()
        self[token] = keys
        return keys


_KEYS = _Keys()


class CueBook(dict[str, tuple[_Drawer, ...]]):
    """All cues, ready to be looked up. `signals` maps a signal's name to its cues, one a line; `#!` begins a comment.

    As a dict it remembers the drawers that a word points at, for the same few words make up most of what is written.
    """

    def __init__(self, signals: Mapping[str, str], lists: Mapping[str, str]) -> None:
        super().__init__()
        self.signals = tuple(signals)
        self._filed: dict[str, dict[str, list[_Cue]]] = defaultdict(lambda: defaultdict(list))
        for signal, block in signals.items():
            for line in block.splitlines():
                if cue := line.split("#!")[0].strip():
                    for name, words in lists.items():
                        cue = cue.replace(f"<{name}>", "|".join(words.split()))
                    for key, begun in _read(cue):
                        self._filed[key][signal].append(begun)
        self._drawers: dict[tuple[tuple[str, tuple[_Cue, ...], bool], ...], _Drawer] = {}

    def __missing__(self, token: str) -> tuple[_Drawer, ...]:
        drawers = tuple(drawer for key in _KEYS[token] if (drawer := self._open(key, token)) is not None)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[token] = drawers
        return drawers

    def _open(self, key: str, token: str) -> _Drawer | None:
        """The cues under a key that this word begins. Words that begin the same cues share a drawer."""
        found = []
        for signal, filed in self._filed.get(key, _NONE).items():
            begun = filed if key == token else [cue for cue in filed if cue.begun_by(token)]
            if begun:
                alone = next((i for i, cue in enumerate(begun) if not cue.rest), None)
                found.append((signal, tuple(begun[:alone]), alone is not None))  # the first that fits is the hit
        contents = tuple(found)
        if contents and contents not in self._drawers:
            self._drawers[contents] = _drawer(contents)
        return self._drawers.get(contents)

    def find(self, words: Words) -> list[Hit]:
        """Every hit of every signal, in the order of the text."""
        hits: list[Hit] = []
        tokens, keys = words.tokens, [key for token in words.tokens for key in _KEYS[token]]
        keys += ("", "")  # nothing follows the last word
        for index, drawers in enumerate(map(self.__getitem__, tokens)):
            for drawer in drawers:
                if drawer.reach:
                    after, near, far = 2 * index + 2, drawer.near, drawer.far
                    if (
                        keys[after] in near
                        or keys[after + 1] in near
                        or (far and not far.isdisjoint(keys[after : after + 2 * drawer.reach]))
                        or drawer.always
                    ):
                        _try(drawer, words, index, keys, hits)
                        continue
                for signal in drawer.alone:
                    hits.append(Hit(signal, index, index + 1, tokens[index]))
        return hits


_NONE: dict[str, list[_Cue]] = {}


def _drawer(contents: tuple[tuple[str, tuple[_Cue, ...], bool], ...]) -> _Drawer:
    signals = []
    for name, longer, alone in contents:
        rest = f"(?:{'|'.join(cue.rest for cue in longer)})(?= )" if longer else ""
        seconds = frozenset[str]().union(*(cue.seconds for cue in longer)) if all(c.seconds for c in longer) else _ANY
        signals.append(_Signal(name, rest, alone, seconds, max((cue.reach for cue in longer), default=0)))
    cues = [cue for _, longer, _ in contents for cue in longer]
    return _Drawer(
        tuple(signals),
        tuple(name for name, _, alone in contents if alone),
        frozenset(second for cue in cues if cue.reach == 1 for second in cue.seconds),
        frozenset(second for cue in cues if cue.reach > 1 for second in cue.seconds),
        max((cue.reach for cue in cues), default=0),
        not all(cue.seconds for cue in cues),
    )


_ANY: frozenset[str] = frozenset()


@cache
def _made(pattern: str) -> re.Pattern[str]:
    """Made when a text first asks for it: most cues are rare, and start-up is not slowed."""
    return re.compile(pattern)


def _try(drawer: _Drawer, words: Words, index: int, keys: list[str], hits: list[Hit]) -> None:
    """Add the hits of a drawer of which a longer cue may fit."""
    token = words.tokens[index]
    end = len(" ".join(words.tokens[: index + 1])) + 1
    following = keys[2 * index + 2 : 2 * (index + drawer.reach) + 2]
    for name, rest, alone, seconds, reach in drawer.signals:
        if (
            rest
            and not (seconds and seconds.isdisjoint(following if reach > 1 else following[:2]))
            and (match := _made(rest).match(words.line, end))
        ):
            text = match.group()
            hits.append(Hit(name, index, index + text.count(" ") + 1, f"{token}{text}"))
        elif alone:
            hits.append(Hit(name, index, index + 1, token))


def _read(cue: str) -> list[tuple[str, _Cue]]:
    """A cue as (key, cue) pairs: one for each way that its first word can begin.

    The key is the first word itself, the first letters of a beginning and a star ("smo*"), or "#".
    """
    slots = cue.split()
    if slots[0] == "..." or slots[-1] == "..." or (len(slots[0]) > 1 and slots[0].endswith("?")):
        raise ValueError(f"cue '{cue}': it must begin and end with words that have to be there")
    rest, gap, reach = "", "", 0
    seconds: set[str] = set()
    must = False  # has a word come that must be there
    for slot in slots[1:]:
        if slot == "...":
            gap = _GAP
            continue
        optional = len(slot) > 1 and slot.endswith("?")
        either = (slot[:-1] if optional else slot).split("|")
        words = f"{gap} (?:{'|'.join(_word(word) for word in either)})"
        rest += f"(?:{words})?" if optional else words
        if not must:
            seconds.update(map(_key, either))
            reach += 1 + (_LONGEST_GAP if gap else 0)
            must = not optional
        gap = ""
    told = frozenset(seconds) if must and "" not in seconds else _ANY
    by_key: dict[str, list[str]] = defaultdict(list)
    for word in slots[0].split("|"):
        key = _key(word)
        if not key:
            raise ValueError(f"cue '{cue}': a beginning needs {_STEM} letters or more")
        by_key[key].append(_word(word) if key == _NUMBER else fold(word.rstrip("*")))
    return [(key, _Cue(tuple(firsts), rest, told, reach if rest else 0)) for key, firsts in by_key.items()]


def _key(word: str) -> str:
    """What a cue's word is filed under, as `_Keys` has it for the words of a text; empty where it begins too many."""
    if word.startswith(_NUMBER):
        return _NUMBER
    stem = fold(word.rstrip("*"))
    if not word.endswith("*"):
        return stem
    return f"{stem[:_STEM]}*" if len(stem) >= _STEM else ""


def _word(word: str) -> str:
    if word == _NUMBER:
        return r"\d[\d.,]*"
    if word.startswith(_NUMBER):  # "#3", "#70": that many or more, written without leading zeros
        first, zeros = word[1], r"\d" * (len(word) - 2)
        return rf"(?:[{first}-9]{zeros}|[1-9]\d{zeros}\d*)"
    stem = fold(word.rstrip("*"))
    return re.escape(stem) + ("[^ ]*" if word.endswith("*") else "")
