"""Matching at word edges, in any case and script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.social.match import fold, matches
from core.mention import BrandQuery

LETTERS = st.characters(categories=["L", "N", "Mn", "Mc"])
EDGES = st.sampled_from(["", " ", ".", "@", "#", "\n", "(", "—", "।", "😡", "'", "/", "\u200f", " \u202e"])


def query(*any_of: str, all_of: tuple[str, ...] = (), none_of: tuple[str, ...] = ()) -> BrandQuery:
    return BrandQuery("northwind", "main", any_of, all_of, none_of)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("northwind", "NORTHWIND!"),
        ("northwind", "ask @Northwind, or #northwind"),
        ("north wind", "the North\n  Wind shop"),
        ("Irmak", "IRMAK geldi"),
        ("Irmak", "ırmak geldi"),
        ("istanbul", "İSTANBUL'da"),
        ("İstanbul", "istanbul"),
        ("ISTANBUL", "ıstanbul"),
        ("नॉर्थविंड", "मुझे नॉर्थविंड से शिकायत है।"),
        ("straße", "STRASSE"),
        ("northwind", "ｎｏｒｔｈｗｉｎｄ is down"),
        ("northwind", "north\u200bwind is down"),
        ("c++", "I use C++!"),
        ("🔥", "it is on 🔥🔥"),
        ("#नॉर्थविंड", "#नॉर्थविंड बंद है"),
    ],
)
def test_a_word_is_found_whatever_its_case_and_script(term: str, text: str) -> None:
    assert matches(query(term), text)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("northwind", "northwinds are cold"),
        ("wind", "northwind"),
        ("@north", "@northwind"),
        ("#north", "#north_wind"),
        ("नॉर्थ", "नॉर्थविंड"),
        ("विंड", "नॉर्थविंड"),
        ("नॉर्थविं", "नॉर्थविंड"),
        ("मन", "मनी"),
        ("", "anything"),
    ],
)
def test_a_part_of_a_word_is_not_the_word(term: str, text: str) -> None:
    assert not matches(query(term), text)


def test_all_of_and_none_of_narrow_it() -> None:
    narrowed = query("northwind", "north wind", all_of=("app",), none_of=("weather", "cold front"))
    assert matches(narrowed, "the North Wind app is down")
    assert not matches(narrowed, "northwind is down")
    assert not matches(narrowed, "northwind app: weather for today")
    assert not matches(narrowed, "northwind app says a Cold  Front comes")


@given(term=st.text(LETTERS, min_size=1, max_size=12), before=EDGES, after=EDGES)
def test_a_term_is_found_between_any_edges(term: str, before: str, after: str) -> None:
    folded = fold(term)
    if folded and not folded[0].isspace():
        assert matches(query(term), f"{before} {term} {after}")


@given(
    word=st.text(st.sampled_from("abcxyzçğıiöşüABCXYZÇĞIİÖŞÜ"), min_size=1, max_size=10),
    change=st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
)
def test_case_never_matters(word: str, change: object) -> None:
    assert matches(query(word), change(word))  # type: ignore[operator]


@given(
    word=st.text(st.sampled_from("abcçğışaeiouनमरताीं"), min_size=1, max_size=8),
    glue=st.sampled_from("abzşन0_"),
)
def test_a_longer_word_is_another_word(word: str, glue: str) -> None:
    assert (
        not matches(query(word), f"{glue}{word}{glue}") or word in f"{glue}{word}"[:-1] or word in f"{word}{glue}"[1:]
    )


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
