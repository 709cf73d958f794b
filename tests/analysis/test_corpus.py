"""The corpus holds what it promises: every line parses, every label is there, and no split knows another's texts."""

import json
import re
from collections import Counter, defaultdict

import pytest

from analysis.corpus import HOME, LANGUAGES, Example, examples
from analysis.grouping import clusters
from analysis.words import WORD, fold

HARD = HOME.parent / "hard"
AT_LEAST = {"train": 2_000, "dev": 300, "test": 300}


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> list[Example]:
    return list(examples(request.param))


def test_every_language_has_enough_in_each_split(language: list[Example]) -> None:
    counts = Counter(example.split for example in language)
    assert all(counts[split] >= least for split, least in AT_LEAST.items()), counts


def test_every_split_holds_every_sentiment_and_priority(language: list[Example]) -> None:
    for split in AT_LEAST:
        part = [example for example in language if example.split == split]
        sentiments = Counter(example.sentiment for example in part)
        assert min(sentiments[label] for label in ("negative", "neutral", "positive")) >= len(part) / 6, sentiments
        assert {example.priority for example in part} == {1, 2, 3, 4}


def test_no_text_is_there_twice(language: list[Example]) -> None:
    told = Counter(" ".join(example.text.split()).casefold() for example in language)
    assert [text for text, times in told.items() if times > 1] == []


def test_no_split_holds_the_letters_of_another_however_few(language: list[Example]) -> None:
    """ "Fena değil" and "fena değil 🤷" are too short to be near-duplicates, and are the same to a trainer."""
    places: defaultdict[str, dict[str, Example]] = defaultdict(dict)
    for example in language:
        letters = re.sub(rf"(?!{WORD})[\s\S]|[\d_]", "", fold(example.text))
        places[letters or example.text][example.split] = example
    across = [found for found in places.values() if len(found) > 1]
    assert [[f"{split} {e.family}: {e.text}" for split, e in found.items()] for found in across] == []


def test_no_split_holds_nearly_the_same_text_as_another(language: list[Example]) -> None:
    """Else the test split would ask what the trainer has seen."""
    labels = clusters([example.text for example in language])
    across = [
        (language[first], example)
        for first, example in zip(labels, language, strict=True)
        if language[first].split != example.split
    ]
    assert not [(f"{a.split} {a.family}: {a.text}", f"{b.split} {b.family}: {b.text}") for a, b in across]


def test_no_hard_case_is_taught(language: list[Example]) -> None:
    """The hard cases measure what the trainer has never seen, not even nearly."""
    taught = [example.text for example in language]
    asked = [json.loads(line)["text"] for path in HARD.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    assert asked
    labels = clusters([*taught, *asked])
    assert [text for first, text in zip(labels[len(taught) :], asked, strict=True) if first < len(taught)] == []
