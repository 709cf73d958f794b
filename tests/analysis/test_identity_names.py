"""Names of one person meet in every script and spelling; names of two people seldom do."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.identity import names
from analysis.identity.index import name_key

PAIRS = """
    वर्मा Verma, वर्मा Varma, आशा Asha, शर्मा Sharma, सिंह Singh, ईशान Ishaan, लक्ष्मी Lakshmi,
    लक्ष्मी Laxmi, प्रियंका Priyanka, चौधरी Choudhary, कृष्ण Krishna, श्रीवास्तव Shrivastava,
    ज्ञानेश Gyanesh, अग्रवाल Agarwal, खान Khan, विश्वनाथ Vishwanath, ऋषि Rishi, अंजलि Anjali, संजय Sanjay,
    गौरव Gaurav, ऐश्वर्या Aishwarya, यादव Yadav, मिश्रा Mishra, पाण्डेय Pandey, रेड्डी Reddy,
    मुखर्जी Mukherjee, मल्होत्रा Malhotra, त्रिपाठी Tripathi, ठाकुर Thakur, मोहम्मद Mohammed,
    फ़ातिमा Fatima, Çağlar Caglar, Şahin Sahin, Şahin Shahin, Çelik Chelik, Işıl Isil, Öztürk Ozturk,
    Sunitha Sunita
"""


@pytest.mark.parametrize("pair", [p.strip() for p in PAIRS.split(",")])
def test_a_name_meets_its_transliteration(pair: str) -> None:
    a, b = (names.word(name) for name in pair.split())
    assert a is not None and b is not None
    assert a.skeleton == b.skeleton


def test_different_names_seldom_share_a_skeleton() -> None:
    known = sorted({p.split()[1] for p in PAIRS.split(",")} - {"Verma", "Laxmi", "Shahin"})
    met = [
        pair for pair in combinations(known, 2) if names.skeleton(pair[0].lower()) == names.skeleton(pair[1].lower())
    ]
    assert len(met) <= 1


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Asha Verma 🌸", ["asha", "verma"]),
        ("Dr. Asha K. Verma (she/her)", ["asha", "k", "verma"]),
        ("Verma, Asha", ["asha", "verma"]),
        ("AshaVerma", ["asha", "verma"]),
        ("𝓐𝓼𝓱𝓪 𝓥𝓮𝓻𝓶𝓪", ["asha", "verma"]),
        ("Işıl Çağlar", ["isil", "caglar"]),
        ("asha_v | NorthWind fan", ["asha", "v"]),
        ("O'Brien, Mary", ["mary", "obrien"]),
        ("आशा वर्मा", ["asa", "vrma"]),
        ("🌸", []),
        ("", []),
    ],
)
def test_a_display_name_is_read_without_its_decorations(written: str, read: list[str]) -> None:
    assert [w.roman for w in names.words(written)] == read


@pytest.mark.parametrize(("short", "name"), [("bob", "robert"), ("memo", "mehmet"), ("priyu", "priya")])
def test_a_nickname_stands_for_its_name(short: str, name: str) -> None:
    a, b = names.word(short), names.word(name)
    assert a is not None and b is not None and a.nick == b.nick


@pytest.mark.parametrize(
    ("first", "last", "handle"),
    [("Asha", "Verma", "4sh4verma87"), ("Amit", "Agarwal", "amit.agarwal"), ("Ömer", "Öztürk", "omer_ozturk1")],
)
def test_a_handle_made_of_a_name_finds_the_name(first: str, last: str, handle: str) -> None:
    a, b = names.word(first), names.word(last)
    assert a is not None and b is not None
    assert names.skeleton(names.handle_core(names.plain_handle(handle))) == name_key(a.skeleton, b.skeleton)


@pytest.mark.parametrize(
    ("location", "cities", "countries"),
    [
        ("Pune, India 🇮🇳", ["Pune"], ["IN"]),
        ("मुंबई", ["Mumbai"], []),
        ("Bombay", ["Mumbai"], []),
        ("बेंगलुरु", ["Bangalore"], []),
        ("İstanbul / Türkiye", ["Istanbul"], ["TR"]),
        ("NYC", ["New York"], []),
    ],
)
def test_a_location_is_read_in_any_script_and_by_its_older_name(
    location: str, cities: list[str], countries: list[str]
) -> None:
    assert names.places(location) == ([names.city(c) for c in cities], countries)


@pytest.mark.parametrize("copy", ["ashavermaa", "ashaverma1", "4shaverma", "ashavverrma", "ashaverrna", "xashaverma"])
def test_a_copied_handle_is_known_by_what_it_is_copied_from(copy: str) -> None:
    known = {"ashavverrma": "ashawerrma", "4shaverma": "shaverma"}.get(copy, "ashaverma")
    assert known in names.copied_from(copy) and copy not in names.copied_from(copy)
    assert len(names.copied_from(copy)) < 30


def test_short_handles_are_copies_of_nothing() -> None:
    assert not names.copied_from("asha1") and names.copied_from("asha12") and not names.copied_from("")


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert len(names.words(text)) <= names.MOST_WORDS
    assert all(w.roman.isascii() and w.roman.isalpha() for w in names.words(text))
    names.places(text)
    assert len(names.towns(text)) <= 2
    assert names.plain_handle(text).isascii()
