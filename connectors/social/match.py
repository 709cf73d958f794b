"""Does a text answer a brand query? For platforms that cannot search, or search loosely.

Words match at word edges, whatever their case, in any script. An edge is where letters, digits or combining marks stop:
Python's `\\w` leaves out the vowel signs of Devanagari, so edges are told by Unicode category instead.
"""

import re
import unicodedata
from functools import lru_cache

from core.mention import BrandQuery

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0e\ufe0f\ufeff]")
_SPACE = re.compile(r"\s+")


def matches(query: BrandQuery, text: str) -> bool:
    """True if `text` holds one of `any_of`, all of `all_of` and none of `none_of`. `languages` is not looked at."""
    folded = fold(text)
    return (
        any(_holds(folded, term) for term in query.any_of)
        and all(_holds(folded, term) for term in query.all_of)
        and not any(_holds(folded, term) for term in query.none_of)
    )


def fold(text: str) -> str:
    """One spelling for all that should compare equal: case, width, invisible marks and runs of space.

    The Turkish pairs I/ı and İ/i all become i, so that IRMAK finds ırmak and istanbul finds İSTANBUL.
    """
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    text = unicodedata.normalize("NFKC", text.replace("i\u0307", "i").replace("ı", "i"))
    return _SPACE.sub(" ", text).strip()


@lru_cache(maxsize=4096)
def _folded_term(term: str) -> str:
    return fold(term)


def _holds(text: str, term: str) -> bool:
    term = _folded_term(term)
    if not term:
        return False
    at = text.find(term)
    while at >= 0:
        end = at + len(term)
        if not (_joined(text, at - 1, term[0]) or _joined(text, end, term[-1])):
            return True
        at = text.find(term, at + 1)
    return False


def _joined(text: str, neighbour: int, edge: str) -> bool:
    """Does the term's edge run on into the neighbouring character, so that it is part of a longer word?"""
    return 0 <= neighbour < len(text) and _in_word(edge) and _in_word(text[neighbour])


def _in_word(character: str) -> bool:
    return character == "_" or unicodedata.category(character)[0] in "LMN"
