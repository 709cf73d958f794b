"""What posts are about: short noun phrases, and the topics that phrases of any language come together in. Pure.

No part-of-speech tagger knows Hinglish, and none is quick enough, so a phrase is what stands between words that are no
topic: small words, verbs, courtesies, people, names, feelings. What is left is open to words that nobody listed, as the
name of a product is. `analysis/data/topics.tsv` lists the themes of the trade with the words for each in every language,
`analysis/data/topic_stops.tsv` the words that part phrases.
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

Said = tuple[str, str]
"""A phrase and its language."""
Norms = tuple[str, ...]
"""The words of a phrase, each as its norm."""

_DATA = Path(__file__).parent / "data"
_HINDI = ("hi", "hi-Latn")
_NOTHING, _MODIFIER, _NOUN = 0, 1, 2
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
_NO_PLURALS = frozenset(
    {"christmas", "news", "series", "lens", "jeans", "clothes", "goods", "always", "points", "trainers"}
)
_CERTAIN = re.compile(r"(?:l[ae]r)?(?:[dt][ae](?:n|ki)?)?$")
_HARDENED = {"g": "k", "b": "p", "d": "t", "c": "c"}


class _Entry(NamedTuple):
    """A token: its `norm`, in which spellings meet; what it may be in a phrase; how it is shown, and how after a noun."""

    norm: str
    kind: int
    shown: str
    after: str


_PARTING = _Entry("", _NOTHING, "", "")


@dataclass(frozen=True, slots=True)
class Topic:
    """Phrases that speak of one thing, most frequent first, each with its language.

    `theme` is its name in `analysis/data/topics.tsv`, empty for what no list has. `roots` are the phrases whose counts may
    be added: a post that says "late delivery" says "delivery" too, and is counted there. `count` is their sum, so a post
    that uses two words for one thing counts twice.
    """

    label: str
    theme: str
    count: int
    phrases: tuple[Said, ...]
    roots: tuple[Said, ...]


def phrases(text: str, language: str, brand: Brand | None = None) -> list[str]:
    """The noun phrases of a text, of one to three words, each once, in their order; none for a language that is not judged.

    They are given in a plain form, without plural or case ending, in the script of the writer. Names of the brand, handles,
    links, numbers, given names, courtesies and words of mere feeling are left out. Never raises, whatever a stranger wrote.
    """
    if language not in ("en", *_HINDI, "tr"):
        return []
    if brand is not None and may_name(brand, text) and (names := brand_names(brand)) is not None:
        text = names.sub(" . ", text[:READ])
    return list(dict.fromkeys(_phrases(_entries(text[:READ], language), _reader(language))))[:MOST]


def clusters(counts: Mapping[Said, int], language: str = "en") -> list[Topic]:
    """Bring (phrase, its language) with their counts together to topics, the most frequent first; labels in `language`.

    What one theme lists, in whatever language, is one topic, with the phrases that end in one of its words ("late delivery",
    "डिलीवरी", "kargo"). Of the rest, spellings of one word meet; and a word that stands mostly in one phrase ("matcha" in
    "matcha kit") goes with the phrase, else the phrase goes with the word that it ends in.
    """
    themed: dict[str, list[Said]] = {}
    others: dict[Norms, list[Said]] = {}
    in_english = {tuple(map(_hindi, text.split())): _norms((text, of)) for text, of in counts if of == "en"}
    for said in counts:
        if theme := theme_of(*said):
            themed.setdefault(theme, []).append(said)
        else:
            norms = _norms(said)
            others.setdefault(in_english.get(norms, norms) if said[1] in _HINDI else norms, []).append(said)
    _merge_endings(others)
    topics = [
        _topic(_called(theme, language), theme, members, _roots(members), counts) for theme, members in themed.items()
    ]
    tally = {norms: sum(counts[said] for said in members) for norms, members in others.items()}
    for named, group in _nested(tally).items():
        members = [said for norms in group for said in others[norms]]
        roots = others[max(group, key=lambda norms: (tally[norms], norms))]
        topics.append(_topic(_spelled(others[named], counts), "", members, roots, counts))
    return sorted(topics, key=lambda topic: (-topic.count, topic.label))


def theme_of(phrase: str, language: str) -> str:
    """The theme that a phrase of a language belongs to: its own, or that of the words it ends in; empty for none."""
    if language not in ("en", *_HINDI, "tr"):
        return ""
    reader = _reader(language)
    words = phrase.split()
    for start in range(len(words)):
        norms = tuple(reader.norm(word) for word in words[start:])
        listed = reader.longer.get(norms) if len(norms) > 1 else reader.known.get(norms[0])
        if listed is not None:
            return listed.theme
    return ""


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
        return _PARTING
    word = _POSSESSIVE.sub("", token) if language == "tr" or token.endswith(("'s", "’s")) else token
    folded = fold(word)
    norm = reader.norm(word)
    if folded in reader.written:
        return _Entry(norm, _NOTHING, "", "")
    if (listed := reader.known.get(norm)) is not None:
        shown = _in_script_of(word, listed, norm, language)
        return _Entry(norm, _NOUN, shown, _compound(word, shown) if language == "tr" else shown)
    if norm in reader.modifiers:
        return _Entry(norm, _MODIFIER, folded if language == "en" else word, "")
    if norm in reader.stops or _is_no_topic(folded, norm, language):
        return _Entry(norm, _NOTHING, "", "")
    shown = norm if language == "en" else word[: len(norm)] if language == "tr" else word
    return _Entry(norm, _NOUN, shown, shown)


def _is_no_topic(folded: str, norm: str, language: str) -> bool:
    """Numbers and references, scraps, given names, verbs by their endings, and words of feeling."""
    if not 2 < len(norm) <= _LONGEST or any(map(str.isdigit, folded)) or folded in _given_names():
        return True
    if language == "tr":
        return bool(_TURKISH_VERB.fullmatch(folded)) or abs(turkish.grammar().look_up(folded)) >= _FELT
    felt = abs(english.grammar().lexicon.get(folded, 0.0)) >= _FELT
    if language == "en":
        return felt or bool(_ENGLISH_VERB.fullmatch(folded))
    return felt or bool(_HINDI_VERB.fullmatch(norm)) or abs(hindi.look_up(folded)) >= _FELT


def _phrases(entries: Iterable[_Entry], reader: _Reader) -> Iterator[str]:
    run: list[_Entry] = []
    held = list(entries)
    at = 0
    while at < len(held):
        entry = held[at]
        if entry.norm in reader.first and (found := _longer(held, at, reader.longer)) is not None:
            entry, at = found
        else:
            at += 1
        if entry.kind:
            run.append(entry)
        elif run:
            yield from _of_run(run)
            run = []
    yield from _of_run(run)


def _longer(held: Sequence[_Entry], at: int, longer: Mapping[Norms, _Listed]) -> tuple[_Entry, int] | None:
    """A listed term of several words that begins here, as one entry, and where it ends."""
    for length in (3, 2):
        norms = tuple(entry.norm for entry in held[at : at + length])
        if len(norms) == length and (listed := longer.get(norms)) is not None:
            return _Entry(" ".join(norms), _NOUN, listed.shown, listed.shown), at + length
    return None


def _of_run(run: Sequence[_Entry]) -> Iterator[str]:
    """What words that stand together say: each noun, each pair that ends in a noun, and all three where they are three."""
    for at, entry in enumerate(run):
        if entry.kind != _NOUN:
            continue
        yield entry.shown
        if at:
            before = run[at - 1]
            if before.norm != entry.norm:
                pair = f"{before.shown} {entry.after if before.kind == _NOUN else entry.shown}"
                yield pair
                if at == 2 and len(run) == 3 and run[0].norm != before.norm:
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


# --- how phrases come together -------------------------------------------------------------------------------------------


def _norms(said: Said) -> Norms:
    phrase, language = said
    norm = _reader(language).norm if language in ("en", *_HINDI, "tr") else fold
    return tuple(map(norm, phrase.split()))


def _merge_endings(others: dict[Norms, list[Said]]) -> None:
    """A Turkish word that no list has goes with its bare form, where somebody wrote that: "matchası" with "matcha"."""
    for norms in sorted(others, key=lambda norms: -len(norms[-1])):
        last = norms[-1]
        if any(language == "tr" for _, language in others[norms]):
            for end in range(4, len(last)):
                bare = (*norms[:-1], last[:end])
                if bare in others and _TURKISH_ENDING.fullmatch(last, end):
                    others[bare] += others.pop(norms)
                    break


def _nested(tally: Mapping[Norms, int]) -> dict[Norms, list[Norms]]:
    """Groups of phrases that hold one another, by the phrase that gives the group its name."""
    into: dict[Norms, Norms] = {}
    long = sorted((norms for norms in tally if len(norms) > 1), key=lambda norms: (-tally[norms], norms))
    for norms in long:
        for part in _parts(norms):
            if part in tally and part not in into and tally[norms] >= _SWALLOWED * tally[part]:
                into[part] = norms
    for norms in long:
        if norms not in into:
            ends = (norms[start:] for start in range(1, len(norms)))
            if head := next((end for end in ends if end in tally and into.get(end) is None), None):
                into[norms] = head
    groups: dict[Norms, list[Norms]] = {}
    for norms in tally:
        named = norms
        while named in into:
            named = into[named]
        groups.setdefault(named, []).append(norms)
    return groups


def _parts(norms: Norms) -> Iterator[Norms]:
    """What stands within a phrase, the longest first."""
    for length in range(len(norms) - 1, 0, -1):
        for start in range(len(norms) - length + 1):
            yield norms[start : start + length]


def _roots(members: Sequence[Said]) -> list[Said]:
    """Those that hold no other of them."""
    norms = {said: _norms(said) for said in members}
    there = set(norms.values())
    return [said for said in members if not any(part in there for part in _parts(norms[said]))]


def _topic(label: str, theme: str, members: Sequence[Said], roots: Sequence[Said], counts: Mapping[Said, int]) -> Topic:
    often = sorted(members, key=lambda said: (-counts[said], said))
    return Topic(label, theme, sum(map(counts.__getitem__, roots)), tuple(often), tuple(roots))


def _spelled(members: Sequence[Said], counts: Mapping[Said, int]) -> str:
    """The most usual spelling; of two that differ in accents alone the accented one."""
    total: dict[str, int] = {}
    for said in members:
        total[said[0]] = total.get(said[0], 0) + counts[said]
    best = min(total, key=lambda phrase: (-total[phrase], phrase))
    accented = [phrase for phrase in total if not phrase.isascii() and fold(phrase) == fold(best)]
    return min(accented, key=lambda phrase: (-total[phrase], phrase), default=best)


# --- what is listed ------------------------------------------------------------------------------------------------------


def _called(theme: str, language: str) -> str:
    """What a theme is called in a language; in English where that has no word for it."""
    words = _themes().get(language, {}).get(theme)
    return words[0] if words and language != "en" else theme


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
def _given_names() -> frozenset[str]:
    """Given names, which are no topic, and would name a person."""
    return frozenset(
        fold(name) for _, kind, *names in _rows("world_names.tsv") if kind == "given" for name in names if name
    )


def _rows(name: str) -> Iterator[list[str]]:
    for line in (_DATA / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


__all__ = ["MOST", "Topic", "clusters", "phrases", "theme_of"]
