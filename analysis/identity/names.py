"""Names of people and places, made comparable across scripts, spellings and decorations.

Three readings of a word, from strict to lax: `roman` (its letters in a-z), `loose` (one spelling for the usual ways to
write a vowel or an aspirate), and `skeleton` (its consonants, with the class of a leading vowel), in which वर्मा, Verma and
Varma meet. The skeleton alone takes different short names for one (Lee, Leo), so whoever uses it must ask how many bear it.
"""

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from anyascii import anyascii

LONGEST = 200
"""Characters of a name that are read. A display name is at most 50 on X and 64 on Reddit; what is longer is no name."""
MOST_WORDS = 4
REMEMBERED = 1 << 14
"""Answers kept of each function here: few words make up most names, and a process that reads authors for months must not
keep all of them."""

_TITLES = frozenset(
    """
    mr mrs ms miss dr prof sir madam shri sri smt kumari sn bay bayan av avukat doc docdr op ing er ca adv jr sr
    phd md mba
    the real official itsme its iam im hi hey
    """.split()  # noqa: SIM905 (words read better as words)
)
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|\{[^}]*\}|[|•·~/].*$|,? (?:he|she|they)/.*$", re.IGNORECASE)
_APART = re.compile(
    r"[^\w'\u0300-\u036f\u0900-\u0963\u0970-\u0dff]+|[\d_]+"
)  # \w holds no vowel signs of Indian scripts
_NOT_LETTERS = re.compile(r"[^a-z]+")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_LEET = str.maketrans("0134578@$", "oieastbas")


class Word(NamedTuple):
    """A word of a name in its three readings; `nick` is the name that a nickname stands for; `latin`, how it was written."""

    roman: str
    loose: str
    skeleton: str
    nick: str
    latin: bool

    @property
    def initial(self) -> str:
        return self.roman[0]


@lru_cache(REMEMBERED)
def roman(text: str) -> str:
    """A word's letters in a-z: Şahin is sahin, वर्मा vrma. Fancy letters (𝓐, Ａ) are plain; what is no letter goes."""
    if text.isascii():
        return _NOT_LETTERS.sub("", text.lower())
    plain = unicodedata.normalize("NFKC", text)
    letters = "".join(c for c in plain if unicodedata.category(c)[0] in "LM")
    return _NOT_LETTERS.sub("", anyascii(letters).lower())


_SPELLINGS = [
    (re.compile(pattern), into)
    for pattern, into in (
        (r"^s[iy](?:n|m)g?h?$", "sng"),  # Singh, सिंह
        (r"gy|dny", "jn"),  # Gyan, ज्ञान
        (r"chh?", "c"),
        (r"([sbdtkgj])h", r"\1"),
        (r"ph", "f"),
        (r"zh", "j"),
        (r"ck|q", "k"),
        (r"x", "ks"),
        (r"w", "v"),
        (r"z", "j"),
        (r"(?<!m)m(?=[bcdfgjkpstv])", "n"),  # the anusvara is read as m, and spoken as what follows
    )
]
_LOOSE_VOWELS = [(re.compile(p), i) for p, i in ((r"aa|ae", "a"), (r"ee|ie|ey|y", "i"), (r"oo|ou", "u"), (r"au", "o"))]
_DOUBLE = re.compile(r"(.)\1+")


@lru_cache(REMEMBERED)
def loose(word: str) -> str:
    """One spelling for the usual ways to write a sound: Chaudhary and Choudhry differ still, Sunitha and Sunita do not."""
    for pattern, into in _SPELLINGS:
        word = pattern.sub(into, word)
    for pattern, into in _LOOSE_VOWELS:
        word = pattern.sub(into, word)
    word = _DOUBLE.sub(r"\1", word)
    return word[:-1] if len(word) > 3 and word[-1] in "ah" else word


@lru_cache(REMEMBERED)
def skeleton(word: str) -> str:
    """The consonants of a word in a-z, with the class of a leading vowel (a; e and i; o and u): verma and vrma are vrm."""
    for pattern, into in _SPELLINGS:
        word = pattern.sub(into, word)
    if not word:
        return ""
    first = word[0]
    lead = {"a": "a", "e": "i", "i": "i", "o": "u", "u": "u", "y": "y", "h": "h"}.get(first, first)
    rest = re.sub(r"[aeiouyh]", "", word[1:])
    return _DOUBLE.sub(r"\1", lead + rest)


def _nicknames() -> dict[str, str]:
    """Each nickname's name, from `analysis/data/nicknames.tsv`: a name a line, with the short forms of it."""
    found: dict[str, str] = {}
    for line in (files("analysis") / "data" / "nicknames.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            words = line.split()
            root = next((found[w] for w in words if w in found), words[0])
            found |= {w: root for w in words if w not in found}
    return found


NICKNAMES = _nicknames()


@lru_cache(REMEMBERED)
def word(text: str) -> Word | None:
    """A word in its readings, or None where it holds no letter that can be read."""
    letters = roman(text)
    if not letters:
        return None
    latin = all(ord(c) < 0x250 for c in text)
    return Word(letters, loose(letters), skeleton(letters), NICKNAMES.get(letters, letters), latin)


@lru_cache(REMEMBERED)
def words(name: str) -> tuple[Word, ...]:
    """The words of a person's name, given name first: without titles, asides, emoji and numbers; at most four.

    "Verma, Asha" is turned round. Of a longer name the first three and the last are kept.
    """
    name = unicodedata.normalize("NFKC", name[:LONGEST])
    bare = _ASIDE.sub(" ", name)
    if bare.count(",") == 1:
        last, _, first = bare.partition(",")
        if first.strip() and len(last.split()) == 1 and len(first.split()) <= 2:
            bare = f"{first} {last}"
    parts = _APART.split(bare.replace(".", " "))
    if len(parts) == 1 and parts[0] and not parts[0].isupper():  # AshaVerma
        parts = re.findall(r"[A-ZÇĞİÖŞÜ]?[^A-ZÇĞİÖŞÜ]+|[A-ZÇĞİÖŞÜ]", parts[0])
    found = [w for p in parts if (w := word(p.strip("'"))) is not None and w.roman not in _TITLES]
    return tuple(found if len(found) <= MOST_WORDS else [*found[:3], found[-1]])


_PLATFORMS = {"twitter": "x", "bsky": "bluesky", "insta": "instagram", "fb": "facebook", "hn": "hackernews"}


def platform(name: str) -> str:
    """A platform by the name that our connectors have for it: CRMs still say Twitter."""
    name = name.strip().lower()
    return _PLATFORMS.get(name, name)


def handle(where: str, text: str) -> str:
    """A handle as the platform `where` tells accounts apart: without the @ or u/ before it, without Bluesky's usual
    ending, in lower case."""
    found = text.strip().lstrip("@/").lower()[:LONGEST]
    if where == "reddit":
        found = found.removeprefix("user/").removeprefix("u/")
    return found.removesuffix(".bsky.social") if where == "bluesky" else found


def own_part(where: str, handle: str) -> str:
    """What a person chose of a handle: not their server on Mastodon, nor the domain that is a handle on Bluesky."""
    if where == "bluesky":
        return handle.partition(".")[0]
    return handle.partition("@")[0]


ANY_SERVER = "@*"


def asked_for(handle: str) -> tuple[str, ...]:
    """The keys that find the customer of a handle. On Mastodon, a CRM may have it without its server, and so may what a
    server shows of its own accounts; asha@one and asha@other are two people."""
    own, _, server = handle.partition("@")
    return (handle, own if server else own + ANY_SERVER)


def kept_for(handle: str) -> tuple[str, ...]:
    """The keys of a customer's handle, as `asked_for` asks for them."""
    own, _, server = handle.partition("@")
    return (handle, own + ANY_SERVER) if server else (handle,)


_LOOKALIKES = tuple(
    (a, b) for one in ("0 o", "1 l", "1 i", "l i", "5 s", "rn m", "vv w") for a, b in (one.split(), one.split()[::-1])
)
SHORTEST_COPY = 6


def copied_from(handle: str) -> set[str]:
    """The plain handles that a plain handle may pass itself off as: with one character less, or with one read for another
    that looks like it. Of short handles none: too many are alike."""
    if len(handle) < SHORTEST_COPY:
        return set()
    found = {handle[:n] + handle[n + 1 :] for n in range(len(handle))}
    for a, b in _LOOKALIKES:
        at = handle.find(a)
        while at >= 0:
            found.add(handle[:at] + b + handle[at + len(a) :])
            at = handle.find(a, at + 1)
    return found


def plain_handle(handle: str) -> str:
    """A handle without what people vary: case, dots, underscores, dashes. `Asha_V.87` is ashav87."""
    handle = handle[:LONGEST]
    return _NOT_PLAIN.sub("", (handle if handle.isascii() else anyascii(handle)).lower())


@lru_cache(REMEMBERED)
def handle_core(handle: str) -> str:
    """The letters of a plain handle, with the digits before, behind and between taken off, or read as letters within a
    word: 4sh4verma87 is ashaverma."""
    bare = re.sub(r"^(?:iam|its|the|real|official|mr|mrs|ms|dr)(?=[a-z]{5})|(?:official|real|tv|ig|tr)$", "", handle)
    bare = re.sub(r"\d+$|^\d{2,}", "", bare)
    return _NOT_LETTERS.sub("", re.sub(r"(?<=[a-z])[013457](?=[a-z])|^[013457](?=[a-z])", _unleet, bare))


def _unleet(found: re.Match[str]) -> str:
    return found[0].translate(_LEET)


# Places --------------------------------------------------------------------------------------------------------------

_CITIES = {
    alias: name
    for name, aliases in {
        "mumbai": "bombay",
        "bengaluru": "bangalore bengalooru blr",
        "kolkata": "calcutta",
        "chennai": "madras",
        "gurugram": "gurgaon",
        "pune": "poona",
        "delhi": "newdelhi",
        "varanasi": "banaras benares kashi",
        "vadodara": "baroda",
        "thiruvananthapuram": "trivandrum",
        "kochi": "cochin",
        "mysuru": "mysore",
        "mangaluru": "mangalore",
        "prayagraj": "allahabad",
        "visakhapatnam": "vizag",
        "newyork": "nyc newyorkcity",
        "losangeles": "la",
        "sanfrancisco": "sf",
        "philadelphia": "philly",
        "washington": "washingtondc dc",
        "istanbul": "ist",
    }.items()
    for alias in aliases.split()
}
_COUNTRIES = {
    alias: code
    for code, aliases in {
        "IN": "india bharat hindustan ind in bhart",
        "TR": "turkey turkiye turkei tr tur",
        "US": "usa us unitedstates unitedstatesofamerica america",
        "GB": "uk gb unitedkingdom england greatbritain britain scotland wales",
        "CA": "canada can",
        "AU": "australia aus au",
        "IE": "ireland ie irl",
        "NZ": "newzealand nz",
        "DE": "germany deutschland almanya de",
        "AE": "uae unitedarabemirates ae",
        "SG": "singapore sg",
        "NL": "netherlands hollanda nl",
        "FR": "france fransa fr",
        "PK": "pakistan pk",
        "BD": "bangladesh bd",
    }.items()
    for alias in aliases.split()
}


@lru_cache(REMEMBERED)
def city(text: str) -> str:
    """A city's name as a key: its skeleton, by its newer name, so that बेंगलुरु, Bengaluru and Bangalore meet. Empty where
    none is told."""
    letters = roman(text)
    return skeleton(_CITIES.get(letters, letters))


@lru_cache(REMEMBERED)
def towns(text: str) -> tuple[str, ...]:
    """The cities that a customer's city may mean, at most two: whoever lives in "Kadıköy, İstanbul" says either."""
    return tuple(places(text)[0][:2]) or tuple(filter(None, (city(text),)))


@lru_cache(REMEMBERED)
def country(text: str) -> str:
    """A country as its ISO 3166 code, or as its skeleton where we do not know it."""
    letters = roman(text)
    return _COUNTRIES.get(letters) or (skeleton(letters) if letters else "")


def places(location: str) -> tuple[list[str], list[str]]:
    """The cities and the countries that a profile's location may mean. "Pune, India 🇮🇳" is a city and a country."""
    location = location[:LONGEST]
    parts = [p for p in re.split(r"[,/|•·&;()\-–—→]+|\b(?:and|ve|und)\b", location) if p.strip()][:5]
    cities, countries = [], []
    for part in parts:
        letters = roman(part)
        if letters in _COUNTRIES:
            countries.append(_COUNTRIES[letters])
        elif letters:
            cities.append(city(part))
            last = part.split()
            if len(last) > 1 and (code := _COUNTRIES.get(roman(last[-1]))):
                countries.append(code)
                cities.append(city(" ".join(last[:-1])))
    return list(dict.fromkeys(c for c in cities if c)), list(dict.fromkeys(countries))
