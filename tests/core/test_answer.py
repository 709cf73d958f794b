"""What a text in public may be: how long each platform counts it, what it must not tell, and which way it may go out."""

import time
import unicodedata
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answer import LONGEST, AnswerStatus, deep_link, faults, length, way_out
from core.customer import Customer
from core.mention import Author
from tests.core.made import mention

SCRIPTS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])
ASHA = Customer(
    "C1",
    "Asha Verma",
    emails=("asha.verma@example.com",),
    phones=("+91 98765 43210",),
    order_ids=("NW-10233", "558812"),
)


# How long ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("café", 4),
        ("cafe\u0301", 4),
        ("Siparişiniz yolda, İstanbul'a geliyor", 37),
        ("आपका ऑर्डर रास्ते में है", 24),
        ("漢字かな", 8),
        ("한국어", 6),
        ("“so” – isn't it", 15),
        ("wait…", 6),
        ("👾", 2),
        ("🙋🏽", 2),
        ("👨‍🎤", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("👩🏽‍❤️‍💋‍👨🏿", 2),
        ("🇹🇷🇮🇳", 4),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 2),
        ("1️⃣", 2),
        ("❤️", 2),
        ("©", 1),
        ("see https://northwind.example/a/very/long/path?with=much#in-it now", 31),
        ("see northwind.com/help", 27),
        ("northwind.com.tr", 23),
        ("Here: https://northwind.example/a.", 30),
        ("(https://northwind.example/a?b=c&d#e)!", 26),
        ("https://northwind.example।", 24),
        ("https://northwind.example/aपर", 25),
        ("http://127.0.0.1:8800/, northwind.com.", 49),
        ("e.g. at 5.30 pm, v2.1", 21),
        ("mail me@northwind.com", 21),
    ],
)
def test_x_counts_as_its_own_documents_say(text: str, counted: int) -> None:
    assert length(text, "x") == counted


def test_mastodon_counts_links_and_servers_as_it_documents() -> None:
    assert length("see https://northwind.example/a/very/long/path now", "mastodon") == 31
    assert length("@asha@mastodon.example hi", "mastodon") == len("@asha hi")
    assert length("😀漢", "mastodon") == 2


@given(st.text(SCRIPTS, max_size=300))
def test_x_counts_each_letter_once_or_twice_unless_a_link_is_shorter(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert length(text, "x") <= 2 * len(composed) + 23 * composed.count(".") + 23 * composed.count("://")
    assert length(text, "reddit") == len(composed)


@given(st.text(SCRIPTS, max_size=100))
def test_how_a_letter_is_composed_does_not_matter(text: str) -> None:
    counted = {length(unicodedata.normalize(form, text), "x") for form in ("NFC", "NFD")}  # type: ignore[arg-type]
    assert len(counted) == 1


@given(st.text(st.sampled_from("abç ğहिंदी日本"), max_size=80), st.sampled_from(["😀", "👨‍👩‍👧‍👦", "🇹🇷", "👍🏽"]))
def test_any_emoji_adds_two(text: str, emoji: str) -> None:
    assert length(f"{text}.{emoji}", "x") == length(f"{text}.", "x") + 2


@pytest.mark.parametrize("platform", [*LONGEST, "rss"])
def test_too_long_is_said_with_how_much(platform: str) -> None:
    limit = LONGEST.get(platform, 10_000)
    assert faults("a" * limit, platform) == []
    assert faults("a" * (limit + 1), platform) == [f"It is 1 character too long for this platform (at most {limit})."]
    (fault,) = faults("a" * (limit + 7), platform)
    assert "7 characters too long" in fault


@pytest.mark.parametrize("text", ["", "  \n\t", "\u3000"])
def test_an_empty_answer_is_no_answer(text: str) -> None:
    assert faults(text, "x") == ["Write an answer first."]


# What it must not tell ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("We wrote to a.v_1+x@mail.example.com", "e-mail"),
        ("Bize yazın: destek@kuzey.com.tr", "e-mail"),
        ("Call 98765 43210", "phone"),
        ("call +91-98765-43210", "phone"),
        ("कॉल करें ९८७६५४३२१०", "phone"),
        ("0 (532) 123 45 67", "phone"),
        ("0532.123.45.67", "phone"),
        ("the number ends in 9876543210", "phone"),
        ("About NW-10233", "order"),
        ("about nw 10233", "order"),
        ("about NW10233", "order"),
        ("order 558812 is late", "order"),
        ("order ५५८८१२ is late", "order"),
        ("order #4471 is late", "order"),
        ("AB-99812 is late", "order"),
        ("see https://northwind.example/orders/NW-10233", "order"),
        ("Hello Asha", "name"),
        ("hello ASHA!", "name"),
        ("Ms Verma, sorry", "name"),
    ],
)
def test_what_is_nobody_elses_business_is_stopped(text: str, word: str) -> None:
    found = faults(text, "x", [ASHA])
    assert len(found) == 1
    assert word in found[0]


@pytest.mark.parametrize(
    "text",
    [
        "So sorry! Please send us a direct message, and we will look into it today.",
        "Refunds take 3-5 days; yours of ₹12,500.00 went out on 2026-11-20 at 14:30.",
        "22.11.2026 tarihinde 1.250,00 TL iade edildi.",
        "We are open 09:00-18:00, Mon-Fri, since 1998.",
        "क्षमा करें, हम देख रहे हैं। निराशा के लिए खेद है।",
        "Model WH1000XM4, the RTX-4090 and the iPhone 15 are fine. #Diwali2026 #2026",
        "See https://help.northwind.example/articles/360012345678-returns",
        "Vermaak is a name, and so is Ashanti.",
    ],
)
def test_an_ordinary_answer_may_go_out(text: str) -> None:
    assert faults(text, "reddit", [ASHA]) == []


def test_what_the_brand_publishes_anyway_may_be_said() -> None:
    text = "Call 1800 123 4567 or write to help@northwind.example"
    assert len(faults(text, "x", [ASHA])) == 2
    assert faults(text, "x", [ASHA], ours=["Our line: 1800-123-4567, Help@northwind.example."]) == []
    assert len(faults("Call 98765 43210", "x", [ASHA], ours=["Our line: 1800-123-4567"])) == 1


def test_a_name_that_the_author_shows_may_be_said() -> None:
    assert faults("Hi Asha", "x", [ASHA], shown=["Asha V.", "ashav"]) == []
    assert faults("Hi Asha Verma", "x", [ASHA], shown=["Asha V."])
    assert faults("Hi Verma", "x", [ASHA], shown=["Asha V."])


def test_names_that_are_words_are_stopped_only_beside_the_rest() -> None:
    will, can = Customer("C2", "Will Smith"), Customer("C3", "Can Yılmaz")
    assert faults("Can you write to us? We will help.", "x", [will, can]) == []
    assert faults("will smith, hello", "x", [will, can])
    assert faults("CAN YILMAZ, merhaba", "x", [will, can])
    assert faults("Merhaba Yilmaz Bey", "x", [will, can])


def test_names_in_other_scripts_are_whole_words() -> None:
    asha = Customer("C4", "आशा वर्मा")
    assert faults("नमस्ते आशा जी", "x", [asha])
    assert faults("निराशा के लिए खेद है", "x", [asha]) == []
    assert faults("İREM HANIM", "x", [Customer("C5", "İrem Şahin")])


@given(st.text(SCRIPTS, max_size=60), st.text(SCRIPTS, max_size=60))
def test_wherever_it_stands_an_order_number_is_found(before: str, after: str) -> None:
    assert any("order number" in fault for fault in faults(f"{before} NW-10233 {after}", "reddit", [ASHA]))


@given(
    st.text(SCRIPTS, max_size=200),
    st.builds(
        Customer,
        st.just("C"),
        name=st.text(SCRIPTS, max_size=20),
        phones=st.tuples(st.text(SCRIPTS, max_size=15)),
        order_ids=st.tuples(st.text(SCRIPTS, max_size=15)),
    ),
)
def test_any_text_and_any_record_give_sentences(text: str, customer: Customer) -> None:
    for fault in faults(text, "x", [customer], shown=[text], ours=[text]):
        assert fault.endswith(".")


# Which way ---------------------------------------------------------------------------------------------------------------

OWN = frozenset({"x:@northwindhelp", "x:77", "reddit:@northwind_help"})


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("@NorthwindHelp where is it", "api"),
        ("hey @northwindhelp, where is it", "api"),
        ("(@northwindhelp)", "api"),
        ("northwindhelp where is it", "by_hand"),
        ("@northwindhelper where is it", "by_hand"),
        ("a@northwindhelp", "by_hand"),
        ("@northwind where is it", "by_hand"),
    ],
)
def test_on_x_only_who_summoned_us_is_answered_by_the_api(text: str, way: str) -> None:
    assert way_out(mention(1, text), OWN) == way


def test_who_answers_or_quotes_us_summoned_us() -> None:
    own = mention(2, "we are on it", author=Author("x", "9", "NorthwindHelp"))
    by_id = mention(2, "we are on it", author=Author("x", "77", "renamed"))
    other = mention(2, "me too", author=Author("x", "8", "deniz"))
    assert way_out(mention(1, "really?"), OWN, own) == "api"
    assert way_out(mention(1, "really?"), OWN, by_id) == "api"
    assert way_out(mention(1, "really?"), OWN, other) == "by_hand"


def test_elsewhere_the_platform_decides() -> None:
    assert way_out(mention(1, "northwind", platform="reddit"), OWN) == "api"
    assert way_out(mention(1, "northwind", platform="mastodon"), OWN) == "api"
    for platform in ("rss", "replay", "new"):
        assert way_out(mention(1, "@northwindhelp", platform=platform), OWN) == "by_hand"


@given(st.text(SCRIPTS, max_size=280))
def test_the_deep_link_carries_the_text_whole(text: str) -> None:
    link = deep_link(mention(1), text)
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "x.com", "/intent/post")
    assert parse_qs(parts.query, keep_blank_values=True) == {"in_reply_to": ["1"], "text": [text]}
    assert link.isascii()


def test_elsewhere_the_link_is_the_post() -> None:
    post = mention(1, platform="rss", url="https://blog.example/1")
    assert deep_link(post, "hello") == "https://blog.example/1"


def test_only_three_kinds_of_answers_are_on_their_way() -> None:
    assert {status for status in AnswerStatus if status.is_on_its_way} == {"to_approve", "to_send", "by_hand"}


@pytest.mark.parametrize("part", ["a", "1", "a.", "1-", "@a", "+1 ", "#1", "\U0001f468\u200d", "http://a", "a@"])
def test_no_text_takes_long_to_look_through(part: str) -> None:
    text = (part * 10_000)[:10_000]
    began = time.perf_counter()
    faults(text, "x", [ASHA])
    assert time.perf_counter() - began < 1
