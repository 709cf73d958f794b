"""Topics: what a phrase is, and which themes a text speaks of."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.topics import MOST, phrases, theme_of, topics
from core.mention import Brand

LANGUAGES = ("en", "hi", "hi-Latn", "tr")
LARKFIELD = Brand("larkfield", "Larkfield", ("Larkfield",))
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
        ("en", "both batteries of the matcha kit leaked", ["battery", "kit", "matcha kit"]),
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


def test_a_word_that_nobody_listed_is_a_topic_where_it_stands_as_a_noun_does() -> None:
    assert phrases("prices vary, cheaper in advance; the worktop and my lid", "en") == ["price", "worktop", "lid"]
    assert phrases("mera dhakkan toot gaya, chalo dilwaya", "hi-Latn") == ["dhakkan"]
    assert phrases("ढक्कन में दरार, चुपचाप", "hi") == ["ढक्कन"]
    assert phrases("Koca şirket, kumandasından ses, çözüm bulun", "tr") == ["kumanda", "ses"]


def test_brands_and_places_are_no_topics_and_what_a_brand_calls_its_own_is() -> None:
    text = (
        "Is Northwind Plus worth it? Larkfield in Bristol has the same. Northwind Delivery was late, Northwind wasn't"
    )
    assert phrases(text, "en", NORTHWIND, (LARKFIELD,)) == ["Northwind Plus", "delivery"]
    assert phrases("NORTHWIND PLUS IS BACK", "en", NORTHWIND) == []
    assert phrases("İstanbul deposunda koli yok", "tr", NORTHWIND) == ["depo", "istanbul depo", "koli"]


def test_a_term_of_a_theme_is_told_by_the_theme_alone_and_what_says_more_beside_it() -> None:
    assert topics("My gift card! And a late delivery", "en") == {"gift card", "delivery", "late delivery"}
    assert topics("müşteri hizmetleri açmıyor", "tr") == {"customer service"}
    assert topics("la livraison est en retard", "fr") == frozenset()


def test_the_theme_of_a_phrase_is_its_own_or_that_of_its_last_word() -> None:
    assert theme_of("late delivery", "en") == "delivery"
    assert theme_of("delivery driver", "en") == "courier"
    assert theme_of("müşteri hizmetleri", "tr") == "customer service"
    assert theme_of("matcha kit", "en") == ""
