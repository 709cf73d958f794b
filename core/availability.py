"""Does a post ask whether something is to be had, for which product, and which shop is nearest? Pure; the store looks up."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.context import Stock
from core.terms import MOST, READ, every_word, fold, stems, words

PRODUCTS, SHOPS = 3, 3
"""Products that a post may mean at most, and shops that are shown for each."""
RARE = 3
"""A word that so few products have means one of them by itself."""
SURE = 3
"""Consonants that a word must share with a place in another script: with two, lentils (दाल) would be Delhi."""
ANYWHERE = 3
"""The distance of a shop of which we know only that it is somewhere."""
TELLING = 20
"""A word that more products have tells none from another."""

# Folded, as `core.terms.fold` has it. Each is a way to ask, not only a word that stock is spoken of with.
_ASKS = re.compile(
    # English
    r"\b(?:in|out of|back in|any|no) stock\b|\bre-?stock|\bstocks? (?:it|them|of|left|available)\b"
    r"|\bdo you(?: guys)? stock\b"
    r"|\bavailab|\bsold out\b|\b(?:got|have|has|is there|are there|there) any\b.{0,60}\bleft\b|\banywhere in store"
    r"|\b(?:do|does|did) (?:you|u|they|any|the|your)\b.{0,40}?\b(?:have|sell|carry|keep|do)\b|\bhave you got\b|\bgot any\b"
    r"|\bwhere (?:can|could|do|would) (?:i|we|one|you)\b.{0,30}\b(?:find|buy|get|pick up)\b"
    r"|\bwhich (?:shop|store|branch)|\bin (?:your |the )?(?:shops?|stores?|branch(?:es)?)\b[^.!]{0,60}\?"
    # Hinglish
    r"|\bstock (?:me|mein|mai|main|m|hai|h|he|kab|aaya|aayega|khatam)\b|\b(?:mil|mill) (?:jaye|jaega|jayega|sakt|rah)"
    r"|\bmil(?:ega|egi|enge)\b|\bavailable\b|\bkaha(?:n)? (?:se )?(?:mil|kharid)"
    # Turkish, folded
    r"|\bstok(?:ta|ta mi|lar|lari|larda|unuz|u|un)?\b|\bvar\s?mi(?:dir|ydi)?\b|\bmevcut\b|\bkaldi mi\b|\bkalmadi mi\b"
    r"|\bbulabilir|\bbulunur mu\b|\bbulunuyor mu\b|\bsatiyor\s?musunuz\b|\bsatiliyor mu\b|\btuken(?:di|mis|ecek)"
    r"|\bgelecek mi\b"
    # Hindi, folded: no nukta, no candrabindu
    r"|स्टॉक|स्टाक|उपलब्ध|मिल (?:जाएग|जायेग|सकत|रह)|मिलेग|मिलेंग"
)
# What is asked for may be money or an answer, and not a thing: "refund kab milega".
_NOT_A_THING = re.compile(
    r"\b(?:refund|paisa|paise|jawab|reply|response|replacement|invoice|bill|iade|geri odeme|yanit|cevap)\b[^.?!]{0,40}"
    r"\b(?:mil|var\s?mi)|(?:रिफंड|पैस|जवाब|बिल)[^.?!।]{0,50}मिल"
)
# Words that many things share: alone they name no product.
_GENERIC_WORDS = """
account adet app bada bag beyaz black blue box boy buyuk card case chota cm deal delivery fiyat g gb gold gray green
grey gri home inch item items kala kg kirmizi kit kucuk l lal large liter litre magaza mah mavi max medium mini ml new
nila offer online order orders pack party piece pieces pink plus price pro product products red safed sale set shop
shops silver siparis siyah size small store stores tb urun w white yesil काला छोटा नीला बडा लाल सफेद
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())


def asks(text: str) -> bool:
    """Does the text ask whether something is in stock, in English, Hindi, Hinglish or Turkish?"""
    folded = fold(text[:READ])
    return _ASKS.search(folded) is not None and _NOT_A_THING.search(folded) is None


def product_terms(line: Stock) -> set[str]:
    """The terms that find a product. Its names may be in any language, and a Turkish post may use the English one."""
    return {term for name in (line.product, *line.names) for word in words(name) for term in _terms(word, ("en", "tr"))}


def asked_terms(text: str, language: str, brand_name: str = "") -> dict[str, tuple[str, ...]]:
    """The words of a post that may name a product, each with the terms that may find it. The brand's own name does not."""
    brand = set(words(brand_name))
    return {word: _terms(word, (language, "en")) for word in words(text[:READ])[:MOST] if word not in brand}


def wanted(asked: Mapping[str, Collection[str]], products: Mapping[str, Collection[str]]) -> list[str]:
    """Which of these products (key -> its terms) the post means: at most `PRODUCTS`, and only the best matches.

    `asked` is what `asked_terms` gives. A product must share two words with the post, or one that is rare among products;
    one of them must be more than a number, a colour or a size. A word's weight is one over the root of its holders.
    """
    holders = Counter(term for terms in products.values() for term in set(terms))
    scores: dict[str, float] = {}
    for key, terms in products.items():
        shared = {
            word: min(holders[t] for t in found if t in terms)
            for word, found in asked.items()
            if not set(terms).isdisjoint(found)
        }
        telling = [n for word, n in shared.items() if word not in _GENERIC and not word[0].isdigit()]
        if telling and (len(shared) >= 2 or telling[0] <= RARE):
            scores[key] = sum(n**-0.5 for n in shared.values())
    best = sorted(scores, key=lambda key: (-scores[key], key))
    return [key for key in best if scores[key] > scores[best[0]] * 0.999][:PRODUCTS]


def nearest_first(lines: Iterable[Stock], text: str, city: str = "", country: str = "") -> list[Stock]:
    """The lines of one product that help the asker, at most `SHOPS`, nearest first.

    A shop or city that the post names is nearest, then the asker's city, then their country. The nearest ones are shown
    though they have none left, for that is the answer; further ones only if they have some, and are in the same country.
    """
    here = list(lines)
    said, lives = _Said.of(text[:READ]), _Said.of(city)
    names = [_place(line.shop) for line in here]
    shared = set(names[0]).intersection(*names[1:]) if len(names) > 1 else set()  # the brand, in "Northwind Briggate"
    by_distance: dict[int, list[Stock]] = {}
    for line, name in zip(here, names, strict=True):
        shop = [word for word in name if word not in shared]
        town = _place(line.city)
        if said.names(shop) or said.names(town):
            distance = 0
        elif lives.names(town) or (town and same_place(city, line.city)):  # "Leeds, UK" names Leeds
            distance = 1
        else:
            distance = 2 if country and _place(line.country) == _place(country) else ANYWHERE
        by_distance.setdefault(distance, []).append(line)
    found: list[Stock] = []
    nearest = min(by_distance, default=ANYWHERE)
    for distance, there in sorted(by_distance.items()):
        in_order = sorted(there, key=lambda line: (-line.quantity, line.shop))
        if distance == nearest:
            found = in_order
            home = fold(found[0].country) if nearest < ANYWHERE else None
        else:
            found += [line for line in in_order if line.quantity > 0 and fold(line.country) == home]
    return found[:SHOPS]


def same_place(one: str, other: str) -> bool:
    """Do two names mean one city, across accents and scripts? İzmir is Izmir, and जयपुर is Jaipur."""
    a, b = " ".join(_place(one)), " ".join(_place(other))
    if a == b or not a or not b:
        return a == b != ""
    return a.isascii() != b.isascii() and _skeleton(a) == _skeleton(b) != ""


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of a text, ready to be asked for the names of many places."""

    words: str
    skeletons: frozenset[tuple[bool, str]]

    @classmethod
    def of(cls, text: str) -> "_Said":
        found = every_word(text)
        skeletons = ((word.isascii(), _skeleton(word)) for word in found)
        return cls(f" {' '.join(found)} ", frozenset(s for s in skeletons if len(s[1]) >= SURE))

    def names(self, place: Sequence[str]) -> bool:
        """Does the text hold every word of a place's name, in whichever script? Endings may follow, as in Turkish."""
        return bool(place) and all(
            f" {word} " in self.words
            or (len(word) >= 4 and not word[-1].isdigit() and f" {word}" in self.words)
            or (not word.isascii(), _skeleton(word)) in self.skeletons
            for word in place
        )


def _terms(word: str, languages: Iterable[str]) -> tuple[str, ...]:
    # The last term is the longest: four letters would take one thing for another.
    return tuple(dict.fromkeys(stems(word, language)[-1] for language in languages))


@lru_cache(maxsize=4096)
def _skeleton(name: str) -> str:
    """The consonants of a name in Latin letters: what a transliteration keeps."""
    from anyascii import anyascii

    letters = re.sub(r"(.)\1+", r"\1", re.sub(r"[^a-z]", "", anyascii(name).lower()))
    return re.sub(r"[aeiouyhw]", "", letters)


@lru_cache(maxsize=16_384)
def _place(name: str) -> tuple[str, ...]:
    """The words of a name: the same shops are asked for again and again."""
    return tuple(every_word(name))
