"""Hindi and Hinglish: spellings meet in a key, words are shaded by their clause, and no text is too odd."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.lexicons import hindi
from analysis.lexicons.hindi import feel, grammar, key, look_up, spelled, tokens
from analysis.lexicons.scoring import HERE, entries

SPELLINGS = [
    "बहुत bahut bohot bht bahot boht",
    "अच्छा accha acha achha axha achchha",
    "नहीं nahi nahin nhi nai",
    "खराब kharab khrab kharaab",
    "बेकार bekar bekaar",
    "पहले pehle pahle",
    "महंगा mehnga mahanga mehenga",
    "शिकायत shikayat sikayat shikaayat",
    "धोखा dhokha dhoka",
    "ज़्यादा zyada jyada ziada",
    "गलती galti galati",
    "खतरा khatra khatara",
    "धन्यवाद dhanyavad dhanyawaad dhanywad",
    "शुक्रिया shukriya shukria",
    "परेशान pareshan paresan pareshaan",
    "ईमानदार imandar imaandaar",
    "घटिया ghatiya ghatia",
    "लोगों logon logo",
    "शहर shahar sheher",
    "बेहतर behtar",
    "ज्ञान gyan gyaan",
    "प्यार pyar pyaar piyar",
    "मज़ा maza maja",
    "ख़ुश khush khus",
    "कृपया kripya kripaya",
    "बधाई badhai badhaai badhayi",
    "सर्विस service srvice",
    "तो to",
    "हम hum ham",
    "खत्म khatam khatm",
    "शर्म sharm sharam",
    "योजना yojana",
    "ज्ञानी gyani gyaani",
    "गाँव gaon",
    "कहाँ kahan",
    "क्यों kyun kyu",
    "हूँ hoon hu",
    "दोपहर dopahar",
    "विनाशकारी vinashkari",
    "मोहब्बत mohabbat muhabbat",
    "नज़र nazar nazr najar",
    "रिफंड refund",
    "डिलीवरी delivery",
    "थोड़ा thoda thora",
]


@pytest.mark.parametrize("spellings", SPELLINGS)
def test_every_spelling_of_a_word_meets_in_its_key(spellings: str) -> None:
    assert len({key(word) for word in spellings.split()}) == 1


@pytest.mark.parametrize("words", ["bekar sarkar", "khush kush", "dhoka dekha", "badhai bade", "maza saza"])
def test_different_words_keep_different_keys(words: str) -> None:
    assert len({key(word) for word in words.split()}) == len(words.split())


def test_a_sentence_is_spelled_the_same_in_both_scripts() -> None:
    assert spelled("बहुत खराब सर्विस है") == spelled("bht khrab service h")


def test_a_vowel_sign_never_splits_a_word() -> None:
    assert tokens("ज़िंदगी में मुश्किलें हैं।") == ["जिंदगी", "में", "मुश्किलें", "हैं", "."]


def test_handles_links_and_skin_tones_are_dropped_and_runs_of_marks_are_one() -> None:
    assert tokens("@someone dekho https://x.example/y 👍🏽!!!") == ["dekho", "👍", "!"]


@pytest.mark.parametrize(
    "text",
    [
        "service bahut acchi hai",
        "BOHOT ACHA PHONE HAI",
        "maza aa gaya yaar",
        "यह फोन बहुत अच्छा है",
        "सर्विस शानदार है 👏",
        "koi dikkat nahi hui",
        "kharab nahi hai",
        "dil se shukriya",
    ],
)
def test_praise_scores_above_zero(text: str) -> None:
    assert feel(text).score > 0.1


@pytest.mark.parametrize(
    "text",
    [
        "service acchi nahi hai",
        "accha nahi laga",
        "ekdum bakwas service",
        "bohot hi ghatiyaaa product",
        "kabhi mat lena",
        "mere paise wapas karo",
        "यह फोन अच्छा नहीं है",
        "बहुत ही घटिया सर्विस",
        "सर्विस अच्छी थी लेकिन अब बेकार है",
        "phone accha hai lekin battery kharab hai",
        "#BahutBekar service",
    ],
)
def test_blame_scores_below_zero(text: str) -> None:
    assert feel(text).score < -0.1


def test_a_negator_closes_with_its_verb() -> None:
    assert feel("service acchi nahi hai delivery bekar hai").positive == 0


def test_what_follows_but_counts_more() -> None:
    assert feel("mehnga hai lekin accha hai").score > feel("accha hai lekin mehnga hai").score


def test_par_is_but_after_a_verb_and_on_after_a_noun() -> None:
    assert feel("mehnga hai par accha hai").score == feel("mehnga hai lekin accha hai").score
    assert "lekin" not in tokens("phone par baat hui") and "लेकिन" not in tokens("फोन पर बात हुई")


def test_phir_bhi_turns_a_sentence_like_but() -> None:
    assert feel("mehnga hai phir bhi accha hai").score == feel("mehnga hai lekin accha hai").score
    assert feel("महंगा है फिर भी अच्छा है").score == feel("महंगा है लेकिन अच्छा है").score


def test_na_denies_before_a_word_and_asks_for_agreement_after_a_verb() -> None:
    assert feel("na acchi service").score < 0 < feel("accha hai na yaar ekdum mast").score


def test_no_word_denies_an_emoji() -> None:
    assert feel("ab wait nahi hota 😍").score > 0


def test_boosters_strengthen_and_weaken() -> None:
    assert feel("bahut kharab").score < feel("kharab").score < feel("thoda kharab").score < 0


@pytest.mark.parametrize(
    ("word", "base"), [("gandi", "ganda"), ("gande", "ganda"), ("takleefein", "takleef"), ("गंदी", "गंदा")]
)
def test_inflected_words_count_as_their_base(word: str, base: str) -> None:
    assert feel(word).score == pytest.approx(feel(base).score, abs=0.1) != 0


def test_either_script_is_served_by_the_other_lexicon() -> None:
    for word in ("vinashkari", "nirlajj", "लफड़ा", "घटिया"):
        assert look_up(word) != 0, word


def test_english_words_count_as_vader_has_them_but_for_those_that_hindi_uses_otherwise() -> None:
    assert feel("amazing").score > 0 > feel("horrible").score
    assert feel("uske bad main aaunga").score == 0


@pytest.mark.parametrize("name", ["hi.tsv", "hi-Latn.tsv"])
def test_the_lexicon_is_large_and_says_nothing_twice(name: str) -> None:
    lines = [line.split("\t")[0] for line in (HERE / name).read_text("utf-8").splitlines() if "\t" in line]
    assert len(lines) == len(set(lines)) == len(entries(name))
    assert sum(1 for valence in entries(name).values() if valence) >= 3_000


def test_words_that_sound_alike_agree_but_for_joy_and_grief() -> None:
    for name in ("hi.tsv", "hi-Latn.tsv"):
        charges: dict[str, set[bool]] = {}
        for word, valence in entries(name).items():
            if " " not in word and valence:
                charges.setdefault(key(word), set()).add(valence > 0)
        assert {found for found, signs in charges.items() if len(signs) > 1} <= {"sok", "fate", "fata"}, name
    latin, devanagari = hindi._by_key()
    assert [at for at in latin.keys() & devanagari.keys() if latin[at] * devanagari[at] < 0] == []


@pytest.mark.parametrize(
    "words",
    [
        "shaadi saman makan malik samajh jitna badal hara",  # wedding, goods, house, owner ...
        "chicken data london pasta chain the and with delivery service",
        "शादी सामान मकान जितना बदल भारतीय सलाह साड़ी छूट",
    ],
)
def test_plain_words_that_sound_like_charged_ones_stay_plain(words: str) -> None:
    assert [word for word in words.split() if look_up(word) or grammar().lexicon.get(tokens(word)[0])] == []


@pytest.mark.parametrize("name", ["hi.tsv", "hi-Latn.tsv"])
def test_no_lexicon_lists_a_short_form_that_it_would_never_see(name: str) -> None:
    assert {word for word in entries(name) if " " not in word}.isdisjoint(hindi._SHORT)


@pytest.mark.parametrize(
    ("text", "score"), [("sir complaint number kya hai", 0), ("kaunsa phone best rahega?", 0), ("main kal aaunga", 0)]
)
def test_questions_and_plain_talk_weigh_nothing(text: str, score: float) -> None:
    assert feel(text).score == pytest.approx(score, abs=0.1)


def test_trouble_that_is_over_is_good_news() -> None:
    assert feel("ab tension khatam").score > 0 < feel("झंझट खत्म").score


def test_a_phrase_holds_in_any_spelling_and_in_the_other_script() -> None:
    assert (
        [one.text for one in feel("paisaa vasool").charged] == [one.text for one in feel("paisa vasool").charged] != []
    )
    assert feel("पैसा वसूल").score > 0.4 < feel("मोगैम्बो खुश हुआ").score


def test_a_text_takes_microseconds() -> None:
    text = "yaar is company ki service bahut kharab hai, 3 din se refund nahi aaya aur koi jawab bhi nahi de rahe"
    feel(text)
    start = time.perf_counter()
    for _ in range(500):
        feel(text)
    assert (time.perf_counter() - start) / 500 < 0.001


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=80) | st.text("अआइईकखगनहीं्ा़ँaeiounhbk !?.,'@#:)(", max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    found = feel(text)
    assert -1 <= found.score <= 1
    assert all(tokens(text)) and all(spelled(text))
    assert all(isinstance(key(word), str) and isinstance(look_up(word), float) for word in [*tokens(text), text])


@pytest.mark.parametrize(
    "text", ["ak" * 20_000, "अक" * 20_000, "nahi " * 8_000, ":(" * 20_000, "be-" * 10_000, "#aA" * 10_000]
)
def test_no_long_text_takes_long(text: str) -> None:
    start = time.perf_counter()
    assert -1 <= feel(text).score <= 1
    assert spelled(text) is not None
    assert time.perf_counter() - start < 5


def test_the_grammar_is_made_once() -> None:
    assert grammar() is grammar()
