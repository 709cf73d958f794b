"""Which language a post is in, and how it feels."""

import logging
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.language import language
from analysis.sentiment import ENGINE, mask, sentiment
from core.mention import Brand

UNITED = Brand("united", "United", ("United",))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("My parcel never arrived and nobody answers", "en"),
        ("worst service ever", "en"),
        ("THE CHARGER IS ON FIRE", "en"),
        ("मेरा ऑर्डर नहीं आया", "hi"),
        ("Northwind का चार्जर जल गया", "hi"),
        ("mera order abhi tak nahi aaya yaar", "hi-Latn"),
        ("bakwas service hai northwind ka", "hi-Latn"),
        ("refund kab milega", "hi-Latn"),
        ("Siparişim hâlâ gelmedi, kimse cevap vermiyor", "tr"),
        ("kargom nerede", "tr"),
        ("sarj aleti yaniyor, duman cikiyor", "tr"),
        ("Wo ist mein Paket?", "de"),
        ("¿Dónde está mi pedido?", "es"),
        ("مرحبا أين طلبي", "ar"),
        ("注文した商品がまだ届かない", "ja"),
        ("The order never came and I am sad yaar", "en"),
        ("", "und"),
        ("👍🔥", "und"),
        ("@someone https://example.com/a 12345", "und"),
        ("\ud800", "und"),
    ],
)
def test_the_language_of_a_short_post_is_told(text: str, wanted: str) -> None:
    assert language(text) == wanted


def test_a_platforms_hint_settles_what_the_words_leave_open() -> None:
    assert (language("hm", "tr"), language("hm")) == ("tr", "und")
    assert language("Siparişim hâlâ gelmedi, kimse cevap vermiyor", "en") == "tr"
    assert language("👍", "en") == "und"
    assert [language("hm", hint) for hint in ("tr", "")] == ["tr", "und"]


def test_telling_a_language_touches_no_network_and_logs_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with caplog.at_level(logging.INFO):
        language("a long text " * 100)
    assert caplog.records == []


@given(st.text(max_size=200), st.text(max_size=8))
def test_any_text_has_a_language(text: str, hint: str) -> None:
    assert language(text, hint)


def test_the_brands_own_name_has_no_mood() -> None:
    assert sentiment("United lost my bag", "en", UNITED).label == "negative"
    assert sentiment("@United #united United's flight at 9", "en", UNITED).score == 0.0
    assert "nited" not in mask("United @united https://united.com/x", UNITED)


def test_only_english_and_emoji_have_a_mood_never_a_false_neutral() -> None:
    for text, spoken in (
        ("Çok kötü", "tr"),
        ("बहुत खराब", "hi"),
        ("bakwas", "hi-Latn"),
        ("schlecht", "de"),
        ("hm", "und"),
        ("", "und"),
    ):
        found = sentiment(text, spoken)
        assert (found.label, found.score, found.engine) == ("unsupported", 0.0, ENGINE)
    assert sentiment("😍😍", "und").label == "positive"
    assert sentiment("😢", "und").label == "negative"


def test_the_labels_are_vaders_own() -> None:
    assert sentiment("I love it", "en").label == "positive"
    assert sentiment("I hate it", "en").label == "negative"
    assert sentiment("the parcel is here", "en").label == "neutral"


@given(st.text(max_size=300))
def test_a_score_stays_in_range(text: str) -> None:
    assert -1 <= sentiment(text, "en", UNITED).score <= 1
