"""Hindi in both of its scripts: one phonetic key in which every spelling of a word meets, and the feeling of a text.

Hinglish has no standard spelling ("bohot", "bahut", "bht"), and Devanagari writes the same words again ("बहुत"). `key`
levels them all, so that either lexicon serves both scripts. English words in Hinglish count as VADER lists them, but for
those that Hindi uses in another sense.
"""

# ruff: noqa: SIM905  # word lists read better as text

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import Final, NamedTuple, TypeAlias, final

from analysis.kept import kept
from analysis.lexicons.emoji import emoji_valences
from analysis.lexicons.scoring import MARKS, Feeling, Grammar, Known, begun, entries, felt
from analysis.lexicons.vader import vader
from analysis.remembered import Remembered
from analysis.words import HANDLE, LINK, PICTURES, THRICE, first_group, fold

_LATIN, _DEVANAGARI = "hi-Latn.tsv", "hi.tsv"

# --- tokens -------------------------------------------------------------------------------------------------------------

_STRETCHED: Final = re.compile(r"([^\W\d_])\1{2,}")
_HASHTAG: Final = re.compile(r"#\w+")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PREFIX: Final = re.compile(r"\bbe-(?=\w)")
_LETTERS: Final = r"[^\W_\u0964\u0965]+|[\u0900-\u0963\u0966-\u0dff]+"
_TOKEN: Final = re.compile(
    rf"(?:{_LETTERS})(?:{_LETTERS}|['’`\u200b-\u200d](?=\w))*|[.!?…।॥\n]+|,|(?<!\w)(?:[:;=]'?-?[()dp|/*]+|<3+|:o)(?!\w)|[{PICTURES}]"
)
_FACES: Final = {"(": "🙁", ")": "🙂", "d": "😄", "p": "😛", "|": "😐", "/": "😕", "*": "😘"}


@final
class _Word:
    """What is known of a token in its usual spelling, its key, and whether a text with it may have to be `_turned`."""

    __slots__ = ("known", "sound", "turns")

    def __init__(self, known: Known, sound: str) -> None:
        self.known, self.sound, self.turns = known, sound, known.text in _TURNING


def tokens(text: str) -> list[str]:
    """Folded words in their usual spelling, emoji (of emoticons, too), and the marks ". ! ? ,".

    A comma is put after a verb that closes its clause ("acchi nahi hai, delivery bekar hai"): Hinglish seldom writes one,
    and without it "nahi" would deny what follows. "par" and "phir bhi" that mean "but" are given as "lekin".
    """
    return [word.known.text for word in _heard(text)]


@lru_cache(maxsize=1)  # a text is asked for its feeling and its spelling, one after the other
def _heard(text: str) -> list[_Word]:
    words = list(chain.from_iterable(map(_PIECES.__getitem__, text.split(" "))))
    return _turned(words) if any(word.turns for word in words) else words


def _token(piece: str) -> str:
    """A token as `tokens` gives it: a run of marks as one, a face as its emoji, a word in its usual spelling."""
    first = piece[0]
    if first.isalnum():
        return "😄" if piece == "xd" else _usual(_folded(piece))
    if first in ".!?…।॥\n":
        return "?" if "?" in piece else "!" if "!" in piece else "."
    if first == "<":
        return "❤"
    if first in ":;=" and len(piece) > 1:
        return _FACES.get(piece[-1], "😮")
    return _usual(piece)


def _word(piece: str) -> _Word:
    keys = _spellings().keys
    token = piece if piece in keys else _token(piece)
    sound = keys.get(token)
    return _Word(grammar().known[token], key(token) if sound is None else sound)


_WORDS: Final = Remembered(_word)


def _cut(piece: str) -> tuple[_Word, ...]:
    if "#" in piece:
        piece = _HASHTAG.sub(lambda tag: _HUMP.sub(" ", tag[0]), piece)
    piece = piece.lower()
    if _FOLDED.fullmatch(piece):
        return (_WORDS[piece],)
    if "://" in piece or "www." in piece:
        piece = LINK.sub(" ", piece)
    if "@" in piece:
        piece = HANDLE.sub(" ", piece)
    if "be-" in piece:
        piece = _PREFIX.sub("be", piece)
    return tuple(map(_WORDS.__getitem__, _TOKEN.findall(piece)))


_PIECES: Final = Remembered(_cut)
"""What stands between spaces, as words: none goes over a space, so a text may be cut piece by piece."""
_LONGEST_WORD: Final = 48


def _folded(word: str) -> str:
    word = word[:_LONGEST_WORD]
    if THRICE.search(word):
        word = _STRETCHED.sub(_twice, word)
    elif _FOLDED.fullmatch(word):
        return word
    return fold(word) or word


_FOLDED: Final = re.compile("[a-z]+|[\u0902-\u093b\u093d-\u0950]+")
"""What most words are, and `fold` leaves as they are."""


def _twice(found: re.Match[str]) -> str:
    return found[1] * 2


def _turned(words: Sequence[_Word]) -> list[_Word]:
    """The words where "but" stands for those that mean it, and, if one denies, a comma follows each verb that closes its
    clause, and the "na" of "isn't it"."""
    found: list[_Word] = []
    denied = any(word.known.denies for word in words)
    before, last = ".", len(words) - 1
    for i, word in enumerate(words):
        token = word.known.text
        after = words[i + 1].known.text if i < last else "."
        if token in _EVEN_SO:
            turns = after == _EVEN_SO[token]
        else:  # after a noun "par" is "on", but not after a verb, a mark or a judgement
            turns = token in _BUT and (before in MARKS or before in _ENDINGS or words[i - 1].known.valence != 0.0)
        found.append(_WORDS[_BUT[token]] if turns else word)
        if denied and (token in _CLOSERS or (token in _TAGS and before in _ENDINGS)) and after not in _STAYS:
            found.append(_WORDS[","])
        before = token
    return found


_BUT: Final = {"par": "lekin", "phir": "lekin", "पर": "लेकिन", "फिर": "लेकिन"}
_EVEN_SO: Final = {"phir": "bhi", "फिर": "भी"}
_TAGS: Final = frozenset(("na", "ना", "न"))
_CLOSERS: Final = frozenset(
    "hai hain tha thi the hoon gaya gayi gaye hua hui hue है हैं था थी थे हूं गया गई गए हुआ हुई हुए".split()
)
_ENDINGS: Final = _CLOSERS | frozenset(
    """
    ho hoga hogi honge raha rahi rahe kiya kiye diya diye liya liye aaya aayi aaye mila mili mile laga lagi lage karo do lo
    dijiye kijiye dekho batao bolo aao jao karta karti karte deta dete leta lete hota hoti hote yaar
    हो होगा होगी होंगे रहा रही रहे किया किए दिया दिए लिया लिए आया आई आए मिला मिली मिले लगा लगी लगे करो दो लो
    दीजिए कीजिए देखो बताओ बोलो आओ जाओ करता करती करते देता देते लेता लेते होता होती होते यार
    """.split()
)
_STAYS: Final = frozenset(
    ". ! ? , hai hain tha thi the ho hoga hogi na to bhi hi nahi kya bhai yaar ji sir kyunki aur ya ki "
    "है हैं था थी थे हो होगा होगी ना न तो भी ही नहीं क्या भाई यार जी सर क्योंकि और या कि".split()
)

# --- the phonetic key ---------------------------------------------------------------------------------------------------

_CONSONANTS: Final = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहळऩऱ",
        "k kh g gh n ch ch j jh n t th d dh n t th d dh n p ph b bh m y r l v sh sh s h l n r".split(),
        strict=True,
    )
)
_VOWELS: Final = dict(zip("अआइईउऊऋएऐओऔऍऑऎऒ", "a a i i u u ri e ai o au e o e o".split(), strict=True))
_SIGNS: Final = dict(zip("ािीुूृेैोौॅॉॆॊ", "a i i u u ri e ai o au e o e o".split(), strict=True))
_VIRAMA: Final = "\u094d"
_ANUSVARA: Final = "\u0902"
_SOUNDS: Final = _VOWELS | _SIGNS
_SOUNDED: Final = frozenset((*_SIGNS, _VIRAMA))
"""What stands after a consonant that is spoken without its inherent vowel."""
_SCHWA: Final = "A"
_VOICED: Final = "aeiouA"


def _romanised(word: str) -> str:
    """Devanagari in Latin letters as it is spoken: without the inherent vowel at the end and between VC and CV."""
    out: list[str] = []
    word = word.replace("ज्ञ", "ग्य")
    last = len(word) - 1
    for i, letter in enumerate(word):
        if (consonant := _CONSONANTS.get(letter)) is not None:
            out.append(consonant)
            following = word[i + 1] if i < last else ""
            if following not in _SOUNDED and (following or not last):
                out.append(_SCHWA)
        elif letter == _ANUSVARA:
            if i < last:
                out.append("n")
        elif letter not in (_VIRAMA, "ः"):
            out.append(_SOUNDS.get(letter, letter))
    for i in range(len(out) - 3, 1, -1):
        if out[i] != _SCHWA or out[i + 1] == "h" or _voiced(out[i - 1]) or _voiced(out[i + 1]):
            continue
        if _voiced(out[i - 2]) and _voiced(out[i + 2]):
            del out[i]
    return "".join(out).replace(_SCHWA, "a")


def _voiced(sound: str) -> bool:
    return sound[-1] in _VOICED


_Rules: TypeAlias = tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]


def _rules(*rules: tuple[str, str | Callable[[re.Match[str]], str]]) -> _Rules:
    return tuple((re.compile(pattern), by) for pattern, by in rules)


def _aspirate(found: re.Match[str]) -> str:
    return "f" if found[0] == "ph" else found[0][0].upper()


def _glide(found: re.Match[str]) -> str:
    return "o" if found[0][1] in "uo" else "e"


_REGULAR: Final[tuple[tuple[str, _Rules], ...]] = (
    ("c", _rules(("cch|tch|chh|ch", "C"), ("ck", "k"), ("c(?=[eiy])", "s"), ("c", "k"), ("C+h?", "c"))),
    ("q", _rules(("q", "k"))),
    ("z", _rules(("z", "j"))),
    ("h", _rules((r"([kgjtdb])\1?h|sh+|ph", _aspirate))),
    ("x", _rules(("x", "ks"))),
    ("w", _rules(("w", "v"))),
    ("jn", _rules(("^jn", "gy"))),
    ("ee", _rules(("ee", "i"))),
    ("oo", _rules(("oo", "u"))),
    ("aa", _rules(("aa+", "a"))),
    (
        "y",
        _rules((r"(?<=[aeiou])y(?=[eiou])|(?<=i)y(?=a)", ""), (r"(?<=[^aeiouy])y(?=.)|(?<=.)y(?=[^aeiou]|$)", "i")),
    ),
    ("", _rules((r"ai(?!$)|ai(?<![aeiou].ai)(?<![aeiou]..ai)$|ae|ei|au|ao|ou", _glide))),
    ("h", _rules((r"[ae]h[ae]?(?=[^aeiouh])", "ah"))),
    ("m", _rules((r"m(?=[pbBf])", "n"))),
    ("", _rules((r"(.)\1+", first_group))),
)
"""Each few rules with what a word must have for them: to look for that is many times faster, and most words lack most."""
_REGULAR_ENDS: Final[tuple[tuple[str | tuple[str, ...], _Rules], ...]] = (
    ("h", _rules((r"(?<=[aeiou])h$", ""))),
    ("n", _rules((r"n(?<=..[^aeiou][oe]n)$|n(?<=..ian)$", ""))),
    (("ar", "am", "al"), _rules((r"a(?<=[aeiou][^aeiou]a)(?=.$)", ""))),
)
"""The same for how a word ends."""
_LOOSE_A: Final = re.compile("(.*[aeiou][^aeiou])a(?=[^aeiou][aeiou])")
"""The last silent "a" between vowels: where it falls the one before it is spoken."""
_BREATHED: Final = str.maketrans("KGJTDBS", "kgjtdbs")


@lru_cache(maxsize=65_536)
def _sounds(word: str) -> tuple[str, str]:
    """The close key and `key`. In the close one breath and "sh" are not levelled yet, which tells short words apart
    ("shaadi", "sadi"). They are capitals."""
    close = wide = _close_key(word)
    if close.isascii() and close.isalpha():
        if not close.islower():
            first, rest = close[0], close[1:].translate(_BREATHED)
            wide = ("s" if first == "S" else f"{first.lower()}h" if first in "KGJTDB" else first) + rest
        if _TWICE.search(wide):
            wide = _SINGLE.sub(first_group, wide)
    return close, wide


def _close_key(word: str) -> str:
    word = _folded(word)
    word = _ENGLISH_IN_DEVANAGARI.get(word, word)
    if not word.isascii():
        if not _is_devanagari(word):
            return word
        word = _romanised(_SHORT.get(word, word))
    elif word in _SHORT:
        word = _SHORT[word]
    word = _SPOKEN.get(word, word)
    if not word.isalpha():
        return word
    levelled = word
    for needs, rules in _REGULAR:
        if needs in levelled:
            for pattern, by in rules:
                levelled = pattern.sub(by, levelled)
    for ending, rules in _REGULAR_ENDS:
        if levelled.endswith(ending):
            for pattern, by in rules:
                levelled = pattern.sub(by, levelled)
    while found := _LOOSE_A.match(levelled):
        levelled = found[1] + levelled[found.end() :]
    return levelled


def key(word: str) -> str:
    """What every spelling of a word has in common, in either script: key("बहुत") == key("bohot") == key("bht").

    Short forms are written out, Devanagari is romanised, then letters that people exchange are levelled (aa/a, ee/i/y,
    oo/u, w/v, z/j, ph/f, sh/s, ch/chh, aspirates within a word), doubles made single and silent vowels dropped. English
    words come through in a form of their own; what is no word comes through as it is.
    """
    return _sounds(word)[1]


_SINGLE: Final = re.compile(r"([^\W\d_])\1+")
_TWICE: Final = re.compile(r"(.)\1")


def spelled(text: str) -> list[str]:
    """The text's tokens as keys: the same for a sentence in either script, spelt in any way. What a learned head reads
    instead of the text."""
    return [word.sound for word in _heard(text) if word.sound]


# --- spellings ----------------------------------------------------------------------------------------------------------


def _pairs(told: str) -> dict[str, str]:
    """'usual: variant variant; usual: variant' as variant -> usual."""
    groups = (group.split(":") for group in fold(told).split(";"))
    return {variant: usual.strip() for usual, variants in groups for variant in variants.split()}


_SHORT: Final = _pairs("""
    bahut: bht bhot bohot bohat bahot boht bhaut bhut buhat bahoot bohut bhht bahout bohoot bauhat bahaut baht
    buht bhout vahut; nahi: nahin nhi nahii nai nhii nahee naahi nahn nhin nehi naheen nehin nahe naii nh nhe
    nay; hai: h hy hei hae he haii hey hain hein hn hain; main: mai mei mae; mein: me men; mujhe: mje mjhe muje
    mujhko mjko mujko mujhey; mera: mra; meri: mri; tumhara: tmhara tumara tmara tumhra tuhara; tumhari: tmhari
    tumari; tum: tm; tumhe: tmhe tume tumhein; aap: ap aapp; aapka: apka; aapki: apki; aapke: apke; aapko: apko;
    hum: ham hm; hamara: humara hmara; hamari: humari hmari; hamare: humare hmare; humein: hame hume hamein hme;
    accha: axha achha acha aacha achaa ascha achchha acchha achcha; acche: axhe ache achhe achchhe; acchi: axhi
    achi achhi achchhi; kya: kia kyaa; kyun: kyu kyo kyoon kiu q kun kyon; kyunki: kyuki kyoki kuki kyonki qki;
    kuch: kuchh kch kuchch kucch; koi: koyi koii; kaise: kese kse kaisey; kaisa: kesa ksa; kaisi: kesi; jaisa:
    jesa; jaise: jese; aisa: esa; aise: ese; waisa: wesa; waise: wese vaise; raha: rha rahaa; rahi: rhi rahii;
    rahe: rhe rahey; gaya: gya gyaa gaiya; gayi: gyi gai gyii; gaye: gye gae; kar: kr krr; karo: kro; karna:
    krna; karne: krne; karta: krta; karte: krte; karti: krti; karke: krke; karu: kru karun karoon; diya: dia
    diyaa; liya: lia; hua: huwa huaa hwa; hui: huyi huii; hue: huye; hoga: hga hogaa; hogaya: hogya; hogayi:
    hogyi; ho: hoo; tha: thaa; thi: thii thee; yeh: ye yah yae; woh: wo vo voh; yahan: yaha yha yhan; wahan:
    waha whan vaha vahan; kahan: kahaan; jahan: jaha; haan: han ha haa hanji haanji; hoon: hu hun hoonn; bhai:
    bhaii bhaai; yaar: yr yrr yar yaara; plz: pls plzz plss pleas pliz pliss plez pleasee please; thik: theek
    thk tik thek teek theekh thikk; sahi: sai sahii saahi; zyada: jyada zyda jada zada jyda ziada jiyada zayada
    jyaada ziyada; thoda: thora thda thodaa todha; sabse: sbse; sab: sb; phir: fir phr; lekin: lkn lekn lakin
    likin; par: pr; magar: mgr; matlab: mtlb mtlab matlb; kabhi: kbhi kabi; abhi: abi abhii; tak: tk tq; se:
    sey; dhokha: dhoka; khush: khus; mohabbat: muhabbat; behtar: behtr; pehle: phle phele phehle; sundar:
    sunder; samajhna: samjhna; dhanyavad: dhanyvad dhanywad dhanyawad dhanyavaad dhanyawaad dhanywaad dhanyabad;
    shukriya: shukria sukriya shukriyaa; thanks: thx thnx thanx tnx thnks thankss ty thks thankx tysm thankyou
    thnku; kharab: khrab khrb kharb kharap; bekar: bkr bekr bkar; bakwas: bkws bkwas bakws bakvas bkwaas; mast:
    mst; pyar: pyr; zindabad: jindabad zindabaad; kripya: kripaya krupya kirpya kripia; paisa: pesa; paise:
    pese; good: gud; so: soo; very: vry vvry; cool: kool; great: gr8 grt gret; love: luv lov lub; problem: prblm
    problm prob prblem probs; service: srvice servis servic sarvice; customer: custmer coustomer cstmr; because:
    bcoz coz bcz cuz bcuz; you: u; your: ur; waiting: w8ing; wait: w8; बहुत: बहोत बोहत बोहोत भोत बहूत; नहीं: नही
    नहि; है: हे; हैं: हें; मैं: मै; में: मे; क्यों: क्यो क्यू क्यूं; हूं: हूॅं हु हू; अच्छा: अछा अच्चा; अच्छी:
    अछी; अच्छे: अछे; कृपया: कृप्या क्रपया; धन्यवाद: धन्यबाद; लिए: लिये; गई: गयी; गए: गये; चाहिए: चाहिये; कीजिए:
    कीजिये; दीजिए: दीजिये; हुई: हुयी; हुए: हुये; यह: ये; वह: वो; पहुंच: पहुच; ज्यादा: जादा ज़्यादा
    """)
"""Spellings that no rule carries, and short forms."""

_SPOKEN: Final = _pairs(
    "ham: hum; kaha: kahan; yaha: yahan; vaha: wahan; jaha: jahan; kyo: kyun; ha: haan; hu: hoon; ganv: gaon; munh: muh"
)
"""Usual Latin spellings that are far from the Devanagari ones, as the key takes them."""

_ENGLISH_IN_DEVANAGARI: Final = _pairs("""
    service: सर्विस सर्विसेज; company: कंपनी कम्पनी; companies: कंपनियां; order: ऑर्डर आर्डर ओर्डर; refund:
    रिफंड रिफण्ड रीफंड; delivery: डिलीवरी डिलिवरी डेलिवरी; mobile: मोबाइल मोबाईल; phone: फोन; app: ऐप एप एप्प;
    bank: बैंक; customer: कस्टमर; care: केयर; product: प्रोडक्ट; quality: क्वालिटी; online: ऑनलाइन आनलाइन;
    support: सपोर्ट; team: टीम; call: कॉल; email: ईमेल; ticket: टिकट; train: ट्रेन; flight: फ्लाइट; hotel: होटल;
    account: अकाउंट एकाउंट; payment: पेमेंट; otp: ओटीपी; network: नेटवर्क; internet: इंटरनेट; recharge: रिचार्ज;
    problem: प्रॉब्लम प्रोब्लम; issue: इश्यू इशू; complaint: कंप्लेंट कम्प्लेंट; complain: कंप्लेन; cancel:
    कैंसिल कैंसल; late: लेट; fail: फेल; failed: फेल्ड; best: बेस्ट; worst: वर्स्ट; good: गुड; bad: बैड; nice:
    नाइस; super: सुपर; happy: हैप्पी हैपी; love: लव; thanks: थैंक्स; thank: थैंक; sorry: सॉरी; please: प्लीज;
    help: हेल्प; fraud: फ्रॉड फ्राड; scam: स्कैम; fake: फेक; cheat: चीट; cheating: चीटिंग; driver: ड्राइवर; cab:
    कैब; bill: बिल; battery: बैटरी; screen: स्क्रीन; camera: कैमरा; hang: हैंग; slow: स्लो; fast: फास्ट; update:
    अपडेट; server: सर्वर; down: डाउन; crash: क्रैश; error: एरर; review: रिव्यू; rating: रेटिंग; star: स्टार;
    price: प्राइस; offer: ऑफर; sale: सेल; movie: मूवी; film: फिल्म; hit: हिट; flop: फ्लॉप; hero: हीरो; music:
    म्यूजिक; song: सॉन्ग; match: मैच; award: अवॉर्ड; video: वीडियो; police: पुलिस; court: कोर्ट; doctor: डॉक्टर;
    hospital: हॉस्पिटल; school: स्कूल; college: कॉलेज; office: ऑफिस; manager: मैनेजर; staff: स्टाफ; boss: बॉस;
    sir: सर; madam: मैडम; perfect: परफेक्ट; beautiful: ब्यूटीफुल; awesome: ऑसम; cute: क्यूट; smart: स्मार्ट;
    funny: फनी; sad: सैड; boring: बोरिंग; bore: बोर; tension: टेंशन; stress: स्ट्रेस; depression: डिप्रेशन;
    accident: एक्सीडेंट; corruption: करप्शन; loss: लॉस; profit: प्रॉफिट; damage: डैमेज; damaged: डैमेज्ड;
    return: रिटर्न; replace: रिप्लेस; replacement: रिप्लेसमेंट; exchange: एक्सचेंज; warranty: वारंटी; guarantee:
    गारंटी; waste: वेस्ट; time: टाइम; money: मनी; response: रिस्पांस रिस्पॉन्स; reply: रिप्लाई; pending:
    पेंडिंग; waiting: वेटिंग; block: ब्लॉक; hack: हैक; virus: वायरस; lockdown: लॉकडाउन; corona: कोरोना; vaccine:
    वैक्सीन; brand: ब्रांड; laptop: लैपटॉप; charger: चार्जर; parcel: पार्सल; packing: पैकिंग; courier: कूरियर
    कोरियर; store: स्टोर; mall: मॉल; discount: डिस्काउंट; coupon: कूपन; cashback: कैशबैक; loan: लोन; card:
    कार्ड; atm: एटीएम; upi: यूपीआई; insurance: इंश्योरेंस; policy: पॉलिसी; claim: क्लेम; agent: एजेंट; number:
    नंबर; message: मैसेज; link: लिंक; website: वेबसाइट; login: लॉगिन; password: पासवर्ड; congratulations:
    कांग्रेचुलेशन; welcome: वेलकम; birthday: बर्थडे; party: पार्टी; great: ग्रेट; amazing: अमेजिंग; fantastic:
    फैंटास्टिक; excellent: एक्सीलेंट; wonderful: वंडरफुल; superb: सुपर्ब; wow: वाव; ok: ओके; no: नो; very: वेरी;
    totally: टोटली; terrible: टेरिबल; horrible: हॉरिबल; pathetic: पैथेटिक; useless: यूजलेस; third: थर्ड; class:
    क्लास; cheap: चीप; defective: डिफेक्टिव; duplicate: डुप्लीकेट; original: ओरिजिनल; genuine: जेन्युइन;
    comfortable: कम्फर्टेबल; smooth: स्मूथ; feature: फीचर; features: फीचर्स; performance: परफॉर्मेंस; design:
    डिजाइन; display: डिस्प्ले; sound: साउंड; speaker: स्पीकर; speed: स्पीड; signal: सिग्नल; tower: टावर;
    broadband: ब्रॉडबैंड; data: डाटा डेटा; pack: पैक; plan: प्लान; sim: सिम; port: पोर्ट; technician:
    टेक्नीशियन; engineer: इंजीनियर; solution: सॉल्यूशन; solve: सॉल्व; minute: मिनट; machine: मशीन; charge:
    चार्ज; tv: टीवी; gas: गैस; button: बटन; counter: काउंटर; cover: कवर; fridge: फ्रिज; season: सीजन; remote:
    रिमोट; board: बोर्ड; budget: बजट; episode: एपिसोड; chat: चैट; report: रिपोर्ट; model: मॉडल; degree: डिग्री;
    channel: चैनल; guard: गार्ड; hall: हॉल; station: स्टेशन; light: लाइट; current: करंट; share: शेयर; meter:
    मीटर; group: ग्रुप; series: सीरीज; connection: कनेक्शन; tag: टैग; pump: पंप; litre: लीटर; transfer:
    ट्रांसफर; bike: बाइक; mode: मोड; cycle: साइकिल; charging: चार्जिंग; picture: पिक्चर; scan: स्कैन; system:
    सिस्टम; premium: प्रीमियम; cake: केक; mixer: मिक्सर; wallet: वॉलेट; notice: नोटिस; geyser: गीजर; paper:
    पेपर; pension: पेंशन; railway: रेलवे; boarding: बोर्डिंग; biscuit: बिस्कुट; helpline: हेल्पलाइन; second:
    सेकंड सेकेंड; balance: बैलेंस; packet: पैकेट; size: साइज; ration: राशन; washing: वॉशिंग; live: लाइव; router:
    राउटर; center: सेंटर; bag: बैग; uncle: अंकल; aunty: आंटी; cylinder: सिलेंडर; news: न्यूज; library:
    लाइब्रेरी; vote: वोट; guide: गाइड; line: लाइन; family: फैमिली; same: सेम; ad: ऐड एड; seat: सीट; option:
    ऑप्शन; trailer: ट्रेलर; comment: कमेंट; item: आइटम; exam: एग्जाम; show: शो; teacher: टीचर; interview:
    इंटरव्यू; case: केस; zero: जीरो; acting: एक्टिंग; page: पेज; first: फर्स्ट; address: एड्रेस; salary: सैलरी;
    fan: फैन; game: गेम; scene: सीन; whatsapp: व्हाट्सएप वॉट्सऐप व्हाट्सऐप; coach: कोच; gym: जिम; dialogue:
    डायलॉग; half: हाफ; seller: सेलर; status: स्टेटस; certificate: सर्टिफिकेट; scooter: स्कूटर; rider: राइडर;
    clear: क्लियर; wifi: वाईफाई; captain: कैप्टन; download: डाउनलोड; student: स्टूडेंट; road: रोड; kitchen:
    किचन; record: रिकॉर्ड; final: फाइनल; plate: प्लेट; society: सोसाइटी; colour: कलर; sofa: सोफा; rent: रेंट;
    gift: गिफ्ट; pizza: पिज्जा; burger: बर्गर; restaurant: रेस्टोरेंट; menu: मेन्यू; table: टेबल; room: रूम;
    booking: बुकिंग; book: बुक; ride: राइड; location: लोकेशन; heater: हीटर; cooler: कूलर; oven: ओवन; plug: प्लग;
    switch: स्विच; wire: वायर; cable: केबल; plastic: प्लास्टिक; box: बॉक्स; seal: सील; expiry: एक्सपायरी; date:
    डेट; medicine: मेडिसिन; injection: इंजेक्शन; patient: पेशेंट; ward: वार्ड; nurse: नर्स; ambulance:
    एम्बुलेंस; emergency: इमरजेंसी; allergy: एलर्जी; label: लेबल; manager: मैनेजर; executive: एग्जीक्यूटिव;
    security: सिक्योरिटी; cash: कैश; cheque: चेक; pin: पिन; kyc: केवाईसी; emi: ईएमआई; interest: इंटरेस्ट;
    statement: स्टेटमेंट; transaction: ट्रांजैक्शन; balance: बैलेंस; debit: डेबिट; credit: क्रेडिट; limit:
    लिमिट; app: ऐप्प; install: इंस्टॉल; version: वर्जन; feature: फीचर; screenshot: स्क्रीनशॉट; photo: फोटो;
    reel: रील; post: पोस्ट; tweet: ट्वीट; follow: फॉलो; like: लाइक; subscribe: सब्सक्राइब; channel: चैनल;
    january: जनवरी; february: फरवरी; march: मार्च; april: अप्रैल; june: जून; july: जुलाई; august: अगस्त;
    september: सितंबर; october: अक्टूबर; november: नवंबर; december: दिसंबर; km: किमी; kilo: किलो; thousand:
    थाउजेंड; percent: परसेंट; number: नम्बर; team: टीम; captain: कैप्टन; cricket: क्रिकेट; wicket: विकेट; over:
    ओवर; final: फाइनल; trophy: ट्रॉफी; medal: मेडल
    """)
"""English words that Hindi writes by ear."""


def _is_devanagari(word: str) -> bool:
    return "\u0900" <= word[:1] <= "\u097f"


class _Spellings(NamedTuple):
    """`keys` of all words that the lexicons and lists write, and for either script the `usual` spelling of each key."""

    keys: dict[str, str]
    usual: tuple[dict[str, str], dict[str, str]]


@cache
def _spellings() -> _Spellings:
    return _Spellings(*kept("hindi_spellings", _read_spellings))


def _read_spellings() -> tuple[dict[str, str], tuple[dict[str, str], dict[str, str]]]:
    usual: tuple[dict[str, str], dict[str, str]] = ({}, {})
    listed = [
        word
        for name in (_LATIN, _DEVANAGARI)
        for entry in sorted(entries(name), key=_is_phrase)
        for word in entry.split()
    ]
    # in an order of their own, for which spelling is met first decides, and a set's order changes from process to process
    words = [*sorted(_plain()), *sorted(_NEGATORS), *_BOOSTERS, *sorted(_CONTRAST), *listed]
    keys = {word: key(word) for word in words if word not in _SHORT}
    for word in keys:
        for at in _keys(word):
            usual[_is_devanagari(word)].setdefault(at, word)
    return keys, usual


def _is_phrase(entry: str) -> bool:
    return " " in entry


def _keys(word: str) -> tuple[str, ...]:
    """What a word is found by: short ones by the close key alone, for too many short words share a key."""
    close, wide = _sounds(word)
    return (f"={close}", wide) if len(wide) > _SHORT_KEY else (f"={close}",)


_SHORT_KEY: Final = 5


def _usual(word: str) -> str:
    """A word in the spelling that the lexicon uses, where one is known by its key."""
    keys, usual = _spellings()
    if word in keys:
        return word
    if word in _SHORT:
        return _SHORT[word]
    if word in _ENGLISH_IN_DEVANAGARI or _english(word) is not None or len(key(word)) < 3:
        return word
    spellings = usual[_is_devanagari(word)]
    return next((found for at in _keys(word) if (found := spellings.get(at))), word)


# --- the grammar --------------------------------------------------------------------------------------------------------

_NEGATORS_BEFORE: Final = frozenset(
    "nahi na naa mat bina bagair no not never dont doesnt didnt cant couldnt wont wouldnt isnt wasnt arent havent hasnt "
    "without cannot aint shouldnt नहीं न ना मत बिना बगैर".split()
)
_NEGATORS_AFTER: Final = frozenset(
    "nahi mat bina bagair not khatam mukt mukti chhutkara nijat zero "
    "नहीं मत बिना बगैर खत्म मुक्त मुक्ति छुटकारा निजात जीरो".split()
)
_NEGATORS: Final = _NEGATORS_BEFORE | _NEGATORS_AFTER
_TURNING: Final = _NEGATORS | frozenset(_BUT)
"""A text that has none of these is left as it is."""
_BOOSTERS: dict[str, float] = {
    **dict.fromkeys("bahut itna itni itne kitna kitni kitne ekdum bilkul sabse zyada kaafi behad".split(), 1.35),
    **dict.fromkeys("very so too really super totally extremely absolutely most much truly highly such".split(), 1.3),
    **dict.fromkeys(
        "poora poori pura bada badi asli sach sachmuch wakai waqai sacchi khoob atyant ati itti full".split(), 1.2
    ),
    **dict.fromkeys(
        "hadd nihayat hadse beintehan behisab sakht pakka hamesha roz har ultra mega only damn".split(), 1.2
    ),
    **dict.fromkeys(
        "thoda thodi thode kuch halka halki zara jara somewhat slightly little shayad almost kinda".split(), 0.7
    ),
    **dict.fromkeys("बहुत इतना इतनी इतने कितना कितनी कितने एकदम बिल्कुल बिलकुल सबसे ज्यादा काफी बेहद अत्यंत अति".split(), 1.35),
    **dict.fromkeys("पूरा पूरी पूरे सच सचमुच वाकई खूब निहायत बेइंतहा सख्त पक्का हमेशा हद बडा बडी".split(), 1.2),
    **dict.fromkeys("थोडा थोडी थोडे कुछ हल्का हल्की जरा शायद लगभग".split(), 0.7),
}
_CONTRAST: Final = frozenset(
    "lekin magar but kintu parantu however although though yet albatta balki "
    "लेकिन मगर परंतु परन्तु किंतु किन्तु बल्कि अलबत्ता".split()
)


def _english(word: str) -> float | None:
    """The valence of one of VADER's words that keep their sense in Hinglish."""
    valence = vader().lexicon.get(word)
    if valence is None or word in _OTHERWISE or not (word.isascii() and word.isalpha()):
        return None
    return valence if len(word) > 3 or word in _SHORT_ENGLISH else None


_SHORT_ENGLISH: Final = frozenset(
    "bad sad mad fun joy win won top wow lol omg wtf ugh die bug lag hot sin war ill cry bless cool fit "
    "fab fan god sob sue sux rob mess fed hug lmao yay yum".split()
) - {"die", "bug", "hot", "fit", "sin", "top", "ill", "fan", "fed"}
_OTHERWISE: Final = frozenset(
    """
    like play help helps helping share free support please care want alert party block join number pita pity
    mast certain sure yes yeah okay okays ready important importance interest interested supporting supported
    supports clear clearly solution solutions gain gains credit value chance huge security safe secure natural
    feeling matter tops active energy agree agreed agreement commit accept accepted approved dear cut cuts stop
    stops pay pays hand shares tension charge charges miss missing missed straight special hope hopes hoping
    opportunity challenge greet hell lied kind playing played player players hero shot warm fire fight novel low
    increase increased friend friends god strong debt demand demands drop drops
    """.split()
)


def _stems(found: str) -> list[str]:
    """Keys of base forms that an inflected word may come from, the likeliest first."""
    stems: list[str] = []
    for suffix, bases in _SUFFIXES_BY_LAST.get(found[-1:], _BARE):
        if found.endswith(suffix) and len(stem := found.removesuffix(suffix)) >= 2:
            stems += [stem + base for base, least in bases if len(stem) >= least]
    return stems


_NOUN: Final = (("", 4), ("a", 3))
_VERB: Final = (("na", 2), ("ana", 3))
_SUFFIXES: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = (
    ("io", (("i", 3), ("", 4))),
    ("ia", (("i", 3), ("", 4))),
    *(
        (suffix, _VERB)
        for suffix in "nevala nevale nevali ega egi enge oge ogi unga ungi kar ke ta te ti ne ni".split()
    ),
    ("o", (*_NOUN, *_VERB)),
    ("e", (*_NOUN, *_VERB)),
    ("a", _VERB),
    ("i", (("a", 3), *_VERB)),
    ("", (("na", 4),)),
)
_BARE: Final = _SUFFIXES[-1:]
_SUFFIXES_BY_LAST: Final = {
    last: [(suffix, bases) for suffix, bases in _SUFFIXES if suffix.endswith(last) or not suffix]
    for last in {suffix[-1] for suffix, _ in _SUFFIXES if suffix}
}
"""A word has the endings of its last letter at most."""


@cache
def _by_key() -> tuple[dict[str, float], dict[str, float]]:
    """Valences by key, of the Latin and of the Devanagari file; 0 for keys where good and bad meet."""
    return kept("hindi_keys", _read_keys)


def _read_keys() -> tuple[dict[str, float], dict[str, float]]:
    indexes: list[dict[str, float]] = []
    for name in (_LATIN, _DEVANAGARI):
        found: dict[str, float] = {}
        for word, valence in entries(name).items():
            for at in () if " " in word or not valence else _keys(word):
                found[at] = 0.0 if found.get(at, valence) * valence < 0 else found.get(at, valence)
        indexes.append(found)
    return indexes[0], indexes[1]


@cache
def _valences() -> tuple[dict[str, float], dict[str, float]]:
    """Valences by key, for a Latin and for a Devanagari word: those of its own script go before, and plain words before
    all."""
    (latin, devanagari), plain = _by_key(), dict.fromkeys(_neutral_keys(), 0.0)
    return devanagari | latin | plain, latin | devanagari | plain


@cache
def _charged() -> tuple[dict[str, float], dict[str, float]]:
    """Valences by key that are not 0, for a Latin and for a Devanagari word: those of its own script go before."""
    latin, devanagari = [{at: valence for at, valence in index.items() if valence} for index in _by_key()]
    return devanagari | latin, latin | devanagari


_VOWEL: Final = re.compile("[aeiou]")


@cache
def _skeletons() -> dict[str, float]:
    """Words by their consonants alone ("khrb"), where these tell one word from all others."""
    return kept("hindi_skeletons", _read_skeletons)


def _read_skeletons() -> dict[str, float]:
    valences = {at: valence for index in _by_key() for at, valence in index.items() if at[0] != "="}
    bones: dict[str, set[str]] = {}
    for at in valences:
        bones.setdefault(_VOWEL.sub("", at), set()).add(at)
    return {bone: valences[min(whole)] for bone, whole in bones.items() if len(whole) == 1 and len(bone) >= 4}


@lru_cache(maxsize=65_536)
def look_up(word: str) -> float:
    """The valence of a word that the lexicon does not write so: by its key, its stem, the other script, or in English."""
    if not word[:1].isalpha() or word in _plain():
        return 0.0
    english = _ENGLISH_IN_DEVANAGARI.get(word, word)
    if english != word and (valence := entries(_LATIN).get(english)) is not None:
        return valence
    if (valence := _english(english)) is not None:
        return valence
    if english != word or len(wide := key(word)) < 3:
        return 0.0
    script = _is_devanagari(word)
    valences = _valences()[script]
    for at in _keys(word):
        if (valence := valences.get(at)) is not None:
            return valence
    charged = _charged()[script]
    for form in _stems(_sounds(word)[0]):
        if (valence := charged.get(f"={form}")) is not None:
            return valence
    if len(wide) > _SHORT_KEY + 1:
        for form in _stems(wide):
            if len(form) > _SHORT_KEY and (valence := charged.get(form)) is not None:
                return valence
    return _skeletons().get(wide, 0.0) if not _VOWEL.search(wide) else 0.0


@cache
def _plain() -> frozenset[str]:
    """The words of either file that carry no charge: no key or stem makes them a charged word."""
    return kept("hindi_plain", _read_plain)


def _read_plain() -> frozenset[str]:
    return frozenset(w for name in (_LATIN, _DEVANAGARI) for w, v in entries(name).items() if not v and " " not in w)


@cache
def _neutral_keys() -> list[str]:
    return kept("hindi_neutral", lambda: sorted({at for word in _plain() for at in _keys(word)}))


def _read_lexicon() -> dict[str, float]:
    """The valences of both scripts. Phrases of either file stand in the other, too, where their words are known there."""
    usual = _spellings().usual
    lexicon = dict(emoji_valences())
    for name in (_LATIN, _DEVANAGARI):
        for entry, valence in entries(name).items():
            lexicon[" ".join(map(_usual, entry.split()))] = valence
    for name, spelling in ((_LATIN, usual[1]), (_DEVANAGARI, usual[0])):
        for entry, valence in entries(name).items():
            words = [next(filter(None, map(spelling.get, _keys(word))), "") for word in entry.split()]
            if len(words) > 1 and all(words):
                lexicon.setdefault(" ".join(words), valence)
    return lexicon


@cache
def grammar() -> Grammar:
    """The grammar of both scripts."""
    return Grammar(
        lexicon=kept("hindi_lexicon", _read_lexicon),
        look_up=look_up,
        before=_NEGATORS_BEFORE,
        after=_NEGATORS_AFTER,
        boosters=_BOOSTERS,
        contrast=_CONTRAST,
        phrases=kept("hindi_phrases", lambda: begun(_read_lexicon())),
    )


def feel(text: str) -> Feeling:
    """How a Hindi or Hinglish text feels."""
    return felt([word.known for word in _heard(text)], grammar())
