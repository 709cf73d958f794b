"""How English posts feel, customer care above all: VADER's words, ours over them, and what turns them round.

VADER reads moods, not faults: "still waiting, third time I call" says nothing to it, and "great, another delay" is praise.
Here care words and set phrases have valences (en.tsv, en_care.tsv), words that posts use without feeling have none ("like",
"please", "share"), praise in front of a fault is sarcasm, and what an author quotes counts less than what they say.

The brand's names are the caller's to mask (`analysis.sentiment.mask`); handles and links are dropped in any case.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from html import unescape
from itertools import pairwise
from math import sqrt
from typing import Final, NamedTuple, TypeAlias

from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE

from analysis.kept import kept
from analysis.lexicons import scoring
from analysis.lexicons.emoji import emoji_valences
from analysis.lexicons.scoring import MARKS, Charged, Feeling, Grammar, Known
from analysis.lexicons.vader import Word, vader
from analysis.remembered import Remembered
from analysis.words import HANDLE, LINK, PICTURES, THRICE, fold

ENGINE: Final = "sunwai-en-1"

_EMOTICON: Final = r"(?<![\w:])[:;=x]['’]?[-o^]?[)(\]\[dp/\\|*]+(?!\w)|[(]-?[:;=]|</?3+|[-^>o]_+[-^<o](?!\w)|\^\^"
_PLAIN: Final = r"[^\W\d_xo][^\W_]*(?:['’`][^\W_]+)*"  # begins no emoticon: most words, so they are tried first
_TOKEN: Final = re.compile(
    rf"{_PLAIN}|{_EMOTICON}|\d+(?:[.,]\d+)*|[^\W_]+(?:['’`][^\W_]+)*|[!?]+|[.;…\n]+|[,:](?=\s)|[{PICTURES}]"
)
_HASHTAG: Final = re.compile(r"#(\w+)")
_STRETCHED: Final = re.compile(r"([a-z])\1{2,}")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _spelled(token: str) -> str:
    """A token, in lower case, in the one way that it is written here."""
    first, last = token[0], token[-1]
    if last.isalnum() and first.isalnum() and token not in ("xd", "o_o"):
        if token.endswith(("'ll", "’ll")):
            token = token[:-3]  # "i'll" is not "ill"
        if THRICE.search(token):
            shorter = _STRETCHED.sub(r"\1\1", token)
            if shorter != token and shorter in vader().lexicon:
                return shorter  # "goood" is not "god"
        folded = fold(token) or token
        return "cant" if folded == "cannot" else folded
    if first in "!?":
        return "?" if "?" in token else "!"
    if len(token) == 1 and first in ",:":
        return ","
    if first == "<" and last == "3":
        return "</3" if "/" in token else "<3"
    if "_" in token or first == last == "^":
        return ":)" if first == "^" else ":/"
    if first in ".;…\n" and len(token.strip(".;…\n")) == 0:
        return "."
    if first in ":;=(x" and len(token) > 1:
        return ":)" if last in ")]" or first == "(" else ":(" if last in "([" else ":d" if last in "dp*" else ":/"
    return fold(token) or token


_SPELLED: Final = Remembered(_spelled)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_Piece: TypeAlias = tuple[tuple[str, ...], tuple[Known, ...], tuple[Word, ...], bool]
"""What stands between spaces: as tokens, as our grammar knows these, and as VADER's words; and is one of these dark?"""


def _cut(piece: str) -> _Piece:
    mark = piece[-1:] if piece[-1:] in _CLOSES else ""
    word = (piece[:-1] if mark else piece).lower()
    if word.isalpha() and word.isascii() and word[0] != "x" and not THRICE.search(word):
        return _cut_word(piece, word, mark)
    own = piece
    if "#" in own:
        own = _HASHTAG.sub(lambda tag: _HUMP.sub(" ", tag[1]).replace("_", " "), own)
    if "://" in own or "www." in own:
        own = LINK.sub(" ", own)
    if "@" in own:
        own = HANDLE.sub(" ", own)
    said = tuple(map(_SPELLED.__getitem__, _TOKEN.findall(f"{own.lower()} ")))
    words = tuple(vader().words(piece))
    return said, tuple(map(grammar().known.__getitem__, said)), words, any(word.dark for word in words)


def _cut_word(piece: str, word: str, mark: str) -> _Piece:
    """The same for what most pieces are: a word, and at most a mark after it. One with an x may be a face, "xD"."""
    said = "cant" if word == "cannot" else word
    known, meant = grammar().known, vader().word(piece)
    if mark:
        return (said, mark), (known[said], known[mark]), (meant,), meant.dark
    return (said,), (known[said],), (meant,), meant.dark


_CLOSES: Final = frozenset(".,!?")
_PIECES: Final = Remembered(_cut)
"""No token goes over a space, so a text may be cut piece by piece."""


class _Heard(NamedTuple):
    """A text's tokens, and what is known of them. `words` are VADER's, or empty where it does not blame."""

    tokens: list[str]
    known: list[Known]
    words: list[Word]


@lru_cache(maxsize=1)  # a text is asked for its feeling and its spelling, one after the other
def _heard(text: str) -> _Heard:
    plain = unescape(text) if "&" in text else text
    said: list[str] = []
    known: list[Known] = []
    words: list[Word] = []
    dark = False
    last: Sequence[str] = ()
    for last, grasped, meant, blames in map(_PIECES.__getitem__, plain.split(" ")):
        said += last
        known += grasped
        words += meant
        dark = dark or blames
    if plain.endswith((",", ":")) and last[-1:] == (",",):  # what ends the text divides nothing
        del said[-1], known[-1]
    if (joined := _joined(said)) is not said:
        known = list(map(grammar().known.__getitem__, joined))
    return _Heard(
        joined,
        known,
        vader().words(text) if plain is not text else words if dark else [],
    )


def tokens(text: str) -> list[str]:
    """Folded words, emoji, emoticons and the marks ". ! ? ,". Hashtags are words, cut at their capitals."""
    return list(_heard(text).tokens)


def spelled(text: str) -> Sequence[str]:
    """The same as `tokens`, to be looked at only: what a learned head reads instead of the text."""
    return _heard(text).tokens


_WITH_NOT: Final = ("do", "does", "did", "is", "are", "was", "were", "has", "have", "had", "would", "could", "should")
_VERBS: Final = {**{verb: f"{verb}nt" for verb in _WITH_NOT}, "can": "cant", "will": "wont"}


def _pairs(text: str) -> set[tuple[str, str]]:
    words = text.split()
    return set(zip(words[::2], words[1::2], strict=True))


_CANNOT: Final = ("wait", "stop", "believe", "get", "go", "help", "beat", "fault", "complain", "thank", "recommend")
_NO_DENIAL: Final = {(no, verb) for no in ("cant", "couldnt") for verb in _CANNOT} | _pairs(
    "not only not just no doubt no wonder no matter no worries no problem no prob dont forget dont miss dont worry "
    "couldnt be couldnt have nothing but nothing like if not or not why not why dont without doubt"
)
_DENIALS: Final = _pairs("far from anything but less than instead of rather than devoid of")
_CONTRACTED: Final = {(verb, "not"): short for verb, short in _VERBS.items()}
_AS_ONE: Final = {pair: "".join(pair) for pair in _NO_DENIAL | _DENIALS} | _CONTRACTED
"""Two words that the grammar sees as one: "does not" is "doesnt", and a negator that denies nothing hides in "cantwait"."""

_SECONDS: Final = frozenset(second for _, second in _AS_ONE)


def _joined(said: list[str]) -> list[str]:
    """The same list where there is nothing to join."""
    if _SECONDS.isdisjoint(said) or _AS_ONE.keys().isdisjoint(pairwise(said)):
        return said
    said = said.copy()
    for i in range(len(said) - 2, -1, -1):
        while i + 1 < len(said) and (one := _AS_ONE.get((said[i], said[i + 1]))) is not None:
            said[i : i + 2] = [one]
    return said


_WEAK: Final = 1.1  # words that VADER charges less are noise in posts
_EMOTICONS: Final = {":)": 1.8, ":d": 2.0, ":(": -2.0, ":/": -1.2, "<3": 2.4, "</3": -2.4}
_NEGATORS: Final = (
    frozenset({fold(word) for word in NEGATE} - {"despite", "nope", "none"})
    | _words("no hardly barely scarcely lack lacks lacking lacked zero nobody noone stopped")
    | _words("nt dnt cudnt wudnt didn doesn isn wasn couldn wouldn")
    | {"".join(pair) for pair in _DENIALS}
)


@cache
def care() -> dict[str, float]:
    """The faults of a service and its praise, apart from general feeling."""
    return scoring.entries("en_care.tsv")


def _read_lexicon() -> dict[str, float]:
    """VADER's lexicon, ours over it, with the phrases as our tokens spell them."""
    listed: dict[str, float] = {}
    for word, valence in vader().lexicon.items():
        folded = fold(word)
        if folded.isalnum() and len(folded) > 2 and abs(valence) >= _WEAK:
            listed[folded] = valence
    listed |= emoji_valences() | _EMOTICONS
    for name in ("en.tsv", "en_care.tsv"):
        listed |= {" ".join(_joined(phrase.split())): valence for phrase, valence in scoring.entries(name).items()}
    return listed


@cache
def grammar() -> Grammar:
    """The grammar of our tokens."""
    boosters = {fold(word): 1.25 if change > 0 else 0.7 for word, change in BOOSTER_DICT.items() if " " not in word}
    return Grammar(
        lexicon=kept("english", _read_lexicon),
        before=_NEGATORS,
        boosters=boosters
        | {"bloody": 1.25, "freaking": 1.25, "super": 1.25, "too": 1.1, "such": 1.15, "soo": 1.3, "sooo": 1.3},
        contrast=frozenset({"but", "however", "except", "until", "nevertheless", "whereas", "unless"}),
    )


_REPOST: Final = re.compile(r"(?:^\W*|(?<=\s))RT\b\s*:?(?:\s*@\w+)?\s*:?\s*|\bvia @\w+")
_MAY_QUOTE: Final = ('"', "“", "«", ">", "&gt;")
_QUOTED: Final = re.compile(r"[\"“«]([^\"“”«»\n]{25,})[\"”»]|^\s*(?:>|&gt;)(.*)$", re.MULTILINE)


def own_words(text: str) -> tuple[str, str]:
    """What the author says, and what they repeat: a repost, lines after ">", words in long quotation marks."""
    if ("RT" in text or "via @" in text) and (repost := _REPOST.search(text)):
        return text[: repost.start()], text[repost.end() :]
    if any(map(text.__contains__, _MAY_QUOTE)):
        repeated = [found[1] or found[2] for found in _QUOTED.finditer(text)]
        if repeated:
            return _QUOTED.sub(" ", text), "\n".join(repeated)
    return text, ""


_BEFORE_PRAISE: Final = _words("oh ah well wow so such what really absolutely just gotta another how big much top best")
_IRONIC: Final = _words(
    "great lovely fantastic awesome brilliant wonderful perfect nice thanks thank u thx ta cheers congrats congratulations "
    "well done good job work love loving wow amazing excellent superb bravo kudos fab glad yay hooray delighted thrilled "
    "outstanding impressive stellar marvellous marvelous splendid terrific classy genius hats off props impressed lucky "
    "convenient thoughtful generous helpful quality kind treat fun pleasure joy joys start way to go going one guys "
    "customer service gotta got i we me us you it when how what just exactly needed need really being having getting so "
    "much oh always the a lot for of on"
)
_MENDED: Final = _words(
    "finally fixed sorted resolved solved fixing resolving sorting solving helped helping help quick quickly despite though "
    "although apology apologising apologizing refunded replaced found"
)
_ASKS: Final = _words(
    "which what where when is are do does can could any anyone anybody how who will did would has have if may should"
)
_MOCKERY: Final = _words("🙄 🤡 😒 🤦 🖕 💩 😑 🙃 sarcasm")
_LAST: Final = 0.3  # of mixed feelings the last weighs more
_IRONY, _REPEATED = -0.6, 0.5  # what mocking praise is worth, and what others have said
_IRONY_REACH: Final = 16
_UNSPENT, _EXCLAIMED = -0.4, 0.4  # what a bare denial and a bare "!" tell, in valence
_ASKED: Final = 2.4  # "which is best?" praises nothing, "how do I report a damaged case?" hardly blames
_VADERS_BLAME, _VADER_SURE = (
    0.2,
    -0.3,
)  # VADER gives praise away too freely to count, but its strong blame tells something


def _mocking(said: Sequence[str], charged: Sequence[Charged]) -> bool:
    """Is praise meant as blame? Eyes roll or hands clap slowly beside it, or it leads up to a fault or sums one up."""
    praise = [c for c in charged if c.counts >= 0.9]
    if not praise:
        return False
    if not _MOCKERY.isdisjoint(said) or said.count("👏") > 1:
        return True
    only, faults = praise[0], care()
    if len(praise) > 1 or not _IRONIC.issuperset(said[only.start : only.end]):
        return False
    start = only.start
    while start and said[start - 1] in _BEFORE_PRAISE:
        start -= 1
    if start and said[start - 1] not in MARKS:
        return False
    told = [c for c in charged if c.counts <= -1.2 and c.text in faults]
    if MARKS.issuperset(said[only.end :]) and start:  # "Cancelled again. Lovely."
        return bool(told) and _MENDED.isdisjoint(said[:start])
    fault = next((c for c in told if c.start >= only.end), None)
    if fault is None or fault.end - only.start > _IRONY_REACH:
        return False
    return _MENDED.isdisjoint(said[only.end : fault.end + 5])


def feel(text: str) -> Feeling:
    """What the author of this text feels; what they repeat counts half, where their own words are bare."""
    own, repeated = own_words(text)
    said, known, words = _heard(own)
    found = scoring.feel(said, grammar(), known)
    charged, positive, negative, mocking = found.charged, found.positive, found.negative, False
    if repeated and not charged:
        again = scoring.feel(tokens(repeated), grammar())
        charged = tuple([c._replace(counts=c.counts * _REPEATED) for c in again.charged])
        positive, negative = again.positive * _REPEATED, again.negative * _REPEATED
    elif positive and _mocking(said, charged):
        mocking = True
        charged = tuple([c._replace(counts=c.counts * _IRONY) if c.counts > 0 else c for c in charged])
        positive, negative = 0.0, negative + positive * _IRONY
    exclaimed, asked = said.count("!"), "?" in said
    total = (positive + negative) * (1.0 + 0.08 * min(3, exclaimed))
    if positive and negative and not mocking:
        total += _LAST * charged[-1].counts
    if asked and said[0] in _ASKS and said[-1] == "?":
        total = max(0.0, total - _ASKED) if total > 0 else min(0.0, total + _ASKED)
    elif found.unspent and not asked:
        total += _UNSPENT * min(found.unspent - ("without" in said), 2)
    elif exclaimed and total >= 0 and not asked:
        total += _EXCLAIMED
    score = _normal(total)
    if words and (compound := vader().compound(own, words)) < _VADER_SURE:
        score = max(-1.0, score + _VADERS_BLAME * compound)
    return Feeling(score, positive, negative, charged[-1].counts if charged else 0.0, found.unspent, charged)


def _normal(total: float) -> float:
    return total / sqrt(total * total + 15.0)
