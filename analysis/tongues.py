"""The languages that we judge, each by its own lexicon engine."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from analysis.lexicons.scoring import Feeling

TONGUES = ("en", "hi", "hi-Latn", "tr")


class Tongue(NamedTuple):
    """A language's engine. `feel` scores a text by the lexicon; `spelled` gives its words in the one spelling that the
    reader of the language family was trained on."""

    engine: str
    family: str
    feel: Callable[[str], Feeling]
    spelled: Callable[[str], Sequence[str]]


@cache
def tongue(language: str) -> Tongue:
    """The engine of one of TONGUES; its lexicon is loaded when it is first asked for."""
    if language == "en":
        from analysis.lexicons import english

        return Tongue(english.ENGINE, "en", english.feel, english.spelled)
    if language in ("hi", "hi-Latn"):
        from analysis.lexicons import hindi

        return Tongue(f"sunwai-{language}-1", "hi", hindi.feel, hindi.spelled)
    if language == "tr":
        from analysis.lexicons import turkish

        return Tongue("sunwai-tr-1", "tr", turkish.feel, turkish.spelled)
    raise ValueError(f"there is no engine for '{language}'; there are {', '.join(TONGUES)}")
