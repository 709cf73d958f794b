"""Words that no ending can be taken off are not asked for one: the stems must be those of the stemmer all the same."""

import random
from string import ascii_lowercase

from snowballstemmer.english_stemmer import EnglishStemmer

from core.terms import stems

ENDINGS = [
    "ational",
    "ing",
    "ingly",
    "eed",
    "ies",
    "ied",
    "ness",
    "ful",
    "less",
    "ly",
    "ment",
    "ization",
    "ism",
    "er",
    "y",
    "",
]


def test_every_word_has_the_stem_that_snowball_gives() -> None:
    pick = random.Random(5)
    for last in ascii_lowercase:
        for ending in ENDINGS:
            for _ in range(4):
                word = "".join(pick.choices(ascii_lowercase, k=pick.randrange(6))) + ending + last
                assert stems(word, "en") == stems(word, "hi-Latn") == (EnglishStemmer().stemWord(word),)
