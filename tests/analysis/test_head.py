"""The head's reader keeps what the n-grams of a word add up to: it must say what all n-grams of a text would."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.evidence import names
from analysis.head import _TOGETHER, Reader, stack
from analysis.ngrams import NOTHING, PAIRS, ngrams

TEXTS = [
    text.split()
    for text in ("the parcel is late", "", "zzz", "a", "late late parcel", "word " * 190 + "end", "नमस्ते दुनिया")
]


@pytest.fixture
def reader() -> Reader:
    hashes, _ = ngrams([words for words in TEXTS if words != ["zzz"]])
    keys, spread = np.unique(hashes), np.random.default_rng(7)
    weights = spread.normal(size=(len(keys), 5)).astype(np.float32)
    weights[:, 4] = 2.5  # all as large as can be
    rarity = spread.uniform(1, 9, size=len(keys)).astype(np.float16).astype(np.float32)
    return Reader.rounded(keys, weights, rarity, np.arange(5, dtype=np.float32))


def plainly(reader: Reader, words: list[str]) -> np.ndarray:
    rows = reader.rows[reader.slots(ngrams([words])[0])].astype(np.float64)
    said: np.ndarray = rows[:, :-1].sum(axis=0) / np.sqrt(max(rows[:, -1].sum(), 1e-6)) + reader.bias
    return said


def test_texts_together_get_what_each_gets_alone(reader: Reader) -> None:
    together = reader.logits(TEXTS)
    for words, logits in zip(TEXTS, together, strict=True):
        assert logits == pytest.approx(plainly(reader, words), rel=1e-4, abs=1e-4)
        assert logits == pytest.approx(reader.logits([words])[0], rel=1e-5)


@given(st.lists(st.text(st.sampled_from("ab é😀 \ud800"), max_size=9), max_size=6))
def test_n_grams_of_texts_together_are_those_of_each_alone(texts: list[str]) -> None:
    """None goes over from one text into the next, and none is lost at an end."""
    said = [text.split() for text in texts]
    hashes, owners = ngrams(said)
    for place, words in enumerate(said):
        alone = ngrams([words])[0].tolist()
        characters = sum(max(0, len(word) + 2 - n + 1) for word in words for n in (3, 4, 5))
        assert len(alone) == characters + len(words) + sum(max(0, len(words) - by) for *_, by in PAIRS)
        assert hashes[owners == place].tolist() == alone


@pytest.mark.parametrize("keys", [[0], [31], [32], [NOTHING - 1], [0, 1, 30, 31, 32, 63, 64, 4_000_000, NOTHING - 1]])
def test_each_kept_n_gram_has_its_row_and_no_other_has_one(keys: list[int]) -> None:
    kept = np.array(keys, dtype=np.uint32)
    reader = Reader.rounded(
        kept, np.ones((len(keys), 1), np.float32), np.ones(len(keys), np.float32), np.zeros(1, np.float32)
    )
    wanted = np.zeros(NOTHING + 1, dtype=np.uint32)
    wanted[kept] = np.arange(1, len(keys) + 1)
    assert np.array_equal(reader.slots(np.arange(NOTHING + 1, dtype=np.uint32)), wanted)


def test_more_texts_than_are_read_at_once_come_out_in_order(reader: Reader) -> None:
    many = [TEXTS[i % len(TEXTS)] for i in range(2 * _TOGETHER + 1)]
    assert np.allclose(reader.logits(many), reader.logits(TEXTS)[np.arange(len(many)) % len(TEXTS)], rtol=1e-5)


def test_what_training_never_saw_says_nothing(reader: Reader) -> None:
    assert reader.logits([["zzz"], []]).tolist() == [reader.bias.tolist()] * 2
    assert reader.logits([]).shape == (0, 5)


def test_a_saved_reader_says_the_same(reader: Reader, tmp_path: Path) -> None:
    reader.save(tmp_path / "reader.npz")
    assert np.allclose(Reader.load(tmp_path / "reader.npz").logits(TEXTS), reader.logits(TEXTS), atol=1e-4)


def test_a_reader_of_words_alone_hears_no_pairs(reader: Reader, tmp_path: Path) -> None:
    parts = reader.weights, reader.rarity, reader._scale, reader.bias
    Reader(reader.keys, *parts, paired=False).save(tmp_path / "reader.npz")
    alone = np.isin(reader.keys, ngrams(TEXTS, paired=False)[0])
    rows = np.concatenate(([True], alone))
    bare = Reader(reader.keys[alone], reader.weights[rows], reader.rarity[rows], reader._scale, reader.bias)
    said = Reader.load(tmp_path / "reader.npz").logits(TEXTS)
    assert said == pytest.approx(bare.logits(TEXTS), rel=1e-4, abs=1e-4)
    assert said[0] != pytest.approx(reader.logits(TEXTS)[0], rel=1e-2)


def test_pairs_know_other_forms_of_their_words() -> None:
    """ "not happily" shares with "not happy" how both words begin, and "not very happily" with "not that happy" the same two
    with a word between."""

    def shared(one: str, other: str) -> int:
        both = set(ngrams([one.split()])[0].tolist()) & set(ngrams([other.split()])[0].tolist())
        return len(both.difference(ngrams([one.split()], paired=False)[0].tolist()))

    assert shared("not happy", "not happy") == 3
    assert shared("not happy", "not happily") == 2  # how both begin, and how one ends and the other begins
    assert shared("not that happy", "not very happily") == 1
    assert shared("happy not", "not happy") == shared("not happy", "y z") == 0


def test_weights_of_eight_bits_are_near_the_learned_ones() -> None:
    weights = np.linspace(-3, 3, 40, dtype=np.float32).reshape(20, 2)
    reader = Reader.rounded(
        np.arange(20, dtype=np.uint32), weights, np.ones(20, dtype=np.float32), np.zeros(2, dtype=np.float32)
    )
    assert np.abs(reader.rows[1:, :-1] - weights).max() <= 3 / 127 / 2 + 1e-6


def test_the_shipped_model_was_trained_on_the_inputs_that_it_is_given() -> None:
    given = tuple(name for name in stack().inputs if not name.startswith("n-grams "))
    assert given == names(()), "cues or concepts have changed their names: train anew with `python -m analysis.train`"
