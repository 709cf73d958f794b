"""What posts are about: short noun phrases, and the themes that they belong to. Pure.

No part-of-speech tagger knows Hinglish, and none is quick enough. `analysis/data/topics.tsv` lists the themes of the trade
with the words for each in every language. A word that no list has, as the name of a product, is a topic where it stands as a
noun does: behind an article or what it belongs to ("the lid", "mera dhakkan", "Northwind's kettle"), before a Hindi
postposition ("ढक्कन में"), with a Turkish ending that only nouns have ("kapağından"). What else nobody listed is passed over:
better a topic too few than "advance", "next level" and "cheaper" in a marketer's deck. So are small words, verbs,
courtesies, given names and feelings (`analysis/data/topic_stops.tsv`), and places and brands, which are no topics.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import NamedTuple

from analysis.lexicons import english, hindi, turkish
from analysis.remembered import Remembered
from analysis.words import WORD, brand_names, fold, may_name
from core.mention import Brand

MOST = 40
"""Phrases taken from one text: a longer one repeats itself, or lists."""
READ = 4_000
"""Characters read of a text: what a long post is about stands at its beginning."""

Norms = tuple[str, ...]
"""The words of a phrase, each as its norm."""

_DATA = Path(__file__).parent / "data"
_HINDI = ("hi", "hi-Latn")
_NOTHING, _MODIFIER, _NOUN, _UNLISTED = 0, 1, 2, 3
_LONGEST = 30
_FELT = 1.0
_SWALLOWED = 0.6
_TOKEN = re.compile(rf"{WORD}+(?:['’`]{WORD}+)*|[^\w\s]")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HASHTAG = re.compile(r"#\w+")
_POSSESSIVE = re.compile(r"['’`].*")
_ENGLISH_VERB = re.compile(r"\w{2,}(?:ing|ed|ly|nt)")
_HINDI_VERB = re.compile(r"\w{2,}(?:ega|egi|enge|unga|ungi|oge|iega|kar|ke|ta|ti|te|na|ne|ia|ie|rah[aie])")
_TURKISH_VERB = re.compile(
    r"\w{2,}(?:yor\w*|m[ae]d[iu]\w*|[dt][iu](?:m|k|n|n[iu]z|l[ae]r)?|m[iu]s(?:\w{0,4})|[ae]c[ae][kg]\w*|m[ae]z\w*|m[ae]k\w*"
    r"|[iu]p|[ae]r[ae]k|[iu]nc[ae]|s[ae](?:m|k|n|n[iu]z)|[dt][iu]g\w+|y[ae]n|m[ae]y\w*|m[ae]d[ae]n|[ae]b[iu]l\w*|l[iu]m"
    r"|s[iu]n(?:l[ae]r|[iu]z)?|[iuae]r[iu][mz])"
)
_TURKISH_ENDING = re.compile(
    r"(?P<compound>l[ae]r[iu]|s[iu]|[iu])?(?(compound)|(?:l[ae]r)?(?:[iu]?m(?:[iu]z)?|[iu]?n(?:[iu]z)?)?)"
    r"(?:[iu]|y[iu]|n[iu]|y?[ae]|n[ae]|n?[dt][ae]n?|n?[iu]n|y?l[ae]|n?[dt][ae]ki)?"
)
_IMPERATIVE = re.compile(r"\w{2,}[^aeiou\W][iu]n(?:[iu]z)?")
_ONLY_NOUNS = re.compile(
    r"\w{2,}(?:l[ae]r(?:[iu]|[iu]m|[iu]m[iu]z)?|(?:l[ae]r|[iu])?n?[dt][ae](?:n|ki)?|n[iu]n|s[iu]n[aeiu]|s[iu])"
)
"""Endings that only nouns have, where no verb form was found before."""
_CASE = re.compile(r"[dt][ae](?:n|ki)?$")
_OWNED = re.compile(r"['’`](?:s|n?[ıiuü]n)$", re.IGNORECASE)
_PRODUCT = re.compile(r"\s+([A-Z][A-Za-z]{2,})\b(?!['’])")
_DETERMINERS = {
    "en": "a an the my your his her our their its this that these those no any every each another some",
    "hi": "mera meri mere apna apni apne hamara hamari hamare aapka aapki uska uski iska iski ka ki ke yeh ye woh koi "
    "मेरा मेरी मेरे अपना अपनी अपने हमारा हमारी हमारे आपका आपकी उसका उसकी इसका इसकी का की के यह ये वह कोई",
    "tr": "bir bu şu her hiç benim bizim senin sizin onun hangi",
}
"""Words that a noun follows."""
_POSTPOSITIONS = {
    "hi": "ka ki ke ko mein me se par pe wala wali wale का की के को में से पर वाला वाली वाले",
    "tr": "için ile hakkında yüzünden sayesinde",
}
"""Words that a noun precedes."""
_NO_PLURALS = frozenset(
    {"christmas", "news", "series", "lens", "jeans", "clothes", "goods", "always", "points", "trainers"}
)
_CERTAIN = re.compile(r"(?:l[ae]r)?(?:(?:s[iu]n|(?<=g)[iu]n|(?<=\w{6})[iu]n)?[dt][ae](?:n|ki)?)?$")
_HARDENED = {"g": "k", "b": "p", "d": "t", "c": "c"}


class _Entry(NamedTuple):
    """A token: its `norm`, in which spellings meet; what it may be in a phrase; how it is shown, and how after a noun; and
    what it says of its neighbours: that a noun follows, or went before; or of itself: that it is one, or ends a phrase."""

    norm: str
    kind: int
    shown: str
    after: str
    determines: bool = False
    follows: bool = False
    sure: bool = False
    ends: bool = False


_PARTING = _Entry("", _NOTHING, "", "")
_OWNER = "§"
"""Stands for a brand to which the next word belongs."""


def topics(text: str, language: str, brand: Brand | None = None, others: tuple[Brand, ...] = ()) -> frozenset[str]:
    """What a text is about: the themes that it speaks of, and the phrases of `phrases` that say more than a theme does."""
    found: set[str] = set()
    for phrase in phrases(text, language, brand, others):
        theme, whole = _theme_of(phrase, language)
        found |= {theme} if theme else set()
        found |= {phrase} if not whole else set()
    return frozenset(found)


def phrases(text: str, language: str, brand: Brand | None = None, others: tuple[Brand, ...] = ()) -> list[str]:
    """The noun phrases of a text, of one to three words, each once, in their order; none for a language that is not judged.

    They are given in a plain form, without plural or case ending, in the script of the writer. Names of the brand and of
    `others`, handles, links, numbers, given names, places, courtesies and words of mere feeling are left out; but a name of
    ours right behind the brand's is a product's ("Northwind Plus"). Never raises, whatever a stranger wrote.
    """
    if language not in ("en", *_HINDI, "tr"):
        return []
    text, found = text[:READ], []
    for one in (brand, *others):
        if one is not None and may_name(one, text) and (names := brand_names(one)) is not None:
            if one is brand:
                found = list(_products(text, names, one, language))
            text = names.sub(lambda name: f" {_OWNER} " if _OWNED.search(name[0]) else " . ", text)
    return list(dict.fromkeys((*found, *_phrases(_entries(text, language), _reader(language)))))[:MOST]


def _products(text: str, names: re.Pattern[str], brand: Brand, language: str) -> Iterator[str]:
    """What is called by the brand's name and one more, in a text that is not all in capitals."""
    for name in names.finditer(text):
        more = _PRODUCT.match(text, name.end())
        if more is not None and not text.isupper() and _entry(more[1].lower(), language).kind == _UNLISTED:
            yield f"{brand.name} {more[1].capitalize()}"


def theme_of(phrase: str, language: str) -> str:
    """The theme that a phrase of a language belongs to: its own, or that of the words it ends in; empty for none."""
    return _theme_of(phrase, language)[0]


@lru_cache(maxsize=50_000)
def _theme_of(phrase: str, language: str) -> tuple[str, bool]:
    """The same, and whether all of the phrase is a listed term of it."""
    if language not in ("en", *_HINDI, "tr"):
        return "", False
    reader = _reader(language)
    words = phrase.split()
    for start in range(len(words)):
        norms = tuple(reader.norm(word) for word in words[start:])
        listed = reader.longer.get(norms) if len(norms) > 1 else reader.known.get(norms[0])
        if listed is not None:
            return listed.theme, start == 0
    return "", False


# --- how a text is read --------------------------------------------------------------------------------------------------


class _Listed(NamedTuple):
    theme: str
    shown: str


@dataclass(frozen=True, slots=True)
class _Reader:
    """What is known of a language: its listed words by norm, longer terms by their norms, words that part or begin a
    phrase, and its way to cut a word down to its norm. `first` are the words that a longer term begins with, `written` those
    that part phrases when they are spelled just so: what sounds alike is not always the same ("aap", "ऐप")."""

    known: Mapping[str, _Listed]
    longer: Mapping[Norms, _Listed]
    first: frozenset[str]
    determiners: frozenset[str]
    postpositions: frozenset[str]
    places: frozenset[str]
    written: frozenset[str]
    stops: frozenset[str]
    modifiers: frozenset[str]
    norm: Callable[[str], str]
    pieces: Mapping[str, tuple[_Entry, ...]]


@cache
def _reader(language: str) -> _Reader:
    """Hindi in either script reads the words of both, and English ones too, for Hinglish is full of them."""
    mixed = language in _HINDI
    spelled = _hindi if mixed else _turkish if language == "tr" else _singular
    own = (language, *(other for other in _HINDI if mixed and other != language))
    known: dict[str, _Listed] = {}
    longer: dict[Norms, _Listed] = {}
    for theme, word in _listed((*own, "en") if mixed else own):
        norms = tuple(map(spelled, word.split()))
        if len(norms) > 1:
            longer.setdefault(norms, _Listed(theme, word))
        else:
            known.setdefault(norms[0], _Listed(theme, word))
    spoken = "hi" if mixed else language
    modifiers = {spelled(word) for word in _stops()[spoken, "modifier"]}
    stops = {spelled(word) for of in {spoken, "en" if mixed else spoken} for word in _stops()[of, "stop"]} - modifiers
    stops -= {spelled(word) for _, word in _listed(own)}
    norm: Callable[[str], str] = spelled
    if language == "tr":
        norm = partial(_bare, known=frozenset(known.keys() | modifiers | {word for word in stops if len(word) > 3}))
    return _Reader(
        {norm: listed for norm, listed in known.items() if norm not in stops},
        longer,
        frozenset(norms[0] for norms in longer),
        frozenset(map(fold, (_DETERMINERS[spoken] + (" " + _DETERMINERS["en"] if mixed else "")).split())),
        frozenset(map(fold, _POSTPOSITIONS.get(spoken, "").split())),
        frozenset(map(norm, _places())),
        frozenset(map(fold, _stops()[spoken, "stop"])) - {fold(word) for _, word in _listed(own)},
        frozenset(stops),
        frozenset(modifiers - known.keys()),
        norm,
        Remembered(lambda piece: tuple(_entry(token, language) for token in _TOKEN.findall(piece))),
    )


def _entries(text: str, language: str) -> Iterator[_Entry]:
    if "#" in text:
        text = _HASHTAG.sub(lambda tag: " " + _HUMP.sub(" ", tag[0][1:]).replace("_", " ") + " ", text)
    text = text.replace("I", "ı").replace("İ", "i").lower() if language == "tr" else text.lower()
    pieces = _reader(language).pieces
    for piece in text.split():
        if piece[0] == "@" or "://" in piece or "www." in piece:
            yield _PARTING
        else:
            yield from pieces[piece]


def _entry(token: str, language: str) -> _Entry:
    reader = _reader(language)
    if not token[0].isalnum():
        return _PARTING if token != _OWNER else _Entry("", _NOTHING, "", "", determines=True)
    word = _POSSESSIVE.sub("", token) if language == "tr" or token.endswith(("'s", "’s")) else token
    folded = fold(word)
    norm = reader.norm(word)
    tells = folded in reader.determiners, folded in reader.postpositions
    if folded in reader.written:
        return _Entry(norm, _NOTHING, "", "", *tells)
    if (listed := reader.known.get(norm)) is not None:
        shown = _in_script_of(word, listed, norm, language)
        if language != "tr":
            return _Entry(norm, _NOUN, shown, shown)
        return _Entry(norm, _NOUN, shown, _compound(word, shown), ends=_has_case(folded, norm))
    if norm in reader.places:
        return _Entry(norm, _MODIFIER, word if language != "tr" else word[: len(norm)], "")
    if norm in reader.modifiers:
        return _Entry(norm, _MODIFIER, folded if language == "en" else word, "")
    if norm in reader.stops or any(tells) or _is_no_topic(folded, norm, language):
        return _Entry(norm, _NOTHING, "", "", *tells)
    shown = norm if language == "en" else word
    if language == "tr":
        shown = f"{word[: len(norm) - 1]}k" if word[: len(norm)].endswith("ğ") else word[: len(norm)]
    sure = language == "tr" and _ONLY_NOUNS.fullmatch(folded) is not None
    return _Entry(norm, _UNLISTED, shown, shown, sure=sure, ends=sure and _has_case(folded, norm))


def _has_case(folded: str, norm: str) -> bool:
    """Is a Turkish word in the locative or the ablative?"""
    return folded != norm and _CASE.search(folded) is not None


def _is_no_topic(folded: str, norm: str, language: str) -> bool:
    """Numbers and references, scraps, given names, verbs by their endings, and words of feeling."""
    if not 2 < len(norm) <= _LONGEST or any(map(str.isdigit, folded)) or folded in _given_names():
        return True
    if language == "tr":
        if _IMPERATIVE.fullmatch(folded) or _TURKISH_VERB.fullmatch(folded):
            return True
        return abs(turkish.grammar().look_up(folded)) >= _FELT
    felt = abs(english.grammar().lexicon.get(folded, 0.0)) >= _FELT
    if language == "en":
        return felt or bool(_ENGLISH_VERB.fullmatch(folded))
    return felt or bool(_HINDI_VERB.fullmatch(norm)) or abs(hindi.look_up(folded)) >= _FELT


def _phrases(entries: Iterable[_Entry], reader: _Reader) -> Iterator[str]:
    run: list[_Entry] = []
    held = [*entries, _PARTING]
    at, before = 0, _PARTING
    while at < len(held):
        entry = held[at]
        if entry.norm in reader.first and (found := _longer(held, at, reader.longer)) is not None:
            entry, at = found
        else:
            at += 1
        if entry.kind:
            run.append(entry)
            continue
        if run:
            yield from _of_run(run, before.determines or entry.follows or run[-1].sure)
            run = []
        before = entry


def _longer(held: Sequence[_Entry], at: int, longer: Mapping[Norms, _Listed]) -> tuple[_Entry, int] | None:
    """A listed term of several words that begins here, as one entry, and where it ends."""
    for length in (3, 2):
        norms = tuple(entry.norm for entry in held[at : at + length])
        if len(norms) == length and (listed := longer.get(norms)) is not None:
            return _Entry(" ".join(norms), _NOUN, listed.shown, listed.shown), at + length
    return None


def _of_run(run: Sequence[_Entry], ends_in_noun: bool) -> Iterator[str]:
    """What words that stand together say: each noun, each pair that ends in a noun, and all three where they are three. The
    last of them may be a noun by where it stands; before a noun a word may be anything that tells it apart."""
    last = len(run) - 1
    for at, entry in enumerate(run):
        if entry.kind != _NOUN and not (entry.sure or (entry.kind == _UNLISTED and at == last and ends_in_noun)):
            continue
        yield entry.shown
        before = run[at - 1] if at else _PARTING
        if before.kind and not before.ends and before.norm != entry.norm and (before.kind != _UNLISTED or ends_in_noun):
            pair = f"{before.shown} {entry.after if before.kind == _NOUN else entry.shown}"
            yield pair
            if at == 2 and len(run) == 3 and not run[0].ends and run[0].norm != before.norm:
                yield f"{run[0].shown} {pair}"


# --- words ---------------------------------------------------------------------------------------------------------------


def _singular(word: str) -> str:
    """An English word folded, without its plural: "batteries" is "battery", "boxes" "box", "gas" itself."""
    folded = fold(word)
    if len(folded) < 4 or not folded.endswith("s") or folded.endswith(("ss", "us", "is")) or folded in _NO_PLURALS:
        return folded
    if folded.endswith("ies") and len(folded) > 4:
        return f"{folded[:-3]}y"
    return folded[:-2] if folded.endswith(("xes", "ches", "shes", "sses")) else folded[:-1]


def _hindi(word: str) -> str:
    """The key of a Hindi word in either script; an English word that a theme lists keeps its own spelling, for keys of short
    English words are those of Hindi ones ("cab", "कब")."""
    return english_word if (english_word := _singular(word)) in _english_words() else hindi.key(word)


def _turkish(word: str) -> str:
    return fold(word.replace("I", "ı").replace("İ", "i"))


@lru_cache(maxsize=65_536)
def _bare(word: str, known: frozenset[str]) -> str:
    """A Turkish word folded, without its endings where what is left is known: "siparişim" is "siparis"."""
    folded = _turkish(word)[:_LONGEST]
    if folded in known:
        return folded
    for end in range(len(folded) - 1, 1, -1):
        if _TURKISH_ENDING.fullmatch(folded, end):
            head = folded[:end]
            if head in known:
                return head
            if head[-1] in _HARDENED and (hard := head[:-1] + _HARDENED[head[-1]]) in known:
                return hard
    ending = _CERTAIN.search(folded, 4)
    return folded[: -len(ending[0])] if ending and ending[0] else folded


def _compound(word: str, bare: str) -> str:
    """A noun as it stands after another: "teslimatı" in "kargo teslimatı" keeps the ending that joins them."""
    ending = _TURKISH_ENDING.fullmatch(_turkish(word), len(bare))
    return bare + word[len(bare) : ending.end("compound")] if ending and ending["compound"] else bare


def _in_script_of(word: str, listed: _Listed, norm: str, language: str) -> str:
    """The listed spelling, where it is in the script of the writer; else theirs."""
    if language not in _HINDI or word.isascii() == listed.shown.isascii():
        return listed.shown
    other = _reader("hi-Latn" if word.isascii() else "hi").known.get(norm)
    return other.shown if other is not None and other.shown.isascii() == word.isascii() else word


# --- what is listed ------------------------------------------------------------------------------------------------------


def themes() -> list[str]:
    """What the themes are called, in English."""
    return list(_themes()["en"])


@cache
def _themes() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """By language and theme its words, as people write them."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for theme, language, words in _rows("topics.tsv"):
        found.setdefault(language, {})[theme] = tuple(words.split("|"))
    return found


def _listed(languages: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each theme with each of its words in these languages, one after the other."""
    for language in languages:
        for theme, words in _themes()[language].items():
            for word in words:
                yield theme, word


@cache
def _stops() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """By language and kind the words that are no topic."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for language, kind, words in _rows("topic_stops.tsv"):
        found[language, kind] = (*found.get((language, kind), ()), *words.split())
    return found


@cache
def _english_words() -> frozenset[str]:
    return frozenset(_singular(word) for words in _themes()["en"].values() for word in words if " " not in word)


@cache
def _places() -> frozenset[str]:
    """Cities: where something happens, not what."""
    return frozenset(
        name for _, kind, *names in _rows("world_names.tsv") if kind.startswith("city") for name in names if name
    )


@cache
def _given_names() -> frozenset[str]:
    """Given names, which are no topic, and would name a person."""
    return frozenset(
        fold(name) for _, kind, *names in _rows("world_names.tsv") if kind == "given" for name in names if name
    )


def _rows(name: str) -> Iterator[list[str]]:
    for line in (_DATA / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


__all__ = ["MOST", "phrases", "theme_of", "themes", "topics"]
