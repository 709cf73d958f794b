"""Our VADER says what the reference says, to the last bit, of anything that people or chance may write."""

import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import (
    BOOSTER_DICT,
    NEGATE,
    SENTIMENT_LADEN_IDIOMS,
    SPECIAL_CASES,
    SentimentIntensityAnalyzer,
)

from analysis.lexicons import vader
from analysis.lexicons.vader import scores

ROOT = Path(__file__).parents[2]
RULED = [
    "no",
    "or",
    "nor",
    "least",
    "at",
    "very",
    "never",
    "so",
    "this",
    "without",
    "doubt",
    "but",
    "BUT",
    "kind",
    "sort",
    "just",
    "of",
    "enough",
    "n't",
    "can't",
    "don't",
]
PLAIN = [
    "a",
    "the",
    "it",
    "is",
    "we",
    "my",
    "on",
    "in",
    "flight",
    "phone",
    "they",
    "for",
    "and",
    "to",
    "he",
    "her",
    "with",
    "bag",
]
MARKS = [*"!?.,;:'\"()#@*-_~&", "!!!", "??", "???", "????", "!?", "...", "--", ":)", ":-(", ":D", ":P", "<3", "n't"]
ODD = [
    *"İıßſǅẞ\u0301\u200d\ufe0f\ufeff\x1c\x85\u2028\xa0\u3000\ud800\x00",
    "Σας",
    "कमाल",
    "ÇOK",
    "123",
    "x" * 70,
    "Ⅷ",
    "ⓐ",
]
SPACES = [" "] * 12 + ["  ", "\n", "\t", "", ", ", ". ", "! ", "\xa0"]


@cache
def reference() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


def words() -> list[list[str]]:
    """What texts are mixed from, in kinds that are drawn as often as each other."""
    analyzer = reference()
    emoji = sorted(analyzer.emojis)
    idioms = sorted(
        {*SPECIAL_CASES, *SENTIMENT_LADEN_IDIOMS, "kind of", "sort of", "just enough", "at least", "never so"}
    )
    listed = sorted(analyzer.lexicon)
    few = ["good", "bad", "great", "GREAT", "love", "no", "hate"]  # few values, so many equals around a "but"
    return [listed, few, sorted(BOOSTER_DICT), NEGATE, RULED, RULED, idioms, PLAIN, PLAIN, emoji, MARKS, ODD]


def generated(count: int, seed: int) -> Iterator[str]:
    chance, kinds = random.Random(seed), words()
    quoted, shouted, stretched = '"{},'.format, "{}!".format, (lambda word: word + word[-1:])
    styles = [str, str, str, str.upper, str.title, quoted, shouted, stretched]
    for _ in range(count):
        drawn = chance.sample(kinds, chance.randint(2, 6))
        parts = []
        for _ in range(chance.randint(1, 11)):
            word = chance.choice(chance.choice(drawn))
            parts += chance.choice(styles)(word), chance.choice(SPACES)
        yield "".join(parts)


def written() -> Iterator[str]:
    """Every line of text in the repository: posts, tests, corpora, documents."""
    for room in ("sandbox", "tests", "analysis/data", "docs", "analysis/lexicons"):
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in {".jsonl", ".txt", ".md", ".csv", ".tsv", ".py"}:
                for line in path.read_text("utf-8").splitlines():
                    yield (
                        json.loads(line).get("text", line) if path.suffix == ".jsonl" and line.startswith("{") else line
                    )


def differing(texts: list[str]) -> list[tuple[str, object, object]]:
    """`repr` tells 0.0 from -0.0 and every bit of the rest."""
    wanted = [reference().polarity_scores(text) for text in texts]
    found = scores(texts)
    return [(text, w, f) for text, w, f in zip(texts, wanted, found, strict=True) if repr(w) != repr(f)]


def test_every_line_in_the_repository_gets_the_reference_scores() -> None:
    texts = list(dict.fromkeys(line[:300] for line in written()))
    random.Random(3).shuffle(texts)
    assert differing(texts[:25_000]) == []


@pytest.mark.parametrize("seed", range(4))
def test_every_mix_of_what_the_rules_name_gets_the_reference_scores(seed: int) -> None:
    assert differing(list(generated(22_000, seed))) == []


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=60) | st.lists(st.sampled_from([w for kind in words() for w in kind])).map(" ".join))
@example("")
@example(" \n")
@example("no")
@example("good good but good good bad")
@example("very no good")
@example("NO GOOD kind of BAD")
@example("\U0001f600\U0001f600x \U0001f600")
@example("\ud83d\ude00")
def test_any_text_gets_the_reference_scores(text: str) -> None:
    assert differing([text]) == []


def test_every_listed_word_and_emoji_gets_the_reference_scores() -> None:
    listed = [*reference().lexicon, *reference().emojis]
    assert differing([f"it {word} is" for word in listed]) == []


def test_without_a_dark_word_no_text_is_worth_less_than_0() -> None:
    bright = [text for text in generated(20_000, 5) if not any(word.dark for word in vader.vader().words(text))]
    assert len(bright) > 1_000
    assert [text for text in bright if vader.vader().compound(text) < 0] == []


def test_scores_stay_right_when_the_memory_of_words_is_full() -> None:
    fresh = vader.Vader()
    fresh._words._memory._most = 50
    for i in range(500):
        fresh.compound(f"word{i} {'long' * 50}{i}")
    assert fresh.scores("not a very good day") == reference().polarity_scores("not a very good day")
    assert len(fresh._words) <= 50
