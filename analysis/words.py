"""Text as the cues read it: folded to one spelling, cut into words, with sentence ends and the brand's name marked.

People write the same word in many ways ("NOT", "şarj" or "sarj", "can’t", "heeelp"); the cues are written once. Folding
is done on the text and on the cues alike: lower case, Latin accents off, no apostrophes, long letters cut short,
Devanagari nasal marks and nuktas levelled. Sentence ends become the word ".", commas ",", links "url", and every name of
the brand "brand", so that a rule can speak of it.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

from analysis.remembered import Remembered
from core.brand import Brand

MAX_CHARACTERS: Final = 40_000
"""How much of a text is judged: all of the longest post that a social platform takes (Reddit's). Of a longer one its
beginning and its end, for a long story often comes to the harm last."""

WORD: Final = r"[\w\u0900-\u0963\u0966-\u0dff]"  # Python's \w leaves out the vowel signs of Indic scripts
LETTERS: Final = re.compile(r"[^\W\d_]")
LINK: Final = re.compile(r"(?:https?://|www\.)\S+")
_HELPERS: Final = ("help", "care", "support", "destek")
_HELPDESK: Final = re.compile(rf"@(?<!\w@)\w*(?:{'|'.join(_HELPERS)})\b")
HANDLE: Final = re.compile(r"@(?<!\w@)[\w.]+")
"""Not an email's end. What begins with a plain letter is found many times faster than what begins with a look behind it."""

PICTURES: Final = "\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
"""Emoji and their like as a range of a regular expression, without the five colours of skin."""
_EMOJI: Final = "\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
EMOJI: Final = re.compile(f"[{_EMOJI}]")
_TOKEN: Final = re.compile(rf"\d+(?:[.,]\d+)*|{WORD}+|[.!?;…।\n]+|,|[{_EMOJI}$€£₹₺%]")
_ENDS: Final = frozenset(".!?;…।\n")
_LONG_LETTERS: Final = re.compile(r"([^\W\d_])\1{2,}")
THRICE: Final = re.compile(r"(.)\1\1")
"""Is in what has long letters; few words have it, and to look for it takes a quarter of the time."""


def _latin_folding() -> dict[int, str | None]:
    """Each accented Latin letter to its bare one, and marks that carry no meaning here to nothing."""
    table: dict[int, str | None] = {}
    for code in range(0xC0, 0x250):
        bare = "".join(c for c in unicodedata.normalize("NFKD", chr(code)) if not unicodedata.combining(c))
        if bare and bare != chr(code):
            table[code] = bare
    table |= {ord("ı"): "i", ord("ø"): "o", ord("ł"): "l", 0x0307: None, 0x0301: None}
    table |= dict.fromkeys(map(ord, "'’‘`´ʼ\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0f\u093c"), None)
    table[ord("ँ")] = "ं"
    return table


_FOLD: Final = _latin_folding()
_FOLDABLE: Final = re.compile(f"[{re.escape(''.join(map(chr, _FOLD)))}]")


def fold(text: str) -> str:
    """One spelling for every way to write the same words: what cues and texts are compared in."""
    if text.isascii():
        text = text.lower().replace("'", "").replace("`", "")
    else:
        text = unicodedata.normalize("NFKC", text).lower()
        if _FOLDABLE.search(text):
            text = text.translate(_FOLD)
    return _LONG_LETTERS.sub(first_group, text) if THRICE.search(text) else text


def first_group(found: re.Match[str]) -> str:
    """What a pattern's first group is: many times faster than to write it as a template."""
    return found[1]


def _cut(piece: str) -> tuple[str, ...]:
    """The folded words of a piece of text in lower case, without handles: a sentence's end is "." or "?"."""
    folded = fold(HANDLE.sub(" ", piece) if "@" in piece else piece)
    if folded.isalpha():
        return (folded,)
    found = _TOKEN.findall(folded)
    return tuple([token if token[0] not in _ENDS else "?" if "?" in token else "." for token in found])


_PIECES: Final = Remembered(_cut)
"""What stands between spaces, as words: no word goes over a space, so a text may be cut piece by piece."""


class Words:
    """A text as the cues read it. `helpdesk`: it is addressed to the brand's help account, by its name: people seldom talk
    to one when all is well. `written` is the text before it was folded, as much of it as is read."""

    def __init__(self, tokens: tuple[str, ...], helpdesk: bool = False, written: str = "") -> None:
        self.tokens, self.helpdesk, self.written = tokens, helpdesk, written

    @property
    def line(self) -> str:
        """The words with one space before and after each; of most texts nobody asks for it."""
        return f" {' '.join(self.tokens)} "


def read(text: str, brand: Brand | None = None) -> Words:
    """Fold a text and cut it into words. Never raises, whatever a stranger wrote."""
    if len(text) > MAX_CHARACTERS:
        text = f"{text[: MAX_CHARACTERS // 2]}\n{text[-MAX_CHARACTERS // 2 :]}"
    written = text
    text = text.lower()
    if "://" in text or "www." in text:
        text = LINK.sub(" url ", text)
    helpdesk = "@" in text and has_one(text, _HELPERS) and _HELPDESK.search(text) is not None
    if brand is not None:
        begun, names = _lower_names(brand)
        if names is not None and has_one(text, begun):
            text = names.sub(" brand ", text)
    tokens = tuple(chain.from_iterable(map(_PIECES.__getitem__, text.split(" "))))
    return Words(tokens, helpdesk, written)


def has_one(text: str, words: Sequence[str]) -> bool:
    """Is one of these within the text?"""
    for word in words:  # noqa: SIM110  # to build a generator takes longer
        if word in text:
            return True
    return False


@lru_cache(maxsize=256)
def brand_names(brand: Brand) -> re.Pattern[str] | None:
    """Finds the brand's names, its handles and hashtags, with a case ending ("Northwind'den"); None where it has no name."""
    return _names(brand, re.IGNORECASE)


def may_name(brand: Brand, text: str) -> bool:
    """Is it worth the while to search a text for `brand_names`? Most hold none of the words that these begin with."""
    begun = _lower_names(brand)[0]
    text = text.lower()
    if not text.isascii():
        for letter, as_if in _ALIKE:
            text = text.replace(letter, as_if)
    return any(word in text or not word.isascii() for word in begun)


_ALIKE: Final = (("ı", "i"), ("i\u0307", "i"), ("ſ", "s"))
"""What a search that ignores case takes for an ASCII letter, though `lower` does not: "İ" is lowered to two characters."""


@lru_cache(maxsize=256)
def _lower_names(brand: Brand) -> tuple[tuple[str, ...], re.Pattern[str] | None]:
    """The same for text in lower case, which is many times faster than to ignore case; and how the names begin: a text
    without one of these words need not be searched."""
    begun = {name.split()[0] for name in _told(brand)}
    shortest = tuple(word for word in begun if not any(other in word and other != word for other in begun))
    return shortest, _names(brand, re.NOFLAG)


def _names(brand: Brand, flags: re.RegexFlag) -> re.Pattern[str] | None:
    if not (told := _told(brand)):
        return None
    either = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in sorted(told, key=len, reverse=True))
    return re.compile(rf"[@#](?:{either})\w*|(?<!\w)(?:{either})(?:['’]\w+)?(?!\w)", flags)


def _told(brand: Brand) -> set[str]:
    return {name.strip().lstrip("@#").lower() for name in (brand.name, *brand.names)} - {""}
