"""What English posts feel: care words, sarcasm, denial, contrast, and what an author only repeats."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.lexicons import scoring
from analysis.lexicons.emoji import emoji_valences
from analysis.lexicons.english import _cut, _heard, _searched, care, feel, grammar, own_words, tokens
from analysis.lexicons.vader import Word, vader


def label(text: str) -> str:
    score = feel(text).score
    return "positive" if score >= 0.05 else "negative" if score <= -0.05 else "neutral"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Still waiting for my refund", "negative"),
        ("third time I call about this", "negative"),
        ("been on hold for 50 minutes", "negative"),
        ("you charged me twice", "negative"),
        ("thanks for nothing", "negative"),
        ("No one answers the phone", "negative"),
        ("my bag has not come", "negative"),
        ("never flying with you again", "negative"),
        ("used to be good", "negative"),
        ("I'm switching to another provider", "negative"),
        ("other shops do it better", "negative"),
        ("can't recommend this to anyone", "negative"),
        ("I can't recommend them enough", "positive"),
        ("could not be happier with it", "positive"),
        ("can't wait for Friday", "positive"),
        ("your agent went above and beyond", "positive"),
        ("landed early, lovely crew", "positive"),
        ("not bad at all", "positive"),
        ("it never lets me down", "positive"),
        ("got the tickets!!!", "positive"),
        ("what time does the store open", "neutral"),
        ("Looks like the gate is B12 now", "neutral"),
        ("please share the link", "neutral"),
        ("I'll be there at nine, we'll see", "neutral"),
        ("could you DM me your number", "neutral"),
        ("no problem", "neutral"),
        ("", "neutral"),
        ("12:30", "neutral"),
    ],
)
def test_care_language_has_the_mood_that_people_mean(text: str, wanted: str) -> None:
    assert label(text) == wanted, feel(text)


@pytest.mark.parametrize(
    "text",
    [
        "Great, another delay",
        "Thanks for losing my bag",
        "Lovely. Two hours on the tarmac and still no pilot",
        "well done, my order is cancelled again",
        "just what I needed, a cancelled flight",
        "love how the app crashes every time",
        "Cancelled again. Lovely.",
        "amazing service 🙄",
        "brilliant 👏👏 truly brilliant",
    ],
)
def test_praise_before_a_fault_or_beside_rolling_eyes_is_blame(text: str) -> None:
    assert label(text) == "negative", feel(text)


@pytest.mark.parametrize(
    "text",
    [
        "Great crew, lovely food, even with the delay",
        "Thanks for fixing my broken phone so quickly",
        "thanks, my lost bag has been found",
        "Amazing service 👏 thank you",
    ],
)
def test_praise_for_a_mended_fault_stays_praise(text: str) -> None:
    assert label(text) == "positive", feel(text)


def test_denial_turns_the_words_that_it_reaches_and_no_others() -> None:
    assert feel("not helpful").score < 0 < feel("helpful").score
    assert feel("it is not, and i say so, a helpful place").score > 0
    assert feel("not only cheap, also delicious").score > 0
    assert feel("the laptop does not charge").unspent == 0  # the phrase has had its say
    assert feel("the tram does not run").unspent == 1


def test_what_follows_but_weighs_more() -> None:
    assert feel("lovely room but awful bed").score < 0 < feel("awful bed but lovely room").score


def test_boosters_and_marks_strengthen() -> None:
    assert feel("very good!").score > feel("very good").score > feel("good").score > 0
    assert feel("very bad").score < feel("bad").score < feel("slightly bad").score < 0


@pytest.mark.parametrize(
    ("text", "own", "repeated"),
    [
        ("so true RT @lena: worst bank ever", "so true ", "worst bank ever"),
        ("RT @lena: worst bank ever", "", "worst bank ever"),
        ("Nice piece via @dailyplanet", "Nice piece ", ""),
        (
            'She wrote "this is the worst hotel I ever saw" today',
            "She wrote   today",
            "this is the worst hotel I ever saw",
        ),
        ("> your bag is lost\nthanks, got it", " \nthanks, got it", " your bag is lost"),
        ('a "safe" place', 'a "safe" place', ""),
    ],
)
def test_an_authors_own_words_are_told_from_what_they_repeat(text: str, own: str, repeated: str) -> None:
    assert own_words(text) == (own, repeated)


def test_what_is_repeated_counts_half_and_only_where_the_author_says_nothing() -> None:
    assert feel("RT @lena: worst bank ever").score > feel("worst bank ever").score
    assert label("RT @lena: worst bank ever") == "negative"
    assert label('what a lovely review: "the worst hotel I ever had to sleep in"') == "positive"


def test_words_emoji_and_emoticons_come_whole() -> None:
    assert tokens("I'll LOVE it!! 👍🏽 :-) cooooool... #WorstTrip #so_sad &amp; https://t.co/x @sam") == [
        *["i", "love", "it", "!", "👍", ":)", "cool", ".", "worst", "trip", "so", "sad"]
    ]
    assert tokens("can't stop, won't stop") == ["cantstop", ",", "wont", "stop"]
    assert tokens("“Why?!” 3.5 hrs; <3 :( ❤️") == ["why", "?", "3.5", "hrs", ".", "<3", ":(", "❤"]


def test_a_comma_or_colon_divides_what_follows_it_and_at_the_end_nothing() -> None:
    assert tokens("why, me?") == ["why", ",", "me", "?"]
    assert tokens("why, me,") == tokens("why, me:") == ["why", ",", "me"]
    assert tokens("not good, ") == ["not", "good", ","]


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["good", "BAD", "not", "never", "so", "kind", "of", "#sad", "😡", "&lt;3", "no\nfun", "the", ":("]
        )
        | st.text(max_size=8),
        min_size=1,
        max_size=12,
    ).map(" ".join)
)
def test_vader_is_asked_wherever_it_blames(text: str) -> None:
    _, _, words, _ = _heard(text)
    if words:
        assert [told(word) for word in words] == [told(word) for word in vader().words(text)]
    else:
        assert vader().compound(text) >= 0


def told(word: Word) -> tuple[object, ...]:
    return word.lower, word.upper, word.listed, word.valence, word.ruled, word.dark


AROUND = [
    "",
    *"\"'“”’‘([*#)].,!?…;:@_-^<=|&/",
    "...",
    "!!",
    "?!",
    ".,",
    "://",
    "www.",
    ":(",
    "(:",
    "'s",
    "n't",
    "😡",
    "\n",
]
WORDS = [
    "good",
    "Goood",
    "BAD",
    "isn't",
    "Don’t",
    "i'll",
    "cannot",
    "odd",
    "opp",
    "xdd",
    "kill",
    "Kelvin",
    "GoHome",
    "awww",
]


@settings(deadline=None, max_examples=1000)
@given(
    st.tuples(
        st.sampled_from(AROUND) | st.text(max_size=3),
        st.sampled_from(WORDS) | st.text("AdopxIiİK'’aa", max_size=6),
        st.sampled_from(AROUND) | st.text(max_size=3),
        st.sampled_from(AROUND),
    ).map(lambda parts: "".join(parts).replace(" ", ""))
)
def test_a_word_cut_apart_from_its_marks_is_read_as_with_them(piece: str) -> None:
    cut = _cut(piece)
    assert [known.text for known in cut.said] == [known.text for known in _searched(piece)]
    assert [told(word) for word in cut.words] == [told(word) for word in vader().words(piece)]


def test_emoji_that_vader_misreads_say_what_people_mean() -> None:
    for emoji in "👍🙏❤🔥🥰🎉":
        assert feel(emoji).score > 0, emoji
    for emoji in "👎😡🤬🙄🤡💩😤💔":
        assert feel(emoji).score < 0, emoji
    assert feel("❤️").score == feel("❤").score


def test_the_lexicons_hold_what_they_promise() -> None:
    general, emoji = scoring.entries("en.tsv"), emoji_valences()
    assert len(general) + len(care()) > 4500
    assert len(emoji) > 350
    assert not general.keys() & care().keys()
    assert all(valence < 0 for valence in care().values())
    assert all(len(key) == 1 for key in emoji)


@pytest.mark.parametrize("name", ["en.tsv", "en_care.tsv", "emoji.tsv"])
def test_no_entry_is_listed_twice(name: str) -> None:
    keys = [line.split("\t")[0] for line in (scoring.HERE / name).read_text("utf-8").splitlines() if "\t" in line]
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_each_entry_is_written_as_the_tokeniser_reads_it() -> None:
    unread = [key for key in grammar().lexicon if key not in vader().lexicon and " ".join(tokens(key)) != key]
    assert unread == []


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_a_mood_in_its_range(text: str) -> None:
    assert -1.0 <= feel(text).score <= 1.0
