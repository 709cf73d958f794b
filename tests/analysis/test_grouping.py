"""Near-duplicates: what people copy, cut and decorate is one text; what they say themselves is not."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import grouping
from analysis.grouping import THRESHOLD, Index, Print, clusters, likeness, prints

ENGLISH = "I waited nine days for my Northwind kettle and what came was an empty box with a stone in it"
HINDI = "नौ दिन से केतली का इंतज़ार कर रही थी और डिब्बे में पत्थर निकला, अब कोई जवाब भी नहीं दे रहा"
HINGLISH = "nau din se kettle ka wait kar raha tha aur dabbe mein patthar nikla yaar, koi jawab bhi nahi deta"
TURKISH = "Dokuz gün su ısıtıcımı bekledim, kutunun İÇİNDEN taş çıktı ve hâlâ kimse bana cevap vermiyor"
TEXTS = {"en": ENGLISH, "hi": HINDI, "hi-Latn": HINGLISH, "tr": TURKISH}
COPIES = {
    "a repost": lambda t: f"RT @some_one: {t} https://t.co/a1B2c3",
    "emoji": lambda t: f"😡😡 {t} 🙏🏽‼️",
    "capitals and spacing": lambda t: "   ".join(t.upper().split()) + "\n\n",
    "an end cut off": lambda t: t[: int(len(t) * 0.85)] + "…",
    "a word before it": lambda t: f"this!! {t}",
    "words after it": lambda t: f"{t} please share",
    "a slip of the pen": lambda t: t[:20] + t[21:50] + "x" + t[50:],
    "invisible letters": lambda t: "\u200b".join(t[i : i + 7] for i in range(0, len(t), 7)),
}


def one(text: str) -> Print:
    [found] = prints([text])
    assert found is not None
    return found


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("language", TEXTS)
def test_a_copy_is_found_in_every_language(language: str, how: str) -> None:
    index: Index[str] = Index()
    for key, text in TEXTS.items():
        index.add(key, one(text))
    assert [key for key, _ in index.alike(one(COPIES[how](TEXTS[language])))] == [language]


def test_numbers_do_not_tell_copies_apart() -> None:
    text = "order 1234 was charged twice on 3 May and nobody at the shop answers me"
    other = "order 98765 was charged twice on 14 May and nobody at the shop answers me"
    assert clusters([text, other]) == [0, 0]


def test_letters_with_fewer_dots_are_the_same_turkish() -> None:
    assert likeness(one(TURKISH), one(TURKISH.lower().replace("ı", "i"))) == 1.0


def test_vowel_signs_are_part_of_the_word() -> None:
    """Without them these would be the same letters."""
    assert grouping._letters(HINDI).count("ी") == HINDI.count("ी")


@pytest.mark.parametrize(
    "text",
    ["", "thanks", "same here", "👍👍👍", "@a @b @c @d @e @f", "कोई जवाब नहीं देता", "1 2 3 4 5 6 7 8", "a b c d e f g"],
)
def test_what_many_say_in_passing_never_groups(text: str) -> None:
    assert prints([text, text]) == [None, None]
    assert clusters([text, text]) == [0, 1]


def test_different_complaints_about_one_thing_stay_apart() -> None:
    said = [
        "My Northwind kettle leaks from the bottom after only two weeks of use",
        "the northwind kettle I bought last week trips the fuse each time I switch it on",
        "two weeks old and the lid of my northwind kettle does not close any more",
        "northwind kettle: how do I get the scale out of it? two weeks of use only",
    ]
    assert clusters(said) == [0, 1, 2, 3]


def test_a_chain_of_copies_is_one_cluster_named_after_its_first() -> None:
    words = ENGLISH.split()
    chain = [" ".join(words[start : start + 14]) for start in range(7)]
    assert clusters([HINDI, *chain]) == [0] + [1] * 7


def test_a_storm_of_copies_costs_no_more_than_its_size() -> None:
    rnd = random.Random(3)
    storm = [f"{ENGLISH} {rnd.choice('abcdefgh')}{rnd.choice('klmnop')}{n:05}" for n in range(5_000)]
    assert set(clusters(storm)) == {0}


def test_only_so_many_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    index: Index[int] = Index()
    for n in range(500):
        index.add(n, one(ENGLISH))
    calls: list[int] = []
    monkeypatch.setattr(grouping, "likeness", lambda a, b: calls.append(1) or 1.0)
    assert len(index.alike(one(ENGLISH))) == len(calls) == grouping.COMPARED


@pytest.mark.parametrize("language", TEXTS)
def test_the_same_text_has_the_same_print_whatever_stands_beside_it(language: str) -> None:
    text = TEXTS[language]
    assert prints([HINDI, text, "short", text * 20])[1] == one(text)


def test_prints_are_the_same_on_every_machine() -> None:
    """They are stored, and may be read by another worker or a later version."""
    assert one(ENGLISH).bands[:2] == (-3777593657680466070, -8281347789426740030)
    assert all(-(2**63) <= band < 2**63 for band in one(HINDI).bands)


HOSTILE = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="ab \ud800\udfff\u200d\ufe0f\u0300ा्🙏İı@#/:.\x00", max_size=300),
    st.sampled_from([*TEXTS.values(), "a" * 100_000, "\u0301" * 5_000, "x y " * 9_000, "ﷺ " * 50]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(HOSTILE, max_size=12), st.randoms())
def test_clusters_of_any_texts_are_sound(texts: list[str], rnd: random.Random) -> None:
    """Each is labelled by the first of its cluster; doing it again, or in another order, gives the same clusters."""
    found = clusters(texts)
    assert all(found[label] == label <= place for place, label in enumerate(found))
    assert clusters(texts) == found
    order = list(range(len(texts)))
    rnd.shuffle(order)
    shuffled = clusters([texts[place] for place in order])
    together = {frozenset(p for p in range(len(texts)) if found[p] == label) for label in found}
    again = {frozenset(order[p] for p in range(len(texts)) if shuffled[p] == label) for label in shuffled}
    assert together == again


@settings(max_examples=100, deadline=None)
@given(HOSTILE, HOSTILE)
def test_likeness_is_a_share_and_looks_both_ways(one: str, other: str) -> None:
    mine, theirs = prints([one, other])
    if mine and theirs:
        assert likeness(mine, mine) == 1.0
        assert 0.0 <= likeness(mine, theirs) == likeness(theirs, mine) <= 1.0


def test_bands_find_what_the_threshold_joins() -> None:
    """Of made-up texts with random words changed, nine in ten of those that are alike enough share a band."""
    rnd = random.Random(5)
    syllables = ["ka", "ro", "mi", "tu", "shen", "bal", "qir", "dov", "lep", "nas", "yug", "wod"]
    found: list[bool] = []
    for _ in range(400):
        words = ["".join(rnd.choices(syllables, k=rnd.randint(1, 4))) for _ in range(20)]
        changed = list(words)
        for place in rnd.sample(range(20), rnd.randint(1, 4)):
            changed[place] = "".join(rnd.choices(syllables, k=2))
        mine, theirs = one(" ".join(words)), one(" ".join(changed))
        if likeness(mine, theirs) >= THRESHOLD:
            found.append(any(a == b for a, b in zip(mine.bands, theirs.bands, strict=True)))
    assert len(found) > 100
    assert sum(found) / len(found) > 0.9
