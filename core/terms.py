"""Words as search compares them: whole in every script, without accents, reduced to what their forms share.

Both databases index these and not the words themselves, so that SQLite and PostgreSQL find the same: neither one's own
parser keeps Devanagari whole under every locale, and neither knows Turkish letters and Hindi endings both.
"""

import re
import unicodedata
from functools import lru_cache

LONGEST = 40
"""Characters. Nobody searches for a longer word; a stranger may post one."""
READ, MOST = 5000, 200
"""Characters and words of a post that a search looks at: enough for any complaint, and a bound for a pasted book."""

# Letters, digits and the marks that belong to them: \w alone would split Devanagari at each vowel sign. Underscores are made
# spaces first.
_WORD = re.compile(r"[\w\u0300-\u036f\u0900-\u0963\u0966-\u0dff]+")
_NOT_WORDS = re.compile(r"https?://\S+|[@＠][\w.]+|\S{1,64}@\S+")
_DEVANAGARI = re.compile(r"[\u0900-\u097f]")
_MARKS = re.compile(r"[\u0300-\u036f\u093c\u200c\u200d]")  # accents, the nukta, joiners: often left out
_SAME = str.maketrans({"ı": "i", "ø": "o", "ß": "ss", "ँ": "ं"})

# The commonest words, folded: they are in every post and in every article, and find nothing.
_ENGLISH = """
a about after again ain all also am an and any anyone are aren as at be because been before being but by can cant
could couldn did didn didnt do does doesn doesnt doing don dont else even ever every few for from get gets getting
give given go goes going gone got had hadn has hasn have haven havent having he hello her here hey hi him his how i if
im in into is isn isnt it its ive just keep know let like ll lol many may me might more most much must my myself need
never no not now of off ok on once one only or other our out over own per please pls put re really same say says see
she should shouldn since so some someone still such sure take than thank thanks that thats the their them then there
these they thing this those though thru time to today tomorrow too two until up us use used using ve very via want
wanted was wasn wasnt way we well went were weren what whats when where which while who why will wish with within without
wont would wouldn yes yesterday yet you your youre yours
"""
_HINGLISH = """
aa aaj aap aapka aapke aapki aapko ab abhi agar aur bas bhai bhi bol bola ek gaya gaye gayi hai hain hi ho hoga hota
hu hua hui hum hun ja jo ka kab kar kara karna karo kaun ke ki kisi kiya ko koi kuch kya kyu kyun lekin liya maine me
mein mera mere meri mujhe na nahi nahin ne par phir raha rahe rahi sab se sirf tak tha thi to toh tum vo wala wale
wali wo woh ya yaar yah yaha ye yeh
"""
_TURKISH = """
acaba ama ancak artik bana ben bence beni bir biraz biri biz bize bizim boyle bu bugun buna bunu cok cunku da daha de
defa degil diye en fakat gibi hala hem hep her hic icin ile ise ki kim lutfen mi misin misiniz mu mudur musunuz nasil
ne neden nerede niye o olan olarak oldu olsun olur once onu oyle peki sadece sana sen sey siz sizin sonra su tam tum
var varmi ve veya ya yani yine yok
"""
_HINDI = """
अगर अब अभी आज आप आपका आपकी आपके आपको इस इसका इसकी इसके इसे उस उसका उसकी उसके उसे एक ऐसा ऐसे ओर और कब कर करके करना करने
करें करो कहा का कि किया किसी की कुछ कृपया के को कोई कौन क्या क्यों गई गए गया चाहिए जब जा जाए जी जो तक तब तो था थी थे
दिया दी दे देना न नहीं ना ने पर फिर बस बहुत बाद बार भी मत मुझे में मेरा मेरी मेरे मैं मैंने यह यहां या ये रहा रही रहे
लिए ले लेकिन वह वहां वाला वाली वाले वे सब साथ सिर्फ से हम हमारा हमारी हमारे हमें ही हुआ हुई हुए है हैं हो होगा होता
होती
"""
_STOP = frozenset(f"{_ENGLISH} {_HINGLISH} {_TURKISH} {_HINDI}".split())


def words(text: str) -> list[str]:
    """The words of a text that say something, folded and in order, without links, @handles and the commonest words."""
    plain = text.replace("\0", " ")
    if "@" in plain or "＠" in plain or "http" in plain:  # most have none of these, and to look for all is slow
        plain = _NOT_WORDS.sub(" ", plain)
    # A letter alone tells nothing; a digit may be half of a product's name.
    return [w for w in every_word(plain) if (len(w) > 1 or w.isdigit()) and w not in _STOP]


def fold(text: str) -> str:
    """The text in small letters without accents: İstanbul, istanbul and ISTANBUL are one, and so are फ़ोन and फोन."""
    if text.isascii():  # what follows changes nothing there, and takes ten times as long
        return text.lower()
    small = unicodedata.normalize("NFKC", text).casefold().translate(_SAME)
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", small)))


@lru_cache(maxsize=65_536)
def stems(word: str, language: str) -> tuple[str, ...]:
    """What the forms of a folded word share, as it is indexed: one term, or two in Turkish.

    English and Hindi are Snowball's. Turkish words are cut: its endings come in rows that stemmers tell apart badly, and a
    few first letters find as much (Can et al., "Information retrieval on Turkish texts", 2008). We keep four, which find
    `iade` in `iademi`, and six besides, so that a word which shares more ranks above one that shares less.
    """
    if _DEVANAGARI.search(word):
        return (_hindi(word) or word,)
    if word.isdigit():
        return (word,)
    if language == "tr":
        return (word[:4],) if len(word) <= 4 else (word[:4], word[:6])
    return (word if word[-1:] in _NO_ENDING else _english(word) or word,)


_NO_ENDING = frozenset("abfhjkopquvwxz")
"""No English ending that Snowball takes off ends so: most Hinglish words and names do, and to ask it is slow."""


def terms(text: str, language: str) -> list[str]:
    """The terms of a text in order, as often as they occur: what a search index holds of it."""
    return [term for word in words(text) for term in stems(word, language)]


def asked(text: str, language: str) -> dict[str, tuple[str, ...]]:
    """The words of a post, each with its terms."""
    return {word: stems(word, language) for word in words(text[:READ])[:MOST]}


def every_word(text: str) -> list[str]:
    """All words of a text, folded and in order, the commonest among them."""
    return [found[:LONGEST] for found in _WORD.findall(fold(text).replace("_", " "))]


# By module: `snowballstemmer.stemmer()` would take whatever C library it finds, which may be of another version. A new
# one each time: it keeps the word in itself, and threads would mix theirs.
def _english(word: str) -> str:
    from snowballstemmer.english_stemmer import EnglishStemmer

    return str(EnglishStemmer().stemWord(word))


def _hindi(word: str) -> str:
    from snowballstemmer.hindi_stemmer import HindiStemmer

    return str(HindiStemmer().stemWord(word))
