"""Cues: the words that show a signal, written so that a support lead can read and mend them.

A cue is a line of words. `smok*` is any word that begins so, `late|delayed` one or the other, `really?` may be missing,
`...` up to seven words in the same sentence, `#` a number, `#3` a number from 3 on, `#70` from 70 on, `?` standing alone
a question mark and `<device>` a named list. A signal is a block of such lines in every language that we know; Latin
accents do not count.

Python's `re` tries alternatives one by one, which is too slow for a thousand cues. So a cue is filed under its
first word (or that word's first three letters), and only the cues that a text's words point at are tried.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.words import Words, fold

_STEM = 3
_NUMBER = "#"
_REMEMBERED = 50_000
_GAP = r"(?: (?![.?] )[^ ]+){0,7}?"


@dataclass(frozen=True, slots=True)
class _Drawer:
    """The cues that begin alike: `any` tells in one go whether one of them fits, which is seldom, then each is tried."""

    any: re.Pattern[str]
    each: tuple[tuple[str, re.Pattern[str]], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """Words that show a signal: `start` and `end` are positions in the text's words, `end` exclusive."""

    signal: str
    start: int
    end: int
    text: str


class CueBook:
    """All cues, ready to be looked up. `signals` maps a signal's name to its cues, one a line; `#!` begins a comment."""

    def __init__(self, signals: Mapping[str, str], lists: Mapping[str, str]) -> None:
        self.signals = tuple(signals)
        filed: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for signal, block in signals.items():
            for line in block.splitlines():
                if cue := line.split("#!")[0].strip():
                    for name, words in lists.items():
                        cue = cue.replace(f"<{name}>", "|".join(words.split()))
                    for key, pattern in _compile(cue):
                        filed[key][signal].append(pattern)
        self._written = {key: dict(by_signal) for key, by_signal in filed.items()}
        self._drawers: dict[str, _Drawer] = {}
        self._pointed: dict[str, tuple[_Drawer, ...]] = {}

    def _open(self, key: str) -> _Drawer | None:
        """The cues under a key, made ready when a text first asks for them: most are rare, and start-up is not slowed."""
        if key not in self._drawers and key in self._written:
            either = {signal: f"(?:{'|'.join(patterns)})(?= )" for signal, patterns in self._written[key].items()}
            self._drawers[key] = _Drawer(
                re.compile("|".join(either.values())),
                tuple((signal, re.compile(pattern)) for signal, pattern in either.items()),
            )
        return self._drawers.get(key)

    def _begun_by(self, token: str) -> tuple[_Drawer, ...]:
        """The drawers that a word points at; remembered, for the same few words make up most of what is written."""
        keys = (token, token[:_STEM] + "*") if token[0] not in "0123456789" else (token, _NUMBER)
        drawers = tuple(drawer for key in keys if (drawer := self._open(key)) is not None)
        if len(self._pointed) >= _REMEMBERED:
            self._pointed.clear()
        self._pointed[token] = drawers
        return drawers

    def find(self, words: Words) -> list[Hit]:
        """Every hit of every signal, in the order of the text."""
        hits: list[Hit] = []
        pointed, line, start = self._pointed, words.line, 1
        for index, token in enumerate(words.tokens):
            drawers = pointed[token] if token in pointed else self._begun_by(token)
            for drawer in drawers:
                if drawer.any.match(line, start):
                    for signal, pattern in drawer.each:
                        if match := pattern.match(line, start):
                            text = match.group()
                            hits.append(Hit(signal, index, index + text.count(" ") + 1, text))
            start += len(token) + 1
        return hits


def _compile(cue: str) -> list[tuple[str, str]]:
    """A cue as (key, regular expression) pairs: one for each way that its first word can begin.

    The key is the first word itself, the first letters of a beginning and a star ("smo*"), or "#".
    """
    slots = cue.split()
    if slots[0] == "..." or slots[-1] == "..." or (len(slots[0]) > 1 and slots[0].endswith("?")):
        raise ValueError(f"cue '{cue}': it must begin and end with words that have to be there")
    rest, gap = "", ""
    for slot in slots[1:]:
        if slot == "...":
            gap = _GAP
            continue
        optional = len(slot) > 1 and slot.endswith("?")
        words = f"{gap} (?:{'|'.join(_word(word) for word in slot.removesuffix('?').split('|'))})"
        rest += f"(?:{words})?" if optional else words
        gap = ""
    by_key: dict[str, list[str]] = defaultdict(list)
    for word in slots[0].split("|"):
        stem = fold(word.rstrip("*"))
        if word.startswith(_NUMBER):
            key = _NUMBER
        elif word.endswith("*"):
            key = stem[:_STEM] + "*"
            if len(stem) < _STEM:
                raise ValueError(f"cue '{cue}': a beginning needs {_STEM} letters or more")
        else:
            key = stem
        by_key[key].append(_word(word))
    return [(key, f"(?:{'|'.join(words)}){rest}") for key, words in by_key.items()]


def _word(word: str) -> str:
    if word == _NUMBER:
        return r"\d[\d.,]*"
    if word.startswith(_NUMBER):  # "#3", "#70": that many or more, written without leading zeros
        first, zeros = word[1], r"\d" * (len(word) - 2)
        return rf"(?:[{first}-9]{zeros}|[1-9]\d{zeros}\d*)"
    stem = fold(word.rstrip("*"))
    return re.escape(stem) + ("[^ ]*" if word.endswith("*") else "")
