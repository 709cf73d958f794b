"""Emoji speak every language: one list of what they say, for all the engines."""

from functools import cache

from analysis.lexicons.scoring import entries


@cache
def emoji_valences() -> dict[str, float]:
    """Each emoji, without variation selectors and skin tones, to its valence from -4 to 4."""
    return {emoji: valence for emoji, valence in entries("emoji.tsv").items() if valence}
