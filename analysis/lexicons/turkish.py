"""What Turkish words feel like: endings are taken off first, for most of a Turkish word is its endings.

A verb denies itself ("beğen-me-dim", I did not like it), a noun does its own lack ("kalite-siz", without quality), so both
are read out of the word. Everything is compared without Turkish letters, as many write ("cok guzel"), save for the few
words that would then read as another ("öldü", died, is not "oldu", became).
"""

# ruff: noqa: SIM905  # word lists read better as text

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, pairwise, product
from typing import Final, final

from analysis.kept import kept
from analysis.lexicons import scoring
from analysis.lexicons.emoji import emoji_valences
from analysis.lexicons.scoring import Feeling, Grammar, Known
from analysis.remembered import Remembered
from analysis.words import HANDLE, LINK, MAX_CHARACTERS, THRICE, WORD, first_group, fold

_EMOJI: Final = (
    "\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001f3fa\U0001f400-\U0001faff"  # without the five colours of skin
)
_SMILE: Final = r"[:;=][-'’]?[)\]]+|[:;=][-'’]?[dp]+(?!\w)|[:=][-'’]?(?:[(\[\\]+(?!\w)|/(?![\w/]))|<3+|\^\^"
_TOKEN: Final = re.compile(
    rf"[^\W\d]{WORD}*(?:['’]{WORD}+)?|{_SMILE}|\d+(?:[/.,]\d+)*|{WORD}+(?:['’]{WORD}+)?|[.!?;…।\n]+|,|[{_EMOJI}]"
)
_APOSTROPHE: Final = re.compile(r"['’].*", re.DOTALL)
_STRETCHED: Final = re.compile(r"([^\W\d_])\1{2,}")
_DOUBLED: Final = re.compile(r"([^\W\d_])\1")
_TWICE: Final = re.compile(r"(.)\1")
_ASKS: Final = re.compile(r"m[iu](?:y[iu][mz]|s[iu]n(?:[iu]z)?|d[iu]r|yd[iu][mkn]?|ym[iu]s)?")
_LAUGH: Final = re.compile(r"(?:pu|m|b)?a?(?:h[aei]){2,}h?|[sjkdfglhx]{5,}")

_LONGEST: Final = 40
"""A longer word is a slip of the keyboard, or spite, and is cut here, so that the caches stay small."""
_OWN_LETTERS: Final = re.compile(
    r"öl(?!ç)|dön|şık(?!ır)|sınır|ön(?:ce|e|ü)|döv(?:iz|me)|süs|şok(?=e|u|l|t|$)|kürt|gül(?:ü?$|l)|tüy"
)
"""Beginnings that keep their letters where the writer has set them: bare, they would read as another word."""


@final
class _Word:
    """A token, what is known of its lemma, its `stems`, and whether a text with it may have to be turned (`_in_context`)."""

    __slots__ = ("known", "stems", "token", "turns")

    def __init__(self, token: str, known: Known, stems: tuple[str, ...]) -> None:
        self.token, self.known, self.stems, self.turns = token, known, stems, known.text in _TURNING


def tokens(text: str) -> list[str]:
    """Words without Turkish letters, emoji, and the marks ". ! ? ,", a run as one. Links and handles are dropped."""
    return [word.token for word in _heard(text)]


@lru_cache(maxsize=1)  # a text is asked for its feeling and its spelling, one after the other
def _heard(text: str) -> list[_Word]:
    if len(text) > MAX_CHARACTERS:
        text = f"{text[: MAX_CHARACTERS // 2]}\n{text[-MAX_CHARACTERS // 2 :]}"
    return list(chain.from_iterable(map(_PIECES.__getitem__, text.split(" "))))


def _word(token: str) -> _Word:
    found = lemma(token)
    return _Word(token, grammar().known[found], _stems(token, found))


_WORDS: Final = Remembered(_word)


def _cut(piece: str) -> tuple[_Word, ...]:
    if "://" in piece or "www." in piece:
        piece = LINK.sub(" ", piece)
    if "@" in piece:
        piece = HANDLE.sub(" ", piece)
    if not piece.isascii():
        piece = unicodedata.normalize("NFKC", piece)
    piece = _lower(piece)
    if piece.isalpha():
        return (_WORDS[token],) if (token := _spelling(piece[:_LONGEST])) else ()
    spelled = [_spelling(token[:_LONGEST]) for token in _TOKEN.findall(piece)]
    return tuple([_WORDS[token] for token in spelled if token])


_PIECES: Final = Remembered(_cut)
"""What stands between spaces, as words: none goes over a space, so a text may be cut piece by piece."""


def _lower(text: str) -> str:
    return text.replace("I", "ı").replace("İ", "i").replace("_", " ").lower()


def _spelling(token: str) -> str:
    """The one spelling of a raw token in lower case: "çoook" is "cok", "?!" is "?", ":-))" is ":)"."""
    if not token[0].isalnum():
        return _mark(token)
    if not token.isalnum():
        token = _APOSTROPHE.sub("", token)
    if THRICE.search(token):
        token = _STRETCHED.sub(first_group, token)
    if token.isascii():
        return ":)" if token in ("xd", "xdd") else token
    if own := _OWN_LETTERS.match(token):
        return own[0] + fold(token[own.end() :])
    for letter, bare in _BARE:
        token = token.replace(letter, bare)
    return fold(token)


_BARE: Final = tuple(zip("çğıöşü", "cgiosu", strict=True))
"""What `fold` does to most words that are not English: done beforehand it has little to do."""


def _mark(token: str) -> str:
    if token[0] in ":;=<^" and len(token) > 1:
        if token[0] in "<^":
            return "<3" if token[0] == "<" else ":)"
        return ":(" if token[-1] in "([" else ":/" if token[-1] in "/\\" else ":)"
    if token[0] in ".!?;…।\n":
        return "?" if "?" in token else "!" if "!" in token else "."
    return token


# Endings, in folded letters: a and e are one vowel (A), ı, i, u, ü another (H). Which of them stands is checked by _sounds.

_PERSON: Final = r"(?:y?[iu]m|s[iu]n(?:[iu]z)?|y?[iu]z|l[ae]r|n[iu]z|[mnk])"
_COPULA: Final = rf"(?:(?:y?[dt][iu]|y?m[iu]s|y?s[ae]){_PERSON}?(?:s[ae])?|y?ken|[dt][iu]r(?:l[ae]r)?)"
_NOUN_ENDING: Final = re.compile(
    r"(?:(?P<without>s[iu]z)|l[iu]|s[ae]l)?(?:c[iu])?(?:l[iu][kg]|c[ae](?:s[iu]n[ae])?|c[iu][kg])?(?:l[ae]r)?"
    r"(?:[iu]?m|[iu]?n|s?[iu]|[iu]?m[iu]z|[iu]?n[iu]z)?"
    r"(?:[yn]?[iu]|[yn]?[ae]|n?[dt][ae]n?|n?[iu]n|y?l[ae]|nc[ae])?"
    rf"(?:ki(?:l[ae]r|n[iu]|n[ae])?)?{_PERSON}?{_COPULA}?"
)
_MADE_VERB: Final = re.compile(r"l[ae](?:n|s|t|st[iu]r|nd[iu]r|s[iu]l)?")
_VOICE: Final = r"(?:[iu]?[nls]|[iu]?t|[dt][iu]r|[iu]r){0,3}?"
_DENIAL: Final = (
    r"(?P<denial>(?P<unable>y?[ae])?m(?:"
    r"[iu]y?o[a-z]*|[iu]?c[ae][mnkz][a-z]*|"
    r"[ae](?:z[a-z]*|d[iu][a-z]*|m[iu]s[a-z]*|y[ae]c[a-z]*|y[iu]?c[ae][mnkz]|y[ae]n[a-z]*|y[iu]p|y[iu]nc[ae]|y[iu]n(?:[iu]z)?"
    r"|y[ae]r[ae]k[a-z]*|y[iu]z|y[iu]s[a-z]*|y[ae]l[iu]m|y[ae]y[iu]m|m|m[ae][a-z]*|s[ae][a-z]*|s[iu]n(?:l[ae]r)?|d[ae]n)))"
)
_SAYING: Final = (
    rf"(?:(?:[iuae]y?|y)o(?:r[a-z]*|[mnz]|s[a-z]*|l[a-z]*|du[a-z]*)?|[iuae]?r{_PERSON}?{_COPULA}?|[dt][iu]{_PERSON}?(?:y[a-z]+)?"
    r"|[dt][iu][gk][a-z]*|m[iu]s[a-z]*|y?[ae]c[ae][gk][a-z]*|y?[iuae]?c[ae](?:m|n|z|k|kl?[ae]r|ks[a-z]*)"
    r"|m[ae][kg][a-z]*|m[ae](?:s[iu][a-z]*|y[iuael][a-z]?|l[ae]r[a-z]*|n[iu][a-z]*|n|m[iu][a-z]*|d[ae]|l[iu][a-z]*)?"
    r"|s[ae][a-z]{0,6}|y?[ae]n[a-z]*|y?[iu]p|y?[iu]nc[ae]|y?[ae]r[ae]k|y?[ae]l[iu]m?|s[iu]n(?:l[ae]r)?|y?[iu]c[iu][a-z]*"
    r"|y?[iu]s[a-z]*|y?[ae]y[iu]m|y?[ae]b[iu]l[a-z]*|y?[ae]?s[iu]c[ae])"
)
_VERB_ENDING: Final = re.compile(rf"{_VOICE}(?:{_DENIAL}|{_SAYING}|)")
_COMMAND_ENDING: Final = re.compile(r"y?[iu]n(?:[iu]z)?|y?[ae]")
_WISH: Final = re.compile(r".{2,}s[iu]n(?:l[ae]r)?")
_DENIED: Final = (
    r"m(?:[iu]yo(?:r[a-z]*|[mnz]|s[a-z]+|lar)?|[ae](?:d[iu](?:m|n|k|n[iu]z|l[ae]r)?|m[iu]st?[iu]?[mrk]?"
    r"|zs?[a-z]{0,5}|y[ae]c[ae][gk][a-z]*)|[iu]c[ae][mnkz])"
)
_DENIED_ENDING: Final = re.compile(rf"{_DENIED}$")
_DENIED_SOMETHING: Final = re.compile(rf"(?P<stem>.{{2,}}?)(?:y[ae])?{_DENIED}")
_PLURALS: Final = ("", "lar", "ler")
_OWNERS: Final = ("", *"imiz imuz umiz umuz iniz inuz uniz unuz si su im um i u".split())
_CASES: Final = (
    "",
    *"da de ta te dan den tan ten nda nde nta nte ndan nden ntan nten nin nun la le yla yle yi yu ya ye".split(),
)
_CASE_ENDINGS: Final = frozenset(map("".join, product(_PLURALS, _OWNERS, _CASES)))
_LOSE_A_VOWEL: Final = (
    "keyif sabir akil fikir zehir zulum emir omur kahir huzun zihin beyin gonul agiz sukur kufur ozur kayip vakit nakit "
    "lutuf nefis hapis hukum resim kasit azim"
)
_SHORTENED = {word[:-2] + word[-1]: word for word in _LOSE_A_VOWEL.split()}
_SHORTENED |= {word + word[-1]: word for word in ("hak", "his", "af", "ret", "zan", "sir", "haz", "rab")}
_HARD: Final = {"g": "k", "b": "p", "d": "t"}


def _first_vowel(letters: str) -> str:
    for letter in letters:
        if letter in "aeiouöü":
            return letter
    return ""


def _sounds(stem: str, rest: str) -> bool:
    """Vowel harmony, as far as bare letters show it: "kanlı" is blood and -lı, "kanul" is not."""
    vowel, last = _first_vowel(rest), _first_vowel(stem[::-1])
    if not vowel or not last or rest.startswith(("ki", "ken", "yo")):
        return True
    if vowel in "iu":
        return (vowel == "i") == (last in "aei") or "yor" in rest
    return last not in "ae" or vowel == last or stem[-1] in "tlfk"  # Arabic loans: "dikkatli", "kalbe"


@dataclass(frozen=True, slots=True)
class _Known:
    """The lexicon, keys folded. `plain` holds nouns, adjectives and words of phrases, `verbs` bare verb stems, and `heads`
    what any of them may look like before an ending, so that a word that begins like none costs little."""

    valences: dict[str, float]
    plain: frozenset[str]
    verbs: frozenset[str]
    heads: frozenset[str]

    @classmethod
    def of(cls, valences: dict[str, float], plain: set[str], verbs: set[str]) -> "_Known":
        heads = plain | verbs
        heads |= {f"{word[:-1]}{soft}" for word in heads for soft, hard in _HARD.items() if word[-1] == hard}
        heads |= {verb[:-1] for verb in verbs if verb[-1] in "ae"} | set(_SHORTENED)
        return cls(valences, frozenset(plain), frozenset(verbs), frozenset(heads))


_SEEN: Final = {"gor-me": "gor-", "duy-me": "duy-", "rastla-me": "rastla-", "yok": "var"}
_SUCH: Final = frozenset({"boyle", "boylesi", "boylesine", "kadar", "hayatimda", "omrumde", "daha"})
_NEGATORS: Final = {"degil", "yok"}
_ALSO_SPELLED: Final = {
    "amk": "aq amq mk amina aminakoyim amkk",
    "boktan": "bkt bokdan",
    "cok": "ck cog coq cokk cokca",
    "degil": "deil diil dgl degl deyil degill",
    "dolandirici": "dolandrici dolandirci",
    "guzel": "gzl guzl gusel guzeel gusell",
    "harika": "harka harikka",
    "hic": "hicc hicbir hicbi",
    "insallah": "ins inş insallahh insaallah",
    "kaliteli": "kalteli",
    "kargo": "kago krgo",
    "lutfen": "ltfn ltfen lutfenn",
    "maalesef": "malesef maalsef mallesef malasef",
    "memnun": "memnum menun menmun",
    "mukemmel": "mukemel mukkemmel mukkemel mukemmell",
    "muhtesem": "muhtesm mutesem",
    "orijinal": "orjinal orjinnal",
    "rezalet": "rezelet rezallet",
    "sikayet": "sikyet sikayat",
    "super": "sper supper",
    "tavsiye": "tafsiye tavsye",
    "tesekkur": "tsk tesekur tesekkr",
    "tesekkurler": "tsklr tskler tesekkuler tesekurler tskkurler",
    "yok": "yoh yokk yokki yoktur",
    "yanlis": "yalnis",
}
_SPELLED_OTHERWISE: Final = {variant: word for word, variants in _ALSO_SPELLED.items() for variant in variants.split()}


@cache
def _known() -> _Known:
    return _Known(*kept("turkish", _read_lexicon))


def _read_lexicon() -> tuple[dict[str, float], frozenset[str], frozenset[str], frozenset[str]]:
    """The lexicon file, as in `_Known`."""
    words: dict[str, float] = {}
    phrases: dict[tuple[str, ...], float] = {}
    for key, valence in scoring.entries("tr.tsv").items():
        parts = tuple(_key(part) for part in key.split())
        if len(parts) == 1:
            words[parts[0]] = valence
        else:
            phrases[parts] = valence
    within = [part for parts in phrases for part in parts]
    verbs = {part.partition("-")[0] for part in (*words, *within) if "-" in part}
    plain = {word for word in words if "-" not in word}
    plain |= _NEGATORS | set(BOOSTERS) | CONTRAST | {"mi", "ne", "hic"}
    known = _Known.of(words, plain, verbs)
    lasting = {parts[-1] for parts in phrases if "-" not in parts[-1] and len(parts[-1]) > 3}
    plain |= {word for word in lasting if _parse(word, known) is None}
    known = _Known.of(words, plain, verbs)
    for parts, valence in phrases.items():
        key = " ".join(part if "-" in part else _parse(part, known) or part for part in parts)
        words[key] = valence
        if key.endswith("-"):
            words.setdefault(f"{key}me", _denied(valence))
    for key in [key for key in words if key.endswith("-me")]:
        words.setdefault(f"{key[:-2]}eme", words[key])
    return known.valences, known.plain, known.verbs, known.heads


def _key(part: str) -> str:
    """How an entry's word is kept: "beğen-" a verb, "çalış-ma" a verb that is denied."""
    if not part[0].isalnum():
        return _mark(part)
    stem, dash, denial = part.partition("-")
    return f"{_spelling(stem)}{dash}{'me' if denial else ''}"


_MILD: Final = 0.5
"""A verb of less says little itself, and denied it denies what precedes: "memnun kal-ma-dık", "sorun çık-ma-dı"."""
_UNABLE: Final = -0.7
"""What it is not to be able to, whatever it is: "yap-ama-dım"."""


def _denied(valence: float) -> float:
    return valence * (-0.75 if valence > 0 else -0.4)


def _parse(word: str, known: _Known) -> str | None:
    """The lemma of a folded word that the lexicon knows: "guzel", "begen-", denied "begen-me", "kalite-siz", "sinir-le"."""
    if word in known.plain:
        return word
    if word[0] == "m" and _ASKS.fullmatch(word):
        return "mi"
    for cut in range(len(word), 1, -1):
        if (head := word[:cut]) not in known.heads or not _sounds(head, rest := word[cut:]):
            continue
        for stem in _verb_stems(head, rest):
            if stem in known.verbs and (lemma := _verb(stem, rest)) is not None:
                return word if rest and not known.valences.get(lemma) and _WISH.fullmatch(word) else lemma
        for stem in _noun_stems(head, rest):
            if stem in known.plain and cut > 2 and (lemma := _noun(stem, rest)) is not None:
                return lemma
    return None


def _verb_stems(head: str, rest: str) -> Iterator[str]:
    """What verb `head` was before its ending changed it: "ed-er" is "et", "bekl-iyor" is "bekle"."""
    yield head
    if rest and head[-1] == "d" and rest[0] in "aeiou":
        yield head[:-1] + "t"
    if rest.startswith(("iyo", "uyo", "io", "uo", "ica", "uca", "ice", "uce")):
        yield f"{head}a"
        yield f"{head}e"


def _noun_stems(head: str, rest: str) -> Iterator[str]:
    """What noun `head` was before its ending changed it: "kitab-ı" is "kitap", "sabr-ı" "sabır", "hakk-ı" "hak"."""
    yield head
    if rest and rest[0] in "aeiou":
        if head[-1] in _HARD:
            yield head[:-1] + _HARD[head[-1]]
        if head in _SHORTENED:
            yield _SHORTENED[head]


def _verb(stem: str, rest: str) -> str | None:
    if not rest:
        return f"{stem}-" if len(stem) > 3 else None
    if (ending := _VERB_ENDINGS[rest]) is not None:
        return stem + ending
    return f"{stem}-" if len(stem) > 3 and _COMMAND_ENDING.fullmatch(rest) else None


def _noun(stem: str, rest: str) -> str | None:
    if not rest:
        return stem
    return None if (ending := _NOUN_ENDINGS[rest]) is None else stem + ending


def _verb_ending(rest: str) -> str | None:
    """What it makes of a verb: denied, not to be done, or neither; None where it is no ending of verbs."""
    found = _VERB_ENDING.fullmatch(rest)
    return None if found is None else "-eme" if found["unable"] else "-me" if found["denial"] else "-"


def _noun_ending(rest: str) -> str | None:
    """What it makes of a noun: a lack, a verb, one that is denied, or nothing new; None where it is no ending of nouns."""
    if found := _NOUN_ENDING.fullmatch(rest):
        return "-siz" if found["without"] else ""
    if (made := _MADE_VERB.match(rest)) and (ending := _verb_ending(rest[made.end() :])) is not None:
        return "-le" if ending == "-" else "-leme"
    return None


_VERB_ENDINGS: Final = Remembered(_verb_ending)
_NOUN_ENDINGS: Final = Remembered(_noun_ending)


@lru_cache(maxsize=65536)
def lemma(word: str) -> str:
    """The dictionary form of a folded word; of one that the lexicon lacks the word itself, or "-me" if it is denied."""
    known = _known()
    word = _SPELLED_OTHERWISE.get(word, word)
    if not word[0].isalpha() or len(word) >= _LONGEST:
        return word
    if (found := _parse(word, known)) is not None:
        return found
    if _TWICE.search(word):
        single = _DOUBLED.sub(first_group, word)
        if (found := _parse(_SPELLED_OTHERWISE.get(single, single), known)) is not None:
            return found
    if _LAUGH.fullmatch(word):
        return "haha"
    return "-me" if len(word) > 5 and _DENIED_ENDING.search(word, 2) else word


def lemmas(words: Sequence[str]) -> list[str]:
    """The lemmas of a text's tokens, one for each; "ne ... ne" (neither, nor) and "değil mi" (isn't it) are told apart."""
    return _in_context(list(map(lemma, words)))


def _in_context(found: list[str]) -> list[str]:
    """Lemmas where some read otherwise beside others. None does in a text without one of `_TURNING`."""
    if "ne" in found:
        places = [i for i, word in enumerate(found) if word == "ne"]
        for here, there in pairwise(places):  # with a mark between them they exclaim: "ne hızlı, ne güzel"
            too = "de" in found[there + 1 : there + 2]
            if 2 <= there - here <= 5 and (too or scoring.MARKS.isdisjoint(found[here:there])):
                found[here] = "ne-ne"
                if too or there - here > 2:  # else the first reaches what the second denies
                    found[there] = "ne-ne"
    if "degil" in found:
        for i in range(len(found) - 1):
            if found[i] == "degil" and found[i + 1] == "mi":
                found[i] = "degil-mi"
    if "keske" in found:  # "if only we had not gone" regrets as "if only we had gone" does
        found = [word.removesuffix("me") if word.endswith("-me") and word != "-me" else word for word in found]
    if not _SUCH.isdisjoint(found):  # "I have not seen such a shame" denies none
        for i, word in enumerate(found):
            if word in _SEEN and not _SUCH.isdisjoint(found[max(0, i - 5) : i]):
                found[i] = _SEEN[word]
    return found


_TURNING: Final = frozenset({"ne", "degil", "keske", *_SEEN})


def stems(word: str) -> tuple[str, ...]:
    """A word taken apart, folded: "beğenmedim" is ("begen", "_me"), "kalitesiz" ("kalite", "_siz"), "kargodan" ("kargo",).

    What the lexicon does not know loses its plural, possessive and case endings alone.
    """
    if not (word := _lower(word).strip()[:_LONGEST]) or not (spelled := _spelling(word)):
        return ()
    return _stems(spelled, lemma(spelled))


def _stems(spelled: str, found: str) -> tuple[str, ...]:
    if found == "-me":
        match = _DENIED_SOMETHING.fullmatch(spelled) or _DENIED_SOMETHING.fullmatch(_DOUBLED.sub(r"\1", spelled))
        return (match["stem"] if match else spelled, "_me")
    stem, dash, ending = found.partition("-")
    if dash and stem:
        return (stem,) if ending in ("", "le") else (stem, "_siz" if ending == "siz" else "_me")
    if found == spelled and found.isalpha() and found not in _known().plain:
        for cut in range(4, len(found)):
            if found[cut:] in _CASE_ENDINGS:
                return (found[:cut],)
    return (found,)


def spelled(text: str) -> list[str]:
    """The text's stems: what a learned head reads instead of the text."""
    return [stem for word in _heard(text) for stem in word.stems]


def _valence(word: str) -> float:
    """The valence of a lemma that is made of a listed one."""
    stem, dash, ending = word.partition("-")
    valences = _known().valences
    if not dash or not stem:
        if word.isalpha() and (plain := lemma(word)) != word:
            return valences.get(plain) or _valence(plain)
        return 0.0
    if ending in ("", "me", "eme"):
        verb = valences.get(f"{stem}-", 0.0)
        return _denied(verb) if ending and abs(verb) >= _MILD else _UNABLE if ending == "eme" else 0.0
    valence = valences.get(stem, 0.0)
    return valence if ending == "le" else _denied(valence)


_BOOSTS: Final = {
    0.5: "mi",
    0.6: "az azicik azcik birazcik kismen belki",
    0.7: "biraz nispeten sanki galiba",
    0.8: "neredeyse",
    1.1: "pek ne nasil adeta valla vallahi kadar bildigin",
    1.15: "gayet oldukca tam oylesine",
    1.2: "baya bayagi epey epeyce hayli fazla hic full sahiden komple",
    1.3: "en kesinlikle resmen tamamen gercekten cidden harbiden asla katiyen derece deli super mega ultra boylesine "
    "muazzam fazlasiyla ziyadesiyle alabildigine",
    1.35: "cok acayip korkunc fena",
    1.4: "asiri inanilmaz feci felaket",
}
BOOSTERS: Final = {word: factor for factor, words in _BOOSTS.items() for word in words.split()}
SMILES: Final = {":)": 1.3, ":(": -1.8, ":/": -1.2, "<3": 2.5, "haha": 0.6}
CONTRAST: Final = frozenset({"ama", "amma", "fakat", "ancak", "lakin", "yalniz", "oysa", "oysaki", "halbuki", "ragmen"})


@cache
def grammar() -> Grammar:
    known = _known()
    mild = {verb for verb in known.verbs if abs(known.valences.get(f"{verb}-", 0.0)) < _MILD}
    charged = {word: valence for word, valence in known.valences.items() if valence or " " in word}
    lexicon = emoji_valences() | SMILES | charged
    return Grammar(
        lexicon=lexicon,
        phrases=kept("turkish_phrases", lambda: scoring.begun(lexicon)),
        look_up=lru_cache(maxsize=65536)(_valence),
        before=frozenset({"ne-ne"}),
        after=frozenset({*_NEGATORS, "-me", *(f"{verb}-{denial}" for verb in mild for denial in ("me", "eme"))}),
        boosters=BOOSTERS,
        contrast=CONTRAST,
    )


def feel(text: str) -> Feeling:
    """What the lexicon finds in a Turkish text; the places that it names are those of `tokens(text)`."""
    words, rules = _heard(text), grammar()
    said = [word.known for word in words]
    if any(word.turns for word in words):
        said = [rules.known[one] for one in _in_context([word.text for word in said])]
    return scoring.felt(said, rules)
