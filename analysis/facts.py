"""What a text says, after its cues are read with care: what is denied, imagined, past, hearsay or about others is taken out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import log10

from analysis.cues import CueBook, Hit
from analysis.elsewhere import ELSEWHERE
from analysis.everyday import EVERYDAY
from analysis.hazards import HAZARDS, LISTS, SERIOUS
from analysis.words import Words

DANGERS = frozenset(name for name in HAZARDS if name.startswith("hazard_")) | {
    "injury",
    "violence_or_threat",
    "self_harm",
}
"""Signals that words of play and denial often surround: "on fire", "killed it", "NOT swollen"."""

_DENIABLE = DANGERS | {"severity", "fraud_or_takeover", "data_exposed", "outage", "discrimination", "staff_misconduct"}
_PLAINLY_DENIED = DANGERS - {"hazard_allergen", "hazard_choking", "self_harm"}  # those cues hold a "not" of their own
_HEARD_OF = _DENIABLE | {"phishing", "severity"}
_REACH_BACK = 3
_NOT_DENIAL = frozenset(
    """only just sure safe working work works help helping even stop stopping ok okay acceptable fun cool normal fair good kidding
    joking one idea response reply answer matter way get worth enough wait believe know want need like care surprised happy
    a response refund again replying responding fixed until recommend buy use trust touch""".split()
)
_CLAUSE = frozenset(". ? , but and so because lekin par ama ve fakat cunku aur लेकिन पर और".split())

_UNITS = (
    ((r"hours?|hrs?|ghante|ghanta|saat|saattir|घंटे|घंटा",), 1 / 24),
    ((r"days?|din|dino|dinon|gun|gundur|gunde|gunun|gunluk|दिन|दिनों",), 1),
    ((r"weeks?|wks?|hafte|hafta|hafton|haftadir|haftalar|हफ्ते|हफ्ता|सप्ताह",), 7),
    ((r"months?|mahine|mahina|mahino|mahinon|aydir|aylardir|aylar|ay|ayi|महीने|महीना|महीनों|माह",), 30),
    ((r"years?|saal|sal|yil|yildir|साल",), 365),
)
_NUMBERS = {
    word: value
    for value, words in {
        1: "a an one ek bir एक",
        2: "two couple do iki दो",
        3: "three few teen uc तीन several",
        4: "four char chaar dort चार",
        5: "five paanch panch bes पांच पाँच",
        6: "six chhe che alti छह छः",
        7: "seven saat yedi सात",
        8: "eight aath sekiz आठ",
        9: "nine nau dokuz नौ",
        10: "ten das on दस",
        15: "fifteen pandrah पंद्रह",
        20: "twenty bees yirmi बीस",
        30: "thirty tees otuz तीस",
        40: "forty chalis kirk चालीस",
        45: "paintalis",
        11: "eleven",
        12: "twelve",
        14: "fourteen",
        50: "fifty pachas elli",
        60: "sixty altmis",
    }.items()
    for word in words.split()
}
_SPAN = re.compile(
    rf" (?P<n>\d{{1,3}}|{'|'.join(_NUMBERS)}|over|for|last|past|many|whole)(?: (?:of|or|more|than|full|whole|long|business|working|plus|straight|about|nearly|almost))*"
    rf" (?:{'|'.join(f'(?P<u{i}>{unit[0][0]})' for i, unit in enumerate(_UNITS))})"
    r"(?! (?:warranty|guarantee|garanti|return|policy|trial|subscription|plan|old|battery|free|membership|contract|emi|ki warranty|of use|iade|supply|lease|finance|installment|delivery|shipping))"
    r"(?= )"
)
_AMOUNT = re.compile(
    r" (?:(?P<before>[$€£₹₺]|rs|inr|usd|tl) (?P<a>\d[\d.,]*)|(?P<b>\d[\d.,]*) (?P<k>k|lakh|bin|thousand)? ?(?P<after>[$€£₹₺]|rs|rupees?|rupay|inr|usd|dollars?|euros?|pounds?|quid|bucks|tl|lira|रुपये|रुपए))(?= )"
)
_TURKISH_NOT = re.compile(
    r" (?!sisme|yanma|patlama|bozulma|isinma|yasama|uzme|yanilt|ugratma|bilmiyor|istemiyor|anlamiyor|dusunmuyor|olmuyorsa|pisman|hatirlamiyor|sanmiyor|degmedi)\w{2,}"
    r"(?:m[iu]yor(?:um|uz|sunuz|lar|du|mus)?|[ae]mad[ik]m?|emedi[mk]?|medi(?:ler|niz|m|k)?|madi(?:lar|niz|m|k)?|memis|mamis)(?= )"
)
"""A Turkish verb that says "does not", "did not" or "cannot": what fails is told by the ending, whatever the verb."""

_DOLLARS = {"₹": 0.012, "rs": 0.012, "inr": 0.012, "₺": 0.025, "tl": 0.025, "lira": 0.025, "€": 1.1, "£": 1.3}


@dataclass(frozen=True, slots=True)
class Facts:
    """The hits of each signal that stand, and the numbers: days waited, and money in US dollars (rough, for its size only)."""

    words: Words
    hits: Mapping[str, tuple[Hit, ...]]
    days: float
    dollars: float

    def first(self, *signals: str) -> Hit | None:
        """The first hit of the first of these signals that has one."""
        for signal in signals:
            if found := self.hits.get(signal):
                return found[0]
        return None

    def has(self, *signals: str) -> bool:
        return any(signal in self.hits for signal in signals)

    def count(self, signal: str) -> int:
        """How many times a signal shows in different places."""
        end, count = -1, 0
        for hit in self.hits.get(signal, ()):
            if hit.start >= end:
                count, end = count + 1, hit.end
        return count


@cache
def cue_book() -> CueBook:
    known = HAZARDS | SERIOUS | EVERYDAY
    return CueBook({name: known[name] + ELSEWHERE.get(name, "") for name in known}, LISTS)


def facts(words: Words) -> Facts:
    """Read a text's cues, and keep the ones that mean what they say."""
    found: dict[str, list[Hit]] = {}
    for hit in cue_book().find(words):
        found.setdefault(hit.signal, []).append(hit)
    if "failure" not in found and (match := _TURKISH_NOT.search(words.line)):
        found["failure"] = [Hit("failure", (start := words.line.count(" ", 0, match.start())), start + 1, match.group().strip())]
    if not found.keys().isdisjoint(_HEARD_OF):
        _drop_what_is_not_so(words, found)
    return Facts(
        words, {signal: tuple(hits) for signal, hits in found.items()}, _days(words.line), _dollars(words.line)
    )


def _drop_what_is_not_so(words: Words, found: dict[str, list[Hit]]) -> None:
    """Take out dangers that are denied, imagined, figurative, fiction, over, hearsay or somebody else's."""
    tokens = words.tokens
    play, denials, after = (found.get(s, []) for s in ("figurative", "negation", "negation_after"))
    imagined, hearsay, fiction = (found.get(s, []) for s in ("hypothetical", "hearsay", "fiction"))
    others = _about_others(words, found)
    touted = len({h.start for h in found.get("giveaway", ())}) >= 2
    taken_back = min((h.start for s in ("retracted", "resolved") for h in found.get(s, ())), default=None)
    for signal in _HEARD_OF & found.keys():
        kept = []
        for hit in found[signal]:
            if signal in _DENIABLE:
                if any(_denies(tokens, denial, hit) for denial in denials):
                    continue
                if any(0 <= h.start - hit.end <= 1 for h in after):
                    continue
            if signal in DANGERS:
                if signal in _PLAINLY_DENIED and any(_denied_within(tokens, denial, hit) for denial in denials):
                    continue
                if any(h.start < hit.end + 1 and hit.start < h.end + 1 for h in play):
                    continue
                if signal != "self_harm" and any(_same_sentence(tokens, h, hit) for h in fiction):
                    continue
                if signal.startswith("hazard_") and any(
                    0 <= hit.start - h.end <= _REACH_BACK and not _CLAUSE.intersection(tokens[h.end : hit.start])
                    for h in imagined
                ):
                    continue
            if signal != "self_harm":
                if others or touted or any(h.end <= hit.start and _same_sentence(tokens, h, hit) for h in hearsay):
                    continue
                if taken_back is not None and (taken_back > hit.start or "retracted" in found):
                    continue
            kept.append(hit)
        if kept:
            found[signal] = kept
        else:
            del found[signal]


def _denies(tokens: tuple[str, ...], denial: Hit, hit: Hit) -> bool:
    """ "battery is NOT swollen", "no sign of smoke"; but not "do not touch: it burns", nor "not only melted"."""
    between = tokens[denial.end : hit.start]
    if not 0 <= hit.start - denial.end <= _REACH_BACK or _CLAUSE.intersection(between):
        return False
    following = tokens[denial.end] if denial.end < len(tokens) else ""
    return following not in _NOT_DENIAL


def _denied_within(tokens: tuple[str, ...], denial: Hit, hit: Hit) -> bool:
    """ "battery is NOT swollen", found as one hit across the gap between "battery" and "swollen"."""
    if not hit.start < denial.start < hit.end or _CLAUSE.intersection(tokens[denial.end : hit.end]):
        return False
    return tokens[denial.end] not in _NOT_DENIAL if denial.end < hit.end else False


def _same_sentence(tokens: tuple[str, ...], a: Hit, b: Hit) -> bool:
    first, last = sorted((a, b), key=lambda h: h.start)
    return not {".", "?"}.intersection(tokens[first.end : last.start])


def _about_others(words: Words, found: Mapping[str, list[Hit]]) -> bool:
    """Is another company the one to blame: it is named and the brand is not, or the brand is the better one."""
    return "competitor" in found or ("other_company" in found and " brand " not in words.line)


def _days(line: str) -> float:
    """The longest span of time that the text speaks of, in days; "months" without a number are 60."""
    best = 0.0
    for match in _SPAN.finditer(line):
        number = match["n"]
        count = float(number) if number.isdigit() else float(_NUMBERS.get(number, 1))
        for index, (_, unit_days) in enumerate(_UNITS):
            unit = match[f"u{index}"]
            if unit:
                if number in ("over", "for", "last", "past", "many") and unit.endswith("s"):
                    count = 2.0
                best = max(best, count * unit_days)
    return min(best, 400.0)


def _dollars(line: str) -> float:
    best = 0.0
    for match in _AMOUNT.finditer(line):
        digits = re.sub(r"[.,](?=\d{3}\b)", "", match["a"] or match["b"]).replace(",", ".").rstrip(".")
        try:
            value = float(digits)
        except ValueError:
            continue
        value *= {"k": 1e3, "thousand": 1e3, "bin": 1e3, "lakh": 1e5}.get(match["k"] or "", 1)
        currency = match["before"] or match["after"]
        best = max(best, value * _DOLLARS.get(currency, 0.012 if currency.startswith(("rup", "रु")) else 1.0))
    return best


def stake(dollars: float) -> float:
    """What money adds to urgency: 0.2 a power of ten, up to 0.8 from 10,000 dollars on."""
    return min(0.8, 0.2 * log10(dollars)) if dollars > 1 else 0.0


def shown(hits: Iterable[Hit]) -> str:
    """The words that a hit matched, cut to a line."""
    return "; ".join(dict.fromkeys(hit.text for hit in hits))[:120]
