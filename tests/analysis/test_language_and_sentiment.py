"""Which language a post is in, and how it feels."""

import logging
import socket
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.judge import Subject, judge
from analysis.language import language
from analysis.sentiment import felt as felt_by_head
from analysis.sentiment import mask
from analysis.weights import SHIPPED, Weights
from core.assessment import Sentiment
from core.mention import Brand

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
UNITED = Brand("united", "United", ("United",))
XERON = Brand("xeron", "Xeron", ("Xeron",))


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


def felt(text: str, brand: Brand | None = None) -> Sentiment:
    [found] = judge([Subject("x:1", text, brand)], NOW)
    return found.sentiment


def test_the_brands_own_name_has_no_mood() -> None:
    assert felt("United lost my bag", UNITED).label == "negative"
    united, xeron = (
        felt("@United #united United's flight at 9", UNITED),
        felt("@Xeron #xeron Xeron's flight at 9", XERON),
    )
    assert united.score == pytest.approx(xeron.score, abs=0.01)
    assert "nited" not in mask("United @united https://united.com/x", UNITED)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I love it, thank you so much", "positive"),
        ("I hate it, worst purchase ever", "negative"),
        ("great, another delay. third one this week 🙄", "negative"),
        ("Still waiting for my refund, nobody answers", "negative"),
        ("what time does the store open on Sunday?", "neutral"),
        ("बहुत अच्छा अनुभव रहा, धन्यवाद", "positive"),
        ("बहुत खराब सेवा, पैसे बर्बाद", "negative"),
        ("ekdum mast phone hai bhai, paisa vasool", "positive"),
        ("bakwas service, 5 din se refund nahi aaya", "negative"),
        ("Harika bir ürün, çok memnun kaldım", "positive"),
        ("Berbat bir uygulama, sürekli çöküyor", "negative"),
        ("hiç memnun kalmadım", "negative"),
    ],
)
def test_what_is_plainly_felt_is_told_in_every_language(text: str, label: str) -> None:
    assert felt(text).label == label


def test_each_language_names_its_engine() -> None:
    engines = [
        felt(text).engine
        for text in ("I love it so much", "बहुत खराब सेवा", "bahut kharab service hai", "Çok kötü bir ürün")
    ]
    assert engines == ["sunwai-en-1", "sunwai-hi-1", "sunwai-hi-Latn-1", "sunwai-tr-1"]


def test_any_other_language_is_unsupported_and_never_a_false_neutral() -> None:
    for text in ("Das Paket ist immer noch nicht da, sehr schlecht", "注文した商品がまだ届かない", ""):
        found = felt(text)
        assert (found.label, found.score) == ("unsupported", 0.0)
    assert felt("😍😍").label == "positive"
    assert felt("😢").label == "negative"


@given(st.text(max_size=300))
def test_a_score_stays_in_range(text: str) -> None:
    assert -1 <= felt(text, UNITED).score <= 1


def test_the_desks_lesson_moves_a_doubtful_mood() -> None:
    even = (0.34, 0.33, 0.33)
    assert felt_by_head(even, "en", SHIPPED).label == "negative"
    assert felt_by_head(even, "en", Weights(mood={"en": (-0.3, 0.0, 0.3)})).label == "positive"
    assert felt_by_head(even, "tr", Weights(mood={"en": (-0.3, 0.0, 0.3)})).label == "negative"


class Elsewhere:
    """An engine that is always glad, in German."""

    def covers(self, language: str) -> bool:
        return language == "de"

    def feel(self, texts: Sequence[str]) -> list[Sentiment]:
        return [Sentiment("positive", 0.5, "elsewhere") for _ in texts]


def test_another_engine_speaks_only_for_the_languages_that_it_covers() -> None:
    texts = ("Das Paket ist da, vielen Dank an alle", "The parcel is here, thank you all", "👍")
    with_it = judge([Subject(text, text) for text in texts], NOW, other=Elsewhere())
    without = judge([Subject(text, text) for text in texts], NOW)
    assert [one.sentiment.engine for one in with_it] == ["elsewhere", "sunwai-en-1", "sunwai-emoji-1"]
    assert [one.sentiment for one in with_it[1:]] == [one.sentiment for one in without[1:]]
    assert with_it[0].needs_review, "it says how a text feels, not whether it is urgent"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Northwind", "NORTHWIND is late"),
        ("Northwind", "NORTHWİND geç kaldı"),  # the Turkish capital of i
        ("Northwind", "northwınd geç kaldı"),
        ("Sunwai", "ſunwai is late"),  # the long s
        ("Yapı Kredi", "yapi kredi cok yavas"),  # written without Turkish letters
        ("North Wind", "north   wind is late"),
    ],
)
def test_a_brand_is_masked_however_its_letters_are_written(name: str, text: str) -> None:
    assert mask(text, Brand("b", name, (name,))).startswith("  ")


def test_to_tell_a_language_loads_no_downloader() -> None:
    """fastText's model lies in a package that would load one first: most of a short run's time."""
    told = "language('Guten Morgen, wie geht es dir?')"
    code = f"import sys; from analysis.language import language; print({told}, *sys.modules)"
    told, *loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert told == "de"
    assert {"fasttext"} <= set(loaded)
    assert not {"requests", "urllib3", "robust_downloader"} & set(loaded)
