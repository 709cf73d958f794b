"""Topics: what a phrase is, and which phrases speak of one thing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.topics import MOST, Topic, clusters, phrases, theme_of
from core.mention import Brand

LANGUAGES = ("en", "hi", "hi-Latn", "tr")
NORTHWIND = Brand("northwind", "Northwind", ("Northwind", "north wind", "#northwind"))


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        (
            "en",
            "Late delivery AGAIN, customer service never answers",
            ["delivery", "late delivery", "customer service"],
        ),
        ("en", "love the new #BatteryLife!! see https://t.co/Jk20Pz1q @helpdesk", ["battery life", "new battery life"]),
        ("en", "both batteries of the matcha kit leaked", ["battery", "matcha", "kit", "matcha kit"]),
        (
            "hi-Latn",
            "kab aayega mera parcel? customer care bekar hai",
            ["parcel", "customer care"],
        ),
        ("hi", "मेरा पार्सल कब आएगा, रिफंड नहीं मिला", ["पार्सल", "रिफंड"]),
        (
            "tr",
            "Siparişimi alın, faturası da yanlış, hasarlı paket geldi",
            ["sipariş", "fatura", "paket", "hasarlı paket"],
        ),
        ("tr", "MÜŞTERİ HİZMETLERİ telefonu açmıyor", ["müşteri hizmetleri", "telefon", "müşteri hizmetleri telefonu"]),
    ],
)
def test_phrases_are_plain_nouns_with_what_stands_before_them(language: str, text: str, found: list[str]) -> None:
    assert phrases(text, language) == found


def test_names_numbers_courtesies_and_mere_feelings_are_no_topic() -> None:
    assert phrases("Thanks Oliver, so happy, great! 0171 234567 and order", "en") == ["order"]
    assert phrases("Northwind's kettle, north wind's lid", "en", NORTHWIND) == ["kettle", "lid"]
    assert phrases("Northwind'in kargosu", "tr", NORTHWIND) == ["kargo"]
    assert phrases("la livraison est en retard", "fr") == []


@settings(deadline=None)  # the first text of a language loads its words
@given(st.text(max_size=300), st.sampled_from(LANGUAGES))
def test_whatever_a_stranger_writes_gives_short_phrases(text: str, language: str) -> None:
    found = phrases(text, language)
    assert len(found) == len(set(found)) <= MOST
    assert all(1 <= len(phrase.split()) <= 6 and len(phrase) <= 120 for phrase in found)


def test_a_very_long_text_is_read_only_so_far() -> None:
    assert phrases("the lid. " * 3_000 + "kettle", "en") == ["lid"]
    assert phrases("x" * 50_000, "en") == []


def test_one_thing_in_several_languages_is_one_topic() -> None:
    counts = {
        ("delivery", "en"): 40,
        ("late delivery", "en"): 12,
        ("डिलीवरी", "hi"): 7,
        ("dilivery", "hi-Latn"): 3,
        ("kargo", "tr"): 9,
        ("teslimat", "tr"): 2,
        ("refund", "en"): 5,
    }
    topics = clusters(counts)
    assert [(topic.label, topic.theme, topic.count) for topic in topics] == [
        ("delivery", "delivery", 61),
        ("refund", "refund", 5),
    ]
    assert ("late delivery", "en") in topics[0].phrases
    assert ("late delivery", "en") not in topics[0].roots, "a post that says it says delivery too, and is counted there"
    assert [topic.label for topic in clusters(counts, "tr")] == ["teslimat", "para iadesi"]
    assert [topic.label for topic in clusters(counts, "hi")] == ["डिलीवरी", "रिफंड"]


def test_a_word_goes_with_the_phrase_that_it_mostly_stands_in_and_else_the_phrase_with_its_word() -> None:
    topics = clusters({("matcha", "en"): 11, ("kit", "en"): 12, ("matcha kit", "en"): 10, ("kitchen", "en"): 4})
    assert [(topic.label, topic.count) for topic in topics] == [("matcha kit", 12), ("kitchen", 4)]
    topics = clusters({("lid", "en"): 30, ("kettle lid", "en"): 4})
    assert topics == [Topic("lid", "", 30, (("lid", "en"), ("kettle lid", "en")), (("lid", "en"),))]


def test_spellings_of_one_word_meet_across_scripts_and_accents() -> None:
    topics = clusters({("dhakkan", "hi-Latn"): 5, ("ढक्कन", "hi"): 3})
    assert [(topic.label, topic.count) for topic in topics] == [("dhakkan", 8)]
    topics = clusters({("fotograf", "tr"): 5, ("fotoğraf", "tr"): 3, ("fotoğrafı", "tr"): 2})
    assert [(topic.label, topic.count) for topic in topics] == [("fotoğraf", 10)]


def test_counts_are_never_lost_nor_a_phrase_in_two_topics() -> None:
    counts = {
        ("battery life", "en"): 3,
        ("life", "en"): 3,
        ("new battery", "en"): 2,
        ("door", "en"): 1,
        ("front door", "en"): 1,
    }
    topics = clusters(counts)
    said = [one for topic in topics for one in topic.phrases]
    assert sorted(said) == sorted(counts)
    assert all(topic.count == sum(counts[one] for one in topic.roots) for topic in topics)


def test_the_theme_of_a_phrase_is_its_own_or_that_of_its_last_word() -> None:
    assert theme_of("late delivery", "en") == "delivery"
    assert theme_of("delivery driver", "en") == "courier"
    assert theme_of("müşteri hizmetleri", "tr") == "customer service"
    assert theme_of("matcha kit", "en") == ""
