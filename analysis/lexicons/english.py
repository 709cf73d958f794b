"""How English posts feel, customer care above all: VADER's words, ours over them, and what turns them round.

VADER reads moods, not faults: "still waiting, third time I call" says nothing to it, and "great, another delay" is praise.
Here care words and set phrases have valences (en.tsv, en_care.tsv), words that posts use without feeling have none ("like",
"please", "share"), praise in front of a fault is sarcasm, and what an author quotes counts less than what they say.

The brand's names are the caller's to mask (`analysis.sentiment.mask`); handles and links are dropped in any case.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from string import punctuation
from typing import Final, TypeAlias, final

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
        if stretched := THRICE.search(token):
            shorter = _STRETCHED.sub(r"\1\1", token)
            if shorter != token and shorter in vader().lexicon:
                return shorter  # "goood" is not "god"
        folded = token if token.isalpha() and token.isascii() and not stretched else fold(token) or token
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


def _known(token: str) -> Known:
    return grammar().know(_spelled(token))


_TOKENS: Final = Remembered(_known)
"""What our grammar knows of a token as it is written in lower case."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DARK: Final = 1
_JOINS: Final = 2
_MOCKS: Final = 4
_EXCLAIMS: Final = 8
_INQUIRES: Final = 16
"""Most texts need few of the steps below: VADER does not blame one without these signs, or it has no token that may be
joined to the one before, or none that mocks, no "!", no "?"."""


@final
class _Piece:
    """What stands between spaces: its tokens as our grammar knows them, its words as VADER does, and the signs it gives."""

    __slots__ = ("said", "signs", "words")

    def __init__(self, said: tuple[Known, ...], words: tuple[Word, ...]) -> None:
        self.said, self.words = said, words
        self.signs = _DARK if any(word.dark for word in words) else 0
        for known in said:
            self.signs |= _SIGNS.get(known.text, 0)


def _cut(piece: str) -> _Piece:
    """Most pieces are a word and the marks around it, and these are looked up each by itself. To search a piece for tokens
    takes three times as long, so it is kept for those that may have an emoticon, a handle, a link or a letter that is not
    ASCII."""
    lower = piece.lower().replace("’", "'")
    word = lower if lower.isalpha() else lower.strip(_AROUND)
    if len(word) > 2 and word[0] != "x" and _is_word(word):
        head, _, tail = lower.partition(word)
        humps, linked = "#" in head and piece != lower, "://" in tail or word.endswith("www")
        if not humps and not linked and not head.strip(_OPENS):
            said = (_TOKENS[word], *_TAILS[tail]) if tail else (_TOKENS[word],)
            return _Piece(said, (vader().word(piece),))
    return _Piece(_searched(piece), tuple(vader().words(piece)))


_OPENS: Final = "\"'“‘([*#"
_AROUND: Final = f"{punctuation}“”‘…"


def _is_word(word: str) -> bool:
    """ASCII letters, with apostrophes between them."""
    return word.isascii() and (word.isalpha() or ("''" not in word and word.replace("'", "").isalpha()))


def _searched(piece: str) -> tuple[Known, ...]:
    """The tokens of any piece of text."""
    if "#" in piece:
        piece = _HASHTAG.sub(lambda tag: _HUMP.sub(" ", tag[1]).replace("_", " "), piece)
    if "://" in piece or "www." in piece:
        piece = LINK.sub(" ", piece)
    if "@" in piece:
        piece = HANDLE.sub(" ", piece)
    return tuple(map(_TOKENS.__getitem__, _TOKEN.findall(f"{piece.lower()} ")))


_TAILS: Final = Remembered(lambda tail: _searched(f"a{tail}")[1:])
"""The tokens of what follows a word up to the next space."""
_PIECES: Final = Remembered(_cut)
"""No token goes over a space, so a text may be cut piece by piece."""

_Heard: TypeAlias = tuple[list[str], list[Known], list[Word], int]
"""A text's tokens, what is known of them, its words as VADER knows them if it may blame it, and the signs of its pieces."""


def _unescaped(text: str) -> str:
    from html import unescape  # a table of two thousand names

    return unescape(text)


@lru_cache(maxsize=1)  # a text is asked for its feeling and its spelling, one after the other
def _heard(text: str) -> _Heard:
    plain = _unescaped(text) if "&" in text else text
    pieces = [_PIECES[piece] for piece in plain.split(" ")]
    said: list[Known] = []
    signs = 0
    for piece in pieces:
        said += piece.said
        signs |= piece.signs
    last = pieces[-1].said
    if last and last[-1].text == "," and plain.endswith((",", ":")):  # what ends the text divides nothing
        del said[-1]
    tokens = [word.text for word in said]
    if signs & _JOINS and len(_joined(tokens)) < len(said):
        said = list(map(grammar().known.__getitem__, tokens))
    words: list[Word] = []
    if plain is not text:
        words = vader().words(text)
    elif signs & _DARK:
        for piece in pieces:
            words += piece.words
    return tokens, said, words, signs


def tokens(text: str) -> list[str]:
    """Folded words, emoji, emoticons and the marks ". ! ? ,". Hashtags are words, cut at their capitals."""
    return _heard(text)[0].copy()


def spelled(text: str) -> Sequence[str]:
    """The same as `tokens`, to be looked at only: what a learned head reads instead of the text."""
    return _heard(text)[0]


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
    """The same list, with the pairs joined in it."""
    for i in range(len(said) - 1, 0, -1):
        while i < len(said) and said[i] in _SECONDS and (said[i - 1], said[i]) in _AS_ONE:
            said[i - 1 : i + 1] = [_AS_ONE[said[i - 1], said[i]]]
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
        phrases=kept("english_phrases", lambda: scoring.begun(_read_lexicon())),
        before=_NEGATORS,
        boosters=boosters
        | {"bloody": 1.25, "freaking": 1.25, "super": 1.25, "too": 1.1, "such": 1.15, "soo": 1.3, "sooo": 1.3},
        contrast=frozenset({"but", "however", "except", "until", "nevertheless", "whereas", "unless"}),
    )


_REPOST: Final = re.compile(r"(?:^\W*|(?<=\s))RT\b\s*:?(?:\s*@\w+)?\s*:?\s*|\bvia @\w+")
_QUOTED: Final = re.compile(r"[\"“«]([^\"“”«»\n]{25,})[\"”»]|^\s*(?:>|&gt;)(.*)$", re.MULTILINE)


def own_words(text: str) -> tuple[str, str]:
    """What the author says, and what they repeat: a repost, lines after ">", words in long quotation marks."""
    if ("RT" in text or ("@" in text and "via @" in text)) and (repost := _REPOST.search(text)):
        return text[: repost.start()], text[repost.end() :]
    if '"' in text or ">" in text or "“" in text or "«" in text or "&gt;" in text:
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
_CLAP: Final = "👏"
_MOCKERY: Final = _words("🙄 🤡 😒 🤦 🖕 💩 😑 🙃 sarcasm")
_SIGNS: Final = (
    dict.fromkeys(_SECONDS, _JOINS) | dict.fromkeys((*_MOCKERY, _CLAP), _MOCKS) | {"!": _EXCLAIMS, "?": _INQUIRES}
)
_LAST: Final = 0.3  # of mixed feelings the last weighs more
_IRONY, _REPEATED = -0.6, 0.5  # what mocking praise is worth, and what others have said
_IRONY_REACH: Final = 16
_UNSPENT, _EXCLAIMED = -0.4, 0.4  # what a bare denial and a bare "!" tell, in valence
_ASKED: Final = 2.4  # "which is best?" praises nothing, "how do I report a damaged case?" hardly blames
_VADERS_BLAME, _VADER_SURE = (
    0.2,
    -0.3,
)  # VADER gives praise away too freely to count, but its strong blame tells something


def _mocking(said: list[str], charged: Sequence[Charged], signs: int) -> bool:
    """Is praise meant as blame? Eyes roll or hands clap slowly beside it, or it leads up to a fault or sums one up."""
    praise = [c for c in charged if c.counts >= 0.9]
    if not praise:
        return False
    if signs & _MOCKS and (said.count(_CLAP) > 1 or not _MOCKERY.isdisjoint(said)):
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
    said, known, words, signs = _heard(own)
    lexicon = grammar().lexicon
    charged, unspent = scoring.weighed(known, lexicon)
    positive, negative = scoring.sums(charged)
    mocking = False
    if repeated and not charged:
        charged, _ = scoring.weighed(_heard(repeated)[1], lexicon)
        positive, negative = scoring.sums(charged)
        positive, negative = positive * _REPEATED, negative * _REPEATED
        for one in charged:
            one.counts *= _REPEATED
    elif positive and _mocking(said, charged, signs):
        mocking = True
        positive, negative = 0.0, negative + positive * _IRONY
        for one in charged:
            if one.counts > 0:
                one.counts *= _IRONY
    exclaimed = said.count("!") if signs & _EXCLAIMS else 0
    asked = signs & _INQUIRES != 0
    total = (positive + negative) * (1.0 + 0.08 * min(3, exclaimed))
    if positive and negative and not mocking:
        total += _LAST * charged[-1].counts
    if asked and said[0] in _ASKS and said[-1] == "?":
        total = max(0.0, total - _ASKED) if total > 0 else min(0.0, total + _ASKED)
    elif unspent and not asked:
        total += _UNSPENT * min(unspent - ("without" in said), 2)
    elif exclaimed and total >= 0 and not asked:
        total += _EXCLAIMED
    score = scoring.normal(total)
    if words and (compound := vader().compound(own, words)) < _VADER_SURE:
        score = max(-1.0, score + _VADERS_BLAME * compound)
    return Feeling(score, positive, negative, unspent, charged)
