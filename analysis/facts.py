"""What a text says, after its cues are read with care.

What is denied, imagined, fiction, over, hearsay or about somebody else is taken out.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from math import log10
from typing import Final

from analysis import concepts
from analysis.cues import CueBook, Filed, Hit, filing
from analysis.elsewhere import ELSEWHERE
from analysis.everyday import EVERYDAY
from analysis.hazards import HAZARDS, LISTS, SERIOUS
from analysis.kept import kept
from analysis.words import Words, has_one

DANGERS: Final = frozenset(name for name in HAZARDS if name.startswith("hazard_")) | {
    "injury",
    "violence_or_threat",
    "self_harm",
}
"""Signals that words of play and denial often surround: "on fire", "killed it", "NOT swollen"."""

_DENIABLE: Final = DANGERS | {
    "severity",
    "fraud_or_takeover",
    "data_exposed",
    "outage",
    "discrimination",
    "staff_misconduct",
}
_PLAINLY_DENIED: Final = DANGERS - {
    "hazard_allergen",
    "hazard_choking",
    "self_harm",
}  # those cues hold a "not" of their own
_NOT_DENIED_AFTER: Final = frozenset({"self_harm"})  # "no wish to live" ends with its own "not" in Hindi
_HEARD_OF: Final = _DENIABLE | {"phishing", "severity"}
NOT_OURS: Final = ("other_company", "other_meaning")
"""Signals of what is not about the brand: another company, or another sense of its name."""
_REACH_BACK: Final = 3
_NOT_DENIAL_LISTED = """
    only just sure safe working work works help helping even stop stopping ok okay acceptable fun cool normal fair good
    kidding joking one idea response reply answer matter way get worth enough wait believe know want need like care
    surprised happy a refund again replying responding fixed until recommend buy use trust touch"""
_NOT_DENIAL: Final = frozenset(_NOT_DENIAL_LISTED.split())
_CLAUSE_LISTED = ". ? , but and so because lekin par ama ve fakat cunku aur लेकिन पर और"
_TURN_LISTED = "but now mine lekin magar ab abhi ama fakat simdi लेकिन मगर अब अभी"
_TURN: Final = frozenset(_TURN_LISTED.split())
_CLAUSE: Final = frozenset(_CLAUSE_LISTED.split())

_UNITS = {
    "hours hour hrs hr ghante ghanta saat saattir saatlerdir घंटे घंटा": 1 / 24,
    "days day din dino dinon gun gundur gunde gunun दिन दिनों": 1.0,
    "weeks week wks wk hafte hafta hafton haftadir haftalardir हफ्ते हफ्ता सप्ताह": 7.0,
    "months month mahine mahina mahino mahinon ay aydir aylardir महीने महीना महीनों माह": 30.0,
    "years year saal yil yildir साल": 365.0,
}
_DAYS_IN: Final = {word: days for words, days in _UNITS.items() for word in words.split()}
_NUMBERS: Final = {
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
_SPAN: Final = (
    rf" (?P<n>\d{{1,3}}|{'|'.join(_NUMBERS)}|over|for|last|past|many|whole)"
    r"(?: (?:of|or|more|than|full|whole|long|business|working|plus|straight|about|nearly|almost))*"
    rf" (?P<unit>{'|'.join(_DAYS_IN)})"
    r"(?! (?:warranty|guarantee|garanti|return|policy|trial|subscription|plan|old|battery|free|membership|contract|emi"
    r"|ki warranty|of use|iade|supply|lease|finance|installment|delivery|shipping))(?= )"
)
_DOLLARS_A = {
    "$ usd dollars dollar bucks": 1.0,
    "€ euros euro": 1.1,
    "£ pounds quid": 1.3,
    "₹ rs inr rupees rupee rupay rupaye रुपये रुपए": 0.012,
    "₺ tl lira": 0.025,
}
_DOLLARS_IN: Final = {word: value for words, value in _DOLLARS_A.items() for word in words.split()}
_TIMES: Final = frozenset(_DAYS_IN)
_MONEY: Final = frozenset(_DOLLARS_IN)
"""A text that has none of these words speaks neither of a time nor of money; most have none. So the patterns here are
compiled when the first text has one, and `re` keeps them: to compile all took a thirtieth of a start."""
_CURRENCY = "|".join(map(re.escape, _DOLLARS_IN))
_AMOUNT: Final = (
    rf" (?:(?P<before>{_CURRENCY}) (?P<a>\d[\d.,]*)"
    rf"|(?P<b>\d[\d.,]*) (?:(?P<times>k|lakh|bin|thousand) )?(?P<after>{_CURRENCY}))(?= )"
)
_TURKISH_NOT: Final = (
    r" (?!sisme|yanma|patlama|bozulma|isinma|yasama|uzme|yanilt|ugratma|pisman|degmedi"
    r"|(?:bil|iste|anla|dusun|hatirla|san)m[iu]yor)\w{2,}"
    r"(?:m[iu]yor(?:um|uz|sunuz|lar|du|mus)?|[ae]mad[ik]m?|emedi[mk]?"
    r"|medi(?:ler|niz|m|k)?|madi(?:lar|niz|m|k)?|memis|mamis)(?= )"
)
"""A Turkish verb that says "does not", "did not" or "cannot": what fails is told by the ending, whatever the verb."""


_SHOP: Final = (
    r" (?!(?:s|super|hyper|mini)mart|स्मार्ट|सुपरमार्ट)"
    r"([^ ]{2,}(?:mart|bazaar|मार्ट|बाजार)|[^ ]{3,}(?:bazar|basket|plaza)(?:[dt]an|[dt]a|in|i|a)?"
    r"|(?:zip|zippy|shop|quick|easy|fast|click|buy|deal|mega|super|big|snap|value)[ck]art)(?= )"
)
"""A shop by the form of its name: MegaMart, BlueBazaar."""


_SAY_NOT: Final = ("yor", "mad", "medi", "memis", "mamis")
_NAME_A_SHOP: Final = ("art ", "baz", "basket", "plaza", "मार्ट ", "बाजार ")
"""One of these is in every such verb or name, and to look for them in many words at once is many times faster."""


_NONE: Final[frozenset[str]] = frozenset()


def _odd(words: Sequence[str]) -> set[str]:
    """Those of these words that show something by their form, or by what stands beside them. Most texts have none."""
    found = {word for word in words if word in _TIMES or word in _MONEY}
    line = f" {' '.join(words)} "
    for parts, pattern in ((_SAY_NOT, _TURKISH_NOT), (_NAME_A_SHOP, _SHOP)):
        for part in parts:
            at = line.find(part)
            while at >= 0:
                end = line.index(" ", at + 1)
                word = line[line.rindex(" ", 0, end) + 1 : end]
                if re.search(pattern, f" {word} "):
                    found.add(word)
                at = line.find(part, end)
    return found


class Facts:
    """The hits of each signal that stand, and the numbers: days waited, and money in US dollars, by rough rates.

    `dropped` names the signals of which no hit stands: they are denied, imagined, over or told of others. `concepts` has the
    concepts, by their places among `concepts.names()`, each as often as it shows.
    """

    def __init__(
        self,
        words: Words,
        hits: Mapping[str, Sequence[Hit]],
        days: float,
        dollars: float,
        dropped: frozenset[str] = _NONE,
        concepts: Sequence[int] = (),
    ) -> None:
        self.words, self.hits, self.days, self.dollars = words, hits, days, dollars
        self.dropped, self.concepts = dropped, concepts

    def first(self, *signals: str) -> Hit | None:
        """The first hit of the first of these signals that has one."""
        for signal in signals:
            if found := self.hits.get(signal):
                return found[0]
        return None

    def has(self, *signals: str) -> bool:
        return not self.hits.keys().isdisjoint(signals)

    def times(self, signal: str) -> int:
        """How many times a signal shows in different places."""
        end, times = -1, 0
        for hit in self.hits.get(signal, ()):
            if hit.start >= end:
                times, end = times + 1, hit.end
        return times


_CUES: Final = {name: cues + ELSEWHERE.get(name, "") for name, cues in (HAZARDS | SERIOUS | EVERYDAY).items()}
SIGNALS: Final = tuple(_CUES)


@cache
def cue_book() -> CueBook:
    """The cues and the concepts in one book, so that a text is walked once."""
    return CueBook(kept("cues", _filed), tuple(map(concepts.filed, concepts.names())), _odd)


def _filed() -> Filed:
    meanings = {concepts.filed(name): cues for name, cues in concepts.blocks().items()}
    return filing(_CUES | meanings, LISTS)


def facts(words: Words) -> Facts:
    """The facts of one text; see `facts_of`."""
    return facts_of([words])[0]


def facts_of(texts: Sequence[Words]) -> list[Facts]:
    """Read the cues of many texts, and keep those that mean what they say."""
    return [_facts(words, *told) for words, told in zip(texts, cue_book().read(texts), strict=True)]


def _facts(words: Words, hits: Sequence[Hit], meant: Sequence[int], odd: bool) -> Facts:
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        if hit.signal in found:
            found[hit.signal].append(hit)
        else:
            found[hit.signal] = [hit]
    days = dollars = 0.0
    if odd:
        line = words.line
        _add_by_form(line, found)
        if not _TIMES.isdisjoint(words.tokens):
            days = _days(line)
        if not _MONEY.isdisjoint(words.tokens):
            dollars = _dollars(line)
    if found.keys().isdisjoint(_HEARD_OF):
        return Facts(words, found, days, dollars, _NONE, meant)
    seen = frozenset(found)
    _drop_what_is_not_so(words, found)
    return Facts(words, found, days, dollars, seen.difference(found), meant)


def _add_by_form(line: str, found: dict[str, list[Hit]]) -> None:
    """What the form of a word shows: a Turkish verb that says not, where nothing else says that something failed; a shop."""
    if "failure" not in found and has_one(line, _SAY_NOT) and (match := re.search(_TURKISH_NOT, line)):
        start = line.count(" ", 0, match.start())
        found["failure"] = [Hit("failure", start, start + 1, match.group().strip())]
    if has_one(line, _NAME_A_SHOP):
        for match in re.finditer(_SHOP, line):
            start = line.count(" ", 0, match.start())
            found.setdefault("other_company", []).append(Hit("other_company", start, start + 1, match[1]))


def _drop_what_is_not_so(words: Words, found: dict[str, list[Hit]]) -> None:
    """Take out dangers that are denied, imagined, figurative, fiction, over, hearsay or somebody else's."""
    tokens = words.tokens
    play, denials, after = (found.get(s, []) for s in ("figurative", "negation", "negation_after"))
    imagined = found.get("hypothetical", [])
    hearsay, fiction = (
        [hit for hit in found.get(s, ()) if not _is_none(hit, denials, after)] for s in ("hearsay", "fiction")
    )
    others = _about_others(words, found)
    touted = len({h.start for h in found.get("giveaway", ())}) >= 2
    taken_back = min((h.start for s in ("retracted", "resolved") for h in found.get(s, ())), default=-1)
    retracted = found.get("retracted", [])
    for signal in _HEARD_OF.intersection(found):
        kept = []
        for hit in found[signal]:
            if signal in _DENIABLE:
                if any(_denies(tokens, denial, hit) for denial in denials):
                    continue
                plain = signal in _PLAINLY_DENIED or tokens[hit.end - 1].startswith(("hack", "compromis", "breach"))
                if plain and any(_denied_within(tokens, denial, hit) for denial in denials):
                    continue
                if signal not in _NOT_DENIED_AFTER and any(0 <= h.start - hit.end <= 1 for h in after):
                    continue
            if signal in DANGERS:
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
                if others or touted:
                    continue
                if any(
                    h.end <= hit.start and _same_sentence(tokens, h, hit) and not _turns(tokens, h, hit)
                    for h in hearsay
                ):
                    continue
                if taken_back > hit.start or any(not _turns(tokens, h, hit) for h in retracted):
                    continue
            kept.append(hit)
        if kept:
            found[signal] = kept
        else:
            del found[signal]


def _is_none(hit: Hit, denials: Sequence[Hit], after: Sequence[Hit]) -> bool:
    """ "Not a film, not a rumour": who says so means what follows."""
    return any(0 <= hit.start - denial.end <= 1 for denial in denials) or any(h.start == hit.end for h in after)


def _turns(tokens: tuple[str, ...], told: Hit, hit: Hit) -> bool:
    """ "No idea if that is normal, but now it smokes": what was told before does not take away what comes after the turn."""
    return not _TURN.isdisjoint(tokens[told.end : hit.start])


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
    """Is it not the brand's doing: told of somebody else, or the brand is the better one."""
    return "competitor" in found or not_ours(words, found) != ""


def not_ours(words: Words, found: Mapping[str, Sequence[Hit]]) -> str:
    """Which of `NOT_OURS` shows, if one does: where the brand is named it must be within the words themselves."""
    for signal in NOT_OURS:
        for hit in found.get(signal, ()):
            if "brand" not in words.tokens or "brand" in hit.text.split():
                return signal
    return ""


def _days(line: str) -> float:
    """The longest span of time that the text speaks of, in days; "months" without a number are 60."""
    best = 0.0
    for match in re.finditer(_SPAN, line):
        number, unit = match["n"], match["unit"]
        count = float(number) if number.isdigit() else float(_NUMBERS.get(number, 2 if unit.endswith("s") else 1))
        best = max(best, count * _DAYS_IN[unit])
    return min(best, 400.0)


def _dollars(line: str) -> float:
    """The largest sum of money in the text, in US dollars, by rates that are good enough for its size."""
    best = 0.0
    for match in re.finditer(_AMOUNT, line):
        digits = re.sub(r"[.,](?=\d{3}\b)", "", match["a"] or match["b"]).replace(",", ".").rstrip(".")
        try:
            value = float(digits)
        except ValueError:  # 1.2.3 is no sum of money
            continue
        times = {"k": 1e3, "thousand": 1e3, "bin": 1e3, "lakh": 1e5}.get(match["times"] or "", 1.0)
        best = max(best, value * times * _DOLLARS_IN[match["before"] or match["after"]])
    return best


def stake(dollars: float) -> float:
    """What money adds to urgency: 0.2 a power of ten, up to 0.8 from 10,000 dollars on."""
    return min(0.8, 0.2 * log10(dollars)) if dollars > 1 else 0.0


def shown(hits: Sequence[Hit]) -> str:
    """The words that a hit matched, cut to a line."""
    return "; ".join(dict.fromkeys([hit.text for hit in hits]))[:120] if hits else ""
